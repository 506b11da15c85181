//! Paging, order and filters.

use serde_json::{Value, json};

use super::{Bench, report_on};

#[tokio::test(start_paused = true)]
async fn pages_walk_a_list_once_in_the_order_of_creation() {
    let bench = Bench::new().await;
    let mut created = Vec::new();
    for n in 0..53 {
        created.push(bench.program(&format!("P{n}")).await);
    }
    // Changing an object does not move it.
    let first = created[0];
    bench.put("bl", &format!("/programs/{first}"), json!({"programName": "changed"})).await.expect(200);

    assert_eq!(bench.get("bl", "/programs").await.expect(200).ids(), created[..50]);
    assert_eq!(bench.get("ven-1", "/programs?skip=50").await.expect(200).ids(), created[50..]);
    assert_eq!(bench.get("bl", "/programs?limit=0").await.expect(200).json(), json!([]));
    assert_eq!(bench.get("bl", "/programs?skip=2147483647").await.expect(200).json(), json!([]));
    let mut walked = Vec::new();
    for skip in (0..60).step_by(7) {
        walked.extend(bench.get("bl", &format!("/programs?skip={skip}&limit=7")).await.expect(200).ids());
    }
    assert_eq!(walked, created);
}

#[tokio::test(start_paused = true)]
async fn every_filter_narrows_and_all_must_hold() {
    let bench = Bench::new().await;
    let (p, q) = (bench.program("P").await, bench.program("Q").await);
    let ven = bench.ven("ven-1", &["A"]).await;
    let other = bench.ven("ven-2", &["B"]).await;
    let unit = bench.resource(ven, "UNIT-1", &["A"]).await;
    let same_name = bench.resource(other, "UNIT-1", &[]).await;
    let (e, f) = (bench.event(p, &["A"]).await, bench.event(q, &[]).await);
    let g = bench.event(p, &["A", "B"]).await;
    let unit_report = |event: &str| {
        let mut body = report_on(event);
        body["resources"][0]["resourceName"] = json!("UNIT-1");
        body
    };
    let r = bench.post("ven-1", "/reports", unit_report(e)).await.expect(201).id();
    let s = bench.post("ven-1", "/reports", unit_report(f)).await.expect(201).id();
    let mut body = unit_report(f);
    body["clientName"] = json!("another");
    let t = bench.post("ven-2", "/reports", body).await.expect(201).id();

    for (path, expected) in [
        ("/programs?programName=Q".to_owned(), vec![q]),
        ("/programs?programName=none".to_owned(), vec![]),
        (format!("/events?programID={p}"), vec![e, g]),
        (format!("/events?programID={p}&targets=B"), vec![g]),
        (format!("/events?programID={q}&targets=B"), vec![]),
        ("/events?programID=none".to_owned(), vec![]),
        // Real clients send parameters of other versions.
        (format!("/events?programID={q}&targetType=GROUP&dateStart=x"), vec![f]),
        (format!("/reports?eventID={f}"), vec![s, t]),
        (format!("/reports?eventID={f}&clientName=another"), vec![t]),
        (format!("/reports?programID={p}"), vec![r]),
        (format!("/reports?programID={p}&eventID={f}"), vec![]),
        ("/vens?venName=ven-2%20name".to_owned(), vec![other]),
        ("/vens?targets=A".to_owned(), vec![ven]),
        (format!("/resources?venID={ven}"), vec![unit]),
        ("/resources?resourceName=UNIT-1".to_owned(), vec![unit, same_name]),
        (format!("/resources?resourceName=UNIT-1&venID={other}"), vec![same_name]),
        ("/resources?targets=A,B".to_owned(), vec![unit]),
    ] {
        assert_eq!(bench.get("bl", &path).await.expect(200).ids(), expected, "{path}");
    }
    // A filter never shows more.
    assert_eq!(bench.get("ven-1", &format!("/reports?eventID={f}")).await.expect(200).ids(), [s]);
}

#[tokio::test(start_paused = true)]
async fn active_leaves_out_what_has_transpired_and_keeps_what_is_to_come() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = async |period: Value| {
        let body = json!({"programID": program, "intervalPeriod": period,
            "intervals": [{"id": 0, "payloads": []}]});
        bench.post("bl", "/events", body).await.expect(201).id()
    };
    let past = event(json!({"start": "2026-11-26T16:00:00Z", "duration": "PT1H"})).await;
    let running = event(json!({"start": "2026-11-26T16:00:01Z", "duration": "PT1H"})).await;
    let to_come = event(json!({"start": "2027-11-26T16:00:00Z", "duration": "PT1H"})).await;
    let endless = event(json!({"start": "2020-01-01T00:00:00Z", "duration": "P9999Y"})).await;
    let anchor = bench.event(program, &[]).await;

    let active = bench.get("ven-1", "/events?active=true").await.expect(200).ids();
    assert_eq!(active, [running, to_come, endless, anchor]);
    assert_eq!(bench.get("ven-1", "/events?active=false").await.expect(200).ids()[0], past);
    bench.clock.step(1);
    assert_eq!(bench.get("bl", "/events?active=TRUE").await.expect(200).ids()[0], to_come);
    // An amendment that stops an event early makes it transpire.
    let body = json!({"programID": program, "intervalPeriod": {"start": "2026-11-26T16:00:00Z", "duration": "PT1M"}});
    bench.put("bl", &format!("/events/{to_come}"), body).await.expect(200);
    assert_eq!(bench.get("bl", "/events?active=true").await.expect(200).ids(), [endless, anchor]);
}

#[tokio::test(start_paused = true)]
async fn a_poller_can_ask_for_what_changed_since_and_misses_nothing() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let (e, f) = (bench.event(program, &[]).await, bench.event(program, &[]).await);
    let r = bench.report("ven-1", e).await;
    bench.clock.step(60);
    let body = json!({"programID": program, "eventName": "changed"});
    bench.put("bl", &format!("/events/{e}"), body).await.expect(200);
    for (path, expected) in [
        // In the order of their last change.
        ("/events?modifiedSince=2026-11-26T17:00:00Z", vec![f, e]),
        ("/events?modifiedSince=2026-11-26T17:00:00Z&limit=500", vec![f, e]),
        ("/events?modifiedSince=2026-11-26T17:00:00.001Z", vec![e]),
        ("/events?modifiedSince=2026-11-26T18:01:00%2B01:00", vec![e]),
        ("/events?modifiedSince=2026-11-26T17:01:00.001Z", vec![]),
        ("/reports?modifiedSince=2026-11-26T17:00:00Z", vec![r]),
        ("/reports?modifiedSince=2026-11-26T17:00:01Z", vec![]),
    ] {
        assert_eq!(bench.get("bl", path).await.expect(200).ids(), expected, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_poller_that_has_the_answer_already_is_spared_the_body() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    for path in ["/programs".to_owned(), format!("/programs/{program}")] {
        let first = bench.get("bl", &path).await.expect(200);
        assert_eq!(first.header("cache-control"), "private, no-cache");
        assert_eq!(first.header("vary"), "Authorization");
        let tag = first.header("etag");
        let held = |tag: &str| bench.request("bl", "GET", &path).header("if-none-match", tag);
        for tag in [tag, &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
            let again = bench.send(held(tag), "").await.expect(304);
            assert_eq!((again.text.as_str(), again.header("etag")), ("", first.header("etag")));
        }
        bench.send(held("W/\"x\""), "").await.expect(200);
        let body = json!({"programName": "P", "changed": path});
        bench.put("bl", &format!("/programs/{program}"), body).await.expect(200);
        bench.send(held(tag), "").await.expect(200);
    }
}
