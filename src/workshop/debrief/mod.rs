//! The debrief: a workshop, or any scenario that was played, as one page that needs nothing beside itself. It works without a
//! network, prints, and shows what was to happen beside what did: time line, marks with their evidence, dispatches, read-backs,
//! curves, alarms, and everything that the journal says was done.

mod page;
#[cfg(test)]
mod tests;
mod timeline;

use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::snapshot::Snapshot;
use crate::journal::Recorded;

use super::marking::Marking;
use super::report;
use super::scenario::Scenario;

/// The page's file.
pub const PAGE: &str = "debrief.html";
/// The readings' file beside it.
pub const READINGS: &str = "readings.csv";

/// What a debrief is of.
pub struct Debrief<'a> {
    /// What was played.
    pub scenario: &'a Scenario,
    /// What the desk showed at the end.
    pub snapshot: &'a Snapshot,
    /// All that the desk's journal says, oldest first.
    pub entries: &'a [Recorded],
    /// The marks, where the scenario is a workshop.
    pub marking: Option<&'a Marking>,
}

impl Debrief<'_> {
    /// The page.
    pub fn html(&self) -> String {
        page::written(self)
    }

    /// Writes [`PAGE`] and [`READINGS`] into a folder, which is made when it is not there. Answers where the page is.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let page = folder.join(PAGE);
        fs::write(&page, self.html())?;
        fs::write(folder.join(READINGS), report::csv(self.snapshot))?;
        Ok(page)
    }
}
