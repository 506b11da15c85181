//! What a window under test can open, in the test's hands.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::console::session::Person;
use crate::console::{ConsoleParts, SessionChoice, SessionOpener};

/// How a session is opened: with the person to ask.
pub type Script = Box<dyn FnOnce(&Person) -> Result<ConsoleParts, String> + Send>;

/// An opener that does what the test says, once it says so.
pub struct Openings {
    scripts: Mutex<Receiver<Script>>,
    say: Sender<Script>,
    asked: Mutex<Vec<SessionChoice>>,
}

impl Default for Openings {
    fn default() -> Self {
        let (say, scripts) = channel();
        Self { scripts: Mutex::new(scripts), say, asked: Mutex::default() }
    }
}

impl Openings {
    /// What the next opening comes to; it waits until this is said.
    pub fn next(&self, script: impl FnOnce(&Person) -> Result<ConsoleParts, String> + Send + 'static) {
        self.say.send(Box::new(script)).unwrap();
    }

    /// The sessions that were asked for.
    pub fn asked(&self) -> Vec<SessionChoice> {
        self.asked.lock().unwrap().clone()
    }
}

impl SessionOpener for Openings {
    fn open(&self, choice: &SessionChoice, person: &Person) -> Result<ConsoleParts, String> {
        self.asked.lock().unwrap().push(choice.clone());
        let script = self.scripts.lock().unwrap().recv().map_err(|_| "the test is over".to_owned())?;
        script(person)
    }
}
