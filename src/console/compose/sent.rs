//! After sending: the draft is kept until the desk shows the dispatch, and comes back when it could not be sent.

use egui::{Label, RichText, Spinner, Ui};

use crate::console::context::{Intent, View, Workspace};
use crate::console::landmark::{self, Landmark};
use crate::console::widgets::{heading, marked, phase_mark};
use crate::console::words;
use crate::dispatch::{DispatchKey, DispatchParts, Revision};
use crate::time::UtcTime;

/// A dispatch that was given to the desk.
pub struct Sent {
    key: DispatchKey,
    revision: Revision,
    asked: String,
    at: UtcTime,
}

/// What a person wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing yet.
    None,
    /// The draft again.
    Edit,
    /// Nothing more of it.
    Close,
    /// Another dispatch of the same unit.
    Another,
}

impl Sent {
    /// What was given, by a command of these words.
    pub fn of(parts: &DispatchParts, asked: String, at: UtcTime) -> Self {
        Self {
            key: DispatchKey {
                operator: parts.network_operator.clone(),
                dispatch_ref: parts.dispatch_ref.clone(),
            },
            revision: parts.revision,
            asked,
            at,
        }
    }

    /// The dispatch, where this was its first revision.
    pub fn begun(&self) -> Option<&DispatchKey> {
        (self.revision == Revision::FIRST).then_some(&self.key)
    }

    /// Whether the desk shows it.
    pub fn has_landed(&self, view: &View<'_>) -> bool {
        view.dispatch(&self.key).is_some_and(|d| d.revision(self.revision).is_some())
    }

    /// Shows how far it has come.
    pub fn show(&self, ui: &mut Ui, view: &mut View<'_>) -> Next {
        let fault = self.refusal(view);
        let name = format!("{}, revision {}", self.key, self.revision);
        ui.add_space(12.0);
        match (view.dispatch(&self.key).filter(|d| d.revision(self.revision).is_some()), fault) {
            (_, Some(fault)) => not_sent(ui, view, &name, &fault),
            (Some(state), None) => {
                let (phase, awaited) = (state.phase, state.awaited.clone());
                heading(ui, &format!("{name} is with the desk"));
                marked(
                    ui,
                    phase_mark(view.tokens, phase),
                    phase.word(),
                    &format!("Dispatch: {}", phase.word()),
                );
                if let Some(awaited) = awaited {
                    ui.label(format!("Awaiting {awaited}."));
                }
                self.afterwards(ui, view)
            }
            (None, None) => {
                heading(ui, &format!("{name} was given to the desk"));
                ui.horizontal(|ui| {
                    ui.add(Spinner::new().size(14.0));
                    ui.label("It signs and sends it. The draft is kept until the desk shows the dispatch.");
                });
                Next::None
            }
        }
    }

    /// Why it was not sent, where it was not.
    fn refusal(&self, view: &View<'_>) -> Option<String> {
        let revision = view.dispatch(&self.key).and_then(|state| state.revision(self.revision));
        let outcome = || {
            view.snapshot
                .outcomes
                .iter()
                .rev()
                .find(|o| o.at >= self.at && o.asked == self.asked)
                .and_then(|o| o.result.clone().err())
        };
        match revision {
            // Of several that were given together others may have failed; this one the VTN has.
            Some(revision) if revision.sent.is_some() => revision.fault.clone(),
            Some(revision) => revision.fault.clone().or_else(outcome),
            None => outcome(),
        }
    }

    fn afterwards(&self, ui: &mut Ui, view: &mut View<'_>) -> Next {
        let mut next = Next::None;
        ui.horizontal_wrapped(|ui| {
            for (text, workspace, place) in [
                ("Show on Board", Workspace::Board, Landmark::ToBoard),
                ("Show delivery", Workspace::Delivery, Landmark::ToDelivery),
            ] {
                let button = ui.button(text);
                landmark::mark(&button, place);
                if button.clicked() {
                    view.selection.dispatch = Some(self.key.clone());
                    view.ask(Intent::Show(workspace));
                    next = Next::Close;
                }
            }
            let amend = ui.button("Amend");
            landmark::mark(&amend, Landmark::Amend);
            if amend.clicked() {
                view.ask(Intent::Amend(self.key.clone()));
                next = Next::Close;
            }
            if ui.button("Draw up another").clicked() {
                next = Next::Another;
            }
            if ui.button("Done").clicked() {
                next = Next::Close;
            }
        });
        next
    }
}

fn not_sent(ui: &mut Ui, view: &View<'_>, name: &str, fault: &str) -> Next {
    heading(ui, &format!("{name} was not sent"));
    ui.add(Label::new(RichText::new(fault).color(view.tokens.high)).wrap());
    ui.label(format!("Nothing is lost. {}", words::london(view.clock.now())));
    if ui.button("Back to the draft").clicked() { Next::Edit } else { Next::None }
}
