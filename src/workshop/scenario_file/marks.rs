//! What is marked: each `[[marks]]` with what it is worth, for what in words, and what is expected.

use crate::profile::reader::{Node, Reader, Table};
use crate::units::Watts;
use crate::workshop::exercise::{
    After, Asked, Bound, Deadline, Expected, MarkRule, Marks, Measure, Stopping, Window,
};
use crate::workshop::offset::Offset;

use super::plan::Plan;
use super::targets;

#[derive(Clone, Copy)]
enum Kind {
    Noticed,
    Sent,
    Stopped,
    Amended,
    NeverStopped,
    NeverSent,
    Limit,
    Cost,
    Delivered,
    Rejected,
}

const KINDS: [(&str, Kind, &[&str]); 10] = [
    ("noticed", Kind::Noticed, &["marks", "for", "kind", "alarm", "within_s"]),
    ("sent", Kind::Sent, &["marks", "for", "kind", "units", "fsp", "operator", "kw", "from", "until", "by"]),
    (
        "stopped",
        Kind::Stopped,
        &["marks", "for", "kind", "units", "fsp", "operator", "after", "by", "alarm", "within_s"],
    ),
    ("amended", Kind::Amended, &["marks", "for", "kind", "units", "fsp", "operator", "after", "by"]),
    (
        "never_stopped",
        Kind::NeverStopped,
        &["marks", "for", "kind", "units", "fsp", "operator", "from", "until"],
    ),
    ("never_sent", Kind::NeverSent, &["marks", "for", "kind", "units", "fsp", "operator", "from", "until"]),
    (
        "limit",
        Kind::Limit,
        &[
            "marks",
            "for",
            "kind",
            "units",
            "fsp",
            "operator",
            "measure",
            "at_least_kw",
            "at_most_kw",
            "from",
            "until",
        ],
    ),
    ("cost", Kind::Cost, &["marks", "for", "kind", "units", "fsp", "operator", "measure", "at_most_gbp"]),
    (
        "delivered",
        Kind::Delivered,
        &["marks", "for", "kind", "units", "fsp", "operator", "kw", "from", "until", "share_at_least"],
    ),
    ("rejected", Kind::Rejected, &["marks", "for", "kind", "at_most"]),
];

/// The keys of a kind of marks.
pub(super) fn keys_of(kind: &str) -> &'static [&'static str] {
    KINDS.iter().find(|(word, _, _)| *word == kind).map_or(&[], |(_, _, keys)| *keys)
}

/// Every kind of marks, as the file writes it.
pub(super) fn words() -> Vec<&'static str> {
    KINDS.map(|(word, _, _)| word).to_vec()
}

const ALARM: &str = "write words of the alarm's text";

/// Reads every `[[marks]]`.
pub(super) fn read(reader: &mut Reader<'_>, root: &Table<'_>, plan: &Plan<'_>) -> Vec<MarkRule> {
    let tables = reader.any_tables(root, "marks");
    tables.into_iter().filter_map(|table| read_one(reader, table, plan)).collect()
}

/// A number of marks.
pub(super) fn number_of_marks(reader: &mut Reader<'_>, node: &Node<'_>, right: &str) -> Option<Marks> {
    let number = reader.number(node, right)?;
    let marks = Marks::from_number(number);
    if marks.is_none() {
        let most = Marks::MOST;
        reader.wrong(node, format!("`{number}` is no whole or half number of marks up to {most}; {right}"));
    }
    marks
}

fn read_one(reader: &mut Reader<'_>, table: Table<'_>, plan: &Plan<'_>) -> Option<MarkRule> {
    let (kind, table) = reader.of_kind(table, "kind", &KINDS)?;
    let right =
        "write what it is worth, as in 2 or 0.5; below 0 what is taken away when it does not come true";
    let marks = reader.required(&table, "marks", right).and_then(|node| {
        let marks = number_of_marks(reader, &node, right)?;
        if marks == Marks::NONE {
            reader.wrong(&node, format!("0 marks are none; {right}"));
            return None;
        }
        Some(marks)
    });
    let words = reader.required_text(&table, "for", "write for what the marks are, for people");
    let expected = read_expected(reader, &table, kind, plan);
    Some(MarkRule { marks: marks?, words: words?, expected: expected? })
}

fn read_expected(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    kind: Kind,
    plan: &Plan<'_>,
) -> Option<Expected> {
    match kind {
        Kind::Noticed => read_after(reader, table).map(Expected::Noticed),
        Kind::Sent => {
            let units = targets::units(reader, table, plan, true);
            let change = targets::change(reader, table, "kw");
            let window = targets::required_window(reader, table, plan);
            let by = targets::required_time(reader, table, "by", plan);
            Some(Expected::Sent(Asked { units: units?, change: change?, window: window?, by: by? }))
        }
        Kind::Stopped => read_stopping(reader, table, plan).map(Expected::Stopped),
        Kind::Amended => {
            let units = targets::units(reader, table, plan, true);
            let (after, by) = read_after_and_by(reader, table, plan)?;
            Some(Expected::Amended { units: units?, after, by })
        }
        Kind::NeverStopped => {
            let (units, within) = read_within(reader, table, plan)?;
            Some(Expected::NeverStopped { units, within })
        }
        Kind::NeverSent => {
            let (units, within) = read_within(reader, table, plan)?;
            Some(Expected::NeverSent { units, within })
        }
        Kind::Limit => read_limit(reader, table, plan).map(Expected::Limit),
        Kind::Cost => read_cost(reader, table, plan),
        Kind::Delivered => read_delivered(reader, table, plan),
        Kind::Rejected => {
            let node = reader.required(table, "at_most", "write how many, as in 0")?;
            Some(Expected::Rejected { at_most: reader.whole(&node, &(0..=1_000), "")? })
        }
    }
}

