//! The transport over TCP and TLS.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::tls::{TlsInfo, Version};
use reqwest::{Client, Response};

use super::bounds::{self, Bounds, Judged};
use super::security::{Channel, Security};
use super::tls::{self, ClientTls};
use super::transport::{Transport, TransportError};
use crate::certificate::{Names, Thumbprint};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const WHOLE_TIMEOUT: Duration = Duration::from_secs(20);
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// HTTP over TCP; TLS by rustls for `https`, against the roots that the system trusts or those that it is given. No
/// redirects; answers are read up to 16 MiB. A machine's own address is reached directly, any other through the system's
/// proxy where one is set. What lies out of bounds is never connected to.
pub struct TcpTransport {
    clients: ArcSwap<Clients>,
    bounds: Bounds,
    /// How long a whole exchange may take.
    patience: Duration,
    channel: Mutex<Option<Channel>>,
}

/// Pooled clients that speak TLS in one way.
struct Clients {
    direct: Client,
    proxied: Client,
    /// Takes a name for nothing but this machine.
    here: Client,
    /// Why `https` cannot be used, when it cannot.
    no_tls: Option<String>,
    own: Option<Names>,
}

impl TcpTransport {
    /// A pooled client that waits 20 s for a whole answer.
    ///
    /// # Errors
    /// When TLS cannot be set up, in words.
    pub fn new() -> Result<Self, String> {
        Self::waiting(WHOLE_TIMEOUT)
    }

    /// A pooled client that waits so long for a whole answer.
    ///
    /// # Errors
    /// When TLS cannot be set up, in words.
    pub fn waiting(patience: Duration) -> Result<Self, String> {
        Self::of(patience, &ClientTls::default(), Bounds::default())
    }

    /// A pooled client that speaks TLS so, and waits 20 s for a whole answer.
    ///
    /// # Errors
    /// When a certificate or a key cannot be used, in words.
    pub fn secured(tls: &ClientTls) -> Result<Self, String> {
        Self::bounded(tls, Bounds::default())
    }

    /// As [`TcpTransport::secured`], and stays within these bounds.
    ///
    /// # Errors
    /// When a certificate or a key cannot be used, in words.
    pub fn bounded(tls: &ClientTls, bounds: Bounds) -> Result<Self, String> {
        Self::of(WHOLE_TIMEOUT, tls, bounds)
    }

    fn of(patience: Duration, tls: &ClientTls, bounds: Bounds) -> Result<Self, String> {
        let clients = ArcSwap::from_pointee(Clients::new(patience, tls)?);
        Ok(Self { clients, bounds, patience, channel: Mutex::default() })
    }

    /// Speaks TLS so from now on, over new connections; what is under way is finished over the old.
    ///
    /// # Errors
    /// When a certificate or a key cannot be used, in words. Then all stays as it was.
    pub fn renew(&self, tls: &ClientTls) -> Result<(), String> {
        self.clients.store(Arc::new(Clients::new(self.patience, tls)?));
        Ok(())
    }
}

impl Clients {
    fn new(patience: Duration, tls: &ClientTls) -> Result<Self, String> {
        // Another part of the process may have chosen a provider before; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match Self::build(patience, tls) {
            // A machine without root certificates: plain HTTP, as on loopback, must work all the same.
            Err(reason) if tls.trusts_the_system() && tls.own.is_none() => {
                let nobody = ClientTls { authorities: Some(String::new()), own: None };
                Ok(Self { no_tls: Some(reason), ..Self::build(patience, &nobody)? })
            }
            built => built,
        }
    }

    fn build(patience: Duration, tls: &ClientTls) -> Result<Self, String> {
        let builder = || {
            let builder = Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(patience)
                .redirect(Policy::none())
                .retry(reqwest::retry::never());
            tls.apply(builder)
        };
        let build = |builder: reqwest::ClientBuilder| builder.build().map_err(|e| innermost(&e));
        Ok(Self {
            direct: build(builder()?.no_proxy())?,
            here: build(builder()?.no_proxy().dns_resolver(OnlyHere))?,
            proxied: build(builder()?)?,
            no_tls: None,
            own: tls.names()?,
        })
    }
}

