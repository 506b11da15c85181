//! What a person asked is at the VTN as it was signed, once, and every command has one outcome.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Outcome, Phase};
use rampdesk::dispatch::{DispatchParts, Revision, Stage, Status};
use rampdesk::journal::{EntryKind, Journal};
use rampdesk::openadr::mapping;
use rampdesk::openadr::wire::Event;
use rampdesk::profile::secrets::DESK_CLIENT;

use super::weather::Fate;
use super::world::{World, at, key, run, send, setpoint, unit};

#[tokio::test(start_paused = true)]
async fn the_event_at_the_vtn_says_what_was_signed() {
    let world = World::ready().await;
    let words = world.ask(send(run(1))).await.unwrap();
    assert!(words.contains("the VTN has EMID-20261126-0001 revision 1 (RUN, BRIGHTFLEX/BESS-07)"), "{words}");
    let events = world.events().await;
    assert_eq!(events.len(), 1);
    let held = mapping::dispatch_from(&events[0]).unwrap();
    let state = world.dispatch();
    assert_eq!(held, state.current().unwrap().signed);
    assert_eq!(held.dispatch.instruction_time, at("15:45"));
    assert_eq!(held.dispatch.setpoints, run(1).setpoints);
    assert_eq!((state.phase, state.in_force), (Phase::Sent, Some(Revision::FIRST)));
}

