use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

use super::offer::{Authentication, addresses, filters, method};
use super::session::{concerns, notice};
use super::{Interest, Listening, PushSettings, PushState, listen};
use crate::entropy::Entropy;
use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::secret::Secret;
use crate::openadr::transport::{Transport, TransportError};
use crate::time::{Clock, UtcTime};

#[test]
fn the_address_and_the_login_are_taken_as_the_vtn_tells_them_or_refused_in_words() {
    let uris = |uris: Value| addresses(&json!({ "URIS": uris })).map(|a| a[0].to_string());
    assert_eq!(uris(json!(["mqtts://b.example"])), Ok("mqtts://b.example:8883".to_owned()));
    assert_eq!(uris(json!(["wss://b.example", "mqtt://h:7"])), Ok("mqtt://h:7".to_owned()));
    assert!(uris(json!(["wss://b.example"])).unwrap_err().contains("`wss://b.example` is not a broker's"));
    assert!(uris(json!([])).unwrap_err().contains("without an address"));
    assert!(uris(json!("x")).unwrap_err().contains("without an address"));
    let method = |authentication: Value| method(&json!({ "authentication": authentication }));
    assert!(matches!(method(json!({"method": "ANONYMOUS"})), Ok(Authentication::Anonymous)));
    let token = method(json!({"method": "OAUTH2_BEARER_TOKEN", "username": "{clientID}"}));
    assert!(matches!(token, Ok(Authentication::BearerToken { username }) if username == "{clientID}"));
    let certificate =
        json!({"method": "CERTIFICATE", "caCert": "CA", "clientCert": "C", "clientKey": "hunter2"});
    let certificate = method(certificate).unwrap();
    assert!(!format!("{certificate:?}").contains("hunter2"), "a key never stands in a log");
    let Authentication::Certificate { ca, handed_out: Some(_) } = certificate else {
        panic!("{certificate:?}")
    };
    assert_eq!(ca, "CA");
    let own = json!({"method": "CERTIFICATE", "caCert": "CA", "clientCert": "", "clientKey": ""});
    assert!(
        matches!(method(own), Ok(Authentication::Certificate { handed_out: None, .. })),
        "it has its own"
    );
    assert!(method(json!({"method": "KERBEROS"})).unwrap_err().contains("`KERBEROS`"));
    assert!(method(json!(null)).unwrap_err().contains("does not say"));
}

#[test]
fn every_operation_is_listened_to_whatever_topics_a_vtn_has() {
    let all =
        json!({"topics": {"CREATE": "a/create", "UPDATE": "a/update", "DELETE": "a/delete", "ALL": "a/+"}});
    assert_eq!(filters(&all), ["a/+"]);
    let each = json!({"topics": {"UPDATE": "a/update", "DELETE": "a/delete"}});
    assert_eq!(filters(&each), ["a/update", "a/delete"]);
    let wrong = json!({"topics": {"UPDATE": "a/#/b", "DELETE": "", "CREATE": 1}});
    assert_eq!(filters(&wrong), [""; 0]);
    assert_eq!(filters(&json!([])), [""; 0]);
}

#[test]
fn whatever_is_published_is_a_hint_and_harms_nobody() {
    let at = UtcTime::from_unix(1_795_712_400);
    let told = notice(
        at,
        &json!({"objectType": "EVENT", "operation": "CREATE", "object": {"id": "e1", "programID": "p"}}),
    );
    assert_eq!((&*told.object_type, &*told.operation, &*told.id), ("EVENT", "CREATE", "e1"));
    let long = json!({"objectType": "\u{7}A".repeat(100_000)});
    for body in [Value::Null, json!([1]), json!({"object": 7}), json!({"object": {"id": [1]}}), long] {
        let notice = notice(at, &body);
        assert!(notice.id.is_empty() && notice.object_type.chars().count() <= 128, "{notice:?}");
        assert!(!notice.object_type.contains('\u{7}'));
        assert!(concerns(Interest::OwnVen, body.clone()) && concerns(Interest::Acknowledgements, body));
    }
}

#[test]
fn a_desk_is_woken_by_an_acknowledgement_and_not_by_every_heartbeat() {
    let payload = |kind: &str| {
        json!({"objectType": "REPORT", "operation": "UPDATE", "object": {"eventID": "e", "clientName": "FSP",
            "resources": [{"resourceName": "FSP_UNIT", "intervals":
                [{"id": 0, "payloads": [{"type": kind, "values": ["ACCEPTED"]}]}]}]}})
    };
    assert!(concerns(Interest::Acknowledgements, payload("GB_ACK_STAGE")));
    assert!(!concerns(Interest::Acknowledgements, payload("USAGE")));
    assert!(concerns(Interest::OwnVen, payload("USAGE")));
}

