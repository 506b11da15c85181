//! The client against a VTN in memory that does what each test tells it to.

mod ensure;
mod kept;
mod legacy;
mod listing;
mod peers;
mod record;
mod retrying;
mod tokens;
mod versions;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::openadr::transport::TransportError;
use crate::time::Rate;

pub type Answered = Result<http::Response<Bytes>, TransportError>;

/// What the VTN was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub authorization: Option<String>,
    pub if_none_match: Option<String>,
    pub body: String,
}

impl Asked {
    /// `GET /events`.
    pub fn what(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn form(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.into_owned())
    }
}

/// Answers by a rule and remembers what it was asked. The paths begin below the base.
pub struct Fake {
    rule: Rule,
    asked: Mutex<Vec<Asked>>,
}

type Rule = Box<dyn Fn(&Asked) -> Answered + Send + Sync>;

impl Fake {
    pub fn new(rule: impl Fn(&Asked) -> Answered + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { rule: Box::new(rule), asked: Mutex::default() })
    }

    /// A VTN whose doors are open: the rule is asked of everything but the token.
    pub fn open(rule: impl Fn(&Asked) -> Answered + Send + Sync + 'static) -> Arc<Self> {
        Self::new(move |asked| door(asked).unwrap_or_else(|| rule(asked)))
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// What was asked apart from the doors, and of lists only the first page.
    pub fn calls(&self) -> Vec<String> {
        let first = |a: &&Asked| a.parameter("skip").is_none_or(|skip| skip == "0");
        self.asked().iter().filter(first).map(Asked::what).filter(|w| !w.contains("/auth/")).collect()
    }

    /// How many pages of lists were asked for.
    pub fn pages(&self) -> usize {
        self.asked().iter().filter(|a| a.parameter("skip").is_some()).count()
    }

    pub fn count(&self, what: &str) -> usize {
        self.asked().iter().filter(|a| a.what() == what).count()
    }
}

#[async_trait]
impl Transport for Fake {
    async fn send(&self, request: http::Request<Bytes>) -> Answered {
        let uri = request.uri();
        let query = uri.query().unwrap_or_default();
        let header = |name: &str| request.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let asked = Asked {
            method: request.method().to_string(),
            path: uri.path().strip_prefix("/base").unwrap_or(uri.path()).to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            authorization: header("authorization"),
            if_none_match: header("if-none-match"),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
        };
        self.asked.lock().unwrap().push(asked.clone());
        (self.rule)(&asked)
    }
}

/// A VTN of 3.0.1, which has no `/auth/server`.
pub fn of_3_0(rule: impl Fn(&Asked) -> Answered + Send + Sync + 'static) -> Arc<Fake> {
    Fake::new(move |asked| match asked.path.as_str() {
        "/auth/server" => answer(404, json!({"title": "Not Found"})),
        _ => door(asked).unwrap_or_else(|| rule(asked)),
    })
}

/// `/auth/server` and `/auth/token` as a friendly VTN answers them.
pub fn door(asked: &Asked) -> Option<Answered> {
    match asked.path.as_str() {
        "/auth/server" => Some(answer(200, json!({"tokenURL": "http://vtn.example.org/base/auth/token"}))),
        "/auth/token" => Some(answer(
            200,
            json!({"access_token": "token-0001", "token_type": "Bearer", "expires_in": 3600}),
        )),
        _ => None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "so that a test can write its JSON in place")]
pub fn answer(status: u16, body: Value) -> Answered {
    Ok(http::Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap())
}

#[expect(clippy::needless_pass_by_value, reason = "so that a test can write its JSON in place")]
pub fn answer_with(status: u16, header: (&str, &str), body: Value) -> Answered {
    let response = http::Response::builder().status(status).header(header.0, header.1);
    Ok(response.body(Bytes::from(body.to_string())).unwrap())
}

pub fn timed_out() -> Answered {
    Err(TransportError::TimedOut { after: std::time::Duration::from_secs(20) })
}

pub fn unreachable() -> Answered {
    Err(TransportError::Unreachable { address: "vtn.example.org:80".into(), reason: "refused".into() })
}

pub const SECRET: &str = "s3cret value&1";

pub struct Bench {
    pub client: Client,
    pub clock: Clock,
    pub exchanges: ExchangeLog,
}

pub fn bench(vtn: &Arc<Fake>) -> Bench {
    bench_at(vtn, "http://vtn.example.org/base/")
}

pub fn bench_at(vtn: &Arc<Fake>, base_url: &str) -> Bench {
    let clock = Clock::training("2026-11-26T17:00:00Z".parse().unwrap(), Rate::REAL);
    let exchanges = ExchangeLog::keeping(1000);
    let client = Client::new(ClientParts {
        base_url: base_url.into(),
        credentials: Credentials { client_id: "desk".into(), secret: Secret::new(SECRET) },
        transport: Arc::clone(vtn) as Arc<dyn Transport>,
        clock: clock.clone(),
        entropy: Entropy::seeded(1),
        exchanges: exchanges.clone(),
        label: "desk".into(),
    });
    Bench { client: client.unwrap(), clock, exchanges }
}

pub fn event(id: &str) -> Value {
    json!({"id": id, "objectType": "EVENT", "programID": "p-1", "eventName": id})
}

/// A call made from a task: every future of the client can be sent between threads.
#[tokio::test(start_paused = true)]
async fn a_client_can_be_used_from_any_task() {
    let vtn = Fake::open(|asked| match asked.method.as_str() {
        "GET" => answer(200, json!([])),
        _ => answer(201, event("e-1")),
    });
    let client = bench(&vtn).client;
    assert_eq!(client.base_url(), "http://vtn.example.org/base");
    tokio::spawn(async move {
        client.events(None).await.unwrap();
        client.post_event(&Event::default(), |_| false).await.unwrap();
        client.ensure_ven(&Ven::default()).await.unwrap_err();
    })
    .await
    .unwrap();
}
