//! The axis above the time line: days above, times below, and where the present is.

use egui::{Align2, FontId, Painter, Rect, Stroke, TextStyle, Ui, pos2, vec2};

use super::axis;
use super::timeline::Scene;
use crate::console::theme::Tokens;

/// Its height, points.
pub const HEIGHT: f32 = 36.0;
/// Height of the days, points.
const DAYS: f32 = 17.0;
/// No time of day is written nearer to the present than that, points.
const NEAR: f32 = 34.0;

/// Draws it.
pub fn ui(ui: &Ui, tokens: &Tokens, scene: &Scene<'_>) {
    let head = Rect::from_min_max(scene.frame.min, pos2(scene.frame.right(), scene.frame.top() + HEIGHT));
    let painter = ui.painter().with_clip_rect(head.intersect(ui.clip_rect()));
    let small = TextStyle::Small.resolve(ui.style());
    painter.rect_filled(head, 0.0, tokens.panel);
    painter.hline(head.x_range(), head.bottom(), Stroke::new(1.0, tokens.line));
    let corner = pos2(head.left() + 6.0, head.top() + 3.0);
    painter.text(corner, Align2::LEFT_TOP, "London time", small.clone(), tokens.weak);
    let zones = axis::zones(scene.scale.span);
    painter.text(corner + vec2(0.0, 15.0), Align2::LEFT_TOP, zones, small.clone(), tokens.text);
    let beside = Rect::from_x_y_ranges(scene.time.x_range(), head.y_range());
    let painter = painter.with_clip_rect(beside.intersect(ui.clip_rect()));
    days(&painter, tokens, scene, beside, &small);
    ticks(&painter, tokens, scene, beside, &small);
    if let Some(x) = scene.present() {
        let galley =
            painter.layout_no_wrap("now".to_owned(), TextStyle::Body.resolve(ui.style()), tokens.now);
        let foot = pos2(x - galley.size().x / 2.0, head.bottom() - 4.0 - galley.size().y);
        painter.galley(foot, galley, tokens.now);
        painter.vline(x, head.bottom() - 4.0..=head.bottom(), Stroke::new(2.0, tokens.now));
    }
}

fn days(painter: &Painter, tokens: &Tokens, scene: &Scene<'_>, head: Rect, font: &FontId) {
    for day in axis::days(scene.scale.span) {
        let (left, right) = (scene.scale.x(day.from), scene.scale.x(day.to));
        let own = Rect::from_x_y_ranges(left..=right, head.y_range()).intersect(painter.clip_rect());
        let at = pos2(left + 5.0, head.top() + 3.0);
        let label = day.label(right - left - 8.0);
        painter.with_clip_rect(own).text(at, Align2::LEFT_TOP, label, font.clone(), tokens.text);
        if day.begins {
            painter.vline(left, head.top()..=head.top() + DAYS, Stroke::new(2.0, tokens.weak));
        }
    }
}

fn ticks(painter: &Painter, tokens: &Tokens, scene: &Scene<'_>, head: Rect, font: &FontId) {
    for tick in axis::ticks(scene.scale.span, scene.scale.width) {
        let x = scene.scale.x(tick.at);
        painter.vline(x, head.bottom() - 3.0..=head.bottom(), Stroke::new(1.0, tokens.weak));
        if scene.present().is_none_or(|now| (now - x).abs() > NEAR) {
            let galley = painter.layout_no_wrap(tick.label, font.clone(), tokens.weak);
            let at = Align2::CENTER_BOTTOM.anchor_size(pos2(x, head.bottom() - 4.0), galley.size());
            // A time that is cut in half reads as another.
            if head.x_range().contains(at.left()) && head.x_range().contains(at.right()) {
                painter.galley(at.min, galley, tokens.weak);
            }
        }
    }
}
