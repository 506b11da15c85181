use super::*;
use crate::dispatch::SigningKey;
use crate::journal::Head;

fn entry(text: &str) -> Entry {
    Entry {
        at: "2026-11-26T15:45:00Z".parse().unwrap(),
        kind: EntryKind::Intent,
        dispatch: Some(DispatchKey {
            operator: "GB-DNO-11".parse().unwrap(),
            dispatch_ref: "EMID-20261126-0417".parse().unwrap(),
        }),
        unit: Some("BRIGHTFLEX/BESS-07".parse().unwrap()),
        text: text.to_owned(),
        document: Some("{\"profile\": \"gb-dispatch/1\"}".to_owned()),
    }
}

fn plain(text: &str) -> Entry {
    Entry { dispatch: None, unit: None, document: None, kind: EntryKind::Session, ..entry(text) }
}

#[test]
fn what_was_written_is_read_back_in_order_and_its_chain_holds() {
    let mut journal = Journal::in_memory().unwrap();
    assert!(journal.is_empty());
    let first = journal.append(plain("session began")).unwrap();
    let rest = journal.append_all(&[entry("a"), entry("“b” – £3")]).unwrap();
    assert_eq!((first.number, rest[1].number, journal.len()), (1, 3, 3));
    assert_eq!(rest[0].previous, first.hash);
    assert_eq!(journal.entries(1, 10).unwrap(), rest);
    assert_eq!(journal.entries(0, 1).unwrap(), vec![first]);
    assert_eq!(journal.verify().unwrap(), 3);
}

#[test]
fn a_journal_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    Journal::open(&path).unwrap().append(plain("one")).unwrap();
    let mut again = Journal::open(&path).unwrap();
    assert_eq!(again.append(plain("two")).unwrap().number, 2);
    drop(again);
    let reader = Journal::open_to_read(&path).unwrap();
    assert_eq!(reader.verify().unwrap(), 2);
    let mut reader = reader;
    assert!(reader.append(plain("three")).is_err());
    assert_eq!(reader.len(), 2);
}

#[test]
fn two_desks_on_one_file_still_make_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut one = Journal::open(&path).unwrap();
    let mut other = Journal::open(&path).unwrap();
    for journal in [&mut one, &mut other] {
        journal.append(plain("a")).unwrap();
    }
    assert_eq!(one.append(plain("b")).unwrap().number, 3);
    assert_eq!(other.verify().unwrap(), 3);
}

