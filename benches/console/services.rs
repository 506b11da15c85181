//! The dispatches: each battery's over the whole day, a level for each half-hour; the others an hour each, spread over
//! the day and two hours to come. Their readings are the minutes that are metered, as FSPs report them.

use std::sync::Arc;

use rampdesk::desk::snapshot::{DispatchState, Phase, RevisionState, Rung};
use rampdesk::dispatch::{Dispatch, DispatchParts, RealLevel, Reference, Revision, Setpoint, Stage, Status};
use rampdesk::power::Series;
use rampdesk::time::UtcTime;
use rampdesk::units::Watts;

use super::fleet::{self, DAY_S, Size};

/// All dispatches, the batteries' first.
pub fn all(size: &Size, now: UtcTime) -> Vec<Arc<DispatchState>> {
    let of_batteries = (0..size.batteries).map(|fsp| of_battery(fsp, now));
    let others = size.dispatches - size.batteries;
    let hours = (0..others).map(|place| {
        let (fsp, unit) = (place % size.batteries, 1 + place / size.batteries);
        of_an_hour(place, others, &fleet::name(fsp, unit), now)
    });
    of_batteries.chain(hours).map(Arc::new).collect()
}

/// The mean power of the minute that ends at a second of UTC, as it is metered.
pub fn metered(end: i64, phase: usize) -> rampdesk::power::Reading {
    let mean = (1..=60).map(|s| fleet::power_kw(end - 60 + s, phase)).sum::<f64>() / 60.0;
    fleet::reading(end, mean)
}

fn of_battery(fsp: usize, now: UtcTime) -> DispatchState {
    let start = UtcTime::from_unix((now.unix() - DAY_S).div_euclid(1800) * 1800 + 1800);
    let levels = (0..50).map(|half_hour| {
        let at = start + half_hour * 1800;
        // The level that the battery holds from four minutes after the half-hour on.
        let step = (at.unix().div_euclid(1800) * 7).rem_euclid(9);
        (at, step * 200_000)
    });
    let mut state =
        dispatch(&format!("EMID-B{fsp:03}"), &fleet::name(fsp, 0), levels.collect(), start + 50 * 1800, now);
    let mut end = start.unix() + 60;
    while end <= now.unix() {
        state.readings.push(metered(end, (fsp * 7) % 60));
        end += 60;
    }
    state
}

fn of_an_hour(place: usize, of: usize, unit: &str, now: UtcTime) -> DispatchState {
    let share = i64::try_from(place).unwrap() * (DAY_S + 3600) / i64::try_from(of).unwrap();
    let start = (now - DAY_S + 3600 + share).floor_to_minute();
    let mut state = dispatch(
        &format!("EMID-H{place:03}"),
        unit,
        vec![(start, 400_000), (start + 1800, 300_000)],
        start + 3600,
        now,
    );
    for minute in 1..=60 {
        let end = start + minute * 60;
        let kw = if minute < 30 { -320.0 } else { -410.0 };
        if end <= now {
            state.readings.push(fleet::reading(end.unix(), kw));
        }
    }
    state
}

fn dispatch(
    dispatch_ref: &str,
    unit: &str,
    levels: Vec<(UtcTime, i64)>,
    end: UtcTime,
    now: UtcTime,
) -> DispatchState {
    let start = levels[0].0;
    let setpoint = |(at, watts)| Setpoint {
        at,
        real: Some(RealLevel { reference: Reference::Delta, watts: Watts(watts), price: None }),
        reactive: None,
    };
    let document = Dispatch::new(DispatchParts {
        network_operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: dispatch_ref.parse().unwrap(),
        revision: Revision::new(1).unwrap(),
        status: Status::Run,
        contract: "EMID-C-2026-0193".parse().unwrap(),
        unit: unit.parse().unwrap(),
        instruction_time: start - 3600,
        service_start: start,
        service_end: end,
        setpoints: levels.into_iter().map(setpoint).collect(),
    })
    .unwrap();
    let phase = match (start <= now, end <= now) {
        (_, true) => Phase::Ended,
        (true, false) => Phase::AtSetpoint,
        (false, false) => Phase::Accepted,
    };
    let rung = |stage, at: UtcTime| Rung {
        stage,
        revision: Revision::new(1).unwrap(),
        at,
        seen: at + 3,
        signature: Ok(()),
        reason: None,
        detail: None,
        reached_at: None,
    };
    let mut ladder = vec![rung(Stage::Received, start - 3590), rung(Stage::Accepted, start - 3588)];
    if start <= now {
        ladder.extend([rung(Stage::Started, start - 200), rung(Stage::AtSetpoint, start)]);
    }
    DispatchState {
        key: document.key(),
        in_force: (end > now).then_some(document.revision),
        revisions: vec![Arc::new(RevisionState {
            signed: document.sign(&fleet::key("GB-DNO-11")).unwrap(),
            event_id: Some(format!("event-{dispatch_ref}")),
            sent: Some(start - 3598),
            fault: None,
            approved: None,
        })],
        phase,
        ladder,
        readback: None,
        due: None,
        awaited: None,
        readings: Series::default(),
        reactive: Series::default(),
        score: None,
    }
}
