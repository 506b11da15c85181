//! Evidence as it is gathered, handed over and judged.

use proptest::prelude::*;

use super::*;
use crate::dispatch::sample::{at, dispatch, parts};
use crate::dispatch::{
    Acknowledgement, Approved, Dispatch, DispatchParts, Readback, SigningKey, Stage, Status,
};
use crate::journal::Head;

fn key(id: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(id.parse().unwrap(), &[seed; 32])
}

fn operator() -> SigningKey {
    key("gb-dno-11-2026", 1)
}

fn fsp() -> SigningKey {
    key("brightflex-2026", 2)
}

fn approver() -> SigningKey {
    key("ada-winter", 3)
}

fn pinned() -> Vec<OwnedKey> {
    let of = |owner: Owner, key: SigningKey| OwnedKey { owner, key: key.public(None, None) };
    vec![
        of(Owner::Operator("GB-DNO-11".parse().unwrap()), operator()),
        of(Owner::Fsp("BRIGHTFLEX".parse().unwrap()), fsp()),
        of(Owner::Fsp("COLDCHAIN".parse().unwrap()), key("coldchain-2026", 4)),
        of(Owner::Approver("Ada Winter".to_owned()), approver()),
    ]
}

fn entry(kind: EntryKind, of: Option<&Dispatch>, text: &str, document: Option<String>) -> Entry {
    let (dispatch, unit) = (of.map(Dispatch::key), of.map(|d| d.unit.clone()));
    Entry { at: at("2026-11-26T15:46:00Z"), kind, dispatch, unit, text: text.to_owned(), document }
}

fn says(stage: Stage) -> Acknowledgement {
    Acknowledgement {
        key: dispatch().key(),
        unit: dispatch().unit.clone(),
        revision: dispatch().revision,
        status: Some(Status::Run),
        stage,
        at: at("2026-11-26T15:45:12Z"),
        readback: Some(Readback::of(&dispatch())),
        reason: None,
        detail: None,
        reached_at: None,
    }
}

fn sign(journal: &mut Journal) {
    let (number, hash) = journal.end().unwrap();
    let operator_id = dispatch().network_operator.clone();
    let head = Head { operator: operator_id, number, hash, at: at("2026-11-26T15:50:00Z") };
    let document = Some(head.sign(&operator()).unwrap().to_json());
    journal.append(entry(EntryKind::Head, None, "signed", document)).unwrap();
}

/// A dispatch with an approval, its answers, a forged one, and somebody else's dispatch in between.
fn journal() -> Journal {
    let (ours, theirs) = (dispatch(), other());
    let approval = Approved::of([&ours], at("2026-11-26T15:44:00Z")).sign(&approver()).unwrap();
    let acknowledged = |stage, key: &SigningKey| Some(says(stage).sign(key).unwrap().to_json());
    let mut journal = Journal::in_memory().unwrap();
    journal
        .append_all(&[
            entry(EntryKind::Session, None, "session began", None),
            entry(EntryKind::Approval, None, "approved", Some(approval.to_json())),
            entry(
                EntryKind::Intent,
                Some(&ours),
                "about to be sent",
                Some(ours.clone().sign(&operator()).unwrap().to_json()),
            ),
            entry(
                EntryKind::Intent,
                Some(&theirs),
                "TOP SECRET",
                Some(theirs.clone().sign(&operator()).unwrap().to_json()),
            ),
            entry(EntryKind::Sent, Some(&ours), "the VTN has it", None),
            entry(EntryKind::Acknowledgement, Some(&ours), "ACCEPTED", acknowledged(Stage::Accepted, &fsp())),
            entry(
                EntryKind::Acknowledgement,
                Some(&ours),
                "forged",
                acknowledged(Stage::Ended, &key("brightflex-2026", 9)),
            ),
        ])
        .unwrap();
    journal
}

fn other() -> Dispatch {
    let parts = DispatchParts {
        dispatch_ref: "EMID-20261126-0999".parse().unwrap(),
        unit: "COLDCHAIN/STORE-1".parse().unwrap(),
        ..parts()
    };
    Dispatch::new(parts).unwrap()
}

fn gathered() -> Evidence {
    let mut journal = journal();
    sign(&mut journal);
    journal.append(entry(EntryKind::Session, None, "session ended", None)).unwrap();
    Evidence::gather(&journal, &dispatch().key(), &pinned()).unwrap()
}

