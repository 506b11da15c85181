//! One level over several units by a rule. Exact: whole steps that add up to what is asked, or a shortage that is said.

use std::collections::BTreeMap;

use crate::dispatch::DispatchUnit;
use crate::units::Watts;

use super::member::floor_to;

/// By what rule a level is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The same of each, as far as it can; what one cannot give the others give.
    Equal,
    /// Of each the same share of what it can give.
    ProRata,
    /// All that the cheapest can give, then the next. Units without a price come last; of the same price, in order of name.
    MeritOrder,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Equal, Self::ProRata, Self::MeritOrder];

    /// As it is named to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal shares",
            Self::ProRata => "pro rata to what each can give",
            Self::MeritOrder => "merit order, cheapest first",
        }
    }
}

/// How much a unit can give: nothing, or from `least` up to `most`, distances from baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// The least other than nothing: what an engine makes at its minimum stable level.
    pub least: Watts,
    /// The most; 0 for a unit that can give nothing.
    pub most: Watts,
}

impl Room {
    /// Nothing.
    pub const NOTHING: Self = Self { least: Watts(0), most: Watts(0) };
}

/// A unit with a part to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which.
    pub unit: DispatchUnit,
    /// What it can give.
    pub room: Room,
    /// What its contract pays, pence per MWh.
    pub pence_per_mwh: Option<i64>,
}

/// Who gives how much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// By unit; those that give nothing are not in it.
    pub given: BTreeMap<DispatchUnit, Watts>,
    /// What nobody gives.
    pub short: Watts,
}

impl Split {
    /// What a unit gives.
    pub fn of(&self, unit: &DispatchUnit) -> Watts {
        self.given.get(unit).copied().unwrap_or_default()
    }
}

/// Shares a level out, in whole steps; what is left over of the last step goes to the first unit by name that has room for
/// it. The order in which the shares are given makes no difference. `asked` and all rooms are not negative.
///
/// A unit that would have to give more than there is left to be given is passed over; where that leaves something short, the
/// others give way to it.
pub fn split(asked: Watts, shares: &[Share], rule: Rule, step: Watts) -> Split {
    let mut able: Vec<&Share> = shares.iter().filter(|share| share.room.most.0 > 0).collect();
    able.sort_by(|a, b| a.unit.cmp(&b.unit));
    able.dedup_by(|a, b| a.unit == b.unit);
    let given = match rule {
        Rule::MeritOrder => {
            able.sort_by_key(|share| (share.pence_per_mwh.is_none(), share.pence_per_mwh));
            in_order(asked, &able)
        }
        Rule::Equal => evenly(asked, &able, step, |_| 1),
        Rule::ProRata => evenly(asked, &able, step, |share| share.room.most.0),
    };
    let short = Watts(asked.0 - given.iter().sum::<i64>());
    let given = able.iter().zip(given).filter(|(_, watts)| *watts > 0);
    Split { given: given.map(|(share, watts)| (share.unit.clone(), Watts(watts))).collect(), short }
}

/// Each all that it can in turn. Who needs to give more than is left is passed over first, and asked again when something
/// is short: then those before it, the last first, give it room.
fn in_order(asked: Watts, able: &[&Share]) -> Vec<i64> {
    let mut given = vec![0_i64; able.len()];
    let mut left = asked.0;
    for (watts, share) in given.iter_mut().zip(able) {
        if left >= share.room.least.0 {
            *watts = left.min(share.room.most.0);
            left -= *watts;
        }
    }
    for late in 0..able.len() {
        let least = able[late].room.least.0;
        if left == 0 || given[late] > 0 {
            continue;
        }
        let spare = |index: usize, given: &[i64]| (given[index] - able[index].room.least.0).max(0);
        let wanting = least - left;
        let to_spare: i64 = (0..able.len()).filter(|i| given[*i] > 0).map(|i| spare(i, &given)).sum();
        if wanting > to_spare {
            continue;
        }
        let mut wanting = wanting.max(0);
        for index in (0..able.len()).rev().filter(|i| *i != late) {
            let way = if given[index] > 0 { spare(index, &given).min(wanting) } else { 0 };
            given[index] -= way;
            wanting -= way;
            left += way;
        }
        given[late] = left.min(able[late].room.most.0);
        left -= given[late];
    }
    given
}

