//! Delivery: what was instructed against what could be and was delivered, live or at any moment, and how it is marked.

mod below;
mod csv;
mod cursor;
mod exporting;
mod figures;
mod lane;
mod layering;
mod picker;
mod picture;
mod planned;
mod reactive;
mod say;
mod scorecard;
mod shown;
mod stack;
mod strip;
mod subject;
mod sum;
#[cfg(test)]
mod tests;
mod trace;
mod track;
mod tracks;

use egui::{Frame, Label, Margin, RichText, ScrollArea, Ui};
use egui_plot::{PlotBounds, PlotTransform};

use self::below::Moments;
use self::cursor::Cursor;
use self::layering::StackBy;
use self::picker::Picker;
use self::shown::Shown;
use self::subject::{Choice, Subject};
use self::tracks::Tracks;
use crate::console::context::{Intent, View, Workspace};
use crate::console::pane;
use crate::console::plot::instant::seconds;
use crate::console::plot::labels::{self, Label as TimeLabel};
use crate::console::plot::legend;
use crate::console::plot::range::{Range, fitting};
use crate::console::saving::Saving;
use crate::console::widgets;
use crate::desk::snapshot::UnitState;
use crate::dispatch::DispatchKey;

/// Rows of words for stages, below the one for the present and the time cursor.
const STAGE_ROWS: usize = 4;
/// The share of the height kept free for them.
const HEADROOM: f64 = 0.22;
/// Points kept right of the plots, for half of the last time on the axis.
const EDGE: i8 = 18;
/// Points kept right of the figures.
const SCROLL_BAR: i8 = 8;
/// Narrower than this, the figures go below the plots.
const NARROW: f32 = 640.0;

/// The Delivery workspace.
#[derive(Default)]
pub struct DeliveryView {
    choice: Choice,
    picker: Picker,
    tracks: Tracks,
    range: Range,
    /// What the fleet is stacked by.
    stack_by: StackBy,
    cursor: Cursor,
    saving: Saving,
    drawn: Option<Subject>,
    /// What of time the plot showed last.
    visible: Option<(f64, f64)>,
}

