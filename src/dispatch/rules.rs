//! The rules of the profile's section 1, each with its own error that names the field and the value.

use std::fmt;

use crate::time::UtcTime;

use super::{DispatchParts, Price, PricePer, ReactiveLevel, RealLevel, Setpoint, Status};

/// Where in a file a problem is: 1-based, when the form that was read has lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// Which rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// Not JSON, or not the right JSON type.
    Form,
    /// A field that must be there is not.
    Missing,
    /// A field that is not known.
    Unknown,
    /// A value outside the field's list or pattern.
    Value,
    /// The window: start, end.
    Window,
    /// Order or place of setpoints.
    Setpoints,
    /// Units that do not agree with the service type.
    Units,
    /// Finer than 1 W, 1 var or one penny.
    Resolution,
}

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which rule.
    pub kind: ProblemKind,
    /// The field, as a path: `setpoints[1].parameters[0].volume`.
    pub field: String,
    /// What is wrong with which value, and what would be right. One sentence without the field.
    pub message: String,
    /// Where, when a file was read.
    pub place: Option<Place>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "line {}: ", place.line)?;
        }
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl Problem {
    /// A problem in a form that has no lines.
    pub fn new(kind: ProblemKind, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, field: field.into(), message: message.into(), place: None }
    }
}

/// Longest service window, in days: well beyond any contract's, short enough that all arithmetic stays sane.
pub const MAX_WINDOW_DAYS: i64 = 31;
/// Most setpoints in one dispatch.
pub const MAX_SETPOINTS: usize = 1_000;
/// Greatest volume either way, in W or var: 100 GW, more than Great Britain has ever used at once.
pub const MAX_VOLUME: i64 = 100_000_000_000;
/// Greatest price either way, in pence: £10,000,000.00.
pub const MAX_PENCE: i64 = 1_000_000_000;

/// Every rule that the parts break, in the order of the document's fields.
pub fn check(parts: &DispatchParts) -> Vec<Problem> {
    check_seen(&Seen::of(parts))
}

/// What the rules look at, as far as it could be read: a document with one mistake is still checked for the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub status: Option<Status>,
    pub service_start: Option<UtcTime>,
    pub service_end: Option<UtcTime>,
    /// `None` when the member is not there or is no list.
    pub setpoints: Option<Vec<SeenSetpoint>>,
}

/// A setpoint as far as it could be read. Levels carry the index of their parameter in the document.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenSetpoint {
    pub at: Option<UtcTime>,
    pub real: Option<(usize, RealLevel)>,
    pub reactive: Option<(usize, ReactiveLevel)>,
    /// Whether a parameter could not be read, so that nothing can be said of how many there are.
    pub unreadable: bool,
}

impl Seen {
    fn of(parts: &DispatchParts) -> Self {
        Self {
            status: Some(parts.status),
            service_start: Some(parts.service_start),
            service_end: Some(parts.service_end),
            setpoints: Some(parts.setpoints.iter().map(SeenSetpoint::of).collect()),
        }
    }
}

impl SeenSetpoint {
    fn of(setpoint: &Setpoint) -> Self {
        Self {
            at: Some(setpoint.at),
            real: setpoint.real.map(|level| (0, level)),
            reactive: setpoint.reactive.map(|level| (usize::from(setpoint.real.is_some()), level)),
            unreadable: false,
        }
    }

    /// The setpoint, when all of it could be read.
    pub fn whole(&self) -> Option<Setpoint> {
        let at = self.at.filter(|_| !self.unreadable)?;
        Some(Setpoint {
            at,
            real: self.real.map(|(_, level)| level),
            reactive: self.reactive.map(|(_, level)| level),
        })
    }
}

pub(super) fn check_seen(seen: &Seen) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_window(seen, &mut problems);
    if let Some(setpoints) = &seen.setpoints {
        check_number(seen.status, setpoints.len(), &mut problems);
        check_order(seen, setpoints, &mut problems);
        for (index, setpoint) in setpoints.iter().enumerate() {
            check_levels(index, setpoint, &mut problems);
        }
    }
    problems
}

fn check_window(seen: &Seen, problems: &mut Vec<Problem>) {
    let (Some(start), Some(end)) = (seen.service_start, seen.service_end) else { return };
    let length = end.since(start);
    if length <= 0 {
        let message = format!("`{end}` is not after service_start `{start}`; a window ends after it starts");
        problems.push(Problem::new(ProblemKind::Window, "service_end", message));
    } else if length > MAX_WINDOW_DAYS * 86_400 {
        let message = format!(
            "`{end}` is more than {MAX_WINDOW_DAYS} days after service_start `{start}`; a window is at most \
             {MAX_WINDOW_DAYS} days long"
        );
        problems.push(Problem::new(ProblemKind::Window, "service_end", message));
    }
}

