//! What a unit would do without a dispatch.

mod clock;
mod historical;
mod nominated;
#[cfg(test)]
mod tests;
mod weekly;

use std::sync::Arc;

use super::bounds::MAX_KW;
use super::{Curve, seconds};

use clock::{Levels, second_of_day, whole_second};
pub use historical::{Historical, HistoryFault};
pub use nominated::Nominated;
pub use weekly::{Days, Weekly};

/// A unit's contractual baseline: net kW, generation convention. It is a function of time alone, so that the unit's plan,
/// the desk and the marks go by the same one. Where it goes by London local times, each level holds until the next and is
/// always that of what a clock in London shows, on the days when the clocks change too.
#[derive(Clone, Debug, PartialEq)]
pub enum Baseline {
    /// Nothing at all times.
    Zero,
    /// Always the same.
    Fixed {
        /// Net kW.
        kw: f64,
    },
    /// The same every day by London local time, in steps.
    Daily {
        /// Local time `HH:MM` and the net kW from then on, ascending; the last holds over midnight.
        points: Vec<(String, f64)>,
    },
    /// By the day of the week and London local time.
    Weekly(Arc<Weekly>),
    /// By half-hours that were nominated.
    Nominated(Arc<Nominated>),
    /// By the mean of the last like days.
    Historical(Arc<Historical>),
}

impl Baseline {
    /// Net kW at an instant.
    pub fn at(&self, t: f64) -> f64 {
        let second = whole_second(t);
        match self {
            Self::Zero => 0.0,
            Self::Fixed { kw } => finite(*kw),
            Self::Daily { points } => {
                let levels = daily_levels(points);
                clock::level(|_| Levels::Borrowed(&levels), second)
            }
            Self::Weekly(week) => clock::level(|day| week.levels(day), second),
            Self::Nominated(nominated) => nominated.level(second),
            Self::Historical(history) => {
                clock::level(|day| history.levels(day), second) * history.factor(second)
            }
        }
    }

    /// The baseline as a curve that is exact between two instants.
    pub fn curve(&self, from: f64, to: f64) -> Curve {
        let to = to.max(from);
        let mut points = vec![(from, self.at(from))];
        for (t, kw) in self.steps(whole_second(from), whole_second(to)) {
            let before = points[points.len() - 1].1;
            if t > from && t <= to && kw != before {
                points.extend([(t, before), (t, kw)]);
            }
        }
        if to > from && points[points.len() - 1].0 < to {
            points.push((to, points[points.len() - 1].1));
        }
        Curve::from_ordered(points)
    }

    /// Every level that it has at some time, net kW; one may be there more than once. Of past days' means, those from its
    /// first day to a week after its last, from when on they come again.
    pub fn levels(&self) -> Vec<f64> {
        match self {
            Self::Nominated(nominated) => nominated.levels().collect(),
            Self::Historical(history) => {
                let (from, to) = history.span();
                self.curve(seconds(from), seconds(to)).points().iter().map(|(_, kw)| *kw).collect()
            }
            // A week in which the clocks stand still.
            _ => self.curve(0.0, seconds(8 * clock::DAY)).points().iter().map(|(_, kw)| *kw).collect(),
        }
    }

    /// The instants at which the level may change and the level from then on, over whole seconds `from` to `to`.
    fn steps(&self, from: i64, to: i64) -> Vec<(f64, f64)> {
        match self {
            Self::Zero | Self::Fixed { .. } => Vec::new(),
            Self::Daily { points } => {
                let levels = daily_levels(points);
                clock::steps(|_| Levels::Borrowed(&levels), from, to)
            }
            Self::Weekly(week) => clock::steps(|day| week.levels(day), from, to),
            Self::Nominated(nominated) => {
                nominated.changes(from, to).into_iter().map(|t| (seconds(t), nominated.level(t))).collect()
            }
            Self::Historical(history) => {
                let mut steps = clock::steps(|day| history.levels(day), from, to);
                steps.iter_mut().for_each(|(t, kw)| *kw *= history.factor(whole_second(*t)));
                steps
            }
        }
    }

    /// What is wrong with it, in words; `None` when nothing is.
    pub fn fault(&self) -> Option<String> {
        match self {
            Self::Fixed { kw } => level_fault(*kw),
            Self::Daily { points } => points_fault(points),
            // Made only when nothing is.
            Self::Zero | Self::Weekly(_) | Self::Nominated(_) | Self::Historical(_) => None,
        }
    }

    /// For people: `fixed at 0 kW`, `daily profile`.
    pub fn words(&self) -> String {
        let kw = |kw: f64| crate::units::grouped(kw, if kw.fract() == 0.0 { 0 } else { 3 });
        match self {
            Self::Zero => "zero".to_owned(),
            Self::Fixed { kw: level } => format!("fixed at {} kW", kw(*level)),
            Self::Daily { .. } => "daily profile".to_owned(),
            Self::Weekly(_) => "weekly template".to_owned(),
            Self::Nominated(nominated) => format!("nominated, else {} kW", kw(nominated.outside_kw())),
            Self::Historical(history) => match history.of_days() {
                1 => "historical, the last like day".to_owned(),
                days => format!("historical, mean of the last {days} like days"),
            },
        }
    }

    /// Whether it never moves.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Zero | Self::Fixed { .. })
    }
}

fn finite(kw: f64) -> f64 {
    if kw.is_finite() { kw } else { 0.0 }
}

fn level_fault(kw: f64) -> Option<String> {
    if !kw.is_finite() {
        Some(format!("{kw} is not a power; write net kW, negative for import, as in -300"))
    } else if kw.abs() > MAX_KW {
        Some(format!("{kw} kW is more than any connection has; write kilowatts, at most ±{MAX_KW}"))
    } else {
        None
    }
}

fn points_fault(points: &[(String, f64)]) -> Option<String> {
    if points.is_empty() {
        return Some(
            "a daily baseline has no points; write at least one, as in [[\"00:00\", -300]]".to_owned(),
        );
    }
    let mut previous: Option<(&str, i64)> = None;
    for (text, kw) in points {
        let Some(second) = second_of_day(text) else {
            return Some(format!("`{text}` is not a time of day; write London local time as 07:00"));
        };
        if let Some((before, earlier)) = previous
            && second <= earlier
        {
            return Some(format!(
                "`{text}` does not come after `{before}`; write the times in ascending order"
            ));
        }
        if let Some(fault) = level_fault(*kw) {
            return Some(format!("from {text}: {fault}"));
        }
        previous = Some((text, second));
    }
    None
}

/// Seconds of the local day and levels, in order. What [`Baseline::fault`] names is left out.
fn daily_levels(points: &[(String, f64)]) -> Vec<(i64, f64)> {
    let mut levels: Vec<_> = points
        .iter()
        .filter(|(_, kw)| kw.is_finite())
        .filter_map(|(text, kw)| Some((second_of_day(text)?, *kw)))
        .collect();
    levels.sort_by_key(|(second, _)| *second);
    levels
}
