//! Asking a person for a place on the disk: the system's dialog is waited for on a thread, never in a frame.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use futures::FutureExt as _;

/// A place, once a person has said; `None` when they broke it off.
pub type Choice = Pin<Box<dyn Future<Output = Option<PathBuf>> + Send>>;

/// No person breaks a dialog off faster: it was never shown.
pub const NEVER_SHOWN: Duration = Duration::from_millis(150);

/// Why there was no dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialogFault {
    /// The system has none.
    None,
    /// It could not be waited for; why.
    NotOpened(String),
}

impl DialogFault {
    /// What to do where a field takes the path as well.
    pub fn beside_a_field(&self) -> String {
        match self {
            Self::None => {
                let install = "install xdg-desktop-portal or zenity, or write the path into the field";
                format!("No file dialog could be opened: {install}.")
            }
            Self::NotOpened(fault) => {
                format!("The file dialog could not be opened ({fault}): write the path into the field.")
            }
        }
    }

    /// What to do where there is no other way.
    pub fn alone(&self) -> String {
        match self {
            Self::None => {
                let install = "install xdg-desktop-portal or zenity, and try again";
                format!("No file dialog could be opened: {install}.")
            }
            Self::NotOpened(fault) => format!("The file dialog could not be opened ({fault}): try again."),
        }
    }
}

/// Waits for a person's choice; `None` when they broke it off. Not to be called in a frame.
///
/// # Errors
/// When there was no dialog.
pub fn wait(choice: Choice) -> Answer {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let chosen = runtime.map_err(|fault| DialogFault::NotOpened(fault.to_string()))?.block_on(choice);
    match chosen {
        None if began.elapsed() < NEVER_SHOWN => Err(DialogFault::None),
        chosen => Ok(chosen),
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A folder, with this title.
    Folder(&'static str),
    /// A TOML file, with this title.
    Toml(&'static str),
    /// A CSV file, with this title.
    Csv(&'static str),
    /// A recording of a session, with this title.
    Recording(&'static str),
}

/// What came of a question.
type Answer = Result<Option<PathBuf>, DialogFault>;

/// Asks a person. Called in the window's own thread, as some systems want it; waited for in another.
type Ask = Box<dyn Fn(Wanted) -> Choice>;

/// One question at a time, each for a field of the one who asks.
pub struct Choosing<F> {
    ask: Ask,
    under_way: Option<(F, Receiver<Answer>)>,
}

impl<F: Clone> Default for Choosing<F> {
    fn default() -> Self {
        Self::asking(Box::new(|wanted| {
            let dialog = rfd::AsyncFileDialog::new();
            let path = |file: rfd::FileHandle| file.path().to_owned();
            let file = |dialog: rfd::AsyncFileDialog| -> Choice {
                Box::pin(dialog.pick_file().map(move |f| f.map(path)))
            };
            match wanted {
                Wanted::Folder(title) => {
                    Box::pin(dialog.set_title(title).pick_folder().map(move |f| f.map(path)))
                }
                Wanted::Toml(title) => file(dialog.set_title(title).add_filter("TOML", &["toml"])),
                Wanted::Csv(title) => file(dialog.set_title(title).add_filter("CSV", &["csv"])),
                Wanted::Recording(title) => {
                    file(dialog.set_title(title).add_filter("Recording", &["recording"]))
                }
            }
        }))
    }
}

impl<F: Clone> Choosing<F> {
    /// With another way to ask.
    pub fn asking(ask: Ask) -> Self {
        Self { ask, under_way: None }
    }

    /// Asks, unless a question is open.
    pub fn begin(&mut self, ctx: &egui::Context, field: F, wanted: Wanted) {
        if self.under_way.is_some() {
            return;
        }
        let (tell, told) = channel();
        let choice = (self.ask)(wanted);
        let waker = ctx.clone();
        let work = {
            let tell = tell.clone();
            move || {
                // The window may be gone by now; nobody is left to tell then.
                tell.send(wait(choice)).ok();
                waker.request_repaint();
            }
        };
        if let Err(fault) = thread::Builder::new().name("dialog".to_owned()).spawn(work) {
            tell.send(Err(DialogFault::NotOpened(fault.to_string()))).ok();
        }
        self.under_way = Some((field, told));
    }

    /// What was chosen for which field, once; why not, when there was no dialog.
    pub fn settled(&mut self) -> Option<(F, Result<PathBuf, DialogFault>)> {
        let (field, told) = self.under_way.as_ref()?;
        let field = field.clone();
        let answer = match told.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(answer) => answer,
            Err(TryRecvError::Disconnected) => Ok(None),
        };
        self.under_way = None;
        match answer {
            Ok(chosen) => chosen.map(|path| (field, Ok(path))),
            Err(fault) => Some((field, Err(fault))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(choosing: &mut Choosing<u8>) -> Option<(u8, Result<PathBuf, DialogFault>)> {
        while choosing.under_way.is_some() {
            if let Some(settled) = choosing.settled() {
                return Some(settled);
            }
            thread::yield_now();
        }
        None
    }

    #[test]
    fn what_is_chosen_goes_to_the_field_that_asked_and_no_dialog_says_what_to_do() {
        let ctx = egui::Context::default();
        let mut choosing =
            Choosing::asking(Box::new(|_| Box::pin(std::future::ready(Some("/there".into())))));
        choosing.begin(&ctx, 7, Wanted::Folder("Where to"));
        choosing.begin(&ctx, 8, Wanted::Folder("Where to"));
        assert_eq!(settled(&mut choosing), Some((7, Ok("/there".into()))), "one question at a time");

        let mut none = Choosing::asking(Box::new(|_| Box::pin(std::future::ready(None))));
        none.begin(&ctx, 1, Wanted::Toml("Which"));
        let (_, fault) = settled(&mut none).unwrap();
        let fault = fault.unwrap_err();
        assert!(fault.beside_a_field().contains("write the path into the field"));
        assert!(!fault.alone().contains("field") && fault.alone().contains("zenity"));

        let mut broken_off = Choosing::asking(Box::new(|_| {
            Box::pin(async {
                tokio::time::sleep(NEVER_SHOWN + Duration::from_millis(50)).await;
                None
            })
        }));
        broken_off.begin(&ctx, 1, Wanted::Toml("Which"));
        assert_eq!(settled(&mut broken_off), None);
    }
}
