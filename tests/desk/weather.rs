//! What can happen to a request on its way.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use rampdesk::openadr::transport::{Transport, TransportError};

/// What happens to the requests that it is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// No connection is made: the VTN sees nothing.
    Unreachable,
    /// The VTN acts, and its answer is lost.
    AnswerLost,
    /// The VTN sees nothing and nothing ever comes back.
    Hangs,
    /// This program itself fails.
    Panics,
    /// The answer says the second in the place of the first, once.
    Altered(&'static str, &'static str),
}

/// Which requests, by method and a part of the path; the fate; how many of them, `None` for all.
type Rule = (&'static str, &'static str, Fate, Option<u32>);

/// A transport that can be made to fail.
#[derive(Clone)]
pub struct Weather {
    inner: Arc<Mutex<Arc<dyn Transport>>>,
    rules: Arc<Mutex<Vec<Rule>>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Weather {
    pub fn over(inner: Arc<dyn Transport>) -> Self {
        Self { inner: Arc::new(Mutex::new(inner)), rules: Arc::default(), seen: Arc::default() }
    }

    /// Leads to another VTN from now on.
    pub fn leads_to(&self, inner: Arc<dyn Transport>) {
        *self.inner.lock().unwrap() = inner;
    }

    /// Every request from now on.
    pub fn all(&self, fate: Fate) {
        self.some("", "", fate, None);
    }

    /// So many requests of that method and path.
    pub fn some(&self, method: &'static str, path: &'static str, fate: Fate, count: Option<u32>) {
        self.rules.lock().unwrap().push((method, path, fate, count));
    }

    /// All is well again.
    pub fn clears(&self) {
        self.rules.lock().unwrap().clear();
    }

    /// Method and path of every request that reached the VTN.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests of that method and path reached the VTN.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.seen().iter().filter(|s| s.starts_with(method) && s.contains(path)).count()
    }

    fn fate(&self, request: &http::Request<Bytes>) -> Option<Fate> {
        let mut rules = self.rules.lock().unwrap();
        let rule = rules.iter_mut().find(|(method, path, _, count)| {
            let method_fits = method.is_empty() || request.method() == *method;
            method_fits && request.uri().path().contains(path) && *count != Some(0)
        })?;
        rule.3 = rule.3.map(|count| count - 1);
        Some(rule.2)
    }
}

#[async_trait]
impl Transport for Weather {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let fate = self.fate(&request);
        match fate {
            Some(Fate::Unreachable) => {
                return Err(TransportError::Unreachable {
                    address: "vtn.test".to_owned(),
                    reason: "connection refused".to_owned(),
                });
            }
            Some(Fate::Hangs) => std::future::pending().await,
            Some(Fate::Panics) => panic!("the transport is out of its mind"),
            Some(Fate::AnswerLost | Fate::Altered(..)) | None => {}
        }
        self.seen.lock().unwrap().push(format!("{} {}", request.method(), request.uri().path()));
        let inner = Arc::clone(&self.inner.lock().unwrap());
        let answer = inner.send(request).await;
        if fate == Some(Fate::AnswerLost) {
            return Err(TransportError::Broken("reset by peer".to_owned()));
        }
        match (fate, answer) {
            (Some(Fate::Altered(from, to)), Ok(answer)) => Ok(answer.map(|body| {
                let text = String::from_utf8(body.to_vec()).unwrap();
                assert!(text.contains(from), "`{from}` is not in {text}");
                Bytes::from(text.replacen(from, to, 1))
            })),
            (_, answer) => answer,
        }
    }
}
