//! What the sandbox shows when it opens: one dispatch under way at once, one about to be delivered.

use crate::desk::DeskHandle;
use crate::desk::command::Command;
use crate::desk::snapshot::{LinkState, Snapshot};
use crate::dispatch::{
    DispatchParts, DispatchRef, DispatchUnit, RealLevel, Reference, Revision, Setpoint, Status,
};
use crate::profile::fleet::{FleetProfile, Unit};
use crate::time::{Clock, UtcTime};
use crate::units::Watts;

/// A dispatch that the demonstration draws up.
struct Shown {
    unit: &'static str,
    status: Status,
    /// Seconds from now to the start of the window.
    starts_in_s: i64,
    /// Seconds from the start to the end.
    lasts_s: i64,
    /// Seconds after the start, and kW of change against baseline.
    levels: &'static [(i64, i64)],
}

const SHOWN: [Shown; 2] = [
    Shown {
        unit: "BRIGHTFLEX/BESS-07",
        status: Status::RunNow,
        starts_in_s: 0,
        lasts_s: 45 * 60,
        levels: &[(0, 1_200), (6 * 60, 2_000), (25 * 60, 800)],
    },
    Shown {
        unit: "BRIGHTFLEX/BESS-08",
        status: Status::Run,
        starts_in_s: 8 * 60,
        lasts_s: 60 * 60,
        levels: &[(2 * 60, 1_000), (30 * 60, 600)],
    },
];

/// Waits for the VTN to be ready, then sends what is shown for each unit that has nothing open. Ends by itself.
pub async fn send(mut desk: DeskHandle, clock: Clock, fleet: FleetProfile) {
    while desk.snapshot().vtn.state != LinkState::Live {
        if !desk.changed().await {
            return;
        }
    }
    let snapshot = desk.snapshot();
    for (index, shown) in SHOWN.iter().enumerate() {
        let Some(unit) = shown.unit.parse::<DispatchUnit>().ok().and_then(|u| fleet.unit(&u).cloned()) else {
            continue;
        };
        if !has_open_dispatch(&snapshot, &unit.unit)
            && let Some(parts) = draw_up(shown, &unit, clock.now(), index)
        {
            desk.give(Command::Send(Box::new(parts)));
        }
    }
}

fn has_open_dispatch(snapshot: &Snapshot, unit: &DispatchUnit) -> bool {
    snapshot.dispatches.iter().any(|d| d.is_open() && d.dispatch().is_some_and(|doc| doc.unit == *unit))
}

fn draw_up(shown: &Shown, unit: &Unit, now: UtcTime, index: usize) -> Option<DispatchParts> {
    let start = if shown.starts_in_s == 0 { now } else { (now + shown.starts_in_s).floor_to_minute() };
    let stamp = now.to_string().replace(['-', ':', 'T', 'Z'], "");
    let setpoint = |(after, kilowatts): &(i64, i64)| Setpoint {
        at: start + *after,
        real: Some(RealLevel { reference: Reference::Delta, watts: Watts(kilowatts * 1000), price: None }),
        reactive: None,
    };
    Some(DispatchParts {
        network_operator: unit.operator.clone(),
        dispatch_ref: DispatchRef::new(&format!("DEMO-{stamp}-{}", index + 1)).ok()?,
        revision: Revision::FIRST,
        status: shown.status,
        contract: unit.contract.clone(),
        unit: unit.unit.clone(),
        instruction_time: now,
        service_start: start,
        service_end: start + shown.lasts_s,
        setpoints: shown.levels.iter().map(setpoint).collect(),
    })
}
