//! Piecewise-linear curves with exact integrals.

/// Power over time as straight pieces between points. Before the first point it has the first value, after the last
/// the last. Two points at one instant are a step: there the curve has the later value. No points at all: zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    points: Vec<(f64, f64)>,
}

/// A straight piece: from (instant, value) to (instant, value).
type Piece = ((f64, f64), (f64, f64));

impl Curve {
    /// From points in time order (equal instants make steps). Points that are not finite or out of order are refused.
    pub fn new(points: Vec<(f64, f64)>) -> Option<Self> {
        let finite = points.iter().all(|(t, v)| t.is_finite() && v.is_finite());
        let ordered = points.windows(2).all(|pair| pair[0].0 <= pair[1].0);
        (finite && ordered).then_some(Self { points })
    }

    /// From points that are known to be finite and in order.
    pub(super) fn from_ordered(points: Vec<(f64, f64)>) -> Self {
        debug_assert!(
            points.windows(2).all(|pair| pair[0].0 <= pair[1].0),
            "points out of order: {points:?}"
        );
        Self { points }
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
    pub fn at(&self, t: f64) -> f64 {
        self.value_after(self.points.partition_point(|p| p.0 <= t), t)
    }

    /// The value that it comes to an instant with: at a step the earlier one.
    pub fn just_before(&self, t: f64) -> f64 {
        self.value_after(self.points.partition_point(|p| p.0 < t), t)
    }

    /// The value at `t` on the piece that ends at point `next`.
    fn value_after(&self, next: usize, t: f64) -> f64 {
        match (next.checked_sub(1).map(|i| self.points[i]), self.points.get(next)) {
            (Some(a), Some(b)) => interpolate(a, *b, t),
            (Some(only), None) | (None, Some(&only)) => only.1,
            (None, None) => 0.0,
        }
    }

    /// The instants at which it steps, in order.
    pub fn steps(&self) -> impl Iterator<Item = f64> + '_ {
        step_instants(&self.points)
    }

    /// The instants after `from`, up to and including `to`, at which it steps, in order.
    pub fn steps_within(&self, from: f64, to: f64) -> impl Iterator<Item = f64> + '_ {
        let first = self.points.partition_point(|p| p.0 <= from);
        let end = self.points.partition_point(|p| p.0 <= to).max(first);
        step_instants(&self.points[first..end])
    }

    /// Its exact integral from `from` to `to`, in value × hours (kW → kWh). Negative when `to` is before `from`.
    pub fn integral_hours(&self, from: f64, to: f64) -> f64 {
        if to < from {
            return -self.integral_hours(to, from);
        }
        self.pieces(from, to).map(|((t0, v0), (t1, v1))| (t1 - t0) * (v0 + v1) / 2.0).sum::<f64>() / 3600.0
    }

    /// The exact integral of its positive part and of its negative part (the latter ≤ 0). Both change sign when `to`
    /// is before `from`.
    pub fn parts_hours(&self, from: f64, to: f64) -> (f64, f64) {
        if to < from {
            let (positive, negative) = self.parts_hours(to, from);
            return (-positive, -negative);
        }
        let (mut positive, mut negative) = (0.0, 0.0);
        for ((t0, v0), (t1, v1)) in self.pieces(from, to) {
            let width = t1 - t0;
            if v0.min(v1) >= 0.0 {
                positive += width * (v0 + v1) / 2.0;
            } else if v0.max(v1) <= 0.0 {
                negative += width * (v0 + v1) / 2.0;
            } else {
                let first = width * v0 / (v0 - v1);
                let (before, after) = (first * v0 / 2.0, (width - first) * v1 / 2.0);
                positive += before.max(after);
                negative += before.min(after);
            }
        }
        (positive / 3600.0, negative / 3600.0)
    }

    /// Sum of two curves, exact.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a + b)
    }

    /// Difference of two curves, exact.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a - b)
    }

    /// The lesser of two curves everywhere, exact.
    #[must_use]
    pub fn least(&self, other: &Self) -> Self {
        self.with_crossings(other).combined(other, f64::min)
    }

    /// The greater of two curves everywhere, exact.
    #[must_use]
    pub fn greatest(&self, other: &Self) -> Self {
        self.with_crossings(other).combined(other, f64::max)
    }

    /// The part between two instants, with points at both ends.
    #[must_use]
    pub fn between(&self, from: f64, to: f64) -> Self {
        let mut points = vec![(from, self.at(from))];
        if to > from {
            let first = self.points.partition_point(|p| p.0 <= from);
            let end = self.points.partition_point(|p| p.0 < to);
            points.extend_from_slice(&self.points[first..end]);
            points.push((to, self.just_before(to)));
            push_step(&mut points, to, self.at(to));
        }
        Self { points }
    }

    /// The straight pieces between two instants; none has zero width.
    fn pieces(&self, from: f64, to: f64) -> impl Iterator<Item = Piece> + '_ {
        let first = self.points.partition_point(|p| p.0 <= from);
        let end = self.points.partition_point(|p| p.0 < to).max(first);
        let mut left = (from, self.at(from));
        let last = (to > from).then(|| (to, self.just_before(to)));
        self.points[first..end].iter().copied().chain(last).filter_map(move |right| {
            let piece = (left, right);
            left = right;
            (piece.1.0 > piece.0.0).then_some(piece)
        })
    }

    /// Applies `f` to both curves at every point of either, on both sides of steps. A curve of one point is the same
    /// everywhere, so its point adds none.
    fn combined(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        match (self.points.len() > 1, other.points.len() > 1) {
            (false, false) => {
                let t = self.points.first().or(other.points.first()).map_or(0.0, |p| p.0);
                return Self { points: vec![(t, f(self.at(t), other.at(t)))] };
            }
            (true, false) => {
                let b = other.at(0.0);
                return Self { points: self.points.iter().map(|(t, a)| (*t, f(*a, b))).collect() };
            }
            (false, true) => {
                let a = self.at(0.0);
                return Self { points: other.points.iter().map(|(t, b)| (*t, f(a, *b))).collect() };
            }
            (true, true) => {}
        }
        let mut points = Vec::with_capacity(self.points.len() + other.points.len());
        for t in merged_instants(&self.points, &other.points) {
            points.push((t, f(self.just_before(t), other.just_before(t))));
            push_step(&mut points, t, f(self.at(t), other.at(t)));
        }
        Self { points }
    }

    /// The same curve with a point wherever it crosses the other between points.
    fn with_crossings(&self, other: &Self) -> Self {
        let mut points = Vec::with_capacity(self.points.len() + 4);
        let mut previous: Option<f64> = None;
        for t in merged_instants(&self.points, &other.points) {
            if let Some(before) = previous {
                let (gap0, gap1) =
                    (self.at(before) - other.at(before), self.just_before(t) - other.just_before(t));
                if gap0 * gap1 < 0.0 {
                    let crossing = before + (t - before) * gap0 / (gap0 - gap1);
                    if crossing > before && crossing < t {
                        points.push((crossing, self.at(crossing)));
                    }
                }
            }
            points.push((t, self.just_before(t)));
            push_step(&mut points, t, self.at(t));
            previous = Some(t);
        }
        Self { points }
    }
}

