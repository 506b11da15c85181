use proptest::prelude::*;
use serde_json::{Value, json};

use crate::dispatch::{ProblemKind, Revision, SignatureFault, Status};
use crate::openadr::mapping::hostile::sent_through;
use crate::openadr::mapping::samples::{all, any_dispatch, at, example, parts, real, ring, signed, unit};
use crate::openadr::mapping::*;
use crate::openadr::wire::{Event, IntervalPeriod, ValuesMap};

fn wire(event: &Event) -> Value {
    serde_json::to_value(event).unwrap()
}

fn payload_values<'a>(event: &'a mut Event, kind: &str) -> &'a mut Vec<Value> {
    let payloads = event.intervals.iter_mut().flat_map(|i| &mut i.payloads);
    &mut payloads.into_iter().find(|p| p.kind == kind).unwrap().values
}

fn without(event: &mut Event, kind: &str) {
    for interval in &mut event.intervals {
        interval.payloads.retain(|p| p.kind != kind);
    }
}

#[test]
fn the_profile_s_example_is_written_as_the_profile_says() {
    let signed = example();
    let event = wire(&event_from(&signed, "p-1"));
    let period = |start: &str, duration: &str| json!({"start": start, "duration": duration});
    assert_eq!(event["programID"], "p-1");
    assert_eq!(event["eventName"], "EMID-20261126-0417");
    assert_eq!(event["priority"], 2);
    assert_eq!(event["targets"], json!(["BRIGHTFLEX_BESS_07"]));
    assert_eq!(event["duration"], "PT2H");
    assert_eq!(event["intervalPeriod"], period("2026-11-26T17:00:00Z", "PT2H"));
    assert_eq!(event["intervals"][0]["intervalPeriod"], period("2026-11-26T17:00:00Z", "PT1H"));
    assert_eq!(event["intervals"][1]["intervalPeriod"], period("2026-11-26T18:00:00Z", "PT1H"));
    let headers = event["intervals"][0]["payloads"].to_string();
    assert_eq!(
        headers,
        format!(
            r#"[{{"type":"DISPATCH_INSTRUCTION","values":["RUN"]}},{{"type":"GB_DISPATCH_REF","values":["EMID-20261126-0417"]}},{{"type":"GB_REVISION","values":[3]}},{{"type":"GB_OPERATOR","values":["GB-DNO-11"]}},{{"type":"GB_CONTRACT","values":["EMID-C-2026-0193"]}},{{"type":"GB_UNIT","values":["BRIGHTFLEX","BESS_07"]}},{{"type":"GB_INSTRUCTION_TIME","values":["2026-11-26T15:45:00Z"]}},{{"type":"GB_SIGNATURE","values":["Ed25519","gb-dno-11-2026","{}"]}},{{"type":"DISPATCH_SETPOINT_RELATIVE","values":[-2000.0]}},{{"type":"PRICE","values":[0.3]}},{{"type":"GB_REACTIVE_SETPOINT","values":[-400.0]}}]"#,
            signed.signature.value_text()
        )
    );
    assert_eq!(
        event["intervals"][1]["payloads"].to_string(),
        r#"[{"type":"DISPATCH_SETPOINT_RELATIVE","values":[-1500.0]}]"#
    );
    let units: Vec<_> = event["payloadDescriptors"].as_array().unwrap().iter().collect();
    assert_eq!(
        units.iter().map(|d| (d["payloadType"].as_str().unwrap(), d["units"].as_str())).collect::<Vec<_>>(),
        [
            ("DISPATCH_INSTRUCTION", None),
            ("DISPATCH_SETPOINT_RELATIVE", Some("KW")),
            ("PRICE", Some("KWH")),
            ("GB_REACTIVE_SETPOINT", Some("KVAR")),
        ]
    );
    assert!(units.iter().all(|d| d["objectType"] == "EVENT_PAYLOAD_DESCRIPTOR"));
    assert_eq!(units[2]["currency"], "GBP");
    let asked: Vec<_> = event["reportDescriptors"].as_array().unwrap().iter().collect();
    assert_eq!(asked[0]["payloadType"], "GB_ACK_STAGE");
    assert_eq!(asked[0]["frequency"], 0);
    assert_eq!(
        (&asked[1]["payloadType"], &asked[1]["readingType"], &asked[1]["units"]),
        (&json!("READING"), &json!("MEAN"), &json!("KW"))
    );
    assert!(asked.iter().all(|d| d["repeat"] == -1));
}

#[test]
fn the_more_urgent_the_dispatch_the_lower_its_priority_number() {
    for (status, priority) in [
        (Status::EmergencyStop, 0),
        (Status::Stop, 1),
        (Status::RunNow, 1),
        (Status::Run, 2),
        (Status::PreNotify, 3),
    ] {
        let signed = signed(parts(status, vec![real("2026-11-26T17:00:00Z", 1000)]));
        assert_eq!(event_from(&signed, "p").priority, Some(priority), "{status}");
    }
}

