//! One dispatch through its life.

mod amendments;
mod words;

use super::*;
use crate::desk::testing::{at, fsp, key_of, parts, register, says, setpoint, signed, unit};
use crate::dispatch::{Comparison, Dispatch, DispatchParts, Reason, Stage, Status};

fn limits() -> AckLimits {
    AckLimits::of(30, 10)
}

/// Drives one dispatch through its life by short words.
struct Life {
    book: Book,
    key: DispatchKey,
    last: SignedDispatch,
}

impl Life {
    /// Sent at 16:00.
    fn sent(parts: DispatchParts) -> Self {
        let last = signed(parts);
        let mut life = Self { book: Book::default(), key: last.dispatch.key(), last };
        life.book.begin(life.last.clone(), limits());
        life.book.sent(&life.key, life.last.dispatch.revision, "event-1", at("16:00"));
        life
    }

    fn amended(&mut self, parts: DispatchParts, time: &str) {
        self.last = signed(parts);
        self.book.begin(self.last.clone(), limits());
        self.book.sent(&self.key, self.last.dispatch.revision, "event-1", at(time));
    }

    fn hears(&mut self, stage: Stage, time: &str) -> Heard {
        self.hears_of(&self.last.dispatch.clone(), stage, time)
    }

    fn hears_of(&mut self, dispatch: &Dispatch, stage: Stage, time: &str) -> Heard {
        self.book.acknowledge(&says(dispatch, stage, time), Ok(()), at(time))
    }

    fn at(&mut self, time: &str) -> Arc<DispatchState> {
        self.book.settle(at(time));
        Arc::clone(self.book.get(&self.key).unwrap())
    }
}

fn run() -> DispatchParts {
    parts(1, Status::Run)
}

#[test]
fn a_run_climbs_its_ladder_and_says_what_is_awaited_until_when() {
    let mut life = Life::sent(run());
    let mut check = |heard: Option<(Stage, &str)>, now: &str, phase: Phase, awaited: Option<(&str, &str)>| {
        if let Some((stage, time)) = heard {
            assert_eq!(life.hears(stage, time), Heard::New);
        }
        let state = life.at(now);
        assert_eq!(state.phase, phase, "at {now}");
        let got = state.awaited.as_deref().zip(state.due);
        assert_eq!(got, awaited.map(|(words, due)| (words, at(due))), "at {now}");
        assert_eq!(state.is_open(), !matches!(phase, Phase::Ended));
    };
    check(None, "16:00:01", Phase::Sent, Some(("acknowledgement from BRIGHTFLEX", "16:00:30")));
    check(
        Some((Stage::Received, "16:00:05")),
        "16:00:06",
        Phase::Received,
        Some(("acceptance by BRIGHTFLEX/BESS-07", "16:00:30")),
    );
    check(
        Some((Stage::Accepted, "16:00:06")),
        "16:00:10",
        Phase::Accepted,
        Some(("start of BRIGHTFLEX/BESS-07", "17:00:30")),
    );
    check(
        Some((Stage::Started, "16:58:58")),
        "16:59:05",
        Phase::Started,
        Some(("BRIGHTFLEX/BESS-07 at its level", "17:00:30")),
    );
    check(
        Some((Stage::AtSetpoint, "17:00:00")),
        "17:00:05",
        Phase::AtSetpoint,
        Some(("end of service by BRIGHTFLEX/BESS-07", "19:15:00")),
    );
    check(Some((Stage::Ended, "19:01:05")), "19:01:10", Phase::Ended, None);
}

#[test]
fn a_dispatch_that_never_went_out_is_closed_until_it_is_tried_again() {
    let mut book = Book::default();
    let first = signed(run());
    let key = first.dispatch.key();
    book.begin(first.clone(), limits());
    book.not_sent(&key, first.dispatch.revision, "no answer");
    book.settle(at("16:01"));
    assert!(!book.get(&key).unwrap().is_open());
    book.begin(signed(DispatchParts { instruction_time: at("16:02"), ..run() }), limits());
    book.sent(&key, first.dispatch.revision, "event-1", at("16:02"));
    book.settle(at("16:02"));
    let state = book.get(&key).unwrap();
    assert_eq!((state.revisions.len(), state.phase, state.is_open()), (1, Phase::Sent, true));
}

