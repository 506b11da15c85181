//! OpenADR 3.1 with stock names alone: why a profile is needed on top.

use serde_json::{Value, json};

use crate::dispatch::{Price, PricePer, Reference};
use crate::interop::account::{Account, Fate};
use crate::interop::judgement::{self, Kinds, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::{self, duration, kilo, pounds_per_kwh};
use crate::interop::step::{self, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};
use crate::time::UtcTime;

use super::NOT_IN_IT;

/// What is in force from an instant until another.
struct Interval {
    from: UtcTime,
    until: UtcTime,
    real: Option<(Reference, i64)>,
    reactive: Option<(Reference, i64)>,
    pence_per_mwh: Option<i64>,
}

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    if dispatch.status.is_stop() {
        let request = "DELETE /events/(the id that the VTN gave)\n";
        let why = "There is no status: an event is taken away, and no trace of the stop stays.";
        let account = judgement::withdrawn(dispatch, "DELETE", why);
        return Ok(Rendering::one(Message::new("Request", Form::Request, request), account));
    }
    let all = intervals(subject);
    let says_reactive = !share_a_name(&all);
    let Some(first) = all.first() else { return Err(Unsent::no_message("It asks for nothing.")) };
    let start = first.from.min(dispatch.service_start);
    let end = dispatch.service_end;
    let event = json!({
        "programID": NOT_IN_IT,
        "eventName": dispatch.dispatch_ref.as_str(),
        "targets": [dispatch.unit.target()],
        "payloadDescriptors": descriptors(&all, says_reactive),
        "intervalPeriod": { "start": start.to_string(), "duration": duration(end.since(start)) },
        "intervals": all.iter().enumerate().map(|(id, i)| written(id, i, says_reactive)).collect::<Vec<_>>(),
    });
    let account = account(subject, &all, start, says_reactive);
    Ok(Rendering::one(Message::json("Event, POST /events", &event), account)
        .supplying(["programID: the VTN's id of the contract's program."]))
}

fn intervals(subject: &Subject<'_>) -> Vec<Interval> {
    let dispatch = subject.dispatch;
    let (real, reactive) = (step::real(dispatch), step::reactive(dispatch));
    let mut cuts: Vec<UtcTime> = real.iter().map(|s| s.from).chain(reactive.iter().map(|s| s.from)).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let ends = cuts.iter().skip(1).copied().chain([dispatch.service_end]);
    let interval = |(from, until): (UtcTime, UtcTime)| {
        let in_force = in_force(&real, from);
        Interval {
            from,
            until,
            real: in_force.map(|level| (level.reference, level.watts.0)),
            reactive: self::in_force(&reactive, from).map(|level| (level.reference, level.vars.0)),
            pence_per_mwh: in_force.and_then(|level| level.price).and_then(per_mwh),
        }
    };
    cuts.iter().copied().zip(ends).map(interval).collect()
}

fn in_force<T: Copy>(steps: &[Step<T>], at: UtcTime) -> Option<T> {
    steps.iter().find(|step| step.from <= at && at < step.until).map(|step| step.level)
}

fn per_mwh(price: Price) -> Option<i64> {
    (price.per == PricePer::Mwh).then_some(price.pence)
}

fn name_of(reference: Reference) -> &'static str {
    match reference {
        Reference::Absolute => "DISPATCH_SETPOINT",
        Reference::Delta => "DISPATCH_SETPOINT_RELATIVE",
    }
}

/// Whether real and reactive levels would need the same payload name, which has one unit.
fn share_a_name(all: &[Interval]) -> bool {
    all.iter()
        .filter_map(|i| i.reactive)
        .any(|(r, _)| all.iter().any(|i| i.real.is_some_and(|(q, _)| q == r)))
}

fn descriptors(all: &[Interval], says_reactive: bool) -> Vec<Value> {
    let descriptor = |name: &str, units: &str| json!({ "objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": name, "units": units });
    let mut list = Vec::new();
    for reference in [Reference::Absolute, Reference::Delta] {
        if all.iter().any(|i| i.real.is_some_and(|(r, _)| r == reference)) {
            list.push(descriptor(name_of(reference), "KW"));
        }
        if says_reactive && all.iter().any(|i| i.reactive.is_some_and(|(r, _)| r == reference)) {
            list.push(descriptor(name_of(reference), "KVAR"));
        }
    }
    if all.iter().any(|i| i.pence_per_mwh.is_some()) {
        let mut price = descriptor("PRICE", "KWH");
        price["currency"] = json!("GBP");
        list.push(price);
    }
    list
}

