//! What a figure holds: the words above and below it, and its panels.

use crate::console::plot::instant::instant;
use crate::console::plot::range::fitting;
use crate::console::theme::Tokens;
use crate::console::words;
use crate::desk::snapshot::{DispatchState, Snapshot, UnitState};
use crate::dispatch::OperatorId;
use crate::time::UtcTime;

use super::{Figure, Panel, below, stack, trace};
use crate::console::delivery::below::Moments;
use crate::console::delivery::say;
use crate::console::delivery::shown::{STRIPS, Shown};
use crate::console::delivery::sum::Sum;
use crate::console::delivery::track::{Totals, Track};

/// The share of a plot's height kept free above for words.
const HEADROOM: f64 = 0.16;
/// Of more dispatches than this the first are named and the rest counted.
const NAMED: usize = 8;

/// By which program a figure is made, and when.
#[derive(Clone, Copy, Debug)]
pub struct Edition {
    /// The program's version.
    pub version: &'static str,
    /// The instant of the export.
    pub at: UtcTime,
}

/// Describes what is shown from `from` to `to` (seconds of UTC), with all that is known at the instant of the export.
pub fn figure(snapshot: &Snapshot, shown: &Shown, (from, to): (f64, f64), edition: Edition) -> Figure {
    let tokens = Tokens::paper();
    let now = crate::console::plot::instant::seconds(edition.at);
    let at = shown.live(edition.at);
    let moments = Moments { now, cursor: None };
    let strips = shown.strips(snapshot, (from, to), now);
    let mut facts = facts(snapshot, shown);
    facts.push(("Time", span_in_words(from, to)));
    let (panels, legend) = match shown {
        Shown::Fleet(sum) => stack::panels(&tokens, sum, (from, to), at, moments),
        Shown::Dispatch(..) | Shown::Idle(_) => {
            let (track, unit) = (shown.track(), shown.unit());
            let (power, legend) = trace::panel(&tokens, track, unit, (from, to), at, moments);
            let reactive = track.and_then(|track| below::reactive(&tokens, track, (from, to), moments));
            let reach = track.and_then(|t| t.planned.as_ref()).and_then(|planned| planned.reach.as_ref());
            let charge = unit.and_then(|unit| below::charge(&tokens, unit, reach, (from, to), moments));
            let legend = legend.into_iter().chain(below::legend(&tokens, charge.is_some()));
            (std::iter::once(power).chain(reactive).chain(charge).collect(), legend.collect())
        }
    };
    Figure {
        mode: snapshot.mode,
        title: title(shown),
        words: shown.in_words(at),
        facts,
        span: (from, to),
        panels,
        notes: notes(shown, at, strips.is_empty()),
        strips,
        legend,
        footer: format!(
            "Rampdesk {}, exported {} ({})",
            edition.version,
            words::utc(edition.at),
            words::london(edition.at)
        ),
    }
}

/// The edges of a plot of power around its values, with room above for words.
pub fn roomy(from: f64, to: f64, values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let bounds = fitting(from, to, values);
    let (low, high) = (bounds.min()[1], bounds.max()[1]);
    (low, high + (high - low) * HEADROOM)
}

/// The instants that every panel marks.
pub fn mark_moments(panel: &mut Panel, tokens: &Tokens, window: Option<(f64, f64)>, moments: Moments) {
    let edges = window.into_iter().flat_map(|(start, end)| [start, end]);
    let edge = super::pen(tokens.edge, 1.0, egui_plot::LineStyle::Solid);
    let now = super::pen(tokens.now, 1.0, crate::console::plot::chart::style::NOW);
    panel.instants.extend(edges.map(|at| (at, edge)).chain([(moments.now, now)]));
}

fn title(shown: &Shown) -> String {
    match shown {
        Shown::Fleet(_) => "Delivery of the fleet".to_owned(),
        Shown::Dispatch(track, _) => {
            let by = track.dispatch.dispatch().map_or_else(String::new, |d| format!(" by {}", d.unit));
            format!("Delivery of {}{by}", track.dispatch.key.dispatch_ref)
        }
        Shown::Idle(unit) => format!("Power of {}, without a dispatch", unit.unit),
    }
}

/// `East Midlands (GB-DNO-11)`.
fn operator_named(snapshot: &Snapshot, id: &OperatorId) -> String {
    let operator = snapshot.operators.iter().find(|operator| operator.id == *id);
    operator.map_or_else(|| id.to_string(), |operator| format!("{} ({id})", operator.name))
}

fn unit_named(unit: &UnitState) -> String {
    format!("{}, {}, {}", unit.unit, unit.name, unit.kind)
}

/// `EMID-1, revision 2 in force`.
fn dispatch_named(dispatch: &DispatchState) -> String {
    let dispatch_ref = &dispatch.key.dispatch_ref;
    match (dispatch.in_force, dispatch.dispatch()) {
        (Some(revision), _) => format!("{dispatch_ref}, revision {revision} in force"),
        (None, Some(document)) => {
            format!("{dispatch_ref}, revision {}, none in force yet", document.revision)
        }
        (None, None) => dispatch_ref.to_string(),
    }
}

