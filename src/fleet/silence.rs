//! For how long a line has been left without an answer. Pure: time is passed in.

use crate::time::UtcTime;

/// Since when no poll of a line was answered, and which of its addresses have been asked in vain since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Silence {
    since: UtcTime,
    unanswered: Vec<bool>,
}

impl Silence {
    /// Of a line with so many addresses, none of which it has asked.
    pub(super) fn at(addresses: usize, now: UtcTime) -> Self {
        Self { since: now, unanswered: vec![false; addresses] }
    }

    /// A poll was answered.
    pub(super) fn broken(&mut self, now: UtcTime) {
        self.since = now;
        self.unanswered.fill(false);
    }

    /// A poll at an address was not answered.
    pub(super) fn unanswered_at(&mut self, address: usize) {
        if let Some(unanswered) = self.unanswered.get_mut(address) {
            *unanswered = true;
        }
    }

    /// The line does not get what it polls for, and stays where it is: none of its other addresses will be asked.
    pub(super) fn unanswered(&mut self) {
        self.unanswered.fill(true);
    }

    /// The line has other addresses, so many, and has asked none of them.
    pub(super) fn leads_to(&mut self, addresses: usize) {
        self.unanswered = vec![false; addresses];
    }

    /// Since when the line has been without an answer, once that is true of all of its addresses.
    pub(super) fn lasts_since(&self) -> Option<UtcTime> {
        self.unanswered.iter().all(|unanswered| *unanswered).then_some(self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    #[test]
    fn a_silence_counts_from_the_last_answer_once_every_address_was_asked_in_vain() {
        let mut silence = Silence::at(2, at(0));
        assert_eq!(silence.lasts_since(), None, "nothing was asked yet");
        silence.broken(at(10));
        silence.unanswered_at(0);
        assert_eq!(silence.lasts_since(), None, "the second may answer");
        silence.unanswered_at(1);
        assert_eq!(silence.lasts_since(), Some(at(10)));
        silence.broken(at(70));
        assert_eq!(silence.lasts_since(), None);
        silence.unanswered();
        assert_eq!(silence.lasts_since(), Some(at(70)), "one that refuses the FSP is not left for another");
        silence.leads_to(1);
        assert_eq!(silence.lasts_since(), None, "a new address may answer");
        silence.unanswered_at(0);
        assert_eq!(silence.lasts_since(), Some(at(70)));
    }
}