fn written(id: usize, interval: &Interval, says_reactive: bool) -> Value {
    // OpenADR counts consumption: the one place where the sign turns.
    let payload = |name: &str, value: String| json!({ "type": name, "values": [number::json(&value)] });
    let level = |(reference, value): (Reference, i64)| payload(name_of(reference), kilo(-value));
    let price = |pence| payload("PRICE", pounds_per_kwh(pence));
    let payloads: Vec<Value> = interval
        .real
        .into_iter()
        .chain(interval.reactive.filter(|_| says_reactive))
        .map(level)
        .chain(interval.pence_per_mwh.map(price))
        .collect();
    let period = json!({
        "start": interval.from.to_string(),
        "duration": duration(interval.until.since(interval.from)),
    });
    json!({ "id": id, "intervalPeriod": period, "payloads": payloads })
}

fn account(subject: &Subject<'_>, all: &[Interval], start: UtcTime, says_reactive: bool) -> Account {
    let dispatch = subject.dispatch;
    let froms: Vec<UtcTime> = all.iter().map(|i| i.from).collect();
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            start,
            "intervalPeriod.start.",
            "It starts when it was instructed.",
        ),
        service_end: Fate::kept(dispatch.service_end.to_string(), "Start and duration say it."),
        dispatch_unit: Fate::changed(
            dispatch.unit.target(),
            "A target is a string whose meaning only the parties know.",
        ),
        contract: Fate::changed("programID", "The program stands for it; the VTN gives the id."),
        instruction_time: Fate::changed("createdDateTime", "It is when the VTN took the event in."),
        network_operator: Fate::changed("RETAILER_NAME of the program", "The event itself does not say it."),
        dispatch_ref: Fate::changed(
            dispatch.dispatch_ref.to_string(),
            "eventName is declared to be for debugging and display.",
        ),
        revision: Fate::lost("There is no counter: modificationDateTime is the VTN's own clock."),
        status: judgement::running(
            dispatch,
            Fate::lost("There is no status: an event that is there is run."),
        ),
        signature: Fate::lost("An event has no signature."),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            &froms,
            "Each interval has a period of its own.",
            "The first begins when it was instructed.",
        ),
        several: judgement::in_one(dispatch),
        volume: volume(all, says_reactive),
        units: judgement::units(subject, "kW", says_reactive.then_some("kvar")),
        reference: reference(all, says_reactive),
        price: price(subject),
        service_type: service_type(dispatch, says_reactive),
    }
}

fn volume(all: &[Interval], says_reactive: bool) -> Fate {
    let values: Vec<i64> = all
        .iter()
        .flat_map(|i| i.real.into_iter().chain(i.reactive.filter(|_| says_reactive)))
        .map(|(_, value)| -value)
        .collect();
    Volume::said(values.iter().map(|value| kilo(*value)))
        .because(values.iter().any(|v| *v != 0), judgement::TURNED)
        .because(
            values.iter().any(|v| *v < 0),
            "The list of payloads gives 0 as the least value: one below it may be refused.",
        )
        .because(
            !says_reactive && all.iter().any(|i| i.reactive.is_some()),
            "The reactive volume is not said.",
        )
        .fate("The same number.")
}

fn reference(all: &[Interval], says_reactive: bool) -> Fate {
    let said: Vec<Reference> = all
        .iter()
        .flat_map(|i| i.real.into_iter().chain(i.reactive.filter(|_| says_reactive)))
        .map(|(reference, _)| reference)
        .collect();
    if said.contains(&Reference::Delta) {
        Fate::changed(
            "DISPATCH_SETPOINT_RELATIVE",
            "The user guide counts it from the present operating point, not from baseline.",
        )
    } else {
        Fate::kept("DISPATCH_SETPOINT", "A setpoint is a level.")
    }
}

fn price(subject: &Subject<'_>) -> Fate {
    let prices: Vec<Price> = subject
        .dispatch
        .setpoints
        .iter()
        .flat_map(|s| s.real.and_then(|r| r.price).into_iter().chain(s.reactive.and_then(|q| q.price)))
        .collect();
    let said: Vec<i64> = prices.iter().copied().filter_map(per_mwh).collect();
    let text = said.iter().map(|pence| format!("{} GBP/kWh", pounds_per_kwh(*pence))).collect();
    match crate::interop::field::shortened(text) {
        None => Fate::lost("PRICE is for a kilowatt-hour; a price of another kind has no place."),
        Some(text) if said.len() == prices.len() => {
            Fate::kept(text, "PRICE is the same for a kilowatt-hour.")
        }
        Some(text) => Fate::changed(text, "PRICE is for a kilowatt-hour; the others have no place."),
    }
}

fn service_type(dispatch: &crate::dispatch::Dispatch, says_reactive: bool) -> Fate {
    match (Kinds::asked(dispatch).reactive, says_reactive) {
        (false, _) => Fate::kept("KW", "The unit says that it is real power."),
        (true, true) => {
            Fate::changed("KW and KVAR", "The unit alone tells: the payload is one of consumption.")
        }
        (true, false) => Fate::lost(
            "A payload name has one unit, and the real levels have it: nothing is said of the reactive power.",
        ),
    }
}
