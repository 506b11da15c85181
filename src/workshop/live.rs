//! A workshop: a scenario on a training clock that a person runs. An embedded VTN, a fleet and a desk in this process; the steps
//! of the story are acted out as they fall due, and its faults are laid on.
//!
//! Everything goes by the one clock, and every request is handed to the VTN's own router as in a rehearsal. Nothing listens on
//! the network but for a trainee who sits elsewhere, whose console goes by this clock too ([`super::remote`]).

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::desk::snapshot::{Mode, Snapshot};
use crate::desk::{Desk, DeskHandle};
use crate::entropy::Entropy;
use crate::fleet::Fleet;
use crate::journal::Journal;
use crate::openadr::exchange::ExchangeLog;
use crate::profile::approval::ApprovalRules;
use crate::profile::fleet::FleetProfile;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::{Clock, Rate, UtcTime};
use crate::vtn::{BASE_PATH, StorePlace, Vtn, VtnConfig};

use super::backstage::Backstage;
use super::debrief::Signer;
use super::ensemble::{Ensemble, EnsembleParts, seeds_of};
use super::marking::Overrides;
use super::recording::{Recorder, Sources};
use super::remote::{Away, LetIn, TrainersLine, let_in};
use super::reporting::Reporting;
use super::scenario::Scenario;
use super::script::{fleet_of, follow_every_s};
use super::story::{Stage, Story, act_out};
use super::timekeeper::{ClockControl, ClockEnd, Timekeeper};

/// How many exchanges a person can look back on.
const EXCHANGES_KEPT: usize = 5_000;

/// The recording in a workshop's folder.
pub const RECORDING: &str = "session.recording";

/// The desk's journal in a workshop's folder.
pub const JOURNAL: &str = "journal.sqlite";
/// The copy of the journal of a trainee who sits elsewhere, in the workshop's folder.
pub const TRAINEES_JOURNAL: &str = "trainee.sqlite";

/// A folder's name is not made longer by a scenario's.
const LONGEST_NAME: usize = 60;

/// What a workshop is opened on.
pub struct WorkshopConfig {
    /// The story.
    pub scenario: Scenario,
    /// Every workshop gets a folder of its own in here, which is kept: its journal, what its VTN holds, its recording, and the public keys with
    /// which both can be verified. Made when it is not there. `None` keeps nothing of it.
    pub folder: Option<PathBuf>,
    /// The real time, which that folder is named by.
    pub opened: UtcTime,
    /// Where a trainee who sits elsewhere is let in; `None` where they sit here. It needs a folder.
    pub away: Option<Away>,
}

/// A running workshop.
pub struct Workshop {
    desk: Desk,
    fleet: Fleet,
    clock: Clock,
    exchanges: ExchangeLog,
    handle: WorkshopHandle,
    timekeeper: JoinHandle<()>,
    teller: JoinHandle<()>,
    /// They write what is written of it while it runs.
    writers: [JoinHandle<()>; 2],
    recorder: Option<Recorder>,
    serving: Option<JoinHandle<()>>,
    _vtn: Vtn,
}

/// What a person sees of a running workshop, and by what they run it. Clones are of the same one.
#[derive(Clone, Debug)]
pub struct WorkshopHandle {
    scenario: Arc<Scenario>,
    folder: Option<PathBuf>,
    control: ClockControl,
    story: watch::Receiver<Arc<Story>>,
    overrides: Overrides,
    reporting: Reporting,
    backstage: Backstage,
    is_attended: Arc<AtomicBool>,
}

/// The workshop's end of a handle.
#[derive(Debug)]
pub struct WorkshopEnd {
    /// Of its clock.
    pub clock: ClockEnd,
    /// What has come to pass.
    pub story: watch::Sender<Arc<Story>>,
}

/// A handle of a workshop that stands at its beginning, and the workshop's end of it.
pub fn connect(scenario: Arc<Scenario>, folder: Option<PathBuf>) -> (WorkshopHandle, WorkshopEnd) {
    let (control, clock) = ClockControl::connect();
    let (told, story) = watch::channel(Arc::new(Story::default()));
    let overrides = Overrides::of(&scenario, folder.as_deref());
    let reporting = Reporting::of(Arc::clone(&scenario), folder.as_deref(), overrides.clone());
    let backstage = Backstage::of(Arc::clone(&scenario), told.clone());
    let is_attended = Arc::default();
    let handle =
        WorkshopHandle { scenario, folder, control, story, overrides, reporting, backstage, is_attended };
    (handle, WorkshopEnd { clock, story: told })
}

