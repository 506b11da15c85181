//! What a desk keeps settles a dispute a month later: what each party signed, and where the journal stood.

use rampdesk::dispatch::{SigningKey, Stage};
use rampdesk::journal::evidence::{Evidence, OwnedKey, Owner};
use rampdesk::journal::{Entry, EntryKind, Journal, SignedHead};
use rampdesk::openadr::mapping;

use super::world::{FOLLOW_EVERY_S, World, at, key, run, said, send};

/// A world whose desk writes to a file.
fn writing_to(folder: &tempfile::TempDir) -> World {
    let mut world = World::without_desk();
    world.start_desk(Journal::open(&folder.path().join("journal.sqlite")).unwrap());
    world
}

/// The desk ends, and its journal is read.
async fn ended(mut world: World, folder: &tempfile::TempDir) -> Journal {
    world.desk.take().unwrap().stop().await;
    let journal = Journal::open_to_read(&folder.path().join("journal.sqlite")).unwrap();
    journal.verify().unwrap();
    journal
}

fn of_kind(journal: &Journal, kind: EntryKind) -> Vec<Entry> {
    let entries = journal.entries(0, usize::MAX).unwrap();
    entries.into_iter().map(|recorded| recorded.entry).filter(|entry| entry.kind == kind).collect()
}

#[tokio::test(start_paused = true)]
async fn operators_sign_where_the_journal_stands_every_five_minutes_and_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let world = writing_to(&folder);
    let keys = world.secrets.operators.clone();
    world.ask(send(run(1))).await.unwrap();
    world.says(Stage::Accepted).await;
    world.pass(301.0).await;
    world.ask(send(run(2))).await.unwrap();
    let journal = ended(world, &folder).await;
    let heads: Vec<SignedHead> = of_kind(&journal, EntryKind::Head)
        .iter()
        .map(|entry| SignedHead::from_json(entry.document.as_ref().unwrap()).unwrap())
        .collect();
    assert!(heads.len() >= 2 * keys.len(), "{heads:#?}");
    for signed in &heads {
        let pinned = keys[&signed.head.operator].first().public(None, None);
        assert_eq!(signed.verify(&rampdesk::dispatch::KeyRing::new([pinned])), Ok(()));
    }
    let last = heads.last().unwrap().head.number;
    assert_eq!(last + keys.len() as u64, journal.len(), "the last heads are of all that was written");
}

#[tokio::test(start_paused = true)]
async fn what_an_fsp_signed_is_kept_whether_or_not_it_was_believed() {
    let folder = tempfile::tempdir().unwrap();
    let world = writing_to(&folder);
    world.ask(send(run(1))).await.unwrap();
    let dispatch = world.dispatch().dispatch().unwrap().clone();
    let own = world.fsp_key("BRIGHTFLEX");
    let forger = SigningKey::from_seed(own.key_id().clone(), &[9; 32]);
    let forged = said(&dispatch, Stage::Accepted, at("15:45")).sign(&forger).unwrap();
    world.files("BRIGHTFLEX", |event| mapping::report_from_acknowledgement(&forged, event)).await;
    world.pass(FOLLOW_EVERY_S).await;
    world.says(Stage::Accepted).await;
    world.pass(FOLLOW_EVERY_S).await;
    let operator = world.secrets.operators[&key().operator].first().clone();
    let journal = ended(world, &folder).await;
    let kept = of_kind(&journal, EntryKind::Acknowledgement);
    assert_eq!(kept[0].document.as_deref(), Some(forged.to_json().as_str()));
    assert!(kept[0].text.contains("not believed: the signature by key"), "{}", kept[0].text);
    assert!(kept.iter().all(|entry| entry.document.is_some()), "{kept:#?}");

    let pinned = [
        OwnedKey { owner: Owner::Operator(key().operator), key: operator.public(None, None) },
        OwnedKey { owner: Owner::Fsp("BRIGHTFLEX".parse().unwrap()), key: own.public(None, None) },
    ];
    let judgement = Evidence::gather(&journal, &key(), &pinned).unwrap().judge(&pinned);
    assert_eq!(judgement.faults, [""; 0]);
    let worth: Vec<bool> =
        judgement.facts.iter().filter_map(|f| Some(f.signature.as_ref()?.is_ok())).collect();
    assert_eq!(worth, [true, false, true], "the dispatch, the forged word, the true one");
}
