//! One HTTP exchange: sent, judged, and recorded for people to read.

use std::any::Any;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::error::Category;
use tokio::time::Instant;
use url::Url;

use super::Inner;
use super::error::Fault;
use super::masking::Masks;
use crate::dispatch::plain_words;
use crate::openadr::exchange::{Exchange, NOT_UNDERSTOOD};
use crate::openadr::transport::TransportError;
use crate::openadr::wire::{self, ProblemBody};

/// RFC 7240 §2.
const PREFER: &str = "prefer";
const MINIMAL: &str = "return=minimal";

/// No server's wish to be left alone is obeyed for longer.
const LONGEST_WAIT_SECONDS: f64 = 60.0;

/// The longest that a VTN's own words on a refusal are told, in characters.
const SHOWN_REFUSAL: usize = 300;
/// What is shown of why an answer is not understood, which may quote it, characters.
const SHOWN_REASON: usize = 600;

/// A request, apart from who makes it.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub method: Method,
    pub url: Url,
    pub content_type: &'static str,
    pub body: Bytes,
    pub wish: Wish,
    /// Whether the same is asked again and again, so that its answer is worth keeping.
    pub is_a_poll: bool,
}

/// How much of what was written is to come back (`Prefer`, RFC 7240 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// All of it, as OpenADR has it.
    Whole,
    /// That it was done.
    Minimal,
}

impl Outgoing {
    /// Without a body.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            content_type: "",
            body: Bytes::new(),
            wish: Wish::Whole,
            is_a_poll: true,
        }
    }

    /// With a JSON body.
    pub fn json(method: Method, url: Url, body: Bytes) -> Self {
        Self { method, url, content_type: "application/json", body, wish: Wish::Whole, is_a_poll: false }
    }

    /// Asked once so, and for something else the next time.
    pub fn only_once(self) -> Self {
        Self { is_a_poll: false, ..self }
    }

    /// With another wish.
    pub fn wishing(self, wish: Wish) -> Self {
        Self { wish, ..self }
    }

    /// Method and path, as errors name it.
    pub fn what(&self) -> String {
        format!("{} {}", self.method, self.url.path())
    }

    /// With the tag of what is held of it already.
    fn request(
        &self,
        authorization: Option<&HeaderValue>,
        tag: Option<&HeaderValue>,
    ) -> Result<http::Request<Bytes>, TransportError> {
        let mut builder = http::Request::builder()
            .method(&self.method)
            .uri(self.url.as_str())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("rampdesk/", env!("CARGO_PKG_VERSION")));
        if !self.content_type.is_empty() {
            builder = builder.header(CONTENT_TYPE, self.content_type);
        }
        if let Some(value) = authorization {
            builder = builder.header(AUTHORIZATION, value);
        }
        if let Some(tag) = tag {
            builder = builder.header(IF_NONE_MATCH, tag);
        }
        if self.wish == Wish::Minimal {
            builder = builder.header(PREFER, MINIMAL);
        }
        builder.body(self.body.clone()).map_err(|e| TransportError::Unreachable {
            address: self.url.host_str().unwrap_or_default().to_owned(),
            reason: e.to_string(),
        })
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// What was made of it, when it is kept to be met again.
    memo: Memo,
}

/// What was made of an answer. Clones share it.
#[derive(Clone, Debug, Default)]
struct Memo(Arc<OnceLock<Arc<dyn Any + Send + Sync>>>);

impl Answer {
    fn new(response: http::Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        Self { status: parts.status, headers: parts.headers, body, memo: Memo::default() }
    }

    /// As much of it as meeting it again takes: what was made of it in the place of its text, and of its headers the tag alone.
    pub fn to_keep(&self) -> Self {
        let tag = self.headers.get(ETAG).map(|tag| (ETAG, tag.clone()));
        let is_read = self.memo.0.get().is_some();
        let body = if is_read { Bytes::new() } else { self.body.clone() };
        Self { status: self.status, headers: tag.into_iter().collect(), body, memo: self.memo.clone() }
    }

    /// What `read` makes of it, or made of it before: an answer that is kept is met at every poll.
    pub fn once<T: Clone + Send + Sync + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        if !self.headers.contains_key(ETAG) {
            return read();
        }
        if let Some(made) = self.memo.0.get().and_then(|made| made.downcast_ref::<T>()) {
            return Ok(made.clone());
        }
        let made = read()?;
        let _ = self.memo.0.set(Arc::new(made.clone()));
        Ok(made)
    }

    /// Its JSON, as `T`; the error is a sentence.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        let begins = |byte: u8| self.body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&byte);
        wire::read(&self.body).map_err(|error| match error.classify() {
            _ if self.body.is_empty() => "it is empty, and JSON is expected".to_owned(),
            Category::Syntax if begins(b'<') => {
                "it is HTML or XML, and JSON is expected; check the base URL of the connection".to_owned()
            }
            Category::Syntax | Category::Eof => format!("it is not JSON: {error}"),
            Category::Data | Category::Io => error.to_string(),
        })
    }

    /// Its refusal: an OpenADR problem, else what can be made of the body.
    fn problem(&self) -> ProblemBody {
        let title = self.status.canonical_reason().map(str::to_owned);
        let mut problem = self.json::<ProblemBody>().unwrap_or_default();
        problem.title = problem.title.or(title);
        if problem.detail.is_none() {
            problem.detail = self.redirect().or_else(|| self.oauth_error()).or_else(|| self.plain_text());
        }
        problem
    }

    fn redirect(&self) -> Option<String> {
        let to = self.headers.get(LOCATION).filter(|_| self.status.is_redirection())?.to_str().ok()?;
        Some(format!(
            "it redirects to `{to}`; redirects are not followed, so write that address in the connection"
        ))
    }

    /// RFC 6749 §5.2.
    fn oauth_error(&self) -> Option<String> {
        let body: serde_json::Value = self.json().ok()?;
        let member = |name: &str| body.get(name).and_then(|v| v.as_str()).map(str::to_owned);
        member("error_description").or_else(|| member("error"))
    }

    fn plain_text(&self) -> Option<String> {
        let text = std::str::from_utf8(&self.body).ok()?.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_prose = !text.is_empty() && !text.starts_with(['<', '{', '[']);
        is_prose.then(|| text.chars().take(200).collect())
    }

    /// `Retry-After` in seconds, given as seconds or as a date (RFC 9110 §10.2.3) against the VTN's own `Date`.
    fn retry_after(&self) -> Option<f64> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let seconds = text.parse::<f64>().ok().filter(|s| s.is_finite()).or_else(|| {
            let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|z| z.timestamp().as_duration());
            let now = date(self.headers.get(http::header::DATE)?.to_str().ok()?)?;
            Some((date(text)? - now).as_secs_f64())
        })?;
        Some(seconds.clamp(0.0, LONGEST_WAIT_SECONDS))
    }
}

