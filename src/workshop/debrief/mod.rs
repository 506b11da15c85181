//! The debrief: a workshop, or any scenario that was played, as one page that needs nothing beside itself. It works without a
//! network, prints, and shows what was to happen beside what did: time line, marks with their evidence, dispatches, read-backs,
//! curves, alarms, and everything that the journal says was done. It is signed, part by part.

mod curve;
mod dispatches;
mod marks;
mod page;
mod readings;
mod seal;
#[cfg(test)]
mod tests;
mod timeline;

pub use seal::{Judged, Signer, is_meant, judge};

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::desk::snapshot::Snapshot;
use crate::fleet::Switched;
use crate::journal::Recorded;
use crate::time::UtcTime;

use super::marking::{Followed, Word};
use super::rehearsal::Finding;
use super::scenario::Scenario;

/// The page's file.
pub const PAGE: &str = "debrief.html";
/// The readings' file beside it.
pub const READINGS: &str = "readings.csv";

/// What a debrief is of.
pub struct Debrief<'a> {
    /// What was played.
    pub scenario: &'a Scenario,
    /// What the desk showed last.
    pub snapshot: &'a Snapshot,
    /// All that the desk's journal says, oldest first.
    pub entries: &'a [Recorded],
    /// Until when: the scenario's end, or an instant before it.
    pub until: UtcTime,
    /// The marks, where the scenario is a workshop.
    pub marks: Option<&'a Followed>,
    /// What the trainer said of them, what was taken back as well.
    pub words: &'a [Word],
    /// What somebody switched by hand while it ran.
    pub injects: &'a [Switched],
    /// What the scenario expects of itself, where that was looked at.
    pub expected: &'a [Finding],
}

impl Debrief<'_> {
    /// Whether it is of a part of the scenario.
    fn is_so_far(&self) -> bool {
        self.until < self.scenario.run_for.after(self.scenario.start)
    }

    /// The page, under its signature.
    ///
    /// # Errors
    /// When the key does not sign, in words.
    pub fn html(&self, signer: &Signer) -> Result<String, String> {
        self.html_beside(signer, &readings::csv(self.snapshot))
    }

    fn html_beside(&self, signer: &Signer, readings: &str) -> Result<String, String> {
        let files = [(READINGS, readings.as_bytes())];
        seal::sealed(page::written(self), &files, (&self.scenario.name, self.until), signer)
    }

    /// Writes [`PAGE`] and [`READINGS`] into a folder, which is made when it is not there. Answers where the page is.
    ///
    /// # Errors
    /// When a file cannot be written, or the key does not sign.
    pub fn write(&self, folder: &Path, signer: &Signer) -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let readings = readings::csv(self.snapshot);
        let page = self.html_beside(signer, &readings).map_err(io::Error::other)?;
        whole(&folder.join(READINGS), &readings)?;
        whole(&folder.join(PAGE), &page)?;
        Ok(folder.join(PAGE))
    }
}

/// Writes a file whole, or leaves the one that was there.
fn whole(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}
