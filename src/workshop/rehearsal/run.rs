//! Runs a scenario.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::desk::command::{Command, CommandNumber};
use crate::desk::snapshot::{DispatchState, Mode, Outcome, Snapshot};
use crate::desk::{self, DeskConfig, DeskHandle};
use crate::dispatch::{DispatchParts, DispatchRef, ReactiveLevel, RealLevel, Revision, Setpoint};
use crate::entropy::Entropy;
use crate::fleet::{self, FaultSwitch, FleetConfig};
use crate::journal::Journal;
use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::secret::Secret;
use crate::profile::approval::ApprovalRules;
use crate::profile::faults::{FaultPlan, TimedFault};
use crate::profile::fleet::FleetProfile;
use crate::profile::moves::Moves;
use crate::profile::operators::Operators;
use crate::profile::secrets::{DESK_CLIENT, Secrets};
use crate::time::{Clock, Rate, UtcTime};
use crate::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};

use super::super::outcome::{alarms_of, units_of};
use super::super::scenario::{Action, Amendment, Scenario, Sending, SetpointAt, Step};
use super::{Rehearsal, StepOutcome, expectation};

/// Why a rehearsal could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The machine did not give what is needed.
    #[error("the rehearsal cannot start: {0}")]
    Start(String),
}

/// The desk looks at the VTN so many times while the FSPs poll it once,
const LOOKS_A_POLL: f64 = 5.0;
/// but no more and no less often than this, in domain seconds.
const FOLLOW_EVERY_S: RangeInclusive<f64> = 2.0..=10.0;
/// Domain seconds in which a command must be settled: retries of a request fit into it.
const SETTLE_WITHIN_S: f64 = 120.0;

/// Runs a scenario to its end in virtual time. Needs a thread of its own: not to be called inside a tokio runtime.
///
/// # Errors
/// When it cannot start; what goes wrong inside is in the result.
pub fn rehearse(scenario: &Scenario) -> Result<(Rehearsal, Arc<Snapshot>), RehearsalError> {
    virtual_time()?.block_on(run(scenario))
}

/// A runtime on which time jumps from one thing due to the next.
pub(super) fn virtual_time() -> Result<tokio::runtime::Runtime, RehearsalError> {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.map_err(|e| RehearsalError::Start(e.to_string()))
}

async fn run(scenario: &Scenario) -> Result<(Rehearsal, Arc<Snapshot>), RehearsalError> {
    let clock = Clock::training(scenario.start, Rate::REAL);
    let exchanges = ExchangeLog::keeping(0);
    let profile = fleet_of(scenario);
    let follow_every_s = follow_every_s(&profile);
    let stage = Stage { profile, seed: scenario.seed, faults: faults_of(scenario), clock: clock.clone() };
    let (desk, fleet) = stage.open(&exchanges).map_err(RehearsalError::Start)?;
    let mut handle = desk.handle.clone();
    let mut steps = Vec::new();
    for step in &scenario.steps {
        clock.sleep_until(step.at.after(scenario.start)).await;
        steps.push(take(step, scenario, &clock, &mut handle).await);
    }
    let end = scenario.run_for.after(scenario.start);
    clock.sleep_until(end).await;
    // One look more, so that what was reported at the last instant is in the picture.
    clock.sleep(follow_every_s * 1.5).await;
    let snapshot = handle.snapshot();
    fleet.stop().await;
    desk.stop().await;
    let expectations = expectation::compare(&scenario.expectations, &snapshot);
    let result = Rehearsal {
        scenario: scenario.name.clone(),
        seed: scenario.seed,
        start: scenario.start,
        end,
        passed: expectations.iter().all(|f| f.met) && steps.iter().all(|s| s.done),
        steps,
        expectations,
        units: units_of(&snapshot),
        alarms: alarms_of(&snapshot),
        requests: exchanges.recorded(),
        journal_head: snapshot.journal_tail.last().map(|entry| entry.hash.clone()),
    };
    Ok((result, snapshot))
}

/// The fleet, polling as often as the scenario says.
fn fleet_of(scenario: &Scenario) -> FleetProfile {
    let mut profile = scenario.fleet.clone();
    if let Some(poll_seconds) = scenario.poll_seconds {
        profile.contracts.iter_mut().for_each(|c| c.poll_seconds = poll_seconds);
    }
    profile
}

/// Seconds between two looks of the desk at the VTN.
pub(super) fn follow_every_s(profile: &FleetProfile) -> f64 {
    let shortest = profile.contracts.iter().map(|c| c.poll_seconds).min().unwrap_or(0);
    (f64::from(shortest) / LOOKS_A_POLL).clamp(*FOLLOW_EVERY_S.start(), *FOLLOW_EVERY_S.end())
}

