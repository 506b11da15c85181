//! Levels cut into the blocks of a market's day: quarter-hours and half-hours.

use crate::time::UtcTime;

use super::step::Step;

/// A block and the mean of what is asked in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub start: UtcTime,
    /// W, to the nearest; where nothing is asked counts as 0.
    pub watts: i64,
    /// One level fills all of it.
    pub is_whole: bool,
}

/// The blocks of so many seconds, counted from the hour, in which anything is asked.
pub fn blocks(steps: &[Step<i64>], seconds: i64) -> Vec<Block> {
    let mut sums: Vec<(UtcTime, i128, bool)> = Vec::new();
    for step in steps {
        let mut from = step.from;
        while from < step.until {
            let start = floor(from, seconds);
            let until = step.until.min(start + seconds);
            let asked = i128::from(step.level) * i128::from(until.since(from));
            let is_whole = until.since(from) == seconds;
            match sums.last_mut().filter(|(last, ..)| *last == start) {
                Some((_, sum, _)) => *sum += asked,
                None => sums.push((start, asked, is_whole)),
            }
            from = until;
        }
    }
    sums.into_iter()
        .map(|(start, sum, is_whole)| Block { start, watts: nearest(sum, seconds), is_whole })
        .collect()
}

/// The start of the block that holds an instant.
pub fn floor(at: UtcTime, seconds: i64) -> UtcTime {
    at - at.unix().rem_euclid(seconds)
}

fn nearest(sum: i128, seconds: i64) -> i64 {
    let seconds = i128::from(seconds);
    let rounded = (sum + sum.signum() * seconds / 2) / seconds;
    // The mean of levels is no greater than they are.
    i64::try_from(rounded).unwrap_or(i64::MAX)
}

/// A run of blocks without a gap that have the same level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub start: UtcTime,
    pub blocks: i64,
    pub watts: i64,
}

/// Blocks of so many seconds put together where they follow each other at one level and `may_join` the one before.
pub fn runs(blocks: &[Block], seconds: i64, may_join: impl Fn(UtcTime, UtcTime) -> bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for block in blocks {
        let follows = |run: &&mut Run| {
            run.start + run.blocks * seconds == block.start
                && run.watts == block.watts
                && may_join(run.start, block.start)
        };
        match runs.last_mut().filter(follows) {
            Some(run) => run.blocks += 1,
            None => runs.push(Run { start: block.start, blocks: 1, watts: block.watts }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::sample::at;

    #[test]
    fn a_block_has_the_mean_of_what_is_asked_in_it() {
        let step = |from: &str, until: &str, level| Step { from: at(from), until: at(until), level };
        let steps = [
            step("2026-11-26T17:10:00Z", "2026-11-26T18:00:00Z", 3_000_000),
            step("2026-11-26T18:00:00Z", "2026-11-26T18:30:00Z", 3_000_000),
        ];
        let blocks = blocks(&steps, 1800);
        assert_eq!(blocks.iter().map(|b| b.watts).collect::<Vec<_>>(), [2_000_000, 3_000_000, 3_000_000]);
        assert_eq!(blocks.iter().map(|b| b.is_whole).collect::<Vec<_>>(), [false, true, true]);
        let runs = runs(&blocks, 1800, |_, _| true);
        assert_eq!(runs[1], Run { start: at("2026-11-26T17:30:00Z"), blocks: 2, watts: 3_000_000 });
    }
}
