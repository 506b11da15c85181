//! Any unit in any state that it can have come to, told anything.

use proptest::prelude::*;

use crate::dispatch::Revision;
use crate::power::testing::second;
use crate::power::{
    Asset, AssetState, Baseline, Battery, Follow, Generator, HeatPumps, Instruction, Plan, Target, TurnDown,
    plan,
};

pub(super) fn any_battery() -> impl Strategy<Value = Asset> {
    let power = (50.0..2000.0, 50.0..2000.0, 0.3..4.0);
    let store = (0.7..1.0, 0.7..1.0, 0.0..0.3, 0.6..1.0, 0.0..1.0);
    let idling = prop_oneof![2 => Just(0.0), 1 => 0.1..10.0];
    (power, store, (0.0..90.0, idling), 5.0..6000.0, 5.0..6000.0).prop_map(
        |(power, store, (delay_s, idling), up, down)| {
            let (max_discharge_kw, max_charge_kw, hours) = power;
            let (discharge_efficiency, charge_efficiency, min_soc, max_soc, share) = store;
            Asset::Battery(Battery {
                max_discharge_kw,
                max_charge_kw,
                capacity_kwh: max_discharge_kw * hours,
                discharge_efficiency,
                charge_efficiency,
                min_soc,
                max_soc,
                initial_soc: min_soc + (max_soc - min_soc) * share,
                delay_s,
                ramp_up_kw_per_min: up,
                ramp_down_kw_per_min: down,
                idling_loss_kw: idling,
            })
        },
    )
}

fn any_generator() -> impl Strategy<Value = Asset> {
    let minutes = || prop_oneof![2 => Just(0.0), 1 => 1.0..40.0];
    let times = (0.0..600.0, 0.0..60.0, minutes(), minutes());
    (100.0..3000.0, 0.0..0.9, times, 20.0..6000.0, 20.0..6000.0).prop_map(
        |(max_kw, share, (start_delay_s, delay_s, min_run_min, min_rest_min), up, down)| {
            Asset::Generator(Generator {
                max_kw,
                min_stable_kw: max_kw * share,
                start_delay_s,
                delay_s,
                ramp_up_kw_per_min: up,
                ramp_down_kw_per_min: down,
                min_run_min,
                min_rest_min,
            })
        },
    )
}

pub(super) fn any_turn_down() -> impl Strategy<Value = Asset> {
    (
        50.0..1000.0,
        0.0..900.0,
        5.0..600.0,
        5.0..600.0,
        5.0..180.0,
        prop_oneof![Just(0.0), 0.1..1.0],
        5.0..120.0,
        prop_oneof![2 => Just(0.0), 1 => 1.0..60.0],
    )
        .prop_map(
            |(
                max_turn_down_kw,
                delay_s,
                up,
                down,
                max_duration_min,
                rebound_share,
                rebound_min,
                interval_min,
            )| {
                Asset::TurnDown(TurnDown {
                    max_turn_down_kw,
                    delay_s,
                    ramp_up_kw_per_min: up,
                    ramp_down_kw_per_min: down,
                    max_duration_min,
                    rebound_share,
                    rebound_min,
                    interval_min,
                })
            },
        )
}

pub(super) fn any_heat_pumps() -> impl Strategy<Value = Asset> {
    let power = (50.0..1000.0, prop_oneof![Just(0.0), 20.0..500.0], 0.2..3.0, 0.2..2.0);
    let motion = (prop_oneof![Just(0.0), 1.0..10.0], 0.0..300.0, 10.0..2000.0, 10.0..2000.0);
    (power, motion, 0.0..1.0, 5.0..180.0).prop_map(|(power, motion, rebound_share, rebound_min)| {
        let (max_turn_down_kw, max_pre_heat_kw, comfort_hours, ahead_hours) = power;
        let (min_off_min, delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min) = motion;
        Asset::HeatPumps(HeatPumps {
            max_turn_down_kw,
            max_pre_heat_kw,
            comfort_kwh: max_turn_down_kw * comfort_hours,
            pre_heat_kwh: max_pre_heat_kw * ahead_hours,
            min_off_min,
            delay_s,
            ramp_up_kw_per_min,
            ramp_down_kw_per_min,
            rebound_share,
            rebound_min,
        })
    })
}

pub(super) fn any_asset() -> impl Strategy<Value = Asset> {
    prop_oneof![any_battery(), any_generator(), any_turn_down(), any_heat_pumps()]
}

/// A share of what the unit's power can be, fixed or in steps through the day.
fn any_baseline() -> impl Strategy<Value = (bool, [f64; 3], [u32; 2])> {
    (any::<bool>(), prop::array::uniform3(-1.0..1.0f64), (1020u32..1080, 1080u32..1150))
        .prop_map(|(is_daily, levels, (first, second))| (is_daily, levels, [first, second]))
}

