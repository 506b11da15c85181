//! Over a socket, and what hostile clients get.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Bench;
use crate::vtn::{BASE_PATH, Limits, Serving};

/// Sends text as it is and reads until the server closes.
async fn exchange(address: std::net::SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn it_serves_over_tcp_and_stops_when_it_is_asked_to() {
    let bench = Bench::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(bench.vtn.clone().serve(listener, async {
        let _ = stopped.await;
    }));

    let answer = exchange(
        address,
        &format!("GET {BASE_PATH}/auth/server HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let url = json!({"tokenURL": format!("http://{address}{BASE_PATH}/auth/token")}).to_string();
    assert!(answer.ends_with(&url), "{answer}");
    let answer = exchange(address, &format!("GET {BASE_PATH}/auth/server HTTP/1.0\r\n\r\n")).await;
    assert!(answer.contains("400 Bad Request") && answer.contains("to build the token URL"), "{answer}");
    let answer = exchange(address, "nonsense\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");

    // A connection that is kept open and asks for nothing does not hold it up.
    let idle = TcpStream::connect(address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
    drop(idle);
    assert!(TcpStream::connect(address).await.is_err());
}

/// Far longer than anything here takes; a server that closes nothing fails the test instead of hanging it.
const AT_MOST: Duration = Duration::from_secs(30);

/// So short that a test can wait for one, and none but the one under test.
fn patient() -> Limits {
    Limits {
        handshake: AT_MOST,
        head: AT_MOST,
        body: AT_MOST,
        idle: AT_MOST,
        stall: AT_MOST,
        connections: 100,
    }
}

const SHORT: Duration = Duration::from_millis(200);

async fn serving(limits: Limits) -> (std::net::SocketAddr, Bench) {
    let bench = Bench::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = Serving { limits, tls: None };
    tokio::spawn(bench.vtn.clone().serve_with(listener, serving, std::future::pending()));
    (address, bench)
}

/// Sends text, waits until the server closes, and answers what it sent.
async fn until_closed(address: std::net::SocketAddr, text: &str) -> String {
    tokio::time::timeout(AT_MOST / 2, exchange(address, text))
        .await
        .expect("the server closes the connection")
}

#[tokio::test]
async fn whoever_sends_a_head_slowly_or_nothing_at_all_is_closed() {
    let (address, _bench) = serving(Limits { head: SHORT, ..patient() }).await;
    let answer =
        until_closed(address, "GET /openadr3/3.1.0/programs HTTP/1.1\r\nHost: vtn\r\nX-Slow: ").await;
    assert_eq!(answer, "");
    let whole = format!("GET {BASE_PATH}/auth/server HTTP/1.1\r\nHost: vtn\r\n\r\n");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(whole.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));
    stream.write_all(b"GET /second").await.unwrap();
    let rest = tokio::time::timeout(AT_MOST / 2, stream.read(&mut answer)).await;
    assert_eq!(rest.expect("the server closes the connection").unwrap(), 0, "a second head too");

    let (address, _bench) = serving(Limits { idle: SHORT, ..patient() }).await;
    assert_eq!(until_closed(address, "").await, "");
    assert!(until_closed(address, &whole).await.starts_with("HTTP/1.1 200 OK"), "and after an answer");
}

#[tokio::test]
async fn a_head_may_take_its_time_on_a_connection_that_has_been_idle_for_longer() {
    let (address, _bench) = serving(Limits { head: SHORT, ..patient() }).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let text = format!("GET {BASE_PATH}/auth/server HTTP/1.1\r\nHost: vtn\r\n\r\n");
    for _ in 0..2 {
        tokio::time::sleep(SHORT * 3).await;
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = [0; 512];
        let length = stream.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));
    }
}

#[tokio::test]
async fn whoever_sends_a_body_slowly_is_told_so_and_closed() {
    let (address, bench) = serving(Limits { body: SHORT, ..patient() }).await;
    let post = |path: &str, kind: &str, token: &str| {
        format!(
            "POST {BASE_PATH}{path} HTTP/1.1\r\nHost: vtn\r\nContent-Type: {kind}\r\n\
             Content-Length: 100\r\n{token}\r\n{{"
        )
    };
    let token = format!("Authorization: Bearer {}\r\n", bench.tokens["bl"]);
    let answer = until_closed(address, &post("/programs", "application/json", &token)).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("did not arrive within 0.2 s"), "{answer}");
    let form = "application/x-www-form-urlencoded";
    let answer = until_closed(address, &post("/auth/token", form, "")).await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("did not arrive within"), "{answer}");
}

#[tokio::test]
async fn the_body_of_a_client_that_is_not_known_is_not_waited_for() {
    let (address, _bench) = serving(patient()).await;
    let answer = until_closed(
        address,
        &format!(
            "POST {BASE_PATH}/programs HTTP/1.1\r\nHost: vtn\r\nContent-Type: application/json\r\n\
             Content-Length: 1000000\r\n\r\n{{"
        ),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn whoever_takes_nothing_of_an_answer_is_closed() {
    let (address, bench) = serving(Limits { stall: SHORT, ..patient() }).await;
    for number in 0..40 {
        let body = json!({"programName": format!("program-{number}"), "programDescriptions":
            [{"URL": format!("https://example.org/{}", "x".repeat(7_900))}]});
        bench.post("bl", "/programs", body).await.expect(201);
    }
    let get = format!(
        "GET {BASE_PATH}/programs HTTP/1.1\r\nHost: vtn\r\nAuthorization: Bearer {}\r\n\r\n",
        bench.tokens["bl"]
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(get.repeat(40).as_bytes()).await.unwrap();
    tokio::time::sleep(SHORT * 5).await;
    let mut answers = Vec::new();
    // What was on its way still comes; then the connection is closed or reset, long before the forty answers.
    let ended = tokio::time::timeout(AT_MOST / 2, stream.read_to_end(&mut answers)).await;
    assert!(ended.is_ok(), "the server closes the connection");
    assert!(answers.len() < 40 * 40 * 7_900, "{} bytes", answers.len());
}

#[tokio::test]
async fn a_connection_beyond_the_most_is_served_when_another_ends() {
    let (address, _bench) = serving(Limits { connections: 1, ..patient() }).await;
    let first = TcpStream::connect(address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let text = format!("GET {BASE_PATH}/auth/server HTTP/1.1\r\nHost: vtn\r\nConnection: close\r\n\r\n");
    let second = tokio::spawn(async move { exchange(address, &text).await });
    tokio::time::sleep(SHORT).await;
    assert!(!second.is_finished(), "it waits");
    drop(first);
    let answer = tokio::time::timeout(AT_MOST / 2, second).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[tokio::test]
async fn a_head_beyond_bounds_is_refused() {
    let (address, _bench) = serving(patient()).await;
    for (name, head) in [
        ("many lines", "X-A: b\r\n".repeat(200)),
        ("a long line", format!("X-A: {}\r\n", "b".repeat(100_000))),
    ] {
        let text = format!("GET {BASE_PATH}/auth/server HTTP/1.1\r\nHost: vtn\r\n{head}\r\n");
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The server may close before it has taken all of it.
        let _ = stream.write_all(text.as_bytes()).await;
        let mut answer = [0; 64];
        let length = stream.read(&mut answer).await.unwrap_or_default();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{name}: {answer}");
    }
    let whole = format!("GET {BASE_PATH}/auth/server HTTP/1.1\r\nHost: vtn\r\nConnection: close\r\n\r\n");
    assert!(exchange(address, &whole).await.starts_with("HTTP/1.1 200 OK"), "others are served on");
}
