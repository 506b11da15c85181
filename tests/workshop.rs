//! A scenario on a clock that a person runs comes out as its rehearsal does, however fast it is run: else what a trainee is
//! marked by would hang on how patient the trainer was, and on the machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::Path;
use std::time::Duration;

use rampdesk::journal::EntryKind;
use rampdesk::profile::faults::{Affliction, UnitFault};
use rampdesk::profile::trust::Trust;
use rampdesk::time::{Clock, Rate, UtcTime};
use rampdesk::workshop::debrief;
use rampdesk::workshop::exercise::Trainee;
use rampdesk::workshop::live::{Workshop, WorkshopConfig};
use rampdesk::workshop::marking::mark_journal;
use rampdesk::workshop::outcome::{alarms_of, units_of};
use rampdesk::workshop::rehearsal::{rehearse, rehearse_as};
use rampdesk::workshop::scenario::Scenario;
use rampdesk::workshop::timekeeper::{ClockControl, ClockOrder, Standing};
use serde_json::Value;

/// Seconds by which instants may differ: a hurried clock goes on for two while a request is under way, and an acknowledgement
/// takes up to three requests (the desk's, the FSP's poll, and its answer).
const TOLERANCE_S: f64 = 6.0;
/// By which part of themselves levels, energies and ratios may differ.
const TOLERANCE: f64 = 0.01;

fn scenario(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/scenarios").join(name);
    Scenario::from_file(&path).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn rate(times: f64) -> Rate {
    Rate::times(times).unwrap()
}

/// What came of a scenario: its steps, its units, its alarms. Of the alarms, the words without their numbers.
fn outcome(steps: &Value, units: &Value, alarms: &Value) -> Value {
    let wordless = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let mut texts: Vec<String> =
        alarms.as_array().unwrap().iter().map(|a| wordless(a["text"].as_str().unwrap())).collect();
    texts.sort();
    serde_json::json!({ "steps": steps, "units": units, "alarms": texts })
}

fn json(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn rehearsed(scenario: &Scenario) -> Value {
    let (result, _) = rehearse(scenario).unwrap();
    outcome(&json(&result.steps), &json(&result.units), &json(&result.alarms))
}

/// A workshop at its end.
async fn ended(scenario: &Scenario, folder: Option<&Path>, times: f64) -> Workshop {
    let config = WorkshopConfig {
        scenario: scenario.clone(),
        folder: folder.map(Path::to_path_buf),
        opened: Clock::real().now(),
        away: None,
    };
    let workshop = Workshop::open(config).unwrap();
    let handle = workshop.handle();
    let mut control = handle.control().clone();
    assert!(control.order(ClockOrder::Run(rate(times))));
    while control.pace().standing != Standing::Ended {
        assert!(control.changed().await);
    }
    workshop
}

/// Runs it to its end at a rate; what came of it.
async fn live(scenario: &Scenario, folder: Option<&Path>, times: f64) -> Value {
    let workshop = ended(scenario, folder, times).await;
    let snapshot = workshop.desk().snapshot();
    let story = workshop.handle().story();
    let mut steps: Vec<_> = story.done.iter().chain(&story.told).chain(&story.hidden).collect();
    steps.sort_by_key(|step| step.at.unix());
    let came = outcome(&json(steps), &json(units_of(&snapshot)), &json(alarms_of(&snapshot)));
    workshop.close().await;
    came
}

/// Where two outcomes differ by more than they may.
fn differences(path: &str, a: &Value, b: &Value, out: &mut Vec<String>) {
    let instant = |value: &Value| {
        value.as_str()?.parse::<UtcTime>().ok().map(|at| f64::from(i32::try_from(at.unix()).unwrap()))
    };
    let is_far = |a: f64, b: f64| {
        let allowed = if path.ends_with("_s") { TOLERANCE_S } else { TOLERANCE * a.abs().max(1.0) };
        (a - b).abs() > allowed
    };
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().for_each(|(key, value)| differences(&format!("{path}/{key}"), value, &b[key], out));
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            (0..).zip(a.iter().zip(b)).for_each(|(n, (a, b))| differences(&format!("{path}/{n}"), a, b, out));
        }
        (Value::Number(a), Value::Number(b)) if !is_far(a.as_f64().unwrap(), b.as_f64().unwrap()) => {}
        (Value::String(a_text), Value::String(b_text)) => match (instant(a), instant(b)) {
            (Some(a), Some(b)) if (a - b).abs() <= TOLERANCE_S => {}
            // Words that say how late something is.
            _ if a_text
                .split(|c: char| c.is_ascii_digit())
                .eq(b_text.split(|c: char| c.is_ascii_digit())) => {}
            _ => out.push(format!("{path}: {a} rehearsed, {b} live")),
        },
        (a, b) if a == b => {}
        (a, b) => out.push(format!("{path}: {a} rehearsed, {b} live")),
    }
}

