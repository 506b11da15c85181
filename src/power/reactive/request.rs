//! The reactive power that a dispatch asks.

use crate::dispatch::{Dispatch, Status};
use crate::power::{Curve, seconds};

/// The reactive power that a dispatch asks, kvar from each instant on; 0 before the first and after the window.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Instants, seconds of UTC, and kvar from then on, in order; never none.
    levels: Vec<(f64, f64)>,
    /// End of the window.
    end: f64,
    /// The first level is for as soon as possible.
    at_once: bool,
}

impl Request {
    /// Of a dispatch; `None` when it asks for no reactive power, as stops do, or is a notice.
    pub fn of(dispatch: &Dispatch) -> Option<Self> {
        if !matches!(dispatch.status, Status::Run | Status::RunNow) {
            return None;
        }
        let levels: Vec<(f64, f64)> = dispatch
            .setpoints
            .iter()
            .filter_map(|s| Some((seconds(s.at.unix()), s.reactive?.vars.kilovars())))
            .collect();
        let first = dispatch.setpoints.first().map(|s| seconds(s.at.unix()));
        let at_once = dispatch.status == Status::RunNow && levels.first().map(|l| l.0) == first;
        (!levels.is_empty()).then(|| Self { levels, end: seconds(dispatch.service_end.unix()), at_once })
    }

    /// Its levels: instants, seconds of UTC, and kvar from then on.
    pub fn levels(&self) -> &[(f64, f64)] {
        &self.levels
    }

    /// The end of its window, seconds of UTC.
    pub fn end(&self) -> f64 {
        self.end
    }

    /// The kvar asked at an instant.
    pub fn at(&self, t: f64) -> f64 {
        if t >= self.end {
            return 0.0;
        }
        let after = self.levels.partition_point(|level| level.0 <= t);
        match after.checked_sub(1) {
            Some(index) => self.levels[index].1,
            None if self.at_once => self.levels[0].1,
            None => 0.0,
        }
    }

    /// The kvar asked of a unit from `from` on, as steps: `before` until it acts on this at `acts_at`.
    pub fn steps(&self, from: f64, acts_at: f64, before: f64) -> Curve {
        let later = self.levels.iter().map(|level| level.0).chain([self.end]).filter(|t| *t > acts_at);
        let mut points = vec![(from, before)];
        for t in std::iter::once(acts_at.max(from)).chain(later) {
            push(&mut points, t, self.at(t));
        }
        Curve::from_ordered(points)
    }

    /// What was asked from `from` to `to`: each revision counts from the instant given with it (seconds of UTC,
    /// ascending) until the next one's. `None` when none of them asks for reactive power.
    pub fn asked_curve(revisions: &[(f64, &Dispatch)], from: f64, to: f64) -> Option<Curve> {
        let asked: Vec<(f64, Option<Self>)> =
            revisions.iter().map(|(at, dispatch)| (*at, Self::of(dispatch))).collect();
        if asked.iter().all(|(_, request)| request.is_none()) {
            return None;
        }
        let mut instants: Vec<f64> = Vec::new();
        for (at, request) in &asked {
            instants.push(*at);
            instants.extend(request.iter().flat_map(|r| r.levels.iter().map(|l| l.0).chain([r.end])));
        }
        instants.retain(|t| *t > from && *t < to);
        instants.sort_by(f64::total_cmp);
        let level = |t: f64| {
            let in_force = asked.iter().rev().find(|(at, _)| *at <= t);
            in_force.and_then(|(_, request)| request.as_ref()).map_or(0.0, |request| request.at(t))
        };
        let mut points = vec![(from, level(from))];
        for t in instants {
            push(&mut points, t, level(t));
        }
        if to > from {
            points.push((to, points[points.len() - 1].1));
        }
        Some(Curve::from_ordered(points))
    }
}

/// Steps to a value at an instant.
fn push(points: &mut Vec<(f64, f64)>, t: f64, value: f64) {
    let before = points[points.len() - 1].1;
    if before != value {
        points.extend([(t, before), (t, value)]);
    }
}
