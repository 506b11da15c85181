//! A scenario goes into its file, on a thread of its own: no frame waits for the dialog or the disk.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::{fs, thread};

use crate::console::dialog::{self, Choice, DialogFault};
use crate::console::saving::write_whole;
use crate::workshop::editing::{Parcel, ScenarioEdit};

/// Asks a person where to write a file of this suggested name, in this folder where one is known. Called in the window's own
/// thread, as some systems want it; waited for in another.
type Ask = Box<dyn Fn(&str, Option<&Path>) -> Choice>;

/// What stands in a file now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub path: PathBuf,
    pub text: String,
    /// How the scenario names its fleet from there, where that is not as before.
    pub fleet: Option<String>,
}

/// One file at a time.
pub(super) struct Keeping {
    ask: Ask,
    under_way: Option<Receiver<Option<Result<Kept, String>>>>,
}

impl Default for Keeping {
    fn default() -> Self {
        Self::asking(Box::new(|name, folder| {
            let dialog = rfd::AsyncFileDialog::new()
                .set_title("Save the scenario")
                .set_file_name(name)
                .add_filter("TOML", &["toml"]);
            let dialog = match folder {
                Some(folder) => dialog.set_directory(folder),
                None => dialog,
            };
            let dialog = dialog.save_file();
            Box::pin(async move { dialog.await.map(|file| file.path().to_owned()) })
        }))
    }
}

impl Keeping {
    /// With another way to ask.
    pub fn asking(ask: Ask) -> Self {
        Self { ask, under_way: None }
    }

    /// Whether a file is on its way.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Writes it into its own file, or asks for one where it has none or `elsewhere` is wanted.
    pub fn begin(&mut self, ctx: &egui::Context, edit: &ScenarioEdit, elsewhere: bool) {
        let parcel = edit.parcel();
        let own = parcel.own_file().filter(|_| !elsewhere).map(Path::to_path_buf);
        let choice = match &own {
            Some(_) => None,
            None => Some((self.ask)(&edit.file_name(), parcel.own_file().and_then(Path::parent))),
        };
        let (tell, told) = channel();
        let ctx = ctx.clone();
        let work = move || {
            let kept = match (own, choice) {
                (Some(path), _) => Some(keep_own(&parcel, path)),
                (None, Some(choice)) => chosen(choice).map(|path| path.and_then(|path| keep(&parcel, path))),
                (None, None) => None,
            };
            // The window may be gone by now; nobody is left to tell then.
            tell.send(kept).ok();
            ctx.request_repaint();
        };
        match thread::Builder::new().name("scenario".to_owned()).spawn(work) {
            Ok(_) => self.under_way = Some(told),
            Err(fault) => {
                let (tell, told) = channel();
                tell.send(Some(Err(format!("Saving could not be started ({fault}): try again.")))).ok();
                self.under_way = Some(told);
            }
        }
    }

    /// What came of it, once.
    pub fn settled(&mut self) -> Option<Result<Kept, String>> {
        let answer = match self.under_way.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(answer) => answer,
            Err(TryRecvError::Disconnected) => Some(Err("Saving broke off: save again.".to_owned())),
        };
        self.under_way = None;
        answer
    }
}

/// Where a person wants it; `None` when they broke it off.
fn chosen(choice: Choice) -> Option<Result<PathBuf, String>> {
    match dialog::wait(choice) {
        Ok(None) => None,
        Ok(Some(path)) if path.extension().is_none() => Some(Ok(path.with_extension("toml"))),
        Ok(Some(path)) => Some(Ok(path)),
        Err(DialogFault::None) => Some(Err(NO_DIALOG.to_owned())),
        Err(DialogFault::NotOpened(fault)) => {
            Some(Err(format!("The file dialog could not be opened ({fault}): save again.")))
        }
    }
}

const NO_DIALOG: &str = "No file dialog could be opened, so nothing was saved: install xdg-desktop-portal or zenity, and \
                         save again.";

/// Not where somebody else has written meanwhile.
fn keep_own(parcel: &Parcel, path: PathBuf) -> Result<Kept, String> {
    let there = fs::read_to_string(&path).ok();
    if there.as_deref().is_some_and(|there| Some(there) != parcel.saved()) {
        return Err(format!(
            "{} was changed by something else since it was opened here, and was left as it is: save under another name.",
            path.display()
        ));
    }
    keep(parcel, path)
}

fn keep(parcel: &Parcel, path: PathBuf) -> Result<Kept, String> {
    let failed = |path: &Path, why: &str| {
        format!("The scenario was not saved to {} ({why}): choose another place.", path.display())
    };
    let sent = parcel.for_file(&path).map_err(|why| failed(&path, &why))?;
    if let Some((fleet, text)) = &sent.beside {
        write_whole(fleet, text.as_bytes()).map_err(|fault| failed(fleet, &fault.to_string()))?;
    }
    write_whole(&path, sent.text.as_bytes()).map_err(|fault| failed(&path, &fault.to_string()))?;
    Ok(Kept { path, text: sent.text, fleet: sent.fleet })
}
