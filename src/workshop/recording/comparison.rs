//! Two recordings side by side: what was asked, what came of each dispatch and which alarms came, each at its time since its own
//! beginning, and only what is otherwise.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::Serialize;

use super::Recording;
use crate::desk::snapshot::{Alarm, DispatchState, Outcome, Snapshot};
use crate::dispatch::DispatchUnit;
use crate::time::UtcTime;
use crate::units::grouped;

/// What two runs differ in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunDifference {
    /// What of: `Command`, `Dispatch`, `Alarm` or `Fleet`.
    pub of: DifferenceOf,
    /// Which, in words: `stop GB-DNO-11/REC-1`, `BRIGHTFLEX/BESS-07, dispatch 1: delivered`.
    pub what: String,
    /// In the first run; `None` where it has none.
    pub first: Option<String>,
    /// In the second.
    pub second: Option<String>,
}

/// What a difference is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceOf {
    /// What was asked of the desk.
    Command,
    /// A unit's dispatch.
    Dispatch,
    /// An alarm.
    Alarm,
    /// All units together.
    Fleet,
}

impl DifferenceOf {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "Command",
            Self::Dispatch => "Dispatch",
            Self::Alarm => "Alarm",
            Self::Fleet => "Fleet",
        }
    }
}

/// What two runs differ in, commands first; none where all came at the same second to the same end.
pub fn differences(first: &Recording, second: &Recording) -> Vec<RunDifference> {
    let (a, b) = (Run::of(first), Run::of(second));
    let mut found = matched(DifferenceOf::Command, a.commands(), b.commands());
    found.extend(matched(DifferenceOf::Dispatch, a.dispatches(), b.dispatches()));
    found.extend(matched(DifferenceOf::Alarm, a.alarms(), b.alarms()));
    found.extend(matched(DifferenceOf::Fleet, a.fleet(), b.fleet()));
    found
}

/// What can be told of a run: which, and what became of it.
type Told = Vec<(String, String)>;

/// One recording, with the beginning that its times are counted from.
struct Run<'r> {
    recording: &'r Recording,
    start: UtcTime,
    last: Option<Arc<Snapshot>>,
}

impl<'r> Run<'r> {
    fn of(recording: &'r Recording) -> Self {
        let (first_ms, last_ms) = recording.span_ms();
        let start = UtcTime::from_unix(first_ms.div_euclid(1000));
        Self { recording, start, last: recording.at_ms(last_ms) }
    }

