//! How items and the axis are painted: what they are by their shape, what is wrong by a sign and an outline.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, FontId, Galley, Painter, Pos2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::console::theme::Tokens;
use crate::console::widgets::{Outline, paint_mark};
use crate::workshop::editing::{Item, Lane, ScenarioEdit};

use super::layout::{Scale, ticks};

/// The axis above the lanes, points.
pub(super) const AXIS: f32 = 36.0;

/// An item's words on one line of so many points at most.
pub(super) fn words(ui: &Ui, tokens: &Tokens, item: &Item, most: f32) -> Arc<Galley> {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let mut job = LayoutJob::simple_singleline(item.words.clone(), font, tokens.text);
    job.wrap = TextWrapping { max_width: most, max_rows: 1, break_anywhere: true, ..TextWrapping::default() };
    ui.painter().layout_job(job)
}

/// Whether an item is in hand, and whether anything is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub is_selected: bool,
    pub is_wrong: bool,
}

/// Where an item lies.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Its row.
    pub cell: Rect,
    /// Its bar, where it has one.
    pub bar: Option<Rect>,
    /// Where it is done.
    pub at: Option<f32>,
    /// Where its mark is.
    pub x0: f32,
}

/// Paints one.
pub(super) fn paint(painter: &Painter, tokens: &Tokens, item: &Item, look: Look, place: Place) {
    let Place { cell, bar, at, x0 } = place;
    let edge = match (look.is_wrong, look.is_selected) {
        (true, _) => Stroke::new(2.0, tokens.high),
        (false, true) => Stroke::new(2.0, tokens.accent),
        (false, false) => Stroke::new(1.0, tokens.edge),
    };
    let radius = f32::from(tokens.radius).min(3.0);
    if let Some(bar) = bar {
        let fill = match (item.has_time(), look.is_selected) {
            (_, true) => tokens.selected,
            (true, false) => tokens.hover,
            (false, false) => tokens.panel,
        };
        painter.rect(bar, radius, fill, edge, StrokeKind::Inside);
    } else if look.is_selected || look.is_wrong {
        let around = Rect::from_center_size(pos2(x0 + 5.0, cell.center().y), vec2(18.0, cell.height()));
        painter.rect_stroke(around, radius, edge, StrokeKind::Inside);
    }
    let centre = |x: f32| Pos2::new(x + if bar.is_some() { 8.0 } else { 5.0 }, cell.center().y);
    if let Some(at) = at.filter(|at| (*at - x0).abs() > 8.0) {
        painter.hline(at..=x0, cell.center().y, Stroke::new(1.0, tokens.edge));
        painter.circle_filled(pos2(at, cell.center().y), 3.0, tokens.edge);
    }
    let (outline, is_filled) = outline(item);
    let ink = tokens.text;
    if look.is_wrong {
        painter.text(centre(x0), Align2::CENTER_CENTER, "!", FontId::proportional(14.0), ink);
    } else {
        paint_mark(painter, centre(x0), 4.5, outline, ink, is_filled);
    }
}

/// The shape that tells what it is.
fn outline(item: &Item) -> (Outline, bool) {
    match (item.lane, item.kind.as_str()) {
        (_, "send") => (Outline::Arrow, true),
        (_, "amend") => (Outline::Arrow, false),
        (_, "stop") => (Outline::Square, false),
        (_, "emergency_stop") => (Outline::Square, true),
        (Lane::Faults, _) => (Outline::Cross, false),
        (Lane::Weather, _) => (Outline::Circle, false),
        (Lane::Baselines, _) => (Outline::Triangle, false),
        (Lane::Told, _) => (Outline::Circle, true),
        (Lane::Notes, _) => (Outline::Triangle, true),
        (Lane::Trainee, _) => (Outline::Check, false),
        (Lane::Marks, _) => (Outline::Diamond, true),
        (Lane::Expected, _) => (Outline::Diamond, false),
        (Lane::Dispatches, _) => (Outline::Circle, false),
    }
}

/// Paints the axis: what a clock in London shows, and how long after the start that is.
pub(super) fn axis(ui: &Ui, tokens: &Tokens, edit: &ScenarioEdit, scale: &Scale, time: Rect) {
    let painter = ui.painter().with_clip_rect(time.intersect(ui.clip_rect()));
    let small = egui::TextStyle::Small.resolve(ui.style());
    let run_for_s = edit.run_for().in_seconds();
    for tick in ticks(run_for_s, scale.per_second, edit.start()) {
        let x = scale.x(i64::from(tick.second));
        painter.vline(x, time.top() + 4.0..=time.bottom(), Stroke::new(1.0, tokens.line));
        let at = |row: f32| pos2(x + 3.0, time.top() + 2.0 + row * 15.0);
        painter.text(at(0.0), Align2::LEFT_TOP, &tick.london, small.clone(), tokens.text);
        painter.text(at(1.0), Align2::LEFT_TOP, &tick.after, small.clone(), tokens.weak);
    }
    let end = scale.x(i64::from(run_for_s));
    painter.vline(end, time.y_range(), Stroke::new(1.5, tokens.edge));
    ui.painter().hline(time.x_range(), time.top() + AXIS, Stroke::new(1.0, tokens.line));
}
