//! What an FSP answers to what it sees, and what it never does.

use super::*;
use crate::dispatch::{Comparison, Status, compare_readback};
use crate::dispatch::{PublicKey, SigningKey};
use crate::fleet::recall::Said;
use crate::fleet::testing::{Asked, Level, battery, generator, profile, run, utc};
use crate::openadr::wire::Metadata;
use serde_json::json;

fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(name.parse().unwrap(), &[u8::try_from(name.len()).unwrap(); 32])
}

fn pinned(keys: impl IntoIterator<Item = PublicKey>) -> BTreeMap<OperatorId, KeyRing> {
    BTreeMap::from([("GB-DNO-11".parse().unwrap(), KeyRing::new(keys))])
}

/// The only line, over which the only operator dispatches.
fn route() -> Route {
    Route {
        line: 0,
        vtn: "http://vtn.example".into(),
        operators: BTreeSet::from(["GB-DNO-11".parse().unwrap()]),
    }
}

/// An FSP at 15:00 that has listened already.
fn provider() -> Provider {
    let keys = pinned([key("gb-dno-11-2026").public(None, Some(utc("23:00")))]);
    let mut provider = Provider::new("BRIGHTFLEX".parse().unwrap(), &profile(), keys, utc("15:00"));
    assert_eq!(receive(&mut provider, &[], "15:00"), [""; 0]);
    provider
}

/// The event `event-REF` as a VTN holds it since `changed`.
fn event(asked: &Asked, changed: &str) -> Event {
    let mut event = mapping::event_from(&asked.document().sign(&key("gb-dno-11-2026")).unwrap(), "program-1");
    event.meta = Metadata {
        id: Some(format!("event-{}", asked.0.dispatch_ref)),
        modification_date_time: Some(utc(changed).to_string()),
        ..Metadata::default()
    };
    event
}

fn hour() -> Asked {
    run(&battery(), "17:00", "18:00", &[("17:00", Level::Delta(500.0))])
}

fn shared(events: &[Event]) -> Vec<Arc<Event>> {
    events.iter().cloned().map(Arc::new).collect()
}

fn answers(provider: &mut Provider, events: &[Event], at: &str) -> Vec<Acknowledgement> {
    let mut outbox = Outbox::default();
    provider.receive(&route(), &shared(events), utc(at), &mut outbox);
    outbox.drain().into_iter().map(|a| a.acknowledgement).collect()
}

/// What it answers, as `REF STAGE REASON?`.
fn receive(provider: &mut Provider, events: &[Event], at: &str) -> Vec<String> {
    let words = |a: Acknowledgement| {
        let reason = a.reason.map(|r| format!(" {r}")).unwrap_or_default();
        format!("{} r{} {}{reason}", a.key.dispatch_ref, a.revision, a.stage)
    };
    answers(provider, events, at).into_iter().map(words).collect()
}

/// The stages that come by `until`, with the event that each is reported on.
fn come(provider: &mut Provider, until: &str) -> Vec<String> {
    let mut outbox = Outbox::default();
    provider.collect(&route(), utc(until), &mut outbox);
    let words = |a: Answer| {
        let Answer { place, acknowledgement: a } = a;
        format!("{} r{} {} {}", place.event_id, a.revision, a.stage, &a.at.to_string()[11..19])
    };
    outbox.drain().into_iter().map(words).collect()
}

fn is_at_rest(provider: &Provider) -> bool {
    provider.next_stage(&route()).is_none() && provider.metered(&route()).next().is_none()
}

/// Sets the first value of a payload of the first interval.
fn tampered(mut event: Event, kind: &str, value: serde_json::Value) -> Event {
    let payload = event.intervals[0].payloads.iter_mut().find(|p| p.kind == kind).unwrap();
    payload.values[0] = value;
    event
}

#[test]
fn a_dispatch_is_received_accepted_and_followed_on_its_own_event() {
    let mut provider = provider();
    let events = [event(&hour(), "15:50")];
    let acknowledged = answers(&mut provider, &events, "16:00");
    let stages: Vec<_> = acknowledged.iter().map(|a| (a.stage, a.at)).collect();
    assert_eq!(stages, [(Stage::Received, utc("16:00")), (Stage::Accepted, utc("16:00"))]);
    let readback = acknowledged[1].readback.as_ref().unwrap();
    assert!(acknowledged[0].readback.is_none());
    assert!(
        compare_readback(&hour().document(), readback).iter().all(|f| f.comparison == Comparison::Matched)
    );
    assert_eq!(receive(&mut provider, &events, "16:00:10"), [""; 0], "seen before, nothing to say");
    assert_eq!(
        come(&mut provider, "19:00"),
        [
            "event-EMID-1 r1 STARTED 16:59:10",
            "event-EMID-1 r1 AT_SETPOINT 17:00:00",
            "event-EMID-1 r1 ENDED 18:00:00"
        ]
    );
}

