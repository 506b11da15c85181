//! What becomes of a field, worked out from what was asked and what a message says: the same questions for all systems.

use crate::dispatch::{Dispatch, Reference, Status};
use crate::time::UtcTime;
use crate::units::counted;

use super::account::{Account, Fate};
use super::field::{shortened, times};
use super::subject::Subject;

/// A level was worked out by way of the baseline.
pub const CONVERTED: &str = "It is worked out over the unit's baseline.";
/// The sign stands the other way round.
pub const TURNED: &str = "The sign is turned: there, positive is consumption.";
/// A block holds more than one level or is not filled by one.
pub const MEAN: &str = "Where a block is not filled by one level it holds the mean.";

/// Which kinds of power there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds {
    pub real: bool,
    pub reactive: bool,
}

impl Kinds {
    /// What a dispatch asks for.
    pub fn asked(dispatch: &Dispatch) -> Self {
        Self {
            real: dispatch.setpoints.iter().any(|s| s.real.is_some()),
            reactive: dispatch.setpoints.iter().any(|s| s.reactive.is_some()),
        }
    }
}

/// A time that arrives as it was, or as another.
pub fn instant(asked: UtcTime, said: UtcTime, kept: &str, changed: &str) -> Fate {
    if asked == said { Fate::kept(said.to_string(), kept) } else { Fate::changed(said.to_string(), changed) }
}

/// The setpoints' times, of which these are said.
pub fn setpoint_times(dispatch: &Dispatch, said: &[UtcTime], kept: &str, changed: &str) -> Fate {
    let mut said = said.to_vec();
    said.sort_unstable();
    said.dedup();
    let asked = || dispatch.setpoints.iter().map(|setpoint| setpoint.at);
    if asked().all(|at| said.binary_search(&at).is_ok()) {
        Fate::kept(times(asked()).unwrap_or_default(), kept)
    } else {
        Fate::changed(times(said).unwrap_or_default(), changed)
    }
}

/// Setpoints that one message holds all of.
pub fn in_one(dispatch: &Dispatch) -> Fate {
    match dispatch.setpoints.len() {
        0 | 1 => Fate::kept("one", "There is one setpoint, and one message."),
        many => Fate::kept(counted(many, "setpoint"), "One message holds them all."),
    }
}

/// Setpoints of which each level is a message by itself, so many in all.
pub fn split(dispatch: &Dispatch, messages: usize, noun: &str, why: &str) -> Fate {
    let after = counted(messages, noun);
    match (dispatch.setpoints.len(), messages) {
        (0 | 1, 0 | 1) => Fate::kept(after, "There is one setpoint, and one message."),
        _ => Fate::changed(after, why),
    }
}

/// DELTA or ABSOLUTE in a system that knows the one alone. `converted` says whether any level had to be worked out.
pub fn one_reference(wanted: Reference, converted: bool, why: &str) -> Fate {
    let word = wanted.word();
    if converted { Fate::changed(word, format!("{why} {CONVERTED}")) } else { Fate::kept(word, why) }
}

/// REAL or REACTIVE in a system that carries real power alone.
pub fn real_alone(dispatch: &Dispatch) -> Fate {
    if Kinds::asked(dispatch).reactive {
        Fate::lost("It carries real power alone: nothing is said of the reactive power.")
    } else {
        Fate::kept("REAL", "It carries real power alone, and no other is asked.")
    }
}

/// The units' names, where each kind that is said has this one.
pub fn units(subject: &Subject<'_>, real: &str, reactive: Option<&str>) -> Fate {
    let asked = Kinds::asked(subject.dispatch);
    let named = |real: &str, reactive: Option<&str>| {
        let real = Some(real.to_owned()).filter(|_| asked.real);
        let reactive = reactive.map(str::to_owned).filter(|_| asked.reactive);
        real.into_iter().chain(reactive).collect::<Vec<_>>().join(" and ")
    };
    let said = named(real, reactive);
    if said.is_empty() {
        Fate::lost("No level is said, and so no unit.")
    } else if said == named("kW", reactive.map(|_| "kvar")) {
        Fate::kept(said, "The number has the same unit.")
    } else {
        let why = format!("The same power is counted in {said}.");
        Fate::changed(said, why)
    }
}

/// What became of the volumes.
pub struct Volume {
    said: Vec<String>,
    reasons: Vec<String>,
}

impl Volume {
    /// These numbers stand in the messages.
    pub fn said(numbers: impl IntoIterator<Item = String>) -> Self {
        Self { said: numbers.into_iter().collect(), reasons: Vec::new() }
    }

    /// They are not what was asked, for this reason, where it holds.
    pub fn because(mut self, holds: bool, reason: impl Into<String>) -> Self {
        if holds {
            self.reasons.push(reason.into());
        }
        self
    }

    /// Real power alone is said.
    pub fn of_real_alone(self, dispatch: &Dispatch) -> Self {
        let dropped = Kinds::asked(dispatch).reactive;
        self.because(dropped, "The reactive volume is not said.")
    }

    /// What becomes of them.
    pub fn fate(self, kept: &str) -> Fate {
        match shortened(self.said) {
            Some(said) => Fate::by_reasons(said, &self.reasons, kept),
            None => Fate::lost("No volume is said."),
        }
    }
}

/// What runs: RUN as `run` says; RUN_NOW is a start at once.
pub fn running(dispatch: &Dispatch, run: Fate) -> Fate {
    if dispatch.status == Status::RunNow {
        let after = format!("a start at {}", dispatch.instruction_time);
        Fate::changed(after, "No word says now: it starts when it was instructed.")
    } else {
        run
    }
}

/// A signature that has to be made anew, over that system's own bytes.
pub fn signed_anew(after: &str, why: &str) -> Fate {
    Fate::kept(
        after,
        format!("{why} It is made anew over that message: this one covers Appendix A's fields."),
    )
}

/// What a request that takes something away says: its id.
pub fn withdrawn(dispatch: &Dispatch, after: &str, why: &str) -> Account {
    let lost = Fate::lost("It names what it takes away and says nothing else.");
    Account {
        dispatch_ref: Fate::changed(
            "the id that the server gave",
            "What is taken away is known by the server's own id.",
        ),
        status: Fate::changed(after, stopped(dispatch, why)),
        ..Account::all(&lost)
    }
}

/// Why a stop is not what it was; and what an emergency stop loses besides.
pub fn stopped(dispatch: &Dispatch, why: &str) -> String {
    if dispatch.status == Status::EmergencyStop {
        format!("{why} Nothing says that it is an emergency.")
    } else {
        why.to_owned()
    }
}
