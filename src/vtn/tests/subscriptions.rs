//! Subscriptions as objects: what is accepted, whose they are, how they are found.

use serde_json::{Value, json};

use super::{Bench, subscription_to};

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = subscription_to(&["EVENT"]);
    change(&mut body);
    body
}

#[tokio::test(start_paused = true)]
async fn a_client_reads_the_names_of_operations_that_it_wrote() {
    let bench = Bench::new().await;
    for sent in [
        json!(["GET", "POST", "PUT", "DELETE"]),
        json!(["READ", "CREATE", "UPDATE", "DELETE"]),
        json!(["POST", "UPDATE"]),
        json!([]),
    ] {
        let body = with(|b| b["objectOperations"][0]["operations"] = sent.clone());
        let made = bench.post("ven-1", "/subscriptions", body.clone()).await.expect(201);
        assert_eq!(made.json()["objectOperations"][0]["operations"], sent);
        let path = format!("/subscriptions/{}", made.id());
        let put = bench.put("ven-1", &path, body).await.expect(200);
        assert_eq!(put.json()["objectOperations"][0]["operations"], sent);
        assert_eq!(bench.get("ven-1", &path).await.expect(200).text, put.text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_belongs_to_the_client_that_made_it_whatever_it_says() {
    let bench = Bench::new().await;
    let body = with(|b| {
        b["clientID"] = json!("ven-2");
        b["objectType"] = json!("EVENT");
        b["id"] = json!("mine");
        b["targets"] = json!(["A"]);
    });
    let made = bench.post("ven-1", "/subscriptions", body).await.expect(201);
    let id = made.id();
    let object = made.json();
    assert_eq!((&object["clientID"], &object["objectType"]), (&json!("ven-1"), &json!("SUBSCRIPTION")));
    assert_ne!(id, "mine");
    let path = format!("/subscriptions/{id}");
    for (method, status) in [("GET", 404), ("PUT", 404), ("DELETE", 404)] {
        let request = bench.request("ven-2", method, &path).header("content-type", "application/json");
        let reply = bench.send(request, subscription_to(&["EVENT"]).to_string()).await;
        assert_eq!(reply.status, status, "{method}");
    }
    assert_eq!(bench.get("ven-2", "/subscriptions").await.expect(200).json(), json!([]));
    assert_eq!(
        bench.put("bl", &path, subscription_to(&["EVENT"])).await.expect(403).detail(),
        format!(
            "subscription `{id}` belongs to the client `ven-1`, and only that client changes it; business logic may \
             delete it"
        )
    );
    bench.delete("bl", &path).await.expect(200);
    bench.get("ven-1", &path).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn the_token_for_the_callback_is_shown_to_the_client_that_gave_it_alone() {
    let bench = Bench::new().await;
    let made = bench.post("ven-1", "/subscriptions", subscription_to(&["EVENT"])).await.expect(201);
    let path = format!("/subscriptions/{}", made.id());
    for path in ["/subscriptions", &path] {
        assert!(bench.get("ven-1", path).await.expect(200).text.contains("the-fsp-token"), "{path}");
        let reply = bench.get("bl", path).await.expect(200);
        assert!(
            !reply.text.contains("the-fsp-token") && reply.text.contains("callbackUrl"),
            "{}",
            reply.text
        );
    }
    let body = with(|b| b["objectOperations"][0]["bearerToken"] = json!(["the-fsp-token"]));
    assert_eq!(
        bench.post("ven-1", "/subscriptions", body).await.expect(400).detail(),
        "`objectOperations[0].bearerToken` must be text; what it is stays secret"
    );
    assert!(!bench.delete("bl", &path).await.expect(200).text.contains("the-fsp-token"));
}

#[tokio::test(start_paused = true)]
async fn subscriptions_are_found_by_client_program_name_and_what_they_watch() {
    let bench = Bench::new().await;
    let program = bench.program("P").await;
    let add = async |who: &str, change: &dyn Fn(&mut Value)| {
        bench.post(who, "/subscriptions", with(|b| change(b))).await.expect(201).id()
    };
    let plain = add("ven-1", &|_| {}).await;
    let of_program = add("ven-1", &|b| b["programID"] = json!(program)).await;
    let reports = add("bl", &|b| b["objectOperations"][0]["objects"] = json!(["REPORT", "VEN"])).await;
    let named = add("ven-2", &|b| b["clientName"] = json!("another")).await;
    for (who, query, expected) in [
        ("bl", String::new(), vec![plain, of_program, reports, named]),
        ("bl", "clientID=ven-1".to_owned(), vec![plain, of_program]),
        ("bl", "clientID=none".to_owned(), vec![]),
        ("bl", format!("programID={program}"), vec![of_program]),
        ("bl", "programID=none".to_owned(), vec![]),
        ("bl", "clientName=another".to_owned(), vec![named]),
        ("bl", "objects=VEN".to_owned(), vec![reports]),
        ("bl", "objects=VEN&objects=EVENT&skip=1&limit=2".to_owned(), vec![of_program, reports]),
        ("bl", "objects=VEN,EVENT&clientID=ven-2".to_owned(), vec![named]),
        ("bl", "objects=RESOURCE".to_owned(), vec![]),
        ("ven-1", "objects=EVENT".to_owned(), vec![plain, of_program]),
        // A filter never shows more.
        ("ven-1", "clientID=ven-2".to_owned(), vec![]),
    ] {
        let reply = bench.get(who, &format!("/subscriptions?{query}")).await.expect(200);
        assert_eq!(reply.ids(), expected, "{who} {query}");
    }
    bench.delete("bl", &format!("/programs/{program}")).await.expect(200);
    assert_eq!(bench.get("ven-1", "/subscriptions").await.expect(200).ids(), [plain]);
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_is_not_right_is_refused_in_words() {
    let bench = Bench::new().await;
    bench.ven("ven-1", &["A"]).await;
    let hidden = json!({"programName": "hidden", "targets": ["B"]});
    let hidden = bench.post("bl", "/programs", hidden).await.expect(201).id();
    type Change = Box<dyn Fn(&mut Value)>;
    let entry = |name: &'static str, value: Value| -> Change {
        Box::new(move |b| b["objectOperations"][0][name] = value.clone())
    };
    let member = |name: &'static str, value: Value| -> Change { Box::new(move |b| b[name] = value.clone()) };
    let table: Vec<(Change, String)> = vec![
        (member("clientName", json!(null)), "`clientName` must be text of 1 to 128 characters; it is null".into()),
        (member("objectOperations", json!(null)), "`objectOperations` must be a list; it is null".into()),
        (member("objectOperations", json!([1])), "`objectOperations[0]` must be an object; it is 1".into()),
        (
            member("objectOperations", json!([{}])),
            "`objectOperations[0].objects` is missing; it must be a list".into(),
        ),
        (
            entry("objects", json!(["EVENT", "POWER"])),
            "`objectOperations[0].objects[1]` must be PROGRAM, EVENT, REPORT, SUBSCRIPTION, VEN or RESOURCE; it is \
             \"POWER\""
                .into(),
        ),
        (
            entry("operations", json!(["PATCH"])),
            "`objectOperations[0].operations[0]` must be READ, CREATE, UPDATE or DELETE; it is \"PATCH\"".into(),
        ),
        (
            entry("callbackUrl", json!("x")),
            "`objectOperations[0].callbackUrl` must be a URI of 2 to 8000 characters; it is \"x\"".into(),
        ),
        (member("targets", json!([""])), "`targets[0]` must be text of 1 to 128 characters; it is \"\"".into()),
        (
            member("programID", json!("none")),
            "`programID` must be the id of a program that you can see, or left out; there is none with id `none`"
                .into(),
        ),
        (
            member("programID", json!(hidden)),
            format!(
                "`programID` must be the id of a program that you can see, or left out; there is none with id \
                 `{hidden}`"
            ),
        ),
    ];
    for (change, detail) in table {
        let body = with(&*change);
        let reply = bench.post("ven-1", "/subscriptions", body.clone()).await;
        assert_eq!((reply.status, reply.detail()), (400, detail), "{body}");
    }
    assert_eq!(bench.get("bl", "/subscriptions").await.expect(200).json(), json!([]));
    // What a client does not set it may send as null.
    let body = with(|b| {
        b["programID"] = json!(null);
        b["targets"] = json!(null);
        b["objectOperations"][0]["bearerToken"] = json!(null);
    });
    bench.post("ven-1", "/subscriptions", body).await.expect(201);
}

#[tokio::test(start_paused = true)]
async fn one_client_cannot_slow_all_writes_down_by_subscriptions_without_end() {
    let bench = Bench::new().await;
    let body = subscription_to(&["EVENT"]);
    let mut last = "";
    for _ in 0..64 {
        last = bench.post("ven-1", "/subscriptions", body.clone()).await.expect(201).id();
    }
    assert_eq!(
        bench.post("ven-1", "/subscriptions", body.clone()).await.expect(409).detail(),
        "the client `ven-1` has 64 subscriptions, and no more are kept for one client; delete one, or PUT one of them"
    );
    bench.post("ven-2", "/subscriptions", body.clone()).await.expect(201);
    bench.put("ven-1", &format!("/subscriptions/{last}"), body.clone()).await.expect(200);
    bench.delete("ven-1", &format!("/subscriptions/{last}")).await.expect(200);
    bench.post("ven-1", "/subscriptions", body).await.expect(201);
}