    /// `T+01:02:03`.
    fn since(&self, at: UtcTime) -> String {
        let seconds = at.since(self.start);
        let (sign, s) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
        format!("T{sign}{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }

    fn commands(&self) -> Told {
        let told = |outcome: &Arc<Outcome>| {
            let end = match &outcome.result {
                Ok(_) => "done".to_owned(),
                Err(why) => format!("refused: {why}"),
            };
            (outcome.asked.clone(), format!("{}, {end}", self.since(outcome.at)))
        };
        self.recording.outcomes.iter().map(told).collect()
    }

    /// The dispatches of each unit in the order of their instruction: whoever sends them chooses the reference.
    fn dispatches(&self) -> Told {
        let mut of_unit: BTreeMap<&DispatchUnit, Vec<&DispatchState>> = BTreeMap::new();
        for state in self.last.iter().flat_map(|last| &last.dispatches) {
            if let Some(dispatch) = state.dispatch() {
                of_unit.entry(&dispatch.unit).or_default().push(state);
            }
        }
        let mut told = Told::new();
        for (unit, mut states) in of_unit {
            states.sort_by_key(|state| state.revisions.first().map(|r| r.signed.dispatch.instruction_time));
            for (index, state) in states.into_iter().enumerate() {
                let which = format!("{unit}, dispatch {}", index + 1);
                told.extend(
                    self.dispatch(state).into_iter().map(|(what, end)| (format!("{which}: {what}"), end)),
                );
            }
        }
        told
    }

    fn dispatch(&self, state: &DispatchState) -> Vec<(&'static str, String)> {
        let mut told = vec![
            ("revisions", state.revisions.len().to_string()),
            ("stands at", state.phase.word().to_owned()),
        ];
        if let Some(first) = state.revisions.first() {
            told.push(("instructed", self.since(first.signed.dispatch.instruction_time)));
        }
        if let Some(dispatch) = state.dispatch() {
            let (start, end) = (self.since(dispatch.service_start), self.since(dispatch.service_end));
            told.push(("window", format!("{start} to {end}")));
        }
        let Some(score) = state.score.as_deref() else { return told };
        if let Some(seconds) = score.acknowledged_after_s {
            told.push(("acknowledged after", format!("{} s", grouped(seconds, 0))));
        }
        told.push(("asked", format!("{} kWh", grouped(score.asked_kwh, 1))));
        told.push(("delivered", format!("{} kWh", grouped(score.delivered_kwh, 1))));
        told.push(("beyond what was asked", format!("{} kWh", grouped(score.over_kwh, 1))));
        if let Some(ratio) = score.ratio {
            told.push(("delivered of what was asked", format!("{} %", grouped(100.0 * ratio, 1))));
        }
        if let Some(seconds) = score.stopped_after_s {
            told.push(("back at baseline after the stop", format!("{} s", grouped(seconds, 0))));
        }
        told
    }

    fn alarms(&self) -> Told {
        let told = |alarm: &Arc<Alarm>| {
            let notice = match alarm.acknowledged {
                Some(at) => format!("acknowledged after {} s", at.since(alarm.raised)),
                None => "not acknowledged".to_owned(),
            };
            let which = format!("{} of {}", alarm.kind.rationale().title, alarm.source);
            (which, format!("{}, priority {}, {notice}", self.since(alarm.raised), alarm.priority.digit()))
        };
        self.recording.alarms.values().map(told).collect()
    }

    fn fleet(&self) -> Told {
        let states = || self.last.iter().flat_map(|last| &last.dispatches);
        let sum = |of: fn(&crate::power::Scorecard) -> f64| -> f64 {
            states().filter_map(|state| state.score.as_deref()).map(of).sum()
        };
        vec![
            ("dispatches".to_owned(), states().count().to_string()),
            ("alarms".to_owned(), self.recording.alarms.len().to_string()),
            ("asked".to_owned(), format!("{} kWh", grouped(sum(|score| score.asked_kwh), 1))),
            ("delivered".to_owned(), format!("{} kWh", grouped(sum(|score| score.delivered_kwh), 1))),
        ]
    }
}

/// Brings together what is told of the same thing in both: of several alike, the first with the first.
fn matched(of: DifferenceOf, first: Told, second: Told) -> Vec<RunDifference> {
    let mut left: BTreeMap<String, VecDeque<String>> = BTreeMap::new();
    let order: Vec<String> = second.iter().map(|(what, _)| what.clone()).collect();
    for (what, end) in second {
        left.entry(what).or_default().push_back(end);
    }
    let mut found = Vec::new();
    for (what, end) in first {
        let other = left.get_mut(&what).and_then(VecDeque::pop_front);
        if other.as_ref() != Some(&end) {
            found.push(RunDifference { of, what, first: Some(end), second: other });
        }
    }
    for what in order {
        if let Some(end) = left.get_mut(&what).and_then(VecDeque::pop_front) {
            found.push(RunDifference { of, what, first: None, second: Some(end) });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(items: &[(&str, &str)]) -> Told {
        items.iter().map(|(what, end)| ((*what).to_owned(), (*end).to_owned())).collect()
    }

    #[test]
    fn only_what_is_otherwise_is_told_and_what_one_run_lacks() {
        let first = told(&[("send A", "T+1"), ("stop A", "T+5"), ("send A", "T+9"), ("send B", "T+2")]);
        let second =
            told(&[("send A", "T+1"), ("send B", "T+3"), ("acknowledge 1 alarm", "T+4"), ("send A", "T+9")]);
        let found: Vec<(String, Option<String>, Option<String>)> =
            matched(DifferenceOf::Command, first, second)
                .into_iter()
                .map(|d| (d.what, d.first, d.second))
                .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [
                ("stop A".to_owned(), some("T+5"), None),
                ("send B".to_owned(), some("T+2"), some("T+3")),
                ("acknowledge 1 alarm".to_owned(), None, some("T+4")),
            ]
        );
        assert!(matched(DifferenceOf::Alarm, Told::new(), Told::new()).is_empty());
    }
}
