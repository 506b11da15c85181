//! Which session the window shows, and how another one is opened while it runs: on a thread of its own, by an opener outside the
//! window. What was open stays as it was until the new one is there.

mod asked;
mod front;
mod leaving;
mod opening;
mod person;
mod picking;
#[cfg(test)]
mod tests;
mod window;

pub use person::{Person, Prospect, SecretWanted};
pub use window::ConsoleWindow;

use std::path::PathBuf;

use super::ConsoleParts;
use crate::workshop::library::ScenarioPlace;

/// A session that a person can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChoice {
    /// This program's own VTN and simulated fleet, in real time.
    Sandbox,
    /// The VTN that a connection file names.
    Connection(PathBuf),
    /// A scenario on a clock that the person sets; every time anew.
    Workshop(ScenarioPlace),
    /// A recorded session, gone through again.
    Recording(PathBuf),
    /// The same, with another one laid over it.
    Comparison(PathBuf, PathBuf),
    /// A workshop whose trainer sits elsewhere, by the folder that they handed over.
    Trainee(PathBuf),
}

impl SessionChoice {
    /// Whether a second one can be open while the first still is.
    pub fn is_new_each_time(&self) -> bool {
        matches!(self, Self::Workshop(_))
    }

    /// Why no training clock runs in it, where that is so; in sentences.
    pub fn only_real_time(&self) -> Option<&'static str> {
        match self {
            Self::Workshop(_) | Self::Recording(_) | Self::Comparison(..) | Self::Trainee(_) => None,
            Self::Sandbox => {
                Some("The sandbox goes by real time, so that FSPs of other programs can be part of it.")
            }
            Self::Connection(_) => Some(
                "This session goes by real time and cannot be paused or hurried: its VTN and its FSPs are not run here, and \
                 would not go along. Times at a clock of our own would mislead them.",
            ),
        }
    }

    /// As [`SessionChoice::words`] in front of a trainee, who is not to read what a workshop is about.
    pub fn words_before(&self, a_trainee: bool) -> String {
        match self {
            Self::Workshop(_) if a_trainee => "another workshop".to_owned(),
            _ => self.words(),
        }
    }

    /// For people, within a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Sandbox => "the sandbox".to_owned(),
            Self::Connection(path) => format!("the connection {}", path.display()),
            Self::Workshop(place) => format!("the workshop {}", place.words()),
            Self::Recording(path) => format!("the recording {}", path.display()),
            Self::Comparison(first, second) => {
                format!("the recordings {} and {}", first.display(), second.display())
            }
            Self::Trainee(folder) => format!("the trainer's workshop by {}", folder.display()),
        }
    }
}

/// What a person wants to have opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This one.
    Session(SessionChoice),
    /// A connection whose file they will pick.
    Connection,
}

/// Opens sessions. It lives outside the window, with all that a session runs on.
pub trait SessionOpener: Send + Sync {
    /// Opens one. Called on a thread of its own: it may take its time, and ask the person.
    ///
    /// A session ends when the parts' `keep` is dropped, after what it is sending; the same session may be asked for again
    /// before that is over.
    ///
    /// # Errors
    /// What is wrong and what would be right, in sentences for a person.
    fn open(&self, choice: &SessionChoice, person: &Person) -> Result<ConsoleParts, String>;
}
