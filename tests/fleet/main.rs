//! FSP agents against the embedded VTN, in virtual time: what an operator would see of them at a real one.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it must be")]

mod availability;
mod field;
mod line;
mod network;
mod several;

use rampdesk::dispatch::{
    Comparison, KeyRing, PublicKey, Reason, Revocation, Stage, Status, compare_readback,
};
use rampdesk::openadr::mapping;
use rampdesk::power::{Meter, UnitPhase};
use rampdesk::profile::fail_safe::{FailSafe, SafeLevel};
use rampdesk::time::Rate;
use rampdesk::units::Watts;

use field::{Field, seconds, utc};

const RUN_STAGES: [&str; 5] = [
    "r1 RECEIVED 16:30:0?",
    "r1 ACCEPTED 16:30:0?",
    "r1 STARTED 16:59:10",
    "r1 AT_SETPOINT 17:00:00",
    "r1 ENDED 18:00:00",
];

#[tokio::test(start_paused = true)]
async fn a_run_goes_from_received_to_ended_at_its_exact_times_with_a_reading_every_minute() {
    let field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("19:30").await;

    field.expect_stages(&event, &RUN_STAGES).await;
    let accepted = field.acknowledgement(&event, Stage::Accepted).await;
    let compared = compare_readback(&field.run(1, 500), accepted.readback.as_ref().unwrap());
    assert!(compared.iter().all(|f| f.comparison == Comparison::Matched), "{compared:?}");

    let minutes = field.minutes(&event).await;
    let ends: Vec<_> = minutes.iter().map(|m| m.reading.at).collect();
    let expected: Vec<_> = (0..=120).map(|n| seconds("17:00") + 60.0 * f64::from(n)).collect();
    assert_eq!(ends, expected, "every minute from the move to an hour after the end");
    // Up at 10 kW/s in the 50 s before 17:00; down at 5 kW/s in the 100 s after 18:00.
    let ramp_up = 500.0 * 25.0 / 60.0;
    for (index, kw) in
        [(0, ramp_up), (1, 500.0), (60, 500.0), (61, 350.0), (62, 200.0 * 20.0 / 60.0), (120, 0.0)]
    {
        let minute = &minutes[index];
        assert!((minute.reading.kw - kw).abs() < 0.001, "minute {index}: {} kW", minute.reading.kw);
        assert_eq!(minute.baseline_kw, Some(0.0));
    }
    let reports = field.minutes_by_report(&event).await;
    assert_eq!((reports[0], &reports[1..]), (1, &[5; 24][..]), "one report for each five minutes");
    assert!(minutes[1].soc.unwrap() > minutes[60].soc.unwrap(), "an export empties the battery");
    assert!(field.wire_reading(&event).await.starts_with('-'), "the wire counts consumption");
}

#[tokio::test(start_paused = true)]
async fn an_operators_key_that_is_revoked_while_the_fleet_runs_moves_nothing_new_and_what_is_under_way_goes_on()
 {
    let mut field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("16:40").await;
    let reason = "the laptop was stolen".to_owned();
    let revoked = Some(Revocation { at: utc("16:41"), reason });
    field.rekey(KeyRing::new([PublicKey { revoked, ..field::key(field::OPERATOR_KEY).public(None, None) }]));
    field.at("16:45").await;
    let amended = field.send(&field.run(2, 400)).await;
    field.at("19:30").await;
    field.expect_stages(&event, &RUN_STAGES).await;
    let refusal = field.acknowledgement(&amended, Stage::Rejected).await;
    assert_eq!(refusal.reason, Some(Reason::BadSignature));
    assert!(refusal.detail.as_ref().unwrap().contains("was revoked at"), "{refusal:?}");
}

#[tokio::test(start_paused = true)]
async fn a_forged_dispatch_is_never_acted_on_and_is_reported() {
    let field = Field::open().await;
    field.at("16:30").await;
    let event = field.send_signed_by("someone-else", &field.run(1, 500)).await;
    field.at("19:00").await;
    let acknowledged = field.acknowledgements(&event).await;
    assert_eq!(acknowledged.len(), 1);
    assert_eq!(
        (acknowledged[0].stage, acknowledged[0].reason),
        (Stage::Rejected, Some(Reason::BadSignature))
    );
    assert!(field.minutes(&event).await.is_empty());
    let pulse = field.pulse().await;
    assert_eq!((pulse.phase, pulse.kw), (UnitPhase::Off, 0.0));
}

