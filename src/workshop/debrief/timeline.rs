//! The time line of a debrief: what the story had, what was dispatched, what was done and what was wrong, each in its lane.

use std::fmt::Write as _;

use super::Debrief;
use super::page::escaped;
use crate::fleet::Switched;
use crate::journal::EntryKind;
use crate::time::{UtcTime, in_london};
use crate::workshop::scenario::{Action, Step};

/// The picture's width and the margin of the lanes' names, in its own units.
const WIDTH: f64 = 1000.0;
const NAMES: f64 = 150.0;
/// The height of a lane.
const LANE: f64 = 26.0;
/// Room for the hours.
const AXIS: f64 = 22.0;
/// More lanes than this are not drawn; the page says how many there are.
const MOST_LANES: usize = 80;

/// Something in a lane: a bar, or a mark where it lasts no time.
struct Thing {
    from: UtcTime,
    until: Option<UtcTime>,
    words: String,
    colour: &'static str,
    /// What stands in a mark, so that it is told apart without its colour.
    sign: &'static str,
}

struct Lane {
    name: String,
    things: Vec<Thing>,
}

/// The drawing, as SVG within the page.
pub(super) fn drawn(debrief: &Debrief<'_>) -> String {
    let (start, end) = (debrief.scenario.start, debrief.scenario.run_for.after(debrief.scenario.start));
    let mut lanes = vec![told(debrief), commands(debrief), alarms(debrief)];
    lanes.extend(faults(debrief));
    lanes.extend(injects(debrief));
    lanes.retain(|lane| !lane.things.is_empty());
    lanes.extend(dispatches(debrief));
    let more = lanes.len().saturating_sub(MOST_LANES);
    lanes.truncate(MOST_LANES);
    let height = AXIS + LANE * count(lanes.len());
    let axis = Axis { start, end };
    let mut svg = format!(
        "<svg class=\"timeline\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Time line of {} lanes\">",
        lanes.len()
    );
    hours(&mut svg, &axis, height);
    for (index, lane) in lanes.iter().enumerate() {
        draw_lane(&mut svg, &axis, lane, AXIS + LANE * count(index));
    }
    svg += "</svg>";
    if more > 0 {
        let _ = write!(svg, "<p>{more} more units were dispatched; their dispatches are below.</p>");
    }
    svg
}

/// From time to place.
struct Axis {
    start: UtcTime,
    end: UtcTime,
}

