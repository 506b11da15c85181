use serde_json::{Value, json};

use super::*;
use crate::openadr::mapping::{self, Terms, samples};
use crate::openadr::wire::{self, Event, Program};

fn targets_to_3_0(targets: &Value) -> Value {
    to_3_0(Kind::Ven, json!({"venName": "a", "targets": targets}))["targets"].clone()
}

fn targets_from_3_0(targets: &Value) -> Value {
    from_3_0(Kind::Ven, json!({"venName": "a", "targets": targets}))["targets"].clone()
}

#[test]
fn targets_mean_the_same_in_both_versions() {
    for (new, old) in [
        (json!([]), json!([])),
        (
            json!(["BRIGHTFLEX_BESS-07"]),
            json!([{"type": "VEN_NAME", "values": ["BRIGHTFLEX"]}, {"type": "RESOURCE_NAME", "values": ["BESS-07"]}]),
        ),
        (
            json!(["A_x", "A_y", "feeder-1"]),
            json!([{"type": "VEN_NAME", "values": ["A"]}, {"type": "RESOURCE_NAME", "values": ["x", "y"]},
                {"type": "GROUP", "values": ["feeder-1"]}]),
        ),
        (
            json!(["A_x", "A_y", "B_z"]),
            json!([{"type": "VEN_NAME", "values": ["A"]}, {"type": "RESOURCE_NAME", "values": ["x"]},
                {"type": "VEN_NAME", "values": ["A"]}, {"type": "RESOURCE_NAME", "values": ["y"]},
                {"type": "VEN_NAME", "values": ["B"]}, {"type": "RESOURCE_NAME", "values": ["z"]}]),
        ),
        (json!(["feeder-1", "feeder-2"]), json!([{"type": "GROUP", "values": ["feeder-1", "feeder-2"]}])),
        (
            json!(["GROUP:a_b", "SERVICE_AREA:SW-1"]),
            json!([{"type": "GROUP", "values": ["a_b"]}, {"type": "SERVICE_AREA", "values": ["SW-1"]}]),
        ),
        (json!(["VEN_NAME:A"]), json!([{"type": "VEN_NAME", "values": ["A"]}])),
        (json!(["RESOURCE_NAME:x"]), json!([{"type": "RESOURCE_NAME", "values": ["x"]}])),
        (json!(["PRIVATE:with:colons"]), json!([{"type": "PRIVATE", "values": ["with:colons"]}])),
    ] {
        assert_eq!(targets_to_3_0(&new), old);
        assert_eq!(targets_from_3_0(&old), new);
    }
}

#[test]
fn targets_are_understood_however_a_3_0_server_arranges_them() {
    let ven = |values: Value| json!({"type": "VEN_NAME", "values": values});
    let resource = |values: Value| json!({"type": "RESOURCE_NAME", "values": values});
    for (old, new) in [
        (json!([resource(json!(["x"])), ven(json!(["A"]))]), json!(["A_x"])),
        (json!([ven(json!(["A"])), resource(json!(["x", "y"]))]), json!(["A_x", "A_y"])),
        (
            json!([ven(json!(["A", "B"])), resource(json!(["x"]))]),
            json!(["VEN_NAME:A", "VEN_NAME:B", "RESOURCE_NAME:x"]),
        ),
        (json!([ven(json!(["A_B"])), resource(json!(["x"]))]), json!(["VEN_NAME:A_B", "RESOURCE_NAME:x"])),
        (json!([null, {"type": "GROUP", "values": [7]}]), json!(["7"])),
        (json!(["A_x"]), json!(["A_x"])),
        (json!([{"odd": true}]), json!([{"odd": true}])),
        (Value::Null, Value::Null),
    ] {
        assert_eq!(targets_from_3_0(&old), new, "{old}");
    }
}

fn terms() -> Terms {
    Terms {
        operator: "GB-DNO-11".parse().unwrap(),
        contract: "C-1".parse().unwrap(),
        poll_seconds: 5,
        ack_seconds: 20,
    }
}

#[test]
fn a_contract_s_program_has_3_0_s_members_and_keeps_the_rest_as_descriptors() {
    let program = mapping::program_from(&terms());
    let old = to_3_0(Kind::Program, serde_json::to_value(&program).unwrap());
    assert_eq!(
        old,
        json!({
            "programName": "GB-DNO-11_C-1",
            "programType": "GB_DISPATCH-1.0.0",
            "retailerName": "GB-DNO-11",
            "bindingEvents": false,
            "payloadDescriptors": [
                {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "GB_SIGN", "units": "[\"IMPORT_POSITIVE\"]"},
                {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "GB_DELTA_REFERENCE", "units": "[\"BASELINE\"]"},
                {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "GB_POLL_SECONDS", "units": "[5]"},
                {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "GB_ACK_SECONDS", "units": "[20]"},
            ],
        })
    );
    let back: Program = wire::read_value(from_3_0(Kind::Program, old)).unwrap();
    assert_eq!(mapping::terms_from(&back), Some(terms()));
    assert_eq!(back.attributes.len(), program.attributes.len());
}

