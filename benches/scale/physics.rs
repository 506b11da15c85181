//! Physics alone, on one thread: a plan for each unit with a dispatch in the evening, and its day as means of a minute.

use std::hint::black_box;
use std::time::Instant;

use rampdesk::dispatch::Revision;
use rampdesk::power::{Follow, Instruction, Target, plan};
use rampdesk::profile::fleet::Unit;

use crate::fleet;

/// So many units.
pub const SIZES: [u32; 4] = [100, 1_000, 10_000, 100_000];

const DAY_S: f64 = 86_400.0;
const MINUTES: u32 = 1440;
/// Midnight of 26 November 2026, seconds of UTC.
const MIDNIGHT: f64 = 1_795_651_200.0;
const HOUR_S: f64 = 3600.0;

pub fn run(sizes: &[u32]) {
    println!("physics alone: a day of one-minute means with a dispatch of two hours, on one thread");
    // What a process does once, such as reading its time zones, is no cost of a unit.
    black_box(fleet::of(100, 5, 10).units.iter().map(day_of).sum::<f64>());
    for &size in sizes {
        let fleet = fleet::of(size, (size / 20).max(5), 10);
        let began = Instant::now();
        let kwh: f64 = fleet.units.iter().map(day_of).sum();
        let took = began.elapsed().as_secs_f64();
        let units = fleet.units.len();
        let each_us = took * 1e6 / f64::from(size);
        println!("  {units:>7} units  {took:>8.3} s  {each_us:>7.2} µs each  ({:.0} MWh)", kwh / 1000.0);
    }
}

/// kWh of a unit's day, minute by minute.
fn day_of(unit: &Unit) -> f64 {
    let state = unit.asset.initial_state(unit.baseline.at(MIDNIGHT));
    let plan = plan(&unit.asset, &unit.baseline, &state, Some(&evening(unit)), MIDNIGHT, MIDNIGHT + DAY_S);
    let mut kwh = 0.0;
    for minute in 0..MINUTES {
        let from = MIDNIGHT + f64::from(minute) * 60.0;
        kwh += black_box(plan.curve.integral_hours(from, from + 60.0));
    }
    kwh
}

/// Up by most of what it can from 17:00 to 18:00, by half of that to 19:00.
fn evening(unit: &Unit) -> Instruction {
    let target = |hour: f64, share: f64| {
        let at = MIDNIGHT + hour * HOUR_S;
        let baseline_kw = unit.baseline.at(at);
        let delta_kw = share * (unit.asset.limits_kw(baseline_kw).1 - baseline_kw);
        Target { at, kw: baseline_kw + delta_kw, delta_kw: Some(delta_kw) }
    };
    Instruction {
        follow: Follow::Schedule,
        start: MIDNIGHT + 17.0 * HOUR_S,
        end: MIDNIGHT + 19.0 * HOUR_S,
        targets: vec![target(17.0, 0.9), target(18.0, 0.45)],
        revision: Revision::FIRST,
    }
}
