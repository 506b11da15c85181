//! Curves as what a plot draws.

use egui_plot::{PlotBounds, PlotPoint};

use crate::power::Curve;

/// A band between two curves, on common instants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Instants, ascending; twice the same where either steps.
    pub at: Vec<f64>,
    /// The lower edge.
    pub low: Vec<f64>,
    /// The upper edge.
    pub high: Vec<f64>,
}

/// A curve's points between two instants.
pub fn points(curve: &Curve, from: f64, to: f64) -> Vec<[f64; 2]> {
    curve.between(from, to).points().iter().map(|(t, v)| [*t, *v]).collect()
}

/// A line of which no column holds more than its first, least, greatest and last point: it draws as all of it would.
/// One that has few points is left as it is.
pub fn thinned(line: Vec<[f64; 2]>, from: f64, to: f64, columns: usize) -> Vec<[f64; 2]> {
    if line.len() <= columns * 4 || to <= from {
        return line;
    }
    #[expect(clippy::cast_precision_loss, reason = "columns are pixels")]
    let column = |p: &[f64; 2]| ((p[0] - from) / (to - from) * columns as f64).floor();
    let mut thin = Vec::with_capacity(columns * 4);
    for held in line.chunk_by(|a, b| column(a) == column(b)) {
        let place = |better: fn(f64, f64) -> bool| {
            (0..held.len()).fold(0, |best, i| if better(held[i][1], held[best][1]) { i } else { best })
        };
        let mut kept = [0, place(|a, b| a < b), place(|a, b| a > b), held.len() - 1];
        kept.sort_unstable();
        let mut last = None;
        for index in kept.into_iter().filter(|index| last.replace(*index) != Some(*index)) {
            thin.push(held[index]);
        }
    }
    thin
}

impl Band {
    /// Between two curves that may cross.
    pub fn between(a: &Curve, b: &Curve, from: f64, to: f64) -> Self {
        let (low, high) = (a.least(b), a.greatest(b));
        Self::of_ordered(&low, &high, from, to)
    }

    /// From a curve that is nowhere above another.
    pub fn of_ordered(low: &Curve, high: &Curve, from: f64, to: f64) -> Self {
        let mut instants: Vec<f64> = low.points().iter().chain(high.points()).map(|p| p.0).collect();
        instants.retain(|t| *t > from && *t < to);
        instants.extend([from, to]);
        instants.sort_by(f64::total_cmp);
        instants.dedup();
        let mut band = Self::default();
        for t in instants {
            let before = (low.just_before(t), high.just_before(t));
            let after = (low.at(t), high.at(t));
            if t > from {
                band.push(t, before);
            }
            if t < to && (after != before || t <= from) {
                band.push(t, after);
            }
        }
        band
    }

    fn push(&mut self, at: f64, (low, high): (f64, f64)) {
        self.at.push(at);
        self.low.push(low);
        self.high.push(high.max(low));
    }

    /// Makes bounds wide enough for it.
    pub fn extend(&self, bounds: &mut PlotBounds) {
        for (at, (low, high)) in self.at.iter().zip(self.low.iter().zip(&self.high)) {
            bounds.extend_with(&PlotPoint::new(*at, *low));
            bounds.extend_with(&PlotPoint::new(*at, *high));
        }
    }

    /// Whether there is nothing to see.
    pub fn is_flat(&self) -> bool {
        self.low.iter().zip(&self.high).all(|(low, high)| high - low < 1e-9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(f64, f64)]) -> Curve {
        Curve::new(points.to_vec()).unwrap()
    }

    #[test]
    fn a_band_keeps_steps_and_crossings() {
        let asked = curve(&[(0.0, 0.0), (10.0, 0.0), (10.0, 100.0), (30.0, 100.0)]);
        let given = curve(&[(0.0, 0.0), (10.0, 0.0), (20.0, 100.0), (30.0, 100.0)]);
        let band = Band::between(&asked, &given, 0.0, 30.0);
        assert_eq!(band.at, [0.0, 10.0, 10.0, 20.0, 30.0]);
        assert_eq!(band.low, [0.0, 0.0, 0.0, 100.0, 100.0]);
        assert_eq!(band.high, [0.0, 0.0, 100.0, 100.0, 100.0]);
        assert!(!band.is_flat());
        assert!(Band::between(&asked, &asked, 0.0, 30.0).is_flat());
    }

    #[test]
    fn a_long_line_keeps_its_ends_its_extremes_and_its_order_in_few_points() {
        let line: Vec<[f64; 2]> = (0..100_000_u32)
            .map(|i| [f64::from(i), if i == 31_415 { 900.0 } else { f64::from(i % 7) }])
            .collect();
        let thin = thinned(line.clone(), 0.0, 100_000.0, 100);
        assert!(thin.len() <= 400, "{}", thin.len());
        assert_eq!((thin.first(), thin.last()), (line.first(), line.last()));
        assert!(thin.contains(&[31_415.0, 900.0]), "a spike is not lost");
        assert!(thin.is_sorted_by(|a, b| a[0] < b[0]));
        let short = vec![[0.0, 1.0], [5.0, 1.0], [5.0, 2.0]];
        assert_eq!(thinned(short.clone(), 0.0, 10.0, 100), short);
    }

    #[test]
    fn the_part_of_a_curve_that_is_drawn_reaches_both_edges() {
        let ramp = curve(&[(0.0, 0.0), (10.0, 100.0)]);
        assert_eq!(points(&ramp, 5.0, 20.0), [[5.0, 50.0], [10.0, 100.0], [20.0, 100.0]]);
    }
}
