//! Answers that are not refusals: JSON, and 304 for a reader that has it already.

use std::convert::Infallible;
use std::hash::{DefaultHasher, Hasher};

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
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

    /// Whether the reader has this answer.
    pub(super) fn is(&self, answer: &Tagged) -> bool {
        self.has(&answer.tag)
    }

    fn has(&self, tag: &HeaderValue) -> bool {
        let Some(text) = self.0.as_ref().and_then(|value| value.to_str().ok()) else { return false };
        let tag = tag.to_str().unwrap_or_default();
        text.trim() == "*" || text.split(',').any(|held| opaque(held) == opaque(tag))
    }
}

/// JSON with a status.
pub(super) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.into())
        .into_response()
}

/// A tag without what says that it is weak.
fn opaque(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// What a reader asked for, and its tag. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tagged {
    /// Nothing when only readers who have it can be answered.
    body: Option<Bytes>,
    tag: HeaderValue,
}

impl Tagged {
    pub(super) fn new(body: String) -> Self {
        Self { tag: tag_of(&body), body: Some(body.into()) }
    }

    /// For those who have it already.
    pub(super) fn without_body(&self) -> Self {
        Self { body: None, tag: self.tag.clone() }
    }

    /// Whether a reader who holds so much can be answered with it.
    pub(super) fn will_do_for(&self, held: &Held) -> bool {
        self.body.is_some() || held.is(self)
    }

    /// Bytes of memory that it takes.
    pub(super) fn size(&self) -> usize {
        self.body.as_ref().map_or(0, Bytes::len)
    }
}

/// What a reader asked for: its own copy, to be asked for again each time, since what it sees depends on who it is.
pub(super) fn read(held: &Held, answer: &Tagged) -> Response {
    let mut response = match &answer.body {
        Some(body) if !held.is(answer) => json(StatusCode::OK, body.clone()),
        _ => StatusCode::NOT_MODIFIED.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
    headers.insert(header::ETAG, answer.tag.clone());
    response
}

/// A weak tag: a change of the body changes it, but for one chance in 2⁶⁴.
fn tag_of(body: &str) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(body.as_bytes());
    let tag = HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish()));
    // What hexadecimal digits are written with, a header can carry.
    tag.unwrap_or(HeaderValue::from_static("W/\"\""))
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
