//! A day rehearsed in virtual time: some units or all are dispatched for an hour of the evening, and metered to the end of the
//! hour after.

use std::time::Instant;

use rampdesk::dispatch::{Reference, Status};
use rampdesk::profile::fleet::{FleetProfile, Unit};
use rampdesk::units::Watts;
use rampdesk::workshop::offset::Offset;
use rampdesk::workshop::rehearsal::rehearse;
use rampdesk::workshop::scenario::{Action, Scenario, Sending, SetpointAt, Step};

use crate::{fleet, process};

/// So many units.
pub const SIZES: [u32; 3] = [100, 300, 1_000];

/// Units at an FSP, as a region has them.
const AT_AN_FSP: u32 = 20;

/// One unit in so many is dispatched.
const SHARES: [u32; 2] = [10, 1];

const HOUR_S: u32 = 3600;

pub fn run(sizes: &[u32]) {
    println!(
        "a rehearsal of 24 h: about {AT_AN_FSP} units at an FSP, a poll a minute, a dispatch of an hour"
    );
    for (size, share) in sizes.iter().flat_map(|size| SHARES.map(|share| (*size, share))) {
        let scenario = scenario(fleet::of(size, size / AT_AN_FSP, 60), share);
        let (began, cpu) = (Instant::now(), process::cpu_seconds());
        let (result, _) = rehearse(&scenario).unwrap();
        let took = began.elapsed().as_secs_f64();
        let cpu = cpu.zip(process::cpu_seconds()).map(|(from, to)| to - from);
        let delivered = result.units.len();
        println!(
            "  {size:>7} units  {took:>8.2} s  ({} s CPU)  {:>7.2} ms each  {} requests, {} of {} steps done, {delivered} units asked",
            process::words(cpu),
            took * 1e3 / f64::from(size),
            result.requests,
            result.steps.iter().filter(|step| step.done).count(),
            result.steps.len(),
        );
    }
}

fn scenario(fleet: FleetProfile, share: u32) -> Scenario {
    let dispatched = (0..).zip(fleet.units.iter().step_by(share as usize));
    Scenario {
        name: "A day".to_owned(),
        about: String::new(),
        seed: 2026,
        start: "2026-11-26T00:00:00Z".parse().unwrap(),
        run_for: offset(24 * HOUR_S),
        poll_seconds: None,
        steps: dispatched.map(|(number, unit)| step(number, unit)).collect(),
        expectations: Vec::new(),
        exercise: None,
        fleet,
    }
}

/// A dispatch in the evening, given in the hours before, one after the other.
fn step(number: u32, unit: &Unit) -> Step {
    let delta_kw = 0.8 * unit.asset.limits_kw(0.0).1;
    let setpoint = SetpointAt {
        at: offset(17 * HOUR_S),
        reference: Reference::Delta,
        real: Watts::from_kilowatts(delta_kw.round()),
        reactive: None,
        price: None,
    };
    Step {
        at: offset(12 * HOUR_S + number * 10),
        action: Action::Send(Box::new(Sending {
            dispatch_ref: format!("DAY-{number:05}").parse().unwrap(),
            unit: unit.unit.clone(),
            status: Status::Run,
            service_start: offset(17 * HOUR_S),
            service_end: offset(18 * HOUR_S),
            setpoints: vec![setpoint],
        })),
    }
}

fn offset(seconds: u32) -> Offset {
    Offset::seconds(seconds)
}
