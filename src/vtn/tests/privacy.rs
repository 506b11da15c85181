//! What a VEN sees and may touch (OpenADR 3.1 Definition, "Object Privacy").

use serde_json::{Value, json};

use super::{Bench, report_on};

#[tokio::test(start_paused = true)]
async fn a_ven_sees_what_is_for_all_and_what_it_was_granted_by_its_ven_or_a_resource() {
    let bench = Bench::new().await;
    let ven = bench.ven("ven-1", &["V"]).await;
    bench.resource(ven, "UNIT", &["R"]).await;
    bench.ven("ven-2", &["W"]).await;
    let program = bench.program("P").await;
    let for_all = bench.event(program, &[]).await;
    let by_ven = bench.event(program, &["V"]).await;
    let by_resource = bench.event(program, &["R", "W"]).await;
    let of_another = bench.event(program, &["W"]).await;

    for (who, query, expected) in [
        ("ven-1", "", vec![for_all, by_ven, by_resource]),
        ("ven-1", "?targets=V", vec![by_ven]),
        ("ven-1", "?targets=V&targets=R", vec![by_ven, by_resource]),
        ("ven-1", "?targets=W", vec![]),
        ("ven-1", "?targets=W,R", vec![by_resource]),
        ("ven-2", "", vec![for_all, by_resource, of_another]),
        ("bl", "", vec![for_all, by_ven, by_resource, of_another]),
        ("bl", "?targets=W", vec![by_resource, of_another]),
    ] {
        let reply = bench.get(who, &format!("/events{query}")).await.expect(200);
        assert_eq!(reply.ids(), expected, "{who} {query}");
    }
    bench.get("ven-1", &format!("/events/{by_resource}")).await.expect(200);
    let reply = bench.get("ven-1", &format!("/events/{of_another}")).await.expect(404);
    assert_eq!(
        reply.detail(),
        format!(
            "there is no event with id `{of_another}` that you can see; GET /events lists those there are"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_ven_without_a_ven_object_sees_only_what_is_for_all() {
    let bench = Bench::new().await;
    let targeted = json!({"programName": "hidden", "targets": ["V"]});
    let hidden = bench.post("bl", "/programs", targeted).await.expect(201).id();
    let open = bench.program("open").await;
    assert_eq!(bench.get("ven-1", "/programs").await.expect(200).ids(), [open]);
    bench.get("ven-1", &format!("/programs/{hidden}")).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn targets_of_others_are_hidden_and_nothing_else_is_changed() {
    let bench = Bench::new().await;
    bench.ven("ven-1", &["A", "C"]).await;
    let program = bench.program("P").await;
    let body = r#""eventName":"E","targets":["A","B","C","D"],"priority":1,"x":{"n":5.0}"#;
    let request = bench.request("bl", "POST", "/events").header("content-type", "application/json");
    let event = bench.send(request, format!("{{\"programID\":\"{program}\",{body}}}")).await.expect(201).id();

    let path = format!("/events/{event}");
    for (who, path, targets) in [
        ("bl", path.as_str(), r#"["A","B","C","D"]"#),
        ("ven-1", path.as_str(), r#"["A","C"]"#),
        ("ven-1", "/events", r#"["A","C"]"#),
        ("ven-1", "/events?targets=C,B", r#"["C"]"#),
    ] {
        let text = bench.get(who, path).await.expect(200).text;
        let expected = format!(r#","eventName":"E","targets":{targets},"priority":1,"x":{{"n":5.0}}}}"#);
        assert!(text.contains(&expected), "{who} {path}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_grant_taken_back_hides_the_event_again() {
    let bench = Bench::new().await;
    let ven = bench.ven("ven-1", &["A"]).await;
    let program = bench.program("P").await;
    let event = bench.event(program, &["A"]).await;
    let report = bench.report("ven-1", event).await;
    let without = json!({"clientID": "ven-1", "venName": "V", "targets": null});
    bench.put("bl", &format!("/vens/{ven}"), without).await.expect(200);
    assert_eq!(bench.get("ven-1", "/events").await.expect(200).json(), json!([]));
    bench.post("ven-1", "/reports", report_on(event)).await.expect(400);
    bench.put("ven-1", &format!("/reports/{report}"), report_on(event)).await.expect(400);
    assert_eq!(bench.get("ven-1", "/reports").await.expect(200).ids(), [report]);
}

#[tokio::test(start_paused = true)]
async fn a_ven_files_reports_only_on_events_that_it_sees() {
    let bench = Bench::new().await;
    bench.ven("ven-1", &["A"]).await;
    let program = bench.program("P").await;
    let (seen, hidden) = (bench.event(program, &["A"]).await, bench.event(program, &["B"]).await);
    bench.report("ven-1", seen).await;
    for event in [hidden, "none"] {
        let reply = bench.post("ven-1", "/reports", report_on(event)).await.expect(400);
        assert_eq!(
            reply.detail(),
            format!("`eventID` must be the id of an event that you can see; there is none with id `{event}`")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_ven_sees_and_changes_only_its_own_vens_resources_and_reports() {
    let bench = Bench::new().await;
    let (ven_1, ven_2) = (bench.ven("ven-1", &[]).await, bench.ven("ven-2", &[]).await);
    let mine = bench.resource(ven_1, "UNIT", &[]).await;
    let theirs = bench.resource(ven_2, "UNIT", &[]).await;
    let event = bench.event(bench.program("P").await, &[]).await;
    let my_report = bench.report("ven-1", event).await;
    let their_report = bench.report("ven-2", event).await;

    for (list, own, other) in
        [("vens", ven_1, ven_2), ("resources", mine, theirs), ("reports", my_report, their_report)]
    {
        assert_eq!(bench.get("ven-1", &format!("/{list}")).await.expect(200).ids(), [own]);
        assert_eq!(bench.get("bl", &format!("/{list}")).await.expect(200).ids(), [own, other]);
        bench.get("ven-1", &format!("/{list}/{other}")).await.expect(404);
        bench.delete("ven-1", &format!("/{list}/{other}")).await.expect(404);
    }
    let body = json!({"venName": "V", "resourceName": "R", "venID": ven_2});
    bench.put("ven-1", &format!("/vens/{ven_2}"), body.clone()).await.expect(404);
    bench.put("ven-1", &format!("/resources/{theirs}"), body.clone()).await.expect(404);
    bench.put("ven-1", &format!("/reports/{their_report}"), report_on(event)).await.expect(404);
    // Neither created at nor moved to another's ven.
    let reply = bench.post("ven-1", "/resources", body.clone()).await.expect(404);
    assert_eq!(
        reply.detail(),
        format!("there is no ven with id `{ven_2}` that you can see; GET /vens lists those there are")
    );
    bench.put("ven-1", &format!("/resources/{mine}"), body).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn the_client_is_stamped_from_the_token_and_not_believed() {
    let bench = Bench::new().await;
    let body = json!({"objectType": "VEN_VEN_REQUEST", "venName": "V", "clientID": "ven-2"});
    let ven = bench.post("ven-1", "/vens", body).await.expect(201);
    assert_eq!(ven.json()["clientID"], "ven-1");
    assert_eq!(ven.json()["objectType"], "VEN");
    // OpenADR 3.1.1 leaves venID out.
    let body = json!({"objectType": "VEN_RESOURCE_REQUEST", "resourceName": "R", "clientID": "ven-2"});
    let resource = bench.post("ven-1", "/resources", body).await.expect(201).json();
    assert_eq!((&resource["clientID"], &resource["venID"]), (&json!("ven-1"), &ven.json()["id"]));
    let event = bench.event(bench.program("P").await, &[]).await;
    let mut body = report_on(event);
    body["clientID"] = json!("ven-2");
    body["resources"][0]["resourceName"] = json!("R");
    let report = bench.post("ven-1", "/reports", body.clone()).await.expect(201);
    assert_eq!(report.json()["clientID"], "ven-1");
    let report = bench.put("ven-1", &format!("/reports/{}", report.id()), body).await.expect(200);
    assert_eq!(report.json()["clientID"], "ven-1");
}

#[tokio::test(start_paused = true)]
async fn a_ven_keeps_the_targets_it_was_granted_and_adds_none() {
    let bench = Bench::new().await;
    let ven = bench.ven("ven-1", &["A", "B"]).await;
    let resource = bench.resource(ven, "UNIT", &["R"]).await;
    let refused = "only business logic grants targets, and `X` is not granted here; leave `targets` out";
    for (path, body, granted) in [
        (format!("/vens/{ven}"), json!({"venName": "V"}), json!(["A", "B"])),
        (format!("/resources/{resource}"), json!({"resourceName": "U", "venID": ven}), json!(["R"])),
    ] {
        let with = |targets: Value| {
            let mut body = body.clone();
            body["targets"] = targets;
            body
        };
        for targets in [json!(null), json!([]), granted.clone()] {
            let reply = bench.put("ven-1", &path, with(targets.clone())).await.expect(200);
            assert_eq!(reply.json()["targets"], granted, "{path} {targets}");
        }
        let reply = bench.put("ven-1", &path, body.clone()).await.expect(200);
        assert_eq!(reply.json()["targets"], granted, "{path}");
        assert_eq!(bench.put("ven-1", &path, with(json!(["X"]))).await.expect(403).detail(), refused);
    }
    bench.delete("ven-1", &format!("/vens/{ven}")).await.expect(200);
    let reply = bench.post("ven-1", "/vens", json!({"venName": "V", "targets": ["X"]})).await.expect(403);
    assert_eq!(reply.detail(), refused);
    let own = bench.post("ven-1", "/vens", json!({"venName": "V", "targets": []})).await.expect(201);
    assert_eq!(own.json()["targets"], Value::Null);
    let body = json!({"resourceName": "R", "targets": ["X"]});
    assert_eq!(bench.post("ven-1", "/resources", body).await.expect(403).detail(), refused);
}

#[tokio::test(start_paused = true)]
async fn each_role_has_its_own_requests_for_vens_and_resources() {
    let bench = Bench::new().await;
    let ven = bench.ven("ven-1", &[]).await;
    let path = format!("/vens/{ven}");
    for (who, kind, status) in [
        ("bl", json!("BL_VEN_REQUEST"), 200),
        ("bl", json!("VEN_VEN_REQUEST"), 200),
        ("bl", json!("VEN"), 200),
        ("bl", json!(null), 200),
        ("bl", json!("BL_RESOURCE_REQUEST"), 400),
        ("bl", json!(1), 400),
        ("ven-1", json!("VEN_VEN_REQUEST"), 200),
        ("ven-1", json!("VEN"), 200),
        ("ven-1", json!(null), 200),
        ("ven-1", json!("BL_VEN_REQUEST"), 403),
        ("ven-1", json!("EVENT"), 400),
    ] {
        let body = json!({"objectType": kind, "clientID": "ven-1", "venName": "V"});
        assert_eq!(bench.put(who, &path, body).await.status, status, "{who} {kind}");
    }
}
