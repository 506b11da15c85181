//! openleadr-client 0.2.8 (LF Energy, Apache-2.0 OR MIT) as network operator and as FSP, OpenADR 3.1.
//!
//! What it does that others do not: credentials by HTTP Basic, at the host's `/auth/token` unless told otherwise; a VEN's request for a resource without `venID`, the operator's without `clientID`;
//! durations rewritten (`PT15M` as `P0Y0M0DT0H15M0S`); no way to list reports as a VEN but through an event.

use openleadr_client::{BusinessLogic, Client, ClientCredentials, ClientKind, Error, Filter, VirtualEndNode};
use openleadr_wire::event::{EventInterval, EventType, EventValuesMap, Priority};
use openleadr_wire::interval::{Interval, IntervalPeriod};
use openleadr_wire::program::ProgramRequest;
use openleadr_wire::report::{ReportRequest, ReportResource};
use openleadr_wire::values_map::{Value, ValuesMap};
use openleadr_wire::ven::{BlVenRequest, VenVenRequest};
use rampdesk_interop_clients::{Steps, env};
use serde_json::{from_value, json};

const UNIT: &str = "BESS-07";

fn refused<T>(outcome: Result<T, Error>, right: fn(&Error) -> bool) -> Result<(), String> {
    match outcome {
        Ok(_) => Err("not refused".to_owned()),
        Err(error) if right(&error) => Ok(()),
        Err(error) => Err(format!("refused otherwise: {error:?}")),
    }
}

fn intervals(kilowatts: &[f64]) -> Vec<EventInterval> {
    let interval = |(id, kw): (usize, &f64)| EventInterval {
        id: id as i32,
        interval_period: None,
        payloads: vec![EventValuesMap {
            value_type: EventType::DispatchSetpoint,
            values: vec![Value::Number(*kw)],
        }],
    };
    kilowatts.iter().enumerate().map(interval).collect()
}

fn report(mut request: ReportRequest, kw: f64) -> ReportRequest {
    request.resources = vec![ReportResource {
        resource_name: from_value(UNIT.into()).expect("a name"),
        interval_period: None,
        intervals: vec![Interval::new(
            0,
            vec![ValuesMap {
                value_type: from_value("READING".into()).expect("a type"),
                values: vec![Value::Number(kw)],
            }],
        )],
    }];
    request
}

/// Told where the tokens are: left to itself, it asks at the host's `/auth/token`, whatever the base path.
fn client<K: ClientKind>(base: &url::Url, credentials: ClientCredentials) -> Client<K> {
    let tokens = format!("{}/auth/token", base.as_str().trim_end_matches('/')).parse().expect("a URL");
    Client::with_details(base.clone(), tokens, reqwest::Client::new(), Some(credentials))
}

