//! The ladder by tables: each rung in one line of text.

use std::sync::Arc;

use super::*;
use crate::console::testing::{at, dispatch, dispatches, revision, rung};
use crate::dispatch::Reason;

const FROM: &str = "2026-11-26T17:00:00Z";
const TO: &str = "2026-11-26T19:00:00Z";

fn words(dispatch: &DispatchState, number: u32) -> Vec<String> {
    let ladder = ladder(dispatch, Revision::new(number).unwrap(), Some(AckLimits::of(30, 10))).unwrap();
    let names: Vec<_> = ladder.rungs.iter().map(|r| r.name).collect();
    assert_eq!(names, NAMES, "all six, always in order");
    ladder.rungs.iter().map(|r| line(&r.state)).collect()
}

fn line(state: &RungState) -> String {
    let time = |at: UtcTime| at.to_string()[11..19].to_owned();
    match state {
        RungState::Came(came) => {
            let mut text = format!("{} {} by {}", came.word, time(came.at), came.by);
            if let Some((seconds, word)) = came.after {
                text += &format!(", {seconds} s after {word}");
            }
            if let Some(late) = came.late_by() {
                text += &format!(", {late} s late");
            }
            if let Some(note) = &came.note {
                text += &format!(", {note}");
            }
            if came.bad { text + "!" } else { text }
        }
        RungState::Awaited { what, until } => {
            format!("awaited: {what} until {}", until.map_or("-".to_owned(), time))
        }
        RungState::Before(revision, at) => format!("told of revision {revision} at {}", time(*at)),
        RungState::Missing(why) => format!("missing: {why}"),
        RungState::Untold => "untold".to_owned(),
        RungState::Ahead => "ahead".to_owned(),
        RungState::Never(why) => format!("never: {why}"),
    }
}

fn of(numbers: std::ops::RangeInclusive<u32>) -> Vec<Arc<RevisionState>> {
    numbers.map(|n| revision("EMID-0500", n, "BRIGHTFLEX/BESS-07", 1000, FROM, TO)).collect()
}

fn with_status(number: u32, status: Status) -> Arc<RevisionState> {
    let mut made = (*revision("EMID-0500", number, "BRIGHTFLEX/BESS-07", 1000, FROM, TO)).clone();
    let mut parts = made.signed.dispatch.parts().clone();
    parts.status = status;
    if status.is_stop() {
        parts.setpoints.clear();
    }
    made.signed.dispatch = crate::dispatch::Dispatch::new(parts).unwrap();
    Arc::new(made)
}

#[test]
fn a_ladder_tells_each_rung_with_when_by_whom_and_how_late() {
    let mut state = dispatch(
        of(1..=1),
        Phase::AtSetpoint,
        vec![
            rung(Stage::Received, 1, "2026-11-26T16:00:08Z"),
            rung(Stage::Accepted, 1, "2026-11-26T16:00:40Z"),
            rung(Stage::Started, 1, "2026-11-26T16:57:00Z"),
            rung(Stage::AtSetpoint, 1, "2026-11-26T17:00:31Z"),
        ],
    );
    state.awaited = Some("end of service by BRIGHTFLEX/BESS-07".to_owned());
    state.due = Some(at("2026-11-26T19:15:00Z"));
    assert_eq!(
        words(&state, 1),
        [
            "sent 16:00:02 by this desk, 2 s after instructed",
            "received 16:00:08 by BRIGHTFLEX, 6 s after sent",
            "accepted 16:00:40 by BRIGHTFLEX, 32 s after received, 8 s late",
            "started 16:57:00 by BRIGHTFLEX, 3380 s after accepted",
            "at setpoint 17:00:31 by BRIGHTFLEX, 211 s after started, 1 s late",
            "awaited: end of service by BRIGHTFLEX/BESS-07 until 19:15:00",
        ]
    );
}

