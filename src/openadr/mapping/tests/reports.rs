use proptest::prelude::*;
use serde_json::{Value, json};

use crate::dispatch::{
    Acknowledgement, Dispatch, Readback, Reason, Revision, Signature, SignedAcknowledgement, Stage, Status,
};
use crate::openadr::mapping::hostile::sent_through;
use crate::openadr::mapping::samples::{at, example, key, ring, unit};
use crate::openadr::mapping::*;
use crate::openadr::wire::{Report, ValuesMap};
use crate::power::{Reading, UnitPhase};

fn acknowledgement(stage: Stage) -> Acknowledgement {
    let dispatch: Dispatch = example().dispatch;
    Acknowledgement {
        key: dispatch.key(),
        unit: unit(),
        revision: dispatch.revision,
        status: Some(Status::Run),
        stage,
        at: at("2026-11-26T15:45:09Z"),
        readback: stage.carries_readback().then(|| Readback::of(&dispatch)),
        reason: (stage == Stage::Rejected).then_some(Reason::BeyondCapability),
        detail: (stage != Stage::Received).then(|| "“quoted”, 100 % £\n".to_owned()),
        reached_at: (stage == Stage::Unreachable).then(|| at("2026-11-26T17:04:00Z")),
    }
}

fn read(report: &Report) -> SignedAcknowledgement {
    acknowledgement_from(report).unwrap().unwrap()
}

fn set(report: &mut Report, kind: &str, values: Vec<Value>) {
    let payloads = &mut report.resources[0].intervals[0].payloads;
    payloads.retain(|p| p.kind != kind);
    if !values.is_empty() {
        payloads.push(ValuesMap { kind: kind.into(), values, ..ValuesMap::default() });
    }
}

#[test]
fn an_acknowledgement_of_every_stage_comes_back_and_its_signature_holds() {
    for stage in Stage::ALL {
        let sent = acknowledgement(stage).sign(&key()).unwrap();
        let report = report_from_acknowledgement(&sent, "e-1");
        assert_eq!((report.event_id.as_str(), report.client_name.as_str()), ("e-1", "BRIGHTFLEX"));
        assert_eq!(report.resources[0].resource_name, "BESS_07");
        assert_eq!(read(&report), sent, "{stage}");
        let back = read(&sent_through(&report));
        assert_eq!(back, sent, "{stage}");
        assert_eq!(back.verify(&ring(), at("2026-11-26T16:00:00Z")), Ok(()));
    }
}

#[test]
fn an_acknowledgement_without_a_status_or_a_signature_is_still_one() {
    let sent = SignedAcknowledgement {
        acknowledgement: Acknowledgement { status: None, ..acknowledgement(Stage::Rejected) },
        signature: None,
    };
    assert_eq!(read(&report_from_acknowledgement(&sent, "e")), sent);
    let mut report =
        report_from_acknowledgement(&acknowledgement(Stage::Accepted).sign(&key()).unwrap(), "e");
    set(&mut report, "GB_SIGNATURE", vec!["nonsense".into()]);
    assert_eq!(read(&report).signature, None::<Signature>);
}

#[test]
fn an_acknowledgement_that_cannot_be_read_says_which_payload() {
    for (kind, values, says) in [
        ("GB_ACK_STAGE", vec![json!("MAYBE")], "GB_ACK_STAGE: `MAYBE` is not a word of the profile"),
        ("GB_OPERATOR", vec![], "the report carries no GB_OPERATOR payload"),
        ("GB_DISPATCH_REF", vec![json!("a b")], "not allowed in a dispatch ref"),
        ("GB_REVISION", vec![], "the report carries no GB_REVISION payload"),
        ("GB_REVISION", vec![json!(0)], "one whole number from 1"),
        ("GB_STATUS", vec![json!("GO")], "GB_STATUS: `GO`"),
        ("GB_ACK_TIME", vec![json!("noon")], "GB_ACK_TIME: `noon` is not a date and time"),
        ("GB_READBACK", vec![json!("{")], "GB_READBACK."),
        ("GB_DETAIL", vec![json!(5)], "it carries one string"),
    ] {
        let mut report =
            report_from_acknowledgement(&acknowledgement(Stage::Accepted).sign(&key()).unwrap(), "e");
        set(&mut report, kind, values);
        let problems = acknowledgement_from(&report).unwrap_err_or_panic(says);
        assert!(problems.iter().any(|p| p.to_string().contains(says)), "{says}: {problems:?}");
    }
    let mut report =
        report_from_acknowledgement(&acknowledgement(Stage::Accepted).sign(&key()).unwrap(), "e");
    report.client_name = "Bright Flex".into();
    let problems = acknowledgement_from(&report).unwrap_err_or_panic("clientName");
    assert!(problems[0].to_string().contains("clientName"));
}