fn same(name: &str, rehearsed: &Value, live: &Value) {
    let mut found = Vec::new();
    differences("", rehearsed, live, &mut found);
    assert!(found.is_empty(), "{name}: {found:#?}");
}

fn in_virtual_time(name: &str, rates: &[f64]) {
    let scenario = scenario(name);
    let expected = rehearsed(&scenario);
    for times in rates {
        let came = virtually(live(&scenario, None, *times));
        same(&format!("{name} at ×{times}"), &expected, &came);
    }
}

#[test]
fn the_evening_peak_comes_out_the_same_at_every_rate() {
    in_virtual_time("evening-peak.toml", &[1.0, 60.0, 600.0]);
}

/// Not among them is what hangs on a retry that is drawn by lot: when a unit comes back from its fail-safe level is some tens of
/// seconds sooner or later in each run.
#[test]
fn stops_and_faults_come_out_the_same_at_the_highest_rate() {
    for name in [
        "stop-mid-delivery.toml",
        "emergency-stop.toml",
        "unreachable-setpoint.toml",
        "faults/loss-of-comms.toml",
        "faults/late-start.toml",
        "faults/does-nothing.toml",
        "faults/clock-skew.toml",
        "faults/expired-token.toml",
        "faults/forged-signature.toml",
    ] {
        in_virtual_time(name, &[600.0]);
    }
}

/// What a trainee who acts as its script has it is given for each mark, by the journal that a running workshop left.
async fn marks(scenario: &Scenario, times: f64) -> Vec<f64> {
    let journal = ended(scenario, None, times).await.close().await.unwrap();
    let marking = mark_journal(scenario, &journal, 0).unwrap().unwrap();
    marking.marks.iter().map(|marked| marked.given.number()).collect()
}

/// Else a trainee would pass or fail by how fast the trainer let the clock run. A rehearsal is in real time, which is not waited for.
fn is_marked_the_same(name: &str, rates: &[f64]) {
    let scenario = scenario(&format!("../workshops/{name}"));
    let exercise = scenario.exercise.as_deref().unwrap();
    for trainee in [Trainee::Perfect, Trainee::Idle] {
        let rehearsed = rehearse_as(&scenario, trainee).unwrap().0.marking.unwrap();
        let rehearsed: Vec<f64> = rehearsed.marks.iter().map(|marked| marked.given.number()).collect();
        let mut acted = scenario.clone();
        if trainee == Trainee::Perfect {
            acted.steps.extend(exercise.trainee.iter().cloned());
            acted.steps.sort_by_key(|step| step.at);
        }
        for times in rates {
            let live = virtually(marks(&acted, *times));
            assert_eq!(live, rehearsed, "{name}, {} trainee, at ×{times}", trainee.word());
        }
    }
}

#[test]
fn a_first_dispatch_is_marked_the_same_in_real_time() {
    is_marked_the_same("01-first-dispatch.toml", &[1.0]);
}

/// Every third of the workshops that Rampdesk comes with, from this one on: in parts they use more than one core.
fn a_third_is_marked_the_same_hurried(from: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/workshops");
    let files =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    names.iter().skip(from).step_by(3).for_each(|name| is_marked_the_same(name, &[600.0]));
}

#[test]
fn workshops_1_4_7_and_10_are_marked_the_same_hurried() {
    a_third_is_marked_the_same_hurried(0);
}

#[test]
fn workshops_2_5_and_8_are_marked_the_same_hurried() {
    a_third_is_marked_the_same_hurried(1);
}

#[test]
fn workshops_3_6_and_9_are_marked_the_same_hurried() {
    a_third_is_marked_the_same_hurried(2);
}

/// A workshop in virtual time whose clock is in the test's hands.
struct Room {
    workshop: Workshop,
    control: ClockControl,
    start: UtcTime,
}

impl Room {
    async fn open(name: &str) -> Self {
        let scenario = scenario(name);
        let (start, opened) = (scenario.start, Clock::real().now());
        let workshop = Workshop::open(WorkshopConfig { scenario, folder: None, opened, away: None }).unwrap();
        let control = workshop.handle().control().clone();
        Self { workshop, control, start }
    }

