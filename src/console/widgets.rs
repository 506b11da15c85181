//! Small things that several workspaces draw: marks that tell by shape as well as by colour, lamps, numbers, empty
//! states.

use egui::{
    Align, Color32, FocusDirection, Label, Layout, Pos2, Rect, Response, RichText, Role, Sense, Shape,
    Stroke, Ui, Vec2, WidgetInfo, Window, vec2,
};
use egui_extras::{Column, TableBuilder, TableRow};

use super::theme::Tokens;
use crate::desk::snapshot::{LinkState, Phase, Priority};

/// A window over a workspace, `id` being its own whatever its title. It stays within `area`: neither the mode band nor
/// EMERGENCY STOP is ever covered.
pub fn window_within<'open>(
    ctx: &egui::Context,
    area: Rect,
    id: &str,
    title: impl Into<egui::WidgetText>,
    size: Vec2,
) -> Window<'open> {
    const MARGIN: f32 = 16.0;
    let title_bar = egui::Id::unique(id).with("__title_click");
    pass_over(ctx, title_bar, Role::TitleBar, || "Title of the window".to_owned());
    // What a window adds around its content: title and frame.
    let frame = vec2(2.0 * MARGIN, 64.0);
    Window::new(title)
        .id(egui::Id::unique(id))
        .collapsible(false)
        .default_size(size.min(area.size() - frame).max(vec2(160.0, 80.0)))
        .default_pos(area.min + Vec2::splat(MARGIN))
        .constrain_to(area)
}

/// Has Escape leave the window of that `id`, and gives the keyboard back to where it was when the window was opened. Call it
/// in each frame in which the window was open, once it is drawn.
pub fn leave_by_escape(ctx: &egui::Context, id: &str, open: &mut bool) {
    let before = egui::Id::unique(id).with("where the keyboard was");
    let (focused, pass) = (ctx.memory(egui::Memory::focused), ctx.cumulative_pass_nr());
    let known = ctx.data(|data| data.get_temp::<(Option<egui::Id>, u64)>(before));
    // One that was not drawn in the pass before has been opened anew.
    let came_from = known.filter(|(_, last)| last + 2 >= pass).map_or(focused, |(came_from, _)| came_from);
    ctx.data_mut(|data| data.insert_temp(before, (came_from, pass)));
    let is_in_front =
        ctx.memory(|memory| memory.top_modal_layer().is_none()) && !egui::Popup::is_any_open(ctx);
    let escaped = is_in_front && ctx.input(|input| input.key_pressed(egui::Key::Escape));
    *open &= !escaped;
    if let Some(came_from) = came_from.filter(|_| !*open) {
        ctx.memory_mut(|memory| memory.request_focus(came_from));
    }
}

/// The outline of a mark: tells one thing from another without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outline {
    /// A disc.
    Circle,
    /// A triangle standing on its side.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A square.
    Square,
    /// Two strokes.
    Cross,
    /// A triangle pointing right: moving.
    Arrow,
    /// A stroke that turns up: done.
    Check,
}

/// Paints a mark around `centre`, filled or as a line.
pub fn paint_mark(
    painter: &egui::Painter,
    centre: Pos2,
    radius: f32,
    outline: Outline,
    colour: Color32,
    filled: bool,
) {
    let at = |x: f32, y: f32| centre + vec2(x, y) * radius;
    let line = Stroke::new((radius * 0.3).max(1.2), colour);
    let fill = if filled { colour } else { Color32::TRANSPARENT };
    let polygon = |points: Vec<Pos2>| Shape::convex_polygon(points, fill, line);
    let shape = match outline {
        Outline::Circle => Shape::Circle(egui::epaint::CircleShape {
            center: centre,
            radius: radius * 0.85,
            fill,
            stroke: line,
        }),
        Outline::Triangle => polygon(vec![at(0.0, -1.0), at(1.0, 0.8), at(-1.0, 0.8)]),
        Outline::Diamond => polygon(vec![at(0.0, -1.0), at(1.0, 0.0), at(0.0, 1.0), at(-1.0, 0.0)]),
        Outline::Square => polygon(vec![at(-0.8, -0.8), at(0.8, -0.8), at(0.8, 0.8), at(-0.8, 0.8)]),
        Outline::Arrow => polygon(vec![at(-0.7, -0.9), at(0.9, 0.0), at(-0.7, 0.9)]),
        Outline::Check => Shape::line(vec![at(-0.8, 0.0), at(-0.2, 0.7), at(0.9, -0.7)], line),
        Outline::Cross => Shape::Vec(vec![
            Shape::line_segment([at(-0.8, -0.8), at(0.8, 0.8)], line),
            Shape::line_segment([at(-0.8, 0.8), at(0.8, -0.8)], line),
        ]),
    };
    painter.add(shape);
}

