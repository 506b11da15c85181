//! What comes over the wire: OpenADR events as an FSP reads a dispatch from them, and reports as a desk reads an
//! acknowledgement from them.

use rampdesk::openadr::mapping::acknowledgement_from;
use rampdesk::openadr::text::decode_text;
use rampdesk::openadr::wire::{self, Report};

use super::{Case, hold};

pub const EVENT: &str = r#"{ "programID": "p-1", "eventName": "EMID-20261126-0417", "targets": ["BRIGHTFLEX_BESS-07"],
  "payloadDescriptors": [
    { "objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "DISPATCH_SETPOINT_RELATIVE", "units": "KW" },
    { "objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "PRICE", "units": "KWH", "currency": "GBP" }],
  "intervalPeriod": { "start": "2026-11-26T17:00:00Z", "duration": "PT2H" },
  "intervals": [
    { "id": 0, "intervalPeriod": { "start": "2026-11-26T17:00:00Z", "duration": "PT1H" }, "payloads": [
      { "type": "DISPATCH_INSTRUCTION", "values": ["RUN"] },
      { "type": "GB_DISPATCH_REF", "values": ["EMID-20261126-0417"] },
      { "type": "GB_REVISION", "values": [3] },
      { "type": "GB_OPERATOR", "values": ["GB-DNO-11"] },
      { "type": "GB_CONTRACT", "values": ["EMID-C-2026-0193"] },
      { "type": "GB_UNIT", "values": ["BRIGHTFLEX", "BESS-07"] },
      { "type": "GB_INSTRUCTION_TIME", "values": ["2026-11-26T15:45:00Z"] },
      { "type": "GB_SIGNATURE", "values": ["Ed25519", "gb-dno-11-2026",
        "_kC4C-TF3tnpFDJXIDtTqTdJCoXDNBIVm-ZTiN6NHsCSvLbHam6UaKA99wgck3-v9IVSc8ylbQdrkqpWrUJkCQ"] },
      { "type": "DISPATCH_SETPOINT_RELATIVE", "values": [-2000.0] },
      { "type": "PRICE", "values": [0.3] }] },
    { "id": 1, "intervalPeriod": { "start": "2026-11-26T18:00:00Z", "duration": "PT1H" }, "payloads": [
      { "type": "DISPATCH_SETPOINT_RELATIVE", "values": [-1500.0] }] }] }
"#;

pub const REPORT: &str = r#"{ "eventID": "e-1", "clientName": "BRIGHTFLEX", "reportName": "GB_ACKNOWLEDGEMENT", "resources": [
  { "resourceName": "BESS-07", "intervals": [{ "id": 0, "payloads": [
    { "type": "GB_ACK_STAGE", "values": ["REJECTED"] },
    { "type": "GB_DISPATCH_REF", "values": ["EMID-20261126-0417"] },
    { "type": "GB_REVISION", "values": [3] },
    { "type": "GB_OPERATOR", "values": ["GB-DNO-11"] },
    { "type": "GB_STATUS", "values": ["RUN"] },
    { "type": "GB_ACK_TIME", "values": ["2026-11-26T15:45:12Z"] },
    { "type": "GB_READBACK", "values": ["{\"revision\":3}"] },
    { "type": "GB_REASON", "values": ["UNAVAILABLE"] },
    { "type": "GB_REACHED_AT", "values": ["2026-11-26T17:02:00Z"] }] }] }] }
"#;