/// What was made of an answer: the value and a few words on it for the record, or a sentence on what is wrong.
pub(super) type Reading<T> = Result<(T, String), String>;

impl Inner {
    /// Sends once and records the exchange, whatever came of it. `read` is asked of answers of success, and of those
    /// alone.
    pub async fn attempt<T>(
        &self,
        outgoing: &Outgoing,
        authorization: Option<&HeaderValue>,
        masks: &Masks,
        read: &(dyn Fn(&Answer) -> Reading<T> + Send + Sync),
    ) -> Result<T, Fault> {
        let at = self.clock.now();
        let began = Instant::now();
        let mut sent_headers = Vec::new();
        let kept = self.kept.of(outgoing);
        let answer = match outgoing.request(authorization, kept.as_ref().and_then(|kept| kept.tag())) {
            Ok(request) => {
                if self.exchanges.keeps() {
                    sent_headers = masks.headers(request.headers());
                }
                // A request takes next to no time, however fast the clock of a workshop runs meanwhile.
                let _engaged = self.clock.engage();
                self.transport.send(request).await
            }
            Err(error) => Err(error),
        };
        let took = began.elapsed();
        let answer = answer.map(Answer::new);
        if let Ok(answer) = &answer {
            self.gap.hear(&answer.headers, self.clock.now_seconds(), took.as_secs_f64());
        }
        let held = answer.as_ref().ok().and_then(|answer| kept.as_ref()?.unless_changed(answer));
        let (mut understood, outcome) = judge(outgoing, held.map_or(answer.as_ref(), Ok), masks, read);
        if held.is_some() {
            understood.insert_str(0, "as before: ");
            if let Ok(answer) = &answer {
                self.kept.confirm(outgoing, answer);
            }
        } else if let (Ok(answer), Ok(_)) = (&answer, &outcome) {
            self.kept.keep(outgoing, answer);
        }
        if !self.exchanges.keeps() {
            self.exchanges.count();
            return outcome;
        }
        self.exchanges.record(Exchange {
            number: 0,
            at,
            client: self.label.clone(),
            method: outgoing.method.to_string(),
            target: masks.text(&outgoing.url[url::Position::BeforePath..url::Position::AfterQuery]),
            url: masks.text(outgoing.url.as_str()),
            status: answer.as_ref().ok().map(|a| a.status.as_u16()),
            took_ms: milliseconds(took),
            request_headers: sent_headers,
            request_body: masks.body(&outgoing.body),
            response_headers: answer.as_ref().map(|a| masks.headers(&a.headers)).unwrap_or_default(),
            response_body: answer.as_ref().map(|a| masks.body(&a.body)).unwrap_or_default(),
            understood: masks.text(&understood),
        });
        outcome
    }
}

fn judge<T>(
    outgoing: &Outgoing,
    answer: Result<&Answer, &TransportError>,
    masks: &Masks,
    read: &(dyn Fn(&Answer) -> Reading<T> + Send + Sync),
) -> (String, Result<T, Fault>) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return (error.to_string(), Err(Fault::transport(error.clone()))),
    };
    if !answer.status.is_success() {
        let mut problem = answer.problem();
        let plain = |words: String| plain_words(&masks.text(&words), SHOWN_REFUSAL);
        problem.detail = problem.detail.map(plain);
        problem.title = problem.title.map(plain);
        let words = problem.detail.as_deref().or(problem.title.as_deref()).unwrap_or("no reason given");
        let understood = format!("refused: {words}");
        return (understood, Err(Fault::refused(answer.status.as_u16(), problem, answer.retry_after())));
    }
    match read(answer) {
        Ok((value, understood)) => (understood, Ok(value)),
        Err(reason) => {
            let reason = plain_words(&masks.text(&reason), SHOWN_REASON);
            // The path has the ids that the VTN gave things.
            let what = plain_words(&masks.text(&outgoing.what()), SHOWN_REFUSAL);
            (format!("{NOT_UNDERSTOOD}{reason}"), Err(Fault::not_understood(what, reason)))
        }
    }
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
