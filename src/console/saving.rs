//! Something goes into a file that a person chooses, on a thread of its own: no frame waits for the dialog or the disk.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use crate::console::dialog::{self, Choice, DialogFault};

/// Asks a person where to write a file of this suggested name. Called in the window's own thread, as some systems want
/// it; waited for in another.
type Ask = Box<dyn Fn(&str) -> Choice>;

/// One file at a time on its way to the disk.
pub struct Saving {
    ask: Ask,
    under_way: Option<Receiver<Option<Saved>>>,
}

/// What came of it, in a sentence: written, or why not and what to do.
pub type Saved = Result<String, String>;

impl Default for Saving {
    fn default() -> Self {
        Self::asking(Box::new(|name| {
            let format = format_of(name);
            let dialog = rfd::AsyncFileDialog::new()
                .set_title(format!("Export {format}"))
                .set_file_name(name)
                .add_filter(&format, &[format.to_lowercase()])
                .save_file();
            Box::pin(async move { dialog.await.map(|file| file.path().to_owned()) })
        }))
    }
}

impl Saving {
    /// With another way to ask.
    pub fn asking(ask: Ask) -> Self {
        Self { ask, under_way: None }
    }

    /// Whether a file is on its way.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Asks where a file is to go, makes what it holds and writes it there. What kind of file it is, its suggested name
    /// says; `content` says in a few words why it cannot be made.
    pub fn begin(
        &mut self,
        ctx: &egui::Context,
        name: &str,
        content: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static,
    ) {
        let (tell, told) = channel();
        let choice = (self.ask)(name);
        let (ctx, format) = (ctx.clone(), format_of(name));
        let work = move || {
            let saved = match dialog::wait(choice) {
                Ok(Some(path)) => Some(match content() {
                    Ok(content) => write(&path, &content, &format),
                    Err(fault) => {
                        Err(format!("The {format} was not made: {fault}. Show less time, and export again."))
                    }
                }),
                Ok(None) => None,
                Err(DialogFault::None) => Some(Err(NO_DIALOG.to_owned())),
                Err(DialogFault::NotOpened(fault)) => {
                    Some(Err(format!("The file dialog could not be opened ({fault}): export again.")))
                }
            };
            // The window may be gone by now; nobody is left to tell then.
            tell.send(saved).ok();
            ctx.request_repaint();
        };
        match thread::Builder::new().name("export".to_owned()).spawn(work) {
            Ok(_) => self.under_way = Some(told),
            Err(fault) => {
                let (tell, told) = channel();
                tell.send(Some(Err(format!("The export could not be started ({fault}): try again.")))).ok();
                self.under_way = Some(told);
            }
        }
    }

    /// What came of it, once.
    pub fn settled(&mut self) -> Option<Saved> {
        let answer = match self.under_way.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(answer) => answer,
            Err(TryRecvError::Disconnected) => Some(Err("The export broke off: export again.".to_owned())),
        };
        self.under_way = None;
        answer
    }
}

const NO_DIALOG: &str = "No file dialog could be opened, so nothing was written: install xdg-desktop-portal or zenity, \
                         and export again.";

/// `PNG` of `plot.png`.
fn format_of(name: &str) -> String {
    Path::new(name).extension().map_or_else(|| "file".to_owned(), |e| e.to_string_lossy().to_uppercase())
}

fn write(path: &Path, content: &[u8], format: &str) -> Saved {
    let place = path.display();
    match write_whole(path, content) {
        Ok(()) => Ok(format!("Written to {place}")),
        Err(fault) => {
            let next = match fault.kind() {
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    "choose a folder that you may write to, and export again"
                }
                ErrorKind::NotFound => "choose a folder that exists, and export again",
                ErrorKind::StorageFull => "make room on that disk or choose another, and export again",
                _ => "choose another place, and export again",
            };
            Err(format!("The {format} was not written to {place} ({fault}): {next}."))
        }
    }
}

/// The whole of it or, where that fails, what was there before.
pub(in crate::console) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = Path::new(&beside);
    let written = File::create(beside)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(beside, path));
    if written.is_err() {
        // It may never have been made.
        fs::remove_file(beside).ok();
    }
    written
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::console::dialog::NEVER_SHOWN;

    /// Waits for what comes of it, however long that takes.
    fn outcome(saving: &mut Saving) -> Option<Saved> {
        while saving.is_under_way() {
            if let Some(saved) = saving.settled() {
                return Some(saved);
            }
            thread::yield_now();
        }
        None
    }

    fn choosing(path: Option<PathBuf>) -> Saving {
        Saving::asking(Box::new(move |_| Box::pin(std::future::ready(path.clone()))))
    }

    #[test]
    fn a_file_that_was_chosen_holds_the_text_and_the_person_is_told_where() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut saving = choosing(Some(path.clone()));
        saving.begin(&egui::Context::default(), "a.csv", || Ok(b"x,y\r\n".to_vec()));
        assert_eq!(outcome(&mut saving), Some(Ok(format!("Written to {}", path.display()))));
        assert_eq!(fs::read(&path).unwrap(), b"x,y\r\n");
        assert!(!saving.is_under_way());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left beside it");
    }

    #[test]
    fn what_was_there_stays_until_all_of_the_new_is_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "before").unwrap();
        // What cannot be put beside it, because a folder stands there, does not touch it.
        fs::create_dir(folder.path().join("a.csv.part")).unwrap();
        assert!(write(&path, b"after", "CSV").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"before");
        fs::remove_dir(folder.path().join("a.csv.part")).unwrap();
        assert!(write(&path, b"after", "CSV").is_ok());
        assert_eq!(fs::read(&path).unwrap(), b"after");
    }

    #[test]
    fn what_cannot_be_made_is_said_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut saving = choosing(Some(folder.path().join("a.png")));
        saving.begin(&egui::Context::default(), "a.png", || Err("there is no memory for it".to_owned()));
        let fault = outcome(&mut saving).unwrap().unwrap_err();
        assert_eq!(
            fault,
            "The PNG was not made: there is no memory for it. Show less time, and export again."
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_cannot_be_written_says_where_why_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not there").join("a.csv");
        let mut saving = choosing(Some(path.clone()));
        saving.begin(&egui::Context::default(), "a.csv", || Ok(Vec::new()));
        let fault = outcome(&mut saving).unwrap().unwrap_err();
        assert!(fault.contains(&path.display().to_string()), "{fault}");
        assert!(fault.ends_with("choose a folder that exists, and export again."), "{fault}");
    }

    #[test]
    fn a_system_without_a_dialog_says_so_and_a_person_who_breaks_off_hears_nothing() {
        let mut saving = choosing(None);
        saving.begin(&egui::Context::default(), "a.csv", || Ok(Vec::new()));
        let fault = outcome(&mut saving).unwrap().unwrap_err();
        assert!(fault.contains("install xdg-desktop-portal or zenity"), "{fault}");
        let mut saving = Saving::asking(Box::new(|_| {
            Box::pin(async {
                tokio::time::sleep(NEVER_SHOWN + Duration::from_millis(50)).await;
                None
            })
        }));
        saving.begin(&egui::Context::default(), "a.csv", || Ok(Vec::new()));
        assert_eq!(outcome(&mut saving), None);
    }
}
