//! Answers that are not refusals: JSON, and 304 for a reader that has it already.

use std::convert::Infallible;
use std::hash::{DefaultHasher, Hasher};

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// What the reader has already (`If-None-Match`, RFC 9110 §13.1.2).
pub(super) struct Held(Option<HeaderValue>);

impl<S: Send + Sync> FromRequestParts<S> for Held {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

impl Held {
    /// By a request's headers.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self(headers.get(header::IF_NONE_MATCH).cloned())
    }

    fn has(&self, tag: &str) -> bool {
        let Some(text) = self.0.as_ref().and_then(|value| value.to_str().ok()) else { return false };
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        text.trim() == "*" || text.split(',').any(|held| opaque(held) == opaque(tag))
    }
}

/// JSON with a status.
pub(super) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.into())
        .into_response()
}

/// What a reader asked for: its own copy, to be asked for again each time, since what it sees depends on who it is.
pub(super) fn read(held: &Held, body: String) -> Response {
    let tag = tag_of(&body);
    let mut response =
        if held.has(&tag) { StatusCode::NOT_MODIFIED.into_response() } else { json(StatusCode::OK, body) };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// A weak tag: a change of the body changes it, but for one chance in 2⁶⁴.
fn tag_of(body: &str) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(body.as_bytes());
    format!("W/\"{:016x}\"", hasher.finish())
}

/// A JSON list of objects that are JSON already.
pub(super) fn list<'a>(objects: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for (index, object) in objects.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(object);
    }
    out.push(']');
    out
}