#[tokio::test(start_paused = true)]
async fn an_fsp_finds_its_dispatches_on_a_vtn_that_shows_them_only_to_whoever_names_the_target() {
    let mut field = Field::of(2, 2).await;
    field.line.show_targeted_only_when_named();
    field.restart_fleet().await;
    field.at("16:30").await;
    let mut events = Vec::new();
    for unit in field.units() {
        events.push(field.send(&field.run_of(&unit, 1, 500)).await);
    }
    field.at("19:30").await;
    for event in events {
        field.expect_stages(&event, &RUN_STAGES).await;
        assert_eq!(field.minutes(&event).await.len(), 121);
    }
}

#[tokio::test(start_paused = true)]
async fn an_fsp_leaves_the_dispatches_of_others_alone_although_the_vtn_shows_them() {
    let field = Field::of(2, 1).await;
    field.at("16:30").await;
    let units = field.units();
    let event = field.send_to_all(&field.run_of(&units[1], 1, 500)).await;
    field.at("18:10").await;
    field.expect_stages(&event, &RUN_STAGES).await;
    let filed_by: Vec<_> = field.reports(&event).await.into_iter().filter_map(|r| r.client_id).collect();
    assert!(filed_by.iter().all(|client| *client == units[1].fsp.as_str()), "{filed_by:?}");
}

#[tokio::test(start_paused = true)]
async fn a_unit_delivers_through_an_outage_and_everything_is_told_afterwards_once() {
    let field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("16:58").await;
    field.line.cut();
    field.at("17:40").await;
    let requests_while_cut = field.line.attempts();
    field.line.mend();
    field.at("19:30").await;
    field.expect_stages(&event, &RUN_STAGES).await;
    assert_eq!(field.minutes(&event).await.len(), 121);
    assert!(requests_while_cut < 2000, "{requests_while_cut} attempts on a dead line in 42 minutes");
    let beat = field.heartbeat().await;
    assert!(utc("19:30").since(beat.at) <= 10, "the beat goes on: {}", beat.at);
}

#[tokio::test(start_paused = true)]
async fn a_unit_goes_to_its_fail_safe_level_three_polls_after_the_last_and_takes_its_dispatch_up_again() {
    let field =
        Field::failing_safe(FailSafe { level: SafeLevel::Absolute(Watts(-100_000)), after_polls: 3 }).await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("17:20").await;
    field.line.cut();
    field.at("17:30").await;
    field.line.mend();
    field.at("19:30").await;
    field.expect_stages(&event, &RUN_STAGES).await;
    let minutes = field.minutes(&event).await;
    assert_eq!(minutes.len(), 121, "metered all along, and told afterwards");
    let kw = |end: &str| minutes.iter().find(|m| m.reading.at == seconds(end)).unwrap().reading.kw;
    assert_eq!(kw("17:20"), 500.0);
    let first = kw("17:21");
    assert!((300.0..500.0).contains(&first), "it left half a minute after its last poll: {first} kW");
    assert_eq!((kw("17:24"), kw("17:30")), (-100.0, -100.0));
    assert_eq!((kw("17:33"), kw("18:00")), (500.0, 500.0));
}

