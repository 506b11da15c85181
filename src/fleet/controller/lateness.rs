//! How what was taken on falls short of what was asked, in numbers and in words.

use crate::power::{Follow, Instruction, Miss, Plan};
use crate::time::UtcTime;
use crate::units::grouped;

use super::stages::{self, whole_second};

/// How an accepted plan falls short of what was asked.
#[derive(Default)]
pub(super) struct Lateness {
    pub(super) is_late: bool,
    pub(super) reached_at: Option<UtcTime>,
    pub(super) words: Vec<String>,
}

impl Lateness {
    /// What of a plan made at `from` comes late or not at all. RUN_NOW asks for the first level as fast as the ramp
    /// allows, so that level is never late.
    pub(super) fn of(instruction: &Instruction, plan: &Plan, from: f64) -> Self {
        let in_force = stages::target_in_force(instruction, from);
        let counts = |miss: &&Miss| {
            let at_once =
                instruction.follow == Follow::Now && miss.target == in_force && miss.late_s.is_some();
            miss.target >= in_force && !at_once
        };
        let misses: Vec<&Miss> = plan.misses.iter().filter(counts).collect();
        let late: Vec<&&Miss> = misses.iter().filter(|m| m.late_s.is_none_or(|s| s >= 0.5)).collect();
        let reached_at = late.iter().find_map(|m| Some(instruction.targets.get(m.target)?.at + m.late_s?));
        Self {
            is_late: !late.is_empty(),
            reached_at: reached_at.map(whole_second),
            words: misses.iter().filter_map(|m| miss_words(instruction, m)).collect(),
        }
    }
}

fn miss_words(instruction: &Instruction, miss: &Miss) -> Option<String> {
    let at = whole_second(instruction.targets.get(miss.target)?.at);
    let (kw, kwh, why) = (grouped(miss.short_kw, 1), grouped(miss.short_kwh, 1), miss.because);
    Some(match miss.late_s {
        None => {
            format!("the level at {at} is never reached: {kw} kW short at its time, {kwh} kWh in all ({why})")
        }
        Some(late) if late >= 0.5 => {
            format!(
                "the level at {at} is {kw} kW short at its time and reached {} s late ({why})",
                grouped(late, 0)
            )
        }
        Some(_) => format!("the level at {at} cannot be held: {kwh} kWh short ({why})"),
    })
}
