//! The bar over a session that is gone through again: what it is a recording of, where in it one is, and how fast it goes on.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{
    Align, Button, ComboBox, Context, Frame, Label, Layout, Margin, Panel, Rect, Response, RichText, Slider,
    Ui, pos2, vec2,
};
use egui_material_icons::{MaterialIcon, icons};

use super::comparison::{Asked, Comparison};
use super::dialog::{Choosing, Wanted};
use super::theme::Tokens;
use super::{Replayed, words};
use crate::time::{Clock, Rate, UtcTime};
use crate::units::counted;
use crate::workshop::recording::{Moment, Recording};

/// The rates to choose from.
const RATES: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 450.0, 600.0];
/// How fast it goes at first: an hour in a minute.
const FIRST_RATE: f64 = 60.0;
/// The arrow keys move it by so much, milliseconds.
const STEP_MS: f64 = 1_000.0;
/// Points of the bar.
const HEIGHT: f32 = 30.0;
/// Below this width the moments have no buttons of their own.
const ROOMY: f32 = 900.0;

/// A recording on the screen.
pub struct Replay {
    recording: Arc<Recording>,
    moments: Vec<Moment>,
    rate: f64,
    /// The file of another run that is to be laid over it.
    with: Option<PathBuf>,
    choosing: Choosing<()>,
    comparison: Option<Comparison>,
    /// Whether that is shown in the place of the workspaces.
    is_comparing: bool,
    /// Why no other run could be chosen.
    refused: Option<String>,
}

impl Replay {
    /// Of a recording.
    pub fn of(Replayed { recording, with }: Replayed) -> Self {
        Self {
            moments: recording.moments(),
            recording,
            rate: FIRST_RATE,
            with,
            choosing: Choosing::default(),
            comparison: None,
            is_comparing: false,
            refused: None,
        }
    }

    /// Whether another run is shown over it.
    pub fn is_comparing(&self) -> bool {
        self.is_comparing && self.comparison.is_some()
    }

    /// Goes back to the workspaces.
    pub fn show_workspaces(&mut self) {
        self.is_comparing = false;
    }

    /// Draws both runs.
    pub fn comparison(&mut self, ui: &mut Ui, tokens: &Tokens, clock: &Clock) {
        let Some(comparison) = &mut self.comparison else { return };
        match comparison.ui(ui, tokens, clock) {
            Asked::Nothing => {}
            Asked::GoTo(at_ms) => drop(clock.set_millis(at_ms)),
            Asked::Another => self.ask_for_another(ui.ctx()),
            Asked::Close => self.is_comparing = false,
        }
    }

    fn ask_for_another(&mut self, ctx: &Context) {
        self.refused = None;
        self.choosing.begin(ctx, (), Wanted::Recording("Recording of another run"));
    }

    /// Takes in which other run was chosen.
    fn settle(&mut self, ctx: &Context) {
        match self.choosing.settled() {
            Some(((), Ok(path))) => self.with = Some(path),
            Some(((), Err(fault))) => self.refused = Some(fault.alone()),
            None => {}
        }
        if let Some(path) = self.with.take() {
            self.comparison = Some(Comparison::begin(ctx, Arc::clone(&self.recording), path));
            self.is_comparing = true;
        }
    }

    /// The way to the comparison.
    fn compare(&mut self, ui: &mut Ui, is_roomy: bool) {
        if self.comparison.is_some() {
            if ui.add(Button::selectable(self.is_comparing, "Two runs")).clicked() {
                self.is_comparing = !self.is_comparing;
            }
            return;
        }
        let text = if is_roomy { "Compare…" } else { "…" };
        let button = ui.button(text).accessible_name("Compare with another recording…");
        if button
            .on_hover_text("Compare with another recording: both on one plot, and what they differ in")
            .clicked()
        {
            self.ask_for_another(ui.ctx());
        }
    }

    /// What is shown.
    pub fn recording(&self) -> Arc<Recording> {
        Arc::clone(&self.recording)
    }

