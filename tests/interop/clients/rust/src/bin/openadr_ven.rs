//! The VEN runtime of openadr 0.4.0 (Apache-2.0 OR MIT): it registers, checks the VTN's clock, follows events with conditional reads, works out a
//! timeline and files the reports that each event asks for. The operator's part is done by openadr's own client.
//!
//! What it does that others do not: credentials in the form only; names a client as `clientID` in its own ven request; polls with `If-None-Match`
//! and names `limit`; drops an event that ended between two polls before it has reported on it.

use std::time::{Duration, Instant};

use openadr::client::{BusinessLogic, Client, Credentials, VirtualEndNode};
use openadr::model::{Interval, ReportResource, Value, ValuesMap};
use openadr::ven::{DueReport, Meter, MqttPush, MqttPushConfig, VenConfig, VenError, VenRuntime};
use rampdesk_interop_clients::{Steps, env};
use serde_json::{Value as Json, json};

const UNIT: &str = "BESS-07";

/// Always the same reading.
#[derive(Debug)]
struct Flat;

#[async_trait::async_trait]
impl Meter for Flat {
    async fn read(&self, due: &DueReport) -> Result<Vec<ReportResource>, VenError> {
        let interval = |id: &i32| {
            Interval::new(*id, vec![ValuesMap::new(due.payload_type.clone(), vec![Value::Integer(-297)])])
        };
        Ok(vec![ReportResource {
            resource_name: UNIT.parse().expect("a name"),
            interval_period: None,
            intervals: due.interval_ids.iter().map(interval).collect(),
        }])
    }
}

/// The operator: JSON in, JSON out.
struct Operator(Client<BusinessLogic>);

impl Operator {
    async fn send(&self, method: &str, path: &str, body: Option<Json>) -> Result<Json, String> {
        let query = openadr::client::Query::new();
        let answer =
            self.0.exchange(method, path, &query, body.as_ref(), &[]).await.map_err(|e| format!("{e:?}"))?;
        let said = answer.json().unwrap_or_default();
        if answer.status.is_success() {
            Ok(said)
        } else {
            Err(format!("{method} {path}: {} {said}", answer.status))
        }
    }
}

fn event(program: &str, target: &str, from: chrono::DateTime<chrono::Utc>, kw: i64) -> Json {
    json!({
        "programID": program, "eventName": "D-1", "priority": 0, "targets": [target],
        "intervalPeriod": {"start": from.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), "duration": "PT3S"},
        "reportDescriptors": [{"payloadType": "READING", "readingType": "MEAN", "units": "KW", "frequency": 1, "repeat": -1}],
        "intervals": (0..3).map(|id| json!({"id": id, "payloads": [{"type": "DISPATCH_SETPOINT", "values": [kw]}]})).collect::<Vec<_>>(),
    })
}

