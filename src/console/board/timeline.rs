//! The time line: a fixed column of units, their bars beside it, the axis above, the present across. Rows only for what
//! can be seen.

use egui::accesskit::Node;
use egui::{
    CursorIcon, EventFilter, Key, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2,
};

use super::index::{Index, Step};
use super::span::{Scale, Sight};
use super::{head, rows, say};
use crate::console::context::View;
use crate::console::plot::instant::instant;
use crate::time::UtcTime;

/// Width of the column of units, points.
const UNITS: f32 = 128.0;
/// Room for the scroll bar.
const SCROLL_BAR: f32 = 12.0;
/// How far Page Up and Page Down go.
const PAGE: usize = 10;
/// What one press of + or − does to the time that is shown.
const ZOOM: f64 = 1.5;

/// What a person moves while looking.
pub(super) struct Hand<'a> {
    /// The part of time.
    pub sight: &'a mut Sight,
    /// Whether the dispatch in hand is to be brought into view.
    pub reach: &'a mut bool,
    /// The present.
    pub now: UtcTime,
}

/// What one frame of the time line is made of.
pub(super) struct Scene<'a> {
    /// What is shown.
    pub index: &'a Index,
    /// Where instants lie.
    pub scale: Scale,
    /// All of it.
    pub frame: Rect,
    /// The part beside the units.
    pub time: Rect,
    /// The present.
    pub now: UtcTime,
    /// What holds the keyboard.
    pub anchor: &'a Response,
}

impl Scene<'_> {
    /// Where the present lies, while it is shown.
    pub fn present(&self) -> Option<f32> {
        self.scale.span.holds(self.now).then(|| self.scale.x(self.now))
    }
}

/// Draws it.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, index: &Index, sight: &mut Sight, reach: &mut bool) {
    let now = view.clock.now();
    let mut hand = Hand { sight, reach, now };
    let frame = ui.available_rect_before_wrap();
    ui.painter().rect_filled(frame, 0.0, view.tokens.well);
    let anchor = anchor(ui, view, index, frame, hand.sight);
    keys(ui, view, index, &anchor, &mut hand);
    pan(ui, &anchor, frame, &mut hand);
    let scale = scale_in(frame, hand.sight, now);
    let time = time_in(frame, &scale);
    let scene = Scene { index, scale, frame, time, now, anchor: &anchor };
    head::ui(ui, view.tokens, &scene);
    let body = Rect::from_min_max(pos2(frame.left(), frame.top() + head::HEIGHT), frame.max);
    ui.scope_builder(UiBuilder::new().max_rect(body).accessibility_parent(anchor.id), |ui| {
        let area = ScrollArea::vertical().auto_shrink([false, false]).min_scrolled_height(0.0);
        area.animated(false).show_viewport(ui, |ui, viewport| {
            rows::ui(ui, view, &scene, viewport, &mut hand);
        });
    });
    wheel(ui, &scene, &mut hand);
    ui.advance_cursor_after_rect(frame);
}

fn scale_in(frame: Rect, sight: &Sight, now: UtcTime) -> Scale {
    let units = UNITS.min(frame.width() * 0.4);
    let width = (frame.width() - units - SCROLL_BAR).max(40.0);
    Scale { span: sight.span(now), left: frame.left() + units, width }
}

fn time_in(frame: Rect, scale: &Scale) -> Rect {
    Rect::from_min_max(pos2(scale.left, frame.top()), pos2(scale.left + scale.width, frame.bottom()))
}

/// The place that holds the keyboard, and the text alternative of all that is painted.
fn anchor(ui: &mut Ui, view: &View<'_>, index: &Index, frame: Rect, sight: &Sight) -> Response {
    let id = ui.make_persistent_id("time line");
    let response = ui.interact(frame, id, Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, "Dispatches on the time line"));
    let in_hand = view.selection.dispatch.as_ref().map(|key| rows::bar_id(id, key).accesskit_id());
    let shown = in_hand.filter(|_| {
        view.selection.dispatch.as_ref().is_some_and(|k| index.bar_of(view.snapshot, k).is_some())
    });
    let description = description(view, index, sight);
    ui.ctx().accesskit_node_builder(id, |node: &mut Node| {
        node.set_description(description);
        if let Some(bar) = shown {
            node.set_active_descendant(bar);
        }
    });
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(id, filter));
        let ring = Stroke::new(2.0, view.tokens.accent);
        ui.painter().rect_stroke(frame, f32::from(view.tokens.radius), ring, egui::StrokeKind::Outside);
    }
    response
}

