//! The page of a debrief.

use std::fmt::Write as _;

use super::Debrief;
use super::timeline;
use crate::desk::snapshot::{DispatchState, UnitState};
use crate::dispatch::Comparison;
use crate::journal::{EntryKind, Recorded};
use crate::time::{UtcTime, in_london};
use crate::units::{counted, grouped};
use crate::workshop::marking::{Marked, Marking};
use crate::workshop::report;

/// So many entries of the journal are on the page at the most, so that it can be sent about.
const MOST_ENTRIES: usize = 4_000;
/// Kinds of entries that tell what happened. The others are how it was kept.
const TOLD: [EntryKind; 7] = [
    EntryKind::Command,
    EntryKind::Intent,
    EntryKind::Sent,
    EntryKind::Acknowledgement,
    EntryKind::Alarm,
    EntryKind::Link,
    EntryKind::Clock,
];

/// The whole page.
pub(super) fn written(debrief: &Debrief<'_>) -> String {
    let scenario = debrief.scenario;
    let mut page = HEAD.to_owned();
    let name = escaped(&scenario.name);
    let _ = write!(
        page,
        "<title>Debrief: {name}</title></head><body><header><h1>{name} <small>{}</small></h1><p>{}</p><p>{} to {}.</p></header>",
        debrief.snapshot.mode.word(),
        escaped(&scenario.about),
        london(scenario.start),
        london(scenario.run_for.after(scenario.start)),
    );
    if let Some(marking) = debrief.marking {
        marks(&mut page, marking);
    }
    page += "<section><h2>Time line</h2>";
    page += &timeline::drawn(debrief);
    page += "<p class=\"weak\">London time. i: told to the trainee; n: for the trainer; ›: a command; 1, 2, 3: an alarm of that priority, as it was raised. \
             What a thing is stands in full under the pointer and in the tables below.</p></section>";
    dispatches(&mut page, debrief);
    alarms(&mut page, debrief);
    happened(&mut page, debrief.entries);
    if let Some(exercise) = &scenario.exercise {
        let list = |items: &[String]| {
            items.iter().map(|item| format!("<li>{}</li>", escaped(item))).collect::<String>()
        };
        let _ = write!(
            page,
            "<section><h2>For the trainer</h2><p><b>Aim.</b> {}</p><h3>To point out</h3><ul>{}</ul><h3>To ask</h3><ul>{}</ul></section>",
            escaped(&exercise.aim),
            list(&exercise.point_out),
            list(&exercise.questions)
        );
    }
    page + "</body></html>\n"
}

/// A text as it stands in HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `2026-11-26 17:00:00 GMT`.
fn london(at: UtcTime) -> String {
    let local = in_london(at);
    format!("{} {} {}", local.date, local.time, local.zone)
}

fn marks(page: &mut String, marking: &Marking) {
    let _ = write!(
        page,
        "<section><h2>Marks: {} of {}</h2><table><tr><th>#</th><th>For</th><th>Worth</th><th>Given</th><th>Found</th></tr>",
        marking.counted, marking.of
    );
    marking.marks.iter().for_each(|marked| mark(page, marked));
    *page += "</table></section>";
}

fn mark(page: &mut String, marked: &Marked) {
    let given = match &marked.overridden {
        Some(by) => format!(
            "{} <span class=\"weak\">(the journal: {}; {}, {}: {})</span>",
            marked.counted(),
            marked.given,
            escaped(&by.by),
            london(by.at),
            escaped(&by.reason)
        ),
        None => marked.given.to_string(),
    };
    let evidence: String = marked
        .evidence
        .iter()
        .map(|e| format!("<li>Entry {}, {}: {}</li>", e.entry, london(e.at), escaped(&e.text)))
        .collect();
    let shown = match marked.evidence.len() {
        0 => String::new(),
        many => format!("<details><summary>In the journal: {many}</summary><ul>{evidence}</ul></details>"),
    };
    let _ = write!(
        page,
        "<tr><td>{}</td><td>{}<br><span class=\"weak\">{}</span></td><td>{}</td><td>{} {given}</td><td>{}{shown}</td></tr>",
        marked.number,
        escaped(&marked.words),
        escaped(&marked.expected),
        marked.of,
        if marked.met { "✓" } else { "✗" },
        escaped(&marked.why),
    );
}

fn dispatches(page: &mut String, debrief: &Debrief<'_>) {
    *page += "<section><h2>Dispatches</h2>";
    if debrief.snapshot.dispatches.is_empty() {
        *page += "<p>None was sent.</p>";
    }
    for unit in &debrief.snapshot.units {
        let is_own =
            |state: &&&DispatchState| state.dispatch().is_some_and(|dispatch| dispatch.unit == unit.unit);
        let states: Vec<&DispatchState> = debrief.snapshot.dispatches.iter().map(AsRef::as_ref).collect();
        for state in states.iter().filter(is_own) {
            dispatch(page, state, unit);
        }
    }
    *page += "</section>";
}

