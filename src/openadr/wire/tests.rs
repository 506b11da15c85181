use serde_json::json;

use super::*;

/// What a body says once read and written again.
fn again<T: DeserializeOwned + Serialize>(body: &str) -> Value {
    serde_json::to_value(read::<T>(body.as_bytes()).unwrap()).unwrap()
}

fn value(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

#[test]
fn what_a_server_sends_comes_back_as_it_was_sent() {
    let event = r#"{"id":"e-1","createdDateTime":"2026-12-01T15:58:02.123456Z","modificationDateTime":"2026-12-01T15:58:02+00:00",
        "objectType":"EVENT","programID":"p-1","eventName":"NO1-2026-000123","duration":"P0Y0M0DT1H0M0S","priority":1,
        "targets":["FSP-A_UNIT-7"],
        "reportDescriptors":[{"payloadType":"DEMAND","readingType":"MEAN","units":"KW","historical":true,"frequency":1,
            "repeat":-1,"reportIntervals":"SUB_INTERVALS","targets":["x"]}],
        "payloadDescriptors":[{"objectType":"EVENT_PAYLOAD_DESCRIPTOR","payloadType":"PRICE","units":"KWH","currency":"GBP"}],
        "intervalPeriod":{"start":"2026-12-01T16:30:00Z","duration":"PT60M","randomizeStart":"PT0S"},
        "intervals":[{"id":0,"intervalPeriod":{"start":"2026-12-01T16:30:00+00:00","duration":"PT30M"},
            "payloads":[{"type":"GB_REVISION","values":[3]},{"type":"X","values":[5,5.0,-0.10,true,"",{"x":1,"y":2.50}]}]},
            {"id":1,"payloads":[]}]}"#;
    let program = r#"{"id":"p-1","createdDateTime":"2026-12-01T15:58:02Z","modificationDateTime":"2026-12-01T15:58:02Z",
        "objectType":"PROGRAM","programName":"GB-DNO-11_C-1","intervalPeriod":{"start":"2026-12-01T16:30:00Z"},
        "programDescriptions":[{"URL":"https://example.org"}],
        "payloadDescriptors":[{"objectType":"EVENT_PAYLOAD_DESCRIPTOR","payloadType":"PRICE"}],
        "attributes":[{"type":"BINDING_EVENTS","values":[false]}],"targets":["a"]}"#;
    let report = r#"{"id":"r-1","createdDateTime":"2026-12-01T15:58:02Z","modificationDateTime":"2026-12-01T15:58:02Z",
        "objectType":"REPORT","clientID":"c","eventID":"e-1","clientName":"FSP-A","reportName":"DISPATCH_DELIVERY",
        "payloadDescriptors":[{"objectType":"REPORT_PAYLOAD_DESCRIPTOR","payloadType":"DEMAND","units":"KW",
            "readingType":"MEAN","accuracy":0.5,"confidence":99}],
        "resources":[{"resourceName":"UNIT-7","intervalPeriod":{"start":"2026-12-01T16:30:00Z","duration":"PT1M"},
            "intervals":[{"id":0,"payloads":[{"type":"DEMAND","values":[1200.50]}]}]}]}"#;
    let ven = r#"{"id":"v-1","createdDateTime":"2026-12-01T15:58:02Z","modificationDateTime":"2026-12-01T15:58:02Z",
        "objectType":"VEN","clientID":"c","venName":"FSP-A","attributes":[{"type":"LOCATION","values":[51.5,-0.1]}],"targets":["t"]}"#;
    let resource = r#"{"id":"x-1","createdDateTime":"2026-12-01T15:58:02Z","modificationDateTime":"2026-12-01T15:58:02Z",
        "objectType":"RESOURCE","clientID":"c","resourceName":"UNIT-7","venID":"v-1",
        "attributes":[{"type":"MAX_POWER_EXPORT","values":[2000]}],"targets":["FSP-A_UNIT-7"]}"#;
    assert_eq!(again::<Event>(event), value(event));
    assert_eq!(again::<Program>(program), value(program));
    assert_eq!(again::<Report>(report), value(report));
    assert_eq!(again::<Ven>(ven), value(ven));
    assert_eq!(again::<Resource>(resource), value(resource));
}

#[test]
fn a_null_member_reads_as_absent() {
    let event = r#"{"programID":"p","eventName":null,"duration":null,"priority":null,"targets":null,"reportDescriptors":null,
        "payloadDescriptors":null,"intervalPeriod":null,"intervals":null,"id":null,"objectType":null}"#;
    assert_eq!(again::<Event>(event), json!({"programID": "p"}));
    let event = r#"{"programID":"p","intervals":[{"id":0,"intervalPeriod":{"start":null,"duration":null},"payloads":null}]}"#;
    assert_eq!(
        again::<Event>(event),
        json!({"programID": "p", "intervals": [{"id": 0, "intervalPeriod": {}, "payloads": []}]})
    );
    let ven = r#"{"venName":"a","attributes":null,"targets":null,"clientID":null}"#;
    assert_eq!(again::<Ven>(ven), json!({"venName": "a"}));
}

