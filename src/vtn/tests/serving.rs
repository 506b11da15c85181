//! Over a socket.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Bench;
use crate::vtn::BASE_PATH;

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
