//! The time axis: whole minutes and hours, as London reads them; and power with its unit.

use egui_plot::{GridInput, GridMark};

use super::instant::instant;
use crate::time::in_london;
use crate::units::grouped;

/// Steps between marks that people count in, seconds.
const STEPS: [f64; 13] =
    [1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 21_600.0, 86_400.0];

/// Marks at whole steps, and longer ones at a step three sizes up. London's offset from UTC is whole hours, so that
/// marks at whole hours of UTC are whole hours of London too.
pub fn time_marks(input: &GridInput) -> Vec<GridMark> {
    let fine = STEPS.iter().position(|s| *s >= input.base_step_size).unwrap_or(STEPS.len() - 1);
    let (step, coarse) = (STEPS[fine], STEPS[(fine + 3).min(STEPS.len() - 1)]);
    whole_steps(input.bounds, step)
        .map(|value| {
            let step_size = if value.rem_euclid(coarse) == 0.0 { coarse } else { step };
            GridMark { value, step_size }
        })
        .collect()
}

/// Marks at 1, 2 or 5 times a power of ten, far enough from each other to be labelled; zero weighs more.
pub fn power_marks(input: &GridInput) -> Vec<GridMark> {
    // A label needs four times the least distance of two lines.
    let least = (input.base_step_size * 4.0).max(0.001);
    let power = 10_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= least).unwrap_or(least);
    whole_steps(input.bounds, step)
        .map(|value| GridMark { value, step_size: if value == 0.0 { step * 10.0 } else { step } })
        .collect()
}

/// The multiples of a step within bounds; never more than a plot can show.
fn whole_steps((from, to): (f64, f64), step: f64) -> impl Iterator<Item = f64> {
    let first = (from / step).ceil();
    let last = (to / step).floor().min(first + 2000.0);
    std::iter::successors(Some(first), |index| Some(index + 1.0))
        .take_while(move |index| *index <= last)
        .map(move |index| index * step)
}

/// `17:00`, `17:00:30` where marks are closer than a minute, `27 Nov` at London's midnight.
pub fn time_label(mark: GridMark) -> String {
    let local = in_london(instant(mark.value));
    let time = local.time.as_str();
    if time == "00:00:00" {
        return day(&local.date);
    }
    match time.strip_suffix(":00") {
        Some(minute) => minute.to_owned(),
        None => time.to_owned(),
    }
}

/// `27 Nov` of `2026-11-27`.
fn day(date: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = date.split('-').skip(1);
    let month = parts.next().and_then(|m| m.parse::<usize>().ok()).and_then(|m| MONTHS.get(m - 1));
    match (month, parts.next()) {
        (Some(month), Some(day)) => format!("{} {month}", day.trim_start_matches('0')),
        _ => date.to_owned(),
    }
}

/// What the time axis shows: London's clock and how it stands to UTC.
pub fn time_title(at: f64) -> String {
    let zone = in_london(instant(at)).zone;
    let stands = if zone == "BST" { "UTC + 1 h" } else { "UTC" };
    format!("London time, {zone} = {stands}")
}

/// `17:00:30 BST · 16:00:30 UTC`: an instant under the pointer.
pub fn time_readout(at: f64) -> String {
    let at = instant(at);
    let local = in_london(at);
    let utc = at.to_string();
    let utc = utc.split_once('T').map_or(utc.as_str(), |(_, time)| time.trim_end_matches('Z'));
    if local.zone == "GMT" {
        return format!("{} GMT (UTC)", local.time);
    }
    format!("{} {} · {utc} UTC", local.time, local.zone)
}

/// A power on the axis: no more decimals than the step between marks needs.
pub fn power_label(mark: GridMark) -> String {
    grouped(mark.value, decimals(mark.step_size))
}

/// A share on the axis, as a percentage.
pub fn share_label(mark: GridMark) -> String {
    format!("{} %", grouped(mark.value * 100.0, 0))
}

fn decimals(step: f64) -> usize {
    [1.0, 0.1, 0.01].iter().position(|least| step >= *least).unwrap_or(3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::plot::instant::seconds;

    fn at(text: &str) -> f64 {
        seconds(text.parse().unwrap())
    }

    fn label(text: &str) -> String {
        time_label(GridMark { value: at(text), step_size: 60.0 })
    }

    #[test]
    fn marks_are_what_a_london_clock_shows() {
        assert_eq!(label("2026-11-26T17:00:00Z"), "17:00");
        assert_eq!(label("2026-07-01T17:00:00Z"), "18:00");
        assert_eq!(label("2026-11-26T17:00:30Z"), "17:00:30");
        assert_eq!(label("2026-11-27T00:00:00Z"), "27 Nov");
        assert_eq!(label("2026-07-01T23:00:00Z"), "2 Jul");
    }

    #[test]
    fn the_axis_says_how_london_stands_to_utc() {
        assert_eq!(time_title(at("2026-11-26T17:00:00Z")), "London time, GMT = UTC");
        assert_eq!(time_title(at("2026-07-01T17:00:00Z")), "London time, BST = UTC + 1 h");
        assert_eq!(time_readout(at("2026-07-01T17:00:00Z")), "18:00:00 BST · 17:00:00 UTC");
    }

    #[test]
    fn marks_of_power_are_round_numbers_with_room_for_their_labels() {
        for (bounds, base, values) in [
            ((-600.0, 600.0), 60.0, vec![-500.0, 0.0, 500.0]),
            ((-600.0, 600.0), 40.0, vec![-600.0, -400.0, -200.0, 0.0, 200.0, 400.0, 600.0]),
            ((0.5, 3.5), 0.25, vec![1.0, 2.0, 3.0]),
        ] {
            let marks = power_marks(&GridInput { bounds, base_step_size: base });
            assert_eq!(marks.iter().map(|m| m.value).collect::<Vec<_>>(), values);
        }
        for base_step_size in [0.0, 1e-12, 1e12] {
            assert!(power_marks(&GridInput { bounds: (-1e9, 1e9), base_step_size }).len() < 2100);
        }
    }

    #[test]
    fn marks_are_whole_steps_and_never_too_many() {
        let from = at("2026-11-26T16:59:50Z");
        let marks = time_marks(&GridInput { bounds: (from, from + 7200.0), base_step_size: 700.0 });
        assert_eq!(marks.len(), 8);
        assert!(marks.iter().all(|m| m.value.rem_euclid(900.0) == 0.0));
        let years = time_marks(&GridInput { bounds: (0.0, 4e9), base_step_size: 1e6 });
        assert!(years.len() < 2100);
    }
}
