//! Webhooks: who is told of what, where, in what order, and what happens when nobody answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

use super::{Bench, config, standing_clock};
use crate::openadr::callback::Reach;
use crate::openadr::transport::{Transport, TransportError};
use crate::vtn::{LEGACY_BASE_PATH, StorePlace, Vtn, Webhooks};

type Answer = Box<dyn Fn(&Request<Bytes>) -> Result<(u16, String), TransportError> + Send + Sync>;

/// Every receiver there is: keeps what was sent to it, and answers as it is told to.
struct Receivers {
    answer: Mutex<Answer>,
    calls: Mutex<Vec<Request<Bytes>>>,
}

#[async_trait]
impl Transport for Receivers {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let answer = (self.answer.lock().unwrap())(&request);
        self.calls.lock().unwrap().push(request);
        let (status, body) = answer?;
        if status == 0 {
            std::future::pending::<()>().await;
        }
        Ok(Response::builder().status(status).body(Bytes::from(body)).unwrap())
    }
}

fn echo(request: &Request<Bytes>) -> String {
    let query = request.uri().query().unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(name, _)| name == "echo").map(|(_, value)| value.into_owned()).collect()
}

impl Receivers {
    /// Answering challenges, and 200 to all else.
    fn new() -> Arc<Self> {
        Arc::new(Self {
            answer: Mutex::new(Box::new(|request| Ok((200, echo(request))))),
            calls: Mutex::default(),
        })
    }

    fn answer(
        &self,
        answer: impl Fn(&Request<Bytes>) -> Result<(u16, String), TransportError> + Send + Sync + 'static,
    ) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    /// The notifications so far, each as its callback's path and its body; forgets them.
    async fn told(&self) -> Vec<(String, Value)> {
        // The clock of the runtime stands still until all tasks wait.
        tokio::time::sleep(Duration::from_millis(1)).await;
        let calls = std::mem::take(&mut *self.calls.lock().unwrap());
        calls
            .iter()
            .filter(|call| call.method() == "POST")
            .map(|call| (call.uri().path().to_owned(), serde_json::from_slice(call.body()).unwrap()))
            .collect()
    }

    /// The notifications in short: path, operation, type and id.
    async fn told_in_short(&self) -> Vec<String> {
        let told = self.told().await;
        let short = |(path, body): &(String, Value)| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            assert_eq!(body["objectType"], body["object"]["objectType"]);
            format!(
                "{path} {} {} {}",
                text(&body["operation"]),
                text(&body["objectType"]),
                text(&body["object"]["id"])
            )
        };
        told.iter().map(short).collect()
    }
}

async fn bench(receivers: &Arc<Receivers>, reach: Reach) -> Bench {
    let clock = standing_clock();
    let webhooks = Webhooks { transport: receivers.clone(), reach };
    let vtn = Vtn::open_with_webhooks(config(StorePlace::Memory, &clock), webhooks).unwrap();
    Bench::of(vtn, clock).await
}

fn to(path: &str, objects: &[&str], more: Value) -> Value {
    let mut body = json!({"clientName": "C", "objectOperations": [{"objects": objects,
        "operations": ["CREATE", "UPDATE", "DELETE"], "callbackUrl": format!("https://fsp.example.org/{path}"),
        "bearerToken": format!("{path}-token")}]});
    let Value::Object(more) = more else { panic!("{more}") };
    body.as_object_mut().unwrap().extend(more);
    body
}

async fn subscribe(bench: &Bench, who: &str, path: &str, objects: &[&str], more: Value) -> &'static str {
    bench.post(who, "/subscriptions", to(path, objects, more)).await.expect(201).id()
}

