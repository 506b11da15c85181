//! The exchange in hand: what was asked and answered, what it carries under a signature, and how to repeat it.

use std::sync::Arc;

use egui::{Button, CollapsingHeader, Color32, Label, RichText, ScrollArea, Ui};

use super::body::{Body, code, copy};
use super::carried::{Carried, Difference, Verdict, carried};
use super::curl::curl;
use super::difference;
use super::table::{status, took};
use crate::console::board::readback;
use crate::console::context::{Intent, View, Workspace};
use crate::console::theme::Tokens;
use crate::console::widgets::{self, Outline};
use crate::console::words;
use crate::desk::snapshot::Snapshot;
use crate::dispatch::SignedDispatch;
use crate::openadr::exchange::Exchange;

/// All that is shown of one exchange, computed once.
pub struct Page {
    exchange: Arc<Exchange>,
    request: Body,
    answer: Body,
    carried: Vec<Carried>,
    curl: Result<String, &'static str>,
}

/// What a person wants of it.
pub enum Wish {
    /// Nothing.
    None,
    /// To leave it.
    Close,
    /// To see a dispatch that it carries as other systems would carry it.
    OtherSystems(Box<SignedDispatch>),
}

impl Page {
    /// Reads an exchange.
    pub fn of(exchange: Arc<Exchange>, snapshot: &Snapshot) -> Self {
        Self {
            request: Body::of(&exchange.request_body),
            answer: Body::of(&exchange.response_body),
            carried: carried(&exchange, snapshot),
            curl: curl(&exchange),
            exchange,
        }
    }

    /// Which exchange it is.
    pub fn number(&self) -> u64 {
        self.exchange.number
    }

    /// Draws it. `close` is what the button says.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, close: &str) -> Wish {
        let mut wish = Wish::None;
        ui.horizontal(|ui| {
            let answered = match self.exchange.status {
                Some(_) => status(&self.exchange),
                None => "no answer".to_owned(),
            };
            widgets::heading(ui, &format!("{} {answered}", self.exchange.method));
            widgets::at_the_right(ui, |ui| {
                self.copy_as_curl(ui, view);
                if ui.button(close).clicked() {
                    wish = Wish::Close;
                }
            });
        });
        ScrollArea::vertical().id_salt(("exchange", self.exchange.number)).auto_shrink([false, false]).show(
            ui,
            |ui| {
                facts(ui, view.tokens, &self.exchange);
                let one = self.carried.len() == 1;
                for (index, carried) in self.carried.iter().enumerate() {
                    if ui.push_id(index, |ui| signed(ui, view, carried, one)).inner
                        && let Some(dispatch) = &carried.dispatch
                    {
                        wish = Wish::OtherSystems(dispatch.clone());
                    }
                }
                let exchange = &self.exchange;
                part(ui, view, "Request", &exchange.request_headers, &mut self.request);
                part(ui, view, "Answer", &exchange.response_headers, &mut self.answer);
            },
        );
        wish
    }

    fn copy_as_curl(&self, ui: &mut Ui, view: &mut View<'_>) {
        let button = ui.add_enabled(self.curl.is_ok(), Button::new("Copy as curl"));
        match &self.curl {
            Ok(command) => {
                let hint = "a command for a POSIX shell, without the secrets: put the token into TOKEN first";
                if button.on_hover_text(hint).clicked() {
                    ui.ctx().copy_text(command.clone());
                    view.ask(Intent::Tell(
                        "Copied as curl. Its secrets are variables: set TOKEN before it is run.".to_owned(),
                    ));
                }
            }
            Err(reason) => {
                button.on_disabled_hover_text(*reason);
            }
        }
    }
}

fn facts(ui: &mut Ui, tokens: &Tokens, exchange: &Exchange) {
    widgets::pair(ui, tokens, "URL", exchange.url.as_str());
    widgets::pair(ui, tokens, "Client", exchange.client.as_str());
    widgets::pair(ui, tokens, "Sent", words::utc(exchange.at));
    widgets::pair(ui, tokens, "Took", took(exchange));
    widgets::pair(ui, tokens, "Understood", exchange.understood.as_str());
    widgets::pair(ui, tokens, "Secrets", "masked (•••) before they reach this window");
}

fn section(ui: &mut Ui, tokens: &Tokens, title: &str) {
    ui.add_space(tokens.gap);
    ui.separator();
    widgets::heading(ui, title);
}

fn part(ui: &mut Ui, view: &mut View<'_>, title: &str, headers: &[(String, String)], body: &mut Body) {
    let tokens = view.tokens;
    section(ui, tokens, title);
    for (name, value) in headers {
        widgets::pair(ui, tokens, name, value.as_str());
    }
    if body.is_empty() {
        ui.label(RichText::new("No body.").color(tokens.weak));
        return;
    }
    body.ui(ui, view, &format!("{title} body"));
}

/// Whether its dispatch is to be seen as other systems would carry it.
fn signed(ui: &mut Ui, view: &mut View<'_>, carried: &Carried, open: bool) -> bool {
    let tokens = view.tokens;
    let mut wanted = false;
    section(ui, tokens, &format!("Signed, in the {}", carried.place));
    ui.add(Label::new(RichText::new(&carried.title).strong()).wrap());
    let (mark, word, text) = verdict(tokens, &carried.verdict);
    ui.horizontal_top(|ui| {
        widgets::marked(ui, mark, word, &format!("{}: {word}", carried.title));
        ui.add(Label::new(RichText::new(text).color(tokens.weak)).wrap());
    });
    if let Some(key) = &carried.key
        && view.dispatch(key).is_some()
        && ui.link("Show it on the Board").clicked()
    {
        view.selection.dispatch = Some(key.clone());
        view.ask(Intent::Show(Workspace::Board));
    }
    if let Some(dispatch) = &carried.dispatch {
        let what = format!("Other systems: {}", dispatch.dispatch.dispatch_ref);
        wanted = ui
            .button("Other systems …")
            .accessible_name(what)
            .on_hover_text("this dispatch as Flexible Power, Piclo, OpenADR 2.0b and others would carry it, and what each loses")
            .clicked();
    }
    if let Some(canonical) = &carried.canonical {
        let title = format!("Canonical bytes: {}", widgets::count(canonical.len()));
        CollapsingHeader::new(title).default_open(open).show(ui, |ui| {
            ui.horizontal(|ui| {
                let what = "RFC 8785 JSON, as it is signed";
                ui.label(RichText::new(what).color(tokens.weak));
                copy(ui, view, "canonical bytes", canonical);
            });
            code(ui, "Canonical bytes", canonical);
        });
    }
    match &carried.difference {
        Difference::Fields(fields) => {
            CollapsingHeader::new(difference::summary(fields))
                .id_salt("difference")
                .default_open(true)
                .show(ui, |ui| readback::ui(ui, tokens, fields, carried.column));
        }
        Difference::None(why) => {
            ui.add(Label::new(RichText::new(why).color(tokens.weak)).wrap());
        }
    }
    wanted
}

fn verdict<'a>(tokens: &Tokens, verdict: &'a Verdict) -> ((Outline, Color32, bool), &'static str, &'a str) {
    match verdict {
        Verdict::Holds(by) => ((Outline::Check, tokens.normal, true), "signature holds", by),
        Verdict::Broken(why) => ((Outline::Cross, tokens.high, true), "signature does not hold", why),
        Verdict::Unchecked(why) => ((Outline::Circle, tokens.weak, false), "signature not checked", why),
    }
}
