//! What a unit does: by hand, with the numbers worked out on paper, for each kind and for what an instruction means;
//! and by property for all of them.

mod battery;
mod cases;
mod envelopes;
mod generator;
mod instructions;
mod kinds;
mod properties;
mod reference;
mod steps;
mod turn_down;

use crate::dispatch::Revision;
use crate::power::testing::second;
use crate::power::{Asset, AssetState, Baseline, Curve, Follow, Instruction, Plan, Target, UnitPhase, plan};

const ZERO: Baseline = Baseline::Fixed { kw: 0.0 };

fn instruction(follow: Follow, revision: u32, end: &str, targets: &[(&str, f64)]) -> Instruction {
    Instruction {
        follow,
        start: targets.first().map_or(second("17:00"), |t| second(t.0)),
        end: second(end),
        targets: targets.iter().map(|(at, kw)| Target { at: second(at), kw: *kw, delta_kw: None }).collect(),
        revision: Revision::new(revision).unwrap(),
    }
}

fn run(end: &str, targets: &[(&str, f64)]) -> Instruction {
    instruction(Follow::Schedule, 1, end, targets)
}

fn told(asset: &Asset, state: &AssetState, instruction: &Instruction, at: &str) -> Plan {
    plan(asset, &ZERO, state, Some(instruction), second(at), second("21:00"))
}

fn first_told(asset: &Asset, instruction: &Instruction, at: &str) -> Plan {
    told(asset, &asset.initial_state(0.0), instruction, at)
}

#[track_caller]
fn assert_phases(plan: &Plan, want: &[(&str, UnitPhase)]) {
    let phases: Vec<_> = plan.marks.iter().map(|m| (m.at, m.phase)).collect();
    let want: Vec<_> = want.iter().map(|(at, phase)| (second(at), *phase)).collect();
    let same = phases.len() == want.len()
        && phases.iter().zip(&want).all(|(a, b)| a.1 == b.1 && (a.0 - b.0).abs() < 1e-5);
    let relative = |list: &[(f64, UnitPhase)]| -> Vec<_> {
        list.iter().map(|(at, p)| format!("17:00 {:+.6} s {p:?}", at - second("17:00"))).collect()
    };
    assert!(same, "phases {:#?}\nwanted {:#?}", relative(&phases), relative(&want));
}

#[track_caller]
fn assert_levels(curve: &Curve, want: &[(&str, f64)]) {
    for (at, kw) in want {
        assert!((curve.at(second(at)) - kw).abs() < 1e-6, "{} kW at {at}, not {kw}", curve.at(second(at)));
    }
}

#[track_caller]
fn assert_near(value: f64, want: f64) {
    assert!((value - want).abs() < 1e-6 * want.abs().max(1.0), "{value}, not {want}");
}
