//! A handle on a plot: a real widget, so that it has a name, takes the keyboard and can be dragged.

use egui::accesskit::Action;
use egui::{Color32, CursorIcon, EventFilter, Id, Key, Pos2, Rect, Response, Sense, Ui, WidgetInfo, vec2};
use egui_plot::{PlotPoint, PlotTransform};

use crate::console::theme::Tokens;
use crate::console::widgets::{Outline, focus_ring, paint_mark};

/// Points across that can be grasped.
const GRASP: f32 = 22.0;
/// Points that the pointer must move before the handle leaves its place in that direction, so that a drag upwards
/// does not move it in time.
const SLACK: f32 = 4.0;

/// What is shown and said of a handle.
pub struct Handle<'a> {
    /// Stable through all edits.
    pub id: Id,
    /// Where on the plot.
    pub at: PlotPoint,
    /// Its name with its value, for those who do not see it.
    pub name: &'a str,
    /// Its value, for assistive tools.
    pub value: f64,
    /// Its shape.
    pub outline: Outline,
    /// Its colour.
    pub colour: Color32,
    /// Whether it moves upwards and downwards too.
    pub both_ways: bool,
    /// Whether it can be moved at all.
    pub enabled: bool,
}

/// What a person did with it in this frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gesture {
    /// Nothing.
    Rest,
    /// Drags it to this place; `time` or `value` is `None` while it has not left its place in that direction.
    Drag {
        /// Seconds of UTC.
        time: Option<f64>,
        /// In the plot's quantity.
        value: Option<f64>,
        /// Whether finely, without snapping.
        fine: bool,
    },
    /// Lets go of it.
    Release,
    /// Breaks the drag off.
    Cancel,
    /// Moves it by steps with the keyboard.
    Nudge {
        /// Steps later.
        later: i32,
        /// Steps up.
        up: i32,
        /// Whether in fine steps.
        fine: bool,
    },
    /// Deletes it.
    Delete,
}

#[derive(Clone, Copy)]
struct Grasp {
    /// From the pointer to the handle, in points, when it was grasped.
    offset: egui::Vec2,
    pressed: Pos2,
}

/// Shows a handle over its plot.
pub fn show(ui: &Ui, tokens: &Tokens, transform: &PlotTransform, handle: &Handle<'_>) -> (Response, Gesture) {
    let centre = transform.position_from_point(&handle.at);
    let rect = Rect::from_center_size(centre, vec2(GRASP, GRASP)).intersect(ui.clip_rect());
    let sense = if handle.enabled { Sense::click_and_drag() } else { Sense::hover() };
    let response = ui.interact(rect, handle.id, sense);
    response.widget_info(|| WidgetInfo::slider(handle.enabled, handle.value, handle.name));
    if handle.enabled {
        ui.ctx().accesskit_node_builder(handle.id, |node| {
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
    }
    let live = response.hovered() || response.dragged() || response.has_focus();
    let radius = if live { 7.5 } else { 6.0 };
    let painter = ui.painter().with_clip_rect(transform.frame().expand(8.0).intersect(ui.clip_rect()));
    paint_mark(&painter, centre, radius + 1.5, handle.outline, tokens.well, true);
    paint_mark(&painter, centre, radius, handle.outline, handle.colour, handle.enabled);
    focus_ring(ui, tokens, &response, Rect::from_center_size(centre, vec2(GRASP, GRASP)));
    if !handle.enabled {
        return (response, Gesture::Rest);
    }
    let cursor = if handle.both_ways { CursorIcon::Grab } else { CursorIcon::ResizeHorizontal };
    let response = response.on_hover_cursor(if handle.both_ways { CursorIcon::Grab } else { cursor });
    let gesture = gesture(ui, transform, handle, centre, &response);
    (response, gesture)
}

fn gesture(
    ui: &Ui,
    transform: &PlotTransform,
    handle: &Handle<'_>,
    centre: Pos2,
    response: &Response,
) -> Gesture {
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
    let dragging = drag(ui, transform, handle, centre, response);
    if dragging != Gesture::Rest {
        return dragging;
    }
    if !response.has_focus() {
        return Gesture::Rest;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(handle.id, filter));
    keys(ui, handle)
}

fn drag(
    ui: &Ui,
    transform: &PlotTransform,
    handle: &Handle<'_>,
    centre: Pos2,
    response: &Response,
) -> Gesture {
    let memory = handle.id.with("grasp");
    if response.drag_started()
        && let Some(pressed) = ui.input(|i| i.pointer.press_origin())
    {
        let grasp = Grasp { offset: centre - pressed, pressed };
        ui.data_mut(|d| d.insert_temp(memory, grasp));
    }
    let Some(grasp) = ui.data(|d| d.get_temp::<Grasp>(memory)) else { return Gesture::Rest };
    if response.drag_stopped() {
        ui.data_mut(|d| d.remove::<Grasp>(memory));
        // Escape ends every drag.
        return if ui.input(|i| i.key_pressed(Key::Escape)) { Gesture::Cancel } else { Gesture::Release };
    }
    if !response.dragged() {
        return Gesture::Rest;
    }
    let Some(pointer) = response.interact_pointer_pos() else { return Gesture::Rest };
    let place = transform.value_from_position(pointer + grasp.offset);
    let moved = pointer - grasp.pressed;
    Gesture::Drag {
        time: (moved.x.abs() > SLACK).then_some(place.x),
        value: (handle.both_ways && moved.y.abs() > SLACK).then_some(place.y),
        fine: ui.input(|i| i.modifiers.shift),
    }
}

fn keys(ui: &Ui, handle: &Handle<'_>) -> Gesture {
    let asked = |action| ui.input(|i| i.num_accesskit_action_requests(handle.id, action));
    let steps = |more: usize, less: usize| {
        i32::try_from(more).unwrap_or(i32::MAX).saturating_sub(i32::try_from(less).unwrap_or(i32::MAX))
    };
    let told = steps(asked(Action::Increment), asked(Action::Decrement));
    let (pressed, fine) = ui.input(|i| {
        let count = |key| i.count_and_not_command(key);
        (
            [count(Key::ArrowRight), count(Key::ArrowLeft), count(Key::ArrowUp), count(Key::ArrowDown)],
            i.modifiers.shift,
        )
    });
    let later = steps(pressed[0], pressed[1]);
    let up = steps(pressed[2], pressed[3]);
    let (later, up) =
        if handle.both_ways { (later, up.saturating_add(told)) } else { (later.saturating_add(told), 0) };
    if later != 0 || up != 0 {
        return Gesture::Nudge { later, up, fine };
    }
    let delete = ui.input(|i| i.key_pressed(Key::Delete) || i.key_pressed(Key::Backspace));
    if delete { Gesture::Delete } else { Gesture::Rest }
}

/// Counts presses of a key, repeats included, that are not part of a chord with Ctrl or Alt.
trait Presses {
    fn count_and_not_command(&self, key: Key) -> usize;
}

impl Presses for egui::InputState {
    fn count_and_not_command(&self, key: Key) -> usize {
        self.events
            .iter()
            .filter(|event| {
                matches!(event, egui::Event::Key { key: k, pressed: true, modifiers, .. }
                    if *k == key && !modifiers.command && !modifiers.alt)
            })
            .count()
    }
}
