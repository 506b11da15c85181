//! What a unit is doing, in one word.

/// What a unit is doing (domain model of the unit state machine).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitPhase {
    /// At baseline, nothing asked.
    Off,
    /// Starting: its delay runs.
    Starting,
    /// Moving to a level.
    Ramping,
    /// At a level.
    Holding,
    /// Going back to baseline.
    Returning,
    /// Taking back the energy that was shed.
    Rebound,
    /// Held still after an emergency stop.
    Inhibited,
    /// Has no more energy or time to give.
    Exhausted,
}

impl UnitPhase {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Off,
        Self::Starting,
        Self::Ramping,
        Self::Holding,
        Self::Returning,
        Self::Rebound,
        Self::Inhibited,
        Self::Exhausted,
    ];

    /// As heartbeats write it: `OFF`, `STARTING`, ….
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Starting => "STARTING",
            Self::Ramping => "RAMPING",
            Self::Holding => "HOLDING",
            Self::Returning => "RETURNING",
            Self::Rebound => "REBOUND",
            Self::Inhibited => "INHIBITED",
            Self::Exhausted => "EXHAUSTED",
        }
    }

    /// Reads it back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

/// From this instant on the unit is in this phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Seconds of UTC.
    pub at: f64,
    /// The phase that begins.
    pub phase: UnitPhase,
}

/// Phases as they come, each mark another than the one before.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(Vec<Mark>);

impl Marks {
    /// The phase from `at` on. A unit that leaves rest has had its delay running before: STARTING is put in for it,
    /// `delay_s` before.
    pub(super) fn push(&mut self, at: f64, phase: UnitPhase, delay_s: f64) {
        let last = self.0.last().map(|m| m.phase);
        let from_rest = matches!(last, Some(UnitPhase::Off | UnitPhase::Rebound));
        if phase == UnitPhase::Ramping && from_rest && delay_s > 0.0 {
            let first = self.0.first().map_or(at, |m| m.at);
            self.set((at - delay_s).max(first), UnitPhase::Starting);
        }
        self.set(at, phase);
    }

    fn set(&mut self, at: f64, phase: UnitPhase) {
        while self.0.last().is_some_and(|m| m.at >= at) {
            self.0.pop();
        }
        if self.0.last().is_none_or(|m| m.phase != phase) {
            self.0.push(Mark { at, phase });
        }
    }

    pub(super) fn into_vec(self) -> Vec<Mark> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heartbeats_word_is_read_back() {
        for phase in UnitPhase::ALL {
            assert_eq!(UnitPhase::from_word(phase.word()), Some(phase));
        }
        assert_eq!(UnitPhase::from_word("off"), None);
    }

    #[test]
    fn a_unit_that_leaves_rest_was_starting_while_its_delay_ran() {
        let mut marks = Marks::default();
        marks.push(0.0, UnitPhase::Off, 5.0);
        marks.push(100.0, UnitPhase::Ramping, 5.0);
        marks.push(110.0, UnitPhase::Ramping, 5.0);
        let phases: Vec<_> = marks.into_vec().iter().map(|m| (m.at, m.phase)).collect();
        assert_eq!(phases, [(0.0, UnitPhase::Off), (95.0, UnitPhase::Starting), (100.0, UnitPhase::Ramping)]);
    }
}
