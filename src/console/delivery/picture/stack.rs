//! The panel of the fleet: what was asked of all, and what each FSP delivered of it, one on top of the other.

use crate::console::plot::chart::{Quantity, style};
use crate::console::plot::curves::thinned;
use crate::console::plot::instant::seconds;
use crate::console::plot::legend::Entry;
use crate::console::theme::Tokens;
use crate::time::UtcTime;

use super::describe::{mark_moments, roomy};
use super::trace::{area, exported};
use super::{Area, COLUMNS, Fill, Panel, Pen, Trace, pen};
use crate::console::delivery::below::Moments;
use crate::console::delivery::stack::{self, Grain, deviations, layers, steps};
use crate::console::delivery::sum::{Sum, SumMinute};

/// How high it is, points.
const HEIGHT: f64 = 420.0;

/// The panel, and what stands in it. Minutes are stacked up to `at`.
pub fn panels(
    tokens: &Tokens,
    sum: &Sum,
    (from, to): (f64, f64),
    at: UtcTime,
    moments: Moments,
) -> (Vec<Panel>, Vec<Entry>) {
    let scene = stack::Scene { tokens, sum, up_to: seconds(at), moments };
    let minutes = scene.minutes(from, to);
    let done = &minutes[..minutes.partition_point(|minute| minute.end <= scene.up_to)];
    let (short, over) = deviations(done, Grain::WHOLE);
    let stacked = sum.layers.iter().zip(layers(done, sum.layers.len(), Grain::WHOLE)).enumerate().map(
        |(place, (layer, bands))| {
            let fill = Fill::Plain { fill: tokens.layer(place), edge: tokens.well };
            Area { name: layer.clone(), bands, fill, is_written: true }
        },
    );
    let deviating =
        [area("Short", short, Fill::Rising(tokens.shortfall)), area("Over", over, Fill::Dots(tokens.over))];
    let line = |name, minutes: &[SumMinute], value: fn(&SumMinute) -> Option<f64>, pen: Pen| {
        let whole = steps(minutes, Grain::WHOLE, value).into_iter();
        let runs = whole.map(|run| thinned(run, from, to, COLUMNS)).collect();
        Trace { name, runs, pen }
    };
    let mut panel = Panel {
        quantity: Quantity::Change,
        height: HEIGHT,
        values: roomy(from, to, scene.values(from, to)),
        areas: stacked.chain(deviating).collect(),
        levels: vec![(0.0, pen(tokens.baseline, 1.0, style::BASELINE))],
        instants: Vec::new(),
        curves: vec![
            line("Reachable", minutes, |m| Some(m.reachable), pen(tokens.predicted, 1.5, style::PREDICTED)),
            line("Delivered", done, SumMinute::delivered, pen(tokens.delivered, 2.5, style::ASKED)),
            line("Instructed", minutes, |m| Some(m.instructed), pen(tokens.instructed, 2.0, style::ASKED)),
        ],
        labels: vec![exported(tokens, moments.now)],
    };
    mark_moments(&mut panel, tokens, Some(sum.window), moments);
    (vec![panel], scene.legend(&sum.totals(at)))
}
