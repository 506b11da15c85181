//! The rows of the time line: a unit, its bars, and how many lie beyond what is shown. Rows only for what can be seen.

use egui::{
    Align2, Color32, Pos2, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use super::axis;
use super::bar::Bar;
use super::index::{Index, Row};
use super::say;
use super::sketch::{NARROWEST, Sketch};
use super::span::Scale;
use super::timeline::{Hand, Scene};
use crate::console::context::View;
use crate::console::plot::instant::instant;
use crate::console::theme::Tokens;
use crate::console::widgets::{focus_ring, link_mark, paint_mark};
use crate::console::words;
use crate::desk::snapshot::LinkState;
use crate::dispatch::DispatchKey;

/// Height of a lane, points.
const LANE: f32 = 32.0;
/// Height of a row of one lane.
const ROW: f32 = 38.0;

fn top_of(row: &Row, place: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "rows and lanes are far below 2^24")]
    let (rows, lanes) = (place as f32, row.lanes_above as f32);
    rows * (ROW - LANE) + lanes * LANE
}

fn height_of(row: &Row) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "lanes are far below 2^24")]
    let lanes = row.lanes as f32;
    ROW - LANE + lanes * LANE
}

/// The rows that a part of the whole height shows, from the first to the one after the last.
fn visible(index: &Index, from: f32, to: f32) -> std::ops::Range<usize> {
    let first_not = |is_before: &dyn Fn(usize, &Row) -> bool| {
        let (mut low, mut high) = (0, index.rows.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if is_before(middle, &index.rows[middle]) { low = middle + 1 } else { high = middle }
        }
        low
    };
    let begin = first_not(&|place, row| top_of(row, place) + height_of(row) <= from);
    begin..first_not(&|place, row| top_of(row, place) < to).max(begin)
}

/// Draws the rows that can be seen.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, scene: &Scene<'_>, viewport: Rect, hand: &mut Hand<'_>) {
    let Scene { index, scale, time, .. } = scene;
    let origin = ui.max_rect().min;
    let whole = index.rows.last().map_or(0.0, |row| top_of(row, index.rows.len() - 1) + height_of(row));
    ui.set_height(whole);
    let place_of = |place: usize, row: &Row| {
        let top = origin.y + top_of(row, place);
        Rect::from_min_max(pos2(origin.x, top), pos2(time.right(), top + height_of(row)))
    };
    if std::mem::take(hand.reach)
        && let Some(bar) = view.selection.dispatch.as_ref().and_then(|k| index.bar_of(view.snapshot, k))
        && let Some(place) = index.row_of(bar)
    {
        ui.scroll_to_rect(place_of(place, &index.rows[place]), None);
    }
    let seen = visible(index, viewport.top(), viewport.bottom());
    let clip = ui.clip_rect();
    for place in seen.clone().filter(|place| place % 2 == 1) {
        ui.painter().rect_filled(place_of(place, &index.rows[place]), 0.0, view.tokens.background);
    }
    grid(ui, view.tokens, scale, Rect::from_x_y_ranges(time.x_range(), clip.y_range()));
    if let Some(x) = scene.present() {
        ui.painter().vline(x, clip.y_range(), Stroke::new(1.5, view.tokens.now));
    }
    for place in seen {
        let row = &index.rows[place];
        let rect = place_of(place, row);
        ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(0.5, view.tokens.line));
        unit(ui, view, scene, row, Rect::from_min_max(rect.min, pos2(scale.left, rect.bottom())));
        let line = Rect::from_min_max(pos2(scale.left, rect.top()), rect.max);
        bars(ui, view, scene, row, line);
        beyond(ui, view, scene, row, line, hand);
    }
    ui.painter().vline(scale.left, clip.y_range(), Stroke::new(1.0, view.tokens.line));
}

