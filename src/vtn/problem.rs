//! Refusals: the `problem` body (RFC 7807) that OpenADR 3.1 asks for with every 4xx and 5xx.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::openadr::wire::ProblemBody;

use super::store::StoreError;

/// Why a request is refused, in words for a person: what is wrong, and what would be right.
///
/// As a response it is only a status until [`Problem::write_into`] gives it an instance and a body; the server does
/// so for every answer in one place, so that no refusal leaves without one.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) detail: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The header that repeats a problem's `instance`.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), headers: Vec::new() }
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// With a `WWW-Authenticate` header (RFC 6750 §3); `challenge` is what follows the realm.
    pub(super) fn challenged(mut self, challenge: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(&format!("Bearer realm=\"VTN\"{challenge}")) {
            self.headers.push((header::WWW_AUTHENTICATE, value));
        }
        self
    }

    /// Writes the body and the headers into an answer. `instance` is a URI of this occurrence, which the log has too.
    pub(super) fn write_into(self, response: &mut Response, instance: &str) {
        let body = ProblemBody {
            kind: Some("about:blank".to_owned()),
            title: self.status.canonical_reason().map(str::to_owned),
            status: Some(self.status.as_u16()),
            detail: Some(self.detail),
            instance: Some(instance.to_owned()),
        };
        let headers = response.headers_mut();
        // The specification's file says application/json for its problems, not application/problem+json.
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.remove(header::CONTENT_LENGTH);
        if let Ok(value) = HeaderValue::from_str(instance) {
            headers.insert(REQUEST_ID, value);
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        *response.body_mut() = Body::from(serde_json::to_vec(&body).unwrap_or_default());
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_conflict() {
            return Self::conflict(
                "another request has just taken this name or this client; read the list again and choose another",
            );
        }
        tracing::error!(%error, "the VTN's store failed");
        if error.is_full() {
            return Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "there is no room on the VTN's disk, and nothing was changed: whoever runs it must make room",
            );
        }
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the VTN could not use its database, and nothing was changed; its log has the reason",
        )
    }
}
