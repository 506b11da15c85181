//! Which of a line's endpoints is polled: the first that is well. A dead one is left for the next in order; a better
//! one is looked at from time to time and taken back once it has been well for a while. Pure: time is passed in.

use crate::openadr::client::ClientError;
use crate::time::UtcTime;

/// So many polls in a row must find an endpoint dead before it is left: each of them has tried four times.
const POLLS_TO_LEAVE: u32 = 3;
/// Seconds between two looks at the better endpoints.
pub(super) const LOOK_EVERY_S: i64 = 60;
/// So many looks in a row must find a better endpoint well before it is taken back.
const LOOKS_TO_TAKE_BACK: u32 = 3;

/// Whether a failed poll shows that there is no VTN at work: nobody reached, no TLS, an error of the server's own, no
/// OpenADR, or no such address. One that refuses the client, or asks it to slow down, is at work.
pub(super) fn shows_it_dead(error: &ClientError) -> bool {
    match error {
        ClientError::Transport(_) | ClientError::NotUnderstood { .. } => true,
        ClientError::Refused { status, .. } => *status >= 500 || matches!(status, 404 | 410),
        ClientError::Unauthorised { .. } => false,
    }
}

/// The choice among endpoints 0, 1, 2 …, in order of preference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Preference {
    current: usize,
    /// Polls in a row that found the current one dead.
    dead: u32,
    /// For each: looks in a row that found it well while another was polled.
    well: Vec<u32>,
    look_at: UtcTime,
}

impl Preference {
    /// The first of so many.
    pub(super) fn first_of(count: usize, now: UtcTime) -> Self {
        Self { current: 0, dead: 0, well: vec![0; count], look_at: now }
    }

    /// The one to poll.
    pub(super) fn current(&self) -> usize {
        self.current
    }

    /// The current one has answered.
    pub(super) fn answered(&mut self) {
        self.dead = 0;
    }

    /// A poll found the current one dead. Answers whether it is left: then another is the current one, the next in
    /// order and after the last the first.
    pub(super) fn found_dead(&mut self, now: UtcTime) -> bool {
        self.dead = self.dead.saturating_add(1);
        if self.dead < POLLS_TO_LEAVE || self.well.len() < 2 {
            return false;
        }
        self.turn_to((self.current + 1) % self.well.len(), now);
        true
    }

    /// Polls that one from now on.
    pub(super) fn turn_to(&mut self, index: usize, now: UtcTime) {
        self.current = index;
        self.dead = 0;
        self.well.fill(0);
        self.look_at = now + LOOK_EVERY_S;
    }

    /// When the better ones are to be looked at; `None` while the first is polled.
    pub(super) fn next_look(&self) -> Option<UtcTime> {
        (self.current > 0).then_some(self.look_at)
    }

    /// Those that are better than the current one.
    pub(super) fn better(&self) -> std::ops::Range<usize> {
        0..self.current
    }

    /// What a look at the better ones found, in their order. Answers whether one of them is taken back.
    pub(super) fn looked(&mut self, found_well: &[bool], now: UtcTime) -> bool {
        self.look_at = now + LOOK_EVERY_S;
        for (well, is_well) in self.well.iter_mut().zip(found_well) {
            *well = if *is_well { well.saturating_add(1) } else { 0 };
        }
        let back = self.better().find(|index| self.well[*index] >= LOOKS_TO_TAKE_BACK);
        if let Some(index) = back {
            self.turn_to(index, now);
        }
        back.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openadr::transport::TransportError;
    use crate::openadr::wire::ProblemBody;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    #[test]
    fn an_endpoint_is_left_only_for_its_own_death_and_never_the_only_one() {
        let mut choice = Preference::first_of(3, at(0));
        assert!(!choice.found_dead(at(0)) && !choice.found_dead(at(10)));
        choice.answered();
        assert!(!choice.found_dead(at(20)) && !choice.found_dead(at(30)), "one answer, and it counts anew");
        assert!(choice.found_dead(at(40)));
        assert_eq!((choice.current(), choice.better()), (1, 0..1));
        for second in [50, 60, 70, 80, 90, 100] {
            choice.found_dead(at(second));
        }
        assert_eq!(choice.current(), 0, "after the last comes the first");
        let mut only = Preference::first_of(1, at(0));
        assert!((0..20).all(|second| !only.found_dead(at(second))));
        assert_eq!((only.current(), only.next_look()), (0, None));
    }

    #[test]
    fn a_better_endpoint_is_taken_back_once_it_has_been_well_for_a_while_and_not_when_it_flickers() {
        let mut choice = Preference::first_of(2, at(0));
        choice.turn_to(1, at(0));
        assert_eq!(choice.next_look(), Some(at(60)));
        for (second, well, back) in [
            (60, true, false),
            (120, true, false),
            (180, false, false),
            (240, true, false),
            (300, true, false),
        ] {
            assert_eq!(choice.looked(&[well], at(second)), back, "at {second} s");
            assert_eq!(choice.next_look(), Some(at(second + 60)));
        }
        assert!(choice.looked(&[true], at(360)));
        assert_eq!((choice.current(), choice.next_look()), (0, None));
    }

    #[test]
    fn of_several_that_are_well_the_most_preferred_is_taken_back() {
        let mut choice = Preference::first_of(3, at(0));
        choice.turn_to(2, at(0));
        for second in [60, 120] {
            assert!(!choice.looked(&[false, true], at(second)));
        }
        assert!(choice.looked(&[true, true], at(180)));
        assert_eq!(choice.current(), 1);
        for second in [240, 300] {
            assert!(!choice.looked(&[true], at(second)));
        }
        assert!(choice.looked(&[true], at(360)));
        assert_eq!(choice.current(), 0);
    }

    #[test]
    fn a_vtn_that_refuses_its_client_is_not_taken_for_a_dead_one() {
        let refused = |status| ClientError::Refused { status, problem: Box::new(ProblemBody::default()) };
        let unreachable = TransportError::Unreachable { address: "a".to_owned(), reason: "b".to_owned() };
        let what = || "GET /events".to_owned();
        for (error, is_dead) in [
            (ClientError::Transport(unreachable), true),
            (ClientError::NotUnderstood { what: what(), reason: "a page for people".to_owned() }, true),
            (refused(500), true),
            (refused(503), true),
            (refused(404), true),
            (refused(403), false),
            (refused(429), false),
            (ClientError::Unauthorised { client_id: "BRIGHTFLEX".to_owned(), detail: what() }, false),
        ] {
            assert_eq!(shows_it_dead(&error), is_dead, "{error}");
        }
    }
}