#[test]
fn sqlite_itself_refuses_to_change_or_take_out_an_entry() {
    let mut journal = Journal::in_memory().unwrap();
    journal.append(plain("one")).unwrap();
    for sql in ["UPDATE entries SET text = 'other'", "DELETE FROM entries"] {
        let error = journal.connection.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
}

#[test]
fn whoever_changes_the_file_all_the_same_is_found_out_with_the_entry() {
    for (tampering, entry_number, says) in [
        ("UPDATE entries SET text = 'other' WHERE number = 2", 2, "does not match its hash"),
        ("UPDATE entries SET at = '2026-11-26T15:45:01Z' WHERE number = 3", 3, "does not match its hash"),
        ("UPDATE entries SET document = NULL WHERE number = 2", 2, "does not match its hash"),
        ("UPDATE entries SET kind = 'rumour' WHERE number = 2", 2, "`rumour` is no kind of entry"),
        ("UPDATE entries SET at = 'noon' WHERE number = 1", 1, "`noon` is no time"),
        ("DELETE FROM entries WHERE number = 1", 1, "1 is missing"),
        ("DELETE FROM entries WHERE number = 2", 2, "2 is missing"),
        ("UPDATE entries SET previous = hash WHERE number = 3", 3, "the hash of the entry before"),
    ] {
        let mut journal = Journal::in_memory().unwrap();
        journal.append_all(&[plain("one"), entry("two"), entry("three"), plain("four")]).unwrap();
        journal
            .connection
            .execute_batch(&format!(
                "DROP TRIGGER entries_are_never_changed; DROP TRIGGER entries_are_never_taken_out; {tampering}"
            ))
            .unwrap();
        match journal.verify().unwrap_err() {
            JournalError::Broken { entry, reason } => {
                assert_eq!(entry, entry_number, "{tampering}: {reason}");
                assert!(reason.contains(says), "{tampering}: {reason}");
            }
            other => panic!("{tampering}: {other}"),
        }
    }
}

/// Four entries in a file, of which the triggers are gone.
fn laid_open() -> Journal {
    let mut journal = Journal::in_memory().unwrap();
    journal.append_all(&[plain("one"), entry("two"), entry("three"), plain("four")]).unwrap();
    let triggers = "DROP TRIGGER entries_are_never_changed; DROP TRIGGER entries_are_never_taken_out;";
    journal.connection.execute_batch(triggers).unwrap();
    journal
}

fn words(journal: &Journal) -> Vec<String> {
    journal.audit().unwrap().findings.iter().map(ToString::to_string).collect()
}

const BACK: &str = "UPDATE entries SET number = -number WHERE number < 0;";

#[test]
fn an_audit_tells_what_was_changed_taken_out_or_put_in_another_order() {
    for (tampering, says) in [
        ("", &[][..]),
        (
            "UPDATE entries SET text = 'x' WHERE number IN (1, 4)",
            &[
                "entry 1 was changed: its content does not match its hash",
                "entry 4 was changed: its content does not match its hash",
            ],
        ),
        ("DELETE FROM entries WHERE number IN (2, 3)", &["entries 2 to 3 are missing"]),
        (
            "INSERT INTO entries SELECT 0, at, kind, operator, dispatch_ref, fsp, unit, text, document, previous, hash \
             FROM entries WHERE number = 1",
            &["entry 0 was changed: entries are numbered from 1"],
        ),
        (
            "DELETE FROM entries WHERE number = 2; UPDATE entries SET number = number - 1 WHERE number > 2;",
            &[
                "entries 2 to 3 were written as entries 3 to 4: something was taken out before, or the order is another",
            ],
        ),
        (
            "UPDATE entries SET number = number - 5 WHERE number IN (2, 3);",
            &[
                "entry 2 was written as entry 3: something was taken out before, or the order is another",
                "entry 3 was written as entry 2: something was slipped in before, or the order is another",
            ],
        ),
    ] {
        let journal = laid_open();
        journal.connection.execute_batch(&format!("{tampering}; {BACK}")).unwrap();
        assert_eq!(words(&journal), says, "{tampering}");
    }
}

#[test]
fn an_entry_that_was_slipped_in_is_found_by_those_after_it() {
    for (place, says) in [
        (
            2,
            "entries 3 to 5 were written as entries 2 to 4: something was slipped in before, or the order is another",
        ),
        (4, "entry 5 was written as entry 4: something was slipped in before, or the order is another"),
    ] {
        let journal = laid_open();
        let before = journal.entries(place - 2, 1).unwrap().remove(0);
        let sql = format!("UPDATE entries SET number = -(number + 1) WHERE number >= {place}; {BACK}");
        journal.connection.execute_batch(&sql).unwrap();
        let forged = chain::link(Form::InParts, place, plain("this was never so"), &before.hash).unwrap();
        insert(&journal.connection, &forged).unwrap();
        assert_eq!(words(&journal), [says]);
    }
}

#[test]
fn an_entry_that_was_written_anew_with_its_hash_is_found_by_the_next() {
    let journal = laid_open();
    let before = journal.entries(1, 1).unwrap().remove(0);
    let forged = chain::link(Form::InParts, 3, plain("this was never so"), &before.hash).unwrap();
    journal.connection.execute("DELETE FROM entries WHERE number = 3", []).unwrap();
    insert(&journal.connection, &forged).unwrap();
    assert_eq!(
        words(&journal),
        ["entry 4 does not follow entry 3: one of the two was written by another hand"]
    );
}

#[test]
fn a_name_that_was_put_where_none_stood_is_found_although_no_hash_would_tell() {
    for tampering in
        ["dispatch_ref = 'EMID-20261126-0418'", "unit = 'BESS-07'", "at = '2026-11-26T15:45:00+00:00'"]
    {
        let journal = laid_open();
        let sql = format!("UPDATE entries SET {tampering} WHERE number = 1");
        journal.connection.execute(&sql, []).unwrap();
        assert!(
            words(&journal)[0].starts_with("entry 1 was changed: `"),
            "{tampering}: {:?}",
            words(&journal)
        );
    }
}

#[test]
fn to_read_a_journal_leaves_it_and_its_folder_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a # of 100 % ?.sqlite");
    Journal::open(&path).unwrap().append(plain("one")).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(Journal::open_to_read(&path).unwrap().verify().unwrap(), 1);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_journal_that_is_being_written_is_read_as_far_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut desk = Journal::open(&path).unwrap();
    desk.append(plain("one")).unwrap();
    assert_eq!(Journal::open_to_read(&path).unwrap().verify().unwrap(), 1);
    desk.append(plain("two")).unwrap();
    assert_eq!(Journal::open_to_read(&path).unwrap().verify().unwrap(), 2);
}