fn step_instants(points: &[(f64, f64)]) -> impl Iterator<Item = f64> + '_ {
    points.windows(2).filter(|pair| pair[0].0 >= pair[1].0 && pair[0].1 != pair[1].1).map(|pair| pair[0].0)
}

fn interpolate((t0, v0): (f64, f64), (t1, v1): (f64, f64), t: f64) -> f64 {
    if v0 == v1 || t1 <= t0 { v1 } else { v0 + (v1 - v0) * ((t - t0) / (t1 - t0)).clamp(0.0, 1.0) }
}

/// Adds a point unless it is the last one already.
fn push_step(points: &mut Vec<(f64, f64)>, t: f64, value: f64) {
    if points.last() != Some(&(t, value)) {
        points.push((t, value));
    }
}

/// The distinct instants of two lists of points, in order.
fn merged_instants<'a>(a: &'a [(f64, f64)], b: &'a [(f64, f64)]) -> impl Iterator<Item = f64> + 'a {
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        let next = match (a.get(i), b.get(j)) {
            (Some(p), Some(q)) => p.0.min(q.0),
            (Some(p), None) | (None, Some(p)) => p.0,
            (None, None) => return None,
        };
        while a.get(i).is_some_and(|p| p.0 <= next) {
            i += 1;
        }
        while b.get(j).is_some_and(|p| p.0 <= next) {
            j += 1;
        }
        Some(next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve(points: &[(f64, f64)]) -> Curve {
        Curve::new(points.to_vec()).unwrap()
    }

    #[test]
    fn points_that_cannot_be_drawn_are_refused() {
        assert!(Curve::new(vec![(0.0, f64::NAN)]).is_none());
        assert!(Curve::new(vec![(f64::INFINITY, 0.0)]).is_none());
        assert!(Curve::new(vec![(1.0, 0.0), (0.0, 0.0)]).is_none());
        assert!(Curve::new(vec![]).is_some());
    }

    #[test]
    fn a_step_has_its_later_value_at_its_instant_and_the_ends_go_on() {
        let c = curve(&[(10.0, 1.0), (20.0, 3.0), (20.0, 7.0), (30.0, 7.0)]);
        for (t, value) in [(0.0, 1.0), (10.0, 1.0), (15.0, 2.0), (20.0, 7.0), (25.0, 7.0), (99.0, 7.0)] {
            assert_eq!(c.at(t), value, "at {t}");
        }
        assert_eq!(c.just_before(20.0), 3.0);
        assert_eq!(c.steps().collect::<Vec<_>>(), [20.0]);
        assert_eq!(Curve::default().at(5.0), 0.0);
    }

    #[test]
    fn energy_is_the_exact_area_under_the_curve() {
        // 0 → 600 kW over 10 min (50 kWh), 600 kW for 20 min (200 kWh), then off by a step.
        let c = curve(&[(0.0, 0.0), (600.0, 600.0), (1800.0, 600.0), (1800.0, 0.0)]);
        assert_eq!(c.integral_hours(0.0, 3600.0), 250.0);
        assert_eq!(c.integral_hours(3600.0, 0.0), -250.0);
        // The second half of the ramp: 300 → 600 kW over 5 min = 450 × 300 / 3600.
        assert_eq!(c.integral_hours(300.0, 600.0), 37.5);
        assert_eq!(c.integral_hours(-3600.0, 0.0), 0.0);
        // Beyond its points a curve goes on.
        assert_eq!(Curve::constant(5.0).integral_hours(1e9, 1e9 + 7200.0), 10.0);
    }

    #[test]
    fn import_and_export_are_counted_apart() {
        // 360 → −360 kW over 20 s: two triangles of 10 s.
        let c = curve(&[(0.0, 360.0), (20.0, -360.0)]);
        assert_eq!(c.parts_hours(0.0, 20.0), (0.5, -0.5));
        assert_eq!(c.parts_hours(20.0, 0.0), (-0.5, 0.5));
    }

    #[test]
    fn a_part_keeps_the_steps_inside_it() {
        let c = curve(&[(0.0, 0.0), (10.0, 10.0), (10.0, 20.0), (20.0, 20.0)]);
        assert_eq!(c.between(5.0, 15.0).points(), [(5.0, 5.0), (10.0, 10.0), (10.0, 20.0), (15.0, 20.0)]);
        assert_eq!(c.between(10.0, 12.0).points(), [(10.0, 20.0), (12.0, 20.0)]);
        assert_eq!(c.between(5.0, 10.0).points(), [(5.0, 5.0), (10.0, 10.0), (10.0, 20.0)]);
        assert_eq!(c.between(7.0, 3.0).points(), [(7.0, 7.0)]);
    }

    #[test]
    fn steps_survive_addition() {
        let a = curve(&[(0.0, 0.0), (10.0, 10.0)]);
        let b = curve(&[(5.0, 1.0), (5.0, -1.0)]);
        assert_eq!(a.plus(&b).points(), [(0.0, 1.0), (5.0, 6.0), (5.0, 4.0), (10.0, 9.0)]);
        assert_eq!(a.minus(&Curve::constant(2.0)).points(), [(0.0, -2.0), (10.0, 8.0)]);
        assert_eq!(Curve::constant(2.0).minus(&a).points(), [(0.0, 2.0), (10.0, -8.0)]);
    }

    #[test]
    fn the_lesser_of_two_curves_turns_where_they_cross() {
        let a = curve(&[(0.0, 0.0), (10.0, 10.0)]);
        assert_eq!(a.least(&Curve::constant(4.0)).points(), [(0.0, 0.0), (4.0, 4.0), (10.0, 4.0)]);
        assert_eq!(a.greatest(&Curve::constant(4.0)).at(2.0), 4.0);
        let down = curve(&[(0.0, 10.0), (10.0, 0.0)]);
        assert_eq!(a.least(&down).points(), [(0.0, 0.0), (5.0, 5.0), (10.0, 0.0)]);
    }

    fn any_curve() -> impl Strategy<Value = Curve> {
        prop::collection::vec((0u32..40, -1000i32..1000), 1..12).prop_map(|mut raw| {
            raw.sort_by_key(|p| p.0);
            Curve::new(raw.into_iter().map(|(t, v)| (f64::from(t), f64::from(v))).collect()).unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn sums_and_differences_agree_at_every_instant(a in any_curve(), b in any_curve(), t in -5.0..45.0f64) {
            for t in [t, t.round()] {
                prop_assert!((a.plus(&b).at(t) - (a.at(t) + b.at(t))).abs() < 1e-9);
                prop_assert!((a.minus(&b).at(t) - (a.at(t) - b.at(t))).abs() < 1e-9);
                prop_assert!((a.plus(&b).just_before(t) - a.just_before(t) - b.just_before(t)).abs() < 1e-9);
                prop_assert!((a.least(&b).at(t) - a.at(t).min(b.at(t))).abs() < 1e-9);
                prop_assert!((a.greatest(&b).at(t) - a.at(t).max(b.at(t))).abs() < 1e-9);
            }
        }

        #[test]
        fn energy_adds_up_over_any_split(a in any_curve(), t in prop::array::uniform3(-5.0..45.0f64)) {
            let whole = a.integral_hours(t[0], t[2]);
            prop_assert!((whole - a.integral_hours(t[0], t[1]) - a.integral_hours(t[1], t[2])).abs() < 1e-9);
            let (positive, negative) = a.parts_hours(t[0], t[2]);
            prop_assert!((whole - positive - negative).abs() < 1e-9);
            let part = a.between(t[0].min(t[2]), t[0].max(t[2]));
            prop_assert!((part.integral_hours(t[0], t[2]) - whole).abs() < 1e-9);
        }
    }
}