pub fn event(text: &str) -> Vec<String> {
    decode_text(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

pub fn report(text: &str) -> Vec<String> {
    let report: Report = match wire::read(text.as_bytes()) {
        Ok(report) => report,
        Err(error) => return vec![error.to_string()],
    };
    match acknowledgement_from(&report) {
        None => vec!["is no acknowledgement".to_owned()],
        Some(read) => read.err().unwrap_or_default().iter().map(ToString::to_string).collect(),
    }
}

const EVENTS: &[Case] = &[
    ("\"programID\": \"p-1\", ", "", &["event: this is not an OpenADR event: missing field `programID`"]),
    (
        "\"programID\": \"p-1\"",
        "\"programID\" \"p-1\"",
        &["line 1: event: this is not an OpenADR event: expected `:`"],
    ),
    (
        "[\"RUN\"]",
        "[\"DELETE\"]",
        &["status: `DELETE` is not a status and is never acted on; it is one of PRE_NOTIFY, RUN, \
           RUN_NOW, STOP, EMERGENCY_STOP"],
    ),
    ("[\"RUN\"]", "[]", &["status: DISPATCH_INSTRUCTION carries `[]`; it carries one string"]),
    (
        "[\"RUN\"]",
        "[\"RUN\", \"STOP\"]",
        &["status: DISPATCH_INSTRUCTION carries `[\"RUN\",\"STOP\"]`; it carries one string"],
    ),
    (
        "{ \"type\": \"DISPATCH_INSTRUCTION\", \"values\": [\"RUN\"] },",
        "",
        &["status: the event carries no DISPATCH_INSTRUCTION payload"],
    ),
    (
        "{ \"type\": \"DISPATCH_INSTRUCTION\", \"values\": [\"RUN\"] },",
        "{ \"type\": \"DISPATCH_INSTRUCTION\", \"values\": [\"RUN\"] }, { \"type\": \"DISPATCH_INSTRUCTION\", \"values\": [\"STOP\"] },",
        &["status: DISPATCH_INSTRUCTION is given twice with different values"],
    ),
    (
        "[\"EMID-20261126-0417\"] }",
        "[\"EMID 0417\"] }",
        &["dispatch_ref: ` ` is not allowed in a dispatch ref: `EMID 0417`; use letters, digits, _ and \
           -"],
    ),
    (
        "\"values\": [3]",
        "\"values\": [0]",
        &["revision: GB_REVISION carries `[0]`; it carries one whole number from 1"],
    ),
    (
        "\"values\": [3]",
        "\"values\": [3.5]",
        &["revision: GB_REVISION carries `[3.5]`; it carries one whole number from 1"],
    ),
    (
        "\"values\": [3]",
        "\"values\": [1e400]",
        &["revision: GB_REVISION carries `[1e+400]`; it carries one whole number from 1"],
    ),
    (
        "\"values\": [3]",
        "\"values\": [\"3\"]",
        &["revision: GB_REVISION carries `[\"3\"]`; it carries one whole number from 1"],
    ),
    ("[\"GB-DNO-11\"]", "[null]", &["network_operator: GB_OPERATOR carries `[null]`; it carries one string"]),
    (
        "[\"BRIGHTFLEX\", \"BESS-07\"]",
        "[\"BRIGHTFLEX/BESS-07\"]",
        &["dispatch_unit: GB_UNIT carries `[\"BRIGHTFLEX/BESS-07\"]`; it carries an FSP and a unit"],
    ),
    (
        "[\"BRIGHTFLEX\", \"BESS-07\"]",
        "[\"BRIGHTFLEX\", \"BESS-08\"]",
        &["dispatch_unit: the event is targeted at `BRIGHTFLEX_BESS-07` but names unit \
           BRIGHTFLEX/BESS-08"],
    ),
    (
        "[\"2026-11-26T15:45:00Z\"]",
        "[\"a quarter to four\"]",
        &["instruction_time: `a quarter to four` is not a date and time; write UTC as \
           2026-11-26T17:00:00Z"],
    ),
    (
        "[\"2026-11-26T15:45:00Z\"]",
        "[\"0001-01-01\"]",
        &["instruction_time: `0001-01-01` is not a date and time; write UTC as 2026-11-26T17:00:00Z"],
    ),
    ("\"Ed25519\"", "\"RS256\"", &["signature: `RS256` is not an algorithm of this profile; it is Ed25519"]),
    (
        "_kC4C-",
        "kC4C-",
        &["signature: `kC4C-TF3tnpFDJXIDtTqTdJCoXDNBIVm-ZTiN6NHsCSvLbHam6UaKA99wgck…` (85 characters) \
           is not base64url without padding; an Ed25519 signature is 86 characters"],
    ),
    (
        "_kC4C-",
        "/kC4C-",
        &["signature: `/kC4C-TF3tnpFDJXIDtTqTdJCoXDNBIVm-ZTiN6NHsCSvLbHam6UaKA99wgc…` (86 characters) \
           is not base64url without padding; an Ed25519 signature is 86 characters"],
    ),
    (
        "\"type\": \"GB_SIGNATURE\"",
        "\"type\": \"SIGNATURE\"",
        &["signature: the event carries no GB_SIGNATURE payload; a dispatch without a signature is not \
           acted on"],
    ),
    ("[-2000.0]", "[\"-2000\"]", &["intervals[0].DISPATCH_SETPOINT_RELATIVE: `\"-2000\"` is not a number"]),
    (
        "[-2000.0]",
        "[-2000.0001]",
        &["intervals[0].DISPATCH_SETPOINT_RELATIVE: `-2000.0001` is finer than 1 W; it is refused, not \
           rounded"],
    ),
    (
        "[-2000.0]",
        "[-1e400]",
        &["intervals[0].DISPATCH_SETPOINT_RELATIVE: `-1e+400` is beyond what can be held"],
    ),
    (
        "[-2000.0]",
        "[-2000.0, -2100.0]",
        &["intervals[0].DISPATCH_SETPOINT_RELATIVE: it carries `[-2000.0,-2100.0]`; it carries one \
           number"],
    ),
    (
        "[0.3]",
        "[0.3000001]",
        &["intervals[0].PRICE: `0.3000001` is finer than one penny per MWh; it is refused, not rounded"],
    ),
    (
        "\"units\": \"KW\"",
        "\"units\": \"MW\"",
        &["payloadDescriptors.DISPATCH_SETPOINT_RELATIVE.units: `MW` is not this profile's unit; it is \
           KW"],
    ),
    (
        "\"currency\": \"GBP\"",
        "\"currency\": \"EUR\"",
        &["payloadDescriptors.PRICE.currency: `EUR` is not this profile's currency; it is GBP"],
    ),
    (
        "\"start\": \"2026-11-26T18:00:00Z\"",
        "\"start\": \"soon\"",
        &["intervals[1].intervalPeriod: `soon` is not a date and time; write UTC as \
           2026-11-26T17:00:00Z"],
    ),
    (
        "\"start\": \"2026-11-26T18:00:00Z\"",
        "\"start\": \"2026-11-26T19:00:00Z\"",
        &["setpoints[1].at: `2026-11-26T19:00:00Z` is not before service_end `2026-11-26T19:00:00Z`; \
           setpoints lie within the window"],
    ),
    (
        "\"intervalPeriod\": { \"start\": \"2026-11-26T17:00:00Z\", \"duration\": \"PT2H\" },",
        "\"intervalPeriod\": { \"start\": \"2026-11-26T17:00:00Z\", \"duration\": \"two hours\" },",
        &["service_end: `two hours` is not an ISO 8601 duration; write PT30M"],
    ),
    (
        "\"intervalPeriod\": { \"start\": \"2026-11-26T17:00:00Z\", \"duration\": \"PT2H\" },",
        "\"intervalPeriod\": { \"start\": \"2026-11-26T17:00:00Z\", \"duration\": \"-PT2H\" },",
        &["service_end: `-PT2H` is negative; a duration runs forward"],
    ),
];

const REPORTS: &[Case] = &[
    ("\"eventID\": \"e-1\", ", "", &["missing field `eventID`"]),
    ("GB_ACK_STAGE", "GB_STAGE", &["is no acknowledgement"]),
    (
        "[\"REJECTED\"]",
        "[\"DONE\"]",
        &["GB_ACK_STAGE: `DONE` is not a word of the profile; it is one of RECEIVED, ACCEPTED, \
           REJECTED, UNREACHABLE, STARTED, AT_SETPOINT, ENDED, STOPPED, FAILED"],
    ),
    ("[\"REJECTED\"]", "[4]", &["GB_ACK_STAGE: GB_ACK_STAGE carries `[4]`; it carries one string"]),
    (
        "\"BRIGHTFLEX\"",
        "\"BRIGHT FLEX\"",
        &["clientName: ` ` is not allowed in an FSP id: `BRIGHT FLEX`; use letters, digits and -"],
    ),
    ("\"BESS-07\"", "\"\"", &["resourceName: a unit id is 1 to 64 characters; this one is empty"]),
    (
        "{ \"type\": \"GB_REVISION\", \"values\": [3] },",
        "",
        &["GB_REVISION: the report carries no GB_REVISION payload"],
    ),
    (
        "\"values\": [3]",
        "\"values\": [-3]",
        &["revision: GB_REVISION carries `[-3]`; it carries one whole number from 1"],
    ),
    (
        "[\"RUN\"]",
        "[\"GO\"]",
        &["GB_STATUS: `GO` is not a word of the profile; it is one of PRE_NOTIFY, RUN, RUN_NOW, STOP, \
           EMERGENCY_STOP"],
    ),
    (
        "[\"2026-11-26T15:45:12Z\"]",
        "[\"15:45\"]",
        &["GB_ACK_TIME: `15:45` is not a date and time; write UTC as 2026-11-26T17:00:00Z"],
    ),
    (
        "{\\\"revision\\\":3}",
        "{\\\"revision\\\":0}",
        &["line 1: GB_READBACK.revision: `0` is not a revision; write a whole number from 1 to \
           4294967295, without quotes"],
    ),
    (
        "{\\\"revision\\\":3}",
        "understood",
        &["line 1: GB_READBACK.document: `understood` is no JSON value; write text in double quotes"],
    ),
    (
        "[\"UNAVAILABLE\"]",
        "[\"BUSY\"]",
        &["GB_REASON: `BUSY` is not a word of the profile; it is one of BAD_SIGNATURE, UNKNOWN_UNIT, \
           UNKNOWN_CONTRACT, STALE_REVISION, CONFLICTING_REVISION, BEYOND_CAPABILITY, UNAVAILABLE, \
           MALFORMED, WRONG_STATUS"],
    ),
    (
        "[\"UNAVAILABLE\"]",
        "[\"UNAVAILABLE\"] }, { \"type\": \"GB_REASON\", \"values\": [\"MALFORMED\"]",
        &["GB_REASON: GB_REASON is given twice with different values"],
    ),
    (
        "[\"2026-11-26T17:02:00Z\"]",
        "[1795712520]",
        &["GB_REACHED_AT: GB_REACHED_AT carries `[1795712520]`; it carries one string"],
    ),
];

#[test]
fn an_event_that_is_no_dispatch_is_never_acted_on_and_says_why() {
    hold(EVENT, EVENTS, event);
}

#[test]
fn a_report_that_acknowledges_nothing_readable_says_why() {
    hold(REPORT, REPORTS, report);
}
