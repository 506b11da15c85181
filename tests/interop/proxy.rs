//! A proxy on loopback that hands each request to the VTN and then, where it is told to, spoils the answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The VTN acts; the connection closes without an answer.
    Dropped,
    /// The VTN acts; the answer comes too late.
    Late(Duration),
    /// The VTN acts; half of the answer comes.
    CutHalfWay,
    /// The VTN acts; the gateway says that it did not.
    BadGateway,
    /// The gateway says that the VTN did not act, and it is true.
    NotForwarded,
}

/// A proxy in front of one VTN.
pub struct Proxy {
    /// The VTN's base URL, by way of the proxy.
    pub base_url: String,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    /// Faults for the next requests whose first line begins so, in order.
    planned: Mutex<VecDeque<(String, Fault)>>,
    /// First lines of the requests handed on.
    handed_on: Mutex<Vec<String>>,
}

impl Proxy {
    /// Starts one on a free port of loopback.
    pub async fn before(base_url: &str) -> Self {
        let url = url::Url::parse(base_url).unwrap();
        let upstream = format!("{}:{}", url.host_str().unwrap(), url.port_or_known_default().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { upstream, planned: Mutex::default(), handed_on: Mutex::default() });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let shared = Arc::clone(&serving);
                // A connection that breaks is what this proxy is for.
                tokio::spawn(async move { serve(connection, &shared).await.unwrap_or_default() });
            }
        });
        Self { base_url: format!("http://{address}{}", url.path().trim_end_matches('/')), shared }
    }

    /// Spoils the next exchange whose request begins so: `POST /openadr3/3.1.0/events`.
    pub fn spoil(&self, request: &str, fault: Fault) {
        self.shared.planned.lock().unwrap().push_back((request.to_owned(), fault));
    }

    /// How many requests that begin so reached the VTN.
    pub fn handed_on(&self, request: &str) -> usize {
        self.shared.handed_on.lock().unwrap().iter().filter(|line| line.starts_with(request)).count()
    }

    /// Whether every fault has happened.
    pub fn is_done(&self) -> bool {
        self.shared.planned.lock().unwrap().is_empty()
    }
}

impl Shared {
    fn fault_of(&self, line: &str) -> Option<Fault> {
        let mut planned = self.planned.lock().unwrap();
        let place = planned.iter().position(|(request, _)| line.starts_with(request.as_str()))?;
        planned.remove(place).map(|(_, fault)| fault)
    }
}

/// One request and its answer; each connection serves one.
async fn serve(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let request = read_request(&mut client).await?;
    let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
    let fault = shared.fault_of(&line);
    if fault == Some(Fault::NotForwarded) {
        return client.write_all(BAD_GATEWAY).await;
    }
    let mut upstream = TcpStream::connect(&shared.upstream).await?;
    upstream.write_all(&request).await?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).await?;
    shared.handed_on.lock().unwrap().push(line);
    match fault {
        None => client.write_all(&answer).await,
        Some(Fault::Dropped) => Ok(()),
        Some(Fault::Late(by)) => {
            tokio::time::sleep(by).await;
            client.write_all(&answer).await
        }
        Some(Fault::CutHalfWay) => client.write_all(&answer[..answer.len() - 20]).await,
        Some(Fault::BadGateway | Fault::NotForwarded) => client.write_all(BAD_GATEWAY).await,
    }
}

const BAD_GATEWAY: &[u8] = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A whole request that asks the server to close afterwards.
async fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let length: usize = header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    while bytes.len() < head_end + length {
        if client.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let kept = head.trim_end().lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let mut request: Vec<u8> = kept.flat_map(|line| [line.as_bytes(), b"\r\n"].concat()).collect();
    request.extend_from_slice(b"connection: close\r\n\r\n");
    request.extend_from_slice(&bytes[head_end..]);
    Ok(request)
}