#[test]
fn who_is_missing_is_named_on_the_rung_that_is_awaited_and_on_no_other() {
    let late = &dispatches()[1];
    assert_eq!(
        words(late, 1)[1..],
        ["awaited: acknowledgement from COLDCHAIN until 17:18:30", "ahead", "ahead", "ahead", "ahead"]
    );
    let mut received = late.clone();
    received.ladder.push(rung(Stage::Received, 1, "2026-11-26T16:00:08Z"));
    received.awaited = Some("acceptance by COLDCHAIN/STORE-1".to_owned());
    let words = words(&received, 1);
    assert!(words[1].starts_with("received"), "{words:?}");
    assert_eq!(words[2], "awaited: acceptance by COLDCHAIN/STORE-1 until 17:18:30");
}

#[test]
fn a_refusal_says_why_and_leaves_nothing_to_wait_for() {
    let words = words(&dispatches()[2], 1);
    assert_eq!(
        words[2],
        "rejected 16:20:09 by NORTHGEN, 1 s after received, 1177 s late, more is asked than the unit can do \
         (BEYOND_CAPABILITY); “6,000 kW asked, 4,000 kW is the rating”!"
    );
    assert_eq!(words[3..], ["never: it was rejected"; 3]);
}

#[test]
fn an_amendment_of_a_unit_that_moves_says_that_it_moves_already() {
    let ladder = vec![
        rung(Stage::Accepted, 1, "2026-11-26T16:00:09Z"),
        rung(Stage::Started, 1, "2026-11-26T16:57:00Z"),
        rung(Stage::AtSetpoint, 1, "2026-11-26T17:00:00Z"),
        rung(Stage::Accepted, 2, "2026-11-26T17:05:00Z"),
    ];
    let mut state = dispatch(of(1..=2), Phase::Accepted, ladder);
    state.awaited = Some("end of service by BRIGHTFLEX/BESS-07".to_owned());
    state.due = Some(at("2026-11-26T19:15:00Z"));
    let second = words(&state, 2);
    assert_eq!(second[1], "untold", "accepted without having been received in between");
    assert_eq!(
        second[3..],
        [
            "told of revision 1 at 16:57:00",
            "told of revision 1 at 17:00:00",
            "awaited: end of service by BRIGHTFLEX/BESS-07 until 19:15:00"
        ]
    );
    assert_eq!(words(&state, 1)[5], "never: revision 2 took its place");
}

#[test]
fn an_amendment_that_was_refused_shows_the_revision_in_force_first() {
    let ladder = vec![
        rung(Stage::Accepted, 1, "2026-11-26T16:00:09Z"),
        rung(Stage::Rejected, 2, "2026-11-26T17:05:00Z"),
    ];
    let mut state = dispatch(of(1..=2), Phase::Rejected, ladder);
    state.ladder[1].reason = Some(Reason::Unavailable);
    assert_eq!(first_shown(&state).map(Revision::get), Some(2), "nothing is in force: the refusal itself");
    state.in_force = Some(Revision::FIRST);
    state.awaited = Some("start of BRIGHTFLEX/BESS-07".to_owned());
    state.due = Some(at("2026-11-26T17:00:30Z"));
    assert_eq!(first_shown(&state), Some(Revision::FIRST));
    assert_eq!(words(&state, 1)[3], "awaited: start of BRIGHTFLEX/BESS-07 until 17:00:30");
    assert!(words(&state, 2)[2].contains("the unit is not available (UNAVAILABLE)"));
    assert_eq!(words(&state, 2)[5], "never: it was rejected", "and nothing of it is awaited");
}

