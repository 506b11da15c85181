//! A desk that is started again goes on where the last one stood.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Phase, Priority};
use rampdesk::dispatch::{Dispatch, DispatchParts, Revision, SigningKey, Stage, Status};
use rampdesk::journal::{EntryKind, Journal, JournalError};
use rampdesk::openadr::mapping;

use super::world::{FOLLOW_EVERY_S, World, key, run, send};

async fn restarted(mut world: World, journal: Journal) -> World {
    world.desk.take().unwrap().stop().await;
    world.start_desk(journal);
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    world.pass(FOLLOW_EVERY_S).await;
    world
}

#[tokio::test(start_paused = true)]
async fn what_is_open_is_taken_up_with_its_revision_and_its_ladder() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.ask(send(run(2))).await.unwrap();
    world.says(Stage::Received).await;
    world.says(Stage::Accepted).await;
    let world = restarted(world, Journal::in_memory().unwrap()).await;
    let state = world.dispatch();
    assert_eq!((state.phase, state.in_force), (Phase::Accepted, Revision::new(2)));
    assert_eq!(state.ladder.len(), 2);
    let unit = world.snapshot().units.iter().find(|u| u.active.is_some()).cloned().unwrap();
    assert_eq!((unit.active.clone(), unit.unit.to_string()), (Some(key()), "BRIGHTFLEX/BESS-07".to_owned()));
    assert!(world.ask(send(run(2))).await.unwrap_err().contains("the next is 3"));
    world.ask(Command::Stop(key())).await.unwrap();
    let events = world.events().await;
    let held = mapping::dispatch_from(&events[0]).unwrap().dispatch;
    assert_eq!((events.len(), held.status, held.revision.get()), (1, Status::Stop, 3));
}

#[tokio::test(start_paused = true)]
async fn what_was_acknowledged_before_is_not_said_to_be_missing_before_it_is_heard_again() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Received).await;
    world.says(Stage::Accepted).await;
    world.pass(600.0).await;
    let world = restarted(world, Journal::in_memory().unwrap()).await;
    assert_eq!(world.dispatch().phase, Phase::Accepted);
    let alarms = world.snapshot().alarms.clone();
    let missing: Vec<_> = alarms.iter().filter(|a| a.text.contains("waits for acknowledgement")).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(start_paused = true)]
async fn provisioning_twice_makes_nothing_twice() {
    let world = World::ready().await;
    let counted = |world: &World| {
        let client = world.as_client("desk");
        async move {
            let anchors = client.events(None).await.unwrap();
            (
                client.programs().await.unwrap().len(),
                client.vens().await.unwrap().len(),
                client.resources().await.unwrap().len(),
                anchors.iter().filter(|e| mapping::is_anchor(e)).count(),
            )
        }
    };
    assert_eq!(counted(&world).await, (4, 4, 12, 4));
    let world = restarted(world, Journal::in_memory().unwrap()).await;
    assert_eq!(counted(&world).await, (4, 4, 12, 4));
    let bess = world.as_client("BRIGHTFLEX").resources().await.unwrap();
    assert_eq!(bess[0].targets, ["BRIGHTFLEX_BESS-07"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_this_desk_did_not_sign_is_told_and_not_taken_up() {
    let world = World::ready().await;
    let client = world.as_client("desk");
    let program =
        client.programs().await.unwrap().into_iter().find(|p| p.program_name.contains("0193")).unwrap();
    let key_id = world.secrets.operators[&key().operator].first().key_id().clone();
    let stranger = SigningKey::from_seed(key_id, &[3; 32]);
    let forged = Dispatch::new(run(1)).unwrap().sign(&stranger).unwrap();
    let event = mapping::event_from(&forged, program.meta.id.as_ref().unwrap());
    client.post_event(&event, |_| false).await.unwrap();
    let world = restarted(world, Journal::in_memory().unwrap()).await;
    assert!(world.dispatch_of(&key()).is_none());
    world.assert_alarm(Priority::Medium, "which this desk did not sign");
}

#[tokio::test(start_paused = true)]
async fn one_journal_goes_on_over_both_sessions_and_shows_what_was_changed_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut world = World::without_desk();
    world.start_desk(Journal::open(&path).unwrap());
    world.ask(send(run(1))).await.unwrap();
    let world = restarted(world, Journal::open(&path).unwrap()).await;
    world.ask(send(DispatchParts { ..run(2) })).await.unwrap();
    let mut world = world;
    world.desk.take().unwrap().stop().await;

    let journal = Journal::open_to_read(&path).unwrap();
    let count = journal.verify().unwrap();
    let entries = journal.entries(0, usize::MAX).unwrap();
    assert_eq!(entries.len() as u64, count);
    assert_eq!(entries.iter().filter(|r| r.entry.kind == EntryKind::Intent).count(), 2);
    assert!(!entries.iter().any(|r| r.entry.text.contains("found at the VTN")), "it knew of it already");
    let intent = entries.iter().find(|r| r.entry.kind == EntryKind::Intent).unwrap().number;
    drop(journal);

    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(&format!(
        "DROP TRIGGER entries_are_never_changed;
         UPDATE entries SET document = replace(document, '2000', '200') WHERE number = {intent};"
    ))
    .unwrap();
    drop(file);
    let broken = Journal::open_to_read(&path).unwrap().verify().unwrap_err();
    assert!(matches!(broken, JournalError::Broken { entry, .. } if entry == intent), "{broken}");
}

#[tokio::test(start_paused = true)]
async fn the_same_session_leaves_the_same_journal_byte_for_byte() {
    let mut heads = Vec::new();
    for _ in 0..2 {
        let mut world = World::ready().await;
        world.ask(send(run(1))).await.unwrap();
        world.says(Stage::Accepted).await;
        world.pass(60.0).await;
        world.ask(Command::EmergencyStop { units: Vec::new(), operator: None }).await.unwrap();
        world.pass(60.0).await;
        let handle = world.desk.as_ref().unwrap().handle.clone();
        world.desk.take().unwrap().stop().await;
        heads.push(handle.snapshot().journal_tail.last().unwrap().hash.clone());
    }
    assert_eq!(heads[0], heads[1]);
}
