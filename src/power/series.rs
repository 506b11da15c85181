//! Telemetry: readings in time order, in chunks that are shared and never copied.

mod change;
mod chunk;

use std::sync::Arc;

pub use change::SeriesChange;
use chunk::{BLOCK, Chunk};

/// One reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Seconds of UTC since 1970: the end of the minute that it is the mean of.
    pub at: f64,
    /// Net kW, generation convention.
    pub kw: f64,
}

/// So many of the last readings stand apart: they are all that is copied with a reading after a snapshot.
const TAIL: usize = BLOCK;

/// Readings in time order. Cloning shares every chunk, so a snapshot costs nothing; the next reading after it copies
/// the last few alone. A reading that arrives late takes its place in order, one for an instant already held
/// replaces it, and one that is not finite is left out.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Each of them with at least one reading.
    chunks: Arc<Vec<Arc<Chunk>>>,
    /// The last readings, later than all in the chunks; none at times.
    tail: Arc<Chunk>,
    len: usize,
}

/// A place in a series: chunk and index in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    chunk: usize,
    index: usize,
}

impl Series {
    /// Adds one.
    pub fn push(&mut self, reading: Reading) {
        if !(reading.at.is_finite() && reading.kw.is_finite()) {
            return;
        }
        let is_in_tail = reading.at >= self.tail.first_at();
        if is_in_tail || self.chunks.last().is_none_or(|last| reading.at > last.last_at()) {
            self.len += usize::from(Arc::make_mut(&mut self.tail).insert(reading));
            if self.tail.len() >= TAIL {
                self.put_tail_away();
            }
        } else {
            self.push_late(reading);
        }
    }

    fn put_tail_away(&mut self) {
        let tail = std::mem::take(&mut self.tail);
        let chunks = Arc::make_mut(&mut self.chunks);
        let is_taken_up = chunks.last_mut().is_some_and(|last| Arc::make_mut(last).append(&tail));
        if !is_taken_up {
            chunks.push(tail);
        }
    }

    fn push_late(&mut self, reading: Reading) {
        let chunks = Arc::make_mut(&mut self.chunks);
        let home = chunks.partition_point(|c| c.first_at() <= reading.at).saturating_sub(1);
        let Some(chunk) = chunks.get_mut(home) else { return };
        let chunk = Arc::make_mut(chunk);
        self.len += usize::from(chunk.insert(reading));
        if let Some(upper_half) = chunk.split_when_over_full() {
            chunks.insert(home + 1, Arc::new(upper_half));
        }
    }

    /// Forgets what lies wholly before an instant, chunk by chunk: some that is older may stay.
    pub fn forget_before(&mut self, at: f64) {
        // Nearly always there is nothing to forget, and one look at the oldest tells.
        let is_over = |chunk: &Arc<Chunk>| chunk.last_at() < at;
        if self.chunks.first().is_some_and(is_over) {
            self.let_go_of(self.chunks.partition_point(is_over));
        }
        if self.chunks.is_empty() && !self.tail.is_empty() && is_over(&self.tail) {
            self.len -= std::mem::take(&mut self.tail).len();
        }
    }

    /// Forgets the oldest, chunk by chunk, until no more than `most` are left; what is not in a chunk yet stays.
    pub fn shorten_to(&mut self, most: usize) {
        while self.len > most && !self.chunks.is_empty() {
            self.let_go_of(1);
        }
    }

    /// Forgets the first so many chunks.
    fn let_go_of(&mut self, chunks: usize) {
        let gone = Arc::make_mut(&mut self.chunks).drain(..chunks);
        self.len -= gone.map(|chunk| chunk.len()).sum::<usize>();
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The last in time.
    pub fn last(&self) -> Option<Reading> {
        let last = if self.tail.is_empty() { self.chunks.last()? } else { &self.tail };
        last.get(last.len().checked_sub(1)?)
    }

    /// Those from `from` to `to`, both included, in time order, without copying.
    pub fn range(&self, from: f64, to: f64) -> impl Iterator<Item = Reading> + '_ {
        // Nearly always it is the last few that are asked for.
        let is_in_tail = self.tail.first_at() <= from;
        let first = if is_in_tail { self.chunks.len() } else { self.chunks_before(|c| c.last_at() < from) };
        let end = if is_in_tail { self.count() } else { self.chunks_before(|c| c.first_at() <= to) };
        let chunks = (first..end).filter_map(|index| self.chunk(index));
        chunks.flat_map(move |chunk| chunk.readings(chunk.within(from, to)))
    }

