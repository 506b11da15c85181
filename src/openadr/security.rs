//! What secures the connection to a VTN: TLS or not, whose certificate, and the client's own.

use serde::{Deserialize, Serialize};

use crate::certificate::Names;

/// What is known of a connection's security.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// How the VTN was last spoken to; `None` before the first answer.
    pub channel: Option<Channel>,
    /// What the client's own certificate says, where it has one.
    pub own: Option<Names>,
    /// Where a session that otherwise stays on this machine may connect to besides: `vtn.example:443`.
    pub beyond: Vec<String>,
}

/// How the VTN was spoken to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Plain HTTP: whoever is on the way reads along.
    Plain {
        /// Whether it never left this machine.
        loopback: bool,
    },
    /// TLS.
    Tls {
        /// `TLS 1.3`, where it is known.
        version: Option<String>,
        /// What the VTN's certificate says; `None` when it could not be read.
        certificate: Option<Box<Names>>,
    },
}
