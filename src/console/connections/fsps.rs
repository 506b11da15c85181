//! The FSPs: whether their clients live, whom to call, and with which keys their words are checked. Rows only for what
//! is visible.

use egui::{Align, Layout, RichText, ScrollArea, TextEdit, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use super::{body_height, weak};
use crate::console::context::{Intent, View};
use crate::console::{widgets, words};
use crate::desk::snapshot::{FspState, Snapshot};

const HEADS: [(&str, bool); 8] = [
    ("Client", false),
    ("FSP", false),
    ("Name", false),
    ("Last poll", true),
    ("Polls every", true),
    ("Control point", false),
    ("Keys pinned", false),
    ("", false),
];

/// The table and what is typed to find one in it.
#[derive(Default)]
pub struct FspTable {
    words: String,
    found: Vec<usize>,
    made_for: Option<(u64, String)>,
}

impl FspTable {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if view.snapshot.fsps.is_empty() {
            weak(
                ui,
                view,
                "No FSP is known. FSPs come from the fleet file that this session was started with.",
            );
            return;
        }
        ui.horizontal_wrapped(|ui| {
            let field = TextEdit::singleline(&mut self.words)
                .hint_text(widgets::hint("Find an FSP"))
                .desired_width(180.0);
            ui.add(field)
                .accessible_name("Find an FSP")
                .on_hover_text("id, name, telephone or state of its client");
            self.refresh(view.snapshot);
            if self.found.len() < view.snapshot.fsps.len() {
                let count = format!("{} found", widgets::count(self.found.len()));
                ui.label(RichText::new(count).color(view.tokens.weak));
            }
        });
        let row = view.tokens.row;
        let height = body_height(ui, row, self.found.len());
        ScrollArea::horizontal().id_salt("fsps").auto_shrink([false, true]).show(ui, |ui| {
            ui.set_min_width(820.0);
            widgets::pass_over_edges(ui, "fsps");
            TableBuilder::new(ui)
                .id_salt("fsps")
                .striped(true)
                .auto_shrink([false, true])
                .min_scrolled_height(height)
                .max_scroll_height(height)
                .cell_layout(Layout::left_to_right(Align::Center))
                .column(Column::exact(74.0))
                .column(Column::initial(120.0).at_least(60.0).resizable(true).clip(true))
                .column(Column::remainder().at_least(100.0).clip(true))
                .column(Column::exact(110.0))
                .column(Column::exact(80.0))
                .column(Column::exact(124.0))
                .column(Column::initial(136.0).at_least(60.0).resizable(true).clip(true))
                .column(Column::exact(84.0))
                .header(row, |mut row| widgets::heads(&mut row, view.tokens, &HEADS))
                .body(|body| {
                    body.rows(row, self.found.len(), |mut row| {
                        let place = self.found.get(row.index());
                        if let Some(fsp) = place.and_then(|place| view.snapshot.fsps.get(*place)) {
                            one(&mut row, view, fsp);
                        }
                    });
                });
        });
    }

    /// Looks anew when there is another snapshot or another query.
    fn refresh(&mut self, snapshot: &Snapshot) {
        let is_same =
            |(sequence, words): &(u64, String)| *sequence == snapshot.sequence && *words == self.words;
        if self.made_for.as_ref().is_some_and(is_same) {
            return;
        }
        let wanted = self.words.to_lowercase();
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        self.found = (0..snapshot.fsps.len())
            .filter(|place| snapshot.fsps.get(*place).is_some_and(|fsp| holds(fsp, &wanted)))
            .collect();
        self.made_for = Some((snapshot.sequence, self.words.clone()));
    }
}

fn holds(fsp: &FspState, wanted: &[&str]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let line = format!("{} {} {} {}", fsp.id, fsp.name, fsp.telephone, fsp.client.word()).to_lowercase();
    wanted.iter().all(|word| line.contains(word))
}

fn one(row: &mut TableRow<'_, '_>, view: &mut View<'_>, fsp: &FspState) {
    row.col(|ui| {
        widgets::lamp(ui, view.tokens, fsp.client, &format!("{} client", fsp.id));
    });
    row.col(|ui| {
        widgets::cell(ui, fsp.id.as_str()).on_hover_text(fsp.id.as_str());
    });
    row.col(|ui| {
        widgets::cell(ui, &fsp.name).on_hover_text(&fsp.name);
    });
    row.col(|ui| widgets::number(ui, words::ago(fsp.last_poll, view.clock.now())));
    row.col(|ui| widgets::number(ui, format!("{} s", fsp.poll_seconds)));
    row.col(|ui| {
        if fsp.telephone.is_empty() {
            widgets::cell(ui, RichText::new("no number").color(view.tokens.medium)).on_hover_text(
                "write it into the fleet file: without it nobody can be called when the link is lost",
            );
        } else {
            ui.add(egui::Label::new(&fsp.telephone).truncate());
        }
    });
    row.col(|ui| keys(ui, view, fsp));
    row.col(|ui| {
        let name = format!("Messages of {}", fsp.id);
        if ui.button("Messages").accessible_name(name).on_hover_text("every exchange of its client").clicked()
        {
            view.ask(Intent::MessagesOf(fsp.id.to_string()));
        }
    });
}

fn keys(ui: &mut Ui, view: &View<'_>, fsp: &FspState) {
    let keys: Vec<&str> = fsp.keys.keys().map(|k| k.key_id.as_str()).collect();
    if keys.is_empty() {
        widgets::cell(ui, RichText::new("none").color(view.tokens.medium)).on_hover_text(
            "none of its acknowledgements can be believed: pin its public key in the file of pinned keys",
        );
        return;
    }
    let validity: Vec<String> = fsp
        .keys
        .keys()
        .map(|key| match (key.valid_from, key.valid_until) {
            (None, None) => format!("{}: without an end", key.key_id),
            (Some(from), None) => format!("{}: from {}", key.key_id, words::utc(from)),
            (None, Some(until)) => format!("{}: until {}", key.key_id, words::utc(until)),
            (Some(from), Some(until)) => {
                format!("{}: from {} until {}", key.key_id, words::utc(from), words::utc(until))
            }
        })
        .collect();
    widgets::cell(ui, keys.join(", ")).on_hover_text(validity.join("\n"));
}
