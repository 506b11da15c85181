//! A journal that the program wrote, audited by a script in another language that was written from
//! `docs/journal-format.md` alone: in a dispute neither side has to believe this program of its own record.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::Path;
use std::process::{Command, Output};

use rampdesk::dispatch::{
    Acknowledgement, DispatchKey, KeyRing, Readback, SignedAcknowledgement, SignedDispatch, SigningKey,
    Stage, dispatch_from_json,
};
use rampdesk::journal::evidence::{Evidence, OwnedKey, Owner};
use rampdesk::journal::{Delivered, Delivery, Entry, EntryKind, Head, Journal};
use rampdesk::power::{Baseline, Observed, PaymentRules, Reading, Series, score_by_minute};
use rampdesk::profile::trust::Trust;
use rampdesk::time::UtcTime;

/// `None`, and says so, where there is no Python 3: the script is for others, and the program does without.
fn python(files: &[&Path]) -> Option<(i32, String)> {
    python_script("journal.py", files)
}

fn python_script(name: &str, files: &[&Path]) -> Option<(i32, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent").join(name);
    let said = Command::new("python3").arg("-B").arg(script).args(files).output();
    let Output { status, stdout, stderr } = match said {
        Ok(said) => said,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("NOT RUN: there is no python3 on this machine");
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
        dispatch_ref: "EMID-20261126-0001".parse().unwrap(),
    };
    let entry = |(place, kind): (usize, EntryKind)| Entry {
        at: "2026-11-26T15:45:00Z".parse().unwrap(),
        kind,
        dispatch: (place % 2 == 0).then(|| about.clone()),
        unit: (place % 3 == 0).then(|| "BRIGHTFLEX/BESS-07".parse().unwrap()),
        text: texts[place % texts.len()].to_owned(),
        document: (place % 4 == 0).then(|| "{\"profile\": \"gb-dispatch/1\", \"n\": 1.50}".to_owned()),
    };
    let kinds = EntryKind::ALL.into_iter().filter(|kind| *kind != EntryKind::Head);
    kinds.cycle().take(24).enumerate().map(entry).collect()
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
        if let Some(said) = python(&[&path]) {
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
        if let Some((code, said)) = python(&[&path]) {
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

/// Has an operator sign where the journal stands, with the key of this seed.
fn sign_head(journal: &mut Journal, seed: u8) -> SigningKey {
    let key = SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[seed; 32]);
    let (number, hash) = journal.end().unwrap();
    let at = "2026-11-26T15:50:00Z".parse().unwrap();
    let head = Head { operator: "GB-DNO-11".parse().unwrap(), number, hash, at }.sign(&key).unwrap();
    let text = "GB-DNO-11 signs where the journal stands".to_owned();
    let document = Some(head.to_json());
    journal.append(Entry { at, kind: EntryKind::Head, dispatch: None, unit: None, text, document }).unwrap();
    key
}

#[test]
fn a_head_that_an_operator_signed_holds_for_both_and_what_was_written_anew_before_it_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (path, trust) = (file("journal.sqlite"), file("trust.toml"));
    let mut journal = written(&path);
    let key = sign_head(&mut journal, 5);
    let pinned = Trust {
        operators: [("GB-DNO-11".parse().unwrap(), KeyRing::new([key.public(None, None)]))].into(),
        ..Trust::default()
    };
    std::fs::write(&trust, pinned.to_toml()).unwrap();

    let mut forged = Journal::open(&file("forged.sqlite")).unwrap();
    for recorded in journal.entries(0, 100).unwrap() {
        let is_it = recorded.number == 20;
        let text = if is_it { "never so".to_owned() } else { recorded.entry.text.clone() };
        forged.append(Entry { text, ..recorded.entry }).unwrap();
    }
    let mut strange = written(&file("strange.sqlite"));
    sign_head(&mut strange, 6);

    for (name, code, program_says, script_says) in [
        ("journal.sqlite", 0, "signed by GB-DNO-11 up to entry 24", "signed by GB-DNO-11 up to entry 24"),
        (
            "forged.sqlite",
            1,
            "entry 24 was written anew",
            "entry 24: written anew: entry 25 signs another hash",
        ),
        (
            "strange.sqlite",
            1,
            "entry 25 is no signed head",
            "entry 25: no signed head: the signature does not hold",
        ),
    ] {
        let program = Command::new(env!("CARGO_BIN_EXE_rampdesk"))
            .args(["verify", name, "--trust", "trust.toml"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(program.stderr).unwrap();
        assert_eq!(program.status.code(), Some(code), "{name}: {said}");
        assert!(said.contains(program_says), "{name}: {said}");
        if let Some((of_script, said)) = python(&[&file(name), &trust]) {
            assert_eq!(of_script, code, "{name}: {said}");
            assert!(said.contains(script_says), "{name}: {said}");
        }
    }
}

/// A signed dispatch with reactive power and prices, and its acknowledgement.
fn signed(operator: &SigningKey, fsp: &SigningKey) -> (SignedDispatch, SignedAcknowledgement) {
    let text = r#"{"profile": "gb-dispatch/1", "network_operator": "GB-DNO-11", "dispatch_ref": "EMID-20261126-0417",
        "revision": 1, "status": "RUN", "contract": "EMID-C-2026-0193",
        "dispatch_unit": {"fsp": "BRIGHTFLEX", "unit": "BESS-07"}, "instruction_time": "2026-11-26T15:45:00Z",
        "service_start": "2026-11-26T17:00:00Z", "service_end": "2026-11-26T19:00:00Z",
        "setpoints": [{"at": "2026-11-26T17:00:00Z", "parameters": [
            {"service_type": "REAL", "reference": "DELTA", "volume": -1.234567, "units": "MW",
             "price": {"amount": "300.05", "currency": "GBP", "per": "MWH"}},
            {"service_type": "REACTIVE", "reference": "ABSOLUTE", "volume": 400.5, "units": "KVAR"}]}]}"#;
    let (dispatch, _) = dispatch_from_json(text).unwrap();
    let said = Acknowledgement {
        key: dispatch.key(),
        unit: dispatch.unit.clone(),
        revision: dispatch.revision,
        status: Some(dispatch.status),
        stage: Stage::Accepted,
        at: "2026-11-26T15:45:12Z".parse().unwrap(),
        readback: Some(Readback::of(&dispatch)),
        reason: None,
        detail: Some("“ready” – 5 °C".to_owned()),
        reached_at: None,
    };
    (dispatch.sign(operator).unwrap(), said.sign(fsp).unwrap())
}

/// What was delivered of it: an hour well, half an hour a third short, ten minutes beyond, and a gap.
fn delivered(dispatch: &SignedDispatch) -> Delivery {
    let dispatch = &dispatch.dispatch;
    let seconds = |at: UtcTime| f64::from(u32::try_from(at.unix()).unwrap());
    let start = seconds(dispatch.service_start);
    let mut readings = Series::default();
    for minute in (0..70_u32).chain(80..110) {
        let kw = match minute {
            0..60 => -1230.0,
            60..70 => -1500.25,
            _ => -823.0,
        };
        readings.push(Reading { at: start + f64::from(minute + 1) * 60.0, kw });
    }
    let until = seconds(dispatch.service_end);
    let observed =
        Observed { readings: readings.clone(), acknowledged_after_s: Some(12.0), until, stopped_at: None };
    let (baseline, rules) = (Baseline::Fixed { kw: 12.3456 }, PaymentRules::default());
    let (score, minutes) =
        score_by_minute(&[(start - 900.0, dispatch)], &baseline, &observed, &rules).unwrap();
    let key = dispatch.key();
    let (revision, reckoned) = (dispatch.revision, dispatch.service_end);
    let of = Delivered { key: &key, revision, reckoned, over: "ended", readings: &readings };
    Delivery::scored(of, &score, &minutes, &rules)
}

/// A journal with a dispatch and what was delivered of it, handed over as evidence.
fn handed_over(folder: &Path, document: String) {
    let mut journal = Journal::open(&folder.join("journal.sqlite")).unwrap();
    let operator = SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[5; 32]);
    let fsp = SigningKey::from_seed("brightflex-2026".parse().unwrap(), &[8; 32]);
    let (dispatch, _) = signed(&operator, &fsp);
    let entry = |kind, document| Entry {
        at: "2026-11-26T15:46:00Z".parse().unwrap(),
        kind,
        dispatch: Some(dispatch.dispatch.key()),
        unit: Some(dispatch.dispatch.unit.clone()),
        text: "as it was".to_owned(),
        document: Some(document),
    };
    journal
        .append_all(&[entry(EntryKind::Intent, dispatch.to_json()), entry(EntryKind::Delivery, document)])
        .unwrap();
    sign_head(&mut journal, 5);
    let pinned = |key: &SigningKey| KeyRing::new([key.public(None, None)]);
    let owned = |owner, key: &SigningKey| OwnedKey { owner, key: key.public(None, None) };
    let keys = [
        owned(Owner::Operator("GB-DNO-11".parse().unwrap()), &operator),
        owned(Owner::Fsp("BRIGHTFLEX".parse().unwrap()), &fsp),
    ];
    let trust = Trust {
        operators: [("GB-DNO-11".parse().unwrap(), pinned(&operator))].into(),
        fsps: [("BRIGHTFLEX".parse().unwrap(), pinned(&fsp))].into(),
    };
    std::fs::write(folder.join("trust.toml"), trust.to_toml()).unwrap();
    let evidence = Evidence::gather(&journal, &dispatch.dispatch.key(), &keys).unwrap();
    std::fs::write(folder.join("evidence.json"), evidence.to_json()).unwrap();
}

/// Else the desk could put any figures over a curve, and nobody would see it.
#[test]
fn what_was_delivered_is_worked_out_again_by_both_and_a_figure_that_does_not_come_out_is_found() {
    let key = SigningKey::from_seed("k".parse().unwrap(), &[1; 32]);
    let good = delivered(&signed(&key, &key).0).to_json();
    let of = |member: &str| {
        let whole: serde_json::Value = serde_json::from_str(&good).unwrap();
        format!("\"{}\":{}", member.rsplit('/').next().unwrap(), whole.pointer(member).unwrap())
    };
    for (member, new, holds) in [
        ("/format", "\"format\":\"rampdesk-delivery/1\"", true),
        ("/score/asked_wh", "\"asked_wh\":1", false),
        ("/score/delivered_wh", "\"delivered_wh\":2100000", false),
        ("/score/short_wh", "\"short_wh\":0", false),
        ("/score/over_wh", "\"over_wh\":0", false),
        ("/score/minutes_missing", "\"minutes_missing\":19", false),
        ("/score/minutes_metered", "\"minutes_metered\":101", false),
        ("/score/minutes_within", "\"minutes_within\":2", false),
        ("/score/of_asked", "\"of_asked\":0.95", false),
        ("/score/payment/flexible_power", "\"flexible_power\":1.0", false),
        ("/score/payment/transition", "\"transition\":1.0", false),
        ("/score/payment/one_sided", "\"one_sided\":1.0", false),
        ("/score/half_hours/2/delivered_wh", "\"delivered_wh\":100000", false),
        ("/readings/count", "\"count\":5", false),
        ("/dispatch_ref", "\"dispatch_ref\":\"EMID-20261126-0418\"", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let old = of(member);
        assert!(good.contains(&old), "{old}: {good}");
        handed_over(folder.path(), good.replacen(&old, new, 1));
        let file = |name: &str| folder.path().join(name);
        let program = Command::new(env!("CARGO_BIN_EXE_rampdesk"))
            .args(["verify", "evidence.json", "--trust", "trust.toml"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(program.stderr).unwrap();
        assert_eq!(program.status.code(), Some(i32::from(!holds)), "{old} as {new}: {said}");
        if let Some((code, said)) =
            python_script("evidence.py", &[&file("evidence.json"), &file("trust.toml")])
        {
            assert_eq!(code, i32::from(!holds), "{old} as {new}: {said}");
            assert_eq!(said.contains("its figures come out of its curve"), holds, "{said}");
        }
    }
}

#[test]
fn evidence_of_a_dispatch_holds_for_both_and_no_longer_when_any_of_it_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut journal = written(&file("journal.sqlite"));
    let fsp = SigningKey::from_seed("brightflex-2026".parse().unwrap(), &[8; 32]);
    let operator = SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[5; 32]);
    let (dispatch, said) = signed(&operator, &fsp);
    let key = dispatch.dispatch.key();
    let entry = |kind, document| Entry {
        at: "2026-11-26T15:46:00Z".parse().unwrap(),
        kind,
        dispatch: Some(key.clone()),
        unit: Some(dispatch.dispatch.unit.clone()),
        text: "as it was".to_owned(),
        document: Some(document),
    };
    journal.append(entry(EntryKind::Intent, dispatch.to_json())).unwrap();
    journal.append_all(&entries()[1..2]).unwrap();
    journal.append(entry(EntryKind::Acknowledgement, said.to_json())).unwrap();
    sign_head(&mut journal, 5);
    drop(journal);
    let ring = |key: &SigningKey| KeyRing::new([key.public(None, None)]);
    let trust = Trust {
        operators: [("GB-DNO-11".parse().unwrap(), ring(&operator))].into(),
        fsps: [("BRIGHTFLEX".parse().unwrap(), ring(&fsp))].into(),
    };
    std::fs::write(file("trust.toml"), trust.to_toml()).unwrap();

    let rampdesk = |line: &str| {
        let said = Command::new(env!("CARGO_BIN_EXE_rampdesk"))
            .args(line.split(' '))
            .current_dir(folder.path())
            .output()
            .unwrap();
        (said.status.code().unwrap(), String::from_utf8(said.stderr).unwrap())
    };
    let made = "evidence EMID-20261126-0417 --journal journal.sqlite --trust trust.toml --out evidence.json";
    let (code, said) = rampdesk(made);
    assert_eq!(code, 0, "{said}");
    let good = std::fs::read_to_string(file("evidence.json")).unwrap();
    for (old, new, holds) in [
        ("", "", true),
        ("as it was", "as it never was", false),
        ("-1234.567", "-1234.568", false),
        ("300.05", "300.06", false),
        ("5 °C", "6 °C", false),
        ("\"content\": \"", "\"content\": \"0", false),
    ] {
        assert!(good.contains(old), "{old}: {good}");
        std::fs::write(file("handed-over.json"), good.replacen(old, new, 1)).unwrap();
        for trust in ["", " --trust trust.toml"] {
            let (code, said) = rampdesk(&format!("verify handed-over.json{trust}"));
            assert_eq!(code, i32::from(!holds), "{old}: {said}");
            assert_eq!(said.contains("evidence of GB-DNO-11/EMID-20261126-0417 holds"), holds, "{said}");
        }
        for files in [vec![file("handed-over.json")], vec![file("handed-over.json"), file("trust.toml")]] {
            let files: Vec<&Path> = files.iter().map(|file| file.as_path()).collect();
            if let Some((code, said)) = python_script("evidence.py", &files) {
                assert_eq!(code, i32::from(!holds), "{old}: {said}");
                assert_eq!(said.contains("the evidence holds: GB-DNO-11 signed"), holds, "{said}");
                assert_eq!(said.matches(": signed").count(), if holds { 2 } else { 0 }, "{said}");
            }
        }
    }
}
