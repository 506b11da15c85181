//! Why a call failed, and what that means for trying again.

use crate::openadr::transport::TransportError;
use crate::openadr::wire::ProblemBody;

/// Why a call failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// No answer.
    #[error("the VTN did not answer: {0}")]
    Transport(#[from] TransportError),
    /// The VTN refused the client's id or secret.
    #[error(
        "the VTN refused client `{client_id}`: {detail}; check the client id and secret of the connection"
    )]
    Unauthorised {
        /// The client id.
        client_id: String,
        /// The VTN's words.
        detail: String,
    },
    /// The VTN refused the request.
    #[error("the VTN answered {status}: {}", problem.detail.as_deref().or(problem.title.as_deref()).unwrap_or("no reason given"))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its body.
        problem: Box<ProblemBody>,
    },
    /// An answer that is not OpenADR.
    #[error("the VTN's answer to {what} is not OpenADR: {reason}")]
    NotUnderstood {
        /// Method and path.
        what: String,
        /// In words.
        reason: String,
    },
}

impl ClientError {
    /// Whether trying again later can help: no answer came, or the VTN said that it is busy or unwell.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => !matches!(error, TransportError::TooLarge { .. }),
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
            Self::Unauthorised { .. } | Self::NotUnderstood { .. } => false,
        }
    }

    /// The status with which the VTN refused.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }
}

/// One attempt that failed, with what decides the next step.
#[derive(Debug)]
pub(super) struct Fault {
    /// What the caller is told when no further attempt helps.
    pub error: ClientError,
    /// Seconds that the VTN asked to wait.
    pub retry_after: Option<f64>,
    /// Whether the VTN may have done what was asked all the same.
    pub may_have_acted: bool,
}

impl Fault {
    /// No whole answer.
    pub fn transport(error: TransportError) -> Self {
        let may_have_acted = error.may_have_acted();
        Self { error: error.into(), retry_after: None, may_have_acted }
    }

    /// A refusal. Behind a gateway's 502, 503 or 504 the VTN may have acted.
    pub fn refused(status: u16, problem: ProblemBody, retry_after: Option<f64>) -> Self {
        Self {
            error: ClientError::Refused { status, problem: Box::new(problem) },
            retry_after,
            may_have_acted: matches!(status, 502..=504),
        }
    }

    /// An answer of success that cannot be read: the VTN has acted.
    pub fn not_understood(what: String, reason: String) -> Self {
        Self { error: ClientError::NotUnderstood { what, reason }, retry_after: None, may_have_acted: true }
    }

    /// The same fault of a step before the request itself: the VTN never saw what was asked.
    pub fn before_the_request(self) -> Self {
        Self { may_have_acted: false, ..self }
    }

    /// Whether the same request at once again can help.
    pub fn is_worth_retrying(&self) -> bool {
        match &self.error {
            ClientError::Refused { status, .. } => matches!(status, 429 | 502..=504),
            other => other.is_transient(),
        }
    }
}
