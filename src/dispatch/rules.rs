//! The rules of the profile's section 1, each with its own error that names the field and the value.

use crate::time::UtcTime;

use super::problem::{Problem, ProblemKind};
use super::{DispatchParts, Price, PricePer, ReactiveLevel, RealLevel, Setpoint, Status};

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
    // Within a window that is itself wrong, no setpoint's place can be.
    let wrong = |(start, end): (UtcTime, UtcTime)| end <= start;
    let window_is_wrong = seen.service_start.zip(seen.service_end).is_some_and(wrong);
    let (start, end) = if window_is_wrong { (None, None) } else { (seen.service_start, seen.service_end) };
    let mut previous: Option<(usize, UtcTime)> = None;
    for (index, at) in setpoints.iter().enumerate().filter_map(|(i, s)| Some((i, s.at?))) {
        let message = if let Some(start) = start.filter(|start| at < *start) {
            Some(format!("`{at}` is before service_start `{start}`; setpoints lie within the window"))
        } else if let Some(end) = end.filter(|end| at >= *end) {
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

#[cfg(test)]
mod tests {
    use super::super::sample::{any_dispatch, at, parts};
    use super::*;
    use crate::units::{Vars, Watts};
    use proptest::prelude::*;

    type Change = fn(&mut DispatchParts);

    #[test]
    fn each_rule_names_the_field_and_the_value() {
        let rules: &[(Change, ProblemKind, &str)] = &[
            (
                |p| p.service_end = p.service_start,
                ProblemKind::Window,
                "service_end: `2026-11-26T17:00:00Z` is not after service_start `2026-11-26T17:00:00Z`; a window \
                 ends after it starts",
            ),
            (
                |p| p.service_end = p.service_start + (31 * 86_400 + 1),
                ProblemKind::Window,
                "service_end: `2026-12-27T17:00:01Z` is more than 31 days after service_start \
                 `2026-11-26T17:00:00Z`; a window is at most 31 days long",
            ),
            (
                |p| p.setpoints.clear(),
                ProblemKind::Setpoints,
                "setpoints: there is none; RUN needs at least one setpoint",
            ),
            (
                |p| {
                    p.setpoints.clear();
                    p.status = Status::PreNotify;
                },
                ProblemKind::Setpoints,
                "setpoints: there is none; PRE_NOTIFY needs at least one setpoint",
            ),
            (
                |p| {
                    let first = p.setpoints[0];
                    p.setpoints = (0..1001).map(|n| Setpoint { at: first.at + n, ..first }).collect();
                },
                ProblemKind::Setpoints,
                "setpoints: there are 1001; a dispatch has at most 1000",
            ),
            (
                |p| p.setpoints[0].at = p.service_start - 1,
                ProblemKind::Setpoints,
                "setpoints[0].at: `2026-11-26T16:59:59Z` is before service_start `2026-11-26T17:00:00Z`; \
                 setpoints lie within the window",
            ),
            (
                |p| p.setpoints[1].at = p.service_end,
                ProblemKind::Setpoints,
                "setpoints[1].at: `2026-11-26T19:00:00Z` is not before service_end `2026-11-26T19:00:00Z`; \
                 setpoints lie within the window",
            ),
            (
                |p| p.setpoints[1].at = p.setpoints[0].at,
                ProblemKind::Setpoints,
                "setpoints[1].at: `2026-11-26T17:00:00Z` is not after setpoints[0].at `2026-11-26T17:00:00Z`; \
                 setpoints are in ascending order of time",
            ),
            (
                |p| p.setpoints[1].real = None,
                ProblemKind::Setpoints,
                "setpoints[1].parameters: there is none; a setpoint has one REAL or one REACTIVE parameter or both",
            ),
            (
                |p| p.setpoints[0].real.as_mut().unwrap().watts = Watts(MAX_VOLUME + 1000),
                ProblemKind::Value,
                "setpoints[0].parameters[0].volume: `100000001` kW is beyond 100,000,000 kW either way, the most \
                 that a dispatch can ask",
            ),
            (
                |p| p.setpoints[0].reactive.as_mut().unwrap().vars = Vars(i64::MIN),
                ProblemKind::Value,
                "setpoints[0].parameters[1].volume: `-9223372036854775` kVAr is beyond 100,000,000 kVAr either \
                 way, the most that a dispatch can ask",
            ),
            (
                |p| {
                    let price = Price { pence: 1, per: PricePer::Mvarh };
                    p.setpoints[0].real.as_mut().unwrap().price = Some(price);
                },
                ProblemKind::Units,
                "setpoints[0].parameters[0].price.per: `MVARH` does not agree with service_type REAL; write MWH or \
                 WINDOW",
            ),
            (
                |p| {
                    let price = Price { pence: 1, per: PricePer::Mwh };
                    p.setpoints[0].reactive.as_mut().unwrap().price = Some(price);
                },
                ProblemKind::Units,
                "setpoints[0].parameters[1].price.per: `MWH` does not agree with service_type REACTIVE; write \
                 MVARH or WINDOW",
            ),
            (
                |p| {
                    let price = Price { pence: MAX_PENCE + 1, per: PricePer::Window };
                    p.setpoints[1].real.as_mut().unwrap().price = Some(price);
                },
                ProblemKind::Value,
                "setpoints[1].parameters[0].price.amount: 1000000001 pence is beyond £10,000,000.00 either way",
            ),
        ];
        for (change, kind, text) in rules {
            let mut changed = parts();
            change(&mut changed);
            let problems = check(&changed);
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [*text]);
            assert_eq!(problems[0].kind, *kind, "{text}");
        }
    }

    #[test]
    fn what_the_profile_allows_is_not_refused() {
        let allowed: &[Change] = &[
            |_| {},
            |p| {
                p.status = Status::Stop;
                p.setpoints.clear();
            },
            |p| p.status = Status::EmergencyStop,
            |p| p.service_end = p.service_start + 31 * 86_400,
            |p| p.setpoints[1].at = p.service_end - 1,
            |p| p.setpoints[0].real = None,
            |p| p.instruction_time = at("2026-11-26T18:30:00Z"),
        ];
        for (index, change) in allowed.iter().enumerate() {
            let mut changed = parts();
            change(&mut changed);
            assert_eq!(check(&changed), [], "case {index}");
        }
    }

    #[test]
    fn every_broken_rule_is_reported_not_only_the_first() {
        let mut broken = parts();
        broken.service_end = broken.service_start;
        broken.setpoints[1].real = None;
        let fields: Vec<String> = check(&broken).into_iter().map(|p| p.field).collect();
        assert_eq!(fields, ["service_end", "setpoints[1].parameters"]);
    }

    proptest! {
        #[test]
        fn a_dispatch_that_is_held_keeps_every_rule(dispatch in any_dispatch()) {
            prop_assert_eq!(check(dispatch.parts()), []);
        }
    }
}
