//! Journal: what was done, by whom and when, sought by time, unit, reference and kind; and whether its chain holds.

mod check;
mod filter;
mod finding;
mod page;
mod table;

#[cfg(test)]
mod tests;

use egui::{Label, RichText, TextEdit, Ui};

use super::context::{View, Workspace};
use super::fields::Field;
use super::pane;
use super::widgets;
use crate::journal::EntryKind;
use crate::time::UtcTime;
use check::Check;
use filter::{Filter, Unread};
use finding::Finding;

/// Below this width the entry in hand takes the place of the list.
const ROOMY: f32 = 760.0;

/// All kinds are seen at once, points.
const KINDS_TALL: f32 = 420.0;

/// The Journal workspace.
#[derive(Default)]
pub struct JournalView {
    filter: Filter,
    finding: Finding,
    check: Check,
    /// The number of the entry in hand.
    in_hand: Option<u64>,
    /// The row to bring into view, after the keyboard moved.
    reach: Option<usize>,
}

impl JournalView {
    /// Shows what it holds of a dispatch or a unit.
    pub fn show_of(&mut self, name: String) {
        self.filter = Filter { words: name, ..Filter::default() };
        self.in_hand = None;
    }

    /// Shows one entry, among those of the same seconds.
    pub fn show_entry(&mut self, number: u64, at: UtcTime) {
        self.filter = Filter::around(at);
        self.in_hand = Some(number);
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let query = self.filter.query(view.clock.now());
        if let Ok(query) = &query {
            self.finding.go_on(ui.ctx(), view.snapshot, query);
        }
        self.check.settle(view.clock.now());
        let roomy = ui.available_width() >= ROOMY;
        let entry = self.in_hand.and_then(|number| self.finding.row_of(number));
        if let Some(entry) = entry.and_then(|row| self.finding.rows().get(row)).cloned() {
            let closed = if roomy {
                let most = ui.available_width() * 0.6;
                let pane = pane::panel(ui, Workspace::Journal, "entry", 400.0, 300.0..=most);
                pane.show(ui, |ui| page::ui(ui, view, &entry, "Close")).inner
            } else {
                page::ui(ui, view, &entry, "Back to the list")
            };
            if closed {
                self.in_hand = None;
            }
            if !roomy {
                return;
            }
        }
        self.controls(ui, view, query.err().as_ref());
        self.list(ui, view);
    }

    fn controls(&mut self, ui: &mut Ui, view: &View<'_>, unread: Option<&Unread>) {
        ui.horizontal_wrapped(|ui| {
            let field = TextEdit::singleline(&mut self.filter.words)
                .hint_text(widgets::hint("Find"))
                .desired_width(170.0);
            ui.add(field).accessible_name("Find in the journal").on_hover_text(
                "reference, unit, FSP or words, in any case of letters; all of them must occur",
            );
            self.kinds(ui);
            self.times(ui, view, unread);
            if ui.add_enabled(!self.filter.is_empty(), egui::Button::new("Show all")).clicked() {
                self.filter = Filter::default();
            }
            ui.add(Label::new(RichText::new(self.count()).color(view.tokens.weak)).extend());
            if self.finding.has_older() {
                let older =
                    ui.add_enabled(!self.finding.is_searching(), egui::Button::new("Show older ones"));
                if older.on_hover_text("a thousand more, below those that are shown").clicked() {
                    self.finding.ask_older(ui.ctx(), view.snapshot);
                }
            }
        });
        if let Some(unread) = unread {
            widgets::marked(
                ui,
                (widgets::Outline::Cross, view.tokens.high, true),
                &unread.reason,
                &format!("{}: {}", if unread.is_from { "From" } else { "Until" }, unread.reason),
            );
        }
        ui.horizontal_wrapped(|ui| self.check.ui(ui, view));
    }

    fn kinds(&mut self, ui: &mut Ui) {
        egui::ComboBox::from_id_salt("kinds")
            .width(110.0)
            .height(KINDS_TALL)
            .selected_text(self.filter.kinds_in_words())
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .show_ui(ui, |ui| {
                for kind in EntryKind::ALL {
                    let mut ticked = self.filter.kinds.contains(&kind);
                    if ui.checkbox(&mut ticked, kind.word()).on_hover_text(kind.means()).changed() {
                        if ticked {
                            self.filter.kinds.insert(kind);
                        } else {
                            self.filter.kinds.remove(&kind);
                        }
                    }
                }
            })
            .response
            .accessible_name("Kinds");
    }

    fn times(&mut self, ui: &mut Ui, view: &View<'_>, unread: Option<&Unread>) {
        let wrong = |is_from| unread.is_some_and(|unread| unread.is_from == is_from);
        for (name, is_from) in [("From", true), ("Until", false)] {
            let entry = if is_from { &mut self.filter.from } else { &mut self.filter.until };
            ui.label(RichText::new(name).color(view.tokens.weak));
            let field = Field {
                id: egui::Id::unique(("journal", name)),
                name: format!("{name}, London time"),
                width: 126.0,
                hint: "e.g. 17:00",
                wrong: wrong(is_from),
                changed: false,
                number: false,
            };
            let shown = field.show(ui, view.tokens, &mut entry.text);
            if shown.on_hover_text("London time: 17:00, or 2026-11-26 17:00 for another day").changed() {
                entry.fold = None;
            }
        }
        if ui.button("Last hour").clicked() {
            self.filter.last_hour(view.clock.now());
        }
        if ui.button("Today").on_hover_text("from midnight in London").clicked() {
            self.filter.today();
        }
    }

    fn count(&self) -> String {
        let many = self.finding.rows().len();
        let more = if self.finding.has_older() { ", and older ones" } else { "" };
        let searching = if self.finding.is_searching() { ", searching …" } else { "" };
        let entries = if many == 1 { "entry" } else { "entries" };
        format!("{} {entries}{more}{searching}", widgets::count(many))
    }

    fn list(&mut self, ui: &mut Ui, view: &View<'_>) {
        if let Some(fault) = self.finding.fault() {
            let next =
                format!("{fault}. The desk goes on; its last entries are kept until the file can be read.");
            widgets::empty_state(ui, view.tokens, "The journal cannot be read", &next);
            ui.vertical_centered(|ui| {
                if ui.button("Try again").clicked() {
                    self.finding.try_again();
                }
            });
            return;
        }
        if self.finding.rows().is_empty() {
            if self.finding.is_searching() {
                ui.spinner();
                return;
            }
            let (what, next) = if self.filter.is_empty() {
                (
                    "Nothing is recorded yet",
                    "Commands, dispatches, acknowledgements and alarms are, as they happen.",
                )
            } else {
                ("No entry is like that", "Look for less, or show all.")
            };
            widgets::empty_state(ui, view.tokens, what, next);
            return;
        }
        if let Some(picked) = table::ui(ui, view, &self.finding, self.in_hand, &mut self.reach) {
            self.in_hand = Some(picked);
        }
    }
}
