//! One FSP's agent: its lines, each going at its own pace, so that a VTN that does not answer keeps no other waiting.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};

use crate::time::Clock;

use super::line::{Ending, Line};
use super::waking::Shown;

/// Seconds until a line goes on after a fault in it.
const AFTER_FAULT_S: f64 = 10.0;

/// An FSP's agent.
pub(super) struct Agent {
    lines: Vec<Line>,
    clock: Clock,
}

impl Agent {
    /// An agent of lines that have not polled yet.
    pub(super) fn new(lines: Vec<Line>, clock: Clock) -> Self {
        Self { lines, clock }
    }

    /// How it stands with push on each of its lines.
    pub(super) fn push(&self) -> Vec<Shown> {
        self.lines.iter().map(Line::push).collect()
    }

    /// Runs until it is to end; what is being sent then is finished.
    pub(super) async fn run(self, ending: Ending) {
        let clock = &self.clock;
        let going = |line| keep_going(line, clock.clone(), ending.clone());
        let mut lines: FuturesUnordered<_> = self.lines.into_iter().map(going).collect();
        while lines.next().await.is_some() {}
    }
}

async fn keep_going(mut line: Line, clock: Clock, mut ending: Ending) {
    while AssertUnwindSafe(line.run(&mut ending)).catch_unwind().await.is_err() {
        tracing::error!(line = line.name(), "a fault in the line; it goes on after a pause");
        tokio::select! {
            biased;
            () = ending.asked() => return,
            () = clock.sleep(AFTER_FAULT_S) => {}
        }
    }
}
