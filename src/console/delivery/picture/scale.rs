//! Between times and powers and points of the drawing.

/// A rectangle of the drawing and what it shows.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Its left edge, points.
    pub left: f64,
    /// Its upper edge, points.
    pub top: f64,
    /// Points across.
    pub width: f64,
    /// Points down.
    pub height: f64,
    /// From its left to its right edge, seconds of UTC.
    pub span: (f64, f64),
    /// From its lower to its upper edge.
    pub values: (f64, f64),
}

impl Scale {
    /// Across, of an instant.
    pub fn x(&self, at: f64) -> f64 {
        self.left + (at - self.span.0) / (self.span.1 - self.span.0).max(f64::EPSILON) * self.width
    }

    /// Down, of a value.
    pub fn y(&self, value: f64) -> f64 {
        let share = (value - self.values.0) / (self.values.1 - self.values.0).max(f64::EPSILON);
        self.top + (1.0 - share) * self.height
    }

    /// The right edge.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The lower edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Whether an instant is between the edges.
    pub fn shows(&self, at: f64) -> bool {
        (self.span.0..=self.span.1).contains(&at)
    }
}
