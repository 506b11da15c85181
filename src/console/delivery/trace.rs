//! The plot of one unit: what was asked, could be delivered and was.

use egui::{Id, Role, Ui, WidgetInfo};
use egui_plot::{FilledArea, PlotBounds, PlotResponse, PlotUi, VLine};

use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves::{Band, points};
use crate::console::plot::hatch::Hatch;
use crate::console::plot::instant::seconds;
use crate::console::plot::labels::Label;
use crate::console::plot::legend::{Entry, Sample, entry};
use crate::console::theme::Tokens;
use crate::desk::snapshot::UnitState;
use crate::power::{MinuteScore, Series};
use crate::units::grouped;

use super::below::Moments;
use super::planned::{MINUTE_S, Planned};
use super::scorecard::stage;
use super::track::{Totals, Track, broken, metered_runs};

/// A live line is broken across a longer silence, seconds.
const LIVE_GAP_S: f64 = 90.0;

/// What is drawn.
pub struct Scene<'a> {
    /// Colours.
    pub tokens: &'a Tokens,
    /// The dispatch, if the unit has one.
    pub track: Option<&'a Track>,
    /// The unit, when this desk knows it.
    pub unit: Option<&'a UnitState>,
    /// The minute that is looked at ends here, seconds of UTC: later minutes are drawn weakly.
    pub up_to: f64,
    /// What is marked.
    pub moments: Moments,
}

impl Scene<'_> {
    fn planned(&self) -> Option<&Planned> {
        self.track?.planned.as_deref()
    }

    /// The powers that the plot must have room for, between two instants.
    pub fn values(&self, from: f64, to: f64) -> Vec<f64> {
        let mut values = vec![0.0];
        if let Some(planned) = self.planned() {
            let reach = planned.reach.as_ref().map(|r| &r.curve);
            for curve in [Some(&planned.asked), Some(&planned.baseline), reach].into_iter().flatten() {
                values.extend(curve.between(from, to).points().iter().map(|p| p.1));
            }
        } else if let Some(unit) = self.unit {
            values.extend([unit.min_kw, unit.max_kw]);
        }
        if let Some(track) = self.track {
            values.extend(track.dispatch.readings.extremes(from, to).into_iter().flatten());
        }
        values.extend(self.unit.iter().filter_map(|unit| unit.readings.extremes(from, to)).flatten());
        values
    }

    /// Draws the plot.
    pub fn show(
        &self,
        ui: &mut Ui,
        bounds: PlotBounds,
        height: f32,
        is_lowest: bool,
        name: &str,
    ) -> PlotResponse<()> {
        let columns = columns_of(ui.available_width());
        let id = Id::unique("delivery-power");
        let plot = chart::time_plot(id, self.tokens, Quantity::Power, height, bounds.center().x, is_lowest);
        let shown = plot.show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            let (from, to) = (bounds.min()[0], bounds.max()[0]);
            match (self.planned(), self.unit) {
                (Some(planned), _) => self.instructed(plot, planned, from, to),
                (None, Some(unit)) if unit.baseline.fault().is_none() => {
                    let line = points(&unit.baseline.curve(from, to), from, to);
                    plot.line(chart::line("Baseline", line, self.tokens.baseline, 1.5, style::BASELINE));
                }
                _ => {}
            }
            if let Some(unit) = self.unit {
                self.live(plot, &unit.readings, from, to, columns);
            }
            if let Some(track) = self.track {
                self.deviations(plot, &track.minutes);
                let slack = chart::unseen(&bounds, height);
                self.delivered(plot, &track.dispatch.readings, from, to, slack);
            }
            self.moments.lines(self.tokens).into_iter().for_each(|line| plot.vline(line));
        });
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        shown
    }

    fn instructed(&self, plot: &mut PlotUi<'_>, planned: &Planned, from: f64, to: f64) {
        let tokens = self.tokens;
        let (from, to) = (from.max(planned.from), to.min(planned.until));
        if to <= from {
            return;
        }
        let window = self.track.map_or((from, to), |t| t.window);
        let (opens, closes) = (window.0.max(from), window.1.min(to));
        if closes > opens {
            let (low, high) = planned.tolerance();
            let band = Band::of_ordered(&low, &high, opens, closes);
            plot.add(
                FilledArea::new("Tolerance", &band.at, &band.low, &band.high)
                    .fill_color(tokens.tolerance())
                    .stroke(egui::Stroke::new(1.0, tokens.edge))
                    .allow_hover(false),
            );
        }
        for at in [window.0, window.1] {
            plot.vline(VLine::new("Window", at).color(tokens.edge).width(1.0).allow_hover(false));
        }
        let baseline = points(&planned.baseline, from, to);
        plot.line(chart::line("Baseline", baseline, tokens.baseline, 1.5, style::BASELINE));
        if let Some(reach) = planned.reach.as_ref().filter(|r| r.from < to) {
            let line = points(&reach.curve, reach.from.max(from), to);
            plot.line(chart::line("Reachable", line, tokens.predicted, 1.5, style::PREDICTED));
        }
        let asked = points(&planned.asked, from, to);
        plot.line(chart::line("Instructed", asked, tokens.instructed, 2.0, style::ASKED));
    }

    /// Live values as they came, between the minutes that are metered.
    fn live(&self, plot: &mut PlotUi<'_>, readings: &Series, from: f64, to: f64, columns: usize) {
        let to = to.min(self.up_to.max(self.moments.now));
        let gap = live_gap_s(to - from, columns);
        let points = readings.decimated(from, to, columns);
        // Closer than pixels, dots would run into each other: thousands of them for what is a band.
        let is_dense = points.len() > columns;
        for run in broken(&points, gap) {
            let line = chart::line("Live", run, self.tokens.reported(), 1.0, style::LIVE);
            plot.line(if is_dense { line.style(style::ASKED).allow_band(true) } else { line });
        }
    }

    fn deviations(&self, plot: &mut PlotUi<'_>, minutes: &[MinuteScore]) {
        let counted = minutes.iter().take_while(|m| m.end <= self.up_to);
        let (short, over) = deviation_bands(counted);
        for band in short {
            plot.add(Hatch::rising("Short", band, self.tokens.shortfall));
        }
        for band in over {
            plot.add(Hatch::dots("Over", band, self.tokens.over));
        }
    }

    /// The minutes that were metered; those after the time cursor weakly.
    fn delivered(&self, plot: &mut PlotUi<'_>, readings: &Series, from: f64, to: f64, slack: f64) {
        let (colour, later) = (self.tokens.delivered, self.tokens.delivered_later());
        let cut = self.up_to.clamp(from, to);
        for run in metered_runs(readings, from, cut - MINUTE_S, slack) {
            plot.line(chart::line("Delivered", run, colour, 2.5, style::ASKED));
        }
        for run in metered_runs(readings, cut + 1.0, to, slack) {
            plot.line(chart::line("Delivered later", run, later, 1.0, style::ASKED));
        }
    }

    /// What stands in the plot.
    pub fn legend(&self, totals: &Totals) -> Vec<Entry> {
        let tokens = self.tokens;
        let mut entries = Vec::new();
        if let Some(planned) = self.planned() {
            entries.push(entry("instructed", Sample::Line(style::ASKED, 2.0), tokens.instructed));
            entries.push(entry("tolerance", Sample::Area, tokens.tolerance()));
            if planned.reach.is_some() {
                entries.push(entry("reachable", Sample::Line(style::PREDICTED, 1.5), tokens.predicted));
            }
        }
        if self.track.is_some() {
            entries.push(entry("delivered", Sample::Line(style::ASKED, 2.5), tokens.delivered));
        }
        entries.push(entry("live", Sample::Line(style::LIVE, 1.0), tokens.reported()));
        entries.push(entry("baseline", Sample::Line(style::BASELINE, 1.5), tokens.baseline));
        if self.planned().is_some() {
            entries.extend(deviation_entries(tokens, totals));
        }
        entries
    }

    /// The acknowledgements as words at their instants.
    pub fn stages(&self) -> Vec<Label> {
        let Some(track) = self.track else { return Vec::new() };
        let many = track.dispatch.revisions.len() > 1;
        let believed = track.dispatch.ladder.iter().filter(|rung| rung.signature.is_ok());
        believed
            .map(|rung| {
                let revision = if many { format!(" r{}", rung.revision) } else { String::new() };
                let word = format!("{}{revision}", stage(rung.stage));
                Label { at: seconds(rung.at), word, colour: self.tokens.weak }
            })
            .collect()
    }
}

