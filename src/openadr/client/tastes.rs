//! What a VTN was found to insist on beyond OpenADR, so that it is given it at once the next time.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use serde_json::Value;

use super::ClientError;
use crate::openadr::legacy::{self, Kind};
use crate::openadr::version::Version;

const REPORT_NAME: &str = "reportName";

/// What one VTN insists on.
#[derive(Debug, Default)]
pub(super) struct Tastes {
    /// At least one interval in every event: openleadr-vtn 0.1.4.
    wants_interval: AtomicBool,
    /// No two reports of one name, although OpenADR lets them share it: openleadr-vtn 0.1.4 and before 0.2.8.
    wants_unique_names: AtomicBool,
}

impl Tastes {
    /// Whether objects of a kind are taken as they are.
    pub fn is_plain(&self, kind: Kind) -> bool {
        match kind {
            Kind::Event => !self.wants_interval.load(Ordering::Relaxed),
            Kind::Report => !self.wants_unique_names.load(Ordering::Relaxed),
            _ => true,
        }
    }

    /// A request's body as this VTN is known to want it.
    pub fn suited(&self, kind: Kind, body: Value) -> Value {
        match kind {
            Kind::Event if self.wants_interval.load(Ordering::Relaxed) => {
                legacy::with_stand_in(&body).unwrap_or(body)
            }
            Kind::Report if self.wants_unique_names.load(Ordering::Relaxed) => {
                without_name(&body).unwrap_or(body)
            }
            _ => body,
        }
    }

    /// The body to try in the place of one that was refused; `None` when there is none, or it was not refused.
    pub fn other_body<T>(
        &self,
        kind: Kind,
        version: Version,
        done: &Result<T, ClientError>,
        body: &[u8],
    ) -> Option<Bytes> {
        let status = done.as_ref().err()?.status()?;
        let body = || serde_json::from_slice::<Value>(body).ok();
        let (taste, other) = match (kind, status) {
            (Kind::Event, 400) if version == Version::V3_0 => {
                (&self.wants_interval, legacy::with_stand_in(&body()?)?)
            }
            (Kind::Report, 409) => (&self.wants_unique_names, without_name(&body()?)?),
            _ => return None,
        };
        taste.store(true, Ordering::Relaxed);
        Some(other.to_string().into())
    }
}

/// A report without the name that people read; what it says is in its payloads.
fn without_name(report: &Value) -> Option<Value> {
    let mut report = report.clone();
    report.as_object_mut()?.shift_remove(REPORT_NAME)?;
    Some(report)
}
