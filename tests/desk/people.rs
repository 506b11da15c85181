//! A desk whose operator's keys are people's own: somebody signs on before anything is sent, what goes out names them, and
//! stopping never waits for it.

use std::path::Path;

use rampdesk::desk::command::{Command, Together};
use rampdesk::desk::snapshot::{LinkState, Priority};
use rampdesk::dispatch::{
    Approved, Dispatch, DispatchParts, KeyRing, OperatorId, PublicKey, Revocation, SignedDispatch,
    SigningKey, Status,
};
use rampdesk::entropy::Entropy;
use rampdesk::journal::evidence::{Evidence, OwnedKey, Owner as EvidenceOwner};
use rampdesk::journal::{EntryKind, Journal};
use rampdesk::openadr::mapping;
use rampdesk::openadr::secret::Secret;
use rampdesk::profile::approval::ApprovalRules;
use rampdesk::profile::keeping::Place;
use rampdesk::profile::personal::PersonalKey;
use rampdesk::profile::sealed_key::SealedKey;
use rampdesk::profile::secrets_file::KeptKey;
use rampdesk::profile::trust::Owner;

use super::keys::Files;
use super::world::{World, key, run, send};

const PASSPHRASE: &str = "three plain words";
const SIGN_OFF_AFTER_S: i64 = 1800;

/// A world whose desk has the sealed keys of Ada Winter and Ben Marsh, and the machine's own or not.
struct Room {
    world: World,
    files: Files,
    folder: tempfile::TempDir,
}

fn operator() -> OperatorId {
    key().operator
}

fn key_of(name: &str) -> SigningKey {
    let (id, seed) = if name == "Ada Winter" { ("dno-ada", 61) } else { ("dno-ben", 62) };
    SigningKey::from_seed(id.parse().unwrap(), &[seed; 32])
}

fn public_of(name: &str) -> PublicKey {
    PublicKey { holder: Some(name.parse().unwrap()), ..key_of(name).public(None, None) }
}

fn sealed(name: &str, folder: &Path) -> PersonalKey {
    let key = key_of(name);
    let file = format!("{}.sealed.toml", key.key_id());
    let sealed = SealedKey::seal(name, &key, &Secret::new(PASSPHRASE), &Entropy::seeded(3)).unwrap();
    std::fs::write(folder.join(&file), sealed.to_toml()).unwrap();
    let kept = KeptKey {
        owner: Owner::Operator(operator()),
        holder: Some(name.parse().unwrap()),
        key_id: key.key_id().clone(),
        place: Place::Sealed(file.into()),
    };
    PersonalKey::of(&kept, &folder.join("desk.secrets.toml")).unwrap()
}

impl Room {
    async fn open(has_machine: bool) -> Self {
        Self::with(has_machine, ApprovalRules::default()).await
    }

    async fn with(has_machine: bool, approval: ApprovalRules) -> Self {
        let (mut world, folder) = (World::without_desk(), tempfile::tempdir().unwrap());
        let people = ["Ada Winter", "Ben Marsh"];
        world.secrets.people.insert(operator(), people.map(|name| sealed(name, folder.path())).into());
        if !has_machine {
            world.secrets.operators.clear();
        }
        let pinned: Vec<PublicKey> = world.trust.operators[&operator()].keys().cloned().collect();
        let ring = KeyRing::new(pinned.into_iter().chain(people.map(public_of)));
        world.trust.operators.insert(operator(), ring);
        (world.approval, world.sign_off_after_s) = (approval, SIGN_OFF_AFTER_S);
        let files = Files::default();
        world.start_desk_keyed_by(Journal::in_memory().unwrap(), Some(Box::new(files.clone())));
        world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
        Self { world, files, folder }
    }

    async fn sign_on(&self, person: &str) -> Result<String, String> {
        self.world.ask(sign_on(person, PASSPHRASE)).await
    }

    async fn held(&self) -> SignedDispatch {
        mapping::dispatch_from(&self.world.events().await[0]).unwrap()
    }

    fn told(&self, kind: EntryKind) -> Vec<String> {
        let tail = self.world.snapshot().journal_tail.clone();
        tail.iter().filter(|e| e.entry.kind == kind).map(|e| e.entry.text.clone()).collect()
    }

    fn is_on(&self) -> Option<String> {
        self.world.snapshot().presence.on.as_ref().map(|on| on.name.to_string())
    }
}

