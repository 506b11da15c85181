//! Request bodies: their size, their media type, their JSON.

use std::error::Error;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Map, Value};

use super::access::Identified;
use super::problem::Problem;
use super::shape;

/// The largest body that is read, in bytes.
const LIMIT: usize = 1024 * 1024;

/// How deep a body may be nested. OpenADR's own objects reach eight levels; common parsers stop at 128, and an object
/// that stands in a list is one level deeper than it was sent, so that a deeper one would spoil the list for all.
const DEPTH: usize = 64;

/// A body that says it is JSON, read but not yet parsed: whether the client may write at all is asked first.
pub(super) struct JsonBody(Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        // What a client that may do nothing sends is not even read.
        if let Some(Identified(Err(refusal))) = request.extensions().get::<Identified>() {
            return Err(refusal.clone());
        }
        check_media_type(request.headers())?;
        read(request.into_body()).await.map(Self)
    }
}

impl JsonBody {
    /// As it came.
    pub(super) fn text(&self) -> &[u8] {
        &self.0
    }

    /// The object in it.
    ///
    /// # Errors
    /// 400 when it is no JSON object.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Problem> {
        if self.0.is_empty() {
            return Err(Problem::bad_request("the body is empty; send a JSON object"));
        }
        let value = serde_json::from_slice(&self.0).map_err(|error| not_json(&error))?;
        if !is_within(&value, DEPTH) {
            return Err(too_deep());
        }
        match value {
            Value::Object(members) => Ok(members),
            other => Err(Problem::bad_request(format!(
                "the body must be a JSON object; it is {}",
                shape::shown(&other)
            ))),
        }
    }
}

fn not_json(error: &serde_json::Error) -> Problem {
    let reason = error.to_string();
    if reason.starts_with("recursion limit") {
        return too_deep();
    }
    Problem::bad_request(format!("the body is not JSON: {reason}"))
}

fn too_deep() -> Problem {
    Problem::bad_request(format!("the body is nested deeper than {DEPTH} levels; send it flatter"))
}

/// Whether lists and objects are nested at most `levels` deep. Looks no deeper than that itself.
fn is_within(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_within(item, levels - 1)),
        Value::Object(members) => levels > 0 && members.values().all(|item| is_within(item, levels - 1)),
        _ => true,
    }
}

/// JSON, by its own name or by that of a form of it; a body without a name is taken for JSON.
fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING)
        && encoding.as_bytes() != b"identity"
    {
        let encoding = String::from_utf8_lossy(encoding.as_bytes()).into_owned();
        return Err(unsupported(format!(
            "the body is encoded as `{}`; send it as it is, without Content-Encoding",
            shape::shortened(&encoding)
        )));
    }
    let Some(declared) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let declared = String::from_utf8_lossy(declared.as_bytes()).into_owned();
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    Err(unsupported(format!(
        "the body is declared as `{}`; send JSON as Content-Type: application/json",
        shape::shortened(&declared)
    )))
}

fn unsupported(detail: String) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
}

/// A body that has not arrived in the time that a client has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body did not arrive within {} s; send it again, faster or less at a time", .0.as_secs_f64())]
pub(super) struct TooSlow(pub(super) Duration);

/// Reads a body up to 1 MiB.
///
/// # Errors
/// 413 when it is longer, 408 when it does not arrive in time, 400 when it breaks off.
pub(super) async fn read(body: Body) -> Result<Bytes, Problem> {
    read_at_most(LIMIT, body).await
}

/// Reads a body up to a limit in bytes.
///
/// # Errors
/// As [`read`].
pub(super) async fn read_at_most(limit: usize, body: Body) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is longer than {limit} bytes; send less at a time"),
        )),
        Err(error) => Err(match too_slow(&*error) {
            Some(slow) => Problem::new(StatusCode::REQUEST_TIMEOUT, slow.to_string()),
            None => Problem::bad_request(format!("the body broke off: {error}")),
        }),
    }
}

fn too_slow(error: &(dyn Error + 'static)) -> Option<TooSlow> {
    match error.downcast_ref::<TooSlow>() {
        Some(slow) => Some(*slow),
        None => too_slow(error.source()?),
    }
}