/// Why a workshop does not open.
#[derive(Debug, thiserror::Error)]
pub enum WorkshopError {
    /// A file or folder.
    #[error("cannot use {}: {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// In words.
        reason: String,
    },
    /// Any part of it, in its own words.
    #[error("the workshop cannot start: {0}")]
    Part(String),
}

#[expect(clippy::needless_pass_by_value, reason = "given to `map_err` by its name")]
fn part(error: impl ToString) -> WorkshopError {
    WorkshopError::Part(error.to_string())
}

impl Workshop {
    /// Opens one on the present tokio runtime; its clock shows the scenario's start and stands still.
    ///
    /// # Errors
    /// When its folder cannot be made, or a part does not start.
    pub fn open(config: WorkshopConfig) -> Result<Self, WorkshopError> {
        let scenario = Arc::new(config.scenario);
        let folder = match &config.folder {
            Some(within) => Some(own_folder(within, &scenario.name, config.opened)?),
            None => None,
        };
        let clock = Clock::training(scenario.start, Rate::PAUSED);
        // What is drawn by chance is as in a rehearsal; the keys are not, since what they sign is kept.
        let entropy = Entropy::seeded(scenario.seed);
        let profile = Arc::new(FleetProfile { endpoints: Vec::new(), ..fleet_of(&scenario) });
        let (secrets, trust) =
            Secrets::generate(&profile, &Entropy::system(), scenario.start).map_err(part)?;
        let signer = signer_of(&secrets).ok_or_else(|| part("its fleet has no operator"))?;
        let (store, journal) = record_in(folder.as_deref(), &trust)?;
        let vtn = Vtn::open(VtnConfig {
            store,
            clients: seeds_of(&secrets),
            clock: clock.clone(),
            entropy: entropy.fork("vtn"),
        })
        .map_err(part)?;
        let (mut handle, WorkshopEnd { clock: control, story }) = connect(Arc::clone(&scenario), folder);
        let serving = match config.away {
            Some(away) => {
                let own = handle.folder().ok_or_else(|| part(NO_FOLDER))?.to_owned();
                let copy = Journal::open(&own.join(TRAINEES_JOURNAL)).map_err(part)?;
                let line = TrainersLine::new(clock.clone(), handle.control.clone(), story.clone(), copy);
                handle.backstage.line = Some(line.clone());
                let of = LetIn {
                    own: &own,
                    fleet: &profile,
                    secrets: &secrets,
                    trust: &trust,
                    vtn: &vtn,
                    line: &line,
                    now: config.opened,
                };
                Some(let_in(away, &of).map_err(part)?)
            }
            None => None,
        };
        let exchanges = ExchangeLog::keeping(EXCHANGES_KEPT);
        handle.backstage.exchanges = ExchangeLog::keeping(EXCHANGES_KEPT);
        let follow_every_s = follow_every_s(&profile);
        let parts = EnsembleParts {
            fleet: Arc::clone(&profile),
            dispatched: profile,
            secrets: &secrets,
            fleet_trust: trust.clone(),
            desk_trust: trust,
            base_url: format!("http://vtn.workshop{BASE_PATH}"),
            fleet_transport: vtn.transport(),
            desk_transport: vtn.transport(),
            journal,
            approval: ApprovalRules::default(),
            mode: Mode::Training,
            follows_only: handle.backstage.line().map(|_| ELSEWHERE),
            follow_every_s,
            faults: handle.backstage.switch(),
            clock: clock.clone(),
            entropy: &entropy,
            exchanges: handle.backstage.exchanges.clone(),
            desk_exchanges: exchanges.clone(),
        };
        let Ensemble { desk, fleet, .. } = parts.start().map_err(part)?;
        let end = scenario.run_for.after(scenario.start) + last_look_s(follow_every_s);
        (handle.backstage.truths, handle.backstage.availabilities) = (fleet.truths(), fleet.availabilities());
        let recorder = match handle.folder() {
            Some(folder) => {
                let path = folder.join(RECORDING);
                let sources = Sources {
                    desk: desk.handle.clone(),
                    clock: clock.clone(),
                    faults: handle.backstage.switch(),
                    exchanges: exchanges.clone(),
                };
                Some(Recorder::begin(sources, &path, &scenario.name).map_err(part)?)
            }
            None => None,
        };
        handle.reporting = handle.reporting.with(handle.backstage.clone(), signer);
        let (reporting, pace) = (handle.reporting.clone(), handle.control.clone());
        let writers = [
            tokio::spawn(reporting.clone().at_the_end(pace, desk.handle.clone(), clock.clone())),
            tokio::spawn(reporting.keep_injects(story.clone())),
        ];
        let timekeeper =
            Timekeeper::new(clock.clone(), Arc::clone(&scenario), desk.handle.clone(), end, control);
        let stage = match handle.backstage.line() {
            Some(line) => Stage::Away(line.clone()),
            None => Stage::Here(desk.handle.clone()),
        };
        let teller = act_out(scenario, clock.clone(), stage, story);
        Ok(Self {
            desk,
            fleet,
            clock,
            exchanges,
            timekeeper: tokio::spawn(timekeeper.run()),
            teller: tokio::spawn(teller),
            writers,
            handle,
            recorder,
            serving,
            _vtn: vtn,
        })
    }

