//! A legend that tells curves apart by their line style as well as by colour.

use std::borrow::Cow;

use egui::{Color32, Pos2, Rect, RichText, Sense, Shape, Stroke, StrokeKind, Ui, vec2};
use egui_plot::LineStyle;

use crate::console::theme::Tokens;

/// How something is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sample {
    /// A line of a style and width.
    Line(LineStyle, f32),
    /// A filled area.
    Area,
    /// An area with strokes that rise to the right.
    Rising,
    /// An area with strokes that fall to the right.
    Falling,
    /// An area with dots.
    Dots,
    /// Bars, as of a stack.
    Block,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is.
    pub name: Cow<'static, str>,
    /// How it is drawn.
    pub sample: Sample,
    /// In which colour.
    pub colour: Color32,
}

/// An entry.
pub fn entry(name: impl Into<Cow<'static, str>>, sample: Sample, colour: Color32) -> Entry {
    Entry { name: name.into(), sample, colour }
}

/// Draws the legend in as many lines as it needs.
pub fn show(ui: &mut Ui, entries: &[Entry]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for entry in entries {
            let (rect, _) = ui.allocate_exact_size(vec2(26.0, 14.0), Sense::hover());
            paint(ui, rect, entry);
            ui.label(RichText::new(entry.name.as_ref()).small());
            ui.add_space(8.0);
        }
    });
}

fn paint(ui: &Ui, rect: Rect, entry: &Entry) {
    let painter = ui.painter();
    let (left, right) = (rect.left_center(), rect.right_center());
    match entry.sample {
        Sample::Line(style, width) => {
            painter.extend(styled([left, right], style, Stroke::new(width, entry.colour)));
        }
        Sample::Area => {
            let edge = ui.visuals().widgets.inactive.bg_stroke;
            painter.rect(rect.shrink(1.0), 0.0, entry.colour, edge, StrokeKind::Inside);
        }
        Sample::Block => {
            painter.rect_filled(rect.shrink2(vec2(6.0, 1.0)), 0.0, entry.colour);
        }
        Sample::Dots => {
            let area = rect.shrink(1.0);
            painter.rect_filled(area, 0.0, Tokens::hatched(entry.colour));
            for across in 0..4_u8 {
                for down in 0..2_u8 {
                    let shift = vec2(
                        3.0 + f32::from(across) * 6.0 + f32::from(down) * 3.0,
                        3.5 + f32::from(down) * 5.5,
                    );
                    painter.circle_filled(area.min + shift, 1.2, entry.colour);
                }
            }
        }
        Sample::Rising | Sample::Falling => {
            let area = rect.shrink(1.0);
            painter.rect_filled(area, 0.0, Tokens::hatched(entry.colour));
            let clipped = painter.with_clip_rect(area);
            let lean = if entry.sample == Sample::Rising { area.height() } else { -area.height() };
            let mut x = area.left() - area.height();
            while x < area.right() + area.height() {
                clipped.line_segment(
                    [Pos2::new(x, area.bottom()), Pos2::new(x + lean, area.top())],
                    Stroke::new(1.2, entry.colour),
                );
                x += 6.0;
            }
        }
    }
}

fn styled(line: [Pos2; 2], style: LineStyle, stroke: Stroke) -> Vec<Shape> {
    match style {
        LineStyle::Solid => vec![Shape::line_segment(line, stroke)],
        LineStyle::Dashed { length } => Shape::dashed_line(&line, stroke, length, length * 0.618),
        LineStyle::Dotted { spacing } => Shape::dotted_line(&line, stroke.color, spacing, stroke.width),
    }
}