#[tokio::test(start_paused = true)]
async fn a_client_is_told_of_a_dispatch_its_amendment_and_its_end_with_its_own_token() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    bench.ven("ven-1", &["A"]).await;
    let program = bench.program("P").await;
    subscribe(&bench, "ven-1", "one", &["EVENT"], json!({})).await;
    receivers.told().await;

    let event = bench.event(program, &["A", "B"]).await;
    let path = format!("/events/{event}");
    tokio::time::sleep(Duration::from_millis(1)).await;
    {
        let calls = receivers.calls.lock().unwrap();
        assert_eq!(calls[0].uri(), "https://fsp.example.org/one");
        assert_eq!(calls[0].headers()["authorization"], "Bearer one-token");
        assert_eq!(calls[0].headers()["content-type"], "application/json");
    }
    let seen = bench.get("ven-1", &path).await.expect(200).json();
    let told = receivers.told().await;
    assert_eq!(
        told,
        [(
            "/one".to_owned(),
            json!({"objectType": "EVENT", "operation": "CREATE", "object": seen, "targets": ["A"]})
        )]
    );
    let body = json!({"programID": program, "targets": ["A"], "eventName": "amended"});
    let amended = bench.put("bl", &path, body).await.expect(200).json();
    bench.delete("bl", &path).await.expect(200);
    let told = receivers.told().await;
    let expected = |operation: &str| {
        let body =
            json!({"objectType": "EVENT", "operation": operation, "object": amended, "targets": ["A"]});
        ("/one".to_owned(), body)
    };
    assert_eq!(told, [expected("UPDATE"), expected("DELETE")]);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_what_it_may_not_see_or_does_not_watch() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    let ven_1 = bench.ven("ven-1", &["A", "C"]).await;
    bench.ven("ven-2", &["B"]).await;
    let (p, q) = (bench.program("P").await, bench.program("Q").await);
    let all = ["PROGRAM", "EVENT", "REPORT", "SUBSCRIPTION", "VEN", "RESOURCE"];
    subscribe(&bench, "bl", "bl", &all, json!({})).await;
    subscribe(&bench, "ven-1", "v1", &all, json!({})).await;
    subscribe(&bench, "ven-2", "v2", &all, json!({})).await;
    subscribe(&bench, "ven-1", "v1p", &["EVENT", "REPORT", "VEN"], json!({"programID": p})).await;
    subscribe(&bench, "ven-1", "v1a", &["EVENT"], json!({"targets": ["A", "B"]})).await;
    receivers.told().await;

    let told = async |expected: &[&str], operation: &str, kind: &str, id: &str| {
        let expected: Vec<_> =
            expected.iter().map(|path| format!("/{path} {operation} {kind} {id}")).collect();
        let mut told = receivers.told_in_short().await;
        let mut sorted = expected.clone();
        told.sort();
        sorted.sort();
        assert_eq!(told, sorted);
    };
    for (program, targets, expected) in [
        (p, vec![], vec!["bl", "v1", "v2", "v1p"]),
        (p, vec!["A"], vec!["bl", "v1", "v1p", "v1a"]),
        (q, vec!["A", "B"], vec!["bl", "v1", "v2", "v1a"]),
        // Asked for, but not granted.
        (q, vec!["B"], vec!["bl", "v2"]),
        (q, vec!["C"], vec!["bl", "v1"]),
        (q, vec!["D"], vec!["bl"]),
    ] {
        let event = bench.event(program, &targets).await;
        told(&expected, "CREATE", "EVENT", event).await;
    }
    let event = bench.event(p, &["A"]).await;
    receivers.told().await;
    let report = bench.report("ven-1", event).await;
    told(&["bl", "v1", "v1p"], "CREATE", "REPORT", report).await;
    let resource = bench.resource(ven_1, "UNIT", &["A"]).await;
    told(&["bl", "v1"], "CREATE", "RESOURCE", resource).await;
    let body = json!({"venName": "V", "clientID": "ven-1", "targets": ["A", "C"]});
    bench.put("bl", &format!("/vens/{ven_1}"), body).await.expect(200);
    told(&["bl", "v1", "v1p"], "UPDATE", "VEN", ven_1).await;
    // Taken out of sight: gone, and as it was before.
    let body = json!({"programID": p, "targets": ["B"], "eventName": "not for ven-1"});
    bench.put("bl", &format!("/events/{event}"), body).await.expect(200);
    let told = receivers.told().await;
    let (gone, other): (Vec<_>, Vec<_>) = told.into_iter().partition(|(path, _)| path.starts_with("/v1"));
    assert_eq!(gone.len(), 3);
    for (path, body) in gone {
        assert_eq!((&body["operation"], &body["targets"]), (&json!("DELETE"), &json!(["A"])), "{path}");
        assert!(!body.to_string().contains("not for ven-1"), "{body}");
    }
    assert_eq!(other.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["/bl", "/v2"]);
}

