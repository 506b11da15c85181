//! The lanes: what stands on the time line, moved by pointer and by keys.

use egui::accesskit::Action;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, CursorIcon, EventFilter, FontId, Id, Key, Painter, Pos2, Rect, Response, Role, ScrollArea, Sense,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::console::theme::Tokens;
use crate::console::widgets::{Outline, focus_ring, paint_mark};
use crate::power::Asset;
use crate::workshop::editing::{Change, Item, ItemId, Lane, ScenarioEdit, Template};
use crate::workshop::offset::Offset;

use super::Wish;
use super::layout::{Scale, extent, into_rows, snapped, ticks};

/// The column of names, points.
const NAMES: f32 = 132.0;
/// The axis above the lanes.
const AXIS: f32 = 36.0;
/// A row of a lane.
const ROW: f32 = 23.0;
/// The longest words beside an item.
const WORDS: f32 = 250.0;
/// An end that can be grasped.
const GRASP: f32 = 9.0;
/// Room at the end of the time line for what is there.
const MARGIN: f32 = 18.0;
/// At most so many times as wide as the window.
const MOST_ZOOM: f32 = 16.0;

/// How the lanes are looked at.
pub(super) struct Lanes {
    /// Where something new goes.
    cursor: Offset,
    drag: Option<Drag>,
    reach: Option<ItemId>,
    zoom: f32,
    /// How far the time line is pushed to the left, points.
    pushed: f32,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { cursor: Offset::seconds(600), drag: None, reach: None, zoom: 1.0, pushed: 0.0 }
    }
}

/// What is being dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Drag {
    id: ItemId,
    /// Its end alone.
    is_end: bool,
    from: f32,
    by_s: i64,
}

/// A lane with what stands on it, laid out.
struct Laid<'e> {
    lane: Lane,
    items: Vec<(&'e Item, usize)>,
    height: f32,
}

impl Lanes {
    /// Where something new goes.
    pub fn cursor(&self) -> Offset {
        self.cursor
    }

    /// Puts the keyboard on an item in the next frame.
    pub fn reach(&mut self, id: ItemId) {
        self.reach = Some(id);
    }

    /// Nothing is dragged any more.
    pub fn forget_drag(&mut self) {
        self.drag = None;
    }

    /// How high all of it is, points.
    pub fn height(&self, edit: &ScenarioEdit, width: f32) -> f32 {
        let scale = self.scale(edit, 0.0, width);
        AXIS + laid_out(edit, &scale).iter().map(|laid| laid.height).sum::<f32>() + 28.0
    }

    fn scale(&self, edit: &ScenarioEdit, left: f32, width: f32) -> Scale {
        let time = (width - NAMES - MARGIN).max(80.0) * self.zoom;
        Scale::new(left + NAMES - self.pushed, time, edit.run_for().in_seconds())
    }

