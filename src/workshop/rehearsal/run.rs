//! Runs a scenario.

use std::path::Path;
use std::sync::Arc;

use crate::desk;
use crate::desk::snapshot::{Mode, Snapshot};
use crate::entropy::Entropy;
use crate::fleet::{self, FaultSwitch};
use crate::journal::{Journal, Recorded};
use crate::openadr::exchange::ExchangeLog;
use crate::profile::approval::ApprovalRules;
use crate::profile::fleet::FleetProfile;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::{Clock, Rate, UtcTime};
use crate::vtn::{BASE_PATH, StorePlace, Vtn, VtnConfig};

use super::super::debrief::Signer;
use super::super::ensemble::{Ensemble, EnsembleParts, seeds_of};
use super::super::exercise::Trainee;
use super::super::live::signer_of;
use super::super::marking;
use super::super::outcome::{alarms_of, units_of};
use super::super::recording::{Recorder, RecordingError, Sources};
use super::super::scenario::{Scenario, Step};
use super::super::script::{faults_of, fleet_of, follow_every_s, take};
use super::{Rehearsal, expectation};

/// So many come at the most between two pictures that are recorded.
const EXCHANGES_KEPT: usize = 20_000;

/// Why a rehearsal could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The machine did not give what is needed.
    #[error("the rehearsal cannot start: {0}")]
    Start(String),
    /// It was not recorded.
    #[error(transparent)]
    Record(#[from] RecordingError),
    /// There is no journal to tell of it.
    #[error("the rehearsal left no journal: {0}")]
    Journal(String),
}

/// Runs a scenario to its end in virtual time; a workshop with its perfect trainee. Needs a thread of its own: not to be
/// called inside a tokio runtime.
///
/// # Errors
/// When it cannot start; what goes wrong inside is in the result.
pub fn rehearse(scenario: &Scenario) -> Result<(Rehearsal, Arc<Snapshot>), RehearsalError> {
    rehearse_as(scenario, Trainee::Perfect)
}

/// As [`rehearse`], with this trainee where the scenario is a workshop.
///
/// # Errors
/// As for [`rehearse`].
pub fn rehearse_as(
    scenario: &Scenario,
    trainee: Trainee,
) -> Result<(Rehearsal, Arc<Snapshot>), RehearsalError> {
    let played = play(scenario, trainee, None)?;
    Ok((played.result, played.snapshot))
}

/// A rehearsal with all that it left.
pub struct Played {
    /// What came of it.
    pub result: Rehearsal,
    /// What the desk showed at the end.
    pub snapshot: Arc<Snapshot>,
    /// All that the desk wrote down, oldest first.
    pub entries: Vec<Recorded>,
    /// By whose key what is written of it is signed. A rehearsal's keys come from its seed: they show whether something was
    /// changed, and not by whom it was written.
    pub signer: Signer,
    /// The public keys of its parties.
    pub trust: Trust,
}

/// As [`rehearse_as`], with all that it left; recorded into a new file where one is named.
///
/// # Errors
/// As for [`rehearse`], and when that file is there already or cannot be written.
pub fn play(
    scenario: &Scenario,
    trainee: Trainee,
    recording: Option<&Path>,
) -> Result<Played, RehearsalError> {
    virtual_time()?.block_on(run(scenario, trainee, recording))
}

/// A runtime on which time jumps from one thing due to the next.
pub(in crate::workshop) fn virtual_time() -> Result<tokio::runtime::Runtime, RehearsalError> {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.map_err(|e| RehearsalError::Start(e.to_string()))
}

