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
    /// Where to look: seconds after the beginning of the first run, or of the second where the first has none; `None` of
    /// what is of no instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_s: Option<i64>,
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

/// What can be told of a run.
type Told = Vec<Said>;

/// Which, what became of it, and at which second of the run.
struct Said {
    what: String,
    end: String,
    at_s: Option<i64>,
}

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

    fn said(&self, what: String, end: String, at: UtcTime) -> Said {
        Said { what, end, at_s: Some(at.since(self.start)) }
    }

    fn commands(&self) -> Told {
        let told = |outcome: &Arc<Outcome>| {
            let end = match &outcome.result {
                Ok(_) => "done".to_owned(),
                Err(why) => format!("refused: {why}"),
            };
            self.said(outcome.asked.clone(), format!("{}, {end}", self.since(outcome.at)), outcome.at)
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
                let facts = self.dispatch(state).into_iter();
                told.extend(facts.map(|(what, end, at)| self.said(format!("{which}: {what}"), end, at)));
            }
        }
        told
    }

    fn dispatch(&self, state: &DispatchState) -> Vec<(&'static str, String, UtcTime)> {
        let (Some(first), Some(last)) = (state.revisions.first(), state.dispatch()) else {
            return Vec::new();
        };
        let (instructed, amended) = (first.signed.dispatch.instruction_time, last.instruction_time);
        let (start, end) = (last.service_start, last.service_end);
        let stood = state.ladder.last().map_or(instructed, |rung| rung.at);
        let mut told = vec![
            ("revisions", state.revisions.len().to_string(), amended),
            ("stands at", state.phase.word().to_owned(), stood),
            ("instructed", self.since(instructed), instructed),
            ("window", format!("{} to {}", self.since(start), self.since(end)), start),
        ];
        let Some(score) = state.score.as_deref() else { return told };
        if let Some(seconds) = score.acknowledged_after_s {
            told.push(("acknowledged after", format!("{} s", grouped(seconds, 0)), instructed));
        }
        told.push(("asked", format!("{} kWh", grouped(score.asked_kwh, 1)), start));
        told.push(("delivered", format!("{} kWh", grouped(score.delivered_kwh, 1)), start));
        told.push(("beyond what was asked", format!("{} kWh", grouped(score.over_kwh, 1)), start));
        if let Some(ratio) = score.ratio {
            let share = format!("{} %", grouped(100.0 * ratio, 1));
            told.push(("delivered of what was asked", share, start));
        }
        if let Some(seconds) = score.stopped_after_s {
            told.push(("back at baseline after the stop", format!("{} s", grouped(seconds, 0)), amended));
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
            let end = format!("{}, priority {}, {notice}", self.since(alarm.raised), alarm.priority.digit());
            self.said(which, end, alarm.raised)
        };
        self.recording.alarms.values().map(told).collect()
    }

    fn fleet(&self) -> Told {
        let states = || self.last.iter().flat_map(|last| &last.dispatches);
        let sum = |of: fn(&crate::power::Scorecard) -> f64| -> f64 {
            states().filter_map(|state| state.score.as_deref()).map(of).sum()
        };
        let of_all = |(what, end): (&str, String)| Said { what: what.to_owned(), end, at_s: None };
        let told = [
            ("dispatches", states().count().to_string()),
            ("alarms", self.recording.alarms.len().to_string()),
            ("asked", format!("{} kWh", grouped(sum(|score| score.asked_kwh), 1))),
            ("delivered", format!("{} kWh", grouped(sum(|score| score.delivered_kwh), 1))),
        ];
        told.map(of_all).into()
    }
}

/// Brings together what is told of the same thing in both: of several alike, the first with the first.
fn matched(of: DifferenceOf, first: Told, second: Told) -> Vec<RunDifference> {
    let mut left: BTreeMap<String, VecDeque<Said>> = BTreeMap::new();
    let order: Vec<String> = second.iter().map(|said| said.what.clone()).collect();
    for said in second {
        left.entry(said.what.clone()).or_default().push_back(said);
    }
    let mut found = Vec::new();
    for Said { what, end, at_s } in first {
        let other = left.get_mut(&what).and_then(VecDeque::pop_front).map(|said| said.end);
        if other.as_ref() != Some(&end) {
            found.push(RunDifference { of, what, first: Some(end), second: other, at_s });
        }
    }
    for what in order {
        if let Some(Said { end, at_s, .. }) = left.get_mut(&what).and_then(VecDeque::pop_front) {
            found.push(RunDifference { of, what, first: None, second: Some(end), at_s });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(items: &[(&str, &str)]) -> Told {
        let said = |(what, end): &(&str, &str)| Said {
            what: (*what).to_owned(),
            end: (*end).to_owned(),
            at_s: None,
        };
        items.iter().map(said).collect()
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
