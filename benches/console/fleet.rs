//! The units: at every FSP as many, the first few FSPs with a battery of which each second of a day is held.

use std::collections::BTreeMap;
use std::sync::Arc;

use rampdesk::desk::charge::ChargeTrail;
use rampdesk::desk::lifeline::Lifeline;
use rampdesk::desk::snapshot::{FspState, LinkState, UnitState};
use rampdesk::dispatch::{KeyRing, SigningKey};
use rampdesk::power::{Asset, Baseline, Battery, Meter, Reading, Series, TurnDown};
use rampdesk::time::UtcTime;

/// Seconds in a day.
pub const DAY_S: i64 = 86_400;
/// How often an FSP's client says that it lives, seconds.
const POLL_S: u32 = 10;

/// How much there is of everything.
pub struct Size {
    /// FSPs.
    pub fsps: usize,
    /// Units of each.
    pub units: usize,
    /// FSPs of which the first unit is a battery with a reading every second.
    pub batteries: usize,
    /// Dispatches, one of them each battery's and the rest at the same FSPs.
    pub dispatches: usize,
}

impl Size {
    /// A large desk's.
    pub const FULL: Self = Self { fsps: 500, units: 20, batteries: 20, dispatches: 200 };
    /// Enough to see that everything is shown.
    pub const SMALL: Self = Self { fsps: 10, units: 12, batteries: 2, dispatches: 12 };
}

/// `FSP-001/UNIT-01`: the first of an FSP with a battery is that.
pub fn name(fsp: usize, unit: usize) -> String {
    format!("{}/UNIT-{unit:02}", fsp_name(fsp))
}

fn fsp_name(fsp: usize) -> String {
    format!("FSP-{fsp:03}")
}

/// The same key at each call.
pub fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(format!("{}-2026", name.to_lowercase()).parse().unwrap(), &[7; 32])
}

/// All FSPs, in order.
pub fn fsps(size: &Size, now: UtcTime) -> Vec<Arc<FspState>> {
    let keys = Arc::new(KeyRing::new([key("FSP").public(None, None)]));
    let heard = heard_all_day(now);
    (0..size.fsps)
        .map(|fsp| {
            Arc::new(FspState {
                id: fsp_name(fsp).parse().unwrap(),
                name: format!("Provider {fsp}"),
                telephone: "0115 496 0100".to_owned(),
                // One in fifty is silent.
                client: if fsp % 50 == 49 { LinkState::Lost } else { LinkState::Live },
                last_poll: Some(now - 3),
                keys: Arc::clone(&keys),
                poll_seconds: POLL_S,
                heard: heard.clone(),
            })
        })
        .collect()
}

/// All units, in order of FSP and unit.
pub fn units(size: &Size, now: UtcTime) -> Vec<Arc<UnitState>> {
    let heard = heard_all_day(now);
    let places = (0..size.fsps).flat_map(|fsp| (0..size.units).map(move |unit| (fsp, unit)));
    places
        .map(|(fsp, unit)| {
            let is_battery = unit == 0 && fsp < size.batteries;
            let (asset, baseline_kw) = if is_battery { (battery(), 0.0) } else { (turn_down(), -700.0) };
            let phase = (fsp * 7 + unit) % 60;
            let (readings, charge) =
                if is_battery { seconds_of_a_day(phase, now) } else { half_an_hour(phase, now) };
            let (min_kw, max_kw) = asset.limits_kw(baseline_kw);
            Arc::new(UnitState {
                unit: name(fsp, unit).parse().unwrap(),
                name: format!("{} {unit} of provider {fsp}", asset.kind()),
                contract: "EMID-C-2026-0193".parse().unwrap(),
                operator: "GB-DNO-11".parse().unwrap(),
                kind: asset.kind().to_owned(),
                soc: is_battery.then_some(0.62),
                asset: Arc::new(asset),
                baseline: Arc::new(Baseline::Fixed { kw: baseline_kw }),
                reactive: None,
                meter: Meter { noise: 0.005, resolution_kw: Some(1.0), seed: 0 },
                max_kw,
                min_kw,
                lamp: LinkState::Live,
                state: if is_battery { "HOLDING" } else { "OFF" }.to_owned(),
                kw: readings.last().map(|r| r.kw),
                baseline_kw: Some(baseline_kw),
                reported: Some(now - 3),
                revisions: BTreeMap::new(),
                active: None,
                availability: None,
                readings,
                charge,
                heard: heard.clone(),
            })
        })
        .collect()
}

/// One stretch of signs of life, a day long.
pub fn heard_all_day(now: UtcTime) -> Lifeline {
    let mut line = Lifeline::default();
    let mut at = now - DAY_S;
    while at <= now {
        line.heard(at, true, None, POLL_S);
        at = at + i64::from(POLL_S);
    }
    line
}

/// What a battery does in a second: a level for each half-hour, approached in ramps, with a ripple of its own.
pub fn power_kw(second: i64, phase: usize) -> f64 {
    let half_hour = second.div_euclid(1800);
    let level = |half_hour: i64| f64::from(i32::try_from((half_hour * 7).rem_euclid(9)).unwrap()) * 200.0;
    let since = f64::from(i32::try_from(second.rem_euclid(1800)).unwrap());
    let share = (since / 240.0).min(1.0);
    let turn = f64::from(u32::try_from(phase).unwrap());
    let ripple = (since * 0.37 + turn).sin() * 15.0 + (since * 0.011).cos() * 6.0;
    level(half_hour - 1) + (level(half_hour) - level(half_hour - 1)) * share + ripple
}

fn seconds_of_a_day(phase: usize, now: UtcTime) -> (Series, ChargeTrail) {
    let (mut readings, mut charge) = (Series::default(), ChargeTrail::default());
    let first = now.unix() - DAY_S + 1;
    for second in first..=now.unix() {
        readings.push(reading(second, power_kw(second, phase)));
        if second % 30 == 0 {
            let share = reading(second - first, 0.0).at / reading(DAY_S, 0.0).at;
            charge.reported(UtcTime::from_unix(second), 0.9 - share * 0.6);
        }
    }
    (readings, charge)
}

fn half_an_hour(phase: usize, now: UtcTime) -> (Series, ChargeTrail) {
    let mut readings = Series::default();
    for minute in 0..30 {
        let second = now.floor_to_minute().unix() - (29 - minute) * 60;
        let turn = f64::from(u32::try_from(phase).unwrap()) + reading(minute, 0.0).at;
        readings.push(reading(second, -700.0 + turn.sin() * 20.0));
    }
    (readings, ChargeTrail::default())
}

/// A reading at a second of UTC.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double")]
pub fn reading(second: i64, kw: f64) -> Reading {
    Reading { at: second as f64, kw }
}

fn battery() -> Asset {
    Asset::Battery(Battery {
        max_discharge_kw: 2500.0,
        max_charge_kw: 2500.0,
        capacity_kwh: 60_000.0,
        discharge_efficiency: 0.95,
        charge_efficiency: 0.95,
        min_soc: 0.05,
        max_soc: 0.95,
        initial_soc: 0.9,
        delay_s: 5.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 600.0,
        idling_loss_kw: 0.0,
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
