//! An item on its lane: a widget with a name, which is picked, dragged, and moved by keys.

use egui::accesskit::Action;
use egui::{CursorIcon, EventFilter, Id, Key, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use crate::console::widgets::focus_ring;
use crate::workshop::editing::{Change, Item, ItemId, ScenarioEdit};
use crate::workshop::offset::Offset;

use super::Wish;
use super::ink::{Look, Place, paint, words};
use super::lanes::{Lanes, Scene};
use super::layout::{WORDS, extent, goes_left, is_bar, snapped};
use super::say::says;

/// An end that can be grasped, points.
const GRASP: f32 = 9.0;

/// What is being dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Drag {
    id: ItemId,
    /// Its end alone.
    is_end: bool,
    from: f32,
    by_s: i64,
}

impl Lanes {
    /// Draws an item in its row.
    pub(super) fn item(
        &mut self,
        ui: &Ui,
        scene: &Scene<'_>,
        item: &Item,
        cell: Rect,
        wishes: &mut Vec<Wish>,
    ) {
        let Scene { tokens, edit, scale, selected, clip } = *scene;
        let place = self.place(scene, item, cell);
        let most = place.bar.map_or(WORDS, |bar| WORDS.max(bar.width() - 24.0));
        let galley = words(ui, tokens, item, most);
        let wide = galley.size().x;
        let (x0, goes_left) = (place.x0, goes_left(item, scale, edit.run_for().in_seconds()));
        // Where there is no room at the right of a mark, its words stand at the left.
        let from_x = if goes_left { x0 - 8.0 - wide } else { x0.max(clip.left()) + 16.0 };
        let right =
            (x0 + 20.0 + if goes_left { 0.0 } else { wide }).max(place.bar.map_or(x0, |bar| bar.right()));
        let left = place.at.map_or(x0, |at| at.min(x0)).min(from_x) - 4.0;
        let grasp = Rect::from_x_y_ranges(left..=right, cell.y_range()).intersect(clip);
        if !grasp.is_positive() {
            return;
        }
        let id = egui_id(item.id);
        let response = ui.interact(grasp, id, Sense::click_and_drag());
        let said = says(edit, item);
        let minutes = f64::from(item.begins().map_or(0, Offset::in_seconds)) / 60.0;
        response.widget_info(|| match item.has_time() {
            true => WidgetInfo::slider(true, minutes, &said),
            false => WidgetInfo::labeled(Role::Button, true, &said),
        });
        let painter = ui.painter().with_clip_rect(clip);
        let is_wrong = edit.mistakes().iter().any(|mistake| mistake.item == Some(item.id));
        paint(&painter, tokens, item, Look { is_selected: selected == Some(item.id), is_wrong }, place);
        painter.galley(pos2(from_x, cell.center().y - galley.size().y / 2.0), galley, tokens.text);
        focus_ring(ui, tokens, &response, grasp);
        if response.clicked() {
            response.request_focus();
            wishes.push(Wish::Select(Some(item.id)));
        }
        if self.is_to_be_reached(item.id) {
            response.request_focus();
            response.scroll_to_me(None);
        }
        if let Some(bar) = place.bar.filter(|_| item.has_end()) {
            self.end(ui, scene, item, bar, wishes);
        }
        if item.has_time() {
            let response = response.on_hover_cursor(CursorIcon::Grab).on_hover_text(said);
            self.dragged(ui, scene, item, &response, false, wishes);
        }
        if ui.memory(|memory| memory.has_focus(id)) {
            keys(ui, edit, item, id, wishes);
        }
    }

    /// Where it lies, dragged as it is.
    fn place(&self, scene: &Scene<'_>, item: &Item, cell: Rect) -> Place {
        let Scene { edit, scale, .. } = *scene;
        let (mut from, mut until) = extent(item, edit.run_for().in_seconds());
        let mut at = item.at.map(|at| i64::from(at.in_seconds()));
        if let Some(drag) = self.drag.filter(|drag| drag.id == item.id) {
            until += drag.by_s;
            if !drag.is_end {
                from += drag.by_s;
                at = at.map(|at| at + drag.by_s);
            }
        }
        let (x0, x1) = (scale.x(from), scale.x(until));
        let bar = is_bar(item).then(|| Rect::from_x_y_ranges(x0..=x1.max(x0 + 4.0), cell.y_range()));
        Place { cell, bar, at: at.map(|at| scale.x(at)), x0 }
    }

