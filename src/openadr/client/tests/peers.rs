//! What real VTNs answer, each shape written after what was seen: openleadr-vtn 0.2.8 and 0.1.4, openadr 0.4.0.

use super::*;
use crate::dispatch::SignedDispatch;
use crate::openadr::mapping;
use crate::openadr::version::Version;
use crate::openadr::wire::Report;

fn sent() -> SignedDispatch {
    mapping::samples::all().swap_remove(0)
}

/// The event as this program writes it, then as a VTN rewrites it.
fn rewritten(rewrite: impl Fn(&mut Value)) -> Value {
    let mut event = serde_json::to_value(mapping::event_from(&sent(), "p-1")).unwrap();
    event["id"] = "e-1".into();
    event["objectType"] = "EVENT".into();
    event["createdDateTime"] = "2026-11-26T15:45:02.123456+00:00".into();
    event["modificationDateTime"] = "2026-11-26T15:45:02.123456+00:00".into();
    rewrite(&mut event);
    event
}

/// Every string in it that `replace` has another for.
fn each_string(value: &mut Value, replace: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(other) = replace(text) {
                *text = other;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_string(item, replace)),
        Value::Object(members) => members.values_mut().for_each(|member| each_string(member, replace)),
        _ => {}
    }
}

/// `PT1H30M` as openleadr writes it: `P0Y0M0DT1H30M0S`.
fn whole_duration(text: &str) -> Option<String> {
    let rest = text.strip_prefix("PT")?;
    let part = |unit: char| {
        let end = rest.find(unit)?;
        let begin = rest[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        rest[begin..end].parse::<u32>().ok()
    };
    let [h, m, s] = ['H', 'M', 'S'].map(|unit| part(unit).unwrap_or(0));
    Some(format!("P0Y0M0DT{h}H{m}M{s}S"))
}

fn with_offset(text: &str) -> Option<String> {
    let is_time = text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T';
    is_time.then(|| text.replace('Z', "+00:00"))
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_means_the_same_however_a_vtn_rewrites_it() {
    type Rewrite = fn(&mut Value);
    let rewrites: [(&str, Rewrite); 9] = [
        ("as it was sent", |_| {}),
        ("openleadr: durations and zones", |e| {
            each_string(e, &whole_duration);
            each_string(e, &with_offset);
        }),
        ("openleadr: explicit null priority, nulls elsewhere", |e| {
            e["priority"] = Value::Null;
            e["reportDescriptors"] = Value::Null;
        }),
        ("openleadr: no objectType", |e| {
            e.as_object_mut().unwrap().shift_remove("objectType");
            e["payloadDescriptors"].as_array_mut().unwrap().iter_mut().for_each(|d| {
                d.as_object_mut().unwrap().shift_remove("objectType");
            });
        }),
        ("hidden targets", |e| {
            e.as_object_mut().unwrap().shift_remove("targets");
        }),
        ("payloads in another order", |e| {
            e["intervals"][0]["payloads"].as_array_mut().unwrap().reverse();
        }),
        ("ids as floats, unknown members everywhere", |e| {
            e["x-vtn"] = json!({"node": 7});
            e["intervals"][0]["id"] = serde_json::from_str("0.0").unwrap();
            e["intervals"][0]["payloads"][0]["note"] = json!("n");
            e["intervalPeriod"]["randomizeStart"] = Value::Null;
        }),
        ("a window that only the intervals tell", |e| {
            e.as_object_mut().unwrap().shift_remove("intervalPeriod");
            e.as_object_mut().unwrap().shift_remove("duration");
        }),
        ("transpired long ago", |e| e["status"] = json!("TRANSPIRED")),
    ];
    for (name, rewrite) in rewrites {
        let vtn = Fake::open(move |_| answer(200, json!([rewritten(rewrite)])));
        let events = bench(&vtn).client.events(None).await.unwrap();
        assert_eq!(mapping::dispatch_from(&events[0]).unwrap(), sent(), "{name}");
        let identity = (sent().dispatch.key(), sent().dispatch.revision);
        assert_eq!(mapping::identity_of(&events[0]), Some(identity), "{name}: the look-up finds it");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_vtn_leaves_out_or_spells_otherwise_is_read_all_the_same() {
    let answers = [
        (
            "/vens",
            json!({"id": "v", "createdDateTime": "2026-11-26T15:45:02.1+00:00", "venName": "A", "clientID": "c"}),
        ),
        ("/vens", json!({"id": "v", "venName": "A", "clientId": "c", "objectType": null})),
        ("/resources", json!({"id": "r", "resourceName": "x", "venID": "v", "clientId": "c"})),
        (
            "/resources",
            json!({"id": "r", "resourceName": "x", "venID": "v", "clientID": "c", "clientId": "other"}),
        ),
        ("/reports", json!({"id": "t", "eventID": "e", "clientName": "A", "resources": [], "clientId": "c"})),
    ];
    for (path, body) in answers {
        let shown = body.to_string();
        let vtn =
            Fake::open(move |asked| answer(200, if asked.path == path { json!([body]) } else { json!([]) }));
        let client = bench(&vtn).client;
        let found = match path {
            "/vens" => client.vens().await.unwrap().pop().and_then(|v| v.client_id),
            "/resources" => client.resources().await.unwrap().pop().and_then(|r| r.client_id),
            _ => client.reports(None, None).await.unwrap().pop().and_then(|r| r.client_id),
        };
        assert_eq!(found.as_deref(), Some("c"), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_written_twice_hides_no_program() {
    let body = r#"[{"id":"p-1","objectType":"PROGRAM","programName":"n","payloadDescriptors":[
        {"objectType":"EVENT_PAYLOAD_DESCRIPTOR","objectType":"EVENT_PAYLOAD_DESCRIPTOR","payloadType":"PRICE"}]}]"#;
    for version in [Version::V3_1, Version::V3_0] {
        let vtn = Fake::open(move |_| Ok(http::Response::new(Bytes::from_static(body.as_bytes()))));
        let client = bench(&vtn).client.speaking(Some(version));
        assert_eq!(client.programs().await.unwrap()[0].program_name, "n");
    }
}

#[tokio::test(start_paused = true)]
async fn notifiers_of_any_kind_are_shown_and_none_is_needed() {
    for (body, words) in [
        (json!({"WEBSOCKET": true}), "notifiers: WEBSOCKET"),
        (
            json!({"WEBHOOK": true, "MQTT": {"URIS": []}, "PIGEON": {"loft": 3}}),
            "notifiers: WEBHOOK, MQTT, PIGEON",
        ),
        (json!({}), "notifiers: "),
    ] {
        let shown = body.clone();
        let vtn = Fake::open(move |_| answer(200, body.clone()));
        let bench = bench(&vtn);
        assert_eq!(bench.client.notifiers().await.unwrap(), shown);
        assert_eq!(bench.exchanges.since(0).last().unwrap().understood, words);
    }
}

#[tokio::test(start_paused = true)]
async fn a_ven_finds_its_events_whether_targets_mean_any_or_all() {
    let held = || json!([{"id": "1", "programID": "p", "targets": ["A_x"]}, {"id": "2", "programID": "p", "targets": ["A_y"]}]);
    for means_all in [true, false] {
        let vtn = Fake::open(move |asked| {
            let wanted: Vec<&str> =
                asked.query.iter().filter(|(n, _)| n == "targets").map(|(_, v)| v.as_str()).collect();
            let matches = |event: &Value| {
                let has = |target: &&str| event["targets"].as_array().unwrap().contains(&json!(target));
                if means_all { wanted.iter().all(has) } else { wanted.iter().any(has) }
            };
            let shown = held()
                .as_array()
                .unwrap()
                .iter()
                .filter(|e| !wanted.is_empty() && matches(e))
                .cloned()
                .collect();
            answer(200, Value::Array(shown))
        });
        let events = bench(&vtn).client.events_granted(None, &["A_x".into(), "A_y".into()]).await.unwrap();
        assert_eq!(events.len(), 2, "all: {means_all}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_takes_no_two_reports_of_one_name_gets_them_without() {
    let vtn =
        Fake::open(|asked| match serde_json::from_str::<Value>(&asked.body).unwrap().get("reportName") {
            Some(_) => answer(409, json!({"title": "Conflict"})),
            None => answer(201, json!({"id": "r", "eventID": "e", "clientName": "A", "resources": []})),
        });
    let client = bench(&vtn).client;
    let report = Report {
        event_id: "e".into(),
        client_name: "A".into(),
        report_name: Some("GB_DELIVERY".into()),
        ..Report::default()
    };
    client.post_report(&report, |_| false).await.unwrap();
    assert_eq!(vtn.calls().len(), 2);
    client.post_report(&report, |_| false).await.unwrap();
    client.put_report("r", &report).await.unwrap();
    assert_eq!(vtn.calls().len(), 4, "known by then");
    let refusing = Fake::open(|_| answer(409, json!({"detail": "no such event"})));
    let error = bench(&refusing).client.post_report(&report, |_| false).await.unwrap_err();
    assert!(error.to_string().contains("409: no such event"), "{error}");
    assert_eq!(refusing.calls().len(), 2);
}
