//! A desk's journal and evidence from it, damaged or forged. The first byte says what the rest is: changes to the bytes of a
//! good journal, each a place and a byte; an SQLite file; changes to the text of good evidence; evidence as text.
//!
//! A damaged journal is refused or told of, and never read as something else: where nothing is found in it and its heads
//! hold, everything up to the last of them is as it was written. Evidence that holds says what was signed.

use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;
use std::process;

use rampdesk::dispatch::{
    Acknowledgement, Approved, Dispatch, DispatchParts, Readback, SigningKey, Stage, dispatch_from_json,
};
use rampdesk::journal::evidence::{Evidence, EvidenceFault, Fact, OwnedKey, Owner};
use rampdesk::journal::{Entry, EntryKind, Head, Journal, Query, Recorded};

use super::desk::{approver, at, fsp, now, operator, ring};
use super::picked;

/// One of every four changes is taken as this long, bytes: a place of two bytes, and the byte that stands there then.
const CHANGE: usize = 3;

thread_local! {
    static GOOD: OnceCell<Good> = const { OnceCell::new() };
}

/// What is damaged, and what it was.
struct Good {
    file: PathBuf,
    bytes: Vec<u8>,
    entries: Vec<Recorded>,
    evidence: Evidence,
    facts: Vec<Fact>,
}

pub fn exercise(data: &[u8]) {
    let Some((choice, rest)) = picked(data, 5) else { return };
    GOOD.with(|good| {
        let good = good.get_or_init(Good::new);
        match choice {
            0 => good.damaged(&changed(&good.bytes, rest), true),
            1 => good.damaged(rest, false),
            2 => good.continued(&changed(&good.bytes, rest)),
            3 => {
                let changed = changed(good.evidence.to_json().as_bytes(), rest);
                good.judged(&String::from_utf8_lossy(&changed));
            }
            _ => {
                if let Ok(text) = std::str::from_utf8(rest) {
                    good.judged(text);
                }
            }
        }
    });
}

fn changed(good: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut changed = good.to_vec();
    for change in changes.chunks_exact(CHANGE) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]]));
        let length = changed.len();
        if let Some(byte) = changed.get_mut(place % length) {
            *byte = change[2];
        }
    }
    // What does not make a change is where the file is cut.
    if let [cut] = changes.chunks_exact(CHANGE).remainder() {
        changed.truncate(good.len() * usize::from(*cut) / 256);
    }
    changed
}

fn pinned() -> Vec<OwnedKey> {
    let of = |owner: Owner, key: SigningKey| OwnedKey { owner, key: key.public(None, None) };
    vec![
        of(Owner::Operator("GB-DNO-11".parse().unwrap()), operator()),
        of(Owner::Fsp("BRIGHTFLEX".parse().unwrap()), fsp()),
        of(Owner::Approver("Ada Winter".to_owned()), approver()),
    ]
}

fn dispatch(number: u32) -> Dispatch {
    let (read, _) = dispatch_from_json(DISPATCH).expect("a dispatch");
    let dispatch_ref = format!("EMID-20261126-{number:04}").parse().expect("a ref");
    Dispatch::new(DispatchParts { dispatch_ref, ..read.parts().clone() }).expect("a dispatch")
}

const DISPATCH: &str = r#"{"profile": "gb-dispatch/1", "network_operator": "GB-DNO-11",
    "dispatch_ref": "EMID-20261126-0417", "revision": 1, "status": "RUN", "contract": "EMID-C-2026-0193",
    "dispatch_unit": {"fsp": "BRIGHTFLEX", "unit": "BESS-07"}, "instruction_time": "2026-11-26T15:45:00Z",
    "service_start": "2026-11-26T17:00:00Z", "service_end": "2026-11-26T19:00:00Z", "setpoints": [
        {"at": "2026-11-26T17:00:00Z", "parameters": [
            {"service_type": "REAL", "reference": "DELTA", "volume": 2000, "units": "KW"}]}]}"#;

fn entry(kind: EntryKind, of: Option<&Dispatch>, text: &str, document: Option<String>) -> Entry {
    let (dispatch, unit) = (of.map(Dispatch::key), of.map(|d| d.unit.clone()));
    Entry { at: at("2026-11-26T15:46:00Z"), kind, dispatch, unit, text: text.to_owned(), document }
}

fn acknowledged(dispatch: &Dispatch) -> String {
    let acknowledgement = Acknowledgement {
        key: dispatch.key(),
        unit: dispatch.unit.clone(),
        revision: dispatch.revision,
        status: Some(dispatch.status),
        stage: Stage::Accepted,
        at: at("2026-11-26T15:45:12Z"),
        readback: Some(Readback::of(dispatch)),
        reason: None,
        detail: None,
        reached_at: None,
    };
    acknowledgement.sign(&fsp()).expect("our own key").to_json()
}

fn sign(journal: &mut Journal) {
    let (number, hash) = journal.end().expect("an end");
    let head = Head { operator: "GB-DNO-11".parse().unwrap(), number, hash, at: now() };
    let document = head.sign(&operator()).expect("our own key").to_json();
    journal.append(entry(EntryKind::Head, None, "signed", Some(document))).expect("an entry");
}