    /// The desk's handle.
    pub fn desk(&self) -> DeskHandle {
        self.desk.handle.clone()
    }

    /// Its clock. It is set by the [`WorkshopHandle::control`] alone.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The HTTP exchanges of its desk: what a control room sees. Those of the FSPs are the trainer's.
    pub fn exchanges(&self) -> ExchangeLog {
        self.exchanges.clone()
    }

    /// What a person sees of it.
    pub fn handle(&self) -> WorkshopHandle {
        self.handle.clone()
    }

    /// Ends story, desk and fleet in that order, and leaves the debrief in its folder. Desk and fleet each end after what they are sending.
    ///
    /// Answers the desk's journal, for who marks by it; `None` where the desk had failed.
    pub async fn close(self) -> Option<Journal> {
        self.teller.abort();
        self.timekeeper.abort();
        self.writers.iter().for_each(JoinHandle::abort);
        if let Some(serving) = &self.serving {
            serving.abort();
        }
        if let Some(recorder) = self.recorder
            && let Err(fault) = recorder.end().await
        {
            tracing::error!(%fault, "the workshop is not recorded to its end");
        }
        let shown = self.desk.handle.snapshot();
        let journal = self.desk.stop().await;
        if self.handle.folder().is_some() && journal.is_some() {
            let (reporting, now) = (self.handle.reporting.clone(), self.clock.now());
            let written = tokio::task::spawn_blocking(move || reporting.debrief(&shown, now)).await;
            if let Ok(Err(fault)) = written {
                tracing::error!(%fault, "there is no debrief of the workshop");
            }
        }
        // An agent that waits to try again would wait for ever on a clock that stands still.
        self.clock.set_rate(Rate::times(60.0).unwrap_or(Rate::REAL));
        self.fleet.stop().await;
        journal
    }
}

/// Why nothing is dispatched from the trainer's machine while the trainee sits at another: two desks that dispatch the same
/// units do not know of one another.
const ELSEWHERE: &str =
    "the control room of this workshop is the trainee's, at another machine, and this desk follows it";

const NO_FOLDER: &str =
    "a trainee who sits elsewhere needs a workshop that keeps its record: give it a folder";

/// By whose key a run is signed: its first operator's. What is beside the page has the public half.
pub(super) fn signer_of(secrets: &Secrets) -> Option<Signer> {
    let (operator, keys) = secrets.operators.first_key_value()?;
    Some(Signer { operator: operator.clone(), key: keys.first().clone() })
}

impl WorkshopHandle {
    /// The story, all of it: what is to come is the trainer's alone.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Where its record is kept, if it is.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The same with its fleet's units to be looked at, which run nowhere.
    #[cfg(test)]
    pub(crate) fn with_units_at_rest(mut self) -> Self {
        self.backstage.truths = crate::fleet::Truths::at_rest(&self.scenario.fleet, self.scenario.start);
        self
    }