impl DeliveryView {
    /// Draws the workspace.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        self.tell_what_was_saved(view);
        self.tracks.prune(view.snapshot);
        self.stack_by = ui.data_mut(|data| data.get_persisted(stacking_id())).unwrap_or_default();
        let subject = self.choice.settle(view);
        if let Some(picked) = self.header(ui, view, subject.as_ref()) {
            self.choice.pick(view, picked);
            ui.ctx().request_repaint();
        }
        let shown =
            subject.as_ref().and_then(|subject| Shown::of(view, subject, &mut self.tracks, self.stack_by));
        let (Some(subject), Some(shown)) = (subject, shown) else {
            let next = "Draw up a dispatch in Compose (Ctrl+2); what the unit delivers is drawn here as it is metered. \
                        Or pick a unit under “Shown” to see what it does now.";
            widgets::empty_state(ui, view.tokens, "Nothing has been dispatched", next);
            return;
        };
        if self.drawn.as_ref() != Some(&subject) {
            self.range.fit();
            self.cursor.follow_now();
            self.drawn = Some(subject);
        }
        let margin = Frame::new().inner_margin(Margin { right: EDGE, ..Margin::ZERO });
        if ui.available_width() < NARROW {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                margin.show(ui, |ui| self.plots(ui, view, &shown));
                ui.separator();
                self.side(ui, view, &shown);
            });
            return;
        }
        let figures = pane::panel(ui, Workspace::Delivery, "delivery figures", 300.0, 220.0..=460.0);
        figures.show(ui, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                // The bar that scrolls lies over the edge at which the numbers stand.
                let margin = Frame::new().inner_margin(Margin { right: SCROLL_BAR, ..Margin::ZERO });
                margin.show(ui, |ui| self.side(ui, view, &shown));
            });
        });
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            margin.show(ui, |ui| self.plots(ui, view, &shown));
        });
    }

    /// Whether it is this dispatch that was drawn last.
    pub fn shows(&self, key: &DispatchKey) -> bool {
        matches!(&self.drawn, Some(Subject::Dispatch(drawn)) if drawn == key)
    }

    /// What is picked in the other workspaces counts again, although something was picked here since.
    pub fn show_selection(&mut self) {
        self.choice.show_selection();
    }

    fn header(&mut self, ui: &mut Ui, view: &mut View<'_>, subject: Option<&Subject>) -> Option<Subject> {
        let mut picked = None;
        ui.horizontal_wrapped(|ui| {
            picked = self.picker.ui(ui, view, subject);
            let Some(subject) = subject else { return };
            let Some(shown) = Shown::of(view, subject, &mut self.tracks, self.stack_by) else { return };
            let live = shown.live(view.clock.now());
            let follow = ui.selectable_label(self.cursor.is_following(), "Follow now");
            if follow.on_hover_text("Go with the present (Escape on the time cursor)").clicked() {
                self.cursor.follow_now();
            }
            for (sign, minutes, name) in [("−1 min", -1, "Back 1 minute"), ("+1 min", 1, "Forward 1 minute")]
            {
                let button = ui.button(sign).accessible_name(name);
                let tip = "On the time cursor: arrow keys, with Shift 5 minutes, Home and End";
                if button.on_hover_text(tip).clicked() {
                    self.cursor.step(live, minutes);
                }
            }
            let fit = ui.add_enabled(self.range.is_chosen(), egui::Button::new("Fit"));
            if fit.on_hover_text("Show all of the service again").clicked() {
                self.range.fit();
            }
            if *subject == Subject::Fleet {
                self.stacking(ui);
            }
            if let Some(format) = exporting::buttons(ui, view.tokens, self.saving.is_under_way()) {
                let now = view.clock.now();
                let (from, to) = self.visible.unwrap_or_else(|| shown.fitting(view.clock.now_seconds()));
                if let Some(file) = exporting::file(view.snapshot, &shown, format, (from, to), now) {
                    self.saving.begin(ui.ctx(), &file.name, file.content);
                }
            }
        });
        picked
    }

    /// What the fleet is stacked by; remembered from one session to the next.
    fn stacking(&mut self, ui: &mut Ui) {
        let mut by = self.stack_by;
        egui::ComboBox::from_id_salt("stack by")
            .width(120.0)
            .selected_text(format!("by {}", by.name()))
            .show_ui(ui, |ui| {
                for each in StackBy::ALL {
                    ui.selectable_value(&mut by, each, format!("by {}", each.name()));
                }
            })
            .response
            .accessible_name("Stack the fleet");
        if by != self.stack_by {
            self.stack_by = by;
            ui.data_mut(|data| data.insert_persisted(stacking_id(), by));
        }
    }

    fn tell_what_was_saved(&mut self, view: &mut View<'_>) {
        match self.saving.settled() {
            Some(Ok(words)) => view.ask(Intent::Tell(words)),
            Some(Err(words)) => view.ask(Intent::Warn(words)),
            None => {}
        }
    }

    /// The plot, and what lies below it on its time axis.
    fn plots(&mut self, ui: &mut Ui, view: &View<'_>, shown: &Shown) {
        if let Shown::Fleet(sum) = shown
            && sum.is_empty()
        {
            let next = "Its dispatches are not sent yet, or their units' baselines are unknown. Pick one under “Shown”.";
            widgets::empty_state(ui, view.tokens, "Nothing to sum yet", next);
            return;
        }
        let now = view.clock.now_seconds();
        let live = shown.live(view.clock.now());
        let at = self.cursor.minute(live);
        let moments = Moments { now, cursor: (!self.cursor.is_following()).then(|| seconds(at)) };
        let strips = shown.strips(view.snapshot, self.visible.unwrap_or_else(|| shown.fitting(now)), now);
        let with_charge = shown.unit().filter(|unit| unit.soc.is_some());
        let charge = if with_charge.is_some() { below::CHARGE_HEIGHT + view.tokens.gap } else { 0.0 };
        let with_reactive = shown.track().filter(|track| reactive::is_asked(track));
        let reactive_height =
            if with_reactive.is_some() { reactive::REACTIVE_HEIGHT + view.tokens.gap } else { 0.0 };
        #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
        let beats = strips.len() as f32 * (below::STRIP_ROW + view.tokens.gap);
        let height = (ui.available_height() - charge - reactive_height - beats - 44.0).clamp(170.0, 900.0);

        let (from, to) = shown.fitting(now);
        let words = shown.in_words(at);
        let (transform, stages, entries) = match shown {
            Shown::Fleet(sum) => {
                let scene = stack::Scene { tokens: view.tokens, sum, up_to: seconds(at), moments };
                let bounds = self.range.bounds(|| roomy(fitting(from, to, scene.values(from, to))));
                let drawn = scene.show(ui, bounds, height, &words);
                (drawn.transform, Vec::new(), scene.legend(&sum.totals(at)))
            }
            Shown::Dispatch(..) | Shown::Idle(_) => {
                let (track, unit) = (shown.track(), shown.unit());
                let scene = trace::Scene { tokens: view.tokens, track, unit, up_to: seconds(at), moments };
                let bounds = self.range.bounds(|| roomy(fitting(from, to, scene.values(from, to))));
                let is_lowest = with_charge.is_none() && with_reactive.is_none();
                let drawn = scene.show(ui, bounds, height, is_lowest, &words);
                let totals = track.map(|t| t.totals(at)).unwrap_or_default();
                (drawn.transform, scene.stages(), scene.legend(&totals))
            }
        };
        self.range.settle(&transform);
        let bounds = *transform.bounds();
        self.visible = Some((bounds.min()[0], bounds.max()[0]));
        Self::annotate(ui, view, &transform, &stages, moments);
        self.cursor.handle(ui, view.tokens, &transform, live, shown.window(now));
        if let Some(track) = with_reactive {
            reactive::show(ui, view.tokens, track, bounds, moments, at, with_charge.is_none());
        }
        below::heartbeats(ui, view.tokens, &transform, &strips, moments);
        if let Some(unit) = with_charge {
            let reach = shown.track().and_then(|t| t.planned.as_ref()).and_then(|p| p.reach.as_ref());
            below::charge(ui, view.tokens, unit, reach, bounds, moments);
        }
        legend::show(ui, &entries);
    }

    fn annotate(ui: &Ui, view: &View<'_>, transform: &PlotTransform, stages: &[TimeLabel], moments: Moments) {
        let tokens = view.tokens;
        let present = [TimeLabel { at: moments.now, word: "now".to_owned(), colour: tokens.now }];
        labels::paint(ui, transform, &present, tokens.well, (0, 1));
        labels::paint(ui, transform, stages, tokens.well, (1, STAGE_ROWS));
    }

    /// The figures of the moment and the marks.
    fn side(&mut self, ui: &mut Ui, view: &mut View<'_>, shown: &Shown) {
        let tokens = view.tokens;
        let now = view.clock.now();
        let at = self.cursor.minute(shown.live(now));
        let live = if self.cursor.is_following() { ", live" } else { "" };
        let mut title = say::minute(at);
        title.replace_range(..1, "M");
        widgets::heading(ui, &format!("{title}{live}"));
        if let Some(moment) = shown.moment(at) {
            let figures =
                if shown.track().is_some() { say::figures(&moment) } else { say::idle_figures(&moment) };
            for (name, value) in figures {
                figures::figure(ui, tokens, name, &value);
            }
        }
        for (name, value) in shown.track().map(|track| reactive::figures(track, at)).unwrap_or_default() {
            figures::figure(ui, tokens, name, &value);
        }
        match shown {
            Shown::Fleet(sum) => {
                for (name, value) in say::fleet_figures(sum.minute_at(at)) {
                    figures::figure(ui, tokens, name, &value);
                }
                ui.add(
                    Label::new(RichText::new("Change against each unit's baseline.").color(tokens.weak))
                        .wrap(),
                );
                ui.separator();
                if let Some(key) = scorecard::fleet(ui, tokens, sum, at) {
                    self.choice.pick(view, Subject::Dispatch(key));
                }
            }
            Shown::Dispatch(track, _) => {
                ui.add(Label::new(format!("Up to then {}.", say::energies(&track.totals(at)))).wrap());
                let journal = ui.button("In the journal").on_hover_text(
                    "what was signed and said of this dispatch; two minutes after its end this score too",
                );
                if journal.clicked() {
                    view.ask(Intent::JournalOf(track.dispatch.key.dispatch_ref.to_string()));
                }
                ui.separator();
                scorecard::ui(ui, tokens, track, now);
            }
            Shown::Idle(unit) => idle(ui, view, unit),
        }
    }
}

