//! The page of a debrief.

use std::fmt::Write as _;

use super::{Debrief, seal, timeline};
use super::{dispatches, marks};
use crate::journal::{EntryKind, Recorded};
use crate::time::{UtcTime, in_london, span};

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

/// The page but for its end.
pub(super) fn written(debrief: &Debrief<'_>) -> String {
    let scenario = debrief.scenario;
    let mut page = HEAD.to_owned();
    let name = escaped(&scenario.name);
    let _ = write!(
        page,
        "<title>Debrief: {name}</title></head><body><header><h1>{name} <small>{}</small></h1><p>{}</p><p>{} to {}, seed {}.</p>",
        debrief.snapshot.mode.word(),
        escaped(&scenario.about),
        london(scenario.start),
        london(scenario.run_for.after(scenario.start)),
        scenario.seed,
    );
    if debrief.is_so_far() {
        let _ = write!(
            page,
            "<p><b>So far:</b> written at {}, before the end. What was still to come is not in it.</p>",
            london(debrief.until)
        );
    }
    page += "</header>";
    if let Some(followed) = debrief.marks {
        marks::written(&mut page, followed, debrief.words);
    }
    expected(&mut page, debrief);
    seal::begin(&mut page, "Time line");
    page += "<section><h2>Time line</h2>";
    page += &timeline::drawn(debrief);
    page += "<p class=\"weak\">London time. i: told to the trainee; n: for the trainer; ›: a command; 1, 2, 3: an alarm of that priority, as it was raised. \
             What a thing is stands in full under the pointer and in the tables below.</p></section>";
    injects(&mut page, debrief);
    dispatches::written(&mut page, debrief);
    alarms(&mut page, debrief);
    happened(&mut page, debrief.entries);
    if let Some(exercise) = &scenario.exercise {
        let list = |items: &[String]| {
            items.iter().map(|item| format!("<li>{}</li>", escaped(item))).collect::<String>()
        };
        seal::begin(&mut page, "For the trainer");
        let _ = write!(
            page,
            "<section><h2>For the trainer</h2><p><b>Aim.</b> {}</p><h3>To point out</h3><ul>{}</ul><h3>To ask</h3><ul>{}</ul></section>",
            escaped(&exercise.aim),
            list(&exercise.point_out),
            list(&exercise.questions)
        );
    }
    page
}

/// What the scenario expects of itself, and what was found.
fn expected(page: &mut String, debrief: &Debrief<'_>) {
    if debrief.expected.is_empty() {
        return;
    }
    seal::begin(page, "Expected and found");
    *page += "<section><h2>Expected and found</h2><table><tr><th>Expected</th><th>Found</th><th></th></tr>";
    for finding in debrief.expected {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&finding.expected),
            escaped(&finding.found),
            if finding.met { "✓ met" } else { "✗ not met" }
        );
    }
    *page += "</table></section>";
}

/// What somebody switched by hand while it ran.
fn injects(page: &mut String, debrief: &Debrief<'_>) {
    if debrief.injects.is_empty() {
        return;
    }
    seal::begin(page, "Injects by hand");
    *page += "<section><h2>Injects by hand</h2><table><tr><th>At</th><th>What</th><th></th></tr>";
    for inject in debrief.injects {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            london(inject.at),
            escaped(&inject.affliction.words()),
            if inject.is_on { "on" } else { "off" }
        );
    }
    *page += "</table></section>";
}

/// A text as it stands in HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `2026-11-26 17:00:00 GMT`.
pub(super) fn london(at: UtcTime) -> String {
    let local = in_london(at);
    format!("{} {} {}", local.date, local.time, local.zone)
}

fn alarms(page: &mut String, debrief: &Debrief<'_>) {
    let mut alarms: Vec<_> = debrief.snapshot.alarms.iter().chain(debrief.snapshot.shelved.iter()).collect();
    alarms.sort_by_key(|alarm| (alarm.raised, alarm.id));
    seal::begin(page, "Alarms at the end");
    *page += "<section><h2>Alarms at the end</h2>";
    if alarms.is_empty() {
        *page += "<p>None. Those that came and went stand below.</p></section>";
        return;
    }
    *page += "<table><tr><th>Raised</th><th>Priority</th><th>What</th><th>Acknowledged</th></tr>";
    for alarm in alarms {
        let notice = alarm
            .acknowledged
            .map_or("not acknowledged".to_owned(), |at| format!("after {}", span(at.since(alarm.raised))));
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
    seal::begin(page, "What happened");
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
article{break-inside:avoid}@media print{body{margin:0;max-width:none;font-size:11px}tr{break-inside:avoid}\
details::details-content{content-visibility:visible;block-size:auto;opacity:1}}\
pre.seal{font-size:11px;white-space:pre-wrap;overflow-wrap:anywhere}footer{margin-top:2em}\
</style>";