    /// By what its clock is run.
    pub fn control(&self) -> &ClockControl {
        &self.control
    }

    /// When the story ends.
    pub fn ends(&self) -> UtcTime {
        self.scenario.run_for.after(self.scenario.start)
    }

    /// The journal that marks go by, where it is not the one of the desk in this process.
    pub fn trainees_journal(&self) -> Option<PathBuf> {
        self.backstage.line()?;
        Some(self.folder()?.join(TRAINEES_JOURNAL))
    }

    /// The trainer's words on its marks.
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// Writes the debrief as of an instant into its folder, in the place of an earlier one. Answers where it is. Not for a
    /// frame: it takes its time.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn debrief(&self, snapshot: &Snapshot, now: UtcTime) -> Result<PathBuf, String> {
        self.reporting.debrief(snapshot, now)
    }

    /// What is the trainer's alone.
    pub fn backstage(&self) -> &Backstage {
        &self.backstage
    }

    /// Whether a trainer has it in hand in a window of their own: then the other one is a trainee's, from whom all is kept that a
    /// control room does not know.
    pub fn is_attended(&self) -> bool {
        self.is_attended.load(Ordering::Relaxed)
    }

    /// A trainer takes it in hand, or leaves it to whoever sits at it.
    pub fn attend(&self, is_attended: bool) {
        self.is_attended.store(is_attended, Ordering::Relaxed);
    }

    /// What has come to pass.
    pub fn story(&self) -> Arc<Story> {
        Arc::clone(&self.story.borrow())
    }
}

/// What was reported at the last instant is still to be in the picture.
#[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
fn last_look_s(follow_every_s: f64) -> i64 {
    (follow_every_s * 1.5).ceil() as i64
}

/// Where the VTN keeps what it holds, and the journal; the public keys are written beside them.
fn record_in(folder: Option<&Path>, trust: &Trust) -> Result<(StorePlace, Journal), WorkshopError> {
    let Some(folder) = folder else {
        return Ok((StorePlace::Memory, Journal::in_memory().map_err(part)?));
    };
    let path = folder.join("trust.toml");
    fs::write(&path, trust.to_toml())
        .map_err(|e| WorkshopError::File { path: path.clone(), reason: e.to_string() })?;
    let journal = Journal::open(&folder.join(JOURNAL)).map_err(part)?;
    Ok((StorePlace::File(folder.join("vtn.sqlite")), journal))
}

/// A new folder, named by the scenario and the time at which it was opened.
fn own_folder(within: &Path, name: &str, opened: UtcTime) -> Result<PathBuf, WorkshopError> {
    let unusable = |path: &Path, error: std::io::Error| WorkshopError::File {
        path: path.to_path_buf(),
        reason: error.to_string(),
    };
    fs::create_dir_all(within).map_err(|e| unusable(within, e))?;
    let stamp = opened.to_string().replace([':', '-'], "");
    let stem = format!("{}-{stamp}", file_name(name));
    for number in 1_u32.. {
        let path = within.join(if number == 1 { stem.clone() } else { format!("{stem}-{number}") });
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unusable(&path, error)),
        }
    }
    Err(part("there are too many workshops of this second"))
}

/// A name as part of a path: small letters and digits with hyphens between.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { ' ' };
    let words: String = name.chars().take(LONGEST_NAME).map(plain).collect();
    let joined = words.split_whitespace().collect::<Vec<_>>().join("-");
    if joined.is_empty() { "workshop".to_owned() } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workshop_has_a_folder_of_its_own_that_says_which_and_when() {
        let (within, opened) = (tempfile::tempdir().unwrap(), "2026-11-26T17:00:00Z".parse().unwrap());
        let names: Vec<String> = ["Evening peak", "Evening peak", "  ../Ärger: two/outages ", "…"]
            .into_iter()
            .map(|name| {
                let folder = own_folder(within.path(), name, opened).unwrap();
                assert!(folder.is_dir());
                folder.strip_prefix(within.path()).unwrap().display().to_string()
            })
            .collect();
        assert_eq!(
            names,
            [
                "evening-peak-20261126T170000Z",
                "evening-peak-20261126T170000Z-2",
                "ärger-two-outages-20261126T170000Z",
                "workshop-20261126T170000Z",
            ]
        );
    }
}
