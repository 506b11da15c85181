//! An FSP that comes while the desk runs is dispatched like any other, and nothing of it is left when it goes.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Phase, Snapshot};
use rampdesk::desk::{Enrolment, provision_fleet};
use rampdesk::dispatch::{DispatchParts, KeyRing, SigningKey, Stage};
use rampdesk::profile::fleet::{FleetProfile, Newcomer};
use rampdesk::profile::trust::Trust;

use super::world::{World, run, send, setpoint, unit};

const UNITS: &str = include_str!("../newflex.toml");

fn newcomer_of(units: &str) -> FleetProfile {
    let newcomer =
        Newcomer { id: "NEWFLEX".parse().unwrap(), name: None, telephone: Some("0116 496 0100".to_owned()) };
    FleetProfile::addition_from_toml("units.toml", units, &newcomer, &FleetProfile::demo()).unwrap()
}

fn signing_key() -> SigningKey {
    SigningKey::from_seed("newflex-2026".parse().unwrap(), &[9; 32])
}

async fn enrolment(world: &World, fleet: FleetProfile) -> Command {
    let keys = KeyRing::new([signing_key().public(None, None)]);
    let trust = Trust { fsps: [("NEWFLEX".parse().unwrap(), keys)].into(), ..Trust::default() };
    let whole = FleetProfile::demo().with(&fleet).unwrap();
    let programs = provision_fleet(world.as_client("desk"), whole, &world.secrets.for_desk()).await.unwrap();
    Command::Enrol(Box::new(Enrolment { fleet, trust, programs }))
}

fn to_newcomer(revision: u32) -> DispatchParts {
    DispatchParts {
        dispatch_ref: "EMID-20261126-0300".parse().unwrap(),
        contract: "EMID-C-2026-0300".parse().unwrap(),
        unit: unit("NEWFLEX/GEN-01"),
        setpoints: vec![setpoint("17:00", 500)],
        ..run(revision)
    }
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_is_dispatched_without_a_restart_and_what_is_open_goes_on() {
    let world = World::ready().await;
    world.ask(send(run(1))).await.unwrap();
    let refused = world.ask(send(to_newcomer(1))).await.unwrap_err();
    assert!(refused.contains("no contract EMID-C-2026-0300"), "{refused}");

    let said = world.ask(enrolment(&world, newcomer_of(UNITS)).await).await.unwrap();
    assert!(said.contains("NEWFLEX/GEN-01") && said.contains("newflex-2026"), "{said}");
    let snapshot = world.snapshot();
    let fsp = snapshot.fsps.iter().find(|fsp| fsp.id.as_str() == "NEWFLEX").unwrap();
    assert_eq!((fsp.client, fsp.telephone.as_str()), (LinkState::Unknown, "0116 496 0100"));
    assert!(
        !snapshot.alarms.iter().any(|alarm| alarm.source == "NEWFLEX"),
        "it has not had the time to poll"
    );
    assert!(snapshot.contracts.iter().any(|contract| contract.contract.as_str() == "EMID-C-2026-0300"));
    assert_eq!(snapshot.dispatches.len(), 1, "what was open is still there");

    world.ask(send(to_newcomer(1))).await.unwrap();
    world
        .until("the newcomer's dispatch is sent", |s| {
            s.dispatches
                .iter()
                .any(|d| d.key.dispatch_ref == to_newcomer(1).dispatch_ref && d.phase == Phase::Sent)
        })
        .await;
    world.pass(40.0).await;
    let alarms = &world.snapshot().alarms;
    assert!(
        alarms.iter().any(|a| a.text.contains("NEWFLEX has stopped polling (not at all so far")),
        "{alarms:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_is_let_go_of_while_a_dispatch_of_theirs_is_open() {
    let mut world = World::ready().await;
    let client = world.as_client("desk").register_client("NEWFLEX").await.unwrap();
    world.secrets.clients.insert(client.client_id, client.secret);
    world.secrets.fsps.insert("NEWFLEX".parse().unwrap(), signing_key().into());
    world.ask(enrolment(&world, newcomer_of(UNITS)).await).await.unwrap();
    let key = world.ask_for(to_newcomer(1)).await;
    let let_go = || Command::LetGo("NEWFLEX".parse().unwrap());
    let refused = world.ask(let_go()).await.unwrap_err();
    assert!(refused.contains("EMID-20261126-0300 (NEWFLEX/GEN-01) is open; stop it"), "{refused}");
    assert_eq!(world.snapshot().units.len(), 13, "all stays as it was");

    world.says_of(&key, Stage::Rejected).await;
    let rejected = |s: &Snapshot| s.dispatches.iter().any(|d| d.key == key && d.phase == Phase::Rejected);
    world.until("the newcomer's refusal is believed", rejected).await;
    world.ask(let_go()).await.unwrap();
    let snapshot = world.snapshot();
    assert_eq!((snapshot.units.len(), snapshot.fsps.len(), snapshot.contracts.len()), (12, 4, 4));
    world.pass(120.0).await;
    let polling: Vec<String> = world.alarms().into_iter().map(|(_, text)| text).collect();
    assert!(!polling.iter().any(|text| text.contains("NEWFLEX has stopped polling")), "{polling:#?}");
    assert!(world.ask(send(to_newcomer(2))).await.is_err());
    let unknown = world.ask(let_go()).await.unwrap_err();
    assert_eq!(unknown, "NEWFLEX is not known here");
}

#[tokio::test(start_paused = true)]
async fn what_is_known_on_other_terms_is_not_taken_up() {
    let world = World::ready().await;
    let mut fleet = newcomer_of(UNITS);
    fleet.fsps[0].id = "BRIGHTFLEX".parse().unwrap();
    let command = enrolment(&world, newcomer_of(UNITS)).await;
    let Command::Enrol(enrolment) = command else { panic!("{command:?}") };
    let clash = Enrolment { fleet, ..*enrolment };
    let refused = world.ask(Command::Enrol(Box::new(clash))).await.unwrap_err();
    assert!(refused.contains("FSP BRIGHTFLEX is there already"), "{refused}");
    assert_eq!(world.snapshot().units.len(), 12);
}