/// What a rehearsal takes place on.
pub(super) struct Stage {
    /// Who answers.
    pub profile: FleetProfile,
    /// Everything that is drawn by chance comes from it.
    pub seed: u64,
    /// What goes wrong.
    pub faults: FaultSwitch,
    /// In virtual time.
    pub clock: Clock,
}

impl Stage {
    /// A VTN, a fleet and a desk, all in this process.
    pub(super) fn open(self, exchanges: &ExchangeLog) -> Result<(desk::Desk, fleet::Fleet), String> {
        let Self { profile, seed, faults, clock } = self;
        let follow_every_s = follow_every_s(&profile);
        open(Arc::new(profile), seed, faults, follow_every_s, &clock, exchanges)
    }
}

fn open(
    profile: Arc<FleetProfile>,
    seed: u64,
    faults: FaultSwitch,
    follow_every_s: f64,
    clock: &Clock,
    exchanges: &ExchangeLog,
) -> Result<(desk::Desk, fleet::Fleet), String> {
    let entropy = Entropy::seeded(seed);
    let (secrets, trust) =
        Secrets::generate(&profile, &entropy.fork("secrets"), clock.now()).map_err(|e| e.to_string())?;
    let vtn = Vtn::open(VtnConfig {
        store: StorePlace::Memory,
        clients: seeds_of(&secrets),
        clock: clock.clone(),
        entropy: entropy.fork("vtn"),
    })
    .map_err(|e| e.to_string())?;
    let base_url = format!("http://vtn.rehearsal{BASE_PATH}");
    let client = Client::new(ClientParts {
        base_url: base_url.clone(),
        credentials: desk_credentials(&secrets)?,
        transport: vtn.transport(),
        clock: clock.clone(),
        entropy: entropy.fork("desk client"),
        exchanges: exchanges.clone(),
        label: DESK_CLIENT.to_owned(),
    })?;
    let fleet = fleet::start(FleetConfig {
        profile: Arc::clone(&profile),
        base_url: Some(base_url),
        secrets: secrets.for_fleet(),
        trust: trust.clone(),
        transport: vtn.transport(),
        own_transports: BTreeMap::new(),
        moves: Moves::default(),
        keep_move: None,
        faults,
        push: BTreeMap::new(),
        clock: clock.clone(),
        entropy: entropy.fork("fleet"),
        exchanges: exchanges.clone(),
    })?;
    let desk = desk::start(DeskConfig {
        profile,
        operators: Operators::built_in(),
        client,
        secrets: secrets.for_desk(),
        trust,
        journal: Journal::in_memory().map_err(|e| e.to_string())?,
        clock: clock.clone(),
        entropy: entropy.fork("desk"),
        mode: Mode::Training,
        // Nobody is asked twice in a rehearsal.
        approval: ApprovalRules::default(),
        sign_off_after_s: desk::SIGN_OFF_AFTER_S,
        follow_every_s,
        push: None,
    });
    Ok((desk, fleet))
}

/// The faults of a scenario, each to begin and end at its second.
fn faults_of(scenario: &Scenario) -> FaultSwitch {
    let timed = |step: &Step| match &step.action {
        Action::Fault { affliction, until } => Some(TimedFault {
            affliction: affliction.clone(),
            from: Some(step.at.after(scenario.start)),
            until: until.map(|until| until.after(scenario.start)),
        }),
        _ => None,
    };
    let switch = FaultSwitch::default();
    switch.replace(FaultPlan { faults: scenario.steps.iter().filter_map(timed).collect() });
    switch
}

/// The clients of a sandbox's VTN: the desk and every FSP.
pub(in crate::workshop) fn seeds_of(secrets: &Secrets) -> Vec<ClientSeed> {
    let role = |id: &str| if id == DESK_CLIENT { Role::Business } else { Role::Ven };
    secrets
        .clients
        .iter()
        .map(|(id, secret)| ClientSeed { id: id.clone(), secret: secret.clone(), role: role(id) })
        .collect()
}

/// The desk's own credentials.
pub(in crate::workshop) fn desk_credentials(secrets: &Secrets) -> Result<Credentials, String> {
    let secret: &Secret = secrets
        .clients
        .get(DESK_CLIENT)
        .ok_or_else(|| format!("the secrets hold no client `{DESK_CLIENT}`"))?;
    Ok(Credentials { client_id: DESK_CLIENT.to_owned(), secret: secret.clone() })
}