async fn run(
    scenario: &Scenario,
    trainee: Trainee,
    recording: Option<&Path>,
) -> Result<Played, RehearsalError> {
    let clock = Clock::training(scenario.start, Rate::REAL);
    // What nobody records, nobody reads.
    let exchanges = ExchangeLog::keeping(if recording.is_some() { EXCHANGES_KEPT } else { 0 });
    let profile = fleet_of(scenario);
    let follow_every_s = follow_every_s(&profile);
    let (secrets, trust) = keys_of(&profile, scenario).map_err(RehearsalError::Start)?;
    let signer = signer_of(&secrets);
    let signer = signer.ok_or_else(|| RehearsalError::Start("its fleet has no operator".to_owned()))?;
    let faults = faults_of(scenario);
    let stage = Stage { profile, seed: scenario.seed, faults: faults.clone(), clock: clock.clone() };
    let (desk, fleet) = stage.open(&exchanges).map_err(RehearsalError::Start)?;
    let recorder = match recording {
        Some(path) => {
            let (desk, clock, exchanges) = (desk.handle.clone(), clock.clone(), exchanges.clone());
            Some(Recorder::begin(Sources { desk, clock, faults, exchanges }, path, &scenario.name)?)
        }
        None => None,
    };
    let mut handle = desk.handle.clone();
    let mut steps = Vec::new();
    for step in steps_of(scenario, trainee) {
        clock.sleep_until(step.at.after(scenario.start)).await;
        steps.push(take(step, scenario, &clock, &mut handle).await);
    }
    let end = scenario.run_for.after(scenario.start);
    clock.sleep_until(end).await;
    // One look more, so that what was reported at the last instant is in the picture.
    clock.sleep(follow_every_s * 1.5).await;
    let snapshot = handle.snapshot();
    if let Some(recorder) = recorder {
        recorder.end().await?;
    }
    fleet.stop().await;
    let entries = written_down(desk.stop().await)?;
    let expectations = expectation::compare(&scenario.expectations, &snapshot);
    let marking = marking::mark(scenario, &entries);
    let is_as_foretold = match (&marking, &scenario.exercise) {
        (Some(marking), Some(exercise)) => match trainee {
            Trainee::Perfect => marking.given == exercise.full_marks() && expectations.iter().all(|f| f.met),
            Trainee::Idle => marking.given == exercise.idle_marks,
        },
        _ => expectations.iter().all(|f| f.met),
    };
    let result = Rehearsal {
        scenario: scenario.name.clone(),
        seed: scenario.seed,
        start: scenario.start,
        end,
        passed: is_as_foretold && steps.iter().all(|s| s.done),
        trainee: scenario.exercise.as_ref().map(|_| trainee),
        steps,
        expectations,
        units: units_of(&snapshot),
        alarms: alarms_of(&snapshot),
        requests: exchanges.recorded(),
        journal_head: snapshot.journal_tail.last().map(|entry| entry.hash.clone()),
        marking,
    };
    Ok(Played { result, snapshot, entries, signer, trust })
}

/// The keys of a rehearsal, which come from its seed.
fn keys_of(profile: &FleetProfile, scenario: &Scenario) -> Result<(Secrets, Trust), String> {
    made_up(profile, &Entropy::seeded(scenario.seed), scenario.start)
}

fn made_up(profile: &FleetProfile, entropy: &Entropy, from: UtcTime) -> Result<(Secrets, Trust), String> {
    Secrets::generate(profile, &entropy.fork("secrets"), from).map_err(|e| e.to_string())
}

/// The story, and what a perfect trainee does in it, in time order; what the story has at an instant comes first.
fn steps_of(scenario: &Scenario, trainee: Trainee) -> Vec<&Step> {
    let acts = scenario.exercise.iter().filter(|_| trainee == Trainee::Perfect).flat_map(|e| &e.trainee);
    let mut steps: Vec<&Step> = scenario.steps.iter().chain(acts).collect();
    steps.sort_by_key(|step| step.at);
    steps
}

/// All that the desk wrote down.
fn written_down(journal: Option<Journal>) -> Result<Vec<Recorded>, RehearsalError> {
    let journal = journal.ok_or_else(|| RehearsalError::Journal("the desk failed".to_owned()))?;
    journal.entries(0, usize::MAX).map_err(|error| RehearsalError::Journal(error.to_string()))
}

/// What a rehearsal takes place on.
pub(in crate::workshop) struct Stage {
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
    pub(in crate::workshop) fn open(
        self,
        exchanges: &ExchangeLog,
    ) -> Result<(desk::Desk, fleet::Fleet), String> {
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
    let (secrets, trust) = made_up(&profile, &entropy, clock.now())?;
    let vtn = Vtn::open(VtnConfig {
        store: StorePlace::Memory,
        clients: seeds_of(&secrets),
        clock: clock.clone(),
        entropy: entropy.fork("vtn"),
    })
    .map_err(|e| e.to_string())?;
    let parts = EnsembleParts {
        fleet: Arc::clone(&profile),
        dispatched: profile,
        secrets: &secrets,
        fleet_trust: trust.clone(),
        desk_trust: trust,
        base_url: format!("http://vtn.rehearsal{BASE_PATH}"),
        fleet_transport: vtn.transport(),
        desk_transport: vtn.transport(),
        journal: Journal::in_memory().map_err(|e| e.to_string())?,
        // Nobody is asked twice in a rehearsal.
        approval: ApprovalRules::default(),
        mode: Mode::Training,
        follows_only: None,
        follow_every_s,
        faults,
        clock: clock.clone(),
        entropy: &entropy,
        exchanges: exchanges.clone(),
        desk_exchanges: exchanges.clone(),
    };
    let Ensemble { desk, fleet, .. } = parts.start()?;
    Ok((desk, fleet))
}
