//! Answers that are not refusals: JSON, and 304 for a reader that has it already.

use std::convert::Infallible;
use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

/// Of a digest as many bytes make a tag.
const TAG_BYTES: usize = 16;

/// What a writer would have of the answer.
pub(super) const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const MINIMAL: &str = "return=minimal";

/// How much of what was written its writer wants back (`Prefer`, RFC 7240 §4.2). OpenADR has all of it come back, and so it
/// does for whoever does not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// All of it.
    Whole,
    /// That it was done.
    Minimal,
}

impl<S: Send + Sync> FromRequestParts<S> for Wish {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let wishes = parts.headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
        let mut wishes = wishes.flat_map(|text| text.split(','));
        let is_minimal = |wish: &str| wish.trim().eq_ignore_ascii_case(MINIMAL);
        Ok(if wishes.any(is_minimal) { Self::Minimal } else { Self::Whole })
    }
}

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

/// What was put in the place of another object, or only that it was.
pub(super) fn replaced(wish: &Wish, body: String) -> Response {
    match wish {
        Wish::Whole => json(StatusCode::OK, body),
        Wish::Minimal => (StatusCode::NO_CONTENT, [(PREFERENCE_APPLIED, HeaderValue::from_static(MINIMAL))])
            .into_response(),
    }
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

/// A strong tag (RFC 9110 §8.8.1), half of the body's SHA-256: readers that trust no weak one are to be spared the body too.
fn tag_of(body: &str) -> HeaderValue {
    let digest = Sha256::digest(body.as_bytes());
    let mut tag = String::from("\"");
    for byte in digest.iter().take(TAG_BYTES) {
        // Writing to a text does not fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    // What hexadecimal digits are written with, a header can carry.
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""))
}

/// A JSON list of objects that are JSON already.
pub(super) fn list(objects: &[String]) -> String {
    let size = objects.iter().map(|object| object.len() + 1).sum::<usize>() + 2;
    let mut out = String::with_capacity(size);
    out.push('[');
    for (index, object) in objects.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(object);
    }
    out.push(']');
    out
}
