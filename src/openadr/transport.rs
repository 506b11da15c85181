//! How a request reaches a VTN: over TCP, or handed to an embedded VTN's own router in process.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::security::Security;

/// Carries one HTTP exchange. Headers and body go through as they are; no retry, no redirect.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// [`TransportError`] when no whole answer came; whether the server acted is then unknown, unless the error is
    /// [`TransportError::Unreachable`].
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;

    /// What secures the exchanges, as far as is known by now.
    fn security(&self) -> Security {
        Security::default()
    }
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection was made, so the server saw nothing.
    #[error("cannot reach {address}: {reason}")]
    Unreachable {
        /// Host and port.
        address: String,
        /// In words.
        reason: String,
    },
    /// No answer within the time allowed; the server may have acted.
    #[error("no answer within {} s", after.as_secs())]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The connection broke while the answer was awaited or read; the server may have acted.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer is larger than is accepted.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// Bytes accepted.
        limit: usize,
    },
}

impl TransportError {
    /// Whether the server may have acted on the request all the same.
    pub fn may_have_acted(&self) -> bool {
        !matches!(self, Self::Unreachable { .. })
    }
}
