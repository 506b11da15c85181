//! Alarms as a person sees them: what is wrong, what it keeps silent, what was put aside and how many there are.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::desk::rationale::AlarmKind;
use crate::dispatch::{DispatchKey, DispatchUnit};
use crate::time::UtcTime;

/// How soon a person must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// At once.
    High,
    /// Soon.
    Medium,
    /// When there is time.
    Low,
}

impl Priority {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The letter or digit that stands in its shape: `1`, `2`, `3`.
    pub fn digit(self) -> &'static str {
        match self {
            Self::High => "1",
            Self::Medium => "2",
            Self::Low => "3",
        }
    }

    /// Its place in counts by priority.
    pub fn place(self) -> usize {
        match self {
            Self::High => 0,
            Self::Medium => 1,
            Self::Low => 2,
        }
    }
}

/// Something abnormal that asks for a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Alarm {
    /// Unique in the journal.
    pub id: u64,
    /// What sort of thing it is: why it matters and what is done stands in the rationalised list.
    pub kind: AlarmKind,
    /// How soon.
    pub priority: Priority,
    /// What is wrong and what to do, in one sentence.
    pub text: String,
    /// Whom it is about: an FSP id, or the VTN.
    pub source: String,
    /// The unit, where it is one unit's.
    pub unit: Option<DispatchUnit>,
    /// The dispatch, where it is one dispatch's.
    pub dispatch: Option<DispatchKey>,
    /// When it first came.
    pub raised: UtcTime,
    /// Whether its cause still holds.
    pub active: bool,
    /// When a person acknowledged it.
    pub acknowledged: Option<UtcTime>,
    /// How many alarms of the same cause it stands for, itself included.
    pub count: u32,
    /// What it keeps silent, and has since it came: nothing of it is known while this holds.
    pub silent: Arc<[Arc<Silent>]>,
    /// By whom it was put aside and until when; `None` when it stands in the list.
    pub shelved: Option<Shelved>,
}

/// An alarm that is not raised because a graver one explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silent {
    /// What sort of thing it is.
    pub kind: AlarmKind,
    /// How soon a person would have to act.
    pub priority: Priority,
    /// What it would say.
    pub text: String,
    /// Since when it is silent.
    pub since: UtcTime,
    /// Whether its cause is gone, or it speaks for itself by now.
    pub over: bool,
}

/// An alarm that was put aside by a person, for a time and with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelved {
    /// Who did, as they call themselves.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: UtcTime,
    /// When it comes back by itself.
    pub until: UtcTime,
    /// How grave it was then: it comes back when it is graver.
    pub priority: Priority,
}

/// For how long an alarm may be put aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShelfTime {
    /// 15 minutes.
    #[default]
    QuarterHour,
    /// One hour.
    Hour,
    /// Until the end of the shift: eight hours at most.
    Shift,
}

impl ShelfTime {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::QuarterHour, Self::Hour, Self::Shift];

    /// Seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Self::QuarterHour => 900,
            Self::Hour => 3600,
            Self::Shift => 8 * 3600,
        }
    }

    /// As people say it: `15 min`, `1 h`, `8 h`.
    pub fn words(self) -> &'static str {
        match self {
            Self::QuarterHour => "15 min",
            Self::Hour => "1 h",
            Self::Shift => "8 h",
        }
    }
}

impl Alarm {
    /// Why it may not be put aside; `None` when it may.
    pub fn never_shelved(&self) -> Option<&'static str> {
        if self.kind.is_of_security() {
            return Some("somebody may be acting in another's name, and that is never shelved");
        }
        let of_service = self.dispatch.is_some() || self.kind == AlarmKind::Vtn;
        (self.priority == Priority::High && of_service)
            .then_some("priority 1 of a service that is under way is acted on, not shelved")
    }

    /// How many it keeps silent at this moment.
    pub fn silent_now(&self) -> usize {
        self.silent.iter().filter(|silent| !silent.over).count()
    }
}

/// How many alarms come, against what one person can deal with (EEMUA 191).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmLoad {
    /// In the last ten minutes.
    pub ten_minutes: u32,
    /// In the last hour.
    pub hour: u32,
    /// In the last eight hours, by priority: 1, 2, 3.
    pub shift: [u32; 3],
    /// Since when alarms are counted.
    pub counted_since: Option<UtcTime>,
    /// Since when they come faster than a person can deal with; `None` when they do not.
    pub flood: Option<UtcTime>,
}

impl AlarmLoad {
    /// In the last eight hours, of every priority.
    pub fn of_shift(&self) -> u32 {
        self.shift.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}