#[test]
fn a_stop_and_a_notice_wait_for_no_more_than_they_ask() {
    let accepted = vec![rung(Stage::Accepted, 2, "2026-11-26T17:05:00Z")];
    let revisions = vec![with_status(1, Status::Run), with_status(2, Status::Stop)];
    let mut stop = dispatch(revisions, Phase::Accepted, accepted);
    stop.awaited = Some("BRIGHTFLEX/BESS-07 back at baseline".to_owned());
    stop.due = Some(at("2026-11-26T17:20:00Z"));
    assert_eq!(
        words(&stop, 2)[3..],
        [
            "never: a stop has no setpoint",
            "never: a stop has no setpoint",
            "awaited: BRIGHTFLEX/BESS-07 back at baseline until 17:20:00"
        ]
    );
    let accepted = vec![rung(Stage::Accepted, 1, "2026-11-26T16:00:09Z")];
    let notice = dispatch(vec![with_status(1, Status::PreNotify)], Phase::Accepted, accepted);
    assert_eq!(words(&notice, 1)[3..], ["never: a notice is not acted on"; 3]);
}

#[test]
fn a_stop_that_was_carried_out_ends_the_ladder_in_its_own_word() {
    let ladder = vec![
        rung(Stage::Received, 2, "2026-11-26T17:05:00Z"),
        rung(Stage::Accepted, 2, "2026-11-26T17:05:00Z"),
        rung(Stage::Stopped, 2, "2026-11-26T17:25:00Z"),
    ];
    let revisions = vec![with_status(1, Status::Run), with_status(2, Status::Stop)];
    let stopped = dispatch(revisions, Phase::Stopped, ladder);
    assert_eq!(words(&stopped, 2)[5], "stopped 17:25:00 by BRIGHTFLEX, 1200 s after accepted, 300 s late");
}

#[test]
fn what_was_not_sent_says_why_and_silence_to_the_end_is_named() {
    let mut lost = (*of(1..=1)[0]).clone();
    (lost.sent, lost.fault) = (None, Some("the VTN does not answer".to_owned()));
    let lost = dispatch(vec![Arc::new(lost)], Phase::SendFailed, Vec::new());
    assert_eq!(
        words(&lost, 1)[..2],
        ["missing: not sent: the VTN does not answer", "never: it was not sent"]
    );
    let silent = dispatch(of(1..=1), Phase::Failed, Vec::new());
    let silent = words(&silent, 1);
    assert_eq!(silent[1], "missing: BRIGHTFLEX never said so, and the window has passed");
    assert_eq!(silent[3], "never: it is over");
}

#[test]
fn what_is_not_signed_climbs_no_rung_and_is_not_hidden() {
    let mut forged = rung(Stage::Accepted, 1, "2026-11-26T16:00:09Z");
    forged.signature = Err("key `x` is not pinned".to_owned());
    let state = dispatch(of(1..=1), Phase::Sent, vec![forged.clone()]);
    let made = ladder(&state, Revision::FIRST, Some(AckLimits::of(30, 10))).unwrap();
    assert!(made.rungs.iter().skip(1).all(|r| !matches!(r.state, RungState::Came(_))));
    assert_eq!(made.disbelieved.len(), 1);
    assert_eq!(made.disbelieved[0].signature, forged.signature);
}

/// Else the operator is told "at setpoint" of a level that the unit has not reached.
#[test]
fn at_setpoint_of_an_earlier_revision_holds_only_while_the_levels_are_the_same() {
    let told = vec![
        rung(Stage::Started, 1, "2026-11-26T16:57:00Z"),
        rung(Stage::AtSetpoint, 1, "2026-11-26T17:00:31Z"),
        rung(Stage::Received, 2, "2026-11-26T17:10:08Z"),
        rung(Stage::Accepted, 2, "2026-11-26T17:10:10Z"),
    ];
    let rungs = |kw| {
        let second = revision("EMID-0500", 2, "BRIGHTFLEX/BESS-07", kw, FROM, TO);
        let both = of(1..=1).into_iter().chain([second]).collect();
        let mut state = dispatch(both, Phase::Accepted, told.clone());
        state.in_force = Revision::new(2);
        words(&state, 2)[3..=4].to_vec()
    };
    assert_eq!(rungs(1000), ["told of revision 1 at 16:57:00", "told of revision 1 at 17:00:31"]);
    assert_eq!(rungs(500), ["told of revision 1 at 16:57:00", "ahead"]);
}
