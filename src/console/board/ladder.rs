//! The acknowledgement ladder of one revision: its six rungs in order, each as it came, is awaited, or will not come. Pure.

use super::say;
use crate::desk::snapshot::{DispatchState, Phase, RevisionState, Rung};
use crate::desk::{AckLimits, awaited_stage, stage_limit};
use crate::dispatch::{Change, ChangedField, ChangedPart, Revision, Stage, Status, changes};
use crate::time::UtcTime;

/// The rungs in order: Appendix A's acknowledgement is the third.
const NAMES: [&str; 6] = ["Sent", "Received", "Accepted", "Started", "At setpoint", "Ended"];

/// A revision's ladder.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Its six rungs.
    pub rungs: Vec<LadderRung>,
    /// What came in the FSP's name and was not believed.
    pub disbelieved: Vec<Rung>,
}

/// One rung.
#[derive(Clone, Debug, PartialEq)]
pub struct LadderRung {
    /// `Accepted`.
    pub name: &'static str,
    /// How it stands.
    pub state: RungState,
}

/// How a rung stands.
#[derive(Clone, Debug, PartialEq)]
pub enum RungState {
    /// It came.
    Came(Box<Came>),
    /// It is awaited.
    Awaited {
        /// What of whom, in words: `acknowledgement from BRIGHTFLEX`.
        what: String,
        /// From then on it is overdue; `None` while the VTN is being asked.
        until: Option<UtcTime>,
    },
    /// It was told of an earlier revision, and holds for this one.
    Before(Revision, UtcTime),
    /// It never came, and will not.
    Missing(String),
    /// A later one came without it.
    Untold,
    /// It is not its turn yet.
    Ahead,
    /// It will not come, and why.
    Never(String),
}

/// A rung that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Came {
    /// What was said: `accepted, late`.
    pub word: &'static str,
    /// When, by whoever says it.
    pub at: UtcTime,
    /// When this desk knew of it.
    pub seen: Option<UtcTime>,
    /// Who says it.
    pub by: String,
    /// Seconds after the one before, and which that was.
    pub after: Option<(i64, &'static str)>,
    /// By when it was to come.
    pub limit: Option<UtcTime>,
    /// Whether it is no good news: a refusal, a failure, a setpoint that will be late.
    pub bad: bool,
    /// Why, or with what, in words.
    pub note: Option<String>,
}

impl Came {
    /// Seconds after its limit.
    pub fn late_by(&self) -> Option<i64> {
        self.limit.map(|limit| self.at.since(limit)).filter(|late| *late > 0)
    }
}

/// The revision that a person wants to see first: the latest, or the one in force where the latest was refused or not
/// sent.
pub fn first_shown(dispatch: &DispatchState) -> Option<Revision> {
    let latest = dispatch.dispatch().map(|d| d.revision);
    match dispatch.phase {
        Phase::Rejected | Phase::SendFailed => dispatch.in_force.or(latest),
        _ => latest,
    }
}

/// The ladder of a revision, within what its contract allows for an acknowledgement. Of a contract that is not known no
/// limits are told.
pub fn ladder(dispatch: &DispatchState, revision: Revision, limits: Option<AckLimits>) -> Option<Ladder> {
    let of = dispatch.revision(revision)?;
    let climb = Climb { dispatch, of, revision, limits };
    let mut rungs: Vec<LadderRung> = Vec::with_capacity(NAMES.len());
    let mut previous: Option<(UtcTime, &'static str)> = None;
    for (place, name) in NAMES.into_iter().enumerate() {
        let state = match climb.came(place, previous) {
            Some(came) => {
                previous = Some((came.at, came.word));
                RungState::Came(Box::new(came))
            }
            None => climb.not_come(place),
        };
        rungs.push(LadderRung { name, state });
    }
    let of_it = dispatch.ladder.iter().filter(|g| g.revision == revision);
    Some(Ladder { rungs, disbelieved: of_it.filter(|g| g.signature.is_err()).cloned().collect() })
}

struct Climb<'a> {
    dispatch: &'a DispatchState,
    of: &'a RevisionState,
    revision: Revision,
    limits: Option<AckLimits>,
}

/// Which rung a stage stands on.
fn place_of(stage: Stage) -> usize {
    match stage {
        Stage::Received => 1,
        Stage::Accepted | Stage::Unreachable | Stage::Rejected => 2,
        Stage::Started => 3,
        Stage::AtSetpoint => 4,
        Stage::Ended | Stage::Stopped | Stage::Failed => 5,
    }
}

