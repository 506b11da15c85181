//! Board: every dispatch on the time line of its unit, where it stands, who has answered and who has not.

mod axis;
mod bar;
mod head;
mod index;
mod ladder;
pub mod line;
mod list;
mod notice;
pub mod readback;
mod revisions;
mod rows;
mod rungs;
mod say;
mod side;
mod sketch;
mod span;
mod timeline;
mod trouble;
mod waiting;

#[cfg(test)]
mod tests;

use egui::{Button, ComboBox, Panel, RichText, ScrollArea, TextEdit, Ui};

use super::context::{Intent, View, Workspace};
use super::widgets;
use crate::desk::AckLimits;
use crate::desk::snapshot::Snapshot;
use crate::dispatch::{Dispatch, DispatchKey, Revision};
use index::{Index, Query};
use span::Sight;
use trouble::Filter;

/// Below this width the filters stand in one box, and in a tall window the pane of the dispatch in hand lies below.
const NARROW: f32 = 760.0;

/// What the pane leaves free at its right, so that no scroll bar lies on a text.
const SCROLL_BAR: f32 = 8.0;

/// How the dispatches are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Form {
    #[default]
    TimeLine,
    List,
}

/// The Board workspace.
#[derive(Default)]
pub struct BoardView {
    query: Query,
    index: Index,
    form: Form,
    sight: Sight,
    /// The dispatch that was in hand in the last frame.
    in_hand: Option<DispatchKey>,
    /// Whether it is to be brought into view.
    reach: bool,
    /// Whose ladder is shown, where a person has chosen another than the first.
    revision: Option<Revision>,
}

