//! Above a limit a second person approves with their own key: until then the VTN holds nothing, after it exactly what was
//! approved, and a stop never waits.

use rampdesk::desk::command::{Command, Together};
use rampdesk::desk::snapshot::Phase;
use rampdesk::dispatch::{Approval, Approved, Dispatch, DispatchParts, SigningKey, Status};
use rampdesk::journal::{EntryKind, Journal};
use rampdesk::openadr::mapping;
use rampdesk::profile::approval::ApprovalRules;

use super::weather::Fate;
use super::world::{World, at, key, run, send, setpoint, unit};

fn ada() -> SigningKey {
    SigningKey::from_seed("ada-winter".parse().unwrap(), &[41; 32])
}

/// Above 1.5 MW Ada Winter approves.
fn rules() -> ApprovalRules {
    let text = format!(
        "[[limits]]\nmw = 1.5\n[[approvers]]\nname = \"Ada Winter\"\nkey_id = \"ada-winter\"\npublic = \"{}\"\n",
        ada().public(None, None).to_text()
    );
    ApprovalRules::from_toml("approval.toml", &text).unwrap()
}

async fn limited() -> World {
    let mut world = World::without_desk();
    world.approval = rules();
    world.start_desk(Journal::in_memory().unwrap());
    world.until("the VTN answers", |s| s.vtn.state == rampdesk::desk::snapshot::LinkState::Live).await;
    world
}

fn approval(world: &World, parts: &[DispatchParts]) -> Approval {
    let dispatches: Vec<Dispatch> = parts.iter().map(|p| Dispatch::new(p.clone()).unwrap()).collect();
    Approved::of(&dispatches, world.clock.now()).sign(&ada()).unwrap()
}

fn together(parts: &[DispatchParts], approval: Option<Approval>) -> Command {
    Command::SendTogether(Box::new(Together { dispatches: parts.to_vec(), approval }))
}

/// Of another unit, -800 kW.
fn other() -> DispatchParts {
    DispatchParts {
        dispatch_ref: "EMID-20261126-0002".parse().unwrap(),
        unit: unit("BRIGHTFLEX/BESS-08"),
        setpoints: vec![setpoint("17:00", -800)],
        ..run(1)
    }
}

