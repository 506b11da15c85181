//! Every operation of the OpenADR 3.1.0 specification's file is answered.

use serde_json::{Value, json};

use super::{Bench, report_on, subscription_to};

/// Method and path of each operation, in the file's order, and the answers to business logic and to a VEN that owns
/// what there is.
const OPERATIONS: [(&str, &str, [u16; 2]); 45] = [
    ("GET", "/programs", [200, 200]),
    ("POST", "/programs", [409, 403]),
    ("GET", "/programs/{programID}", [200, 200]),
    ("PUT", "/programs/{programID}", [200, 403]),
    ("GET", "/reports", [200, 200]),
    ("POST", "/reports", [403, 201]),
    ("GET", "/reports/{reportID}", [200, 200]),
    ("PUT", "/reports/{reportID}", [403, 200]),
    ("GET", "/events", [200, 200]),
    ("POST", "/events", [201, 403]),
    ("GET", "/events/{eventID}", [200, 200]),
    ("PUT", "/events/{eventID}", [200, 403]),
    ("GET", "/subscriptions", [200, 200]),
    ("POST", "/subscriptions", [201, 201]),
    ("GET", "/subscriptions/{subscriptionID}", [200, 200]),
    ("PUT", "/subscriptions/{subscriptionID}", [403, 200]),
    ("GET", "/vens", [200, 200]),
    ("POST", "/vens", [409, 409]),
    ("GET", "/vens/{venID}", [200, 200]),
    ("PUT", "/vens/{venID}", [200, 200]),
    ("GET", "/resources", [200, 200]),
    ("POST", "/resources", [409, 409]),
    ("GET", "/resources/{resourceID}", [200, 200]),
    ("PUT", "/resources/{resourceID}", [200, 200]),
    ("GET", "/auth/server", [200, 200]),
    ("POST", "/auth/token", [200, 200]),
    ("GET", "/notifiers", [200, 200]),
    ("GET", "/notifiers/mqtt/topics/programs", [404, 404]),
    ("GET", "/notifiers/mqtt/topics/programs/{programID}", [404, 404]),
    ("GET", "/notifiers/mqtt/topics/events", [404, 403]),
    ("GET", "/notifiers/mqtt/topics/programs/{programID}/events", [404, 404]),
    ("GET", "/notifiers/mqtt/topics/reports", [404, 403]),
    ("GET", "/notifiers/mqtt/topics/subscriptions", [404, 403]),
    ("GET", "/notifiers/mqtt/topics/vens", [404, 403]),
    ("GET", "/notifiers/mqtt/topics/vens/{venID}", [404, 404]),
    ("GET", "/notifiers/mqtt/topics/resources", [404, 403]),
    ("GET", "/notifiers/mqtt/topics/vens/{venID}/events", [404, 404]),
    ("GET", "/notifiers/mqtt/topics/vens/{venID}/programs", [404, 404]),
    ("GET", "/notifiers/mqtt/topics/vens/{venID}/resources", [404, 404]),
    // Last, since they take away what the rest needs; by those who may.
    ("DELETE", "/subscriptions/{subscriptionID}", [0, 200]),
    ("DELETE", "/reports/{reportID}", [403, 200]),
    ("DELETE", "/events/{eventID}", [200, 403]),
    ("DELETE", "/resources/{resourceID}", [0, 200]),
    ("DELETE", "/vens/{venID}", [0, 200]),
    ("DELETE", "/programs/{programID}", [200, 403]),
];

#[tokio::test(start_paused = true)]
async fn every_operation_of_the_specification_is_answered() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let ven = bench.ven("ven-1", &[]).await;
    let resource = bench.resource(ven, "UNIT", &[]).await;
    let report = bench.report("ven-1", event).await;
    let subscription =
        bench.post("ven-1", "/subscriptions", subscription_to(&["EVENT"])).await.expect(201).id();
    let ids = [
        ("{programID}", program),
        ("{eventID}", event),
        ("{venID}", ven),
        ("{resourceID}", resource),
        ("{reportID}", report),
        ("{subscriptionID}", subscription),
    ];
    let bodies: [(&str, Value); 6] = [
        ("/programs", json!({"programName": "P"})),
        ("/events", json!({"programID": program})),
        ("/reports", report_on(event)),
        ("/subscriptions", subscription_to(&["EVENT"])),
        ("/vens", json!({"venName": "V", "clientID": "ven-1"})),
        ("/resources", json!({"resourceName": "UNIT", "venID": ven})),
    ];
    for (method, template, expected) in OPERATIONS {
        let path = ids.iter().fold(template.to_owned(), |path, (name, id)| path.replace(name, id));
        for (who, status) in ["bl", "ven-1"].into_iter().zip(expected).filter(|(_, status)| *status != 0) {
            let mut request = bench.request(who, method, &path);
            let body = if template == "/auth/token" {
                request = bench
                    .request("", method, &path)
                    .header("content-type", "application/x-www-form-urlencoded");
                format!("grant_type=client_credentials&client_id={who}&client_secret={who}-secret")
            } else {
                request = request.header("content-type", "application/json");
                bodies
                    .iter()
                    .find(|(of, _)| path.starts_with(of))
                    .map(|(_, body)| body.to_string())
                    .unwrap_or_default()
            };
            let reply = bench.send(request, body).await;
            assert_eq!(reply.status, status, "{method} {path} by {who}: {}", reply.text);
            // A path that is not served is a 404 too, with other words.
            assert!(
                ![404, 405, 500].contains(&reply.status) || reply.text.contains("no MQTT broker"),
                "{method} {path} by {who}: {}",
                reply.text
            );
        }
        // No path takes a method that the file has not.
        let reply = bench.send(bench.request("bl", "PATCH", &path), "").await.expect(405);
        assert!(reply.header("allow").split(',').any(|allowed| allowed == method), "{method} {path}");
    }
}

#[tokio::test(start_paused = true)]
async fn topics_are_not_served_and_tell_nobody_what_there_is() {
    let bench = Bench::new().await;
    let ven = bench.ven("ven-1", &[]).await;
    let hidden = json!({"programName": "hidden", "targets": ["B"]});
    let hidden = bench.post("bl", "/programs", hidden).await.expect(201).id();
    let topics = "/notifiers/mqtt/topics";
    for (path, status) in [
        (format!("{topics}/vens/{ven}"), 404),
        (format!("{topics}/vens/{ven}/events"), 404),
        (format!("{topics}/programs/{hidden}"), 404),
        (format!("{topics}/programs/none/events"), 404),
        (format!("{topics}/programs"), 404),
        (format!("{topics}/vens"), 403),
    ] {
        bench.get("ven-2", &path).await.expect(status);
        bench.get("", &path).await.expect(401);
    }
    assert_eq!(
        bench.get("bl", &format!("{topics}/vens/{ven}")).await.expect(404).detail(),
        "this VTN has no MQTT broker, as GET /notifiers says; subscribe by POST /subscriptions, or poll"
    );
    assert_eq!(bench.get("ven-1", "/notifiers").await.expect(200).json(), json!({"WEBHOOK": false}));
}
