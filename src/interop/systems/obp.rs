//! NESO's Open Balancing Platform: points in time and MW, with ramps drawn.

use crate::dispatch::{Dispatch, Reference, Status};
use crate::interop::account::{Account, Fate};
use crate::interop::judgement::{self, CONVERTED, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::mega;
use crate::interop::step::{self, Piece, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};
use crate::interop::vertex::{Vertex, Way};

const HEADS: &str =
    "InstructionID,Sequence,UnitID,ServiceID,PointType,IssueDatetime,PointDatetime,TargetMW\n";

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    if dispatch.status.is_stop() {
        let stop = Vertex { at: dispatch.instruction_time, watts: 0 };
        let text = HEADS.to_owned() + &row(dispatch, 1, "(as instructed)", "STOP", stop);
        return Ok(Rendering::one(Message::new("Instruction", Form::Table, text), of_a_stop(subject)));
    }
    let steps = step::real(dispatch);
    if steps.is_empty() {
        return Err(Unsent::no_real_power());
    }
    let pieces = step::pieces(subject, &steps, Reference::Delta).ok_or_else(Unsent::no_baseline)?;
    let levels: Vec<Step<i64>> = pieces.iter().map(|piece| piece.at(piece.level.watts)).collect();
    let points = Way {
        before: 0,
        ramps_kw_per_s: subject.ramps_kw_per_s,
        not_before: dispatch.instruction_time,
        runs_now: dispatch.status == Status::RunNow,
    }
    .through(&levels);
    let message = Message::new("Instruction", Form::Table, table(dispatch, &points));
    Ok(Rendering::one(message, account(subject, &pieces, &points))
        .supplying([
            "ServiceID: NESO's reserve products; none is a DNO's service, and the nearest stands there.",
        ])
        .supplying(subject.ramps_kw_per_s.is_some().then_some(
            "The points where ramps begin: by the unit's declared ramps, which no dispatch holds.",
        ))
        .remarking(
            subject.ramps_kw_per_s.is_none(),
            "The unit's ramps are not known here, so levels stand as steps.",
        ))
}

fn table(dispatch: &Dispatch, points: &[Vertex]) -> String {
    let greatest = points.iter().map(|point| point.watts).max_by_key(|watts| watts.abs());
    let service = if greatest.is_some_and(|watts| watts < 0) { "NSR" } else { "PSR" };
    let mut text = HEADS.to_owned();
    for (index, point) in points.iter().enumerate() {
        let is_last = index + 1 == points.len();
        let kind = match index {
            0 => "START",
            _ if is_last => "STOP",
            _ => "VP",
        };
        // A stop is the end of what is asked: no change from baseline.
        let watts = if is_last { 0 } else { point.watts };
        text += &row(dispatch, index + 1, service, kind, Vertex { watts, ..*point });
    }
    text
}

fn row(dispatch: &Dispatch, sequence: usize, service: &str, kind: &str, point: Vertex) -> String {
    format!(
        "{},{sequence},{},{service},{kind},{},{},{}\n",
        dispatch.dispatch_ref,
        dispatch.unit.unit,
        dispatch.instruction_time,
        point.at,
        mega(point.watts)
    )
}

fn common(dispatch: &Dispatch) -> Account {
    let no_level = Fate::lost("A stop has no levels.");
    Account {
        dispatch_unit: Fate::kept(dispatch.unit.unit.to_string(), "Unit ID; its provider is known by it."),
        contract: Fate::lost("A service is named, and no contract."),
        instruction_time: Fate::kept(dispatch.instruction_time.to_string(), "Issue Datetime."),
        network_operator: Fate::changed("implied", "NESO is the only one who instructs."),
        dispatch_ref: Fate::kept(dispatch.dispatch_ref.to_string(), "Instruction ID."),
        revision: Fate::lost("Sequence counts the points of an instruction, not its revisions."),
        signature: Fate::unknown("The interface's specification was not found."),
        ..Account::all(&no_level)
    }
}

fn of_a_stop(subject: &Subject<'_>) -> Account {
    let dispatch = subject.dispatch;
    Account {
        service_start: Fate::lost("A stop says no window."),
        service_end: Fate::changed(dispatch.instruction_time.to_string(), "It ends at the stop's point."),
        status: match dispatch.status {
            Status::Stop => Fate::kept("STOP", "There is a point of that type."),
            _ => Fate::changed("STOP", "Nothing says that it is an emergency."),
        },
        ..common(dispatch)
    }
}

fn account(subject: &Subject<'_>, pieces: &[Step<Piece>], points: &[Vertex]) -> Account {
    let dispatch = subject.dispatch;
    let at: Vec<_> = points.iter().map(|point| point.at).collect();
    let begins = pieces.first().map_or(dispatch.service_start, |piece| piece.from);
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            begins,
            "A point at that time; START is where the ramp to it begins.",
            "The first level is the first thing that is asked.",
        ),
        service_end: Fate::kept(dispatch.service_end.to_string(), "The point STOP."),
        status: judgement::running(
            dispatch,
            Fate::changed("START … STOP", "The first and the last point say that it runs and ends."),
        ),
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
            .fate("The same change, positive as export."),
        units: judgement::units(subject, "MW", None),
        reference: Fate::changed(
            "Target MW",
            "For reserve it is a change from baseline; the word itself does not say so.",
        ),
        price: Fate::lost("An instruction has no price."),
        service_type: judgement::real_alone(dispatch),
        ..common(dispatch)
    }
}