/// The outline and colour of a link's state.
pub fn link_mark(tokens: &Tokens, state: LinkState) -> (Outline, Color32, bool) {
    match state {
        LinkState::Unknown => (Outline::Circle, tokens.weak, false),
        LinkState::Live => (Outline::Circle, tokens.normal, true),
        LinkState::Late => (Outline::Triangle, tokens.medium, true),
        LinkState::Lost => (Outline::Cross, tokens.high, true),
    }
}

/// The outline and colour of a dispatch's phase: grey while all is well, colour for what is not.
pub fn phase_mark(tokens: &Tokens, phase: Phase) -> (Outline, Color32, bool) {
    match phase {
        Phase::Sending => (Outline::Circle, tokens.weak, false),
        Phase::Sent | Phase::Received => (Outline::Circle, tokens.weak, true),
        Phase::Accepted => (Outline::Check, tokens.text, true),
        Phase::Unreachable => (Outline::Triangle, tokens.medium, true),
        Phase::Started => (Outline::Arrow, tokens.text, false),
        Phase::AtSetpoint => (Outline::Arrow, tokens.text, true),
        Phase::Ended => (Outline::Check, tokens.weak, true),
        Phase::Stopped => (Outline::Square, tokens.weak, true),
        Phase::SendFailed | Phase::Rejected | Phase::Failed => (Outline::Cross, tokens.high, true),
    }
}

/// The outline and colour of an alarm priority.
pub fn priority_mark(tokens: &Tokens, priority: Priority) -> (Outline, Color32) {
    match priority {
        Priority::High => (Outline::Triangle, tokens.high),
        Priority::Medium => (Outline::Diamond, tokens.medium),
        Priority::Low => (Outline::Square, tokens.low),
    }
}

/// Paints an alarm priority: its shape with its digit inside; a line only when `lit` is false.
pub fn paint_priority(painter: &egui::Painter, centre: Pos2, tokens: &Tokens, priority: Priority, lit: bool) {
    let (outline, colour) = priority_mark(tokens, priority);
    let (colour, ink) = if lit { (colour, tokens.on_alarm) } else { (tokens.weak, tokens.weak) };
    let radius = if outline == Outline::Square { 9.0 } else { 10.0 };
    paint_mark(painter, centre, radius, outline, colour, lit);
    let low = if outline == Outline::Triangle { 1.5 } else { 0.0 };
    painter.text(
        centre + vec2(0.0, low),
        egui::Align2::CENTER_CENTER,
        priority.digit(),
        egui::FontId::proportional(11.0),
        ink,
    );
}

