//! Answers of a VTN to this program's client: what a person at the desk reads when one of them cannot be right.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use rampdesk::entropy::Entropy;
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::transport::{Transport, TransportError};
use rampdesk::openadr::version::Version;
use rampdesk::time::{Clock, Rate};

/// A VTN that answers one path as it is told, and every other as it should.
struct Vtn {
    path: &'static str,
    status: u16,
    header: (&'static str, &'static str),
    body: String,
}

#[async_trait]
impl Transport for Vtn {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let answer = |status: u16, header: (&str, &str), body: &str| {
            let response = Response::builder().status(status).header(header.0, header.1);
            Ok(response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
        };
        let plain = ("x-plain", "yes");
        match request.uri().path().strip_prefix("/base").unwrap_or_default() {
            path if path == self.path && self.status == 0 => Err(match self.body.as_str() {
                "silent" => TransportError::TimedOut { after: std::time::Duration::from_secs(20) },
                "broken" => TransportError::Broken("the peer closed it".to_owned()),
                "large" => TransportError::TooLarge { limit: 16 << 20 },
                _ => TransportError::Unreachable {
                    address: "vtn.example:443".to_owned(),
                    reason: "connection refused".to_owned(),
                },
            }),
            path if path == self.path => answer(self.status, self.header, &self.body),
            "/auth/server" => answer(200, plain, r#"{"tokenURL":"https://vtn.example/base/auth/token"}"#),
            "/auth/token" => {
                answer(200, plain, r#"{"access_token":"t-1","token_type":"Bearer","expires_in":60}"#)
            }
            _ => answer(200, plain, "[]"),
        }
    }
}

/// The path, the status (0 for none), a header, the body; and what a person reads of it: the error, or, when there is
/// none, the exchange's own record of what was understood.
type Answered = (&'static str, u16, (&'static str, &'static str), &'static str, &'static str);

const PLAIN: (&str, &str) = ("content-type", "application/json");

#[rustfmt::skip]
const ANSWERS: &[Answered] = &[
    // No answer
    ("/events", 0, PLAIN, "silent",
     "the VTN did not answer: no answer within 20 s"),
    ("/events", 0, PLAIN, "broken",
     "the VTN did not answer: the connection broke: the peer closed it"),
    ("/events", 0, PLAIN, "large",
     "the VTN did not answer: the answer is larger than 16777216 bytes"),
    ("/events", 0, PLAIN, "nowhere",
     "the VTN did not answer: cannot reach vtn.example:443: connection refused"),
    ("/auth/token", 0, PLAIN, "nowhere",
     "the VTN did not answer: cannot reach vtn.example:443: connection refused"),
    // Answers of success that are none
    ("/events", 200, PLAIN, "",
     "the VTN's answer to GET /base/events is not OpenADR: it is empty, and JSON is expected"),
    ("/events", 200, ("content-type", "text/html"), "<html>Welcome</html>",
     "the VTN's answer to GET /base/events is not OpenADR: it is HTML or XML, and JSON is expected; check \
      the base URL of the connection"),
    ("/events", 200, PLAIN, "{}",
     "the VTN's answer to GET /base/events is not OpenADR: it is not a list of events"),
    ("/events", 200, PLAIN, "null",
     "the VTN's answer to GET /base/events is not OpenADR: it is not a list of events"),
    ("/events", 200, PLAIN, "[{\"programID\":\"p\"",
     "the VTN's answer to GET /base/events is not OpenADR: it is not JSON: EOF while parsing an object at \
      line 1 column 17"),
    ("/events", 200, PLAIN, "[NaN]",
     "the VTN's answer to GET /base/events is not OpenADR: it is not JSON: expected value at line 1 column 2"),
    ("/events", 200, PLAIN, "\u{feff}[]",
     "the VTN's answer to GET /base/events is not OpenADR: it is not JSON: expected value at line 1 column 1"),
    ("/events", 200, PLAIN, "$deep",
     "the VTN's answer to GET /base/events is not OpenADR: it is not JSON: recursion limit exceeded at line \
      1 column 128"),
    ("/events", 200, PLAIN, "[7]",
     "1 event; 1 not readable: event without an id: invalid type: number, expected struct Event"),
    ("/events", 200, PLAIN, "[{\"id\":\"e-1\"}]",
     "1 event; 1 not readable: event e-1: missing field `programID`"),
    ("/events", 200, PLAIN, "[{\"id\":\"e-1\",\"programID\":\"p\"},{\"id\":\"e-2\"}]",
     "2 events; 1 not readable: event e-2: missing field `programID`"),
    ("/events", 204, PLAIN, "",
     "the VTN's answer to GET /base/events is not OpenADR: it is empty, and JSON is expected"),
    // Refusals
    ("/events", 301, ("location", "https://other.example/"), "",
     "the VTN answered 301: it redirects to `https://other.example/`; redirects are not followed, so write \
      that address in the connection"),
    ("/events", 400, PLAIN, "{\"title\":\"Bad Request\",\"detail\":\"no such filter\"}",
     "the VTN answered 400: no such filter"),
    ("/events", 400, PLAIN, "{\"detail\":7}",
     "the VTN answered 400: Bad Request"),
    ("/events", 404, ("content-type", "text/html"), "<h1>Not here</h1>",
     "the VTN answered 404: Not Found"),
    ("/events", 418, ("content-type", "text/plain"), "short\nand\tstout",
     "the VTN answered 418: short and stout"),
    ("/events", 500, PLAIN, "",
     "the VTN answered 500: Internal Server Error"),
    ("/events", 503, ("retry-after", "soon"), "down for the night",
     "the VTN answered 503: down for the night"),
    // The doors
    ("/auth/server", 200, PLAIN, "{}",
     "the VTN's answer to GET /base/auth/server is not OpenADR: it names no tokenURL"),
    ("/auth/server", 200, PLAIN, "{\"tokenURL\":7}",
     "the VTN's answer to GET /base/auth/server is not OpenADR: it names no tokenURL"),
    ("/auth/server", 200, PLAIN, "{\"tokenURL\":\"http://vtn.example/token\"}",
     "the VTN's answer to GET /base/auth/server is not OpenADR: its token URL `http://vtn.example/token` \
      would send the client's secret without TLS"),
    ("/auth/server", 200, PLAIN, "{\"tokenURL\":\"mailto:desk\"}",
     "the VTN's answer to GET /base/auth/server is not OpenADR: its token URL `mailto:desk` is not an http \
      or https URL"),
    ("/auth/server", 200, PLAIN, "welcome",
     "the VTN's answer to GET /base/auth/server is not OpenADR: it is not JSON: expected value at line 1 \
      column 1"),
    ("/auth/token", 200, PLAIN, "{}",
     "the VTN's answer to POST /base/auth/token is not OpenADR: it holds no access_token"),
    ("/auth/token", 200, PLAIN, "{\"access_token\":\"\"}",
     "the VTN's answer to POST /base/auth/token is not OpenADR: it holds no access_token"),
    ("/auth/token", 200, PLAIN, "{\"access_token\":\"a\\nb\"}",
     "the VTN's answer to POST /base/auth/token is not OpenADR: its access_token cannot stand in a header"),
    ("/auth/token", 401, PLAIN, "{\"error\":\"invalid_client\"}",
     "the VTN refused client `desk`: invalid_client; check the client id and secret of the connection"),
    ("/auth/token", 400, PLAIN, "{\"error\":\"invalid_request\",\"error_description\":\"secret s3cret is old\"}",
     "the VTN refused client `desk`: secret ••• is old; check the client id and secret of the connection"),
    ("/auth/token", 500, PLAIN, "",
     "the VTN answered 500: Internal Server Error"),
];

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_right_is_told_in_words_and_taken_for_nothing() {
    let mut unlike = Vec::new();
    for (index, (path, status, header, body, says)) in ANSWERS.iter().enumerate() {
        let deep = "[".repeat(100_000);
        let body = body.replace("$deep", &deep);
        let exchanges = ExchangeLog::keeping(100);
        let client = Client::new(ClientParts {
            base_url: "https://vtn.example/base".to_owned(),
            credentials: Credentials { client_id: "desk".to_owned(), secret: Secret::new("s3cret") },
            transport: Arc::new(Vtn { path, status: *status, header: *header, body }),
            clock: Clock::training("2026-11-26T17:00:00Z".parse().unwrap(), Rate::REAL),
            entropy: Entropy::seeded(1),
            exchanges: exchanges.clone(),
            label: "desk".to_owned(),
        })
        .unwrap()
        .speaking(Some(Version::V3_1));
        let said = match client.events(None).await {
            Err(error) => error.to_string(),
            Ok(_) => exchanges.since(0).last().map(|e| e.understood.clone()).unwrap_or_default(),
        };
        if said != *says {
            unlike.push(format!("case {index}: {path} {status} says: {said:?}"));
        }
        assert!(!said.contains("s3cret"), "case {index}: a secret in {said}");
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}