#[async_trait]
impl Transport for TcpTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let address = address_of(request.uri());
        let clients = self.clients.load_full();
        let unreachable = |reason: String| TransportError::Unreachable { address: address.clone(), reason };
        if let Some(reason) = clients.no_tls.as_ref().filter(|_| is_https(request.uri())) {
            return Err(unreachable(format!("TLS cannot be used: {reason}; install ca-certificates")));
        }
        let loopback = is_this_machine(request.uri());
        let client = match self.judge(request.uri()) {
            Judged::Refused(reason) => return Err(unreachable(reason)),
            Judged::IfHere => &clients.here,
            Judged::Free if loopback => &clients.direct,
            Judged::Free => &clients.proxied,
        };
        let request = reqwest::Request::try_from(request).map_err(|e| unreachable(innermost(&e)))?;
        let response = client.execute(request).await.map_err(|e| self.fault(&e, &address))?;
        self.note(response.extensions().get::<TlsInfo>(), loopback);
        self.read_whole(response, &address).await
    }

    fn security(&self) -> Security {
        let channel = self.channel.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Security { channel, own: self.clients.load().own.clone(), beyond: self.bounds.beyond() }
    }
}

impl TcpTransport {
    /// Whether an address lies within bounds.
    fn judge(&self, uri: &http::Uri) -> Judged {
        self.bounds.judge(uri.host().unwrap_or_default(), port_of(uri))
    }

    /// Keeps how the VTN was spoken to. A certificate that is known already is not read again.
    fn note(&self, tls: Option<&TlsInfo>, loopback: bool) {
        let mut channel = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(tls) = tls else {
            *channel = Some(Channel::Plain { loopback });
            return;
        };
        let der = tls.peer_certificate();
        let print = der.map(Thumbprint::of_der);
        if let Some(Channel::Tls { certificate: Some(known), .. }) = &*channel
            && Some(known.thumbprint) == print
        {
            return;
        }
        let certificate = der.and_then(|der| Names::of_der(der).ok()).map(Box::new);
        *channel = Some(Channel::Tls { version: tls.version().and_then(version_words), certificate });
    }

    async fn read_whole(
        &self,
        mut response: Response,
        address: &str,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut whole = http::Response::new(Bytes::new());
        *whole.status_mut() = response.status();
        *whole.version_mut() = response.version();
        *whole.headers_mut() = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.fault_while_reading(&e, address))? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(TransportError::TooLarge { limit: MOST_BYTES });
            }
            body.extend_from_slice(&chunk);
        }
        *whole.body_mut() = body.freeze();
        Ok(whole)
    }

    fn fault(&self, error: &reqwest::Error, address: &str) -> TransportError {
        // In TLS 1.3 a server refuses a client's certificate only after the client's side of the handshake is done: no
        // connection came about all the same, and no request was read.
        if let Some(reason) = tls::refusal(error) {
            return TransportError::Unreachable { address: address.to_owned(), reason };
        }
        // A connection that was not made in time is no connection.
        if error.is_connect() || error.is_builder() {
            TransportError::Unreachable { address: address.to_owned(), reason: innermost(error) }
        } else {
            self.fault_while_reading(error, address)
        }
    }

    fn fault_while_reading(&self, error: &reqwest::Error, address: &str) -> TransportError {
        if error.is_timeout() {
            TransportError::TimedOut { after: self.patience }
        } else {
            TransportError::Broken(format!("{address}: {}", innermost(error)))
        }
    }
}

fn version_words(version: Version) -> Option<String> {
    let known = [(Version::TLS_1_2, "TLS 1.2"), (Version::TLS_1_3, "TLS 1.3")];
    known.iter().find(|(known, _)| *known == version).map(|(_, words)| (*words).to_owned())
}

