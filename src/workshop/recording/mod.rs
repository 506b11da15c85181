//! A session recorded and gone through again: every picture that the desk showed, as the changes from one to the next, and what was
//! said between desk, FSPs and VTN, in one file. What is replayed is what was shown, field by field; nothing is computed anew.

mod change;
mod comparison;
mod cursor;
mod file;
mod messages;
mod observer;
mod overlay;
mod picture;
mod playback;
mod record;
mod recorder;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use comparison::{DifferenceOf, RunDifference, differences};
pub use overlay::{Overlaid, Overlay, UnitOverlay};
pub use playback::Playback;
pub use recorder::{Recorder, Sources};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::desk::snapshot::{Alarm, DispatchState, Outcome, Snapshot};
use crate::dispatch::plain_words;
use crate::openadr::exchange::Exchange;
use crate::profile::faults::FaultPlan;
use change::{Change, Part};
use file::Row;
use messages::Messages;
use picture::Picture;

/// Why a recording is not written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file.
    #[error("recording {}: {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// In words.
        reason: String,
    },
    /// What stands in it.
    #[error("recording {}: change {change}: {reason}", path.display())]
    Change {
        /// Which file.
        path: PathBuf,
        /// Which change, from 1.
        change: usize,
        /// In words.
        reason: String,
    },
    /// Whoever writes it failed.
    #[error("the recording ended: {0}")]
    Ended(String),
}

/// What is said of a change that cannot be is at most so long: it may quote what stands there.
const LONGEST_REASON: usize = 300;

/// About so many places are remembered, from which any other is reached.
const PLACES: usize = 256;

/// A recording that was read, and can be shown at any instant.
pub struct Recording {
    name: String,
    rows: Vec<Row>,
    /// The pictures in order of time.
    publications: Vec<Publication>,
    places: Vec<Place>,
    /// Every alarm that came, as it stood last.
    alarms: BTreeMap<u64, Arc<Alarm>>,
    /// What came of every command, in order.
    outcomes: Vec<Arc<Outcome>>,
    /// Every dispatch, as it stood last.
    dispatches: BTreeMap<String, Arc<DispatchState>>,
    /// What went wrong.
    faults: FaultPlan,
    messages: Messages,
}

/// Something that happened in a recorded session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Domain time, milliseconds since 1970.
    pub at_ms: i64,
    /// What was asked, or the alarm's text.
    pub text: String,
    /// Whether an alarm was raised; else a command was settled.
    pub is_alarm: bool,
}

/// A picture of the recording.
#[derive(Clone, Copy, Debug)]
struct Publication {
    at_ms: i64,
    /// The row after its last.
    end: usize,
}

/// The picture after so many rows.
struct Place {
    rows: usize,
    picture: Picture,
}