trait UnwrapErrOrPanic {
    fn unwrap_err_or_panic(self, what: &str) -> Vec<crate::dispatch::Problem>;
}

impl UnwrapErrOrPanic for Option<Result<SignedAcknowledgement, Vec<crate::dispatch::Problem>>> {
    fn unwrap_err_or_panic(self, what: &str) -> Vec<crate::dispatch::Problem> {
        match self {
            Some(Err(problems)) => problems,
            other => panic!("{what}: {other:?}"),
        }
    }
}

fn minute(end: &str, kw: f64) -> MinuteReading {
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
    let reading = Reading { at: at(end).unix() as f64, kw };
    MinuteReading { reading, baseline_kw: Some(-300.0), soc: Some(0.5), kvar: None }
}

#[test]
fn delivered_power_is_written_import_positive_by_the_minute() {
    let minutes = [
        minute("2026-11-26T17:01:00Z", 1999.5),
        MinuteReading { baseline_kw: None, soc: None, ..minute("2026-11-26T17:02:00Z", -0.0) },
    ];
    let report = report_from_readings("e-1", &unit(), &minutes);
    let value = serde_json::to_value(&report).unwrap();
    let intervals = &value["resources"][0]["intervals"];
    assert_eq!(intervals[0]["intervalPeriod"], json!({"start": "2026-11-26T17:00:00Z", "duration": "PT1M"}));
    assert_eq!(
        intervals[0]["payloads"].to_string(),
        r#"[{"type":"READING","values":[-1999.5]},{"type":"BASELINE","values":[300.0]},{"type":"STORAGE_CHARGE_LEVEL","values":[0.5]},{"type":"DATA_QUALITY","values":["OK"]}]"#
    );
    assert_eq!(
        intervals[1]["payloads"].to_string(),
        r#"[{"type":"READING","values":[0.0]},{"type":"DATA_QUALITY","values":["OK"]}]"#
    );
    assert_eq!(value["payloadDescriptors"][0]["readingType"], "MEAN");
    assert_eq!(value["payloadDescriptors"][0]["units"], "KW");
}

