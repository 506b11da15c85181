//! MQTT: which topics there are, for whom, and what reaches each.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Bench, config, report_on, standing_clock};
use crate::openadr::mqtt::Broker;
use crate::vtn::{Notices, Push, PushAuthentication, StorePlace, Vtn};

/// A VTN whose broker is away, so that all that is to be published waits.
async fn bench(authentication: PushAuthentication) -> Bench {
    let clock = standing_clock();
    let broker = Broker::new("mqtt://127.0.0.1:1".parse().unwrap(), None, None).unwrap();
    let push = Push { broker, uris: vec!["mqtts://broker.example:8883".to_owned()], authentication };
    let notices = Notices { webhooks: None, push: Some(push) };
    let vtn = Vtn::open_with_notices(config(StorePlace::Memory, &clock), notices).unwrap();
    Bench::of(vtn, clock).await
}

impl Bench {
    /// What was published since this was last asked, each as its topic below `openadr3/` and its notification.
    fn published(&self) -> Vec<(String, Value)> {
        let waiting = self.vtn.shared.notifier.as_ref().unwrap().take_waiting();
        waiting
            .into_iter()
            .map(|(topic, body)| {
                let topic = topic.strip_prefix("openadr3/").unwrap().to_owned();
                (topic, serde_json::from_slice(&body).unwrap())
            })
            .collect()
    }

    #[track_caller]
    fn expect_published(&self, expected: &[&str]) {
        let mut topics: Vec<String> = self.published().into_iter().map(|(topic, _)| topic).collect();
        let mut expected: Vec<String> = expected.iter().map(|&topic| topic.to_owned()).collect();
        topics.sort();
        expected.sort();
        assert_eq!(topics, expected);
    }

