//! Who may do what: every route, every role.

use std::sync::Arc;

use serde_json::json;

use super::{Bench, report_on, subscription_to};

/// Answers for no token, `bl`, and `ven-1`, which owns what there is.
type Expected = [u16; 3];

#[tokio::test(start_paused = true)]
async fn each_role_may_do_what_its_scopes_say_and_nothing_else() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let ven = bench.ven("ven-1", &[]).await;
    let resource = bench.resource(ven, "UNIT", &[]).await;
    let report = bench.report("ven-1", event).await;

    let program_body = json!({"programName": "P"});
    let event_body = json!({"programID": program});
    let ven_body = json!({"venName": "V", "clientID": "ven-1"});
    let resource_body = json!({"resourceName": "UNIT", "venID": ven});
    let report_body = report_on(event);
    let subscription_body = subscription_to(&["EVENT"]);
    let subscription =
        bench.post("ven-1", "/subscriptions", subscription_body.clone()).await.expect(201).id();
    let none = json!(null);

    // 409 and 200 both mean that the caller may.
    let table: &[(&str, String, &serde_json::Value, Expected)] = &[
        ("GET", "/programs".into(), &none, [401, 200, 200]),
        ("GET", format!("/programs/{program}"), &none, [401, 200, 200]),
        ("POST", "/programs".into(), &program_body, [401, 409, 403]),
        ("PUT", format!("/programs/{program}"), &program_body, [401, 200, 403]),
        ("GET", "/events".into(), &none, [401, 200, 200]),
        ("GET", format!("/events/{event}"), &none, [401, 200, 200]),
        ("POST", "/events".into(), &event_body, [401, 201, 403]),
        ("PUT", format!("/events/{event}"), &event_body, [401, 200, 403]),
        ("GET", "/reports".into(), &none, [401, 200, 200]),
        ("GET", format!("/reports/{report}"), &none, [401, 200, 200]),
        ("POST", "/reports".into(), &report_body, [401, 403, 201]),
        ("PUT", format!("/reports/{report}"), &report_body, [401, 403, 200]),
        ("GET", "/vens".into(), &none, [401, 200, 200]),
        ("GET", format!("/vens/{ven}"), &none, [401, 200, 200]),
        ("POST", "/vens".into(), &ven_body, [401, 409, 409]),
        ("PUT", format!("/vens/{ven}"), &ven_body, [401, 200, 200]),
        ("GET", "/resources".into(), &none, [401, 200, 200]),
        ("GET", format!("/resources/{resource}"), &none, [401, 200, 200]),
        ("POST", "/resources".into(), &resource_body, [401, 409, 409]),
        ("PUT", format!("/resources/{resource}"), &resource_body, [401, 200, 200]),
        ("GET", "/notifiers".into(), &none, [401, 200, 200]),
        ("GET", "/rampdesk/clients".into(), &none, [401, 200, 403]),
        ("POST", "/rampdesk/clients".into(), &ven_body, [401, 409, 403]),
        ("GET", "/auth/server".into(), &none, [200, 200, 200]),
        ("GET", "/health".into(), &none, [200, 200, 200]),
        ("GET", "/subscriptions".into(), &none, [401, 200, 200]),
        ("GET", format!("/subscriptions/{subscription}"), &none, [401, 200, 200]),
        ("POST", "/subscriptions".into(), &subscription_body, [401, 201, 201]),
        // Business logic reads and deletes it; only the client that it belongs to changes it.
        ("PUT", format!("/subscriptions/{subscription}"), &subscription_body, [401, 403, 200]),
        // Last, since they take away what the rest needs.
        ("DELETE", format!("/subscriptions/{subscription}"), &none, [401, 200, 404]),
        ("DELETE", format!("/reports/{report}"), &none, [401, 403, 200]),
        ("DELETE", format!("/resources/{resource}"), &none, [401, 200, 404]),
        ("DELETE", format!("/vens/{ven}"), &none, [401, 200, 404]),
        ("DELETE", format!("/events/{event}"), &none, [401, 200, 403]),
        ("DELETE", format!("/programs/{program}"), &none, [401, 200, 403]),
    ];
    for (method, path, body, expected) in table {
        for (who, status) in ["", "bl", "ven-1"].into_iter().zip(expected) {
            let request = bench.request(who, method, path).header("content-type", "application/json");
            let reply = bench.send(request, body.to_string()).await;
            assert_eq!(reply.status, *status, "{method} {path} by `{who}`: {}", reply.text);
        }
    }
}

/// Else whatever stands beside the VTN's routes would be open to every FSP, and to whoever reaches the port.
#[tokio::test(start_paused = true)]
async fn what_is_served_beside_the_vtns_routes_is_for_business_logic_alone() {
    let mut bench = Bench::new().await;
    let beside = axum::Router::new().route("/workshop", axum::routing::post(|| async { "{}" }));
    let router = crate::vtn::server::router(&bench.vtn.shared, beside);
    bench.transport = Arc::new(crate::vtn::in_process::InProcess::new(router));
    for (who, status) in [("", 401), ("ven-1", 403), ("bl", 200)] {
        bench.post(who, "/rampdesk/beside/workshop", json!({})).await.expect(status);
    }
    bench.get("bl", "/programs").await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_who_lacks_what() {
    let bench = Bench::new().await;
    let reply = bench.post("ven-1", "/programs", json!({"programName": "P"})).await.expect(403);
    assert_eq!(
        reply.detail(),
        "this needs the scope write_programs; client `ven-1` has read_targets read_ven_objects write_reports \
         write_subscriptions write_vens"
    );
    assert_eq!(
        reply.header("www-authenticate"),
        "Bearer realm=\"VTN\", error=\"insufficient_scope\", scope=\"write_programs\""
    );
}

#[tokio::test(start_paused = true)]
async fn a_poll_is_a_heartbeat_that_business_logic_can_read() {
    let bench = Bench::new().await;
    bench.clock.step(10);
    bench.get("ven-2", "/events?programID=x&limit=1").await.expect(200);
    bench.clock.step(5);
    bench.get("ven-2", "/nowhere").await.expect(404);
    let reply = bench.get("bl", "/rampdesk/clients").await.expect(200);
    assert_eq!(
        reply.json(),
        json!([
            {"clientID": "bl", "lastRequest": "2026-11-26T17:00:15.000Z", "request": "GET /rampdesk/clients",
                "requests": 2},
            {"clientID": "ven-1", "lastRequest": "2026-11-26T17:00:00.000Z", "request": "POST /auth/token",
                "requests": 1},
            {"clientID": "ven-2", "lastRequest": "2026-11-26T17:00:15.000Z", "request": "GET /nowhere",
                "requests": 3},
        ])
    );
    let since = |at: &str| format!("/rampdesk/clients?modifiedSince={at}");
    let told = bench.get("bl", &since("2026-11-26T17:00:15Z")).await.expect(200).json();
    let told: Vec<&str> =
        told.as_array().unwrap().iter().filter_map(|client| client["clientID"].as_str()).collect();
    assert_eq!(told, ["bl", "ven-2"], "who asked nothing since then is left out");
    bench.get("bl", &since("yesterday")).await.expect(400);
}