#[tokio::test(start_paused = true)]
async fn an_amendment_replaces_the_same_event() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let first = world.events().await.remove(0);
    world.ask(send(DispatchParts { setpoints: vec![setpoint("17:00", 1500)], ..run(2) })).await.unwrap();
    let events = world.events().await;
    assert_eq!((events.len(), &events[0].meta.id), (1, &first.meta.id));
    assert_eq!(mapping::identity_of(&events[0]).unwrap().1.get(), 2);
    let error = world.ask(send(run(2))).await.unwrap_err();
    assert!(error.contains("stands at revision 2; the next is 3, not 2"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_replaces_the_event_and_is_never_a_delete() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.ask(Command::Stop(key())).await.unwrap();
    let events = world.events().await;
    let held = mapping::dispatch_from(&events[0]).unwrap().dispatch;
    assert_eq!((events.len(), held.status, held.revision.get()), (1, Status::Stop, 2));
    assert_eq!((held.service_start, held.service_end), (at("17:00"), at("19:00")));
    let again = world.ask(Command::Stop(key())).await.unwrap();
    assert!(again.contains("is being stopped already by revision 2"), "{again}");
    assert_eq!(world.weather.count("DELETE", ""), 0);
    assert_eq!(world.weather.count("PUT", "/events/"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_emergency_stop_reaches_every_unit_with_one_outcome() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Accepted).await;
    let words = world.ask(Command::EmergencyStop { units: Vec::new(), operator: None }).await.unwrap();
    assert!(words.starts_with("12 of 12 sent"), "{words}");
    let held: Vec<_> =
        world.events().await.iter().map(|e| mapping::dispatch_from(e).unwrap().dispatch).collect();
    assert_eq!(held.len(), 12);
    assert!(held.iter().all(|d| d.status == Status::EmergencyStop && d.setpoints.is_empty()));
    let mine = held.iter().find(|d| d.unit == unit("BRIGHTFLEX/BESS-07")).unwrap();
    assert_eq!((mine.key(), mine.revision.get()), (key(), 2), "the open dispatch is superseded");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_doubles_nothing() {
    let world = World::ready().await;
    world.weather.some("POST", "/events", Fate::AnswerLost, Some(1));
    world.ask(send(run(1))).await.unwrap();
    assert_eq!(world.events().await.len(), 1);
    assert_eq!(world.dispatch().phase, Phase::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_send_that_is_said_to_have_failed_is_not_doubled_when_it_is_given_again() {
    let world = World::ready().await;
    world.weather.some("POST", "/events", Fate::AnswerLost, None);
    world.weather.some("GET", "/events", Fate::Unreachable, None);
    let error = world.ask(send(run(1))).await.unwrap_err();
    assert!(error.contains("was not sent") && error.contains("telephone BRIGHTFLEX's"), "{error}");
    assert_eq!(world.dispatch().phase, Phase::SendFailed);
    world.weather.clears();
    world.pass(2.0).await;
    let words = world.ask(send(run(1))).await.unwrap();
    assert!(words.contains("by the attempt before; nothing went out twice"), "{words}");
    let events = world.events().await;
    assert_eq!(events.len(), 1);
    let state = world.dispatch();
    assert_eq!(state.current().unwrap().signed, mapping::dispatch_from(&events[0]).unwrap());
    assert_eq!((state.phase, state.revisions.len()), (Phase::Sent, 1));
}

#[tokio::test(start_paused = true)]
async fn another_content_under_a_revision_that_the_vtn_holds_is_told_and_not_sent() {
    let world = World::ready().await;
    world.weather.some("POST", "/events", Fate::AnswerLost, None);
    world.weather.some("GET", "/events", Fate::Unreachable, None);
    world.ask(send(run(1))).await.unwrap_err();
    world.weather.clears();
    let other = DispatchParts { setpoints: vec![setpoint("17:00", 1000)], ..run(1) };
    let error = world.ask(send(other)).await.unwrap_err();
    assert!(error.contains("with other content; amend it with the next revision"), "{error}");
    assert_eq!(
        world.dispatch().dispatch().unwrap().setpoints,
        run(1).setpoints,
        "what the VTN holds is shown"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_overtakes_an_amendment_that_hangs() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    world.weather.some("PUT", "/events/", Fate::Hangs, Some(1));
    let amendment = world.give(send(run(2)));
    world.pass(1.0).await;
    assert_eq!(world.dispatch().phase, Phase::Sending);
    world.ask(Command::Stop(key())).await.unwrap();
    let given_up = world.outcome(amendment).await.result.clone().unwrap_err();
    assert!(given_up.contains("given up half-way for a stop"), "{given_up}");
    let held = mapping::dispatch_from(&world.events().await[0]).unwrap().dispatch;
    assert_eq!((held.status, held.revision.get()), (Status::Stop, 3));
}

#[tokio::test(start_paused = true)]
async fn a_stop_goes_before_all_that_was_given_and_not_sent_yet_and_nothing_of_what_it_stops_is_sent() {
    let world = World::ready().await;
    let other = |dispatch_ref: &str| DispatchParts {
        dispatch_ref: dispatch_ref.parse().unwrap(),
        unit: unit("BRIGHTFLEX/BESS-08"),
        ..run(1)
    };
    let mine = world.give(send(run(1)));
    let others = world.give(send(other("EMID-20261126-0002")));
    let stop = world.give(Command::Stop(key()));
    let words = |outcome: std::sync::Arc<Outcome>| outcome.result.clone();
    let not_sent = "a stop took its place before it was sent";
    assert_eq!(words(world.outcome(mine).await).unwrap_err(), not_sent);
    let told = words(world.outcome(stop).await).unwrap();
    assert_eq!(told, "GB-DNO-11/EMID-20261126-0001 was not sent yet, and will not be");
    words(world.outcome(others).await).unwrap();
    assert_eq!(world.events().await.len(), 1, "the other unit's alone");

    let amended = world.give(send(other("EMID-20261126-0003")));
    let stopped = world.give(send(run(1)));
    let units = vec![unit("BRIGHTFLEX/BESS-07")];
    let emergency = world.give(Command::EmergencyStop { units, operator: None });
    assert_eq!(words(world.outcome(stopped).await).unwrap_err(), not_sent);
    words(world.outcome(emergency).await).unwrap();
    words(world.outcome(amended).await).unwrap();
    let held: Vec<_> =
        world.events().await.iter().map(|e| mapping::dispatch_from(e).unwrap().dispatch).collect();
    assert_eq!(held.len(), 3);
    let of_mine: Vec<Status> =
        held.iter().filter(|d| d.unit == unit("BRIGHTFLEX/BESS-07")).map(|d| d.status).collect();
    assert_eq!(of_mine, [Status::EmergencyStop]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_somebody_deleted_is_written_again() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let id = world.events().await[0].meta.id.clone().unwrap();
    delete(&world, &id).await;
    world.ask(send(run(2))).await.unwrap();
    let events = world.events().await;
    assert_eq!((events.len(), mapping::identity_of(&events[0]).unwrap().1.get()), (1, 2));
}

async fn delete(world: &World, event_id: &str) {
    let base = rampdesk::vtn::BASE_PATH;
    let secret = world.secrets.clients["desk"].reveal().to_owned();
    let form = format!("grant_type=client_credentials&client_id=desk&client_secret={secret}");
    let token = http::Request::post(format!("http://vtn.test{base}/auth/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into())
        .unwrap();
    let answer = world.vtn.transport().send(token).await.unwrap();
    let answer: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    let request = http::Request::delete(format!("http://vtn.test{base}/events/{event_id}"))
        .header("authorization", format!("Bearer {}", answer["access_token"].as_str().unwrap()))
        .body(bytes::Bytes::new())
        .unwrap();
    assert!(world.vtn.transport().send(request).await.unwrap().status().is_success());
}

#[tokio::test(start_paused = true)]
async fn the_journal_holds_the_intent_with_the_document_before_what_came_of_it() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let snapshot = world.snapshot();
    let kinds: Vec<EntryKind> = snapshot.journal_tail.iter().map(|r| r.entry.kind).collect();
    let place = |kind| kinds.iter().position(|k| *k == kind).unwrap();
    assert!(place(EntryKind::Intent) < place(EntryKind::Sent));
    assert!(place(EntryKind::Sent) < place(EntryKind::Command));
    let intent = &snapshot.journal_tail[place(EntryKind::Intent)].entry;
    let document = intent.document.as_deref().unwrap();
    let (dispatch, signature) = rampdesk::dispatch::dispatch_from_json(document).unwrap();
    let signed = &world.dispatch().current().unwrap().signed.clone();
    assert_eq!((&dispatch, signature.as_ref()), (&signed.dispatch, Some(&signed.signature)));
}

#[tokio::test(start_paused = true)]
async fn a_command_after_the_desk_was_told_to_close_is_refused_and_one_before_is_finished() {
    let mut world = World::ready().await;
    let number = world.give(send(run(1)));
    let mut handle = world.desk.as_ref().unwrap().handle.clone();
    let desk = world.desk.take().unwrap();
    desk.stop().await;
    let last = handle.snapshot();
    let outcome = last.outcomes.iter().find(|o| o.command == number).expect("it has an outcome");
    assert!(outcome.result.is_ok() || outcome.result.as_ref().unwrap_err().contains("the desk is closing"));
    let mut tail = last.journal_tail.iter().rev().map(|recorded| &recorded.entry);
    let before_the_heads = tail.find(|entry| entry.kind != EntryKind::Head).unwrap();
    assert_eq!(before_the_heads.text, "session ended");
    assert!(!handle.is_running());
    assert!(handle.give(Command::Stop(key())).is_none());
    handle.changed().await;
    assert!(!handle.changed().await, "whoever watches is told");
}

#[tokio::test(start_paused = true)]
async fn a_contract_is_seen_by_its_own_fsp_alone() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let seen = async |fsp: &str| {
        let client = world.as_client(fsp);
        let programs = client.programs().await.unwrap();
        let events = client.events(None).await.unwrap();
        let anchors = events.iter().filter(|e| mapping::is_anchor(e)).count();
        let names: Vec<String> = programs.iter().map(|p| p.program_name.clone()).collect();
        (names, anchors, events.len() - anchors)
    };
    let all = seen(DESK_CLIENT).await.0;
    let (brightflex, anchors, dispatches) = seen("BRIGHTFLEX").await;
    assert!(brightflex.iter().any(|name| name.ends_with("EMID-C-2026-0193")), "{brightflex:?}");
    assert_eq!((anchors, dispatches), (brightflex.len(), 1));
    let (trentgen, anchors, dispatches) = seen("TRENTGEN").await;
    assert_eq!((anchors, dispatches), (trentgen.len(), 0));
    assert!(trentgen.iter().all(|name| !brightflex.contains(name)), "{trentgen:?} and {brightflex:?}");
    assert!(brightflex.len() + trentgen.len() <= all.len() && !trentgen.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_anchor_that_everybody_saw_is_withdrawn_from_all_but_its_contracts_units() {
    let mut world = World::ready().await;
    let client = world.as_client(DESK_CLIENT);
    let anchor = client.event(&world.anchor("BRIGHTFLEX").await).await.unwrap().unwrap();
    let id = anchor.meta.id.clone().unwrap();
    client.put_event(&id, &Event { targets: Vec::new(), ..anchor.clone() }).await.unwrap();
    assert!(world.as_client("TRENTGEN").event(&id).await.unwrap().is_some());
    world.start_desk(Journal::in_memory().unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    assert_eq!(client.event(&id).await.unwrap().unwrap().targets, anchor.targets);
    assert!(world.as_client("TRENTGEN").event(&id).await.unwrap().is_none());
}

fn told(outcome: &Outcome) -> String {
    outcome.result.clone().unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn of_many_given_at_once_each_has_its_own_outcome() {
    let world = World::ready().await;
    let named = |number: usize| DispatchParts {
        dispatch_ref: format!("EMID-20261126-{number:04}").parse().unwrap(),
        ..run(1)
    };
    let numbers: Vec<_> = (1..=150).map(|number| world.give(send(named(number)))).collect();
    let again = world.give(send(named(7)));
    let foreign = world.give(send(DispatchParts { unit: unit("BRIGHTFLEX/NO-SUCH"), ..named(151) }));
    let stop = world.give(Command::Stop(key()));
    let stopped = world.outcome(numbers[0]).await;
    assert_eq!(told(&stopped), "a stop took its place before it was sent");
    for number in &numbers[1..] {
        world.outcome(*number).await.result.as_ref().unwrap();
    }
    let again = told(world.outcome(again).await.as_ref());
    assert!(again.contains("stands at revision 1; the next is 2, not 1"), "{again}");
    let foreign = told(world.outcome(foreign).await.as_ref());
    assert!(foreign.contains("BRIGHTFLEX/NO-SUCH is not in this fleet"), "{foreign}");
    world.outcome(stop).await.result.as_ref().unwrap();
    let held: Vec<_> = world.events().await.iter().filter_map(mapping::identity_of).collect();
    assert_eq!(held.len(), 149, "none twice, none lost, and the one that was stopped never sent");
    assert!(held.iter().all(|(held, revision)| *held != key() && revision.get() == 1));
}
