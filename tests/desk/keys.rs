//! A desk whose operator's key is in a place that it cannot always reach.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Priority};
use rampdesk::dispatch::{KeyRing, Signer, SigningKey, Status};
use rampdesk::journal::{EntryKind, Journal};
use rampdesk::openadr::mapping;

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
    let held = world.secrets.operators[&operator].clone();
    let token = Arc::new(Token { key: held.clone(), is_in: AtomicBool::new(true) });
    let public = held.public(None, None).bytes;
    let elsewhere =
        SigningKey::held_elsewhere(held.key_id().clone(), public, Arc::clone(&token) as Arc<dyn Signer>);
    world.secrets.operators.insert(operator, elsewhere);
    world.start_desk(Journal::in_memory().unwrap());
    world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    (world, token)
}

#[tokio::test(start_paused = true)]
async fn what_a_token_signs_is_sent_and_verified_like_anything_else() {
    let (world, _) = with_token().await;
    world.ask(send(run(1))).await.unwrap();
    let held = mapping::dispatch_from(&world.events().await[0]).unwrap();
    let keys = KeyRing::new([world.secrets.operators[&key().operator].public(None, None)]);
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
