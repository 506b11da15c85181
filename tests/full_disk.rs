//! A sandbox on a disk that is really full, VTN, fleet and desk with it: what is said, what goes out, and that nothing is
//! lost when there is room again.
//!
//! The disk is a small one in memory, which a process of its own mounts for itself alone; where the system does not allow
//! that, the test says that it was not run.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what a test's own world cannot do fails the test")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::Duration;

use rampdesk::desk::DeskHandle;
use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Phase, Snapshot};
use rampdesk::dispatch::{
    DispatchKey, DispatchParts, RealLevel, Reference, Revision, Setpoint, Stage, Status,
};
use rampdesk::journal::{EntryKind, Journal};
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::time::Clock;
use rampdesk::units::Watts;
use rampdesk::workshop::sandbox::{Sandbox, SandboxConfig};

/// Names the small disk to the process that is started on it.
const DISK: &str = "RAMPDESK_FULL_DISK";

/// Room for the sandbox's files and their logs as they begin.
const SIZE: &str = "6m";

/// Mounts a disk of the size named first at the folder named second, and becomes what stands after.
const MOUNT: &str = "mount -t tmpfs -o size=$1 tmpfs \"$2\" && shift 2 && exec \"$@\"";

#[test]
fn on_a_full_disk_nothing_is_lost_and_what_is_wrong_is_said() {
    let disk = tempfile::tempdir().unwrap();
    let alone = ["--user", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh", SIZE];
    let mut process = Process::new("unshare");
    process.args(alone).arg(disk.path());
    let may = Process::new("unshare").args(alone).arg(disk.path()).arg("true").stderr(Stdio::null()).status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("NOT RUN: no disk can be mounted here without being root");
        return;
    }
    let this = std::env::current_exe().unwrap();
    let name = ["--ignored", "--exact", "the_sandbox_whose_disk_fills", "--nocapture"];
    let status = process.arg(this).args(name).env(DISK, disk.path()).status().unwrap();
    assert!(status.success());
}

/// What the test starts on a disk of its own; started by itself it ends at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "no test: the process that the test starts on a small disk"]
async fn the_sandbox_whose_disk_fills() {
    let Some(disk) = std::env::var_os(DISK).map(PathBuf::from) else { return };
    let folder = disk.join("sandbox");
    let sandbox = opened(&folder).await.unwrap();
    let mut desk = sandbox.desk();
    let is_live =
        |s: &Snapshot| s.vtn.state == LinkState::Live && s.fsps.iter().all(|f| f.client == LinkState::Live);
    until(&mut desk, "every FSP is heard", is_live).await;
    ask(&mut desk, run_now("FULL-1", "BRIGHTFLEX/BESS-07")).await.unwrap();
    until(&mut desk, "it is accepted", |s| has_said(s, "FULL-1", Stage::Accepted)).await;

    let ballast = fill(&disk);
    // What the logs have room for already may still be written.
    let mut sent_meanwhile = 0;
    let refused = loop {
        sent_meanwhile += 1;
        assert!(sent_meanwhile < 500, "a full disk takes everything");
        let reference = format!("FULL-2-{sent_meanwhile}");
        match ask(&mut desk, run_now(&reference, "BRIGHTFLEX/BESS-08")).await {
            Ok(_) => ask(&mut desk, Command::Stop(key(&reference))).await.map(|_| ()).unwrap_or_default(),
            Err(words) => break words,
        }
    };
    assert!(refused.contains("full"), "{refused}");
    assert!(refused.contains("nothing was sent") || refused.contains("not sent"), "{refused}");
    let alarms = until(&mut desk, "an alarm", |s| s.alarms.iter().any(|a| a.text.contains("full"))).await;
    assert!(alarms.alarms.iter().all(|alarm| !alarm.text.is_empty()));
    // A stop goes out without its journal, but not into a VTN that has no room for it either.
    if let Err(words) = ask(&mut desk, Command::Stop(key("FULL-1"))).await {
        assert!(words.contains("no room on the VTN's disk") && words.contains("telephone"), "{words}");
    }
    sandbox.close().await;

    // Started anew on it, it says so and leaves what is there.
    let before = journal(&folder);
    match opened(&folder).await {
        Ok(sandbox) => sandbox.close().await,
        Err(said) => assert!(said.contains("full") && said.contains("sandbox"), "{said}"),
    }
    assert!(journal(&folder).starts_with(&before), "what was journalled is there");

    fs::remove_file(ballast).unwrap();
    let sandbox = opened(&folder).await.unwrap();
    let mut desk = sandbox.desk();
    until(&mut desk, "every FSP is heard again", is_live).await;
    let stopped = |s: &Snapshot| {
        s.dispatches
            .iter()
            .find(|d| d.key == key("FULL-1"))
            .is_some_and(|d| !d.is_open() || d.dispatch().is_some_and(|d| d.status.is_stop()))
    };
    if !stopped(&desk.snapshot()) {
        ask(&mut desk, Command::Stop(key("FULL-1"))).await.unwrap();
    }
    until(&mut desk, "it is stopped", |s| has_said(s, "FULL-1", Stage::Stopped)).await;
    let failed = |s: &Snapshot| {
        s.dispatches
            .iter()
            .any(|d| d.key == key(&format!("FULL-2-{sent_meanwhile}")) && d.phase != Phase::SendFailed)
    };
    assert!(!failed(&desk.snapshot()), "what was refused did not go out later");
    sandbox.close().await;
    Journal::open_to_read(&folder.join("journal.sqlite")).unwrap().verify().unwrap();
    let after = journal(&folder);
    assert!(after.starts_with(&before), "what was journalled is there");
    let intents = |reference: &str| {
        after.iter().filter(|text| text.contains("about to be sent") && text.contains(reference)).count()
    };
    assert!(intents("FULL-1 revision 1") == 1, "{after:?}");
}

