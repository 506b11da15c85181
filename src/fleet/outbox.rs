//! Acknowledgements on their way: in order, each until it is sent, none twice.

use std::collections::VecDeque;

use crate::dispatch::{Acknowledgement, SigningKey};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping;
use crate::openadr::wire::Report;

/// So many unsent acknowledgements, and no more news is taken in.
const FULL: usize = 4096;

/// An acknowledgement and the event that it is a report on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) event_id: String,
    pub(super) acknowledgement: Acknowledgement,
}

/// The queue of one FSP.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<Answer>,
}

impl Outbox {
    /// Queues one. It always finds room: what fills the queue is news, and news waits while it is full.
    pub(super) fn put(&mut self, answer: Answer) {
        self.queue.push_back(answer);
    }

    /// Whether news has to wait.
    pub(super) fn is_full(&self) -> bool {
        self.queue.len() >= FULL
    }

    /// Whether nothing is waiting.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Those that wait, in order.
    #[cfg(test)]
    pub(super) fn drain(&mut self) -> Vec<Answer> {
        self.queue.drain(..).collect()
    }

    /// Sends the first one, signed. One that the VTN refuses for good is given up, so that it does not stop those
    /// behind it.
    ///
    /// # Errors
    /// When trying again later can help; it stays the first.
    pub(super) async fn send_first(&mut self, client: &Client, key: &SigningKey) -> Result<(), ClientError> {
        let Some(first) = self.queue.front() else { return Ok(()) };
        let signed = first.acknowledgement.clone().sign(key);
        let report = mapping::report_from_acknowledgement(&signed, &first.event_id);
        let is_same = |other: &Report| {
            mapping::acknowledgement_from(other).and_then(Result::ok).is_some_and(|other| {
                let (sent, other) = (&signed.acknowledgement, &other.acknowledgement);
                sent.key == other.key
                    && sent.revision == other.revision
                    && sent.stage == other.stage
                    && sent.at == other.at
            })
        };
        match client.post_report(&report, is_same).await {
            Ok(_) => {}
            Err(error) if is_final(&error) => {
                let (what, stage) = (&first.acknowledgement.key, first.acknowledgement.stage);
                tracing::error!(dispatch = %what, %stage, %error, "the VTN refuses an acknowledgement; given up");
            }
            Err(error) => return Err(error),
        }
        self.queue.pop_front();
        Ok(())
    }
}

/// Whether the same request can never be taken: the VTN says that it is wrong, or that its event is gone.
pub(super) fn is_final(error: &ClientError) -> bool {
    !error.is_transient() && matches!(error, ClientError::Refused { .. })
}
