//! What became of a series between two pictures of it: enough to make the later out of the earlier.

use std::sync::Arc;

use super::{Reading, Series};

/// What a series has that an earlier one had not, or had otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesChange {
    /// What the earlier one holds from this instant on, seconds of UTC, is dropped; `None`: nothing is.
    pub from: Option<f64>,
    /// What comes in its place, in time order.
    pub readings: Vec<Reading>,
}

impl Series {
    /// What became of `earlier`; `None` when nothing did. Readings that both share are not looked at one by one.
    pub fn change_since(&self, earlier: &Self) -> Option<SeriesChange> {
        let shared =
            self.chunks.iter().zip(earlier.chunks.iter()).take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
        let is_same_tail = Arc::ptr_eq(&self.tail, &earlier.tail);
        if is_same_tail && shared == self.chunks.len() && shared == earlier.chunks.len() {
            return None;
        }
        let mut now = self.readings_from_chunk(shared).peekable();
        let mut then = earlier.readings_from_chunk(shared).peekable();
        while let (Some(a), Some(b)) = (now.peek(), then.peek())
            && a == b
        {
            now.next();
            then.next();
        }
        let (new, old) = (now.peek().copied(), then.peek().copied());
        let from = old.map(|old| new.map_or(old.at, |new| new.at.min(old.at)));
        let readings: Vec<Reading> = now.collect();
        (from.is_some() || !readings.is_empty()).then_some(SeriesChange { from, readings })
    }

    /// Does to this series what was done to the one that [`Series::change_since`] was asked about.
    pub fn take(&mut self, change: &SeriesChange) {
        if let Some(from) = change.from {
            let kept = std::mem::take(self);
            kept.range(f64::MIN, f64::MAX).take_while(|r| r.at < from).for_each(|r| self.push(r));
        }
        change.readings.iter().for_each(|reading| self.push(*reading));
    }

    fn readings_from_chunk(&self, first: usize) -> impl Iterator<Item = Reading> + '_ {
        (first..self.count())
            .filter_map(|index| self.chunk(index))
            .flat_map(|chunk| chunk.readings(0..chunk.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn listed(series: &Series) -> Vec<Reading> {
        series.range(f64::MIN, f64::MAX).collect()
    }

    #[derive(Clone, Debug)]
    enum Act {
        Push(i16, i16),
        Forget(i16),
        Shorten(u16),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            20 => (0..2_000_i16, any::<i16>()).prop_map(|(at, kw)| Act::Push(at, kw)),
            1 => (0..2_000_i16).prop_map(Act::Forget),
            1 => (0..600_u16).prop_map(Act::Shorten),
        ];
        prop::collection::vec(act, 0..900)
    }

    fn act_on(series: &mut Series, acts: &[Act]) {
        for act in acts {
            match act {
                Act::Push(at, kw) => series.push(Reading { at: f64::from(*at), kw: f64::from(*kw) }),
                Act::Forget(at) => series.forget_before(f64::from(*at)),
                Act::Shorten(most) => series.shorten_to(usize::from(*most)),
            }
        }
    }

    proptest! {
        #[test]
        fn whoever_is_told_of_each_change_has_the_same_series(first in acts(), then in acts()) {
            let mut series = Series::default();
            act_on(&mut series, &first);
            let (earlier, mut followed) = (series.clone(), Series::default());
            if let Some(change) = earlier.change_since(&Series::default()) {
                followed.take(&change);
            }
            prop_assert_eq!(listed(&followed), listed(&earlier));
            act_on(&mut series, &then);
            match series.change_since(&earlier) {
                Some(change) => followed.take(&change),
                None => prop_assert_eq!(listed(&series), listed(&earlier)),
            }
            prop_assert_eq!(listed(&followed), listed(&series));
        }
    }

    #[test]
    fn the_next_reading_is_all_that_is_told_of_a_long_series() {
        let mut series = Series::default();
        (0..5000).for_each(|i| series.push(Reading { at: f64::from(i) * 60.0, kw: f64::from(i) }));
        let earlier = series.clone();
        assert_eq!(series.change_since(&earlier), None);
        let next = Reading { at: 5000.0 * 60.0, kw: 1.0 };
        series.push(next);
        assert_eq!(series.change_since(&earlier), Some(SeriesChange { from: None, readings: vec![next] }));
    }
}
