//! The lanes: what stands on the time line, one below the other.

use egui::text::LayoutJob;
use egui::{Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::console::theme::Tokens;
use crate::power::Asset;
use crate::workshop::editing::{Change, Item, ItemId, Lane, ScenarioEdit, Template};
use crate::workshop::offset::Offset;

use super::Wish;
use super::ink::{AXIS, axis};
use super::layout::{MARGIN, Scale, into_rows, snapped, stretch};
use super::piece::Drag;
use super::say::when;

/// The column of names, points.
const NAMES: f32 = 132.0;
/// A row of a lane.
const ROW: f32 = 23.0;
/// At most so many times as wide as the window.
const MOST_ZOOM: f32 = 16.0;

/// How the lanes are looked at.
pub(super) struct Lanes {
    /// Where something new goes.
    cursor: Offset,
    pub(super) drag: Option<Drag>,
    reach: Option<ItemId>,
    zoom: f32,
    /// How far the time line is pushed to the left, points.
    pushed: f32,
}

/// What a lane is drawn with.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub tokens: &'a Tokens,
    pub edit: &'a ScenarioEdit,
    pub scale: &'a Scale,
    pub selected: Option<ItemId>,
    /// Nothing is drawn beyond it.
    pub clip: Rect,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { cursor: Offset::seconds(600), drag: None, reach: None, zoom: 1.0, pushed: 0.0 }
    }
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

    /// Whether the keyboard is to be put on an item, once.
    pub(super) fn is_to_be_reached(&mut self, id: ItemId) -> bool {
        self.reach.take_if(|wanted| *wanted == id).is_some()
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
                    let clip = Rect::from_min_max(pos2(time.left(), room.top()), room.max);
                    let clip = clip.intersect(ui.clip_rect());
                    let scene = Scene { tokens, edit, scale: &scale, selected, clip };
                    self.lane(ui, &scene, &laid, room, wishes);
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

    fn lane(&mut self, ui: &mut Ui, scene: &Scene<'_>, laid: &Laid<'_>, room: Rect, wishes: &mut Vec<Wish>) {
        let time = Rect::from_min_max(pos2(room.left() + NAMES, room.top()), room.max);
        ui.painter().hline(room.x_range(), room.bottom(), Stroke::new(1.0, scene.tokens.line));
        name(ui, scene, laid, room);
        self.ground(ui, scene, laid.lane, time, wishes);
        for (item, row) in &laid.items {
            let top = room.top() + 3.0 + ROW * f32::from(u16::try_from(*row).unwrap_or(u16::MAX));
            let cell = Rect::from_min_max(pos2(time.left(), top), pos2(time.right(), top + ROW - 3.0));
            self.item(ui, scene, item, cell, wishes);
        }
    }

    /// The empty lane: a click says where something new goes, two put it there.
    fn ground(&mut self, ui: &Ui, scene: &Scene<'_>, lane: Lane, time: Rect, wishes: &mut Vec<Wish>) {
        let response = ui.interact(time, ui.scope_id().with(("lane", lane)), Sense::CLICK);
        response
            .widget_info(|| WidgetInfo::labeled(Role::Row, true, format!("Time line of {}", lane.name())));
        let Some(pointer) = response.interact_pointer_pos().filter(|_| response.clicked()) else { return };
        let last = i64::from(scene.edit.run_for().in_seconds());
        let second = snapped(0, scene.scale.second(pointer.x)).clamp(0, last);
        self.cursor = Offset::seconds(u32::try_from(second).unwrap_or(0));
        wishes.push(Wish::Select(None));
        let template = Template::ALL.into_iter().find(|template| template.lane() == lane);
        if let Some(template) = template.filter(|_| response.double_clicked()) {
            wishes.push(Wish::Change(Change::Add(template, self.cursor), false));
        }
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
    let run_for_s = edit.run_for().in_seconds();
    let of = |lane: Lane| {
        let items: Vec<&Item> = edit.items().iter().filter(|item| item.lane == lane).collect();
        let stretches: Vec<(f32, f32)> = items.iter().map(|item| stretch(item, scale, run_for_s)).collect();
        let (rows, count) = into_rows(&stretches);
        let height = ROW * f32::from(u16::try_from(count.max(1)).unwrap_or(u16::MAX)) + 5.0;
        let mut laid: Vec<(&Item, usize, f32)> = items
            .into_iter()
            .zip(rows)
            .zip(&stretches)
            .map(|((item, row), (x, _))| (item, row, *x))
            .collect();
        // In the order in which they are read, which is the one in which the keyboard comes to them.
        laid.sort_by(|a, b| a.1.cmp(&b.1).then(a.2.total_cmp(&b.2)));
        Laid { lane, items: laid.into_iter().map(|(item, row, _)| (item, row)).collect(), height }
    };
    let lanes =
        Lane::ALL.into_iter().filter(|lane| is_shown(lane) || edit.items().iter().any(|i| i.lane == *lane));
    lanes.map(of).collect()
}

/// The lane's name, with the text alternative of what stands on it.
fn name(ui: &Ui, scene: &Scene<'_>, laid: &Laid<'_>, room: Rect) {
    let Scene { tokens, edit, .. } = *scene;
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
    let font = egui::TextStyle::Body.resolve(ui.style());
    let mut job = LayoutJob::simple(laid.lane.name().to_owned(), font, ink, NAMES - 12.0);
    job.wrap.max_rows = 2;
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(rect.min + vec2(6.0, 5.0), galley, ink);
}