    async fn topics(&self, who: &str, path: &str) -> Result<BTreeMap<String, String>, u16> {
        let reply = self.get(who, &format!("/notifiers/mqtt/topics{path}")).await;
        match reply.status {
            200 => Ok(serde_json::from_value(reply.json()["topics"].clone()).unwrap()),
            refused => Err(refused),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_path_of_topics_is_answered_to_those_who_may_listen() {
    let bench = bench(PushAuthentication::Anonymous).await;
    let p = bench.program("P").await;
    let hidden = json!({"programName": "hidden", "targets": ["B"]});
    let hidden = bench.post("bl", "/programs", hidden).await.expect(201).id();
    let ven = bench.ven("ven-1", &["A"]).await;
    let all = |of: &str, create: bool| {
        let mut topics: BTreeMap<String, String> = ["UPDATE", "DELETE"]
            .map(|name| (name.to_owned(), format!("openadr3/{of}/{}", name.to_lowercase())))
            .into();
        topics.insert("ALL".to_owned(), format!("openadr3/{of}/+"));
        if create {
            topics.insert("CREATE".to_owned(), format!("openadr3/{of}/create"));
        }
        Ok(topics)
    };
    let (program, events) = (format!("/programs/{p}"), format!("/programs/{p}/events"));
    let (one, of_one) = (format!("business/programs/{p}"), format!("public/programs/{p}"));
    for (path, business, own, other) in [
        ("/programs", all("business/programs", true), all("public/programs", true), None),
        (&program, all(&one, false), all(&of_one, false), None),
        (&events, all(&format!("{one}/events"), true), all(&format!("{of_one}/events"), true), None),
        ("/events", all("business/events", true), Err(403), Some(Err(403))),
        ("/reports", all("business/reports", true), Err(403), Some(Err(403))),
        ("/subscriptions", all("business/subscriptions", true), Err(403), Some(Err(403))),
        ("/vens", all("business/vens", true), Err(403), Some(Err(403))),
        ("/resources", all("business/resources", true), Err(403), Some(Err(403))),
        (&format!("/vens/{ven}"), all("vens/ven-1", false), all("vens/ven-1", false), Some(Err(404))),
        (
            &format!("/vens/{ven}/events"),
            all("vens/ven-1/events", true),
            all("vens/ven-1/events", true),
            Some(Err(404)),
        ),
        (
            &format!("/vens/{ven}/programs"),
            all("vens/ven-1/programs", true),
            all("vens/ven-1/programs", true),
            Some(Err(404)),
        ),
        (
            &format!("/vens/{ven}/resources"),
            all("vens/ven-1/resources", true),
            all("vens/ven-1/resources", true),
            Some(Err(404)),
        ),
        (
            &format!("/programs/{hidden}"),
            all(&format!("business/programs/{hidden}"), false),
            Err(404),
            Some(Err(404)),
        ),
        ("/programs/none/events", Err(404), Err(404), Some(Err(404))),
    ] {
        assert_eq!(bench.topics("bl", path).await, business, "{path}");
        assert_eq!(bench.topics("ven-1", path).await, own, "{path}");
        assert_eq!(bench.topics("ven-2", path).await, other.unwrap_or(own), "{path}");
        assert_eq!(bench.topics("", path).await, Err(401), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_ven_may_not_see_reaches_no_topic_that_it_may_listen_to() {
    let bench = bench(PushAuthentication::Anonymous).await;
    let ven_1 = bench.ven("ven-1", &["A", "C"]).await;
    bench.expect_published(&["business/vens/create", "vens/ven-1/create"]);
    bench.ven("ven-2", &["B"]).await;
    bench.published();
    let p = bench.program("P").await;
    bench.expect_published(&["business/programs/create", "public/programs/create"]);
    let events = |audience: &str, what: &str| format!("{audience}/programs/{p}/events/{what}");
    let (business, public) = (events("business", "create"), events("public", "create"));

    for (targets, seen_by) in [
        (vec![], vec![public.as_str()]),
        (vec!["A"], vec!["vens/ven-1/events/create"]),
        (vec!["A", "B"], vec!["vens/ven-1/events/create", "vens/ven-2/events/create"]),
        (vec!["D"], vec![]),
    ] {
        bench.event(p, &targets).await;
        let expected = [&["business/events/create", business.as_str()], &seen_by[..]].concat();
        bench.expect_published(&expected);
    }
    let event = bench.event(p, &["A", "B", "D"]).await;
    for (topic, told) in bench.published() {
        let shown = match topic.split('/').nth(1) {
            Some("ven-1") => json!(["A"]),
            Some("ven-2") => json!(["B"]),
            _ => json!(["A", "B", "D"]),
        };
        assert_eq!((&told["targets"], &told["object"]["targets"]), (&shown, &shown), "{topic}");
        assert_eq!((&told["operation"], &told["objectType"]), (&json!("CREATE"), &json!("EVENT")));
    }
    // Taken out of ven-2's sight, and out of all VENs' but ven-1's: gone, and as it was.
    let body = json!({"programID": p, "targets": ["C"], "eventName": "not for ven-2"});
    bench.put("bl", &format!("/events/{event}"), body).await.expect(200);
    for (topic, told) in bench.published() {
        let gone = topic == "vens/ven-2/events/delete";
        assert!(gone || topic.ends_with("/update"), "{topic}");
        assert_eq!(told["operation"], if gone { "DELETE" } else { "UPDATE" });
        assert_eq!(told.to_string().contains("not for ven-2"), !gone, "{topic}");
    }
    let open = bench.event(p, &[]).await;
    bench.published();
    let body = json!({"programID": p, "targets": ["A"], "eventName": "for ven-1"});
    bench.put("bl", &format!("/events/{open}"), body).await.expect(200);
    let told: BTreeMap<String, Value> = bench.published().into_iter().collect();
    assert_eq!(told[&events("public", "delete")]["object"].get("eventName"), None);
    assert_eq!(told["vens/ven-1/events/update"]["object"]["eventName"], "for ven-1");
    assert_eq!(told.len(), 4, "{:?}", told.keys());

    // A program with targets is told to those who see it, and nothing of its is public but what has no targets itself.
    let body = json!({"programName": "T", "targets": ["B"]});
    let t = bench.post("bl", "/programs", body).await.expect(201).id();
    bench.expect_published(&["business/programs/create", "vens/ven-2/programs/create"]);
    bench.event(t, &["B"]).await;
    let business = format!("business/programs/{t}/events/create");
    bench.expect_published(&["business/events/create", &business, "vens/ven-2/events/create"]);

    // What belongs to a client is told to business logic and to that client.
    bench.report("ven-1", event).await;
    bench.expect_published(&["business/reports/create"]);
    let resource = bench.resource(ven_1, "UNIT", &["A"]).await;
    bench.expect_published(&["business/resources/create", "vens/ven-1/resources/create"]);
    let subscription = super::subscription_to(&["EVENT"]);
    bench.post("ven-1", "/subscriptions", subscription).await.expect(201);
    let told = bench.published();
    assert_eq!(told.len(), 1);
    assert!(!told[0].1.to_string().contains("the-fsp-token"), "{told:?}");
    bench.delete("bl", &format!("/programs/{p}")).await.expect(200);
    let told: Vec<String> = bench.published().into_iter().map(|(topic, _)| topic).collect();
    for topic in ["business/reports/delete", "business/programs/delete", "public/programs/delete"] {
        assert!(told.iter().any(|told| told == topic), "{topic}: {told:?}");
    }
    assert!(told.contains(&format!("public/programs/{p}/delete")), "{told:?}");
    bench.delete("bl", &format!("/resources/{resource}")).await.expect(200);
    bench.expect_published(&["business/resources/delete", "vens/ven-1/resources/delete"]);
    // What is refused is told to nobody.
    bench.post("bl", "/programs", json!({"programName": "T"})).await.expect(409);
    bench.post("ven-2", "/reports", report_on("none")).await.expect(400);
    bench.expect_published(&[]);
}

#[tokio::test(start_paused = true)]
async fn a_client_is_told_how_to_show_the_broker_who_it_is_and_handed_no_key_but_its_own() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [("ven-1.crt", "CERT"), ("ven-1.key", "KEY"), ("ven-2.crt", "CERT of 2")] {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    let certificate = |certificates| PushAuthentication::Certificate { ca: "CA".to_owned(), certificates };
    let by_certificate = |cert: &str, key: &str| json!({"method": "CERTIFICATE", "caCert": "CA", "clientCert": cert, "clientKey": key});
    let token = PushAuthentication::BearerToken { username: "{clientID}".to_owned() };
    let by_token = json!({"method": "OAUTH2_BEARER_TOKEN", "username": "{clientID}"});
    let handed_out = certificate(Some(folder.path().to_owned()));
    for (authentication, who, told) in [
        (PushAuthentication::Anonymous, "ven-1", json!({"method": "ANONYMOUS"})),
        (token, "bl", by_token),
        (certificate(None), "ven-1", by_certificate("", "")),
        (handed_out.clone(), "ven-1", by_certificate("CERT", "KEY")),
        (handed_out, "ven-2", by_certificate("", "")),
    ] {
        let bench = bench(authentication).await;
        let reply = bench.get(who, "/notifiers").await.expect(200);
        assert_eq!(reply.header("cache-control"), "no-store");
        let mqtt =
            json!({"URIS": ["mqtts://broker.example:8883"], "serialization": "JSON", "authentication": told});
        assert_eq!(reply.json(), json!({"WEBHOOK": false, "MQTT": mqtt}));
        bench.get("", "/notifiers").await.expect(401);
    }
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_is_away_holds_up_no_request_and_no_stop_and_what_waits_for_it_is_bounded() {
    let bench = bench(PushAuthentication::Anonymous).await;
    let p = bench.program("P").await;
    for n in 0..2100 {
        let body = json!({"programName": format!("P{n}")});
        bench.put("bl", &format!("/programs/{p}"), body).await.expect(200);
    }
    let began = tokio::time::Instant::now();
    bench.vtn.drained().await;
    assert!(began.elapsed().as_secs() < 6);
    let waiting = bench.published();
    assert_eq!(waiting.len(), 4096);
    assert_eq!(waiting[4095].1["object"]["programName"], "P2099", "the newest is kept");
}
