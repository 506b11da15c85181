use super::super::testing::{at, fsp, key_of, parts, register, setpoint, signed, unit};
use super::*;
use crate::desk::testing::says;
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
fn stages_that_come_out_of_order_or_twice_change_nothing() {
    let mut life = Life::sent(run());
    assert_eq!(life.hears(Stage::Accepted, "16:00:06"), Heard::New);
    assert_eq!(life.hears(Stage::Received, "16:00:06"), Heard::New);
    assert_eq!(life.hears(Stage::Accepted, "16:00:09"), Heard::Known);
    let state = life.at("16:01");
    assert_eq!(state.phase, Phase::Accepted);
    let stages: Vec<Stage> = state.ladder.iter().map(|g| g.stage).collect();
    assert_eq!(stages, [Stage::Received, Stage::Accepted]);
}

#[test]
fn a_forged_acknowledgement_is_seen_and_changes_nothing() {
    let mut life = Life::sent(run());
    let forged = says(&life.last.dispatch.clone(), Stage::Accepted, "16:00:05");
    let wrong = Err("the signature does not match".to_owned());
    assert_eq!(life.book.acknowledge(&forged, wrong, at("16:00:06")), Heard::New);
    let state = life.at("16:00:07");
    assert_eq!((state.phase, state.readback.is_none(), state.ladder.len()), (Phase::Sent, true, 1));
    assert_eq!(life.hears(Stage::Accepted, "16:00:08"), Heard::New, "the true one still counts");
    assert_eq!(life.at("16:00:09").phase, Phase::Accepted);
}

#[test]
fn an_acknowledgement_of_something_else_is_told_apart() {
    let mut life = Life::sent(run());
    let dispatch = life.last.dispatch.clone();
    let mut other_unit = says(&dispatch, Stage::Accepted, "16:00:05");
    other_unit.unit = unit("BRIGHTFLEX/BESS-08");
    let mut later = says(&dispatch, Stage::Accepted, "16:00:05");
    later.revision = dispatch.revision.next();
    let mut unknown = says(&dispatch, Stage::Accepted, "16:00:05");
    unknown.key = key_of("EMID-2");
    for (said, heard) in
        [(other_unit, Heard::OtherUnit), (later, Heard::UnknownRevision), (unknown, Heard::UnknownDispatch)]
    {
        assert_eq!(life.book.acknowledge(&said, Ok(()), at("16:00:06")), heard);
    }
    assert_eq!(life.at("16:00:07").phase, Phase::Sent);
}

#[test]
fn an_amendment_is_followed_and_the_one_before_it_forgotten() {
    let mut life = Life::sent(run());
    life.hears(Stage::Accepted, "16:00:06");
    let first = life.last.dispatch.clone();
    life.amended(
        DispatchParts { setpoints: vec![setpoint("17:00", 1500)], ..parts(2, Status::Run) },
        "16:30",
    );
    assert_eq!(life.at("16:30:01").phase, Phase::Sent);
    assert_eq!(life.hears_of(&first, Stage::Started, "16:30:05"), Heard::New);
    assert_eq!(life.at("16:30:06").phase, Phase::Sent, "a late word on revision 1 says nothing of 2");
    life.hears(Stage::Accepted, "16:30:08");
    let state = life.at("16:30:09");
    assert_eq!((state.phase, state.in_force), (Phase::Accepted, Revision::new(2)));
    assert_eq!(state.awaited.as_deref(), Some("end of service by BRIGHTFLEX/BESS-07"), "it moves already");
}

#[test]
fn a_refused_amendment_leaves_the_one_before_in_force_and_the_dispatch_open() {
    let mut life = Life::sent(run());
    life.hears(Stage::Accepted, "16:00:06");
    let first = life.last.dispatch.clone();
    life.amended(parts(2, Status::Run), "16:30");
    let mut no = says(&life.last.dispatch.clone(), Stage::Rejected, "16:30:05");
    no.reason = Some(Reason::BeyondCapability);
    life.book.acknowledge(&no, Ok(()), at("16:30:06"));
    let state = life.at("16:30:07");
    assert_eq!((state.phase, state.in_force, state.is_open()), (Phase::Rejected, Revision::new(1), true));
    life.hears_of(&first, Stage::Ended, "19:01");
    let state = life.at("19:01:05");
    assert_eq!((state.phase, state.is_open()), (Phase::Ended, false));
}

