//! A weekly template: levels by the day of the week and London's clock, each from the time at which it is written
//! (Flexible Power's templates are London local and mark the beginning of each half-hour).

use super::clock::{self, Levels};
use super::points_fault;

/// Which days of the week share their levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Days {
    /// Monday to Friday.
    Weekdays,
    /// Saturday and Sunday.
    Weekend,
    /// One day, 0 for Monday to 6 for Sunday.
    One(u8),
}

const ONE: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Days {
    /// All of them, groups first.
    pub const ALL: [Self; 9] = [
        Self::Weekdays,
        Self::Weekend,
        Self::One(0),
        Self::One(1),
        Self::One(2),
        Self::One(3),
        Self::One(4),
        Self::One(5),
        Self::One(6),
    ];

    /// As a fleet file names it: `weekdays`, `weekend`, `mon`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Weekdays => "weekdays",
            Self::Weekend => "weekend",
            Self::One(day) => ONE.get(usize::from(day)).copied().unwrap_or("sun"),
        }
    }

    fn holds(self, weekday: usize) -> bool {
        match self {
            Self::Weekdays => weekday < 5,
            Self::Weekend => weekday >= 5,
            Self::One(day) => usize::from(day) == weekday,
        }
    }
}

/// A template whose every day has a level.
#[derive(Clone, Debug, PartialEq)]
pub struct Weekly {
    /// As it was written, in order of [`Days`].
    written: Vec<(Days, Vec<(String, f64)>)>,
    /// Seconds of the day and levels, Monday first; none is empty.
    days: [Vec<(i64, f64)>; 7],
}

impl Weekly {
    /// From local times and net kW; a day that is named alone goes before the group that holds it. A level holds until
    /// the next one, over midnight too.
    ///
    /// # Errors
    /// The first days with a fault, and what it is; no days where one is missing.
    pub fn new(mut written: Vec<(Days, Vec<(String, f64)>)>) -> Result<Self, (Option<Days>, String)> {
        written.sort_by_key(|(days, _)| *days);
        for (days, points) in &written {
            if let Some(fault) = points_fault(points) {
                return Err((Some(*days), fault));
            }
        }
        let mut days: [Vec<(i64, f64)>; 7] = Default::default();
        for (weekday, levels) in days.iter_mut().enumerate() {
            let Some((_, points)) = written.iter().rev().find(|(days, _)| days.holds(weekday)) else {
                let (day, group) = (ONE[weekday], if weekday < 5 { "weekdays" } else { "weekend" });
                return Err((
                    None,
                    format!("there is no level for {day}; write {day} = [[\"00:00\", -300]], or {group}"),
                ));
            };
            let level = |(text, kw): &(String, f64)| Some((clock::second_of_day(text)?, *kw));
            *levels = points.iter().filter_map(level).collect();
        }
        Ok(Self { written, days })
    }

    /// The days and their points, as written.
    pub fn written(&self) -> &[(Days, Vec<(String, f64)>)] {
        &self.written
    }

    /// A local day's levels.
    pub(super) fn levels(&self, day: i64) -> Levels<'_> {
        self.days[clock::weekday(day)].as_slice().into()
    }
}