fn description(view: &View<'_>, index: &Index, sight: &Sight) -> String {
    let now = view.clock.now();
    let span = sight.span(now);
    let in_sight = index.bars.iter().filter(|b| span.meets(b.from, b.to)).count();
    format!(
        "{}, {in_sight} of them between {}. Up and Down go from one to the next, Left and Right along a unit, Enter \
         shows delivery, + and − change the scale, N follows the present, F fits all. The list shows the same in rows.",
        say::dispatches(index.bars.len()),
        say::window(instant(span.from), instant(span.to), now).replacen(" to ", " and ", 1),
    )
}

fn keys(ui: &Ui, view: &mut View<'_>, index: &Index, anchor: &Response, hand: &mut Hand<'_>) {
    if !anchor.has_focus() || ui.input(|i| i.modifiers.command || i.modifiers.alt) {
        return;
    }
    let pressed = |key| ui.input(|i| i.key_pressed(key));
    let present = view.selection.dispatch.as_ref().and_then(|key| index.bar_of(view.snapshot, key));
    let steps = [
        (Key::ArrowDown, Step::Next(1)),
        (Key::ArrowUp, Step::Previous(1)),
        (Key::ArrowRight, Step::Later),
        (Key::ArrowLeft, Step::Earlier),
        (Key::PageDown, Step::Next(PAGE)),
        (Key::PageUp, Step::Previous(PAGE)),
        (Key::Home, Step::First),
        (Key::End, Step::Last),
    ];
    if let Some((_, step)) = steps.into_iter().find(|(key, _)| pressed(*key))
        && let Some(bar) = index.step(present, step).and_then(|i| index.bars.get(i))
    {
        super::pick(view, bar.place);
        hand.sight.bring(bar.from, bar.to.max(bar.from + 1), hand.now);
        *hand.reach = true;
    }
    if pressed(Key::Enter) && present.is_some() {
        super::show_delivery(view);
    }
    if pressed(Key::Plus) || pressed(Key::Equals) {
        hand.sight.scale(1.0 / ZOOM, None, hand.now);
    }
    if pressed(Key::Minus) {
        hand.sight.scale(ZOOM, None, hand.now);
    }
    if pressed(Key::N) {
        hand.sight.follow();
    }
    if pressed(Key::F)
        && let Some((from, to)) = index.extent()
    {
        hand.sight.fit(from, to);
    }
}

/// A drag of the empty time line moves it.
fn pan(ui: &Ui, anchor: &Response, frame: Rect, hand: &mut Hand<'_>) {
    let scale = scale_in(frame, hand.sight, hand.now);
    let drag = ui.interact(time_in(frame, &scale), anchor.id.with("pan"), Sense::DRAG);
    if !drag.dragged() {
        return;
    }
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    if drag.drag_delta().x != 0.0 {
        hand.sight.pan(-scale.seconds_in(drag.drag_delta().x), hand.now);
    }
}

/// Ctrl and the wheel scale around the pointer; sideways it moves through time.
fn wheel(ui: &Ui, scene: &Scene<'_>, hand: &mut Hand<'_>) {
    if !ui.rect_contains_pointer(scene.frame) {
        return;
    }
    let (zoom, sideways, pointer) =
        ui.input(|i| (i.zoom_delta(), i.smooth_scroll_delta().x, i.pointer.hover_pos()));
    if let Some(pointer) = pointer.filter(|_| (zoom - 1.0).abs() > 1e-4) {
        hand.sight.scale(1.0 / f64::from(zoom), Some(scene.scale.at(pointer.x)), hand.now);
    }
    if sideways != 0.0 {
        hand.sight.pan(-scene.scale.seconds_in(sideways), hand.now);
        ui.input_mut(|i| i.smooth_scroll_delta.x = 0.0);
    }
}