fn facts(snapshot: &Snapshot, shown: &Shown) -> Vec<(&'static str, String)> {
    let of_unit = |unit: &UnitState| [("Unit", unit_named(unit)), ("Baseline", unit.baseline.words())];
    match shown {
        Shown::Fleet(sum) => of_fleet(snapshot, sum),
        Shown::Dispatch(track, unit) => {
            let mut facts = vec![
                ("Operator", operator_named(snapshot, &track.dispatch.key.operator)),
                ("Dispatch", format!("{}: {}", dispatch_named(&track.dispatch), track.dispatch.phase.word())),
            ];
            match (unit, track.dispatch.dispatch()) {
                (Some(unit), _) => facts.extend(of_unit(unit)),
                (None, Some(document)) => {
                    facts.push(("Unit", format!("{}, not known to this desk", document.unit)));
                }
                (None, None) => {}
            }
            facts
        }
        Shown::Idle(unit) => {
            let mut facts =
                vec![("Operator", operator_named(snapshot, &unit.operator)), ("Dispatch", "none".to_owned())];
            facts.extend(of_unit(unit));
            facts
        }
    }
}

fn of_fleet(snapshot: &Snapshot, sum: &Sum) -> Vec<(&'static str, String)> {
    let mut operators: Vec<_> = sum.tracks.iter().map(|track| &track.dispatch.key.operator).collect();
    operators.sort();
    operators.dedup();
    let operators: Vec<String> = operators.into_iter().map(|id| operator_named(snapshot, id)).collect();
    let mut units: Vec<_> =
        sum.tracks.iter().filter_map(|t| t.dispatch.dispatch()).map(|d| &d.unit).collect();
    units.sort();
    units.dedup();
    let fsps: Vec<&str> = sum.fsps.iter().map(|fsp| fsp.as_str()).collect();
    let dispatches = sum.tracks.iter().map(|track| of_track(track));
    let mut facts = vec![
        ("Operator", operators.join(", ")),
        (
            "Units",
            format!("{} of {}", units.len(), some(fsps.into_iter().map(str::to_owned), sum.fsps.len())),
        ),
        ("Dispatches", some(dispatches, sum.tracks.len())),
    ];
    if !sum.left_out.is_empty() {
        let units = sum.left_out.iter().map(ToString::to_string);
        let named = some(units, sum.left_out.len());
        facts.push(("Left out", format!("{named}: baseline unknown")));
    }
    facts
}

/// `EMID-1 revision 1 (BRIGHTFLEX/BESS-07)`.
fn of_track(track: &Track) -> String {
    let dispatch = &track.dispatch;
    let document = dispatch.dispatch();
    let revision = dispatch.in_force.or_else(|| document.map(|d| d.revision));
    let revision = revision.map_or_else(String::new, |revision| format!(" revision {revision}"));
    let unit = document.map_or_else(String::new, |d| format!(" ({})", d.unit));
    format!("{}{revision}{unit}", dispatch.key.dispatch_ref)
}

/// The first few, and how many more there are.
fn some(names: impl Iterator<Item = String>, count: usize) -> String {
    let named: Vec<String> = names.take(NAMED).collect();
    let more = count.saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// `2026-07-01 17:00 to 19:00 BST (2026-07-01 16:00 to 18:00 UTC)`.
fn span_in_words(from: f64, to: f64) -> String {
    let (from, to) = (instant(from), instant(to));
    let minute = |at: UtcTime| {
        let text = words::utc(at);
        let cut = text.trim_end_matches(" UTC");
        cut.strip_suffix(":00").filter(|_| at.unix() % 60 == 0).unwrap_or(cut).to_owned()
    };
    let (start, end) = (minute(from), minute(to));
    let end = match (start.split_once(' '), end.split_once(' ')) {
        (Some((day, _)), Some((same, time))) if day == same => time.to_owned(),
        _ => end,
    };
    format!("{} ({start} to {end} UTC)", words::london_span(from, to))
}

fn notes(shown: &Shown, at: UtcTime, is_without_strip: bool) -> Vec<String> {
    let mut notes = Vec::new();
    match shown {
        Shown::Fleet(sum) => {
            notes.push(energies(&sum.totals(at), at));
            notes.push(
                "Power is change against each unit's baseline, positive for turn up; what each FSP delivered is stacked."
                    .to_owned(),
            );
            if sum.fsps.len() > STRIPS {
                notes.push(format!("Heartbeats are those of the first {STRIPS} of {} FSPs.", sum.fsps.len()));
            }
        }
        Shown::Dispatch(track, _) => {
            if track.planned.is_some() {
                notes.push(energies(&track.totals(at), at));
            } else {
                notes.push(
                    "The unit's baseline is unknown, so nothing is held against what it delivered."
                        .to_owned(),
                );
            }
            notes.push(NET.to_owned());
        }
        Shown::Idle(_) => notes.push(NET.to_owned()),
    }
    if !is_without_strip {
        notes.push(
            "Heartbeat: a thin bar is live, stripes are late, crosses are lost, an empty outline is no data."
                .to_owned(),
        );
    }
    notes
}

const NET: &str = "Power is net at the connection point, positive for export.";

fn energies(totals: &Totals, at: UtcTime) -> String {
    let asked = crate::units::grouped(totals.asked_kwh, 1);
    format!("Up to {}: {asked} kWh asked, {}.", words::london_minute(at), say::energies(totals))
}
