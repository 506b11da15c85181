//! One connection to the broker, from asking where it is until it breaks.

use rumqttc::{AsyncClient, Event, EventLoop, Packet, QoS, SubAck, SubscribeFilter, SubscribeReasonCode};
use serde_json::Value;

use super::offer::{self, NoOffer, Offer};
use super::{Ended, Interest, Listener, Notice, PushState};
use crate::openadr::mapping;
use crate::openadr::mqtt::Fault;
use crate::openadr::wire::Report;
use crate::time::UtcTime;

/// The longest word of a notification that is shown to people.
const LONGEST_WORD: usize = 128;

impl Listener {
    /// Asks, connects, subscribes and listens. `attempt` counts those that failed before.
    pub(super) async fn session(&self, attempt: u32) -> Ended {
        let asked = offer::ask(&self.client, self.interest, &self.settings, attempt).await;
        let Offer { broker, topics } = match asked {
            Ok(offer) => offer,
            Err(NoOffer::None) => return Ended::NotOffered,
            Err(NoOffer::NoVen) => return Ended::TooEarly,
            Err(NoOffer::Unusable(fault)) => return Ended::Away { fault, was_subscribed: false },
        };
        let address = broker.address.to_string();
        let name = format!("rampdesk-{}", self.entropy.id());
        let (client, mut events) = AsyncClient::new(broker.options(&name), topics.len().max(1));
        let mut was_subscribed = false;
        let fault = self.listen(&client, &mut events, &topics, &address, &mut was_subscribed).await;
        Ended::Away { fault: format!("MQTT broker {address}: {fault}"), was_subscribed }
    }

    async fn listen(
        &self,
        client: &AsyncClient,
        events: &mut EventLoop,
        topics: &[String],
        address: &str,
        was_subscribed: &mut bool,
    ) -> Fault {
        loop {
            let packet = match events.poll().await {
                Ok(Event::Incoming(packet)) => packet,
                Ok(Event::Outgoing(_)) => continue,
                Err(error) => return error.into(),
            };
            match packet {
                Packet::ConnAck(_) => {
                    let filters = topics.iter().map(|t| SubscribeFilter::new(t.clone(), QoS::AtLeastOnce));
                    if let Err(error) = client.try_subscribe_many(filters) {
                        return Fault::other(error);
                    }
                }
                Packet::SubAck(answer) => match refused(&answer, topics) {
                    Some(fault) => return fault,
                    None => {
                        *was_subscribed = true;
                        self.stands(&PushState::Subscribed { broker: address.to_owned() });
                        self.hint();
                    }
                },
                Packet::Publish(publish) => {
                    let (notice, is_a_hint) = notified(self.client.now(), self.interest, &publish.payload);
                    self.noticed(notice);
                    if is_a_hint {
                        self.hint();
                    }
                }
                _ => {}
            }
        }
    }

    fn hint(&self) {
        self.hints.send_modify(|hints| *hints += 1);
    }

    fn noticed(&self, notice: Notice) {
        tracing::debug!(
            client = self.client.label(),
            operation = notice.operation,
            object = notice.object_type,
            id = notice.id,
            "notified"
        );
        self.status.send_modify(|status| {
            status.notices += 1;
            status.last = Some(notice);
        });
    }
}

/// Why listening is no use: the broker lets this client read nothing of what its VTN told it to. Some of several topics
/// are enough.
fn refused(answer: &SubAck, topics: &[String]) -> Option<Fault> {
    let granted = answer.return_codes.iter().any(|code| matches!(code, SubscribeReasonCode::Success(_)));
    (!granted).then(|| {
        let first = topics.first().map(String::as_str).unwrap_or_default();
        Fault::other(format!(
            "it lets this client read none of its topics, such as {first}: check its access rules"
        ))
    })
}

/// What can be said of a notification, and whether it is worth a look at once, whatever was sent.
pub fn notified(at: UtcTime, interest: Interest, payload: &[u8]) -> (Notice, bool) {
    let body = serde_json::from_slice(payload).unwrap_or_default();
    (notice(at, &body), concerns(interest, body))
}

/// Whether a notification is worth a look at once. What cannot be read is.
pub(super) fn concerns(interest: Interest, mut body: Value) -> bool {
    let mut report = || serde_json::from_value::<Report>(body.get_mut("object")?.take()).ok();
    match interest {
        Interest::OwnVen => true,
        Interest::Acknowledgements => {
            report().is_none_or(|report| mapping::acknowledgement_from(&report).is_some())
        }
    }
}

/// What can be said of a notification, whatever was sent.
pub(super) fn notice(at: UtcTime, body: &Value) -> Notice {
    let word = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str).unwrap_or_default();
        text.chars().filter(|c| !c.is_control()).take(LONGEST_WORD).collect::<String>()
    };
    Notice {
        at,
        object_type: word(body.get("objectType")),
        operation: word(body.get("operation")),
        id: word(body.get("object").and_then(|object| object.get("id"))),
    }
}
