//! FSPs that come to a running sandbox and go from it: its own VTN with its file, HTTP over TCP, the simulated fleet. Only
//! time is hurried.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;

use rampdesk::desk::command::Command as Instruct;
use rampdesk::desk::snapshot::{LinkState, Phase, Snapshot};
use rampdesk::dispatch::{DispatchKey, DispatchParts, RealLevel, Reference, Revision, Setpoint, Status};
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::register::{additions, to_csv};
use rampdesk::profile::secrets::Secrets;
use rampdesk::time::{Clock, Rate};
use rampdesk::units::Watts;
use rampdesk::workshop::enrolment::{
    Answers, Application, AssetKind, ContractDraft, Draft, Enrolments, Fault, Progress, Request, UnitDraft,
};
use rampdesk::workshop::onboarding::Standing;
use rampdesk::workshop::sandbox::{Sandbox, SandboxConfig};

async fn open(folder: &Path) -> Sandbox {
    let origin = "2026-11-26T16:58:30Z".parse().unwrap();
    open_by(folder, Clock::training(origin, Rate::times(20.0).unwrap())).await
}

async fn open_by(folder: &Path, clock: Clock) -> Sandbox {
    let config = SandboxConfig { folder: folder.to_path_buf(), fleet: FleetProfile::demo(), clock };
    Sandbox::open(config).await.unwrap()
}

/// One generator under one contract with East Midlands.
fn application(enrolments: &Enrolments, answers: Answers) -> Application {
    let contract = ContractDraft { id: "EMID-C-2026-0300".to_owned(), ..ContractDraft::of("GB-DNO-11") };
    let unit = UnitDraft { unit: "GEN-01".to_owned(), ..UnitDraft::of(AssetKind::Generator) };
    let draft = Draft {
        fsp: "NEWFLEX".to_owned(),
        name: "New Flex".to_owned(),
        telephone: "0116 496 0100".to_owned(),
        contracts: vec![contract],
        units: vec![unit],
    };
    let (fsp, addition) = draft.read(&enrolments.picture().fleet).unwrap();
    Application { fsp, addition, answers, authority: None, new_secret: false }
}

