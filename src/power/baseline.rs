//! What a unit would do without a dispatch.

use serde::{Deserialize, Serialize};

use crate::time::{UtcTime, in_london};

use super::bounds::MAX_KW;
use super::{Curve, seconds};

/// A unit's contractual baseline: net kW, generation convention. In files: `{ kind = "fixed", kw = 0 }` or
/// `{ kind = "daily", points = [["00:00", -300], ["07:00", -700]] }` with London local times, each level holding until
/// the next. On the days when the clocks change the level is always that of what a clock in London shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Baseline {
    /// Always the same.
    Fixed {
        /// Net kW.
        kw: f64,
    },
    /// The same every day by London local time, in steps.
    Daily {
        /// Local time `HH:MM` and the net kW from then on, ascending; the last holds over midnight.
        points: Vec<(String, f64)>,
    },
}

const DAY: i64 = 86_400;
/// The clocks change at least this many days apart.
const BETWEEN_CHANGES: i64 = 100 * DAY;

impl Baseline {
    /// Net kW at an instant.
    pub fn at(&self, t: f64) -> f64 {
        match self {
            Self::Fixed { kw } => finite(*kw),
            Self::Daily { points } => {
                let levels = daily_levels(points);
                let second = whole_second(t);
                level_at(&levels, (second + london_offset(second)).rem_euclid(DAY))
            }
        }
    }

    /// The baseline as a curve that is exact between two instants.
    pub fn curve(&self, from: f64, to: f64) -> Curve {
        let to = to.max(from);
        let mut points = vec![(from, self.at(from))];
        if let Self::Daily { points: declared } = self {
            for (t, kw) in daily_steps(&daily_levels(declared), whole_second(from), whole_second(to)) {
                let before = points[points.len() - 1].1;
                if t > from && t <= to && kw != before {
                    points.extend([(t, before), (t, kw)]);
                }
            }
        }
        if to > from && points[points.len() - 1].0 < to {
            points.push((to, points[points.len() - 1].1));
        }
        Curve::from_ordered(points)
    }

    /// What is wrong with it, in words; `None` when nothing is.
    pub fn fault(&self) -> Option<String> {
        match self {
            Self::Fixed { kw } => level_fault(*kw),
            Self::Daily { points } => daily_fault(points),
        }
    }

    /// For people: `fixed at 0 kW`, `daily profile`.
    pub fn words(&self) -> String {
        match self {
            Self::Fixed { kw } => {
                format!("fixed at {} kW", crate::units::grouped(*kw, if kw.fract() == 0.0 { 0 } else { 3 }))
            }
            Self::Daily { .. } => "daily profile".to_owned(),
        }
    }

    /// Whether it never moves.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed { .. })
    }
}

fn finite(kw: f64) -> f64 {
    if kw.is_finite() { kw } else { 0.0 }
}

fn level_fault(kw: f64) -> Option<String> {
    if !kw.is_finite() {
        Some(format!("{kw} is not a power; write net kW, negative for import, as in -300"))
    } else if kw.abs() > MAX_KW {
        Some(format!("{kw} kW is more than any connection has; write kilowatts, at most ±{MAX_KW}"))
    } else {
        None
    }
}

fn daily_fault(points: &[(String, f64)]) -> Option<String> {
    if points.is_empty() {
        return Some(
            "a daily baseline has no points; write at least one, as in [[\"00:00\", -300]]".to_owned(),
        );
    }
    let mut previous: Option<(&str, i64)> = None;
    for (text, kw) in points {
        let Some(second) = second_of_day(text) else {
            return Some(format!("`{text}` is not a time of day; write London local time as 07:00"));
        };
        if let Some((before, earlier)) = previous
            && second <= earlier
        {
            return Some(format!(
                "`{text}` does not come after `{before}`; write the times in ascending order"
            ));
        }
        if let Some(fault) = level_fault(*kw) {
            return Some(format!("from {text}: {fault}"));
        }
        previous = Some((text, second));
    }
    None
}

/// `HH:MM` as seconds since local midnight.
fn second_of_day(text: &str) -> Option<i64> {
    let digit = |i: usize| text.as_bytes().get(i).filter(|b| b.is_ascii_digit()).map(|b| i64::from(b - b'0'));
    if text.len() != 5 || text.as_bytes().get(2) != Some(&b':') {
        return None;
    }
    let (hours, minutes) = (digit(0)? * 10 + digit(1)?, digit(3)? * 10 + digit(4)?);
    (hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)
}