/// A mark followed by a word, as one label.
pub fn marked(ui: &mut Ui, mark: (Outline, Color32, bool), word: &str, name: &str) -> Response {
    let (outline, colour, filled) = mark;
    let font = egui::TextStyle::Body.resolve(ui.style());
    let ink = ui.visuals().text_color();
    let galley = ui.painter().layout_no_wrap(word.to_owned(), font, ink);
    let size = vec2(16.0 + galley.size().x, galley.size().y.max(14.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    if ui.is_rect_visible(rect) {
        paint_mark(ui.painter(), rect.left_center() + vec2(6.0, 0.0), 5.0, outline, colour, filled);
        ui.painter().galley(
            Pos2::new(rect.left() + 16.0, rect.center().y - galley.size().y / 2.0),
            galley,
            ink,
        );
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    response
}

/// A lamp: a link's state as shape, colour and word. `of` is what it is the lamp of, for those who do not see it.
pub fn lamp(ui: &mut Ui, tokens: &Tokens, state: LinkState, of: &str) -> Response {
    marked(ui, link_mark(tokens, state), state.word(), &format!("{of}: {}", state.word()))
}

/// A list whose rows are picked: it fills its room, and only the rows that are visible are drawn.
pub fn list_table<'a>(ui: &'a mut Ui, salt: &str) -> TableBuilder<'a> {
    pass_over_edges(ui, salt);
    TableBuilder::new(ui)
        .id_salt(salt)
        .striped(true)
        .sense(Sense::CLICK)
        .auto_shrink([false, false])
        .min_scrolled_height(0.0)
        .animate_scrolling(false)
        .cell_layout(Layout::left_to_right(Align::Center))
}

/// Names the edges at which a pointer makes columns wider. The keyboard can do nothing there and passes over them.
pub fn pass_over_edges(ui: &Ui, salt: &str) {
    const MOST_COLUMNS: usize = 16;
    let table = ui.scope_id().with(egui::IdSalt::new(salt));
    for column in 0..MOST_COLUMNS {
        let edge = table.with("resize_column").with(column);
        pass_over(ui.ctx(), edge, Role::Splitter, || format!("Width of column {}", column + 1));
    }
}

fn tab_id() -> egui::Id {
    egui::Id::unique("the last Tab went back")
}

/// Notices which way Tab goes: Shift may be let go before the keyboard has come to what it passes over.
pub fn notice_tab(ctx: &egui::Context) {
    let back = ctx.input(|input| {
        input.events.iter().rev().find_map(|event| match event {
            egui::Event::Key { key: egui::Key::Tab, pressed: true, modifiers, .. } => Some(modifiers.shift),
            _ => None,
        })
    });
    if let Some(back) = back {
        ctx.data_mut(|data| data.insert_temp(tab_id(), back));
    }
}

/// Names something at which only a pointer can do anything, and has the keyboard pass over it.
fn pass_over(ctx: &egui::Context, id: egui::Id, role: Role, name: impl FnOnce() -> String) {
    if ctx.read_response(id).is_none() {
        return;
    }
    ctx.accesskit_node_builder(id, |node| {
        node.set_role(role);
        node.set_label(name());
    });
    if ctx.memory(|memory| memory.has_focus(id)) {
        let back = ctx.data(|data| data.get_temp::<bool>(tab_id())).unwrap_or_default();
        let on = if back { FocusDirection::Previous } else { FocusDirection::Next };
        ctx.memory_mut(|memory| memory.move_focus(on));
    }
}

/// A column of texts in such a list: as wide as a person likes, and cut short.
pub fn text_column(width: f32) -> Column {
    Column::initial(width).at_least(40.0).resizable(true).clip(true)
}

/// Things at the right end of a row, one after the other as they are read. (A layout from right to left would have the
/// keyboard come to the last of them first.) How wide they are is known from the pass before.
pub fn at_the_right<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let id = ui.make_persistent_id("at the right");
    // Pushed to the end before its width is known, it would reach past it and make a panel wider for good.
    let known = ui.data(|data| data.get_temp::<f32>(id));
    let width = known.unwrap_or_default();
    let mut room = ui.available_size_before_wrap().x;
    if ui.layout().main_wrap && width > room {
        ui.end_row();
        room = ui.available_size_before_wrap().x;
    }
    if known.is_some() {
        ui.add_space((room - width).max(0.0));
    }
    let shown = ui.with_layout(Layout::left_to_right(Align::Center), add);
    let wide = shown.response.rect.width();
    if (wide - width).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, wide));
        ui.ctx().request_discard("what stands at the right has become wider or narrower");
    }
    shown.inner
}

/// Room between a number and what stands right of it in the next column, points.
pub const AFTER_NUMBER: f32 = 6.0;

/// A number in a table: right-aligned.
pub fn number(ui: &mut Ui, text: impl Into<egui::WidgetText>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(AFTER_NUMBER);
        ui.add(Label::new(text).selectable(false).extend());
    });
}

/// How many there are, with thousands separators.
pub fn count(many: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "no list is as long as 2^53")]
    crate::units::grouped(many as f64, 0)
}

/// A text in a table: cut short with the whole text under the pointer.
pub fn cell(ui: &mut Ui, text: impl Into<egui::WidgetText>) -> Response {
    ui.add(Label::new(text).selectable(false).truncate())
}

/// The heads of a table's columns, quiet; those of numbers, marked `true`, stand at the right like their numbers.
pub fn heads(row: &mut TableRow<'_, '_>, tokens: &Tokens, heads: &[(&str, bool)]) {
    for (head, right) in heads {
        row.col(|ui| {
            let text = RichText::new(*head).color(tokens.weak);
            if *right {
                number(ui, text);
            } else {
                cell(ui, text);
            }
        });
    }
}

/// What to write in a field, shown while it is empty: in italics, as nobody wrote it.
pub fn hint(text: &str) -> RichText {
    RichText::new(text).italics()
}

/// A heading above a part of a workspace.
pub fn heading(ui: &mut Ui, text: &str) -> Response {
    let response = ui.add(Label::new(RichText::new(text).heading()).selectable(false));
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, text));
    response
}

/// The width of the column of names in [`pair`], points.
const NAMES: f32 = 132.0;

