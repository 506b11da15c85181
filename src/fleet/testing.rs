//! Units and dispatches for the fleet's tests: Thursday 26 November 2026, when London is on UTC.

use crate::dispatch::{
    Dispatch, DispatchParts, ReactiveLevel, RealLevel, Reference, Revision, Setpoint, Status,
};
use crate::power::{Asset, Baseline, Battery, Generator, Meter, TurnDown};
use crate::profile::availability::Availability;
use crate::profile::fleet::{Contract, FleetProfile, Fsp, Unit};
use crate::time::UtcTime;
use crate::units::{Vars, Watts};

/// `HH:MM` or `HH:MM:SS`.
pub(super) fn utc(time: &str) -> UtcTime {
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!("2026-11-26T{time}{seconds}Z").parse().unwrap()
}

/// 1 MW / 2 MWh at baseline 0; up 10 kW/s, down 5 kW/s, a delay of 2 s.
pub(super) fn battery() -> Unit {
    let asset = Asset::Battery(Battery {
        max_discharge_kw: 1000.0,
        max_charge_kw: 800.0,
        capacity_kwh: 2000.0,
        discharge_efficiency: 1.0,
        charge_efficiency: 1.0,
        min_soc: 0.1,
        max_soc: 0.9,
        initial_soc: 0.5,
        delay_s: 2.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 300.0,
        idling_loss_kw: 0.0,
    });
    unit("BESS-07", asset, 0.0)
}

/// 300 to 1,000 kW at baseline 0; up 5 kW/s, down 10 kW/s, two minutes to start.
pub(super) fn generator() -> Unit {
    let asset = Asset::Generator(Generator {
        max_kw: 1000.0,
        min_stable_kw: 300.0,
        start_delay_s: 120.0,
        delay_s: 5.0,
        ramp_up_kw_per_min: 300.0,
        ramp_down_kw_per_min: 600.0,
        min_run_min: 0.0,
        min_rest_min: 0.0,
    });
    unit("CHP-02", asset, 0.0)
}

/// 400 kW of 700 kW for an hour and a half; up 1 kW/s, down 2 kW/s, a minute's delay; half comes back in half an hour.
pub(super) fn turn_down() -> Unit {
    let asset = Asset::TurnDown(TurnDown {
        max_turn_down_kw: 400.0,
        delay_s: 60.0,
        ramp_up_kw_per_min: 60.0,
        ramp_down_kw_per_min: 120.0,
        max_duration_min: 90.0,
        rebound_share: 0.5,
        rebound_min: 30.0,
        interval_min: 0.0,
    });
    unit("COLD-11", asset, -700.0)
}

fn unit(id: &str, asset: Asset, baseline_kw: f64) -> Unit {
    Unit {
        unit: format!("BRIGHTFLEX/{id}").parse().unwrap(),
        name: id.to_owned(),
        operator: "GB-DNO-11".parse().unwrap(),
        contract: "EMID-C-2026-0193".parse().unwrap(),
        asset,
        baseline: Baseline::Fixed { kw: baseline_kw },
        reactive: None,
        meter: Meter::EXACT,
        availability: Availability::Always,
    }
}

/// One FSP with one unit of each kind under one contract.
pub(super) fn profile() -> FleetProfile {
    FleetProfile {
        name: "test".to_owned(),
        contracts: vec![Contract {
            operator: "GB-DNO-11".parse().unwrap(),
            id: "EMID-C-2026-0193".parse().unwrap(),
            product: "test".to_owned(),
            poll_seconds: 10,
            ack_seconds: 30,
            notice_seconds: 0,
            price_pence_per_mwh: None,
            fail_safe: None,
        }],
        fsps: vec![Fsp {
            id: "BRIGHTFLEX".parse().unwrap(),
            name: "Brightflex".to_owned(),
            telephone: "+44 20 7946 0000".to_owned(),
        }],
        units: vec![battery(), generator(), turn_down()],
        endpoints: Vec::new(),
    }
}

/// A level of a test's dispatch, kW or kvar.
#[derive(Clone, Copy, Debug)]
pub(super) enum Level {
    Delta(f64),
    Absolute(f64),
    Reactive(f64),
}

/// What a test asks of a unit.
#[derive(Clone, Debug)]
pub(super) struct Asked(pub(super) DispatchParts);

/// RUN, revision 1 of `EMID-1`, from `start` to `end`.
pub(super) fn run(unit: &Unit, start: &str, end: &str, levels: &[(&str, Level)]) -> Asked {
    Asked(DispatchParts {
        network_operator: unit.operator.clone(),
        dispatch_ref: "EMID-1".parse().unwrap(),
        revision: Revision::FIRST,
        status: Status::Run,
        contract: unit.contract.clone(),
        unit: unit.unit.clone(),
        instruction_time: utc("15:45"),
        service_start: utc(start),
        service_end: utc(end),
        setpoints: levels.iter().map(|(at, level)| setpoint(utc(at), *level)).collect(),
    })
}

fn setpoint(at: UtcTime, level: Level) -> Setpoint {
    let real =
        |reference, kw| RealLevel { reference, watts: Watts::from_kilowatts(kw).unwrap(), price: None };
    let mut setpoint = Setpoint { at, real: None, reactive: None };
    match level {
        Level::Delta(kw) => setpoint.real = Some(real(Reference::Delta, kw)),
        Level::Absolute(kw) => setpoint.real = Some(real(Reference::Absolute, kw)),
        Level::Reactive(kvar) => {
            let vars = Vars(Watts::from_kilowatts(kvar).unwrap().0);
            setpoint.reactive = Some(ReactiveLevel { reference: Reference::Absolute, vars, price: None });
        }
    }
    setpoint
}

impl Asked {
    pub(super) fn status(mut self, status: Status) -> Self {
        self.0.status = status;
        self
    }

    pub(super) fn revision(mut self, revision: u32) -> Self {
        self.0.revision = Revision::new(revision).unwrap();
        self
    }

    pub(super) fn reference(mut self, text: &str) -> Self {
        self.0.dispatch_ref = text.parse().unwrap();
        self
    }

    /// As decided at that time.
    pub(super) fn decided(mut self, time: &str) -> Self {
        self.0.instruction_time = utc(time);
        self
    }

    pub(super) fn document(&self) -> Dispatch {
        Dispatch::new(self.0.clone()).unwrap()
    }
}
