//! Acknowledgements on their way: in order, each until it is sent, none twice.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::dispatch::{Acknowledgement, DispatchKey, OperatorId, SigningKey};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping;
use crate::openadr::wire::Report;

use super::fault::Manner;
use super::route::{Place, Vtn};

/// So many unsent acknowledgements, and no more news is taken in.
const FULL: usize = 4096;

/// An acknowledgement and the event that it is a report on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) place: Place,
    pub(super) acknowledgement: Acknowledgement,
}

/// The queue of one line. What is for another VTN than the one in use waits until that is in use again, or until the
/// same dispatch is seen at this one.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<Answer>,
}

impl Outbox {
    /// Queues one. It always finds room: what fills the queue is news, and news waits while it is full.
    pub(super) fn put(&mut self, answer: Answer) {
        self.queue.push_back(answer);
    }

    /// Whether news of a VTN has to wait.
    pub(super) fn is_full(&self, vtn: &Vtn) -> bool {
        self.queue.iter().filter(|answer| answer.place.vtn == *vtn).count() >= FULL
    }

    /// Whether something waits for this VTN.
    pub(super) fn has_for(&self, vtn: &Vtn) -> bool {
        self.queue.iter().any(|answer| answer.place.vtn == *vtn)
    }

    /// Whether something waits for other VTNs.
    pub(super) fn has_strays(&self, vtn: &Vtn) -> bool {
        self.queue.iter().any(|answer| answer.place.vtn != *vtn)
    }

    /// What waits for other VTNs goes to this one where it holds the same dispatch: to its event. The rest waits on;
    /// beyond what fills the queue the oldest is given up.
    pub(super) fn readdress(&mut self, vtn: &Vtn, events: &BTreeMap<DispatchKey, String>) {
        let mut strays = 0;
        for answer in self.queue.iter_mut().filter(|answer| answer.place.vtn != *vtn) {
            match events.get(&answer.acknowledgement.key) {
                Some(event_id) => {
                    answer.place = Place { vtn: Arc::clone(vtn), event_id: event_id.clone() };
                }
                None => strays += 1,
            }
        }
        let mut surplus: usize = strays - FULL.min(strays);
        if surplus > 0 {
            tracing::warn!(surplus, "acknowledgements for a VTN that is gone are given up, the oldest first");
        }
        self.queue.retain(|answer| {
            let goes = surplus > 0 && answer.place.vtn != *vtn;
            surplus -= usize::from(goes);
            !goes
        });
    }

    /// What came last for a VTN goes out first.
    pub(super) fn turn_round(&mut self, vtn: &Vtn) {
        let (mut own, rest): (Vec<Answer>, Vec<Answer>) =
            self.queue.drain(..).partition(|answer| answer.place.vtn == *vtn);
        own.reverse();
        self.queue = own.into_iter().chain(rest).collect();
    }

    /// Takes out what is for an operator.
    pub(super) fn part(&mut self, operator: &OperatorId) -> Self {
        let (own, rest) = self.queue.drain(..).partition(|a| a.acknowledgement.key.operator == *operator);
        self.queue = rest;
        Self { queue: own }
    }

    /// Those that wait, in order.
    #[cfg(test)]
    pub(super) fn drain(&mut self) -> Vec<Answer> {
        self.queue.drain(..).collect()
    }

    /// Sends the first one for a VTN, signed. One that the VTN refuses for good is given up, so that it does not stop
    /// those behind it.
    ///
    /// # Errors
    /// When trying again later can help; it stays the first.
    pub(super) async fn send_first(
        &mut self,
        vtn: &Vtn,
        client: &Client,
        key: &SigningKey,
        manner: Manner,
    ) -> Result<(), ClientError> {
        let Some(index) = self.queue.iter().position(|answer| answer.place.vtn == *vtn) else {
            return Ok(());
        };
        let first = &self.queue[index];
        let signed = manner.sign(&first.acknowledgement, key);
        let report = mapping::report_from_acknowledgement(&signed, &first.place.event_id);
        let is_same = |other: &Report| {
            mapping::acknowledgement_from(other).and_then(Result::ok).is_some_and(|other| {
                let (sent, other) = (&signed.acknowledgement, &other.acknowledgement);
                sent.key == other.key
                    && sent.revision == other.revision
                    && sent.stage == other.stage
                    && sent.at == other.at
            })
        };
        let mut sent = client.post_report(&report, is_same).await;
        if manner.repeats && sent.is_ok() {
            sent = client.post_report(&report, |_| false).await;
        }
        match sent {
            Ok(_) => {}
            Err(error) if is_final(&error) => {
                let (what, stage) = (&first.acknowledgement.key, first.acknowledgement.stage);
                tracing::error!(dispatch = %what, %stage, %error, "the VTN refuses an acknowledgement; given up");
            }
            Err(error) => return Err(error),
        }
        self.queue.remove(index);
        Ok(())
    }
}

/// Whether the same request can never be taken: the VTN says that it is wrong, or that its event is gone.
pub(super) fn is_final(error: &ClientError) -> bool {
    !error.is_transient() && matches!(error, ClientError::Refused { .. })
}
