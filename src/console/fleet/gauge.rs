//! Power against limits as a bar, with the last quarter of an hour as a line beside it. Drawn for rows in sight alone.

use egui::{Align, Layout, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::console::theme::Tokens;
use crate::desk::snapshot::UnitState;
use crate::units::grouped;

/// Seconds of readings in the small line.
const TREND_S: f64 = 900.0;
/// The line is broken across a longer silence, seconds.
const SILENT_S: f64 = 180.0;
/// The share of a column that the bar takes; the line has the rest.
const BAR: f32 = 0.56;

/// Draws the bar and the line beside it.
pub fn power_and_trend(ui: &mut Ui, tokens: &Tokens, unit: &UnitState, now: f64) {
    let whole = ui.available_width();
    let side = |ui: &mut Ui, width: f32, add: &dyn Fn(&mut Ui)| {
        ui.allocate_ui_with_layout(vec2(width, 16.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(width);
            add(ui);
        });
    };
    let gap = ui.spacing().item_spacing.x;
    side(ui, whole * BAR, &|ui| power(ui, tokens, unit));
    side(ui, (whole * (1.0 - BAR) - gap).max(8.0), &|ui| trend(ui, tokens, unit, now));
}

/// Draws where the power stands between the unit's limits.
pub fn power(ui: &mut Ui, tokens: &Tokens, unit: &UnitState) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 14.0), Sense::hover());
    let limits = format!("{} to {} kW", grouped(unit.min_kw, 0), grouped(unit.max_kw, 0));
    let name = match unit.kw {
        Some(kw) => format!("power {} kW within {limits}", grouped(kw, 1)),
        None => format!("power not reported; limits {limits}"),
    };
    if ui.is_rect_visible(rect) {
        paint(ui, tokens, unit, rect.shrink2(vec2(1.0, 2.0)));
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    response.on_hover_text(name);
}

fn paint(ui: &Ui, tokens: &Tokens, unit: &UnitState, rect: Rect) {
    let painter = ui.painter();
    let (low, high) = (unit.min_kw.min(0.0), unit.max_kw.max(0.0));
    let x = |kw: f64| across(rect, (kw - low) / (high - low).max(f64::EPSILON));
    painter.rect_filled(rect, 1.0, tokens.well);
    painter.rect_stroke(rect, 1.0, Stroke::new(1.0, tokens.edge), egui::StrokeKind::Inside);
    if let Some(kw) = unit.kw {
        let beyond = kw > unit.max_kw + 0.5 || kw < unit.min_kw - 0.5;
        let ink = if beyond { tokens.high } else { tokens.delivered };
        let span = Rect::from_x_y_ranges(x(kw.min(0.0))..=x(kw.max(0.0)), rect.y_range().shrink(2.0));
        painter.rect_filled(span, 0.0, ink);
        let mark = Stroke::new(2.0, tokens.text);
        painter.line_segment([pos2(x(kw), rect.top()), pos2(x(kw), rect.bottom())], mark);
    }
    painter
        .line_segment([pos2(x(0.0), rect.top()), pos2(x(0.0), rect.bottom())], Stroke::new(1.0, tokens.weak));
}

/// Draws the last readings, on the scale of the unit's limits.
pub fn trend(ui: &mut Ui, tokens: &Tokens, unit: &UnitState, now: f64) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 16.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, trend_in_words(unit, now)));
    if ui.is_rect_visible(rect) && !unit.readings.is_empty() {
        paint_trend(ui, tokens, unit, now, rect);
    }
    response.on_hover_ui(|ui| {
        ui.label(trend_in_words(unit, now));
    });
}

/// No reading is copied that is not drawn: of many, first, least, greatest and last of each point across.
fn paint_trend(ui: &Ui, tokens: &Tokens, unit: &UnitState, now: f64, rect: Rect) {
    let from = now - TREND_S;
    let (low, high) = (unit.min_kw.min(0.0), unit.max_kw.max(0.0));
    let y = |kw: f64| {
        let up = (kw - low) / (high - low).max(f64::EPSILON);
        rect.bottom() - 1.0 - (rect.height() - 2.0) * share(up)
    };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.hline(rect.x_range(), y(0.0), Stroke::new(1.0, tokens.line));
    let readings = unit.readings.decimated(from, now, columns(rect.width()));
    for run in readings.chunk_by(|a, b| b[0] - a[0] <= SILENT_S) {
        let points: Vec<_> =
            run.iter().map(|[at, kw]| pos2(unheld(rect, (at - from) / TREND_S), y(*kw))).collect();
        painter.add(egui::Shape::line(points, Stroke::new(1.2, tokens.delivered)));
    }
}

/// The little line for those who do not see it.
fn trend_in_words(unit: &UnitState, now: f64) -> String {
    let from = now - TREND_S;
    // One on either side of the quarter of an hour is of no interest here.
    let mut readings = unit.readings.decimated(from, now, 1);
    readings.retain(|[at, _]| (from..=now).contains(at));
    let (Some(first), Some(last)) = (readings.first(), readings.last()) else {
        return "no power reported in the last 15 min".to_owned();
    };
    let least = readings.iter().map(|[_, kw]| *kw).fold(f64::INFINITY, f64::min);
    let greatest = readings.iter().map(|[_, kw]| *kw).fold(f64::NEG_INFINITY, f64::max);
    let [first, last, least, greatest] = [first[1], last[1], least, greatest].map(|kw| grouped(kw, 1));
    format!("power over the last 15 min: from {first} to {last} kW, between {least} and {greatest} kW")
}

/// Across a rectangle, and beyond it: lines run on to the reading outside.
#[expect(clippy::cast_possible_truncation, reason = "a few widths at most")]
fn unheld(rect: Rect, part: f64) -> f32 {
    rect.left() + rect.width() * part.clamp(-8.0, 8.0) as f32
}

fn across(rect: Rect, part: f64) -> f32 {
    rect.left() + rect.width() * share(part)
}

#[expect(clippy::cast_possible_truncation, reason = "held between 0 and 1")]
fn share(part: f64) -> f32 {
    part.clamp(0.0, 1.0) as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a width in points, never negative"
)]
fn columns(width: f32) -> usize {
    width.max(8.0) as usize
}