#[test]
fn whoever_acknowledges_a_revision_proves_that_it_was_sent() {
    let mut book = Book::default();
    let first = signed(run());
    let key = first.dispatch.key();
    book.begin(first.clone(), limits());
    book.not_sent(&key, first.dispatch.revision, "the answer was lost");
    book.acknowledge(&says(&first.dispatch, Stage::Received, "16:00:05"), Ok(()), at("16:00:06"));
    book.settle(at("16:00:06"));
    let state = book.get(&key).unwrap();
    assert_eq!(state.phase, Phase::Received);
    assert_eq!(state.current().unwrap().fault, None);
    assert_eq!(book.event_of(&key), None, "in which event is for the VTN to say");
}

#[test]
fn a_stop_ends_the_dispatch_when_the_unit_says_so() {
    let mut life = Life::sent(run());
    life.hears(Stage::AtSetpoint, "17:00");
    life.amended(parts(2, Status::Stop), "17:30");
    life.hears(Stage::Accepted, "17:30:05");
    let state = life.at("17:30:06");
    assert_eq!(
        state.awaited.as_deref().zip(state.due),
        Some(("BRIGHTFLEX/BESS-07 back at baseline", at("17:45:05")))
    );
    life.hears(Stage::Stopped, "17:31");
    assert_eq!(life.at("17:31:05").phase, Phase::Stopped);
}

#[test]
fn an_emergency_stop_is_due_after_one_poll_and_the_time_to_answer_whatever_the_contract_allows() {
    for (ack_seconds, poll_seconds, due) in [
        (30, 10, "17:30:15"),
        (300, 10, "17:30:15"),
        (5, 10, "17:30:15"),
        (30, 1, "17:30:10"),
        (30, 5, "17:30:10"),
        (30, 6, "17:30:11"),
        (30, 60, "17:31:05"),
    ] {
        let first = signed(run());
        let stop = signed(parts(2, Status::EmergencyStop));
        let mut life = Life { book: Book::default(), key: first.dispatch.key(), last: stop.clone() };
        for signed in [first, stop] {
            life.book.begin(signed.clone(), AckLimits::of(ack_seconds, poll_seconds));
            life.book.sent(&life.key, signed.dispatch.revision, "event-1", at("17:30"));
        }
        assert_eq!(life.at("17:30:01").due, Some(at(due)), "{ack_seconds} s, polls every {poll_seconds} s");
    }
}

#[test]
fn an_emergency_stop_never_lapses_unanswered() {
    let mut life = Life::sent(run());
    life.amended(parts(2, Status::EmergencyStop), "17:30");
    assert_eq!(life.at("21:00").phase, Phase::Sent, "it never lapses unanswered");
    assert!(life.at("21:00").is_open());
}

#[test]
fn a_window_that_passes_unanswered_closes_the_dispatch() {
    let mut life = Life::sent(run());
    assert!(life.at("19:00:29").is_open());
    let state = life.at("19:00:30");
    assert_eq!((state.phase, state.is_open(), state.awaited.clone()), (Phase::Failed, false, None));
}

#[test]
fn a_notice_awaits_nothing_once_it_is_accepted_and_ends_with_its_window() {
    let mut life = Life::sent(parts(1, Status::PreNotify));
    life.hears(Stage::Accepted, "16:00:05");
    assert_eq!(life.at("16:30").awaited, None);
    assert_eq!(life.at("19:00").phase, Phase::Ended);
}

