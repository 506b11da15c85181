//! All systems side by side: what becomes of each field, as a letter.

use egui::{
    Align2, Color32, FontId, Label, Rect, RichText, Role, Sense, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use super::fates::ink;
use super::systems::figures;
use crate::console::theme::Tokens;
use crate::interop::{Field, Mark, Translation};

/// Width of the column of fields, points.
const FIELDS: f32 = 124.0;
/// Least width of a system's column.
const LEAST: f32 = 46.0;
/// Greatest.
const MOST: f32 = 74.0;
/// Height of the heads: two lines.
const HEADS: f32 = 34.0;

/// Draws the table.
pub fn ui(ui: &mut Ui, tokens: &Tokens, all: &[&Translation]) {
    ui.horizontal_wrapped(|ui| {
        ui.add(Label::new(summary(all)).wrap());
        ui.add(Label::new(RichText::new(legend()).color(tokens.weak)).wrap());
    });
    #[expect(clippy::cast_precision_loss, reason = "there are few systems")]
    let many = all.len() as f32;
    let width = ((ui.available_width() - FIELDS) / many).clamp(LEAST, MOST);
    let table = Table { tokens, width, whole: FIELDS + width * many };
    ui.spacing_mut().item_spacing.y = 0.0;
    table.heads(ui, all);
    for (index, field) in Field::ALL.into_iter().enumerate() {
        table.row(ui, field, index, all);
    }
    table.sums(ui, all);
}

/// That no system carries everything, and which comes nearest.
fn summary(all: &[&Translation]) -> String {
    let best = all.iter().max_by_key(|translation| translation.tally().kept);
    let carries_all = |t: &&&Translation| {
        let tally = t.tally();
        tally.changed + tally.lost + tally.unknown == 0
    };
    match (all.iter().filter(carries_all).count(), best) {
        (0, Some(best)) => {
            let asked = Field::ALL.len() - best.tally().not_asked;
            format!(
                "None of these {} systems carries all of it. {} keeps most: {} of {asked} fields.",
                all.len(),
                best.system.name(),
                best.tally().kept
            )
        }
        (many, _) => format!("{many} of these {} systems carry all of it.", all.len()),
    }
}

fn legend() -> String {
    let words: Vec<String> =
        Mark::ALL.iter().map(|mark| format!("{} {}", mark.letter(), mark.word())).collect();
    words.join(" · ")
}

/// A name with places where it can be broken.
fn broken(name: &str) -> String {
    name.replace("Shapeshifter", "Shape-\u{200b}shifter").replace("OpenADR", "Open\u{200b}ADR")
}

struct Table<'a> {
    tokens: &'a Tokens,
    width: f32,
    whole: f32,
}

impl Table<'_> {
    /// A line of the table with the name by which it is told.
    fn line(&self, ui: &mut Ui, height: f32, name: &str) -> Rect {
        let (rect, response) = ui.allocate_exact_size(vec2(self.whole, height), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
        rect
    }

    #[expect(clippy::cast_precision_loss, reason = "there are few systems")]
    fn column(&self, rect: Rect, index: usize) -> Rect {
        let left = rect.left() + FIELDS + self.width * index as f32;
        Rect::from_min_max(pos2(left, rect.top()), pos2(left + self.width, rect.bottom()))
    }

    fn heads(&self, ui: &mut Ui, all: &[&Translation]) {
        let names: Vec<&str> = all.iter().map(|translation| translation.system.name()).collect();
        let rect = self.line(ui, HEADS, &format!("Field, then {}", names.join(", ")));
        let font = TextStyle::Small.resolve(ui.style());
        for (index, name) in names.into_iter().enumerate() {
            let column = self.column(rect, index);
            let ink = self.tokens.weak;
            let galley = ui.painter().layout(broken(name), font.clone(), ink, self.width - 2.0);
            let at = pos2(column.center().x - galley.size().x / 2.0, column.bottom() - 2.0 - galley.size().y);
            ui.painter().galley(at, galley, ink);
        }
        let line = egui::Stroke::new(1.0, self.tokens.line);
        ui.painter().hline(rect.x_range(), rect.bottom(), line);
    }

    fn row(&self, ui: &mut Ui, field: Field, place: usize, all: &[&Translation]) {
        let marks: Vec<(&str, Mark)> = all
            .iter()
            .filter_map(|translation| Some((translation.system.name(), translation.fields.get(place)?.mark)))
            .collect();
        let told: Vec<String> = marks.iter().map(|(name, mark)| format!("{name} {}", mark.word())).collect();
        let rect = self.line(ui, self.tokens.row, &format!("{}: {}", field.name(), told.join(", ")));
        if place % 2 == 1 {
            ui.painter().rect_filled(rect, 0.0, ui.visuals().faint_bg_color);
        }
        let body = TextStyle::Body.resolve(ui.style());
        self.words(ui, rect, field.name(), &body);
        for (index, (_, mark)) in marks.into_iter().enumerate() {
            self.letter(ui, self.column(rect, index), mark.letter(), &body, ink(self.tokens, mark));
        }
    }

    fn sums(&self, ui: &mut Ui, all: &[&Translation]) {
        let told: Vec<String> = all
            .iter()
            .map(|translation| format!("{} {}", translation.system.name(), translation.tally().words()))
            .collect();
        let rect = self.line(ui, self.tokens.row, &format!("Kept, changed, lost: {}", told.join("; ")));
        let line = egui::Stroke::new(1.0, self.tokens.line);
        ui.painter().hline(rect.x_range(), rect.top(), line);
        let small = TextStyle::Small.resolve(ui.style());
        self.words(ui, rect, "Kept, changed, lost", &small);
        for (index, translation) in all.iter().enumerate() {
            let sums = figures(translation.tally());
            self.letter(ui, self.column(rect, index), &sums, &small, self.tokens.text);
        }
    }

    fn words(&self, ui: &Ui, rect: Rect, words: &str, font: &FontId) {
        let at = pos2(rect.left() + 2.0, rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, words, font.clone(), self.tokens.text);
    }

    fn letter(&self, ui: &Ui, column: Rect, letter: &str, font: &FontId, ink: Color32) {
        ui.painter().text(column.center(), Align2::CENTER_CENTER, letter, font.clone(), ink);
    }
}