    /// Draws it; whether a scenario is to be made of it.
    pub fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, clock: &Clock) -> bool {
        let mut is_to_be_retold = false;
        self.settle(ui.ctx());
        let frame = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(8, 3));
        Panel::top("replay").resizable(false).frame(frame).show(ui, |ui| {
            let is_roomy = ui.available_width() >= ROOMY;
            let row = vec2(ui.available_width(), HEIGHT);
            ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
                Frame::new()
                    .fill(tokens.accent)
                    .corner_radius(tokens.radius)
                    .inner_margin(Margin::symmetric(6, 1))
                    .show(ui, |ui| ui.label(RichText::new("RECORDING").strong().color(tokens.on_accent)));
                if is_roomy {
                    ui.add(Label::new(self.recording.name()).truncate());
                }
                self.controls(ui, clock, is_roomy);
                let retell = button(ui, true, icons::ICON_EDIT_NOTE, "Make a scenario of it");
                is_to_be_retold =
                    retell.on_hover_text("what was sent and went wrong, in the editor").clicked();
                self.compare(ui, is_roomy);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(RichText::new(self.place(clock)).monospace());
                    self.scrub(ui, tokens, clock);
                });
            });
            if let Some(fault) = &self.refused {
                ui.add(Label::new(RichText::new(fault).color(tokens.high)).wrap());
            }
        });
        is_to_be_retold
    }

    fn controls(&mut self, ui: &mut Ui, clock: &Clock, is_roomy: bool) {
        let now_ms = clock.now_millis();
        let (first_ms, last_ms) = self.recording.span_ms();
        if is_roomy {
            let before = self.moments.iter().rev().find(|moment| moment.at_ms < now_ms - 500);
            self.jump(ui, clock, icons::ICON_SKIP_PREVIOUS, "Previous moment", before);
        }
        let is_paused = clock.rate().is_paused();
        let (sign, name) =
            if is_paused { (icons::ICON_PLAY_ARROW, "Play") } else { (icons::ICON_PAUSE, "Pause") };
        if button(ui, true, sign, name).clicked() {
            if is_paused && now_ms >= last_ms {
                clock.set_millis(first_ms);
            }
            clock.set_rate(if is_paused { rate(self.rate) } else { Rate::PAUSED });
        }
        if is_roomy {
            let next = self.moments.iter().find(|moment| moment.at_ms > now_ms);
            self.jump(ui, clock, icons::ICON_SKIP_NEXT, "Next moment", next);
        }
        let before = self.rate;
        let combo = ComboBox::from_id_salt("how fast")
            .selected_text(format!("×{}", self.rate))
            .width(56.0)
            .height(320.0);
        let shown = combo.show_ui(ui, |ui| {
            for times in RATES {
                ui.selectable_value(&mut self.rate, times, format!("×{times}"));
            }
        });
        let name = format!("Rate of the replay: ×{}", self.rate);
        shown.response.accessible_name(name);
        if (self.rate - before).abs() > f64::EPSILON && !is_paused {
            clock.set_rate(rate(self.rate));
        }
    }

    /// A button that goes to a moment; it says to which.
    fn jump(&self, ui: &mut Ui, clock: &Clock, sign: MaterialIcon, name: &str, to: Option<&Moment>) {
        let button = button(ui, to.is_some(), sign, name);
        let Some(to) = to else { return };
        let said = format!("{name}: {}, {}", words::london(seconds(to.at_ms)), to.text);
        if button.on_hover_text(said).clicked() {
            clock.set_millis(to.at_ms);
        }
    }

    /// The place in it, to be dragged, with a mark for each moment.
    fn scrub(&self, ui: &mut Ui, tokens: &Tokens, clock: &Clock) {
        let (first_ms, last_ms) = self.recording.span_ms();
        let mut place = clock.now_millis().clamp(first_ms, last_ms);
        ui.spacing_mut().slider_width = (ui.available_width() - 4.0).max(60.0);
        let slider = Slider::new(&mut place, first_ms..=last_ms).show_value(false).step_by(STEP_MS);
        let moments = counted(self.moments.len(), "moment");
        let name = format!("Place in the recording: {}; {moments}", self.place(clock));
        let response = ui.add(slider).accessible_name(name);
        self.marks(ui, tokens, response.rect);
        if response.clicked() || response.drag_stopped() {
            // Where the pointer was put roughly, the arrow keys go on.
            response.request_focus();
        }
        if response.changed() {
            clock.set_millis(place);
        }
    }

    fn marks(&self, ui: &Ui, tokens: &Tokens, rect: Rect) {
        let (first_ms, last_ms) = self.recording.span_ms();
        let handle = rect.height() / 2.5;
        let (left, right) = (rect.left() + handle, rect.right() - handle);
        for moment in &self.moments {
            let share = share(moment.at_ms, first_ms, last_ms);
            let x = left + (right - left) * share;
            if moment.is_alarm {
                let top = pos2(x, rect.bottom() - 6.0);
                let corners = vec![top, top + vec2(-3.5, 6.0), top + vec2(3.5, 6.0)];
                ui.painter().add(egui::Shape::convex_polygon(corners, tokens.high, egui::Stroke::NONE));
            } else {
                let line = [pos2(x, rect.top()), pos2(x, rect.top() + 6.0)];
                ui.painter().line_segment(line, egui::Stroke::new(1.5, tokens.text));
            }
        }
    }

    /// `17:23:05 GMT · 00:23:05 of 00:40:00`.
    fn place(&self, clock: &Clock) -> String {
        let (first_ms, last_ms) = self.recording.span_ms();
        let now_ms = clock.now_millis().clamp(first_ms, last_ms);
        let into = |ms: i64| {
            let s = ms / 1000;
            format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
        };
        format!(
            "{} · {} of {}",
            words::london(seconds(now_ms)),
            into(now_ms - first_ms),
            into(last_ms - first_ms)
        )
    }
}

