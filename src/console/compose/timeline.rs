//! The time line: what is asked against what the unit can do, with every level as a handle.

use egui::{Id, Popup, PopupAnchor, Pos2, Response, Role, Ui, WidgetInfo};
use egui_plot::{FilledArea, HLine, PlotBounds, PlotPoint, PlotResponse, PlotTransform, VLine};

use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves::{Band, points};
use crate::console::plot::hatch::Hatch;
use crate::console::plot::instant::{instant, seconds, snapped};
use crate::console::plot::legend::{self, Sample, entry};
use crate::console::plot::range::{Range, fitting};
use crate::console::theme::Tokens;
use crate::console::words;
use crate::desk::snapshot::UnitState;
use crate::dispatch::Reference;
use crate::power::Curve;
use crate::time::UtcTime;
use crate::units::grouped;

use super::draft::{Draft, Kind, RowId};
use super::forecast::Forecast;
use super::handles;

/// Height of the plot of state of charge.
const CHARGE_HEIGHT: f32 = 96.0;
/// Height of the plot of reactive power.
const REACTIVE_HEIGHT: f32 = 120.0;

/// What is drawn.
pub struct Scene<'a> {
    /// For the ids of handles.
    pub sheet: u64,
    /// The draft.
    pub draft: &'a Draft,
    /// The unit.
    pub unit: &'a UnitState,
    /// What it can and would do.
    pub forecast: &'a Forecast,
    /// Colours.
    pub tokens: &'a Tokens,
    /// The row in hand.
    pub selected: Option<RowId>,
    /// Whether anything can be changed.
    pub enabled: bool,
    /// The present, seconds of UTC.
    pub now: f64,
}

/// Something a person did on the plot.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Holds or focuses a row's handle.
    Select(RowId),
    /// Moves a row's level in time.
    Move(RowId, UtcTime),
    /// Asks another volume of a row, watts or vars.
    Amount(RowId, i64),
    /// Takes a row out.
    Remove(RowId),
    /// Moves the window's start or end.
    Window(UtcTime, UtcTime),
    /// Breaks off what is being dragged.
    Cancel,
    /// Asks for a level at a time.
    Add(Pending),
}

/// A level asked for on the plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pending {
    /// When.
    pub at: UtcTime,
    /// Net kW, or kvar.
    pub level: f64,
    /// Of what.
    pub kind: Kind,
    /// What it is measured from, once a person has said.
    pub reference: Option<Reference>,
    /// Where the pointer was.
    pub place: Pos2,
}

impl Scene<'_> {
    /// The net value of a level on its plot.
    pub fn net(&self, kind: Kind, reference: Option<Reference>, at: UtcTime, amount: i64) -> f64 {
        let value = kilo(amount);
        match (kind, reference) {
            (Kind::Real, Some(Reference::Delta)) => self.unit.baseline.at(seconds(at)) + value,
            _ => value,
        }
    }

    /// The amount, in kW or kvar, that makes the net value.
    pub fn amount_for_net(&self, kind: Kind, reference: Option<Reference>, at: UtcTime, net: f64) -> f64 {
        match (kind, reference) {
            (Kind::Real, Some(Reference::Delta)) => net - self.unit.baseline.at(seconds(at)),
            _ => net,
        }
    }

    /// The step that a dragged volume snaps to: a round number, about a hundredth of what the unit can do.
    pub fn step(&self) -> f64 {
        round_step((self.unit.max_kw - self.unit.min_kw).abs() / 100.0)
    }

    fn has_reactive(&self) -> bool {
        self.draft.rows.iter().any(|r| r.kind == Kind::Reactive)
    }

    fn fitting_time(&self) -> (f64, f64) {
        let (start, end) =
            self.draft.span().map_or((self.now, self.now + 3600.0), |(s, e)| (seconds(s), seconds(e)));
        let soon = start - self.now < 5400.0;
        let from = if soon { start.min(self.now) - 300.0 } else { start - 2700.0 };
        (from, end + 1500.0)
    }

    fn fitting(&self) -> PlotBounds {
        let (from, to) = self.fitting_time();
        let forecast = self.forecast;
        let curves = [Some(&forecast.baseline), forecast.asked.as_ref(), forecast.before.as_ref()];
        let values = curves.into_iter().flatten().flat_map(|c| c.points().iter().map(|p| p.1));
        let levels = self
            .draft
            .placed()
            .into_iter()
            .filter(|p| p.kind == Kind::Real)
            .map(|p| self.net(p.kind, p.reference, p.at, p.amount));
        fitting(from, to, values.chain(levels).chain([self.unit.max_kw, self.unit.min_kw, 0.0]))
    }
}

/// Watts or vars in kilo.
#[expect(clippy::cast_precision_loss, reason = "volumes are far below 2^53 W")]
pub fn kilo(amount: i64) -> f64 {
    amount as f64 / 1000.0
}

