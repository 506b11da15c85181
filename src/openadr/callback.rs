//! The transport to an address that somebody else named: a callback. Where it may connect is checked once the name is
//! resolved, so that no name leads into the network that this program runs in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use url::Host;

use super::bounds::is_here;
use super::transport::{Transport, TransportError};

/// The Definition recommends 10 to 30 seconds ("Webhooks").
const TIMEOUT: Duration = Duration::from_secs(10);
const MOST_BYTES: usize = 64 * 1024;

/// Which addresses may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Addresses of the public internet, by https.
    Public,
    /// This machine's own addresses, by http too: for a sandbox.
    ThisMachine,
    /// Any address, by http too.
    Anywhere,
}

impl Reach {
    /// What is said of an address that is not among them.
    fn refusal(self) -> &'static str {
        match self {
            Self::ThisMachine => NOT_HERE,
            Self::Public | Self::Anywhere => NOT_PUBLIC,
        }
    }

    /// Whether a connection to this address may be made.
    pub fn includes(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::ThisMachine => is_here(address),
            Self::Anywhere => true,
        }
    }
}

/// HTTP to callbacks. No redirects, no proxy, no cookies; ten seconds for all of it; answers are read up to 64 KiB.
pub struct CallbackTransport {
    client: Client,
    reach: Reach,
    /// Why `https` cannot be used, when it cannot.
    no_tls: Option<String>,
}

impl CallbackTransport {
    /// A pooled client. On a machine without root certificates it calls nobody by https, and says why.
    ///
    /// # Errors
    /// When no client can be made, in words.
    pub fn new(reach: Reach) -> Result<Self, String> {
        // Another part of the process may have chosen a provider before; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .https_only(reach == Reach::Public)
                .timeout(TIMEOUT)
                .dns_resolver(Within(reach))
        };
        match builder().build() {
            Ok(client) => Ok(Self { client, reach, no_tls: None }),
            Err(reason) => {
                let client = builder().tls_certs_only([]).build().map_err(|error| innermost(&error))?;
                Ok(Self { client, reach, no_tls: Some(innermost(&reason)) })
            }
        }
    }
}

#[async_trait]
impl Transport for CallbackTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let address = request.uri().authority().map_or_else(|| "?".to_owned(), |a| a.host().to_owned());
        let unreachable = |reason: String| TransportError::Unreachable { address: address.clone(), reason };
        let request = reqwest::Request::try_from(request).map_err(|e| unreachable(innermost(&e)))?;
        if let Some(reason) = self.no_tls.as_ref().filter(|_| request.url().scheme() == "https") {
            return Err(unreachable(format!("TLS cannot be used: {reason}; install ca-certificates")));
        }
        // An address that is written out is never resolved.
        let literal = match request.url().host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) | None => None,
        };
        if literal.is_some_and(|ip| !self.reach.includes(ip)) {
            return Err(unreachable(self.reach.refusal().to_owned()));
        }
        let response = self.client.execute(request).await.map_err(|e| fault(&e, &address))?;
        read_whole(response, &address).await
    }
}

const NOT_HERE: &str = "it is not on this machine";
const NOT_PUBLIC: &str = "it is at no address of the public internet";

/// Resolves names to addresses that may be called.
struct Within(Reach);

impl Resolve for Within {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let within: Vec<SocketAddr> = all.filter(|address| reach.includes(address.ip())).collect();
            if within.is_empty() {
                return Err(reach.refusal().into());
            }
            Ok(Box::new(within.into_iter()) as Addrs)
        })
    }
}

async fn read_whole(mut response: Response, address: &str) -> Result<http::Response<Bytes>, TransportError> {
    let mut whole = http::Response::new(Bytes::new());
    *whole.status_mut() = response.status();
    *whole.headers_mut() = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| fault(&e, address))? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(TransportError::TooLarge { limit: MOST_BYTES });
        }
        body.extend_from_slice(&chunk);
    }
    *whole.body_mut() = body.freeze();
    Ok(whole)
}