fn rate(times: f64) -> Rate {
    Rate::times(times).unwrap_or(Rate::REAL)
}

fn seconds(ms: i64) -> UtcTime {
    UtcTime::from_unix(ms.div_euclid(1000))
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a place on the screen")]
fn share(at_ms: i64, first_ms: i64, last_ms: i64) -> f32 {
    ((at_ms - first_ms) as f64 / (last_ms - first_ms).max(1) as f64) as f32
}

/// A sign that is pressed, with a name for who does not see it.
fn button(ui: &mut Ui, is_enabled: bool, sign: MaterialIcon, name: &str) -> Response {
    ui.add_enabled(is_enabled, Button::new(sign.rich_text().size(18.0))).accessible_name(name)
}

#[cfg(test)]
mod tests {
    use egui::accesskit::Role;
    use egui::{Key, Modifiers};
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::console::testing::{Bench, snapshot};
    use crate::workshop::recording::testing::recording;

    fn bench(size: [f32; 2]) -> (Bench, Clock) {
        let clock = Clock::training("2026-11-26T17:00:00Z".parse().unwrap(), Rate::PAUSED);
        let mut bench = Bench::with_clock(snapshot(), size, 1.0, clock.clone());
        bench.harness.state_mut().replay(recording());
        bench.settle();
        (bench, clock)
    }

    fn name_of_place(bench: &Bench) -> String {
        let found = bench.harness.get_by_role(Role::Slider);
        found.accesskit_node().label().unwrap_or_default()
    }

    #[test]
    fn a_recording_is_played_paused_and_hurried_from_its_bar() {
        let (mut bench, clock) = bench([1280.0, 720.0]);
        assert!(bench.harness.query_by_label("RECORDING").is_some(), "nobody takes it for the present");
        bench.click(Role::Button, "Play");
        assert!((clock.rate().value() - FIRST_RATE).abs() < 1e-9);
        bench.click(Role::ComboBox, "Rate of the replay: ×60");
        bench.click(Role::Button, "×600");
        assert!((clock.rate().value() - 600.0).abs() < 1e-9, "at once, while it plays");
        bench.click(Role::Button, "Pause");
        assert!(clock.rate().is_paused());
    }

    #[test]
    fn the_bar_goes_from_moment_to_moment_and_says_where_it_is() {
        let (mut bench, clock) = bench([1280.0, 720.0]);
        let moments = recording().moments();
        assert!(
            moments.iter().any(|moment| moment.is_alarm) && moments.iter().any(|moment| !moment.is_alarm)
        );
        assert!(name_of_place(&bench).contains("00:00:00 of 00:40:"), "{}", name_of_place(&bench));
        for moment in &moments[..2] {
            bench.click(Role::Button, "Next moment");
            assert_eq!(clock.now_millis(), moment.at_ms);
        }
        bench.click(Role::Button, "Previous moment");
        assert_eq!(clock.now_millis(), moments[0].at_ms);
        assert!(name_of_place(&bench).contains("17:01:"), "{}", name_of_place(&bench));
    }

    #[test]
    fn a_scenario_is_made_of_it_and_opened_in_the_editor() {
        let (mut bench, _) = bench([1280.0, 720.0]);
        bench.click(Role::Button, "Make a scenario of it");
        for _ in 0..500 {
            bench.settle();
            if bench.harness.query_by_label("Edit: Recorded").is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(bench.harness.query_by_label("Edit: Recorded").is_some());
        let lane = bench.harness.query_all_by_label_contains("Dispatches, 4: Send REC-1").count();
        assert_eq!(lane, 1);
    }

    #[test]
    fn the_place_is_moved_by_the_arrow_keys() {
        let (mut bench, clock) = bench([800.0, 600.0]);
        let before = clock.now_millis();
        bench.harness.get_by_role(Role::Slider).focus();
        bench.settle();
        bench.press(Modifiers::NONE, Key::ArrowRight);
        assert!(clock.now_millis() > before, "{} after {before}", clock.now_millis());
    }
}
