//! Amendments: taken on, refused, not sent, and words on what they replace.

use super::*;

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
