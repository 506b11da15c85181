//! One panel drawn: axes, areas, curves, words.

use egui::Color32;
use egui_plot::{GridInput, GridMark, LineStyle};
use svg::node::element::{ClipPath, Group, Path, Title};

use super::ink::{self, points, wide};
use super::scale::Scale;
use super::{Area, Fill, Panel, Pen, Trace, pen};
use crate::console::delivery::stack::level_runs;
use crate::console::plot::axis;
use crate::console::plot::chart::Quantity;
use crate::console::plot::curves::Band;
use crate::console::plot::labels::arrange;
use crate::console::theme::Tokens;

/// The size of the words in a plot, points.
pub const SMALL: f64 = 11.0;
/// Points across that a time on the axis needs.
const TIME_APART: f64 = 66.0;
/// Points down that a power on the axis needs.
const POWER_APART: f64 = 28.0;
/// Points between two rows of words at instants.
const ROW: f64 = 14.0;
/// Rows of them.
const ROWS: usize = 5;

/// The marks of the time axis of a plot.
pub fn time_marks(scale: &Scale) -> Vec<GridMark> {
    let base_step_size = (scale.span.1 - scale.span.0) / scale.width * TIME_APART;
    let mut marks = axis::time_marks(&GridInput { bounds: scale.span, base_step_size });
    // Days are the longest step: of many, not all have room.
    let mut reached = f64::NEG_INFINITY;
    marks.retain(|mark| {
        let has_room = scale.x(mark.value) - reached >= TIME_APART * 0.95;
        reached = if has_room { scale.x(mark.value) } else { reached };
        has_room
    });
    marks
}

fn value_marks(panel: &Panel, scale: &Scale) -> Vec<GridMark> {
    if panel.quantity == Quantity::Charge {
        return [0.0, 0.5, 1.0].map(|value| GridMark { value, step_size: 0.5 }).to_vec();
    }
    let (low, high) = scale.values;
    let base_step_size = (high - low) / scale.height * POWER_APART / 4.0;
    axis::power_marks(&GridInput { bounds: scale.values, base_step_size })
}

/// Draws a panel; `number` tells its parts from those of others.
pub fn draw(panel: &Panel, scale: &Scale, tokens: &Tokens, number: usize) -> Group {
    let clip = format!("panel-{number}");
    let inside = ink::rectangle((scale.left, scale.top), (scale.width, scale.height), tokens.well);
    let mut whole =
        Group::new().set("class", "panel").add(ClipPath::new().set("id", clip.clone()).add(inside));
    whole = grid(whole, panel, scale, tokens);
    let mut plot = Group::new().set("clip-path", format!("url(#{clip})"));
    for (index, area) in panel.areas.iter().enumerate() {
        if !area.bands.is_empty() {
            plot = plot.add(filled(area, scale));
        }
        if area.is_written {
            plot = written(plot, &panel.areas[index], scale, tokens);
        }
    }
    for (value, pen) in &panel.levels {
        plot = plot.add(ink::line((scale.left, scale.y(*value)), (scale.right(), scale.y(*value)), *pen));
    }
    for (at, pen) in &panel.instants {
        plot = plot.add(ink::line((scale.x(*at), scale.top), (scale.x(*at), scale.bottom()), *pen));
    }
    for Trace { name, runs, pen } in &panel.curves {
        if runs.iter().any(|run| !run.is_empty()) {
            plot = plot.add(ink::curve(name, path(runs, scale), *pen));
        }
    }
    plot = labels(plot, panel, scale, tokens);
    let frame = ink::rectangle((scale.left, scale.top), (scale.width, scale.height), tokens.well)
        .set("fill", "none")
        .set("stroke", ink::colour(tokens.edge).0);
    whole.add(plot).add(frame)
}

/// Lines behind the plot, and the values at its left.
fn grid(mut group: Group, panel: &Panel, scale: &Scale, tokens: &Tokens) -> Group {
    let faint = pen(tokens.line.gamma_multiply(0.6), 0.6, LineStyle::Solid);
    for mark in time_marks(scale) {
        let x = scale.x(mark.value);
        group = group.add(ink::line((x, scale.top), (x, scale.bottom()), faint));
    }
    for mark in value_marks(panel, scale) {
        let y = scale.y(mark.value);
        group = group.add(ink::line((scale.left, y), (scale.right(), y), faint));
        let words = match panel.quantity {
            Quantity::Charge => axis::share_label(mark),
            _ => axis::power_label(mark),
        };
        group = group.add(ink::text(&words, (scale.left - 7.0, y + SMALL * 0.35), SMALL, tokens.text, "end"));
    }
    let middle = (scale.left - 66.0, scale.top + scale.height / 2.0);
    let turn = format!("rotate(-90 {} {})", points(middle.0), points(middle.1));
    let words = ink::text(panel.quantity.axis_title(), middle, SMALL, tokens.weak, "middle");
    group.add(words.set("transform", turn))
}