#[test]
fn the_part_of_a_window_before_the_first_setpoint_has_an_interval_of_headers_alone() {
    let late = signed(parts(Status::Run, vec![real("2026-11-26T17:10:00Z", 1000)]));
    let event = event_from(&late, "p");
    assert_eq!(event.intervals.len(), 2);
    assert!(!event.intervals[0].payloads.iter().any(|p| p.kind.contains("SETPOINT")));
    let period = event.intervals[0].interval_period.as_ref().unwrap();
    assert_eq!(period.duration.as_deref(), Some("PT10M"));
    let stop = event_from(&signed(parts(Status::Stop, Vec::new())), "p");
    assert_eq!(stop.intervals.len(), 1);
    assert_eq!(stop.intervals[0].interval_period, stop.interval_period);
    assert!(!stop.intervals[0].payloads.is_empty(), "real VTNs refuse an interval without a payload");
}

#[test]
fn a_dispatch_of_every_shape_comes_back_whole_from_a_friendly_and_from_a_hostile_vtn() {
    for sent in all() {
        let event = event_from(&sent, "p-1");
        assert_eq!(dispatch_from(&event).unwrap(), sent);
        let back = dispatch_from(&sent_through(&event)).unwrap();
        assert_eq!(back, sent);
        assert_eq!(back.verify(&ring(), at("2026-11-26T16:00:00Z")), Ok(()));
        assert_eq!(identity_of(&sent_through(&event)), Some((sent.dispatch.key(), sent.dispatch.revision)));
    }
}

proptest! {
    #[test]
    fn any_dispatch_comes_back_to_the_watt_and_its_signature_holds(sent in any_dispatch()) {
        let event = event_from(&sent, "p-1");
        prop_assert_eq!(&dispatch_from(&event).unwrap(), &sent);
        let back = dispatch_from(&sent_through(&event)).unwrap();
        prop_assert_eq!(&back, &sent);
        prop_assert_eq!(back.verify(&ring(), sent.dispatch.service_start), Ok(()));
        prop_assert!(!is_anchor(&event));
    }

    #[test]
    fn an_event_that_tiles_its_window_leaves_no_gap(sent in any_dispatch()) {
        let event = event_from(&sent, "p-1");
        let (placed, misplaced) = period::place(&event.intervals, None);
        prop_assert!(misplaced.is_empty());
        prop_assert_eq!(placed[0].start, sent.dispatch.service_start);
        prop_assert_eq!(placed.last().unwrap().end, Some(sent.dispatch.service_end));
        for pair in placed.windows(2) {
            prop_assert_eq!(pair[0].end, Some(pair[1].start));
        }
    }
}

#[test]
fn intervals_out_of_order_or_without_a_start_are_placed_by_their_meaning() {
    let sent = example();
    let mut event = event_from(&sent, "p");
    event.intervals.reverse();
    assert_eq!(dispatch_from(&event).unwrap(), sent);
    let mut event = event_from(&sent, "p");
    event.intervals[1].interval_period =
        Some(IntervalPeriod { duration: Some("PT1H".into()), ..IntervalPeriod::default() });
    assert_eq!(dispatch_from(&event).unwrap(), sent);
    event.intervals[0].interval_period.as_mut().unwrap().start = None;
    assert_eq!(dispatch_from(&event).unwrap(), sent, "the first starts with the event");
}

#[test]
fn a_window_is_found_wherever_a_server_left_it() {
    let sent = example();
    let mut event = event_from(&sent, "p");
    event.interval_period.as_mut().unwrap().duration = None;
    assert_eq!(dispatch_from(&event).unwrap(), sent, "from the event's duration");
    event.interval_period = None;
    assert_eq!(dispatch_from(&event).unwrap(), sent, "from the first interval and the event's duration");
    event.duration = None;
    assert_eq!(dispatch_from(&event).unwrap(), sent, "from the intervals alone");
}

#[test]
fn a_hidden_target_and_a_missing_event_name_lose_nothing() {
    let sent = example();
    let mut event = event_from(&sent, "p");
    event.targets.clear();
    event.event_name = None;
    event.payload_descriptors.clear();
    event.report_descriptors.clear();
    assert_eq!(dispatch_from(&event).unwrap(), sent);
    let mut event = event_from(&sent, "p");
    without(&mut event, "GB_UNIT");
    without(&mut event, "GB_DISPATCH_REF");
    assert_eq!(dispatch_from(&event).unwrap(), sent, "the target and the event's name say the same");
}