/// Each the same times its weight, within its room.
fn evenly(asked: Watts, able: &[&Share], step: Watts, weight: impl Fn(&Share) -> i64) -> Vec<i64> {
    let takers = takers(asked, able);
    let mut given = vec![0_i64; able.len()];
    let most: i64 = takers.iter().map(|i| able[*i].room.most.0).sum();
    let asked = asked.0.min(most);
    // Those whose even share is beyond their room are held to it, and the rest is shared out anew among the others. What
    // is held to the least takes from the others, what is held to the most leaves them more: whichever is more is settled
    // first, as it cannot be undone by the other.
    let mut open = takers;
    let mut left = asked;
    while !open.is_empty() {
        let weights: i128 = open.iter().map(|i| i128::from(weight(able[*i]))).sum();
        let even = |i: usize| i128::from(left) * i128::from(weight(able[i])) / weights.max(1);
        let below = |i: &usize| (i128::from(able[*i].room.least.0) - even(*i)).max(0);
        let above = |i: &usize| (even(*i) - i128::from(able[*i].room.most.0)).max(0);
        let (lacking, excess): (i128, i128) = (open.iter().map(below).sum(), open.iter().map(above).sum());
        if lacking == 0 && excess == 0 {
            for i in &open {
                let share = i64::try_from(even(*i)).unwrap_or(i64::MAX);
                let room = able[*i].room;
                given[*i] = floor_to(Watts(share), step).0.clamp(room.least.0, room.most.0);
            }
            break;
        }
        let (held, rest): (Vec<usize>, Vec<usize>) =
            open.iter().partition(|i| if lacking >= excess { below(i) > 0 } else { above(i) > 0 });
        for i in held {
            given[i] = if lacking >= excess { able[i].room.least.0 } else { able[i].room.most.0 };
            left -= given[i];
        }
        open = rest;
    }
    let short = asked - given.iter().sum::<i64>();
    hand_out(short, &mut given, able, step);
    given
}

/// Hands out what whole steps have left over: a step to each in turn that has room for it.
fn hand_out(mut left: i64, given: &mut [i64], able: &[&Share], step: Watts) {
    let mut moved = true;
    while left > 0 && moved {
        moved = false;
        for (watts, share) in given.iter_mut().zip(able) {
            let more = step.0.min(left).min(share.room.most.0 - *watts);
            if more > 0 && *watts + more >= share.room.least.0 {
                *watts += more;
                left -= more;
                moved = true;
            }
        }
    }
}

/// The units that together can give what is asked: all, but those whose least amounts are more than that, the greatest
/// first. Where what is left cannot give it all, one of those is put in the place of others if that gives more.
fn takers(asked: Watts, able: &[&Share]) -> Vec<usize> {
    let mut by_least: Vec<usize> = (0..able.len()).collect();
    by_least.sort_by_key(|i| (able[*i].room.least, *i));
    let fit = |first: Option<usize>| {
        let mut left = asked.0 - first.map_or(0, |i| able[i].room.least.0);
        let mut taken: Vec<usize> = first.into_iter().filter(|_| left >= 0).collect();
        for i in by_least.iter().copied().filter(|i| Some(*i) != first) {
            let least = able[i].room.least.0;
            if least > left {
                break;
            }
            left -= least;
            taken.push(i);
        }
        taken.sort_unstable();
        taken
    };
    let gives = |taken: &[usize]| taken.iter().map(|i| able[*i].room.most.0).sum::<i64>().min(asked.0);
    let mut best = fit(None);
    for first in by_least.iter().copied() {
        if gives(&best) >= asked.0 {
            break;
        }
        if !best.contains(&first) {
            let other = fit(Some(first));
            if gives(&other) > gives(&best) {
                best = other;
            }
        }
    }
    best
}