impl Axis {
    #[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
    fn x(&self, at: UtcTime) -> f64 {
        let whole = self.end.since(self.start).max(1) as f64;
        let share = (at.since(self.start) as f64 / whole).clamp(0.0, 1.0);
        NAMES + share * (WIDTH - NAMES - 10.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "lanes are few")]
fn count(lanes: usize) -> f64 {
    lanes as f64
}

fn hours(svg: &mut String, axis: &Axis, height: f64) {
    let lasts = axis.end.since(axis.start);
    let every = [300, 600, 900, 1800, 3600, 7200, 14_400]
        .into_iter()
        .find(|step| lasts / step <= 12)
        .unwrap_or(28_800);
    let mut at = UtcTime::from_unix((axis.start.unix() + every - 1).div_euclid(every) * every);
    while at <= axis.end {
        let x = axis.x(at);
        let anchor = if x > WIDTH - 30.0 { "end" } else { "middle" };
        let _ = write!(
            svg,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{AXIS}\" y2=\"{height}\" class=\"grid\"/>\
             <text x=\"{x:.1}\" y=\"14\" text-anchor=\"{anchor}\">{}</text>",
            in_london(at).time.chars().take(5).collect::<String>()
        );
        at = at + every;
    }
}

fn draw_lane(svg: &mut String, axis: &Axis, lane: &Lane, top: f64) {
    let middle = top + LANE / 2.0;
    let _ = write!(
        svg,
        "<line x1=\"0\" x2=\"{WIDTH}\" y1=\"{top}\" y2=\"{top}\" class=\"grid\"/><text x=\"4\" y=\"{:.1}\">{}</text>",
        middle + 4.0,
        escaped(&lane.name)
    );
    for thing in &lane.things {
        let (x, words, colour) = (axis.x(thing.from), escaped(&thing.words), thing.colour);
        match thing.until {
            Some(until) => {
                let width = (axis.x(until) - x).max(2.0);
                let _ = write!(
                    svg,
                    "<g><title>{words}</title><rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>\
                     <text x=\"{:.1}\" y=\"{:.1}\" class=\"in\">{}</text></g>",
                    top + 4.0,
                    LANE - 8.0,
                    x + 3.0,
                    middle + 4.0,
                    fitting(&words, width)
                );
            }
            None => {
                let _ = write!(
                    svg,
                    "<g><title>{words}</title><circle cx=\"{x:.1}\" cy=\"{middle:.1}\" r=\"7\" fill=\"{colour}\"/>\
                     <text x=\"{x:.1}\" y=\"{:.1}\" class=\"in\" text-anchor=\"middle\">{}</text></g>",
                    middle + 4.0,
                    thing.sign
                );
            }
        }
    }
}

/// As much of a text as a bar has room for.
fn fitting(words: &str, width: f64) -> String {
    let mut room = width / 6.5;
    let fits = |_: &char| {
        room -= 1.0;
        room > 0.0
    };
    let shown: String = words.chars().take_while(fits).collect();
    // What was escaped is not cut in two.
    match shown.rfind('&').filter(|at| !shown[*at..].contains(';')) {
        Some(at) => shown[..at].to_owned(),
        None => shown,
    }
}

fn told(debrief: &Debrief<'_>) -> Lane {
    let start = debrief.scenario.start;
    let thing =
        |at: UtcTime, words: String, sign| Thing { from: at, until: None, words, colour: "#3a5f7d", sign };
    let things = past(debrief).filter_map(|step| match &step.action {
        Action::Tell { from, text } => Some(thing(step.at.after(start), format!("{from}: {text}"), "i")),
        Action::Note { text } => Some(thing(step.at.after(start), format!("For the trainer: {text}"), "n")),
        _ => None,
    });
    Lane { name: "Told".to_owned(), things: things.collect() }
}

/// The steps of the story that have come to pass.
fn past<'a>(debrief: &'a Debrief<'_>) -> impl Iterator<Item = &'a Step> {
    let (start, until) = (debrief.scenario.start, debrief.until);
    debrief.scenario.steps.iter().filter(move |step| step.at.after(start) <= until)
}

/// A lane for each that was switched on by hand, until it was switched off.
fn injects(debrief: &Debrief<'_>) -> Vec<Lane> {
    let end = debrief.until.max(debrief.scenario.start);
    let on = debrief.injects.iter().enumerate().filter(|(_, inject)| inject.is_on);
    let lane = |(place, inject): (usize, &Switched)| {
        let is_end = |other: &&Switched| !other.is_on && other.affliction.is_same(&inject.affliction);
        let until = debrief.injects[place..].iter().find(is_end).map_or(end, |off| off.at);
        let words = inject.affliction.words();
        let bar = Thing { from: inject.at, until: Some(until), words, colour: "#7a3b6e", sign: "" };
        Lane { name: "Inject by hand".to_owned(), things: vec![bar] }
    };
    on.map(lane).collect()
}

/// A lane for each: several of them last to the end.
fn faults(debrief: &Debrief<'_>) -> Vec<Lane> {
    let start = debrief.scenario.start;
    let end = debrief.scenario.run_for.after(start);
    let things = past(debrief).filter_map(|step| match &step.action {
        Action::Fault { affliction, until } => Some(Thing {
            from: step.at.after(start),
            until: Some(until.map_or(end, |until| until.after(start))),
            words: affliction.words(),
            colour: "#8a5a12",
            sign: "",
        }),
        _ => None,
    });
    things.map(|fault| Lane { name: "Fault".to_owned(), things: vec![fault] }).collect()
}

fn commands(debrief: &Debrief<'_>) -> Lane {
    let of_commands = debrief.entries.iter().filter(|recorded| recorded.entry.kind == EntryKind::Command);
    let things = of_commands.map(|recorded| Thing {
        from: recorded.entry.at,
        until: None,
        words: recorded.entry.text.clone(),
        colour: "#2f6b3a",
        sign: "›",
    });
    Lane { name: "Commands".to_owned(), things: things.collect() }
}

/// Every alarm as it was raised, whether it is over or not.
fn alarms(debrief: &Debrief<'_>) -> Lane {
    let things = debrief.entries.iter().filter(|recorded| recorded.entry.kind == EntryKind::Alarm);
    let things = things.filter_map(|recorded| {
        Some(Thing {
            from: recorded.entry.at,
            until: None,
            words: recorded.entry.text.clone(),
            colour: "#a32020",
            sign: priority_of_raised(&recorded.entry.text)?,
        })
    });
    Lane { name: "Alarms".to_owned(), things: things.collect() }
}

/// Of `alarm 3 raised, priority 1: …` the priority; `None` of an entry that says something else of an alarm.
fn priority_of_raised(text: &str) -> Option<&'static str> {
    let (head, _) = text.split_once(": ")?;
    let (_, what) = head.strip_prefix("alarm ")?.split_once(' ')?;
    match what.strip_prefix("raised, priority ")? {
        "1" => Some("1"),
        "2" => Some("2"),
        _ => Some("3"),
    }
}

fn dispatches(debrief: &Debrief<'_>) -> Vec<Lane> {
    let of_unit = |unit: &crate::desk::snapshot::UnitState| {
        let own = debrief.snapshot.dispatches.iter().filter_map(|state| {
            let dispatch = state.dispatch().filter(|dispatch| dispatch.unit == unit.unit)?;
            Some(Thing {
                from: dispatch.service_start,
                until: Some(dispatch.service_end),
                words: format!("{} {}", dispatch.dispatch_ref, state.phase.word()),
                colour: "#4a5460",
                sign: "",
            })
        });
        Lane { name: unit.unit.to_string(), things: own.collect() }
    };
    let lanes = debrief.snapshot.units.iter().map(|unit| of_unit(unit));
    lanes.filter(|lane| !lane.things.is_empty()).collect()
}
