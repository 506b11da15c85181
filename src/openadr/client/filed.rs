//! A report's program. OpenADR 3.0 wants it named; 3.1 has the event say it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{ClientError, Inner};
use crate::openadr::version::Version;
use crate::openadr::wire::{Event, Report};

const PROGRAM_ID: &str = "programID";
/// So many events are remembered, then all are forgotten: each costs one request to learn again.
const MOST: usize = 4096;

/// The program of each event that was reported on, by event id.
#[derive(Debug, Default)]
pub(super) struct EventPrograms(Mutex<BTreeMap<String, String>>);

impl EventPrograms {
    fn of(&self, event_id: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(event_id).cloned()
    }

    fn learn(&self, event_id: &str, program_id: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(event_id.to_owned(), program_id.to_owned());
    }
}

impl Inner {
    /// A report as the VTN wants it filed. Where the event is gone, the VTN is left to say so.
    pub async fn filed<'a>(&self, report: &'a Report) -> Result<Cow<'a, Report>, ClientError> {
        if self.version().await? == Version::V3_1 || report.extra.contains_key(PROGRAM_ID) {
            return Ok(Cow::Borrowed(report));
        }
        let event_id = &report.event_id;
        let program_id = match self.event_programs.of(event_id) {
            Some(known) => Some(known),
            None => {
                let event: Option<Event> = self.get(event_id).await?;
                event.map(|event| event.program_id)
            }
        };
        let mut report = report.clone();
        if let Some(program_id) = program_id {
            self.event_programs.learn(event_id, &program_id);
            report.extra.insert(PROGRAM_ID.to_owned(), program_id.into());
        }
        Ok(Cow::Owned(report))
    }
}
