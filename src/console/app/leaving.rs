//! Leaving a session for another: what stands unfinished in it, when it can be left, and what is taken along.

use std::path::PathBuf;

use super::App;
use crate::console::session::{SessionChoice, Wanted};
use crate::console::settings::Settings;
use crate::console::theme::Tokens;
use crate::workshop::timekeeper::Standing;

impl App {
    /// Which session this is.
    pub fn session(&self) -> &SessionChoice {
        &self.session
    }

    /// Whether its engine runs.
    pub(in crate::console) fn is_running(&self) -> bool {
        self.desk.is_running()
    }

    /// Colours and sizes.
    pub(in crate::console) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The session that the person wants to have opened, once.
    pub(in crate::console) fn wanted(&mut self) -> Option<Wanted> {
        self.wanted.take()
    }

    /// Whether a question lies over all of it from now on.
    pub(in crate::console) fn cover(&mut self, is_covered: bool) {
        self.is_covered = is_covered;
    }

    /// Tells what went wrong, until it is read.
    pub(in crate::console) fn warn(&mut self, text: String) {
        self.toasts.fail(text);
    }

    /// What would be left unfinished, a sentence each.
    pub(in crate::console) fn unfinished(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut drafts = 0;
        self.with_compose(|compose, view| drafts = compose.to_keep(view).count());
        if drafts > 0 {
            let what = match drafts {
                1 => "1 draft in Compose is not sent".to_owned(),
                many => format!("{many} drafts in Compose are not sent"),
            };
            lines.push(match self.drafts.is_some() {
                true => format!(
                    "{what}. What is drawn up is kept, and is there when this session is opened again."
                ),
                false => format!("{what}, and will be lost."),
            });
        }
        lines.extend(self.workspaces.workshop.unsaved());
        if let Some(workshop) = &self.workshop {
            if workshop.control().pace().standing != Standing::Ended {
                let kept = match workshop.folder() {
                    Some(folder) => format!(" Its record is kept in {}.", folder.display()),
                    None => String::new(),
                };
                lines.push(format!(
                    "The workshop is not at its end; this run of it is over when you leave.{kept}"
                ));
            }
            return lines;
        }
        let open = self.snapshot.dispatches.iter().filter(|dispatch| dispatch.is_open()).count();
        if open > 0 {
            let (what, it) = match open {
                1 => ("1 dispatch is under way".to_owned(), "it"),
                many => (format!("{many} dispatches are under way"), "them"),
            };
            lines.push(format!(
                "{what}. Nobody follows {it} here, and no alarm tells of {it}, until this session is opened again."
            ));
        }
        lines
    }

    /// Whether nothing waits: neither a command for its outcome nor a question for its answer.
    pub(in crate::console) fn can_be_left(&self) -> bool {
        let is_waiting = self.toasts.is_waiting() && self.is_running();
        !is_waiting && self.topic_in_front().is_none()
    }

    /// The connections that were opened last, the latest first.
    pub(in crate::console) fn connections(&self) -> &[PathBuf] {
        &self.settings.connections
    }

    /// Leaves it: the person's settings, and what went wrong here and was not read yet.
    pub(in crate::console) fn leave(mut self) -> (Settings, Vec<String>) {
        let session = self.session.words();
        let unread = self.toasts.unread().map(|text| format!("In {session}: {text}")).collect();
        self.settings.forget_selection();
        (self.settings, unread)
    }
}
