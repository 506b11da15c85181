//! A VTN that goes and comes back, and a desk that fails at something.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Phase, Priority, Snapshot};
use rampdesk::dispatch::{DispatchParts, Stage};
use rampdesk::journal::Journal;

use super::weather::Fate;
use super::world::{FOLLOW_EVERY_S, World, at, key, run, send, setpoint, unit};

#[tokio::test(start_paused = true)]
async fn a_desk_that_starts_without_its_vtn_says_why_and_goes_on_when_it_comes() {
    let mut world = World::without_desk();
    world.weather.all(Fate::Unreachable);
    world.start_desk(Journal::in_memory().unwrap());
    let error = world.ask(send(run(1))).await.unwrap_err();
    assert!(error.contains("nothing was sent") && error.contains("cannot reach vtn.test"), "{error}");
    assert!(world.dispatch_of(&key()).is_none(), "nothing is shown as sent");
    let down = world.until("lost", |s| s.vtn.state == LinkState::Lost).await;
    assert!(down.vtn.fault.as_ref().unwrap().contains("connection refused"));
    world.assert_alarm(Priority::Medium, "does not answer (it has not answered yet)");
    world.weather.clears();
    world.until("live", |s| s.vtn.state == LinkState::Live).await;
    world.ask(send(run(1))).await.unwrap();
    assert_eq!(world.alarms(), []);
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_goes_away_fails_the_send_and_the_person_can_give_it_again() {
    let world = World::ready().await;
    world.weather.all(Fate::Unreachable);
    let error = world.ask(send(run(1))).await.unwrap_err();
    assert!(
        error.contains("Give it again, or telephone BRIGHTFLEX's control point on 0114 496 0142"),
        "{error}"
    );
    let state = world.dispatch();
    assert_eq!((state.phase, state.is_open()), (Phase::SendFailed, false));
    assert!(state.current().unwrap().fault.as_ref().unwrap().contains("connection refused"));
    world.assert_alarm(Priority::Medium, "was not sent");
    world.weather.clears();
    world.ask(send(run(1))).await.unwrap();
    assert_eq!(world.events().await.len(), 1);
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.alarms(), []);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_one_alarm_and_nobody_is_called_lost_for_it() {
    let world = World::ready().await;
    world
        .ask(send(DispatchParts {
            service_start: at("15:46"),
            setpoints: vec![setpoint("15:46", 2000)],
            ..run(1)
        }))
        .await
        .unwrap();
    world.says(Stage::Accepted).await;
    world.says(Stage::AtSetpoint).await;
    world.pass(60.0).await;
    for fsp in ["BRIGHTFLEX", "TRENTGEN", "COLDCHAIN", "ARDENFLEX"] {
        world.polls(fsp).await;
    }
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.alarms(), []);
    world.weather.all(Fate::Unreachable);
    world.pass(400.0).await;
    let alarms = world.alarms();
    assert_eq!(alarms.len(), 1, "{alarms:#?}");
    world.assert_alarm(Priority::High, "1 service(s) under way");
    let metering = world.snapshot().alarms[0].count;
    assert!(metering > 1, "what it silences is counted");
    assert!(world.snapshot().fsps.iter().all(|f| f.client == LinkState::Live));
    world.weather.clears();
    world.until("live", |s| s.vtn.state == LinkState::Live).await;
}

#[tokio::test(start_paused = true)]
async fn an_emergency_stop_is_tried_even_when_the_vtn_could_not_be_set_up() {
    let mut world = World::without_desk();
    world.weather.some("POST", "/resources", Fate::Unreachable, None);
    world.start_desk(Journal::in_memory().unwrap());
    world.until("a fault", |s| s.vtn.fault.is_some()).await;
    assert!(world.ask(send(run(1))).await.is_err());
    let units = vec![unit("BRIGHTFLEX/BESS-07")];
    world.ask(Command::EmergencyStop { units, operator: None }).await.unwrap();
    assert_eq!(world.events().await.len(), 1);
}

/// Else what is wrong with one FSP's registration keeps a person from stopping another's unit.
#[tokio::test(start_paused = true)]
async fn a_stop_goes_out_although_not_everything_could_be_set_up_again() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.weather.all(Fate::Unreachable);
    world.until("lost", |s| s.vtn.state == LinkState::Lost).await;
    world.weather.clears();
    world.weather.some("GET", "/vens", Fate::Unreachable, None);
    let fault =
        |s: &Snapshot| s.vtn.fault.as_ref().is_some_and(|fault| fault.contains("could not be set up"));
    world.until("it cannot be set up", fault).await;
    let refused = world.ask(send(run(2))).await.unwrap_err();
    assert!(refused.contains("could not be set up"), "{refused}");
    world.ask(Command::Stop(key())).await.unwrap();
    let events = world.events().await;
    let held = rampdesk::openadr::mapping::dispatch_from(&events[0]).unwrap();
    assert!(held.dispatch.status.is_stop(), "{held:?}");
}