/// 1, 2 or 5 times a power of ten, at least 1.
fn round_step(about: f64) -> f64 {
    let power = 10_f64.powf(about.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= about).unwrap_or(1.0)
}

/// Draws the plots and tells what a person did on them.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, range: &mut Range, pending: &mut Option<Pending>) -> Vec<Act> {
    let mut acts = Vec::new();
    let has_charge = scene.forecast.plan.as_ref().is_some_and(|p| p.soc.is_some());
    let below = 40.0
        + if has_charge { CHARGE_HEIGHT } else { 0.0 }
        + if scene.has_reactive() { REACTIVE_HEIGHT } else { 0.0 };
    let height = (ui.available_height() - below).clamp(190.0, 900.0);
    let is_lowest = !has_charge && !scene.has_reactive();

    let bounds = range.bounds(scene.fitting());
    let shown = power_plot(ui, scene, bounds, height, is_lowest);
    range.settle(&shown.transform);
    let now_shown = *shown.transform.bounds();
    shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, summary(scene)));
    annotate(ui, scene, &shown.transform);
    add_by_double_click(scene, &shown.response, &shown.transform, Kind::Real, &mut acts);
    handles::window(ui, scene, &shown.transform, &mut acts);
    handles::levels(ui, scene, &shown.transform, Kind::Real, &mut acts);

    if scene.has_reactive() {
        let shown = reactive_plot(ui, scene, now_shown, !has_charge);
        add_by_double_click(scene, &shown.response, &shown.transform, Kind::Reactive, &mut acts);
        handles::levels(ui, scene, &shown.transform, Kind::Reactive, &mut acts);
    }
    if let Some(soc) = scene.forecast.plan.as_ref().and_then(|p| p.soc.as_ref()) {
        charge_plot(ui, scene, soc, now_shown);
    }
    legend::show(ui, &entries(scene));
    choose_reference(ui, pending, &mut acts);
    acts
}

