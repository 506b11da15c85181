//! What the time line says in words: on the plot, in the legend and to those who do not see it.

use egui::Ui;
use egui_plot::{PlotPoint, PlotTransform};

use super::scene::Scene;
use crate::console::compose::draft::Kind;
use crate::console::plot::chart::{self, style};
use crate::console::plot::instant::seconds;
use crate::console::plot::legend::{self, Sample, entry};
use crate::console::words;
use crate::units::grouped;

/// The least distance of two lines of words, points.
const LINE_OF_WORDS: f32 = 14.0;

/// Words at the lines of the power plot, and what is missing where.
pub fn annotate(ui: &Ui, scene: &Scene<'_>, transform: &PlotTransform) {
    let (tokens, unit) = (scene.tokens, scene.unit);
    chart::mark_time(ui, transform, scene.now, "now", tokens.now, 0);
    if let Some((start, end)) = scene.draft.span() {
        chart::mark_time(ui, transform, seconds(start), "window", tokens.weak, 1);
        chart::mark_time(ui, transform, seconds(end), "end", tokens.weak, 1);
    }
    let limit = |kw: f64, words: String| chart::mark_level(ui, transform, kw, &words, tokens.weak);
    let (least, most) = (grouped(unit.min_kw, 0), grouped(unit.max_kw, 0));
    let apart = transform.position_from_point_y(unit.min_kw) - transform.position_from_point_y(unit.max_kw);
    if apart < LINE_OF_WORDS {
        limit(unit.max_kw, format!("least {least}, most {most} kW"));
    } else {
        limit(unit.max_kw, format!("most {most} kW"));
        limit(unit.min_kw, format!("least {least} kW"));
    }
    // The words of the times stand at the top, in two lines: what is missing gives way to them.
    for missed in &scene.forecast.missed {
        let (at, text) = match scene.forecast.exhausted_at().filter(|_| missed.is_not_kept()) {
            Some(out) => (out, format!("{} kWh missing", grouped(missed.miss.short_kwh, 1))),
            None => (missed.at, format!("{} kW short", grouped(missed.miss.short_kw, 0))),
        };
        let place = transform.position_from_point(&PlotPoint::new(seconds(at), missed.asked_kw));
        if transform.frame().contains(place) {
            let painter = ui.painter().with_clip_rect(*transform.frame());
            let font = egui::TextStyle::Small.resolve(ui.style());
            let galley = painter.layout_no_wrap(text, font, tokens.shortfall);
            let times = transform.frame().top() + 2.0 * LINE_OF_WORDS;
            let above = place.y - 4.0 - galley.size().y;
            let top = if above < times { (place.y + 6.0).max(times) } else { above };
            let corner = egui::pos2(place.x + 12.0, top);
            let ground = egui::Rect::from_min_size(corner, galley.size()).expand2(egui::vec2(3.0, 0.0));
            painter.rect_filled(ground, 2.0, tokens.well);
            painter.galley(corner, galley, tokens.shortfall);
        }
    }
}

/// The legend: what is drawn, and no more.
pub fn entries(scene: &Scene<'_>) -> Vec<legend::Entry> {
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
    if scene.ghost.is_some() {
        entries.push(entry("Rehearsed", Sample::Line(style::REHEARSED, 2.5), tokens.predicted));
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
pub fn summary(scene: &Scene<'_>) -> String {
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
    let rehearsed = if scene.ghost.is_some() { "; the rehearsed curve beside it" } else { "" };
    format!(
        "Plot of net power of {}: {} setpoints, {asks}; window {window}; unit from {} to {} kW; {misses}{rehearsed}",
        draft.unit,
        placed.len(),
        grouped(scene.unit.min_kw, 0),
        grouped(scene.unit.max_kw, 0)
    )
}
