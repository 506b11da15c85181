//! Units for tests.

use std::sync::Arc;

use super::{Ask, Member};
use crate::power::{Asset, Baseline, Battery, Generator, HeatPumps, TurnDown};
use crate::time::UtcTime;
use crate::units::Watts;

/// `HH:MM` on Thursday 26 November 2026, when London is on UTC.
pub(super) fn at(time: &str) -> UtcTime {
    format!("2026-11-26T{time}:00Z").parse().unwrap()
}

pub(super) fn kw(kilowatts: i64) -> Watts {
    Watts(kilowatts * 1000)
}

/// What is asked from one time to another, kW.
pub(super) fn asked(kilowatts: i64, from: &str, until: &str) -> Ask {
    Ask::new(&[(at(from), kw(kilowatts))], at(until)).unwrap()
}

/// A unit that is told at 15:00 and can be asked at once.
pub(super) fn member(name: &str, asset: Asset, baseline_kw: f64, pounds: i64) -> Member {
    let baseline = if baseline_kw == 0.0 { Baseline::Zero } else { Baseline::Fixed { kw: baseline_kw } };
    Member {
        unit: format!("FSP/{name}").parse().unwrap(),
        state: asset.initial_state(baseline_kw),
        asset: Arc::new(asset),
        baseline: Arc::new(baseline),
        told_at: at("15:00"),
        earliest: at("15:00"),
        declared: None,
        pence_per_mwh: Some(pounds * 100),
    }
}

/// Both ways the same kW, full of so many kWh of use, without any loss.
pub(super) fn battery(kw: f64, kwh: f64) -> Asset {
    Asset::Battery(Battery {
        max_discharge_kw: kw,
        max_charge_kw: kw,
        capacity_kwh: kwh * 2.0,
        discharge_efficiency: 1.0,
        charge_efficiency: 1.0,
        min_soc: 0.0,
        max_soc: 1.0,
        initial_soc: 0.5,
        idling_loss_kw: 0.0,
        delay_s: 1.0,
        ramp_up_kw_per_min: kw * 10.0,
        ramp_down_kw_per_min: kw * 10.0,
    })
}

pub(super) fn engine(min_kw: f64, max_kw: f64) -> Generator {
    Generator {
        max_kw,
        min_stable_kw: min_kw,
        start_delay_s: 120.0,
        delay_s: 5.0,
        ramp_up_kw_per_min: max_kw,
        ramp_down_kw_per_min: max_kw,
        min_run_min: 0.0,
        min_rest_min: 0.0,
    }
}

pub(super) fn demand(kw: f64, minutes: f64) -> TurnDown {
    TurnDown {
        max_turn_down_kw: kw,
        delay_s: 60.0,
        ramp_up_kw_per_min: kw / 2.0,
        ramp_down_kw_per_min: kw / 2.0,
        max_duration_min: minutes,
        rebound_share: 0.5,
        rebound_min: 60.0,
        interval_min: 0.0,
    }
}

pub(super) fn homes(kw: f64, kwh: f64) -> HeatPumps {
    HeatPumps {
        max_turn_down_kw: kw,
        max_pre_heat_kw: kw / 2.0,
        comfort_kwh: kwh,
        pre_heat_kwh: kwh / 2.0,
        min_off_min: 3.0,
        delay_s: 30.0,
        ramp_up_kw_per_min: kw,
        ramp_down_kw_per_min: kw,
        rebound_share: 0.7,
        rebound_min: 120.0,
    }
}
