//! Declarations of availability over the wire and back.

use serde_json::{Value, json};

use crate::dispatch::availability::{Declaration, Offer, OfferRun};
use crate::openadr::mapping::hostile::sent_through;
use crate::openadr::mapping::samples::at;
use crate::openadr::mapping::*;
use crate::openadr::wire::Report;
use crate::units::Watts;

fn declared() -> Availability {
    let run = |from: &str, until: &str, up: i64, down: i64| OfferRun {
        from: at(from),
        until: at(until),
        offer: Offer { up: Watts(up), down: Watts(down) },
    };
    let (operator, contract): (crate::dispatch::OperatorId, crate::dispatch::ContractId) =
        ("GB-DNO-11".parse().unwrap(), "EMID-C-2026-0193".parse().unwrap());
    let of = |unit: &str, runs: Vec<OfferRun>| {
        Declaration::new(
            operator.clone(),
            contract.clone(),
            unit.parse().unwrap(),
            at("2027-10-29T23:00:00Z"),
            runs,
        )
    };
    let day = run("2027-10-30T23:00:00Z", "2027-11-01T00:00:00Z", 2_500_000, 800_001);
    let hours = vec![
        run("2027-10-30T23:00:00Z", "2027-10-31T00:30:00Z", 0, 0),
        run("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", 500_250, 0),
    ];
    Availability {
        operator: operator.clone(),
        contract: contract.clone(),
        fsp: "BRIGHTFLEX".parse().unwrap(),
        at: at("2027-10-29T23:00:00Z"),
        units: vec![of("BRIGHTFLEX/BESS-07", vec![day]), of("BRIGHTFLEX/BESS-08", hours)],
    }
}

#[test]
fn a_declaration_comes_back_to_the_watt_and_the_half_hour() {
    let report = report_from_availability(&declared(), "anchor");
    assert_eq!(availability_from(&report), Some(declared()));
    assert_eq!(availability_from(&sent_through(&report)), Some(declared()), "through a VTN that rewrites");
    assert!(heartbeat_from(&report).is_none() && acknowledgement_from(&report).is_none());
    assert!(readings_from(&report).is_empty());
}

#[test]
fn a_day_of_50_half_hours_is_one_interval_of_25_hours_and_both_numbers_are_from_0() {
    let report = report_from_availability(&declared(), "anchor");
    let written = serde_json::to_value(&report).unwrap();
    assert_eq!(written["reportName"], json!("GB_AVAILABILITY"));
    let unit = &written["resources"][1];
    assert_eq!(unit["resourceName"], json!("BESS-07"));
    assert_eq!(unit["intervals"][0]["intervalPeriod"]["duration"], json!("PT25H"));
    let said = &unit["intervals"][0]["payloads"][0];
    assert_eq!(said["type"], json!("GB_AVAILABILITY"));
    assert_eq!(said["values"].to_string(), "[2500.0,800.001]");
}

/// A report whose second unit says something else.
fn with(change: impl FnOnce(&mut Value)) -> Option<Availability> {
    let mut written = serde_json::to_value(report_from_availability(&declared(), "anchor")).unwrap();
    change(&mut written);
    availability_from(&serde_json::from_value::<Report>(written).unwrap())
}

#[test]
fn what_cannot_be_read_is_not_known_and_spoils_nothing_else() {
    let period = |w: &mut Value| w["resources"][2]["intervals"][1]["intervalPeriod"].clone();
    for (what, said) in [
        ("negative", json!([-1.0, 0.0])),
        ("one number", json!([1.0])),
        ("a text", json!(["much", 0.0])),
        ("not finite in kW", json!([1e300, 0.0])),
    ] {
        let read = with(|w| w["resources"][2]["intervals"][1]["payloads"][0]["values"] = said).unwrap();
        assert_eq!(read.units[0], declared().units[0], "{what}");
        assert_eq!(read.units[1].runs().len(), 1, "{what}: {:?}", read.units[1]);
    }
    let read = with(|w| {
        let mut odd = period(w);
        odd["start"] = json!("2027-10-31T00:40:00Z");
        w["resources"][2]["intervals"][1]["intervalPeriod"] = odd;
    });
    assert_eq!(read.unwrap().units[1].runs().len(), 1, "not on a half-hour");
    assert_eq!(
        with(|w| w["payloadDescriptors"][0]["units"] = json!("MW")),
        None,
        "no other unit is guessed at"
    );
    assert_eq!(with(|w| w["resources"][0]["intervals"][0]["payloads"][0]["values"] = json!(["now"])), None);
    let bare = with(|w| {
        w["resources"][2]["intervals"][1]["intervalPeriod"] = json!({"start": "2027-10-31T02:00:00Z"})
    });
    let runs = bare.unwrap().units[1].runs().to_vec();
    assert_eq!(runs[1].until, at("2027-10-31T02:30:00Z"), "without a duration it is one half-hour");
}
