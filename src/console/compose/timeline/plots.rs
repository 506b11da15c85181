//! The three plots, one below the other on one time axis: real power, reactive power, state of charge.

use egui::{Id, Role, Ui, WidgetInfo};
use egui_plot::{FilledArea, HLine, PlotBounds, PlotResponse, VLine};

use super::scene::{Scene, kilo};
use crate::console::compose::draft::Kind;
use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves::{Band, points};
use crate::console::plot::hatch::Hatch;
use crate::console::plot::instant::seconds;
use crate::console::plot::range::fitting;
use crate::power::Curve;
use crate::units::grouped;

/// Height of the plot of state of charge.
pub const CHARGE_HEIGHT: f32 = 84.0;
/// Height of the plot of reactive power.
pub const REACTIVE_HEIGHT: f32 = 120.0;

/// Net power: baseline, reach, limits, what is asked and what would come.
pub fn power_plot(
    ui: &mut Ui,
    scene: &Scene<'_>,
    bounds: PlotBounds,
    height: f32,
    is_lowest: bool,
) -> PlotResponse<()> {
    let (tokens, forecast) = (scene.tokens, scene.forecast);
    let id = Id::unique(("compose-power", scene.sheet));
    let (from, to) = (bounds.min()[0].max(forecast.from), bounds.max()[0].min(forecast.until));
    let draw = to > from;
    let middle = bounds.center().x;
    let window = scene.draft.span();
    chart::time_plot(id, tokens, Quantity::Power, height, middle, is_lowest).show(ui, |plot| {
        plot.set_plot_bounds(bounds);
        if !draw {
            return;
        }
        let reach_from = forecast.envelope.upper.points().first().map_or(from, |p| p.0).max(from);
        if to > reach_from {
            let band = Band::of_ordered(&forecast.envelope.lower, &forecast.envelope.upper, reach_from, to);
            plot.add(
                FilledArea::new("Reachable", &band.at, &band.low, &band.high)
                    .fill_color(tokens.reachable)
                    .stroke(egui::Stroke::new(1.0, tokens.predicted))
                    .allow_hover(false),
            );
        }
        for limit in [scene.unit.max_kw, scene.unit.min_kw] {
            plot.hline(
                HLine::new("Limit", limit)
                    .color(tokens.weak)
                    .width(1.0)
                    .style(style::LIMIT)
                    .allow_hover(false),
            );
        }
        if let Some((start, end)) = window {
            for at in [start, end] {
                plot.vline(
                    VLine::new("Window", seconds(at)).color(tokens.weak).width(1.0).allow_hover(false),
                );
            }
        }
        plot.vline(
            VLine::new("Now", scene.now).color(tokens.now).width(1.0).style(style::NOW).allow_hover(false),
        );
        plot.line(chart::line(
            "Baseline",
            points(&forecast.baseline, from, to),
            tokens.baseline,
            1.5,
            style::BASELINE,
        ));
        if let Some(before) = &forecast.before {
            plot.line(chart::line("Before", points(before, from, to), tokens.weak, 1.5, style::BEFORE));
        }
        if let (Some(asked), Some(plan)) = (&forecast.asked, &forecast.plan) {
            for (target, missing) in missing(scene, asked, &plan.curve) {
                plot.add(Hatch::rising(&format!("Missing {target}"), missing, tokens.shortfall));
            }
        }
        if let Some(asked) = &forecast.asked {
            plot.line(chart::line("Asked", points(asked, from, to), tokens.instructed, 2.5, style::ASKED));
        }
        if let Some(plan) = &forecast.plan {
            let begins = plan.curve.points().first().map_or(from, |p| p.0).max(from);
            if to > begins {
                plot.line(chart::line(
                    "Predicted",
                    points(&plan.curve, begins, to),
                    tokens.delivered,
                    2.0,
                    style::PREDICTED,
                ));
            }
        }
        if let Some(ghost) = scene.ghost {
            let shown = ghost.curve.iter().copied().filter(|[at, _]| (from..=to).contains(at)).collect();
            plot.line(chart::line("Rehearsed", shown, tokens.predicted, 2.5, style::REHEARSED));
        }
    })
}

/// The areas between what is asked and what would come, from each missed level until it is reached.
fn missing(scene: &Scene<'_>, asked: &Curve, plan: &Curve) -> Vec<(usize, Band)> {
    let Some((_, end)) = scene.draft.span() else { return Vec::new() };
    let missed = &scene.forecast.missed;
    let mut areas = Vec::new();
    for (index, missed_level) in missed.iter().enumerate() {
        let from = seconds(missed_level.at);
        let next = scene
            .draft
            .placed()
            .into_iter()
            .filter(|p| p.kind == Kind::Real)
            .map(|p| seconds(p.at))
            .find(|at| *at > from)
            .unwrap_or(f64::INFINITY);
        let reached = missed_level.reached_at().filter(|_| !missed_level.is_not_kept());
        let until = reached.unwrap_or(f64::INFINITY).min(next).min(seconds(end));
        if until > from {
            let band = Band::between(asked, plan, from, until);
            if !band.is_flat() {
                areas.push((index, band));
            }
        }
    }
    areas
}

