//! What there is to look at after a kill: the journal, the VTN's store, and what the desk that was started again shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use rampdesk::dispatch::{Acknowledgement, Dispatch, DispatchKey, Stage, dispatch_from_json};
use rampdesk::journal::{EntryKind, Journal, Recorded};
use rampdesk::openadr::mapping;
use rampdesk::openadr::wire::{Event, Report};
use rampdesk::time::Clock;
use rusqlite::{Connection, OpenFlags};
use serde::de::DeserializeOwned;

use super::shown::Shown;

/// What no kill may bring about.
const NEVER: [&str; 8] = [
    "files its acknowledgements",
    "which this desk did not sign",
    "which is not what this desk sent",
    "was not believed",
    "cannot be read",
    "The desk itself failed",
    "The VTN came back without",
    "which is not its own",
];

/// What was found after a kill.
#[derive(Default)]
pub struct Found {
    pub faults: Vec<String>,
    intents: usize,
    events: usize,
    acknowledgements: usize,
    not_sent: usize,
}

impl Found {
    /// With those of its faults alone that an earlier look found too.
    pub fn also_in(mut self, earlier: &Self) -> Self {
        self.faults.retain(|fault| earlier.faults.contains(fault));
        self
    }

    pub fn words(&self) -> String {
        format!(
            "{} intents, {} events, {} acknowledgements, {} shown as not sent, {} faults",
            self.intents,
            self.events,
            self.acknowledgements,
            self.not_sent,
            self.faults.len()
        )
    }
}

/// Where to look, and what was seen before.
pub struct Evidence {
    journal: PathBuf,
    store: PathBuf,
    /// The dispatches that were over, with the last revision and the phase that they ended in.
    over: BTreeMap<DispatchKey, (u32, String)>,
    journalled: u64,
}

impl Evidence {
    pub fn of(journal: &Path, store: &Path) -> Self {
        Self { journal: journal.to_owned(), store: store.to_owned(), over: BTreeMap::new(), journalled: 0 }
    }

    /// Looks for whatever must not be.
    pub fn look(&mut self, shown: &Shown) -> Found {
        let mut found = Found::default();
        let verified = Command::new(super::program()).arg("verify").arg(&self.journal).output().unwrap();
        if !verified.status.success() {
            found.faults.push(format!("the journal: {}", String::from_utf8_lossy(&verified.stderr)));
        }
        let entries = Journal::open_to_read(&self.journal).unwrap().entries(0, usize::MAX).unwrap();
        if (entries.len() as u64) < self.journalled {
            found.faults.push(format!(
                "the journal had {} entries and has {}",
                self.journalled,
                entries.len()
            ));
        }
        self.journalled = entries.len() as u64;
        let store = open(&self.store);
        let intents = intents(&entries);
        let events = events(&store, &mut found);
        look_for_the_lost(&intents, &events, shown, &mut found);
        look_for_the_invented(&intents, &events, &mut found);
        look_for_the_unknown(shown, &mut found);
        look_at_acknowledgements(&store, &mut found);
        look_at_alarms(&entries, shown, &mut found);
        self.look_at_what_was_over(shown, &mut found);
        found
    }

    /// What was over stays over, as it ended.
    fn look_at_what_was_over(&mut self, shown: &Shown, found: &mut Found) {
        for (key, (revision, phase)) in &self.over {
            match shown.dispatch(key) {
                None => found.faults.push(format!("{key} was {phase} and is not shown any more")),
                Some(now) if !now.is_over || now.phase != *phase => {
                    found.faults.push(format!("{key} revision {revision} was {phase} and is {}", now.phase));
                }
                Some(_) => {}
            }
        }
        for dispatch in shown.dispatches.iter().filter(|d| d.is_over) {
            let last = dispatch.revisions.last().map_or(0, |r| r.revision);
            self.over.insert(dispatch.key.clone(), (last, dispatch.phase.clone()));
        }
    }
}