fn baseline_for(asset: &Asset, (is_daily, levels, minutes): (bool, [f64; 3], [u32; 2])) -> Baseline {
    let kw = levels.map(|share| match asset {
        Asset::Battery(b) => 0.3 * share * b.max_charge_kw.min(b.max_discharge_kw),
        Asset::Generator(g) if share > 0.3 => g.min_stable_kw + (g.max_kw - g.min_stable_kw) * share,
        Asset::Generator(_) => 0.0,
        Asset::TurnDown(t) => -t.max_turn_down_kw * (1.5 + share),
        Asset::HeatPumps(h) => -h.max_turn_down_kw * (1.5 + share),
        Asset::EvHub(_) | Asset::Renewable(_) => share,
    });
    if is_daily {
        let time = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        Baseline::Daily {
            points: vec![("00:00".to_owned(), kw[0]), (time(minutes[0]), kw[1]), (time(minutes[1]), kw[2])],
        }
    } else if matches!(asset, Asset::Battery(_)) && levels[1] > 0.0 {
        Baseline::Fixed { kw: 0.0 }
    } else {
        Baseline::Fixed { kw: kw[0] }
    }
}

/// Seconds from 16:30, and level as a share of what the unit can do (a little beyond), DELTA or not.
type RawTarget = (f64, f64, bool);

fn any_instruction() -> impl Strategy<Value = (u8, Vec<RawTarget>, f64)> {
    let target = (0.0..6000.0f64, -0.1..1.1f64, any::<bool>());
    (0u8..8, prop::collection::vec(target, 1..5), 60.0..6000.0f64)
}

fn instruction_for(
    asset: &Asset,
    baseline: &Baseline,
    (kind, raw, last_s): &(u8, Vec<RawTarget>, f64),
    revision: u32,
) -> Instruction {
    let follow = match kind {
        0..=4 => Follow::Schedule,
        5 => Follow::Now,
        6 => Follow::Stop,
        _ => Follow::EmergencyStop,
    };
    let mut times: Vec<f64> = raw.iter().map(|r| (second("16:30") + r.0).round()).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let targets: Vec<Target> = times
        .iter()
        .zip(raw)
        .map(|(at, (_, share, is_delta))| {
            let base = baseline.at(*at);
            let (least, most) = asset.limits_kw(base);
            let kw = least + (most - least) * share;
            Target { at: *at, kw, delta_kw: is_delta.then_some(kw - base) }
        })
        .collect();
    let end = (times[times.len() - 1] + last_s).round();
    let stops = matches!(follow, Follow::Stop | Follow::EmergencyStop);
    Instruction {
        follow,
        start: times[0],
        end,
        targets: if stops { Vec::new() } else { targets },
        revision: Revision::new(revision).unwrap(),
    }
}

/// A unit that has followed one instruction for a while and is told another.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) asset: Asset,
    pub(super) baseline: Baseline,
    pub(super) state: AssetState,
    pub(super) from: f64,
    pub(super) until: f64,
    pub(super) told: Option<Instruction>,
}

impl Case {
    pub(super) fn plan(&self) -> Plan {
        plan(&self.asset, &self.baseline, &self.state, self.told.as_ref(), self.from, self.until)
    }

    /// Where the plan's pieces begin and end, steps once.
    pub(super) fn instants(&self, plan: &Plan) -> Vec<f64> {
        let mut instants: Vec<f64> = plan.curve.points().iter().map(|p| p.0).collect();
        instants.extend(plan.marks.iter().map(|m| m.at));
        instants.extend(self.baseline.curve(self.from, self.until).steps());
        instants.sort_by(f64::total_cmp);
        instants.dedup();
        instants
    }
}

pub(super) fn any_case(asset: impl Strategy<Value = Asset>) -> impl Strategy<Value = Case> {
    let times = (0.0..3600.0f64, 0.0..5400.0f64, any::<bool>());
    (asset, any_baseline(), any_instruction(), prop::option::weighted(0.9, any_instruction()), times)
        .prop_map(|(asset, base, before, next, (early, later, is_fresh))| {
            let baseline = baseline_for(&asset, base);
            let start = second("15:30") + early;
            let before = instruction_for(&asset, &baseline, &before, 1);
            let from = start + later;
            // A battery near a bound cannot be at power: that is no state it could have come to.
            let fresh = |t: f64| {
                let state = asset.initial_state(baseline.at(t));
                let idle = if let Asset::Battery(b) = &asset { -b.idling_loss_kw } else { state.kw };
                AssetState { kw: idle, ..state }
            };
            let state = if is_fresh {
                fresh(from)
            } else {
                plan(&asset, &baseline, &fresh(start), Some(&before), start, from + 1.0).state_at(from)
            };
            let told = next.map(|raw| instruction_for(&asset, &baseline, &raw, 2));
            let until = told.as_ref().map_or(from, |t| t.end).max(from) + 7200.0;
            Case { asset, baseline, state, from, until, told }
        })
}

pub(super) fn near(a: f64, b: f64, within: f64) -> bool {
    (a - b).abs() <= within
}

/// How far a level can move in the time that a rounding of instants takes.
pub(super) fn slop(asset: &Asset) -> f64 {
    let (up, down) = asset.ramps_kw_per_s();
    1e-6 + 4e-6 * up.max(down)
}
