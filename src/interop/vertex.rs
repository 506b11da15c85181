//! Levels joined by ramps: what systems dispatch that draw the way and not the destination alone.

use crate::time::UtcTime;

use super::step::Step;

/// A point of the way: W at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vertex {
    pub at: UtcTime,
    pub watts: i64,
}

/// The way through levels.
pub struct Way {
    /// Where it begins, W.
    pub before: i64,
    /// Ramps upwards and downwards, kW per second; `None` for steps without any.
    pub ramps_kw_per_s: Option<(f64, f64)>,
    /// No ramp begins before it.
    pub not_before: UtcTime,
    /// The first level is for as soon as possible: its ramp begins at its time.
    pub runs_now: bool,
}

impl Way {
    /// The vertices up to the end of the last level: each level is there at its time, so its ramp ends then.
    pub fn through(&self, steps: &[Step<i64>]) -> Vec<Vertex> {
        let mut way: Vec<Vertex> = Vec::new();
        let mut level = self.before;
        for (index, step) in steps.iter().enumerate() {
            let lead = self.lead_s(level, step.level);
            let earliest = way.last().map_or(self.not_before.min(step.from), |last| last.at);
            let (leaves, arrives) = if self.runs_now && index == 0 {
                (step.from, step.from + lead.min(step.seconds()))
            } else {
                ((step.from - lead).max(earliest), step.from)
            };
            push(&mut way, leaves, level);
            push(&mut way, arrives, step.level);
            level = step.level;
        }
        if let Some(last) = steps.last() {
            push(&mut way, last.until, level);
        }
        way
    }

    /// Whole seconds from one level to another.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "levels are far below 2^53 W; a way of more seconds than fit would be clamped to them"
    )]
    pub fn lead_s(&self, from: i64, to: i64) -> i64 {
        let Some((up, down)) = self.ramps_kw_per_s else { return 0 };
        let ramp = if to > from { up } else { down };
        let seconds = (from.abs_diff(to) as f64 / 1000.0 / ramp).ceil();
        // A ramp of 0 or one that is no number makes no way at all.
        if seconds.is_finite() && seconds >= 0.0 { seconds as i64 } else { 0 }
    }
}

/// Adds a point unless it says nothing new.
fn push(way: &mut Vec<Vertex>, at: UtcTime, watts: i64) {
    let vertex = Vertex { at, watts };
    if way.last() != Some(&vertex) {
        way.push(vertex);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::sample::at;

    fn steps() -> Vec<Step<i64>> {
        let hour = |from: &str, until: &str, level| Step { from: at(from), until: at(until), level };
        vec![
            hour("2026-11-26T17:00:00Z", "2026-11-26T18:00:00Z", 2_000_000),
            hour("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z", 1_500_000),
        ]
    }

    fn way(ramps_kw_per_s: Option<(f64, f64)>, runs_now: bool) -> Vec<(String, i64)> {
        let not_before = at("2026-11-26T15:45:00Z");
        Way { before: 0, ramps_kw_per_s, not_before, runs_now }
            .through(&steps())
            .into_iter()
            .map(|v| (v.at.to_string()[11..19].to_owned(), v.watts / 1000))
            .collect()
    }

    #[test]
    fn a_level_is_there_at_its_time() {
        let ramped =
            [("16:58:00", 0), ("17:00:00", 2000), ("17:59:30", 2000), ("18:00:00", 1500), ("19:00:00", 1500)];
        let own = |list: &[(&str, i64)]| list.iter().map(|(t, w)| ((*t).to_owned(), *w)).collect::<Vec<_>>();
        let ramps = Some((1000.0 / 60.0, 1000.0 / 60.0));
        assert_eq!(way(ramps, false), own(&ramped));
        assert_eq!(way(ramps, true)[..2], own(&[("17:00:00", 0), ("17:02:00", 2000)]));
        assert_eq!(way(None, false)[..2], own(&[("17:00:00", 0), ("17:00:00", 2000)]));
        assert_eq!(way(Some((0.0, f64::NAN)), false)[..2], own(&[("17:00:00", 0), ("17:00:00", 2000)]));
    }

    #[test]
    fn no_ramp_begins_before_the_instruction_or_the_last_point() {
        let slow = way(Some((0.1, 0.1)), false);
        assert_eq!(slow[0].0, "15:45:00");
        assert!(slow.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{slow:?}");
    }
}