async fn take(step: &Step, scenario: &Scenario, clock: &Clock, handle: &mut DeskHandle) -> StepOutcome {
    let at = step.at.after(scenario.start);
    if let Action::Fault { affliction, until } = &step.action {
        let said = until.map_or("on".to_owned(), |until| format!("on until {}", until.after(scenario.start)));
        return StepOutcome { at, asked: format!("Fault: {}", affliction.words()), done: true, said };
    }
    let command = match command_of(&step.action, scenario, clock.now(), &handle.snapshot()) {
        Ok(command) => command,
        Err(said) => return StepOutcome { at, asked: format!("{:?}", step.at), done: false, said },
    };
    let asked = command.words();
    let Some(number) = handle.give(command) else {
        return StepOutcome { at, asked, done: false, said: "the desk has ended".to_owned() };
    };
    match settled(handle, number, clock).await {
        Some(outcome) => match &outcome.result {
            Ok(said) => StepOutcome { at, asked, done: true, said: said.clone() },
            Err(said) => StepOutcome { at, asked, done: false, said: said.clone() },
        },
        None => {
            StepOutcome { at, asked, done: false, said: format!("not settled within {SETTLE_WITHIN_S} s") }
        }
    }
}

/// Waits until a command is settled; `None` when that takes too long, or the desk has ended.
pub(in crate::workshop) async fn settled(
    handle: &mut DeskHandle,
    number: CommandNumber,
    clock: &Clock,
) -> Option<Arc<Outcome>> {
    let within = clock.sleep(SETTLE_WITHIN_S);
    tokio::pin!(within);
    loop {
        let snapshot = handle.snapshot();
        if let Some(outcome) = snapshot.outcomes.iter().find(|o| o.command == number) {
            return Some(Arc::clone(outcome));
        }
        tokio::select! {
            running = handle.changed() => if !running { return None },
            () = &mut within => return None,
        }
    }
}

fn command_of(
    action: &Action,
    scenario: &Scenario,
    now: UtcTime,
    snapshot: &Snapshot,
) -> Result<Command, String> {
    Ok(match action {
        Action::Send(sending) => Command::Send(Box::new(first_revision(sending, scenario, now)?)),
        Action::Amend(amendment) => {
            Command::Send(Box::new(next_revision(amendment, scenario.start, now, snapshot)?))
        }
        Action::Stop { dispatch_ref } => Command::Stop(find(dispatch_ref, snapshot)?.key.clone()),
        Action::EmergencyStop { units, operator } => {
            Command::EmergencyStop { units: units.clone(), operator: operator.clone() }
        }
        Action::Fault { affliction, .. } => {
            return Err(format!("{} is no command of the desk", affliction.words()));
        }
    })
}

fn find<'s>(dispatch_ref: &DispatchRef, snapshot: &'s Snapshot) -> Result<&'s DispatchState, String> {
    let found = snapshot.dispatches.iter().find(|d| d.key.dispatch_ref == *dispatch_ref);
    found.map(AsRef::as_ref).ok_or_else(|| format!("the desk knows of no dispatch `{dispatch_ref}`"))
}

fn first_revision(sending: &Sending, scenario: &Scenario, now: UtcTime) -> Result<DispatchParts, String> {
    let unit = scenario
        .fleet
        .unit(&sending.unit)
        .ok_or_else(|| format!("the fleet has no unit `{}`", sending.unit))?;
    Ok(DispatchParts {
        network_operator: unit.operator.clone(),
        dispatch_ref: sending.dispatch_ref.clone(),
        revision: Revision::FIRST,
        status: sending.status,
        contract: unit.contract.clone(),
        unit: sending.unit.clone(),
        instruction_time: now,
        service_start: sending.service_start.after(scenario.start),
        service_end: sending.service_end.after(scenario.start),
        setpoints: sending.setpoints.iter().map(|s| setpoint(s, scenario.start)).collect(),
    })
}

fn next_revision(
    amendment: &Amendment,
    start: UtcTime,
    now: UtcTime,
    snapshot: &Snapshot,
) -> Result<DispatchParts, String> {
    let state = find(&amendment.dispatch_ref, snapshot)?;
    let last = state.dispatch().ok_or_else(|| format!("`{}` has no revision", amendment.dispatch_ref))?;
    let mut parts = last.parts().clone();
    parts.revision = parts.revision.next();
    parts.instruction_time = now;
    if let Some(status) = amendment.status {
        parts.status = status;
    }
    if let Some(at) = amendment.service_start {
        parts.service_start = at.after(start);
    }
    if let Some(at) = amendment.service_end {
        parts.service_end = at.after(start);
    }
    if let Some(setpoints) = &amendment.setpoints {
        parts.setpoints = setpoints.iter().map(|s| setpoint(s, start)).collect();
    }
    Ok(parts)
}

fn setpoint(at: &SetpointAt, start: UtcTime) -> Setpoint {
    Setpoint {
        at: at.at.after(start),
        real: at.real.map(|watts| RealLevel { reference: at.reference, watts, price: at.price }),
        reactive: at.reactive.map(|vars| ReactiveLevel { reference: at.reference, vars, price: None }),
    }
}