#[test]
fn a_payload_that_is_not_known_is_passed_over() {
    let sent = example();
    let mut event = event_from(&sent, "p");
    for interval in &mut event.intervals {
        let foreign =
            ValuesMap { kind: "GHG".into(), values: vec![json!(1), Value::Null], ..ValuesMap::default() };
        interval.payloads.insert(0, foreign);
    }
    assert_eq!(dispatch_from(&event).unwrap(), sent);
}

#[test]
fn what_cannot_be_acted_on_is_refused_with_the_payload_named() {
    type Spoil = fn(&mut Event);
    let table: &[(Spoil, ProblemKind, &str)] = &[
        (
            |e| without(e, "DISPATCH_INSTRUCTION"),
            ProblemKind::Missing,
            "status: the event carries no DISPATCH_INSTRUCTION",
        ),
        (
            |e| *payload_values(e, "DISPATCH_INSTRUCTION") = vec!["PAUSE".into()],
            ProblemKind::Value,
            "`PAUSE` is not a status and is never acted on; it is one of PRE_NOTIFY, RUN, RUN_NOW, STOP, EMERGENCY_STOP",
        ),
        (
            |e| *payload_values(e, "DISPATCH_INSTRUCTION") = vec!["RUN".into(), "STOP".into()],
            ProblemKind::Form,
            "it carries one string",
        ),
        (
            |e| *payload_values(e, "GB_REVISION") = vec![json!(0)],
            ProblemKind::Value,
            "revision: GB_REVISION carries `[0]`; it carries one whole number from 1",
        ),
        (
            |e| *payload_values(e, "GB_REVISION") = vec![json!(1.5)],
            ProblemKind::Value,
            "one whole number from 1",
        ),
        (
            |e| *payload_values(e, "GB_REVISION") = vec![json!("3")],
            ProblemKind::Value,
            "one whole number from 1",
        ),
        (
            |e| without(e, "GB_OPERATOR"),
            ProblemKind::Missing,
            "network_operator: the event carries no GB_OPERATOR payload",
        ),
        (
            |e| *payload_values(e, "GB_OPERATOR") = vec!["GB DNO".into()],
            ProblemKind::Value,
            "not allowed in a network operator id",
        ),
        (|e| without(e, "GB_CONTRACT"), ProblemKind::Missing, "contract: "),
        (
            |e| {
                without(e, "GB_DISPATCH_REF");
                e.event_name = Some("not a ref".into());
            },
            ProblemKind::Missing,
            "dispatch_ref: ",
        ),
        (
            |e| *payload_values(e, "GB_INSTRUCTION_TIME") = vec!["yesterday".into()],
            ProblemKind::Value,
            "instruction_time: `yesterday` is not a date and time",
        ),
        (
            |e| e.targets = vec!["OTHER_UNIT".into()],
            ProblemKind::Value,
            "dispatch_unit: the event is targeted at `OTHER_UNIT` but names unit BRIGHTFLEX/BESS_07",
        ),
        (
            |e| {
                without(e, "GB_UNIT");
                e.targets.clear();
            },
            ProblemKind::Missing,
            "shows no target",
        ),
        (
            |e| {
                without(e, "GB_UNIT");
                e.targets.push("A_B".into());
            },
            ProblemKind::Value,
            "has 2 targets",
        ),
        (
            |e| {
                without(e, "GB_UNIT");
                e.targets = vec!["feeder".into()];
            },
            ProblemKind::Value,
            "`feeder` is not of the form FSP_UNIT",
        ),
        (
            |e| e.interval_period.as_mut().unwrap().duration = Some("2 hours".into()),
            ProblemKind::Window,
            "service_end: `2 hours` is not an ISO 8601 duration",
        ),
        (
            |e| e.interval_period.as_mut().unwrap().duration = Some("P9999Y".into()),
            ProblemKind::Window,
            "has no end",
        ),
        (
            |e| e.intervals[1].interval_period.as_mut().unwrap().start = Some("18:00".into()),
            ProblemKind::Window,
            "intervals[1].intervalPeriod: `18:00` is not a date and time",
        ),
        (
            |e| {
                e.intervals[0].payloads.push(ValuesMap {
                    kind: "DISPATCH_SETPOINT".into(),
                    values: vec![json!(5)],
                    ..ValuesMap::default()
                })
            },
            ProblemKind::Setpoints,
            "intervals[0]: it carries both DISPATCH_SETPOINT and DISPATCH_SETPOINT_RELATIVE",
        ),
        (
            |e| {
                e.intervals[0].payloads.push(ValuesMap {
                    kind: "DISPATCH_SETPOINT_RELATIVE".into(),
                    values: vec![json!(5)],
                    ..ValuesMap::default()
                })
            },
            ProblemKind::Value,
            "given twice with different values",
        ),
        (
            |e| *payload_values(e, "DISPATCH_SETPOINT_RELATIVE") = vec![json!(1), json!(2)],
            ProblemKind::Setpoints,
            "it carries `[1,2]`; it carries one number",
        ),
        (
            |e| *payload_values(e, "DISPATCH_SETPOINT_RELATIVE") = vec![json!("5")],
            ProblemKind::Form,
            "`\"5\"` is not a number",
        ),
        (
            |e| *payload_values(e, "DISPATCH_SETPOINT_RELATIVE") = vec![json!(0.0005)],
            ProblemKind::Resolution,
            "`0.0005` is finer than 1 W; it is refused, not rounded",
        ),
        (
            |e| *payload_values(e, "GB_REACTIVE_SETPOINT") = vec![json!(1e300)],
            ProblemKind::Value,
            "beyond what can be held",
        ),
        (
            |e| *payload_values(e, "PRICE") = vec![json!(0.000001)],
            ProblemKind::Resolution,
            "finer than one penny per MWh",
        ),
        (
            |e| e.payload_descriptors[1].units = Some("MW".into()),
            ProblemKind::Units,
            "payloadDescriptors.DISPATCH_SETPOINT_RELATIVE.units: `MW` is not this profile's unit; it is KW",
        ),
        (
            |e| e.payload_descriptors[2].currency = Some("EUR".into()),
            ProblemKind::Units,
            "`EUR` is not this profile's currency",
        ),
        (|e| e.intervals.clear(), ProblemKind::Missing, "carries no DISPATCH_INSTRUCTION"),
    ];
    for (spoil, kind, says) in table {
        let mut event = event_from(&example(), "p");
        spoil(&mut event);
        let refused = dispatch_from(&event).unwrap_err();
        let found = refused.problems.iter().find(|p| p.to_string().contains(says));
        let found = found.unwrap_or_else(|| panic!("{says}: {:?}", refused.problems));
        assert_eq!(found.kind, *kind, "{found}");
        assert!(!refused.signature_only, "{says}");
    }
}

