//! A journal that the program wrote, audited by a script in another language that was written from
//! `docs/journal-format.md` alone: in a dispute neither side has to believe this program of its own record.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::Path;
use std::process::{Command, Output};

use rampdesk::dispatch::DispatchKey;
use rampdesk::journal::{Entry, EntryKind, Journal};

/// `None`, and says so, where there is no Python 3: the script is for others, and the program does without.
fn python(script: &str, file: &Path) -> Option<(i32, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent").join(script);
    let said = Command::new("python3").arg("-B").arg(script).arg(file).output();
    let Output { status, stdout, stderr } = match said {
        Ok(said) => said,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("NOT RUN: there is no python3 on this machine");
            return None;
        }
        Err(error) => panic!("python3: {error}"),
    };
    assert!(stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
    Some((status.code().unwrap(), String::from_utf8(stdout).unwrap()))
}

/// Entries with everything in them that a hash could trip over.
fn entries() -> Vec<Entry> {
    let texts = [
        "session began",
        "“quoted” – £3, 5 °C, \u{1f50c}\u{7f}\u{1}",
        "a\ttab, a \\ and a line\nend",
        "",
        "\u{fb33}\u{e9}e\u{301}",
    ];
    let about = DispatchKey {
        operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: "EMID-20261126-0417".parse().unwrap(),
    };
    let entry = |(place, kind): (usize, EntryKind)| Entry {
        at: "2026-11-26T15:45:00Z".parse().unwrap(),
        kind,
        dispatch: (place % 2 == 0).then(|| about.clone()),
        unit: (place % 3 == 0).then(|| "BRIGHTFLEX/BESS-07".parse().unwrap()),
        text: texts[place % texts.len()].to_owned(),
        document: (place % 4 == 0).then(|| "{\"profile\": \"gb-dispatch/1\", \"n\": 1.50}".to_owned()),
    };
    EntryKind::ALL.into_iter().cycle().take(24).enumerate().map(entry).collect()
}

fn written(path: &Path) -> Journal {
    let mut journal = Journal::open(path).unwrap();
    journal.append_all(&entries()).unwrap();
    journal
}

#[test]
fn what_the_program_wrote_holds_for_another_language_with_the_same_head() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let journal = written(&path);
    let head = journal.audit().unwrap().head;
    let holds = |when: &str| {
        if let Some(said) = python("journal.py", &path) {
            assert_eq!(said, (0, format!("24 entries, the chain holds; head {head}\n")), "{when}");
        }
    };
    holds("while it is being written");
    drop(journal);
    holds("at rest");
}

/// What is done to the file, and what each of the two must say of it.
const TAMPERINGS: [(&str, &[&str], &[&str]); 8] = [
    (
        "UPDATE entries SET text = text || '.' WHERE number = 7",
        &["entry 7: changed"],
        &["entry 7 was changed"],
    ),
    (
        "UPDATE entries SET document = replace(document, '1.50', '1.5') WHERE number = 5",
        &["entry 5: changed"],
        &["entry 5 was changed"],
    ),
    ("UPDATE entries SET kind = 'rumour' WHERE number = 2", &["entry 2: changed"], &["entry 2 was changed"]),
    ("UPDATE entries SET unit = 'BESS-08' WHERE number = 2", &["entry 2: changed"], &["entry 2 was changed"]),
    ("DELETE FROM entries WHERE number = 9", &["entry 9: missing"], &["entry 9 is missing"]),
    (
        "UPDATE entries SET number = number - 21 WHERE number IN (10, 11)",
        &["entry 10: stood as 11", "entry 11: stood as 10"],
        &["entry 10 was written as entry 11", "entry 11 was written as entry 10"],
    ),
    (
        "DELETE FROM entries WHERE number = 22; UPDATE entries SET number = number - 1 WHERE number > 22",
        &["entry 22: stood as 23", "entry 23: stood as 24"],
        &["entries 22 to 23 were written as entries 23 to 24"],
    ),
    (
        "UPDATE entries SET number = -(number + 1) WHERE number > 22;
         INSERT INTO entries SELECT 23, at, kind, operator, dispatch_ref, fsp, unit, 'made up', document, hash, previous
         FROM entries WHERE number = 22",
        &["entry 23: changed", "entry 24: stood as 23", "entry 25: stood as 24"],
        &["entry 23 was changed", "entries 24 to 25 were written as entries 23 to 24"],
    ),
];

#[test]
fn what_was_done_to_a_journal_is_found_by_both_at_the_same_entries() {
    for (tampering, script_says, program_says) in TAMPERINGS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        drop(written(&path));
        let file = rusqlite::Connection::open(&path).unwrap();
        file.execute_batch(&format!(
            "DROP TRIGGER entries_are_never_changed; DROP TRIGGER entries_are_never_taken_out;
             {tampering}; UPDATE entries SET number = -number WHERE number < 0;"
        ))
        .unwrap();
        file.close().unwrap();

        let findings = Journal::open_to_read(&path).unwrap().audit().unwrap().findings;
        let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
        starts(&words, program_says, tampering);
        if let Some((code, said)) = python("journal.py", &path) {
            let lines: Vec<String> = said.lines().map(str::to_owned).collect();
            assert_eq!(code, 1, "{tampering}");
            starts(&lines, script_says, tampering);
        }
    }
}

#[track_caller]
fn starts(lines: &[String], expected: &[&str], tampering: &str) {
    assert_eq!(lines.len(), expected.len(), "{tampering}: {lines:#?}");
    for (line, start) in lines.iter().zip(expected) {
        assert!(line.starts_with(start), "{tampering}: {line}");
    }
}