#[test]
fn a_dispatch_that_was_taken_on_goes_on_when_its_key_ends_and_nothing_new_by_that_key_is() {
    let mut provider = provider();
    let events = [event(&hour(), "15:50")];
    assert_eq!(receive(&mut provider, &events, "16:00").len(), 2);
    let ended = key("gb-dno-11-2026").public(None, Some(utc("16:30")));
    provider.believes(pinned([ended, key("gb-dno-11-2027").public(None, None)]));
    assert_eq!(receive(&mut provider, &events, "16:30"), [""; 0], "it was believed when it came");
    let mut other = hour();
    other.0.revision = other.0.revision.next();
    let answers = answers(&mut provider, &[event(&other, "16:31")], "16:31");
    assert_eq!((answers[0].stage, answers[0].reason), (Stage::Rejected, Some(Reason::BadSignature)));
    assert_eq!(come(&mut provider, "19:00").len(), 3, "what runs is not disturbed");
}

#[test]
fn what_is_not_signed_by_the_operator_moves_nothing_and_is_reported_once() {
    let signed_by = |name: &str| {
        let mut event = event(&hour(), "15:50");
        event.intervals =
            mapping::event_from(&hour().document().sign(&key(name)).unwrap(), "program-1").intervals;
        event
    };
    let other_operator = |asked: &mut Asked| asked.0.network_operator = "GB-DNO-12".parse().unwrap();
    let mut foreign = hour();
    other_operator(&mut foreign);
    let mut unsigned = event(&hour(), "15:50");
    unsigned.intervals[0].payloads.retain(|p| p.kind != "GB_SIGNATURE");
    let table = [
        (
            "a changed level",
            tampered(event(&hour(), "15:50"), "DISPATCH_SETPOINT_RELATIVE", json!(-900)),
            "does not match",
        ),
        (
            "a changed status",
            tampered(event(&hour(), "15:50"), "DISPATCH_INSTRUCTION", json!("RUN_NOW")),
            "does not match",
        ),
        ("a key that is not pinned", signed_by("someone"), "`someone` is not pinned"),
        ("an operator without keys", event(&foreign, "15:50"), "network operator GB-DNO-12"),
        ("no signature", unsigned, "signature"),
    ];
    for (what, event, says) in table {
        let mut provider = provider();
        let answers = answers(&mut provider, std::slice::from_ref(&event), "16:00");
        assert_eq!(answers.len(), 1, "{what}");
        assert_eq!(
            (answers[0].stage, answers[0].reason),
            (Stage::Rejected, Some(Reason::BadSignature)),
            "{what}"
        );
        let detail = answers[0].detail.as_ref().unwrap();
        assert!(detail.contains(says), "{what}: {detail}");
        assert!(answers[0].readback.is_none() && is_at_rest(&provider), "{what}");
        assert_eq!(receive(&mut provider, &[event], "16:00:10"), [""; 0], "{what}: once");
        assert!(provider.heartbeat(&terms(), utc("16:00")).seen.is_empty(), "{what}");
    }
    let mut expired = provider();
    assert_eq!(
        receive(
            &mut expired,
            &[event(&run(&battery(), "23:30", "23:50", &[("23:30", Level::Delta(5.0))]), "23:10")],
            "23:10"
        ),
        ["EMID-1 r1 REJECTED BAD_SIGNATURE"]
    );
}

#[test]
fn a_forged_revision_does_not_disturb_the_one_that_is_followed() {
    let mut provider = provider();
    let events = [event(&hour(), "15:50")];
    let _ = receive(&mut provider, &events, "16:00");
    let forged = tampered(
        event(&hour().revision(2).status(Status::Stop), "16:10"),
        "DISPATCH_INSTRUCTION",
        json!("EMERGENCY_STOP"),
    );
    assert_eq!(receive(&mut provider, &[forged], "16:10"), ["EMID-1 r2 REJECTED BAD_SIGNATURE"]);
    assert_eq!(come(&mut provider, "19:00").len(), 3);
}