/// Reactive power, in steps.
pub fn reactive_plot(ui: &mut Ui, scene: &Scene<'_>, shown: PlotBounds, is_lowest: bool) -> PlotResponse<()> {
    let tokens = scene.tokens;
    let placed: Vec<_> = scene.draft.placed().into_iter().filter(|p| p.kind == Kind::Reactive).collect();
    let end = scene.draft.span().map_or(shown.max()[0], |(_, end)| seconds(end));
    let mut steps: Vec<[f64; 2]> = Vec::new();
    for p in &placed {
        let (at, value) = (seconds(p.at), kilo(p.amount));
        if let Some(last) = steps.last().copied() {
            steps.push([at, last[1]]);
        }
        steps.push([at, value]);
    }
    if let Some(last) = steps.last().copied() {
        steps.push([end.max(last[0]), last[1]]);
    }
    let reach = reach_kvar(scene, shown.min()[0], shown.max()[0]);
    let edges = reach.iter().flat_map(|band| band.low.iter().chain(&band.high).copied());
    let levels = placed.iter().map(|p| kilo(p.amount));
    let own = fitting(shown.min()[0], shown.max()[0], levels.chain(edges).chain([0.0]));
    let bounds = PlotBounds::from_min_max([shown.min()[0], own.min()[1]], [shown.max()[0], own.max()[1]]);
    let id = Id::unique(("compose-reactive", scene.sheet));
    let plot =
        chart::time_plot(id, tokens, Quantity::Reactive, REACTIVE_HEIGHT, bounds.center().x, is_lowest);
    let shown = plot.allow_drag(false).allow_zoom(false).allow_boxed_zoom(false).show(ui, |plot| {
        plot.set_plot_bounds(bounds);
        if let Some(band) = &reach {
            plot.add(
                FilledArea::new("Reachable, reactive", &band.at, &band.low, &band.high)
                    .fill_color(tokens.reachable)
                    .stroke(egui::Stroke::new(1.0, tokens.predicted))
                    .allow_hover(false),
            );
        }
        plot.hline(HLine::new("Zero", 0.0).color(tokens.weak).width(1.0).allow_hover(false));
        plot.vline(VLine::new("Now", scene.now).color(tokens.now).style(style::NOW).allow_hover(false));
        plot.line(chart::line("Asked, reactive", steps, tokens.instructed, 2.5, style::ASKED));
    });
    shown.response.widget_info(|| {
        let text = format!(
            "Plot of reactive power: {} setpoints, positive is exporting (lagging); {}",
            placed.len(),
            reach_words(scene)
        );
        WidgetInfo::labeled(Role::Image, true, text)
    });
    shown
}

/// Instants at which what can be had of reactive power is drawn.
const REACH_STEPS: u32 = 240;

/// The kvar that can be had beside the real power that would come, between two instants; `None` for a unit that controls
/// real power only.
fn reach_kvar(scene: &Scene<'_>, from: f64, to: f64) -> Option<Band> {
    let capability = scene.unit.reactive.as_ref()?;
    let mut band = Band::default();
    if to <= from {
        return None;
    }
    for step in 0..=REACH_STEPS {
        let t = from + (to - from) * f64::from(step) / f64::from(REACH_STEPS);
        let (low, high) = capability.to_be_had(kw_at(scene, t));
        band.at.push(t);
        band.low.push(low);
        band.high.push(high);
    }
    Some(band)
}

/// Real power that would come at an instant.
fn kw_at(scene: &Scene<'_>, t: f64) -> f64 {
    let plan = scene.forecast.plan.as_ref().filter(|p| p.curve.points().first().is_some_and(|p| p.0 <= t));
    plan.map_or_else(|| scene.unit.baseline.at(t), |plan| plan.curve.at(t))
}

/// What can be had throughout the window.
fn reach_words(scene: &Scene<'_>) -> String {
    if scene.unit.reactive.is_none() {
        return "the unit controls no reactive power".to_owned();
    }
    let window = scene.draft.span().map(|(start, end)| (seconds(start), seconds(end)));
    let band = window.and_then(|(start, end)| reach_kvar(scene, start, end - 1.0));
    let Some(band) = band else { return "no window is set".to_owned() };
    let (least, most) = (
        band.low.iter().copied().fold(f64::MIN, f64::max),
        band.high.iter().copied().fold(f64::MAX, f64::min),
    );
    format!(
        "reachable throughout the window: {} to {} kvar",
        grouped(least.ceil(), 0),
        grouped(most.floor(), 0)
    )
}

/// The state of charge that would follow.
pub fn charge_plot(ui: &mut Ui, scene: &Scene<'_>, soc: &Curve, shown: PlotBounds) {
    let tokens = scene.tokens;
    let (from, to) = (shown.min()[0].max(scene.now), shown.max()[0].min(scene.forecast.until));
    let curve = if to > from { points(soc, from, to) } else { Vec::new() };
    let bounds = PlotBounds::from_min_max([shown.min()[0], -0.02], [shown.max()[0], 1.02]);
    let id = Id::unique(("compose-charge", scene.sheet));
    let limits = match scene.unit.asset.as_ref() {
        crate::power::Asset::Battery(battery) => vec![battery.min_soc, battery.max_soc],
        _ => Vec::new(),
    };
    let last = soc.points().last().map_or(0.0, |p| p.1);
    let plot = chart::time_plot(id, tokens, Quantity::Charge, CHARGE_HEIGHT, bounds.center().x, true);
    let response = plot.allow_drag(false).allow_zoom(false).allow_boxed_zoom(false).show(ui, |plot| {
        plot.set_plot_bounds(bounds);
        for limit in limits {
            plot.hline(HLine::new("Limit", limit).color(tokens.weak).style(style::LIMIT).allow_hover(false));
        }
        plot.vline(VLine::new("Now", scene.now).color(tokens.now).style(style::NOW).allow_hover(false));
        plot.line(chart::line("State of charge", curve, tokens.charge, 2.0, style::PREDICTED));
    });
    response.response.widget_info(|| {
        let first = soc.points().first().map_or(0.0, |p| p.1);
        let text = format!(
            "Plot of the predicted state of charge: from {} % to {} %",
            grouped(first * 100.0, 0),
            grouped(last * 100.0, 0)
        );
        WidgetInfo::labeled(Role::Image, true, text)
    });
}
