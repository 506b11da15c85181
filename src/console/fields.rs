//! Fields of the form: each with a name, and a mark where what it holds cannot be used.

use egui::{Align2, Id, Response, Stroke, StrokeKind, TextEdit, Ui};

use crate::console::theme::Tokens;
use crate::console::widgets::hint;

/// A text field.
pub struct Field<'a> {
    /// Stable through all edits.
    pub id: Id,
    /// Its name, for those who do not see what stands above it.
    pub name: String,
    /// Its width, points.
    pub width: f32,
    /// What to write, shown while it is empty.
    pub hint: &'a str,
    /// Whether it holds something that cannot be used.
    pub wrong: bool,
    /// Whether what it holds is not as in the revision before.
    pub changed: bool,
    /// Whether it holds a number.
    pub number: bool,
}

impl Field<'_> {
    /// Shows it.
    pub fn show(self, ui: &mut Ui, tokens: &Tokens, text: &mut String) -> Response {
        let align = if self.number { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
        let response = ui
            .add(
                TextEdit::singleline(text)
                    .id(self.id)
                    .desired_width(self.width - 8.0)
                    .hint_text(hint(self.hint))
                    .align(align)
                    .clip_text(true),
            )
            .accessible_name(self.name);
        if self.wrong {
            mark(ui, &response, Stroke::new(1.5, tokens.high), tokens);
        } else if self.changed {
            mark(ui, &response, Stroke::new(1.5, tokens.accent), tokens);
        }
        response
    }
}

/// An outline, and a bar at the left edge that tells it apart without colour.
fn mark(ui: &Ui, response: &Response, stroke: Stroke, tokens: &Tokens) {
    let rect = response.rect;
    ui.painter().rect_stroke(rect, f32::from(tokens.radius), stroke, StrokeKind::Inside);
    let bar = egui::Rect::from_min_max(rect.left_top(), rect.left_bottom() + egui::vec2(3.0, 0.0));
    ui.painter().rect_filled(bar, 0.0, stroke.color);
}
