//! Readings side by side, with their extremes.

use std::ops::Range;

use super::Reading;

/// Readings in a chunk: four hours of minutes.
pub(super) const CHUNK: usize = 256;
/// Readings whose extremes are kept as one within a chunk.
pub(super) const BLOCK: usize = 32;

/// Columns of instants and powers, with the places of the extremes of each block of [`BLOCK`].
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) at: Vec<f64>,
    kw: Vec<f64>,
    blocks: Vec<Extremes>,
    whole: Extremes,
}

/// A copy is made to be added to: it has room for that.
impl Clone for Chunk {
    fn clone(&self) -> Self {
        let copy = |column: &Vec<f64>| {
            let mut copy = Vec::with_capacity((column.len() / BLOCK + 1) * BLOCK);
            copy.extend_from_slice(column);
            copy
        };
        Self { at: copy(&self.at), kw: copy(&self.kw), blocks: self.blocks.clone(), whole: self.whole }
    }
}

/// Indices of the least and the greatest power.
#[derive(Clone, Copy, Debug, Default)]
struct Extremes {
    least: usize,
    greatest: usize,
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    pub(super) fn first_at(&self) -> f64 {
        self.at.first().copied().unwrap_or(f64::INFINITY)
    }

    pub(super) fn last_at(&self) -> f64 {
        self.at.last().copied().unwrap_or(f64::NEG_INFINITY)
    }

    pub(super) fn get(&self, index: usize) -> Option<Reading> {
        Some(Reading { at: *self.at.get(index)?, kw: *self.kw.get(index)? })
    }

    pub(super) fn within(&self, from: f64, to: f64) -> Range<usize> {
        let first = self.at.partition_point(|at| *at < from);
        first..self.at.partition_point(|at| *at <= to).max(first)
    }

    pub(super) fn readings(&self, range: Range<usize>) -> impl Iterator<Item = Reading> + '_ {
        let columns = self.at[range.clone()].iter().zip(&self.kw[range]);
        columns.map(|(at, kw)| Reading { at: *at, kw: *kw })
    }

    /// Puts one in its place; whether it is one more.
    pub(super) fn insert(&mut self, reading: Reading) -> bool {
        let index = self.at.partition_point(|at| *at < reading.at);
        let is_new = self.at.get(index) != Some(&reading.at);
        if is_new {
            self.at.insert(index, reading.at);
            self.kw.insert(index, reading.kw);
        } else {
            self.kw[index] = reading.kw;
        }
        self.summarise_from(index);
        is_new
    }

    /// Takes up readings that are all later than its own, when it has room for them.
    pub(super) fn append(&mut self, later: &Self) -> bool {
        let has_room = self.len() + later.len() <= CHUNK;
        if has_room {
            let first = self.len();
            self.at.extend_from_slice(&later.at);
            self.kw.extend_from_slice(&later.kw);
            self.summarise_from(first);
        }
        has_room
    }

    pub(super) fn split_when_over_full(&mut self) -> Option<Self> {
        if self.len() <= CHUNK {
            return None;
        }
        let half = CHUNK / 2;
        let mut upper = Self { at: self.at.split_off(half), kw: self.kw.split_off(half), ..Self::default() };
        upper.summarise_from(0);
        self.summarise_from(0);
        Some(upper)
    }

    /// Brings the extremes up to date for what has changed from `index` on.
    fn summarise_from(&mut self, index: usize) {
        let first = index / BLOCK;
        self.blocks.truncate(first);
        for start in (first * BLOCK..self.len()).step_by(BLOCK) {
            let end = (start + BLOCK).min(self.len());
            self.blocks.push(self.scan(start..end, start));
        }
        let start = self.blocks.first().copied().unwrap_or_default();
        self.whole = self.blocks.iter().fold(start, |a, b| self.wider(a, *b));
    }

    fn scan(&self, range: Range<usize>, start: usize) -> Extremes {
        range.fold(Extremes { least: start, greatest: start }, |a, i| {
            self.wider(a, Extremes { least: i, greatest: i })
        })
    }

    fn wider(&self, a: Extremes, b: Extremes) -> Extremes {
        Extremes {
            least: if self.kw[b.least] < self.kw[a.least] { b.least } else { a.least },
            greatest: if self.kw[b.greatest] > self.kw[a.greatest] { b.greatest } else { a.greatest },
        }
    }

    /// The readings with the least and the greatest power in a range.
    pub(super) fn extremes(&self, range: Range<usize>) -> Option<(Reading, Reading)> {
        let Range { start, end } = range;
        if start >= end || end > self.len() {
            return None;
        }
        let found = if start == 0 && end == self.len() {
            self.whole
        } else {
            let (first, last) = (start.div_ceil(BLOCK), end / BLOCK);
            if first >= last {
                self.scan(start..end, start)
            } else {
                let head = self.scan(start..first * BLOCK, start);
                let tail = self.scan(last * BLOCK..end, start);
                self.blocks[first..last].iter().fold(self.wider(head, tail), |a, b| self.wider(a, *b))
            }
        };
        Some((self.get(found.least)?, self.get(found.greatest)?))
    }
}
