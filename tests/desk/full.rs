//! A journal that cannot be written: nothing goes out that is not in it, stops apart, and nothing of what happened
//! meanwhile is missing from it afterwards.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Phase, Priority};
use rampdesk::dispatch::{DispatchParts, Stage, Status};
use rampdesk::journal::{EntryKind, Journal};
use rampdesk::openadr::mapping;

use super::world::{FOLLOW_EVERY_S, World, key, run, send, unit};

const FULL: &str = "CREATE TRIGGER full BEFORE INSERT ON entries
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;";

#[tokio::test(start_paused = true)]
async fn on_a_full_disk_only_stops_go_out_and_they_are_journalled_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut world = World::without_desk();
    world.start_desk(Journal::open(&path).unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    let disk = rusqlite::Connection::open(&path).unwrap();
    disk.execute_batch(FULL).unwrap();

    let other = DispatchParts {
        dispatch_ref: "EMID-20261126-0002".parse().unwrap(),
        unit: unit("BRIGHTFLEX/BESS-08"),
        ..run(1)
    };
    let refused = world.ask(send(other.clone())).await.unwrap_err();
    assert!(refused.starts_with("nothing was sent: cannot use the journal"), "{refused}");
    assert!(
        refused.contains("disk is full") && refused.contains("is journalled before it is sent"),
        "{refused}"
    );
    assert_eq!(world.events().await.len(), 1);
    world.assert_alarm(Priority::High, "The journal cannot be written");
    world.ask(Command::Stop(key())).await.unwrap();
    let held = mapping::dispatch_from(&world.events().await[0]).unwrap().dispatch;
    assert_eq!(held.status, Status::Stop);

    disk.execute_batch("DROP TRIGGER full").unwrap();
    world.pass(FOLLOW_EVERY_S).await;
    assert!(!world.alarms().iter().any(|(_, text)| text.contains("journal")), "{:?}", world.alarms());
    world.ask(send(other)).await.unwrap();
    drop(world.desk.take());
    let journal = Journal::open_to_read(&path).unwrap();
    journal.verify().unwrap();
    let entries = journal.entries(0, usize::MAX).unwrap();
    let intents: Vec<String> = entries
        .iter()
        .filter(|r| r.entry.kind == EntryKind::Intent)
        .map(|r| r.entry.text.trim_start_matches("signed, about to be sent: ").to_owned())
        .collect();
    assert_eq!(
        intents,
        [
            "EMID-20261126-0001 revision 1 (RUN, BRIGHTFLEX/BESS-07)",
            "EMID-20261126-0001 revision 2 (STOP, BRIGHTFLEX/BESS-07)",
            "EMID-20261126-0002 revision 1 (RUN, BRIGHTFLEX/BESS-08)"
        ],
        "what was refused was never about to be sent"
    );
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_may_only_be_read_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    drop(Journal::open(&path).unwrap());
    let mut world = World::without_desk();
    world.start_desk(Journal::open_to_read(&path).unwrap());
    let refused = world.ask(send(run(1))).await.unwrap_err();
    assert!(refused.contains("see that it and its folder may be written"), "{refused}");
    assert!(world.events().await.is_empty());
    assert!(world.dispatch_of(&key()).is_none_or(|state| state.phase == Phase::SendFailed));
    world.assert_alarm(Priority::High, "The journal cannot be written");
}
