//! What requests cost the embedded VTN, without a socket: through its own router, its database a file.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures::future::join_all;
use http::{Request, StatusCode};
use rampdesk::entropy::Entropy;
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::transport::Transport;
use rampdesk::time::Clock;
use rampdesk::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// A VTN with 1,000 events, of which the VEN sees 20.
struct Bench {
    runtime: Runtime,
    transport: Arc<dyn Transport>,
    business: String,
    ven: String,
    /// One that the VEN sees.
    event: String,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let client = |id: &str, role| ClientSeed { id: id.to_owned(), secret: Secret::new("sesame"), role };
        let vtn = Vtn::open(VtnConfig {
            store: StorePlace::File(folder.path().join("vtn.sqlite")),
            clients: vec![client("desk", Role::Business), client("FSP", Role::Ven)],
            clock: Clock::real(),
            entropy: Entropy::system(),
        })
        .unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let transport = vtn.transport();
        let (business, ven, event) = runtime.block_on(async {
            let business = token(&*transport, "desk").await;
            let ven = token(&*transport, "FSP").await;
            let post = async |path: &str, body: Value| {
                let (status, text) = ask(&*transport, "POST", path, &business, &[], body.to_string()).await;
                assert_eq!(status, StatusCode::CREATED, "{text}");
                serde_json::from_str::<Value>(&text).unwrap()["id"].as_str().unwrap().to_owned()
            };
            let program = post("/programs", json!({"programName": "P"})).await;
            post("/vens", json!({"clientID": "FSP", "venName": "FSP", "targets": ["feeder-1"]})).await;
            let mut seen = String::new();
            for n in 0..1000 {
                let id = post("/events", event(&program, n)).await;
                if n == 1 {
                    seen = id;
                }
            }
            (business, ven, seen)
        });
        Self { runtime, transport, business, ven, event, _folder: folder }
    }

    async fn get(&self, path: &str, token: &str, headers: &[(&str, &str)], expected: StatusCode) -> String {
        let (status, text) = ask(&*self.transport, "GET", path, token, headers, Bytes::new()).await;
        assert_eq!(status, expected, "{text}");
        text
    }

    async fn report(&self) {
        let report = json!({"eventID": self.event, "clientName": "FSP", "resources": [{"resourceName": "UNIT",
            "intervals": [{"id": 0, "payloads": [{"type": "USAGE", "values": [3.25]}]}]}]});
        let (status, text) =
            ask(&*self.transport, "POST", "/reports", &self.ven, &[], report.to_string()).await;
        assert_eq!(status, StatusCode::CREATED, "{text}");
    }
}

fn event(program: &str, n: usize) -> Value {
    let intervals: Vec<Value> = (0..4)
        .map(|k| json!({"id": k, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [25.5]}]}))
        .collect();
    json!({"programID": program, "eventName": n.to_string(), "targets": [format!("feeder-{}", n % 50)],
        "intervalPeriod": {"start": "2026-11-26T17:00:00Z", "duration": "PT15M"}, "intervals": intervals})
}

async fn ask(
    transport: &dyn Transport,
    method: &str,
    path: &str,
    token: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> (StatusCode, String) {
    let body = body.into();
    let mut request = Request::builder().method(method).uri(format!("http://127.0.0.1{BASE_PATH}{path}"));
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if !body.is_empty() && headers.is_empty() {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let reply = transport.send(request.body(body).unwrap()).await.unwrap();
    (reply.status(), String::from_utf8(reply.body().to_vec()).unwrap())
}

async fn token(transport: &dyn Transport, client: &str) -> String {
    let form = format!("grant_type=client_credentials&client_id={client}&client_secret=sesame");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let (status, text) = ask(transport, "POST", "/auth/token", "", &headers, form).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str::<Value>(&text).unwrap()["access_token"].as_str().unwrap().to_owned()
}

fn reads(c: &mut Criterion) {
    let bench = Bench::new();
    let ok = StatusCode::OK;
    let queries = AtomicUsize::new(0);
    let unlike = || format!("n={}", queries.fetch_add(1, Ordering::Relaxed));
    c.bench_function("VEN poll, 20 of 1,000 events", |b| {
        b.to_async(&bench.runtime).iter(|| bench.get("/events", &bench.ven, &[], ok));
    });
    c.bench_function("VEN poll, 20 of 1,000 events, worked out anew", |b| {
        b.to_async(&bench.runtime)
            .iter(async || bench.get(&format!("/events?{}", unlike()), &bench.ven, &[], ok).await);
    });
    c.bench_function("VEN poll, not changed since", |b| {
        let held = [("if-none-match", "*")];
        b.to_async(&bench.runtime).iter(|| bench.get("/events", &bench.ven, &held, StatusCode::NOT_MODIFIED));
    });
    c.bench_function("BL page of 50 of 1,000 events", |b| {
        b.to_async(&bench.runtime).iter(|| bench.get("/events", &bench.business, &[], ok));
    });
    c.bench_function("BL page of 50 of 1,000 events, worked out anew", |b| {
        b.to_async(&bench.runtime)
            .iter(async || bench.get(&format!("/events?{}", unlike()), &bench.business, &[], ok).await);
    });
    c.bench_function("token", |b| b.to_async(&bench.runtime).iter(|| token(&*bench.transport, "FSP")));
}

fn writes(c: &mut Criterion) {
    const TOGETHER: usize = 64;
    let bench = Bench::new();
    let mut group = c.benchmark_group("report POST, on the disk");
    group.bench_function("one after the other", |b| b.to_async(&bench.runtime).iter(|| bench.report()));
    group.throughput(Throughput::Elements(TOGETHER as u64));
    group.bench_function("64 at a time", |b| {
        b.to_async(&bench.runtime).iter(|| join_all((0..TOGETHER).map(|_| bench.report())));
    });
    group.finish();
}

criterion_group!(benches, reads, writes);
criterion_main!(benches);