#[test]
fn what_cannot_be_taken_on_is_rejected_with_its_reason() {
    let with = |change: fn(&mut Asked)| {
        let mut asked = hour();
        change(&mut asked);
        event(&asked, "15:50")
    };
    let table = [
        (with(|a| a.0.unit = "BRIGHTFLEX/BESS-99".parse().unwrap()), "RECEIVED", "UNKNOWN_UNIT"),
        (with(|a| a.0.contract = "EMID-C-1999-0001".parse().unwrap()), "RECEIVED", "UNKNOWN_CONTRACT"),
        (with(|a| a.0.setpoints[0].real.as_mut().unwrap().watts.0 *= 3), "RECEIVED", "BEYOND_CAPABILITY"),
        (tampered(event(&hour(), "15:50"), "DISPATCH_INSTRUCTION", json!("CEASE")), "", "WRONG_STATUS"),
        (tampered(event(&hour(), "15:50"), "DISPATCH_SETPOINT_RELATIVE", json!(-0.00001)), "", "MALFORMED"),
        (tampered(event(&hour(), "15:50"), "GB_INSTRUCTION_TIME", json!("yesterday")), "", "MALFORMED"),
    ];
    for (event, received, reason) in table {
        let mut provider = provider();
        let answers = receive(&mut provider, std::slice::from_ref(&event), "16:00");
        let mut expected = vec![format!("EMID-1 r1 REJECTED {reason}")];
        if !received.is_empty() {
            expected.insert(0, format!("EMID-1 r1 {received}"));
        }
        assert_eq!(answers, expected);
        assert!(is_at_rest(&provider), "{reason}");
        assert_eq!(receive(&mut provider, &[event], "16:00:10"), [""; 0], "{reason}: once");
    }
}

#[test]
fn what_says_nothing_of_a_unit_of_this_fsp_is_left_alone() {
    let mut provider = provider();
    let price_event = Event {
        program_id: "tariff".to_owned(),
        meta: Metadata { id: Some("event-9".to_owned()), ..Metadata::default() },
        ..Event::default()
    };
    let mut anchor = mapping::anchor_event("program-1");
    anchor.meta.id = Some("event-0".to_owned());
    let mut others = hour();
    others.0.unit = "OTHERFLEX/BESS-07".parse().unwrap();
    let others = event(&others, "15:50");
    let unreadable = tampered(others.clone(), "DISPATCH_INSTRUCTION", json!("CEASE"));
    let forged = tampered(others.clone(), "DISPATCH_SETPOINT_RELATIVE", json!(-900));
    for seen in [price_event, anchor, others, unreadable, forged] {
        assert_eq!(receive(&mut provider, &[seen], "16:00"), [""; 0]);
    }
    assert!(provider.heartbeat(&terms(), utc("16:00")).seen.is_empty());
    assert!(is_at_rest(&provider));
}

#[test]
fn each_revision_is_answered_by_what_it_means() {
    let mut provider = provider();
    let other_content = |revision| {
        event(
            &run(&battery(), "17:00", "18:00", &[("17:00", Level::Delta(400.0))]).revision(revision),
            "16:30",
        )
    };
    let first = hour().revision(3);
    let accepted = |r: u32| vec![format!("EMID-1 r{r} RECEIVED"), format!("EMID-1 r{r} ACCEPTED")];
    assert_eq!(receive(&mut provider, &[event(&first, "15:50")], "16:00"), accepted(3));
    let again = answers(&mut provider, &[event(&first, "16:05")], "16:05");
    assert_eq!(again.len(), 2, "put again: acknowledged again");
    assert!(again[1].stage == Stage::Accepted && again[1].readback.is_some() && again[1].at == utc("16:05"));
    assert_eq!(receive(&mut provider, &[event(&hour().revision(2), "16:10")], "16:10"), [""; 0], "stale");
    assert_eq!(
        receive(&mut provider, &[other_content(3)], "16:20"),
        ["EMID-1 r3 RECEIVED", "EMID-1 r3 REJECTED CONFLICTING_REVISION"]
    );
    assert_eq!(receive(&mut provider, &[other_content(4)], "16:30"), accepted(4));
    let too_much = run(&battery(), "17:00", "18:00", &[("17:00", Level::Delta(4000.0))]).revision(5);
    for changed in ["16:40", "16:41"] {
        assert_eq!(
            receive(&mut provider, &[event(&too_much, changed)], changed),
            ["EMID-1 r5 RECEIVED", "EMID-1 r5 REJECTED BEYOND_CAPABILITY"]
        );
    }
    assert_eq!(
        receive(&mut provider, &[event(&hour().revision(5), "16:42")], "16:42"),
        ["EMID-1 r5 RECEIVED", "EMID-1 r5 REJECTED CONFLICTING_REVISION"],
        "a number that was refused is used up"
    );
    let came = come(&mut provider, "19:00");
    assert_eq!(came.len(), 3);
    assert!(came.iter().all(|c| c.contains(" r4 ")), "the last one taken on is followed: {came:?}");
}

