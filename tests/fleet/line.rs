//! A line to the VTN that can be cut, or lose answers.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use rampdesk::openadr::transport::{Transport, TransportError};

const WHOLE: u8 = 0;
const CUT: u8 = 1;
const LOSSY: u8 = 2;
const FAULTY: u8 = 3;
const SECRETIVE: u8 = 4;
const WITHOUT_PROGRAMS: u8 = 5;

/// The line. Clones share its state.
#[derive(Clone)]
pub struct Line {
    vtn: Arc<Mutex<Arc<dyn Transport>>>,
    state: Arc<AtomicU8>,
    attempts: Arc<AtomicU64>,
    writes: Arc<AtomicU64>,
}

impl Line {
    pub fn to(vtn: Arc<dyn Transport>) -> Self {
        Self {
            vtn: Arc::new(Mutex::new(vtn)),
            state: Arc::default(),
            attempts: Arc::default(),
            writes: Arc::default(),
        }
    }

    pub fn cut(&self) {
        self.attempts.store(0, Ordering::Relaxed);
        self.state.store(CUT, Ordering::Relaxed);
    }

    /// The VTN acts on every POST and PUT, but every other answer to one never arrives.
    pub fn lose_every_other_answer(&self) {
        self.state.store(LOSSY, Ordering::Relaxed);
    }

    /// The next request ends in a panic; the line is whole again after it.
    pub fn fail_once(&self) {
        self.state.store(FAULTY, Ordering::Relaxed);
    }

    /// To a VTN of another make, that shows a VEN what is targeted only when it names the target (openadr 0.4.0).
    pub fn show_targeted_only_when_named(&self) {
        self.state.store(SECRETIVE, Ordering::Relaxed);
    }

    /// To a VTN that answers everything but the list of programs.
    pub fn lose_programs(&self) {
        self.state.store(WITHOUT_PROGRAMS, Ordering::Relaxed);
    }

    /// Leads to another VTN from now on.
    pub fn lead_to(&self, vtn: Arc<dyn Transport>) {
        *self.vtn.lock().unwrap() = vtn;
    }

    pub fn mend(&self) {
        self.state.store(WHOLE, Ordering::Relaxed);
    }

    /// Requests tried since it was last cut.
    pub fn attempts(&self) -> u64 {
        self.attempts.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        let writes = matches!(*request.method(), Method::POST | Method::PUT);
        let vtn = Arc::clone(&self.vtn.lock().unwrap());
        match self.state.load(Ordering::Relaxed) {
            CUT => Err(TransportError::Unreachable {
                address: "vtn.example:443".to_owned(),
                reason: "connection refused".to_owned(),
            }),
            WITHOUT_PROGRAMS if request.uri().path().ends_with("/programs") => {
                Err(TransportError::Broken("reset".to_owned()))
            }
            LOSSY if writes => {
                let answer = vtn.send(request).await?;
                let is_lost = self.writes.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
                if is_lost { Err(TransportError::Broken("reset".to_owned())) } else { Ok(answer) }
            }
            FAULTY => {
                self.mend();
                panic!("a fault in the client");
            }
            SECRETIVE => {
                let names_target = request.uri().query().is_some_and(|q| q.contains("targets="));
                let lists_events =
                    request.method() == Method::GET && request.uri().path().ends_with("/events");
                let mut answer = vtn.send(request).await?;
                answer.headers_mut().remove("x-rampdesk-extensions");
                if lists_events && !names_target && answer.status() == StatusCode::OK {
                    *answer.body_mut() = without_targeted(answer.body());
                }
                Ok(answer)
            }
            _ => vtn.send(request).await,
        }
    }
}

fn without_targeted(list: &Bytes) -> Bytes {
    let mut events: Vec<serde_json::Value> = serde_json::from_slice(list).unwrap();
    events.retain(|event| event["targets"].as_array().is_none_or(Vec::is_empty));
    serde_json::to_vec(&events).unwrap().into()
}
