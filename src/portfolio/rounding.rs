//! From what a solver finds to levels in whole steps that add up.

use crate::units::Watts;

use super::model::Cell;

/// What a solver found of a unit: MW in each stretch, the cells that it was held to, and whether it must not be lessened soon
/// after it was raised, so that it had better not be changed by a step here and there.
pub(super) struct Answered<'a> {
    pub(super) found: &'a [f64],
    pub(super) cells: &'a [Cell],
    pub(super) is_held: bool,
}

/// Levels in whole steps, by unit and stretch: nothing is rounded away of a sum that was found to be just what is asked, and
/// no level leaves its cell. What whole steps leave over goes to those who had it in the stretch before.
pub(super) fn in_steps(units: &[Answered<'_>], asked: &[Watts], step: Watts) -> Vec<Vec<Watts>> {
    let mut levels: Vec<Vec<Watts>> = vec![Vec::with_capacity(asked.len()); units.len()];
    for (index, asked) in asked.iter().enumerate() {
        let whole = in_one_stretch(units, index, &levels, *asked, step);
        levels.iter_mut().zip(whole).for_each(|(levels, level)| levels.push(level));
    }
    levels
}

/// A watt in MW: less than that is a solver's rounding.
const WATT: f64 = 1e-6;

fn in_one_stretch(
    units: &[Answered<'_>],
    index: usize,
    before: &[Vec<Watts>],
    asked: Watts,
    step: Watts,
) -> Vec<Watts> {
    let found = |unit: usize| units[unit].found[index];
    let mut levels: Vec<Watts> =
        units.iter().map(|unit| whole(unit.found[index], unit.cells[index], step)).collect();
    let sum: f64 = (0..units.len()).map(found).sum();
    let is_all = watts(sum).0 >= asked.0 - 2;
    let target = if is_all { asked.0 } else { watts(sum).0.div_euclid(step.0) * step.0 };
    let mut left = target - levels.iter().map(|level| level.0).sum::<i64>();
    let mut takers: Vec<usize> = (0..units.len()).filter(|unit| levels[*unit].0 > 0).collect();
    let rest = |unit: &usize| found(*unit) - mw(levels[*unit]);
    let had_it = |unit: &usize| before[*unit].last().is_some_and(|level| *level > levels[*unit]);
    takers.sort_by(|a, b| {
        let firmness = (units[*a].is_held, !had_it(a)).cmp(&(units[*b].is_held, !had_it(b)));
        firmness.then(rest(b).total_cmp(&rest(a))).then(a.cmp(b))
    });
    for unit in takers {
        let most = watts(units[unit].cells[index].most).0;
        let more = left.min(step.0).min(most - levels[unit].0);
        if more > 0 {
            levels[unit].0 += more;
            left -= more;
        }
    }
    levels
}

/// The greatest number of whole steps that is no more, within the cell.
fn whole(found: f64, cell: Cell, step: Watts) -> Watts {
    if found < WATT || cell.most <= 0.0 {
        return Watts(0);
    }
    let near = watts(found);
    // A solver's answer is as near as a watt.
    let whole = (near.0 + (step.0 - 1).min(1)).div_euclid(step.0) * step.0;
    Watts(whole.max(watts(cell.least).0).min(watts(cell.most).0))
}

fn watts(mw: f64) -> Watts {
    Watts::from_kilowatts(mw * 1000.0).unwrap_or_default()
}

fn mw(level: Watts) -> f64 {
    level.kilowatts() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Cell = Cell { least: 0.0, most: 5.0 };

    fn steps(units: &[(&[f64], Cell)], asked: &[i64], step: i64) -> Vec<Vec<i64>> {
        let cells: Vec<Vec<Cell>> = units.iter().map(|(found, cell)| vec![*cell; found.len()]).collect();
        let answered: Vec<Answered<'_>> = units
            .iter()
            .zip(&cells)
            .map(|((found, _), cells)| Answered { found, cells, is_held: false })
            .collect();
        let asked: Vec<Watts> = asked.iter().copied().map(Watts).collect();
        in_steps(&answered, &asked, Watts(step)).iter().map(|l| l.iter().map(|w| w.0).collect()).collect()
    }

    #[test]
    fn what_was_found_to_add_up_adds_up_in_whole_steps() {
        for (found, step, asked, levels) in [
            (vec![1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], 1000, 1_000_000, vec![334_000, 333_000, 333_000]),
            (vec![0.999_999_9, 1.000_000_1], 1000, 2_000_000, vec![1_000_000, 1_000_000]),
            (vec![0.5, 0.25], 1000, 1_000_000, vec![500_000, 250_000]),
            (vec![0.5004, 0.2504], 1000, 1_000_000, vec![500_000, 250_000]),
            (vec![1e-9, 1.0], 1000, 1_000_000, vec![0, 1_000_000]),
            (vec![0.333_333_3, 0.666_666_7], 1, 1_000_000, vec![333_333, 666_667]),
            (vec![0.7, 0.5], 1000, 1_000_000, vec![700_000, 500_000]),
        ] {
            let units: Vec<(&[f64], Cell)> =
                found.iter().map(|mw| (std::slice::from_ref(mw), OPEN)).collect();
            let whole: Vec<i64> = steps(&units, &[asked], step).iter().map(|levels| levels[0]).collect();
            assert_eq!(whole, levels, "{found:?}");
        }
    }

    #[test]
    fn an_engine_stays_at_its_least_level_and_nobody_goes_beyond_the_most() {
        let engine = Cell { least: 0.8, most: 2.0 };
        let small = Cell { least: 0.0, most: 0.1 };
        let whole = steps(&[(&[0.799_999_9], engine), (&[0.1], small)], &[900_000], 1000);
        assert_eq!(whole, [[800_000], [100_000]]);
        assert_eq!(steps(&[(&[0.1], small), (&[0.0005], OPEN)], &[100_500], 1), [[100_000], [500]]);
    }

    #[test]
    fn a_level_that_was_found_to_stay_stays() {
        let third = 1.0 / 3.0;
        let units: &[(&[f64], Cell)] =
            &[(&[0.3, third], OPEN), (&[third, third], OPEN), (&[0.366_666_7, third], OPEN)];
        let whole = steps(units, &[1_000_000, 1_000_000], 1000);
        assert_eq!(whole, [[300_000, 333_000], [333_000, 333_000], [367_000, 334_000]]);
    }
}
