//! The dispatch in hand: what is wrong with it, what can be done with it, its ladder, revisions and read-back.

use egui::{Label, RichText, Role, Sense, Ui};

use super::{ladder, notice, readback, revisions, rungs, say, sketch};
use crate::console::context::{Intent, View};
use crate::console::landmark::{self, Landmark};
use crate::console::line::{Cell, Line};
use crate::console::widgets;
use crate::console::words;
use crate::desk::snapshot::DispatchState;
use crate::dispatch::{Comparison, Dispatch, Revision};

/// Draws it. `chosen` is the revision whose ladder a person asked for.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, dispatch: &DispatchState, chosen: &mut Option<Revision>) {
    let Some(document) = dispatch.dispatch() else { return };
    let now = view.clock.now();
    head(ui, view, dispatch);
    actions(ui, view, dispatch);
    let fsp = view.snapshot.fsps.iter().find(|f| f.id == document.unit.fsp);
    for (trouble, sentence) in notice::notices(dispatch, fsp.map(AsRef::as_ref), now) {
        let (outline, colour, filled) = sketch::trouble_mark(view.tokens, trouble);
        ui.horizontal_top(|ui| {
            widgets::marked(ui, (outline, colour, filled), "", trouble.word());
            ui.add(Label::new(RichText::new(sentence).strong()).wrap());
        });
    }
    facts(ui, view, document);
    if let Some((who, revision)) =
        dispatch.current().and_then(|revision| Some((view.snapshot.sent_by(revision)?, revision)))
    {
        let text = format!("Revision {} sent by {who}", revision.signed.dispatch.revision);
        ui.add(Label::new(text).wrap()).on_hover_text("With a key of their own");
    }
    if let Some(by) = dispatch.current().and_then(|revision| revision.approved.as_ref()) {
        let text = format!("Approved by {}, {}", by.who(), words::london(by.at));
        ui.add(Label::new(text).wrap()).on_hover_text("A second person, with a key of their own");
    }
    let shown = chosen.filter(|r| dispatch.revision(*r).is_some()).or_else(|| ladder::first_shown(dispatch));
    let Some(shown) = shown else { return };
    ui.separator();
    let heading = widgets::heading(ui, &format!("Acknowledgements of revision {shown}"));
    landmark::mark(&heading, Landmark::Ladder);
    let limits = super::limits(view.snapshot, document);
    if let Some(ladder) = ladder::ladder(dispatch, shown, limits) {
        ui.scope(|ui| rungs::ui(ui, view.tokens, &ladder, now));
    }
    ui.separator();
    widgets::heading(ui, "Revisions");
    if let Some(revision) = ui.scope(|ui| revisions::ui(ui, view, dispatch, shown, now)).inner {
        *chosen = Some(revision);
    }
    back(ui, view, dispatch, document.revision);
}

fn head(ui: &mut Ui, view: &View<'_>, dispatch: &DispatchState) {
    ui.horizontal_wrapped(|ui| {
        widgets::heading(ui, dispatch.key.dispatch_ref.as_str());
        let word = say::phase(dispatch);
        let mark = widgets::phase_mark(view.tokens, dispatch.phase);
        widgets::marked(ui, mark, &word, &format!("Stands at: {word}"));
    });
}

fn actions(ui: &mut Ui, view: &mut View<'_>, dispatch: &DispatchState) {
    ui.horizontal_wrapped(|ui| {
        if dispatch.is_open() {
            let amend = ui.button("Amend").on_hover_text("Draw up the next revision");
            landmark::mark(&amend, Landmark::Amend);
            if amend.clicked() {
                view.ask(Intent::Amend(dispatch.key.clone()));
            }
            let stop = ui.button("Stop…").on_hover_text("Asks before a STOP is sent");
            landmark::mark(&stop, Landmark::Stop);
            if stop.clicked() {
                view.ask(Intent::AskStop(dispatch.key.clone()));
            }
        }
        let delivery = ui.button("Show delivery");
        landmark::mark(&delivery, Landmark::ToDelivery);
        if delivery.clicked() {
            super::show_delivery(view);
        }
        let close = ui.button("Close").on_hover_text("Back to all that is awaited");
        if close.accessible_name("Close the dispatch").clicked() {
            view.selection.dispatch = None;
        }
    });
}

/// Unit, window, what is asked, and under which contract.
fn facts(ui: &mut Ui, view: &View<'_>, document: &Dispatch) {
    let tokens = view.tokens;
    let name = view.unit(&document.unit).map_or("", |unit| &unit.name);
    ui.add(Label::new(format!("{}  {name}", document.unit)).wrap());
    let (start, end) = (document.service_start, document.service_end);
    let window = say::window(start, end, view.clock.now());
    ui.add(Label::new(format!("{} {window}", document.status)).wrap()).on_hover_text(format!(
        "{} to {}",
        words::utc(start),
        words::utc(end)
    ));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let width = ui.available_width();
        for asked in say::asked(document) {
            let name = format!("From {}: {}", asked.from, asked.level);
            let cells = [
                Cell::new(0.0, 66.0, asked.from, tokens.weak),
                Cell::new(68.0, width - 68.0, asked.level, tokens.text),
            ];
            let line = Line {
                mark: None,
                cells: &cells,
                name: &name,
                role: Role::Label,
                sense: Sense::hover(),
                ground: None,
            };
            line.show(ui);
        }
    });
    let contract = format!("Contract {} of {}", document.contract, document.network_operator);
    ui.add(Label::new(RichText::new(contract).color(tokens.weak)).wrap());
}

fn back(ui: &mut Ui, view: &View<'_>, dispatch: &DispatchState, revision: Revision) {
    ui.separator();
    widgets::heading(ui, &format!("Read-back of revision {revision}"));
    let Some(fields) = &dispatch.readback else {
        ui.label(RichText::new("None yet: it comes with the acceptance.").color(view.tokens.weak));
        return;
    };
    let matched = fields.iter().filter(|f| f.comparison == Comparison::Matched).count();
    ui.label(format!("{matched} of {} fields as sent.", fields.len()));
    ui.scope(|ui| readback::ui(ui, view.tokens, fields, "Read back"));
}
