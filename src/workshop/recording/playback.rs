//! A recording shown as a session: a desk that nobody commands, on a clock that can be paused, hurried and set.

use std::sync::Arc;

use tokio::task::AbortHandle;

use super::Recording;
use super::cursor::Cursor;
use crate::desk::command::{Command, CommandNumber};
use crate::desk::snapshot::{Outcome, Snapshot};
use crate::desk::{DeskEnd, DeskHandle, connect_from};
use crate::openadr::exchange::ExchangeLog;
use crate::time::{Clock, ClockChanges, Rate, UtcTime};

/// How many exchanges a person can look back on.
const EXCHANGES_KEPT: usize = 5_000;

/// What is said to whoever commands the desk of a recording.
const ONLY_SHOWN: &str = "this is a recording: it is only shown, and nothing can be sent or changed in it";

/// A recording that is being shown. Dropped, it ends.
pub struct Playback {
    desk: DeskHandle,
    clock: Clock,
    exchanges: ExchangeLog,
    recording: Arc<Recording>,
    task: AbortHandle,
}

impl Playback {
    /// Shows a recording from its beginning, paused, on the present tokio runtime. `None` for one without a picture, which
    /// none that was opened is.
    pub fn begin(recording: Arc<Recording>) -> Option<Self> {
        let (first_ms, last_ms) = recording.span_ms();
        let first = recording.at_ms(first_ms)?;
        let clock = Clock::training(UtcTime::from_unix(first_ms.div_euclid(1000)), Rate::PAUSED);
        clock.set_millis(first_ms);
        let recorded = recording.at_ms(last_ms)?.outcomes.iter().map(|outcome| outcome.command.0).max();
        let next = CommandNumber(recorded.unwrap_or(0) + 1);
        let (desk, end) = connect_from(Snapshot::clone(&first), next);
        let exchanges = ExchangeLog::keeping(EXCHANGES_KEPT);
        if let Some(remark) = &recording.messages.remark {
            exchanges.remark(remark);
        }
        let showing = Showing {
            exchanges: exchanges.clone(),
            cursor: Cursor::at_start_of(Arc::clone(&recording)),
            clock: clock.clone(),
            end,
            shown: first,
            refused: Vec::new(),
        };
        let task = tokio::spawn(showing.run()).abort_handle();
        Some(Self { desk, clock, exchanges, recording, task })
    }

    /// Whatever watches a desk can watch this one.
    pub fn desk(&self) -> DeskHandle {
        self.desk.clone()
    }

    /// The clock that it goes by: its rate and place are anybody's to set.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// What was said until the instant that is shown.
    pub fn exchanges(&self) -> ExchangeLog {
        self.exchanges.clone()
    }

    /// What is shown.
    pub fn recording(&self) -> Arc<Recording> {
        Arc::clone(&self.recording)
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Showing {
    cursor: Cursor,
    clock: Clock,
    end: DeskEnd,
    shown: Arc<Snapshot>,
    exchanges: ExchangeLog,
    /// What came of commands, which nothing does.
    refused: Vec<Arc<Outcome>>,
}

impl Showing {
    async fn run(mut self) {
        let mut changes = self.clock.changes();
        loop {
            self.show();
            tokio::select! {
                () = next_picture(&self.cursor, &self.clock, &mut changes) => {}
                command = self.end.commands.recv() => match command {
                    Some((number, command)) => self.refuse(number, &command),
                    None => return,
                },
            }
        }
    }

    /// Publishes the picture of the present instant, when it is another than is shown.
    fn show(&mut self) {
        let (_, last_ms) = self.cursor.recording().span_ms();
        if self.clock.now_millis() >= last_ms && !self.clock.rate().is_paused() {
            self.clock.set_rate(Rate::PAUSED);
            self.clock.set_millis(last_ms);
        }
        let messages = &self.cursor.recording().messages;
        self.exchanges.show(&messages.all[..messages.sent_by_ms(self.clock.now_millis())]);
        let Some(picture) = self.cursor.go_to_ms(self.clock.now_millis()) else { return };
        self.shown = picture;
        self.publish();
    }

    fn refuse(&mut self, number: CommandNumber, command: &Command) {
        self.refused.push(Arc::new(Outcome {
            command: number,
            asked: command.words(),
            at: self.shown.now,
            result: Err(ONLY_SHOWN.to_owned()),
        }));
        self.publish();
    }

    fn publish(&self) {
        let mut snapshot = Snapshot::clone(&self.shown);
        snapshot.outcomes.extend(self.refused.iter().cloned());
        self.end.publish(snapshot);
    }
}

/// Waits until the clock has come to the next picture, or was set.
async fn next_picture(cursor: &Cursor, clock: &Clock, changes: &mut ClockChanges) {
    let due = async {
        match cursor.next_ms() {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double exactly")]
            Some(next_ms) => clock.sleep((next_ms - clock.now_millis()).max(0) as f64 / 1000.0).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = due => {}
        () = changes.next() => {}
    }
}
