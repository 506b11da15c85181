//! Half an hour of everything that a network can do, in virtual time: whatever is lost, doubled, late, cut or altered on the
//! way, no instruction is lost, doubled, forged or left unknown. `CHAOS_SEEDS=1..50` runs other seeds than the usual.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test's own world cannot do fails the test"
)]

mod invariants;
mod proxy;
mod stage;
mod story;

use std::collections::BTreeMap;
use std::path::Path;

use rampdesk::desk::snapshot::Snapshot;
use rampdesk::journal::{Journal, Recorded};
use rampdesk::openadr::mapping;
use rampdesk::openadr::wire::{Event, Report};

use invariants::Remains;
use proxy::Fault;
use stage::{Stage, begin};
use story::Story;

/// The storm, seconds.
const STORM_S: i64 = 1800;
/// The calm after it, seconds: every retry is over, every poll was made many times.
const CALM_S: i64 = 600;
/// Within so many seconds the desk has looked once more.
const ONE_LOOK_S: i64 = 6;

/// What a run came to.
#[derive(Debug, PartialEq)]
struct Ran {
    broken: Vec<String>,
    faults: BTreeMap<Fault, u32>,
    commands: u32,
    dispatches: usize,
    journal_head: String,
}

fn run(seed: u64, file: &Path) -> Ran {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(storm(seed, file))
}

async fn storm(seed: u64, file: &Path) -> Ran {
    let mut stage = Stage::open(seed, Journal::open(file).unwrap()).await;
    let mut story = Story::of(seed);
    stage.until(begin() + 15).await;
    stage.storm();
    let over = begin() + STORM_S;
    let mut next = begin() + 20;
    while next < over {
        stage.until(next).await;
        let command = story.next(&stage.profile, &stage.snapshot(), stage.clock.now());
        stage.give(command);
        next = next + story.pause();
    }
    stage.until(over).await;
    stage.calm();
    stage.until(over + CALM_S).await;
    let client = stage.fair_client();
    let events = client.events(None).await.unwrap();
    let reports = client.reports(None, None).await.unwrap();
    // What was filed this very moment the desk hears at its next look.
    stage.until(over + CALM_S + ONE_LOOK_S).await;
    let mut faults = BTreeMap::new();
    for (fault, times) in stage.proxies.iter().flat_map(|proxy| proxy.done()) {
        *faults.entry(fault).or_default() += times;
    }
    let tells = std::env::var_os("CHAOS_TELL").is_some();
    if tells {
        tell(&stage.snapshot(), &events, &reports);
    }
    let (trust, given) = (stage.trust.clone(), stage.given());
    let snapshot = stage.close().await;
    let journal = Journal::open_to_read(file).unwrap();
    let entries = journal.entries(0, usize::MAX).unwrap();
    if tells {
        tell_journal(&entries);
    }
    let remains = Remains {
        snapshot: &snapshot,
        events: &events,
        reports: &reports,
        entries: &entries,
        trust: &trust,
        given,
    };
    let mut broken = invariants::broken(&remains);
    broken.extend(journal.verify().err().map(|fault| fault.to_string()));
    Ran {
        broken,
        faults,
        commands: given,
        dispatches: snapshot.dispatches.len(),
        journal_head: entries.last().unwrap().hash.clone(),
    }
}

/// What the desk said of it, for a person who looks into a seed.
#[expect(clippy::print_stdout, reason = "a person asked for it by CHAOS_TELL")]
fn tell(snapshot: &Snapshot, events: &[Event], reports: &[Report]) {
    for outcome in &snapshot.outcomes {
        println!("{} {}: {:?}", outcome.at, outcome.asked, outcome.result);
    }
    for alarm in snapshot.alarms.iter() {
        println!("alarm, active: {}: {}", alarm.active, alarm.text);
    }
    for event in events.iter().filter(|event| !mapping::is_anchor(event)) {
        let (id, modified) = (event.meta.id.as_deref(), event.meta.modification_date_time.as_deref());
        let held = mapping::identity_of(event).map(|(key, revision)| format!("{key} revision {revision}"));
        let told = (modified.unwrap_or_default(), id.unwrap_or_default(), held.unwrap_or_default());
        println!("held {} {}: {}", told.0, told.1, told.2);
    }
    for report in reports {
        if let Some(said) = mapping::acknowledgement_from(report) {
            let (filed, event) = (report.meta.modification_date_time.as_deref(), &report.event_id);
            let of = said.map(|signed| {
                let a = signed.acknowledgement;
                let (has, at) = (if signed.signature.is_some() { "signed" } else { "unsigned" }, a.at);
                format!("{} revision {} {}, {has}, at {at}", a.key, a.revision, a.stage)
            });
            println!("filed {} on {event}: {of:?}", filed.unwrap_or_default());
        }
    }
}

#[expect(clippy::print_stdout, reason = "a person asked for it by CHAOS_TELL")]
fn tell_journal(entries: &[Recorded]) {
    for Recorded { entry, .. } in entries {
        let of = entry.dispatch.as_ref().map(ToString::to_string).unwrap_or_default();
        println!("journal {} {:?} {of}: {}", entry.at, entry.kind, entry.text);
    }
}

/// The usual seeds: three, and those that once broke something.
const USUAL: [u64; 10] = [1, 2, 3, 91, 105, 120, 155, 165, 172, 197];

/// The seeds to run: those of `CHAOS_SEEDS`, as `7` or `1..50`, or the usual.
fn seeds() -> Vec<u64> {
    let Ok(text) = std::env::var("CHAOS_SEEDS") else { return USUAL.to_vec() };
    let number = |text: &str| text.trim().parse::<u64>().expect("CHAOS_SEEDS is a number or `1..50`");
    match text.split_once("..") {
        Some((from, to)) => (number(from)..number(to)).collect(),
        None => vec![number(&text)],
    }
}

/// Else a bad line turns a dispatch into two, into none, or into another one.
#[test]
fn half_an_hour_of_chaos_breaks_no_invariant() {
    let folder = tempfile::tempdir().unwrap();
    let (mut all, mut dispatches) = (Vec::new(), Vec::new());
    for seed in seeds() {
        let ran = run(seed, &folder.path().join(format!("{seed}.sqlite")));
        println!("seed {seed}: {} commands, {} dispatches, {:?}", ran.commands, ran.dispatches, ran.faults);
        assert!(ran.commands >= 30, "seed {seed} did too little: {ran:#?}");
        dispatches.push(ran.dispatches);
        assert_eq!(ran.faults.len(), Fault::ALL.len(), "seed {seed} left a fault out: {ran:#?}");
        all.extend(ran.broken.into_iter().map(|broken| format!("seed {seed}: {broken}")));
    }
    assert!(all.is_empty(), "{all:#?}");
    // A list that came damaged may keep a desk from sending for the rest of a run, and says so: not as a rule.
    dispatches.sort_unstable();
    assert!(dispatches[dispatches.len() / 2] >= 15, "too little was sent: {dispatches:?}");
}

/// Else what a seed found cannot be looked at again.
#[test]
fn the_same_seed_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let seed = seeds()[0];
    let run = |name: &str| run(seed, &folder.path().join(name));
    assert_eq!(run("once.sqlite"), run("again.sqlite"));
}
