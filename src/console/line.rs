//! A line of texts in columns, painted as one widget with one name: what is told together is read together.

use std::sync::Arc;

use egui::{
    Color32, FontId, Galley, Rect, Response, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::console::widgets::{Outline, paint_mark};

/// A mark: outline, colour, and whether it is filled.
pub type Mark = (Outline, Color32, bool);

/// The room that a mark takes at the left, points.
pub const MARK: f32 = 18.0;

/// A text in a column.
pub struct Cell {
    /// The column's left edge, points from the left of the line.
    pub left: f32,
    /// Its width.
    pub width: f32,
    /// What it says; wrapped where it is longer.
    pub text: String,
    /// In which ink.
    pub ink: Color32,
    /// In which size.
    pub style: TextStyle,
    /// Whether it stands at the right of its column.
    pub right: bool,
}

impl Cell {
    /// A text at the left of a column that is `width` points wide and begins at `left`.
    pub fn new(left: f32, width: f32, text: impl Into<String>, ink: Color32) -> Self {
        Self { left, width, text: text.into(), ink, style: TextStyle::Body, right: false }
    }

    /// In small print.
    pub fn small(self) -> Self {
        Self { style: TextStyle::Small, ..self }
    }

    /// At the right of its column.
    pub fn at_right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// A line.
pub struct Line<'a> {
    /// At its left.
    pub mark: Option<Mark>,
    /// Its texts.
    pub cells: &'a [Cell],
    /// All of it, for those who do not see it.
    pub name: &'a str,
    /// What it is.
    pub role: Role,
    /// Whether it can be picked.
    pub sense: Sense,
    /// Behind it.
    pub ground: Option<Color32>,
}

impl Line<'_> {
    /// Lays it out and paints it over the whole width there is.
    pub fn show(&self, ui: &mut Ui) -> Response {
        let galleys: Vec<Arc<Galley>> = self.cells.iter().map(|cell| galley(ui, cell)).collect();
        let height = galleys.iter().map(|g| g.size().y).fold(14.0, f32::max) + 4.0;
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), self.sense);
        response.widget_info(|| WidgetInfo::labeled(self.role, true, self.name));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        if let Some(ground) = self.ground {
            ui.painter().rect_filled(rect, 2.0, ground);
        }
        if response.has_focus() {
            let ring = Stroke::new(2.0, ui.visuals().hyperlink_color);
            ui.painter().rect_stroke(rect, 2.0, ring, StrokeKind::Inside);
        }
        if let Some((outline, colour, filled)) = self.mark {
            paint_mark(ui.painter(), mark_centre(rect), 5.0, outline, colour, filled);
        }
        for (cell, galley) in self.cells.iter().zip(galleys) {
            let spare = if cell.right { (cell.width - galley.size().x).max(0.0) } else { 0.0 };
            let at = pos2(rect.left() + cell.left + spare, rect.top() + 2.0);
            ui.painter().galley(at, galley, cell.ink);
        }
        response
    }
}

/// Where the mark of a line that lies there is.
pub fn mark_centre(rect: Rect) -> egui::Pos2 {
    pos2(rect.left() + 7.0, rect.top() + 10.5)
}

fn galley(ui: &Ui, cell: &Cell) -> Arc<Galley> {
    let font: FontId = cell.style.resolve(ui.style());
    ui.painter().layout(cell.text.clone(), font, cell.ink, cell.width.max(10.0))
}
