//! A plot with the console's axes, colours and ways to move about.

use egui::{Align2, Color32, Id, Pos2, Sense, TextStyle, Ui, vec2};
use egui_plot::{HoverPosition, LineStyle, Plot, PlotBounds, PlotTransform};

use super::axis;
use crate::console::theme::Tokens;
use crate::units::grouped;

/// Line styles by meaning: never colour alone.
pub mod style {
    use egui_plot::LineStyle;

    /// Without a dispatch.
    pub const BASELINE: LineStyle = LineStyle::Dotted { spacing: 5.0 };
    /// What is asked.
    pub const ASKED: LineStyle = LineStyle::Solid;
    /// What was asked before.
    pub const BEFORE: LineStyle = LineStyle::Dashed { length: 4.0 };
    /// What would be delivered.
    pub const PREDICTED: LineStyle = LineStyle::Dashed { length: 10.0 };
    /// What a copy of the unit delivered.
    pub const REHEARSED: LineStyle = LineStyle::Dotted { spacing: 7.0 };
    /// What a unit says of itself at this moment.
    pub const LIVE: LineStyle = LineStyle::Dotted { spacing: 2.5 };
    /// A limit.
    pub const LIMIT: LineStyle = LineStyle::Dashed { length: 2.0 };
    /// The present.
    pub const NOW: LineStyle = LineStyle::Dotted { spacing: 4.0 };
}

/// Width kept for the labels of the vertical axis, so that plots one below the other line up.
const AXIS_WIDTH: f32 = 76.0;

/// What is narrower than this is no step that could be told from the next one, points.
const LEAST_STEP: f32 = 2.0;

/// What a plot's vertical axis is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Net kW.
    Power,
    /// kW of change against baseline.
    Change,
    /// Net kvar.
    Reactive,
    /// State of charge, 0 to 1.
    Charge,
}

impl Quantity {
    /// Beside its axis.
    pub fn axis_title(self) -> &'static str {
        match self {
            Self::Power => "kW net",
            Self::Change => "kW against baseline",
            Self::Reactive => "kvar",
            Self::Charge => "Charge",
        }
    }

    fn readout(self, value: f64) -> String {
        match self {
            Self::Power => format!("{} kW net", grouped(value, 0)),
            Self::Change => format!("{} kW against baseline", grouped(value, 0)),
            Self::Reactive => format!("{} kvar", grouped(value, 0)),
            Self::Charge => format!("{} % charged", grouped(value * 100.0, 1)),
        }
    }
}

/// A plot over time, ready to be shown. `middle` is an instant in it, seconds of UTC.
pub fn time_plot<'a>(
    id: Id,
    tokens: &Tokens,
    quantity: Quantity,
    height: f32,
    middle: f64,
    is_lowest: bool,
) -> Plot<'a> {
    let plot = Plot::new(id)
        .id(id)
        // The keyboard goes to the handles on it; by itself it does nothing that a key could do.
        .sense(Sense::CLICK | Sense::DRAG)
        .height(height)
        .allow_scroll(false)
        .allow_double_click_reset(false)
        .show_background(true)
        .grid_color(tokens.line)
        .grid_fade(0.6)
        .x_grid_spacer(|input| axis::time_marks(&input))
        .x_axis_formatter(|mark, _| axis::time_label(mark))
        .y_axis_min_width(AXIS_WIDTH)
        .show_crosshair(false)
        .label_formatter(move |position| {
            let (HoverPosition::Elsewhere { position } | HoverPosition::NearDataPoint { position, .. }) =
                position;
            Some(format!("{}\n{}", axis::time_readout(position.x), quantity.readout(position.y)))
        });
    let plot = if quantity == Quantity::Charge {
        plot
    } else {
        plot.y_grid_spacer(|input| axis::power_marks(&input))
    };
    let plot = plot.y_axis_label(quantity.axis_title()).y_axis_formatter(move |mark, _| match quantity {
        Quantity::Charge => axis::share_label(mark),
        Quantity::Power | Quantity::Change | Quantity::Reactive => axis::power_label(mark),
    });
    if is_lowest { plot.x_axis_label(axis::time_title(middle)) } else { plot }
}

/// A difference in a plot's quantity that nobody could see: a quarter of a point of its height.
pub fn unseen(shown: &PlotBounds, height: f32) -> f64 {
    shown.height() / f64::from(height.max(1.0)) / 4.0
}

/// How many minutes a step is of, so that it is no narrower than people can tell apart.
pub fn minutes_a_step(shown: &PlotBounds, width: f32) -> u32 {
    let a_step = shown.width() / 60.0 * f64::from(LEAST_STEP / width.max(1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held to 1 to a day")]
    let whole = a_step.ceil().clamp(1.0, 1440.0) as u32;
    whole
}

/// A line with a name and a style.
pub fn line<'a>(
    name: &str,
    points: Vec<[f64; 2]>,
    colour: Color32,
    width: f32,
    style: LineStyle,
) -> egui_plot::Line<'a> {
    // Steps are not to be taken for dense data and filled.
    egui_plot::Line::new(name, points)
        .color(colour)
        .width(width)
        .style(style)
        .allow_hover(false)
        .allow_band(false)
}

/// So near the right edge there is no room beside the words of a level, points.
const TIGHT: f32 = 112.0;

/// Writes a word at the top of a vertical line, on the side where there is room.
pub fn mark_time(ui: &Ui, transform: &PlotTransform, at: f64, word: &str, colour: Color32, row: u8) {
    let frame = transform.frame();
    let x = transform.position_from_point_x(at);
    if !frame.x_range().contains(x) {
        return;
    }
    let painter = ui.painter().with_clip_rect(*frame);
    let font = TextStyle::Small.resolve(ui.style());
    let y = frame.top() + 2.0 + f32::from(row) * 13.0;
    let (align, x) =
        if x > frame.right() - TIGHT { (Align2::RIGHT_TOP, x - 3.0) } else { (Align2::LEFT_TOP, x + 3.0) };
    painter.text(Pos2::new(x, y), align, word, font, colour);
}

/// Writes a word above a horizontal line, at the plot's right edge.
pub fn mark_level(ui: &Ui, transform: &PlotTransform, value: f64, word: &str, colour: Color32) {
    let frame = transform.frame();
    let y = transform.position_from_point_y(value);
    if !frame.y_range().contains(y) {
        return;
    }
    let painter = ui.painter().with_clip_rect(*frame);
    let font = TextStyle::Small.resolve(ui.style());
    let above = y - frame.top() > 16.0;
    let (align, offset) = if above { (Align2::RIGHT_BOTTOM, -1.0) } else { (Align2::RIGHT_TOP, 1.0) };
    painter.text(Pos2::new(frame.right() - 4.0, y + offset), align, word, font, colour);
}

/// A small box of text beside a place on the plot.
pub fn callout(ui: &Ui, tokens: &Tokens, place: Pos2, frame: egui::Rect, text: &str) {
    let font = TextStyle::Body.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, tokens.text);
    let size = galley.size() + vec2(12.0, 6.0);
    let mut corner = place + vec2(14.0, -size.y - 10.0);
    if corner.x + size.x > frame.right() {
        corner.x = place.x - size.x - 14.0;
    }
    corner.y = corner.y.max(frame.top() + 2.0);
    let rect = egui::Rect::from_min_size(corner, size);
    let painter = ui.painter();
    painter.rect(
        rect,
        f32::from(tokens.radius),
        tokens.panel,
        egui::Stroke::new(1.0, tokens.accent),
        egui::StrokeKind::Inside,
    );
    painter.galley(corner + vec2(6.0, 3.0), galley, tokens.text);
}
