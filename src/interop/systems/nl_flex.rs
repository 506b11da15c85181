//! NL-Flex: a day's event for a group, each quarter-hour a reduction below baseline that is a ceiling.

use serde_json::{Value, json};

use crate::dispatch::{Dispatch, Reference};
use crate::interop::account::{Account, Fate};
use crate::interop::block::{self, Block};
use crate::interop::judgement::{self, CONVERTED, MEAN, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::{self, duration, kilo};
use crate::interop::step::{self, Piece, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};
use crate::time::{UtcTime, in_london, london_day};

use super::NOT_IN_IT;

const QUARTER_S: i64 = 900;
/// Two decimals of a kilowatt, W.
const FINEST_W: i64 = 10;
/// An event is published at least so long before its day, seconds.
const PUBLISHED_BEFORE_S: i64 = 24 * 3600;

/// One local day's event.
struct Day {
    start: UtcTime,
    end: UtcTime,
    quarters: Vec<Block>,
}

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    if dispatch.status.is_stop() {
        let request = "DELETE /events/(the id that the VTN gave)\n";
        let why = "Events are never changed: one is taken away, and nothing says stop.";
        let account = judgement::withdrawn(dispatch, "DELETE", why);
        return Ok(Rendering::one(Message::new("Request", Form::Request, request), account));
    }
    let steps = step::real(dispatch);
    if steps.is_empty() {
        return Err(Unsent::no_real_power());
    }
    let pieces = step::pieces(subject, &steps, Reference::Delta).ok_or_else(Unsent::no_baseline)?;
    if pieces.iter().all(|piece| piece.level.watts <= 0) {
        return Err(Unsent::no_message(
            "FLEX is how far demand stays below baseline: turning demand up or generation down cannot be said.",
        ));
    }
    let levels: Vec<Step<i64>> = pieces.iter().map(|piece| piece.at(piece.level.watts)).collect();
    let quarters = block::blocks(&levels, QUARTER_S);
    let days = days(&quarters);
    let late = days.first().is_some_and(|day| dispatch.instruction_time > day.start - PUBLISHED_BEFORE_S);
    let account = account(subject, &pieces, &quarters, days.len());
    let write = |(_, day): (usize, &Day)| {
        let title = format!("Event for {}, POST /events", in_london(day.start).date);
        Message::json(title, &written(dispatch, day))
    };
    Ok(Rendering::each(&days, write, account)
        .supplying([
            "programID: the VTN's id of the operator's programme.",
            "The group of the unit's assets behind one congestion point: it is the event's one target.",
        ])
        .remarking(
            late,
            "It is instructed later than the day before, which is when this profile's events are published.",
        ))
}

fn days(quarters: &[Block]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for quarter in quarters {
        match days.last_mut().filter(|day| quarter.start < day.end) {
            Some(day) => day.quarters.push(*quarter),
            None => {
                let (start, end) = london_day(quarter.start);
                days.push(Day { start, end, quarters: vec![*quarter] });
            }
        }
    }
    days
}

/// W as FLEX can say it: none below 0, to 10 W.
fn flex(watts: i64) -> i64 {
    (watts.max(0) + FINEST_W / 2) / FINEST_W * FINEST_W
}

