//! Assets and dispatches for tests.

use super::asset::Available;
use super::{Battery, EvHub, Generator, HeatPumps, Renewable, TurnDown, seconds};
use crate::dispatch::{
    Dispatch, DispatchParts, ReactiveLevel, RealLevel, Reference, Revision, Setpoint, Status,
};
use crate::time::UtcTime;
use crate::units::{Vars, Watts};

/// 1 MW / 2 MWh; up 10 kW/s, down 5 kW/s; 1,000 kWh of charge, 800 of them to give.
pub(super) fn battery() -> Battery {
    Battery {
        max_discharge_kw: 1000.0,
        max_charge_kw: 800.0,
        capacity_kwh: 2000.0,
        discharge_efficiency: 0.9,
        charge_efficiency: 0.8,
        min_soc: 0.1,
        max_soc: 0.9,
        initial_soc: 0.5,
        idling_loss_kw: 0.0,
        delay_s: 2.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 300.0,
    }
}

/// 300 to 1,000 kW; up 5 kW/s, down 10 kW/s; two minutes to start.
pub(super) fn generator() -> Generator {
    Generator {
        max_kw: 1000.0,
        min_stable_kw: 300.0,
        start_delay_s: 120.0,
        delay_s: 5.0,
        ramp_up_kw_per_min: 300.0,
        ramp_down_kw_per_min: 600.0,
        min_run_min: 0.0,
        min_rest_min: 0.0,
    }
}

/// 400 kW for an hour; a minute's delay; up 1 kW/s, down 2 kW/s; half comes back over half an hour.
pub(super) fn turn_down() -> TurnDown {
    TurnDown {
        max_turn_down_kw: 400.0,
        delay_s: 60.0,
        ramp_up_kw_per_min: 60.0,
        ramp_down_kw_per_min: 120.0,
        max_duration_min: 60.0,
        rebound_share: 0.5,
        rebound_min: 30.0,
        interval_min: 0.0,
    }
}

/// 250 kW down and 100 up; 150 kWh before it is too cold and 80 ahead; compressors stay off for 3 minutes; up 2 kW/s, down
/// 1 kW/s; seven tenths come back over two hours.
pub(super) fn heat_pumps() -> HeatPumps {
    HeatPumps {
        max_turn_down_kw: 250.0,
        max_pre_heat_kw: 100.0,
        comfort_kwh: 150.0,
        pre_heat_kwh: 80.0,
        min_off_min: 3.0,
        delay_s: 30.0,
        ramp_up_kw_per_min: 120.0,
        ramp_down_kw_per_min: 60.0,
        rebound_share: 0.7,
        rebound_min: 120.0,
    }
}

/// Forty points of 7 kW on 140 kW, used three times a week in the evening.
pub(super) fn ev_hub() -> EvHub {
    EvHub {
        charge_points: 40,
        point_kw: 7.0,
        connection_kw: 140.0,
        step_kw: 1.4,
        delay_s: 5.0,
        random_delay_s: 600.0,
        sessions_per_week: 3.0,
        arrive: "18:00".to_owned(),
        arrive_spread_min: 90.0,
        stay_hours: 10.0,
        session_kwh: 14.0,
        seed: 11,
    }
}

/// 2 MW; up 10 kW/s, down 40 kW/s.
pub(super) fn wind_farm() -> Renewable {
    Renewable {
        max_kw: 2000.0,
        available: Available::Wind { seed: 5, mean_m_per_s: 8.0 },
        delay_s: 5.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 2400.0,
    }
}

/// What a setpoint of a test's dispatch asks, kW or kvar.
#[derive(Clone, Copy)]
pub(super) enum Level {
    Delta(f64),
    Absolute(f64),
    Reactive(f64),
}

/// `HH:MM` or `HH:MM:SS` on Thursday 26 November 2026, when London is on UTC.
pub(super) fn utc(time: &str) -> UtcTime {
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!("2026-11-26T{time}{seconds}Z").parse().unwrap()
}

/// The same as seconds of UTC.
pub(super) fn second(time: &str) -> f64 {
    seconds(utc(time).unix())
}

/// A dispatch of one unit on that day.
pub(super) fn dispatch(
    status: Status,
    revision: u32,
    start: &str,
    end: &str,
    levels: &[(&str, Level)],
) -> Dispatch {
    let setpoints = levels.iter().map(|(at, level)| {
        let real =
            |reference, kw| RealLevel { reference, watts: Watts::from_kilowatts(kw).unwrap(), price: None };
        let mut setpoint = Setpoint { at: utc(at), real: None, reactive: None };
        match level {
            Level::Delta(kw) => setpoint.real = Some(real(Reference::Delta, *kw)),
            Level::Absolute(kw) => setpoint.real = Some(real(Reference::Absolute, *kw)),
            Level::Reactive(kvar) => {
                let vars = Vars(Watts::from_kilowatts(*kvar).unwrap().0);
                setpoint.reactive = Some(ReactiveLevel { reference: Reference::Absolute, vars, price: None });
            }
        }
        setpoint
    });
    let parts = DispatchParts {
        network_operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: "EMID-20261126-0417".parse().unwrap(),
        revision: Revision::new(revision).unwrap(),
        status,
        contract: "EMID-C-2026-0193".parse().unwrap(),
        unit: "BRIGHTFLEX/BESS-07".parse().unwrap(),
        instruction_time: utc("15:45"),
        service_start: utc(start),
        service_end: utc(end),
        setpoints: setpoints.collect(),
    };
    Dispatch::new(parts).unwrap()
}