#[test]
fn a_dispatch_that_comes_again_on_another_event_is_reported_on_that_one() {
    let mut provider = provider();
    let _ = receive(&mut provider, &[event(&hour(), "15:50")], "16:00");
    assert_eq!(come(&mut provider, "17:10").len(), 2);
    let mut again = event(&hour(), "17:10");
    again.meta.id = Some("event-anew".to_owned());
    assert_eq!(receive(&mut provider, &[again], "17:10"), ["EMID-1 r1 RECEIVED", "EMID-1 r1 ACCEPTED"]);
    let came = come(&mut provider, "19:00");
    assert_eq!(came.last().unwrap(), "event-anew r1 ENDED 18:00:00", "{came:?}");
    assert!(provider.metered(&route()).all(|m| m.place.event_id == "event-anew"));
}

#[test]
fn an_fsp_that_was_cut_off_for_hours_neither_replays_nor_forgets() {
    let mut provider = provider();
    let _ = receive(&mut provider, &[event(&hour(), "15:50")], "16:00");
    // Cut off from 16:58 to 21:00: a stop it never saw, a service that came and went, and one still to come.
    let stop = hour().status(Status::Stop).revision(2).decided("17:20");
    let missed = run(&battery(), "18:30", "19:00", &[("18:30", Level::Delta(100.0))]).reference("EMID-2");
    let at_once = run(&battery(), "19:10", "19:20", &[("19:10", Level::Delta(100.0))]).reference("EMID-3");
    let coming = run(&battery(), "22:00", "22:30", &[("22:00", Level::Delta(100.0))]).reference("EMID-4");
    let events = [
        event(&stop, "17:20"),
        event(&missed.decided("18:00"), "18:00"),
        event(&at_once.status(Status::RunNow).decided("19:10"), "19:10"),
        event(&coming.decided("20:00"), "20:00"),
    ];
    let mut outbox = Outbox::default();
    provider.receive(&route(), &shared(&events), utc("21:00"), &mut outbox);
    let words = |a: Answer| {
        let a = a.acknowledgement;
        let reason = a.reason.map(|r| format!(" {r}")).unwrap_or_default();
        format!("{} r{} {}{reason} {}", a.key.dispatch_ref, a.revision, a.stage, &a.at.to_string()[11..16])
    };
    let said: Vec<String> = outbox.drain().into_iter().map(words).collect();
    assert_eq!(
        said,
        [
            "EMID-1 r1 STARTED 16:59",
            "EMID-1 r1 AT_SETPOINT 17:00",
            "EMID-1 r1 ENDED 18:00",
            "EMID-1 r2 RECEIVED 21:00",
            "EMID-1 r2 ACCEPTED 21:00",
            "EMID-1 r2 STOPPED 21:00",
            "EMID-2 r1 RECEIVED 21:00",
            "EMID-2 r1 REJECTED UNAVAILABLE 21:00",
            "EMID-3 r1 RECEIVED 21:00",
            "EMID-3 r1 REJECTED UNAVAILABLE 21:00",
            "EMID-4 r1 RECEIVED 21:00",
            "EMID-4 r1 ACCEPTED 21:00",
        ]
    );
    assert_eq!(receive(&mut provider, &events, "21:00:10"), [""; 0], "said once");
    assert_eq!(come(&mut provider, "23:00").len(), 3, "what is to come is delivered");
}

#[test]
fn a_revision_cannot_move_a_dispatch_to_another_unit() {
    let mut provider = provider();
    let _ = receive(&mut provider, &[event(&hour(), "15:50")], "16:00");
    let moved = run(&generator(), "17:00", "18:00", &[("17:00", Level::Delta(500.0))]).revision(2);
    let answers = answers(&mut provider, &[event(&moved, "16:10")], "16:10");
    assert_eq!((answers[1].stage, answers[1].reason), (Stage::Rejected, Some(Reason::Malformed)));
    assert!(answers[1].detail.as_ref().unwrap().contains("BRIGHTFLEX/BESS-07"));
}