    /// A chunk by its number: the last readings count as the last.
    fn chunk(&self, index: usize) -> Option<&Chunk> {
        let last = || (index == self.chunks.len() && !self.tail.is_empty()).then_some(&*self.tail);
        self.chunks.get(index).map(AsRef::as_ref).or_else(last)
    }

    /// How many chunks there are.
    fn count(&self) -> usize {
        self.chunks.len() + usize::from(!self.tail.is_empty())
    }

    /// How many chunks come before the first that does not keep `is_before`.
    fn chunks_before(&self, is_before: impl Fn(&Chunk) -> bool) -> usize {
        if !self.tail.is_empty() && is_before(&self.tail) {
            return self.count();
        }
        self.chunks.partition_point(|chunk| is_before(chunk))
    }

    /// The least and the greatest kW from `from` to `to`, both included; `None` without a reading there. Its cost does
    /// not grow with the readings in between.
    pub fn extremes(&self, from: f64, to: f64) -> Option<[f64; 2]> {
        let (start, end) = (self.place_of(|at| at < from), self.place_of(|at| at <= to));
        let [_, one, other, _] = self.column(start, end);
        let (one, other) = (one?.kw, other?.kw);
        Some([one.min(other), one.max(other)])
    }

    /// At most about `columns` × 4 points that draw like the whole range: first, least, greatest and last of each
    /// column, with one reading either side of the range so that lines reach the edge. Its cost grows with the
    /// columns, not with the readings.
    pub fn decimated(&self, from: f64, to: f64, columns: usize) -> Vec<[f64; 2]> {
        if self.is_empty() || columns == 0 || to < from || from.is_nan() || to.is_nan() {
            return Vec::new();
        }
        let (start, end) = (self.place_of(|at| at < from), self.place_of(|at| at <= to));
        let mut out = Vec::with_capacity(columns.min(self.len) * 4 + 2);
        let mut add = |reading: Option<Reading>| {
            if let Some(r) = reading
                && out.last().is_none_or(|l: &[f64; 2]| l[0] < r.at)
            {
                out.push([r.at, r.kw]);
            }
        };
        add(self.before(start).and_then(|p| self.get(p)));
        if self.count_up_to(start, end, columns * 4).is_some() {
            self.range(from, to).for_each(|r| add(Some(r)));
        } else {
            let mut left = start;
            for column in 1..=columns {
                let right = if column == columns {
                    end
                } else {
                    self.place_of(|at| at < edge(from, to, column, columns))
                };
                self.column(left, right).into_iter().for_each(&mut add);
                left = right;
            }
        }
        add(self.get(end));
        out
    }

    /// First, least, greatest and last from `left` up to, not including, `right`, in time order.
    fn column(&self, left: Place, right: Place) -> [Option<Reading>; 4] {
        let (mut least, mut greatest): (Option<Reading>, Option<Reading>) = (None, None);
        for index in left.chunk..=right.chunk {
            let Some(chunk) = self.chunk(index) else { break };
            let lo = if index == left.chunk { left.index } else { 0 };
            let hi = if index == right.chunk { right.index } else { chunk.len() };
            if let Some((low, high)) = chunk.extremes(lo..hi) {
                least = least.filter(|r| r.kw <= low.kw).or(Some(low));
                greatest = greatest.filter(|r| r.kw >= high.kw).or(Some(high));
            }
        }
        let mut inner = [least, greatest];
        if let (Some(a), Some(b)) = (least, greatest)
            && a.at > b.at
        {
            inner.swap(0, 1);
        }
        let any = least.is_some();
        let first = any.then(|| self.get(left)).flatten();
        let last = any.then(|| self.before(right).and_then(|p| self.get(p))).flatten();
        [first, inner[0], inner[1], last]
    }

