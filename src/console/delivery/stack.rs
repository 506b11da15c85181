//! The plot of the fleet: what was asked of all, and what each layer delivered of it, one on top of the other.

use egui::{Id, Role, TextStyle, Ui, WidgetInfo};
use egui_plot::{HLine, PlotBounds, PlotPoint, PlotResponse, PlotTransform};

use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves::Band;
use crate::console::plot::hatch::Hatch;
use crate::console::plot::legend::{Entry, Sample, entry};
use crate::console::plot::strata::Layer;
use crate::console::theme::Tokens;

use super::below::Moments;
use super::planned::MINUTE_S;
use super::sum::{Sum, SumMinute};
use super::trace::{add, deviation_entries};
use super::track::{Totals, go_on};

/// What is drawn.
pub struct Scene<'a> {
    /// Colours.
    pub tokens: &'a Tokens,
    /// What is summed.
    pub sum: &'a Sum,
    /// The minute that is looked at ends here, seconds of UTC: later minutes are not stacked.
    pub up_to: f64,
    /// What is marked.
    pub moments: Moments,
}

impl Scene<'_> {
    /// The powers that the plot must have room for, between two instants.
    pub fn values(&self, from: f64, to: f64) -> Vec<f64> {
        let minutes = self.minutes(from, to);
        let stacked = minutes.iter().flat_map(|m| {
            let known = || m.by_layer.iter().flatten();
            [known().filter(|kw| **kw > 0.0).sum(), known().filter(|kw| **kw < 0.0).sum::<f64>()]
        });
        let asked = minutes.iter().flat_map(|m| [m.instructed, m.reachable]);
        stacked.chain(asked).chain([0.0]).collect()
    }

    /// The minutes between two instants.
    pub fn minutes(&self, from: f64, to: f64) -> &[SumMinute] {
        let minutes = &self.sum.minutes;
        let first = minutes.partition_point(|m| m.end < from);
        &minutes[first..minutes.partition_point(|m| m.end - MINUTE_S <= to).max(first)]
    }

    /// Draws the plot.
    pub fn show(&self, ui: &mut Ui, bounds: PlotBounds, height: f32, name: &str) -> PlotResponse<()> {
        let tokens = self.tokens;
        let minutes = self.minutes(bounds.min()[0], bounds.max()[0]);
        let done = &minutes[..minutes.partition_point(|m| m.end <= self.up_to)];
        let grain = Grain::seen(&bounds, ui.available_width(), height);
        let layers = layers(done, self.sum.layers.len(), grain);
        let id = Id::unique("delivery-fleet");
        let plot = chart::time_plot(id, tokens, Quantity::Change, height, bounds.center().x, true);
        let shown = plot.show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            for (index, bands) in layers.iter().enumerate() {
                plot.add(Layer::new("Delivered", bands, tokens.layer(index), tokens.well));
            }
            let (short, over) = deviations(done, grain);
            for band in short {
                plot.add(Hatch::rising("Short", band, tokens.shortfall));
            }
            for band in over {
                plot.add(Hatch::dots("Over", band, tokens.over));
            }
            plot.hline(
                HLine::new("Baseline", 0.0).color(tokens.baseline).style(style::BASELINE).allow_hover(false),
            );
            for run in steps(minutes, grain, |m| Some(m.reachable)) {
                plot.line(chart::line("Reachable", run, tokens.predicted, 1.5, style::PREDICTED));
            }
            for run in steps(done, grain, SumMinute::delivered) {
                plot.line(chart::line("Delivered", run, tokens.delivered, 2.5, style::ASKED));
            }
            for run in steps(minutes, Grain { minutes: 1, ..grain }, |m| Some(m.instructed)) {
                plot.line(chart::line("Instructed", run, tokens.instructed, 2.0, style::ASKED));
            }
            self.moments.lines(tokens).into_iter().for_each(|line| plot.vline(line));
        });
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        self.name_layers(ui, &shown.transform, &layers);
        shown
    }

    /// Writes each layer's name into it, in the middle of the first place that is long and high enough.
    fn name_layers(&self, ui: &Ui, transform: &PlotTransform, layers: &[Vec<Band>]) {
        let font = TextStyle::Small.resolve(ui.style());
        let painter = ui.painter().with_clip_rect(*transform.frame());
        for (layer, bands) in self.sum.layers.iter().zip(layers) {
            let galley = painter.layout_no_wrap(layer.clone(), font.clone(), self.tokens.text);
            let corner =
                |b: &Band, i: usize, y: f64| transform.position_from_point(&PlotPoint::new(b.at[i], y));
            let boxes = bands.iter().flat_map(|b| {
                level_runs(b).into_iter().map(move |(i, j)| {
                    egui::Rect::from_two_pos(corner(b, i, b.high[i]), corner(b, j, b.low[i]))
                })
            });
            let fits = |place: &egui::Rect| {
                place.width() > galley.size().x + 6.0 && place.height() > galley.size().y
            };
            if let Some(place) = boxes.map(|b| b.intersect(*transform.frame())).find(fits) {
                painter.galley(place.center() - galley.size() / 2.0, galley, self.tokens.text);
            }
        }
    }

    /// What stands in the plot.
    pub fn legend(&self, totals: &Totals) -> Vec<Entry> {
        let tokens = self.tokens;
        let mut entries = vec![
            entry("instructed", Sample::Line(style::ASKED, 2.0), tokens.instructed),
            entry("reachable", Sample::Line(style::PREDICTED, 1.5), tokens.predicted),
            entry(
                format!("delivered, stacked by {}", self.sum.by.name()),
                Sample::Line(style::ASKED, 2.5),
                tokens.delivered,
            ),
            entry("baseline", Sample::Line(style::BASELINE, 1.0), tokens.baseline),
        ];
        entries.extend(deviation_entries(tokens, totals));
        entries.extend(self.sum.layers.iter().enumerate().map(|(index, layer)| {
            let shade = tokens.layer(index);
            entry(layer.clone(), Sample::Area, shade)
        }));
        entries
    }
}