fn dispatch(page: &mut String, state: &DispatchState, unit: &UnitState) {
    let Some(document) = state.dispatch() else { return };
    let _ = write!(
        page,
        "<article><h3>{} – {} <span class=\"weak\">{}</span></h3><p>{}, {}: <b>{}</b>. Window {} to {}.</p>",
        unit.unit,
        escaped(&unit.name),
        document.dispatch_ref,
        counted(state.revisions.len(), "revision"),
        document.status,
        state.phase.word(),
        london(document.service_start),
        london(document.service_end),
    );
    *page += &report::picture(state, unit);
    ladder(page, state);
    readback(page, state);
    if let Some(score) = state.score.as_deref() {
        let share =
            score.ratio.map_or("no share is known".to_owned(), |r| format!("{} %", grouped(100.0 * r, 1)));
        let _ = write!(
            page,
            "<p>Asked {} kWh, delivered {} kWh ({share}), beyond {} kWh; {} of {} minutes in tolerance{}.</p>",
            grouped(score.asked_kwh, 1),
            grouped(score.delivered_kwh, 1),
            grouped(score.over_kwh, 1),
            score.minutes_in_tolerance,
            score.minutes_metered,
            score.rebound_kwh.map_or(String::new(), |kwh| format!("; rebound {} kWh", grouped(kwh, 1))),
        );
    }
    *page += "</article>";
}

fn ladder(page: &mut String, state: &DispatchState) {
    *page += "<table><tr><th>Stage</th><th>Revision</th><th>By the FSP's clock</th><th></th></tr>";
    for rung in &state.ladder {
        let reason = rung.reason.map(|reason| reason.to_string());
        let said: Vec<String> =
            reason.into_iter().chain(rung.detail.clone()).chain(rung.signature.clone().err()).collect();
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            rung.stage,
            rung.revision,
            london(rung.at),
            escaped(&said.join("; "))
        );
    }
    *page += "</table>";
}

fn readback(page: &mut String, state: &DispatchState) {
    let Some(fields) = state.readback.as_deref() else {
        *page += "<p>No read-back came.</p>";
        return;
    };
    let other: Vec<_> = fields.iter().filter(|field| field.comparison != Comparison::Matched).collect();
    if other.is_empty() {
        let _ = write!(page, "<p>Read back as sent: {}.</p>", counted(fields.len(), "field"));
        return;
    }
    *page += "<table><tr><th>Field</th><th>Sent</th><th>Read back</th><th></th></tr>";
    for field in other {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&field.field_in_words()),
            escaped(&field.sent),
            escaped(field.read_back.as_deref().unwrap_or("–")),
            field.comparison.word()
        );
    }
    *page += "</table>";
}

fn alarms(page: &mut String, debrief: &Debrief<'_>) {
    let mut alarms: Vec<_> = debrief.snapshot.alarms.iter().chain(debrief.snapshot.shelved.iter()).collect();
    alarms.sort_by_key(|alarm| (alarm.raised, alarm.id));
    *page += "<section><h2>Alarms at the end</h2>";
    if alarms.is_empty() {
        *page += "<p>None. Those that came and went stand below.</p></section>";
        return;
    }
    *page += "<table><tr><th>Raised</th><th>Priority</th><th>What</th><th>Acknowledged</th></tr>";
    for alarm in alarms {
        let notice = alarm
            .acknowledged
            .map_or("not acknowledged".to_owned(), |at| format!("after {} s", at.since(alarm.raised)));
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{notice}</td></tr>",
            london(alarm.raised),
            alarm.priority.digit(),
            escaped(&alarm.text)
        );
    }
    *page += "</table></section>";
}

fn happened(page: &mut String, entries: &[Recorded]) {
    let told: Vec<&Recorded> =
        entries.iter().filter(|recorded| TOLD.contains(&recorded.entry.kind)).collect();
    *page += "<section><h2>What happened, by the journal</h2><table><tr><th>Entry</th><th>At</th><th>Kind</th><th>What</th></tr>";
    for recorded in told.iter().take(MOST_ENTRIES) {
        let entry = &recorded.entry;
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            recorded.number,
            london(entry.at),
            entry.kind,
            escaped(&entry.text)
        );
    }
    *page += "</table>";
    if told.len() > MOST_ENTRIES {
        let _ = write!(page, "<p>{} more entries stand in the journal.</p>", told.len() - MOST_ENTRIES);
    }
    if let Some(last) = entries.last() {
        let _ =
            write!(page, "<p class=\"weak\">The journal stands at entry {}, {}.</p>", last.number, last.hash);
    }
    *page += "</section>";
}

const HEAD: &str = "<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<meta name=\"viewport\" content=\"width=device-width\"><style>\
body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:68em;padding:0 1em;color:#1d2329;background:#fff}\
h1 small{background:#4a5460;color:#fff;padding:.1em .5em;font-size:50%;vertical-align:middle}h2{border-bottom:1px solid #b8c0c8;margin-top:1.6em}\
table{border-collapse:collapse;margin:.6em 0;width:100%}td,th{border:1px solid #b8c0c8;padding:.25em .6em;text-align:left;vertical-align:top}\
th{background:#eef1f4}.weak{color:#566069}svg{display:block;max-width:100%;height:auto;background:#f7f8f9}\
.timeline text{font:11px system-ui,sans-serif;fill:#1d2329}.timeline text.in{fill:#fff;font-size:10px}.timeline .grid{stroke:#d5dae0}\
article{break-inside:avoid}@media print{body{margin:0;max-width:none;font-size:11px}details{display:block}tr{break-inside:avoid}}\
</style>";
