//! Messages: both sides of every HTTP exchange, secrets masked.

use std::sync::Arc;

use egui::{Align, Layout, Panel, RichText, ScrollArea, Sense, TextEdit, Ui};
use egui_extras::{Column, TableBuilder};

use super::context::View;
use super::{widgets, words};
use crate::openadr::exchange::Exchange;
use crate::units::grouped;

/// The Messages workspace.
#[derive(Default)]
pub struct MessagesView {
    search: String,
    is_paused: bool,
    recorded: u64,
    kept: Vec<Arc<Exchange>>,
    filtered_by: String,
    shown: Vec<Arc<Exchange>>,
    picked: Option<Picked>,
}

/// The exchange in hand, its bodies laid out once.
struct Picked {
    number: u64,
    exchange: Arc<Exchange>,
    request: String,
    response: String,
}

const MOST_KEPT: usize = 5_000;

fn laid_out(body: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(body);
    value.ok().and_then(|v| serde_json::to_string_pretty(&v).ok()).unwrap_or_else(|| body.to_owned())
}

impl MessagesView {
    /// Shows the exchanges of one client alone.
    pub fn show_client(&mut self, client: String) {
        self.search = client;
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        self.take_in(view);
        ui.horizontal(|ui| {
            let label = ui.label("Find");
            ui.add(
                TextEdit::singleline(&mut self.search)
                    .desired_width(220.0)
                    .hint_text("client, method, path, status"),
            )
            .labelled_by(label.id);
            ui.checkbox(&mut self.is_paused, "Pause");
            ui.label(
                RichText::new(format!("{} shown", grouped_count(self.shown.len()))).color(view.tokens.weak),
            );
        });
        if self.kept.is_empty() {
            let next = "Exchanges between desk, FSPs and VTN appear here as they happen.";
            widgets::empty_state(ui, view.tokens, "No exchange yet", next);
            return;
        }
        if self.picked.is_some() {
            Panel::right("exchange").default_size(460.0).show(ui, |ui| self.side(ui, view));
        }
        self.table(ui, view);
    }

    fn take_in(&mut self, view: &View<'_>) {
        let news = view.exchanges.recorded();
        let has_news = news != self.recorded && !self.is_paused;
        if has_news {
            self.kept.extend(view.exchanges.since(self.recorded));
            self.kept.drain(..self.kept.len().saturating_sub(MOST_KEPT));
            self.recorded = news;
        }
        if has_news || self.filtered_by != self.search {
            self.filtered_by.clone_from(&self.search);
            let wanted = self.search.trim().to_lowercase();
            let holds = |e: &&Arc<Exchange>| {
                let status = e.status.map(|s| s.to_string()).unwrap_or_default();
                let line = format!("{} {} {} {status}", e.client, e.method, e.target).to_lowercase();
                wanted.split_whitespace().all(|word| line.contains(word))
            };
            self.shown = self.kept.iter().rev().filter(holds).cloned().collect();
        }
    }

    fn table(&mut self, ui: &mut Ui, view: &View<'_>) {
        let text = |width: f32| Column::initial(width).at_least(40.0).resizable(true).clip(true);
        let picked = self.picked.as_ref().map(|p| p.number);
        let mut clicked = None;
        TableBuilder::new(ui)
            .id_salt("exchanges")
            .striped(true)
            .sense(Sense::click())
            .auto_shrink([false, false])
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::exact(96.0))
            .column(text(96.0))
            .column(Column::exact(52.0))
            .column(text(230.0))
            .column(Column::exact(52.0))
            .column(Column::exact(64.0))
            .column(Column::remainder().clip(true))
            .header(view.tokens.row, |mut row| {
                for head in ["Time", "Client", "Method", "Path", "Status", "Took", "Understood"] {
                    row.col(|ui| drop(ui.label(RichText::new(head).color(view.tokens.weak))));
                }
            })
            .body(|body| {
                body.rows(view.tokens.row, self.shown.len(), |mut row| {
                    let exchange = &self.shown[row.index()];
                    row.set_selected(picked == Some(exchange.number));
                    row.col(|ui| drop(widgets::cell(ui, words::utc_time(exchange.at))));
                    row.col(|ui| drop(widgets::cell(ui, exchange.client.as_str())));
                    row.col(|ui| drop(widgets::cell(ui, exchange.method.as_str())));
                    row.col(|ui| drop(widgets::cell(ui, exchange.target.as_str())));
                    let failed = exchange.status.is_none_or(|s| s >= 400);
                    let ink = if failed { view.tokens.medium } else { view.tokens.text };
                    let status = exchange.status.map_or_else(|| "none".to_owned(), |s| s.to_string());
                    row.col(|ui| drop(widgets::cell(ui, RichText::new(status).color(ink))));
                    row.col(|ui| widgets::number(ui, format!("{} ms", grouped(exchange.took_ms, 1))));
                    row.col(|ui| drop(widgets::cell(ui, exchange.understood.as_str())));
                    if row.response().clicked() {
                        clicked = Some(Arc::clone(exchange));
                    }
                });
            });
        if let Some(exchange) = clicked {
            self.picked = Some(Picked {
                number: exchange.number,
                request: laid_out(&exchange.request_body),
                response: laid_out(&exchange.response_body),
                exchange,
            });
        }
    }

    fn side(&mut self, ui: &mut Ui, view: &View<'_>) {
        let Some(picked) = &mut self.picked else { return };
        let exchange = &picked.exchange;
        let mut close = false;
        ui.horizontal(|ui| {
            widgets::heading(
                ui,
                &format!(
                    "{} {}",
                    exchange.method,
                    exchange.status.map_or_else(|| "no answer".to_owned(), |s| s.to_string())
                ),
            );
            close = ui.button("Close").clicked();
        });
        ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
            widgets::pair(ui, view.tokens, "URL", exchange.url.as_str());
            widgets::pair(ui, view.tokens, "Client", exchange.client.as_str());
            widgets::pair(ui, view.tokens, "Understood", exchange.understood.as_str());
            for (name, body) in [("Request", &picked.request), ("Answer", &picked.response)] {
                widgets::heading(ui, name);
                if body.is_empty() {
                    ui.label(RichText::new("no body").color(view.tokens.weak));
                } else {
                    let label = ui.label(RichText::new("secrets are masked").small().color(view.tokens.weak));
                    ui.add(
                        TextEdit::multiline(&mut body.as_str()).code_editor().desired_width(f32::INFINITY),
                    )
                    .labelled_by(label.id);
                }
            }
        });
        if close {
            self.picked = None;
        }
    }
}

fn grouped_count(count: usize) -> String {
    u32::try_from(count).map_or_else(|_| count.to_string(), |n| grouped(f64::from(n), 0))
}
