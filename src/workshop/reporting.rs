//! What is written of a workshop beside its journal: what was injected by hand, as it happens, and the debrief, whenever a trainer asks for it, at
//! the end and when it is left.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

use crate::desk::DeskHandle;
use crate::desk::snapshot::Snapshot;
use crate::fleet::{FaultSwitch, Switched};
use crate::journal::Journal;
use crate::time::{Clock, UtcTime};

use super::backstage::Backstage;
use super::debrief::{Debrief, Signer};
use super::live::{JOURNAL, TRAINEES_JOURNAL};
use super::marking::{Overrides, follow};
use super::scenario::Scenario;
use super::script::StepOutcome;
use super::story::Story;
use super::timekeeper::{ClockControl, Standing};

/// What was injected by hand, in the run's folder.
pub const INJECTS: &str = "injects.json";

/// What stands in `format`.
const FORMAT: &str = "rampdesk-injects/1";

/// Writes what is written of one run. Clones are of the same run.
#[derive(Clone, Debug)]
pub(super) struct Reporting {
    scenario: Arc<Scenario>,
    folder: Option<Arc<Path>>,
    overrides: Overrides,
    faults: FaultSwitch,
    /// `None` for as long as nobody takes a hand in it.
    backstage: Option<Backstage>,
    signer: Option<Arc<Signer>>,
    /// One page is written at a time.
    writing: Arc<Mutex<()>>,
}

#[derive(Serialize)]
struct Written<'w> {
    format: &'static str,
    injects: Vec<WrittenInject<'w>>,
}

#[derive(Serialize)]
struct WrittenInject<'w> {
    at: UtcTime,
    what: String,
    fault: &'w str,
    on: bool,
}

impl Reporting {
    /// Of a run in which nobody can switch a fault, without a key to sign by.
    pub(super) fn of(scenario: Arc<Scenario>, folder: Option<&Path>, overrides: Overrides) -> Self {
        let (faults, writing) = Default::default();
        let (backstage, signer) = (None, None);
        Self { scenario, folder: folder.map(Arc::from), overrides, faults, backstage, signer, writing }
    }

    /// With what a trainer can do in it, and signed by this key.
    pub(super) fn with(mut self, backstage: Backstage, signer: Signer) -> Self {
        self.faults = backstage.switch();
        (self.backstage, self.signer) = (Some(backstage), Some(Arc::new(signer)));
        self
    }

    /// The journal of whoever was the trainee: at this desk, or elsewhere.
    fn journal(&self) -> &'static str {
        let is_elsewhere = self.backstage.as_ref().is_some_and(|backstage| backstage.line().is_some());
        if is_elsewhere { TRAINEES_JOURNAL } else { JOURNAL }
    }

    /// Writes the debrief as of an instant into the run's folder, by what its journal says. Answers where the page is. It takes its time.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub(super) fn debrief(&self, snapshot: &Snapshot, now: UtcTime) -> Result<PathBuf, String> {
        let folder = self.folder.as_deref().ok_or("nothing is kept of this run")?;
        let signer = self.signer.as_deref().ok_or("this run has no key to sign by")?;
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let journal =
            Journal::open_to_read(&folder.join(self.journal())).map_err(|fault| fault.to_string())?;
        let entries = journal.entries(0, usize::MAX).map_err(|fault| fault.to_string())?;
        let until = now.min(self.scenario.run_for.after(self.scenario.start));
        let mut marks = follow(&self.scenario, &entries, until);
        marks.iter_mut().for_each(|marks| marks.take_words(&self.overrides));
        let injects = self.faults.switched().borrow().clone();
        let lived = self.backstage.as_ref().map(Backstage::as_lived);
        let debrief = Debrief {
            scenario: lived.as_ref().unwrap_or(&self.scenario),
            snapshot,
            entries: &entries,
            until,
            marks: marks.as_ref(),
            words: &self.overrides.all(),
            injects: &injects,
            expected: &[],
        };
        debrief.write(folder, signer).map_err(|error| format!("{}: {error}", folder.display()))
    }

    /// Leaves the debrief once the story is at its end.
    pub(super) async fn at_the_end(self, mut control: ClockControl, desk: DeskHandle, clock: Clock) {
        while control.pace().standing != Standing::Ended {
            if !control.changed().await {
                return;
            }
        }
        let (snapshot, now) = (desk.snapshot(), clock.now());
        let written = tokio::task::spawn_blocking(move || self.debrief(&snapshot, now)).await;
        if let Ok(Err(fault)) = written {
            tracing::error!(%fault, "there is no debrief of the workshop");
        }
    }

    /// Tells every inject that is made by hand in what the trainer sees of the story, and keeps it.
    pub(super) async fn keep_injects(self, story: watch::Sender<Arc<Story>>) {
        let (mut switched, mut told) = (self.faults.switched(), 0);
        loop {
            let all = switched.borrow_and_update().clone();
            if !all.is_empty() {
                self.keep(&story, &all, told).await;
            }
            told = all.len();
            if switched.changed().await.is_err() {
                return;
            }
        }
    }

    /// Tells those after `told`, and keeps all.
    async fn keep(&self, story: &watch::Sender<Arc<Story>>, all: &[Switched], told: usize) {
        let news: Vec<StepOutcome> = all.iter().skip(told).map(outcome).collect();
        story.send_modify(|story| Arc::make_mut(story).hidden.extend(news));
        let Some(path) = self.folder.as_deref().map(|folder| folder.join(INJECTS)) else { return };
        let all = all.to_vec();
        let kept = tokio::task::spawn_blocking(move || keep(&path, &all)).await;
        if let Ok(Err(fault)) = kept {
            tracing::error!(%fault, "an inject is not kept");
        }
    }
}

fn outcome(inject: &Switched) -> StepOutcome {
    let said = if inject.is_on { "on" } else { "off" }.to_owned();
    StepOutcome { at: inject.at, asked: format!("By hand: {}", inject.affliction.words()), done: true, said }
}

fn keep(path: &Path, all: &[Switched]) -> std::io::Result<()> {
    let written = |inject: &'_ Switched| WrittenInject {
        at: inject.at,
        what: inject.affliction.words(),
        fault: inject.affliction.word(),
        on: inject.is_on,
    };
    let injects = all.iter().map(written).collect();
    let text = serde_json::to_string_pretty(&Written { format: FORMAT, injects })?;
    fs::write(path, text + "\n")
}
