//! Piclo: a record for each level, with a direction in words.

use serde_json::{Value, json};

use crate::dispatch::Dispatch;
use crate::interop::account::{Account, Fate};
use crate::interop::judgement::{self, Volume};
use crate::interop::message::Message;
use crate::interop::number::{self, mega};
use crate::interop::step::{self, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};

/// A record's power.
#[derive(Clone, Copy)]
struct Power {
    kind: &'static str,
    /// W or var.
    value: i64,
}

impl Power {
    /// The word that stands for the sign.
    fn direction(self) -> &'static str {
        match (self.kind, self.value < 0) {
            ("active", false) => "deficit",
            ("active", true) => "excess",
            (_, false) => "export",
            (_, true) => "import",
        }
    }
}

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    if dispatch.status.is_stop() {
        return Err(Unsent::not_known("How a dispatch is ended before its time was not found."));
    }
    let active =
        step::real(dispatch).into_iter().map(|s| s.at(Power { kind: "active", value: s.level.watts.0 }));
    let reactive =
        step::reactive(dispatch).into_iter().map(|s| s.at(Power { kind: "reactive", value: s.level.vars.0 }));
    let records: Vec<Step<Power>> = active.chain(reactive).collect();
    let write = |(index, record): (usize, &Step<Power>)| {
        let number = (records.len() > 1).then_some(index + 1);
        let title = match number {
            Some(number) => format!("Record {number} of {}", records.len()),
            None => "Record".to_owned(),
        };
        Message::json(title, &written(subject, record, number))
    };
    Ok(Rendering::each(&records, write, account(subject, &records)).supplying([
        "obligation_id: the platform's own number of the obligation; the contract stands there.",
    ]))
}

fn written(subject: &Subject<'_>, record: &Step<Power>, number: Option<usize>) -> Value {
    let dispatch = subject.dispatch;
    let mut object = json!({
        "id": id(dispatch, number),
        "obligation_id": dispatch.contract.as_str(),
        "flex_provider_id": dispatch.unit.fsp.as_str(),
        "power_type": record.level.kind,
        "need_direction": record.level.direction(),
        "capacity": number::json(&mega(magnitude(record.level.value))),
        "start": record.from.to_string(),
        "end": record.until.to_string(),
        "status": "pending",
    });
    if subject.signature.is_some() {
        object["signature"] = json!("(made anew over this record)");
    }
    object
}

fn id(dispatch: &Dispatch, number: Option<usize>) -> String {
    number.map_or_else(|| dispatch.dispatch_ref.to_string(), |n| format!("{}-{n}", dispatch.dispatch_ref))
}

fn magnitude(value: i64) -> i64 {
    value.saturating_abs()
}

fn account(subject: &Subject<'_>, records: &[Step<Power>]) -> Account {
    let dispatch = subject.dispatch;
    let first = records.iter().map(|r| r.from).min().unwrap_or(dispatch.service_start);
    let froms: Vec<_> = records.iter().map(|r| r.from).collect();
    let kinds = judgement::Kinds::asked(dispatch);
    let words: Vec<String> = records
        .iter()
        .map(|r| format!("{} {} MW", r.level.direction(), mega(magnitude(r.level.value))))
        .collect();
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            first,
            "The first record's start.",
            "The first record starts where the first level does.",
        ),
        service_end: Fate::kept(dispatch.service_end.to_string(), "The last record's end."),
        dispatch_unit: Fate::changed(
            format!("the assets of {}", dispatch.contract),
            "A record names an obligation; its assets are looked up there.",
        ),
        contract: Fate::kept(dispatch.contract.to_string(), "The obligation."),
        instruction_time: Fate::unknown("No page tells whether a record says when it was made."),
        network_operator: Fate::changed("the competition's owner", "A record leads to it by its obligation."),
        dispatch_ref: if records.len() == 1 {
            Fate::kept(dispatch.dispatch_ref.to_string(), "The record's id.")
        } else {
            Fate::changed(format!("{}, …", id(dispatch, Some(1))), "Each record needs an id of its own.")
        },
        revision: Fate::lost("A record has no counter."),
        status: judgement::running(
            dispatch,
            Fate::changed("pending", "It says how far the answer is, not what is asked."),
        ),
        signature: judgement::signed_anew("signature", "A record has a field for one."),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            &froms,
            "Each record's start.",
            "The first record starts when it was instructed.",
        ),
        several: judgement::split(
            dispatch,
            records.len(),
            "record",
            "A record has one level: nothing says that they belong together.",
        ),
        volume: Volume::said(words)
            .because(
                records.iter().any(|r| r.level.value == 0),
                "A level of 0 has no direction, but a record has to have one.",
            )
            .fate("The sign is a word: deficit is more generation or less demand, excess the other way."),
        units: judgement::units(subject, "MW", Some("Mvar")),
        reference: Fate::changed(
            "not said",
            "Probably a change, but no page says so; some products are absolute.",
        ),
        price: Fate::changed("as in the obligation", "A record says no price: the obligation does."),
        service_type: Fate::kept(
            match (kinds.real, kinds.reactive) {
                (true, true) => "active and reactive",
                (false, true) => "reactive",
                _ => "active",
            },
            "power_type.",
        ),
    }
}
