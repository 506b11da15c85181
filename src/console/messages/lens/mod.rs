//! A dispatch as other systems would carry it: all of them field by field, and each with its messages.

mod fates;
mod one;
mod overview;
mod systems;
#[cfg(test)]
mod tests;

use egui::{Frame, Label, Margin, Panel, RichText, ScrollArea, Ui};

use super::body::Body;
use crate::console::context::View;
use crate::console::widgets;
use crate::dispatch::SignedDispatch;
use crate::interop::{Subject, Translation, survey};

/// Below this width all of it stands in one column.
const ROOMY: f32 = 760.0;
/// From this width on the fields stand beside the messages.
const WIDE: f32 = 820.0;
/// Width of the list of systems.
const SYSTEMS: f32 = 178.0;

/// A system with its messages laid out.
pub struct Carried {
    translation: Translation,
    bodies: Vec<Body>,
}

/// What is shown.
pub struct Lens {
    title: String,
    all: Vec<Carried>,
    /// The system in hand; `None` for all of them side by side.
    present: Option<usize>,
    /// Whether the keyboard is still to come to the list.
    is_fresh: bool,
}

impl Lens {
    /// Works out what every system makes of a dispatch, with what this session knows of its unit and contract.
    pub fn on(view: &View<'_>, signed: &SignedDispatch) -> Self {
        let dispatch = &signed.dispatch;
        let unit = view.unit(&dispatch.unit);
        let contract = view
            .snapshot
            .contracts
            .iter()
            .find(|c| c.operator == dispatch.network_operator && c.contract == dispatch.contract);
        let subject = Subject {
            dispatch,
            signature: Some(&signed.signature),
            baseline: unit.map(|unit| unit.baseline.as_ref()),
            ramps_kw_per_s: unit.map(|unit| unit.asset.ramps_kw_per_s()),
            product: contract.map(|contract| contract.product.as_str()),
            baseline_name: contract.map(|contract| contract.baseline.as_str()),
        };
        let carried = |translation: Translation| Carried {
            bodies: translation.messages.iter().map(|m| Body::plain(m.text.clone())).collect(),
            translation,
        };
        Self {
            title: format!(
                "{} revision {}, {}, {}",
                dispatch.dispatch_ref, dispatch.revision, dispatch.status, dispatch.unit
            ),
            all: survey(&subject).into_iter().map(carried).collect(),
            present: None,
            is_fresh: true,
        }
    }

    /// Draws it; whether it was left.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) -> bool {
        let left = self.head(ui, view);
        let roomy = ui.available_width() >= ROOMY;
        if roomy {
            let pane = Panel::left("other systems").resizable(false).exact_size(SYSTEMS);
            let (all, present, is_fresh) = (&self.all, &mut self.present, &mut self.is_fresh);
            pane.show(ui, |ui| systems::list(ui, view.tokens, all, present, is_fresh));
        } else {
            systems::choice(ui, &self.all, &mut self.present);
        }
        let beside = Frame::new().inner_margin(Margin { left: if roomy { 8 } else { 0 }, ..Margin::ZERO });
        beside.show(ui, |ui| self.shown(ui, view));
        left
    }

    fn head(&self, ui: &mut Ui, view: &View<'_>) -> bool {
        let mut left = false;
        ui.horizontal_wrapped(|ui| {
            widgets::heading(ui, "Other systems");
            widgets::at_the_right(ui, |ui| left = ui.button("Back to the exchanges").clicked());
        });
        ui.add(Label::new(RichText::new(&self.title).color(view.tokens.weak)).wrap());
        left
    }

    fn shown(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        match self.present.and_then(|index| self.all.get_mut(index)) {
            None => {
                let translations: Vec<&Translation> = self.all.iter().map(|one| &one.translation).collect();
                ScrollArea::both()
                    .id_salt("all systems")
                    .auto_shrink([false, false])
                    .show(ui, |ui| overview::ui(ui, view.tokens, &translations));
            }
            Some(carried) => one::ui(ui, view, carried, WIDE),
        }
    }
}