/// Asks, and waits until it has come to its end.
async fn errand(enrolments: &mut Enrolments, request: Request) -> (Progress, Result<String, Fault>) {
    enrolments.picture();
    assert!(enrolments.ask(request.clone()));
    let (fsp, is_withdrawal) = match request {
        Request::Onboard(application) => (application.fsp, false),
        Request::Withdraw(fsp) => (fsp, true),
    };
    let ended = async {
        loop {
            enrolments.changed().await;
            let picture = enrolments.picture();
            let errand = picture.errands.get(&fsp).filter(|p| p.is_withdrawal == is_withdrawal);
            if let Some((progress, end)) = errand.and_then(|p| Some((Progress::clone(p), p.end.clone()?))) {
                return (progress, end);
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ended).await.unwrap()
}

async fn until(sandbox: &Sandbox, what: &str, holds: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let mut desk = sandbox.desk();
    let wait = async {
        while !holds(&desk.snapshot()) {
            assert!(desk.changed().await, "the desk ended");
        }
        desk.snapshot()
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.unwrap_or_else(|_| panic!("never: {what}"))
}

fn is_live(snapshot: &Snapshot) -> bool {
    snapshot.fsps.iter().any(|fsp| fsp.id.as_str() == "NEWFLEX" && fsp.client == LinkState::Live)
}

fn run_now(sandbox: &Sandbox) -> (DispatchKey, Instruct) {
    let now = sandbox.clock().now();
    let real = RealLevel { reference: Reference::Delta, watts: Watts(500_000), price: None };
    let parts = DispatchParts {
        network_operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: "EMID-20261126-0300".parse().unwrap(),
        revision: Revision::FIRST,
        status: Status::RunNow,
        contract: "EMID-C-2026-0300".parse().unwrap(),
        unit: "NEWFLEX/GEN-01".parse().unwrap(),
        instruction_time: now,
        service_start: now,
        service_end: now + 3600,
        setpoints: vec![Setpoint { at: now, real: Some(real), reactive: None }],
    };
    let key =
        DispatchKey { operator: parts.network_operator.clone(), dispatch_ref: parts.dispatch_ref.clone() };
    (key, Instruct::Send(Box::new(parts)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_fsp_comes_is_dispatched_outlives_a_restart_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("sandbox");
    let sandbox = open(&place).await;
    until(&sandbox, "the VTN is ready", |s| s.vtn.state == LinkState::Live).await;
    let mut enrolments = sandbox.enrolments();
    let request = Request::Onboard(Box::new(application(&enrolments, Answers::Here)));
    let (progress, end) = errand(&mut enrolments, request).await;
    assert!(end.unwrap().contains("can be dispatched"), "{progress:#?}");
    assert!(progress.steps.iter().all(|step| step.standing == Standing::Done), "{progress:#?}");
    let told = progress.steps.iter().map(|step| step.what.as_str()).collect::<Vec<_>>().join("\n");
    for what in [
        "signing key newflex-2026",
        "OAuth client NEWFLEX",
        "at the VTN: ven NEWFLEX",
        "at this desk",
        "simulated fleet answers",
    ] {
        assert!(told.contains(what), "{what} in {told}");
    }
    until(&sandbox, "the newcomer polls", is_live).await;

    let (key, command) = run_now(&sandbox);
    sandbox.desk().give(command).unwrap();
    let phase = |s: &Snapshot| s.dispatches.iter().find(|d| d.key == key).map(|d| d.phase);
    until(&sandbox, "it delivers", |s| phase(s) == Some(Phase::AtSetpoint)).await;
    let (_, refused) = errand(&mut enrolments, Request::Withdraw("NEWFLEX".parse().unwrap())).await;
    assert!(refused.unwrap_err().words.contains("EMID-20261126-0300 (NEWFLEX/GEN-01) is open; stop it"));
    until(&sandbox, "it still polls", is_live).await;
    sandbox.desk().give(Instruct::Stop(key.clone())).unwrap();
    until(&sandbox, "it stops", |s| phase(s) == Some(Phase::Stopped)).await;
    sandbox.close().await;

    let sandbox = open(&place).await;
    let mut enrolments = sandbox.enrolments();
    let enrolled = enrolments.picture().enrolled.clone();
    assert_eq!((enrolled.len(), enrolled[0].is_here, enrolled[0].units), (1, true, 1));
    until(&sandbox, "it polls after a restart", is_live).await;
    let (progress, end) = errand(&mut enrolments, Request::Withdraw("NEWFLEX".parse().unwrap())).await;
    assert!(end.is_ok(), "{progress:#?}");
    assert_eq!((sandbox.desk().snapshot().units.len(), enrolments.picture().enrolled.len()), (12, 0));
    assert!(!place.join("fsps/NEWFLEX").exists(), "a secret that is of no use is not kept");
    // And again, as if it had never been there.
    let request = Request::Onboard(Box::new(application(&enrolments, Answers::Here)));
    let (progress, end) = errand(&mut enrolments, request).await;
    assert!(end.is_ok(), "{progress:#?}");
    until(&sandbox, "the newcomer polls again", is_live).await;
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_to_hand_over_names_an_address_that_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (place, handed): (PathBuf, PathBuf) = (folder.path().join("sandbox"), folder.path().join("handed"));
    let sandbox = open_by(&place, Clock::real()).await;
    until(&sandbox, "the VTN is ready", |s| s.vtn.state == LinkState::Live).await;
    let mut enrolments = sandbox.enrolments();
    let elsewhere = |enrolments: &Enrolments| Application {
        authority: Some(enrolments.places().authority()),
        ..application(enrolments, Answers::Elsewhere(handed.clone()))
    };
    // What is not the registrar's own is not overwritten; and what broke off there goes on.
    std::fs::create_dir_all(&handed).unwrap();
    std::fs::write(handed.join("fleet.toml"), "# mine").unwrap();
    let request = Request::Onboard(Box::new(elsewhere(&enrolments)));
    let (_, end) = errand(&mut enrolments, request.clone()).await;
    assert!(end.unwrap_err().words.contains("is there already and says something else"));
    std::fs::remove_file(handed.join("fleet.toml")).unwrap();
    let (progress, end) = errand(&mut enrolments, request).await;
    assert!(end.unwrap().contains(&handed.display().to_string()), "{progress:#?}");
    let ready = progress.steps.iter().filter(|step| step.standing == Standing::Ready).count();
    assert_eq!(ready, 2, "the key and the client are those of before: {progress:#?}");

    let vtn = enrolments.places().vtn.clone();
    let fleet = std::fs::read_to_string(handed.join("fleet.toml")).unwrap();
    assert!(fleet.contains(&vtn), "{vtn} in {fleet}");
    let secrets = std::fs::read_to_string(handed.join("fleet.secrets.toml")).unwrap();
    let secrets = Secrets::from_toml("s.toml", &secrets).unwrap();
    assert!(secrets.clients.contains_key("NEWFLEX"));
    assert!(!progress.steps.iter().any(|step| step.what.contains(secrets.clients["NEWFLEX"].reveal())));
    // It starts as README.txt says, in a process of its own.
    let told = std::fs::read_to_string(handed.join("README.txt")).unwrap();
    let command = told.lines().find_map(|line| line.trim().strip_prefix("rampdesk ")).unwrap();
    assert!(command.contains("--tls-clients tls/clients"), "{told}");
    let started = Command::new(env!("CARGO_BIN_EXE_rampdesk"))
        .args(command.split_whitespace())
        .current_dir(&handed)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut fsp = started.unwrap();
    until(&sandbox, "the FSP's own client polls", is_live).await;
    fsp.kill().await.unwrap();
    sandbox.close().await;
    let sandbox = open_by(&place, Clock::real()).await;
    assert_eq!(sandbox.enrolments().places().vtn, vtn);
    assert!(!sandbox.enrolments().picture().enrolled[0].is_here);
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_town_of_a_register_comes_one_fsp_after_the_other_and_all_of_it_is_live() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = open(&folder.path().join("sandbox")).await;
    until(&sandbox, "the VTN is ready", |s| s.vtn.state == LinkState::Live).await;
    let mut enrolments = sandbox.enrolments();
    let town = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/fleets/town.toml");
    let town = FleetProfile::from_toml("town.toml", &std::fs::read_to_string(town).unwrap()).unwrap();
    let known = enrolments.picture().fleet.clone();
    let read = additions("town.csv", &to_csv(&town), &known, &known.operators()).unwrap();
    assert_eq!((read.newcomers.len(), read.known), (8, 0));
    for addition in read.newcomers {
        let (fsp, answers) = (addition.fsps[0].id.clone(), Answers::Here);
        let application = Application { fsp, addition, answers, authority: None, new_secret: false };
        assert!(enrolments.ask(Request::Onboard(Box::new(application))));
    }
    let all = async {
        while enrolments.picture().errands.values().filter(|errand| errand.end.is_some()).count() < 8 {
            assert!(enrolments.changed().await, "the registrar ended");
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.unwrap();
    let picture = enrolments.picture();
    for (fsp, errand) in &picture.errands {
        assert!(matches!(errand.end, Some(Ok(_))), "{fsp}: {errand:#?}");
        assert!(errand.steps.iter().all(|step| step.standing == Standing::Done), "{fsp}: {errand:#?}");
    }
    assert_eq!((picture.enrolled.len(), picture.fleet.units.len()), (8, 52));
    until(&sandbox, "all of them poll and report", |s| {
        s.units.len() == 52
            && s.fsps.iter().all(|fsp| fsp.client == LinkState::Live)
            && s.units.iter().all(|unit| unit.lamp == LinkState::Live)
    })
    .await;
    sandbox.close().await;
}