#[test]
fn it_holds_shows_all_that_was_signed_and_nothing_of_others() {
    let evidence = gathered();
    let text = evidence.to_json();
    assert!(Evidence::is_meant(&text));
    for hidden in ["TOP SECRET", "COLDCHAIN", "0999", "session ended", "session began"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert_eq!(Evidence::from_json(&text), Ok(evidence));
    for keys in [pinned(), Vec::new()] {
        let judgement = Evidence::from_json(&text).unwrap().judge(&keys);
        assert_eq!(judgement.faults, [""; 0]);
        assert_eq!(judgement.signed, Some((7, at("2026-11-26T15:50:00Z"))));
        let worth: Vec<(u64, Option<bool>)> =
            judgement.facts.iter().map(|f| (f.entry, f.signature.as_ref().map(Result::is_ok))).collect();
        let expected = [(2, Some(true)), (3, Some(true)), (5, None), (6, Some(true)), (7, Some(false))];
        assert_eq!(worth, expected, "the forged one is shown as what it is");
    }
}

#[test]
fn whatever_is_changed_in_it_is_found() {
    let good = gathered().to_json();
    let other_key = key("x", 9).public(None, None).to_text();
    for (old, new, says) in [
        ("the VTN has it", "the VTN has it not", "another chain than this"),
        ("\"number\": 5", "\"number\": 50", "those between are missing"),
        ("2026-11-26T15:46:00Z", "2026-11-26T15:46:01Z", "another chain than this"),
        ("\\\"volume\\\": 2000", "\\\"volume\\\": 3000", "another chain than this"),
        (
            operator().public(None, None).to_text().as_str(),
            other_key.as_str(),
            "is not the one that is pinned",
        ),
    ] {
        assert!(good.contains(old), "{old}:\n{good}");
        let judgement = Evidence::from_json(&good.replacen(old, new, 1)).unwrap().judge(&pinned());
        assert!(judgement.signed.is_none(), "{old}: {judgement:?}");
        assert!(judgement.faults.join("\n").contains(says), "{old}: {:?}", judgement.faults);
    }
    let mut sealed = gathered();
    for shown in &mut sealed.span {
        if let Said::Sealed(content) = &mut shown.said {
            *content = "ab".repeat(32);
        }
    }
    assert!(sealed.judge(&pinned()).faults[0].contains("another chain"));
    let mut without = gathered();
    without.span.pop();
    assert!(without.judge(&pinned()).faults[0].contains("nothing proves its place"));
}

#[test]
fn there_is_none_of_what_is_not_there_not_signed_or_not_as_it_was_written() {
    let mut journal = journal();
    let words = |journal: &Journal, key: &DispatchKey| {
        Evidence::gather(journal, key, &pinned()).unwrap_err().to_string()
    };
    let key = dispatch().key();
    assert!(words(&journal, &key).starts_with("GB-DNO-11 has not signed the journal after entry 7"));
    sign(&mut journal);
    let unknown = DispatchKey { dispatch_ref: "EMID-1".parse().unwrap(), ..key.clone() };
    assert_eq!(words(&journal, &unknown), "the journal holds nothing of dispatch GB-DNO-11/EMID-1");
    let late = entry(EntryKind::Alarm, Some(&dispatch()), "late", None);
    journal.append(late).unwrap();
    assert!(words(&journal, &key).contains("after entry 9"), "an older head does not cover what came later");
}

#[test]
fn what_is_no_evidence_says_what_is_wrong_with_it() {
    let good = gathered().to_json();
    for (old, new, says) in [
        (
            "rampdesk-evidence/1",
            "rampdesk-evidence/2",
            "format: `rampdesk-evidence/2` is not `rampdesk-evidence/1`",
        ),
        ("\"kind\": \"sent\"", "\"kind\": \"rumour\"", "entries: 5: `rumour` is no kind of entry"),
        ("\"before\"", "\"behind\"", "unknown field `behind`"),
        (
            "\"operator\": \"GB-DNO-11\",\n      \"key_id\"",
            "\"key_id\"",
            "keys: gb-dno-11-2026: it has one owner",
        ),
    ] {
        assert!(good.contains(old), "{old}:\n{good}");
        let fault = Evidence::from_json(&good.replacen(old, new, 1)).unwrap_err();
        assert!(fault.contains(says), "{fault}");
    }
    assert!(!Evidence::is_meant("{\"profile\": 1}") && !Evidence::is_meant("junk"));
}

/// All that is proven by it. The last entry only carries what was signed, and stands after it: its own words are not.
fn proven(evidence: &Evidence) -> (&DispatchKey, &[OwnedKey], &str, &[Shown], SignedHead) {
    let Evidence { dispatch, keys, before, span } = evidence;
    let (last, proven) = span.split_last().unwrap();
    let head = SignedHead::from_json(last.entry().unwrap().document.as_deref().unwrap()).unwrap();
    (dispatch, keys, before, proven, head)
}

proptest! {
    #[test]
    fn no_change_to_good_evidence_is_taken_for_it(place in any::<prop::sample::Index>(), new in any::<char>(), cut in any::<bool>()) {
        let original = gathered();
        let mut text: Vec<char> = original.to_json().chars().collect();
        let place = place.index(text.len());
        if cut {
            text.remove(place);
        } else {
            text[place] = new;
        }
        let written: String = text.iter().collect();
        if let Ok(changed) = Evidence::from_json(&written)
            && changed.judge(&pinned()).signed.is_some()
        {
            prop_assert!(proven(&changed) == proven(&original), "changed at character {place}");
        }
    }

    #[test]
    fn any_text_is_judged_without_a_panic(text in "\\PC{0,200}") {
        let _ = Evidence::from_json(&text).map(|evidence| evidence.judge(&pinned()));
        let _ = SignedHead::from_json(&text);
    }
}