#[tokio::main]
async fn main() {
    let mut steps = Steps::default();
    let credentials = |who: &str| Credentials::new(env(&format!("{who}_ID")), env(&format!("{who}_SECRET")));
    let base = env("VTN");
    let bl = Client::<BusinessLogic>::builder(&base).expect("a URL").credentials(credentials("BL")).build();
    let Some(bl) = steps.step("operator: connects", bl).map(Operator) else { steps.end() };
    let client =
        Client::<VirtualEndNode>::builder(&base).expect("a URL").credentials(credentials("VEN")).build();
    let Some(client) = steps.step("FSP: connects", client) else { steps.end() };
    let (id, target) = (env("VEN_ID"), format!("{}_{UNIT}", env("VEN_ID")));

    let config = VenConfig::new(id.parse().expect("a name"))
        .with_resources([UNIT.parse().expect("a name")])
        .with_targets([target.parse().expect("a target")])
        .with_poll_interval(Duration::from_secs(1));
    let ven = VenRuntime::with_meter(client, config, Flat);
    let registered = ven.register().await;
    if steps.step("FSP: registers itself and its resource", registered).is_none() {
        steps.end()
    }
    let again = ven.register().await.map(|v| v.id.to_string());
    steps.same("FSP: registers again and finds itself", again.ok(), ven.ven_id().map(|id| id.to_string()));
    let skew = ven.check_clock().await;
    steps.same("FSP: finds its clock right by the VTN's", skew.map(|s| s.abs() <= 1).ok(), Some(true));

    let listed = bl.send("GET", "resources", None).await.unwrap_or_default();
    let mut resource = listed.get(0).cloned().unwrap_or_default();
    resource["objectType"] = "BL_RESOURCE_REQUEST".into();
    resource["targets"] = json!([target]);
    let path = format!("resources/{}", resource["id"].as_str().unwrap_or_default());
    steps.step("operator: grants a target", bl.send("PUT", &path, Some(resource)).await);
    let program = bl.send("POST", "programs", Some(json!({"programName": "OPENADR"}))).await;
    let Some(program) = steps.step("operator: makes a program", program) else { steps.end() };
    let program = program["id"].as_str().unwrap_or_default().to_owned();

    steps.same("FSP: nothing yet", ven.sync().await.map(|o| o.added.len()).ok(), Some(0));
    steps.same(
        "FSP: polls again, and nothing has changed",
        ven.sync().await.map(|o| o.changed).ok(),
        Some(false),
    );
    let push = match std::env::var("BROKER") {
        Ok(_) => {
            let push = MqttPush::connect(&ven, MqttPushConfig::default()).await;
            let push = push.map(|p| p.ok_or("no broker offered"));
            steps.step("FSP: listens over MQTT", push).and_then(Result::ok)
        }
        Err(_) => None,
    };
    if push.is_some() {
        // Until it has subscribed.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let from = chrono::Utc::now();
    let asked = Instant::now();
    let made = bl.send("POST", "events", Some(event(&program, &target, from, -250))).await;
    let Some(made) = steps.step("operator: makes an event for the unit", made) else { steps.end() };
    if push.is_some() {
        let woken = tokio::time::timeout(Duration::from_millis(900), ven.wait_for_work()).await;
        let woken = woken.map_err(|_| "not within 900 ms").map(|()| asked.elapsed());
        steps.step("FSP: is woken by MQTT before the next poll", woken);
    }
    steps.same("FSP: finds it", ven.sync().await.map(|o| o.added.len()).ok(), Some(1));
    let in_force = |ven: &VenRuntime<Flat>| {
        let segment = ven.active_at(ven.now())?;
        serde_json::to_value(&segment.payloads).ok().map(|p| p[0]["values"][0].clone())
    };
    steps.same("FSP: acts on it", in_force(&ven), Some(json!(-250)));
    let path = format!("events/{}", made["id"].as_str().unwrap_or_default());
    steps
        .step("operator: amends it", bl.send("PUT", &path, Some(event(&program, &target, from, -300))).await);
    steps.same("FSP: finds the amendment", ven.sync().await.map(|o| o.updated.len()).ok(), Some(1));
    steps.same("FSP: acts on the amendment", in_force(&ven), Some(json!(-300)));

    let mut filed = 0;
    let end = Instant::now() + Duration::from_secs(15);
    while filed < 3 && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(500)).await;
        match ven.submit_due_reports().await {
            Ok(reports) => filed += reports.len(),
            Err(error) => drop(steps.step::<(), _>("FSP: files a report", Err(error))),
        }
    }
    steps.same("FSP: files a report for each interval", filed, 3);
    let reports = bl.send("GET", "reports", None).await.unwrap_or_default();
    let read = reports
        .as_array()
        .map(|all| all.iter().map(|r| r["resources"][0]["intervals"][0]["id"].clone()).collect::<Vec<_>>());
    steps.same("operator: reads them", read, Some(vec![json!(0), json!(1), json!(2)]));
    steps.step("operator: deletes the event", bl.send("DELETE", &path, None).await);
    steps.same("FSP: finds it gone", ven.sync().await.map(|o| o.removed.len()).ok(), Some(1));
    steps.end()
}
