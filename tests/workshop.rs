//! A scenario on a clock that a person runs comes out as its rehearsal does, however fast it is run: else what a trainee is
//! marked by would hang on how patient the trainer was, and on the machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::Path;

use rampdesk::time::{Clock, Rate, UtcTime};
use rampdesk::workshop::live::{Workshop, WorkshopConfig};
use rampdesk::workshop::outcome::{alarms_of, units_of};
use rampdesk::workshop::rehearsal::rehearse;
use rampdesk::workshop::scenario::Scenario;
use rampdesk::workshop::timekeeper::{ClockOrder, Standing};
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

/// Runs it to its end at a rate.
async fn live(scenario: &Scenario, folder: Option<&Path>, times: f64) -> Value {
    let config = WorkshopConfig {
        scenario: scenario.clone(),
        folder: folder.map(Path::to_path_buf),
        opened: Clock::real().now(),
    };
    let workshop = Workshop::open(config).unwrap();
    let handle = workshop.handle();
    let mut control = handle.control().clone();
    assert!(control.order(ClockOrder::Run(rate(times))));
    while control.pace().standing != Standing::Ended {
        assert!(control.changed().await);
    }
    let snapshot = workshop.desk().snapshot();
    let story = handle.story();
    let mut steps: Vec<_> = story.done.iter().chain(&story.told).chain(&story.hidden).collect();
    steps.sort_by_key(|step| step.at.unix());
    let came = outcome(&json(steps), &json(units_of(&snapshot)), &json(alarms_of(&snapshot)));
    workshop.close().await;
    came
}

/// Where two outcomes differ by more than they may.
fn differences(path: &str, a: &Value, b: &Value, out: &mut Vec<String>) {
    let instant =
        |value: &Value| value.as_str()?.parse::<UtcTime>().ok().map(|at| f64::from(at.unix() as i32));
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
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let came = runtime.block_on(live(&scenario, None, *times));
        same(&format!("{name} at ×{times}"), &expected, &came);
    }
}

#[test]
fn the_evening_peak_comes_out_the_same_at_every_rate() {
    in_virtual_time("evening-peak.toml", &[1.0, 60.0, 600.0]);
}

#[test]
fn stops_and_faults_come_out_the_same_at_the_highest_rate() {
    for name in [
        "stop-mid-delivery.toml",
        "emergency-stop.toml",
        "unreachable-setpoint.toml",
        "fail-safe.toml",
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
    for file in ["journal.sqlite", "vtn.sqlite", "trust.toml"] {
        assert!(kept.join(file).is_file(), "{file}");
    }
}