#[test]
fn a_restarted_fsp_takes_on_what_is_open_and_leaves_what_is_over() {
    let over = run(&battery(), "15:00", "15:30", &[("15:00", Level::Delta(5.0))]).reference("EMID-0");
    let events = [event(&over, "14:00"), event(&hour(), "15:50")];
    let keys = pinned([key("gb-dno-11-2026").public(None, None)]);
    let mut restarted = Provider::new("BRIGHTFLEX".parse().unwrap(), &profile(), keys, utc("17:30"));
    assert_eq!(receive(&mut restarted, &events, "17:30"), ["EMID-1 r1 RECEIVED", "EMID-1 r1 UNREACHABLE"]);
    assert_eq!(
        come(&mut restarted, "19:00"),
        [
            "event-EMID-1 r1 STARTED 17:30:02",
            "event-EMID-1 r1 AT_SETPOINT 17:30:52",
            "event-EMID-1 r1 ENDED 18:00:00"
        ]
    );
    let late = run(&battery(), "17:00", "17:10", &[("17:00", Level::Delta(5.0))]).reference("EMID-3");
    assert_eq!(
        receive(&mut restarted, &[event(&late, "19:00")], "19:00"),
        ["EMID-3 r1 RECEIVED", "EMID-3 r1 REJECTED UNAVAILABLE"],
        "one that comes too late while it listens is refused"
    );
}

/// All that it says of these events by `until`, with the event of each: what a VTN holds of it.
fn said(provider: &mut Provider, events: &[Event], times: &[&str], until: &str) -> Vec<Said> {
    let mut outbox = Outbox::default();
    for at in times {
        provider.receive(&route(), &shared(events), utc(at), &mut outbox);
    }
    provider.collect(&route(), utc(until), &mut outbox);
    let said = |a: Answer| Said { event_id: a.place.event_id, acknowledgement: a.acknowledgement };
    outbox.drain().into_iter().map(said).collect()
}

/// The FSP started again at that time, with what it said before.
fn started_again(said: &[Said], events: &[Event], at: &str) -> Provider {
    let keys = pinned([key("gb-dno-11-2026").public(None, None)]);
    let mut provider = Provider::new("BRIGHTFLEX".parse().unwrap(), &profile(), keys, utc(at));
    let recalled = provider.to_recall(&route(), &shared(events), utc(at));
    let said: Vec<Said> = said.iter().filter(|s| recalled.contains(&s.event_id)).cloned().collect();
    provider.take_up(&route(), &shared(events), &said);
    provider
}

#[test]
fn a_restarted_fsp_goes_on_with_what_it_has_taken_on_and_tells_what_came_meanwhile() {
    let events = [event(&hour(), "15:50")];
    let before = said(&mut provider(), &events, &["16:00"], "16:59:30");
    let stages: Vec<Stage> = before.iter().map(|s| s.acknowledgement.stage).collect();
    assert_eq!(stages, [Stage::Received, Stage::Accepted, Stage::Started]);
    let mut again = started_again(&before, &events, "17:10");
    assert_eq!(receive(&mut again, &events, "17:10"), ["EMID-1 r1 AT_SETPOINT"], "and not as from now");
    assert_eq!(come(&mut again, "19:00"), ["event-EMID-1 r1 ENDED 18:00:00"]);
    let route_of_it = route();
    let metered = again.metered(&route_of_it).next().unwrap();
    let (minute, _) = metered.controller.minute_of(metered.key, utc("17:05")).unwrap();
    assert!((minute.reading.kw - 500.0).abs() < 1e-6, "it delivered while its client was away");
    let put_again = [event(&hour(), "17:20")];
    assert_eq!(
        receive(&mut again, &put_again, "17:20"),
        ["EMID-1 r1 RECEIVED", "EMID-1 r1 ACCEPTED"],
        "one that is put again is acknowledged again"
    );
}