#[test]
fn an_unknown_member_is_kept_with_its_null() {
    let event = r#"{"programID":"p","x-note":null,"deep":{"a":[1.0,{"b":1e3}]},
        "intervals":[{"id":0,"payloads":[{"type":"T","values":[],"note":"n"}],"colour":"red"}]}"#;
    assert_eq!(again::<Event>(event), value(event));
}

#[test]
fn a_number_keeps_its_text() {
    for (text, back) in [
        ("5", "5"),
        ("5.0", "5.0"),
        ("0.1", "0.1"),
        ("-0.50", "-0.50"),
        ("1e3", "1e+3"),
        ("1E-3", "1e-3"),
        ("123456789012345678901234567890.125", "123456789012345678901234567890.125"),
    ] {
        let body = format!(r#"{{"type":"T","values":[{text}]}}"#);
        let read: ValuesMap = read(body.as_bytes()).unwrap();
        assert_eq!(read.values[0].to_string(), back);
        let in_event = format!(r#"{{"programID":"p","intervals":[{{"id":0,"payloads":[{body}]}}]}}"#);
        let written = again::<Event>(&in_event).to_string();
        assert!(written.contains(&format!("[{back}]")), "{written}");
    }
}

#[test]
fn a_member_written_twice_does_not_hide_the_object() {
    let program = r#"{"programName":"p","payloadDescriptors":[{"objectType":"EVENT_PAYLOAD_DESCRIPTOR",
        "objectType":"EVENT_PAYLOAD_DESCRIPTOR","payloadType":"PRICE"}],"objectType":"PROGRAM","objectType":"PROGRAM"}"#;
    let read_program: Program = read(program.as_bytes()).unwrap();
    assert_eq!(read_program.meta.object_type.as_deref(), Some("PROGRAM"));
    let event = r#"{"programID":"p","payloadDescriptors":[{"objectType":"A","objectType":"B","payloadType":"PRICE"}]}"#;
    let read_event: Event = read(event.as_bytes()).unwrap();
    assert_eq!(read_event.payload_descriptors[0].object_type.as_deref(), Some("B"));
}

#[test]
fn a_priority_with_a_decimal_point_is_the_same_priority() {
    for (text, priority) in [("0", Some(0)), ("2.0", Some(2)), ("null", None)] {
        let body = format!(r#"{{"programID":"p","priority":{text}}}"#);
        assert_eq!(read::<Event>(body.as_bytes()).unwrap().priority, priority);
    }
    for text in ["-1", "1.5", "\"1\"", "4294967296"] {
        let body = format!(r#"{{"programID":"p","priority":{text}}}"#);
        let error = read::<Event>(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("not a whole number from 0"), "{text}: {error}");
    }
}

#[test]
fn what_is_left_out_by_real_servers_does_not_hide_the_object() {
    for body in [
        r#"{"programID":"p","intervals":[{"payloads":[{"type":"T","values":[1]}]}]}"#,
        r#"{"programID":"p","reportDescriptors":[{"payloadType":"T"}]}"#,
    ] {
        assert_eq!(again::<Event>(body), value(body));
    }
    assert_eq!(again::<Report>(r#"{"eventID":"e","clientName":"c","resources":[]}"#)["eventID"], "e");
}

#[test]
fn what_must_be_there_is_named_when_it_is_not() {
    for (error, field) in [
        (read::<Event>(b"{}").unwrap_err().to_string(), "programID"),
        (read::<Program>(b"{}").unwrap_err().to_string(), "programName"),
        (read::<Report>(br#"{"eventID":"e"}"#).unwrap_err().to_string(), "clientName"),
        (read::<Resource>(br#"{"resourceName":"r"}"#).unwrap_err().to_string(), "venID"),
    ] {
        assert!(error.contains(field), "{error}");
    }
}

#[test]
fn a_hostile_text_of_the_wrong_type_is_not_quoted_whole() {
    for text in ["é".repeat(1_000_000), "x".repeat(1_000_000)] {
        let said = read::<Event>(Value::from(text).to_string().as_bytes()).unwrap_err().to_string();
        assert!(said.len() < 400, "{} bytes", said.len());
        assert!(
            said.starts_with("invalid type: string") && said.ends_with("expected struct Event"),
            "{said}"
        );
    }
    let said = read::<Event>(b"\"short\"").unwrap_err().to_string();
    assert_eq!(said, "invalid type: string \"short\", expected struct Event");
}
