//! The VTN as its clients meet it: requests through its transport, answers as they come.

mod access;
mod answers;
mod auth;
mod clients;
mod legacy;
mod lifecycle;
mod lists;
mod operations;
mod privacy;
mod push;
mod refusals;
mod restart;
mod serving;
mod sites;
mod subscriptions;
mod tls;
mod webhooks;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request};
use serde_json::{Value, json};

use super::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::openadr::transport::Transport;
use crate::time::{Clock, Rate};

/// A VTN with one business client, `bl`, and two VENs, `ven-1` and `ven-2`; its clock stands still.
struct Bench {
    vtn: Vtn,
    clock: Clock,
    transport: Arc<dyn Transport>,
    tokens: BTreeMap<&'static str, String>,
}

/// An answer.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// For the rest of the test run, so that tables can hold it.
    fn id(&self) -> &'static str {
        let id = self.json()["id"].as_str().unwrap_or_else(|| panic!("no id: {}", self.text)).to_owned();
        id.leak()
    }

    fn detail(&self) -> String {
        self.json()["detail"].as_str().unwrap_or_else(|| panic!("no detail: {}", self.text)).to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The ids of a list.
    fn ids(&self) -> Vec<String> {
        let list = self.json();
        let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
        list.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
    }

    #[track_caller]
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

fn clients() -> Vec<ClientSeed> {
    [("bl", Role::Business), ("ven-1", Role::Ven), ("ven-2", Role::Ven)]
        .map(|(id, role)| ClientSeed { id: id.to_owned(), secret: Secret::new(format!("{id}-secret")), role })
        .into()
}

fn standing_clock() -> Clock {
    Clock::training("2026-11-26T17:00:00Z".parse().unwrap(), Rate::PAUSED)
}

fn open(store: StorePlace, clock: &Clock) -> Vtn {
    Vtn::open(config(store, clock)).unwrap()
}

fn config(store: StorePlace, clock: &Clock) -> VtnConfig {
    VtnConfig { store, clients: clients(), clock: clock.clone(), entropy: Entropy::seeded(1) }
}

impl Bench {
    async fn new() -> Self {
        Self::at(StorePlace::Memory).await
    }

    async fn at(store: StorePlace) -> Self {
        let clock = standing_clock();
        let vtn = open(store, &clock);
        Self::of(vtn, clock).await
    }

    async fn of(vtn: Vtn, clock: Clock) -> Self {
        let mut bench = Self { transport: vtn.transport(), vtn, clock, tokens: BTreeMap::new() };
        for id in ["bl", "ven-1", "ven-2"] {
            let token = bench.token(id).await;
            bench.tokens.insert(id, token);
        }
        bench
    }

    async fn token(&self, id: &str) -> String {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={id}-secret");
        let request = self
            .request("", "POST", "/auth/token")
            .header("content-type", "application/x-www-form-urlencoded");
        let reply = self.send(request, form).await.expect(200);
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A request with the token of `who`, none when it is empty.
    fn request(&self, who: &str, method: &str, path: &str) -> http::request::Builder {
        let request = Request::builder().method(method).uri(format!("http://vtn.test:8080{BASE_PATH}{path}"));
        match self.tokens.get(who) {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    async fn send(&self, request: http::request::Builder, body: impl Into<Bytes>) -> Reply {
        let reply = self.transport.send(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = reply.into_parts();
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn get(&self, who: &str, path: &str) -> Reply {
        self.send(self.request(who, "GET", path), "").await
    }

    async fn delete(&self, who: &str, path: &str) -> Reply {
        self.send(self.request(who, "DELETE", path), "").await
    }

    async fn post(&self, who: &str, path: &str, body: Value) -> Reply {
        let request = self.request(who, "POST", path).header("content-type", "application/json");
        self.send(request, body.to_string()).await
    }

    async fn put(&self, who: &str, path: &str, body: Value) -> Reply {
        let request = self.request(who, "PUT", path).header("content-type", "application/json");
        self.send(request, body.to_string()).await
    }

    async fn program(&self, name: &str) -> &'static str {
        self.post("bl", "/programs", json!({ "programName": name })).await.expect(201).id()
    }

    async fn event(&self, program: &str, targets: &[&str]) -> &'static str {
        let body = json!({"programID": program, "targets": targets});
        self.post("bl", "/events", body).await.expect(201).id()
    }

    async fn ven(&self, client: &str, targets: &[&str]) -> &'static str {
        let body = json!({"objectType": "BL_VEN_REQUEST", "clientID": client, "venName": format!("{client} name"),
            "targets": targets});
        self.post("bl", "/vens", body).await.expect(201).id()
    }

    async fn resource(&self, ven: &str, name: &str, targets: &[&str]) -> &'static str {
        let body = json!({"objectType": "BL_RESOURCE_REQUEST", "resourceName": name, "venID": ven,
            "targets": targets});
        self.post("bl", "/resources", body).await.expect(201).id()
    }

    async fn report(&self, who: &str, event: &str) -> &'static str {
        self.post(who, "/reports", report_on(event)).await.expect(201).id()
    }
}

fn report_on(event: &str) -> Value {
    json!({"eventID": event, "clientName": "FSP", "resources": [{"resourceName": "UNIT", "intervals":
        [{"id": 0, "payloads": [{"type": "READING", "values": [1.0]}]}]}]})
}

fn subscription_to(objects: &[&str]) -> Value {
    json!({"clientName": "FSP", "objectOperations": [{"objects": objects, "operations": ["CREATE", "UPDATE", "DELETE"],
        "callbackUrl": "https://fsp.example.org/callback", "bearerToken": "the-fsp-token"}]})
}
