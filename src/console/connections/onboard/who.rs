//! Page 1: the FSP.

use egui::Ui;

use super::form::Form;
use super::rows::{Row, weak};
use crate::console::theme::Tokens;

/// Draws it.
pub fn ui(ui: &mut Ui, tokens: &Tokens, form: &mut Form) {
    weak(
        ui,
        tokens,
        "Whom its operators dispatch from now on. The id is the name of its OAuth client and of its ven at the VTN too, and \
         stands in every message: it cannot be changed later.",
    );
    let row =
        |field, label, hint, width| Row { field, label, name: label.to_owned(), width, hint, number: false };
    row("fsp", "Id", "NEWFLEX", 200.0).show(ui, tokens, form, |form| &mut form.typed.draft.fsp);
    row("name", "Name, for people", "New Flex Ltd", 300.0)
        .show(ui, tokens, form, |form| &mut form.typed.draft.name);
    row("telephone", "Telephone of its control point", "0116 496 0100", 200.0).show(
        ui,
        tokens,
        form,
        |form| &mut form.typed.draft.telephone,
    );
}