fn fault(error: &reqwest::Error, address: &str) -> TransportError {
    if error.is_connect() || error.is_builder() {
        TransportError::Unreachable { address: address.to_owned(), reason: innermost(error) }
    } else if error.is_timeout() {
        TransportError::TimedOut { after: TIMEOUT }
    } else {
        TransportError::Broken(format!("{address}: {}", innermost(error)))
    }
}

/// The cause of the cause: `Connection refused`, where the outer ones say only that a request failed. Never the URL,
/// which may hold a secret of its owner.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    let mut words = "the request cannot be sent".to_owned();
    while let Some(inner) = cause {
        words = inner.to_string();
        cause = inner.source();
    }
    words
}

/// Whether an address is reachable over the public internet and nothing nearer (the special-purpose registries of
/// RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

/// Global unicast (2000::/3) without what carries an IPv4 address inside, or is set aside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global = a & 0xe000 == 0x2000;
    let special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[test]
    fn no_address_inside_a_network_counts_as_public() {
        for (text, public) in [
            ("8.8.8.8", true),
            ("93.184.215.14", true),
            ("2606:4700:4700::1111", true),
            ("127.0.0.1", false),
            ("127.8.9.1", false),
            ("10.0.0.1", false),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("198.18.0.1", false),
            ("198.51.100.1", false),
            ("203.0.113.1", false),
            ("0.0.0.0", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("fc00::1", false),
            ("fd12::1", false),
            ("ff02::1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("::7f00:1", false),
            ("64:ff9b::7f00:1", false),
            ("2001:db8::1", false),
            ("2001::1", false),
            ("2002:7f00:1::", false),
            ("3fff::1", false),
        ] {
            assert_eq!(is_public(text.parse().unwrap()), public, "{text}");
            assert!(Reach::Anywhere.includes(text.parse().unwrap()));
        }
    }

    async fn post(reach: Reach, url: &str) -> Result<http::Response<Bytes>, TransportError> {
        let request = http::Request::post(url).body(Bytes::from_static(b"{}")).unwrap();
        CallbackTransport::new(reach).unwrap().send(request).await
    }

    #[tokio::test]
    async fn a_callback_inside_the_network_is_never_connected_to_however_it_is_written() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "0"] {
            let error = post(Reach::Public, &format!("https://{host}:{port}/")).await.unwrap_err();
            let TransportError::Unreachable { reason, .. } = &error else { panic!("{host}: {error:?}") };
            assert_eq!(reason, NOT_PUBLIC, "{host}");
        }
        let accepted = tokio::time::timeout(Duration::from_millis(20), listener.accept()).await;
        assert!(accepted.is_err(), "something connected");
    }

    #[tokio::test]
    async fn a_sandbox_calls_nobody_beyond_this_machine() {
        // Whoever connects to no address at all reaches this machine: were the reach not looked at, these would come.
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["0.0.0.0", "0", "[::]", "192.0.2.1"] {
            let error = post(Reach::ThisMachine, &format!("http://{host}:{port}/")).await.unwrap_err();
            let TransportError::Unreachable { reason, .. } = &error else { panic!("{host}: {error:?}") };
            assert_eq!(reason, NOT_HERE, "{host}");
        }
        let accepted = tokio::time::timeout(Duration::from_millis(20), listener.accept()).await;
        assert!(accepted.is_err(), "something connected");
        for (text, here) in
            [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.1", false)]
        {
            assert_eq!(Reach::ThisMachine.includes(text.parse().unwrap()), here, "{text}");
        }
    }

    #[tokio::test]
    async fn plain_http_is_refused_unless_any_address_will_do_and_a_redirect_is_not_followed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}/c?key=s3cret", listener.local_addr().unwrap().port());
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let _ = connection.read(&mut [0; 4096]).await;
                let answer = b"HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
                let _ = connection.write_all(answer).await;
            }
        });
        let error = post(Reach::Public, &url).await.unwrap_err();
        assert!(matches!(error, TransportError::Unreachable { .. }), "{error:?}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
        assert_eq!(post(Reach::Anywhere, &url).await.unwrap().status(), 307);
    }
}
