//! Board: every dispatch, where it stands, and its acknowledgements in order.

use egui::{Align, Layout, Panel, RichText, ScrollArea, Sense, Ui};
use egui_extras::{Column, TableBuilder};

use super::context::{Intent, View, Workspace};
use super::{widgets, words};
use crate::desk::snapshot::DispatchState;
use crate::dispatch::Comparison;

/// Which dispatches are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Filter {
    #[default]
    All,
    Open,
    Late,
    Rejected,
    Mismatched,
}

impl Filter {
    const ALL: [(Self, &'static str); 5] = [
        (Self::All, "All"),
        (Self::Open, "Open"),
        (Self::Late, "Late"),
        (Self::Rejected, "Rejected"),
        (Self::Mismatched, "Read back otherwise"),
    ];

    fn holds(self, dispatch: &DispatchState, view: &View<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Open => dispatch.is_open(),
            Self::Late => dispatch.due.is_some_and(|due| due < view.clock.now()),
            Self::Rejected => dispatch.ladder.iter().any(|r| r.reason.is_some()),
            Self::Mismatched => dispatch
                .readback
                .as_ref()
                .is_some_and(|fields| fields.iter().any(|f| f.comparison != Comparison::Matched)),
        }
    }
}

/// The Board workspace.
#[derive(Default)]
pub struct BoardView {
    filter: Filter,
}

impl BoardView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if view.snapshot.dispatches.is_empty() {
            let next = "Draw up a dispatch in Compose (Ctrl+2); it appears here as soon as it is sent.";
            widgets::empty_state(ui, view.tokens, "Nothing has been dispatched", next);
            return;
        }
        let picked = view.selection.dispatch.clone().and_then(|key| view.dispatch(&key).cloned());
        if let Some(picked) = picked {
            Panel::right("board side").default_size(400.0).show(ui, |ui| {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| side(ui, view, &picked));
            });
        }
        ui.horizontal(|ui| {
            for (filter, name) in Filter::ALL {
                ui.selectable_value(&mut self.filter, filter, name);
            }
        });
        self.table(ui, view);
    }

    fn table(&self, ui: &mut Ui, view: &mut View<'_>) {
        let shown: Vec<_> =
            view.snapshot.dispatches.iter().filter(|d| self.filter.holds(d, view)).cloned().collect();
        if shown.is_empty() {
            widgets::empty_state(
                ui,
                view.tokens,
                "No dispatch is like that",
                "Choose “All” to see every dispatch.",
            );
            return;
        }
        let heads = ["Stands at", "Reference", "Unit", "Rev", "Window (London)", "Awaited"];
        TableBuilder::new(ui)
            .id_salt("board")
            .striped(true)
            .sense(Sense::click())
            .auto_shrink([false, false])
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::exact(120.0))
            .columns(Column::initial(170.0).at_least(60.0).resizable(true).clip(true), 2)
            .column(Column::exact(36.0))
            .column(Column::initial(200.0).at_least(80.0).resizable(true).clip(true))
            .column(Column::remainder().clip(true))
            .header(view.tokens.row, |mut row| {
                for head in heads {
                    row.col(|ui| drop(ui.label(RichText::new(head).color(view.tokens.weak))));
                }
            })
            .body(|body| {
                body.rows(view.tokens.row, shown.len(), |mut row| {
                    let dispatch = &shown[row.index()];
                    row.set_selected(view.selection.dispatch.as_ref() == Some(&dispatch.key));
                    let Some(document) = dispatch.dispatch() else { return };
                    row.col(|ui| {
                        let mark = widgets::phase_mark(view.tokens, dispatch.phase);
                        let name = format!("{}: {}", dispatch.key, dispatch.phase.word());
                        widgets::marked(ui, mark, dispatch.phase.word(), &name);
                    });
                    row.col(|ui| drop(widgets::cell(ui, dispatch.key.dispatch_ref.as_str())));
                    row.col(|ui| drop(widgets::cell(ui, document.unit.to_string())));
                    row.col(|ui| widgets::number(ui, document.revision.to_string()));
                    let window = words::london_span(document.service_start, document.service_end);
                    row.col(|ui| drop(widgets::cell(ui, window)));
                    row.col(|ui| drop(widgets::cell(ui, dispatch.awaited.clone().unwrap_or_default())));
                    if row.response().clicked() {
                        view.selection.dispatch = Some(dispatch.key.clone());
                        view.selection.unit = Some(document.unit.clone());
                    }
                });
            });
    }
}

/// One dispatch: what can be done with it, its ladder and its read-back.
fn side(ui: &mut Ui, view: &mut View<'_>, dispatch: &DispatchState) {
    let Some(document) = dispatch.dispatch() else { return };
    widgets::heading(ui, dispatch.key.dispatch_ref.as_str());
    ui.horizontal_wrapped(|ui| {
        if dispatch.is_open() {
            if ui.button("Amend").clicked() {
                view.ask(Intent::Amend(dispatch.key.clone()));
            }
            if ui.button("Stop…").clicked() {
                view.ask(Intent::AskStop(dispatch.key.clone()));
            }
        }
        if ui.button("Show delivery").clicked() {
            view.ask(Intent::Show(Workspace::Delivery));
        }
    });
    widgets::pair(ui, view.tokens, "Unit", document.unit.to_string());
    widgets::pair(
        ui,
        view.tokens,
        "Operator, contract",
        format!("{}, {}", document.network_operator, document.contract),
    );
    widgets::pair(ui, view.tokens, "Instructed", words::utc(document.instruction_time));
    ui.separator();
    widgets::heading(ui, "Acknowledgements");
    for revision in &dispatch.revisions {
        let signed = &revision.signed.dispatch;
        let sent = match (&revision.sent, &revision.fault) {
            (Some(at), _) => words::utc(*at),
            (None, Some(fault)) => format!("not sent: {fault}"),
            (None, None) => "being sent".to_owned(),
        };
        widgets::pair(
            ui,
            view.tokens,
            &format!("Sent, revision {}", signed.revision),
            format!("{} {sent}", signed.status),
        );
    }
    for rung in &dispatch.ladder {
        let mut text = words::utc(rung.at);
        if let Err(fault) = &rung.signature {
            text += &format!(" · signature: {fault}");
        }
        for word in rung.reason.map(|r| r.word().to_owned()).iter().chain(&rung.detail) {
            text += &format!(" · {word}");
        }
        widgets::pair(ui, view.tokens, &format!("{}, rev {}", rung.stage, rung.revision), text);
    }
    if let Some(awaited) = &dispatch.awaited {
        let due = dispatch.due.map(|t| format!(" until {}", words::utc(t))).unwrap_or_default();
        widgets::pair(ui, view.tokens, "Awaited", format!("{awaited}{due}"));
    }
    let Some(fields) = &dispatch.readback else { return };
    ui.separator();
    widgets::heading(ui, "Read-back");
    let wrong: Vec<_> = fields.iter().filter(|f| f.comparison != Comparison::Matched).collect();
    ui.label(format!("{} of {} fields matched what was sent.", fields.len() - wrong.len(), fields.len()));
    for field in wrong {
        let back = field.read_back.as_deref().unwrap_or("nothing");
        let text = format!("{}: sent {}, read back {back}", field.comparison.word(), field.sent);
        widgets::pair(ui, view.tokens, &field.field, text);
    }
}
