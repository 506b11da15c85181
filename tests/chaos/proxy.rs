//! What lies between a client and its VTN on a very bad day, drawn from a seed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use rampdesk::entropy::Entropy;
use rampdesk::openadr::transport::{Transport, TransportError};
use tokio::time::Instant;

/// How long a client waits for an answer that does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What may happen to one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// It takes up to 15 s; what was asked later overtakes it.
    Delay,
    /// The request never arrives.
    DropRequest,
    /// The VTN acts, and its answer is lost.
    DropAnswer,
    /// The request arrives twice.
    Duplicate,
    /// The request arrives again a minute later, after whatever came in between.
    Reorder,
    /// Half of the answer comes.
    Cut,
    /// One byte of the answer is another.
    CorruptAnswer,
    /// One byte of the request is another.
    CorruptRequest,
    /// Something before the VTN answers with 502 or 503.
    ServerError,
    /// No connection is made.
    Refuse,
}

impl Fault {
    /// All, each as likely as the others.
    pub const ALL: [Self; 10] = [
        Self::Delay,
        Self::DropRequest,
        Self::DropAnswer,
        Self::Duplicate,
        Self::Reorder,
        Self::Cut,
        Self::CorruptAnswer,
        Self::CorruptRequest,
        Self::ServerError,
        Self::Refuse,
    ];
}

/// A transport that does to every so many exchanges what its seed says, until it is calmed.
#[derive(Clone)]
pub struct Proxy {
    inner: Arc<dyn Transport>,
    entropy: Entropy,
    state: Arc<Mutex<State>>,
    /// Whether somebody wants to be told of each fault, as of when it began.
    tells: bool,
    began: Instant,
}

struct State {
    /// The share of exchanges to which something happens, 0 to 1.
    share: f64,
    done: BTreeMap<Fault, u32>,
}

impl Proxy {
    /// Before a VTN, in fair weather.
    pub fn before(inner: Arc<dyn Transport>, entropy: Entropy) -> Self {
        Self {
            inner,
            entropy,
            state: Arc::new(Mutex::new(State { share: 0.0, done: BTreeMap::new() })),
            tells: std::env::var_os("CHAOS_TELL").is_some(),
            began: Instant::now(),
        }
    }

    /// So large a share of exchanges is disturbed from now on.
    pub fn disturb(&self, share: f64) {
        self.state.lock().unwrap().share = share;
    }

    /// All is well from now on.
    pub fn calm(&self) {
        self.state.lock().unwrap().share = 0.0;
    }

    /// What it did, how often.
    pub fn done(&self) -> BTreeMap<Fault, u32> {
        self.state.lock().unwrap().done.clone()
    }

    fn draw(&self) -> Option<Fault> {
        let mut state = self.state.lock().unwrap();
        // Drawn in any case, so that what one exchange draws does not hang on the share.
        let (whether, which) = (self.entropy.unit(), self.entropy.unit());
        if whether >= state.share {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "below the number of faults"
        )]
        #[expect(clippy::cast_precision_loss, reason = "ten")]
        let fault = Fault::ALL[(which * Fault::ALL.len() as f64) as usize];
        *state.done.entry(fault).or_default() += 1;
        Some(fault)
    }

    /// One byte of a body turned into another that a body may hold.
    fn corrupted(&self, body: &Bytes) -> Bytes {
        let mut bytes = body.to_vec();
        if bytes.is_empty() {
            return body.clone();
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the length")]
        #[expect(clippy::cast_precision_loss, reason = "bodies are short")]
        let place = (self.entropy.unit() * bytes.len() as f64) as usize;
        bytes[place] = b'0' + (bytes[place] ^ self.entropy.bytes::<1>()[0]) % 75;
        Bytes::from(bytes)
    }
}

#[async_trait]
impl Transport for Proxy {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let fault = self.draw();
        if self.tells {
            tell(self.began, fault, &request);
        }
        let Some(fault) = fault else { return self.inner.send(request).await };
        match fault {
            Fault::Delay => {
                tokio::time::sleep(Duration::from_secs_f64(self.entropy.unit() * 15.0)).await;
                self.inner.send(request).await
            }
            Fault::DropRequest => {
                tokio::time::sleep(PATIENCE).await;
                Err(TransportError::TimedOut { after: PATIENCE })
            }
            Fault::DropAnswer => {
                let _ = self.inner.send(request).await;
                tokio::time::sleep(PATIENCE).await;
                Err(TransportError::TimedOut { after: PATIENCE })
            }
            Fault::Duplicate => {
                let first = self.inner.send(request.clone()).await;
                let _ = self.inner.send(request).await;
                first
            }
            Fault::Reorder => {
                let (inner, again) = (Arc::clone(&self.inner), request.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    let _ = inner.send(again).await;
                });
                self.inner.send(request).await
            }
            Fault::Cut => {
                let answer = self.inner.send(request).await?;
                Ok(answer.map(|body| body.slice(..body.len() / 2)))
            }
            Fault::CorruptAnswer => {
                let answer = self.inner.send(request).await?;
                Ok(answer.map(|body| self.corrupted(&body)))
            }
            Fault::CorruptRequest => {
                let request = request.map(|body| self.corrupted(&body));
                self.inner.send(request).await
            }
            Fault::ServerError => {
                let status = if self.entropy.unit() < 0.5 {
                    StatusCode::BAD_GATEWAY
                } else {
                    StatusCode::SERVICE_UNAVAILABLE
                };
                let mut answer = Response::new(Bytes::from_static(b"<html>try again later</html>"));
                *answer.status_mut() = status;
                Ok(answer)
            }
            Fault::Refuse => Err(TransportError::Unreachable {
                address: "vtn.chaos".to_owned(),
                reason: "connection refused".to_owned(),
            }),
        }
    }
}

/// An exchange, for a person who looks into a seed.
#[expect(clippy::print_stdout, reason = "a person asked for it by CHAOS_TELL")]
fn tell(began: Instant, fault: Option<Fault>, request: &Request<Bytes>) {
    let at = began.elapsed().as_secs_f64();
    let fault = fault.map_or("well".to_owned(), |fault| format!("{fault:?}"));
    println!("{at:.1} s {fault}: {} {}", request.method(), request.uri());
}