/// A name and a value beside it, the name weak. Names stand in a column of their own; a value wraps beside its name,
/// never below it.
pub fn pair(ui: &mut Ui, tokens: &Tokens, name: &str, value: impl Into<String>) {
    let names = NAMES.min(ui.available_width() * 0.4);
    ui.horizontal_top(|ui| {
        let label = ui
            .allocate_ui_with_layout(vec2(names, 0.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(names);
                ui.add(Label::new(RichText::new(name).color(tokens.weak)).wrap().selectable(false))
            })
            .inner;
        ui.vertical(|ui| ui.add(Label::new(value.into()).wrap()).labelled_by(label.id));
    });
}

/// What a place says when it has nothing to show: that, and what to do next.
pub fn empty_state(ui: &mut Ui, tokens: &Tokens, what: &str, next: &str) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).min(160.0));
        ui.set_max_width(520.0);
        heading(ui, what);
        ui.add(Label::new(RichText::new(next).color(tokens.weak)).wrap());
    });
}

/// The outline that shows where the keyboard is, for things that are painted by hand.
pub fn focus_ring(ui: &Ui, tokens: &Tokens, response: &Response, rect: Rect) {
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect,
            f32::from(tokens.radius),
            Stroke::new(2.0, tokens.accent),
            egui::StrokeKind::Outside,
        );
    }
}

/// The place that holds the keyboard while a person goes through a list: call it before the list is drawn.
pub fn list_anchor(ui: &mut Ui, tokens: &Tokens, name: &str) -> Response {
    let rect = ui.available_rect_before_wrap();
    let id = ui.make_persistent_id(("list", name));
    let response = ui.interact(rect, id, Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(Role::List, true, name));
    if response.has_focus() {
        let keep = egui::EventFilter { vertical_arrows: true, ..egui::EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(id, keep));
        let ring = Stroke::new(2.0, tokens.accent);
        ui.painter().rect_stroke(rect, f32::from(tokens.radius), ring, egui::StrokeKind::Outside);
    }
    response
}

/// Where the keys take the person in a list of `len` rows, from `present`; `None` when no key moved.
pub fn list_step(ui: &Ui, anchor: &Response, present: Option<usize>, len: usize) -> Option<usize> {
    const PAGE: usize = 12;
    if !anchor.has_focus() || len == 0 {
        return None;
    }
    let last = len - 1;
    let pressed = |key| ui.input(|i| i.key_pressed(key));
    let from = |default: usize, step: &dyn Fn(usize) -> usize| present.map_or(default, step).min(last);
    if pressed(egui::Key::ArrowDown) {
        Some(from(0, &|p| p + 1))
    } else if pressed(egui::Key::ArrowUp) {
        Some(from(last, &|p| p.saturating_sub(1)))
    } else if pressed(egui::Key::PageDown) {
        Some(from(0, &|p| p + PAGE))
    } else if pressed(egui::Key::PageUp) {
        Some(from(last, &|p| p.saturating_sub(PAGE)))
    } else if pressed(egui::Key::Home) {
        Some(0)
    } else if pressed(egui::Key::End) {
        Some(last)
    } else {
        None
    }
}

/// How high a [`filled_button`] is, points.
const FILLED: f32 = 26.0;

/// Has what else stands in this row be as high as the [`filled_button`] in it, so that all of it lies on one line.
pub fn beside_a_filled_button(ui: &mut Ui) {
    ui.spacing_mut().interact_size.y = FILLED;
}

/// A button that sends something out: coloured by `colour`, its text legible on it.
pub fn filled_button(ui: &mut Ui, enabled: bool, text: &str, fill: Color32, ink: Color32) -> Response {
    let button =
        egui::Button::new(RichText::new(text).color(ink)).fill(fill).min_size(Vec2::new(0.0, FILLED));
    ui.add_enabled(enabled, button)
}

/// Whether a button was pressed in any way but Enter: by pointer, Space or an assistive tool. For what must never
/// happen by a stray Enter.
pub fn clicked_but_not_by_enter(response: &Response) -> bool {
    response.clicked() && !response.ctx.input(|i| i.key_pressed(egui::Key::Enter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    #[test]
    fn a_window_never_lies_over_what_is_around_its_workspace() {
        for (size, wanted) in [([1280.0, 720.0], [680.0, 420.0]), ([640.0, 360.0], [680.0, 420.0])] {
            let strip = 48.0;
            let mut harness = Harness::builder().with_size(size).build_ui(move |ui| {
                let area = ui.max_rect().with_min_y(strip);
                let mut open = true;
                let window =
                    window_within(ui.ctx(), area, "a window", "A window", wanted.into()).open(&mut open);
                window.show(ui.ctx(), |ui| ui.allocate_space(ui.available_size()));
            });
            harness.run_steps(3);
            let close = harness.get_by_label("Close window").rect();
            assert!(close.top() >= strip && close.right() <= size[0], "{close:?} of {size:?}");
        }
    }
}