#[test]
fn a_dispatch_that_breaks_a_rule_of_the_document_is_refused() {
    let mut event = event_from(&example(), "p");
    event.intervals[1].interval_period.as_mut().unwrap().start = Some("2026-11-26T20:00:00Z".into());
    let refused = dispatch_from(&event).unwrap_err();
    assert!(!refused.problems.is_empty() && !refused.signature_only);
    assert_eq!(refused.key, Some(example().dispatch.key()));
}

#[test]
fn a_dispatch_without_a_readable_signature_is_told_from_one_that_is_broken() {
    type Spoil = fn(&mut Event);
    let table: &[(Spoil, &str)] = &[
        (|e| without(e, "GB_SIGNATURE"), "carries no GB_SIGNATURE payload"),
        (
            |e| *payload_values(e, "GB_SIGNATURE") = vec!["RSA".into(), "k".into(), "v".into()],
            "`RSA` is not an algorithm",
        ),
        (
            |e| *payload_values(e, "GB_SIGNATURE") = vec!["Ed25519".into()],
            "an algorithm, a key id and a value",
        ),
        (|e| payload_values(e, "GB_SIGNATURE")[2] = "AAAA".into(), "64 bytes"),
        (|e| payload_values(e, "GB_SIGNATURE")[1] = "".into(), "key id"),
    ];
    for (spoil, says) in table {
        let mut event = event_from(&example(), "p");
        spoil(&mut event);
        let refused = dispatch_from(&event).unwrap_err();
        assert!(refused.signature_only, "{says}: {:?}", refused.problems);
        assert_eq!(refused.problems.len(), 1);
        assert!(refused.problems[0].to_string().contains(says), "{}", refused.problems[0]);
        assert_eq!(refused.status, Some(Status::Run));
        assert_eq!(refused.unit, Some(unit()));
        assert_eq!(refused.revision, Revision::new(3));
    }
}

#[test]
fn a_changed_volume_breaks_the_signature() {
    let mut event = event_from(&example(), "p");
    *payload_values(&mut event, "DISPATCH_SETPOINT_RELATIVE") = vec![json!(-2000.001)];
    let back = dispatch_from(&event).unwrap();
    assert!(matches!(back.verify(&ring(), at("2026-11-26T16:00:00Z")), Err(SignatureFault::Wrong(_))));
}

#[test]
fn a_real_vtn_s_number_types_do_not_change_a_revision() {
    let mut event = event_from(&example(), "p");
    *payload_values(&mut event, "GB_REVISION") = vec![json!(3.0)];
    assert_eq!(dispatch_from(&event).unwrap(), example());
}

#[test]
fn an_event_of_another_profile_has_no_identity() {
    assert_eq!(identity_of(&Event::default()), None);
    let mut event = event_from(&example(), "p");
    without(&mut event, "GB_REVISION");
    assert_eq!(identity_of(&event), None);
}
