//! Page 4: who answers for it, and what lets it in.

use egui::Ui;

use super::form::{AUTHORITY, FOLDER, Form};
use super::rows::{Row, beside, weak};
use crate::console::theme::Tokens;
use crate::workshop::enrolment::Places;

/// A folder that is to be chosen with the system's dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// The one to hand over.
    HandOver,
    /// The authority's.
    Authority,
}

/// Draws it; answers which folder a person wants to choose.
pub fn ui(ui: &mut Ui, tokens: &Tokens, form: &mut Form, places: &Places) -> Option<Folder> {
    weak(
        ui,
        tokens,
        "Its client gets a secret of its own and its acknowledgements a signing key. With these it reads and answers for its own \
         units alone.",
    );
    let mut wanted = None;
    beside(ui, tokens, "Who answers", |ui| {
        let is_here = &mut form.typed.is_here;
        ui.radio_value(is_here, true, "This sandbox's simulated fleet")
            .on_hover_text("its units deliver by their declared physics, and answer within seconds");
        ui.radio_value(is_here, false, "A client of its own, from a folder to hand over");
    });
    if form.typed.is_here {
        return None;
    }
    beside(ui, tokens, "", |ui| {
        weak(
            ui,
            tokens,
            &format!(
                "The folder names the VTN's address, {}: a client on this machine reaches it, for as long as this console \
                 is open.",
                places.vtn
            ),
        );
    });
    let usual = form.folder(places).display().to_string();
    let chooses =
        folder(ui, tokens, form, FOLDER, "Folder to hand over", &usual, |form| &mut form.typed.folder);
    wanted = wanted.or(chooses.then_some(Folder::HandOver));
    beside(ui, tokens, "Client certificate", |ui| {
        ui.checkbox(&mut form.typed.wants_certificate, "Make one that names it")
            .on_hover_text("for a VTN that asks its clients for one; this sandbox listens on this machine alone and does not");
    });
    if form.typed.wants_certificate {
        let usual = form.authority(places).display().to_string();
        let chooses = folder(ui, tokens, form, AUTHORITY, "Signed by the authority in", &usual, |form| {
            &mut form.typed.authority
        });
        wanted = wanted.or(chooses.then_some(Folder::Authority));
    }
    wanted
}

fn folder(
    ui: &mut Ui,
    tokens: &Tokens,
    form: &mut Form,
    field: &str,
    label: &str,
    usual: &str,
    text: fn(&mut Form) -> &mut String,
) -> bool {
    let row = Row { field, label, name: label.to_owned(), width: 420.0, hint: usual, number: false };
    row.show(ui, tokens, form, text);
    beside(ui, tokens, "", |ui| {
        let name = format!("Choose: {label}");
        ui.button("Choose …").accessible_name(name).clicked()
    })
}