fn check_number(status: Option<Status>, number: usize, problems: &mut Vec<Problem>) {
    if let Some(status) = status.filter(|s| number == 0 && !s.is_stop()) {
        let message = format!("there is none; {status} needs at least one setpoint");
        problems.push(Problem::new(ProblemKind::Setpoints, "setpoints", message));
    }
    if number > MAX_SETPOINTS {
        let message = format!("there are {number}; a dispatch has at most {MAX_SETPOINTS}");
        problems.push(Problem::new(ProblemKind::Setpoints, "setpoints", message));
    }
}

fn check_order(seen: &Seen, setpoints: &[SeenSetpoint], problems: &mut Vec<Problem>) {
    let mut previous: Option<(usize, UtcTime)> = None;
    for (index, at) in setpoints.iter().enumerate().filter_map(|(i, s)| Some((i, s.at?))) {
        let message = if let Some(start) = seen.service_start.filter(|start| at < *start) {
            Some(format!("`{at}` is before service_start `{start}`; setpoints lie within the window"))
        } else if let Some(end) = seen.service_end.filter(|end| at >= *end) {
            Some(format!("`{at}` is not before service_end `{end}`; setpoints lie within the window"))
        } else if let Some((before, earlier)) = previous.filter(|(_, earlier)| at <= *earlier) {
            Some(format!(
                "`{at}` is not after setpoints[{before}].at `{earlier}`; setpoints are in ascending order of time"
            ))
        } else {
            None
        };
        if let Some(message) = message {
            problems.push(Problem::new(ProblemKind::Setpoints, format!("setpoints[{index}].at"), message));
        }
        previous = Some((index, at));
    }
}

fn check_levels(index: usize, setpoint: &SeenSetpoint, problems: &mut Vec<Problem>) {
    let parameter = |at: usize| format!("setpoints[{index}].parameters[{at}]");
    if setpoint.real.is_none() && setpoint.reactive.is_none() && !setpoint.unreadable {
        problems.push(Problem::new(
            ProblemKind::Setpoints,
            format!("setpoints[{index}].parameters"),
            "there is none; a setpoint has one REAL or one REACTIVE parameter or both",
        ));
    }
    if let Some((at, level)) = &setpoint.real {
        check_volume(&parameter(*at), level.watts.0, "kW", problems);
        check_price(&parameter(*at), level.price, PricePer::Mvarh, "REAL", problems);
    }
    if let Some((at, level)) = &setpoint.reactive {
        check_volume(&parameter(*at), level.vars.0, "kVAr", problems);
        check_price(&parameter(*at), level.price, PricePer::Mwh, "REACTIVE", problems);
    }
}

fn check_volume(parameter: &str, volume: i64, unit: &str, problems: &mut Vec<Problem>) {
    if volume.unsigned_abs() > MAX_VOLUME.unsigned_abs() {
        let message = format!("`{}` {unit} is beyond {}", volume / 1000, volume_bound(unit));
        problems.push(Problem::new(ProblemKind::Value, format!("{parameter}.volume"), message));
    }
}

/// The bound on volumes in words.
pub(super) fn volume_bound(unit: &str) -> String {
    format!("100,000,000 {unit} either way, the most that a dispatch can ask")
}

fn check_price(
    parameter: &str,
    price: Option<Price>,
    foreign: PricePer,
    service_type: &str,
    problems: &mut Vec<Problem>,
) {
    let Some(price) = price else { return };
    if price.pence.unsigned_abs() > MAX_PENCE.unsigned_abs() {
        let message = format!("{} pence is beyond £10,000,000.00 either way", price.pence);
        problems.push(Problem::new(ProblemKind::Value, format!("{parameter}.price.amount"), message));
    }
    if price.per == foreign {
        let right = if foreign == PricePer::Mvarh { PricePer::Mwh } else { PricePer::Mvarh };
        let message = format!(
            "`{}` does not agree with service_type {service_type}; write {} or {}",
            foreign.word(),
            right.word(),
            PricePer::Window.word()
        );
        problems.push(Problem::new(ProblemKind::Units, format!("{parameter}.price.per"), message));
    }
}
