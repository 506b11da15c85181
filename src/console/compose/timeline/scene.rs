//! What the time line is drawn of, and the levels and times that follow from it. Pure.

use egui_plot::PlotBounds;

use crate::console::compose::draft::{Draft, Kind, RowId};
use crate::console::compose::forecast::Forecast;
use crate::console::compose::rehearsed::Ghost;
use crate::console::plot::instant::seconds;
use crate::console::plot::range::fitting;
use crate::console::theme::Tokens;
use crate::desk::snapshot::UnitState;
use crate::dispatch::Reference;
use crate::time::UtcTime;

/// What is drawn.
pub struct Scene<'a> {
    /// For the ids of handles.
    pub sheet: u64,
    /// The draft.
    pub draft: &'a Draft,
    /// The unit.
    pub unit: &'a UnitState,
    /// What it can and would do.
    pub forecast: &'a Forecast,
    /// Colours.
    pub tokens: &'a Tokens,
    /// The row in hand.
    pub selected: Option<RowId>,
    /// Whether anything can be changed.
    pub enabled: bool,
    /// The present, seconds of UTC.
    pub now: f64,
    /// What came of it on a copy of the unit, when this very draft was rehearsed.
    pub ghost: Option<&'a Ghost>,
}

impl Scene<'_> {
    /// The net value of a level on its plot.
    pub fn net(&self, kind: Kind, reference: Option<Reference>, at: UtcTime, amount: i64) -> f64 {
        let value = kilo(amount);
        match (kind, reference) {
            (Kind::Real, Some(Reference::Delta)) => self.unit.baseline.at(seconds(at)) + value,
            _ => value,
        }
    }

    /// The amount, in kW or kvar, that makes the net value.
    pub fn amount_for_net(&self, kind: Kind, reference: Option<Reference>, at: UtcTime, net: f64) -> f64 {
        match (kind, reference) {
            (Kind::Real, Some(Reference::Delta)) => net - self.unit.baseline.at(seconds(at)),
            _ => net,
        }
    }

    /// The step that a dragged volume snaps to: a round number, about a hundredth of what the unit can do.
    pub fn step(&self) -> f64 {
        round_step((self.unit.max_kw - self.unit.min_kw).abs() / 100.0)
    }

    /// Whether any level is of reactive power.
    pub fn has_reactive(&self) -> bool {
        self.draft.rows.iter().any(|r| r.kind == Kind::Reactive)
    }

    fn fitting_time(&self) -> (f64, f64) {
        let (start, end) =
            self.draft.span().map_or((self.now, self.now + 3600.0), |(s, e)| (seconds(s), seconds(e)));
        let soon = start - self.now < 5400.0;
        let from = if soon { start.min(self.now) - 300.0 } else { start - 2700.0 };
        (from, end + 1500.0)
    }

    /// The bounds that show all of it.
    pub fn fitting(&self) -> PlotBounds {
        let (from, to) = self.fitting_time();
        let forecast = self.forecast;
        let curves = [Some(&forecast.baseline), forecast.asked.as_ref(), forecast.before.as_ref()];
        let values = curves.into_iter().flatten().flat_map(|c| c.points().iter().map(|p| p.1));
        let levels = self
            .draft
            .placed()
            .into_iter()
            .filter(|p| p.kind == Kind::Real)
            .map(|p| self.net(p.kind, p.reference, p.at, p.amount));
        fitting(from, to, values.chain(levels).chain([self.unit.max_kw, self.unit.min_kw, 0.0]))
    }
}

/// Watts or vars in kilo.
#[expect(clippy::cast_precision_loss, reason = "volumes are far below 2^53 W")]
pub fn kilo(amount: i64) -> f64 {
    amount as f64 / 1000.0
}

/// 1, 2 or 5 times a power of ten, at least 1.
fn round_step(about: f64) -> f64 {
    let power = 10_f64.powf(about.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= about).unwrap_or(1.0)
}
