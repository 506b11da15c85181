//! The client against a VTN of OpenADR 3.0.1.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;
use crate::openadr::mapping;
use crate::openadr::wire::Report;

fn body(asked: &Asked) -> Value {
    serde_json::from_str(&asked.body).unwrap()
}

fn targets(fsp: &str, unit: &str) -> Value {
    json!([{"type": "VEN_NAME", "values": [fsp]}, {"type": "RESOURCE_NAME", "values": [unit]}])
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_goes_out_in_3_0_s_shape_and_comes_back_in_3_1_s() {
    let vtn = of_3_0(|asked| {
        let mut event = body(asked);
        event["id"] = "e-1".into();
        answer(if asked.method == "POST" { 201 } else { 200 }, event)
    });
    let client = bench(&vtn).client;
    let signed = &mapping::samples::all()[0];
    let event = mapping::event_from(signed, "p-1");
    let made = client.post_event(&event, |_| false).await.unwrap();
    assert_eq!(mapping::dispatch_from(&made).unwrap(), *signed);
    assert_eq!(made.targets, event.targets);
    client.put_event("e-1", &event).await.unwrap();
    for asked in vtn.asked().iter().filter(|a| a.path.starts_with("/events")) {
        let unit = &signed.dispatch.unit;
        assert_eq!(body(asked)["targets"], targets(unit.fsp.as_str(), unit.unit.as_str()));
        assert_eq!(body(asked).get("duration"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn vens_and_resources_are_made_where_3_0_has_them() {
    let vtn = of_3_0(|asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/vens") => answer(200, json!([{"id": "v-1", "venName": "BRIGHTFLEX"}])),
        ("GET", "/vens/v-1/resources") => answer(200, json!([])),
        ("POST", "/vens/v-1/resources") => answer(
            201,
            json!({"id": "r-1", "resourceName": "BESS-07", "targets": targets("BRIGHTFLEX", "BESS-07")}),
        ),
        _ => answer(400, json!({})),
    });
    let client = bench(&vtn).client;
    let ven = Ven { client_id: Some("c".into()), ven_name: "BRIGHTFLEX".into(), ..Ven::default() };
    let ven_id = client.ensure_ven(&ven).await.unwrap().meta.id.unwrap();
    let resource = Resource {
        client_id: Some("c".into()),
        resource_name: "BESS-07".into(),
        ven_id,
        targets: vec!["BRIGHTFLEX_BESS-07".into()],
        ..Resource::default()
    };
    let made = client.ensure_resource(&resource).await.unwrap();
    assert_eq!((made.ven_id.as_str(), &made.targets), ("v-1", &resource.targets));
    assert_eq!(vtn.calls(), ["GET /vens", "GET /vens/v-1/resources", "POST /vens/v-1/resources"]);
    let asked = vtn.asked();
    let list = asked.iter().find(|a| a.what() == "GET /vens/v-1/resources").unwrap();
    assert_eq!((list.parameter("resourceName"), list.parameter("venID")), (Some("BESS-07"), None));
    assert_eq!(
        body(asked.last().unwrap()),
        json!({"resourceName": "BESS-07", "targets": targets("BRIGHTFLEX", "BESS-07")})
    );
}

#[tokio::test(start_paused = true)]
async fn granted_targets_are_changed_where_3_0_has_the_resource() {
    let vtn = of_3_0(|asked| match asked.method.as_str() {
        "GET" => answer(200, json!([{"id": "r-1", "resourceName": "BESS-07", "targets": null}])),
        _ => answer(200, json!({"id": "r-1", "resourceName": "BESS-07"})),
    });
    let resource = Resource {
        resource_name: "BESS-07".into(),
        ven_id: "v-1".into(),
        targets: vec!["A_BESS-07".into()],
        ..Resource::default()
    };
    bench(&vtn).client.ensure_resource(&resource).await.unwrap();
    assert_eq!(vtn.calls(), ["GET /vens/v-1/resources", "PUT /vens/v-1/resources/r-1"]);
}

#[tokio::test(start_paused = true)]
async fn all_resources_are_those_of_every_ven() {
    let vtn = of_3_0(|asked| match asked.path.as_str() {
        "/vens" => answer(200, json!([{"id": "v-1", "venName": "A"}, {"id": "v-2", "venName": "B"}])),
        "/vens/v-1/resources" => answer(200, json!([{"id": "r-1", "resourceName": "x"}])),
        _ => answer(200, json!([{"id": "r-2", "resourceName": "x", "venID": "v-2"}])),
    });
    let resources = bench(&vtn).client.resources().await.unwrap();
    let of: Vec<_> = resources.iter().map(|r| (r.ven_id.as_str(), r.resource_name.as_str())).collect();
    assert_eq!(of, [("v-1", "x"), ("v-2", "x")]);
}

#[tokio::test(start_paused = true)]
async fn a_report_names_the_program_of_its_event_which_is_looked_up_once() {
    let vtn = of_3_0(|asked| match asked.method.as_str() {
        "GET" if asked.path == "/events/e-1" => answer(200, event("e-1")),
        "GET" => answer(404, json!({})),
        _ => {
            let mut report = body(asked);
            report["id"] = "r-1".into();
            answer(201, report)
        }
    });
    let client = bench(&vtn).client;
    let report = Report { event_id: "e-1".into(), client_name: "A".into(), ..Report::default() };
    let filed = client.post_report(&report, |_| false).await.unwrap();
    client.put_report("r-1", &report).await.unwrap();
    client.put_report("r-1", &filed).await.unwrap();
    assert_eq!(vtn.calls(), ["GET /events/e-1", "POST /reports", "PUT /reports/r-1", "PUT /reports/r-1"]);
    for asked in vtn.asked().iter().filter(|a| a.path.starts_with("/reports")) {
        assert_eq!(body(asked)["programID"], "p-1");
    }
    let orphan = Report { event_id: "gone".into(), ..report };
    client.post_report(&orphan, |_| false).await.unwrap();
    assert_eq!(body(vtn.asked().last().unwrap()).get("programID"), None, "the VTN is left to judge it");
}

#[tokio::test(start_paused = true)]
async fn a_ven_takes_what_is_meant_for_others_for_theirs() {
    let vtn = of_3_0(|_| {
        let of = |id: &str, targets: Value| json!({"id": id, "programID": "p", "intervals": [], "targets": targets});
        answer(
            200,
            json!([
                of("own", targets("A", "x")),
                of("own, of a unit that it does not know", targets("A", "z")),
                of("another's", targets("B", "x")),
                of("the whole of A", json!([{"type": "VEN_NAME", "values": ["A"]}])),
                of("the whole of B", json!([{"type": "VEN_NAME", "values": ["B"]}])),
                of("everybody's", Value::Null),
                of("a group's", json!([{"type": "GROUP", "values": ["feeder-1"]}])),
            ]),
        )
    });
    let events = bench(&vtn).client.events_granted(None, &["A_x".into(), "A_y".into()]).await.unwrap();
    let ids: Vec<&str> = events.iter().filter_map(|e| e.meta.id.as_deref()).collect();
    assert_eq!(
        ids,
        ["own", "own, of a unit that it does not know", "the whole of A", "everybody's", "a group's"]
    );
    assert_eq!(vtn.calls(), ["GET /events"], "one request, whatever its units");
}

#[tokio::test(start_paused = true)]
async fn an_anchor_is_made_even_where_a_server_insists_on_an_interval() {
    let vtn = of_3_0(|asked| match body(asked)["intervals"].as_array().map(Vec::len) {
        Some(0) | None => answer(400, json!({"detail": "intervals: length"})),
        Some(_) => {
            let mut event = body(asked);
            event["id"] = "e-1".into();
            answer(201, event)
        }
    });
    let client = bench(&vtn).client;
    let made = client.post_event(&mapping::anchor_event("p-1"), mapping::is_anchor).await.unwrap();
    assert!(mapping::is_anchor(&made));
    client.put_event("e-1", &mapping::anchor_event("p-1")).await.unwrap();
    assert_eq!(vtn.calls(), ["POST /events", "POST /events", "PUT /events/e-1"], "known by then");
    let refused = of_3_0(|_| answer(400, json!({"detail": "no such program"})));
    bench(&refused).client.post_event(&mapping::anchor_event("p"), |_| false).await.unwrap_err();
    assert_eq!(refused.calls(), ["POST /events", "POST /events"], "tried in both forms, then the error");
}

/// Takes the first POST without the answer getting through, in 3.0's shape; must not be asked for it twice.
fn losing(answers: fn() -> Answered) -> Arc<Fake> {
    let (posts, held) = (AtomicUsize::new(0), Mutex::<Option<Value>>::default());
    of_3_0(move |asked| match asked.method.as_str() {
        "POST" => {
            assert_eq!(posts.fetch_add(1, Ordering::SeqCst), 0, "it went out twice");
            let mut object = body(asked);
            object["id"] = "x-1".into();
            *held.lock().unwrap() = Some(object);
            answers()
        }
        _ if asked.path == "/events/e-1" => answer(200, event("e-1")),
        _ => answer(200, held.lock().unwrap().iter().cloned().collect()),
    })
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_by_a_3_0_vtn_whose_answer_was_lost_is_found_and_not_sent_again() {
    let lost: [fn() -> Answered; 3] = [timed_out, || answer(502, json!({})), || answer(201, json!("?"))];
    for lost in lost {
        let signed = &mapping::samples::all()[0];
        let vtn = losing(lost);
        let identity = Some((signed.dispatch.key(), signed.dispatch.revision));
        let made = bench(&vtn)
            .client
            .post_event(&mapping::event_from(signed, "p-1"), |e| mapping::identity_of(e) == identity)
            .await
            .unwrap();
        assert_eq!(mapping::dispatch_from(&made).unwrap(), *signed);
        assert_eq!(vtn.calls(), ["POST /events", "GET /events"]);

        let vtn = losing(lost);
        let report = Report { event_id: "e-1".into(), client_name: "A".into(), ..Report::default() };
        let filed = bench(&vtn).client.post_report(&report, |r| r.client_name == "A").await.unwrap();
        assert_eq!(filed.meta.id.as_deref(), Some("x-1"));
        assert_eq!(vtn.calls(), ["GET /events/e-1", "POST /reports", "GET /reports"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_3_0_vtn_that_was_away_is_waited_for_like_any_other() {
    let was_away = AtomicBool::new(false);
    let vtn = Fake::new(move |asked| {
        if !was_away.swap(true, Ordering::SeqCst) {
            return unreachable();
        }
        match asked.path.as_str() {
            "/auth/server" => answer(404, json!({})),
            _ => door(asked).unwrap_or_else(|| answer(200, json!([]))),
        }
    });
    bench(&vtn).client.events(None).await.unwrap();
}