#[tokio::main]
async fn main() {
    let mut steps = Steps::default();
    let url: url::Url = format!("{}/", env("VTN")).parse().expect("VTN is a URL");
    let credentials =
        |who: &str| ClientCredentials::new(env(&format!("{who}_ID")), env(&format!("{who}_SECRET")));
    let bl: Client<BusinessLogic> = client(&url, credentials("BL"));
    let ven: Client<VirtualEndNode> = client(&url, credentials("VEN"));
    let other: Client<VirtualEndNode> = client(&url, credentials("OTHER"));
    let stranger: Client<VirtualEndNode> =
        client(&url, ClientCredentials::new(env("VEN_ID"), "wrong".to_owned()));
    let (id, target) = (env("VEN_ID"), format!("{}_{UNIT}", env("VEN_ID")));

    let outcome = stranger.get_program_list(Filter::none()).await;
    steps.step("a wrong secret gets no token", outcome.map_or(Ok(()), |_| Err("let in")));
    let made = bl.create_program(ProgramRequest::new("OPENLEADR")).await;
    let Some(program) = steps.step("operator: makes a program", made) else { steps.end() };
    let again = bl.create_program(ProgramRequest::new("OPENLEADR")).await;
    steps.step("operator: the same name again is refused", refused(again, Error::is_conflict));
    let seen = ven.get_program_list(Filter::none()).await.map(|list| list.len());
    steps.same("FSP: sees the program", seen.ok(), Some(1));

    let made = ven.create_ven(VenVenRequest { ven_name: id.clone(), attributes: None }).await;
    let Some(mine) = steps.step("FSP: registers", made) else { steps.end() };
    let again = ven.create_ven(VenVenRequest { ven_name: "a-second".to_owned(), attributes: None }).await;
    steps.step("FSP: a second ven is refused", refused(again, Error::is_conflict));
    let theirs = BlVenRequest {
        client_id: env("OTHER_ID").parse().expect("a client id"),
        targets: vec![],
        ven_name: env("OTHER_ID"),
        attributes: None,
    };
    steps.step("operator: registers another FSP", bl.create_ven(theirs).await);
    let found = ven.get_ven_by_name(&id).await.map(|v| v.id().clone());
    steps.same("FSP: finds itself by its name", found.ok().as_ref(), Some(mine.id()));
    let listed = other.get_ven_list(Filter::none()).await;
    let listed = listed.map(|all| all.iter().map(|v| v.content().ven_name.clone()).collect::<Vec<_>>());
    steps.same("another FSP: sees itself alone", listed.ok(), Some(vec![env("OTHER_ID")]));
    let Some(_) = steps.step("FSP: makes a resource", mine.create_resource(UNIT, None).await) else {
        steps.end()
    };
    match bl.get_ven_by_id(mine.id()).await {
        Ok(seen) => match seen.get_resource_by_name(UNIT).await {
            Ok(mut resource) => {
                resource.content_mut().targets = vec![target.parse().expect("a target")];
                let granted = resource.update().await;
                steps.step("operator: grants a target", granted);
            }
            Err(error) => drop(steps.step::<(), _>("operator: finds the resource", Err(error))),
        },
        Err(error) => drop(steps.step::<(), _>("operator: finds the ven", Err(error))),
    }

    let start = chrono::Utc::now();
    let mut request = program.new_event(intervals(&[-250.0, -500.5]));
    request.event_name = Some("D-1".to_owned());
    request.priority = Priority::new(0);
    request.targets = vec![target.parse().expect("a target")];
    request.interval_period = Some(IntervalPeriod {
        start,
        duration: Some("PT15M".parse().expect("a duration")),
        randomize_start: None,
    });
    let Some(mut event) =
        steps.step("operator: makes an event for the unit", program.create_event(request).await)
    else {
        steps.end()
    };
    let names = |list: Vec<openleadr_client::EventClient<VirtualEndNode>>| -> Vec<_> {
        list.iter().map(|e| e.content().event_name.clone().unwrap_or_default()).collect()
    };
    let listed = ven.get_event_list(Some(program.id()), Filter::none()).await.map(names);
    steps.same("FSP: lists it", listed.ok(), Some(vec!["D-1".to_owned()]));
    let listed = ven.get_event_list(None, Filter::By(&[target.as_str()])).await.map(names);
    steps.same("FSP: lists it by target", listed.ok(), Some(vec!["D-1".to_owned()]));
    let listed = other.get_event_list(None, Filter::none()).await.map(names);
    steps.same("another FSP: does not see it", listed.ok(), Some(vec![]));
    let hidden = other.get_event_by_id(event.id()).await;
    steps.step("another FSP: is not told that it is there", refused(hidden, Error::is_not_found));
    event.content_mut().intervals = Some(intervals(&[-300.25]));
    steps.step("operator: amends it", event.update().await);
    let Some(seen) = steps.step("FSP: reads the amendment", ven.get_event_by_id(event.id()).await) else {
        steps.end()
    };
    steps.same(
        "FSP: its value is the new one",
        seen.content().intervals.clone(),
        Some(intervals(&[-300.25])),
    );
    steps.same(
        "FSP: its start is the old one",
        seen.content().interval_period.as_ref().map(|p| p.start),
        Some(start),
    );

    let filed = seen.create_report(report(seen.new_report(id.clone()), -297.5)).await;
    let filed = steps.step("FSP: files a report", filed);
    if let Ok(foreign) = other.get_program_list(Filter::none()).await {
        steps.same("another FSP: sees the program that all see", foreign.len(), 1);
    }
    let read = event.get_report_list(None).await;
    let values =
        |r: &ReportRequest| serde_json::to_value(&r.resources[0].intervals[0].payloads[0].values).ok();
    let read = read.map(|list| list.iter().map(|r| values(r.content())).collect::<Vec<_>>());
    steps.same("operator: reads it", read.ok(), Some(vec![Some(json!([-297.5]))]));
    if let Some(mut filed) = filed {
        filed.content_mut().report_name = Some("R-2".to_owned());
        steps.step("FSP: amends its report", filed.update().await);
        steps.step("FSP: deletes its report", filed.delete().await);
    }
    for index in 0..60 {
        let mut request = program.new_event(intervals(&[0.0]));
        request.event_name = Some(format!("P-{index}"));
        request.targets = vec![target.parse().expect("a target")];
        if let Err(error) = program.create_event(request).await {
            steps.step::<(), _>("operator: makes many", Err(error));
        }
    }
    let listed = ven.get_event_list(Some(program.id()), Filter::none()).await.map(names);
    let mut listed = listed.unwrap_or_default();
    listed.sort();
    listed.dedup();
    steps.same("FSP: pages through 61 events, each once", listed.len(), 61);
    steps.step("operator: deletes the event", event.delete().await);
    steps.step("FSP: deletes itself", mine.delete().await);
    steps.step("operator: deletes the program", program.delete().await);
    steps.end()
}
