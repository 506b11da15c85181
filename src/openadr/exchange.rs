//! A record of HTTP exchanges for people to read, secrets masked before they get here.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::masking;
use crate::time::UtcTime;

/// One HTTP request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Counts up from 1 in the order of completion.
    pub number: u64,
    /// When the request was sent, domain time.
    pub at: UtcTime,
    /// Who sent it: the client's label, such as an FSP id or `desk`.
    pub client: String,
    /// `GET`, `POST`, ….
    pub method: String,
    /// Path and query, without scheme and host.
    pub target: String,
    /// The whole URL.
    pub url: String,
    /// The answer's status; `None` when none came.
    pub status: Option<u16>,
    /// How long it took, in milliseconds of waiting.
    pub took_ms: f64,
    /// The request's headers in order of name, credentials masked whole.
    pub request_headers: Vec<(String, String)>,
    /// Request body, secrets masked; at most 64 KiB.
    pub request_body: Arc<str>,
    /// The answer's headers in order of name, cookies masked whole; none when no answer came.
    pub response_headers: Vec<(String, String)>,
    /// Answer's body, secrets masked; at most 64 KiB.
    pub response_body: Arc<str>,
    /// What was understood of it, in a few words, or what went wrong.
    pub understood: String,
}

/// What stands where a secret was.
pub const MASK: &str = "•••";
/// How [`Exchange::understood`] begins when an answer of success made no sense.
pub(super) const NOT_UNDERSTOOD: &str = "not understood: ";
/// How the note begins that stands at the end of a body that was cut.
pub(super) const CUT: &str = "… (cut; ";

impl Exchange {
    /// Whether it came to nothing: no answer, a refusal, or an answer that made no sense.
    pub fn has_failed(&self) -> bool {
        self.status.is_none_or(|s| s >= 400) || self.understood.starts_with(NOT_UNDERSTOOD)
    }
}

impl Exchange {
    fn masked(mut self) -> Self {
        for (name, value) in self.request_headers.iter_mut().chain(&mut self.response_headers) {
            *value = masking::header(name, value);
        }
        for target in [&mut self.target, &mut self.url] {
            *target = masking::target(target);
        }
        for body in [&mut self.request_body, &mut self.response_body] {
            // A body that was cut is no JSON any more: it was masked while it was whole.
            if let Some(masked) = (!is_cut(body)).then(|| masking::members(body)).flatten() {
                *body = masked.into();
            }
        }
        self
    }
}

/// Whether a body of an exchange is not whole, because it was longer than is kept.
pub fn is_cut(body: &str) -> bool {
    body.rfind(CUT).is_some_and(|at| body[at..].ends_with(" bytes in all)") && !body[at..].contains('\n'))
}

/// The longest that all bodies of a log together may be, bytes.
const MOST_BYTES: usize = 64 << 20;

/// The last exchanges, shared. Clones share the same log.
#[derive(Clone, Debug)]
pub struct ExchangeLog {
    inner: Arc<Mutex<Inner>>,
    keep: usize,
    news: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Inner {
    exchanges: VecDeque<Arc<Exchange>>,
    recorded: u64,
    /// Of all bodies that are kept.
    bytes: usize,
    remark: Option<Arc<str>>,
}

fn bytes_of(exchange: &Exchange) -> usize {
    exchange.request_body.len() + exchange.response_body.len()
}

impl ExchangeLog {
    /// A log that keeps the last `keep` exchanges, or fewer where their bodies are long: 64 MiB of them at the most.
    pub fn keeping(keep: usize) -> Self {
        Self { inner: Arc::default(), keep, news: watch::Sender::default() }
    }

    /// Adds one; its number is set here. Secrets that stand where secrets stand are masked once more, whoever records.
    pub fn record(&self, exchange: Exchange) {
        // A log that keeps nothing only counts.
        let exchange = (self.keep > 0).then(|| exchange.masked());
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.recorded += 1;
        let Some(mut exchange) = exchange else { return };
        exchange.number = inner.recorded;
        inner.bytes += bytes_of(&exchange);
        inner.exchanges.push_back(Arc::new(exchange));
        while inner.exchanges.len() > self.keep || (inner.bytes > MOST_BYTES && inner.exchanges.len() > 1) {
            let Some(gone) = inner.exchanges.pop_front() else { break };
            inner.bytes -= bytes_of(&gone);
        }
        drop(inner);
        self.news.send_replace(());
    }