async fn opened(folder: &Path) -> Result<Sandbox, String> {
    let mut fleet = FleetProfile::demo();
    for contract in &mut fleet.contracts {
        (contract.poll_seconds, contract.notice_seconds) = (1, 0);
    }
    let config = SandboxConfig { folder: folder.to_owned(), fleet, clock: Clock::real() };
    Sandbox::open(config).await.map_err(|error| error.to_string())
}

/// Takes all the room that is left, to the last byte.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("ballast");
    let mut file = File::create(&path).unwrap();
    for size in [65_536, 4096, 1] {
        let block = vec![0; size];
        while file.write_all(&block).is_ok() {}
    }
    path
}

fn journal(folder: &Path) -> Vec<String> {
    let journal = Journal::open_to_read(&folder.join("journal.sqlite")).unwrap();
    let entries = journal.entries(0, usize::MAX).unwrap();
    entries.into_iter().filter(|r| r.entry.kind != EntryKind::Head).map(|r| r.entry.text).collect()
}

fn key(reference: &str) -> DispatchKey {
    DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: reference.parse().unwrap() }
}

fn run_now(reference: &str, unit: &str) -> Command {
    let now = Clock::real().now();
    let fleet = FleetProfile::demo();
    let unit = fleet.unit(&unit.parse().unwrap()).unwrap();
    let real = Some(RealLevel { reference: Reference::Delta, watts: Watts(500_000), price: None });
    Command::Send(Box::new(DispatchParts {
        network_operator: unit.operator.clone(),
        dispatch_ref: reference.parse().unwrap(),
        revision: Revision::FIRST,
        status: Status::RunNow,
        contract: unit.contract.clone(),
        unit: unit.unit.clone(),
        instruction_time: now,
        service_start: now,
        service_end: now + 3600,
        setpoints: vec![Setpoint { at: now, real, reactive: None }],
    }))
}

fn has_said(snapshot: &Snapshot, reference: &str, stage: Stage) -> bool {
    let state = snapshot.dispatches.iter().find(|d| d.key == key(reference));
    state.is_some_and(|d| d.ladder.iter().any(|rung| rung.stage == stage))
}

async fn ask(desk: &mut DeskHandle, command: Command) -> Result<String, String> {
    let number = desk.give(command).unwrap();
    let snapshot = until(desk, "an outcome", |s| s.outcomes.iter().any(|o| o.command == number)).await;
    snapshot.outcomes.iter().find(|o| o.command == number).unwrap().result.clone()
}

async fn until(
    desk: &mut DeskHandle,
    what: &str,
    holds: impl Fn(&Snapshot) -> bool,
) -> std::sync::Arc<Snapshot> {
    let waits = async {
        loop {
            let snapshot = desk.snapshot();
            if holds(&snapshot) {
                return snapshot;
            }
            assert!(desk.changed().await, "the desk has ended before {what}");
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), waits).await;
    waited.unwrap_or_else(|_| panic!("a minute went by, and not: {what}"))
}
