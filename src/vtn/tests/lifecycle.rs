//! Creating, replacing and deleting, and what comes back.

use serde_json::{Value, json};

use super::{Bench, report_on};

const CREATED: &str = "2026-11-26T17:00:00.000Z";

#[tokio::test(start_paused = true)]
async fn what_is_written_comes_back_as_written() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    // Numbers, durations, times, nulls, unknown members, order and escapes: text that must survive untouched.
    for members in [
        r#""eventName":"5 and 5.0","intervals":[{"id":0,"payloads":[{"type":"A","values":[5,5.0,-0.0,1e3,0.1,0.30000000000000004,123456789012345678901234567890.5]}]}]"#,
        r#""duration":"P9999Y","intervalPeriod":{"start":"0001-01-01","duration":"P0Y0M0DT0H30M0S"}"#,
        r#""intervalPeriod":{"start":"2026-11-26T17:00:00.000+00:00","randomizeStart":"-PT5M"}"#,
        r#""intervals":[{"id":0,"payloads":[]},{"id":0,"intervalPeriod":{"duration":"PT30M"},"payloads":[]}]"#,
        r#""priority":null,"targets":null,"eventName":null,"reportDescriptors":null,"payloadDescriptors":null,"other":null"#,
        r#""zeta":1,"alpha":{"b":[null,true,{}],"a":""},"Ωmega":"\u0001 é 🔌 \" \\","":0"#,
        r#""targets":["b","a","b","feeder:1 (north)"]"#,
        r#""intervals":[{"id":-1,"payloads":[{"type":"CURVE","values":[{"x":1,"y":2.50}],"note":"kept"}]}]"#,
        r#""payloadDescriptors":[{"objectType":"EVENT_PAYLOAD_DESCRIPTOR","payloadType":"GB_X","units":"KVAR","currency":null}]"#,
        r#""reportDescriptors":[{"payloadType":"ACK","frequency":0,"repeat":-1,"reportIntervals":"OPEN_INTERVALS"}]"#,
    ] {
        let sent = format!("{{\"programID\":\"{program}\",{members}}}");
        let request = bench.request("bl", "POST", "/events").header("content-type", "application/json");
        let created = bench.send(request, sent.clone()).await.expect(201);
        let id = created.id();
        let expected = format!(
            "{{\"id\":\"{id}\",\"createdDateTime\":\"{CREATED}\",\"modificationDateTime\":\"{CREATED}\",\
             \"objectType\":\"EVENT\",{}",
            &sent[1..]
        );
        // The one writing of a text that JSON allows and serde_json does not keep.
        let expected = expected.replace("1e3", "1e+3");
        assert_eq!(created.text, expected);
        assert_eq!(bench.get("bl", &format!("/events/{id}")).await.expect(200).text, expected);
        let list = bench.get("ven-1", &format!("/events?programID={program}")).await.expect(200).text;
        assert_eq!(list.contains(&expected), !members.contains("feeder"), "{list}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_null_that_the_specification_does_not_allow_is_a_member_that_is_missing() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let sent = json!({"programID": program, "duration": null, "intervalPeriod": null, "priority": null,
        "intervals": [{"id": 0, "intervalPeriod": {"start": null, "duration": "PT5M", "randomizeStart": null}, "payloads": []},
            {"id": 1, "intervalPeriod": null, "payloads": [], "other": null}],
        "reportDescriptors": [{"payloadType": "P", "aggregate": null, "frequency": null, "units": null}]});
    let kept = json!({"programID": program, "priority": null,
        "intervals": [{"id": 0, "intervalPeriod": {"duration": "PT5M"}, "payloads": []}, {"id": 1, "payloads": [], "other": null}],
        "reportDescriptors": [{"payloadType": "P", "units": null}]});
    let created = bench.post("bl", "/events", sent).await.expect(201);
    let names: Vec<&str> = kept.as_object().unwrap().keys().map(String::as_str).collect();
    let read = created.json();
    let read =
        names.iter().map(|name| ((*name).to_owned(), read[*name].clone())).collect::<serde_json::Map<_, _>>();
    assert_eq!(Value::Object(read), kept);
    for absent in ["duration", "intervalPeriod"] {
        assert!(created.json().get(absent).is_none(), "{absent}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_client_says_of_the_servers_members_is_left_out() {
    let bench = Bench::new().await;
    let body = json!({"id": "mine", "createdDateTime": "1999-01-01T00:00:00Z", "modificationDateTime": 5,
        "objectType": "EVENT", "programName": "P", "clientID": "kept"});
    let created = bench.post("bl", "/programs", body).await.expect(201).json();
    assert_ne!(created["id"], "mine");
    assert_eq!(created["createdDateTime"], CREATED);
    assert_eq!(created["modificationDateTime"], CREATED);
    assert_eq!(created["objectType"], "PROGRAM");
    // Not the server's in a program: an unknown member like any other.
    assert_eq!(created["clientID"], "kept");
}

#[tokio::test(start_paused = true)]
async fn put_replaces_the_whole_and_moves_only_the_modification_time() {
    let bench = Bench::new().await;
    let program = bench.post("bl", "/programs", json!({"programName": "P", "gone": 1})).await.expect(201);
    let path = format!("/programs/{}", program.id());
    // At the same instant still later, so that a reader sees that it changed.
    for (step, name, modified) in [
        (0, "P", "2026-11-26T17:00:00.001Z"),
        (0, "P", "2026-11-26T17:00:00.002Z"),
        (60, "Q", "2026-11-26T17:01:00.000Z"),
    ] {
        bench.clock.step(step);
        let reply = bench.put("bl", &path, json!({ "programName": name })).await.expect(200);
        let expected = json!({"id": program.id(), "createdDateTime": CREATED, "modificationDateTime": modified,
            "objectType": "PROGRAM", "programName": name});
        assert_eq!(reply.json(), expected);
        assert_eq!(bench.get("bl", &path).await.expect(200).json(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn deleting_answers_what_was_deleted_and_takes_what_hangs_on_it() {
    let bench = Bench::new().await;
    let (kept, gone) = (bench.program("kept").await, bench.program("gone").await);
    let kept_event = bench.event(kept, &[]).await;
    let kept_report = bench.report("ven-1", kept_event).await;
    let event = bench.event(gone, &["A"]).await;
    let open_event = bench.event(gone, &[]).await;
    bench.report("ven-1", open_event).await;
    let ven = bench.ven("ven-1", &["A"]).await;
    bench.resource(ven, "UNIT", &["A"]).await;
    bench.report("ven-1", event).await;

    let deleted = bench.delete("bl", &format!("/programs/{gone}")).await.expect(200);
    assert_eq!(deleted.json()["programName"], "gone");
    bench.delete("bl", &format!("/programs/{gone}")).await.expect(404);
    assert_eq!(bench.get("bl", "/events").await.expect(200).ids(), [kept_event]);
    assert_eq!(bench.get("bl", "/reports").await.expect(200).ids(), [kept_report]);

    bench.delete("bl", &format!("/events/{kept_event}")).await.expect(200);
    assert_eq!(bench.get("bl", "/reports").await.expect(200).json(), json!([]));

    bench.delete("bl", &format!("/vens/{ven}")).await.expect(200);
    assert_eq!(bench.get("bl", "/resources").await.expect(200).json(), json!([]));
    // Its grants are gone with it.
    let targeted = bench.event(kept, &["A"]).await;
    bench.get("ven-1", &format!("/events/{targeted}")).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn a_report_follows_its_event_to_another_program() {
    let bench = Bench::new().await;
    let (p, q) = (bench.program("P").await, bench.program("Q").await);
    let event = bench.event(p, &[]).await;
    let report = bench.report("ven-1", event).await;
    bench.put("bl", &format!("/events/{event}"), json!({ "programID": q })).await.expect(200);
    let reports = async |program: &str| bench.get("bl", &format!("/reports?programID={program}")).await.ids();
    assert_eq!((reports(p).await, reports(q).await), (Vec::new(), vec![report.to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_name_or_a_client_that_is_taken_is_a_conflict_that_says_with_what() {
    let bench = Bench::new().await;
    let (p, _) = (bench.program("P").await, bench.program("Q").await);
    let (ven, other) = (bench.ven("ven-1", &[]).await, bench.ven("ven-2", &[]).await);
    let unit = bench.resource(ven, "UNIT", &[]).await;
    bench.resource(ven, "UNIT-2", &[]).await;
    // Unique below one ven only.
    bench.resource(other, "UNIT", &[]).await;
    let resource = |name: &str| json!({"resourceName": name, "venID": ven});
    for (method, path, body, detail) in [
        (
            "POST",
            "/programs".to_owned(),
            json!({"programName": "P"}),
            "another program in this VTN has the programName `P`; choose another name".to_owned(),
        ),
        (
            "PUT",
            format!("/programs/{p}"),
            json!({"programName": "Q"}),
            "another program in this VTN has the programName `Q`; choose another name".to_owned(),
        ),
        (
            "POST",
            "/vens".to_owned(),
            json!({"venName": "new", "clientID": "ven-1"}),
            format!("the client `ven-1` has a ven already, with id `{ven}`, and a client has one; PUT that one"),
        ),
        (
            "POST",
            "/vens".to_owned(),
            json!({"venName": "ven-1 name", "clientID": "new"}),
            "another ven in this VTN has the venName `ven-1 name`; choose another name".to_owned(),
        ),
        (
            "PUT",
            format!("/vens/{ven}"),
            json!({"venName": "new", "clientID": "ven-2"}),
            "the ven belongs to the client `ven-1`, and `clientID` cannot be changed to `ven-2`; delete the ven and \
             create it for the other client"
                .to_owned(),
        ),
        (
            "POST",
            "/resources".to_owned(),
            resource("UNIT"),
            "another resource of this ven has the resourceName `UNIT`; choose another name".to_owned(),
        ),
        (
            "PUT",
            format!("/resources/{unit}"),
            resource("UNIT-2"),
            "another resource of this ven has the resourceName `UNIT-2`; choose another name".to_owned(),
        ),
    ] {
        let request = bench.request("bl", method, &path).header("content-type", "application/json");
        let reply = bench.send(request, body.to_string()).await.expect(409);
        assert_eq!(reply.detail(), detail);
    }
    // One's own name is no conflict.
    bench.put("bl", &format!("/programs/{p}"), json!({"programName": "P"})).await.expect(200);
    bench.put("bl", &format!("/resources/{unit}"), resource("UNIT")).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn a_resource_belongs_to_the_client_of_its_ven() {
    let bench = Bench::new().await;
    let (ven, other) = (bench.ven("ven-1", &[]).await, bench.ven("ven-2", &[]).await);
    let unit = bench.resource(ven, "UNIT", &[]).await;
    let path = format!("/resources/{unit}");
    let body = |client: Value, ven: &str| json!({"resourceName": "UNIT", "clientID": client, "venID": ven});
    let moved = bench.put("bl", &path, body(json!("ven-2"), other)).await.expect(200).json();
    assert_eq!((&moved["clientID"], &moved["venID"]), (&json!("ven-2"), &json!(other)));
    bench.get("ven-1", &path).await.expect(404);
    bench.get("ven-2", &path).await.expect(200);
    let reply = bench.put("bl", &path, body(json!("ven-1"), other)).await.expect(400);
    assert_eq!(reply.detail(), "`clientID` must be that of the ven, `ven-2`, or left out; it is `ven-1`");
    bench.put("bl", &path, body(json!(null), "none")).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn every_object_carries_the_members_that_the_specification_requires_of_it() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let ven = bench.ven("ven-1", &[]).await;
    let resource = bench.resource(ven, "UNIT", &[]).await;
    let report = bench.report("ven-1", event).await;
    for (path, kind, required) in [
        (format!("/programs/{program}"), "PROGRAM", &["programName"][..]),
        (format!("/events/{event}"), "EVENT", &["programID"]),
        (format!("/vens/{ven}"), "VEN", &["clientID", "venName"]),
        (format!("/resources/{resource}"), "RESOURCE", &["clientID", "resourceName", "venID"]),
        (format!("/reports/{report}"), "REPORT", &["clientID", "eventID", "clientName", "resources"]),
    ] {
        let object = bench.get("bl", &path).await.expect(200).json();
        assert_eq!(object["objectType"], kind);
        for member in ["id", "createdDateTime", "modificationDateTime"].iter().chain(required) {
            assert!(!object[*member].is_null(), "{kind} has no {member}: {object}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_writer_who_wants_no_more_than_that_it_was_done_is_told_no_more() {
    let bench = Bench::new().await;
    let event = bench.event(bench.program("P").await, &[]).await;
    let path = format!("/reports/{}", bench.report("ven-1", event).await);
    let put = async |wish: &str, name: &str| {
        let request = bench.request("ven-1", "PUT", &path).header("content-type", "application/json");
        let mut report = report_on(event);
        report["reportName"] = json!(name);
        bench.send(request.header("prefer", wish), report.to_string()).await
    };
    for wish in ["return=minimal", "respond-async, Return=Minimal"] {
        let reply = put(wish, wish).await.expect(204);
        assert_eq!((reply.text.as_str(), reply.header("preference-applied")), ("", "return=minimal"));
        assert_eq!(bench.get("bl", &path).await.expect(200).json()["reportName"], wish);
    }
    let reply = put("return=representation", "whole").await.expect(200);
    assert_eq!((&reply.json()["reportName"], reply.header("preference-applied")), (&json!("whole"), ""));
    let request = bench.request("ven-1", "PUT", &path).header("content-type", "application/json");
    let refused = bench.send(request.header("prefer", "return=minimal"), "{}").await.expect(400);
    assert!(refused.detail().contains("eventID"), "a refusal says why: {}", refused.detail());
}

#[tokio::test(start_paused = true)]
async fn the_same_requests_to_the_same_seed_give_the_same_bytes() {
    let run = async || {
        let bench = Bench::new().await;
        let event = bench.event(bench.program("P").await, &[]).await;
        let mut text = bench.post("ven-1", "/reports", report_on(event)).await.text;
        text += &bench.get("ven-1", "/events").await.text;
        text += &bench.get("ven-1", "/events/none").await.text;
        text + bench.tokens["bl"].as_str()
    };
    assert_eq!(run().await, run().await);
}