    /// The first place whose instant does not keep `is_before`; just after the end when all do. Never just after the
    /// end of a chunk that another follows.
    fn place_of(&self, is_before: impl Fn(f64) -> bool) -> Place {
        let chunk = self.chunks_before(|c| is_before(c.last_at()));
        let index = self.chunk(chunk).map_or(0, |c| c.at.partition_point(|at| is_before(*at)));
        Place { chunk, index }
    }

    fn get(&self, place: Place) -> Option<Reading> {
        self.chunk(place.chunk)?.get(place.index)
    }

    fn before(&self, place: Place) -> Option<Place> {
        match place.index.checked_sub(1) {
            Some(index) => Some(Place { index, ..place }),
            None => {
                let chunk = place.chunk.checked_sub(1)?;
                Some(Place { chunk, index: self.chunk(chunk)?.len().checked_sub(1)? })
            }
        }
    }

    /// How many lie between two places, `None` for more than `most`.
    fn count_up_to(&self, start: Place, end: Place, most: usize) -> Option<usize> {
        let mut count = 0;
        for index in start.chunk..=end.chunk {
            let Some(chunk) = self.chunk(index) else { break };
            let lo = if index == start.chunk { start.index } else { 0 };
            let hi = if index == end.chunk { end.index } else { chunk.len() };
            count += hi.saturating_sub(lo);
            if count > most {
                return None;
            }
        }
        Some(count)
    }
}

/// Where one column of several ends.
#[expect(clippy::cast_precision_loss, reason = "columns are pixels")]
fn edge(from: f64, to: f64, column: usize, columns: usize) -> f64 {
    from + (to - from) * (column as f64 / columns as f64)
}

#[cfg(test)]
mod tests {
    use super::chunk::CHUNK;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn series(readings: impl IntoIterator<Item = (f64, f64)>) -> Series {
        let mut series = Series::default();
        readings.into_iter().for_each(|(at, kw)| series.push(Reading { at, kw }));
        series
    }

    #[test]
    fn a_late_reading_takes_its_place_and_a_second_one_replaces() {
        let s = series([
            (60.0, 1.0),
            (180.0, 3.0),
            (120.0, 2.0),
            (180.0, 4.0),
            (f64::NAN, 1.0),
            (240.0, f64::NAN),
        ]);
        assert_eq!(s.len(), 3);
        assert_eq!(
            s.range(0.0, 1e9).map(|r| (r.at, r.kw)).collect::<Vec<_>>(),
            [(60.0, 1.0), (120.0, 2.0), (180.0, 4.0)]
        );
        assert_eq!(s.last(), Some(Reading { at: 180.0, kw: 4.0 }));
        assert_eq!(s.range(61.0, 120.0).count(), 1);
        assert!(Series::default().is_empty());
        assert_eq!(Series::default().last(), None);
    }