#[test]
fn an_amendment_that_was_not_sent_leaves_the_one_before_in_force() {
    let mut life = Life::sent(run());
    life.hears(Stage::Accepted, "16:00:06");
    let second = signed(parts(2, Status::Run));
    life.book.begin(second.clone(), limits());
    assert_eq!(life.at("16:30").phase, Phase::Sending);
    life.book.not_sent(&life.key.clone(), second.dispatch.revision, "no answer");
    let state = life.at("16:31");
    assert_eq!((state.phase, state.in_force, state.is_open()), (Phase::SendFailed, Revision::new(1), true));
    assert_eq!(state.current().unwrap().fault.as_deref(), Some("no answer"));
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
fn a_read_back_that_differs_is_held_field_by_field() {
    let mut life = Life::sent(run());
    let mut said = says(&life.last.dispatch.clone(), Stage::Accepted, "16:00:06");
    said.readback.as_mut().unwrap().setpoints = Some(vec![setpoint("17:00", 200)]);
    life.book.acknowledge(&said, Ok(()), at("16:00:07"));
    let state = life.at("16:00:08");
    let differs = |f: &&FieldComparison| f.comparison == Comparison::Differs;
    assert!(state.readback.as_ref().unwrap().iter().any(|f| differs(&f) && f.field.contains("setpoints[0]")));
    life.amended(parts(2, Status::Run), "16:10");
    assert!(life.at("16:10").readback.is_none(), "the next revision has its own");
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
    assert_eq!((first.minutes_metered, first.payment_factor), (10, Some(1.0)));
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

#[test]
fn a_late_word_on_an_older_revision_neither_ends_nor_rejects_its_amendment() {
    let mut life = Life::sent(run());
    life.hears(Stage::AtSetpoint, "17:00");
    let first = life.last.dispatch.clone();
    life.amended(DispatchParts { service_end: at("20:00"), ..parts(2, Status::Run) }, "18:59:50");
    life.hears_of(&first, Stage::Ended, "19:00");
    let state = life.at("19:00:05");
    assert_eq!((state.phase, state.in_force, state.is_open()), (Phase::Sent, Revision::new(2), true));
    life.hears(Stage::Accepted, "19:00:08");
    assert_eq!(life.at("19:00:09").phase, Phase::Accepted);

    let mut life = Life::sent(run());
    life.hears(Stage::Received, "16:00:05");
    let first = life.last.dispatch.clone();
    life.amended(parts(2, Status::Run), "16:00:10");
    life.hears_of(&first, Stage::Rejected, "16:00:12");
    assert_eq!(life.at("16:00:13").in_force, Revision::new(2), "the second may do what the first could not");
}

#[test]
fn two_acknowledgements_in_one_poll_count_in_either_order() {
    for order in [[Stage::Received, Stage::Accepted], [Stage::Accepted, Stage::Received]] {
        let mut life = Life::sent(run());
        for stage in order {
            life.hears(stage, "16:00:05");
        }
        let state = life.at("16:00:06");
        let ladder: Vec<Stage> = state.ladder.iter().map(|g| g.stage).collect();
        assert_eq!((state.phase, ladder), (Phase::Accepted, vec![Stage::Received, Stage::Accepted]));
    }
}

#[test]
fn a_stage_counts_however_wrong_the_fsps_clock_is() {
    // Its clock is set back by an hour between acceptance and start.
    let mut life = Life::sent(run());
    life.hears(Stage::Received, "16:00:05");
    life.hears(Stage::Accepted, "16:00:06");
    let dispatch = life.last.dispatch.clone();
    life.book.acknowledge(&says(&dispatch, Stage::Started, "15:59"), Ok(()), at("16:59"));
    assert_eq!(life.at("16:59:05").phase, Phase::Started);

    // Two minutes behind from the first: it accepted before it was asked.
    for (says_at, seen, counted) in [
        ("15:58:06", "16:00:08", "16:00"),
        ("16:10", "16:00:08", "16:00:08"),
        ("16:00:05", "16:00:08", "16:00:05"),
    ] {
        let mut life = Life::sent(parts(1, Status::RunNow));
        life.book.acknowledge(&says(&life.last.dispatch.clone(), Stage::Accepted, says_at), Ok(()), at(seen));
        let state = life.at("16:00:09");
        assert_eq!(standing::accepted_at(&state, Revision::FIRST), Some(at(counted)), "{says_at}");
        assert_eq!(state.ladder[0].at, at(says_at), "the ladder shows what the FSP said");
    }
}

#[test]
fn what_has_ended_is_not_rejected_afterwards() {
    let mut life = Life::sent(run());
    life.hears(Stage::AtSetpoint, "17:00");
    life.hears(Stage::Ended, "19:00");
    life.hears(Stage::Rejected, "19:30");
    assert_eq!(life.at("19:31").phase, Phase::Ended);
}

#[test]
fn a_read_back_that_is_said_again_otherwise_is_compared_again() {
    let mut life = Life::sent(run());
    life.hears(Stage::Accepted, "16:00:06");
    let dispatch = life.last.dispatch.clone();
    let mut otherwise = says(&dispatch, Stage::Accepted, "16:45");
    otherwise.readback.as_mut().unwrap().setpoints = Some(vec![setpoint("17:00", 200)]);
    assert_eq!(life.book.acknowledge(&otherwise, Ok(()), at("16:45")), Heard::New);
    let differs = |state: &DispatchState| {
        state.readback.as_ref().unwrap().iter().any(|f| f.comparison == Comparison::Differs)
    };
    let state = life.at("16:45:01");
    assert!(differs(&state) && state.ladder.len() == 1, "a restarted FSP has understood something else");
    assert_eq!(life.hears(Stage::Accepted, "16:50"), Heard::New);
    assert!(!differs(&life.at("16:50:01")));
    assert_eq!(life.hears(Stage::Accepted, "16:51"), Heard::Known);

    let mut life = Life::sent(run());
    let mut late = says(&life.last.dispatch.clone(), Stage::Unreachable, "16:00:06");
    for (minute, due) in [("17:04", "17:04:30"), ("17:09", "17:09:30")] {
        late.reached_at = Some(at(minute));
        assert_eq!(life.book.acknowledge(&late, Ok(()), at("16:00:07")), Heard::New);
        assert_eq!(life.at("16:00:08").due, Some(at(due)), "the later word counts");
    }
    let forged = Err("the signature does not match".to_owned());
    late.reached_at = None;
    life.book.acknowledge(&late, forged, at("16:00:09"));
    assert_eq!(life.at("16:00:10").due, Some(at("17:09:30")));
}

#[test]
fn a_refused_amendment_moves_neither_the_window_nor_the_marks_of_what_is_in_force() {
    let register = register();
    let mine = unit("BRIGHTFLEX/BESS-07");
    let moved = |start: &str, end: &str| DispatchParts {
        service_start: at(start),
        service_end: at(end),
        setpoints: vec![setpoint(start, 2000)],
        ..parts(2, Status::Run)
    };
    for (start, end) in [("20:00", "21:00"), ("17:00", "17:10")] {
        for refused in [true, false] {
            let mut life = Life::sent(run());
            life.hears(Stage::Accepted, "16:00:06");
            if refused {
                life.amended(moved(start, end), "16:30");
                life.hears(Stage::Rejected, "16:30:05");
            } else {
                let second = signed(moved(start, end));
                life.book.begin(second.clone(), limits());
                life.book.not_sent(&life.key.clone(), second.dispatch.revision, "no answer");
            }
            let state = life.at("17:30");
            assert_eq!(state.instructed().map(|d| d.revision), Some(Revision::FIRST));
            assert_eq!(life.book.open_of(&mine, at("17:30")).count(), 1, "it can still be stopped");
            for minute in 1..=10 {
                let at = marks::seconds(at("17:00")) + f64::from(minute) * 60.0;
                life.book.metered(&life.key.clone(), Reading { at, kw: 2000.0 });
            }
            life.book.mark(at("17:30"), |u| register.baseline(u));
            let score = life.at("17:30").score.clone().expect("marked in its own window");
            assert_eq!(score.minutes_metered, 10, "{start} {end} refused {refused}");
            life.book.mark(at("19:00"), |u| register.baseline(u));
            let score = life.at("19:00").score.clone().unwrap();
            assert_eq!(score.minutes_metered + score.minutes_missing, 120, "its whole window is marked");
        }
    }
}
