//! The panel of one unit: what was asked, could be delivered and was.

use egui_plot::LineStyle;

use crate::console::plot::chart::{Quantity, style};
use crate::console::plot::curves::{Band, points, thinned};
use crate::console::plot::labels::Label;
use crate::console::plot::legend::Entry;
use crate::console::theme::Tokens;
use crate::console::words;
use crate::desk::snapshot::UnitState;
use crate::time::UtcTime;

use super::describe::{mark_moments, roomy};
use super::{Area, COLUMNS, Fill, Panel, Trace, pen};
use crate::console::delivery::below::Moments;
use crate::console::delivery::planned::{MINUTE_S, Planned};
use crate::console::delivery::trace::{self, deviation_bands};
use crate::console::delivery::track::{Track, broken, known_baseline, metered_runs};
use crate::console::plot::instant::{instant, seconds};

/// How high it is, points.
const HEIGHT: f64 = 360.0;

/// The panel, and what stands in it. Minutes count up to `at`.
pub fn panel(
    tokens: &Tokens,
    track: Option<&Track>,
    unit: Option<&UnitState>,
    (from, to): (f64, f64),
    at: UtcTime,
    moments: Moments,
) -> (Panel, Vec<Entry>) {
    let up_to = seconds(at);
    let scene = trace::Scene { tokens, track, unit, up_to, moments };
    let mut panel = Panel {
        quantity: Quantity::Power,
        height: HEIGHT,
        values: roomy(from, to, scene.values(from, to)),
        areas: Vec::new(),
        levels: Vec::new(),
        instants: Vec::new(),
        curves: Vec::new(),
        labels: scene.stages(),
    };
    panel.labels.push(exported(tokens, moments.now));
    mark_moments(&mut panel, tokens, track.map(|track| track.window), moments);
    let planned = track.and_then(|track| track.planned.as_deref());
    if let Some((track, planned)) = track.zip(planned) {
        plan(&mut panel, tokens, track, planned, (from, to));
    } else if let Some(baseline) = unit.and_then(known_baseline) {
        let line = points(&baseline.curve(from, to), from, to);
        panel.curves.push(curve("Baseline", line, pen(tokens.baseline, 1.5, style::BASELINE)));
    }
    if let Some(unit) = unit {
        let readings = unit.readings.decimated(from, to, COLUMNS);
        let runs = broken(&readings, trace::live_gap_s(to - from, COLUMNS));
        panel.curves.push(Trace { name: "Live", runs, pen: pen(tokens.reported(), 1.0, style::LIVE) });
    }
    if let Some(track) = track {
        let runs = metered_runs(&track.dispatch.readings, from, to - MINUTE_S, 0.0);
        let runs = runs.into_iter().map(|run| thinned(run, from, to, COLUMNS)).collect();
        panel.curves.push(Trace { name: "Delivered", runs, pen: pen(tokens.delivered, 2.5, style::ASKED) });
    }
    let totals = track.map(|track| track.totals(at)).unwrap_or_default();
    (panel, scene.legend(&totals))
}

/// What was asked and could be delivered, and where what was metered is short of it or over.
fn plan(panel: &mut Panel, tokens: &Tokens, track: &Track, planned: &Planned, (from, to): (f64, f64)) {
    let (from, to) = (from.max(planned.from), to.min(planned.until));
    if to <= from {
        return;
    }
    let (opens, closes) = (track.window.0.max(from), track.window.1.min(to));
    if closes > opens {
        let (low, high) = planned.tolerance();
        let fill = Fill::Plain { fill: tokens.tolerance(), edge: tokens.edge };
        panel.areas.push(area("Tolerance", vec![Band::of_ordered(&low, &high, opens, closes)], fill));
    }
    let (short, over) = deviation_bands(track.minutes.iter());
    panel.areas.push(area("Short", short, Fill::Rising(tokens.shortfall)));
    panel.areas.push(area("Over", over, Fill::Dots(tokens.over)));
    let baseline = points(&planned.baseline, from, to);
    panel.curves.push(curve("Baseline", baseline, pen(tokens.baseline, 1.5, style::BASELINE)));
    if let Some(reach) = planned.reach.as_ref().filter(|reach| reach.from < to) {
        let line = points(&reach.curve, reach.from.max(from), to);
        panel.curves.push(curve("Reachable", line, pen(tokens.predicted, 1.5, style::PREDICTED)));
    }
    let asked = points(&planned.asked, from, to);
    panel.curves.push(curve("Instructed", asked, pen(tokens.instructed, 2.0, style::ASKED)));
}

/// One curve without gaps.
pub fn curve(name: &'static str, line: Vec<[f64; 2]>, pen: super::Pen) -> Trace {
    let (from, to) = (line.first().map_or(0.0, |p| p[0]), line.last().map_or(0.0, |p| p[0]));
    Trace { name, runs: vec![thinned(line, from, to, COLUMNS)], pen }
}

pub fn area(name: &str, bands: Vec<Band>, fill: Fill) -> Area {
    Area { name: name.to_owned(), bands, fill, is_written: false }
}

/// Where the present was.
pub fn exported(tokens: &Tokens, now: f64) -> Label {
    Label { at: now, word: format!("exported {}", words::london_minute(instant(now))), colour: tokens.now }
}

/// Levels from edge to edge have no style of their own.
pub const LEVEL: LineStyle = LineStyle::Solid;
