//! Drafts on the disk: written a moment after each change, on a thread of its own, so that a crash loses nothing of what was
//! drawn up and no frame waits for the disk.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use super::compose::KeptDrafts;

/// The file's name in a session's folder.
pub const DRAFTS: &str = "drafts.json";
/// Where the drafts of a session are kept whose journal is this file.
pub fn beside_journal(journal: &Path) -> PathBuf {
    journal.with_extension(DRAFTS)
}

/// So many files that could not be read are set aside beside each other.
const MOST_SET_ASIDE: u32 = 1_000;

/// The file of one session's drafts.
pub struct DraftFile {
    path: PathBuf,
    kept: KeptDrafts,
    texts: Option<Sender<String>>,
    faults: Receiver<io::Error>,
    thread: Option<JoinHandle<()>>,
    /// A fault was told, and nothing has been written since.
    is_told: bool,
}

impl DraftFile {
    /// Opens the file, and takes out what an earlier session left in it. A file that cannot be read as drafts is set aside
    /// under another name, and the second answer says so.
    ///
    /// # Errors
    /// When drafts cannot be kept in this file at all, in sentences.
    pub fn open(path: PathBuf) -> Result<(Self, Option<String>), String> {
        let (kept, note) = match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(kept) => (kept, None),
                Err(fault) => (KeptDrafts::default(), Some(set_aside(&path, &fault)?)),
            },
            Err(fault) if fault.kind() == ErrorKind::NotFound => (KeptDrafts::default(), None),
            Err(fault) => {
                return Err(format!(
                    "Drafts are not kept in this session: {} cannot be read ({fault}). What is in it is left as it is.",
                    path.display()
                ));
            }
        };
        let (texts, to_write) = channel::<String>();
        let (tell, faults) = channel();
        let place = path.clone();
        let work = move || write_each(&place, &to_write, &tell);
        let thread = thread::Builder::new().name("drafts".to_owned()).spawn(work);
        let thread = thread.map_err(|fault| {
            format!("Drafts are not kept in this session: the system gives no thread for it ({fault}).")
        })?;
        Ok((Self { path, kept, texts: Some(texts), faults, thread: Some(thread), is_told: false }, note))
    }

    /// What it holds, or will hold in a moment.
    pub fn kept(&self) -> &KeptDrafts {
        &self.kept
    }

    /// Keeps these from now on.
    pub fn keep(&mut self, drafts: KeptDrafts) {
        if drafts == self.kept {
            return;
        }
        self.kept = drafts;
        // Drafts are texts and numbers: they can be written.
        let Ok(text) = serde_json::to_string_pretty(&self.kept) else { return };
        if let Some(texts) = &self.texts {
            // An error means that the thread has ended; what it met is among the faults.
            let _ = texts.send(text);
        }
    }

    /// Why drafts could not be written, once until they can be again.
    pub fn fault(&mut self) -> Option<String> {
        let fault = self.faults.try_iter().last()?;
        if std::mem::replace(&mut self.is_told, true) {
            return None;
        }
        let next = match fault.kind() {
            ErrorKind::StorageFull => "make room on that disk",
            ErrorKind::PermissionDenied => "see that its folder can be written to",
            _ => "look at that folder",
        };
        Some(format!(
            "Drafts are not kept over a crash at present: {} cannot be written ({fault}); {next}. Each change is tried anew.",
            self.path.display()
        ))
    }
}

impl Drop for DraftFile {
    /// Waits until the last change is written.
    fn drop(&mut self) {
        self.texts = None;
        if let Some(thread) = self.thread.take() {
            // It has said what went wrong, if anything did.
            let _ = thread.join();
        }
    }
}

/// Writes what comes; of several that wait, the last.
fn write_each(path: &Path, texts: &Receiver<String>, tell: &Sender<io::Error>) {
    while let Ok(first) = texts.recv() {
        let text = texts.try_iter().last().unwrap_or(first);
        if let Err(fault) = write(path, &text) {
            // Nobody is left to tell when the window is gone.
            let _ = tell.send(fault);
        }
    }
}

/// The whole of it or, after a crash in the middle, what was there before.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("json.new");
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Gives a file that is none of drafts another name, and says so.
fn set_aside(path: &Path, fault: &serde_json::Error) -> Result<String, String> {
    let named = |number: u32| path.with_extension(format!("unreadable-{number}.json"));
    let free = (1..=MOST_SET_ASIDE).map(named).find(|name| !name.exists());
    let place = path.display();
    let Some(free) = free else {
        return Err(format!(
            "Drafts are not kept in this session: {place} is not what Rampdesk wrote ({fault}), and {MOST_SET_ASIDE} such \
             files stand beside it. Clear them away."
        ));
    };
    fs::rename(path, &free).map_err(|reason| {
        format!(
            "Drafts are not kept in this session: {place} is not what Rampdesk wrote ({fault}) and cannot be renamed \
             ({reason}). Move it away."
        )
    })?;
    Ok(format!(
        "The drafts of the last session cannot be read: {place} is not what Rampdesk wrote ({fault}). It is kept as {}.",
        free.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::compose::testing::a_draft;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(DRAFTS);
        (folder, path)
    }

    #[test]
    fn what_was_kept_last_is_there_for_the_next_session() {
        let (_folder, path) = folder();
        let (mut file, note) = DraftFile::open(path.clone()).unwrap();
        assert_eq!((file.kept(), note), (&KeptDrafts::default(), None));
        for volume in ["1", "12", "120"] {
            file.keep(a_draft(volume));
        }
        drop(file);
        let (file, note) = DraftFile::open(path).unwrap();
        assert_eq!((file.kept(), note), (&a_draft("120"), None));
    }

    #[test]
    fn a_file_that_is_none_of_drafts_is_set_aside_and_never_lost() {
        let (_folder, path) = folder();
        for number in 1..=2 {
            fs::write(&path, format!("not drafts {number}")).unwrap();
            let (file, note) = DraftFile::open(path.clone()).unwrap();
            assert_eq!(file.kept(), &KeptDrafts::default());
            let aside = path.with_extension(format!("unreadable-{number}.json"));
            assert!(note.unwrap().contains(&aside.display().to_string()));
            assert_eq!(fs::read_to_string(aside).unwrap(), format!("not drafts {number}"));
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_once_and_no_draft_is_lost_on_the_screen() {
        let (folder, path) = folder();
        let (mut file, _) = DraftFile::open(path).unwrap();
        drop(folder);
        file.keep(a_draft("1"));
        let told = loop {
            if let Some(told) = file.fault() {
                break told;
            }
            thread::yield_now();
        };
        assert!(told.contains("cannot be written") && told.contains(DRAFTS), "{told}");
        file.keep(a_draft("2"));
        drop(file.texts.take());
        file.thread.take().unwrap().join().unwrap();
        assert_eq!(file.fault(), None, "the same again is no news");
        assert_eq!(file.kept(), &a_draft("2"));
    }

    #[test]
    fn what_cannot_be_read_at_all_is_left_alone() {
        let (_folder, path) = folder();
        fs::create_dir(&path).unwrap();
        let fault = DraftFile::open(path.clone()).err().unwrap();
        assert!(fault.contains("left as it is") && path.is_dir(), "{fault}");
    }
}
