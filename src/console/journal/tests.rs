//! The journal by a person's hands.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::console::testing::{Bench, NOW, at, dispatch, key, quiet_snapshot, revision, unit_named};
use crate::desk::snapshot::{Phase, Snapshot};
use crate::journal::{Entry, EntryKind, Journal, Recorded};
use crate::power::Baseline;

fn entry(kind: EntryKind, text: &str) -> Entry {
    Entry { at: at(NOW), kind, dispatch: None, unit: None, text: text.to_owned(), document: None }
}

fn about(reference: &str, unit: &str, entry: Entry) -> Entry {
    Entry { dispatch: Some(key(reference)), unit: Some(unit_named(unit)), ..entry }
}

/// As many entries as the file of a busy shift: commands, and one dispatch near its beginning.
fn shift() -> Vec<Entry> {
    let mut all = vec![entry(EntryKind::Session, "session began with http://127.0.0.1:8080")];
    let intent =
        about("EMID-0417", "BRIGHTFLEX/BESS-07", entry(EntryKind::Intent, "about to send revision 1"));
    all.push(Entry {
        document: Some("{\"dispatch_ref\":\"EMID-0417\",\"revision\":1}".to_owned()),
        ..intent
    });
    for number in 3..=2400 {
        all.push(entry(EntryKind::Command, &format!("acknowledge alarm {number}: done")));
    }
    all
}

fn with_tail(recorded: &[Recorded], file: Option<&Path>) -> Snapshot {
    let mut snapshot = quiet_snapshot();
    let tail = recorded.len().saturating_sub(500);
    snapshot.journal_tail = recorded[tail..].iter().cloned().map(Arc::new).collect();
    snapshot.journal_file = file.map(Arc::from);
    snapshot
}

fn open(snapshot: Snapshot) -> Bench {
    let mut bench = Bench::open(snapshot);
    bench.press(Modifiers::COMMAND, Key::Num7);
    bench
}

/// A window on a file with [`shift`] in it.
fn on_a_file(folder: &Path) -> (Bench, Journal) {
    let path = folder.join("journal.sqlite");
    let mut journal = Journal::open(&path).unwrap();
    let recorded = journal.append_all(&shift()).unwrap();
    let mut bench = open(with_tail(&recorded, Some(&path)));
    wait_for(&mut bench, "1,000 entries, and older ones");
    (bench, journal)
}

/// The file is read on another thread: waits for what that is to show.
#[track_caller]
fn wait_for(bench: &mut Bench, text: &str) {
    let begun = Instant::now();
    while bench.harness.query_by_label_contains(text).is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "“{text}” never came:\n{}", bench.said());
        std::thread::sleep(Duration::from_millis(5));
        bench.settle();
    }
}

/// Waits until a search has come to its end with nothing.
#[track_caller]
fn wait_for_nothing(bench: &mut Bench) {
    wait_for(bench, "No entry is like that");
    assert!(bench.harness.query_by_label("0 entries").is_some(), "{}", bench.said());
}

fn find(bench: &mut Bench, words: &str) {
    bench.harness.get_by_role_and_label(Role::TextInput, "Find in the journal").click();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::TextInput, "Find in the journal").type_text(words);
    bench.settle();
}

#[test]
fn what_happened_long_before_is_found_in_the_file_and_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, _journal) = on_a_file(folder.path());
    find(&mut bench, "emid-0417");
    wait_for(&mut bench, "1 entry");
    bench.harness.get_by_label("about to send revision 1").click();
    bench.settle();
    for told in ["Entry 2", "EMID-0417 of GB-DNO-11", "BRIGHTFLEX/BESS-07", "Place in the chain"] {
        assert!(bench.harness.query_all_by_label(told).next().is_some(), "{told}:\n{}", bench.said());
    }
    let copied = bench.click(Role::Button, "Copy").unwrap();
    assert_eq!(copied, "{\"dispatch_ref\":\"EMID-0417\",\"revision\":1}", "byte for byte");
    bench.click(Role::Button, "Close");
    bench.click(Role::Button, "Show all");
    wait_for(&mut bench, "1,000 entries, and older ones");
}

#[test]
fn older_ones_are_read_page_by_page_to_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, _journal) = on_a_file(folder.path());
    for shown in ["2,000 entries, and older ones", "2,400 entries"] {
        bench.click(Role::Button, "Show older ones");
        wait_for(&mut bench, shown);
    }
    assert!(bench.harness.query_by_label_contains("and older ones").is_none());
}

#[test]
fn what_happens_now_comes_on_top_when_it_is_sought() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, mut journal) = on_a_file(folder.path());
    find(&mut bench, "northgen");
    wait_for_nothing(&mut bench);
    let lost = journal.append(entry(EntryKind::Link, "NORTHGEN's client is lost")).unwrap();
    let other = journal.append(entry(EntryKind::Link, "COLDCHAIN's client is back")).unwrap();
    bench.publish(|snapshot| snapshot.journal_tail.extend([lost, other].map(Arc::new)));
    wait_for(&mut bench, "NORTHGEN's client is lost");
    assert!(bench.harness.query_by_label("COLDCHAIN's client is back").is_none());
    assert!(bench.harness.query_by_label("1 entry").is_some(), "and once only:\n{}", bench.said());
}