#[tokio::test(start_paused = true)]
async fn what_the_desk_itself_fails_at_is_told_and_the_desk_goes_on() {
    let world = World::ready().await;
    world.weather.some("POST", "/events", Fate::Panics, Some(1));
    let error = world.ask(send(run(1))).await.unwrap_err();
    assert!(error.contains("the desk failed at it (the transport is out of its mind)"), "{error}");
    world.assert_alarm(Priority::High, "The desk itself failed at something");
    world.ask(send(run(1))).await.unwrap();
    assert_eq!((world.events().await.len(), world.dispatch().phase), (1, Phase::Sent));
}

#[tokio::test(start_paused = true)]
async fn a_look_that_hangs_keeps_nobody_from_sending() {
    let world = World::ready().await;
    world.weather.some("GET", "/reports", Fate::Hangs, None);
    world.pass(FOLLOW_EVERY_S * 4.0).await;
    world.ask(send(run(1))).await.unwrap();
    world.ask(Command::Stop(key())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_desk_that_closes_while_the_vtn_hangs_says_what_became_of_the_send() {
    let mut world = World::ready().await;
    world.weather.some("POST", "/events", Fate::Hangs, None);
    let number = world.give(send(run(1)));
    world.pass(1.0).await;
    let handle = world.desk.as_ref().unwrap().handle.clone();
    world.desk.take().unwrap().stop().await;
    let snapshot = handle.snapshot();
    let outcome = snapshot.outcomes.iter().find(|o| o.command == number).unwrap();
    let error = outcome.result.as_ref().unwrap_err();
    assert!(error.contains("the desk closed before the VTN confirmed it"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn without_its_journal_a_desk_sends_nothing_but_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut world = World::without_desk();
    world.start_desk(Journal::open(&path).unwrap());
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch("ALTER TABLE entries RENAME TO mislaid").unwrap();
    let error = world.ask(send(run(2))).await.unwrap_err();
    assert!(error.contains("nothing was sent: cannot use the journal"), "{error}");
    assert_eq!(world.dispatch().revisions.len(), 1);
    world.assert_alarm(Priority::High, "The journal cannot be written");
    world.ask(Command::Stop(key())).await.unwrap();
    file.execute_batch("ALTER TABLE mislaid RENAME TO entries").unwrap();
    world.pass(FOLLOW_EVERY_S * 3.0).await;
    assert!(world.alarms().iter().all(|(_, text)| !text.contains("journal")), "{:#?}", world.alarms());
    world.desk.take().unwrap().stop().await;
    let journal = Journal::open_to_read(&path).unwrap();
    journal.verify().unwrap();
    let entries = journal.entries(0, usize::MAX).unwrap();
    let held = |text: &str| entries.iter().any(|r| r.entry.text.contains(text));
    assert!(held("about to be sent: EMID-20261126-0001 revision 2 (STOP"), "nothing noted meanwhile is lost");
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_comes_back_empty_gets_what_is_open_again_as_it_was_signed() {
    let mut world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Accepted).await;
    world.ask(send(run(2))).await.unwrap();
    let over = DispatchParts {
        dispatch_ref: "EMID-20261126-0002".parse().unwrap(),
        unit: unit("BRIGHTFLEX/BESS-08"),
        ..run(1)
    };
    let over_key = world.ask_for(over).await;
    world.ask(Command::Stop(over_key.clone())).await.unwrap();
    world.says_of(&over_key, Stage::Stopped).await;
    world.pass(FOLLOW_EVERY_S).await;
    let signed = world.dispatch().current().unwrap().signed.clone();
    world.weather.all(Fate::Unreachable);
    world.until("lost", |s| s.vtn.state == LinkState::Lost).await;
    world.lose_vtn();
    world.weather.clears();
    world.until("live", |s| s.vtn.state == LinkState::Live).await;
    world.pass(FOLLOW_EVERY_S).await;
    let events = world.events().await;
    assert_eq!(events.len(), 1, "what is over stays over");
    assert_eq!(rampdesk::openadr::mapping::dispatch_from(&events[0]).unwrap(), signed);
    let state = world.dispatch();
    assert_eq!((state.revisions.len(), state.phase), (2, Phase::Sent));
    assert_eq!(state.current().unwrap().event_id, events[0].meta.id);
    world.assert_alarm(Priority::Medium, "came back without EMID-20261126-0001 revision 2");
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.dispatch().phase, Phase::Accepted);
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_of_minutes_nobody_is_called_lost_or_late_before_they_could_come_back() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Accepted).await;
    let fsps = ["BRIGHTFLEX", "TRENTGEN", "COLDCHAIN", "ARDENFLEX"];
    world.clock.sleep_until(at("16:58")).await;
    for fsp in fsps {
        world.polls(fsp).await;
    }
    world.pass(FOLLOW_EVERY_S).await;
    world.weather.all(Fate::Unreachable);
    world.pass(300.0).await;
    world.weather.clears();
    world.until("live", |s| s.vtn.state == LinkState::Live).await;
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.alarms(), [], "the service began meanwhile, and its FSP cannot have told it");
    world.pass(30.0).await;
    assert_eq!(world.alarms(), []);
    for fsp in fsps {
        world.polls(fsp).await;
    }
    world.says(Stage::Started).await;
    world.says(Stage::AtSetpoint).await;
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.alarms(), []);
    assert!(world.snapshot().fsps.iter().all(|f| f.client == LinkState::Live));
    world.pass(30.0).await;
    world.assert_alarm(Priority::High, "BRIGHTFLEX has stopped polling");
}