    #[test]
    fn a_snapshot_shares_what_it_holds_and_does_not_see_later_readings() {
        let mut s = series((0..5000).map(|i| (f64::from(i) * 60.0, f64::from(i))));
        let snapshot = s.clone();
        assert!(Arc::ptr_eq(&s.chunks, &snapshot.chunks));
        s.push(Reading { at: 5000.0 * 60.0, kw: 0.0 });
        assert_eq!((s.len(), snapshot.len()), (5001, 5000));
        let shared = s.chunks.iter().zip(snapshot.chunks.iter()).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, s.chunks.len(), "no chunk is copied");
        assert!(s.chunks.len() < 5000 / TAIL, "chunks are long: {}", s.chunks.len());
    }

    #[test]
    fn what_is_forgotten_is_old_and_what_is_not_is_whole() {
        let mut s = series((0..5000).map(|i| (f64::from(i) * 60.0, f64::from(i))));
        let snapshot = s.clone();
        s.forget_before(3000.0 * 60.0);
        assert!((2000..2000 + CHUNK).contains(&s.len()), "{}", s.len());
        assert_eq!(s.range(f64::MIN, f64::MAX).count(), s.len());
        assert_eq!(s.range(3000.0 * 60.0, f64::MAX).count(), 2000);
        assert_eq!(snapshot.len(), 5000);
        s.forget_before(f64::MAX);
        assert!(s.is_empty() && s.last().is_none());
        s.push(Reading { at: 1.0, kw: 2.0 });
        assert_eq!(s.len(), 1);
        let mut s = snapshot;
        s.shorten_to(4000);
        assert!((4000 - CHUNK..=4000).contains(&s.len()), "{}", s.len());
        assert_eq!(s.range(1000.0 * 60.0, f64::MAX).count(), s.len(), "the oldest go");
        s.shorten_to(0);
        assert!(s.len() < TAIL);
    }

    #[test]
    fn a_long_series_draws_with_its_spikes_in_few_points() {
        let mut s = series((0..100_000).map(|i| (f64::from(i) * 60.0, f64::from(i % 7))));
        s.push(Reading { at: 50_000.0 * 60.0, kw: 900.0 });
        s.push(Reading { at: 70_001.0 * 60.0, kw: -900.0 });
        let points = s.decimated(60.0 * 1000.0, 60.0 * 90_000.0, 200);
        assert!(points.len() <= 802, "{}", points.len());
        assert!(points.windows(2).all(|p| p[0][0] < p[1][0]));
        assert!(points.contains(&[50_000.0 * 60.0, 900.0]) && points.contains(&[70_001.0 * 60.0, -900.0]));
        assert_eq!(points[0][0], 60.0 * 999.0, "one reading before, so that the line reaches the edge");
        assert_eq!(points[points.len() - 1][0], 60.0 * 90_001.0, "one after");
    }

    #[test]
    fn a_short_series_draws_whole_and_nothing_draws_nothing() {
        let s = series((0..50).map(|i| (f64::from(i), f64::from(i))));
        assert_eq!(s.decimated(10.0, 20.0, 100).len(), 13);
        assert_eq!(s.decimated(100.0, 200.0, 100), [[49.0, 49.0]]);
        assert!(s.decimated(20.0, 10.0, 100).is_empty());
        assert!(Series::default().decimated(0.0, 1.0, 10).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_order_of_arrival_the_series_is_in_order(
            raw in prop::collection::vec((0u16..6000, -50i32..50), 0..4000),
            from in 0u16..6000, width in 0u16..6000,
        ) {
            let s = series(raw.iter().map(|(t, v)| (f64::from(*t), f64::from(*v))));
            let truth: BTreeMap<u16, i32> = raw.iter().copied().collect();
            prop_assert_eq!(s.len(), truth.len());
            let to = from.saturating_add(width);
            let held: Vec<_> = s.range(f64::from(from), f64::from(to)).map(|r| (r.at, r.kw)).collect();
            let want: Vec<_> = truth.range(from..=to).map(|(t, v)| (f64::from(*t), f64::from(*v))).collect();
            prop_assert_eq!(&held, &want);
            prop_assert!(s.chunks.iter().all(|c| c.len() <= CHUNK && !c.is_empty()));
            let drawn = s.decimated(f64::from(from), f64::from(to), 20);
            prop_assert!(drawn.windows(2).all(|p| p[0][0] < p[1][0]));
            let extremes = |points: &mut dyn Iterator<Item = f64>| points.fold((f64::MAX, f64::MIN), |a, v| (a.0.min(v), a.1.max(v)));
            let inside = drawn.iter().filter(|p| p[0] >= f64::from(from) && p[0] <= f64::from(to));
            let most = extremes(&mut want.iter().map(|p| p.1));
            prop_assert_eq!(extremes(&mut inside.map(|p| p[1])), most);
            let found = s.extremes(f64::from(from), f64::from(to));
            prop_assert_eq!(found, (!want.is_empty()).then_some([most.0, most.1]));
        }
    }
}