#[test]
fn reactive_power_is_written_beside_it_with_the_wires_sign_and_comes_back() {
    let lagging = MinuteReading { kvar: Some(400.25), ..minute("2026-11-26T17:01:00Z", 2000.0) };
    let report = report_from_readings("e-1", &unit(), &[lagging]);
    let value = serde_json::to_value(&report).unwrap();
    let payloads = value["resources"][0]["intervals"][0]["payloads"].to_string();
    assert!(payloads.contains(r#"{"type":"GB_REACTIVE_READING","values":[-400.25]}"#), "{payloads}");
    let descriptors = value["payloadDescriptors"].to_string();
    assert!(descriptors.contains("GB_REACTIVE_READING") && descriptors.contains("KVAR"), "{descriptors}");
    assert_eq!(readings_from(&report), [(unit(), lagging)]);
    let mut in_other_units = report;
    in_other_units.payload_descriptors.last_mut().unwrap().units = Some("KVA".into());
    assert_eq!(readings_from(&in_other_units), [(unit(), MinuteReading { kvar: None, ..lagging })]);
}

#[test]
fn a_minute_that_is_missing_or_bad_or_of_another_unit_is_not_taken_for_power() {
    let missing = minute("2026-11-26T17:01:00Z", f64::NAN);
    let good = minute("2026-11-26T17:02:00Z", 5.0);
    let report = report_from_readings("e", &unit(), &[missing, good]);
    assert_eq!(readings_from(&report), [(unit(), good)]);
    let mut bad = report_from_readings("e", &unit(), &[good]);
    set(&mut bad, "DATA_QUALITY", vec!["BAD".into()]);
    assert_eq!(readings_from(&bad), []);
    let mut other_units = report_from_readings("e", &unit(), &[good]);
    other_units.payload_descriptors[0].units = Some("KVA".into());
    assert_eq!(readings_from(&other_units), []);
    let mut sum = report_from_readings("e", &unit(), &[good]);
    sum.resources[0].resource_name = "AGGREGATED_REPORT".into();
    assert_eq!(readings_from(&sum), []);
    let ack = report_from_acknowledgement(&acknowledgement(Stage::Accepted).sign(&key()).unwrap(), "e");
    assert_eq!(readings_from(&ack), []);
}

#[test]
fn minutes_without_a_start_follow_one_another() {
    let sent = [minute("2026-11-26T17:01:00Z", 1.0), minute("2026-11-26T17:02:00Z", 2.0)];
    let mut report = report_from_readings("e", &unit(), &sent);
    for interval in &mut report.resources[0].intervals {
        interval.interval_period = None;
    }
    assert_eq!(readings_from(&report), sent.map(|m| (unit(), m)));
}

proptest! {
    #[test]
    fn readings_come_back_to_the_watt(kw in -100_000.0..100_000.0_f64, baseline in -1e5..1e5_f64, soc in 0.0..=1.0_f64, minutes in 1..50_i64) {
        let sent: Vec<_> = (1..=minutes).map(|m| {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let reading = Reading { at: (1_795_712_400 + 60 * m) as f64, kw: kw / m as f64 };
            MinuteReading { reading, baseline_kw: Some(baseline), soc: Some(soc), kvar: Some(-kw) }
        }).collect();
        let back = readings_from(&sent_through(&report_from_readings("e", &unit(), &sent)));
        prop_assert_eq!(back.len(), sent.len());
        for (sent, (unit_back, back)) in sent.iter().zip(&back) {
            prop_assert_eq!(unit_back, &unit());
            prop_assert_eq!(back.reading.at, sent.reading.at);
            prop_assert!((back.reading.kw - sent.reading.kw).abs() <= 0.000_500_1);
            prop_assert!((back.baseline_kw.unwrap() - baseline).abs() <= 0.000_500_1);
            prop_assert!((back.soc.unwrap() - soc).abs() <= 0.000_050_1);
        }
    }
}

#[test]
fn a_heartbeat_comes_back_with_what_was_seen_and_every_unit() {
    let pulse = |name: &str, kw: f64, soc: Option<f64>| UnitPulse {
        unit: crate::dispatch::DispatchUnit { unit: name.parse().unwrap(), ..unit() },
        phase: UnitPhase::Holding,
        kw,
        soc,
        alive: soc.is_none(),
    };
    let sent = Heartbeat {
        operator: "GB-DNO-11".parse().unwrap(),
        fsp: unit().fsp,
        at: at("2026-11-26T17:00:10Z"),
        seen: vec![(example().dispatch.key(), Revision::new(3).unwrap())],
        units: vec![pulse("BESS_07", 1999.5, Some(0.61)), pulse("BRIGHTFLEX", -12.0, None)],
    };
    let report = report_from_heartbeat(&sent, "anchor");
    assert_eq!(heartbeat_from(&report), Some(sent.clone()));
    assert_eq!(heartbeat_from(&sent_through(&report)), Some(sent.clone()));
    assert_eq!(readings_from(&report), []);
    assert!(acknowledgement_from(&report).is_none());
    let text = serde_json::to_string(&report).unwrap();
    assert!(text.contains(r#"{"type":"GB_UNIT_STATE","values":["HOLDING",false,-1999.5,0.61]}"#), "{text}");

    let mut newer = report;
    newer.resources[1].intervals[0].payloads[0].values[0] = "DANCING".into();
    let read = heartbeat_from(&newer).unwrap();
    assert_eq!(read.units, sent.units[1..], "a unit that cannot be read is left out, the rest stands");
    assert_eq!(heartbeat_from(&Report::default()), None);
}