#[tokio::test(start_paused = true)]
async fn the_vtn_holds_nothing_before_the_approval_and_exactly_what_was_approved_after_it() {
    let world = limited().await;
    for command in [send(run(1)), together(&[run(1)], None)] {
        let refused = world.ask(command).await.unwrap_err();
        assert!(
            refused.contains("2 MW of change is asked, above the limit of 1.5 MW of all operators")
                && refused.contains("Ada Winter (ada-winter)"),
            "{refused}"
        );
    }
    assert!(world.events().await.is_empty() && world.dispatch_of(&key()).is_none());

    let signed = approval(&world, &[run(1)]);
    let changed = DispatchParts { setpoints: vec![setpoint("17:00", 2001)], ..run(1) };
    let void = world.ask(together(&[changed], Some(signed.clone()))).await.unwrap_err();
    assert!(void.contains("has been changed since it was approved: setpoints"), "{void}");
    assert!(world.events().await.is_empty(), "a changed draft is not what was approved");

    world.ask(together(&[run(1)], Some(signed.clone()))).await.unwrap();
    let held = mapping::dispatch_from(&world.events().await.remove(0)).unwrap().dispatch;
    assert_eq!(signed.approved.covers([&held]), Ok(()), "the VTN holds what was approved");
    assert_eq!(held.instruction_time, at("15:45"));

    let state = world.dispatch();
    let by = state.current().unwrap().approved.clone().unwrap();
    assert_eq!((by.who().as_str(), by.at), ("Ada Winter (key ada-winter)", at("15:45")));
    let tail = world.snapshot().journal_tail.clone();
    let place = |kind| tail.iter().position(|r| r.entry.kind == kind).unwrap();
    let entry = &tail[place(EntryKind::Approval)].entry;
    assert_eq!(Approval::from_json(entry.document.as_deref().unwrap()), Ok(signed.clone()));
    assert!(entry.text.contains("approved by Ada Winter (key ada-winter)"), "{}", entry.text);
    assert_eq!(entry.dispatch, Some(key()));
    assert!(
        place(EntryKind::Approval) < place(EntryKind::Intent),
        "it is written down before anything is sent"
    );
    assert!(tail[place(EntryKind::Intent)].entry.text.ends_with("approved by Ada Winter (key ada-winter)"));

    let replayed = world.ask(together(&[run(1)], Some(signed))).await.unwrap_err();
    assert!(replayed.contains("stands at revision 1; the next is 2, not 1"), "{replayed}");
    assert_eq!(world.events().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_amendment_above_the_limit_needs_an_approval_of_its_own() {
    let world = limited().await;
    let small = DispatchParts { setpoints: vec![setpoint("17:00", 1500)], ..run(1) };
    world.ask(send(small)).await.unwrap();
    world.ask(send(run(2))).await.unwrap_err();
    let of_first = approval(&world, &[run(1)]);
    let refused = world.ask(together(&[run(2)], Some(of_first))).await.unwrap_err();
    assert!(
        refused.contains("revision 1 of GB-DNO-11/EMID-20261126-0001 was approved, not revision 2"),
        "{refused}"
    );
    assert_eq!(mapping::identity_of(&world.events().await[0]).unwrap().1.get(), 1);
    let approved = approval(&world, &[run(2)]);
    world.ask(together(&[run(2)], Some(approved))).await.unwrap();
    assert_eq!(mapping::identity_of(&world.events().await[0]).unwrap().1.get(), 2);
    let state = world.dispatch();
    let approved: Vec<bool> = state.revisions.iter().map(|r| r.approved.is_some()).collect();
    assert_eq!(approved, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn a_group_goes_as_a_whole_or_not_at_all() {
    let world = limited().await;
    let small = DispatchParts { setpoints: vec![setpoint("17:00", 800)], ..run(1) };
    let both = [small.clone(), other()];
    let refused = world.ask(together(&both, None)).await.unwrap_err();
    assert!(refused.contains("1.6 MW of change is asked"), "{refused}");
    assert!(world.events().await.is_empty(), "neither, though each alone is below the limit");
    let approved = approval(&world, &both);
    world.ask(together(std::slice::from_ref(&small), Some(approved.clone()))).await.unwrap_err();
    assert!(world.events().await.is_empty());
    let words = world.ask(together(&both, Some(approved))).await.unwrap();
    assert!(words.starts_with("2 of 2 sent"), "{words}");
    assert_eq!(world.events().await.len(), 2);
    let third = DispatchParts { dispatch_ref: "EMID-20261126-0003".parse().unwrap(), ..small };
    let twice = world.ask(together(&[third.clone(), third], None)).await.unwrap_err();
    assert_eq!(
        twice,
        "nothing was sent: GB-DNO-11/EMID-20261126-0003 is given twice; send its revisions one after the other"
    );
}

#[tokio::test(start_paused = true)]
async fn many_small_ones_given_one_after_the_other_are_a_large_one() {
    let world = limited().await;
    let small = |parts: DispatchParts, kw| DispatchParts { setpoints: vec![setpoint("17:00", kw)], ..parts };
    let (first, second) = (world.give(send(small(run(1), 800))), world.give(send(small(other(), 800))));
    world.outcome(first).await.result.clone().unwrap();
    let refused = world.outcome(second).await.result.clone().unwrap_err();
    assert!(refused.contains("0.8 MW of it by what was sent within the last minute"), "{refused}");
    assert_eq!(world.events().await.len(), 1);
    world.pass(61.0).await;
    world.ask(send(small(other(), 800))).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_approved_dispatch_is_stopped_by_one_person_at_once() {
    let world = limited().await;
    let approved = approval(&world, &[run(1)]);
    world.ask(together(&[run(1)], Some(approved))).await.unwrap();
    world.ask(Command::Stop(key())).await.unwrap();
    let held = mapping::dispatch_from(&world.events().await[0]).unwrap().dispatch;
    assert_eq!(held.status, Status::Stop);
    let words = world.ask(Command::EmergencyStop { units: Vec::new(), operator: None }).await.unwrap();
    assert!(words.starts_with("12 of 12 sent"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn who_approved_is_known_after_a_restart_too() {
    let folder = tempfile::tempdir().unwrap();
    let journal = || Journal::open(&folder.path().join("journal.sqlite")).unwrap();
    let mut world = World::without_desk();
    world.approval = rules();
    world.start_desk(journal());
    let approved = approval(&world, &[run(1)]);
    world.ask(together(&[run(1)], Some(approved))).await.unwrap();
    world.desk.take().unwrap().stop().await;
    world.start_desk(journal());
    world.until("it was taken up", |s| s.dispatches.iter().any(|d| d.key == key())).await;
    let by = world.dispatch().current().unwrap().approved.clone().unwrap();
    assert_eq!(by.who(), "Ada Winter (key ada-winter)");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_sent_may_be_given_again_with_the_same_approval() {
    let world = limited().await;
    world.weather.some("POST", "/events", Fate::Unreachable, None);
    let approved = approval(&world, &[run(1)]);
    world.ask(together(&[run(1)], Some(approved.clone()))).await.unwrap_err();
    assert_eq!(world.dispatch().phase, Phase::SendFailed);
    world.weather.clears();
    world.pass(2.0).await;
    world.ask(together(&[run(1)], Some(approved))).await.unwrap();
    assert!(world.dispatch().current().unwrap().approved.is_some());
}