#[test]
fn a_restarted_fsp_says_nothing_of_a_stop_that_it_has_answered() {
    let mut before = provider();
    let mut all = said(&mut before, &[event(&hour(), "15:50")], &["16:00"], "17:20");
    let stop = [event(&hour().status(Status::Stop).revision(2).decided("17:20"), "17:20")];
    all.extend(said(&mut before, &stop, &["17:20"], "17:40"));
    assert_eq!(all.last().unwrap().acknowledgement.stage, Stage::Stopped);
    for at in ["17:45", "18:30"] {
        let mut again = started_again(&all, &stop, at);
        assert_eq!(receive(&mut again, &stop, at), [""; 0], "{at}");
        assert_eq!(come(&mut again, "19:30"), [""; 0]);
    }
    // Ended in the middle of its way home.
    let under_way: Vec<Said> =
        all.iter().filter(|s| s.acknowledgement.stage != Stage::Stopped).cloned().collect();
    let mut again = started_again(&under_way, &stop, "17:20:30");
    assert_eq!(receive(&mut again, &stop, "17:20:30"), [""; 0]);
    assert_eq!(come(&mut again, "18:30"), ["event-EMID-1 r2 STOPPED 17:21:42"]);
}

#[test]
fn a_restarted_fsp_answers_what_it_has_not_answered_and_what_it_refused_stays_refused() {
    let events = [event(&hour(), "15:50")];
    let mut before = said(&mut provider(), &events, &["16:00"], "16:00");
    before.pop();
    let mut again = started_again(&before, &events, "16:10");
    assert_eq!(receive(&mut again, &events, "16:10"), ["EMID-1 r1 ACCEPTED"], "received, not accepted");

    let beyond = run(&battery(), "17:00", "18:00", &[("17:00", Level::Delta(4000.0))]).revision(2);
    let mut first = provider();
    let mut all = said(&mut first, &events, &["16:00"], "16:00");
    let amended = [event(&beyond, "16:05")];
    all.extend(said(&mut first, &amended, &["16:05"], "16:05"));
    let mut again = started_again(&all, &amended, "16:10");
    assert_eq!(receive(&mut again, &amended, "16:10"), [""; 0]);
    let came = come(&mut again, "19:00");
    assert_eq!(came.len(), 3, "revision 1 stays in force: {came:?}");
    assert!(came.iter().all(|c| c.contains(" r1 ")));
}

#[test]
fn several_at_once_are_judged_in_the_order_in_which_they_were_decided() {
    let mut provider = provider();
    let first = hour().decided("15:40");
    let second = hour().reference("EMID-2").decided("15:41");
    let stop = hour().reference("STOP-1").status(Status::EmergencyStop).decided("15:42");
    let list = [event(&stop, "15:50"), event(&second, "15:50"), event(&first, "15:50")];
    assert_eq!(
        receive(&mut provider, &list, "16:00"),
        [
            "EMID-1 r1 RECEIVED",
            "EMID-1 r1 ACCEPTED",
            "EMID-2 r1 RECEIVED",
            "EMID-2 r1 REJECTED UNAVAILABLE",
            "STOP-1 r1 RECEIVED",
            "STOP-1 r1 ACCEPTED",
            "EMID-1 r1 FAILED",
        ]
    );
}

fn terms() -> Terms {
    Terms {
        operator: "GB-DNO-11".parse().unwrap(),
        contract: "EMID-C-2026-0193".parse().unwrap(),
        poll_seconds: 10,
        ack_seconds: 30,
    }
}

#[test]
fn a_heartbeat_tells_a_buyer_of_its_own_units_and_dispatches_only() {
    let mut provider = provider();
    let _ = receive(&mut provider, &[event(&hour().revision(4), "15:50")], "16:00");
    let beat = provider.heartbeat(&terms(), utc("17:30"));
    assert_eq!(
        (beat.operator.as_str(), beat.fsp.as_str(), beat.at),
        ("GB-DNO-11", "BRIGHTFLEX", utc("17:30"))
    );
    assert_eq!(beat.seen.iter().map(|(k, r)| format!("{k} {r}")).collect::<Vec<_>>(), ["GB-DNO-11/EMID-1 4"]);
    let units: Vec<_> =
        beat.units.iter().map(|u| format!("{} {} {:.0}", u.unit.unit, u.phase.word(), u.kw)).collect();
    assert_eq!(units, ["BESS-07 HOLDING 500", "CHP-02 OFF 0", "COLD-11 OFF -700"]);
    let other = Terms { contract: "OTHER".parse().unwrap(), ..terms() };
    let beat = provider.heartbeat(&other, utc("17:30"));
    assert!(beat.seen.is_empty() && beat.units.is_empty());
}