fn read_within(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    plan: &Plan<'_>,
) -> Option<(crate::workshop::exercise::Units, Window)> {
    let units = targets::units(reader, table, plan, true);
    let within = targets::window(reader, table, plan);
    units.zip(within)
}

fn read_after(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<After> {
    let alarm = reader.required_text(table, "alarm", ALARM);
    let within = reader.required(table, "within_s", "write within how many seconds, as in 120");
    let within_s = within.and_then(|node| reader.whole(&node, &(1..=86_400), " of seconds"));
    Some(After { alarm: alarm?, within_s: within_s? })
}

fn read_after_and_by(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    plan: &Plan<'_>,
) -> Option<(Option<Offset>, Offset)> {
    let after = targets::optional_time(reader, table, "after", plan);
    let by = targets::required_time(reader, table, "by", plan)?;
    let after = after?;
    if let Some(after) = after.filter(|after| by <= *after) {
        reader.wrong_in(table, "by", format!("{by} is not after `after`, {after}; write a later time"));
        return None;
    }
    Some((after, by))
}

fn read_stopping(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Stopping> {
    let units = targets::units(reader, table, plan, true);
    match (table.get("by").is_some(), table.get("alarm").is_some()) {
        (true, false) => {
            if table.get("within_s").is_some() {
                reader.wrong_in(table, "within_s", "is after an alarm; give `alarm` in the place of `by`");
            }
            let (after, by) = read_after_and_by(reader, table, plan)?;
            Some(Stopping { units: units?, after, deadline: Deadline::By(by) })
        }
        (false, true) => {
            let after = targets::optional_time(reader, table, "after", plan);
            let deadline = Deadline::After(read_after(reader, table)?);
            Some(Stopping { units: units?, after: after?, deadline })
        }
        (true, true) => {
            reader.wrong_in(table, "by", "keep one of `by` and `alarm` with `within_s`");
            None
        }
        (false, false) => {
            reader.wrong_in(
                table,
                "by",
                "is missing; write by when, as in \"T+01:30\", or give `alarm` and `within_s`",
            );
            None
        }
    }
}

fn read_limit(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Bound> {
    let units = targets::units(reader, table, plan, false);
    let measure = read_measure(reader, table);
    let window = targets::required_window(reader, table, plan);
    let mut bound = |key: &str| match table.get(key) {
        Some(node) => reader.watts(&node).map(|watts| Some(Watts(watts))),
        None => Some(None),
    };
    let (at_least, at_most) = (bound("at_least_kw"), bound("at_most_kw"));
    let (at_least, at_most) = (at_least?, at_most?);
    match (at_least, at_most) {
        (None, None) => {
            reader.wrong_in(table, "", "this bounds nothing; give at_most_kw, at_least_kw or both");
            return None;
        }
        (Some(least), Some(most)) if least > most => {
            reader.wrong_in(table, "at_most_kw", "is below at_least_kw; write at least that");
            return None;
        }
        _ => {}
    }
    let (measure, window) = (measure?, window?);
    told_in_time(reader, table, plan, measure, window.until)?;
    Some(Bound { units: units?, measure, at_least, at_most, window })
}

fn read_cost(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Expected> {
    let units = targets::units(reader, table, plan, false);
    let measure = read_measure(reader, table);
    let right = "write pounds and pence, as in 450.00";
    let pence = reader.required(table, "at_most_gbp", right).and_then(|node| reader.pence(&node));
    Some(Expected::Cost { units: units?, measure: measure?, at_most_pence: pence? })
}

fn read_delivered(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Expected> {
    let units = targets::units(reader, table, plan, true);
    let change = targets::change(reader, table, "kw");
    let window = targets::required_window(reader, table, plan);
    let right = "write a share above 0 and up to 1, as in 0.9";
    let share = reader.required(table, "share_at_least", right).and_then(|node| {
        let share = reader.number(&node, right)?;
        if !(share > 0.0 && share <= 1.0) {
            reader.wrong(&node, format!("`{share}` is out of bounds; {right}"));
            return None;
        }
        Some(share)
    });
    let window = window?;
    told_in_time(reader, table, plan, Measure::Delivered, window.until)?;
    Some(Expected::Delivered { units: units?, change: change?, window, share_at_least: share? })
}

fn read_measure(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Measure> {
    let node = reader.required(table, "measure", "write instructed or delivered")?;
    reader.word(&node, &Measure::WORDS)
}

/// What is delivered is known some minutes after the end of its dispatch.
fn told_in_time(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    plan: &Plan<'_>,
    measure: Measure,
    until: Offset,
) -> Option<()> {
    let end = plan.run_for?;
    let settled = until.later(crate::workshop::marking::SETTLES_S);
    if measure == Measure::Delivered && settled > end {
        let message = format!(
            "what is delivered until {until} is known by {settled}, after the scenario's end, {end}; write a longer run_for"
        );
        reader.wrong_in(table, "until", message);
        return None;
    }
    Some(())
}
