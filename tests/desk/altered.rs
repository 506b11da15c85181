//! An answer of the VTN in which something was altered on its way: what it hid or moved is found again.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Phase};
use rampdesk::dispatch::Stage;
use rampdesk::journal::Journal;

use super::weather::Fate;
use super::world::{FOLLOW_EVERY_S, World, key, run, send};

/// Longer than from one second reading, or one stock-taking, to the next.
const READ_AGAIN_S: f64 = 135.0;

/// Else a dispatch stands at what was said before, for as long as the desk runs.
#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_came_altered_is_heard_when_all_is_read_again() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.pass(FOLLOW_EVERY_S + 1.0).await;
    world.weather.some("GET", "/reports", Fate::Altered("GB_ACK_STAGE", "GB_ACK_STAG0"), Some(1));
    for stage in [Stage::Accepted, Stage::Started, Stage::AtSetpoint] {
        world.says(stage).await;
        world.clock.sleep(0.01).await;
    }
    world.pass(FOLLOW_EVERY_S).await;
    let stages = || {
        let ladder = &world.dispatch().ladder;
        let mut stages: Vec<Stage> = ladder.iter().map(|rung| rung.stage).collect();
        stages.sort();
        stages
    };
    assert_eq!(stages(), [Stage::Started, Stage::AtSetpoint]);
    world.pass(READ_AGAIN_S).await;
    assert_eq!(stages(), [Stage::Accepted, Stage::Started, Stage::AtSetpoint]);
    assert!(
        world.alarms().iter().all(|(_, text)| !text.contains("files its acknowledgements")),
        "nor is the FSP blamed"
    );
}

/// Else one altered year is the end of all news.
#[tokio::test(start_paused = true)]
async fn what_is_told_after_an_altered_instant_is_heard_at_once() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.pass(FOLLOW_EVERY_S).await;
    let altered = Fate::Altered("\"modificationDateTime\":\"2026", "\"modificationDateTime\":\"2926");
    world.weather.some("GET", "/reports", altered, Some(1));
    world.says(Stage::Received).await;
    world.pass(FOLLOW_EVERY_S).await;
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    assert_eq!(world.dispatch().phase, Phase::Accepted);
}

/// Else nothing is sent for as long as the VTN's list stays as it is.
#[tokio::test(start_paused = true)]
async fn a_list_that_came_altered_keeps_the_desk_from_sending_for_a_moment_only() {
    let mut world = World::without_desk();
    world.start_desk(Journal::in_memory().unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    // A second desk finds what the first made.
    world.desk.take().unwrap().stop().await;
    world.weather.some("GET", "/vens", Fate::Altered("\"id\":\"0", "\"id\":\"9"), Some(1));
    world.start_desk(Journal::in_memory().unwrap());
    world.pass(30.0).await;
    world.ask(send(run(1))).await.unwrap();
}

/// Else an amendment makes a second event, and the FSP sees the first one vanish.
#[tokio::test(start_paused = true)]
async fn a_dispatch_whose_event_was_named_wrongly_is_found_where_it_stands() {
    let world = World::ready().await;
    world.weather.some("POST", "/events", Fate::Altered("\"id\":\"0", "\"id\":\"9"), Some(1));
    world.ask(send(run(1))).await.unwrap();
    let stands = world.events().await;
    world.pass(READ_AGAIN_S).await;
    world.ask(send(run(2))).await.unwrap();
    world.ask(Command::Stop(key())).await.unwrap();
    let events = world.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].meta.id, stands[0].meta.id);
    assert_eq!(world.dispatch().revisions.last().unwrap().event_id, stands[0].meta.id);
}
