//! One FSP's agent: its lines, each going at its own pace, so that a VTN that does not answer keeps no other waiting.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};

use crate::dispatch::SignedMoved;
use crate::time::Clock;

use super::line::{Ending, Line};
use super::moves::Moves;
use super::waking::Shown;

/// Seconds until a line goes on after a fault in it.
const AFTER_FAULT_S: f64 = 10.0;

/// An FSP's agent.
pub(super) struct Agent {
    lines: Vec<Line>,
    moves: Moves,
    clock: Clock,
}

impl Agent {
    /// An agent of lines that have not polled yet.
    pub(super) fn new(lines: Vec<Line>, moves: Moves, clock: Clock) -> Self {
        Self { lines, moves, clock }
    }

    /// How it stands with push on each of its lines.
    pub(super) fn push(&self) -> Vec<Shown> {
        self.lines.iter().map(Line::push).collect()
    }

    /// Runs until it is to end; what is being sent then is finished.
    pub(super) async fn run(mut self, ending: Ending) {
        let clock = &self.clock;
        let going = |line| keep_going(line, clock.clone(), ending.clone());
        let mut lines: FuturesUnordered<_> = self.lines.into_iter().map(going).collect();
        while let Some(left) = lines.next().await {
            let Some((mut line, notice)) = left else { continue };
            let parted = self.moves.follow(&mut line, &notice);
            lines.extend([Some(line), parted].into_iter().flatten().map(going));
        }
    }
}

/// Drives a line until it is to end, or to be led elsewhere by a notice.
async fn keep_going(mut line: Line, clock: Clock, mut ending: Ending) -> Option<(Line, SignedMoved)> {
    loop {
        match AssertUnwindSafe(line.run(&mut ending)).catch_unwind().await {
            Ok(notice) => return notice.map(|notice| (line, notice)),
            Err(_) => tracing::error!(line = line.name(), "a fault in the line; it goes on after a pause"),
        }
        tokio::select! {
            biased;
            () = ending.asked() => return None,
            () = clock.sleep(AFTER_FAULT_S) => {}
        }
    }
}
