//! A rehearsal for people to keep: one self-contained HTML page and one CSV file of readings.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::desk::snapshot::{DispatchState, Snapshot, UnitState};
use crate::dispatch::Dispatch;
use crate::power::Instruction;
use crate::time::UtcTime;
use crate::units::grouped;

use super::marking::{Evidence, Marking};
use super::rehearsal::Rehearsal;

/// Writes `report.html` and `readings.csv` into a folder, which is made when it is not there.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, result: &Rehearsal, snapshot: &Snapshot) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("report.html"), html(result, snapshot))?;
    fs::write(folder.join("readings.csv"), csv(snapshot))
}

fn instant(seconds: f64) -> UtcTime {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
    UtcTime::from_unix(seconds.round() as i64)
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

/// Mean net kW of each metered minute, by dispatch and unit.
pub fn csv(snapshot: &Snapshot) -> String {
    let mut out = format!(
        "# {}\nmode,ref,unit,minute_end_utc,net_kw\n",
        "net power, generation convention: positive = export"
    );
    for dispatch in &snapshot.dispatches {
        let Some(document) = dispatch.dispatch() else { continue };
        for reading in dispatch.readings.range(f64::MIN, f64::MAX) {
            let _ = writeln!(
                out,
                "{},{},{},{},{:.3}",
                snapshot.mode.word(),
                dispatch.key.dispatch_ref,
                document.unit,
                instant(reading.at),
                reading.kw
            );
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn html(result: &Rehearsal, snapshot: &Snapshot) -> String {
    let mut page = String::from(HEAD);
    let verdict = if result.passed { "as expected" } else { "not as expected" };
    let _ = write!(
        page,
        "<title>{name}</title><h1>{name} <small>{mode}</small></h1><p>{start} to {end}, seed {seed}: <b>{verdict}</b>.</p>",
        name = escaped(&result.scenario),
        mode = snapshot.mode.word(),
        start = result.start,
        end = result.end,
        seed = result.seed,
    );
    page.push_str("<h2>Expected and found</h2><table><tr><th>Expected</th><th>Found</th><th></th></tr>");
    for finding in &result.expectations {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&finding.expected),
            escaped(&finding.found),
            if finding.met { "✓ met" } else { "✗ not met" }
        );
    }
    page.push_str("</table>");
    if let Some(marking) = &result.marking {
        page.push_str(&marks(marking));
    }
    for unit in &result.units {
        let _ = write!(page, "<h2>{} – {}</h2>", escaped(&unit.unit), escaped(&unit.name));
        for dispatch in &unit.dispatches {
            let _ = write!(
                page,
                "<h3>{} revision {}, {}: {}</h3>",
                escaped(&dispatch.dispatch_ref),
                dispatch.revisions,
                dispatch.status,
                dispatch.phase
            );
            let state =
                snapshot.dispatches.iter().find(|d| d.key.dispatch_ref.as_str() == dispatch.dispatch_ref);
            let known = snapshot.units.iter().find(|u| u.unit.to_string() == unit.unit);
            if let (Some(state), Some(known)) = (state, known) {
                page.push_str(&picture(state, known));
            }
            page.push_str(
                "<table><tr><th>Stage</th><th>Revision</th><th>At</th><th>After</th><th></th></tr>",
            );
            for stage in &dispatch.stages {
                let _ = write!(
                    page,
                    "<tr><td>{}</td><td>{}</td><td>{}</td><td>{} s</td><td>{}</td></tr>",
                    stage.stage,
                    stage.revision,
                    stage.at,
                    stage.after_s,
                    escaped(stage.detail.as_deref().unwrap_or_default())
                );
            }
            page.push_str("</table>");
            if let Some(energy) = &dispatch.energy {
                let _ = write!(
                    page,
                    "<p>Instructed {} kWh, delivered {} kWh, beyond {} kWh.</p>",
                    grouped(energy.instructed_kwh, 1),
                    grouped(energy.delivered_kwh, 1),
                    grouped(energy.over_kwh, 1)
                );
            }
        }
    }
    page.push_str("<h2>Alarms</h2>");
    if result.alarms.is_empty() {
        page.push_str("<p>None.</p>");
    }
    for alarm in &result.alarms {
        let _ =
            write!(page, "<p>{} · priority {} · {}</p>", alarm.raised, alarm.priority, escaped(&alarm.text));
    }
    page
}

/// Each mark with what was found and where it stands in the journal.
fn marks(marking: &Marking) -> String {
    let mut page = format!("<h2>Marks: {} of {}</h2>", marking.given, marking.of);
    page.push_str(
        "<table><tr><th>For</th><th>Marks</th><th>Expected</th><th>Found</th><th>Journal</th></tr>",
    );
    for marked in &marking.marks {
        let entry = |e: &Evidence| format!("<li>{} at {}: {}</li>", e.entry, e.at, escaped(&e.text));
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{} of {}</td><td>{}</td><td>{}</td><td><ul>{}</ul></td></tr>",
            escaped(&marked.words),
            marked.given,
            marked.of,
            escaped(&marked.expected),
            escaped(&marked.why),
            marked.evidence.iter().map(entry).collect::<String>()
        );
    }
    page + "</table>"
}

const HEAD: &str = "<!doctype html><meta charset=\"utf-8\"><style>body{font:14px/1.4 system-ui,sans-serif;margin:2em auto;\
max-width:60em;color:#222}table{border-collapse:collapse;margin:.5em 0}td,th{border:1px solid #bbb;padding:.2em .6em;\
text-align:left}small{background:#4a5460;color:#fff;padding:0 .4em;font-size:60%}svg{background:#f8f8f8;display:block}</style>";

/// Asked (dashed) and delivered (solid) over the window and a quarter of an hour either side.
pub(super) fn picture(state: &DispatchState, unit: &UnitState) -> String {
    let revisions: Vec<(f64, &Dispatch)> = state
        .revisions
        .iter()
        .map(|r| (seconds(r.signed.dispatch.instruction_time), &r.signed.dispatch))
        .collect();
    let Some(last) = state.dispatch() else { return String::new() };
    let (from, to) = (seconds(last.service_start) - 900.0, seconds(last.service_end) + 900.0);
    let asked = Instruction::asked_curve(&revisions, &unit.baseline, from, to).between(from, to);
    let delivered: Vec<(f64, f64)> = state.readings.range(from, to).map(|r| (r.at, r.kw)).collect();
    let values = || asked.points().iter().chain(&delivered).map(|p| p.1).chain([0.0]);
    let (least, greatest) =
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let span = (greatest - least).max(1.0);
    let (width, height) = (880.0, 220.0);
    let x = |t: f64| 10.0 + (t - from) / (to - from) * (width - 20.0);
    let y = |kw: f64| height - 15.0 - (kw - least) / span * (height - 30.0);
    let line = |points: &[(f64, f64)]| {
        points.iter().fold(String::new(), |mut out, (t, kw)| {
            let _ = write!(out, "{:.1},{:.1} ", x(*t), y(*kw));
            out
        })
    };
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"asked and delivered net power, {least} to {greatest} kW\">\
         <line x1=\"10\" x2=\"{right}\" y1=\"{zero:.1}\" y2=\"{zero:.1}\" stroke=\"#999\"/>\
         <polyline fill=\"none\" stroke=\"#222\" stroke-dasharray=\"6 4\" points=\"{asked}\"/>\
         <polyline fill=\"none\" stroke=\"#0062a8\" stroke-width=\"2\" points=\"{delivered}\"/>\
         <text x=\"14\" y=\"12\" font-size=\"11\">{top} kW · dashed: asked, solid: delivered (minute means)</text></svg>",
        least = grouped(least, 0),
        greatest = grouped(greatest, 0),
        right = width - 10.0,
        zero = y(0.0),
        asked = line(asked.points()),
        delivered = line(&delivered),
        top = grouped(greatest, 0),
    )
}
