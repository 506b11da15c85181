//! A VTN with two clients and one object of each kind, and its router in process.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use rampdesk::entropy::Entropy;
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::transport::Transport;
use rampdesk::time::Clock;
use rampdesk::vtn::{ClientSeed, Role, StorePlace, Vtn, VtnConfig};

/// The operator's client.
pub const BUSINESS: &str = "desk";
/// The FSP's client.
pub const VEN: &str = "BRIGHTFLEX";
/// The secret of both.
pub const SECRET: &str = "open sesame & more";

pub struct Embedded {
    runtime: tokio::runtime::Runtime,
    transport: Arc<dyn Transport>,
}

impl Embedded {
    pub fn new() -> Self {
        let client = |id: &str, role| ClientSeed { id: id.to_owned(), secret: Secret::new(SECRET), role };
        let config = VtnConfig {
            store: StorePlace::Memory,
            clients: vec![client(BUSINESS, Role::Business), client(VEN, Role::Ven)],
            clock: Clock::real(),
            entropy: Entropy::seeded(1),
        };
        let vtn = Vtn::open(config).expect("a VTN in memory");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        Self { runtime, transport: vtn.transport() }
    }

    pub fn ask(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.runtime.block_on(self.transport.send(request)).expect("an answer")
    }

    /// A token for a client, by HTTP Basic.
    pub fn token(&self, client_id: &str) -> String {
        let form = format!(
            "grant_type=client_credentials&client_id={client_id}&client_secret={}",
            SECRET.replace('&', "%26").replace(' ', "+")
        );
        let request = Request::post("/openadr3/3.1.0/auth/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into())
            .expect("a request");
        let answer = self.ask(request);
        assert_eq!(answer.status(), 200, "{answer:?}");
        member(answer.body(), "access_token").expect("a token")
    }

    /// A good request with a token.
    pub fn send(&self, token: &str, method: &str, path: &str, body: Bytes) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/openadr3/3.1.0{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body)
            .expect("a request");
        self.ask(request)
    }
}

/// A text among the members of a JSON object.
pub fn member(body: &[u8], name: &str) -> Option<String> {
    let object: serde_json::Value = serde_json::from_slice(body).ok()?;
    object.get(name)?.as_str().map(str::to_owned)
}
