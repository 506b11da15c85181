//! Writes a session down while it runs.

use std::path::Path;

use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use super::RecordingError;
use super::change::Change;
use super::file::Pen;
use super::observer::Observer;
use crate::desk::DeskHandle;
use crate::fleet::FaultSwitch;
use crate::openadr::exchange::ExchangeLog;
use crate::time::Clock;

/// A recording under way. Every picture that the desk shows is taken down, unless two come at once: then the later is.
pub struct Recorder {
    task: JoinHandle<Result<(), RecordingError>>,
    end: oneshot::Sender<()>,
}

/// What of a session is recorded.
pub struct Sources {
    /// Whose pictures are taken down.
    pub desk: DeskHandle,
    /// By which they are placed.
    pub clock: Clock,
    /// What goes wrong, as it is switched.
    pub faults: FaultSwitch,
    /// What is said in the session, from its beginning: it must keep as many exchanges as come between two pictures.
    pub exchanges: ExchangeLog,
}

impl Recorder {
    /// Begins to record a session into a new file, on the present tokio runtime.
    ///
    /// # Errors
    /// When the file is there already, or cannot be written.
    pub fn begin(sources: Sources, path: &Path, name: &str) -> Result<Self, RecordingError> {
        let Sources { desk, clock, faults, exchanges } = sources;
        let news = exchanges.news();
        let pen = Pen::begin(path, name, exchanges)?;
        let (end, ended) = oneshot::channel();
        let task = tokio::spawn(record(desk, clock, faults, pen, (news, ended)));
        Ok(Self { task, end })
    }

    /// Takes the last picture down and ends.
    ///
    /// # Errors
    /// When something could not be written: what was written before stands.
    pub async fn end(self) -> Result<(), RecordingError> {
        let _ = self.end.send(());
        self.task.await.unwrap_or_else(|error| Err(RecordingError::Ended(error.to_string())))
    }
}

async fn record(
    mut desk: DeskHandle,
    clock: Clock,
    faults: FaultSwitch,
    mut pen: Pen,
    (mut news, mut ended): (watch::Receiver<()>, oneshot::Receiver<()>),
) -> Result<(), RecordingError> {
    let mut observer = Observer::default();
    let mut last_ms = i64::MIN;
    loop {
        let taking_down = clock.engage();
        // A clock that is set back does not take the recording back.
        last_ms = clock.now_millis().max(last_ms);
        pen.write(last_ms, &taken_down(&mut observer, &desk, &faults, &clock))?;
        drop(taking_down);
        // What is said changes no picture for a while, and would be gone with whoever is killed.
        let runs = loop {
            tokio::select! {
                runs = desk.changed() => break runs,
                Ok(()) = news.changed() => pen.write_messages()?,
                _ = &mut ended => break false,
            }
        };
        if !runs {
            break;
        }
    }
    last_ms = clock.now_millis().max(last_ms);
    pen.write(last_ms, &taken_down(&mut observer, &desk, &faults, &clock))?;
    pen.end()
}

fn taken_down(
    observer: &mut Observer,
    desk: &DeskHandle,
    faults: &FaultSwitch,
    clock: &Clock,
) -> Vec<Change> {
    observer.changes(&desk.snapshot(), &faults.plan().so_far(clock.now()))
}