#[tokio::test(start_paused = true)]
async fn what_goes_with_a_deleted_program_is_told_before_it_is() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    let program = bench.program("P").await;
    let event = bench.event(program, &[]).await;
    let report = bench.report("ven-1", event).await;
    let all = ["PROGRAM", "EVENT", "REPORT"];
    subscribe(&bench, "ven-1", "one", &all, json!({"programID": program})).await;
    receivers.told().await;
    bench.delete("bl", &format!("/programs/{program}")).await.expect(200);
    let expected = [
        format!("/one DELETE REPORT {report}"),
        format!("/one DELETE EVENT {event}"),
        format!("/one DELETE PROGRAM {program}"),
    ];
    assert_eq!(receivers.told_in_short().await, expected);
    // The subscription went with its program.
    assert_eq!(bench.get("bl", "/subscriptions").await.expect(200).json(), json!([]));
    bench.program("Q").await;
    assert_eq!(receivers.told_in_short().await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_subscription_is_told_of_only_the_operations_it_names_and_until_it_is_deleted() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    let mut body = to("one", &["PROGRAM"], json!({}));
    // Two entries with one callback tell once.
    let entry = body["objectOperations"][0].clone();
    body["objectOperations"] = json!([entry, entry]);
    body["objectOperations"][0]["operations"] = json!(["PUT", "GET"]);
    body["objectOperations"][1]["operations"] = json!(["UPDATE"]);
    let subscription = bench.post("ven-1", "/subscriptions", body.clone()).await.expect(201).id();
    let program = bench.program("P").await;
    bench.get("ven-1", "/programs").await.expect(200);
    assert_eq!(receivers.told_in_short().await, Vec::<String>::new());
    bench.put("bl", &format!("/programs/{program}"), json!({"programName": "Q"})).await.expect(200);
    assert_eq!(receivers.told_in_short().await, [format!("/one UPDATE PROGRAM {program}")]);
    // What is refused is no change.
    bench.put("bl", &format!("/programs/{program}"), json!({})).await.expect(400);
    bench.put("ven-1", &format!("/programs/{program}"), json!({"programName": "R"})).await.expect(403);
    body["objectOperations"] = json!([body["objectOperations"][1]]);
    body["objectOperations"][0]["operations"] = json!(["DELETE"]);
    bench.put("ven-1", &format!("/subscriptions/{subscription}"), body).await.expect(200);
    bench.put("bl", &format!("/programs/{program}"), json!({"programName": "S"})).await.expect(200);
    assert_eq!(receivers.told_in_short().await, Vec::<String>::new());
    bench.delete("ven-1", &format!("/subscriptions/{subscription}")).await.expect(200);
    bench.delete("bl", &format!("/programs/{program}")).await.expect(200);
    assert_eq!(receivers.told_in_short().await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn who_subscribed_in_3_0_1_is_told_in_3_0_1() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    bench.ven("ven-1", &["A_x"]).await;
    let program = bench.program("P").await;
    let body = to("one", &["EVENT", "REPORT"], json!({"programID": program}));
    let uri = format!("http://vtn.test:8080{LEGACY_BASE_PATH}/subscriptions");
    let request = bench.request("ven-1", "POST", "").uri(uri).header("content-type", "application/json");
    let made = bench.send(request, body.to_string()).await.expect(201);
    assert!(!made.text.contains("3.0.1"), "{}", made.text);
    receivers.told().await;
    let event = bench.event(program, &["A_x"]).await;
    let told = receivers.told().await;
    let targets = json!([{"type": "VEN_NAME", "values": ["A"]}, {"type": "RESOURCE_NAME", "values": ["x"]}]);
    assert_eq!(told.len(), 1);
    let (_, body) = &told[0];
    assert_eq!((&body["operation"], &body["objectType"]), (&json!("POST"), &json!("EVENT")));
    assert_eq!((&body["targets"], &body["object"]["targets"]), (&targets, &targets));
    assert_eq!((&body["object"]["id"], &body["object"]["intervals"]), (&json!(event), &json!([])));
    bench.report("ven-1", event).await;
    let told = receivers.told().await;
    assert_eq!(told[0].1["object"]["programID"], program);
    bench.delete("bl", &format!("/events/{event}")).await.expect(200);
    let operations: Vec<_> =
        receivers.told().await.iter().map(|(_, body)| body["operation"].clone()).collect();
    assert_eq!(operations, ["DELETE", "DELETE"]);
}

#[tokio::test(start_paused = true)]
async fn no_notification_shows_one_clients_token_to_another() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    subscribe(&bench, "bl", "bl", &["SUBSCRIPTION"], json!({})).await;
    let other = subscribe(&bench, "ven-1", "one", &["EVENT"], json!({})).await;
    let told = receivers.told().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1["object"]["id"], other);
    assert!(!told[0].1.to_string().contains("one-token"), "{}", told[0].1);
}

