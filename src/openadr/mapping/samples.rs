//! Dispatches for tests: every shape that the profile has, and a strategy for any valid one.

use proptest::prelude::*;

use crate::dispatch::{
    Dispatch, DispatchParts, DispatchUnit, KeyRing, Price, PricePer, ReactiveLevel, RealLevel, Reference,
    Revision, Setpoint, SignedDispatch, SigningKey, Status,
};
use crate::time::UtcTime;
use crate::units::{Vars, Watts};

pub fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

pub fn key() -> SigningKey {
    SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[7; 32])
}

pub fn ring() -> KeyRing {
    KeyRing::new([key().public(None, None)])
}

pub fn unit() -> DispatchUnit {
    DispatchUnit { fsp: "BRIGHTFLEX".parse().unwrap(), unit: "BESS_07".parse().unwrap() }
}

pub fn parts(status: Status, setpoints: Vec<Setpoint>) -> DispatchParts {
    DispatchParts {
        network_operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: "EMID-20261126-0417".parse().unwrap(),
        revision: Revision::new(3).unwrap(),
        status,
        contract: "EMID-C-2026-0193".parse().unwrap(),
        unit: unit(),
        instruction_time: at("2026-11-26T15:45:00Z"),
        service_start: at("2026-11-26T17:00:00Z"),
        service_end: at("2026-11-26T19:00:00Z"),
        setpoints,
    }
}

pub fn real(time: &str, watts: i64) -> Setpoint {
    let level = RealLevel { reference: Reference::Delta, watts: Watts(watts), price: None };
    Setpoint { at: at(time), real: Some(level), reactive: None }
}

pub fn signed(parts: DispatchParts) -> SignedDispatch {
    Dispatch::new(parts).unwrap().sign(&key()).unwrap()
}

/// The document of the profile's page: two setpoints, real with a price and reactive, then real alone.
pub fn example() -> SignedDispatch {
    let first = Setpoint {
        at: at("2026-11-26T17:00:00Z"),
        real: Some(RealLevel {
            reference: Reference::Delta,
            watts: Watts(2_000_000),
            price: Some(Price { pence: 30_000, per: PricePer::Mwh }),
        }),
        reactive: Some(ReactiveLevel { reference: Reference::Absolute, vars: Vars(400_000), price: None }),
    };
    signed(parts(Status::Run, vec![first, real("2026-11-26T18:00:00Z", 1_500_000)]))
}

/// One of each shape.
pub fn all() -> Vec<SignedDispatch> {
    let window_price = Setpoint {
        real: Some(RealLevel {
            reference: Reference::Absolute,
            watts: Watts(-500_001),
            price: Some(Price { pence: -12_345, per: PricePer::Window }),
        }),
        ..real("2026-11-26T17:00:00Z", 0)
    };
    let reactive_alone = Setpoint {
        at: at("2026-11-26T17:00:00Z"),
        real: None,
        reactive: Some(ReactiveLevel {
            reference: Reference::Delta,
            vars: Vars(-1),
            price: Some(Price { pence: 1, per: PricePer::Mvarh }),
        }),
    };
    vec![
        example(),
        signed(parts(Status::Stop, Vec::new())),
        signed(parts(Status::EmergencyStop, Vec::new())),
        signed(parts(Status::Stop, vec![real("2026-11-26T17:10:00Z", 100_000)])),
        signed(parts(Status::RunNow, vec![real("2026-11-26T17:00:01Z", 1)])),
        signed(parts(Status::PreNotify, vec![window_price])),
        signed(parts(Status::Run, vec![reactive_alone, real("2026-11-26T18:59:59Z", 0)])),
    ]
}

fn reference() -> impl Strategy<Value = Reference> {
    prop_oneof![Just(Reference::Delta), Just(Reference::Absolute)]
}

fn price(own: PricePer) -> impl Strategy<Value = Option<Price>> {
    let per = prop_oneof![Just(own), Just(PricePer::Window)];
    proptest::option::of((-10_000_000_i64..10_000_000, per).prop_map(|(pence, per)| Price { pence, per }))
}

prop_compose! {
    fn levels()(
        which in 0_u8..3,
        (reference_p, watts, price_p) in (reference(), -50_000_000_i64..50_000_000, price(PricePer::Mwh)),
        (reference_q, vars, price_q) in (reference(), -50_000_000_i64..50_000_000, price(PricePer::Mvarh)),
    ) -> (Option<RealLevel>, Option<ReactiveLevel>) {
        let real = RealLevel { reference: reference_p, watts: Watts(watts), price: price_p };
        let reactive = ReactiveLevel { reference: reference_q, vars: Vars(vars), price: price_q };
        ((which != 1).then_some(real), (which != 0).then_some(reactive))
    }
}

prop_compose! {
    /// Any dispatch that keeps the profile's rules.
    pub fn any_dispatch()(
        status in proptest::sample::select(Status::ALL.to_vec()),
        revision in 1_u32..=u32::MAX,
        start in 1_700_000_000_i64..2_500_000_000,
        length in 60_i64..200_000,
        before in 0_i64..100_000,
        offsets in proptest::collection::btree_set(0_i64..60, 1..8),
        levels in proptest::collection::vec(levels(), 8),
    ) -> SignedDispatch {
        let setpoints = offsets.iter().zip(levels).map(|(offset, (real, reactive))| Setpoint {
            at: UtcTime::from_unix(start + offset * length / 60),
            real,
            reactive,
        });
        let mut setpoints: Vec<Setpoint> = setpoints.collect();
        if status.is_stop() && revision.is_multiple_of(2) {
            setpoints.clear();
        }
        signed(DispatchParts {
            revision: Revision::new(revision).unwrap(),
            instruction_time: UtcTime::from_unix(start - before),
            service_start: UtcTime::from_unix(start),
            service_end: UtcTime::from_unix(start + length),
            ..parts(status, setpoints)
        })
    }
}