    /// Asks, and waits until the clock stands still; how many seconds of the story have passed then.
    async fn asked(&mut self, order: ClockOrder) -> f64 {
        assert!(self.control.order(order));
        assert!(self.control.changed().await);
        while self.control.pace().standing.is_moving() {
            assert!(self.control.changed().await);
        }
        self.shows()
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
    fn shows(&self) -> f64 {
        self.workshop.clock().now_seconds() - self.start.unix() as f64
    }
}

fn virtually<T>(run: impl Future<Output = T>) -> T {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(run)
}

/// Set ahead instead, every FSP would be taken for lost after a step of five minutes.
#[test]
fn steps_are_lived_through_and_end_at_the_very_second() {
    virtually(async {
        let mut room = Room::open("evening-peak.toml").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(room.shows(), 0.0, "it stands still until it is told to run");
        for step in 1..=24 {
            assert_eq!(room.asked(ClockOrder::Step(300)).await, f64::from(step) * 300.0);
        }
        let snapshot = room.workshop.desk().snapshot();
        assert!(snapshot.alarms.is_empty(), "{:#?}", snapshot.alarms);
        assert_eq!(room.workshop.handle().story().done.len(), 4, "and what was due is done");
        let stages: Vec<_> = snapshot.dispatches.iter().map(|d| d.phase.word()).collect();
        assert_eq!(stages.len(), 3, "{stages:?}");
        room.workshop.close().await;
    });
}

#[test]
fn each_jump_ends_just_before_the_next_event_until_the_end() {
    virtually(async {
        let mut room = Room::open("evening-peak.toml").await;
        let mut seen = Vec::new();
        while room.control.pace().standing != Standing::Ended {
            seen.push(room.asked(ClockOrder::NextEvent).await);
        }
        // Steps at T+0:15, 0:16, 0:17 and 1:00; windows and levels at 1:30, 2:00, 2:30, 3:00 and 3:30; the end, and one look more.
        let minutes = [15.0, 16.0, 17.0, 60.0, 90.0, 120.0, 150.0, 180.0, 210.0];
        let expected: Vec<f64> =
            minutes.iter().map(|at| at * 60.0 - 5.0).chain([300.0 * 60.0 + 3.0]).collect();
        assert_eq!(seen, expected);
        assert!(room.control.order(ClockOrder::Run(rate(60.0))));
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(room.shows(), *expected.last().unwrap(), "it is over");
        room.workshop.close().await;
    });
}

/// Else nobody could tell afterwards who let twenty minutes pass in a second.
#[test]
fn the_journal_says_what_was_done_to_the_clock_and_that_it_was_by_hand() {
    virtually(async {
        let mut room = Room::open("evening-peak.toml").await;
        room.asked(ClockOrder::Step(60)).await;
        assert!(room.control.order(ClockOrder::Run(rate(60.0))));
        tokio::time::sleep(Duration::from_secs(1)).await;
        room.asked(ClockOrder::Pause).await;
        let journal = room.workshop.close().await.unwrap();
        let entries = journal.entries(0, usize::MAX).unwrap();
        let told: Vec<_> = entries
            .iter()
            .filter(|e| e.entry.kind == EntryKind::Clock)
            .map(|e| e.entry.text.as_str())
            .collect();
        assert_eq!(
            told,
            [
                "times are those of a training clock, which stands still",
                "the training clock runs ×600 (×0 before): taken on, by hand",
                "the training clock stands still (×600 before): taken on as far as was asked",
                "the training clock runs ×60 (×0 before): by hand",
                "the training clock stands still (×60 before): by hand",
            ]
        );
    });
}

/// With the threads, files and delays of the machine that it runs on.
#[test]
fn on_a_real_machine_it_comes_out_the_same_and_its_record_is_kept() {
    let scenario = scenario("faults/loss-of-comms.toml");
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let came = runtime.block_on(live(&scenario, Some(folder.path()), 600.0));
    same("loss of comms on this machine", &rehearsed(&scenario), &came);
    let kept: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [kept] = &kept[..] else { panic!("one folder: {kept:?}") };
    for file in ["journal.sqlite", "vtn.sqlite", "trust.toml", "debrief.html", "readings.csv"] {
        assert!(kept.join(file).is_file(), "{file}");
    }
}

/// A trainer goes through a run while it lasts, and is believed afterwards: what was injected by hand is in it and kept, and the page holds
/// against the keys beside it.
#[test]
fn the_debrief_so_far_has_what_was_injected_by_hand_and_holds_against_the_runs_keys() {
    let scenario = scenario("faults/loss-of-comms.toml");
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let unit = scenario.fleet.units[0].unit.clone();
        let opened = "2026-11-26T17:00:00Z".parse().unwrap();
        let config = WorkshopConfig { scenario, folder: Some(folder.path().to_owned()), opened, away: None };
        let workshop = Workshop::open(config).unwrap();
        let (handle, now) = (workshop.handle(), workshop.clock().now());
        handle.backstage().lay_on(Affliction::Unit(unit, UnitFault::Stuck), now, None);
        let kept = handle.folder().unwrap().to_owned();
        for _ in 0..500 {
            if kept.join("injects.json").is_file() && !handle.story().hidden.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(handle.story().hidden[0].asked.starts_with("By hand: "), "{:?}", handle.story());
        let injects = std::fs::read_to_string(kept.join("injects.json")).unwrap();
        assert!(injects.contains("\"on\": true"), "{injects}");
        let shown = workshop.desk().snapshot();
        let page = handle.debrief(&shown, now).unwrap();
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.contains("So far:") && text.contains("Injects by hand"));
        let trust = std::fs::read_to_string(kept.join("trust.toml")).unwrap();
        let trust = Trust::from_toml("trust.toml", &trust).unwrap();
        let beside = |name: &str| std::fs::read(kept.join(name)).ok();
        let judged = debrief::judge(&text, |operator| trust.operators.get(operator), beside).unwrap();
        assert_eq!(judged.faults, Vec::<String>::new());
        assert_eq!(judged.files, ["readings.csv"]);
        workshop.close().await;
    });
}

