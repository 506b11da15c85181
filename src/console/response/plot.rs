//! The plot of an answer to a step: time from the instruction on.

use egui::{Color32, Id, Role, Ui, WidgetInfo};
use egui_plot::{GridMark, HoverPosition, PlotBounds, VLine};

use super::words::in_words;
use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::legend::{self, Sample, entry};
use crate::console::plot::range::fitting;
use crate::console::theme::Tokens;
use crate::console::words;
use crate::power::{Asset, Curve, StepResponse};
use crate::units::grouped;

/// How high it is, points.
const HEIGHT: f32 = 150.0;
/// The share of the time that is shown before the instruction.
const BEFORE: f64 = 0.06;

/// What is drawn.
pub struct Drawn<'a> {
    /// Whose answer it is.
    pub name: &'a str,
    /// The answer.
    pub answer: &'a StepResponse,
    /// Who gives it.
    pub asset: &'a Asset,
    /// What the physics that are declared answer, where they are others.
    pub declared: Option<&'a StepResponse>,
    /// It is not what is typed.
    pub is_stale: bool,
}

/// Draws it, with its legend.
pub fn show(ui: &mut Ui, tokens: &Tokens, drawn: &Drawn<'_>) {
    let Drawn { name, answer, asset, declared, is_stale } = *drawn;
    // Both answers are shown, each to its own end.
    let length = |answer: &StepResponse| answer.until - answer.from;
    let end = declared.map_or(length(answer), |other| length(answer).max(length(other)));
    let begin = -end * BEFORE;
    let asked = asked(answer, begin);
    let given = from_instruction(&answer.curve, answer.from, begin);
    let before = declared.map(|other| from_instruction(&other.curve, other.from, begin));
    let values = asked.iter().chain(&given).chain(before.iter().flatten()).map(|p| p[1]);
    let own = fitting(begin, end, values);
    let bounds = PlotBounds::from_min_max([begin, own.min()[1]], [end, own.max()[1]]);
    let ink = |colour: Color32| if is_stale { tokens.weak } else { colour };
    let plot =
        chart::time_plot(Id::unique(("step-response", name)), tokens, Quantity::Power, HEIGHT, 0.0, true)
            .x_axis_label("Time from the instruction")
            .x_axis_formatter(|mark: GridMark, _| elapsed(mark.value))
            .label_formatter(|position| {
                let (HoverPosition::Elsewhere { position } | HoverPosition::NearDataPoint { position, .. }) =
                    position;
                Some(format!("{}\n{} kW net", elapsed(position.x), grouped(position.y, 0)))
            })
            .allow_drag(false)
            .allow_zoom(false)
            .allow_boxed_zoom(false);
    let shown = plot.show(ui, |plot| {
        plot.set_plot_bounds(bounds);
        for at in [0.0, answer.released - answer.from] {
            plot.vline(VLine::new("Told and let go", at).color(tokens.edge).width(1.0).allow_hover(false));
        }
        let rest = from_instruction(&answer.rest, answer.from, begin);
        plot.line(chart::line("Rest", rest, tokens.baseline, 1.5, style::BASELINE));
        plot.line(chart::line("Asked", asked, ink(tokens.instructed), 1.5, style::ASKED));
        if let Some(before) = before {
            plot.line(chart::line("As declared", before, tokens.weak, 1.5, style::BEFORE));
        }
        plot.line(chart::line("Response", given, ink(tokens.delivered), 2.5, style::PREDICTED));
    });
    shown.response.widget_info(|| {
        let stale = if is_stale { ", not what is typed" } else { "" };
        let words = format!("Step response of {name}{stale}: {}", in_words(answer, asset));
        WidgetInfo::labeled(Role::Image, true, words)
    });
    let mut entries = vec![
        entry("asked", Sample::Line(style::ASKED, 1.5), ink(tokens.instructed)),
        entry("response", Sample::Line(style::PREDICTED, 2.5), ink(tokens.delivered)),
        entry("at rest", Sample::Line(style::BASELINE, 1.5), tokens.baseline),
    ];
    if declared.is_some() {
        entries.push(entry("as declared", Sample::Line(style::BEFORE, 1.5), tokens.weak));
    }
    legend::show(ui, &entries);
}

/// The step: at rest, at the level from the instruction until it is let go, at rest.
fn asked(answer: &StepResponse, begin: f64) -> Vec<[f64; 2]> {
    let released = answer.released - answer.from;
    let after = answer.rest.at(answer.released);
    let (rest, level) = (answer.rest_kw, answer.level_kw);
    vec![
        [begin, rest],
        [0.0, rest],
        [0.0, level],
        [released, level],
        [released, after],
        [answer.until - answer.from, answer.rest.at(answer.until)],
    ]
}

/// A curve's points by the time from the instruction, with the time before it.
fn from_instruction(curve: &Curve, from: f64, begin: f64) -> Vec<[f64; 2]> {
    let before = [begin, curve.at(from)];
    std::iter::once(before).chain(curve.points().iter().map(|p| [p.0 - from, p.1])).collect()
}

/// `0 s`, `90 s`, `5 min`, `1 h 30 min`.
fn elapsed(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a day at most")]
    let whole = seconds.round() as i64;
    match whole {
        s if s % 3600 == 0 && s != 0 => format!("{} h", s / 3600),
        s if s % 60 == 0 && s != 0 && s.abs() < 3600 => format!("{} min", s / 60),
        s if s.abs() < 60 => format!("{s} s"),
        s => words::span(s),
    }
}
