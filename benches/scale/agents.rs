//! Agents, the VTN and the desk in one process over loopback TCP, as a sandbox has them: how many polls are missed, what
//! a minute costs, and how long RUN_NOW to all of them takes until the last has accepted.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rampdesk::desk::DeskHandle;
use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{DispatchState, Snapshot};
use rampdesk::dispatch::{DispatchParts, FspId, RealLevel, Reference, Revision, Setpoint, Stage, Status};
use rampdesk::profile::fleet::{FleetProfile, Unit};
use rampdesk::time::{Clock, UtcTime};
use rampdesk::units::Watts;
use rampdesk::workshop::sandbox::{Sandbox, SandboxConfig};

use crate::{fleet, process};

const POLL_S: u32 = 10;
/// Watched while nothing is dispatched, seconds.
const QUIET_S: u32 = 60;
/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two looks at the desk's picture.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub fn run(count: u32) {
    println!("{count} agents of a unit each, a poll every {POLL_S} s, with VTN and desk in this process");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(watch(fleet::of(count, count, POLL_S)));
}

async fn watch(fleet: FleetProfile) {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let config =
        SandboxConfig { folder: folder.path().to_owned(), fleet: fleet.clone(), clock: Clock::real() };
    let sandbox = Sandbox::open(config).await.unwrap();
    let mut desk = sandbox.desk();
    let count = fleet.fsps.len();
    let heard = until(&mut desk, count, |snapshot| {
        snapshot.fsps.iter().filter(|fsp| fsp.last_poll.is_some()).count()
    })
    .await;
    println!(
        "  {heard} of {count} heard {:.1} s after the start, {} s CPU",
        began.elapsed().as_secs_f64(),
        process::words(process::cpu_seconds())
    );
    // Each has still to look at its programs and to file its first heartbeat.
    tokio::time::sleep(Duration::from_secs(u64::from(2 * POLL_S))).await;
    quiet(&sandbox, count).await;
    run_now(&mut desk, &fleet).await;
    println!("  peak memory {} MiB", process::words(process::peak_mib()));
    sandbox.close().await;
}

/// A minute without dispatches: each FSP's polls, and what all of it costs.
async fn quiet(sandbox: &Sandbox, count: usize) {
    let desk = sandbox.desk();
    let requests = sandbox.exchanges().recorded();
    let (began, cpu) = (Instant::now(), process::cpu_seconds());
    let mut polls: BTreeMap<FspId, Vec<UtcTime>> = BTreeMap::new();
    while began.elapsed() < Duration::from_secs(u64::from(QUIET_S)) {
        note_polls(&desk.snapshot(), &mut polls);
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    let cpu = cpu.zip(process::cpu_seconds()).map(|(from, to)| (to - from) / seconds * 100.0);
    let requests = sandbox.exchanges().recorded() - requests;
    let missed: usize = polls.values().map(|of| missed(of, Clock::real().now())).sum();
    println!(
        "  {seconds:.0} s, a poll every {POLL_S} s of {count} FSPs: {missed} missed by {} heard; {requests} requests; {} % of one core",
        polls.len(),
        process::words(cpu)
    );
}

/// Polls that did not come: for each gap of more than one and a half intervals, those that would have filled it.
fn missed(heard: &[UtcTime], now: UtcTime) -> usize {
    let instants: Vec<UtcTime> = heard.iter().copied().chain([now]).collect();
    let gaps = instants.windows(2).map(|pair| pair[1].since(pair[0]));
    let beat = i64::from(POLL_S);
    gaps.filter(|gap| 2 * gap > 3 * beat)
        .map(|gap| usize::try_from((gap + beat / 2) / beat - 1).unwrap_or(0))
        .sum()
}

/// When each FSP was last heard by the VTN; less than half an interval later it is the same poll still.
fn note_polls(snapshot: &Snapshot, polls: &mut BTreeMap<FspId, Vec<UtcTime>>) {
    for fsp in &snapshot.fsps {
        let Some(at) = fsp.last_poll else { continue };
        let of = polls.entry(fsp.id.clone()).or_default();
        if of.last().is_none_or(|last| at.since(*last) > i64::from(POLL_S / 2)) {
            of.push(at);
        }
    }
}

/// RUN_NOW to every unit, one command after the other, until the last is accepted.
async fn run_now(desk: &mut DeskHandle, fleet: &FleetProfile) {
    let (began, cpu) = (Instant::now(), process::cpu_seconds());
    for (number, unit) in fleet.units.iter().enumerate() {
        desk.give(Command::Send(Box::new(parts(number, unit)))).unwrap();
    }
    let count = fleet.units.len();
    let sent =
        until(desk, count, |snapshot| snapshot.dispatches.iter().filter(|state| is_sent(state)).count())
            .await;
    println!("  RUN_NOW to {count}: {sent} at the VTN after {:.1} s", began.elapsed().as_secs_f64());
    let has = |snapshot: &Snapshot, stage: Stage| {
        snapshot.dispatches.iter().filter(|d| d.ladder.iter().any(|rung| rung.stage == stage)).count()
    };
    let answers = [Stage::Accepted, Stage::Unreachable, Stage::Rejected];
    let answered =
        until(desk, count, |snapshot| answers.iter().map(|stage| has(snapshot, *stage)).sum()).await;
    let cpu = cpu.zip(process::cpu_seconds()).map(|(from, to)| to - from);
    let [accepted, late, rejected] = answers.map(|stage| has(&desk.snapshot(), stage));
    println!(
        "  {answered} answered after {:.1} s (poll interval {POLL_S} s): {accepted} accepted, {late} unreachable in time, \
         {rejected} rejected; {} s CPU",
        began.elapsed().as_secs_f64(),
        process::words(cpu)
    );
}

fn is_sent(state: &DispatchState) -> bool {
    state.current().is_some_and(|revision| revision.sent.is_some())
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
fn parts(number: usize, unit: &Unit) -> DispatchParts {
    let now = Clock::real().now();
    let baseline_kw = unit.baseline.at(now.unix() as f64);
    let most = unit.asset.limits_kw(baseline_kw).1 - baseline_kw;
    let watts = Watts::from_kilowatts((0.8 * most).round()).unwrap();
    let real = Some(RealLevel { reference: Reference::Delta, watts, price: None });
    DispatchParts {
        network_operator: unit.operator.clone(),
        dispatch_ref: format!("NOW-{number:05}").parse().unwrap(),
        revision: Revision::FIRST,
        status: Status::RunNow,
        contract: unit.contract.clone(),
        unit: unit.unit.clone(),
        instruction_time: now,
        service_start: now,
        service_end: now + 3600,
        setpoints: vec![Setpoint { at: now, real, reactive: None }],
    }
}

/// Waits until the desk's picture counts so many; answers how many it counts at last.
async fn until(desk: &mut DeskHandle, all: usize, count: impl Fn(&Snapshot) -> usize) -> usize {
    let began = Instant::now();
    loop {
        let counted = count(&desk.snapshot());
        if counted >= all || began.elapsed() > PATIENCE {
            return counted;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
