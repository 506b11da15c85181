//! How a desk closes: what was given is answered, what is being sent is waited for, and not for ever.

use std::time::Duration;

use tokio::time::Instant;

use super::command::{Command, CommandNumber};
use super::engine::Engine;
use crate::time::UtcTime;

/// How long a closing desk waits for what it is sending: a training clock that stands still would keep it for ever.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);

impl Engine {
    pub(super) fn begin_closing(&mut self, now: UtcTime) {
        self.closing = Some(Instant::now() + CLOSE_WITHIN);
        self.changed = true;
        self.end.commands.close();
        self.queue_given();
        for (number, command) in std::mem::take(&mut self.held).into_iter().chain(self.backlog.take_all()) {
            self.refuse_while_closing(now, number, &command);
        }
    }

    fn refuse_while_closing(&mut self, now: UtcTime, number: CommandNumber, command: &Command) {
        let words = "the desk is closing; nothing was sent. Give it again when the desk runs".to_owned();
        self.state.outcome(now, number, &command.words(), Err(words));
    }
}
