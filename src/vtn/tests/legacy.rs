//! OpenADR 3.0.1 on the same objects: what one version writes, the other reads by meaning.

use serde_json::{Value, json};

use super::{Bench, Reply, report_on, subscription_to};
use crate::entropy::Entropy;
use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::mapping::{self, samples};
use crate::openadr::secret::Secret;
use crate::vtn::LEGACY_BASE_PATH;

impl Bench {
    /// A request as 3.0.1 has it, with a body unless it is null.
    pub(super) async fn old(&self, who: &str, method: &str, path: &str, body: Value) -> Reply {
        let uri = format!("http://vtn.test:8080{LEGACY_BASE_PATH}{path}");
        let request = self.request(who, method, path).uri(uri).header("content-type", "application/json");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(request, body).await
    }

    async fn get_old(&self, who: &str, path: &str) -> Reply {
        self.old(who, "GET", path, json!(null)).await
    }
}

fn pick(object: &Value, names: &[&str]) -> Value {
    names
        .iter()
        .map(|name| ((*name).to_owned(), object[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test(start_paused = true)]
async fn an_event_says_the_same_in_both_versions_whichever_wrote_it() {
    let bench = Bench::new().await;
    let ven = bench.ven("ven-1", &[]).await;
    bench.resource(ven, "BESS-07", &["FSPA_BESS-07", "feeder-1"]).await;
    let program = bench.program("P").await;
    let unit =
        json!([{"type": "VEN_NAME", "values": ["FSPA"]}, {"type": "RESOURCE_NAME", "values": ["BESS-07"]}]);
    let same = |more: Value| {
        let mut event = json!({"programID": program, "eventName": "D-1", "priority": 1, "x": {"n": 5.0},
            "payloadDescriptors": [{"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "P", "units": "KW"}]});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let intervals = |start: &str| {
        json!([{"id": 0, "intervalPeriod": {"start": start, "duration": "PT30M"},
            "payloads": [{"type": "P", "values": [5, 5.0, "5"]}]}])
    };
    let at = "2026-12-01T16:30:00Z";
    for (new, old) in [
        (
            same(json!({"targets": ["FSPA_BESS-07"], "intervals": intervals(at)})),
            same(json!({"targets": unit, "intervals": intervals(at)})),
        ),
        (
            same(
                json!({"targets": ["feeder-1"], "intervals": [], "intervalPeriod": {"start": "0001-01-01T00:00:00Z"},
                "reportDescriptors": [{"payloadType": "R", "targets": ["feeder-1"]}]}),
            ),
            same(json!({"targets": [{"type": "GROUP", "values": ["feeder-1"]}], "intervals": [],
                "intervalPeriod": {"start": "0000-00-00"},
                "reportDescriptors": [{"payloadType": "R", "targets": [{"type": "GROUP", "values": ["feeder-1"]}]}]})),
        ),
        (
            same(json!({"intervals": intervals("0001-01-01T00:00:00Z"), "duration": "P9999Y"})),
            same(json!({"intervals": intervals("0000-00-00"), "duration": "P9999Y"})),
        ),
    ] {
        let names: Vec<&str> = new.as_object().unwrap().keys().map(String::as_str).collect();
        let written_new = bench.post("bl", "/events", new.clone()).await.expect(201);
        let path = format!("/events/{}", written_new.id());
        for who in ["bl", "ven-1"] {
            let read = bench.get_old(who, &path).await.expect(200).json();
            assert_eq!(pick(&read, &names), old, "{who}");
            assert_eq!(pick(&read, &["id", "objectType"]), pick(&written_new.json(), &["id", "objectType"]));
        }
        let written_old = bench.old("bl", "POST", "/events", old.clone()).await.expect(201);
        assert_eq!(pick(&written_old.json(), &names), old);
        let path = format!("/events/{}", written_old.id());
        assert_eq!(pick(&bench.get("ven-1", &path).await.expect(200).json(), &names), new);
        // What was read is written back and means the same.
        let put = bench.old("bl", "PUT", &path, written_old.json()).await.expect(200);
        assert_eq!(pick(&put.json(), &names), old);
        assert_eq!(pick(&bench.get("bl", &path).await.expect(200).json(), &names), new);
        bench.old("bl", "DELETE", &path, json!(null)).await.expect(200);
        bench.get("bl", &path).await.expect(404);
    }
    // An event that only asks for reports has no intervals in 3.1, and an empty list in 3.0.1.
    let anchor =
        bench.post("bl", "/events", json!({"programID": program, "intervals": null})).await.expect(201);
    let read = bench.get_old("ven-1", &format!("/events/{}", anchor.id())).await.expect(200);
    assert_eq!(read.json()["intervals"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_fsp_of_3_0_1_reads_a_signed_dispatch_whole_and_its_report_is_read_by_the_desk() {
    let bench = Bench::new().await;
    let signed = samples::example();
    let ven = bench.ven("ven-1", &[]).await;
    let program = bench.program("P").await;
    let event = mapping::event_from(&signed, program);
    let target = json!(event.targets);
    let resource = json!({"resourceName": "UNIT", "venID": ven, "targets": target});
    bench.post("bl", "/resources", resource).await.expect(201);
    let event = bench.post("bl", "/events", serde_json::to_value(&event).unwrap()).await.expect(201).id();
    let client = Client::new(ClientParts {
        base_url: format!("http://vtn.test:8080{LEGACY_BASE_PATH}"),
        credentials: Credentials { client_id: "ven-1".into(), secret: Secret::new("ven-1-secret") },
        transport: bench.transport.clone(),
        clock: bench.clock.clone(),
        entropy: Entropy::seeded(2),
        exchanges: ExchangeLog::keeping(10),
        label: "FSP".into(),
    })
    .unwrap();
    let events = client.events(None).await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(mapping::dispatch_from(&events[0]).unwrap(), signed);
    assert_eq!(client.resources().await.unwrap().len(), 1);

    let mut report = report_on(event);
    report["programID"] = json!(program);
    let report = bench.old("ven-1", "POST", "/reports", report).await.expect(201);
    assert_eq!(report.json()["programID"], program);
    let read = bench.get("bl", &format!("/reports/{}", report.id())).await.expect(200).json();
    assert_eq!(pick(&read, &["eventID", "clientID"]), json!({"eventID": event, "clientID": "ven-1"}));
    // One that was filed in 3.1 names its program in 3.0.1.
    let other = bench.report("ven-1", event).await;
    let read = bench.get_old("ven-1", &format!("/reports?programID={program}")).await.expect(200);
    assert_eq!(read.ids(), [report.id(), other]);
    assert!(read.json().as_array().unwrap().iter().all(|r| r["programID"] == program), "{}", read.text);
}

#[tokio::test(start_paused = true)]
async fn a_ven_of_3_0_1_sees_no_more_than_in_3_1() {
    let bench = Bench::new().await;
    let (ven_1, ven_2) = (bench.ven("ven-1", &["A_x"]).await, bench.ven("ven-2", &["B_y"]).await);
    let (mine, theirs) = (bench.resource(ven_1, "x", &[]).await, bench.resource(ven_2, "y", &[]).await);
    let program = bench.program("P").await;
    let (seen, both) = (bench.event(program, &["A_x"]).await, bench.event(program, &["A_x", "B_y"]).await);
    let hidden = bench.event(program, &["B_y"]).await;
    assert_eq!(bench.get_old("ven-1", "/events").await.expect(200).ids(), [seen, both]);
    let read = bench.get_old("ven-1", &format!("/events/{both}")).await.expect(200);
    assert!(!read.text.contains("\"B\"") && read.text.contains("\"A\""), "{}", read.text);
    for (method, path, status) in [
        ("GET", format!("/events/{hidden}"), 404),
        ("GET", format!("/vens/{ven_2}"), 404),
        ("GET", format!("/vens/{ven_2}/resources"), 404),
        ("GET", format!("/vens/{ven_2}/resources/{theirs}"), 404),
        ("GET", format!("/vens/{ven_1}/resources/{theirs}"), 404),
        ("DELETE", format!("/vens/{ven_1}/resources/{theirs}"), 404),
        ("PUT", format!("/vens/{ven_1}/resources/{theirs}"), 404),
        ("POST", format!("/vens/{ven_2}/resources"), 404),
        ("GET", format!("/vens/{ven_1}/resources/{mine}"), 200),
        ("POST", "/programs".to_owned(), 403),
        ("POST", "/events".to_owned(), 403),
    ] {
        let body = if method == "GET" { json!(null) } else { json!({"resourceName": "z"}) };
        let reply = bench.old("ven-1", method, &path, body).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text);
    }
    let vens = bench.get_old("ven-1", "/vens").await.expect(200);
    assert_eq!(vens.ids(), [ven_1]);
    assert_eq!(vens.json()[0]["resources"][0]["id"], mine);
    bench.get_old("", "/events").await.expect(401);
    assert!(bench.get_old("", "/events").await.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test(start_paused = true)]
async fn lists_are_narrowed_by_target_type_and_values() {
    let bench = Bench::new().await;
    let ven = bench.ven("ven-1", &["feeder-1"]).await;
    bench.resource(ven, "x", &["A_x"]).await;
    bench.resource(ven, "y", &["A_y"]).await;
    let program = bench.program("P").await;
    let x = bench.event(program, &["A_x"]).await;
    let y = bench.event(program, &["A_y"]).await;
    let feeder = bench.event(program, &["feeder-1"]).await;
    let area = bench.event(program, &["SERVICE_AREA:SW"]).await;
    bench.event(program, &[]).await;
    for (who, query, expected) in [
        ("ven-1", "targetType=RESOURCE_NAME&targetValues=x", vec![x]),
        ("bl", "targetType=RESOURCE_NAME&targetValues=x&targetValues=y", vec![x, y]),
        ("ven-1", "targetType=VEN_NAME&targetValues=ven-1%20name", vec![x, y, feeder]),
        ("ven-2", "targetType=VEN_NAME&targetValues=ven-1%20name", vec![]),
        ("bl", "targetType=GROUP&targetValues=feeder-1,other", vec![feeder]),
        ("bl", "targetType=SERVICE_AREA&targetValues=SW", vec![area]),
        ("bl", "targetType=SERVICE_AREA&targetValues=SW&skip=1", vec![]),
        ("bl", "targetType=GROUP&targetValues=SW", vec![]),
    ] {
        let reply = bench.get_old(who, &format!("/events?{query}")).await.expect(200);
        assert_eq!(reply.ids(), expected, "{who} {query}");
    }
    for query in ["targetType=GROUP", "targetValues=x", "targetType=A&targetType=B&targetValues=x"] {
        assert_eq!(
            bench.get_old("bl", &format!("/events?{query}")).await.expect(400).detail(),
            "`targetType` and `targetValues` in the query go together: one type, and at least one value"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_programs_descriptive_members_are_attributes_in_3_1() {
    let bench = Bench::new().await;
    let old = json!({"programName": "P", "programLongName": "long", "retailerName": "R", "programType": "T",
        "country": "GB", "bindingEvents": false, "localPrice": true, "timeZoneOffset": "PT0S"});
    let names: Vec<&str> = old.as_object().unwrap().keys().map(String::as_str).collect();
    let made = bench.old("bl", "POST", "/programs", old.clone()).await.expect(201);
    let path = format!("/programs/{}", made.id());
    let attributes = bench.get("ven-1", &path).await.expect(200).json()["attributes"].clone();
    assert!(
        attributes.as_array().unwrap().contains(&json!({"type": "COUNTRY", "values": ["GB"]})),
        "{attributes}"
    );
    assert!(attributes.as_array().unwrap().contains(&json!({"type": "BINDING_EVENTS", "values": [false]})));
    assert_eq!(pick(&bench.get_old("ven-1", &path).await.expect(200).json(), &names), old);
    bench.old("bl", "POST", "/programs", old).await.expect(409);
}

#[tokio::test(start_paused = true)]
async fn vens_and_resources_are_written_as_3_0_1_has_them() {
    let bench = Bench::new().await;
    let own =
        bench.old("ven-1", "POST", "/vens", json!({"venName": "FSPA", "resources": []})).await.expect(201);
    let ven = own.id();
    assert_eq!(own.json()["objectType"], "VEN");
    assert_eq!(bench.get("bl", &format!("/vens/{ven}")).await.expect(200).json()["clientID"], "ven-1");
    let named = bench.old("bl", "POST", "/vens", json!({"venName": "ven-2"})).await.expect(201).id();
    assert_eq!(bench.get("ven-2", "/vens").await.expect(200).ids(), [named]);
    let resources = format!("/vens/{ven}/resources");
    let resource = bench.old("ven-1", "POST", &resources, json!({"resourceName": "x"})).await.expect(201);
    assert_eq!(
        pick(&resource.json(), &["venID", "objectType"]),
        json!({"venID": ven, "objectType": "RESOURCE"})
    );
    let one = format!("{resources}/{}", resource.id());
    let granted = json!({"resourceName": "x", "objectType": "RESOURCE",
        "targets": [{"type": "VEN_NAME", "values": ["FSPA"]}, {"type": "RESOURCE_NAME", "values": ["x"]}]});
    bench.old("ven-1", "PUT", &one, granted.clone()).await.expect(403);
    bench.old("bl", "PUT", &one, granted.clone()).await.expect(200);
    assert_eq!(bench.get_old("ven-1", &one).await.expect(200).json()["targets"], granted["targets"]);
    let read = bench.get("bl", &format!("/resources/{}", resource.id())).await.expect(200).json();
    assert_eq!(pick(&read, &["targets", "clientID"]), json!({"targets": ["FSPA_x"], "clientID": "ven-1"}));
    assert_eq!(bench.get_old("ven-1", &resources).await.expect(200).ids(), [resource.id()]);
    // Business logic writes back what it read, and the ven stays its client's.
    let whole = bench.get_old("bl", &format!("/vens/{ven}")).await.expect(200).json();
    assert_eq!(whole["resources"][0]["resourceName"], "x");
    bench.old("bl", "PUT", &format!("/vens/{ven}"), whole).await.expect(200);
    assert_eq!(bench.get("ven-1", "/vens").await.expect(200).ids(), [ven]);
    bench.old("ven-1", "DELETE", &one, json!(null)).await.expect(200);
    assert_eq!(bench.get_old("bl", &resources).await.expect(200).json(), json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_poller_of_3_0_1_is_spared_the_body_until_what_it_reads_has_changed() {
    let bench = Bench::new().await;
    let ven = bench.ven("ven-1", &[]).await;
    let uri = format!("http://vtn.test:8080{LEGACY_BASE_PATH}/vens/{ven}");
    let tag = bench.get_old("ven-1", &format!("/vens/{ven}")).await.expect(200).header("etag").to_owned();
    let held = || bench.request("ven-1", "GET", "").uri(&uri).header("if-none-match", &tag);
    assert_eq!(bench.send(held(), "").await.expect(304).text, "");
    // A resource stands in its ven.
    bench.resource(ven, "x", &[]).await;
    bench.send(held(), "").await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn a_probe_finds_3_0_1_and_a_token_has_its_scopes() {
    let bench = Bench::new().await;
    for path in ["/auth/server", "/notifiers", "/resources", "/vens/a/b", "/programs/a/events"] {
        let detail = bench.get_old("ven-1", path).await.expect(404).detail();
        assert!(
            detail.starts_with(&format!("nothing is served at `{LEGACY_BASE_PATH}{path}`; as OpenADR 3.0.1"))
        );
    }
    let request = bench
        .request("", "POST", "")
        .uri(format!("http://vtn.test:8080{LEGACY_BASE_PATH}/auth/token"))
        .header("content-type", "application/x-www-form-urlencoded");
    let form = "grant_type=client_credentials&client_id=ven-1&client_secret=ven-1-secret&scope=read_all";
    let reply = bench.send(request, form).await.expect(200);
    assert_eq!(reply.json()["scope"], "read_all write_reports write_subscriptions write_vens");
    assert_eq!(reply.header("cache-control"), "no-store");
    let activity = bench.get("bl", "/rampdesk/clients").await.expect(200).text;
    bench.get_old("ven-2", "/events").await.expect(200);
    let later = bench.get("bl", "/rampdesk/clients").await.expect(200).text;
    assert!(!activity.contains("GET /events") && later.contains("GET /events"), "{later}");
}

#[tokio::test(start_paused = true)]
async fn every_operation_of_3_0_1_is_answered() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let ven = bench.ven("ven-1", &[]).await;
    let resource = bench.resource(ven, "UNIT", &[]).await;
    let report = bench.report("ven-1", event).await;
    let mut subscription_body = subscription_to(&["EVENT"]);
    subscription_body["programID"] = json!(program);
    let subscription =
        bench.old("ven-1", "POST", "/subscriptions", subscription_body.clone()).await.expect(201).id();
    let mut report_body = report_on(event);
    report_body["programID"] = json!(program);
    let event_body = json!({"programID": program, "intervals": []});
    let resources = format!("/vens/{ven}/resources");
    for (collection, one, body, post, writer) in [
        ("/programs", program, json!({"programName": "P"}), 409, "bl"),
        ("/events", event, event_body, 201, "bl"),
        ("/reports", report, report_body, 201, "ven-1"),
        ("/subscriptions", subscription, subscription_body, 201, "ven-1"),
        ("/vens", ven, json!({"venName": "V"}), 409, "ven-1"),
        (resources.as_str(), resource, json!({"resourceName": "UNIT"}), 409, "ven-1"),
    ] {
        let path = format!("{collection}/{one}");
        let read = bench.get_old("ven-1", collection).await.expect(200);
        assert!(read.ids().contains(&one.to_owned()), "{collection}");
        bench.get_old("bl", &path).await.expect(200);
        bench.old(writer, "POST", collection, body.clone()).await.expect(post);
        bench.old(writer, "PUT", &path, body).await.expect(200);
        let reply = bench.old("bl", "PATCH", &path, json!({})).await.expect(405);
        assert!(reply.header("allow").contains("PUT"), "{path}");
        let detail = reply.detail();
        assert!(detail.starts_with(&format!("`{LEGACY_BASE_PATH}{collection}/")), "{detail}");
        assert!(
            detail.ends_with("` does not take this method; the Allow header names what it takes"),
            "{detail}"
        );
    }
    for (path, who) in [
        (format!("/subscriptions/{subscription}"), "ven-1"),
        (format!("/reports/{report}"), "ven-1"),
        (format!("{resources}/{resource}"), "ven-1"),
        (format!("/vens/{ven}"), "bl"),
        (format!("/events/{event}"), "bl"),
        (format!("/programs/{program}"), "bl"),
    ] {
        bench.old(who, "DELETE", &path, json!(null)).await.expect(200);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_said_in_the_words_of_3_0_1() {
    let bench = Bench::new().await;
    let (program, other) = (bench.program("P").await, bench.program("Q").await);
    let event = bench.event(program, &[]).await;
    let mut report = report_on(event);
    report["programID"] = json!(other);
    let wrong_program = format!("`programID` must be that of the event, `{program}`; it is `{other}`");
    for (who, path, body, detail) in [
        ("bl", "/events", json!({"programID": program}), "`intervals` is missing; it must be a list"),
        (
            "bl",
            "/events",
            json!({"programID": program, "intervals": [], "targets": ["feeder-1"]}),
            "`targets[0]` must be an object; it is \"feeder-1\"",
        ),
        (
            "bl",
            "/programs",
            json!({"programName": "N", "targets": [{"type": "GROUP"}]}),
            "`targets[0].values` is missing; it must be a list",
        ),
        (
            "bl",
            "/programs",
            json!({"programName": "N", "bindingEvents": "yes"}),
            "`bindingEvents` must be true or false; it is \"yes\"",
        ),
        ("bl", "/programs", json!({}), "`programName` is missing; it must be text of 1 to 128 characters"),
        (
            "ven-1",
            "/reports",
            report_on(event),
            "`programID` is missing; it must be an object id of 1 to 128 letters, digits, `_` or `-`",
        ),
        ("ven-1", "/reports", report, wrong_program.as_str()),
        (
            "ven-1",
            "/subscriptions",
            subscription_to(&["EVENT"]),
            "`programID` is missing; it must be an object id of 1 to 128 letters, digits, `_` or `-`",
        ),
        (
            "ven-1",
            "/vens",
            json!({"venName": "V", "resources": [{"resourceName": "x"}]}),
            "`resources` are created one by one by POST /vens/{venID}/resources; leave them out",
        ),
        ("bl", "/programs", json!([]), "the body must be a JSON object; it is an empty list"),
    ] {
        let reply = bench.old(who, "POST", path, body.clone()).await;
        assert_eq!((reply.status, reply.detail().as_str()), (400, detail), "{path} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_names_its_operations_to_a_client_of_3_0_1_as_that_client_did() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    for sent in [json!(["POST", "PUT", "DELETE"]), json!(["CREATE", "UPDATE"]), json!(["DELETE"])] {
        let mut body = subscription_to(&["EVENT"]);
        body["programID"] = json!(program);
        body["targets"] = json!([{"type": "GROUP", "values": ["feeder-1"]}]);
        body["objectOperations"][0]["operations"] = sent.clone();
        let made = bench.old("ven-1", "POST", "/subscriptions", body.clone()).await.expect(201);
        let names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(pick(&made.json(), &names), body, "{sent}");
        let path = format!("/subscriptions/{}", made.id());
        assert_eq!(bench.get_old("ven-1", &path).await.expect(200).text, made.text);
        let new = bench.get("ven-1", &path).await.expect(200).json();
        assert_eq!(new["targets"], json!(["feeder-1"]));
        assert_eq!(new["objectOperations"][0]["operations"], sent);
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_to_all_programs_has_the_member_that_3_0_1_requires_and_comes_back_as_one_to_all() {
    let bench = Bench::new().await;
    let made = bench.post("ven-1", "/subscriptions", subscription_to(&["EVENT"])).await.expect(201).id();
    let path = format!("/subscriptions/{made}");
    assert_eq!(bench.get("ven-1", &path).await.expect(200).json().get("programID"), None);
    let mut old = bench.old("ven-1", "GET", &path, json!(null)).await.expect(200).json();
    assert_eq!(old["programID"], "ANY-PROGRAM");
    old["clientName"] = json!("renamed");
    let written = bench.old("ven-1", "PUT", &path, old).await.expect(200).json();
    assert_eq!((&written["programID"], &written["clientName"]), (&json!("ANY-PROGRAM"), &json!("renamed")));
    assert_eq!(bench.get("ven-1", &path).await.expect(200).json().get("programID"), None);
}