#[test]
fn news_waits_while_acknowledgements_cannot_be_sent() {
    let mut provider = provider();
    let mut outbox = Outbox::default();
    let answer = Answer {
        place: route().place("event-0"),
        acknowledgement: acknowledgement_of(&hour().document(), Stage::Received, None, utc("16:00")),
    };
    while !outbox.is_full(&route().vtn) {
        outbox.put(answer.clone());
    }
    let events = shared(&[event(&hour(), "15:50")]);
    provider.receive(&route(), &events, utc("16:00"), &mut outbox);
    assert!(is_at_rest(&provider));
    outbox.drain();
    provider.receive(&route(), &events, utc("16:00:10"), &mut outbox);
    let stages: Vec<Stage> = outbox.drain().into_iter().map(|a| a.acknowledgement.stage).collect();
    assert_eq!(stages, [Stage::Received, Stage::Accepted], "the same list, which was not all judged");
    provider.receive(&route(), &events, utc("16:00:20"), &mut outbox);
    assert!(outbox.drain().is_empty(), "and now it was");
}

#[test]
fn a_stop_forged_on_the_way_is_refused_once_and_obeyed_only_where_the_id_alone_is_checked() {
    use crate::profile::faults::{Affliction, FspFault};
    let fsp = || "BRIGHTFLEX".parse().unwrap();
    for (checks_id_only, said, ends) in [
        (false, &["EMID-1 r2 REJECTED BAD_SIGNATURE"][..], "r1 ENDED"),
        (true, &["EMID-1 r2 RECEIVED", "EMID-1 r2 ACCEPTED"], "r2 STOPPED"),
    ] {
        let mut provider = provider();
        let switch = FaultSwitch::default();
        provider.obeys(switch.clone());
        let events = [event(&hour(), "16:00")];
        assert_eq!(receive(&mut provider, &events, "16:00"), ["EMID-1 r1 RECEIVED", "EMID-1 r1 ACCEPTED"]);
        come(&mut provider, "17:20");
        if checks_id_only {
            switch.switch_on(Affliction::Fsp(fsp(), FspFault::ChecksIdOnly), utc("17:21"));
            assert_eq!(receive(&mut provider, &events, "17:22"), [""; 0], "nothing is altered yet");
        }
        let forged = Affliction::Fsp(fsp(), FspFault::Altered { into: Alteration::Stop });
        switch.switch_on(forged.clone(), utc("17:30"));
        assert_eq!(receive(&mut provider, &events, "17:30"), said);
        assert_eq!(
            receive(&mut provider, &events, "17:31").iter().filter(|s| s.contains("r2 RE")).count(),
            0
        );
        switch.switch_off(&forged, utc("17:32"));
        let mut later = receive(&mut provider, &events, "17:40");
        assert!(later.iter().all(|s| !s.contains("r1 RECEIVED")), "{later:?}");
        later.extend(come(&mut provider, "18:05"));
        assert!(later.iter().any(|s| s.contains(ends)), "{later:?}");
    }
}

#[test]
fn levels_reversed_on_the_way_are_refused_or_read_back_as_they_came() {
    use crate::profile::faults::{Affliction, FspFault};
    let fsp = || "BRIGHTFLEX".parse().unwrap();
    for checks_id_only in [false, true] {
        let mut provider = provider();
        let switch = FaultSwitch::default();
        provider.obeys(switch.clone());
        let altered = FspFault::Altered { into: Alteration::Reversed };
        switch.switch_on(Affliction::Fsp(fsp(), altered), utc("15:30"));
        if checks_id_only {
            switch.switch_on(Affliction::Fsp(fsp(), FspFault::ChecksIdOnly), utc("15:30"));
        }
        let sent = hour();
        let answered = answers(&mut provider, &[event(&sent, "16:00")], "16:00");
        let last = answered.last().unwrap();
        if checks_id_only {
            let fields = compare_readback(&sent.document(), last.readback.as_ref().unwrap());
            let differ: Vec<&str> = fields
                .iter()
                .filter(|field| field.comparison == Comparison::Differs)
                .map(|field| field.field.as_str())
                .collect();
            assert_eq!((last.stage, differ), (Stage::Accepted, vec!["setpoints[0].real"]));
        } else {
            assert_eq!((last.stage, last.reason), (Stage::Rejected, Some(Reason::BadSignature)));
        }
    }
}
