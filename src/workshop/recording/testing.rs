//! A session that was played and recorded, for tests.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use super::{Recorder, Recording, Sources};
use crate::desk::snapshot::Snapshot;
use crate::openadr::exchange::ExchangeLog;
use crate::time::{Clock, Rate};
use crate::workshop::rehearsal::{Stage, virtual_time};
use crate::workshop::scenario::Scenario;
use crate::workshop::script::{faults_of, fleet_of, take as act};

/// A scenario of the demonstration's fleet, with what it needs: a fault, an amendment, a stop, an alarm.
pub const SCENARIO: &str = r#"
name = "Recorded"
fleet = "demo"
seed = 5
start = "2026-11-26T17:00:00Z"
run_for = "T+00:40"

[[steps]]
at = "T+00:01"
action = "send"
ref = "REC-1"
unit = "BRIGHTFLEX/BESS-07"
service_start = "T+00:05"
service_end = "T+00:30"
setpoints = [{ at = "T+00:05", reference = "DELTA", real_kw = 1000 }]

[[steps]]
at = "T+00:02"
action = "send"
ref = "REC-2"
unit = "COLDCHAIN/COLD-03"
service_start = "T+00:06"
service_end = "T+00:30"
setpoints = [{ at = "T+00:06", reference = "DELTA", real_kw = 300 }]

[[steps]]
at = "T+00:10"
action = "fault"
fsp = "COLDCHAIN"
fault = "loss_of_comms"
until = "T+00:20"

[[steps]]
at = "T+00:12"
action = "amend"
ref = "REC-1"
setpoints = [
  { at = "T+00:05", reference = "DELTA", real_kw = 1000 },
  { at = "T+00:18", reference = "DELTA", real_kw = 400 },
]

[[steps]]
at = "T+00:25"
action = "stop"
ref = "REC-1"
"#;

/// What the desk showed, and when.
pub type Shown = Vec<(i64, Arc<Snapshot>)>;

/// Plays the scenario with a recorder beside somebody who keeps every picture.
pub fn recorded(path: &Path, scenario: &str) -> Shown {
    recorded_in(path, scenario, Path::new(""))
}

/// The same, of a scenario whose fleet is in this folder.
pub fn recorded_in(path: &Path, scenario: &str, folder: &Path) -> Shown {
    let scenario = Scenario::from_toml("recorded.toml", scenario, folder).unwrap();
    virtual_time().unwrap().block_on(async {
        let clock = Clock::training(scenario.start, Rate::REAL);
        let (profile, faults) = (fleet_of(&scenario), faults_of(&scenario));
        let switch = faults.clone();
        let stage = Stage { profile, seed: scenario.seed, faults, clock: clock.clone() };
        let exchanges = ExchangeLog::keeping(1_000);
        let (desk, fleet) = stage.open(&exchanges).unwrap();
        let sources = Sources { desk: desk.handle.clone(), clock: clock.clone(), faults: switch, exchanges };
        let recorder = Recorder::begin(sources, path, "Recorded").unwrap();
        let shown: Arc<Mutex<Shown>> = Arc::default();
        let watcher = tokio::spawn({
            let (mut handle, clock, shown) = (desk.handle.clone(), clock.clone(), Arc::clone(&shown));
            async move {
                while handle.changed().await {
                    shown.lock().unwrap().push((clock.now_millis(), handle.snapshot()));
                }
            }
        });
        let mut handle = desk.handle.clone();
        for step in &scenario.steps {
            clock.sleep_until(step.at.after(scenario.start)).await;
            act(step, &scenario, &clock, &mut handle).await;
        }
        clock.sleep_until(scenario.run_for.after(scenario.start)).await;
        recorder.end().await.unwrap();
        watcher.abort();
        fleet.stop().await;
        desk.stop().await;
        Arc::into_inner(shown).map_or_else(Vec::new, |shown| shown.into_inner().unwrap())
    })
}

/// The scenario, played and recorded once for all tests.
pub fn kept() -> &'static (PathBuf, Shown) {
    static KEPT: OnceLock<(tempfile::TempDir, (PathBuf, Shown))> = OnceLock::new();
    let made = || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.recording");
        let shown = thread::spawn({
            let path = path.clone();
            move || recorded(&path, SCENARIO)
        });
        let shown = shown.join().unwrap();
        (folder, (path, shown))
    };
    &KEPT.get_or_init(made).1
}

/// The same, read.
pub fn recording() -> Arc<Recording> {
    Arc::new(Recording::open(&kept().0).unwrap())
}

/// The file of the same scenario an hour and a half later, without its stop; played and recorded once for all tests.
pub fn later() -> &'static Path {
    static LATER: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let made = || {
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("second-run");
        std::fs::create_dir(&within).unwrap();
        let path = within.join("later.recording");
        let text = SCENARIO.replace("17:00:00Z", "18:30:00Z");
        let (text, _) = text.rsplit_once("[[steps]]").unwrap();
        let text = text.to_owned();
        let to = path.clone();
        thread::spawn(move || drop(recorded(&to, &text))).join().unwrap();
        (folder, path)
    };
    &LATER.get_or_init(made).1
}