impl Good {
    fn new() -> Self {
        let file = std::env::temp_dir().join(format!("rampdesk-journals-{}.sqlite", process::id()));
        let (ours, theirs) = (dispatch(417), dispatch(999));
        let approval =
            Approved::of([&ours], at("2026-11-26T15:44:00Z")).sign(&approver()).expect("our own key");
        let intent = |d: &Dispatch| {
            entry(
                EntryKind::Intent,
                Some(d),
                "about to be sent",
                Some(d.clone().sign(&operator()).expect("our own key").to_json()),
            )
        };
        let _ = fs::remove_file(&file);
        let mut journal = Journal::open(&file).expect("a journal");
        let entries = [
            entry(EntryKind::Session, None, "session began", None),
            entry(EntryKind::Approval, Some(&ours), "approved", Some(approval.to_json())),
            intent(&ours),
            intent(&theirs),
            entry(EntryKind::Sent, Some(&ours), "the VTN has it", None),
            entry(EntryKind::Acknowledgement, Some(&ours), "ACCEPTED", Some(acknowledged(&ours))),
        ];
        journal.append_all(&entries).expect("entries");
        sign(&mut journal);
        journal.append(entry(EntryKind::Session, None, "session ended", None)).expect("an entry");
        let entries = journal.entries(0, 100).expect("its entries");
        let evidence = Evidence::gather(&journal, &ours.key(), &pinned()).expect("evidence");
        let judgement = evidence.judge(&pinned());
        assert_eq!(judgement.faults, [""; 0]);
        drop(journal);
        let bytes = fs::read(&file).expect("the journal's bytes");
        Self { file, bytes, entries, evidence, facts: judgement.facts }
    }

    fn put(&self, bytes: &[u8]) {
        for beside in ["-wal", "-shm"] {
            let mut path = self.file.clone().into_os_string();
            path.push(beside);
            let _ = fs::remove_file(path);
        }
        fs::write(&self.file, bytes).expect("it can be written");
    }

    /// Looked at from every side, as `verify`, `evidence` and the console do.
    fn damaged(&self, bytes: &[u8], was_good: bool) {
        self.put(bytes);
        let journal = match Journal::open_to_read(&self.file) {
            Ok(journal) => journal,
            Err(fault) => return self.refused(&fault.to_string()),
        };
        match journal.audit() {
            Ok(audit) => {
                for finding in &audit.findings {
                    assert!(finding.first <= finding.last, "{finding:?}");
                    assert!(!finding.to_string().is_empty());
                }
                let heads = audit.heads.iter().map(|found| found.signed.as_ref());
                let holding: Vec<u64> = heads
                    .filter_map(|head| head.ok().filter(|head| head.verify(&ring()).is_ok()))
                    .map(|head| head.head.number)
                    .collect();
                if let Some(last) = holding.into_iter().max().filter(|_| audit.findings.is_empty()) {
                    self.assert_as_written(&journal, last);
                }
            }
            Err(fault) => self.refused(&fault.to_string()),
        }
        let key = dispatch(417).key();
        let _ = journal.find(&Query::default(), None, 100);
        let _ = journal.lately(&EntryKind::ALL, 100, |_| ());
        let _ = journal.last_of(EntryKind::Head, 10);
        let _ = journal.operators_of(&key.dispatch_ref);
        match Evidence::gather(&journal, &key, &pinned()) {
            Ok(evidence) => self.assert_true(&evidence),
            Err(EvidenceFault::Journal(fault)) => self.refused(&fault.to_string()),
            Err(_) => {}
        }
        assert!(was_good || self.bytes != bytes || journal.len() == 8);
    }

    /// A desk that opens it goes on behind what it holds, or does not begin.
    fn continued(&self, bytes: &[u8]) {
        self.put(bytes);
        let mut journal = match Journal::open(&self.file) {
            Ok(journal) => journal,
            Err(fault) => return self.refused(&fault.to_string()),
        };
        let Ok((number, _)) = journal.end() else { return };
        if let Ok(recorded) = journal.append(entry(EntryKind::Session, None, "session began", None)) {
            assert_eq!(recorded.number, number + 1);
            assert_eq!(journal.len(), number + 1);
        }
    }

    /// A refusal names the file.
    fn refused(&self, said: &str) {
        assert!(said.contains("journal") && said.chars().count() <= 2048, "{said}");
    }

    fn assert_as_written(&self, journal: &Journal, last: u64) {
        let read = journal.entries(0, 100).expect("what was audited can be read");
        let count = usize::try_from(last).expect("few");
        assert_eq!(read.get(..count), self.entries.get(..count), "up to entry {last}");
    }

    fn judged(&self, text: &str) {
        Evidence::is_meant(text);
        match Evidence::from_json(text) {
            Ok(evidence) => {
                assert_eq!(Evidence::from_json(&evidence.to_json()).as_ref(), Ok(&evidence));
                // Keys of its own prove nothing, and harm nothing.
                evidence.judge(&[]);
                self.assert_true(&evidence);
            }
            Err(fault) => assert!(!fault.is_empty()),
        }
    }

    /// By the pinned keys it holds only where every dispatch, approval and acknowledgement in it is one that was signed.
    fn assert_true(&self, evidence: &Evidence) {
        let judgement = evidence.judge(&pinned());
        assert_eq!(judgement.signed.is_some(), judgement.faults.is_empty());
        if judgement.faults.is_empty() && evidence.dispatch == self.evidence.dispatch {
            assert_eq!(judgement.facts, self.facts);
        }
    }
}
