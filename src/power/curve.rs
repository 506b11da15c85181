//! Piecewise-linear curves with exact integrals.

/// Power over time as straight pieces between points. Before the first point it has the first value, after the last
/// the last. Two points at one instant are a step: there the curve has the later value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    points: Vec<(f64, f64)>,
}

impl Curve {
    /// From points in time order (equal instants make steps). Points that are not finite or out of order are refused.
    pub fn new(_points: Vec<(f64, f64)>) -> Option<Self> {
        todo!()
    }

    /// The same value always.
    pub fn constant(value: f64) -> Self {
        Self { points: vec![(0.0, value)] }
    }

    /// Its points in time order.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// Its value at an instant.
    pub fn at(&self, _t: f64) -> f64 {
        todo!()
    }

    /// Its exact integral from `from` to `to`, in value × hours (kW → kWh). Negative when `to` is before `from`.
    pub fn integral_hours(&self, _from: f64, _to: f64) -> f64 {
        todo!()
    }

    /// The exact integral of its positive part and of its negative part (the latter ≤ 0).
    pub fn parts_hours(&self, _from: f64, _to: f64) -> (f64, f64) {
        todo!()
    }

    /// Sum of two curves, exact.
    #[must_use]
    pub fn plus(&self, _other: &Self) -> Self {
        todo!()
    }

    /// Difference of two curves, exact.
    #[must_use]
    pub fn minus(&self, _other: &Self) -> Self {
        todo!()
    }

    /// The part between two instants, with points at both ends.
    #[must_use]
    pub fn between(&self, _from: f64, _to: f64) -> Self {
        todo!()
    }
}
