//! Figures one below the other: names at the left, numbers in tabular figures at the right.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align, Color32, Role, Sense, TextFormat, TextStyle, Ui, WidgetInfo, pos2, vec2};

use crate::console::theme::Tokens;

/// The share of the width that a value may take.
const VALUES: f32 = 0.62;

/// A name at the left and its value at the right edge, read out as one.
pub fn figure(ui: &mut Ui, tokens: &Tokens, name: &str, value: &str) {
    let width = ui.available_width();
    let value_galley = text(ui, value, tokens.text, width * VALUES, Align::RIGHT);
    let rest = (width - value_galley.size().x - tokens.gap).max(40.0);
    let name_galley = text(ui, name, tokens.weak, rest, Align::LEFT);
    let height = name_galley.size().y.max(value_galley.size().y);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {value}")));
    if ui.is_rect_visible(rect) {
        ui.painter().galley(rect.left_top(), name_galley, tokens.weak);
        // A galley that is aligned to the right hangs from its right edge.
        ui.painter().galley(pos2(rect.right(), rect.top()), value_galley, tokens.text);
    }
}

fn text(ui: &Ui, words: &str, colour: Color32, width: f32, halign: Align) -> std::sync::Arc<egui::Galley> {
    let format = TextFormat::simple(TextStyle::Body.resolve(ui.style()), colour);
    let mut job = LayoutJob::single_section(words.to_owned(), format);
    job.wrap = TextWrapping::wrap_at_width(width);
    job.halign = halign;
    ui.painter().layout_job(job)
}
