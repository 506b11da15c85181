//! Over TLS: who gets in with which certificate, and what happens when certificates change.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Reply, clients};
use crate::certificate::{Authority, Issued, Names, Thumbprint, Validity};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::openadr::security::Channel;
use crate::openadr::tcp::TcpTransport;
use crate::openadr::tls::{ClientTls, OwnCertificate};
use crate::openadr::transport::{Transport, TransportError};
use crate::time::{Clock, Rate, UtcTime};
use crate::vtn::{BASE_PATH, LEGACY_BASE_PATH, Limits, Serving, StorePlace, Tls, TlsFiles, Vtn, VtnConfig};

/// Far longer than anything here takes.
const AT_MOST: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

/// Good on any machine's clock: the client's side of TLS asks that one.
fn always() -> Validity {
    Validity { from: at("2020-01-01T00:00:00Z"), until: at("2060-01-01T00:00:00Z") }
}

/// A VTN that serves over TLS, its clients' authority, and a folder with its files.
struct Site {
    folder: TempDir,
    authority: Authority,
    address: SocketAddr,
    clock: Clock,
}

impl Site {
    async fn open() -> Self {
        Self::with(Limits::default()).await
    }

    async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new("Sandbox", always()).unwrap();
        let site = Self {
            folder,
            authority,
            address: "127.0.0.1:0".parse().unwrap(),
            clock: Clock::training(at("2026-11-26T17:00:00Z"), Rate::PAUSED),
        };
        site.put_server(&site.server());
        fs::write(site.file("ca.pem"), site.authority.certificate()).unwrap();
        site.serve(limits).await
    }

    fn server(&self) -> Issued {
        self.authority.server(&["127.0.0.1", "localhost"], always()).unwrap()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn put_server(&self, issued: &Issued) {
        fs::write(self.file("server.pem"), &issued.certificate).unwrap();
        fs::write(self.file("server.key"), issued.key.reveal()).unwrap();
    }

    fn files(&self) -> TlsFiles {
        TlsFiles {
            certificate: self.file("server.pem"),
            key: self.file("server.key"),
            client_ca: Some(self.file("ca.pem")),
        }
    }

    async fn serve(mut self, limits: Limits) -> Self {
        let config = VtnConfig {
            store: StorePlace::Memory,
            clients: clients(),
            clock: self.clock.clone(),
            entropy: Entropy::seeded(1),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.address = listener.local_addr().unwrap();
        let tls = Tls::open(self.files(), self.clock.clone()).unwrap().looking_every(LOOK_EVERY);
        let serving = Serving { tls: Some(Arc::new(tls)), limits };
        tokio::spawn(Vtn::open(config).unwrap().serve_with(listener, serving, std::future::pending()));
        self
    }

    fn issued(&self, client: &str) -> Issued {
        self.authority.client(client, always()).unwrap()
    }

    /// A connection with this certificate, or with none.
    fn line(&self, own: Option<&Issued>) -> TcpTransport {
        let own = own.map(|issued| OwnCertificate {
            certificate: issued.certificate.clone(),
            key: Secret::new(issued.key.reveal()),
        });
        let authorities = Some(self.authority.certificate().to_owned());
        TcpTransport::secured(&ClientTls { authorities, own }).unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    async fn ask_token(&self, line: &TcpTransport, base: &str, client: &str) -> Reply {
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret={client}-secret");
        let request = Request::post(self.url(&format!("{base}/auth/token")))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(form))
            .unwrap();
        reply(line.send(request).await.unwrap())
    }

    async fn token(&self, line: &TcpTransport, client: &str) -> String {
        let granted: Value = self.ask_token(line, BASE_PATH, client).await.expect(200).json();
        granted["access_token"].as_str().unwrap().to_owned()
    }

    async fn programs(&self, line: &TcpTransport, token: &str) -> Result<Reply, TransportError> {
        let request = Request::get(self.url(&format!("{BASE_PATH}/programs")))
            .header("authorization", format!("Bearer {token}"))
            .body(Bytes::new())
            .unwrap();
        line.send(request).await.map(reply)
    }

    async fn server_seen_by(&self, line: &TcpTransport) -> Thumbprint {
        let request = Request::get(self.url(&format!("{BASE_PATH}/auth/server"))).body(Bytes::new()).unwrap();
        reply(line.send(request).await.unwrap()).expect(200);
        match line.security().channel {
            Some(Channel::Tls { certificate: Some(names), .. }) => names.thumbprint,
            other => panic!("{other:?}"),
        }
    }
}

fn reply(response: http::Response<Bytes>) -> Reply {
    let (parts, body) = response.into_parts();
    Reply {
        status: parts.status.as_u16(),
        headers: parts.headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    }
}

fn thumbprint(issued: &Issued) -> Thumbprint {
    Names::of_pem(issued.certificate.as_bytes()).unwrap().thumbprint
}

#[tokio::test]
async fn a_client_with_its_own_certificate_gets_in_and_sees_who_the_vtn_is() {
    let site = Site::open().await;
    let line = site.line(Some(&site.issued("ven-1")));
    let token = site.token(&line, "ven-1").await;
    site.programs(&line, &token).await.unwrap().expect(200);
    site.ask_token(&line, LEGACY_BASE_PATH, "ven-1").await.expect(200);

    let request = Request::get(site.url(&format!("{BASE_PATH}/auth/server"))).body(Bytes::new()).unwrap();
    let server = reply(line.send(request).await.unwrap()).expect(200).json();
    assert_eq!(server["tokenURL"], site.url(&format!("{BASE_PATH}/auth/token")));
    let security = line.security();
    assert!(security.own.is_some_and(|own| own.binds("ven-1")));
    let Some(Channel::Tls { version, certificate: Some(names) }) = security.channel else { panic!() };
    assert_eq!((version.as_deref(), names.subject().as_str()), (Some("TLS 1.3"), "127.0.0.1"));
}

#[tokio::test]
async fn a_stolen_secret_without_a_certificate_lets_nobody_in() {
    let site = Site::open().await;
    let line = site.line(None);
    let error = site.programs(&line, "any").await.unwrap_err();
    assert!(!error.may_have_acted(), "{error:?}");
    assert!(error.to_string().contains("asks for a client certificate"), "{error}");
}

#[tokio::test]
async fn a_stolen_secret_with_the_certificate_of_another_client_lets_nobody_in() {
    let site = Site::open().await;
    let line = site.line(Some(&site.issued("ven-2")));
    for base in [BASE_PATH, LEGACY_BASE_PATH] {
        let refusal = site.ask_token(&line, base, "ven-1").await.expect(401).json();
        assert_eq!(refusal["error"], "invalid_client");
        let said = refusal["error_description"].as_str().unwrap();
        assert!(said.contains("is of ven-2 and does not name client `ven-1`"), "{said}");
    }
}

#[tokio::test]
async fn a_certificate_of_another_authority_lets_nobody_in() {
    let site = Site::open().await;
    let other = Authority::new("Sandbox", always()).unwrap();
    let line = site.line(Some(&other.client("ven-1", always()).unwrap()));
    let error = site.programs(&line, "any").await.unwrap_err();
    assert!(!error.may_have_acted(), "{error:?}");
    assert!(error.to_string().contains("does not accept this client's certificate"), "{error}");
}

#[tokio::test]
async fn a_stolen_token_is_of_no_use_on_another_certificate_and_goes_on_with_a_renewed_one() {
    let site = Site::open().await;
    let token = site.token(&site.line(Some(&site.issued("ven-1"))), "ven-1").await;
    let thief = site.line(Some(&site.issued("ven-2")));
    let refusal = site.programs(&thief, &token).await.unwrap().expect(401);
    assert!(refusal.header("www-authenticate").contains("invalid_token"), "{refusal:?}");
    assert!(refusal.detail().contains("does not name client `ven-1`"), "{}", refusal.detail());
    let renewed = site.line(Some(&site.issued("ven-1")));
    site.programs(&renewed, &token).await.unwrap().expect(200);
}

#[tokio::test]
async fn a_client_takes_up_its_renewed_certificate_without_a_restart() {
    let site = Site::open().await;
    let line = site.line(Some(&site.issued("ven-1")));
    let token = site.token(&line, "ven-1").await;
    let renewed = site.issued("ven-1");
    let own =
        OwnCertificate { certificate: renewed.certificate.clone(), key: Secret::new(renewed.key.reveal()) };
    let authorities = Some(site.authority.certificate().to_owned());
    line.renew(&ClientTls { authorities, own: Some(own) }).unwrap();
    site.programs(&line, &token).await.unwrap().expect(200);
    assert_eq!(line.security().own.map(|own| own.thumbprint), Some(thumbprint(&renewed)));
    assert!(line.renew(&ClientTls { authorities: Some("none".into()), own: None }).is_err());
    site.programs(&line, &token).await.unwrap().expect(200);
}

#[tokio::test]
async fn a_client_certificate_that_has_ended_is_refused_on_new_connections_and_on_old_ones() {
    let site = Site::open().await;
    let short = Validity { from: at("2020-01-01T00:00:00Z"), until: at("2026-11-26T17:30:00Z") };
    let issued = site.authority.client("ven-1", short).unwrap();
    let line = site.line(Some(&issued));
    let token = site.token(&line, "ven-1").await;
    site.clock.step(1_801);
    let refusal = site.programs(&line, &token).await.unwrap().expect(401);
    assert!(refusal.detail().contains("ended at 2026-11-26T17:30:00Z"), "{}", refusal.detail());
    let error = site.programs(&site.line(Some(&issued)), &token).await.unwrap_err();
    assert!(error.to_string().contains("which has ended; have it renewed"), "{error}");
}

#[tokio::test]
async fn a_renewed_server_certificate_is_taken_up_while_connections_go_on() {
    let site = Site::open().await;
    let own = site.issued("ven-1");
    let old_line = site.line(Some(&own));
    let before = site.server_seen_by(&old_line).await;
    let renewed = site.server();
    site.put_server(&renewed);
    until(|| async { site.server_seen_by(&site.line(Some(&own))).await == thumbprint(&renewed) }).await;
    assert_eq!(site.server_seen_by(&old_line).await, before, "the old connection goes on");
}

#[tokio::test]
async fn a_bad_new_file_leaves_the_old_certificate_in_force() {
    let site = Site::open().await;
    let own = site.issued("ven-1");
    let before = site.server_seen_by(&site.line(Some(&own))).await;
    for (certificate, key) in [
        ("nonsense".to_owned(), None),
        (site.server().certificate, None),
        (site.authority.certificate().to_owned(), Some("no key".to_owned())),
    ] {
        fs::write(site.file("server.pem"), certificate).unwrap();
        if let Some(key) = key {
            fs::write(site.file("server.key"), key).unwrap();
        }
        tokio::time::sleep(LOOK_EVERY * 6).await;
        assert_eq!(site.server_seen_by(&site.line(Some(&own))).await, before);
    }
    let good = site.server();
    site.put_server(&good);
    until(|| async { site.server_seen_by(&site.line(Some(&own))).await == thumbprint(&good) }).await;
}

#[tokio::test]
async fn another_client_authority_is_taken_up_for_new_connections() {
    let site = Site::open().await;
    let next = Authority::new("Next", always()).unwrap();
    let both = format!("{}{}", site.authority.certificate(), next.certificate());
    let line = site.line(Some(&next.client("ven-1", always()).unwrap()));
    assert!(site.programs(&line, "any").await.is_err());
    fs::write(site.file("ca.pem"), both).unwrap();
    until(|| async { site.programs(&line, "any").await.is_ok() }).await;
    site.token(&line, "ven-1").await;
}

#[tokio::test]
async fn files_that_are_not_right_are_named_before_anything_is_served() {
    let site = Site::open().await;
    let opened = |files: TlsFiles| Tls::open(files, site.clock.clone()).map(|_| ()).unwrap_err().to_string();
    let path = |name: &str| site.file(name).display().to_string();
    let missing = opened(TlsFiles { certificate: site.file("absent.pem"), ..site.files() });
    assert!(missing.starts_with(&format!("{}: cannot be read", path("absent.pem"))), "{missing}");
    let swapped = opened(TlsFiles { key: site.file("server.pem"), ..site.files() });
    assert!(swapped.contains("server.pem: holds no private key"), "{swapped}");
    fs::write(site.file("other.key"), site.server().key.reveal()).unwrap();
    let unpaired = opened(TlsFiles { key: site.file("other.key"), ..site.files() });
    assert!(unpaired.contains("made together"), "{unpaired}");
    let leaf = opened(TlsFiles { client_ca: Some(site.file("server.pem")), ..site.files() });
    assert!(leaf.contains("is no authority's"), "{leaf}");
}

#[tokio::test]
async fn plain_http_at_the_tls_port_is_closed_and_others_are_served_on() {
    let site = Site::open().await;
    for bytes in [&b"GET / HTTP/1.1\r\nHost: vtn\r\n\r\n"[..], &[0; 4096], b"\x16\x03\x01\xff\xff"] {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(AT_MOST / 2, stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "the server closes the connection");
        assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    }
    let line = site.line(Some(&site.issued("ven-1")));
    site.token(&line, "ven-1").await;
}

#[tokio::test]
async fn https_at_a_plain_port_says_that_it_is_one() {
    let site = Site::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = VtnConfig {
        store: StorePlace::Memory,
        clients: clients(),
        clock: site.clock.clone(),
        entropy: Entropy::seeded(1),
    };
    tokio::spawn(Vtn::open(config).unwrap().serve(listener, std::future::pending()));
    let request = Request::get(format!("https://{address}/")).body(Bytes::new()).unwrap();
    let error = site.line(None).send(request).await.unwrap_err();
    assert!(error.to_string().contains("does not speak TLS on this port"), "{error}");
}

#[tokio::test]
async fn whoever_does_not_finish_the_handshake_is_closed() {
    let site = Site::with(Limits { handshake: Duration::from_millis(200), ..Limits::default() }).await;
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(AT_MOST / 2, stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "the server closes the connection");
}

/// Waits until something holds.
async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(AT_MOST, wait).await.expect("it comes to hold");
}