    /// The right end of a bar, which can be dragged by itself.
    fn end(&mut self, ui: &Ui, scene: &Scene<'_>, item: &Item, bar: Rect, wishes: &mut Vec<Wish>) {
        let grasp = Rect::from_x_y_ranges(bar.right() - GRASP..=bar.right() + 2.0, bar.y_range());
        let grasp = grasp.intersect(scene.clip);
        if !grasp.is_positive() || bar.width() < 2.0 * GRASP {
            return;
        }
        let response = ui.interact(grasp, egui_id(item.id).with("end"), Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, format!("End of {}", item.words)));
        let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
        self.dragged(ui, scene, item, &response, true, wishes);
    }

    fn dragged(
        &mut self,
        ui: &Ui,
        scene: &Scene<'_>,
        item: &Item,
        response: &Response,
        is_end: bool,
        wishes: &mut Vec<Wish>,
    ) {
        if response.drag_started()
            && let Some(pressed) = ui.input(|input| input.pointer.press_origin())
        {
            self.drag = Some(Drag { id: item.id, is_end, from: pressed.x, by_s: 0 });
            wishes.push(Wish::Select(Some(item.id)));
        }
        let is_it = |drag: &Drag| drag.id == item.id && drag.is_end == is_end;
        let Some(mut drag) = self.drag.filter(is_it) else { return };
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            self.drag = None;
            return;
        }
        if response.drag_stopped() {
            self.drag = None;
            if drag.by_s != 0 {
                wishes.push(Wish::Change(moved(item, is_end, drag.by_s), false));
            }
            return;
        }
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
            drag.by_s = by_pointer(scene.edit, item, is_end, scene.scale.seconds_in(pointer.x - drag.from));
            self.drag = Some(drag);
            let stands = if is_end { item.span.map(|(_, until)| until) } else { item.begins() };
            let now = stands.map_or(0, |at| i64::from(at.in_seconds())) + drag.by_s;
            let text = Offset::seconds(u32::try_from(now).unwrap_or(0)).to_string();
            response.clone().show_tooltip_text(text);
        }
    }
}

/// By how much a pointer moves an item or its end, in whole minutes and within the scenario.
fn by_pointer(edit: &ScenarioEdit, item: &Item, is_end: bool, by_s: i64) -> i64 {
    let second = |at: Offset| i64::from(at.in_seconds());
    match (is_end, item.span) {
        (true, Some((from, until))) => {
            let last = second(edit.run_for()).max(second(until));
            let least = (second(from) + 60).min(second(until)) - second(until);
            snapped(second(until), by_s).clamp(least, last - second(until))
        }
        _ => {
            let (least, most) = edit.room(item.id);
            let anchor = item.at.or(item.begins()).map_or(0, second);
            snapped(anchor, by_s).clamp(least, most)
        }
    }
}

/// The change that moves an item or its end.
fn moved(item: &Item, is_end: bool, by_s: i64) -> Change {
    match item.span.filter(|_| is_end) {
        Some((from, until)) => {
            let least = i64::from(from.in_seconds()) + 60;
            let until = (i64::from(until.in_seconds()) + by_s).max(least);
            Change::End(item.id, Offset::seconds(u32::try_from(until).unwrap_or(0)))
        }
        None => Change::Shift(item.id, by_s),
    }
}

/// Minutes by which keys and assistive tools move it, and Delete.
fn keys(ui: &Ui, edit: &ScenarioEdit, item: &Item, id: Id, wishes: &mut Vec<Wish>) {
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    if item.has_time() {
        ui.ctx().accesskit_node_builder(id, |node| {
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
    }
    let asked = |action| ui.input(|input| input.num_accesskit_action_requests(id, action)) > 0;
    let (later, is_end, delete) = ui.input(|input| {
        let is_chord = input.modifiers.command || input.modifiers.alt;
        // A key that is held, or a slow frame, brings several at once.
        let pressed = |key| if is_chord { 0 } else { i64::try_from(input.num_presses(key)).unwrap_or(0) };
        let minutes = [(Key::ArrowRight, 1), (Key::ArrowLeft, -1), (Key::PageDown, 10), (Key::PageUp, -10)];
        let later: i64 = minutes.into_iter().map(|(key, by)| by * pressed(key)).sum();
        (later, input.modifiers.shift, pressed(Key::Delete) + pressed(Key::Backspace) > 0)
    });
    let later = later + i64::from(asked(Action::Increment)) - i64::from(asked(Action::Decrement));
    let is_end = is_end && item.has_end();
    if delete {
        wishes.push(Wish::Change(Change::Remove(item.id), false));
    } else if later != 0 && item.has_time() {
        let by_s = by_pointer(edit, item, is_end, later * 60);
        if by_s != 0 {
            wishes.push(Wish::Change(moved(item, is_end, by_s), true));
        }
    }
}

fn egui_id(id: ItemId) -> Id {
    Id::unique("an item of the lanes").with(id)
}