#[tokio::test(start_paused = true)]
async fn a_callback_shows_first_that_it_is_its_clients() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    let body = to("one?a=b", &["EVENT"], json!({}));
    let made = bench.post("ven-1", "/subscriptions", body.clone()).await.expect(201).id();
    {
        let calls = receivers.calls.lock().unwrap();
        let (challenge, value) = (&calls[0], echo(&calls[0]));
        assert_eq!(challenge.method(), "GET");
        assert_eq!(challenge.uri().to_string(), format!("https://fsp.example.org/one?a=b&echo={value}"));
        assert_eq!(challenge.headers()["authorization"], "Bearer one?a=b-token");
        assert!(value.len() >= 16, "{value}");
    }
    let must = "`objectOperations[0].callbackUrl` must answer GET with 200 and, in the body, the value of the query \
                parameter `echo`, to show that the callback is yours; ";
    type Wrong = Result<(u16, String), TransportError>;
    let table: [(Wrong, &str); 5] = [
        (Ok((200, "hello".to_owned())), "it answered 200 without it"),
        (Ok((404, String::new())), "it answered 404"),
        (Ok((302, String::new())), "it answered 302"),
        (Ok((0, String::new())), "no answer within 10 s"),
        (
            Err(TransportError::Unreachable { address: "fsp.example.org".into(), reason: "refused".into() }),
            "cannot reach fsp.example.org: refused",
        ),
    ];
    for (answer, says) in table {
        receivers.answer(move |_| answer.clone());
        let reply = bench.post("ven-1", "/subscriptions", body.clone()).await.expect(400);
        assert_eq!(reply.detail(), format!("{must}{says}"));
        let reply = bench.put("ven-1", &format!("/subscriptions/{made}"), body.clone()).await.expect(400);
        assert_eq!(reply.detail(), format!("{must}{says}"));
    }
    assert_eq!(bench.get("ven-1", "/subscriptions").await.expect(200).ids(), [made]);
    // Nobody is called on behalf of a request that is refused anyway.
    receivers.calls.lock().unwrap().clear();
    bench.put("ven-2", &format!("/subscriptions/{made}"), body.clone()).await.expect(404);
    bench.put("bl", &format!("/subscriptions/{made}"), body.clone()).await.expect(403);
    let mut unknown = body;
    unknown["programID"] = json!("none");
    bench.post("ven-1", "/subscriptions", unknown).await.expect(400);
    assert_eq!(receivers.calls.lock().unwrap().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_leads_inside_a_network_is_refused_unless_the_sandbox_allows_it() {
    let receivers = Receivers::new();
    let (strict, sandbox) =
        (bench(&receivers, Reach::Public).await, bench(&receivers, Reach::Anywhere).await);
    let near = |url: &str| {
        format!(
            "`objectOperations[0].callbackUrl` must be at an address of the public internet, none that is private, \
             loopback or link-local; it is `{url}`"
        )
    };
    let whole = |url: &str, right: &str| {
        format!("`objectOperations[0].callbackUrl` must be a whole {right} URL; it is `{url}`")
    };
    let user =
        "`objectOperations[0].callbackUrl` must name no user and no password; give `bearerToken` instead";
    for (url, strictly, in_sandbox) in [
        ("https://10.0.0.1/c", Some(near("https://10.0.0.1/c")), None),
        ("https://127.0.0.1:8443/c", Some(near("https://127.0.0.1:8443/c")), None),
        ("https://0x7f.1/c", Some(near("https://0x7f.1/c")), None),
        ("https://169.254.169.254/", Some(near("https://169.254.169.254/")), None),
        ("https://[::1]/c", Some(near("https://[::1]/c")), None),
        ("https://[fe80::1]/c", Some(near("https://[fe80::1]/c")), None),
        ("https://localhost/c", Some(near("https://localhost/c")), None),
        ("https://a.localhost./c", Some(near("https://a.localhost./c")), None),
        ("http://127.0.0.1:8080/c", Some(whole("http://127.0.0.1:8080/c", "https")), None),
        ("http://fsp.example.org/c", Some(whole("http://fsp.example.org/c", "https")), None),
        ("ftp://a.org/", Some(whole("ftp://a.org/", "https")), Some(whole("ftp://a.org/", "https or http"))),
        ("/c", Some(whole("/c", "https")), Some(whole("/c", "https or http"))),
        ("https://u:p@fsp.example.org/", Some(user.to_owned()), Some(user.to_owned())),
        ("https://93.184.215.14/c", None, None),
    ] {
        let mut body = to("one", &["EVENT"], json!({}));
        body["objectOperations"][0]["callbackUrl"] = json!(url);
        for (bench, expected) in [(&strict, strictly), (&sandbox, in_sandbox)] {
            let reply = bench.post("ven-1", "/subscriptions", body.clone()).await;
            let detail = (reply.status != 201).then(|| reply.detail());
            assert_eq!(detail, expected, "{url}");
        }
    }
    let mut body = to("one", &["EVENT"], json!({}));
    body["objectOperations"][0]["bearerToken"] = json!("two\nlines");
    assert_eq!(
        strict.post("ven-1", "/subscriptions", body.clone()).await.expect(400).detail(),
        "`objectOperations[0].bearerToken` must be text that an HTTP header can carry; what it is stays secret"
    );
    let entry =
        |n: usize| json!({"objects": [], "operations": [], "callbackUrl": format!("https://a.org/{n}")});
    body["objectOperations"] = (0..9).map(entry).collect();
    assert_eq!(
        strict.post("ven-1", "/subscriptions", body).await.expect(400).detail(),
        "`objectOperations` names 9 callbacks, and a subscription has at most 8; spread them over several subscriptions"
    );
}

#[tokio::test(start_paused = true)]
async fn a_notification_is_tried_again_in_order_and_a_dead_callback_is_given_up_until_it_is_put_again() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    let subscription = subscribe(&bench, "ven-1", "one", &["PROGRAM"], json!({})).await;
    subscribe(&bench, "ven-2", "two", &["PROGRAM"], json!({})).await;
    receivers.told().await;
    let down = |request: &Request<Bytes>| match request.uri().path() {
        "/one" => Ok((503, String::new())),
        _ => Ok((204, String::new())),
    };
    receivers.answer(down);
    let (p, q) = (bench.program("P").await, bench.program("Q").await);
    let of = |path: &str, id: &str| format!("/{path} CREATE PROGRAM {id}");
    // The other callback does not wait for it.
    let mut told = receivers.told_in_short().await;
    told.sort();
    let mut expected = [of("one", p), of("two", p), of("two", q)];
    expected.sort();
    assert_eq!(told, expected);
    // After 1 and 2 seconds more, then it is there again, and told in order.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(receivers.told_in_short().await, [of("one", p), of("one", p)]);
    receivers.answer(|request| Ok((200, echo(request))));
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(receivers.told_in_short().await, [of("one", p), of("one", q)]);

    // Dead for good: tried seven times, then left alone.
    receivers.answer(down);
    let r = bench.program("R").await;
    bench.program("S").await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    bench.program("T").await;
    let told = receivers.told_in_short().await;
    let to_one: Vec<_> = told.iter().filter(|t| t.starts_with("/one")).collect();
    assert_eq!(to_one, vec![&of("one", r); 7]);
    // Its client says that it is there again.
    receivers.answer(|request| Ok((200, echo(request))));
    let body = to("one", &["PROGRAM"], json!({}));
    bench.put("ven-1", &format!("/subscriptions/{subscription}"), body).await.expect(200);
    let u = bench.program("U").await;
    let told = receivers.told_in_short().await;
    assert!(told.contains(&of("one", u)), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_never_answers_holds_up_no_request_and_no_other_callback() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    subscribe(&bench, "ven-1", "one", &["PROGRAM"], json!({})).await;
    subscribe(&bench, "ven-2", "two", &["PROGRAM"], json!({})).await;
    receivers.told().await;
    receivers.answer(|request| Ok((if request.uri().path() == "/one" { 0 } else { 200 }, String::new())));
    let before = tokio::time::Instant::now();
    for n in 0..300 {
        bench.program(&format!("P{n}")).await;
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
    let told = receivers.told().await;
    assert_eq!(told.iter().filter(|(path, _)| path == "/one").count(), 1);
    // The queue is bounded: of what comes faster than it is taken, the newest is kept.
    assert!(told.iter().filter(|(path, _)| path == "/two").count() >= 256);
    receivers.answer(|_| Ok((200, String::new())));
    tokio::time::sleep(Duration::from_secs(60)).await;
    let to_one: Vec<_> = receivers.told().await.into_iter().map(|(_, body)| body).collect();
    assert_eq!(to_one.len(), 256);
    assert_eq!(to_one[255]["object"]["programName"], "P299");
}

#[tokio::test(start_paused = true)]
async fn who_subscribed_before_a_restart_is_told_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = StorePlace::File(folder.path().join("vtn.sqlite"));
    let receivers = Receivers::new();
    let clock = standing_clock();
    let webhooks = || Webhooks { transport: receivers.clone(), reach: Reach::Public };
    let vtn = Vtn::open_with_webhooks(config(place.clone(), &clock), webhooks()).unwrap();
    let bench = Bench::of(vtn, clock.clone()).await;
    subscribe(&bench, "ven-1", "one", &["PROGRAM"], json!({})).await;
    receivers.told().await;
    drop(bench);
    let bench =
        Bench::of(Vtn::open_with_webhooks(config(place, &clock), webhooks()).unwrap(), clock.clone()).await;
    let program = bench.program("P").await;
    assert_eq!(receivers.told_in_short().await, [format!("/one CREATE PROGRAM {program}")]);
    assert_eq!(bench.get("ven-1", "/notifiers").await.expect(200).json(), json!({"WEBHOOK": true}));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_names_operations_after_http_methods_is_told_as_well() {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    let entry = json!({"objects": ["PROGRAM"], "operations": ["POST", "DELETE"],
        "callbackUrl": "https://fsp.example.org/old"});
    subscribe(&bench, "bl", "old", &[], json!({ "objectOperations": [entry] })).await;
    let program = bench.program("P").await;
    bench.put("bl", &format!("/programs/{program}"), json!({"programName": "Q"})).await.expect(200);
    bench.delete("bl", &format!("/programs/{program}")).await.expect(200);
    let of = |operation: &str| format!("/old {operation} PROGRAM {program}");
    assert_eq!(receivers.told_in_short().await, [of("CREATE"), of("DELETE")]);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_was_given_up_before_a_restart_is_left_alone_after_it_until_it_is_put_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = StorePlace::File(folder.path().join("vtn.sqlite"));
    let receivers = Receivers::new();
    let clock = standing_clock();
    let bench = async || {
        let webhooks = Webhooks { transport: receivers.clone(), reach: Reach::Public };
        let vtn = Vtn::open_with_webhooks(config(place.clone(), &clock), webhooks).unwrap();
        Bench::of(vtn, clock.clone()).await
    };
    let first = bench().await;
    let subscription = subscribe(&first, "ven-1", "one", &["PROGRAM"], json!({})).await;
    let other = subscribe(&first, "ven-1", "two", &["PROGRAM"], json!({})).await;
    receivers.answer(|_| Ok((503, String::new())));
    first.program("P").await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    receivers.told().await;
    // The file is written by a thread of its own, for which a clock that stands still does not wait.
    while first.vtn.shared.store.read(|objects| objects.suspended()).unwrap().len() < 2 {
        std::thread::sleep(Duration::from_millis(1));
        tokio::task::yield_now().await;
    }
    drop(first);

    let second = bench().await;
    second.program("Q").await;
    assert_eq!(receivers.told().await, []);
    receivers.answer(|request| Ok((200, echo(request))));
    let path = format!("/subscriptions/{subscription}");
    second.put("ven-1", &path, to("one", &["PROGRAM"], json!({}))).await.expect(200);
    second.delete("ven-1", &format!("/subscriptions/{other}")).await.expect(200);
    drop(second);
    let third = bench().await;
    let program = third.program("R").await;
    assert_eq!(receivers.told_in_short().await, [format!("/one CREATE PROGRAM {program}")]);
}

#[tokio::test(start_paused = true)]
async fn who_waits_to_be_told_when_the_vtn_stops_is_told_and_who_does_not_answer_holds_it_up_for_seconds_only()
 {
    let receivers = Receivers::new();
    let bench = bench(&receivers, Reach::Public).await;
    subscribe(&bench, "ven-1", "one", &["PROGRAM"], json!({})).await;
    subscribe(&bench, "ven-2", "two", &["PROGRAM"], json!({})).await;
    receivers.told().await;
    receivers.answer(|request| Ok((if request.uri().path() == "/two" { 0 } else { 200 }, String::new())));
    for n in 0..100 {
        bench.program(&format!("P{n}")).await;
    }
    let began = tokio::time::Instant::now();
    bench.vtn.clone().drained().await;
    let told = receivers.told().await;
    assert_eq!(told.iter().filter(|(path, _)| path == "/one").count(), 100);
    assert!(began.elapsed() < Duration::from_secs(6));
}