#[test]
fn a_burst_that_the_window_saw_nothing_of_is_read_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, mut journal) = on_a_file(folder.path());
    find(&mut bench, "burst 007");
    wait_for_nothing(&mut bench);
    let burst: Vec<Entry> =
        (0..900).map(|n| entry(EntryKind::Command, &format!("burst {n:03} done"))).collect();
    let recorded = journal.append_all(&burst).unwrap();
    bench.publish(|snapshot| snapshot.journal_tail = recorded[400..].iter().cloned().map(Arc::new).collect());
    wait_for(&mut bench, "burst 007 done");
}

#[test]
fn the_chain_is_checked_on_request_and_a_change_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (mut bench, journal) = on_a_file(folder.path());
    bench.click(Role::Button, "Check the chain");
    wait_for(&mut bench, "The chain holds: 2,400 entries as of 17:20:00 GMT");
    drop(journal);
    let path = folder.path().join("journal.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let (was, is) = (b"about to send revision 1", b"about to send revision 7");
    let at = bytes.windows(was.len()).position(|part| part == was).unwrap();
    bytes[at..at + was.len()].copy_from_slice(is);
    std::fs::write(&path, &bytes).unwrap();
    bench.click(Role::Button, "Check the chain");
    wait_for(&mut bench, "the journal was changed at entry 2");
}

#[test]
fn kinds_and_times_narrow_it_and_a_time_that_cannot_be_read_is_named() {
    let mut journal = Journal::in_memory().unwrap();
    let mut all = shift();
    all.truncate(4);
    all[0].at = at("2026-11-25T09:00:00Z");
    let recorded = journal.append_all(&all).unwrap();
    let mut bench = open(with_tail(&recorded, None));
    assert!(bench.harness.query_by_label("4 entries").is_some(), "{}", bench.said());
    bench.harness.get_by_role_and_label(Role::ComboBox, "Kinds").click();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::CheckBox, "intent").click();
    bench.settle();
    assert!(bench.harness.query_by_label("1 entry").is_some(), "{}", bench.said());
    bench.press(Modifiers::NONE, Key::Escape);
    bench.click(Role::Button, "Show all");
    bench.click(Role::Button, "Today");
    assert!(bench.harness.query_by_label("3 entries").is_some(), "not yesterday's:\n{}", bench.said());
    let until = || "Until, London time";
    bench.harness.get_by_role_and_label(Role::TextInput, until()).click();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::TextInput, until()).type_text("noonish");
    bench.settle();
    assert!(bench.harness.query_by_label_contains("Until: ").is_some(), "{}", bench.said());
    assert!(bench.harness.query_by_label("3 entries").is_some(), "what was found stays:\n{}", bench.said());
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut bench = open(with_tail(&[], Some(&path)));
    wait_for(&mut bench, "The journal cannot be read");
    Journal::open(&path).unwrap().append_all(&shift()[..2]).unwrap();
    bench.click(Role::Button, "Try again");
    wait_for(&mut bench, "2 entries");
}

/// Else a person who sees a score looks for its place in the journal by hand.
#[test]
fn delivery_and_a_units_page_lead_to_what_the_journal_holds_of_them() {
    let (from, to) = ("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z");
    let of_battery = revision("EMID-0417", 1, "BRIGHTFLEX/BESS-07", 2000, from, to);
    let state = dispatch(vec![of_battery], Phase::AtSetpoint, Vec::new());
    let delivery = state.delivery(Some(&Baseline::Zero), at(to));
    let entry_of = |reference: &str, unit: &str, text: &str, document: Option<String>| Entry {
        document,
        ..about(reference, unit, entry(EntryKind::Delivery, text))
    };
    let mut journal = Journal::in_memory().unwrap();
    let recorded = journal
        .append_all(&[
            entry_of("EMID-0417", "BRIGHTFLEX/BESS-07", "1,980.0 kWh delivered", Some(delivery.to_json())),
            entry_of("EMID-0418", "COLDCHAIN/STORE-2", "another's", None),
        ])
        .unwrap();
    let mut snapshot = with_tail(&recorded, None);
    snapshot.dispatches = vec![Arc::new(state)];
    let mut bench = Bench::open(snapshot);
    bench.press(Modifiers::COMMAND, Key::Num4);
    bench.click(Role::Button, "In the journal");
    assert!(bench.harness.query_by_label("1 entry").is_some(), "{}", bench.said());
    bench.harness.get_by_label("1,980.0 kWh delivered").click();
    bench.settle();
    let said = bench.said();
    let rows = said.lines().filter(|line| line.trim_start().starts_with("asked_w: [")).count();
    assert_eq!(rows, 1, "a minute has no line of its own:\n{said}");
    bench.click(Role::Button, "Show in Fleet");
    bench.click(Role::Button, "Its journal");
    assert!(bench.harness.query_by_label("1 entry").is_some(), "{}", bench.said());
}
