//! Power against limits as a bar, and the last quarter of an hour as a line.

use egui::{Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::console::theme::Tokens;
use crate::desk::snapshot::UnitState;
use crate::units::grouped;

/// Seconds of readings in the small line.
const TREND_S: f64 = 900.0;

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
    if !ui.is_rect_visible(rect) || unit.readings.is_empty() {
        return;
    }
    let from = now - TREND_S;
    let columns = columns(rect.width());
    let (low, high) = (unit.min_kw.min(0.0), unit.max_kw.max(0.0));
    let points: Vec<_> = unit
        .readings
        .decimated(from, now, columns)
        .into_iter()
        .map(|[at, kw]| {
            let up = (kw - low) / (high - low).max(f64::EPSILON);
            let x = across(rect, (at - from) / TREND_S);
            pos2(x, rect.bottom() - 1.0 - (rect.height() - 2.0) * share(up))
        })
        .collect();
    let line = egui::Shape::line(points, Stroke::new(1.2, tokens.delivered));
    ui.painter().with_clip_rect(rect.intersect(ui.clip_rect())).add(line);
}

/// The little line for those who do not see it.
fn trend_in_words(unit: &UnitState, now: f64) -> String {
    let readings = unit.readings.decimated(now - TREND_S, now, 1);
    let (Some(first), Some(last)) = (readings.first(), readings.last()) else {
        return "no power reported in the last 15 min".to_owned();
    };
    let least = readings.iter().map(|[_, kw]| *kw).fold(f64::INFINITY, f64::min);
    let greatest = readings.iter().map(|[_, kw]| *kw).fold(f64::NEG_INFINITY, f64::max);
    let [first, last, least, greatest] = [first[1], last[1], least, greatest].map(|kw| grouped(kw, 1));
    format!("power over the last 15 min: from {first} to {last} kW, between {least} and {greatest} kW")
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