    /// Changes with each exchange that is kept from now on.
    pub fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// Shows these, which were recorded before and are numbered from 1, and no others. There may be fewer than there were.
    pub fn show(&self, exchanges: &[Arc<Exchange>]) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = exchanges.len() as u64;
        if recorded == inner.recorded {
            return;
        }
        let kept = &exchanges[exchanges.len().saturating_sub(self.keep)..];
        inner.exchanges = kept.iter().cloned().collect();
        inner.bytes = kept.iter().map(|exchange| bytes_of(exchange)).sum();
        inner.recorded = recorded;
    }

    /// Has something told beside them.
    pub fn remark(&self, remark: &str) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).remark = Some(remark.into());
    }

    /// What is to be told beside them.
    pub fn remarked(&self) -> Option<Arc<str>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).remark.clone()
    }

    /// Whether it keeps any: what nobody can read need not be written.
    pub fn keeps(&self) -> bool {
        self.keep > 0
    }

    /// Counts one that is not kept.
    pub(super) fn count(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).recorded += 1;
    }

    /// How many were ever recorded: a cheap check for news.
    pub fn recorded(&self) -> u64 {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).recorded
    }

    /// Those kept with a number above `after`, oldest first.
    pub fn since(&self, after: u64) -> Vec<Arc<Exchange>> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let skip = inner.exchanges.partition_point(|e| e.number <= after);
        inner.exchanges.range(skip..).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        Exchange {
            number: 0,
            at: UtcTime::from_unix(0),
            client: "desk".to_owned(),
            method: "POST".to_owned(),
            target: "/events".to_owned(),
            url: "http://vtn/events".to_owned(),
            status: Some(200),
            took_ms: 1.0,
            request_headers: Vec::new(),
            request_body: "".into(),
            response_headers: Vec::new(),
            response_body: "".into(),
            understood: "token for 3600 s".to_owned(),
        }
    }

    #[test]
    fn a_secret_is_masked_at_the_door_whoever_records_it() {
        let log = ExchangeLog::keeping(10);
        log.record(Exchange {
            target: "/events?limit=5&access_token=hush-hush".to_owned(),
            url: "http://vtn/events?access_token=hush-hush".to_owned(),
            request_headers: vec![("Authorization".to_owned(), "Bearer hush-hush".to_owned())],
            request_body: "grant_type=x&client_secret=hush-hush".into(),
            response_headers: vec![("set-cookie".to_owned(), "id=hush-hush".to_owned())],
            response_body: r#"{"access_token":"hush-hush","expires_in":3600}"#.into(),
            ..exchange()
        });
        let kept = log.since(0);
        let shown = format!("{:?}", kept[0]);
        assert!(!shown.contains("hush"), "{shown}");
        assert_eq!(kept[0].target, "/events?limit=5&access_token=•••");
        assert_eq!(kept[0].request_headers[0].1, "Bearer •••");
        assert_eq!(&*kept[0].request_body, "grant_type=x&client_secret=•••");
        assert_eq!(&*kept[0].response_body, r#"{"access_token":"•••","expires_in":3600}"#);
    }

    #[test]
    fn long_bodies_are_kept_for_a_shorter_time() {
        let log = ExchangeLog::keeping(5_000);
        let body: Arc<str> = "x".repeat(64 << 10).into();
        for _ in 0..3_000 {
            log.record(Exchange { response_body: Arc::clone(&body), ..exchange() });
        }
        let kept = log.since(0);
        assert_eq!((kept.len(), kept[kept.len() - 1].number), (1_024, 3_000), "the last 64 MiB");
    }

    #[test]
    fn a_log_that_keeps_nothing_still_counts() {
        let log = ExchangeLog::keeping(0);
        assert_eq!((log.recorded(), log.since(0).len()), (0, 0));
    }
}