fn grid(ui: &Ui, tokens: &Tokens, scale: &Scale, area: Rect) {
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    for tick in axis::ticks(scale.span, scale.width) {
        painter.vline(scale.x(tick.at), area.y_range(), Stroke::new(0.5, tokens.line));
    }
    for midnight in axis::midnights(&axis::days(scale.span)) {
        painter.vline(scale.x(midnight), area.y_range(), Stroke::new(2.0, tokens.weak));
    }
}

/// A unit's name with its FSP below it, and the client's lamp where it is not live.
fn unit(ui: &mut Ui, view: &mut View<'_>, scene: &Scene<'_>, row: &Row, rect: Rect) {
    let tokens = view.tokens;
    let response = ui.interact(rect, scene.anchor.id.with(("unit", &row.unit)), Sense::CLICK);
    let client = view.snapshot.fsps.binary_search_by(|f| f.id.cmp(&row.unit.fsp));
    let client = client.map_or(LinkState::Unknown, |i| view.snapshot.fsps[i].client);
    let silent = matches!(client, LinkState::Late | LinkState::Lost);
    let name = format!("Unit {}, {}, client {}", row.unit, say::dispatches(row.bars.len()), client.word());
    response.widget_info(|| WidgetInfo::labeled(Role::RowHeader, true, &name));
    if view.selection.unit.as_ref() == Some(&row.unit) {
        ui.painter().rect_filled(rect.shrink2(vec2(0.0, 1.0)), 0.0, tokens.selected);
    }
    let painter = ui.painter().with_clip_rect(rect.shrink2(vec2(4.0, 0.0)).intersect(ui.clip_rect()));
    let left = rect.left() + 6.0;
    let text = |at: Pos2, text: &str, style: TextStyle, ink: Color32| {
        painter.text(at, Align2::LEFT_TOP, text, style.resolve(ui.style()), ink);
    };
    text(pos2(left, rect.top() + 2.0), row.unit.unit.as_str(), TextStyle::Body, tokens.text);
    let mut at = pos2(left, rect.top() + 18.0);
    if silent {
        let (outline, colour, filled) = link_mark(tokens, client);
        paint_mark(&painter, at + vec2(4.0, 6.5), 4.0, outline, colour, filled);
        at.x += 12.0;
    }
    let fsp = if silent { format!("{} {}", row.unit.fsp, client.word()) } else { row.unit.fsp.to_string() };
    text(at, &fsp, TextStyle::Small, tokens.weak);
    if response.clicked() {
        view.selection.unit = Some(row.unit.clone());
    }
    response.on_hover_text(name);
}

/// The id of a dispatch's bar.
pub fn bar_id(anchor: egui::Id, key: &DispatchKey) -> egui::Id {
    anchor.with(("bar", key))
}

fn bars(ui: &mut Ui, view: &mut View<'_>, scene: &Scene<'_>, row: &Row, line: Rect) {
    let span = scene.scale.span;
    for bar in scene.index.bars[row.bars.clone()].iter().filter(|b| span.meets(b.from, b.to.max(b.from + 1)))
    {
        one(ui, view, scene, bar, line);
    }
}

