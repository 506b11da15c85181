//! The panels below that of power: reactive power and state of charge.

use crate::console::plot::chart::{Quantity, style};
use crate::console::plot::curves::points;
use crate::console::plot::legend::{Entry, Sample, entry};
use crate::console::theme::Tokens;
use crate::desk::snapshot::UnitState;

use super::describe::{mark_moments, roomy};
use super::trace::{LEVEL, curve};
use super::{Panel, Trace, pen};
use crate::console::delivery::below::{CHARGE_GAP_S, Moments, charge_limits, charge_values};
use crate::console::delivery::planned::{MINUTE_S, Reach};
use crate::console::delivery::reactive::{instructed, is_asked};
use crate::console::delivery::track::{Track, broken, metered_runs};

/// How high they are, points.
const REACTIVE_HEIGHT: f64 = 120.0;
const CHARGE_HEIGHT: f64 = 96.0;

/// The kvar asked and metered; `None` where none are asked and none were metered.
pub fn reactive(tokens: &Tokens, track: &Track, (from, to): (f64, f64), moments: Moments) -> Option<Panel> {
    if !is_asked(track) || to <= from {
        return None;
    }
    let asked = points(&instructed(track, from, to), from, to);
    let runs = metered_runs(&track.dispatch.reactive, from, to - MINUTE_S, 0.0);
    let values: Vec<f64> = asked.iter().chain(runs.iter().flatten()).map(|p| p[1]).chain([0.0]).collect();
    let mut panel = Panel {
        quantity: Quantity::Reactive,
        height: REACTIVE_HEIGHT,
        values: roomy(from, to, values),
        areas: Vec::new(),
        levels: vec![(0.0, pen(tokens.weak, 1.0, LEVEL))],
        instants: Vec::new(),
        curves: vec![
            curve("Reactive instructed", asked, pen(tokens.instructed, 2.0, style::ASKED)),
            Trace { name: "Reactive delivered", runs, pen: pen(tokens.delivered, 2.5, style::ASKED) },
        ],
        labels: Vec::new(),
    };
    mark_moments(&mut panel, tokens, Some(track.window), moments);
    Some(panel)
}

/// The charge as reported, and as the unit's physics would have it; `None` for a unit without a store.
pub fn charge(
    tokens: &Tokens,
    unit: &UnitState,
    reach: Option<&Reach>,
    (from, to): (f64, f64),
    moments: Moments,
) -> Option<Panel> {
    unit.soc?;
    let physics = reach.and_then(|r| Some((r.charge.as_ref()?, r.from.max(from)))).filter(|(_, at)| *at < to);
    let physics = physics.map(|(charge, at)| {
        curve("Charge by physics", points(charge, at, to), pen(tokens.predicted, 1.0, style::PREDICTED))
    });
    let reported = Trace {
        name: "State of charge",
        runs: broken(&charge_values(unit, from, to), CHARGE_GAP_S),
        pen: pen(tokens.charge, 2.0, style::ASKED),
    };
    let limit = pen(tokens.weak, 1.0, style::LIMIT);
    let mut panel = Panel {
        quantity: Quantity::Charge,
        height: CHARGE_HEIGHT,
        values: (-0.04, 1.04),
        areas: Vec::new(),
        levels: charge_limits(unit).into_iter().map(|level| (level, limit)).collect(),
        instants: Vec::new(),
        curves: physics.into_iter().chain([reported]).collect(),
        labels: Vec::new(),
    };
    mark_moments(&mut panel, tokens, None, moments);
    Some(panel)
}

/// What stands in them and in no panel above.
pub fn legend(tokens: &Tokens, with_charge: bool) -> Vec<Entry> {
    if !with_charge {
        return Vec::new();
    }
    vec![
        entry("state of charge", Sample::Line(style::ASKED, 2.0), tokens.charge),
        entry("limits of charge", Sample::Line(style::LIMIT, 1.0), tokens.weak),
    ]
}
