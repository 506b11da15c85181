//! One system: its messages at the left, what becomes of each field at the right, and below how it would answer and what
//! this rests on.

use egui::{Label, Panel, RichText, ScrollArea, Ui};

use super::{Carried, fates};
use crate::console::context::View;
use crate::console::theme::Tokens;
use crate::console::widgets;
use crate::interop::Translation;

/// Below this height all of it is scrolled together.
const TALL: f32 = 330.0;

/// Draws it; from `wide` points on in two columns.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, carried: &mut Carried, wide: f32) {
    let tokens = view.tokens;
    head(ui, tokens, &carried.translation);
    let salt = carried.translation.system.id();
    if ui.available_width() < wide || ui.available_height() < TALL {
        ScrollArea::vertical().id_salt(("one", salt)).auto_shrink([false, false]).show(ui, |ui| {
            messages(ui, view, carried);
            ui.add_space(tokens.gap);
            widgets::heading(ui, "Fields");
            fates::ui(ui, tokens, &carried.translation.fields);
            foot(ui, tokens, &carried.translation);
        });
        return;
    }
    Panel::bottom("how it answers").resizable(false).show(ui, |ui| foot(ui, tokens, &carried.translation));
    let fields = Panel::right("fields").resizable(true).default_size(ui.available_width() * 0.52);
    fields.size_range(320.0..=ui.available_width() - 260.0).show(ui, |ui| {
        widgets::heading(ui, "Fields");
        ScrollArea::vertical()
            .id_salt(("fields", salt))
            .auto_shrink([false, false])
            .show(ui, |ui| fates::ui(ui, tokens, &carried.translation.fields));
    });
    ScrollArea::vertical()
        .id_salt(("messages", salt))
        .auto_shrink([false, false])
        .show(ui, |ui| messages(ui, view, carried));
}

fn head(ui: &mut Ui, tokens: &Tokens, translation: &Translation) {
    let system = translation.system;
    widgets::heading(ui, &format!("{}: {}", system.name(), translation.tally().words()));
    ui.add(Label::new(RichText::new(system.is()).color(tokens.weak)).wrap());
}

fn messages(ui: &mut Ui, view: &mut View<'_>, carried: &mut Carried) {
    let tokens = view.tokens;
    let translation = &carried.translation;
    if let Some(why) = &translation.nothing_sent {
        widgets::heading(ui, "Nothing is sent");
        ui.add(Label::new(why).wrap());
    }
    let many = translation.messages.len();
    for (index, (message, body)) in translation.messages.iter().zip(&mut carried.bodies).enumerate() {
        ui.push_id(index, |ui| {
            let title = format!("{} ({})", message.title, message.form.word());
            widgets::heading(ui, &title);
            body.ui(ui, view, &title);
            if index + 1 < many {
                ui.add_space(tokens.gap);
            }
        });
    }
    let unwritten = translation.messages_in_all - many;
    if unwritten > 0 {
        ui.add(Label::new(format!("And {} more like these.", widgets::count(unwritten))).wrap());
    }
    for (title, lines) in [("Supplied", &translation.supplied), ("To be known", &translation.remarks)] {
        if lines.is_empty() {
            continue;
        }
        ui.add_space(tokens.gap);
        let heading = widgets::heading(ui, title);
        if title == "Supplied" {
            heading.on_hover_text(
                "what these messages need and the dispatch does not hold, and what stands there",
            );
        }
        for line in lines {
            ui.add(Label::new(line).wrap());
        }
    }
}

fn foot(ui: &mut Ui, tokens: &Tokens, translation: &Translation) {
    let system = translation.system;
    let path = system.return_path();
    ui.add_space(2.0);
    widgets::pair(ui, tokens, "It answers", path.acknowledgement);
    widgets::pair(ui, tokens, "It reads back", path.reads_back);
    widgets::pair(ui, tokens, "Its heartbeat", path.poll);
    widgets::pair(
        ui,
        tokens,
        "Standing",
        format!("{}. {}", capital(system.standing().words()), system.source()),
    );
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