/// The parts of a layer in which neither edge moves by more than a tenth of its height: first and last index.
pub fn level_runs(band: &Band) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for index in 0..band.at.len() {
        match runs.last_mut() {
            Some((first, last)) if is_level(band, *first, index) => *last = index,
            _ => runs.push((index, index)),
        }
    }
    runs
}

fn is_level(band: &Band, a: usize, b: usize) -> bool {
    let slack = (band.high[a] - band.low[a]) * 0.1;
    (band.high[b] - band.high[a]).abs() <= slack && (band.low[b] - band.low[a]).abs() <= slack
}

/// The mean of a value in each step, broken where it is not known of each minute. Steps that differ by no more than
/// the grain's slack are one.
pub fn steps(
    minutes: &[SumMinute],
    grain: Grain,
    value: impl Fn(&SumMinute) -> Option<f64>,
) -> Vec<Vec<[f64; 2]>> {
    let mut runs: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut goes_on = false;
    for (minutes, (start, end)) in grain.cut(minutes) {
        let Some(kw) = mean(minutes, &value) else {
            goes_on = false;
            continue;
        };
        let step = [[start, kw], [end, kw]];
        match runs.last_mut() {
            Some(run) if goes_on => go_on(run, step, grain.slack),
            _ => runs.push(step.to_vec()),
        }
        goes_on = true;
    }
    runs
}

/// Finer than this, a stack is not drawn.
#[derive(Clone, Copy, Debug)]
pub struct Grain {
    /// Minutes of a step: what their mean is.
    pub minutes: u32,
    /// Steps whose edges differ by no more than this are one, kW.
    pub slack: f64,
}

impl Grain {
    /// All of it.
    pub const WHOLE: Self = Self { minutes: 1, slack: 0.0 };

    /// What can be seen where a plot shows this on so many points.
    fn seen(shown: &PlotBounds, width: f32, height: f32) -> Self {
        Self { minutes: chart::minutes_a_step(shown, width), slack: chart::unseen(shown, height) }
    }

    /// Which step a minute is of, counted from 1970: steps stay where they are when time is moved along.
    fn step_of(self, minute: &SumMinute) -> f64 {
        ((minute.end - MINUTE_S) / (MINUTE_S * f64::from(self.minutes))).floor()
    }

    /// Minutes cut into steps, each with its start and end.
    fn cut(self, minutes: &[SumMinute]) -> impl Iterator<Item = (&[SumMinute], (f64, f64))> {
        let steps = minutes.chunk_by(move |a, b| self.step_of(a) == self.step_of(b));
        steps.filter_map(|step| Some((step, (step.first()?.end - MINUTE_S, step.last()?.end))))
    }
}

/// Each layer, what turns up above zero and what turns down below it. A step in which a minute is not known of a
/// layer is a gap in it.
pub fn layers(minutes: &[SumMinute], count: usize, grain: Grain) -> Vec<Vec<Band>> {
    let mut layers = vec![Vec::new(); count];
    for (step, span) in grain.cut(minutes) {
        let (mut up, mut down) = (0.0, 0.0);
        for (place, layer) in layers.iter_mut().enumerate() {
            let Some(kw) = mean(step, |minute| *minute.by_layer.get(place)?) else { continue };
            let base = if kw > 0.0 { &mut up } else { &mut down };
            if kw.abs() > 1e-9 {
                stand(layer, span, (*base + kw.min(0.0), *base + kw.max(0.0)), grain.slack);
            }
            *base += kw;
        }
    }
    layers
}

/// A value in the mean of some minutes; `None` when it is not known of each.
fn mean(minutes: &[SumMinute], value: impl Fn(&SumMinute) -> Option<f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for minute in minutes {
        sum += value(minute)?;
        count += 1.0;
    }
    Some(sum / count)
}

/// Adds a step to a layer, or makes the last one longer when it goes up to that step and both its edges are within `slack`.
fn stand(layer: &mut Vec<Band>, (start, end): (f64, f64), (low, high): (f64, f64), slack: f64) {
    if layer.last().and_then(|band| band.at.last()).is_none_or(|last| *last < start) {
        layer.push(Band::default());
    }
    let Some(band) = layer.last_mut() else { return };
    match (band.at.last_mut(), band.low.last(), band.high.last()) {
        (Some(at), Some(last_low), Some(last_high))
            if (last_low - low).abs() <= slack && (last_high - high).abs() <= slack =>
        {
            *at = end;
        }
        _ => {
            band.at.extend([start, end]);
            band.low.extend([low; 2]);
            band.high.extend([high; 2]);
        }
    }
}

/// The areas that are short of what was asked and over it, each as large as its energy.
pub fn deviations(minutes: &[SumMinute], grain: Grain) -> (Vec<Band>, Vec<Band>) {
    let (mut short_up, mut short_down, mut over_up, mut over_down) = (vec![], vec![], vec![], vec![]);
    for (step, span) in grain.cut(minutes) {
        let of = |value: fn(&SumMinute) -> f64| mean(step, |minute| Some(value(minute))).unwrap_or_default();
        let asked = of(|m| m.instructed);
        add(&mut short_up, span, asked, -of(|m| m.short.0));
        add(&mut short_down, span, asked, of(|m| m.short.1));
        add(&mut over_up, span, asked, of(|m| m.over.0));
        add(&mut over_down, span, asked, -of(|m| m.over.1));
    }
    short_up.append(&mut short_down);
    over_up.append(&mut over_down);
    (short_up, over_up)
}
