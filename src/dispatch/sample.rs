//! The profile's example document, and any dispatch at all, for tests.

use proptest::prelude::*;

use crate::time::UtcTime;
use crate::units::{Vars, Watts};

use super::{
    Dispatch, DispatchParts, DispatchUnit, KeyId, Price, PricePer, ReactiveLevel, Readback, RealLevel,
    Reference, Revision, Setpoint, SigningKey, Status,
};

/// The example of the profile's section 1, without its signature, as a person writes it.
pub(crate) const EXAMPLE: &str = r#"{
  "profile": "gb-dispatch/1",
  "network_operator": "GB-DNO-11",
  "dispatch_ref": "EMID-20261126-0417",
  "revision": 3,
  "status": "RUN",
  "contract": "EMID-C-2026-0193",
  "dispatch_unit": { "fsp": "BRIGHTFLEX", "unit": "BESS-07" },
  "instruction_time": "2026-11-26T15:45:00Z",
  "service_start": "2026-11-26T17:00:00Z",
  "service_end": "2026-11-26T19:00:00Z",
  "setpoints": [
    { "at": "2026-11-26T17:00:00Z", "parameters": [
      { "service_type": "REAL", "reference": "DELTA", "volume": 2000, "units": "KW",
        "price": { "amount": "300.00", "currency": "GBP", "per": "MWH" } },
      { "service_type": "REACTIVE", "reference": "ABSOLUTE", "volume": 400, "units": "KVAR" } ] },
    { "at": "2026-11-26T18:00:00Z", "parameters": [
      { "service_type": "REAL", "reference": "DELTA", "volume": 1500, "units": "KW" } ] }
  ]
}
"#;

/// The exact bytes that are signed for [`EXAMPLE`].
pub(crate) const EXAMPLE_CANONICAL: &str = concat!(
    r#"{"contract":"EMID-C-2026-0193","dispatch_ref":"EMID-20261126-0417","#,
    r#""dispatch_unit":{"fsp":"BRIGHTFLEX","unit":"BESS-07"},"instruction_time":"2026-11-26T15:45:00Z","#,
    r#""network_operator":"GB-DNO-11","profile":"gb-dispatch/1","revision":3,"#,
    r#""service_end":"2026-11-26T19:00:00Z","service_start":"2026-11-26T17:00:00Z","#,
    r#""setpoints":[{"at":"2026-11-26T17:00:00Z","parameters":["#,
    r#"{"price":{"amount":30000,"currency":"GBX","per":"MWH"},"reference":"DELTA","service_type":"REAL","#,
    r#""units":"W","volume":2000000},"#,
    r#"{"reference":"ABSOLUTE","service_type":"REACTIVE","units":"VAR","volume":400000}]},"#,
    r#"{"at":"2026-11-26T18:00:00Z","parameters":["#,
    r#"{"reference":"DELTA","service_type":"REAL","units":"W","volume":1500000}]}],"status":"RUN"}"#,
);

pub(crate) fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

/// [`EXAMPLE`] as it is held.
pub(crate) fn parts() -> DispatchParts {
    let real = |kilowatts: i64, price| RealLevel {
        reference: Reference::Delta,
        watts: Watts(kilowatts * 1000),
        price,
    };
    DispatchParts {
        network_operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: "EMID-20261126-0417".parse().unwrap(),
        revision: Revision::new(3).unwrap(),
        status: Status::Run,
        contract: "EMID-C-2026-0193".parse().unwrap(),
        unit: "BRIGHTFLEX/BESS-07".parse().unwrap(),
        instruction_time: at("2026-11-26T15:45:00Z"),
        service_start: at("2026-11-26T17:00:00Z"),
        service_end: at("2026-11-26T19:00:00Z"),
        setpoints: vec![
            Setpoint {
                at: at("2026-11-26T17:00:00Z"),
                real: Some(real(2000, Some(Price { pence: 30_000, per: PricePer::Mwh }))),
                reactive: Some(ReactiveLevel {
                    reference: Reference::Absolute,
                    vars: Vars(400_000),
                    price: None,
                }),
            },
            Setpoint { at: at("2026-11-26T18:00:00Z"), real: Some(real(1500, None)), reactive: None },
        ],
    }
}

pub(crate) fn dispatch() -> Dispatch {
    Dispatch::new(parts()).unwrap()
}