impl BoardView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if view.snapshot.dispatches.is_empty() {
            let next = "Draw up a dispatch in Compose (Ctrl+2); it appears here as soon as it is sent.";
            widgets::empty_state(ui, view.tokens, "Nothing has been dispatched", next);
            return;
        }
        self.index.refresh(view.snapshot, &self.query, view.clock.now());
        self.notice_selection(view);
        let narrow = ui.available_width() < NARROW;
        ui.horizontal_wrapped(|ui| self.controls(ui, view, narrow));
        self.index.refresh(view.snapshot, &self.query, view.clock.now());
        let size = ui.available_size();
        let pane = if narrow && size.y > size.x * 0.8 {
            Panel::bottom("dispatch below").default_size(size.y * 0.45).size_range(80.0..=size.y * 0.7)
        } else if narrow {
            Panel::right("dispatch beside").default_size(236.0).size_range(160.0..=size.x * 0.6)
        } else {
            Panel::right("dispatch").default_size(356.0).size_range(280.0..=620.0)
        };
        pane.resizable(true).show(ui, |ui| self.pane(ui, view));
        if self.index.bars.is_empty() {
            self.nothing_like_that(ui, view);
            return;
        }
        let before = view.selection.dispatch.clone();
        match self.form {
            Form::TimeLine => timeline::ui(ui, view, &self.index, &mut self.sight, &mut self.reach),
            Form::List => list::ui(ui, view, &self.index, &mut self.reach),
        }
        if before != view.selection.dispatch {
            self.in_hand.clone_from(&view.selection.dispatch);
            self.revision = None;
        }
    }

    /// A dispatch that was picked elsewhere is brought into view; another one begins with its own first ladder.
    fn notice_selection(&mut self, view: &View<'_>) {
        if self.in_hand == view.selection.dispatch {
            return;
        }
        self.in_hand.clone_from(&view.selection.dispatch);
        self.revision = None;
        let bar = self.in_hand.as_ref().and_then(|key| self.index.bar_of(view.snapshot, key));
        let Some(bar) = bar.and_then(|bar| self.index.bars.get(bar)) else { return };
        self.reach = true;
        let now = view.clock.now();
        if !self.sight.span(now).meets(bar.from, bar.to.max(bar.from + 1)) {
            self.sight.bring(bar.from, bar.to, now);
        }
    }

    fn controls(&mut self, ui: &mut Ui, view: &View<'_>, narrow: bool) {
        for (form, name) in [(Form::TimeLine, "Time line"), (Form::List, "List")] {
            if ui.selectable_label(self.form == form, name).clicked() {
                self.form = form;
                self.reach = true;
            }
        }
        ui.separator();
        if narrow {
            self.filter_box(ui, view);
        } else {
            self.filters(ui, view);
        }
        let field =
            TextEdit::singleline(&mut self.query.search).hint_text(widgets::hint("Search dispatches"));
        ui.add(field.desired_width(if narrow { 110.0 } else { 140.0 }))
            .accessible_name("Search dispatches")
            .on_hover_text("Reference, unit, FSP, operator, contract, status or where it stands");
        if self.form == Form::TimeLine {
            self.sight_controls(ui, view);
        }
    }

    fn filters(&mut self, ui: &mut Ui, view: &View<'_>) {
        for (filter, count) in Filter::ALL.into_iter().zip(self.index.counts) {
            let chosen = self.query.filter == filter;
            let ink = if count > 0 || chosen { view.tokens.text } else { view.tokens.weak };
            let text = RichText::new(counted(filter, count)).color(ink);
            let button = ui.add(Button::selectable(chosen, text)).on_hover_text(filter.means());
            if button.accessible_name(filter_name(filter, count)).clicked() {
                self.query.filter = filter;
            }
        }
    }

    fn filter_box(&mut self, ui: &mut Ui, view: &View<'_>) {
        let present = Filter::ALL.into_iter().zip(self.index.counts).find(|(f, _)| *f == self.query.filter);
        let text = present.map(|(f, count)| counted(f, count)).unwrap_or_default();
        let shown = ComboBox::from_id_salt("filter").width(96.0).selected_text(text).show_ui(ui, |ui| {
            for (filter, count) in Filter::ALL.into_iter().zip(self.index.counts) {
                let chosen = self.query.filter == filter;
                let ink = if count > 0 || chosen { view.tokens.text } else { view.tokens.weak };
                let text = RichText::new(counted(filter, count)).color(ink);
                let entry = ui.selectable_label(chosen, text).on_hover_text(filter.means());
                if entry.accessible_name(filter_name(filter, count)).clicked() {
                    self.query.filter = filter;
                }
            }
        });
        shown.response.accessible_name("Which dispatches are shown");
    }

    fn sight_controls(&mut self, ui: &mut Ui, view: &View<'_>) {
        let now = view.clock.now();
        ui.separator();
        for (text, name, factor) in
            [("−", "Show a longer time", 1.5), ("+", "Show a shorter time", 1.0 / 1.5)]
        {
            let button = ui.button(text).on_hover_text(format!("{name} ({text}, or Ctrl and the wheel)"));
            if button.accessible_name(name).clicked() {
                self.sight.scale(factor, None, now);
            }
        }
        let follow = ui.selectable_label(self.sight.follows_now(), "Follow now");
        if follow.on_hover_text("Keep the present in sight (N)").clicked() {
            self.sight.follow();
        }
        if ui.button("Fit all").on_hover_text("Show every dispatch that the filter leaves (F)").clicked()
            && let Some((from, to)) = self.index.extent()
        {
            self.sight.fit(from, to);
        }
    }

    fn pane(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let picked = view.selection.dispatch.clone();
        let picked = picked.and_then(|key| view.snapshot.dispatches.iter().find(|d| d.key == key)).cloned();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - SCROLL_BAR);
            match picked {
                Some(dispatch) => side::ui(ui, view, &dispatch, &mut self.revision),
                None => waiting::ui(ui, view, &self.index.waiting),
            }
        });
    }

    fn nothing_like_that(&mut self, ui: &mut Ui, view: &View<'_>) {
        let next = "Show all of them, or search for less.";
        widgets::empty_state(ui, view.tokens, "No dispatch is like that", next);
        ui.vertical_centered(|ui| {
            if ui.button("Show all dispatches").clicked() {
                self.query = Query::default();
            }
        });
    }
}

/// `Late 2`.
fn counted(filter: Filter, count: usize) -> String {
    format!("{} {}", filter.name(), say::number(count))
}

/// `Late: 2 dispatches`.
fn filter_name(filter: Filter, count: usize) -> String {
    format!("{}: {}", filter.name(), say::dispatches(count))
}

/// Takes a dispatch in hand, and its unit with it.
fn pick(view: &mut View<'_>, place: usize) {
    let Some(dispatch) = view.snapshot.dispatches.get(place) else { return };
    view.selection.dispatch = Some(dispatch.key.clone());
    view.selection.unit = dispatch.dispatch().map(|d| d.unit.clone());
}

/// Shows what the dispatch in hand delivers.
fn show_delivery(view: &mut View<'_>) {
    view.ask(Intent::Show(Workspace::Delivery));
}

/// What a dispatch's contract allows for an acknowledgement.
fn limits(snapshot: &Snapshot, dispatch: &Dispatch) -> Option<AckLimits> {
    let mut contracts = snapshot.contracts.iter();
    contracts
        .find(|c| c.operator == dispatch.network_operator && c.contract == dispatch.contract)
        .map(|c| AckLimits::of(c.ack_seconds, c.poll_seconds))
}