/// Seconds of the local day and levels, in order. What [`Baseline::fault`] names is left out.
fn daily_levels(points: &[(String, f64)]) -> Vec<(i64, f64)> {
    let mut levels: Vec<_> = points
        .iter()
        .filter(|(_, kw)| kw.is_finite())
        .filter_map(|(text, kw)| Some((second_of_day(text)?, *kw)))
        .collect();
    levels.sort_by_key(|(second, _)| *second);
    levels
}

fn level_at(levels: &[(i64, f64)], second_of_day: i64) -> f64 {
    let after = levels.partition_point(|(second, _)| *second <= second_of_day);
    after.checked_sub(1).and_then(|i| levels.get(i)).or(levels.last()).map_or(0.0, |(_, kw)| *kw)
}

/// The instants at which the level may change and the level from then on, over whole seconds `from` to `to`.
fn daily_steps(levels: &[(i64, f64)], from: i64, to: i64) -> Vec<(f64, f64)> {
    let mut steps = Vec::new();
    for (start, end, offset) in constant_offsets(from, to) {
        let (first_day, last_day) = ((start + offset).div_euclid(DAY), (end + offset).div_euclid(DAY));
        steps.push((start, level_at(levels, (start + offset).rem_euclid(DAY))));
        for day in first_day..=last_day {
            for (second, kw) in levels {
                let t = day * DAY + second - offset;
                if t > start && t < end {
                    steps.push((t, *kw));
                }
            }
        }
    }
    steps.into_iter().map(|(t, kw)| (seconds(t), kw)).collect()
}

/// `from` to `to`, `to` included, in stretches (start, end not included, London's offset from UTC).
fn constant_offsets(from: i64, to: i64) -> Vec<(i64, i64, i64)> {
    let mut stretches = Vec::new();
    let (mut start, mut offset) = (from, london_offset(from));
    while start <= to {
        let reach = start.saturating_add(BETWEEN_CHANGES).min(to + 1);
        let beyond = london_offset(reach);
        let end = if beyond == offset { reach } else { first_with(start, reach, beyond) };
        stretches.push((start, end, offset));
        start = end;
        offset = if end == reach { beyond } else { london_offset(end) };
    }
    stretches
}

/// The first second after `start` at which London's offset is `offset`, when it is so at `reach` and changes once.
fn first_with(mut start: i64, mut reach: i64, offset: i64) -> i64 {
    while reach - start > 1 {
        let middle = start + (reach - start) / 2;
        if london_offset(middle) == offset { reach = middle } else { start = middle }
    }
    reach
}

/// Seconds by which London's clocks are ahead of UTC.
fn london_offset(second: i64) -> i64 {
    let shown = in_london(UtcTime::from_unix(second)).time;
    let local = shown.get(..5).and_then(second_of_day).unwrap_or(0);
    let utc = second.rem_euclid(DAY) / 60 * 60;
    (local - utc + DAY / 2).rem_euclid(DAY) - DAY / 2
}