pub(crate) fn key(id: &str) -> SigningKey {
    SigningKey::from_seed(KeyId::new(id).unwrap(), &[7; 32])
}

fn price(foreign: PricePer) -> impl Strategy<Value = Option<Price>> + Clone {
    let per = prop::sample::select(vec![PricePer::Mwh, PricePer::Mvarh, PricePer::Window]);
    let per = per.prop_filter("a price that agrees", move |p| *p != foreign);
    prop::option::of(
        (-super::MAX_PENCE..=super::MAX_PENCE, per).prop_map(|(pence, per)| Price { pence, per }),
    )
}

fn reference() -> impl Strategy<Value = Reference> + Clone {
    prop::sample::select(vec![Reference::Delta, Reference::Absolute])
}

fn levels() -> impl Strategy<Value = (Option<RealLevel>, Option<ReactiveLevel>)> {
    let volume = || -super::MAX_VOLUME..=super::MAX_VOLUME;
    let real = (reference(), volume(), price(PricePer::Mvarh))
        .prop_map(|(reference, watts, price)| RealLevel { reference, watts: Watts(watts), price });
    let reactive = (reference(), volume(), price(PricePer::Mwh))
        .prop_map(|(reference, vars, price)| ReactiveLevel { reference, vars: Vars(vars), price });
    prop_oneof![
        real.clone().prop_map(|r| (Some(r), None)),
        reactive.clone().prop_map(|q| (None, Some(q))),
        (real, reactive).prop_map(|(r, q)| (Some(r), Some(q))),
    ]
}

/// Any dispatch that keeps the rules.
pub(crate) fn any_dispatch() -> impl Strategy<Value = Dispatch> {
    let status = prop::sample::select(Status::ALL.to_vec());
    let setpoints = prop::collection::vec((levels(), 1_i64..86_400), 1..8);
    let names =
        ("[A-Z]{2}-[A-Z0-9-]{1,12}", "[A-Za-z0-9_-]{1,64}", "[A-Za-z0-9-]{1,64}", "[A-Za-z0-9_-]{1,64}");
    let window = (1_700_000_000_i64..2_000_000_000, 0_i64..3_600, 1_i64..86_400);
    (status, setpoints, names, window, 1_u32.., any::<bool>()).prop_map(
        |(status, levels, (operator, name, fsp, unit), (start, first, tail), revision, empty)| {
            let service_start = UtcTime::from_unix(start);
            let mut next = service_start + first;
            let setpoints: Vec<Setpoint> = levels
                .into_iter()
                .map(|((real, reactive), step)| {
                    let at = next;
                    next = next + step;
                    Setpoint { at, real, reactive }
                })
                .collect();
            let unit = DispatchUnit { fsp: fsp.parse().unwrap(), unit: unit.parse().unwrap() };
            Dispatch::new(DispatchParts {
                network_operator: operator.parse().unwrap(),
                dispatch_ref: name.parse().unwrap(),
                revision: Revision::new(revision).unwrap(),
                status,
                contract: name.parse().unwrap(),
                unit,
                instruction_time: service_start - 900,
                service_start,
                service_end: next + tail,
                setpoints: if empty && status.is_stop() { Vec::new() } else { setpoints },
            })
            .unwrap()
        },
    )
}

/// A read-back of part of a dispatch, with setpoints left out, moved or added.
pub(crate) fn any_readback() -> impl Strategy<Value = (Dispatch, Readback)> {
    let edits = prop::collection::vec((0_usize..8, 0_u8..4, 1_i64..7_200), 0..5);
    (any_dispatch(), any_dispatch(), edits, any::<[bool; 3]>()).prop_map(|(sent, other, edits, keep)| {
        let mut back = Readback::of(&sent);
        let mut list = sent.setpoints.clone();
        for (index, what, seconds) in edits {
            match what {
                0 if index < list.len() => drop(list.remove(index)),
                1 if index < list.len() => list[index].at = list[index].at + seconds,
                2 => list.extend(other.setpoints.get(index)),
                _ => list.reverse(),
            }
        }
        back.contract = back.contract.filter(|_| keep[0]);
        back.instruction_time = back.instruction_time.filter(|_| keep[1]);
        back.setpoints = keep[2].then_some(list);
        (sent, back)
    })
}