fn one(ui: &mut Ui, view: &mut View<'_>, scene: &Scene<'_>, bar: &Bar, line: Rect) {
    let Scene { scale, now, anchor, .. } = *scene;
    let Some(dispatch) = view.snapshot.dispatches.get(bar.place) else { return };
    let left = scale.x(bar.from);
    #[expect(clippy::cast_precision_loss, reason = "lanes are far below 2^24")]
    let top = line.top() + (ROW - LANE) / 2.0 + bar.lane as f32 * LANE;
    let right = scale.x(bar.to).max(left + NARROWEST);
    let rect = Rect::from_min_max(pos2(left, top + 1.0), pos2(right, top + LANE - 1.0));
    let seen = rect.intersect(line);
    let response = ui.interact(seen, bar_id(anchor.id, &dispatch.key), Sense::CLICK);
    let selected = view.selection.dispatch.as_ref() == Some(&dispatch.key);
    response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, say::bar(dispatch, bar, now)));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(selected));
    let unit = dispatch.dispatch().and_then(|d| view.unit(&d.unit));
    let hovered = response.hovered();
    let sketch = Sketch { dispatch, bar, unit, rect, seen, present: scene.present(), selected, hovered };
    sketch.paint(ui, view.tokens, &scale);
    let response = response.on_hover_ui(|ui| {
        ui.label(say::bar(dispatch, bar, now));
        ui.label(format!("{} to {}", words::utc(bar.from), words::utc(bar.to)));
        if let Some(awaited) = &dispatch.awaited {
            ui.label(format!("Awaited: {awaited}"));
        }
    });
    if response.clicked() {
        super::pick(view, bar.place);
        anchor.request_focus();
    }
    if response.double_clicked() {
        super::show_delivery(view);
    }
}

/// How many of a unit's dispatches lie before and after what is shown; a click brings the nearest in.
fn beyond(ui: &mut Ui, view: &View<'_>, scene: &Scene<'_>, row: &Row, line: Rect, hand: &mut Hand<'_>) {
    let bars = &scene.index.bars[row.bars.clone()];
    let span = scene.scale.span;
    let from = instant(span.from);
    let earlier = bars.iter().filter(|b| b.to.max(b.from + 1) <= from);
    let later = || bars.iter().filter(|b| !span.meets(b.from, b.to.max(b.from + 1)) && b.from > from);
    let nearest = earlier.clone().max_by_key(|b| b.to);
    let sides = [
        (earlier.count(), nearest, "earlier", line.left() + 4.0, Align2::LEFT_CENTER),
        (later().count(), later().next(), "later", line.right() - 4.0, Align2::RIGHT_CENTER),
    ];
    for (count, nearest, word, x, align) in sides {
        let Some(bar) = nearest else { continue };
        let name = format!("{count} {word} of {}: show the nearest", row.unit);
        let text = if word == "earlier" { format!("‹ {count}") } else { format!("{count} ›") };
        let font = TextStyle::Small.resolve(ui.style());
        let galley = ui.painter().layout_no_wrap(text, font, view.tokens.text);
        let rect = align.anchor_size(pos2(x, line.center().y), galley.size() + vec2(8.0, 4.0));
        let response = ui.interact(rect, scene.anchor.id.with((word, &row.unit)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let fill = if response.hovered() { view.tokens.hover } else { view.tokens.panel };
        ui.painter().rect(rect, 3.0, fill, Stroke::new(1.0, view.tokens.edge), StrokeKind::Inside);
        ui.painter().galley(rect.center() - galley.size() / 2.0, galley, view.tokens.text);
        focus_ring(ui, view.tokens, &response, rect);
        if response.on_hover_text(&name).clicked() {
            hand.sight.bring(bar.from, bar.to.max(bar.from + 1), hand.now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::unit_named;

    #[test]
    fn only_the_rows_that_can_be_seen_are_drawn_whatever_their_lanes() {
        let mut index = Index::default();
        let mut lanes_above = 0;
        for (n, lanes) in [1, 3, 1, 1, 2].into_iter().enumerate() {
            let unit = unit_named(&format!("FSP/U-{n}"));
            index.rows.push(Row { unit, bars: 0..0, lanes, lanes_above });
            lanes_above += lanes;
        }
        // Tops at 0, 38, 140, 178, 216; the whole is 286 high.
        for (from, to, rows) in [
            (0.0, 30.0, 0..1),
            (0.0, 39.0, 0..2),
            (38.0, 140.0, 1..2),
            (139.0, 217.0, 1..5),
            (300.0, 400.0, 5..5),
        ] {
            assert_eq!(visible(&index, from, to), rows, "{from} to {to}");
        }
        assert!(visible(&Index::default(), 0.0, 500.0).is_empty());
    }
}
