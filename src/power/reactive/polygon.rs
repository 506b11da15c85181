//! A convex P-Q chart.

use super::super::bounds::MAX_KW;
use super::NEAR;

/// Most corners of a chart: a performance chart has a dozen.
const MOST_VERTICES: usize = 64;
/// Least area of a chart, kW × kvar.
const LEAST_AREA: f64 = 1e-3;

/// A convex polygon of (kW, kvar) with (0, 0) in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    vertices: Vec<(f64, f64)>,
}

impl Polygon {
    /// From its corners in order, either way round.
    pub(super) fn new(vertices: Vec<(f64, f64)>) -> Result<Self, String> {
        if !(3..=MOST_VERTICES).contains(&vertices.len()) {
            let count = vertices.len();
            let corners = if count == 1 { "corner" } else { "corners" };
            return Err(format!("has {count} {corners}; write 3 to {MOST_VERTICES}, each as [kW, kvar]"));
        }
        let is_number = |v: f64| v.is_finite() && v.abs() <= MAX_KW;
        if let Some(corner) = vertices.iter().find(|(kw, kvar)| !(is_number(*kw) && is_number(*kvar))) {
            return Err(format!(
                "{} is too far out; write numbers from -{MAX_KW} to {MAX_KW}",
                shown(*corner)
            ));
        }
        let twice = (1..vertices.len()).find(|i| vertices[..*i].iter().any(|v| is_near(*v, vertices[*i])));
        if let Some(twice) = twice {
            return Err(format!("{} is there twice; keep one", shown(vertices[twice])));
        }
        let polygon = Self { vertices };
        let twice_area = polygon.edges().map(|(a, b)| cross(a, b)).sum::<f64>();
        if twice_area.abs() < 2.0 * LEAST_AREA {
            let message = "encloses nothing: its corners lie on one line, or out of order; write them in order round the chart";
            return Err(message.to_owned());
        }
        if let Some(corner) = polygon.inward_corner(twice_area.signum()) {
            return Err(format!(
                "is not convex at {}; leave that corner out, or write the corners in order round the chart",
                shown(corner)
            ));
        }
        if polygon.range(0.0, |v| v).is_none_or(|(least, most)| least > NEAR || most < -NEAR) {
            return Err("leaves out 0 kW at 0 kvar, where the unit idles; write corners round it".to_owned());
        }
        Ok(polygon)
    }

    /// Its corners as they were given.
    pub fn vertices(&self) -> &[(f64, f64)] {
        &self.vertices
    }

    /// Least and greatest kvar at a real power.
    pub(super) fn range_kvar(&self, kw: f64) -> Option<(f64, f64)> {
        self.range(kw, |v| v)
    }

    /// Least and greatest kW beside a reactive power.
    pub(super) fn range_kw(&self, kvar: f64) -> Option<(f64, f64)> {
        self.range(kvar, |(kw, kvar)| (kvar, kw))
    }

    /// Least and greatest kW that it reaches.
    pub(super) fn span_kw(&self) -> (f64, f64) {
        bounds(self.vertices.iter().map(|v| v.0)).unwrap_or((0.0, 0.0))
    }

    /// Where a line at `along` crosses it, with each corner's coordinates as `axes` turns them: (along, across).
    fn range(&self, along: f64, axes: impl Fn((f64, f64)) -> (f64, f64)) -> Option<(f64, f64)> {
        let (least, most) = bounds(self.vertices.iter().map(|v| axes(*v).0))?;
        if !(least - NEAR..=most + NEAR).contains(&along) {
            return None;
        }
        let along = along.max(least).min(most);
        let crossings = self.edges().flat_map(|(a, b)| {
            let (a, b) = (axes(a), axes(b));
            let share = ((along - a.0) / (b.0 - a.0)).clamp(0.0, 1.0);
            let is_crossed = along >= a.0.min(b.0) - NEAR && along <= a.0.max(b.0) + NEAR;
            let across = match is_crossed {
                // An edge that hardly leans is crossed all along.
                true if (b.0 - a.0).abs() <= NEAR => [Some(a.1), Some(b.1)],
                true => [Some(a.1 + (b.1 - a.1) * share), None],
                false => [None, None],
            };
            across.into_iter().flatten()
        });
        bounds(crossings)
    }

    /// A corner that lies on the wrong side of some edge, when the corners are not those of a convex shape in order.
    fn inward_corner(&self, turn: f64) -> Option<(f64, f64)> {
        self.edges().find_map(|(a, b)| {
            let edge = minus(b, a);
            // As far from the edge's line as two powers may differ and be the same.
            let slack = NEAR * (edge.0.hypot(edge.1));
            self.vertices.iter().find(|v| turn * cross(edge, minus(**v, a)) < -slack).map(|_| b)
        })
    }

    fn edges(&self) -> impl Iterator<Item = ((f64, f64), (f64, f64))> + '_ {
        let next = self.vertices.iter().cycle().skip(1);
        self.vertices.iter().copied().zip(next.copied())
    }
}

fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |so_far, v| match so_far {
        None => Some((v, v)),
        Some((least, most)) => Some((v.min(least), v.max(most))),
    })
}

fn shown((kw, kvar): (f64, f64)) -> String {
    format!("[{kw}, {kvar}]")
}

fn is_near(a: (f64, f64), b: (f64, f64)) -> bool {
    (a.0 - b.0).abs() < NEAR && (a.1 - b.1).abs() < NEAR
}

fn minus(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 - b.0, a.1 - b.1)
}

fn cross(a: (f64, f64), b: (f64, f64)) -> f64 {
    a.0 * b.1 - a.1 * b.0
}
