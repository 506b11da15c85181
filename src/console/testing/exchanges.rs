//! What desk and FSPs said to the VTN.

use super::{NOW, at};
use crate::openadr::exchange::{Exchange, ExchangeLog};

/// Some exchanges of both sides, one with a masked secret.
pub fn exchanges() -> ExchangeLog {
    let log = ExchangeLog::keeping(1000);
    let exchange = |client: &str,
                    method: &str,
                    target: &str,
                    status: Option<u16>,
                    bodies: (&str, &str),
                    understood: &str| Exchange {
        number: 0,
        at: at(NOW) - 30,
        client: client.to_owned(),
        method: method.to_owned(),
        target: target.to_owned(),
        url: format!("http://127.0.0.1:8080/openadr3/3.1.0{target}"),
        status,
        took_ms: 3.25,
        request_headers: vec![
            ("accept".to_owned(), "application/json".to_owned()),
            ("authorization".to_owned(), "Bearer •••".to_owned()),
        ],
        request_body: bodies.0.into(),
        response_headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        response_body: bodies.1.into(),
        understood: understood.to_owned(),
    };
    log.record(exchange(
        "BRIGHTFLEX",
        "POST",
        "/auth/token",
        Some(200),
        (
            "grant_type=client_credentials&client_id=BRIGHTFLEX&client_secret=•••",
            r#"{"access_token":"•••","token_type":"Bearer","expires_in":3600}"#,
        ),
        "token for 3600 s",
    ));
    log.record(exchange(
        "BRIGHTFLEX",
        "GET",
        "/events?active=true",
        Some(200),
        ("", r#"[{"id":"event-EMID-0417","eventName":"EMID-0417","priority":2}]"#),
        "1 event",
    ));
    log.record(exchange(
        "desk",
        "PUT",
        "/events/event-EMID-0417",
        Some(200),
        (r#"{"eventName":"EMID-0417","intervals":[{"id":0}]}"#, r#"{"id":"event-EMID-0417"}"#),
        "revision 2 of EMID-0417 is at the VTN",
    ));
    log.record(exchange(
        "NORTHGEN",
        "POST",
        "/reports",
        Some(403),
        (r#"{"reportName":"ACK"}"#, r#"{"title":"Forbidden","status":403}"#),
        "refused: not its own event",
    ));
    log.record(exchange(
        "desk",
        "GET",
        "/reports",
        None,
        ("", ""),
        "no answer within 5 s; the VTN may be down",
    ));
    log
}
