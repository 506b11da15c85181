//! What whoever opens a session may ask of the person at the window. Each call waits for the answer on the opener's own thread.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use super::opening::{News, Question};
use crate::desk::snapshot::Mode;
use crate::openadr::secret::Secret;

/// The person at the window.
#[derive(Clone)]
pub struct Person {
    tell: Sender<News>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// A secret that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretWanted {
    /// `Passphrase` or `PIN`.
    pub word: &'static str,
    /// What it opens: `desk.sealed.toml`, `token control-room`.
    pub opens: String,
    /// Why what was given before does not do.
    pub before: Option<String>,
}

/// What will be opened, for a person to agree to before anything of it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prospect {
    /// What it may touch.
    pub mode: Mode,
    /// Its name, for people.
    pub name: String,
    /// The operators that it signs for, each with its name.
    pub operators: Vec<String>,
    /// Base URL.
    pub vtn: String,
    /// What keeps others from reading along and from answering in the VTN's place, in words.
    pub secured: String,
}

impl Person {
    /// The one who hears what is told there; `wake` has the window look.
    pub(super) fn new(tell: Sender<News>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { tell, wake }
    }

    /// Asks for a secret; `None` when the person breaks it off, which ends the opening.
    pub fn secret(&self, wanted: SecretWanted) -> Option<Secret> {
        self.ask(|answer| Question::Secret(wanted, answer))
    }

    /// Whether they agree to what will be opened.
    pub fn agrees(&self, to: Prospect) -> bool {
        self.ask(|answer| Question::Agreement(to, answer)).is_some()
    }

    fn ask<T>(&self, question: impl FnOnce(Sender<T>) -> Question) -> Option<T> {
        let (answer, answered) = channel();
        self.tell.send(News::Asks(question(answer))).ok()?;
        (self.wake)();
        answered.recv().ok()
    }
}
