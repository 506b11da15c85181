//! Messages: both sides of every HTTP exchange, secrets masked, and what each carries under a signature.

mod body;
mod carried;
mod curl;
mod difference;
mod filter;
mod lens;
mod list;
mod page;
mod pretty;
mod table;

#[cfg(test)]
mod tests;

pub use pretty::laid_out;

use egui::{ComboBox, Label, RichText, TextEdit, Ui};

use super::context::{View, Workspace};
use super::pane;
use super::widgets;
use crate::dispatch::SignedDispatch;
use filter::{Answers, Filter, Method};
use lens::Lens;
use list::List;
use page::{Page, Wish};

/// Below this width the exchange in hand takes the place of the list.
const ROOMY: f32 = 760.0;

/// The Messages workspace.
#[derive(Default)]
pub struct MessagesView {
    filter: Filter,
    list: List,
    is_paused: bool,
    page: Option<Page>,
    /// The row to bring into view, after the keyboard moved.
    reach: Option<usize>,
    /// A dispatch as other systems would carry it, in the place of the exchanges.
    lens: Option<Lens>,
}

impl MessagesView {
    /// Shows the exchanges of one client alone.
    pub fn show_client(&mut self, client: String) {
        self.filter = Filter { client: Some(client), ..Filter::default() };
        self.page = None;
        self.lens = None;
    }

    /// Shows a dispatch as other systems would carry it.
    pub fn show_in_other_systems(&mut self, view: &View<'_>, signed: &SignedDispatch) {
        self.lens = Some(Lens::on(view, signed));
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if !self.is_paused {
            self.list.take_in(view.exchanges);
        }
        if let Some(lens) = &mut self.lens {
            if lens.ui(ui, view) {
                self.lens = None;
            }
            return;
        }
        let roomy = ui.available_width() >= ROOMY;
        if let Some(page) = &mut self.page {
            let wish = if roomy {
                let most = ui.available_width() * 0.7;
                let pane = pane::panel(ui, Workspace::Messages, "exchange", 480.0, 300.0..=most);
                pane.show(ui, |ui| page.ui(ui, view, "Close")).inner
            } else {
                page.ui(ui, view, "Back to the list")
            };
            match wish {
                Wish::None => {}
                Wish::Close => self.page = None,
                Wish::OtherSystems(signed) => self.lens = Some(Lens::on(view, &signed)),
            }
        }
        if self.page.is_none() || roomy {
            self.controls(ui, view);
            self.list.use_filter(&self.filter);
            self.table(ui, view);
        }
    }

    fn controls(&mut self, ui: &mut Ui, view: &View<'_>) {
        ui.horizontal_wrapped(|ui| {
            let field = TextEdit::singleline(&mut self.filter.words)
                .hint_text(widgets::hint("Find"))
                .desired_width(150.0);
            ui.add(field).accessible_name("Find in messages").on_hover_text(
                "words of the table in any case of letters, or of the bodies as they stand there",
            );
            self.client(ui);
            ComboBox::from_id_salt("method")
                .width(84.0)
                .selected_text(self.filter.method.name())
                .show_ui(ui, |ui| {
                    for method in Method::ALL {
                        ui.selectable_value(&mut self.filter.method, method, method.name());
                    }
                })
                .response
                .accessible_name("Method");
            ComboBox::from_id_salt("answers")
                .width(84.0)
                .selected_text(self.filter.answers.name())
                .show_ui(ui, |ui| {
                    for answers in Answers::ALL {
                        ui.selectable_value(&mut self.filter.answers, answers, answers.name());
                    }
                })
                .response
                .accessible_name("Answers");
            ui.checkbox(&mut self.is_paused, "Pause").on_hover_text("stops the list, not the engine");
            if ui
                .button("Clear")
                .on_hover_text("empties this list; what comes from now on is shown")
                .clicked()
            {
                self.list.clear(view.exchanges);
                self.page = None;
            }
            ui.add(Label::new(RichText::new(self.count(view)).color(view.tokens.weak)).extend());
        });
    }

    fn client(&mut self, ui: &mut Ui) {
        let shown = self.filter.client.clone().unwrap_or_else(|| "Any client".to_owned());
        let list = &self.list;
        let chosen = &mut self.filter.client;
        ComboBox::from_id_salt("client")
            .width(110.0)
            .selected_text(shown)
            .show_ui(ui, |ui| {
                ui.selectable_value(chosen, None, "Any client");
                for client in list.clients() {
                    ui.selectable_value(chosen, Some(client.to_owned()), client);
                }
            })
            .response
            .accessible_name("Client");
    }

    fn count(&self, view: &View<'_>) -> String {
        let (shown, kept) = (self.list.len(), self.list.kept());
        let mut text = if shown == kept {
            format!("{} shown", widgets::count(kept))
        } else {
            format!("{} of {} shown", widgets::count(shown), widgets::count(kept))
        };
        let waiting = self.list.waiting(view.exchanges);
        if self.is_paused && waiting > 0 {
            text += &format!("; {waiting} waiting");
        }
        if self.list.passed_over() > 0 {
            text += &format!("; {} older ones gone before they were shown", self.list.passed_over());
        }
        text
    }

    fn table(&mut self, ui: &mut Ui, view: &View<'_>) {
        if let Some(remark) = view.exchanges.remarked() {
            ui.add(Label::new(RichText::new(&*remark).color(view.tokens.weak)).wrap());
        }
        if self.list.kept() == 0 {
            let next = "Exchanges between desk, FSPs and VTN appear here as they happen.";
            widgets::empty_state(ui, view.tokens, "No exchange yet", next);
            return;
        }
        if self.list.len() == 0 {
            widgets::empty_state(ui, view.tokens, "No exchange is like that", "Look for less, or show all.");
            ui.vertical_centered(|ui| {
                if ui.button("Show all").clicked() {
                    self.filter = Filter::default();
                }
            });
            return;
        }
        let present = self.page.as_ref().map(Page::number);
        if let Some(picked) = table::ui(ui, view, &self.list, present, &mut self.reach) {
            self.page = Some(Page::of(picked, view.snapshot));
        }
    }
}
