//! MQTT: who listens at a broker is told of a change without being reachable (OpenADR 3.1, "Notifications via Additional
//! Protocols").
//!
//! The broker is a program of its own, named by its address. None is embedded: the one that Rust has (rumqttd) has had no
//! release for long and no rules of access by topic, and a broker without those keeps nothing private.
//!
//! - Published with QoS 1: at least once while the broker can be reached, in the order in which changes were kept.
//! - Not retained. A notification says that something changes now; retained, it would come to whoever listens later as
//!   if it were new, and stay at the broker when its object is gone or a VEN may no longer see it. What stands is asked of
//!   the VTN.
//! - What may reach which [`topics`] is decided here; who may read them is the broker's to enforce, by the rules that
//!   [`topics`] names. That a topic's name is hard to guess protects nothing: brokers have wildcards.

mod audience;
mod publisher;
pub(in crate::vtn) mod topics;

use std::path::PathBuf;

use crate::openadr::mqtt::Broker;

pub(super) use audience::messages;
pub(super) use publisher::{Message, Publisher};
pub(in crate::vtn) use topics::Audience;

/// The broker that a VTN publishes to, and what clients are told of it.
#[derive(Clone, Debug)]
pub struct Push {
    /// How the VTN reaches it.
    pub broker: Broker,
    /// The URIs that clients are told, `mqtt://host:port` or `mqtts://host:port`.
    pub uris: Vec<String>,
    /// How clients show who they are.
    pub authentication: PushAuthentication,
}

/// How a client shows a broker who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushAuthentication {
    /// Not at all.
    Anonymous,
    /// By its access token as the password.
    BearerToken {
        /// The user name; `{clientID}` stands for the client's own id.
        username: String,
    },
    /// By a certificate whose common name is its client id.
    Certificate {
        /// The broker's certificate authority, PEM.
        ca: String,
        /// A folder with `CLIENT.crt` and `CLIENT.key`, PEM, of each client that is to be handed them. A client without
        /// is told empty texts: it has a certificate already, or asks for one elsewhere.
        certificates: Option<PathBuf>,
    },
}
