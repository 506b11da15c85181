//! The points of real and reactive power that a unit can be at.

use super::{NEAR, Polygon};

/// The points of (kW, kvar) that a unit can be at. Made and checked by [`super::Capability`].
#[derive(Clone, Debug, PartialEq)]
pub enum Region {
    /// A convex chart.
    Polygon(Polygon),
    /// All within an apparent power.
    Inverter {
        /// Greatest apparent power, kVA.
        kva: f64,
    },
    /// All with a power factor of at least this, leading and lagging.
    PowerFactor {
        /// Least power factor, below 1.
        least: f64,
    },
}

impl Region {
    pub(super) fn range_kvar(&self, kw: f64) -> Option<(f64, f64)> {
        match self {
            Self::Polygon(polygon) => polygon.range_kvar(kw),
            Self::Inverter { kva } => circle(*kva, kw),
            Self::PowerFactor { least } => {
                let most = kw.abs() * tangent(*least);
                Some((-most, most))
            }
        }
    }

    pub(super) fn range_kw(&self, kvar: f64) -> Option<(f64, f64)> {
        match self {
            Self::Polygon(polygon) => polygon.range_kw(kvar),
            Self::Inverter { kva } => circle(*kva, kvar),
            Self::PowerFactor { least } => Some((kvar.abs() / tangent(*least), f64::INFINITY)),
        }
    }

    /// The nearest real power that it can be at.
    pub(super) fn nearest_kw(&self, kw: f64) -> f64 {
        let (least, most) = match self {
            Self::Polygon(polygon) => polygon.span_kw(),
            Self::Inverter { kva } => (-kva, *kva),
            Self::PowerFactor { .. } => return kw,
        };
        kw.max(least).min(most)
    }

    /// Least and greatest kvar at any real power from `from` to `to`.
    pub(super) fn reach_kvar(&self, from: f64, to: f64) -> (f64, f64) {
        let (from, to) = (self.nearest_kw(from), self.nearest_kw(to));
        // On a convex shape the farthest lies at an end, at a corner between, or where the circle is widest.
        let inner: Vec<f64> = match self {
            Self::Polygon(polygon) => polygon.vertices().iter().map(|v| v.0).collect(),
            Self::Inverter { .. } => vec![0.0],
            Self::PowerFactor { .. } => Vec::new(),
        };
        let candidates = inner.into_iter().filter(|kw| from < *kw && *kw < to).chain([from, to]);
        let ranges = candidates.filter_map(|kw| self.range_kvar(kw));
        ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((0.0, 0.0))
    }

    /// The real powers at which what can be had of a reactive power changes its law: corners, and where it begins and
    /// ceases to be within reach.
    pub(super) fn turns_kw(&self, kvar: f64) -> Vec<f64> {
        let within = self.range_kw(kvar).into_iter().flat_map(|(least, most)| [least, most]);
        match self {
            Self::Polygon(polygon) => {
                within.chain(polygon.vertices().iter().map(|v| v.0)).chain([0.0]).collect()
            }
            Self::Inverter { kva } => within.chain([-kva, *kva, 0.0]).collect(),
            Self::PowerFactor { .. } => {
                within.filter(|kw| kw.is_finite()).flat_map(|kw| [-kw, kw]).chain([0.0]).collect()
            }
        }
    }

    /// Whether it can be at a point.
    pub(super) fn contains(&self, kw: f64, kvar: f64) -> bool {
        self.range_kvar(kw).is_some_and(|(least, most)| (least - NEAR..=most + NEAR).contains(&kvar))
    }
}

/// How far across a circle goes at a distance from its middle.
fn circle(radius: f64, along: f64) -> Option<(f64, f64)> {
    if along.abs() > radius + NEAR {
        return None;
    }
    let most = (radius * radius - along * along).max(0.0).sqrt();
    Some((-most, most))
}

/// kvar per kW at a power factor.
fn tangent(power_factor: f64) -> f64 {
    power_factor.acos().tan()
}
