//! A workshop part of the way through, with its journal in a file: what its marks are reckoned up from.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::snapshot;
use crate::desk::snapshot::{Mode, Snapshot};
use crate::journal::{Entry, Journal, Recorded};
use crate::time::{Clock, Rate, UtcTime};
use crate::workshop::exercise::Trainee;
use crate::workshop::live::{WorkshopEnd, WorkshopHandle, connect};
use crate::workshop::rehearsal::play;
use crate::workshop::scenario::Scenario;

/// It stands still at an instant of its story.
pub struct Marked {
    /// What a person sees of it.
    pub handle: WorkshopHandle,
    /// The test's end of it.
    pub end: WorkshopEnd,
    /// Its clock, which stands still.
    pub clock: Clock,
    /// What the desk shows.
    pub snapshot: Snapshot,
    journal: Journal,
    rest: Vec<Recorded>,
}

impl Marked {
    /// The fifth workshop as its perfect trainee goes through it, so many minutes on, with its folder here and its journal there.
    pub fn after(minutes: i64, folder: &Path, journal: &Path) -> Self {
        let (scenario, entries) = perfect();
        let now = scenario.start + minutes * 60;
        let (handle, end) = connect(Arc::clone(scenario), Some(folder.to_owned()));
        let file = journal.join("journal.sqlite");
        let mut marked = Self {
            handle,
            end,
            clock: Clock::training(now, Rate::PAUSED),
            snapshot: Snapshot {
                mode: Mode::Training,
                journal_file: Some(Arc::from(file.as_path())),
                ..snapshot()
            },
            journal: Journal::open(&file).unwrap(),
            rest: entries.clone(),
        };
        marked.snapshot.journal_tail = marked.written_until(now);
        marked
    }

    /// Goes on to an instant: what was written until then.
    pub fn go_to(&mut self, minutes: i64) -> Vec<Arc<Recorded>> {
        let now: UtcTime = self.handle.scenario().start + minutes * 60;
        self.clock.set_millis(now.unix() * 1000);
        self.written_until(now)
    }

    fn written_until(&mut self, now: UtcTime) -> Vec<Arc<Recorded>> {
        let left = self.rest.split_off(self.rest.partition_point(|recorded| recorded.entry.at <= now));
        let those = std::mem::replace(&mut self.rest, left);
        let entries: Vec<Entry> = those.into_iter().map(|recorded| recorded.entry).collect();
        self.journal.append_all(&entries).unwrap().into_iter().map(Arc::new).collect()
    }
}

/// The scenario, and all that the desk wrote down.
fn perfect() -> &'static (Arc<Scenario>, Vec<Recorded>) {
    static PLAYED: OnceLock<(Arc<Scenario>, Vec<Recorded>)> = OnceLock::new();
    PLAYED.get_or_init(|| {
        let file = "profiles/workshops/05-acknowledged-and-did-nothing.toml";
        let scenario = Scenario::from_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        std::thread::spawn(move || {
            let played = play(&scenario, Trainee::Perfect, None).unwrap();
            (Arc::new(scenario), played.entries)
        })
        .join()
        .unwrap()
    })
}