#[cfg(test)]
impl DeliveryView {
    /// With a way to choose a file that needs no dialog.
    fn saving_by(saving: Saving) -> Self {
        Self { saving, ..Self::default() }
    }
}

fn stacking_id() -> egui::Id {
    egui::Id::unique("what the fleet's delivery is stacked by")
}

/// What a unit without a dispatch says to do next.
fn idle(ui: &mut Ui, view: &mut View<'_>, unit: &UnitState) {
    ui.separator();
    widgets::heading(ui, "No dispatch");
    let text = format!(
        "{} has no dispatch, so there is nothing to hold its power against. Compose one, or pick another under “Shown”.",
        unit.unit
    );
    ui.add(Label::new(RichText::new(text).color(view.tokens.weak)).wrap());
    if ui.button("Compose a dispatch for it").clicked() {
        view.ask(Intent::ComposeFor(vec![unit.unit.clone()]));
    }
    if ui.button("Show it in the Fleet").clicked() {
        view.selection.unit = Some(unit.unit.clone());
        view.ask(Intent::Show(Workspace::Fleet));
    }
}

/// Room above for the words of stages.
fn roomy(bounds: PlotBounds) -> PlotBounds {
    let (min, max) = (bounds.min(), bounds.max());
    PlotBounds::from_min_max(min, [max[0], max[1] + (max[1] - min[1]) * HEADROOM])
}
