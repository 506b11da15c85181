//! A desk that is killed and started again on its journal: what it signed is at the VTN or shown as not sent, and what it
//! showed before it shows again.

use std::path::Path;

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Phase, Priority, ShelfTime};
use rampdesk::dispatch::{Revision, Stage, Status};
use rampdesk::journal::{EntryKind, Journal};
use rampdesk::openadr::mapping;

use super::weather::Fate;
use super::world::{FOLLOW_EVERY_S, World, key, run, send, unit};

/// A desk with its journal in a file, ready.
async fn with_journal(path: &Path) -> World {
    let mut world = World::without_desk();
    world.start_desk(Journal::open(path).unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    world
}

/// The desk is killed where it stands, and started again.
async fn killed(mut world: World, path: &Path) -> World {
    drop(world.desk.take());
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    world.weather.clears();
    world.start_desk(Journal::open(path).unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    world.pass(FOLLOW_EVERY_S).await;
    world
}

fn in_a_folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    (folder, path)
}

#[tokio::test(start_paused = true)]
async fn every_revision_of_before_is_shown_again_with_its_stages_and_nothing_is_alarmed() {
    let (_folder, path) = in_a_folder();
    let world = with_journal(&path).await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Received).await;
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    world.ask(send(run(2))).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    world.ask(Command::Stop(key())).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(30.0).await;
    world.says(Stage::Stopped).await;
    world.polls("BRIGHTFLEX").await;
    world.pass(FOLLOW_EVERY_S).await;
    let before = world.dispatch();
    assert_eq!(before.phase, Phase::Stopped);
    let alarms = world.alarms();
    assert!(alarms.iter().all(|(_, text)| text.contains("has stopped polling")), "{alarms:?}");

    let world = killed(world, &path).await;
    let after = world.dispatch();
    assert_eq!((after.phase, after.in_force, after.is_open()), (Phase::Stopped, None, false));
    let revisions = |state: &rampdesk::desk::snapshot::DispatchState| {
        let of = |r: &std::sync::Arc<rampdesk::desk::snapshot::RevisionState>| {
            (r.signed.clone(), r.event_id.clone(), r.sent, r.fault.clone())
        };
        state.revisions.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(revisions(&after), revisions(&before), "three revisions, each when it was sent");
    let rungs = |state: &rampdesk::desk::snapshot::DispatchState| {
        state.ladder.iter().map(|g| (g.revision, g.stage, g.at)).collect::<Vec<_>>()
    };
    assert_eq!(rungs(&after), rungs(&before));
    assert_eq!(world.alarms(), alarms, "those of before, and none more");
    assert!(world.ask(send(run(3))).await.unwrap_err().contains("stands at revision 3"));
}

#[tokio::test(start_paused = true)]
async fn what_was_about_to_be_sent_and_never_reached_the_vtn_is_shown_as_not_sent() {
    let (_folder, path) = in_a_folder();
    let world = with_journal(&path).await;
    world.weather.some("POST", "/events", Fate::Hangs, None);
    world.give(send(run(1)));
    world.pass(1.0).await;
    assert_eq!(world.dispatch().phase, Phase::Sending);

    let world = killed(world, &path).await;
    let state = world.dispatch();
    assert_eq!(state.phase, Phase::SendFailed);
    let fault = state.current().unwrap().fault.clone().unwrap();
    assert!(fault.starts_with("the desk ended before the VTN confirmed it"), "{fault}");
    world.assert_alarm(Priority::Medium, "was not sent: the desk ended before");
    assert!(world.events().await.is_empty(), "nothing goes out that nobody asked for again");

    // It is known once and for all.
    let world = killed(world, &path).await;
    assert_eq!(world.dispatch().phase, Phase::SendFailed);
    world.ask(send(run(1))).await.unwrap();
    assert_eq!(world.events().await.len(), 1);
    let world = killed(world, &path).await;
    assert_eq!(world.dispatch().phase, Phase::Sent);
    assert_eq!(world.alarms(), []);
}

#[tokio::test(start_paused = true)]
async fn what_reached_the_vtn_is_not_sent_twice_though_its_answer_was_never_heard() {
    let (_folder, path) = in_a_folder();
    let world = with_journal(&path).await;
    world.weather.some("POST", "/events", Fate::AnswerLost, None);
    world.weather.some("GET", "/events", Fate::Hangs, None);
    world.give(send(run(1)));
    world.pass(1.0).await;
    assert_eq!(world.dispatch().phase, Phase::Sending);

    let world = killed(world, &path).await;
    let state = world.dispatch();
    assert_eq!((state.phase, world.events().await.len()), (Phase::Sent, 1));
    assert!(world.ask(send(run(1))).await.unwrap_err().contains("the next is 2"));
    let tail = world.snapshot().journal_tail.clone();
    let sent = tail.iter().find(|r| r.entry.kind == EntryKind::Sent).unwrap();
    assert!(sent.entry.text.contains("the desk had ended before it was confirmed"), "{}", sent.entry.text);
}

/// Else a desk that is killed again and again never comes to put it right.
#[tokio::test(start_paused = true)]
async fn what_arrived_beside_its_stop_under_the_kill_is_taken_away_when_the_desk_is_back() {
    let (_folder, path) = in_a_folder();
    let world = with_journal(&path).await;
    let programs = world.as_client("desk").programs().await.unwrap();
    let program = programs.iter().find(|program| program.program_name.contains("0193")).unwrap();
    world.weather.some("POST", "/events", Fate::Hangs, Some(1));
    world.give(send(run(1)));
    world.pass(0.1).await;
    let given_up = world.dispatch().revisions[0].signed.clone();
    world.ask(Command::Stop(key())).await.unwrap();
    let late = mapping::event_from(&given_up, program.meta.id.as_ref().unwrap());
    world.as_client("desk").post_event(&late, |_| false).await.unwrap();

    let world = killed(world, &path).await;
    world.pass(FOLLOW_EVERY_S).await;
    let events = world.events().await;
    let held: Vec<_> = events.iter().filter_map(mapping::identity_of).collect();
    assert_eq!(held, [(key(), Revision::new(2).unwrap())]);
    assert_eq!(world.dispatch().in_force, Revision::new(2));
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_was_not_sent_is_the_gravest_alarm_and_the_revision_before_it_stays_in_force() {
    let (_folder, path) = in_a_folder();
    let world = with_journal(&path).await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    world.weather.some("PUT", "/events", Fate::Hangs, None);
    world.give(Command::Stop(key()));
    world.pass(1.0).await;
    let world = killed(world, &path).await;
    let state = world.dispatch();
    assert_eq!((state.phase, state.in_force), (Phase::SendFailed, Some(Revision::FIRST)));
    world.assert_alarm(Priority::High, "(STOP, BRIGHTFLEX/BESS-07) was not sent");
    world.ask(Command::Stop(key())).await.unwrap();
    let held = mapping::dispatch_from(&world.events().await[0]).unwrap().dispatch;
    assert_eq!(held.status, Status::Stop);
}

#[tokio::test(start_paused = true)]
async fn an_open_dispatch_that_the_vtn_lost_while_the_desk_was_away_goes_there_again() {
    let (_folder, path) = in_a_folder();
    let mut world = with_journal(&path).await;
    world.ask(send(run(1))).await.unwrap();
    world.lose_vtn();
    let world = killed(world, &path).await;
    let events = world.events().await;
    assert_eq!(mapping::identity_of(&events[0]), Some((key(), Revision::FIRST)));
    world.assert_alarm(Priority::Medium, "The VTN came back without");
}

#[tokio::test(start_paused = true)]
async fn alarms_come_back_as_they_stood_and_the_shelf_with_them() {
    let (_folder, path) = in_a_folder();
    let world = with_journal(&path).await;
    world.pass(40.0).await;
    let listed = |world: &World| world.snapshot().alarms.clone();
    let all: Vec<u64> = listed(&world).iter().map(|a| a.id).collect();
    assert_eq!(all.len(), 4, "no FSP has ever polled: {:?}", world.alarms());
    let of = |fsp: &str, world: &World| listed(world).iter().find(|a| a.source == fsp).cloned();
    let shelf = of("COLDCHAIN", &world).unwrap().id;
    world.ask(Command::AcknowledgeAlarms(vec![of("BRIGHTFLEX", &world).unwrap().id])).await.unwrap();
    let (by, reason) = ("K. Shah".to_owned(), "their line is being repaired".to_owned());
    world.ask(Command::ShelveAlarm { id: shelf, time: ShelfTime::QuarterHour, by, reason }).await.unwrap();
    let before = world.snapshot();

    let world = killed(world, &path).await;
    let as_shown = |alarms: &[std::sync::Arc<rampdesk::desk::snapshot::Alarm>]| {
        alarms
            .iter()
            .map(|a| (a.id, a.raised, a.active, a.acknowledged, a.count, a.shelved.clone()))
            .collect::<Vec<_>>()
    };
    let after = world.snapshot();
    assert_eq!(as_shown(&after.alarms), as_shown(&before.alarms));
    assert_eq!(as_shown(&after.shelved), as_shown(&before.shelved));
    assert_eq!(after.shelved[0].id, shelf);
    assert_eq!(after.alarm_load.hour, before.alarm_load.hour, "and so many came in the last hour");

    // What is over is cleared, and the shelf keeps its time.
    for fsp in ["BRIGHTFLEX", "TRENTGEN", "COLDCHAIN", "ARDENFLEX"] {
        world.polls(fsp).await;
    }
    let world = killed(world, &path).await;
    assert_eq!(world.alarms(), []);
    assert!(of("BRIGHTFLEX", &world).is_none(), "acknowledged and over: gone");
    assert!(of("TRENTGEN", &world).is_some_and(|a| !a.active), "nobody has taken notice of it yet");
    world.pass(900.0).await;
    assert!(world.snapshot().shelved.is_empty());
}

/// Else everybody is called to the telephone for a stop that was answered, whenever a desk is started again.
#[tokio::test(start_paused = true)]
async fn an_emergency_stop_that_was_answered_is_not_said_to_be_unanswered_while_the_desk_comes_back() {
    let (_folder, path) = in_a_folder();
    let world = with_journal(&path).await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Received).await;
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    let units = vec![unit("BRIGHTFLEX/BESS-07")];
    world.ask(Command::EmergencyStop { units, operator: None }).await.unwrap();
    world.says(Stage::Received).await;
    world.says(Stage::Accepted).await;
    world.pass(30.0).await;

    let mut world = killed(world, &path).await;
    world.pass(FOLLOW_EVERY_S).await;
    world.desk.take().unwrap().stop().await;
    let entries = Journal::open_to_read(&path).unwrap().entries(0, usize::MAX).unwrap();
    let told = entries.iter().filter(|r| r.entry.text.contains("EMERGENCY STOP not acknowledged"));
    assert_eq!(told.map(|r| r.entry.text.as_str()).collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_emergency_stop_under_the_kill_is_at_the_vtn_or_an_alarm_for_each_unit() {
    let (_folder, path) = in_a_folder();
    let world = with_journal(&path).await;
    world.weather.some("POST", "/events", Fate::Hangs, None);
    let units = vec![unit("BRIGHTFLEX/BESS-07"), unit("BRIGHTFLEX/BESS-08")];
    world.give(Command::EmergencyStop { units, operator: None });
    world.pass(1.0).await;
    let world = killed(world, &path).await;
    let alarms = world.alarms();
    let not_sent = alarms.iter().filter(|(p, text)| *p == Priority::High && text.contains("was not sent"));
    assert_eq!(not_sent.count(), 2, "{alarms:?}");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_heard_while_the_desk_was_away_is_held_against_nobody() {
    let (_folder, path) = in_a_folder();
    let mut world = with_journal(&path).await;
    let fsps = ["BRIGHTFLEX", "TRENTGEN", "COLDCHAIN", "ARDENFLEX"];
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Received).await;
    for fsp in fsps {
        world.polls(fsp).await;
    }
    world.pass(FOLLOW_EVERY_S).await;
    drop(world.desk.take());
    world.pass(600.0).await;
    let world = killed(world, &path).await;
    assert_eq!(world.alarms(), [], "they could not poll a VTN that was away too, for all that is known");
    assert!(world.snapshot().fsps.iter().all(|fsp| fsp.client == LinkState::Unknown));
    for fsp in &fsps[1..] {
        world.polls(fsp).await;
    }
    world.pass(12.0).await;
    assert_eq!(world.alarms(), []);
    world.polls("TRENTGEN").await;
    world.pass(60.0).await;
    world.assert_alarm(Priority::Low, "BRIGHTFLEX has stopped polling");
}
