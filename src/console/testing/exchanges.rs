//! What desk and FSPs said to the VTN.

use super::{NOW, at, dispatches, key, signing_key};
use crate::dispatch::{Acknowledgement, Readback, Stage};
use crate::openadr::exchange::{Exchange, ExchangeLog};
use crate::openadr::mapping::{event_from, report_from_acknowledgement};
use crate::units::Watts;

/// One exchange, thirty seconds ago. The bodies are the request's and the answer's.
pub fn exchange(
    client: &str,
    method: &str,
    target: &str,
    status: Option<u16>,
    bodies: (&str, &str),
    understood: &str,
) -> Exchange {
    Exchange {
        number: 0,
        at: at(NOW) - 30,
        client: client.to_owned(),
        method: method.to_owned(),
        target: format!("/openadr3/3.1.0{target}"),
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
    }
}

/// Revision 2 of EMID-0417 as the desk puts it to the VTN.
pub fn event_body() -> String {
    let dispatches = dispatches();
    let signed = &dispatches.iter().find(|d| d.key == key("EMID-0417")).unwrap().current().unwrap().signed;
    serde_json::to_string(&event_from(signed, "program-1")).unwrap()
}

/// GREENLEAF's acceptance of EMID-0419, which it reads back with a tenth of what was asked; signed by `key_id`.
pub fn acceptance_body(key_id: &str) -> String {
    let dispatches = dispatches();
    let asked = dispatches.iter().find(|d| d.key == key("EMID-0419")).unwrap().dispatch().unwrap().clone();
    let mut readback = Readback::of(&asked);
    if let Some(level) = readback.setpoints.as_mut().and_then(|s| s[0].real.as_mut()) {
        level.watts = Watts(40_000);
    }
    let said = Acknowledgement {
        key: asked.key(),
        unit: asked.unit.clone(),
        revision: asked.revision,
        status: Some(asked.status),
        stage: Stage::Accepted,
        at: at("2026-11-26T16:00:14Z"),
        readback: Some(readback),
        reason: None,
        detail: None,
        reached_at: None,
    };
    let report = report_from_acknowledgement(&said.sign(&signing_key(key_id)).unwrap(), "event-EMID-0419");
    serde_json::to_string(&report).unwrap()
}

/// Some exchanges of both sides: a token, a poll, a revision sent, an acceptance, a refusal, a silence.
pub fn exchanges() -> ExchangeLog {
    let log = ExchangeLog::keeping(1000);
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
        (&event_body(), &event_body()),
        "revision 2 of EMID-0417 is at the VTN",
    ));
    log.record(exchange(
        "GREENLEAF",
        "POST",
        "/reports",
        Some(201),
        (&acceptance_body("greenleaf-2026"), r#"{"id":"report-1"}"#),
        "created report report-1",
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
