//! Acknowledgements on their way: in order, each until it is sent, none twice.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::dispatch::{Acknowledgement, DispatchKey, OperatorId, SigningFault, SigningKey};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping;
use crate::openadr::wire::Report;

use super::fault::Manner;
use super::route::{Place, Vtn};

/// So many unsent acknowledgements, and no more news is taken in.
const FULL: usize = 4096;

/// So often the same acknowledgement is filed at once: what was altered on its way is refused, or stands there as nobody
/// said it.
const TRIES: u32 = 3;

/// An acknowledgement and the event that it is a report on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) place: Place,
    pub(super) acknowledgement: Acknowledgement,
}

/// Why something was not sent, and is tried again later.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotSent {
    /// Its key does not sign.
    #[error("{0}; nobody hears from this FSP what it does until it signs")]
    Unsigned(#[from] SigningFault),
    /// The VTN does not take it.
    #[error(transparent)]
    Vtn(#[from] ClientError),
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

    /// Sends the first one for a VTN, signed. One that the VTN refuses time and again is given up, so that it does not stop
    /// those behind it.
    ///
    /// # Errors
    /// When trying again later can help; it stays the first. So it does when its key does not sign.
    pub(super) async fn send_first(
        &mut self,
        vtn: &Vtn,
        client: &Client,
        key: &SigningKey,
        manner: Manner,
    ) -> Result<(), NotSent> {
        let Some(index) = self.queue.iter().position(|answer| answer.place.vtn == *vtn) else {
            return Ok(());
        };
        let first = &self.queue[index];
        let signed = manner.sign(&first.acknowledgement, key)?;
        let report = mapping::report_from_acknowledgement(&signed, &first.place.event_id);
        let mut sent = file(client, &report).await;
        for _ in 1..TRIES {
            if !sent.as_ref().is_err_and(is_final) {
                break;
            }
            sent = file(client, &report).await;
        }
        if manner.repeats && sent.is_ok() {
            sent = client.post_report(&report, |_| false).await.map(|_| ());
        }
        match sent {
            Ok(()) => {}
            Err(error) if is_final(&error) => {
                let (what, stage) = (&first.acknowledgement.key, first.acknowledgement.stage);
                tracing::error!(dispatch = %what, %stage, %error, "the VTN refuses an acknowledgement; given up");
            }
            Err(error) => return Err(error.into()),
        }
        self.queue.remove(index);
        Ok(())
    }
}

/// Files an acknowledgement, and makes sure that the VTN has it as it was said.
async fn file(client: &Client, report: &Report) -> Result<(), ClientError> {
    // Most VTNs give back what they were given: then there is nothing to read in it.
    let is_it = |other: &Report| {
        other.says_the_same(report)
            || mapping::acknowledgement_from(other) == mapping::acknowledgement_from(report)
    };
    let is_of_it = |other: &Report| {
        let named = |report: &Report| {
            let said = mapping::acknowledgement_from(report)?.ok()?.acknowledgement;
            Some((said.key, said.revision, said.stage, said.at))
        };
        named(other).is_some_and(|other| Some(other) == named(report))
    };
    let filed = client.post_report(report, is_of_it).await?;
    if is_it(&filed) {
        return Ok(());
    }
    for _ in 1..TRIES {
        let held = client.reports(Some(&report.event_id), None).await?;
        if held.iter().any(is_it) {
            return Ok(());
        }
        // Altered on its way there: put right where it stands.
        client.put_report(filed.meta.id.as_deref().unwrap_or_default(), report).await?;
    }
    Ok(())
}

/// Whether the same request can never be taken: the VTN says that it is wrong, or that its event is gone.
pub(super) fn is_final(error: &ClientError) -> bool {
    !error.is_transient() && matches!(error, ClientError::Refused { .. })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::{Value, json};

    use super::*;
    use crate::dispatch::Stage;
    use crate::openadr::client::tests::{Answered, Fake, answer, bench};

    fn received() -> Answer {
        let acknowledgement = Acknowledgement {
            key: DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: "A-1".parse().unwrap() },
            unit: "BRIGHTFLEX/BESS-07".parse().unwrap(),
            revision: crate::dispatch::Revision::FIRST,
            status: None,
            stage: Stage::Received,
            at: crate::fleet::testing::utc("16:00"),
            readback: None,
            reason: None,
            detail: None,
            reached_at: None,
        };
        Answer { place: Place { vtn: "http://vtn".into(), event_id: "event-1".to_owned() }, acknowledgement }
    }

    fn key() -> SigningKey {
        SigningKey::from_seed("brightflex-2026".parse().unwrap(), &[7; 32])
    }

    /// Sends one over a line on which the first POST meets `first`, which is told what was to be filed and answers what
    /// arrives, if it does, and what is answered. What the VTN holds then.
    async fn filed_over(
        first: impl Fn(&str) -> (Option<String>, Answered) + Send + Sync + 'static,
    ) -> Vec<Report> {
        let held: &'static Mutex<Vec<Value>> = Box::leak(Box::default());
        let is_first = Mutex::new(true);
        let vtn = Fake::open(move |asked| {
            let mut held = held.lock().unwrap();
            let numbered = |text: &str, number: usize| {
                let mut report: Value = serde_json::from_str(text).unwrap();
                report["id"] = format!("report-{number}").into();
                report
            };
            match asked.method.as_str() {
                "POST" if std::mem::take(&mut *is_first.lock().unwrap()) => {
                    let (arrived, answered) = first(&asked.body);
                    held.extend(arrived.map(|text| numbered(&text, 0)));
                    answered
                }
                "POST" => {
                    let number = held.len();
                    held.push(numbered(&asked.body, number));
                    answer(201, held[number].clone())
                }
                "PUT" => {
                    let number: usize = asked.path.rsplit('-').next().unwrap().parse().unwrap();
                    held[number] = numbered(&asked.body, number);
                    answer(200, held[number].clone())
                }
                _ => answer(200, json!(*held)),
            }
        });
        let client = bench(&vtn).client;
        let mut outbox = Outbox::default();
        let vtn = Vtn::from("http://vtn");
        outbox.put(received());
        outbox.send_first(&vtn, &client, &key(), Manner::default()).await.unwrap();
        assert!(!outbox.has_for(&vtn));
        held.lock().unwrap().iter().map(|held| serde_json::from_value(held.clone()).unwrap()).collect()
    }

    fn as_it_was_said(report: &Report) -> bool {
        let signed = Manner::default().sign(&received().acknowledgement, &key()).unwrap();
        mapping::acknowledgement_from(report) == Some(Ok(signed))
    }

    #[tokio::test(start_paused = true)]
    async fn an_acknowledgement_stands_at_the_vtn_as_it_was_said_or_the_desk_waits_for_it_in_vain() {
        let altered = |text: &str| {
            assert!(text.contains("GB_ACK_STAGE"), "{text}");
            text.replacen("GB_ACK_STAGE", "GB_ACK_STAG0", 1)
        };
        let told = |text: &str| {
            let mut report: Value = serde_json::from_str(text).unwrap();
            report["id"] = "report-0".into();
            answer(201, report)
        };
        let arrives_altered = filed_over(move |text| (Some(altered(text)), told(&altered(text)))).await;
        assert!(
            arrives_altered.len() == 1 && as_it_was_said(&arrives_altered[0]),
            "put right where it stands"
        );
        let answered_altered = filed_over(move |text| (Some(text.to_owned()), told(&altered(text)))).await;
        assert!(answered_altered.len() == 1 && as_it_was_said(&answered_altered[0]), "and not filed twice");
        let refused = filed_over(|_| (None, answer(400, json!({"title": "Bad Request"})))).await;
        assert!(
            refused.len() == 1 && as_it_was_said(&refused[0]),
            "what was refused as altered is filed again"
        );
    }
}