/// Runs of points as one path.
pub fn path(runs: &[Vec<[f64; 2]>], scale: &Scale) -> String {
    let mut d = String::new();
    for run in runs {
        for (index, [at, value]) in run.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            d += &format!("{command}{} {}", points(scale.x(*at)), points(scale.y(*value)));
        }
    }
    d
}

pub fn filled(area: &Area, scale: &Scale) -> Path {
    let mut d = String::new();
    for Band { at, low, high } in &area.bands {
        let upper = at.iter().zip(high);
        let lower = at.iter().zip(low).rev();
        for (index, (at, value)) in upper.chain(lower).enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            d += &format!("{command}{} {}", points(scale.x(*at)), points(scale.y(*value)));
        }
        d.push('Z');
    }
    let (fill, opacity) = ink::fill(area.fill);
    let path = Path::new().set("class", "area").set("d", d).set("fill", fill).set("fill-opacity", opacity);
    let (edge, width) = match area.fill {
        Fill::Plain { edge, .. } => (edge, 0.8),
        Fill::Rising(ink) | Fill::Dots(ink) => (ink, 0.6),
    };
    path.set("stroke", ink::colour(edge).0).set("stroke-width", width).add(Title::new(area.name.as_str()))
}

/// Writes an area's name into the middle of the first part of it that is long and high enough.
fn written(group: Group, area: &Area, scale: &Scale, tokens: &Tokens) -> Group {
    let needs = (wide(&area.name, SMALL) + 8.0, SMALL + 3.0);
    let parts = area.bands.iter().flat_map(|band| {
        level_runs(band).into_iter().map(|(first, last)| {
            let (left, right) = (scale.x(band.at[first]), scale.x(band.at[last]));
            let (top, foot) = (scale.y(band.high[first]), scale.y(band.low[first]));
            (left.max(scale.left), right.min(scale.right()), top.max(scale.top), foot.min(scale.bottom()))
        })
    });
    let fits =
        |(left, right, top, foot): &(f64, f64, f64, f64)| right - left > needs.0 && foot - top > needs.1;
    let mut parts = parts;
    match parts.find(fits) {
        Some((left, right, top, foot)) => {
            let middle = (f64::midpoint(left, right), f64::midpoint(top, foot) + SMALL * 0.35);
            group.add(ink::text(&area.name, middle, SMALL, tokens.text, "middle"))
        }
        None => group,
    }
}

/// Words at instants, none over another, each with its tick.
fn labels(mut group: Group, panel: &Panel, scale: &Scale, tokens: &Tokens) -> Group {
    let mut shown: Vec<_> = panel.labels.iter().filter(|label| scale.shows(label.at)).collect();
    shown.sort_by(|a, b| a.at.total_cmp(&b.at));
    #[expect(clippy::cast_possible_truncation, reason = "points of a drawing")]
    let narrow = |value: f64| value as f32;
    let places: Vec<(f32, String)> =
        shown.iter().map(|label| (narrow(scale.x(label.at)), label.word.clone())).collect();
    let edges = (narrow(scale.left), narrow(scale.right()));
    let placed = arrange(&places, edges, ROWS, |text| narrow(wide(text, SMALL)));
    #[expect(clippy::cast_precision_loss, reason = "a few rows")]
    let top = |row: usize| scale.top + 4.0 + row as f64 * ROW;
    for place in &placed {
        let Some(label) = shown.get(place.label) else { continue };
        let tick: Pen = pen(label.colour, 1.0, LineStyle::Solid);
        let x = f64::from(place.x);
        group = group.add(ink::line((x, scale.top), (x, top(place.row) + SMALL), tick));
    }
    for place in placed {
        let Some(label) = shown.get(place.label) else { continue };
        let (left, y) = (f64::from(place.left), top(place.row));
        let ground: Color32 = tokens.well;
        let behind = ink::rectangle((left - 1.0, y), (wide(&place.text, SMALL) * 0.9, SMALL + 2.0), ground);
        group = group.add(behind).add(ink::text(
            &place.text,
            (left, y + SMALL * 0.92),
            SMALL,
            label.colour,
            "start",
        ));
    }
    group
}
