//! What an FSP answers is believed when it is proven, and what does not come is told.

use rampdesk::desk::command::{Command, Together};
use rampdesk::desk::snapshot::{LinkState, Phase, Priority};
use rampdesk::dispatch::{SigningKey, Stage, Status};
use rampdesk::journal::Journal;
use rampdesk::openadr::mapping::{self, Heartbeat, MinuteReading, UnitPulse};
use rampdesk::openadr::wire::Report;
use rampdesk::power::{Reading, UnitPhase};

use super::world::{FOLLOW_EVERY_S, World, at, key, run, said, send, setpoint, unit};

#[tokio::test(start_paused = true)]
async fn a_dispatch_climbs_its_ladder_and_its_read_back_is_compared() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    for (stage, phase) in [(Stage::Received, Phase::Received), (Stage::Accepted, Phase::Accepted)] {
        world.says(stage).await;
        world.pass(FOLLOW_EVERY_S).await;
        assert_eq!(world.dispatch().phase, phase);
    }
    let state = world.dispatch();
    assert!(state.readback.as_ref().unwrap().iter().all(|f| f.comparison.word() == "matched"));
    assert_eq!(state.awaited.as_deref(), Some("start of BRIGHTFLEX/BESS-07"));
    assert_eq!(world.alarms(), []);
}

#[tokio::test(start_paused = true)]
async fn a_forged_acknowledgement_is_a_grave_alarm_and_changes_nothing() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let dispatch = world.dispatch().dispatch().unwrap().clone();
    let own = world.fsp_key("BRIGHTFLEX");
    let forger = SigningKey::from_seed(own.key_id().clone(), &[9; 32]);
    let forged = said(&dispatch, Stage::Accepted, at("15:45")).sign(&forger).unwrap();
    world.files("BRIGHTFLEX", |event| mapping::report_from_acknowledgement(&forged, event)).await;
    world.pass(FOLLOW_EVERY_S).await;
    let state = world.dispatch();
    assert_eq!((state.phase, state.ladder.len()), (Phase::Sent, 1));
    assert!(state.ladder[0].signature.is_err());
    world.assert_alarm(Priority::High, "was not believed: the signature by key");
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.dispatch().phase, Phase::Accepted, "the true one is believed");
    let id = world.snapshot().alarms[0].id;
    world.ask(Command::AcknowledgeAlarms(vec![id])).await.unwrap();
    assert_eq!(world.alarms(), []);
    assert!(world.ask(Command::AcknowledgeAlarms(vec![id])).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_hundreds_of_reports_came_before_is_heard_in_the_same_look() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let trentgen = world.as_client("TRENTGEN");
    let anchor = world.anchor("TRENTGEN").await;
    // Half a second for them all, as the VTN's clock has them: more than are told in one answer after another.
    for n in 0..620 {
        let report =
            Report { event_id: anchor.clone(), client_name: format!("TRENTGEN {n}"), ..Report::default() };
        trentgen.post_report(&report, |_| false).await.unwrap();
        if n % 2 == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
    world.says(Stage::Accepted).await;
    assert_eq!(world.dispatch().phase, Phase::Sent, "not looked for yet");
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.dispatch().phase, Phase::Accepted);
    assert_eq!(world.alarms(), []);
}

