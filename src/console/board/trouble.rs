//! What is wrong with a dispatch, and the filters that pick it out. Pure.

use crate::desk::snapshot::{DispatchState, Phase};
use crate::dispatch::{Comparison, Stage};
use crate::time::UtcTime;

/// Something about a dispatch that asks for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The latest revision was refused.
    Rejected,
    /// The latest revision did not reach the VTN, the unit could not go on, or nobody answered in time.
    Failed,
    /// What was read back is not what was sent.
    Mismatched,
    /// An answer is overdue.
    Overdue,
    /// Taken on, but a setpoint will be reached after its time.
    ReachedLate,
}

impl Trouble {
    /// All, the gravest first.
    pub const ALL: [Self; 5] =
        [Self::Rejected, Self::Failed, Self::Mismatched, Self::Overdue, Self::ReachedLate];

    /// One or two words for the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Mismatched => "mismatched",
            Self::Overdue => "overdue",
            Self::ReachedLate => "late",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }

    fn holds(self, dispatch: &DispatchState, now: UtcTime) -> bool {
        match self {
            Self::Rejected => latest_is_rejected(dispatch),
            Self::Failed => matches!(dispatch.phase, Phase::SendFailed | Phase::Failed),
            Self::Mismatched => dispatch
                .readback
                .as_ref()
                .is_some_and(|fields| fields.iter().any(|f| f.comparison != Comparison::Matched)),
            Self::Overdue => dispatch.due.is_some_and(|due| due < now),
            Self::ReachedLate => will_be_late(dispatch),
        }
    }
}

fn latest_is_rejected(dispatch: &DispatchState) -> bool {
    let latest = dispatch.dispatch().map(|d| d.revision);
    dispatch
        .ladder
        .iter()
        .any(|g| g.stage == Stage::Rejected && g.signature.is_ok() && Some(g.revision) == latest)
}

/// Whether the unit has said that it will be late and has not said since that it is there.
fn will_be_late(dispatch: &DispatchState) -> bool {
    let of_force = |stage: Stage| {
        let mut rungs = dispatch.ladder.iter().filter(|g| Some(g.revision) == dispatch.in_force);
        rungs.any(|g| g.stage == stage && g.signature.is_ok())
    };
    of_force(Stage::Unreachable) && !of_force(Stage::AtSetpoint)
}

/// All that is wrong with one dispatch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Troubles(u8);

impl Troubles {
    /// What is wrong with it at an instant.
    pub fn of(dispatch: &DispatchState, now: UtcTime) -> Self {
        Self(Trouble::ALL.into_iter().filter(|t| t.holds(dispatch, now)).fold(0, |all, t| all | t.bit()))
    }

    /// Whether that is.
    pub fn has(self, trouble: Trouble) -> bool {
        self.0 & trouble.bit() != 0
    }

    /// All of them, the gravest first.
    pub fn iter(self) -> impl Iterator<Item = Trouble> {
        Trouble::ALL.into_iter().filter(move |t| self.has(*t))
    }

    /// The gravest.
    pub fn gravest(self) -> Option<Trouble> {
        self.iter().next()
    }
}

/// Which dispatches are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Every one.
    #[default]
    All,
    /// Those of which something can still come.
    Open,
    /// An answer is overdue, or a setpoint will be.
    Late,
    /// The latest revision was refused.
    Rejected,
    /// Read back otherwise than sent.
    Mismatched,
    /// Not sent, not answered or broken off.
    Failed,
}

impl Filter {
    /// All, in the order of the screen.
    pub const ALL: [Self; 6] =
        [Self::All, Self::Open, Self::Late, Self::Rejected, Self::Mismatched, Self::Failed];

    /// On its button.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Open => "Open",
            Self::Late => "Late",
            Self::Rejected => "Rejected",
            Self::Mismatched => "Mismatched",
            Self::Failed => "Failed",
        }
    }

    /// What it leaves, for a tooltip.
    pub fn means(self) -> &'static str {
        match self {
            Self::All => "Every dispatch of this session",
            Self::Open => "Not over: something can still come of it",
            Self::Late => "An answer is overdue, or the unit says that a setpoint will be reached late",
            Self::Rejected => "The provider refused the latest revision",
            Self::Mismatched => "What was read back is not what was sent",
            Self::Failed => "Not sent, never answered, or the unit could not go on",
        }
    }

    /// Whether it leaves a dispatch with these troubles.
    pub fn leaves(self, open: bool, troubles: Troubles) -> bool {
        match self {
            Self::All => true,
            Self::Open => open,
            Self::Late => troubles.has(Trouble::Overdue) || troubles.has(Trouble::ReachedLate),
            Self::Rejected => troubles.has(Trouble::Rejected),
            Self::Mismatched => troubles.has(Trouble::Mismatched),
            Self::Failed => troubles.has(Trouble::Failed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::{NOW, at, dispatches};

    #[test]
    fn each_filter_leaves_exactly_its_dispatches() {
        for (filter, refs) in [
            (Filter::All, "EMID-0420 EMID-0418 EMID-0416 EMID-0417 EMID-0419 EMID-0415"),
            (Filter::Open, "EMID-0420 EMID-0418 EMID-0417 EMID-0419"),
            (Filter::Late, "EMID-0420 EMID-0418"),
            (Filter::Rejected, "EMID-0416"),
            (Filter::Mismatched, "EMID-0419"),
            (Filter::Failed, ""),
        ] {
            let left: Vec<_> = dispatches()
                .into_iter()
                .filter(|d| filter.leaves(d.is_open(), Troubles::of(d, at(NOW))))
                .map(|d| d.key.dispatch_ref.to_string())
                .collect();
            assert_eq!(left.join(" "), refs, "{filter:?}");
        }
    }

    #[test]
    fn an_answer_is_late_only_after_its_limit() {
        let late = &dispatches()[1];
        assert!(!Troubles::of(late, at("2026-11-26T17:18:30Z")).has(Trouble::Overdue));
        assert!(Troubles::of(late, at("2026-11-26T17:18:31Z")).has(Trouble::Overdue));
    }

    #[test]
    fn a_refusal_that_is_not_signed_or_is_of_an_older_revision_rejects_nothing() {
        let mut forged = dispatches().remove(2);
        forged.ladder[1].signature = Err("unknown key".to_owned());
        assert!(!Troubles::of(&forged, at(NOW)).has(Trouble::Rejected));
        let mut amended = dispatches().remove(3);
        amended.ladder[1].stage = Stage::Rejected;
        assert!(!Troubles::of(&amended, at(NOW)).has(Trouble::Rejected), "revision 2 was accepted since");
    }

    #[test]
    fn a_unit_that_arrived_is_late_no_more() {
        let mut slow = dispatches().remove(0);
        assert!(Troubles::of(&slow, at(NOW)).has(Trouble::ReachedLate));
        slow.ladder.push(crate::console::testing::rung(Stage::AtSetpoint, 1, "2026-11-26T17:19:50Z"));
        assert!(!Troubles::of(&slow, at(NOW)).has(Trouble::ReachedLate));
    }
}
