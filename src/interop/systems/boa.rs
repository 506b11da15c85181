//! A bid-offer acceptance as it is published: absolute levels joined by straight lines.

use crate::dispatch::{Dispatch, Reference, Status};
use crate::interop::account::{Account, Fate};
use crate::interop::judgement::{self, CONVERTED, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::mega;
use crate::interop::step::{self, Piece, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};
use crate::interop::vertex::{Vertex, Way};

/// The way that an acceptance draws.
pub struct Acceptance {
    pub points: Vec<Vertex>,
    pieces: Vec<Step<Piece>>,
}

/// Reads a dispatch as an acceptance.
pub fn acceptance(subject: &Subject<'_>) -> Result<Acceptance, Unsent> {
    let dispatch = subject.dispatch;
    let steps = step::real(dispatch);
    if dispatch.status.is_stop() && steps.is_empty() {
        return Err(Unsent::not_known(
            "It would have to say from which level the unit goes back, and this stop names none.",
        ));
    }
    if steps.is_empty() {
        return Err(Unsent::no_real_power());
    }
    let pieces = step::pieces(subject, &steps, Reference::Absolute).ok_or_else(Unsent::no_baseline)?;
    let points = if dispatch.status.is_stop() { back(subject, &pieces) } else { run(subject, &pieces) };
    Ok(Acceptance { points: points.ok_or_else(Unsent::no_baseline)?, pieces })
}

fn way(subject: &Subject<'_>, before: i64) -> Way {
    Way {
        before,
        ramps_kw_per_s: subject.ramps_kw_per_s,
        not_before: subject.dispatch.instruction_time,
        runs_now: subject.dispatch.status == Status::RunNow,
    }
}

/// From baseline through the levels and back.
fn run(subject: &Subject<'_>, pieces: &[Step<Piece>]) -> Option<Vec<Vertex>> {
    let first = pieces.first()?;
    let levels: Vec<Step<i64>> = pieces.iter().map(|piece| piece.at(piece.level.watts)).collect();
    let way = way(subject, subject.baseline_watts(first.from - 1)?);
    let mut points = way.through(&levels);
    let end = *points.last()?;
    points.extend(home(subject, &way, end)?);
    Some(points)
}

/// From the level in force when it was instructed to baseline.
fn back(subject: &Subject<'_>, pieces: &[Step<Piece>]) -> Option<Vec<Vertex>> {
    let at = subject.dispatch.instruction_time;
    let in_force = pieces.iter().find(|piece| piece.from <= at && at < piece.until);
    let watts = match in_force {
        Some(piece) => piece.level.watts,
        None => subject.baseline_watts(at)?,
    };
    let leaves = Vertex { at, watts };
    let mut points = vec![leaves];
    points.extend(home(subject, &way(subject, watts), leaves)?);
    Some(points)
}

/// The point where it is back at baseline.
fn home(subject: &Subject<'_>, way: &Way, from: Vertex) -> Option<Vec<Vertex>> {
    let baseline = subject.baseline_watts(from.at)?;
    let home = Vertex { at: from.at + way.lead_s(from.watts, baseline), watts: baseline };
    Some(if home == from { Vec::new() } else { vec![home] })
}

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    let acceptance = acceptance(subject)?;
    let mut text =
        "nationalGridBmUnit,acceptanceNumber,acceptanceTime,timeFrom,timeTo,levelFrom,levelTo\n".to_owned();
    // One point alone is a level that does not change.
    let points = &acceptance.points;
    let pairs: Vec<(Vertex, Vertex)> = match points.as_slice() {
        [only] => vec![(*only, *only)],
        _ => points.iter().copied().zip(points.iter().skip(1).copied()).collect(),
    };
    for (from, to) in pairs {
        text += &format!(
            "{},(NESO's own),{},{},{},{},{}\n",
            dispatch.unit.unit,
            dispatch.instruction_time,
            from.at,
            to.at,
            mega(from.watts),
            mega(to.watts)
        );
    }
    let message = Message::new("Acceptance", Form::Table, text);
    Ok(supplied(subject, Rendering::one(message, account(subject, &acceptance))))
}

/// What an acceptance needs besides.
pub fn supplied(subject: &Subject<'_>, rendering: Rendering) -> Rendering {
    rendering
        .supplying([
            "The acceptance number: NESO counts them for each unit.",
            "The baseline: levels are absolute.",
        ])
        .supplying(
            subject
                .ramps_kw_per_s
                .is_some()
                .then_some("The ramps: by what the unit declares, which no dispatch holds."),
        )
        .remarking(
            subject.ramps_kw_per_s.is_none(),
            "The unit's ramps are not known here, so levels stand as steps.",
        )
}

/// What becomes of each field in an acceptance.
pub fn account(subject: &Subject<'_>, acceptance: &Acceptance) -> Account {
    let dispatch = subject.dispatch;
    let stops = dispatch.status.is_stop();
    let pieces = &acceptance.pieces;
    let converted = step::is_any_converted(pieces);
    let at: Vec<_> = acceptance.points.iter().map(|point| point.at).collect();
    let begins = pieces.first().map_or(dispatch.service_start, |piece| piece.from);
    let run = Account {
        service_start: judgement::instant(
            dispatch.service_start,
            begins,
            "A point at that time.",
            "The first level is the first thing that is asked.",
        ),
        service_end: Fate::kept(dispatch.service_end.to_string(), "The point where the last level ends."),
        dispatch_unit: Fate::kept(dispatch.unit.unit.to_string(), "The BM unit."),
        contract: Fate::lost("It rests on the unit's bids and offers, not on a contract."),
        instruction_time: Fate::kept(dispatch.instruction_time.to_string(), "acceptanceTime."),
        network_operator: Fate::changed("implied", "NESO is the only one who accepts."),
        dispatch_ref: Fate::changed("acceptanceNumber", "A number that NESO counts takes its place."),
        revision: Fate::lost("A later acceptance takes the place of one before by its number."),
        status: status(dispatch),
        signature: Fate::lost("An acceptance has none."),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            &at,
            "A point each.",
            "Points are for real power; what runs now is reached when its ramp ends.",
        ),
        several: judgement::in_one(dispatch),
        volume: Volume::said(pieces.iter().map(|piece| format!("{} MW", mega(piece.level.watts))))
            .because(step::is_any_moved(pieces), CONVERTED)
            .of_real_alone(dispatch)
            .fate("The same level, positive as export."),
        units: judgement::units(subject, "MW", None),
        reference: judgement::one_reference(
            Reference::Absolute,
            converted,
            "A level is net power of the unit.",
        ),
        price: Fate::changed("by bid or offer", "It is paid at the price that the unit has bid."),
        service_type: judgement::real_alone(dispatch),
    };
    if stops { of_a_stop(dispatch, run) } else { run }
}

fn of_a_stop(dispatch: &Dispatch, run: Account) -> Account {
    let no_level = Fate::lost("It says the way back alone.");
    Account {
        service_start: Fate::lost("It says the way back alone."),
        service_end: Fate::changed(dispatch.instruction_time.to_string(), "The way back begins then."),
        ..run.with_no_levels(&no_level)
    }
}

fn status(dispatch: &Dispatch) -> Fate {
    if dispatch.status.is_stop() {
        let why = "There is no stop: a new acceptance leads back to baseline.";
        return Fate::changed("a new acceptance", judgement::stopped(dispatch, why));
    }
    judgement::running(dispatch, Fate::lost("There is no status: an acceptance stands."))
}