#[test]
fn a_journal_that_an_older_version_began_goes_on_in_its_own_form_and_a_later_ones_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let old = Journal::open(&path).unwrap();
    insert(&old.connection, &chain::link(Form::Whole, 1, entry("one"), NOTHING_BEFORE).unwrap()).unwrap();
    old.connection.pragma_update(None, VERSION, 0).unwrap();
    drop(old);
    let mut journal = Journal::open(&path).unwrap();
    let two = journal.append(entry("two")).unwrap();
    assert_eq!(two.hash, chain::hash(Form::Whole, 2, &entry("two"), &two.previous).unwrap());
    assert_eq!(journal.verify().unwrap(), 2);
    journal.connection.pragma_update(None, VERSION, 3).unwrap();
    drop(journal);
    let error = Journal::open(&path).err().unwrap().to_string();
    assert!(error.ends_with("a later version of this program began it (format 3)"), "{error}");
}

fn key() -> SigningKey {
    SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[5; 32])
}

/// An operator signs where the journal stands.
fn sign_head(journal: &mut Journal) {
    let (number, hash) = journal.end().unwrap();
    let at = entry("").at;
    let head = Head { operator: "GB-DNO-11".parse().unwrap(), number, hash, at }.sign(&key()).unwrap();
    let document = Some(head.to_json());
    journal.append(Entry { kind: EntryKind::Head, document, ..plain("signed") }).unwrap();
}

#[test]
fn whoever_writes_a_journal_anew_is_found_out_by_what_an_operator_signed_of_it() {
    let mut journal = Journal::in_memory().unwrap();
    journal.append_all(&[plain("one"), entry("two"), entry("three")]).unwrap();
    sign_head(&mut journal);
    journal.append(plain("four")).unwrap();
    assert_eq!(words(&journal), [""; 0]);
    assert_eq!(journal.audit().unwrap().heads.len(), 1);
    let mut forged = Journal::in_memory().unwrap();
    for Recorded { number, entry, .. } in journal.entries(0, 10).unwrap() {
        let text = if number == 2 { "this was never so".to_owned() } else { entry.text.clone() };
        forged.append(Entry { text, ..entry }).unwrap();
    }
    let says = "entry 3 was written anew, or one before it: GB-DNO-11 signed another hash of it at \
                2026-11-26T15:45:00Z (entry 4)";
    assert_eq!(words(&forged), [says]);
}

#[test]
fn a_file_that_is_no_journal_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "these are my notes, and no database at all, whatever the name").unwrap();
    let error = Journal::open(&path).err().unwrap().to_string();
    assert!(error.contains("notes.txt: it is not an SQLite database, and is left as it is"), "{error}");
    assert!(Journal::open_to_read(&folder.path().join("none")).is_err());
    let other = folder.path().join("songs.sqlite");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE song (name TEXT)").unwrap();
    let before = std::fs::read(&other).unwrap();
    let error = Journal::open(&other).err().unwrap().to_string();
    assert!(error.contains("it is a database of something else, and is left as it is"), "{error}");
    assert_eq!(std::fs::read(&other).unwrap(), before);
    let error = Journal::open(&folder.path().join("no/journal.sqlite")).err().unwrap().to_string();
    assert!(error.contains("see that its folder is there"), "{error}");
}

/// Else what a person finds hangs on whether an entry was read from the file or came just now.
/// Where SQLite keeps the second page of a file, which is the root of the entries; and what a page of other pages begins with.
const ROOT: usize = 4096;
const OF_PAGES: u8 = 5;