fn power_plot(
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
                    .stroke(egui::Stroke::new(1.0, tokens.predicted.gamma_multiply(0.5)))
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

fn reactive_plot(ui: &mut Ui, scene: &Scene<'_>, shown: PlotBounds, is_lowest: bool) -> PlotResponse<()> {
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
    let own = fitting(shown.min()[0], shown.max()[0], placed.iter().map(|p| kilo(p.amount)).chain([0.0]));
    let bounds = PlotBounds::from_min_max([shown.min()[0], own.min()[1]], [shown.max()[0], own.max()[1]]);
    let id = Id::unique(("compose-reactive", scene.sheet));
    let plot =
        chart::time_plot(id, tokens, Quantity::Reactive, REACTIVE_HEIGHT, bounds.center().x, is_lowest);
    let shown = plot.allow_drag(false).allow_zoom(false).allow_boxed_zoom(false).show(ui, |plot| {
        plot.set_plot_bounds(bounds);
        plot.hline(HLine::new("Zero", 0.0).color(tokens.weak).width(1.0).allow_hover(false));
        plot.vline(VLine::new("Now", scene.now).color(tokens.now).style(style::NOW).allow_hover(false));
        plot.line(chart::line("Asked, reactive", steps, tokens.instructed, 2.5, style::ASKED));
    });
    shown.response.widget_info(|| {
        let text =
            format!("Plot of reactive power: {} setpoints, positive is exporting (lagging)", placed.len());
        WidgetInfo::labeled(Role::Image, true, text)
    });
    shown
}

fn charge_plot(ui: &mut Ui, scene: &Scene<'_>, soc: &Curve, shown: PlotBounds) {
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

fn annotate(ui: &Ui, scene: &Scene<'_>, transform: &PlotTransform) {
    let (tokens, unit) = (scene.tokens, scene.unit);
    chart::mark_time(ui, transform, scene.now, "now", tokens.now, 0);
    if let Some((start, end)) = scene.draft.span() {
        chart::mark_time(ui, transform, seconds(start), "window", tokens.weak, 1);
        chart::mark_time(ui, transform, seconds(end), "end", tokens.weak, 1);
    }
    let limit = |kw: f64, word: &str| {
        chart::mark_level(ui, transform, kw, &format!("{word} {} kW", grouped(kw, 0)), tokens.weak);
    };
    limit(unit.max_kw, "most");
    limit(unit.min_kw, "least");
    for missed in &scene.forecast.missed {
        let (at, text) = match scene.forecast.exhausted_at().filter(|_| missed.is_not_kept()) {
            Some(out) => (out, format!("{} kWh missing", grouped(missed.miss.short_kwh, 1))),
            None => (missed.at, format!("{} kW short", grouped(missed.miss.short_kw, 0))),
        };
        let place = transform.position_from_point(&PlotPoint::new(seconds(at), missed.asked_kw));
        if transform.frame().contains(place) {
            let painter = ui.painter().with_clip_rect(*transform.frame());
            painter.text(
                place + egui::vec2(12.0, -4.0),
                egui::Align2::LEFT_BOTTOM,
                text,
                egui::TextStyle::Small.resolve(ui.style()),
                tokens.shortfall,
            );
        }
    }
}

fn add_by_double_click(
    scene: &Scene<'_>,
    response: &Response,
    transform: &PlotTransform,
    kind: Kind,
    acts: &mut Vec<Act>,
) {
    let Some(place) =
        response.ctx.pointer_interact_pos().filter(|_| scene.enabled && response.double_clicked())
    else {
        return;
    };
    let point = transform.value_from_position(place);
    let fine = response.ctx.input(|i| i.modifiers.shift);
    let (time_step, step) = if fine { (1.0, 1.0) } else { (60.0, scene.step()) };
    let mut at = instant(snapped(point.x, time_step));
    if let Some((start, end)) = scene.draft.span() {
        at = at.min(end - 1).max(start);
    }
    let level = snapped(point.y, if kind == Kind::Real { step } else { 1.0 });
    acts.push(Act::Add(Pending { at, level, kind, reference: None, place }));
}

/// Asks what a level put on the plot is measured from: there is no default.
fn choose_reference(ui: &Ui, pending: &mut Option<Pending>, acts: &mut Vec<Act>) {
    let Some(asked) = *pending else { return };
    let mut open = true;
    let layer = ui.layer_id();
    let popup = Popup::new(
        Id::unique("compose-choose-reference"),
        ui.ctx().clone(),
        PopupAnchor::Position(asked.place),
        layer,
    );
    let chosen = popup
        .open_bool(&mut open)
        .show(|ui| {
            let unit = if asked.kind == Kind::Real { "kW net" } else { "kvar" };
            ui.label(format!("{} {unit} at {}, as", grouped(asked.level, 0), words::london(asked.at)));
            let delta = ui.button("Delta: a change from baseline").clicked();
            let absolute = ui.button("Absolute: net power").clicked();
            match (delta, absolute) {
                (true, _) => Some(Reference::Delta),
                (_, true) => Some(Reference::Absolute),
                _ => None,
            }
        })
        .and_then(|shown| shown.inner);
    if let Some(reference) = chosen {
        *pending = None;
        acts.push(Act::Add(Pending { reference: Some(reference), ..asked }));
    } else if !open {
        *pending = None;
    }
}

fn entries(scene: &Scene<'_>) -> Vec<legend::Entry> {
    let tokens = scene.tokens;
    let forecast = scene.forecast;
    let mut entries = vec![
        entry("Baseline", Sample::Line(style::BASELINE, 1.5), tokens.baseline),
        entry("Reachable", Sample::Area, tokens.reachable),
    ];
    if forecast.before.is_some() {
        entries.push(entry("Asked before", Sample::Line(style::BEFORE, 1.5), tokens.weak));
    }
    if forecast.asked.is_some() {
        entries.push(entry("Asked", Sample::Line(style::ASKED, 2.5), tokens.instructed));
        entries.push(entry("Predicted", Sample::Line(style::PREDICTED, 2.0), tokens.delivered));
    }
    if !forecast.missed.is_empty() {
        entries.push(entry("Missing", Sample::Rising, tokens.shortfall));
    }
    if forecast.plan.as_ref().is_some_and(|p| p.soc.is_some()) {
        entries.push(entry("State of charge", Sample::Line(style::PREDICTED, 2.0), tokens.charge));
    }
    entries
}

/// The plot in words, for those who do not see it.
fn summary(scene: &Scene<'_>) -> String {
    let draft = scene.draft;
    let placed = draft.placed();
    let real: Vec<f64> = placed
        .iter()
        .filter(|p| p.kind == Kind::Real && p.reference.is_some())
        .map(|p| scene.net(p.kind, p.reference, p.at, p.amount))
        .collect();
    let window = draft
        .span()
        .map_or_else(|| "no window yet".to_owned(), |(start, end)| words::london_span(start, end));
    let most = real.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = real.iter().copied().fold(f64::INFINITY, f64::min);
    let asks = if real.is_empty() {
        "no level that can be drawn yet".to_owned()
    } else {
        format!("from {} to {} kW net", grouped(least, 0), grouped(most, 0))
    };
    let misses = match scene.forecast.missed.as_slice() {
        [] if scene.forecast.plan.is_some() => "all of it can be delivered".to_owned(),
        [] => "nothing to predict yet".to_owned(),
        missed => {
            let each: Vec<String> = missed
                .iter()
                .map(|m| format!("setpoint {} by {} kW", draft.number_of(m.row), grouped(m.miss.short_kw, 0)))
                .collect();
            format!("missed: {}", each.join(", "))
        }
    };
    format!(
        "Plot of net power of {}: {} setpoints, {asks}; window {window}; unit from {} to {} kW; {misses}",
        draft.unit,
        placed.len(),
        grouped(scene.unit.min_kw, 0),
        grouped(scene.unit.max_kw, 0)
    )
}