fn is_https(uri: &http::Uri) -> bool {
    uri.scheme_str() == Some("https")
}

/// The cause of the cause: `Connection refused`, where the outer ones say only that a request failed.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is::<reqwest::Error>() && error.source().is_none() {
        return "the request cannot be sent".to_owned();
    }
    cause.to_string()
}

fn address_of(uri: &http::Uri) -> String {
    format!("{}:{}", uri.host().unwrap_or("?"), port_of(uri))
}

fn port_of(uri: &http::Uri) -> u16 {
    uri.port_u16().unwrap_or(if is_https(uri) { 443 } else { 80 })
}

/// Resolves names to this machine's own addresses, and to no others.
struct OnlyHere;

impl Resolve for OnlyHere {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let here: Vec<SocketAddr> = all.filter(|address| bounds::is_here(address.ip())).collect();
            if here.is_empty() {
                return Err(bounds::NOT_HERE.into());
            }
            Ok(Box::new(here.into_iter()) as Addrs)
        })
    }
}

fn is_this_machine(uri: &http::Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A server that answers each connection with these bytes and closes it; answers its base URL.
    async fn answering(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = connection.read(&mut request).await;
                let _ = connection.write_all(&answer).await;
            }
        });
        base
    }

    async fn get(url: &str) -> Result<http::Response<Bytes>, TransportError> {
        let request = http::Request::get(url).body(Bytes::new()).unwrap();
        TcpTransport::new().unwrap().send(request).await
    }

    #[tokio::test]
    async fn an_answer_comes_whole_and_a_redirect_is_not_followed() {
        let base = answering(
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\nx-a: b\r\ncontent-length: 2\r\n\r\nhi"
                .to_vec(),
        )
        .await;
        let answer = get(&base).await.unwrap();
        assert_eq!(answer.status(), 302);
        assert_eq!(answer.headers()["x-a"], "b");
        assert_eq!(&answer.body()[..], b"hi");
    }

    fn training(also: &[&str]) -> TcpTransport {
        let also = also.iter().map(|place| place.parse().unwrap()).collect();
        let bounds = Bounds::this_machine_and("TRAINING", also);
        TcpTransport::bounded(&ClientTls::default(), bounds).unwrap()
    }

    #[tokio::test]
    async fn what_is_out_of_bounds_is_never_connected_to_however_it_is_written() {
        // Whoever connects to no address at all reaches this machine: were the bounds not looked at, these would come.
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in
            ["0.0.0.0", "0", "[::]", "[::ffff:0.0.0.0]", "192.0.2.1", "vtn.example", "localhost.evil.test"]
        {
            let request =
                http::Request::get(format!("http://{host}:{port}/auth/token")).body(Bytes::new()).unwrap();
            let error = training(&[]).send(request).await.unwrap_err();
            let TransportError::Unreachable { reason, .. } = &error else { panic!("{host}: {error:?}") };
            assert!(reason.starts_with("TRAINING stays on this machine, and "), "{host}: {reason}");
            assert!(reason.ends_with("name it in may_reach of the connection file"), "{host}: {reason}");
        }
        let accepted = tokio::time::timeout(Duration::from_millis(20), listener.accept()).await;
        assert!(accepted.is_err(), "something connected");
    }

    #[tokio::test]
    async fn within_bounds_this_machine_and_what_is_permitted_are_reached() {
        let base = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
        let port = base.rsplit_once(':').unwrap().1.to_owned();
        let places = [format!("0.0.0.0:{port}")];
        let permitted: Vec<&str> = places.iter().map(String::as_str).collect();
        for (transport, host) in
            [(training(&[]), "127.0.0.1"), (training(&[]), "localhost"), (training(&permitted), "0.0.0.0")]
        {
            let url = format!("http://{host}:{port}/");
            let request = http::Request::get(&url).body(Bytes::new()).unwrap();
            assert_eq!(transport.send(request).await.unwrap().status(), 200, "{url}");
        }
        assert_eq!(training(&permitted).security().beyond, places);
    }

    #[tokio::test]
    async fn a_redirect_out_of_bounds_is_not_followed() {
        let beyond = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let there = format!("http://0.0.0.0:{}/", beyond.local_addr().unwrap().port());
        let answer = format!("HTTP/1.1 307 Go\r\nlocation: {there}\r\ncontent-length: 0\r\n\r\n");
        let base = answering(answer.into_bytes()).await;
        let request = http::Request::get(&base).body(Bytes::new()).unwrap();
        assert_eq!(training(&[]).send(request).await.unwrap().status(), 307);
        let accepted = tokio::time::timeout(Duration::from_millis(20), beyond.accept()).await;
        assert!(accepted.is_err(), "something followed it");
    }

    #[tokio::test]
    async fn a_closed_port_is_unreachable_so_nothing_was_done() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let error = get(&format!("http://{address}/events")).await.unwrap_err();
        let TransportError::Unreachable { address: named, reason } = &error else { panic!("{error:?}") };
        assert_eq!(*named, address.to_string());
        assert!(reason.to_lowercase().contains("refused"), "{reason}");
        assert!(!error.may_have_acted());
    }

    #[tokio::test]
    async fn a_host_without_an_address_is_unreachable() {
        let error = get("http://no-such-host.invalid/").await.unwrap_err();
        assert!(matches!(error, TransportError::Unreachable { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn a_connection_that_breaks_leaves_open_what_was_done() {
        for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"] {
            let base = answering(answer.as_bytes().to_vec()).await;
            let error = get(&base).await.unwrap_err();
            assert!(matches!(error, TransportError::Broken(_)), "{error:?}");
            assert!(error.may_have_acted());
        }
    }

    #[tokio::test]
    async fn an_answer_that_does_not_come_in_time_leaves_open_what_was_done() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let request = http::Request::get(&url).body(Bytes::new()).unwrap();
        let patience = Duration::from_millis(200);
        let error = TcpTransport::waiting(patience).unwrap().send(request).await.unwrap_err();
        assert_eq!(error, TransportError::TimedOut { after: patience });
        assert!(error.may_have_acted());
    }

    #[tokio::test]
    async fn an_answer_without_end_is_not_read_without_end() {
        let mut answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        answer.resize(MOST_BYTES + 1000, b' ');
        let base = answering(answer).await;
        let error = get(&base).await.unwrap_err();
        assert_eq!(error, TransportError::TooLarge { limit: MOST_BYTES });
    }

    #[tokio::test]
    async fn a_server_without_tls_is_named_as_unreachable_by_https() {
        let base = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
        let error = get(&base.replace("http:", "https:")).await.unwrap_err();
        assert!(matches!(error, TransportError::Unreachable { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn plain_http_works_on_a_machine_without_root_certificates() {
        let base = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
        let transport = TcpTransport::new().unwrap();
        let plain = Clients::new(WHOLE_TIMEOUT, &ClientTls::default()).unwrap();
        transport.clients.store(Arc::new(Clients { no_tls: Some("no roots".into()), ..plain }));
        let request = |url: &str| http::Request::get(url).body(Bytes::new()).unwrap();
        assert_eq!(transport.send(request(&base)).await.unwrap().status(), 200);
        let error = transport.send(request("https://127.0.0.1:1/")).await.unwrap_err();
        assert!(error.to_string().contains("install ca-certificates"), "{error}");
    }

    #[test]
    fn this_machine_is_never_reached_through_a_proxy() {
        for (url, here) in [
            ("http://127.0.0.1:8080/x", true),
            ("http://localhost/x", true),
            ("http://[::1]:80/", true),
            ("http://127.example.org/", false),
            ("https://vtn.example.org/", false),
        ] {
            assert_eq!(is_this_machine(&url.parse().unwrap()), here, "{url}");
        }
    }
}
