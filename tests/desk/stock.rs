//! What stands at the VTN otherwise than it was sent: an older revision put back, a damaged document, a copy.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::Priority;
use rampdesk::dispatch::{Dispatch, SignedDispatch};
use rampdesk::openadr::mapping;
use rampdesk::openadr::wire::{Event, Metadata};
use rampdesk::profile::secrets::DESK_CLIENT;
use rampdesk::units::Watts;

use super::weather::Fate;
use super::world::{FOLLOW_EVERY_S, World, key, run, send};

/// Longer than from one stock-taking to the next.
const STOCK_S: f64 = 75.0;

/// The one event of the dispatch.
async fn only_event(world: &World) -> Event {
    let mut events = world.events().await;
    assert_eq!(events.len(), 1, "{events:#?}");
    events.remove(0)
}

/// Somebody who may write at the VTN replaces the event.
async fn replaced(world: &World, event: &Event) {
    let id = event.meta.id.clone().unwrap();
    world.as_client(DESK_CLIENT).put_event(&id, event).await.unwrap();
}

/// Else a copy of an old request that arrives late undoes an amendment, and nobody sees it.
#[tokio::test(start_paused = true)]
async fn an_older_revision_that_was_put_back_is_written_over_and_told() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let first = only_event(&world).await;
    world.ask(send(run(2))).await.unwrap();
    world.pass(2.0).await;
    replaced(&world, &first).await;
    world.pass(STOCK_S).await;
    let (of, revision) = mapping::identity_of(&only_event(&world).await).unwrap();
    assert_eq!((of, revision.get()), (key(), 2));
    world.assert_alarm(Priority::Medium, "The VTN held revision 1 where");
}

/// Else a VTN that changes a dispatch is found out by the FSP alone.
#[tokio::test(start_paused = true)]
async fn a_document_that_was_changed_is_written_again_as_it_was_signed() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let event = only_event(&world).await;
    let signed = mapping::dispatch_from(&event).unwrap();
    let mut parts = signed.dispatch.parts().clone();
    parts.setpoints[0].real.as_mut().unwrap().watts = Watts(-2_000_000);
    let altered =
        SignedDispatch { dispatch: Dispatch::new(parts).unwrap(), signature: signed.signature.clone() };
    let mut forged = mapping::event_from(&altered, &event.program_id);
    forged.meta = event.meta.clone();
    world.pass(2.0).await;
    replaced(&world, &forged).await;
    world.pass(STOCK_S).await;
    assert_eq!(mapping::dispatch_from(&only_event(&world).await).unwrap(), signed);
    world.assert_alarm(Priority::Medium, "The VTN held another content where");
}

/// Else one dispatch stands there twice, and an amendment changes one of them.
#[tokio::test(start_paused = true)]
async fn a_copy_of_an_event_is_taken_away_and_what_is_not_this_desks_stays() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let event = only_event(&world).await;
    let mut copy = event.clone();
    copy.meta = Metadata::default();
    world.pass(2.0).await;
    world.as_client(DESK_CLIENT).post_event(&copy, |_| false).await.unwrap();
    assert_eq!(world.events().await.len(), 2);
    world.pass(STOCK_S).await;
    assert_eq!(only_event(&world).await.meta.id, event.meta.id, "the one that the desk knows stays");

    let mut other = mapping::dispatch_from(&event).unwrap();
    other.signature.value[0] ^= 1;
    let forged = mapping::event_from(&other, &event.program_id);
    world.as_client(DESK_CLIENT).post_event(&forged, |_| false).await.unwrap();
    world.pass(STOCK_S).await;
    assert_eq!(world.events().await.len(), 2, "what somebody else wrote is told, not taken away");
    world.assert_alarm(Priority::Medium, "which this desk did not sign");
}

/// Else what was stopped before the VTN had it stands there beside its stop for a minute, for whoever reads it as another one.
#[tokio::test(start_paused = true)]
async fn what_was_given_up_for_a_stop_and_arrives_after_it_is_taken_away_within_a_few_looks() {
    let world = World::ready().await;
    let programs = world.as_client(DESK_CLIENT).programs().await.unwrap();
    let program = programs.iter().find(|program| program.program_name.contains("0193")).unwrap();
    world.weather.some("POST", "/events", Fate::Hangs, Some(1));
    world.give(send(run(1)));
    world.pass(0.1).await;
    let given_up = world.dispatch().revisions[0].signed.clone();
    world.ask(Command::Stop(key())).await.unwrap();
    let late = mapping::event_from(&given_up, program.meta.id.as_ref().unwrap());
    world.as_client(DESK_CLIENT).post_event(&late, |_| false).await.unwrap();
    assert_eq!(world.events().await.len(), 2);
    world.pass(FOLLOW_EVERY_S * 2.0).await;
    let (of, revision) = mapping::identity_of(&only_event(&world).await).unwrap();
    assert_eq!((of, revision.get()), (key(), 2), "the stop stays");
}