fn sign_on(person: &str, proof: &str) -> Command {
    Command::SignOn { person: person.to_owned(), operators: Vec::new(), proof: Secret::new(proof) }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_before_somebody_signs_on_and_what_is_sent_then_bears_their_key_and_name() {
    let room = Room::open(true).await;
    let refused = room.world.ask(send(run(1))).await.unwrap_err();
    assert_eq!(
        refused,
        "nothing was signed: sign on first: nobody is signed on for GB-DNO-11; Ada Winter or Ben Marsh may"
    );
    assert!(room.world.events().await.is_empty());

    for (person, proof, says) in [
        ("Ada Winter", "three other words", "Ada Winter is not signed on: key dno-ada, sealed in "),
        ("Eve", PASSPHRASE, "Eve has no key of their own here; Ada Winter or Ben Marsh may sign on"),
    ] {
        let fault = room.world.ask(sign_on(person, proof)).await.unwrap_err();
        assert!(fault.starts_with(says), "{fault}");
        assert_eq!(room.is_on(), None);
    }
    room.world.ask(send(run(1))).await.unwrap_err();

    let words = room.sign_on("ada winter").await.unwrap();
    assert_eq!(words, "Ada Winter is signed on as operator of GB-DNO-11");
    assert_eq!(room.is_on().as_deref(), Some("Ada Winter"));
    room.world.ask(send(run(1))).await.unwrap();
    let held = room.held().await;
    assert_eq!(held.verify(&KeyRing::new([public_of("Ada Winter")]), room.world.clock.now()), Ok(()));
    let (snapshot, state) = (room.world.snapshot(), room.world.dispatch());
    assert_eq!(snapshot.sent_by(state.current().unwrap()).unwrap().as_str(), "Ada Winter");
    assert!(
        room.told(EntryKind::Key)
            .contains(&"Ada Winter signed on as operator of GB-DNO-11 with key dno-ada".to_owned()),
        "{:?}",
        room.told(EntryKind::Key)
    );
    let intents = room.told(EntryKind::Intent);
    assert!(
        intents[0].starts_with("signed by Ada Winter, about to be sent: EMID-20261126-0001"),
        "{intents:?}"
    );

    room.world.ask(Command::SignOff).await.unwrap();
    assert_eq!(room.is_on(), None);
    room.world.ask(send(run(2))).await.unwrap_err();
    assert_eq!(room.held().await.dispatch.revision.get(), 1);
    assert_eq!(room.told(EntryKind::Key).last().unwrap(), "Ada Winter signed off as operator of GB-DNO-11");
}

#[tokio::test(start_paused = true)]
async fn stopping_waits_for_no_sign_on_where_the_machine_has_a_key_and_says_so_where_it_has_none() {
    let room = Room::open(true).await;
    room.sign_on("Ada Winter").await.unwrap();
    room.world.ask(send(run(1))).await.unwrap();
    room.world.ask(Command::SignOff).await.unwrap();
    room.world.ask(Command::Stop(key())).await.unwrap();
    let held = room.held().await;
    assert_eq!(held.dispatch.status, Status::Stop);
    let machine = KeyRing::new(room.world.secrets.operators[&operator()].public());
    assert_eq!(held.verify(&machine, room.world.clock.now()), Ok(()));
    room.world.ask(Command::EmergencyStop { units: Vec::new(), operator: None }).await.unwrap();
    room.world.pass(301.0).await;
    assert!(room.told(EntryKind::Head).iter().any(|head| head.starts_with("GB-DNO-11 signs")));

    let alone = Room::open(false).await;
    alone.world.assert_alarm(Priority::Low, "Nobody is signed on for GB-DNO-11, and the machine has no key");
    alone.world.pass(301.0).await;
    assert!(alone.told(EntryKind::Head).is_empty());
    alone.sign_on("Ben Marsh").await.unwrap();
    alone.world.ask(send(run(1))).await.unwrap();
    alone.world.pass(301.0).await;
    assert!(!alone.told(EntryKind::Head).is_empty(), "whoever is on signs where the journal stands");
    alone.world.ask(Command::SignOff).await.unwrap();
    let words = alone.world.ask(Command::Stop(key())).await.unwrap_err();
    assert!(words.contains("sign on first: nobody is signed on for GB-DNO-11"), "{words}");
    alone.world.assert_alarm(Priority::High, "Nothing goes out in GB-DNO-11\u{2019}s name, no stop either");
    alone.sign_on("Ada Winter").await.unwrap();
    alone.world.ask(Command::Stop(key())).await.unwrap();
    assert_eq!(alone.held().await.signature.key_id, *key_of("Ada Winter").key_id());
}

#[tokio::test(start_paused = true)]
async fn who_gives_no_command_for_long_is_told_and_signed_off_and_a_restart_signs_nobody_on() {
    let mut room = Room::open(true).await;
    room.sign_on("Ada Winter").await.unwrap();
    room.world.pass(600.0).await;
    room.world.ask(send(run(1))).await.unwrap();
    room.world.pass(880.0).await;
    assert!(room.world.snapshot().alarms.iter().all(|alarm| !alarm.text.contains("is signed off at")));
    room.world.pass(60.0).await;
    room.world.assert_alarm(Priority::Low, "Ada Winter is signed off at 16:25 GMT for want of a command");
    room.world.pass(900.0).await;
    assert_eq!(room.is_on(), None);
    assert_eq!(
        room.told(EntryKind::Key).last().unwrap(),
        "Ada Winter signed off as operator of GB-DNO-11 by time: no command for 30 minutes"
    );
    room.world.ask(send(run(2))).await.unwrap_err();

    room.sign_on("Ada Winter").await.unwrap();
    room.world.desk.take().unwrap().stop().await;
    room.world.start_desk(Journal::in_memory().unwrap());
    room.world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    assert_eq!(room.is_on(), None);
}

#[tokio::test(start_paused = true)]
async fn one_takes_the_desk_over_from_another_and_both_stand_in_the_journal() {
    let room = Room::open(true).await;
    room.sign_on("Ada Winter").await.unwrap();
    room.world.ask(sign_on("Ben Marsh", "three other words")).await.unwrap_err();
    assert_eq!(room.is_on().as_deref(), Some("Ada Winter"), "a wrong passphrase takes nobody's place");
    room.sign_on("dno-ben").await.unwrap();
    assert_eq!(room.is_on().as_deref(), Some("Ben Marsh"));
    let told = room.told(EntryKind::Key);
    assert_eq!(
        told[told.len() - 2..],
        [
            "Ada Winter signed off as operator of GB-DNO-11: Ben Marsh signs on".to_owned(),
            "Ben Marsh signed on as operator of GB-DNO-11 with key dno-ben".to_owned()
        ]
    );
    room.world.ask(send(run(1))).await.unwrap();
    assert_eq!(room.held().await.signature.key_id, *key_of("Ben Marsh").key_id());
}

#[tokio::test(start_paused = true)]
async fn a_persons_key_that_is_revoked_or_named_otherwise_signs_them_off_and_the_desk_goes_on() {
    let room = Room::open(true).await;
    room.sign_on("Ada Winter").await.unwrap();
    room.world.ask(send(run(1))).await.unwrap();
    let (secrets, trust) = (room.world.secrets.for_desk(), room.world.trust.clone());
    let with = |change: &dyn Fn(PublicKey) -> PublicKey| {
        let mut changed = trust.clone();
        let ring = trust.operators[&operator()]
            .keys()
            .cloned()
            .map(|key| if key.key_id == *key_of("Ada Winter").key_id() { change(key) } else { key });
        changed.operators.insert(operator(), KeyRing::new(ring));
        changed
    };
    let eves = with(&|key| PublicKey { holder: Some("Eve".parse().unwrap()), ..key });
    room.files.say(Ok(secrets.clone()), Ok(eves));
    room.world.pass(65.0).await;
    assert_eq!(room.is_on(), None, "what the trust file says of whose key it is takes effect all the same");
    room.world.assert_alarm(Priority::Medium, "write one name in both");
    room.files.say(Ok(secrets.clone()), Ok(trust.clone()));
    room.world.pass(65.0).await;
    room.sign_on("Ada Winter").await.unwrap();
    let revoked = Revocation { at: room.world.clock.now(), reason: "she left".to_owned() };
    room.files.say(Ok(secrets), Ok(with(&|key| PublicKey { revoked: Some(revoked.clone()), ..key })));
    room.world.pass(65.0).await;
    assert_eq!(room.is_on(), None);
    let told = room.told(EntryKind::Key);
    assert!(
        told.iter().any(|text| text.starts_with("Ada Winter signed off: key `dno-ada` was revoked at ")
            && text.ends_with("she left")),
        "{told:?}"
    );
    let refused = room.sign_on("Ada Winter").await.unwrap_err();
    assert!(
        refused.starts_with("no key of Ada Winter is in force: key `dno-ada` was revoked at "),
        "{refused}"
    );
    room.world.ask(Command::Stop(key())).await.unwrap();
    let machine = KeyRing::new(room.world.secrets.operators[&operator()].public());
    assert_eq!(room.held().await.verify(&machine, room.world.clock.now()), Ok(()));
}

/// Above 1.5 MW Ada Winter, Ben Marsh or "ada  WINTER" with a third key approves.
fn rules() -> ApprovalRules {
    let third = SigningKey::from_seed("third".parse().unwrap(), &[63; 32]);
    let mut text = "[[limits]]\nmw = 1.5\n".to_owned();
    let (ada, ben) = (key_of("Ada Winter"), key_of("Ben Marsh"));
    for (name, key) in [("A. Winter", &ada), ("Ben Marsh", &ben), ("ada  WINTER", &third)] {
        text += &format!(
            "[[approvers]]\nname = \"{name}\"\nkey_id = \"{}\"\npublic = \"{}\"\n",
            key.key_id(),
            key.public(None, None).to_text()
        );
    }
    ApprovalRules::from_toml("approval.toml", &text).unwrap()
}

#[tokio::test(start_paused = true)]
async fn whoever_is_signed_on_does_not_approve_what_they_send_by_another_key_or_name_either() {
    let room = Room::with(true, rules()).await;
    room.sign_on("Ada Winter").await.unwrap();
    let together = |key: &SigningKey| {
        let dispatches: [Dispatch; 1] = [Dispatch::new(run(1)).unwrap()];
        let approval = Approved::of(&dispatches, room.world.clock.now()).sign(key).unwrap();
        let parts: Vec<DispatchParts> = vec![run(1)];
        Command::SendTogether(Box::new(Together { dispatches: parts, approval: Some(approval) }))
    };
    let third = SigningKey::from_seed("third".parse().unwrap(), &[63; 32]);
    for key in [&key_of("Ada Winter"), &third] {
        let refused = room.world.ask(together(key)).await.unwrap_err();
        assert!(
            refused.contains("approves what Ada Winter sends, and is signed on; another person"),
            "{refused}"
        );
        assert!(room.world.events().await.is_empty());
    }
    room.world.ask(together(&key_of("Ben Marsh"))).await.unwrap();
    let held = room.held().await;
    assert_eq!(held.signature.key_id, *key_of("Ada Winter").key_id());
    let intents = room.told(EntryKind::Intent);
    assert!(
        intents[0].starts_with("signed by Ada Winter, ")
            && intents[0].ends_with("approved by Ben Marsh (key dno-ben)"),
        "{intents:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_person_sent_is_proven_by_evidence_that_names_them() {
    let (mut room, folder) = (Room::open(true).await, tempfile::tempdir().unwrap());
    room.world.desk.take().unwrap().stop().await;
    let file = folder.path().join("journal.sqlite");
    room.world.start_desk(Journal::open(&file).unwrap());
    room.world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
    room.sign_on("Ada Winter").await.unwrap();
    room.world.ask(send(run(1))).await.unwrap();
    room.world.desk.take().unwrap().stop().await;
    let journal = Journal::open_to_read(&file).unwrap();
    journal.verify().unwrap();
    let pinned: Vec<OwnedKey> = room.world.trust.operators[&operator()]
        .keys()
        .map(|key| OwnedKey { owner: EvidenceOwner::Operator(operator()), key: key.clone() })
        .collect();
    let gathered = Evidence::gather(&journal, &key(), &pinned).unwrap();
    let handed_over = Evidence::from_json(&gathered.to_json()).unwrap();
    for known in [&pinned[..], &[]] {
        let judgement = handed_over.judge(known);
        assert_eq!(judgement.faults, [""; 0]);
        let signed: Vec<&String> =
            judgement.facts.iter().filter_map(|fact| fact.signature.as_ref()?.as_ref().ok()).collect();
        assert_eq!(signed, ["Ada Winter for GB-DNO-11 with key dno-ada"]);
    }
    let text = handed_over.to_json();
    assert!(text.contains("\"holder\": \"Ada Winter\"") && !text.contains(PASSPHRASE));
}

#[tokio::test(start_paused = true)]
async fn a_sealed_file_that_is_anothers_or_away_signs_nobody_on_and_no_passphrase_is_ever_seen() {
    let room = Room::open(true).await;
    let at = |name: &str| room.folder.path().join(format!("{}.sealed.toml", key_of(name).key_id()));
    std::fs::copy(at("Ben Marsh"), at("Ada Winter")).unwrap();
    let words = room.sign_on("Ada Winter").await.unwrap_err();
    assert!(words.contains("is sealed as Ben Marsh\u{2019}s, not Ada Winter\u{2019}s"), "{words}");
    std::fs::remove_file(at("Ada Winter")).unwrap();
    assert!(room.sign_on("Ada Winter").await.unwrap_err().starts_with("Ada Winter is not signed on: "));
    room.sign_on("Ben Marsh").await.unwrap();
    room.world.ask(send(run(1))).await.unwrap();
    let command = sign_on("Ben Marsh", PASSPHRASE);
    let seed = key_of("Ben Marsh").seed().unwrap();
    let seed_text = format!("{:?}", seed.as_slice());
    for seen in [format!("{command:?}"), command.words(), format!("{:?}", room.world.snapshot())] {
        assert!(!seen.contains(PASSPHRASE) && !seen.contains(seed_text.trim_matches(['[', ']'])));
    }
}
