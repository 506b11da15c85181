//! The callback of a subscription: which are acceptable, and the challenge by which one shows that it is its client's.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use serde_json::{Map, Value};
use url::{Host, Url};

use crate::openadr::callback::Reach;
use crate::openadr::secret::Secret;
use crate::openadr::transport::{Transport, TransportError};
use crate::vtn::object::text;
use crate::vtn::shape::shortened;

/// How long a callback may take to answer (Definition, "Webhooks": 10 to 30 seconds).
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// The most callbacks of one subscription: each is challenged while its client waits.
const MOST: usize = 8;

/// A callback that may be called, and where in the subscription it stands.
pub(super) struct Callback {
    place: String,
    url: Url,
    token: Option<Secret>,
}

/// The callbacks of a subscription, each once.
///
/// # Errors
/// What is wrong with one, where, and what would be right.
pub(super) fn of(subscription: &Map<String, Value>, reach: Reach) -> Result<Vec<Callback>, String> {
    let entries = subscription.get("objectOperations").and_then(Value::as_array);
    let mut found: Vec<Callback> = Vec::new();
    for (index, entry) in entries.into_iter().flatten().filter_map(Value::as_object).enumerate() {
        let place = format!("`objectOperations[{index}].callbackUrl`");
        let url = acceptable(text(entry, "callbackUrl").unwrap_or_default(), reach)
            .map_err(|wrong| format!("{place} {wrong}"))?;
        let token = text(entry, "bearerToken").map(Secret::new);
        if token.as_ref().is_some_and(|token| HeaderValue::from_str(token.reveal()).is_err()) {
            return Err(format!(
                "`objectOperations[{index}].bearerToken` must be text that an HTTP header can carry; what it is stays \
                 secret"
            ));
        }
        if found.iter().all(|known| known.url != url) {
            found.push(Callback { place, url, token });
        }
    }
    if found.len() > MOST {
        return Err(format!(
            "`objectOperations` names {} callbacks, and a subscription has at most {MOST}; spread them over several \
             subscriptions",
            found.len()
        ));
    }
    Ok(found)
}

/// A URL that may be called, as far as can be told without resolving its host.
fn acceptable(text: &str, reach: Reach) -> Result<Url, String> {
    let shown = shortened(text);
    let public = reach == Reach::Public;
    let right = if public { "https" } else { "https or http" };
    let url = Url::parse(text).map_err(|_| format!("must be a whole {right} URL; it is `{shown}`"))?;
    if url.scheme() != "https" && (public || url.scheme() != "http") {
        return Err(format!("must be a whole {right} URL; it is `{shown}`"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must name no user and no password; give `bearerToken` instead".to_owned());
    }
    let near = match url.host() {
        Some(Host::Ipv4(ip)) => !reach.includes(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => !reach.includes(IpAddr::V6(ip)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            public && (name == "localhost" || name.ends_with(".localhost"))
        }
        None => true,
    };
    if near {
        let right = match reach {
            Reach::ThisMachine => "on this machine, at a loopback address",
            Reach::Public | Reach::Anywhere => {
                "at an address of the public internet, none that is private, loopback or link-local"
            }
        };
        return Err(format!("must be {right}; it is `{shown}`"));
    }
    Ok(url)
}

impl Callback {
    /// Asks the callback to repeat a random text.
    ///
    /// # Errors
    /// When it does not, in words.
    pub(super) async fn challenge(&self, transport: &dyn Transport, echo: &str) -> Result<(), String> {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("echo", echo);
        let request = request(Method::GET, url.as_str(), self.token.as_ref(), Bytes::new());
        let outcome = match request {
            Some(request) => call(transport, request).await,
            None => Err("it is no URL that HTTP can carry".to_owned()),
        };
        let wrong = match outcome {
            Ok((StatusCode::OK, body)) if contains(&body, echo) => return Ok(()),
            Ok((StatusCode::OK, _)) => "it answered 200 without it".to_owned(),
            Ok((status, _)) => format!("it answered {}", status.as_u16()),
            Err(reason) => reason,
        };
        Err(format!(
            "{} must answer GET with 200 and, in the body, the value of the query parameter `echo`, to show that the \
             callback is yours; {wrong}",
            self.place
        ))
    }
}

fn contains(body: &[u8], text: &str) -> bool {
    body.windows(text.len()).any(|window| window == text.as_bytes())
}

/// A request to a callback; `None` when HTTP cannot carry it.
pub(super) fn request(
    method: Method,
    url: &str,
    token: Option<&Secret>,
    body: Bytes,
) -> Option<Request<Bytes>> {
    let mut request = Request::builder().method(method).uri(url);
    if let Some(token) = token {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal())).ok()?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    request.body(body).ok()
}

/// Calls a callback, for [`TIMEOUT`] at most.
///
/// # Errors
/// Why no answer came, in words that hold no secret.
pub(super) async fn call(
    transport: &dyn Transport,
    request: Request<Bytes>,
) -> Result<(StatusCode, Bytes), String> {
    let answer = tokio::time::timeout(TIMEOUT, transport.send(request)).await;
    let answer = answer.unwrap_or(Err(TransportError::TimedOut { after: TIMEOUT }));
    answer.map(|answer| (answer.status(), answer.into_body())).map_err(|error| error.to_string())
}
