//! Alarms that a person puts aside: who, why and until when is journalled, and nothing is put aside that must not be.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{Priority, ShelfTime};

use super::world::{World, run, send, unit};

fn shelve(id: u64, time: ShelfTime) -> Command {
    Command::ShelveAlarm {
        id,
        time,
        by: "K. Shah".to_owned(),
        reason: "their line is being repaired".to_owned(),
    }
}

fn journalled(world: &World, words: &str) -> bool {
    world.snapshot().journal_tail.iter().any(|recorded| recorded.entry.text.contains(words))
}

/// The id of the alarm that says this and stands in the list.
fn listed(world: &World, words: &str) -> Option<u64> {
    world.snapshot().alarms.iter().find(|alarm| alarm.text.contains(words)).map(|alarm| alarm.id)
}

#[tokio::test(start_paused = true)]
async fn an_alarm_is_put_aside_with_name_and_reason_and_comes_back_by_itself() {
    const WORDS: &str = "BRIGHTFLEX has stopped polling";
    let world = World::ready().await;
    world.pass(40.0).await;
    let id = listed(&world, WORDS).unwrap();
    let said = world.ask(shelve(id, ShelfTime::QuarterHour)).await.unwrap();
    assert!(said.starts_with("shelved until "), "{said}");
    assert_eq!(listed(&world, WORDS), None, "nobody need act on it");
    let snapshot = world.snapshot();
    let shelved = snapshot.shelved[0].shelved.as_ref().unwrap();
    assert_eq!((snapshot.shelved[0].id, shelved.by.as_str()), (id, "K. Shah"));
    assert_eq!(shelved.until.since(shelved.at), 900);
    assert!(journalled(&world, &format!("alarm {id} shelved until ")));
    assert!(journalled(&world, "by K. Shah: “their line is being repaired”"));

    world.pass(850.0).await;
    assert_eq!(listed(&world, WORDS), None);
    world.pass(60.0).await;
    assert_eq!(listed(&world, WORDS), Some(id));
    assert!(world.snapshot().shelved.is_empty());
    assert!(journalled(&world, "back from the shelf, its time is over"));
}

#[tokio::test(start_paused = true)]
async fn an_alarm_is_brought_back_by_hand() {
    let world = World::ready().await;
    world.pass(40.0).await;
    let id = listed(&world, "BRIGHTFLEX has stopped polling").unwrap();
    world.ask(shelve(id, ShelfTime::Shift)).await.unwrap();
    let again = world.ask(shelve(id, ShelfTime::Hour)).await.unwrap_err();
    assert!(again.contains("bring it back first"), "{again}");
    assert_eq!(world.ask(Command::UnshelveAlarm(id)).await.unwrap(), "it stands in the list");
    assert_eq!(listed(&world, "BRIGHTFLEX has stopped polling"), Some(id));
    assert!(journalled(&world, "brought back from the shelf by hand"));
    assert!(world.ask(Command::UnshelveAlarm(id)).await.unwrap_err().contains("is not shelved"));
}

#[tokio::test(start_paused = true)]
async fn an_emergency_stop_that_nobody_answers_is_never_put_aside() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let units = vec![unit("BRIGHTFLEX/BESS-07")];
    world.ask(Command::EmergencyStop { units, operator: None }).await.unwrap();
    world.pass(20.0).await;
    world.assert_alarm(Priority::High, "EMERGENCY STOP not acknowledged");
    let id = listed(&world, "EMERGENCY STOP not acknowledged").unwrap();
    let refused = world.ask(shelve(id, ShelfTime::QuarterHour)).await.unwrap_err();
    assert!(refused.contains("priority 1 of a service that is under way"), "{refused}");
    assert!(listed(&world, "EMERGENCY STOP not acknowledged").is_some());
}