#[test]
fn a_program_of_another_s_is_put_back_as_it_was() {
    for old in [
        json!({"id": "p", "programName": "n", "programLongName": "long", "retailerLongName": "r", "country": "GB",
            "principalSubdivision": "ENG", "localPrice": true, "timeZoneOffset": "PT0S", "x-own": {"a": [1.0]},
            "payloadDescriptors": [{"payloadType": "PRICE", "units": "KWH", "currency": "GBP"}]}),
        json!({"programName": "n", "bindingEvents": "yes", "programType": 5}),
        json!({"programName": "n", "payloadDescriptors": [
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "T", "units": "[1,2.50]", "note": "kept"}]}),
    ] {
        let read: Program = wire::read_value(from_3_0(Kind::Program, old.clone())).unwrap();
        assert_eq!(to_3_0(Kind::Program, serde_json::to_value(read).unwrap()), old);
    }
    let unset = json!({"programName": "n", "programLongName": null, "bindingEvents": null, "payloadDescriptors": null});
    assert_eq!(
        from_3_0(Kind::Program, unset),
        json!({"programName": "n", "payloadDescriptors": null}),
        "null is not set"
    );
    let twice = json!({"programName": "n", "attributes": [
        {"type": "COUNTRY", "values": ["GB"]}, {"type": "COUNTRY", "values": ["IE"]}, {"type": "LOCAL", "values": [true, false]}]});
    assert_eq!(from_3_0(Kind::Program, to_3_0(Kind::Program, twice.clone())), twice);
}

#[test]
fn every_dispatch_comes_back_whole_through_3_0() {
    for signed in samples::all() {
        let event = mapping::event_from(&signed, "p-1");
        let old = to_3_0(Kind::Event, serde_json::to_value(&event).unwrap());
        assert!(old.get("duration").is_none() && old["intervals"].is_array());
        let unit = &signed.dispatch.unit;
        assert_eq!(
            old["targets"],
            json!([{"type": "VEN_NAME", "values": [unit.fsp.as_str()]}, {"type": "RESOURCE_NAME", "values": [unit.unit.as_str()]}])
        );
        assert!(!old.to_string().contains("reportIntervals"));
        let back: Event = wire::read_value(from_3_0(Kind::Event, old)).unwrap();
        assert_eq!(mapping::dispatch_from(&back).unwrap(), signed);
        assert_eq!(back.targets, event.targets);
    }
}

#[test]
fn an_anchor_stays_an_anchor_whether_or_not_a_server_insists_on_an_interval() {
    let anchor = to_3_0(Kind::Event, serde_json::to_value(mapping::anchor_event("p-1")).unwrap());
    assert_eq!(anchor["intervals"], json!([]));
    let insisted = with_stand_in(&anchor).unwrap();
    assert_eq!(insisted["intervals"].as_array().map(Vec::len), Some(1));
    assert_eq!(with_stand_in(&insisted), None);
    for event in [anchor, insisted] {
        let read: Event = wire::read_value(from_3_0(Kind::Event, event)).unwrap();
        assert!(mapping::is_anchor(&read));
    }
}

#[test]
fn now_is_written_as_each_version_writes_it() {
    let event = |start: &str| {
        json!({"programID": "p", "intervalPeriod": {"start": start},
        "intervals": [{"id": 0, "intervalPeriod": {"start": start, "duration": "PT1M"}, "payloads": []}]})
    };
    for new in ["0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"] {
        assert_eq!(to_3_0(Kind::Event, event(new)), event("0000-00-00"));
    }
    for old in ["0000-00-00", "0000-00-00T00:00:00Z"] {
        assert_eq!(from_3_0(Kind::Event, event(old)), event("0001-01-01T00:00:00Z"));
    }
    let real = event("2026-12-01T16:00:00Z");
    assert_eq!(from_3_0(Kind::Event, to_3_0(Kind::Event, real.clone())), real);
}

#[test]
fn who_asks_is_not_told_to_a_3_0_server_and_unknown_members_are_kept() {
    let ven = json!({"objectType": "BL_VEN_REQUEST", "clientID": "c", "venName": "A", "x": [1.0]});
    assert_eq!(to_3_0(Kind::Ven, ven), json!({"venName": "A", "x": [1.0]}));
    let resource =
        json!({"objectType": "BL_RESOURCE_REQUEST", "clientID": "c", "venID": "v", "resourceName": "r"});
    assert_eq!(to_3_0(Kind::Resource, resource), json!({"resourceName": "r"}));
    let report = json!({"clientID": "c", "programID": "p", "eventID": "e", "clientName": "A", "resources": [], "x": null});
    assert_eq!(
        to_3_0(Kind::Report, report),
        json!({"programID": "p", "eventID": "e", "clientName": "A", "resources": [], "x": null})
    );
    let ven = json!({"objectType": "VEN", "venName": "A", "resources": [{"id": "r"}], "targets": null});
    assert_eq!(from_3_0(Kind::Ven, ven.clone()), ven);
    for odd in [Value::Null, json!([1]), json!("x")] {
        assert_eq!(from_3_0(Kind::Event, to_3_0(Kind::Event, odd.clone())), odd);
    }
}
