//! What a VTN answers this program's client: lists and objects of either version, tokens and where to ask for them,
//! problems, what it offers for push, and what it publishes. The first byte says what is asked, the second the status and
//! the version; the first line after them is a header, the rest the body. `$SECRET` and `$TOKEN` in them stand for the
//! client's secret and its token.
//!
//! The call ends, well or with a sentence; whatever was echoed, neither the sentence nor the record of the exchange holds
//! the secret or the token.

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue, Request, Response};
use rampdesk::entropy::Entropy;
use rampdesk::openadr::client::{Client, ClientError, ClientParts, Credentials};
use rampdesk::openadr::exchange::{Exchange, ExchangeLog};
use rampdesk::openadr::push::{self, Interest};
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::transport::{Transport, TransportError};
use rampdesk::openadr::version::Version;
use rampdesk::openadr::wire::{self, Event, Program, Report, Ven};
use rampdesk::time::{Clock, Rate};

use super::assert_brief;
use super::desk::now;

const SECRET: &str = "hush-Zq7-8fJ2vK-hush";
const TOKEN: &str = "token-Xw4-Lp9sT-token";
/// No call takes longer by its own waiting, in seconds.
const LONGEST_CALL: u64 = 3600;
/// No call asks more often.
const MOST_REQUESTS: u32 = 5000;

const STATUSES: [u16; 16] = [200, 200, 200, 200, 201, 204, 301, 304, 400, 401, 403, 404, 409, 429, 500, 503];

/// A VTN that answers one path as it is told, and every other as it should.
struct Vtn {
    path: &'static str,
    status: u16,
    header: Option<(HeaderName, HeaderValue)>,
    body: Bytes,
    extensions: &'static str,
    asked: AtomicU32,
}

#[async_trait::async_trait]
impl Transport for Vtn {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        assert!(asked < MOST_REQUESTS, "{} is asked again and again", self.path);
        let path = request.uri().path().strip_prefix("/base").unwrap_or_default();
        let mut response = Response::builder();
        if path.starts_with(self.path) {
            response = response.status(self.status);
            if let Some((name, value)) = &self.header {
                response = response.header(name, value);
            }
            return Ok(response.body(self.body.clone()).expect("a response"));
        }
        let body = match path {
            "/auth/server" => {
                response = response.header("x-rampdesk-extensions", self.extensions);
                r#"{"tokenURL":"https://vtn.example/base/auth/token"}"#.to_owned()
            }
            "/auth/token" => {
                format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":60}}"#)
            }
            _ => "[]".to_owned(),
        };
        Ok(response.body(body.into()).expect("a response"))
    }
}

thread_local! {
    /// In it, waiting takes no time.
    static RUNTIME: OnceCell<tokio::runtime::Runtime> = const { OnceCell::new() };
}

pub fn exercise(data: &[u8]) {
    let [asked, answered, rest @ ..] = data else { return };
    if asked % 20 >= 17 {
        return published(asked % 20, rest);
    }
    let (path, call) = CALLS[usize::from(asked % 20)];
    let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (header, body) = (&rest[..line], rest.get(line + 1..).unwrap_or_default());
    let extensions = match answered >> 5 & 1 {
        0 => "",
        _ => "modified-since, long-pages, client-activity, client-registration",
    };
    // Before it was given a token, the client cannot tell that one is echoed.
    let is_known = !path.starts_with("/auth");
    let vtn = Arc::new(Vtn {
        path,
        status: STATUSES[usize::from(answered & 15)],
        header: header_of(&filled(header, is_known)),
        body: filled(body, is_known).into(),
        extensions,
        asked: AtomicU32::new(0),
    });
    let exchanges = ExchangeLog::keeping(20);
    let client = Client::new(ClientParts {
        base_url: "https://vtn.example/base".to_owned(),
        credentials: Credentials { client_id: "desk".to_owned(), secret: Secret::new(SECRET) },
        transport: vtn,
        clock: Clock::training(now(), Rate::REAL),
        entropy: Entropy::seeded(1),
        exchanges: exchanges.clone(),
        label: "desk".to_owned(),
    })
    .expect("a base URL")
    .speaking([Some(Version::V3_1), Some(Version::V3_0), None, None][usize::from(answered >> 6)]);
    let outcome = RUNTIME.with(|runtime| {
        let runtime = runtime.get_or_init(|| {
            let builder = &mut tokio::runtime::Builder::new_current_thread();
            builder.enable_time().start_paused(true).build().expect("a runtime")
        });
        let limited = async { tokio::time::timeout(Duration::from_secs(LONGEST_CALL), call(&client)).await };
        runtime.block_on(limited).expect("every call ends")
    });
    if let Err(error) = outcome {
        assert_brief(&error.to_string());
        assert_secret("the error", &error.to_string());
    }
    for exchange in exchanges.since(0) {
        assert_recorded(&exchange);
    }
}

fn filled(bytes: &[u8], token_is_known: bool) -> Vec<u8> {
    let token = if token_is_known { TOKEN } else { "not-given-yet" };
    let filled = replaced(&replaced(bytes, "$SECRET", SECRET), "$TOKEN", TOKEN);
    replaced(&filled, TOKEN, token)
}

fn replaced(bytes: &[u8], what: &str, by: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        match rest.strip_prefix(what.as_bytes()) {
            Some(after) => {
                out.extend_from_slice(by.as_bytes());
                rest = after;
            }
            None => {
                out.push(*first);
                rest = &rest[1..];
            }
        }
    }
    out
}

