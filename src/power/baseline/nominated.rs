//! Levels that an FSP nominated for named half-hours.

use super::level_fault;
use crate::time::UtcTime;

/// What was nominated: net kW for whole half-hours of UTC, and a level for all others.
#[derive(Clone, Debug, PartialEq)]
pub struct Nominated {
    outside_kw: f64,
    /// From, until, net kW; seconds of UTC, in order, none over another.
    stretches: Vec<(i64, i64, f64)>,
}

/// Markets settle by these, seconds.
pub(super) const HALF_HOUR: i64 = 1800;

impl Nominated {
    /// From a level outside and stretches: from, until (seconds of UTC, on the hour or half past), net kW.
    ///
    /// # Errors
    /// The place of the first stretch with a fault, and what it is; no place where it is the level outside.
    pub fn new(
        outside_kw: f64,
        stretches: Vec<(UtcTime, UtcTime, f64)>,
    ) -> Result<Self, (Option<usize>, String)> {
        if let Some(fault) = level_fault(outside_kw) {
            return Err((None, fault));
        }
        let mut before = None;
        for (place, (from, until, kw)) in stretches.iter().enumerate() {
            let wrong = |message: String| Err((Some(place), message));
            let odd = [from, until].into_iter().find(|at| at.unix().rem_euclid(HALF_HOUR) != 0);
            if let Some(odd) = odd {
                return wrong(format!(
                    "{odd} is not the start of a half-hour; write one on the hour or half past"
                ));
            }
            if until <= from {
                return wrong(format!("it ends at {until}, not after {from}; write a later end"));
            }
            if let Some(before) = before.filter(|before| from < *before) {
                return wrong(format!(
                    "{from} is before {before}, when the one above ends; write the stretches in ascending order"
                ));
            }
            if let Some(fault) = level_fault(*kw) {
                return wrong(fault);
            }
            before = Some(until);
        }
        let stretches = stretches.into_iter().map(|(from, until, kw)| (from.unix(), until.unix(), kw));
        Ok(Self { outside_kw, stretches: stretches.collect() })
    }

    /// Net kW where nothing is nominated.
    pub fn outside_kw(&self) -> f64 {
        self.outside_kw
    }

    /// From, until (seconds of UTC) and net kW, in order.
    pub fn stretches(&self) -> &[(i64, i64, f64)] {
        &self.stretches
    }

    /// Every level that it has.
    pub(super) fn levels(&self) -> impl Iterator<Item = f64> {
        std::iter::once(self.outside_kw).chain(self.stretches.iter().map(|(.., kw)| *kw))
    }

    pub(super) fn level(&self, second: i64) -> f64 {
        let next = self.stretches.partition_point(|(from, ..)| *from <= second);
        let own = next.checked_sub(1).and_then(|i| self.stretches.get(i));
        own.filter(|(_, until, _)| second < *until).map_or(self.outside_kw, |(.., kw)| *kw)
    }

    /// The seconds at which the level may change within `from` to `to`, in order.
    pub(super) fn changes(&self, from: i64, to: i64) -> Vec<i64> {
        let first = self.stretches.partition_point(|(_, until, _)| *until < from);
        let own = self.stretches[first..].iter().take_while(|(start, ..)| *start <= to);
        own.flat_map(|(start, until, _)| [*start, *until]).filter(|t| *t >= from && *t <= to).collect()
    }
}
