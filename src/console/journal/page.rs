//! The entry in hand: all that is recorded of it, its place in the chain, and the signed document itself.

use egui::{Label, RichText, ScrollArea, TextEdit, TextStyle, Ui};
use serde_json::Value;

use crate::console::context::{Intent, View, Workspace};
use crate::console::messages::laid_out;
use crate::console::{widgets, words};
use crate::journal::{EntryKind, Recorded};

/// Draws it; whether it was closed. `close` is what the button says.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, recorded: &Recorded, close: &str) -> bool {
    let entry = &recorded.entry;
    let mut closed = false;
    ui.horizontal(|ui| {
        widgets::heading(ui, &format!("Entry {}", recorded.number));
        widgets::at_the_right(ui, |ui| closed = ui.button(close).clicked());
    });
    ScrollArea::vertical().id_salt(("entry", recorded.number)).auto_shrink([false, false]).show(ui, |ui| {
        let tokens = view.tokens;
        ui.add(Label::new(&entry.text).wrap());
        ui.add_space(tokens.gap);
        widgets::pair(ui, tokens, "Kind", format!("{}: {}", entry.kind, entry.kind.means()));
        widgets::pair(ui, tokens, "Time", words::utc(entry.at));
        widgets::pair(ui, tokens, "In London", words::london(entry.at));
        about(ui, view, recorded);
        ui.separator();
        widgets::heading(ui, "Place in the chain");
        hash(ui, view, "Hash", &recorded.hash);
        hash(ui, view, "Of the one before", &recorded.previous);
        if let Some(document) = &entry.document {
            ui.separator();
            signed(ui, view, entry.kind, document);
        }
    });
    closed
}

fn about(ui: &mut Ui, view: &mut View<'_>, recorded: &Recorded) {
    let (dispatch, unit) = (&recorded.entry.dispatch, &recorded.entry.unit);
    if let Some(key) = dispatch {
        widgets::pair(ui, view.tokens, "Dispatch", format!("{} of {}", key.dispatch_ref, key.operator));
    }
    if let Some(unit) = unit {
        widgets::pair(ui, view.tokens, "Unit", unit.to_string());
    }
    ui.horizontal_wrapped(|ui| {
        if let Some(key) = dispatch.as_ref().filter(|key| view.dispatch(key).is_some())
            && ui.button("Show on the Board").clicked()
        {
            view.selection.dispatch = Some(key.clone());
            view.ask(Intent::Show(Workspace::Board));
        }
        if let Some(unit) = unit.as_ref().filter(|unit| view.unit(unit).is_some())
            && ui.button("Show in Fleet").clicked()
        {
            view.selection.unit = Some(unit.clone());
            view.ask(Intent::Show(Workspace::Fleet));
        }
    });
}

fn hash(ui: &mut Ui, view: &View<'_>, name: &str, hash: &str) {
    ui.label(RichText::new(name).color(view.tokens.weak));
    ui.add(Label::new(RichText::new(hash).text_style(TextStyle::Monospace)).wrap());
}

/// The document as it was signed, laid out; copying gives it as it stands in the journal.
fn signed(ui: &mut Ui, view: &mut View<'_>, kind: EntryKind, document: &str) {
    ui.horizontal(|ui| {
        widgets::heading(ui, "The document");
        widgets::at_the_right(ui, |ui| {
            if ui.button("Copy").on_hover_text("as it stands in the journal, byte for byte").clicked() {
                ui.ctx().copy_text(document.to_owned());
                view.ask(Intent::Tell("The document is copied as it stands in the journal.".to_owned()));
            }
        });
    });
    let of_delivery = (kind == EntryKind::Delivery).then(|| by_members(document)).flatten();
    let text = of_delivery.unwrap_or_else(|| laid_out(document));
    ui.add(
        TextEdit::multiline(&mut text.as_str())
            .font(TextStyle::Monospace)
            .desired_width(f32::INFINITY)
            .desired_rows(1),
    )
    .accessible_name("The document");
}

/// What was delivered has a number for each minute: a line for each member of it, and not for each number.
fn by_members(document: &str) -> Option<String> {
    let whole: Value = serde_json::from_str(document).ok()?;
    let mut lines = Vec::new();
    for (name, value) in whole.as_object()? {
        match value.as_object() {
            None => lines.push(format!("{name}: {value}")),
            Some(members) => {
                lines.push(format!("{name}:"));
                lines.extend(members.iter().map(|(name, value)| format!("  {name}: {value}")));
            }
        }
    }
    Some(lines.join("\n"))
}
