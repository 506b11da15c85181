//! A small desk for tests: one operator, two contracts, two FSPs, three units, and keys from fixed seeds.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::register::{OperatorNames, Register};
use crate::dispatch::{
    Acknowledgement, Dispatch, DispatchKey, DispatchParts, DispatchUnit, FspId, KeyRing, OperatorId,
    Readback, RealLevel, Reference, Revision, Setpoint, SignedDispatch, SigningKey, Stage, Status,
};
use crate::power::{Asset, Baseline, Battery, Meter};
use crate::profile::availability::Availability;
use crate::profile::fleet::{Contract, FleetProfile, Fsp, Unit};
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::UtcTime;
use crate::units::Watts;

/// `15:45` or `15:45:30` on the day of the tests.
pub(super) fn at(time: &str) -> UtcTime {
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!("2026-11-26T{time}{seconds}Z").parse().unwrap()
}

pub(super) fn operator() -> OperatorId {
    "GB-DNO-11".parse().unwrap()
}

pub(super) fn fsp(name: &str) -> FspId {
    name.parse().unwrap()
}

pub(super) fn unit(name: &str) -> DispatchUnit {
    name.parse().unwrap()
}

pub(super) fn key_of(dispatch_ref: &str) -> DispatchKey {
    DispatchKey { operator: operator(), dispatch_ref: dispatch_ref.parse().unwrap() }
}

pub(super) fn operator_key() -> SigningKey {
    SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[7; 32])
}

pub(super) fn fsp_key(name: &str) -> SigningKey {
    let seed = [name.as_bytes()[0]; 32];
    SigningKey::from_seed(format!("{}-2026", name.to_lowercase()).parse().unwrap(), &seed)
}

/// So many batteries of BRIGHTFLEX under one contract: BESS-001 and so on.
pub(super) fn fleet_of(units: usize) -> Arc<FleetProfile> {
    let mut fleet = FleetProfile::clone(&fleet());
    let pattern = fleet.units[0].clone();
    let numbered = |n: usize| Unit { unit: unit(&format!("BRIGHTFLEX/BESS-{n:03}")), ..pattern.clone() };
    fleet.units = (1..=units).map(numbered).collect();
    Arc::new(fleet)
}

/// Two contracts of GB-DNO-11: `C-1` (BRIGHTFLEX/BESS-07, BRIGHTFLEX/BESS-08) and `C-2` (COLDSTORE/FRIDGE-1).
pub(super) fn fleet() -> Arc<FleetProfile> {
    let contract = |id: &str| Contract {
        operator: operator(),
        id: id.parse().unwrap(),
        product: "Operational Utilisation".to_owned(),
        poll_seconds: 10,
        ack_seconds: 30,
        notice_seconds: 0,
        price_pence_per_mwh: Some(30_000),
        fail_safe: None,
    };
    let fsp = |id: &str, telephone: &str| Fsp {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        telephone: telephone.to_owned(),
    };
    let unit = |name: &str, contract: &str| Unit {
        unit: name.parse().unwrap(),
        name: name.to_owned(),
        operator: operator(),
        contract: contract.parse().unwrap(),
        asset: battery(),
        baseline: Baseline::Fixed { kw: 0.0 },
        reactive: None,
        meter: Meter::EXACT,
        availability: Availability::Always,
    };
    Arc::new(FleetProfile {
        name: "tests".to_owned(),
        contracts: vec![contract("C-1"), contract("C-2")],
        fsps: vec![fsp("BRIGHTFLEX", "+44 20 7946 0001"), fsp("COLDSTORE", "+44 20 7946 0002")],
        units: vec![
            unit("BRIGHTFLEX/BESS-07", "C-1"),
            unit("BRIGHTFLEX/BESS-08", "C-1"),
            unit("COLDSTORE/FRIDGE-1", "C-2"),
        ],
        endpoints: Vec::new(),
    })
}

fn battery() -> Asset {
    Asset::Battery(Battery {
        max_discharge_kw: 2500.0,
        max_charge_kw: 2500.0,
        capacity_kwh: 5000.0,
        discharge_efficiency: 0.95,
        charge_efficiency: 0.95,
        min_soc: 0.05,
        max_soc: 0.95,
        initial_soc: 0.8,
        delay_s: 2.0,
        ramp_up_kw_per_min: 2000.0,
        ramp_down_kw_per_min: 2000.0,
        idling_loss_kw: 0.0,
    })
}

pub(super) fn register() -> Register {
    register_of(&fleet())
}

pub(super) fn register_of(fleet: &Arc<FleetProfile>) -> Register {
    let secrets =
        Secrets { operators: BTreeMap::from([(operator(), operator_key().into())]), ..Secrets::default() };
    let ring = |name: &str| (fsp(name), KeyRing::new([fsp_key(name).public(None, None)]));
    let trust =
        Trust { operators: BTreeMap::new(), fsps: BTreeMap::from([ring("BRIGHTFLEX"), ring("COLDSTORE")]) };
    let names = OperatorNames { code: "EMID".to_owned(), area: "East Midlands".to_owned() };
    Register::with_names(fleet, BTreeMap::from([(operator(), names)]), &secrets, trust)
}

pub(super) fn setpoint(time: &str, kw: i64) -> Setpoint {
    let real = RealLevel { reference: Reference::Delta, watts: Watts(kw * 1000), price: None };
    Setpoint { at: at(time), real: Some(real), reactive: None }
}

/// A revision of `EMID-1` for BRIGHTFLEX/BESS-07, 17:00 to 19:00, +2,000 kW.
pub(super) fn parts(revision: u32, status: Status) -> DispatchParts {
    DispatchParts {
        network_operator: operator(),
        dispatch_ref: "EMID-1".parse().unwrap(),
        revision: Revision::new(revision).unwrap(),
        status,
        contract: "C-1".parse().unwrap(),
        unit: unit("BRIGHTFLEX/BESS-07"),
        instruction_time: at("16:00"),
        service_start: at("17:00"),
        service_end: at("19:00"),
        setpoints: if status.is_stop() { Vec::new() } else { vec![setpoint("17:00", 2000)] },
    }
}

pub(super) fn signed(parts: DispatchParts) -> SignedDispatch {
    Dispatch::new(parts).unwrap().sign(&operator_key()).unwrap()
}

/// What the FSP says of a revision, with the read-back that belongs to the stage.
pub(super) fn says(dispatch: &Dispatch, stage: Stage, time: &str) -> Acknowledgement {
    Acknowledgement {
        key: dispatch.key(),
        unit: dispatch.unit.clone(),
        revision: dispatch.revision,
        status: Some(dispatch.status),
        stage,
        at: at(time),
        readback: stage.carries_readback().then(|| Readback::of(dispatch)),
        reason: None,
        detail: None,
        reached_at: None,
    }
}