/// How fast this machine can be hurried, with a small fleet and with a large one: what it asks for, what it comes to, and what the
/// governor makes of it. To be looked at: `cargo test --release --test workshop -- --ignored --nocapture`.
#[test]
#[ignore = "measures the machine that it runs on"]
fn how_fast_this_machine_can_be_hurried() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for fleet in ["demo.toml", "town.toml", "county.toml"] {
        let mut scenario = scenario("evening-peak.toml");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/fleets").join(fleet);
        let text = std::fs::read_to_string(path).unwrap();
        scenario.fleet = rampdesk::profile::fleet::FleetProfile::from_toml(fleet, &text).unwrap();
        if fleet != "demo.toml" {
            scenario.steps.clear();
        }
        for times in [60.0, 600.0] {
            runtime.block_on(hurry(&scenario, fleet, times));
        }
    }
}

#[expect(clippy::print_stdout, reason = "it is run to be read")]
async fn hurry(scenario: &Scenario, fleet: &str, times: f64) {
    let folder = tempfile::tempdir().unwrap();
    let opened = Clock::real().now();
    let config =
        WorkshopConfig { scenario: scenario.clone(), folder: Some(folder.path().into()), opened, away: None };
    let workshop = Workshop::open(config).unwrap();
    let handle = workshop.handle();
    let begun = std::time::Instant::now();
    assert!(handle.control().order(ClockOrder::Run(rate(times))));
    let mut paces = vec![handle.control().pace().words()];
    let (mut seen_s, mut at_s) = (0.0, workshop.clock().now_seconds());
    println!("{fleet}, {} units, ×{times}:", scenario.fleet.units.len());
    while begun.elapsed().as_secs() < 20 && handle.control().pace().standing != Standing::Ended {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let words = handle.control().pace().words();
        if paces.last() != Some(&words) {
            println!("  after {:.1} s: {words}", begun.elapsed().as_secs_f64());
            paces.push(words);
        }
        if begun.elapsed().as_secs_f64() - seen_s >= 5.0 {
            let now_s = workshop.clock().now_seconds();
            let passed_s = begun.elapsed().as_secs_f64() - seen_s;
            println!("  from {seen_s:.0} s on: ×{:.0}", (now_s - at_s) / passed_s);
            (seen_s, at_s) = (begun.elapsed().as_secs_f64(), now_s);
        }
    }
    let snapshot = workshop.desk().snapshot();
    println!("  {} requests, {} alarms", workshop.exchanges().recorded(), snapshot.alarms.len());
    snapshot.alarms.iter().take(3).for_each(|alarm| println!("  alarm: {}", alarm.text));
    workshop.close().await;
}
