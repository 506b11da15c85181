//! Levels as most systems have them: from an instant until another.

use crate::dispatch::{Dispatch, Price, ReactiveLevel, RealLevel, Reference, Setpoint, Status};
use crate::time::UtcTime;

use super::subject::Subject;

/// A level from an instant until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<T> {
    pub from: UtcTime,
    pub until: UtcTime,
    pub level: T,
}

impl<T> Step<T> {
    /// How long it lasts, seconds.
    pub fn seconds(&self) -> i64 {
        self.until.since(self.from)
    }

    /// The same time with another level.
    pub fn at<U>(&self, level: U) -> Step<U> {
        Step { from: self.from, until: self.until, level }
    }
}

/// A real level in the form that a system needs, W.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub watts: i64,
    /// As the dispatch has it.
    pub asked: i64,
    pub price: Option<Price>,
    /// It had to be worked out by way of the baseline.
    pub is_converted: bool,
}

/// The levels of real power, each until the next or the window's end. What is to be run now begins when it was
/// instructed.
pub fn real(dispatch: &Dispatch) -> Vec<Step<RealLevel>> {
    steps(dispatch, |setpoint| setpoint.real)
}

/// As [`real`], of reactive power.
pub fn reactive(dispatch: &Dispatch) -> Vec<Step<ReactiveLevel>> {
    steps(dispatch, |setpoint| setpoint.reactive)
}

fn steps<T: Copy>(dispatch: &Dispatch, level: impl Fn(&Setpoint) -> Option<T>) -> Vec<Step<T>> {
    let mut steps: Vec<Step<T>> = Vec::new();
    for setpoint in &dispatch.setpoints {
        let Some(level) = level(setpoint) else { continue };
        if let Some(last) = steps.last_mut() {
            last.until = setpoint.at;
        }
        steps.push(Step { from: setpoint.at, until: dispatch.service_end, level });
    }
    let runs_now = dispatch.status == Status::RunNow && dispatch.setpoints.first().and_then(&level).is_some();
    if let Some(first) = steps.first_mut().filter(|first| runs_now && dispatch.instruction_time < first.until)
    {
        first.from = dispatch.instruction_time;
    }
    steps
}

/// Every level as a change from baseline, or every one as net power at the connection point. A level that has to be worked
/// out is cut where the baseline moves. `None` when the baseline is needed and not known.
pub fn pieces(
    subject: &Subject<'_>,
    steps: &[Step<RealLevel>],
    wanted: Reference,
) -> Option<Vec<Step<Piece>>> {
    let mut pieces = Vec::with_capacity(steps.len());
    for step in steps {
        let RealLevel { reference, watts, price } = step.level;
        if reference == wanted {
            pieces.push(step.at(Piece { watts: watts.0, asked: watts.0, price, is_converted: false }));
            continue;
        }
        let mut from = step.from;
        let ends = subject.baseline_moves(step.from, step.until).into_iter().chain([step.until]);
        for until in ends {
            let baseline = subject.baseline_watts(from)?;
            let watts = match wanted {
                Reference::Delta => watts.0 - baseline,
                Reference::Absolute => watts.0 + baseline,
            };
            let level = Piece { watts, asked: step.level.watts.0, price, is_converted: true };
            pieces.push(Step { from, until, level });
            from = until;
        }
    }
    Some(pieces)
}

/// Whether any number had to become another.
pub fn is_any_moved(pieces: &[Step<Piece>]) -> bool {
    pieces.iter().any(|piece| piece.level.watts != piece.level.asked)
}

/// Whether any was DELTA where ABSOLUTE is needed, or the other way round.
pub fn is_any_converted(pieces: &[Step<Piece>]) -> bool {
    pieces.iter().any(|piece| piece.level.is_converted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::sample::{at, dispatch, parts};
    use crate::power::Baseline;
    use crate::units::Watts;

    #[test]
    fn a_level_holds_until_the_next_of_its_kind() {
        let dispatch = dispatch();
        let real = real(&dispatch);
        assert_eq!((real[0].until, real[1].until), (at("2026-11-26T18:00:00Z"), at("2026-11-26T19:00:00Z")));
        assert_eq!(reactive(&dispatch)[0].seconds(), 7200);
    }

    #[test]
    fn what_runs_now_begins_when_it_was_instructed() {
        let mut now = parts();
        now.status = Status::RunNow;
        let now = Dispatch::new(now).unwrap();
        assert_eq!(real(&now)[0].from, at("2026-11-26T15:45:00Z"));
        assert_eq!(reactive(&now)[0].from, at("2026-11-26T15:45:00Z"));
    }

    #[test]
    fn a_level_is_worked_out_over_a_baseline_wherever_that_moves() {
        let dispatch = dispatch();
        let baseline =
            Baseline::Daily { points: vec![("00:00".to_owned(), 10.0), ("17:30".to_owned(), -40.0)] };
        let subject = Subject { baseline: Some(&baseline), ..Subject::alone(&dispatch, None) };
        let steps = real(&dispatch);
        let net = pieces(&subject, &steps, Reference::Absolute).unwrap();
        let levels: Vec<i64> = net.iter().map(|p| p.level.watts).collect();
        assert_eq!(levels, [2_010_000, 1_960_000, 1_460_000]);
        assert_eq!(net[1].from, at("2026-11-26T17:30:00Z"));
        let delta = pieces(&subject, &steps, Reference::Delta).unwrap();
        assert!(!is_any_converted(&delta) && delta.len() == 2);
        assert_eq!(pieces(&Subject::alone(&dispatch, None), &steps, Reference::Absolute), None);
        assert_eq!(steps[0].level.watts, Watts(2_000_000));
    }
}
