//! What an FSP says: out of order, twice, otherwise, forged, or by a clock that is wrong.

use super::*;
use crate::dispatch::FieldComparison;

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
    assert_eq!(life.book.acknowledge(&otherwise, Ok(()), at("16:45")), Heard::Corrected);
    let differs = |state: &DispatchState| {
        state.readback.as_ref().unwrap().iter().any(|f| f.comparison == Comparison::Differs)
    };
    let state = life.at("16:45:01");
    assert!(differs(&state) && state.ladder.len() == 1, "a restarted FSP has understood something else");
    assert_eq!(life.hears(Stage::Accepted, "16:50"), Heard::Corrected);
    assert!(!differs(&life.at("16:50:01")));
    assert_eq!(life.hears(Stage::Accepted, "16:51"), Heard::Known);

    let mut life = Life::sent(run());
    let mut late = says(&life.last.dispatch.clone(), Stage::Unreachable, "16:00:06");
    for (minute, due, heard) in [("17:04", "17:04:30", Heard::New), ("17:09", "17:09:30", Heard::Corrected)] {
        late.reached_at = Some(at(minute));
        assert_eq!(life.book.acknowledge(&late, Ok(()), at("16:00:07")), heard);
        assert_eq!(life.at("16:00:08").due, Some(at(due)), "the later word counts");
    }
    let forged = Err("the signature does not match".to_owned());
    late.reached_at = None;
    life.book.acknowledge(&late, forged, at("16:00:09"));
    assert_eq!(life.at("16:00:10").due, Some(at("17:09:30")));
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
fn an_fsp_cannot_write_lines_of_its_own_between_those_of_the_desk() {
    let mut life = Life::sent(run());
    let dispatch = life.last.dispatch.clone();
    let words = "all well\n17:00:00 UTC BRIGHTFLEX ENDED\u{1b}[1A";
    let mut said = says(&dispatch, Stage::Accepted, "16:00:05");
    said.detail = Some(words.to_owned());
    assert_eq!(life.book.acknowledge(&said, Ok(()), at("16:00:06")), Heard::New);
    let shown = "all well\\n17:00:00 UTC BRIGHTFLEX ENDED\\u{1b}[1A";
    assert_eq!(life.at("16:00:07").ladder[0].detail.as_deref(), Some(shown));
    assert_eq!(
        life.book.acknowledge(&said, Ok(()), at("16:00:08")),
        Heard::Repeated,
        "it says the same again"
    );
    said.detail = Some("x".repeat(1_000_000));
    life.book.acknowledge(&said, Ok(()), at("16:00:09"));
    assert_eq!(life.at("16:00:10").ladder[0].detail.as_ref().unwrap().chars().count(), 300);
}
