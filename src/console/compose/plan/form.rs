//! What a person types: how much from when to when, and by what rule. Pure.

use crate::console::compose::draft::day_after;
use crate::console::compose::entry::{self, Fold, TimeEntry, TimeFault};
use crate::portfolio::{Ask, Rule};
use crate::time::{UtcTime, in_london};
use crate::units::Watts;

/// How a volume is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// At least cost, within what each unit can do over time.
    LeastCost,
    /// By a rule.
    Rule(Rule),
}

impl By {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::LeastCost, Self::Rule(Rule::MeritOrder), Self::Rule(Rule::ProRata), Self::Rule(Rule::Equal)];

    /// As the screen says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LeastCost => "Least cost",
            Self::Rule(Rule::MeritOrder) => "Merit order",
            Self::Rule(Rule::ProRata) => "Pro rata",
            Self::Rule(Rule::Equal) => "Equal shares",
        }
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::LeastCost => {
                "Who gives what when at least cost, within ramps, energy, minimum levels, runs and rests, declared \
                 availability and notice; units may take turns"
            }
            Self::Rule(Rule::MeritOrder) => {
                "All that the cheapest can hold from beginning to end, then the next"
            }
            Self::Rule(Rule::ProRata) => "Of each the same share of what it can hold from beginning to end",
            Self::Rule(Rule::Equal) => "The same of each, as far as it can hold it from beginning to end",
        }
    }
}

/// A level as typed, and from when on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelEntry {
    /// The same through all edits.
    pub id: u64,
    /// From when on, London time.
    pub from: TimeEntry,
    /// MW.
    pub mw: String,
}

/// Where something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A level's volume.
    Volume(usize),
    /// A level's time.
    From(usize),
    /// The end.
    To,
    /// None in particular.
    Whole,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What, and what would be right.
    pub says: String,
    /// The time happens twice: a person must say which.
    pub is_twice: bool,
}

/// What a person types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The London date that times without a date of their own are on.
    pub date: String,
    /// The levels, the first from the beginning.
    pub levels: Vec<LevelEntry>,
    /// The end.
    pub to: TimeEntry,
    /// How it is shared out.
    pub by: By,
    next_level: u64,
}

impl Form {
    /// For a time, with the volume still to be typed.
    pub fn new(from: UtcTime, to: UtcTime) -> Self {
        let date = in_london(from).date;
        Self {
            levels: vec![LevelEntry { id: 0, from: TimeEntry::of(from, &date), mw: String::new() }],
            to: TimeEntry::of(to, &date),
            date,
            by: By::LeastCost,
            next_level: 1,
        }
    }

    /// Puts the one level there is to another time.
    pub fn move_to(&mut self, from: UtcTime, to: UtcTime) {
        self.date = in_london(from).date;
        self.levels[0].from = TimeEntry::of(from, &self.date);
        self.to = TimeEntry::of(to, &self.date);
    }

    /// Another level, half an hour after the last.
    pub fn add(&mut self) {
        let from = self.levels.len().checked_sub(1).and_then(|last| self.from(last).ok());
        let from = from.map_or_else(TimeEntry::default, |at| TimeEntry::of(at + 1800, &self.date));
        self.levels.push(LevelEntry { id: self.next_level, from, mw: String::new() });
        self.next_level += 1;
    }

    /// Says which of two instants a time means.
    pub fn choose(&mut self, place: Place, fold: Fold) {
        match place {
            Place::From(index) => {
                if let Some(level) = self.levels.get_mut(index) {
                    level.from.fold = Some(fold);
                }
            }
            Place::To => self.to.fold = Some(fold),
            Place::Volume(_) | Place::Whole => {}
        }
    }

    /// Beginning and end, where both can be read.
    pub fn span(&self) -> Option<(UtcTime, UtcTime)> {
        Some((self.from(0).ok()?, self.end().ok()?))
    }

    /// A level's volume.
    pub fn volume(&self, index: usize) -> Result<Watts, String> {
        entry::whole(&self.levels[index].mw, 1_000_000, "1 W").map(Watts)
    }

    fn from(&self, index: usize) -> Result<UtcTime, TimeFault> {
        self.read(&self.levels[index].from, index > 0)
    }

    fn end(&self) -> Result<UtcTime, TimeFault> {
        self.read(&self.to, true)
    }

