//! The two ends between a desk and whoever watches it: snapshots one way, commands the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};

use super::command::{Command, CommandNumber};
use super::snapshot::Snapshot;

/// The watcher's end: reads the latest snapshot, sends commands, never waits. Cheap to clone.
#[derive(Clone)]
pub struct DeskHandle {
    snapshots: Arc<ArcSwap<Snapshot>>,
    published: watch::Receiver<u64>,
    commands: mpsc::UnboundedSender<(CommandNumber, Command)>,
    next: Arc<AtomicU64>,
}

/// The engine's end: takes commands, publishes snapshots.
pub struct DeskEnd {
    snapshots: Arc<ArcSwap<Snapshot>>,
    published: watch::Sender<u64>,
    /// Commands in the order in which they were given.
    pub commands: mpsc::UnboundedReceiver<(CommandNumber, Command)>,
}

/// Makes both ends, showing `first`.
pub fn connect(first: Snapshot) -> (DeskHandle, DeskEnd) {
    connect_from(first, CommandNumber(1))
}

/// As [`connect`], with the number that the first command gets: above those whose outcomes are shown already.
pub fn connect_from(first: Snapshot, next: CommandNumber) -> (DeskHandle, DeskEnd) {
    let snapshots = Arc::new(ArcSwap::from_pointee(first));
    let (published, watching) = watch::channel(0);
    let (sender, commands) = mpsc::unbounded_channel();
    let handle = DeskHandle {
        snapshots: Arc::clone(&snapshots),
        published: watching,
        commands: sender,
        next: Arc::new(AtomicU64::new(next.0)),
    };
    (handle, DeskEnd { snapshots, published, commands })
}

impl DeskHandle {
    /// The latest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.load_full()
    }

    /// Gives a command. What comes of it stands in a later snapshot's outcomes under the number returned. `None`
    /// when the engine has ended.
    pub fn give(&self, command: Command) -> Option<CommandNumber> {
        let number = CommandNumber(self.next.fetch_add(1, Ordering::Relaxed));
        self.commands.send((number, command)).ok().map(|()| number)
    }

    /// Waits for a snapshot after the one last seen through this handle; `false` when the engine has ended.
    pub async fn changed(&mut self) -> bool {
        self.published.changed().await.is_ok()
    }

    /// Whether the engine still runs.
    pub fn is_running(&self) -> bool {
        !self.commands.is_closed()
    }
}

impl DeskEnd {
    /// Shows a new snapshot to every watcher.
    pub fn publish(&self, snapshot: Snapshot) {
        let sequence = snapshot.sequence;
        self.snapshots.store(Arc::new(snapshot));
        self.published.send_replace(sequence);
    }
}
