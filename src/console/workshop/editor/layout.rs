//! Where things lie on the lanes: seconds along the time line, and rows in which nothing covers another. Pure.

use crate::time::{UtcTime, in_london};
use crate::workshop::editing::Item;
use crate::workshop::offset::Offset;

/// Steps that people count in, seconds.
const STEPS: [u32; 9] = [60, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600];
/// The least room for a step's two lines, points.
const STEP_ROOM: f32 = 64.0;

/// The longest words beside an item, points.
pub(super) const WORDS: f32 = 250.0;
/// Room at the end of the time line for what is there, points: the axis says there when that is.
pub(super) const MARGIN: f32 = 58.0;

/// Seconds of a scenario along points of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    /// Where T is.
    pub left: f32,
    /// Points for each second.
    pub per_second: f32,
}

impl Scale {
    /// For a scenario of so many seconds on so many points.
    pub fn new(left: f32, width: f32, run_for_s: u32) -> Self {
        Self { left, per_second: (width / seconds(i64::from(run_for_s.max(60)))).max(1e-4) }
    }

    /// Where a second is.
    pub fn x(&self, second: i64) -> f32 {
        self.left + seconds(second) * self.per_second
    }

    /// The second at a place.
    pub fn second(&self, x: f32) -> i64 {
        self.seconds_in(x - self.left)
    }

    /// How many seconds so many points are.
    #[expect(clippy::cast_possible_truncation, reason = "a few days")]
    pub fn seconds_in(&self, points: f32) -> i64 {
        (points / self.per_second).round() as i64
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few days")]
fn seconds(second: i64) -> f32 {
    second as f32
}

/// A mark of the axis: where, `T+1:30`, and what a clock in London shows then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub second: u32,
    pub after: String,
    pub london: String,
}

/// The marks that have room.
pub(super) fn ticks(run_for_s: u32, per_second: f32, start: Option<UtcTime>) -> Vec<Tick> {
    let room = |step: &&u32| seconds(i64::from(**step)) * per_second >= STEP_ROOM;
    let step = STEPS.iter().find(room).copied().unwrap_or(STEPS[STEPS.len() - 1]);
    let tick = |second: u32| {
        let after = format!("T+{}:{:02}", second / 3600, second / 60 % 60);
        let london = start.map_or_else(String::new, |start| {
            let london = in_london(start + i64::from(second));
            format!("{} {}", &london.time[..london.time.len().min(5)], london.zone)
        });
        Tick { second, after, london }
    };
    (0..=run_for_s / step).map(|number| tick(number * step)).collect()
}

/// To whole minutes, from where it stands.
pub(super) fn snapped(from: i64, by: i64) -> i64 {
    (from + by + 30).div_euclid(60) * 60 - from
}

/// From and to which second something is drawn, within the scenario; all of it where it has no time of its own.
pub(super) fn extent(item: &Item, run_for_s: u32) -> (i64, i64) {
    let whole = (0, i64::from(run_for_s));
    let of = |at: Offset| i64::from(at.in_seconds());
    match (item.at, item.span) {
        (_, Some((from, until))) => (of(from), of(until)),
        (Some(at), None) if item.is_open => (of(at), whole.1.max(of(at))),
        (Some(at), None) => (of(at), of(at)),
        (None, None) => whole,
    }
}

/// Whether it is drawn as a bar; else as a mark.
pub(super) fn is_bar(item: &Item) -> bool {
    item.span.is_some() || item.is_open || !item.has_time()
}

/// From where to where an item covers its row, its words with it.
pub(super) fn stretch(item: &Item, scale: &Scale, run_for_s: u32) -> (f32, f32) {
    let (from, until) = extent(item, run_for_s);
    let (x0, x1) = (scale.x(from), scale.x(until));
    let lead = item.at.map_or(x0, |at| scale.x(i64::from(at.in_seconds())).min(x0));
    let words = wide_at_most(item);
    match goes_left(item, scale, run_for_s) {
        true => (lead - 12.0 - words, x0 + 20.0),
        false => (lead - 7.0, (x0 + 26.0 + words).max(x1) + 4.0),
    }
}

/// Whether its words stand at the left of its mark, since there is no room at the right.
pub(super) fn goes_left(item: &Item, scale: &Scale, run_for_s: u32) -> bool {
    let x0 = scale.x(extent(item, run_for_s).0);
    let (end, words) = (scale.x(i64::from(run_for_s)) + MARGIN, wide_at_most(item));
    !is_bar(item) && x0 + 20.0 + words > end && x0 - 12.0 - words > scale.left
}

/// The points that its words take at most.
fn wide_at_most(item: &Item) -> f32 {
    /// A letter is no wider, points.
    const LETTER: f32 = 7.0;
    let letters = f32::from(u16::try_from(item.words.chars().count()).unwrap_or(u16::MAX));
    (letters * LETTER).min(WORDS)
}

/// Puts stretches, given by where each begins and ends on the screen, into rows. Answers the row of each and how many there are.
pub(super) fn into_rows(stretches: &[(f32, f32)]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..stretches.len()).collect();
    order.sort_by(|a, b| stretches[*a].0.total_cmp(&stretches[*b].0));
    let (mut rows, mut ends): (Vec<usize>, Vec<f32>) = (vec![0; stretches.len()], Vec::new());
    for index in order {
        let (from, to) = stretches[index];
        let free = ends.iter().position(|end| *end <= from);
        rows[index] = free.unwrap_or(ends.len());
        match free {
            Some(row) => ends[row] = to,
            None => ends.push(to),
        }
    }
    (rows, ends.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_line_counts_in_whole_steps_by_both_clocks() {
        let start = Some("2026-06-26T17:00:00Z".parse().unwrap());
        let all = ticks(9000, 600.0 / 9000.0, start);
        let shown: Vec<String> = all.iter().map(|t| format!("{} {}", t.after, t.london)).collect();
        assert_eq!(shown[..3], ["T+0:00 18:00 BST", "T+0:30 18:30 BST", "T+1:00 19:00 BST"]);
        assert_eq!(shown.len(), 6);
        assert_eq!(ticks(60, 1.0, None)[0].london, "");
    }

    #[test]
    fn what_is_dragged_comes_to_whole_minutes() {
        assert_eq!([snapped(0, 29), snapped(0, 31), snapped(90, 45), snapped(90, -100)], [0, 60, 30, -90]);
    }

    #[test]
    fn nothing_covers_another() {
        let (rows, count) = into_rows(&[(0.0, 50.0), (20.0, 30.0), (30.0, 80.0), (50.0, 60.0)]);
        assert_eq!((rows, count), (vec![0, 1, 1, 0], 2));
        assert_eq!(into_rows(&[]), (Vec::new(), 0));
    }
}