/// The second that holds an instant, within the years that can be written.
#[expect(clippy::cast_possible_truncation, reason = "clamped to years 1 to 9999 first")]
fn whole_second(t: f64) -> i64 {
    t.floor().clamp(-62_135_596_800.0, 253_402_207_200.0) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> f64 {
        seconds(text.parse::<UtcTime>().unwrap().unix())
    }

    fn daily(points: &[(&str, f64)]) -> Baseline {
        Baseline::Daily { points: points.iter().map(|(t, kw)| ((*t).to_owned(), *kw)).collect() }
    }

    fn shop() -> Baseline {
        daily(&[("01:30", -100.0), ("07:00", -700.0), ("22:00", -300.0)])
    }

    #[test]
    fn a_daily_baseline_goes_by_london_time_in_winter_and_summer() {
        for (utc, kw) in [
            ("2026-11-26T06:59:59Z", -100.0),
            ("2026-11-26T07:00:00Z", -700.0),
            ("2026-07-01T06:00:00Z", -700.0),
            ("2026-07-01T05:59:59Z", -100.0),
            ("2026-07-01T21:00:00Z", -300.0),
            ("2026-11-26T00:30:00Z", -300.0),
        ] {
            assert_eq!(shop().at(at(utc)), kw, "{utc}");
        }
        assert_eq!(shop().at(at("2026-11-26T06:59:59Z") + 0.999), -100.0);
    }

    #[test]
    fn the_level_is_what_londons_clock_shows_on_the_days_the_clocks_change() {
        // March: 01:00 GMT becomes 02:00 BST, so 01:30 never comes and its level begins at 02:00 BST.
        let march = shop().curve(at("2027-03-28T00:00:00Z"), at("2027-03-28T12:00:00Z"));
        assert_eq!(
            march.steps().collect::<Vec<_>>(),
            [at("2027-03-28T01:00:00Z"), at("2027-03-28T06:00:00Z")]
        );
        // October: 01:30 BST, then 02:00 BST becomes 01:00 GMT again, and 01:30 GMT.
        let october = shop().curve(at("2027-10-31T00:00:00Z"), at("2027-10-31T12:00:00Z"));
        assert_eq!(
            october.steps().collect::<Vec<_>>(),
            [
                at("2027-10-31T00:30:00Z"),
                at("2027-10-31T01:00:00Z"),
                at("2027-10-31T01:30:00Z"),
                at("2027-10-31T07:00:00Z")
            ]
        );
        assert_eq!(october.at(at("2027-10-31T01:15:00Z")), -300.0);
    }

    #[test]
    fn the_curve_and_the_level_agree_all_year() {
        let (from, to) = (at("2026-09-01T00:00:00Z") + 0.5, at("2027-11-15T00:00:00Z"));
        let curve = shop().curve(from, to);
        let mut t = from;
        while t < to {
            assert_eq!(curve.at(t), shop().at(t), "at {t}");
            t += 1799.0;
        }
        assert_eq!(curve.points()[0].0, from);
        assert_eq!(curve.points()[curve.points().len() - 1].0, to);
    }

    #[test]
    fn a_step_at_either_end_is_in_the_curve_only_at_the_far_end() {
        let (seven, ten) = (at("2026-11-26T07:00:00Z"), at("2026-11-26T22:00:00Z"));
        let curve = shop().curve(seven, ten);
        assert_eq!(curve.points(), [(seven, -700.0), (ten, -700.0), (ten, -300.0)]);
        assert_eq!(Baseline::Fixed { kw: 3.0 }.curve(1.0, 2.0).points(), [(1.0, 3.0), (2.0, 3.0)]);
        assert_eq!(shop().curve(ten, ten).points(), [(ten, -300.0)]);
    }

    #[test]
    fn each_impossible_baseline_is_named_with_what_would_be_right() {
        for (baseline, says) in [
            (Baseline::Fixed { kw: f64::NAN }, "not a power"),
            (Baseline::Fixed { kw: 1e12 }, "more than any connection"),
            (daily(&[]), "no points"),
            (daily(&[("7:00", 1.0)]), "`7:00` is not a time of day"),
            (daily(&[("24:00", 1.0)]), "`24:00` is not a time of day"),
            (daily(&[("07:00", 1.0), ("06:00", 1.0)]), "does not come after `07:00`"),
            (daily(&[("07:00", 1.0), ("07:00", 1.0)]), "does not come after `07:00`"),
            (daily(&[("07:00", f64::INFINITY)]), "from 07:00: inf is not a power"),
            (daily(&[("é:0a", 1.0)]), "not a time of day"),
        ] {
            let fault = baseline.fault().unwrap();
            assert!(fault.contains(says), "{fault}");
            assert!(baseline.at(0.0).is_finite(), "a bad baseline never breaks a curve");
        }
        assert_eq!(shop().fault(), None);
    }

    #[test]
    fn a_baseline_is_named_for_people() {
        assert_eq!(Baseline::Fixed { kw: -1500.0 }.words(), "fixed at −1,500 kW");
        assert_eq!(shop().words(), "daily profile");
    }

    #[test]
    fn a_baseline_is_written_in_files_as_documented() {
        let text = "kind = \"daily\"\npoints = [[\"00:00\", -300.0], [\"07:00\", -700]]";
        let baseline: Baseline = toml::from_str(text).unwrap();
        assert_eq!(baseline, daily(&[("00:00", -300.0), ("07:00", -700.0)]));
        assert!(toml::from_str::<Baseline>("kind = \"fixed\"\nkw = 0\nmw = 1").is_err());
    }
}
