//! A desk whose operator's key is in a place that it cannot always reach.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Phase, Priority};
use rampdesk::dispatch::{KeyRing, PublicKey, Revocation, Signer, SigningKey, Stage, Status};
use rampdesk::journal::{EntryKind, Journal};
use rampdesk::openadr::mapping;
use rampdesk::profile::key_watch::{KeySource, KeysFound};
use rampdesk::profile::secrets::Secrets;
use rampdesk::profile::trust::{Owner, Trust};

use super::world::{World, key, run, send};

/// A token that can be taken out of its slot.
struct Token {
    key: SigningKey,
    is_in: AtomicBool,
}

impl Signer for Token {
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], String> {
        match self.is_in.load(Ordering::Relaxed) {
            true => Ok(self.key.sign(message).unwrap().value),
            false => Err("its token is not in its slot; put it in".to_owned()),
        }
    }
}

/// A world whose desk signs with a token.
async fn with_token() -> (World, Arc<Token>) {
    let mut world = World::without_desk();
    let operator = key().operator;
    let held = world.secrets.operators[&operator].first().clone();
    let token = Arc::new(Token { key: held.clone(), is_in: AtomicBool::new(true) });
    let public = held.public(None, None).bytes;
    let elsewhere =
        SigningKey::held_elsewhere(held.key_id().clone(), public, Arc::clone(&token) as Arc<dyn Signer>);
    world.secrets.operators.insert(operator, elsewhere.into());
    world.start_desk(Journal::in_memory().unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    (world, token)
}

#[tokio::test(start_paused = true)]
async fn what_a_token_signs_is_sent_and_verified_like_anything_else() {
    let (world, _) = with_token().await;
    world.ask(send(run(1))).await.unwrap();
    let held = mapping::dispatch_from(&world.events().await[0]).unwrap();
    let keys = KeyRing::new(world.secrets.operators[&key().operator].public());
    assert_eq!(held.verify(&keys, world.clock.now()), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_or_stop_that_cannot_be_signed_is_not_sent_says_so_gravely_and_goes_out_when_it_can_be() {
    let (world, token) = with_token().await;
    world.ask(send(run(1))).await.unwrap();
    token.is_in.store(false, Ordering::Relaxed);
    for command in [
        send(run(2)),
        Command::Stop(key()),
        Command::EmergencyStop { units: Vec::new(), operator: Some(key().operator) },
    ] {
        let words = world.ask(command).await.unwrap_err();
        assert!(words.contains("does not sign: its token is not in its slot; put it in"), "{words}");
    }
    world.assert_alarm(Priority::High, "Nothing goes out in GB-DNO-11’s name, no stop either");
    let state = world.dispatch();
    assert_eq!((state.revisions.len(), world.events().await.len()), (1, 1), "what was sent stands as it was");
    let intents = world.snapshot().journal_tail.iter().filter(|e| e.entry.kind == EntryKind::Intent).count();
    assert_eq!(intents, 1, "nothing is journalled as about to be sent that is not signed");

    token.is_in.store(true, Ordering::Relaxed);
    world.ask(Command::Stop(key())).await.unwrap();
    let held = mapping::dispatch_from(&world.events().await[0]).unwrap().dispatch;
    assert_eq!((held.status, held.revision.get()), (Status::Stop, 2));
}

#[tokio::test(start_paused = true)]
async fn a_journal_whose_heads_are_not_signed_is_told_once_and_goes_on() {
    let (world, token) = with_token().await;
    token.is_in.store(false, Ordering::Relaxed);
    world.pass(301.0).await;
    world.assert_alarm(Priority::High, "its token is not in its slot");
    world.pass(900.0).await;
    let tail = world.snapshot().journal_tail.clone();
    let told = tail.iter().filter(|e| e.entry.text.contains("does not sign")).count();
    assert_eq!(told, 1, "{tail:#?}");
    token.is_in.store(true, Ordering::Relaxed);
    world.ask(send(run(1))).await.unwrap();
    world.pass(301.0).await;
    let tail = world.snapshot().journal_tail.clone();
    assert!(tail.iter().any(|e| e.entry.kind == EntryKind::Head));
}

/// Files that change when a test says so.
#[derive(Clone, Default)]
pub struct Files(Arc<Mutex<Option<KeysFound>>>);

impl Files {
    pub fn say(&self, secrets: Result<Secrets, &str>, trust: Result<Trust, &str>) {
        let (secrets, trust) = (secrets.map_err(str::to_owned), trust.map_err(str::to_owned));
        *self.0.lock().unwrap() = Some(KeysFound { secrets, trust });
    }
}

impl KeySource for Files {
    fn look(&mut self) -> Option<KeysFound> {
        self.0.lock().unwrap().take()
    }
}

async fn with_files() -> (World, Files) {
    let (mut world, files) = (World::without_desk(), Files::default());
    world.start_desk_keyed_by(Journal::in_memory().unwrap(), Some(Box::new(files.clone())));
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    (world, files)
}

/// What the journal says of keys.
fn key_entries(world: &World) -> Vec<String> {
    let tail = world.snapshot().journal_tail.clone();
    tail.iter().filter(|e| e.entry.kind == EntryKind::Key).map(|e| e.entry.text.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_rotation_takes_effect_while_the_desk_runs() {
    let (world, files) = with_files().await;
    let operator = key().operator;
    let old = world.secrets.operators[&operator].first().clone();
    world.ask(send(run(1))).await.unwrap();
    let next = SigningKey::from_seed("gb-dno-11-next".parse().unwrap(), &[9; 32]);
    let from = world.clock.now() + 600;
    let (mut secrets, mut trust) = (world.secrets.for_desk(), world.trust.clone());
    secrets.add(&Owner::Operator(operator.clone()), next.clone());
    let both = [old.public(None, Some(from + 86_400)), next.public(Some(from), None)];
    trust.operators.insert(operator.clone(), KeyRing::new(both));
    files.say(Ok(secrets), Ok(trust));
    world.pass(120.0).await;
    let signs =
        |world: &World| world.snapshot().operators.iter().find(|o| o.id == operator).unwrap().key_id.clone();
    assert_eq!(signs(&world), old.key_id().as_str(), "the new one is still to come");
    world.pass(600.0).await;
    assert_eq!(signs(&world), "gb-dno-11-next");
    world.ask(send(run(2))).await.unwrap();
    let signed = world.dispatch().current().unwrap().signed.clone();
    assert_eq!(signed.signature.key_id.as_str(), "gb-dno-11-next");
    let told = key_entries(&world).join("\n");
    assert!(told.contains("key gb-dno-11-next of GB-DNO-11 is made known: it comes in force at"), "{told}");
    assert!(told.contains("key gb-dno-11-next of GB-DNO-11 is in force"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_revocation_takes_effect_while_the_desk_runs_and_a_wrong_file_neither_keeps_it_back_nor_undoes_it()
{
    let (world, files) = with_files().await;
    world.ask(send(run(1))).await.unwrap();
    let mut trust = world.trust.clone();
    let revoked = Some(Revocation { at: world.clock.now(), reason: "the token was lost".to_owned() });
    let theirs = PublicKey { revoked, ..world.fsp_key("BRIGHTFLEX").public(None, None) };
    trust.fsps.insert("BRIGHTFLEX".parse().unwrap(), KeyRing::new([theirs]));
    files.say(Err("desk.secrets.toml:3: is no TOML"), Ok(trust));
    world.pass(120.0).await;
    world.assert_alarm(Priority::Medium, "are not right: desk.secrets.toml:3: is no TOML");
    assert!(key_entries(&world).iter().any(|text| text.contains("of BRIGHTFLEX is revoked from")));
    files.say(Ok(world.secrets.for_desk()), Err("trust.toml:1: is no TOML"));
    world.pass(120.0).await;
    world.assert_alarm(Priority::Medium, "are not right: trust.toml:1: is no TOML");
    world.says(Stage::Accepted).await;
    world.pass(10.0).await;
    world.assert_alarm(Priority::High, "was revoked at");
    assert_eq!(world.dispatch().phase, Phase::Sent, "nothing that it signs is believed");
    world.ask(send(run(2))).await.unwrap();
}