fn header_of(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    Some((name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?))
}

type Outcome = Result<(), ClientError>;
type Call = for<'c> fn(&'c Client) -> BoxFuture<'c, Outcome>;

/// The path that is answered, and the call that asks for it.
const CALLS: [(&str, Call); 17] = [
    ("/auth/server", |client| Box::pin(async { client.token_url().await.map(drop) })),
    ("/auth/token", |client| Box::pin(async { client.programs().await.map(drop) })),
    ("/programs", |client| Box::pin(async { client.programs().await.map(drop) })),
    ("/events", |client| Box::pin(async { client.events(None).await.map(drop) })),
    ("/reports", |client| Box::pin(async { client.reports(Some("e"), None).await.map(drop) })),
    ("/vens", |client| Box::pin(async { client.resources().await.map(drop) })),
    ("/resources", |client| Box::pin(async { client.resources().await.map(drop) })),
    ("/events", |client| Box::pin(async { client.event("e").await.map(drop) })),
    ("/reports", |client| Box::pin(async { client.reports_since(None).await.map(drop) })),
    ("/rampdesk", |client| Box::pin(async { client.client_activity(None).await.map(drop) })),
    ("/rampdesk", |client| {
        Box::pin(async {
            client.has_client("FSP").await?;
            client.register_client("FSP").await?;
            client.replace_secret("FSP").await?;
            client.remove_client("FSP").await
        })
    }),
    ("/notifiers", |client| Box::pin(async { client.notifiers().await.map(drop) })),
    ("/events", |client| {
        let event = || wire::read::<Event>(br#"{"programID":"p","eventName":"E"}"#).expect("an event");
        Box::pin(async move {
            client.put_event("e", &event()).await?;
            client.delete_event("e").await?;
            client.post_event(&event(), |other| other.event_name == event().event_name).await.map(drop)
        })
    }),
    ("/programs", |client| {
        let program = wire::read::<Program>(br#"{"programName":"P","targets":["T"]}"#).expect("a program");
        Box::pin(async move { client.ensure_program(&program).await.map(drop) })
    }),
    ("/vens", |client| {
        let ven = wire::read::<Ven>(br#"{"objectType":"BL_VEN_REQUEST","clientID":"F","venName":"F"}"#);
        let ven = ven.expect("a ven");
        Box::pin(async move { client.ensure_ven(&ven).await.map(drop) })
    }),
    ("/reports", |client| {
        let report =
            wire::read::<Report>(br#"{"eventID":"e","clientName":"FSP","reportName":"R","resources":[]}"#);
        let report = report.expect("a report");
        Box::pin(async move {
            client.put_report("r", &report).await?;
            client.post_report(&report, |other| other.report_name == report.report_name).await.map(drop)
        })
    }),
    ("/events", |client| {
        Box::pin(async {
            let targets = ["BRIGHTFLEX_BESS-07".to_owned()];
            client.events_granted(None, &targets).await?;
            client.events_granted(None, &targets).await.map(drop)
        })
    }),
];

fn assert_secret(what: &str, text: &str) {
    for secret in [SECRET, TOKEN] {
        assert!(!text.contains(secret), "{what} holds a secret: {text}");
    }
}

fn assert_recorded(exchange: &Exchange) {
    let Exchange { target, url, request_body, response_body, understood, .. } = exchange;
    for (what, text) in [
        ("the path", target.as_str()),
        ("the URL", url),
        ("the request's body", request_body),
        ("the answer's body", response_body),
        ("what was understood", understood),
    ] {
        assert_secret(what, text);
    }
    for (name, value) in exchange.request_headers.iter().chain(&exchange.response_headers) {
        assert_secret(name, value);
    }
}

/// What a broker sends, and what the VTN says of it: a few words, whatever it is.
fn published(choice: u8, bytes: &[u8]) {
    if choice == 17 {
        for interest in [Interest::OwnVen, Interest::Acknowledgements] {
            let (notice, is_a_hint) = push::notified(now(), interest, bytes);
            for word in [&notice.object_type, &notice.operation, &notice.id] {
                assert!(word.chars().count() <= 128, "{notice:?}");
                assert!(!word.contains(char::is_control), "{notice:?}");
            }
            assert!(is_a_hint || interest == Interest::Acknowledgements, "{notice:?}");
        }
        return;
    }
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    if choice == 18 {
        let topics = push::filters(&body);
        assert!(topics.len() <= 3 && topics.iter().all(|topic| !topic.is_empty()), "{topics:?}");
        return;
    }
    match push::offered(&body) {
        Ok(Some((addresses, authentication))) => {
            assert!(!addresses.is_empty());
            for address in addresses {
                assert_eq!(address.to_string().parse(), Ok(address));
            }
            // Nothing else that is handed out holds the key, so that it is shown only where the key itself is.
            let handed_out = |name: &str| body.pointer(&format!("/MQTT/authentication/{name}"))?.as_str();
            let key = handed_out("clientKey").filter(|key| key.len() >= 12);
            let is_elsewhere = |key: &str| {
                let others = ["clientCert", "caCert", "username"];
                others.into_iter().filter_map(handed_out).any(|other| other.contains(key))
            };
            let shown = format!("{authentication:?}");
            let is_shown = key.is_some_and(|key| !is_elsewhere(key) && shown.contains(&format!("{key:?}")));
            assert!(!is_shown, "{shown}");
        }
        Ok(None) => {}
        Err(fault) => assert_brief(&fault),
    }
}