/// The longest silence, seconds, across which a live line over `span` seconds in so many columns is one line.
pub fn live_gap_s(span: f64, columns: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "columns are pixels")]
    let column = span / columns as f64;
    LIVE_GAP_S.max(column * 3.0)
}

/// The entries of what is short and over, with how much.
pub fn deviation_entries(tokens: &Tokens, totals: &Totals) -> [Entry; 2] {
    [
        entry(format!("short {} kWh", grouped(totals.short_kwh, 1)), Sample::Rising, tokens.shortfall),
        entry(format!("over {} kWh", grouped(totals.over_kwh, 1)), Sample::Dots, tokens.over),
    ]
}

/// The areas that are short and over: each as large as its energy. Short hangs from what was asked towards the
/// baseline; over stands on it the other way.
pub fn deviation_bands<'a>(minutes: impl Iterator<Item = &'a MinuteScore>) -> (Vec<Band>, Vec<Band>) {
    let (mut short, mut over) = (Vec::new(), Vec::new());
    for minute in minutes {
        let Some(delivered) = minute.delivered_kw else { continue };
        let asked = minute.asked_kw - minute.baseline_kw;
        let direction = if asked == 0.0 { (delivered - minute.baseline_kw).signum() } else { asked.signum() };
        let span = (minute.end - MINUTE_S, minute.end);
        add(&mut short, span, minute.asked_kw, -direction * minute.short_kw);
        add(&mut over, span, minute.asked_kw, direction * minute.over_kw);
    }
    (short, over)
}

/// Adds a step between a level and another `by` kW from it, to the last band when that ends where it begins.
pub fn add(bands: &mut Vec<Band>, (start, end): (f64, f64), level: f64, by: f64) {
    if by.abs() < 1e-9 {
        return;
    }
    if bands.last().and_then(|b| b.at.last()).is_none_or(|last| *last < start) {
        bands.push(Band::default());
    }
    let Some(band) = bands.last_mut() else { return };
    band.at.extend([start, end]);
    band.low.extend([level + by.min(0.0); 2]);
    band.high.extend([level + by.max(0.0); 2]);
}

/// Pixels across, as a count.
fn columns_of(width: f32) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held to 16 to 8,192")]
    let columns = width.clamp(16.0, 8192.0) as usize;
    columns
}
