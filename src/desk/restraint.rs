//! How much of one kind the journal takes from one source in an hour: an FSP that says things without end is not to fill the
//! disk with them. The first of each kind is always kept; of those that are not, the number is. Pure.

use std::collections::BTreeMap;

use super::words::clock_words;
use crate::dispatch::{DispatchUnit, FspId};
use crate::time::UtcTime;
use crate::units::grouped;

/// So many from one source are kept one by one in an hour.
const MOST: u32 = 60;
/// Seconds.
const HOUR_S: i64 = 3600;

/// Whose words they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// Of a unit of the register.
    Unit(DispatchUnit),
    /// Of an FSP, about a unit that is in no register: it may name as many as it likes.
    Fsp(FspId),
    /// An alarm by its number, which comes again.
    Alarm(u64),
    /// Nobody can tell.
    Unknown,
}

/// What was not kept one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Withheld {
    pub source: Source,
    /// From the first of them
    pub from: UtcTime,
    /// to the last.
    pub until: UtcTime,
    /// How many of each kind.
    pub kinds: BTreeMap<String, u32>,
}

impl Withheld {
    /// For the journal.
    pub(super) fn words(&self) -> String {
        let total: u32 = self.kinds.values().sum();
        let more = if total == 1 {
            "1 more entry".to_owned()
        } else {
            format!("{} more entries", grouped(f64::from(total), 0))
        };
        let source = match &self.source {
            Source::Unit(unit) => format!(" of {unit}"),
            Source::Fsp(fsp) => format!(" of {fsp}, about units that are not in the register"),
            Source::Alarm(id) => format!(" of alarm {id}"),
            Source::Unknown => String::new(),
        };
        let kinds: Vec<String> = self.kinds.iter().map(|(kind, count)| format!("{count} × {kind}")).collect();
        format!(
            "{more}{source} between {} and {} were not kept one by one: {}",
            clock_words(self.from),
            clock_words(self.until),
            kinds.join(", ")
        )
    }
}

/// How much was kept in this hour, by source.
#[derive(Default)]
pub(super) struct Restraint {
    hours: BTreeMap<Source, Hour>,
    /// When the first of these hours is over.
    next: Option<UtcTime>,
}

struct Hour {
    began: UtcTime,
    kept: u32,
    /// Every kind that came, with how many of it were not kept.
    kinds: BTreeMap<String, u32>,
    withheld: Option<(UtcTime, UtcTime)>,
}

impl Restraint {
    /// Whether something of this kind is to be kept. The hours that are over are to be taken before.
    pub(super) fn admits(&mut self, now: UtcTime, source: Source, kind: &str) -> bool {
        let hour = self.hours.entry(source).or_insert_with(|| Hour {
            began: now,
            kept: 0,
            kinds: BTreeMap::new(),
            withheld: None,
        });
        let over = hour.began + HOUR_S;
        self.next = Some(self.next.map_or(over, |next| next.min(over)));
        let is_first = !hour.kinds.contains_key(kind);
        let count = hour.kinds.entry(kind.to_owned()).or_default();
        if is_first || hour.kept < MOST {
            hour.kept += 1;
            return true;
        }
        *count += 1;
        hour.withheld = Some(hour.withheld.map_or((now, now), |(from, _)| (from, now)));
        false
    }

    /// Ends the hours that are over, or all of them; what was not kept in them.
    pub(super) fn take_over(&mut self, now: UtcTime, all: bool) -> Vec<Withheld> {
        // A clock that was set back would keep an hour open for long.
        let is_over = |hour: &Hour| all || !(0..HOUR_S).contains(&now.since(hour.began));
        if !all && self.next.is_none_or(|next| (next - HOUR_S..next).contains(&now)) {
            return Vec::new();
        }
        let over: Vec<Source> =
            self.hours.iter().filter(|(_, hour)| is_over(hour)).map(|(source, _)| source.clone()).collect();
        let ended = over.into_iter().filter_map(|source| Some((self.hours.remove(&source)?, source)));
        let withheld = ended
            .filter_map(|(hour, source)| {
                let (from, until) = hour.withheld?;
                let kinds = hour.kinds.into_iter().filter(|(_, count)| *count > 0).collect();
                Some(Withheld { source, from, until, kinds })
            })
            .collect();
        self.next = self.hours.values().map(|hour| hour.began + HOUR_S).min();
        withheld
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::testing::{at, unit};

    #[test]
    fn a_flood_is_kept_up_to_a_number_and_counted_beyond_it_and_the_first_of_a_kind_always_is() {
        let mut restraint = Restraint::default();
        let one = || Source::Unit(unit("BRIGHTFLEX/BESS-07"));
        let kept = (0..1000).filter(|n| restraint.admits(at("16:00") + *n, one(), "ACCEPTED")).count();
        assert_eq!(kept, 60);
        assert!(restraint.admits(at("16:20"), one(), "ENDED"), "the first of its kind");
        assert!(!restraint.admits(at("16:21"), one(), "ENDED"));
        assert!(restraint.admits(at("16:21"), Source::Unknown, "unreadable"), "another's own");
        assert_eq!(restraint.take_over(at("16:59:59"), false), []);
        let expected = Withheld {
            source: one(),
            from: at("16:01"),
            until: at("16:21"),
            kinds: [("ACCEPTED".to_owned(), 940), ("ENDED".to_owned(), 1)].into(),
        };
        assert_eq!(restraint.take_over(at("17:00"), false), [expected]);
        assert!(restraint.admits(at("17:00"), one(), "ACCEPTED"), "an hour of its own");
    }

    #[test]
    fn when_the_desk_ends_or_its_clock_is_set_back_nothing_uncounted_is_left() {
        let mut restraint = Restraint::default();
        let flood = |restraint: &mut Restraint| {
            (0..62).for_each(|n| {
                restraint.admits(at("16:00") + n, Source::Alarm(7), "came again");
            });
        };
        flood(&mut restraint);
        let counts = |withheld: Vec<Withheld>| -> Vec<u32> {
            withheld.iter().flat_map(|w| w.kinds.values().copied()).collect()
        };
        assert_eq!(counts(restraint.take_over(at("12:00"), false)), [2]);
        flood(&mut restraint);
        assert_eq!(counts(restraint.take_over(at("16:02"), true)), [2]);
        assert_eq!(restraint.take_over(at("16:02"), true), []);
    }
}