#[tokio::test(start_paused = true)]
async fn what_is_reported_is_what_the_meter_reads_and_the_unit_delivers_what_it_delivers() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let field = Field::metered(Meter { noise: 0.01, resolution_kw: Some(1.0), seed: 3 }).await;
        field.at("16:30").await;
        let event = field.send(&field.run(1, 500)).await;
        field.at("17:30").await;
        assert_eq!(field.pulse().await.kw, 500.0, "the heartbeat tells of the unit, not of its meter");
        field.at("19:30").await;
        field.expect_stages(&event, &RUN_STAGES).await;
        let minutes = field.minutes(&event).await;
        let held = minutes.iter().filter(|m| (seconds("17:01")..=seconds("18:00")).contains(&m.reading.at));
        told.push(held.map(|m| m.reading.kw).collect::<Vec<f64>>());
        assert_eq!(minutes.last().unwrap().reading.kw, 0.0, "nothing reads as nothing");
    }
    assert_eq!((told[0].len(), &told[0]), (60, &told[1]), "the same seed, the same readings");
    assert!(told[0].iter().all(|kw| kw.fract() == 0.0 && (kw - 500.0).abs() <= 30.0), "{told:?}");
    assert!(told[0].windows(2).filter(|pair| pair[0] != pair[1]).count() > 40, "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn an_fsp_that_never_heard_its_vtn_has_its_units_fail_safe_all_the_same() {
    let fail_safe = FailSafe { level: SafeLevel::Absolute(Watts(200_000)), after_polls: 2 };
    let mut field = Field::failing_safe(fail_safe).await;
    field.line.cut();
    field.restart_fleet().await;
    field.at("15:50").await;
    field.line.mend();
    field.at("15:50:50").await;
    let kw = field.pulse().await.kw;
    assert!((0.0..=200.0).contains(&kw), "{kw}");
    field.at("15:53").await;
    assert_eq!(field.pulse().await.kw, 0.0, "and back at baseline once it was heard");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_doubles_nothing() {
    let field = Field::open().await;
    field.at("16:30").await;
    field.line.lose_every_other_answer();
    let event = field.send(&field.run(1, 500)).await;
    field.at("19:30").await;
    field.line.mend();
    field.at("19:32").await;
    let stages: Vec<_> = field.acknowledgements(&event).await.iter().map(|a| a.stage).collect();
    let expected = [Stage::Received, Stage::Accepted, Stage::Started, Stage::AtSetpoint, Stage::Ended];
    assert_eq!(stages, expected);
    let minutes = field.minutes(&event).await;
    assert_eq!(minutes.len(), 121, "no minute twice");
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_put_again_is_acknowledged_again_and_changes_nothing() {
    let field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("16:40").await;
    field.put(&event, &field.run(1, 500)).await;
    field.at("18:10").await;
    field
        .expect_stages(
            &event,
            &[
                "r1 RECEIVED 16:30:0?",
                "r1 ACCEPTED 16:30:0?",
                "r1 RECEIVED 16:40:0?",
                "r1 ACCEPTED 16:40:0?",
                "r1 STARTED 16:59:10",
                "r1 AT_SETPOINT 17:00:00",
                "r1 ENDED 18:00:00",
            ],
        )
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_brought_forward_is_metered_from_its_new_start() {
    let field = Field::open().await;
    field.at("15:50").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("16:00").await;
    field.put(&event, &field.run_from("16:20", 2, 400)).await;
    field.at("19:30").await;
    let minutes = field.minutes(&event).await;
    let first = minutes.first().map(|m| m.reading.at);
    assert_eq!(first, Some(seconds("16:20")), "the minute in which it ramps up");
    assert_eq!(minutes.len(), 161, "every minute until an hour after the end");
}

#[tokio::test(start_paused = true)]
async fn a_stop_brings_the_unit_back_to_baseline_at_its_ramp() {
    let field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("17:20").await;
    field.put(&event, &field.stop(2, Status::Stop)).await;
    field.at("17:40").await;
    let stages = field.stages(&event).await;
    assert!(stages[4].starts_with("r2 RECEIVED 17:20:0") && stages[5].starts_with("r2 ACCEPTED 17:20:0"));
    let (accepted, stopped) =
        (&field.acknowledgements(&event).await[5], &field.acknowledgements(&event).await[6]);
    assert_eq!(stopped.stage, Stage::Stopped);
    assert_eq!(stopped.at.since(accepted.at), 102, "2 s of delay, 500 kW at 5 kW/s");
    assert_eq!(stages.len(), 7);
    assert_eq!(field.pulse().await.kw, 0.0);
}

#[tokio::test(start_paused = true)]
async fn an_emergency_stop_ceases_at_once_and_holds_the_unit() {
    let field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("17:20").await;
    field.put(&event, &field.stop(2, Status::EmergencyStop)).await;
    field.at("18:30").await;
    let acknowledged = field.acknowledgements(&event).await;
    let (accepted, stopped) = (&acknowledged[5], &acknowledged[6]);
    assert_eq!((accepted.stage, stopped.stage), (Stage::Accepted, Stage::Stopped));
    assert_eq!(stopped.at.since(accepted.at), 2, "no ramp: the delay alone");
    assert_eq!(acknowledged.len(), 7);
    assert_eq!(field.pulse().await.phase, UnitPhase::Inhibited);
    assert_eq!(field.minutes(&event).await.last().unwrap().reading.kw, 0.0);
}

#[tokio::test(start_paused = true)]
async fn an_fsp_waits_for_its_programs_and_then_sends_heartbeats() {
    let field = Field::unprovisioned().await;
    field.at("16:00").await;
    field.provision().await;
    field.at("16:02").await;
    let beat = field.heartbeat().await;
    assert!(utc("16:02").since(beat.at) <= 10);
    assert_eq!(beat.fsp.as_str(), "BRIGHTFLEX");
    let first = field.heartbeat_reports().await;
    field.at("16:30").await;
    assert_eq!(field.heartbeat_reports().await, first, "one report, renewed");
    assert_eq!(first, 1);
    let event = field.send(&field.run(1, 500)).await;
    field.at("16:31").await;
    let beat = field.heartbeat().await;
    assert_eq!(beat.seen.len(), 1);
    assert_eq!(field.stages(&event).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_fsp_polls_as_often_as_its_contract_says_before_it_sees_a_program_too() {
    let field = Field::unprovisioned_polling_every(3).await;
    field.at("15:46").await;
    let polls = field.polls();
    assert!(polls.len() >= 18, "{polls:?}");
    let longest = polls.windows(2).map(|pair| pair[1].since(pair[0])).max();
    assert_eq!(longest, Some(3), "a desk that expects a poll every 3 s would count it as lost: {polls:?}");
}

#[tokio::test(start_paused = true)]
async fn an_fsp_that_cannot_see_its_programs_takes_on_its_dispatches_all_the_same() {
    let field = Field::unprovisioned().await;
    field.line.lose_programs();
    field.at("16:00").await;
    field.provision().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("18:10").await;
    field
        .expect_stages(
            &event,
            &[
                "r1 RECEIVED 16:30:??",
                "r1 ACCEPTED 16:30:??",
                "r1 STARTED 16:59:10",
                "r1 AT_SETPOINT 17:00:00",
                "r1 ENDED 18:00:00",
            ],
        )
        .await;
    assert_eq!(field.heartbeat_reports().await, 0);
    field.line.mend();
    field.at("18:12").await;
    assert_eq!(field.heartbeat_reports().await, 1, "the beat begins when they are seen");
}

#[tokio::test(start_paused = true)]
async fn a_restarted_fleet_goes_on_with_what_it_has_taken_on_and_says_nothing_twice() {
    let mut field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    for at in ["16:45", "16:59:30", "17:32:40"] {
        field.at(at).await;
        field.restart_fleet().await;
    }
    field.at("17:32:55").await;
    assert!((field.pulse().await.kw - 500.0).abs() < 0.001);
    field.at("19:30").await;
    field.expect_stages(&event, &RUN_STAGES).await;
    assert_eq!(field.heartbeat_reports().await, 1, "the heartbeat of the earlier run is renewed");
    let minutes = field.minutes(&event).await;
    let ends: Vec<_> = minutes.iter().map(|m| m.reading.at).collect();
    let expected: Vec<_> = (0..=120).map(|n| seconds("17:00") + 60.0 * f64::from(n)).collect();
    assert_eq!(ends, expected, "every minute once");
    assert!((1..=60).all(|index| (minutes[index].reading.kw - 500.0).abs() < 0.001), "{minutes:?}");
    field.restart_fleet().await;
    field.at("19:40").await;
    assert_eq!(field.stages(&event).await.len(), RUN_STAGES.len(), "what is over stays over");
}

#[tokio::test(start_paused = true)]
async fn a_fleet_that_was_away_for_the_end_of_a_service_tells_it_afterwards() {
    let mut field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("17:30:30").await;
    field.stop_fleet().await;
    field.at("18:20").await;
    field.restart_fleet().await;
    field.at("19:30").await;
    field.expect_stages(&event, &RUN_STAGES).await;
    assert_eq!(field.minutes(&event).await.len(), 121, "and the minutes of its absence");
}

#[tokio::test(start_paused = true)]
async fn a_restarted_fleet_obeys_a_stop_that_it_has_answered_and_does_not_answer_it_again() {
    let mut field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("17:20").await;
    field.put(&event, &field.stop(2, Status::Stop)).await;
    field.at("17:20:40").await;
    field.restart_fleet().await;
    field.at("17:40").await;
    let before = field.stages(&event).await;
    assert_eq!(before.len(), 7, "{before:?}");
    assert!(before[6].starts_with("r2 STOPPED 17:2"), "{before:?}");
    let again = field.acknowledgements(&event).await;
    assert!(again.iter().all(|a| a.detail.is_none()), "{again:?}");
    field.restart_fleet().await;
    field.at("17:50").await;
    assert_eq!(field.stages(&event).await, before);
    assert_eq!(field.pulse().await.kw, 0.0);
}

#[tokio::test(start_paused = true)]
async fn an_fsp_goes_on_with_a_vtn_that_has_lost_everything() {
    let field = Field::open().await;
    field.at("16:30").await;
    field.send(&field.run(1, 500)).await;
    field.at("17:10:30").await;
    field.lose_vtn();
    field.provision().await;
    field.at("17:20").await;
    let pulse = field.pulse().await;
    assert!((pulse.kw - 500.0).abs() < 0.001, "it delivers what it has taken on: {} kW", pulse.kw);
    let event = field.send(&field.run(1, 500)).await;
    field.at("19:10").await;
    field.expect_stages(&event, &["r1 RECEIVED 17:20:0?", "r1 ACCEPTED 17:20:0?", "r1 ENDED 18:00:00"]).await;
    let minutes = field.minutes(&event).await;
    assert_eq!(minutes.len(), 121, "the VTN has every minute of it, those from before its loss too");
    assert_eq!(field.heartbeat_reports().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_an_agent_costs_a_pause_and_no_promise() {
    let field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("16:59").await;
    field.line.fail_once();
    field.at("17:05").await;
    field.line.fail_once();
    field.at("19:30").await;
    field.expect_stages(&event, &RUN_STAGES).await;
    assert_eq!(field.minutes(&event).await.len(), 121);
}

#[tokio::test(start_paused = true)]
async fn a_fleet_ends_although_the_clock_stands_still_and_the_line_is_dead() {
    let mut field = Field::open().await;
    field.at("16:00").await;
    field.line.cut();
    field.at("16:00:30").await;
    assert!(field.clock.set_rate(Rate::PAUSED));
    field.stop_fleet().await;
}

#[tokio::test(start_paused = true)]
async fn every_acknowledgement_is_signed_by_the_fsp() {
    let field = Field::open().await;
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("18:10").await;
    let keys = field.fsp_keys();
    let mut count = 0;
    for report in field.reports(&event).await {
        let Some(read) = mapping::acknowledgement_from(&report) else { continue };
        read.unwrap().verify(&keys, utc("18:10")).unwrap();
        count += 1;
    }
    assert_eq!(count, 5);
}

#[tokio::test(start_paused = true)]
async fn a_fleet_says_which_secret_is_missing_before_it_starts() {
    let field = Field::unprovisioned().await;
    let error = field.start_without_key().unwrap_err();
    assert!(error.contains("`BRIGHTFLEX` has no signing key"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn four_hours_of_a_whole_fleet_come_out_the_same_twice_within_their_requests() {
    let four_hours = || async {
        let field = Field::of(4, 3).await;
        field.at("16:30").await;
        for unit in field.units() {
            field.send(&field.run_of(&unit, 1, 500)).await;
        }
        field.at("20:00").await;
        (field.transcript(), field.line.attempts())
    };
    let (first, requests) = four_hours().await;
    let (second, _) = four_hours().await;
    assert_eq!(first.len(), second.len());
    if let Some((one, other)) = first.iter().zip(&second).find(|(one, other)| one != other) {
        panic!("{one}\n{other}");
    }
    assert!((5_000..20_000).contains(&requests), "{requests} requests");
}