#[test]
fn a_file_whose_own_order_is_broken_is_refused_and_not_read_round_and_round() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut journal = Journal::open(&path).unwrap();
    let long = "x".repeat(1500);
    journal.append_all(&[1, 2, 3, 4, 5, 6].map(|_| entry(&long))).unwrap();
    drop(journal);
    let mut bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes[ROOT], OF_PAGES);
    // The first page below it says now that it goes up to entry 127: what is asked for behind the last entry is in it then.
    let cell = usize::from(u16::from_be_bytes([bytes[ROOT + 12], bytes[ROOT + 13]]));
    bytes[ROOT + cell + 4] = 127;
    std::fs::write(&path, bytes).unwrap();
    let journal = Journal::open_to_read(&path).unwrap();
    for fault in [journal.audit().unwrap_err(), journal.entries(6, 10).unwrap_err()] {
        let said = fault.to_string();
        assert!(said.contains(OUT_OF_ORDER) && said.contains("restore it from a copy"), "{said}");
    }
}

#[test]
fn a_query_finds_in_the_file_what_it_finds_in_memory() {
    let mut journal = Journal::in_memory().unwrap();
    let at = |text: &str| text.parse::<UtcTime>().unwrap();
    let mut all = vec![plain("session began"), entry("Sent to the VTN"), entry("“50 %” of_it – Ärger")];
    all[1].at = at("2026-11-26T15:45:10Z");
    all[2].kind = EntryKind::Acknowledgement;
    all[2].at = at("2026-11-27T00:00:00Z");
    all[2].unit = Some("COLDCHAIN/STORE-2".parse().unwrap());
    journal.append_all(&all).unwrap();
    let words =
        |words: &[&str]| Query { words: words.iter().map(|w| (*w).to_owned()).collect(), ..Query::default() };
    let kinds = |kinds: &[EntryKind]| Query { kinds: kinds.iter().copied().collect(), ..Query::default() };
    let times = |from: Option<&str>, until: Option<&str>| Query {
        from: from.map(at),
        until: until.map(at),
        ..Query::default()
    };
    for (query, found) in [
        (Query::default(), &[3, 2, 1][..]),
        (words(&["emid-20261126-0417"]), &[3, 2]),
        (words(&["brightflex/BESS-07"]), &[2]),
        (words(&["store-2", "0417"]), &[3]),
        (words(&["acknowledgement"]), &[3]),
        (words(&["50 %"]), &[3]),
        (words(&["%"]), &[3]),
        (words(&["f_i"]), &[3]),
        (words(&["Ärger"]), &[3]),
        (words(&["GB-DNO-11/EMID"]), &[3, 2]),
        (words(&["nobody"]), &[]),
        (kinds(&[EntryKind::Session, EntryKind::Intent]), &[2, 1]),
        (times(Some("2026-11-26T15:45:10Z"), None), &[3, 2]),
        (times(None, Some("2026-11-26T15:45:10Z")), &[2, 1]),
        (times(Some("2026-11-26T15:45:01Z"), Some("2026-11-26T23:59:59Z")), &[2]),
    ] {
        let numbers: Vec<u64> = journal.find(&query, None, 10).unwrap().iter().map(|r| r.number).collect();
        assert_eq!(numbers, found, "{query:?}");
        let in_memory: Vec<u64> =
            (1..=3).rev().filter(|n| query.holds(&all[usize::try_from(*n - 1).unwrap()])).collect();
        assert_eq!(in_memory, found, "{query:?} in memory");
    }
    let numbers = |before, limit| -> Vec<u64> {
        journal.find(&Query::default(), before, limit).unwrap().iter().map(|r| r.number).collect()
    };
    assert_eq!((numbers(None, 1), numbers(Some(3), 10)), (vec![3], vec![2, 1]));
}

#[test]
fn what_was_written_lately_is_found_by_its_kind() {
    let mut journal = Journal::in_memory().unwrap();
    journal.append_all(&[entry("a"), plain("b"), entry("c"), plain("d"), entry("e")]).unwrap();
    let texts = |kinds: &[EntryKind], entries| {
        let mut texts = Vec::new();
        journal.lately(kinds, entries, |recorded| texts.push(recorded.entry.text.clone())).unwrap();
        texts
    };
    assert_eq!(texts(&[EntryKind::Intent], 3), ["c", "e"]);
    assert_eq!(texts(&[EntryKind::Session, EntryKind::Intent], 100), ["a", "b", "c", "d", "e"]);
    assert_eq!(texts(&[EntryKind::Alarm], 100), [""; 0]);
}
