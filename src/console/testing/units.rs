//! Twelve units of three kinds at four FSPs, in every state that a unit can be in.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{NOW, at, unit_named};
use crate::desk::charge::ChargeTrail;
use crate::desk::lifeline::Lifeline;
use crate::desk::snapshot::{LinkState, UnitState};
use crate::power::reactive::{Capability, Priority};
use crate::power::{Asset, Baseline, Battery, Generator, Meter, Reading, Series, TurnDown};

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
        delay_s: 5.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 600.0,
        idling_loss_kw: 0.0,
    })
}

/// 4 MW, not below 1.2 MW.
pub fn generator() -> Asset {
    Asset::Generator(Generator {
        max_kw: 4000.0,
        min_stable_kw: 1200.0,
        start_delay_s: 180.0,
        delay_s: 10.0,
        ramp_up_kw_per_min: 400.0,
        ramp_down_kw_per_min: 500.0,
        min_run_min: 0.0,
        min_rest_min: 0.0,
    })
}

fn turn_down() -> Asset {
    Asset::TurnDown(TurnDown {
        max_turn_down_kw: 650.0,
        delay_s: 60.0,
        ramp_up_kw_per_min: 100.0,
        ramp_down_kw_per_min: 100.0,
        max_duration_min: 120.0,
        rebound_share: 0.6,
        rebound_min: 45.0,
        interval_min: 0.0,
    })
}

/// 2,750 kVA, real power first.
pub fn inverter() -> Capability {
    Capability::inverter(2750.0, Priority::Real).unwrap()
}

/// One unit as its FSP reports it.
pub fn unit(
    named: &str,
    name: &str,
    asset: Asset,
    lamp: LinkState,
    state: &str,
    kw: Option<f64>,
) -> UnitState {
    let baseline_kw = if matches!(asset, Asset::TurnDown(_)) { -700.0 } else { 0.0 };
    let (min_kw, max_kw) = asset.limits_kw(baseline_kw);
    let mut readings = Series::default();
    for minute in 0..30_u32 {
        let share = (f64::from(minute) / 12.0).min(1.0);
        let end = at(NOW).unix() - i64::from(30 - minute) * 60;
        let reading = baseline_kw + (kw.unwrap_or(baseline_kw) - baseline_kw) * share;
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double")]
        readings.push(Reading { at: end as f64, kw: reading });
    }
    UnitState {
        unit: unit_named(named),
        name: name.to_owned(),
        contract: "EMID-C-2026-0193".parse().unwrap(),
        operator: "GB-DNO-11".parse().unwrap(),
        kind: asset.kind().to_owned(),
        soc: matches!(asset, Asset::Battery(_)).then_some(0.62),
        asset: Arc::new(asset),
        baseline: Arc::new(Baseline::Fixed { kw: baseline_kw }),
        reactive: named.starts_with("BRIGHTFLEX/").then(|| Arc::new(inverter())),
        meter: Meter { noise: 0.005, resolution_kw: Some(1.0), seed: 0 },
        max_kw,
        min_kw,
        lamp,
        state: state.to_owned(),
        kw,
        baseline_kw: kw.map(|_| baseline_kw),
        reported: kw.map(|_| at(NOW) - 8),
        revisions: BTreeMap::new(),
        active: None,
        availability: None,
        readings: if kw.is_some() { readings } else { Series::default() },
        charge: ChargeTrail::default(),
        heard: Lifeline::default(),
    }
}

/// The fixtures' twelve units, in order.
pub fn units() -> Vec<UnitState> {
    use LinkState::{Late, Live, Lost};
    vec![
        unit("BRIGHTFLEX/BESS-01", "Kettering battery", battery(), Live, "OFF", Some(0.0)),
        unit("BRIGHTFLEX/BESS-02", "Corby battery", battery(), Live, "RETURNING", Some(400.0)),
        unit("BRIGHTFLEX/BESS-07", "Wellingborough battery", battery(), Live, "HOLDING", Some(2000.0)),
        unit("COLDCHAIN/STORE-1", "Daventry cold store", turn_down(), Late, "OFF", Some(-700.0)),
        unit("COLDCHAIN/STORE-2", "Rugby cold store", turn_down(), Live, "RAMPING", Some(-310.5)),
        unit("COLDCHAIN/STORE-3", "Lutterworth cold store", turn_down(), Live, "REBOUND", Some(-930.0)),
        unit("GREENLEAF/HEAT-1", "Leicester heat pumps", turn_down(), Live, "HOLDING", Some(-220.0)),
        unit("GREENLEAF/HEAT-2", "Loughborough heat pumps", turn_down(), Live, "OFF", Some(-690.0)),
        unit("GREENLEAF/SOLAR-BESS", "Melton battery", battery(), Live, "OFF", Some(-1250.0)),
        unit("NORTHGEN/GEN-1", "Nottingham engine 1", generator(), Lost, "STARTING", Some(0.0)),
        unit("NORTHGEN/GEN-2", "Nottingham engine 2", generator(), Lost, "OFF", None),
        unit("NORTHGEN/GEN-3", "Derby engine", generator(), Live, "INHIBITED", Some(0.0)),
    ]
}