fn written(dispatch: &Dispatch, day: &Day) -> Value {
    let descriptor = |payload: &str, frequency: i32, repeat: i32| json!({ "payloadType": payload, "frequency": frequency, "repeat": repeat });
    let mut delivered = descriptor("DELIVERED_FLEX", -1, 1);
    delivered["units"] = json!("KW");
    json!({
        "programID": NOT_IN_IT,
        "eventName": dispatch.dispatch_ref.as_str(),
        "targets": [format!("{NOT_IN_IT}: the group of {}", dispatch.unit)],
        "payloadDescriptors": [{ "objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "FLEX", "units": "KW" }],
        "reportDescriptors": [descriptor("ACK", 0, 1), delivered],
        "intervalPeriod": { "start": day.start.to_string(), "duration": duration(day.end.since(day.start)) },
        "intervals": intervals(&day.quarters),
    })
}

/// One interval for each stretch without a gap, with a value for each quarter-hour.
fn intervals(quarters: &[Block]) -> Vec<Value> {
    let mut stretches: Vec<&[Block]> = Vec::new();
    let mut rest = quarters;
    while !rest.is_empty() {
        let mut many = 1;
        while many < rest.len() && rest[many].start == rest[many - 1].start + QUARTER_S {
            many += 1;
        }
        let (stretch, after) = rest.split_at(many);
        stretches.push(stretch);
        rest = after;
    }
    let written = |(id, stretch): (usize, &[Block])| {
        let values: Vec<Value> =
            stretch.iter().map(|quarter| number::json(&kilo(flex(quarter.watts)))).collect();
        let (first, last) = (stretch.first(), stretch.last());
        let start = first.map(|quarter| quarter.start.to_string());
        let seconds = first.zip(last).map_or(0, |(first, last)| last.start.since(first.start) + QUARTER_S);
        json!({
            "id": id,
            "intervalPeriod": { "start": start, "duration": duration(seconds) },
            "payloads": [{ "type": "FLEX", "values": values }],
        })
    };
    stretches.into_iter().enumerate().map(written).collect()
}

fn account(subject: &Subject<'_>, pieces: &[Step<Piece>], quarters: &[Block], days: usize) -> Account {
    let dispatch = subject.dispatch;
    let first = quarters.first().map_or(dispatch.service_start, |quarter| quarter.start);
    let last = quarters.last().map_or(dispatch.service_end, |quarter| quarter.start + QUARTER_S);
    let starts: Vec<UtcTime> = quarters.iter().map(|quarter| quarter.start).collect();
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            first,
            "The first quarter-hour that has a value.",
            "A value is for a whole quarter-hour, from the first level on.",
        ),
        service_end: judgement::instant(
            dispatch.service_end,
            last,
            "The end of the last quarter-hour that has a value.",
            "A value is for a whole quarter-hour.",
        ),
        dispatch_unit: Fate::changed(
            "a group",
            "An event is for a group of assets behind one congestion point.",
        ),
        contract: Fate::changed("the programme", "A programme and a group stand for it."),
        instruction_time: Fate::changed("createdDateTime", "It is when the VTN took the event in."),
        network_operator: Fate::kept(
            dispatch.network_operator.to_string(),
            "RETAILER_NAME of the programme: there an EAN13 out of a list of Dutch operators.",
        ),
        dispatch_ref: Fate::changed(
            dispatch.dispatch_ref.to_string(),
            "eventName is declared to be for debugging and display.",
        ),
        revision: Fate::lost("Events are never changed: an amendment is a new event."),
        status: judgement::running(
            dispatch,
            Fate::lost("There is no status: an event that is there is run."),
        ),
        signature: Fate::lost("An event has no signature."),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            &starts,
            "They fall on quarter-hours.",
            "Only a quarter-hour can be said.",
        ),
        several: if days <= 1 {
            judgement::in_one(dispatch)
        } else {
            judgement::split(dispatch, days, "event", "An event is for one local day.")
        },
        volume: volume(dispatch, quarters, step::is_any_moved(pieces)),
        units: judgement::units(subject, "kW", None),
        reference: Fate::changed(
            "FLEX",
            "It is a ceiling: demand stays at or below baseline less this; what is asked is a level.",
        ),
        price: Fate::lost("An event has no price."),
        service_type: judgement::real_alone(dispatch),
    }
}

fn volume(dispatch: &Dispatch, quarters: &[Block], is_moved: bool) -> Fate {
    let runs = block::runs(quarters, QUARTER_S, |_, _| true);
    let rounded = quarters.iter().any(|quarter| quarter.watts > 0 && flex(quarter.watts) != quarter.watts);
    Volume::said(runs.iter().map(|run| kilo(flex(run.watts))))
        .because(
            quarters.iter().any(|quarter| quarter.watts < 0),
            "A level below baseline cannot be said: 0 stands there.",
        )
        .because(rounded, "It is rounded to two decimals of a kW.")
        .because(quarters.iter().any(|quarter| !quarter.is_whole), MEAN)
        .because(is_moved, CONVERTED)
        .of_real_alone(dispatch)
        .fate("The same number: how far demand stays below baseline.")
}
