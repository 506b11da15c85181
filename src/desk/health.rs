//! The VTN's health, by its answers to this desk.

use std::time::Duration;

use super::lamps::lamp;
use super::lifeline::Lifeline;
use super::snapshot::{LinkState, VtnHealth};
use crate::openadr::push::{PushState, PushStatus};
use crate::openadr::security::Security;
use crate::time::UtcTime;

/// The shortest interval by which silence is judged, seconds: a client tries a few times before it gives up.
const LEAST_INTERVAL_S: u32 = 5;

/// How the VTN answers.
pub(super) struct Health {
    shown: VtnHealth,
    began: UtcTime,
    interval_s: u32,
}

impl Health {
    pub(super) fn new(url: &str, began: UtcTime, follow_every_s: f64) -> Self {
        let every = Duration::try_from_secs_f64(follow_every_s.ceil()).map_or(u64::MAX, |d| d.as_secs());
        let shown = VtnHealth {
            url: url.to_owned(),
            state: LinkState::Unknown,
            last_answer: None,
            fault: None,
            took_ms: None,
            news: Lifeline::default(),
            push: None,
            security: Security::default(),
        };
        Self { shown, began, interval_s: u32::try_from(every).unwrap_or(u32::MAX).max(LEAST_INTERVAL_S) }
    }

    pub(super) fn shown(&self) -> &VtnHealth {
        &self.shown
    }

    pub(super) fn answered(&mut self, now: UtcTime, took: Duration) {
        self.shown.last_answer = Some(now);
        self.shown.fault = None;
        self.shown.took_ms = Some(took.as_secs_f64() * 1000.0);
    }

    /// It told all that it knew when it was asked.
    pub(super) fn told(&mut self, asked: UtcTime) {
        self.shown.news.heard(asked, true, None, self.interval_s);
    }

    /// How it stands with push; answers whether it is there now and was not before, or the other way round.
    pub(super) fn push(&mut self, status: Option<PushStatus>) -> bool {
        let is_there = |status: &Option<PushStatus>| {
            matches!(status, Some(PushStatus { state: PushState::Subscribed { .. }, .. }))
        };
        let before = std::mem::replace(&mut self.shown.push, status);
        is_there(&before) != is_there(&self.shown.push)
    }

    /// What secures the way to it, as far as is known.
    pub(super) fn secured(&mut self, security: Security) {
        self.shown.security = security;
    }

    pub(super) fn failed(&mut self, fault: String) {
        self.shown.fault = Some(fault);
    }

    /// Looks at the lamp at an instant; answers the state before when it changed.
    pub(super) fn settle(&mut self, now: UtcTime) -> Option<LinkState> {
        let by_age = lamp(Some(self.shown.last_answer.unwrap_or(self.began)), now, self.interval_s);
        let state = match (by_age, &self.shown.fault, self.shown.last_answer) {
            (LinkState::Live, Some(_), _) => LinkState::Late,
            (LinkState::Live | LinkState::Late, None, None) => LinkState::Unknown,
            (by_age, ..) => by_age,
        };
        let before = std::mem::replace(&mut self.shown.state, state);
        (before != state).then_some(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vtn_is_late_at_the_first_fault_and_lost_after_three_silent_looks() {
        let start = UtcTime::from_unix(1_795_712_400);
        let mut health = Health::new("http://vtn", start, 10.0);
        let mut state_at = |seconds: i64, what: Option<Result<(), &str>>| {
            match what {
                Some(Ok(())) => health.answered(start + seconds, Duration::from_millis(12)),
                Some(Err(fault)) => health.failed(fault.to_owned()),
                None => {}
            }
            health.settle(start + seconds);
            health.shown().state
        };
        assert_eq!(state_at(1, None), LinkState::Unknown);
        assert_eq!(state_at(2, Some(Err("refused"))), LinkState::Late);
        assert_eq!(state_at(30, None), LinkState::Lost, "it never answered");
        assert_eq!(state_at(31, Some(Ok(()))), LinkState::Live);
        assert_eq!(state_at(41, Some(Err("refused"))), LinkState::Late);
        assert_eq!(state_at(61, None), LinkState::Lost);
        assert_eq!(state_at(62, Some(Ok(()))), LinkState::Live);
        assert_eq!(health.shown().fault, None, "an answer clears the fault");
    }
}