fn open(store: &Path) -> Connection {
    Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// The objects of a kind, in the order in which the VTN made them.
fn objects<T: DeserializeOwned>(store: &Connection, kind: &str) -> Vec<T> {
    let mut statement = store.prepare("SELECT body FROM object WHERE kind = ? ORDER BY seq").unwrap();
    let bodies = statement.query_map([kind], |row| row.get::<_, String>(0)).unwrap();
    bodies.map(|body| serde_json::from_str(&body.unwrap()).unwrap()).collect()
}

/// Every revision that was journalled as about to be sent; of one that was drawn up anew under its number all versions.
fn intents(entries: &[Recorded]) -> BTreeMap<(DispatchKey, u32), Vec<Dispatch>> {
    let mut intents: BTreeMap<_, Vec<Dispatch>> = BTreeMap::new();
    for entry in entries.iter().map(|r| &r.entry).filter(|entry| entry.kind == EntryKind::Intent) {
        let (dispatch, _) = dispatch_from_json(entry.document.as_deref().unwrap()).unwrap();
        intents.entry((dispatch.key(), dispatch.revision.get())).or_default().push(dispatch);
    }
    intents
}

/// The dispatch that each event holds. Two events for one dispatch are a fault, whatever revisions they hold.
fn events(store: &Connection, found: &mut Found) -> BTreeMap<DispatchKey, Dispatch> {
    let mut held = BTreeMap::new();
    for event in objects::<Event>(store, "EVENT").iter().filter(|event| !mapping::is_anchor(event)) {
        found.events += 1;
        match mapping::dispatch_from(event) {
            Ok(signed) => {
                let dispatch = signed.dispatch;
                let key = dispatch.key();
                if let Some(before) = held.insert(key.clone(), dispatch) {
                    found
                        .faults
                        .push(format!("doubled: two events hold {key}, one of revision {}", before.revision));
                }
            }
            Err(_) => found.faults.push(format!("an event cannot be read: {event:?}")),
        }
    }
    held
}

/// What was journalled is at the VTN, or shown as not sent with its reason.
fn look_for_the_lost(
    intents: &BTreeMap<(DispatchKey, u32), Vec<Dispatch>>,
    events: &BTreeMap<DispatchKey, Dispatch>,
    shown: &Shown,
    found: &mut Found,
) {
    found.intents = intents.len();
    for (key, revision) in intents.keys() {
        let is_held = events.get(key).is_some_and(|held| held.revision.get() >= *revision);
        let shown = shown.dispatch(key).and_then(|dispatch| dispatch.revision(*revision));
        match shown {
            None => found.faults.push(format!("lost: {key} revision {revision} is not shown")),
            Some(r) if r.fault.as_ref().is_some_and(|fault| !fault.is_empty()) => {
                found.not_sent += 1;
                let is_this_one = events.get(key).is_some_and(|held| held.revision.get() == *revision);
                if is_this_one {
                    found
                        .faults
                        .push(format!("{key} revision {revision} is at the VTN and shown as not sent"));
                }
            }
            Some(_) if !is_held => found
                .faults
                .push(format!("lost: {key} revision {revision} is neither at the VTN nor shown as not sent")),
            Some(r) if !r.is_sent => {
                found
                    .faults
                    .push(format!("unknown: {key} revision {revision} is at the VTN and not shown as sent"));
            }
            Some(_) => {}
        }
    }
}

/// What is at the VTN was journalled as it is, before.
fn look_for_the_invented(
    intents: &BTreeMap<(DispatchKey, u32), Vec<Dispatch>>,
    events: &BTreeMap<DispatchKey, Dispatch>,
    found: &mut Found,
) {
    for (key, held) in events {
        let revision = held.revision.get();
        match intents.get(&(key.clone(), revision)) {
            None => {
                found.faults.push(format!("{key} revision {revision} is at the VTN and was never journalled"))
            }
            Some(all) if !all.contains(held) => {
                found
                    .faults
                    .push(format!("{key} revision {revision} is at the VTN otherwise than journalled"));
            }
            Some(_) => {}
        }
    }
}

/// Each dispatch has a standing that says where it is.
fn look_for_the_unknown(shown: &Shown, found: &mut Found) {
    let now = Clock::real().now().unix();
    for dispatch in &shown.dispatches {
        let is_unanswered = matches!(dispatch.phase.as_str(), "sent" | "received") && dispatch.ends > now + 1;
        if dispatch.phase == "sending" || is_unanswered {
            found.faults.push(format!("unknown: {} stands at “{}”", dispatch.key, dispatch.phase));
        }
    }
}

/// Each stage of a revision was told once, in its order, and one verdict was given. What the desk writes once more, since it never
/// heard that it had arrived, is acknowledged once more in the same words (profile, section 1); whoever does so unasked is
/// found by the desk's own alarm.
fn look_at_acknowledgements(store: &Connection, found: &mut Found) {
    let mut told: BTreeMap<(DispatchKey, u32), Vec<Acknowledgement>> = BTreeMap::new();
    for report in objects::<Report>(store, "REPORT") {
        let Some(read) = mapping::acknowledgement_from(&report) else { continue };
        found.acknowledgements += 1;
        let said = read.unwrap().acknowledgement;
        let earlier = told.entry((said.key.clone(), said.revision.get())).or_default();
        let is_again = place(said.stage) <= 1 && earlier.iter().any(|before| says_the_same(before, &said));
        if !is_again {
            earlier.push(said);
        }
    }
    for ((key, revision), said) in &told {
        let stages: Vec<Stage> = said.iter().map(|a| a.stage).collect();
        let words = || format!("{key} revision {revision}: {stages:?}");
        if stages.iter().collect::<BTreeSet<_>>().len() < stages.len() {
            found.faults.push(format!("answered twice: {}", words()));
        }
        let places: Vec<u8> = stages.iter().map(|stage| place(*stage)).collect();
        if !places.is_sorted() || !said.is_sorted_by_key(|a| a.at) {
            found.faults.push(format!("out of order: {}", words()));
        }
        if places.iter().filter(|place| **place == 1).count() > 1 {
            found.faults.push(format!("two verdicts: {}", words()));
        }
    }
}

/// But for when it was said.
fn says_the_same(a: &Acknowledgement, b: &Acknowledgement) -> bool {
    Acknowledgement { at: b.at, ..a.clone() } == *b
}

fn place(stage: Stage) -> u8 {
    match stage {
        Stage::Received => 0,
        Stage::Accepted | Stage::Unreachable | Stage::Rejected => 1,
        Stage::Started => 2,
        Stage::AtSetpoint => 3,
        Stage::Ended | Stage::Stopped | Stage::Failed => 4,
    }
}

/// No alarm says that somebody did what nobody did, and what a person did with alarms has not been undone.
fn look_at_alarms(entries: &[Recorded], shown: &Shown, found: &mut Found) {
    let mut last: BTreeMap<u64, serde_json::Value> = BTreeMap::new();
    for entry in entries.iter().map(|r| &r.entry).filter(|entry| entry.kind == EntryKind::Alarm) {
        if let Some(words) = NEVER.iter().find(|words| entry.text.contains(**words)) {
            found.faults.push(format!("an alarm says “{words}”: {}", entry.text));
        }
        let kept: serde_json::Value = serde_json::from_str(entry.document.as_deref().unwrap()).unwrap();
        last.insert(kept["alarm"].as_u64().unwrap(), kept);
    }
    let put_aside: BTreeSet<u64> =
        last.iter().filter(|(_, kept)| kept.get("shelved").is_some()).map(|(id, _)| *id).collect();
    let on_shelf: BTreeSet<u64> = shown.shelved.iter().copied().collect();
    if put_aside != on_shelf {
        found.faults.push(format!("put aside were {put_aside:?}, on the shelf are {on_shelf:?}"));
    }
    for (id, kept) in last.iter().filter(|(id, _)| !put_aside.contains(id)) {
        let (is_active, is_noticed) = (kept["active"] == true, kept.get("acknowledged").is_some());
        let alarm = shown.alarms.iter().find(|alarm| alarm.id == *id);
        match alarm {
            None if is_active || !is_noticed => {
                found.faults.push(format!("alarm {id} is gone: {}", kept["text"]));
            }
            Some(alarm) if alarm.is_acknowledged != is_noticed => {
                found
                    .faults
                    .push(format!("alarm {id} was noticed or not, and is otherwise now: {}", alarm.text));
            }
            _ => {}
        }
    }
}

/// Without these a check that looks at nothing would pass.
mod tests {
    use rampdesk::dispatch::{Readback, Revision, SigningKey, Status};
    use rampdesk::entropy::Entropy;
    use serde_json::json;

    use super::super::scenario::Scenario;
    use super::super::shown::{ShownDispatch, ShownRevision};
    use super::*;

    fn dispatch() -> Dispatch {
        let command = Scenario::new(Entropy::seeded(1)).new_dispatch(Clock::real().now());
        let rampdesk::desk::command::Command::Send(parts) = command else { panic!("{command:?}") };
        Dispatch::new(*parts).unwrap()
    }

    fn shown(dispatch: &Dispatch, phase: &str, is_sent: bool, fault: Option<&str>) -> Shown {
        let revision = ShownRevision { revision: 1, is_sent, fault: fault.map(str::to_owned) };
        let (phase, ends) = (phase.to_owned(), dispatch.service_end.unix() + 60);
        let shown =
            ShownDispatch { key: dispatch.key(), phase, is_over: false, ends, revisions: vec![revision] };
        Shown { dispatches: vec![shown], alarms: Vec::new(), shelved: Vec::new() }
    }

    #[test]
    fn what_is_lost_invented_or_unknown_is_found() {
        let one = dispatch();
        let journalled = BTreeMap::from([((one.key(), 1), vec![one.clone()])]);
        let held = BTreeMap::from([(one.key(), one.clone())]);
        let other = Dispatch::new(rampdesk::dispatch::DispatchParts {
            service_end: one.service_end + 1,
            ..one.parts().clone()
        });
        let otherwise = BTreeMap::from([(one.key(), other.unwrap())]);
        let (none, nothing) = (BTreeMap::new(), BTreeMap::new());
        for (intents, events, shown, finds) in [
            (&journalled, &held, shown(&one, "accepted", true, None), ""),
            (&journalled, &none, shown(&one, "not sent", false, Some("the desk ended")), ""),
            (
                &journalled,
                &none,
                shown(&one, "accepted", true, None),
                "neither at the VTN nor shown as not sent",
            ),
            (&journalled, &held, shown(&one, "not sent", false, Some("the desk ended")), "shown as not sent"),
            (&journalled, &held, shown(&one, "sending", false, None), "not shown as sent"),
            (&journalled, &otherwise, shown(&one, "accepted", true, None), "otherwise than journalled"),
            (&nothing, &held, shown(&one, "accepted", true, None), "was never journalled"),
            (&journalled, &held, shown(&one, "sent", true, None), "stands at “sent”"),
        ] {
            let mut found = Found::default();
            look_for_the_lost(intents, events, &shown, &mut found);
            look_for_the_invented(intents, events, &mut found);
            look_for_the_unknown(&shown, &mut found);
            let is_as_expected = match finds {
                "" => found.faults.is_empty(),
                words => found.faults.iter().any(|fault| fault.contains(words)),
            };
            assert!(is_as_expected, "{finds}: {:?}", found.faults);
        }
    }

    #[test]
    fn what_is_doubled_or_answered_twice_is_found() {
        let key = SigningKey::from_seed("key".parse().unwrap(), &[7; 32]);
        let one = dispatch();
        let store = Connection::open_in_memory().unwrap();
        store.execute_batch("CREATE TABLE object (seq INTEGER PRIMARY KEY, kind TEXT, body TEXT)").unwrap();
        let put = |kind: &str, body: serde_json::Value| {
            store
                .execute("INSERT INTO object (kind, body) VALUES (?, ?)", [kind, &body.to_string()])
                .unwrap();
        };
        let faults = || {
            let mut found = Found::default();
            events(&store, &mut found);
            look_at_acknowledgements(&store, &mut found);
            found.faults.iter().map(|fault| fault.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let event = || json!(mapping::event_from(&one.clone().sign(&key).unwrap(), "program"));
        put("EVENT", event());
        let says = |stage: Stage, after: i64| {
            let said = Acknowledgement {
                key: one.key(),
                unit: one.unit.clone(),
                revision: Revision::FIRST,
                status: Some(Status::Run),
                stage,
                at: one.service_start + after,
                readback: stage.carries_readback().then(|| Readback::of(&one)),
                reason: None,
                detail: None,
                reached_at: None,
            };
            json!(mapping::report_from_acknowledgement(&said.sign(&key).unwrap(), "event"))
        };
        put("REPORT", says(Stage::Received, 0));
        put("REPORT", says(Stage::Accepted, 0));
        put("REPORT", says(Stage::Ended, 9));
        assert_eq!(faults(), [""; 0]);
        put("EVENT", event());
        assert_eq!(faults(), ["doubled"]);
        put("REPORT", says(Stage::Received, 12));
        put("REPORT", says(Stage::Accepted, 12));
        assert_eq!(faults(), ["doubled"], "acknowledged once more, in the same words");
        put("REPORT", says(Stage::Ended, 14));
        assert_eq!(faults(), ["doubled", "answered twice"]);
        put("REPORT", says(Stage::Rejected, 15));
        assert_eq!(faults(), ["doubled", "answered twice", "out of order", "two verdicts"]);
    }
}
