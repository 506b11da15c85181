//! When someone was heard, over a whole session, in a few bytes: stretches without a silence that counts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lamps::lamp;
use super::snapshot::LinkState;
use crate::time::UtcTime;

/// How many stretches are kept: the oldest go first.
const STRETCHES: usize = 512;
/// Intervals of silence that begin a new stretch: from two a lamp is late.
const SILENT_INTERVALS: i64 = 2;

/// From the first sign of life to the last, without a silence of two intervals between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The first.
    pub from: UtcTime,
    /// The last.
    pub to: UtcTime,
    /// Whether what was heard is that it answers; a client also tells of a unit that it does not.
    pub alive: bool,
}

/// A lamp for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LampSpan {
    /// From then on,
    pub from: UtcTime,
    /// up to then, not included.
    pub to: UtcTime,
    /// How it was; [`LinkState::Unknown`] before anything was heard.
    pub state: LinkState,
}

/// When someone was heard. Cloning shares it: a snapshot costs nothing.
#[derive(Clone, Debug, Default)]
pub struct Lifeline {
    stretches: Arc<Vec<Stretch>>,
}

impl Lifeline {
    /// A sign of life, or the news that there is none (`alive` false). `known_until` is up to when it was known before
    /// who was silent: what nobody could have heard is no silence. What is older than the last sign changes nothing.
    pub fn heard(&mut self, at: UtcTime, alive: bool, known_until: Option<UtcTime>, interval_seconds: u32) {
        let last = self.stretches.last().copied();
        if last.is_some_and(|last| at <= last.to) {
            return;
        }
        let stretches = Arc::make_mut(&mut self.stretches);
        let silence = |last: Stretch| known_until.map_or(at, |known| known.min(at)).since(last.to);
        let goes_on = |last: Stretch| {
            last.alive == alive && silence(last) < SILENT_INTERVALS * i64::from(interval_seconds.max(1))
        };
        match stretches.last_mut() {
            Some(last) if goes_on(*last) => last.to = at,
            _ => stretches.push(Stretch { from: at, to: at, alive }),
        }
        let surplus = stretches.len().saturating_sub(STRETCHES);
        stretches.drain(..surplus);
    }

    /// One with these stretches, oldest first, as [`Lifeline::stretches`] gave them. Only the last are kept of too many.
    pub fn of(mut stretches: Vec<Stretch>) -> Self {
        stretches.drain(..stretches.len().saturating_sub(STRETCHES));
        Self { stretches: Arc::new(stretches) }
    }

    /// The stretches, oldest first.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The lamp from `from` to `to`, in order and without gaps, as it was judged with this interval.
    pub fn lamps(&self, from: UtcTime, to: UtcTime, interval_seconds: u32) -> Vec<LampSpan> {
        let interval = i64::from(interval_seconds.max(1));
        let mut spans = Spans { from, to, spans: Vec::new(), reached: from };
        let begins = |index: usize| self.stretches.get(index).map_or(to, |s: &Stretch| s.from);
        spans.up_to(begins(0), LinkState::Unknown);
        for (index, stretch) in self.stretches.iter().enumerate() {
            let end = begins(index + 1);
            if !stretch.alive {
                spans.up_to(end, LinkState::Lost);
                continue;
            }
            for intervals in [SILENT_INTERVALS, SILENT_INTERVALS + 1] {
                let state = lamp(Some(stretch.to), stretch.to + (intervals * interval - 1), interval_seconds);
                spans.up_to(end.min(stretch.to + intervals * interval), state);
            }
            spans.up_to(end, LinkState::Lost);
        }
        spans.spans
    }
}

/// Lamps one after the other.
struct Spans {
    from: UtcTime,
    to: UtcTime,
    spans: Vec<LampSpan>,
    reached: UtcTime,
}

impl Spans {
    fn up_to(&mut self, end: UtcTime, state: LinkState) {
        let end = end.clamp(self.from, self.to.max(self.from));
        if end <= self.reached {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.state == state => last.to = end,
            _ => self.spans.push(LampSpan { from: self.reached, to: end, state }),
        }
        self.reached = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    fn told(lamps: &[LampSpan]) -> Vec<(i64, i64, LinkState)> {
        lamps.iter().map(|l| (l.from.since(at(0)), l.to.since(at(0)), l.state)).collect()
    }

    /// Heard at these seconds, everything being known all the time.
    fn heard(seconds: impl IntoIterator<Item = i64>) -> Lifeline {
        let mut line = Lifeline::default();
        seconds.into_iter().for_each(|s| line.heard(at(s), true, Some(at(s)), 10));
        line
    }

    #[test]
    fn a_silence_shows_as_late_and_lost_for_as_long_as_it_lasted() {
        use LinkState::{Late, Live, Lost, Unknown};
        let line = heard((100..=200).step_by(10).chain((260..=300).step_by(10)));
        assert_eq!(line.stretches().len(), 2);
        assert_eq!(
            told(&line.lamps(at(0), at(310), 10)),
            [(0, 100, Unknown), (100, 220, Live), (220, 230, Late), (230, 260, Lost), (260, 310, Live)]
        );
        assert_eq!(told(&line.lamps(at(225), at(245), 10)), [(225, 230, Late), (230, 245, Lost)]);
        assert_eq!(told(&Lifeline::default().lamps(at(0), at(5), 10)), [(0, 5, Unknown)]);
        assert!(line.lamps(at(5), at(0), 10).is_empty());
    }

    #[test]
    fn a_unit_that_its_client_says_is_silent_is_lost_from_then_until_it_answers() {
        use LinkState::{Live, Lost};
        let mut line = heard([0, 10]);
        for (second, alive) in [(20, false), (30, false), (40, true), (50, true)] {
            line.heard(at(second), alive, Some(at(second)), 10);
        }
        assert_eq!(told(&line.lamps(at(0), at(60), 10)), [(0, 20, Live), (20, 40, Lost), (40, 60, Live)]);
    }

    #[test]
    fn what_nobody_could_hear_is_no_silence() {
        let mut line = heard([0, 10]);
        // The VTN did not answer from 12 to 300.
        line.heard(at(299), true, Some(at(12)), 10);
        assert_eq!(line.stretches(), [Stretch { from: at(0), to: at(299), alive: true }]);
    }

    #[test]
    fn a_week_of_polls_is_one_stretch_and_a_lamp_that_flickers_stays_bounded() {
        assert_eq!(heard((0..604_800).step_by(10)).stretches().len(), 1);
        let line = heard((0..2000).map(|i| i * 60));
        assert_eq!(line.stretches().len(), STRETCHES);
        assert_eq!(line.stretches().last().map(|s| s.to), Some(at(1999 * 60)));
        let before = line.clone();
        let mut line = line;
        line.heard(at(0), true, None, 10);
        assert_eq!(line.stretches(), before.stretches(), "older news is no news");
    }
}
