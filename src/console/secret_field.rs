//! A field in which nothing can be read, and of which no earlier text is remembered to be taken back to.

use egui::{Id, Response, TextEdit, Ui};
use zeroize::Zeroizing;

use crate::openadr::secret::Secret;

/// Room for a secret, so that it is never copied to a larger place while it is typed.
const ROOM: usize = 512;

/// What is being typed; wiped when it is taken or dropped.
pub struct SecretField {
    id: Id,
    typed: Zeroizing<String>,
}

impl SecretField {
    /// An empty one. No two of the same `id` may be on the screen.
    pub fn new(id: impl std::hash::Hash + std::fmt::Debug) -> Self {
        Self { id: Id::unique(("secret field", id)), typed: room() }
    }

    /// Draws it, named by a label.
    pub fn ui(&mut self, ui: &mut Ui, label: Id, width: f32) -> Response {
        let field = TextEdit::singleline(&mut *self.typed).id(self.id).password(true).desired_width(width);
        let response = ui.add(field).labelled_by(label);
        if let Some(mut state) = egui::text_edit::TextEditState::load(ui.ctx(), self.id) {
            state.clear_undoer();
            state.store(ui.ctx(), self.id);
        }
        response
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// What was typed; the field is empty from then on.
    pub fn take(&mut self) -> Secret {
        let typed = std::mem::replace(&mut self.typed, room());
        Secret::new(typed.as_str())
    }
}

fn room() -> Zeroizing<String> {
    Zeroizing::new(String::with_capacity(ROOM))
}