type Answer = Box<dyn Fn(&str) -> (u16, Value) + Send + Sync>;

/// A VTN that answers by path.
struct Vtn {
    answer: Answer,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Vtn {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path().to_owned();
        let (status, body) = match path.as_str() {
            "/auth/server" => (200, json!({"tokenURL": "/auth/token"})),
            "/auth/token" => (200, json!({"access_token": "t", "token_type": "Bearer", "expires_in": 3600})),
            path => (self.answer)(path),
        };
        self.asked.lock().unwrap().push(path);
        let body = Bytes::from(body.to_string());
        Ok(Response::builder().status(status).body(body).unwrap())
    }
}

async fn listening(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> (Arc<Vtn>, Listening) {
    let vtn = Arc::new(Vtn { answer: Box::new(answer), asked: Mutex::default() });
    let client = Client::new(ClientParts {
        base_url: "http://vtn.test".to_owned(),
        credentials: Credentials { client_id: "FSP".to_owned(), secret: Secret::new("s") },
        transport: vtn.clone(),
        clock: Clock::real(),
        entropy: Entropy::seeded(1),
        exchanges: ExchangeLog::keeping(10),
        label: "FSP".to_owned(),
    })
    .unwrap();
    let listening = listen(client, Interest::OwnVen, PushSettings::default(), Entropy::seeded(2));
    (vtn, listening)
}

#[tokio::test(start_paused = true)]
async fn a_vtn_without_a_broker_is_polled_and_asked_again_now_and_then() {
    for (status, notifiers) in [(200, json!({"WEBHOOK": true})), (404, json!({})), (501, json!({}))] {
        let (vtn, mut listening) = listening(move |_| (status, notifiers.clone())).await;
        assert_eq!(listening.turn().await, super::Turn::Status);
        assert_eq!(listening.status().state, PushState::NotOffered);
        tokio::time::sleep(Duration::from_secs(1000)).await;
        let asked = vtn.asked.lock().unwrap().iter().filter(|path| *path == "/notifiers").count();
        assert!((3..=7).contains(&asked), "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn why_there_is_no_push_is_told_in_words_and_it_is_tried_again() {
    let mqtt = |uri: &str, authentication: Value| json!({"WEBHOOK": true, "MQTT": {"URIS": [uri], "serialization": "JSON", "authentication": authentication}});
    let token = json!({"method": "OAUTH2_BEARER_TOKEN", "username": "{clientID}"});
    let certificate = json!({"method": "CERTIFICATE", "caCert": "x", "clientCert": "", "clientKey": ""});
    for (offered, says) in [
        (mqtt("mqtt://b.example", token), "would be sent the access token without TLS"),
        (mqtt("mqtts://b.example", certificate), "asks for a client certificate, and there is none"),
        (mqtt("mqtts://b.example", json!({"method": "ANONYMOUS"})), "certificate authority"),
        (mqtt("mqtt://127.0.0.1:1", json!({"method": "FAX"})), "`FAX`"),
    ] {
        let (vtn, mut listening) = listening(move |path| match path {
            "/notifiers" => (200, offered.clone()),
            _ => (200, json!([])),
        })
        .await;
        listening.turn().await;
        let PushState::Away { fault } = listening.status().state else { panic!("{:?}", listening.status()) };
        assert!(fault.contains(says), "{fault}");
        tokio::time::sleep(Duration::from_secs(60)).await;
        let asked = vtn.asked.lock().unwrap().iter().filter(|path| *path == "/notifiers").count();
        assert!((4..=12).contains(&asked), "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_does_not_know_the_ven_yet_is_asked_again_soon() {
    let (vtn, listening) = listening(move |path| match path {
        "/notifiers" => {
            let anonymous = json!({"method": "ANONYMOUS"});
            (200, json!({"MQTT": {"URIS": ["mqtt://127.0.0.1:1"], "authentication": anonymous}}))
        }
        _ => (200, json!([])),
    })
    .await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(listening.status().state, PushState::Beginning);
    let asked = vtn.asked.lock().unwrap().iter().filter(|path| *path == "/vens").count();
    assert!((3..=8).contains(&asked), "{asked}");
}