#[test]
fn a_level_that_is_said_to_come_late_is_awaited_when_it_was_said_to_come() {
    let mut life = Life::sent(run());
    let mut late = says(&life.last.dispatch.clone(), Stage::Unreachable, "16:00:06");
    late.reached_at = Some(at("17:04"));
    life.book.acknowledge(&late, Ok(()), at("16:00:07"));
    let state = life.at("16:00:08");
    assert_eq!((state.phase, state.due), (Phase::Unreachable, Some(at("17:04:30"))));
    assert!(state.readback.as_ref().unwrap().iter().all(|f| f.comparison == Comparison::Matched));
}

#[test]
fn a_restarted_desk_goes_on_from_what_the_vtn_holds() {
    let mut book = Book::default();
    let third = signed(parts(3, Status::Run));
    book.take_up(third.clone(), "event-1", at("16:20"), limits());
    book.settle(at("16:20:01"));
    let key = third.dispatch.key();
    assert_eq!(book.get(&key).unwrap().in_force, Revision::new(3));
    book.take_up(signed(parts(2, Status::Run)), "event-1", at("16:10"), limits());
    assert_eq!(book.get(&key).unwrap().revisions.len(), 1, "an older one is history");
    assert_eq!(
        book.acknowledge(
            &says(&signed(parts(1, Status::Run)).dispatch, Stage::Accepted, "16:00:05"),
            Ok(()),
            at("16:21")
        ),
        Heard::New,
        "the ladder shows what came before the restart"
    );
    book.settle(at("16:21"));
    assert_eq!(book.get(&key).unwrap().phase, Phase::Sent);
}

#[test]
fn what_did_not_change_keeps_its_arc() {
    let mut life = Life::sent(run());
    let before = life.at("16:00:01");
    let again = life.at("16:00:02");
    assert!(Arc::ptr_eq(&before, &again));
    life.hears(Stage::Received, "16:00:05");
    assert!(!Arc::ptr_eq(&before, &life.at("16:00:06")));
    assert_eq!(before.phase, Phase::Sent, "a picture that was published never changes");
}

#[test]
fn a_service_is_marked_once_a_minute_and_when_it_ends() {
    let register = register();
    let mut life = Life::sent(run());
    life.hears(Stage::Accepted, "16:00:06");
    life.at("16:59");
    let mark = |life: &mut Life, now: &str| {
        life.book.mark(at(now), |u| register.baseline(u));
        life.at(now).score.clone()
    };
    assert!(mark(&mut life, "16:59").is_none(), "not before it begins");
    let reading = |time: &str, kw: f64| Reading { at: marks::seconds(at(time)), kw };
    for minute in 1..=10 {
        life.book.metered(&life.key.clone(), reading(&format!("17:{minute:02}"), 2000.0));
    }
    let first = mark(&mut life, "17:10:05").unwrap();
    assert_eq!((first.minutes_metered, first.payment.map(|paid| paid.flexible_power)), (10, Some(1.0)));
    life.book.metered(&life.key.clone(), reading("17:11", 2000.0));
    assert!(Arc::ptr_eq(&first, &mark(&mut life, "17:10:55").unwrap()), "not twice in one minute");
    assert_eq!(mark(&mut life, "17:11:05").unwrap().minutes_metered, 11);
    let last = mark(&mut life, "19:00:10").unwrap();
    assert_eq!(last.minutes_metered + last.minutes_missing, 120, "the whole window counts");
}

#[test]
fn the_open_dispatches_of_a_unit_are_those_that_can_still_be_stopped() {
    let mut life = Life::sent(run());
    life.at("16:01");
    let mine = unit("BRIGHTFLEX/BESS-07");
    assert_eq!(life.book.open_of(&mine, at("18:59:59")).count(), 1);
    assert_eq!(life.book.open_of(&mine, at("19:00")).count(), 0, "its window is over");
    assert_eq!(life.book.open_of(&unit("BRIGHTFLEX/BESS-08"), at("17:00")).count(), 0);
    assert_eq!(fsp("BRIGHTFLEX"), mine.fsp);
}