#[tokio::test(start_paused = true)]
async fn another_fsp_cannot_speak_for_a_unit() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let dispatch = world.dispatch().dispatch().unwrap().clone();
    let stolen = said(&dispatch, Stage::Accepted, at("15:45")).sign(&world.fsp_key("BRIGHTFLEX")).unwrap();
    // On an event that it can see and under a unit of its own: of any other the VTN itself takes nothing.
    let mut report = mapping::report_from_acknowledgement(&stolen, &world.anchor("TRENTGEN").await);
    let thief = world.as_client("TRENTGEN");
    assert_eq!(thief.post_report(&report, |_| false).await.unwrap_err().status(), Some(403));
    report.resources[0].resource_name = "GAS-01".to_owned();
    thief.post_report(&report, |_| false).await.unwrap();
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!((world.dispatch().phase, world.dispatch().ladder.len()), (Phase::Sent, 0));
    world.assert_alarm(Priority::High, "Client `TRENTGEN` reported for BRIGHTFLEX/GAS-01");
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_does_not_come_is_told_after_the_contracts_seconds() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    for _ in 0..5 {
        world.polls("BRIGHTFLEX").await;
        world.pass(5.0).await;
    }
    assert_eq!(world.alarms(), [], "25 s are not 30");
    world.polls("BRIGHTFLEX").await;
    world.pass(6.0).await;
    world.assert_alarm(Priority::Medium, "waits for acknowledgement from BRIGHTFLEX, due by 15:45:30 UTC");
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    let still: Vec<_> = world.alarms().into_iter().filter(|(_, text)| text.contains("waits for")).collect();
    assert_eq!(still, [], "it came: the cause is gone");
    assert_eq!(world.snapshot().alarms.iter().filter(|a| a.text.contains("waits for")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_emergency_stop_unanswered_is_a_grave_alarm_once_a_poll_should_have_brought_it() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    let units = vec![unit("BRIGHTFLEX/BESS-07")];
    world.ask(Command::EmergencyStop { units, operator: None }).await.unwrap();
    world.pass(14.0).await;
    assert!(world.alarms().iter().all(|(p, _)| *p != Priority::High));
    world.pass(1.5).await;
    world.assert_alarm(Priority::High, "EMERGENCY STOP not acknowledged within 15 s");
}

/// Else a trainer beside a control room at another machine sees nothing of it, or two desks undo what the other asks.
#[tokio::test(start_paused = true)]
async fn a_desk_that_only_follows_shows_what_is_asked_elsewhere_and_asks_nothing() {
    let mut world = World::ready().await;
    let first = world.desk.take().unwrap();
    world.follows_only = Some("the control room is elsewhere");
    world.start_desk(Journal::in_memory().unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    first.handle.give(send(run(1)));
    world.until("the dispatch is followed", |s| s.dispatches.len() == 1).await;
    for stage in [Stage::Received, Stage::Accepted] {
        world.says(stage).await;
    }
    world.until("and its answers", |s| s.dispatches[0].phase == Phase::Accepted).await;
    assert_eq!(world.alarms(), []);
    first.handle.give(send(run(2)));
    world.until("an amendment", |s| s.dispatches[0].revisions.len() == 2).await;
    let refused = "nothing is sent from here: the control room is elsewhere";
    for command in [
        send(run(3)),
        Command::SendTogether(Box::new(Together { dispatches: vec![run(3)], approval: None })),
        Command::Stop(key()),
        Command::EmergencyStop { units: Vec::new(), operator: None },
    ] {
        assert_eq!(world.ask(command).await, Err(refused.to_owned()));
    }
    first.handle.give(Command::Stop(key()));
    world.until("a stop", |s| s.dispatches[0].dispatch().unwrap().status == Status::Stop).await;
    let stood = world.events().await;
    world.pass(300.0).await;
    assert_eq!(world.events().await, stood, "neither puts right what the other has at the VTN");
    assert!(world.alarms().iter().all(|(_, text)| !text.contains("who else writes to this VTN")));
    let id = world.snapshot().alarms[0].id;
    world.ask(Command::AcknowledgeAlarms(vec![id])).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn polls_light_the_clients_lamp_and_pulses_the_units() {
    let world = World::ready().await;
    world.polls("BRIGHTFLEX").await;
    world.pass(FOLLOW_EVERY_S).await;
    let client = |world: &World, id: &str| {
        let snapshot = world.snapshot();
        let fsp = snapshot.fsps.iter().find(|f| f.id.as_str() == id).unwrap();
        (fsp.client, fsp.last_poll)
    };
    assert_eq!(client(&world, "BRIGHTFLEX"), (LinkState::Live, Some(at("15:45"))));
    assert_eq!(client(&world, "TRENTGEN"), (LinkState::Unknown, None));
    let anchor = world.anchor("BRIGHTFLEX").await;
    let pulse = UnitPulse {
        unit: unit("BRIGHTFLEX/BESS-07"),
        phase: UnitPhase::Holding,
        kw: 1234.5,
        soc: Some(0.7),
        alive: true,
    };
    let heartbeat = Heartbeat {
        operator: key().operator,
        fsp: "BRIGHTFLEX".parse().unwrap(),
        at: world.clock.now(),
        seen: Vec::new(),
        units: vec![pulse],
    };
    let report = mapping::report_from_heartbeat(&heartbeat, &anchor);
    world.as_client("BRIGHTFLEX").post_report(&report, |_| false).await.unwrap();
    world.pass(FOLLOW_EVERY_S).await;
    let snapshot = world.snapshot();
    let seen = snapshot.units.iter().find(|u| u.unit == unit("BRIGHTFLEX/BESS-07")).unwrap();
    assert_eq!(
        (seen.lamp, seen.state.as_str(), seen.kw, seen.soc),
        (LinkState::Live, "HOLDING", Some(1234.5), Some(0.7))
    );
    assert_eq!((seen.baseline_kw, seen.readings.len(), seen.max_kw), (Some(0.0), 1, 2500.0));
    world.pass(15.0).await;
    assert_eq!(client(&world, "BRIGHTFLEX").0, LinkState::Late);
    world.pass(10.0).await;
    assert_eq!(client(&world, "BRIGHTFLEX").0, LinkState::Lost);
    world.assert_alarm(Priority::Low, "BRIGHTFLEX has stopped polling");
    world.pass(10.0).await;
    world.polls("BRIGHTFLEX").await;
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(client(&world, "BRIGHTFLEX").0, LinkState::Live);
    let (snapshot, now) = (world.snapshot(), world.clock.now());
    let line = &snapshot.fsps.iter().find(|f| f.id.as_str() == "BRIGHTFLEX").unwrap().heard;
    let lamps: Vec<_> = line.lamps(at("15:45"), now, 10).iter().map(|l| l.state).collect();
    assert_eq!(lamps, [LinkState::Live, LinkState::Late, LinkState::Lost, LinkState::Live]);
    let seen = snapshot.units.iter().find(|u| u.unit == unit("BRIGHTFLEX/BESS-07")).unwrap();
    assert_eq!((seen.heard.stretches().len(), seen.charge.at(now, 120)), (1, Some(0.7)));
    let news = snapshot.vtn.news.stretches();
    assert!(news.len() == 1 && now.since(news[0].to) < 20, "{news:?}");
}

#[tokio::test(start_paused = true)]
async fn minutes_are_metered_against_the_dispatch_and_marked() {
    let world = World::ready().await;
    world
        .ask(send(rampdesk::dispatch::DispatchParts {
            service_start: at("15:46"),
            service_end: at("15:50"),
            setpoints: vec![setpoint("15:46", 2000)],
            ..run(1)
        }))
        .await
        .unwrap();
    world.says(Stage::Accepted).await;
    world.says(Stage::AtSetpoint).await;
    for minute in 47..=50_i64 {
        world.clock.sleep_until(at("15:45") + (minute - 45) * 60).await;
        let reading = Reading { at: at("15:45").unix() as f64 + (minute - 45) as f64 * 60.0, kw: 2000.0 };
        let minutes = [MinuteReading { reading, baseline_kw: Some(0.0), soc: Some(0.6), kvar: Some(-250.0) }];
        world
            .files("BRIGHTFLEX", |event| {
                mapping::report_from_readings(event, &unit("BRIGHTFLEX/BESS-07"), &minutes)
            })
            .await;
        world.pass(FOLLOW_EVERY_S).await;
    }
    world.says(Stage::Ended).await;
    world.pass(FOLLOW_EVERY_S).await;
    let state = world.dispatch();
    let score = state.score.clone().unwrap();
    assert_eq!((state.phase, state.readings.len()), (Phase::Ended, 4));
    let reactive: Vec<f64> = state.reactive.range(f64::MIN, f64::MAX).map(|r| r.kw).collect();
    assert_eq!(reactive, [-250.0; 4], "what was metered of reactive power is kept beside it");
    assert_eq!((score.minutes_metered, score.minutes_missing, score.ratio), (4, 0, Some(1.0)));
}

#[tokio::test(start_paused = true)]
async fn a_still_desk_publishes_no_more_than_it_looks_and_a_busy_one_thirty_times_a_second() {
    let world = World::ready().await;
    world.pass(5.0).await;
    let before = world.snapshot().sequence;
    world.pass(60.0).await;
    let looked = world.snapshot().sequence - before;
    assert!(looked <= 13, "{looked} publications in a still minute");
    let before = world.snapshot().sequence;
    let began = tokio::time::Instant::now();
    for _ in 0..500 {
        world.give(Command::AcknowledgeAlarms(vec![99]));
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let published = world.snapshot().sequence - before;
    assert_eq!(began.elapsed().as_millis(), 1000);
    assert!((20..=31).contains(&published), "{published} publications in a busy second");
}
