//! Telemetry: readings in time order, in chunks that are shared and never copied.

/// One reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Seconds of UTC since 1970: the end of the minute that it is the mean of.
    pub at: f64,
    /// Net kW, generation convention.
    pub kw: f64,
}

/// Readings in time order. Cloning shares all full chunks, so a snapshot costs nothing; a reading that arrives late
/// takes its place in order, and one for an instant already held replaces it.
#[derive(Clone, Debug, Default)]
pub struct Series {}

impl Series {
    /// Adds one.
    pub fn push(&mut self, _reading: Reading) {
        todo!()
    }

    /// How many.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        todo!()
    }

    /// The last in time.
    pub fn last(&self) -> Option<Reading> {
        todo!()
    }

    /// Those from `from` to `to`, both included, in time order, without copying.
    pub fn range(&self, _from: f64, _to: f64) -> impl Iterator<Item = Reading> + '_ {
        std::iter::empty()
    }

    /// At most about `columns` × 4 points that draw like the whole range: first, least, greatest and last of each
    /// column, with one reading either side of the range so that lines reach the edge.
    pub fn decimated(&self, _from: f64, _to: f64, _columns: usize) -> Vec<[f64; 2]> {
        todo!()
    }
}