    /// A time; one that comes before the beginning, without a date of its own, is on the day after.
    fn read(&self, entry: &TimeEntry, after_the_beginning: bool) -> Result<UtcTime, TimeFault> {
        let at = entry.read(&self.date)?;
        if after_the_beginning
            && let Ok(first) = self.levels[0].from.read(&self.date)
            && at <= first
            && let Some(tomorrow) = day_after(&self.date)
            && let Ok(rolled) = entry.read(&tomorrow)
            && rolled > first
        {
            return Ok(rolled);
        }
        Ok(at)
    }

    /// What is asked.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn ask(&self, now: UtcTime) -> Result<Ask, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut levels = Vec::new();
        for index in 0..self.levels.len() {
            let from = self.from(index).map_err(|fault| faults.push(time_fault(Place::From(index), &fault)));
            let volume = self.volume(index).map_err(|says| {
                faults.push(Fault { place: Place::Volume(index), says, is_twice: false });
            });
            levels.extend(from.ok().zip(volume.ok()));
        }
        let end = self.end().map_err(|fault| faults.push(time_fault(Place::To, &fault)));
        let (true, Ok(end)) = (faults.is_empty(), end) else { return Err(faults) };
        let whole = |says: String| vec![Fault { place: Place::Whole, says, is_twice: false }];
        let ask = Ask::new(&levels, end).map_err(|fault| whole(fault.to_string()))?;
        if ask.from() < now {
            let ago = crate::console::words::span(now.since(ask.from()));
            return Err(vec![Fault {
                place: Place::From(0),
                says: format!("the beginning is {ago} ago; write a later one"),
                is_twice: false,
            }]);
        }
        Ok(ask)
    }
}

fn time_fault(place: Place, fault: &TimeFault) -> Fault {
    Fault { place, says: fault.words(), is_twice: matches!(fault, TimeFault::Twice { .. }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    fn form(from: &str, to: &str) -> Form {
        let mut form = Form::new(at("2026-11-26T17:00:00Z"), at("2026-11-26T19:00:00Z"));
        form.levels[0].from.text = from.to_owned();
        form.levels[0].mw = "12".to_owned();
        form.to.text = to.to_owned();
        form
    }

    #[test]
    fn times_of_a_plan_run_over_midnight() {
        let mut form = form("23:00", "01:30");
        form.add();
        form.levels[1].from.text = "00:15".to_owned();
        form.levels[1].mw = "2.5".to_owned();
        let ask = form.ask(at("2026-11-26T17:00:00Z")).unwrap();
        assert_eq!((ask.from(), ask.until()), (at("2026-11-26T23:00:00Z"), at("2026-11-27T01:30:00Z")));
        let levels: Vec<_> = ask.levels().iter().map(|level| (level.from, level.asked.0)).collect();
        assert_eq!(
            levels,
            [(at("2026-11-26T23:00:00Z"), 12_000_000), (at("2026-11-27T00:15:00Z"), 2_500_000)]
        );
    }

    #[test]
    fn what_cannot_be_planned_is_told_at_its_field() {
        let now = at("2026-11-26T17:20:00Z");
        for (form, place, says) in [
            (form("17:00", "19:00"), Place::From(0), "the beginning is 20 min 00 s ago; write a later one"),
            (form("soon", "19:00"), Place::From(0), "soon"),
            (form("18:00", ""), Place::To, "the time is missing"),
            (
                Form::new(at("2026-11-26T18:00:00Z"), at("2026-11-26T19:00:00Z")),
                Place::Volume(0),
                "the number is missing",
            ),
            (
                Form {
                    levels: vec![LevelEntry { mw: "0".into(), ..form("18:00", "19:00").levels[0].clone() }],
                    ..form("18:00", "19:00")
                },
                Place::Whole,
                "nothing is asked",
            ),
        ] {
            let faults = form.ask(now).unwrap_err();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].place == place && faults[0].says.contains(says), "{faults:?}");
        }
    }

    #[test]
    fn a_time_that_happens_twice_is_asked_for() {
        let mut form = Form::new(at("2026-10-24T22:00:00Z"), at("2026-10-25T03:00:00Z"));
        form.date = "2026-10-25".to_owned();
        form.levels[0] =
            LevelEntry { id: 0, from: TimeEntry { text: "01:30".into(), fold: None }, mw: "1".into() };
        form.to.text = "03:00".to_owned();
        let now = at("2026-10-24T12:00:00Z");
        let faults = form.ask(now).unwrap_err();
        assert!(faults[0].is_twice && faults[0].place == Place::From(0), "{faults:?}");
        form.choose(Place::From(0), Fold::Gmt);
        assert_eq!(form.ask(now).unwrap().from(), at("2026-10-25T01:30:00Z"));
    }
}