    /// Draws them.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        edit: &ScenarioEdit,
        selected: Option<ItemId>,
        wishes: &mut Vec<Wish>,
    ) {
        self.zooming(ui, tokens);
        let frame = ui.available_rect_before_wrap();
        self.wheel(ui, frame);
        let most = ((frame.width() - NAMES - MARGIN).max(80.0) * (self.zoom - 1.0)).max(0.0);
        self.pushed = self.pushed.clamp(0.0, most);
        let scale = self.scale(edit, frame.left(), frame.width());
        let time = Rect::from_min_max(pos2(frame.left() + NAMES, frame.top()), frame.max);
        ui.painter().rect_filled(frame, 0.0, tokens.well);
        axis(ui, tokens, edit, &scale, time);
        let body = Rect::from_min_max(pos2(frame.left(), frame.top() + AXIS), frame.max);
        ui.scope_builder(egui::UiBuilder::new().max_rect(body), |ui| {
            ScrollArea::vertical().id_salt("lanes").auto_shrink([false, false]).show(ui, |ui| {
                for laid in laid_out(edit, &scale) {
                    let room = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), laid.height));
                    self.lane(ui, tokens, edit, selected, &scale, &laid, room, wishes);
                    ui.advance_cursor_after_rect(room);
                }
            });
        });
        let painter = ui.painter().with_clip_rect(time.intersect(ui.clip_rect()));
        let x = scale.x(i64::from(self.cursor.in_seconds()));
        painter.vline(x, time.y_range(), Stroke::new(1.0, tokens.accent.gamma_multiply(0.6)));
        ui.advance_cursor_after_rect(frame);
    }

    fn zooming(&mut self, ui: &mut Ui, tokens: &Tokens) {
        ui.horizontal(|ui| {
            for (text, name, factor) in [("−", "Show more time", 0.5), ("+", "Show less time", 2.0)] {
                let next = (self.zoom * factor).clamp(1.0, MOST_ZOOM);
                let is_enabled = (next - self.zoom).abs() > f32::EPSILON;
                if ui.add_enabled(is_enabled, egui::Button::new(text)).accessible_name(name).clicked() {
                    self.pushed *= next / self.zoom;
                    self.zoom = next;
                }
            }
            let says = format!("What is added goes to {}: click on a lane for another time.", self.cursor);
            ui.add(egui::Label::new(egui::RichText::new(says).color(tokens.weak)).truncate());
        });
    }

    fn wheel(&mut self, ui: &Ui, frame: Rect) {
        if !ui.rect_contains_pointer(frame) {
            return;
        }
        let sideways = ui.input(|input| input.smooth_scroll_delta().x);
        if sideways != 0.0 && self.zoom > 1.0 {
            self.pushed -= sideways;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one lane of one picture")]
    fn lane(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        edit: &ScenarioEdit,
        selected: Option<ItemId>,
        scale: &Scale,
        laid: &Laid<'_>,
        room: Rect,
        wishes: &mut Vec<Wish>,
    ) {
        let time = Rect::from_min_max(pos2(room.left() + NAMES, room.top()), room.max);
        ui.painter().hline(room.x_range(), room.bottom(), Stroke::new(1.0, tokens.line));
        name(ui, tokens, edit, laid, room);
        self.ground(ui, edit, scale, laid.lane, time, wishes);
        let clip = time.intersect(ui.clip_rect());
        for (item, row) in &laid.items {
            let top = room.top() + 3.0 + ROW * f32::from(u16::try_from(*row).unwrap_or(u16::MAX));
            let cell = Rect::from_min_max(pos2(time.left(), top), pos2(time.right(), top + ROW - 3.0));
            self.item(ui, tokens, edit, selected, scale, item, cell, clip, wishes);
        }
    }

    /// The empty lane: a click says where something new goes, two put it there.
    fn ground(
        &mut self,
        ui: &Ui,
        edit: &ScenarioEdit,
        scale: &Scale,
        lane: Lane,
        time: Rect,
        wishes: &mut Vec<Wish>,
    ) {
        let response = ui.interact(time, ui.scope_id().with(("lane", lane)), Sense::CLICK);
        response
            .widget_info(|| WidgetInfo::labeled(Role::Row, true, format!("Time line of {}", lane.name())));
        let Some(pointer) = response.interact_pointer_pos().filter(|_| response.clicked()) else { return };
        let last = i64::from(edit.run_for().in_seconds());
        let second = snapped(0, scale.second(pointer.x)).clamp(0, last);
        self.cursor = Offset::seconds(u32::try_from(second).unwrap_or(0));
        wishes.push(Wish::Select(None));
        let template = Template::ALL.into_iter().find(|template| template.lane() == lane);
        if let Some(template) = template.filter(|_| response.double_clicked()) {
            wishes.push(Wish::Change(Change::Add(template, self.cursor), false));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one item of one picture")]
    fn item(
        &mut self,
        ui: &Ui,
        tokens: &Tokens,
        edit: &ScenarioEdit,
        selected: Option<ItemId>,
        scale: &Scale,
        item: &Item,
        cell: Rect,
        clip: Rect,
        wishes: &mut Vec<Wish>,
    ) {
        let (mut from, mut until) = extent(item, edit.run_for().in_seconds());
        let mut at = item.at.map(|at| i64::from(at.in_seconds()));
        if let Some(drag) = self.drag.filter(|drag| drag.id == item.id) {
            until += drag.by_s;
            if !drag.is_end {
                from += drag.by_s;
                at = at.map(|at| at + drag.by_s);
            }
        }
        let wrong = edit.mistakes().iter().filter(|mistake| mistake.item == Some(item.id)).count();
        let look = Look { is_selected: selected == Some(item.id), is_wrong: wrong > 0 };
        let (x0, x1) = (scale.x(from), scale.x(until));
        let lead = at.map_or(x0, |at| scale.x(at).min(x0));
        let galley = words(ui, tokens, item);
        let is_bar = item.span.is_some() || item.is_open || !item.has_time();
        let right = (x0 + 20.0 + galley.size().x).max(if is_bar { x1 } else { x0 + 14.0 });
        let grasp = Rect::from_x_y_ranges(lead - 7.0..=right, cell.y_range()).intersect(clip);
        if !grasp.is_positive() {
            return;
        }
        let id = egui_id(item.id);
        let response = ui.interact(grasp, id, Sense::click_and_drag());
        let said = says(edit, item, wrong);
        let minutes = f64::from(item.begins().map_or(0, Offset::in_seconds)) / 60.0;
        response.widget_info(|| match item.has_time() {
            true => WidgetInfo::slider(true, minutes, &said),
            false => WidgetInfo::labeled(Role::Button, true, &said),
        });
        let painter = ui.painter().with_clip_rect(clip);
        let bar = is_bar.then(|| Rect::from_x_y_ranges(x0..=x1.max(x0 + 4.0), cell.y_range()));
        paint(&painter, tokens, item, look, (bar, at.map(|at| scale.x(at)), x0), cell);
        painter.galley(
            pos2(x0.max(clip.left()) + 14.0, cell.center().y - galley.size().y / 2.0),
            galley,
            tokens.text,
        );
        focus_ring(ui, tokens, &response, grasp);
        if response.clicked() {
            response.request_focus();
            wishes.push(Wish::Select(Some(item.id)));
        }
        if self.reach == Some(item.id) {
            self.reach = None;
            response.request_focus();
            response.scroll_to_me(None);
        }
        if item.has_end()
            && let Some(bar) = bar
        {
            self.end(ui, edit, item, scale, bar, clip, wishes);
        }
        if item.has_time() {
            let response = response.on_hover_cursor(CursorIcon::Grab).on_hover_text(said);
            self.dragged(ui, edit, item, scale, &response, false, wishes);
        }
        if response_has_focus(ui, id) {
            keys(ui, edit, item, id, wishes);
        }
    }

    /// The right end of a bar, which can be dragged by itself.
    #[expect(clippy::too_many_arguments, reason = "one end of one bar")]
    fn end(
        &mut self,
        ui: &Ui,
        edit: &ScenarioEdit,
        item: &Item,
        scale: &Scale,
        bar: Rect,
        clip: Rect,
        wishes: &mut Vec<Wish>,
    ) {
        let grasp = Rect::from_x_y_ranges(bar.right() - GRASP..=bar.right() + 2.0, bar.y_range());
        let grasp = grasp.intersect(clip);
        if !grasp.is_positive() || bar.width() < 2.0 * GRASP {
            return;
        }
        let response = ui.interact(grasp, egui_id(item.id).with("end"), Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, format!("End of {}", item.words)));
        let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
        self.dragged(ui, edit, item, scale, &response, true, wishes);
    }

    #[expect(clippy::too_many_arguments, reason = "one drag of one item")]
    fn dragged(
        &mut self,
        ui: &Ui,
        edit: &ScenarioEdit,
        item: &Item,
        scale: &Scale,
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
            drag.by_s = by_pointer(edit, item, is_end, scale.seconds_in(pointer.x - drag.from));
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

fn response_has_focus(ui: &Ui, id: Id) -> bool {
    ui.memory(|memory| memory.has_focus(id))
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
        let pressed = |key| !is_chord && input.key_pressed(key);
        let minutes = [(Key::ArrowRight, 1), (Key::ArrowLeft, -1), (Key::PageDown, 10), (Key::PageUp, -10)];
        let later: i64 = minutes.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, by)| by).sum();
        (later, input.modifiers.shift, pressed(Key::Delete) || pressed(Key::Backspace))
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

/// What is said of an item to those who do not see it.
fn says(edit: &ScenarioEdit, item: &Item, wrong: usize) -> String {
    let when = when(item);
    let mistake = edit.mistakes().iter().find(|mistake| mistake.item == Some(item.id));
    let amiss = mistake.map_or_else(String::new, |mistake| match wrong {
        1 => format!(". Wrong: {}", mistake.fault.message),
        _ => format!(". {wrong} mistakes: {}", mistake.fault.message),
    });
    format!("{}, {when}{amiss}", item.words)
}

fn when(item: &Item) -> String {
    match (item.at, item.span) {
        (Some(at), Some((from, until))) if at != from => format!("{at}, for {from} to {until}"),
        (_, Some((from, until))) => format!("{from} to {until}"),
        (Some(at), None) if item.is_open => format!("from {at} on"),
        (Some(at), None) => at.to_string(),
        (None, None) => "no time of its own".to_owned(),
    }
}

/// The lanes that this scenario has, and where on each its items lie.
fn laid_out<'e>(edit: &'e ScenarioEdit, scale: &Scale) -> Vec<Laid<'e>> {
    let has_farm =
        edit.fleet().is_some_and(|f| f.units.iter().any(|unit| matches!(unit.asset, Asset::Renewable(_))));
    let is_shown = |lane: &Lane| match lane {
        Lane::Weather => has_farm,
        lane => !lane.is_of_workshops() || edit.is_workshop(),
    };
    let of = |lane: Lane| {
        let items: Vec<&Item> = edit.items().iter().filter(|item| item.lane == lane).collect();
        let stretches: Vec<(f32, f32)> = items.iter().map(|item| stretch(edit, scale, item)).collect();
        let (rows, count) = into_rows(&stretches);
        let height = ROW * f32::from(u16::try_from(count.max(1)).unwrap_or(u16::MAX)) + 5.0;
        Laid { lane, items: items.into_iter().zip(rows).collect(), height }
    };
    let lanes =
        Lane::ALL.into_iter().filter(|lane| is_shown(lane) || edit.items().iter().any(|i| i.lane == *lane));
    lanes.map(of).collect()
}

/// From where to where an item covers its row, its words with it.
fn stretch(edit: &ScenarioEdit, scale: &Scale, item: &Item) -> (f32, f32) {
    /// A letter is no wider, points.
    const LETTER: f32 = 7.0;
    let (from, until) = extent(item, edit.run_for().in_seconds());
    let letters = f32::from(u16::try_from(item.words.chars().count()).unwrap_or(u16::MAX));
    let (x0, x1) = (scale.x(from), scale.x(until));
    let lead = item.at.map_or(x0, |at| scale.x(i64::from(at.in_seconds())).min(x0));
    (lead - 7.0, (x0 + 26.0 + (letters * LETTER).min(WORDS)).max(x1) + 4.0)
}

/// The lane's name, with the text alternative of what stands on it.
fn name(ui: &Ui, tokens: &Tokens, edit: &ScenarioEdit, laid: &Laid<'_>, room: Rect) {
    let rect = Rect::from_min_size(room.min, vec2(NAMES, room.height()));
    let response = ui.interact(rect, ui.scope_id().with(("name of the lane", laid.lane)), Sense::hover());
    let mut items: Vec<&Item> = laid.items.iter().map(|(item, _)| *item).collect();
    items.sort_by_key(|item| item.begins());
    let told: Vec<String> = items.iter().map(|item| format!("{}, {}", item.words, when(item))).collect();
    let said = match told.len() {
        0 => format!("{}: nothing", laid.lane.name()),
        many => format!("{}, {many}: {}", laid.lane.name(), told.join("; ")),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    let wrong = edit.mistakes().iter().filter_map(|m| m.item).any(|id| items.iter().any(|i| i.id == id));
    let ink = if wrong { tokens.high } else { tokens.weak };
    let mut job = LayoutJob::simple(laid.lane.name().to_owned(), font(ui), ink, NAMES - 12.0);
    job.wrap.max_rows = 2;
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(rect.min + vec2(6.0, 5.0), galley, ink);
}

fn font(ui: &Ui) -> FontId {
    egui::TextStyle::Body.resolve(ui.style())
}

fn words(ui: &Ui, tokens: &Tokens, item: &Item) -> std::sync::Arc<egui::Galley> {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let mut job = LayoutJob::simple_singleline(item.words.clone(), font, tokens.text);
    job.wrap =
        TextWrapping { max_width: WORDS, max_rows: 1, break_anywhere: true, ..TextWrapping::default() };
    ui.painter().layout_job(job)
}

#[derive(Clone, Copy)]
struct Look {
    is_selected: bool,
    is_wrong: bool,
}

fn paint(
    painter: &Painter,
    tokens: &Tokens,
    item: &Item,
    look: Look,
    (bar, at, x0): (Option<Rect>, Option<f32>, f32),
    cell: Rect,
) {
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
    let centre = |x: f32| Pos2::new(x + 5.0, cell.center().y);
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

fn axis(ui: &Ui, tokens: &Tokens, edit: &ScenarioEdit, scale: &Scale, time: Rect) {
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