impl<'a> Climb<'a> {
    /// What was said of this revision on a rung and is believed; the last of it.
    fn said(&self, place: usize) -> Option<&'a Rung> {
        let mut believed = self.dispatch.ladder.iter().filter(|g| g.signature.is_ok());
        believed.rfind(|g| g.revision == self.revision && place_of(g.stage) == place)
    }

    fn came(&self, place: usize, previous: Option<(UtcTime, &'static str)>) -> Option<Came> {
        if place == 0 {
            return self.sent();
        }
        let rung = self.said(place)?;
        Some(Came {
            word: say::stage(rung.stage),
            at: rung.at,
            seen: Some(rung.seen),
            by: self.of.signed.dispatch.unit.fsp.to_string(),
            after: previous.map(|(before, word)| (rung.at.since(before), word)),
            limit: self
                .limits
                .and_then(|limits| stage_limit(self.dispatch, self.revision, rung.stage, limits)),
            bad: matches!(rung.stage, Stage::Rejected | Stage::Unreachable | Stage::Failed),
            note: note(rung),
        })
    }

    fn sent(&self) -> Option<Came> {
        let at = self.of.sent?;
        let instructed = self.of.signed.dispatch.instruction_time;
        Some(Came {
            word: "sent",
            at,
            seen: None,
            by: "this desk".to_owned(),
            after: Some((at.since(instructed), "instructed")),
            limit: None,
            bad: false,
            note: None,
        })
    }

    fn not_come(&self, place: usize) -> RungState {
        if place == 0 {
            return match &self.of.fault {
                Some(fault) => RungState::Missing(format!("not sent: {fault}")),
                None => RungState::Awaited { what: "the VTN's answer".to_owned(), until: None },
            };
        }
        if self.of.fault.is_some() && self.of.sent.is_none() {
            return RungState::Never("it was not sent".to_owned());
        }
        if let Some(before) = self.before(place) {
            return before;
        }
        if let Some(why) = self.not_asked(place) {
            return RungState::Never(why.to_owned());
        }
        if (place + 1..NAMES.len()).any(|later| self.said(later).is_some_and(|g| g.stage != Stage::Rejected))
        {
            return RungState::Untold;
        }
        if let Some(what) = self.awaited(place) {
            return RungState::Awaited { what, until: self.dispatch.due };
        }
        self.over(place).unwrap_or(RungState::Ahead)
    }

    /// A unit that moves already, by an earlier revision, does not start again.
    fn before(&self, place: usize) -> Option<RungState> {
        let accepted = self.said(2).is_some_and(|g| g.stage != Stage::Rejected);
        if !matches!(place, 3 | 4) || !accepted || self.of.signed.dispatch.status.is_stop() {
            return None;
        }
        let mut earlier = self
            .dispatch
            .ladder
            .iter()
            .filter(|g| g.revision < self.revision && g.signature.is_ok() && place_of(g.stage) == place);
        let rung = earlier.next_back()?;
        let holds = place == 3 || self.asks_the_levels_of(rung.revision);
        holds.then_some(RungState::Before(rung.revision, rung.at))
    }

    /// Whether the levels and their times are those of an earlier revision: a unit that was at that one's setpoint is at this
    /// one's.
    fn asks_the_levels_of(&self, earlier: Revision) -> bool {
        let Some(before) = self.dispatch.revision(earlier) else { return false };
        let level = |change: &Change| match change.field {
            ChangedField::Setpoint(_, part) => {
                !matches!(part, ChangedPart::RealPrice | ChangedPart::ReactivePrice)
            }
            ChangedField::Status | ChangedField::Start | ChangedField::End => false,
        };
        !changes(before.signed.dispatch.parts(), self.of.signed.dispatch.parts()).iter().any(level)
    }

    fn not_asked(&self, place: usize) -> Option<&'static str> {
        match (self.of.signed.dispatch.status, place) {
            (Status::PreNotify, 3..) => Some("a notice is not acted on"),
            (Status::Stop | Status::EmergencyStop, 3 | 4) => Some("a stop has no setpoint"),
            _ => None,
        }
    }

    /// What is awaited on this rung of the revision in force.
    fn awaited(&self, place: usize) -> Option<String> {
        let of_force = self.dispatch.in_force == Some(self.revision);
        let stage = awaited_stage(self.dispatch).filter(|_| of_force)?;
        if place_of(stage) == place { self.dispatch.awaited.clone() } else { None }
    }

    /// Why nothing will come on this rung any more.
    fn over(&self, place: usize) -> Option<RungState> {
        let never = |why: String| Some(RungState::Never(why));
        if self.said(2).is_some_and(|g| g.stage == Stage::Rejected) {
            return never("it was rejected".to_owned());
        }
        let later = self.dispatch.revisions.iter().find(|r| {
            let number = r.signed.dispatch.revision;
            number > self.revision && r.sent.is_some() && !self.is_rejected(number)
        });
        if let Some(later) = later {
            return never(format!("revision {} took its place", later.signed.dispatch.revision));
        }
        if self.dispatch.is_open() {
            return None;
        }
        if self.dispatch.phase == Phase::Failed && place <= 2 {
            let fsp = &self.of.signed.dispatch.unit.fsp;
            let missing = format!("{fsp} never said so, and the window has passed");
            return Some(RungState::Missing(missing));
        }
        never("it is over".to_owned())
    }

    fn is_rejected(&self, revision: Revision) -> bool {
        let mut of_it = self.dispatch.ladder.iter().filter(|g| g.revision == revision);
        of_it.any(|g| g.stage == Stage::Rejected && g.signature.is_ok())
    }
}

/// Why it was refused, what will be late, what the FSP adds.
fn note(rung: &Rung) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    if let Some(reason) = rung.reason {
        parts.push(format!("{} ({})", say::reason(reason), reason.word()));
    }
    if rung.stage == Stage::Unreachable {
        parts.push(rung.reached_at.map_or_else(
            || "a setpoint will never be reached".to_owned(),
            |at| format!("at its level at {}", crate::console::words::london(at)),
        ));
    }
    parts.extend(rung.detail.as_ref().map(|detail| format!("“{detail}”")));
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
#[path = "ladder_tests.rs"]
mod tests;
