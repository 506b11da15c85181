//! What was expected, and when something was, in words.

use crate::time::UtcTime;
use crate::units::{Watts, grouped};
use crate::workshop::exercise::{Deadline, Expected, Window};
use crate::workshop::offset::Offset;

/// `T+01:30:00`; before the start and beyond four days the instant itself.
pub(super) fn moment(start: UtcTime, at: UtcTime) -> String {
    let within = u32::try_from(at.since(start)).ok().filter(|seconds| *seconds < 360_000);
    within.map_or_else(|| at.to_string(), |seconds| Offset::seconds(seconds).to_string())
}

/// `1,200 kW`, with its sign; to a watt where it is not whole.
pub(super) fn kilowatts(kw: f64) -> String {
    let decimals = if (kw - kw.round()).abs() < 0.0005 { 0 } else { 3 };
    format!("{} kW", grouped(kw, decimals))
}

fn of(watts: Watts) -> String {
    kilowatts(watts.kilowatts())
}

fn over(window: &Window) -> String {
    format!("from {} until {}", window.from, window.until)
}

/// What is expected, in a sentence.
pub(super) fn expected(expected: &Expected) -> String {
    match expected {
        Expected::Noticed(after) => {
            format!("the first alarm with “{}” is acknowledged within {} s", after.alarm, after.within_s)
        }
        Expected::Sent(asked) => format!(
            "{} asked for a change of {} or more in each minute {}, sent by {}",
            asked.units.words,
            of(asked.change),
            over(&asked.window),
            asked.by
        ),
        Expected::Stopped(stopping) => {
            let after = stopping.after.map_or_else(String::new, |after| format!(", not before {after}"));
            let deadline = match &stopping.deadline {
                Deadline::By(by) => format!("by {by}"),
                Deadline::After(after) => {
                    format!("within {} s of the first alarm with “{}”", after.within_s, after.alarm)
                }
            };
            format!("each of {} is stopped {deadline}{after}", stopping.units.words)
        }
        Expected::Amended { units, after, by } => {
            let after = after.map_or_else(String::new, |after| format!(" after {after} and"));
            format!("a dispatch of {} is amended{after} by {by}", units.words)
        }
        Expected::NeverStopped { units, within } => {
            format!("none of {} is stopped {}", units.words, over(within))
        }
        Expected::NeverSent { units, within } => {
            format!("nothing is sent to {} for any of the time {}", units.words, over(within))
        }
        Expected::Limit(bound) => {
            let least = bound.at_least.map(|least| format!("at least {}", of(least)));
            let most = bound.at_most.map(|most| format!("at most {}", of(most)));
            let bounds: Vec<String> = [least, most].into_iter().flatten().collect();
            format!(
                "the change {} of {} is {} in each minute {}",
                bound.measure.word(),
                bound.units.words,
                bounds.join(" and "),
                over(&bound.window)
            )
        }
        Expected::Cost { units, measure, at_most_pence } => {
            #[expect(clippy::cast_precision_loss, reason = "a price fits a double exactly")]
            let pounds = grouped(*at_most_pence as f64 / 100.0, 2);
            format!("what is {} of {} costs at most £{pounds}", measure.word(), units.words)
        }
        Expected::Delivered { units, change, window, share_at_least } => format!(
            "at least {} % of the energy of a change of {} {} is delivered by {}",
            grouped(share_at_least * 100.0, 1),
            of(*change),
            over(window),
            units.words
        ),
        Expected::Rejected { at_most } => match at_most {
            0 => "nothing that is sent is rejected by an FSP".to_owned(),
            1 => "at most 1 revision that is sent is rejected by an FSP".to_owned(),
            most => format!("at most {most} revisions that are sent are rejected by an FSP"),
        },
    }
}