impl Recording {
    /// Reads one and goes through it once, so that whatever is wrong with it is found before it is shown.
    ///
    /// # Errors
    /// When it cannot be read, or one of its changes cannot be.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let (name, rows, messages) = file::read(path)?;
        let wrong = |index: usize, reason: String| RecordingError::Change {
            path: path.to_path_buf(),
            change: index + 1,
            reason: plain_words(&reason, LONGEST_REASON),
        };
        let every = (rows.len() / PLACES).max(1);
        let (mut publications, mut places) = (Vec::new(), Vec::new());
        let (mut alarms, mut outcomes) = (BTreeMap::new(), Vec::new());
        let (mut dispatches, mut faults) = (BTreeMap::new(), FaultPlan::default());
        let mut picture = Picture::default();
        for (index, row) in rows.iter().enumerate() {
            if index % every == 0 {
                places.push(Place { rows: index, picture: picture.clone() });
            }
            take(&mut picture, row).map_err(|reason| wrong(index, reason))?;
            match row.part {
                Part::Alarm | Part::Shelved => {
                    alarms.extend(picture.alarm(&row.id).map(|alarm| (alarm.id, Arc::clone(alarm))));
                }
                Part::Outcome => outcomes.extend(picture.last_outcome().map(Arc::clone)),
                Part::Dispatch => {
                    let state = picture.dispatch(&row.id).map(Arc::clone);
                    dispatches.extend(state.map(|state| (row.id.clone(), state)));
                }
                Part::Faults => faults = faults_of(row).map_err(|reason| wrong(index, reason))?,
                Part::Picture if picture.snapshot().is_none() => {
                    return Err(wrong(index, "it lists what is not there".to_owned()));
                }
                Part::Picture => publications.push(Publication { at_ms: row.at_ms, end: index + 1 }),
                _ => {}
            }
        }
        if publications.is_empty() {
            let reason = "it holds no picture; the session ended before it showed one".to_owned();
            return Err(RecordingError::File { path: path.to_path_buf(), reason });
        }
        Ok(Self { name, rows, publications, places, alarms, outcomes, dispatches, faults, messages })
    }

    /// Every dispatch that was shown, as it stood last, in order of its name.
    pub fn dispatches(&self) -> Vec<&DispatchState> {
        self.dispatches.values().map(AsRef::as_ref).collect()
    }

    /// What went wrong in it, as it was switched; of an FSP or a unit of the session's own fleet alone.
    pub fn faults(&self) -> &FaultPlan {
        &self.faults
    }

    /// The session's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every exchange between desk, FSPs and VTN that was recorded, in order.
    pub fn messages(&self) -> &[Arc<Exchange>] {
        &self.messages.all
    }

    /// The first and the last instant, domain time in milliseconds since 1970.
    pub fn span_ms(&self) -> (i64, i64) {
        let first = self.publications.first().map_or(0, |p| p.at_ms);
        (first, self.publications.last().map_or(first, |p| p.at_ms))
    }

    /// What happened in it, in order of time: every command, and every alarm as it was raised.
    pub fn moments(&self) -> Vec<Moment> {
        let command = |outcome: &Arc<Outcome>| Moment {
            at_ms: outcome.at.unix() * 1000,
            text: outcome.asked.clone(),
            is_alarm: false,
        };
        let alarm = |alarm: &Arc<Alarm>| Moment {
            at_ms: alarm.raised.unix() * 1000,
            text: alarm.text.clone(),
            is_alarm: true,
        };
        let (first, last) = self.span_ms();
        let mut moments: Vec<Moment> =
            self.outcomes.iter().map(command).chain(self.alarms.values().map(alarm)).collect();
        moments.retain(|moment| (first..=last).contains(&moment.at_ms));
        moments.sort_by_key(|moment| moment.at_ms);
        moments
    }

    /// The instants of its pictures in order, domain time in milliseconds since 1970.
    pub fn instants_ms(&self) -> impl Iterator<Item = i64> + '_ {
        self.publications.iter().map(|publication| publication.at_ms)
    }

    /// What was shown at an instant: the last picture up to it; before the first, the first.
    pub fn at_ms(&self, at_ms: i64) -> Option<Arc<Snapshot>> {
        let end = self.publications.get(self.publication_at_ms(at_ms))?.end;
        let Place { rows, picture } = self.place_before(end)?;
        let mut picture = picture.clone();
        for row in self.rows.get(*rows..end)? {
            take(&mut picture, row).ok()?;
        }
        picture.snapshot().map(Arc::new)
    }

    /// Which publication stands at an instant.
    fn publication_at_ms(&self, at_ms: i64) -> usize {
        self.publications.partition_point(|p| p.at_ms <= at_ms).saturating_sub(1)
    }

    /// The last remembered place that is not after so many rows.
    fn place_before(&self, rows: usize) -> Option<&Place> {
        let after = self.places.partition_point(|place| place.rows <= rows);
        self.places.get(after.checked_sub(1)?)
    }
}

fn faults_of(row: &Row) -> Result<FaultPlan, String> {
    let fields: change::Fields = serde_json::from_str(&row.fields).map_err(|error| error.to_string())?;
    let text = fields.get("toml").and_then(serde_json::Value::as_str).unwrap_or_default();
    let read = FaultPlan::from_toml("the recorded faults", text, None);
    read.map_err(|faults| faults.first().map_or_else(String::new, ToString::to_string))
}

fn take(picture: &mut Picture, row: &Row) -> Result<(), String> {
    let fields = serde_json::from_str(&row.fields).map_err(|error| error.to_string())?;
    picture.take(Change { part: row.part, id: row.id.clone(), fields })
}
