//! Why a unit does not take a dispatch on.

use crate::dispatch::availability::first_level_beyond;
use crate::dispatch::{RealLevel, Reason, Reference, Status};
use crate::fleet::availability::Offered;
use crate::power::Asset;
use crate::profile::fleet::Unit;
use crate::time::UtcTime;
use crate::units::grouped;

use super::order::{Level, Order};
use super::stages::seconds;

/// A dispatch that is not taken on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fleet) struct Refusal {
    /// As the wire says it.
    pub(in crate::fleet) reason: Reason,
    /// For people: which value, and what would be right.
    pub(in crate::fleet) detail: String,
}

impl Refusal {
    pub(in crate::fleet) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// Numbers closer than a milliwatt are the same.
const TOLERANCE_KW: f64 = 1e-6;

/// Refuses a window that is over.
pub(super) fn of_window(order: &Order, now: UtcTime) -> Result<(), Refusal> {
    if order.end > now {
        return Ok(());
    }
    let detail = format!("the service window ended at {}, before the dispatch arrived at {now}", order.end);
    Err(Refusal::new(Reason::Unavailable, detail))
}

/// Refuses what is beyond the unit's rating.
pub(super) fn of_rating(unit: &Unit, order: &Order) -> Result<(), Refusal> {
    if order.levels.is_empty() && order.leaves_out_reactive {
        let detail = "only reactive power is asked, which this unit does not control";
        return Err(Refusal::new(Reason::BeyondCapability, detail));
    }
    order
        .levels
        .iter()
        .find_map(|level| {
            let real = level.real.and_then(|real| beyond_rating(unit, level.at, real));
            real.or_else(|| beyond_reactive(unit, level))
        })
        .map_or(Ok(()), |detail| Err(Refusal::new(Reason::BeyondCapability, detail)))
}

/// Refuses what lies outside of what is declared of the unit from `now` on.
pub(super) fn of_availability(
    unit: &Unit,
    offered: &Offered,
    order: &Order,
    now: UtcTime,
) -> Result<(), Refusal> {
    let mut levels: Vec<(UtcTime, RealLevel)> =
        order.levels.iter().filter_map(|l| Some((l.at, l.real?))).collect();
    // RUN_NOW brings the first setpoint forward: of real power where that asks any.
    let is_first = order.levels.first().is_some_and(|l| l.real.is_some());
    if let (Status::RunNow, Some(first)) = (order.status, levels.first_mut().filter(|_| is_first)) {
        first.0 = first.0.min(now);
    }
    let beyond = first_level_beyond(
        &levels,
        (now, order.end),
        |half_hour| offered.limited(unit, half_hour),
        |t| unit.baseline.at(seconds(t)),
    );
    let Some((_, beyond)) = beyond else { return Ok(()) };
    let way = if beyond.asked_kw < 0.0 { "down" } else { "up" };
    let detail = format!(
        "{} kW {way} from baseline is asked for the half-hour from {}; {} kW {way} is declared for it: ask less, \
         or for another time",
        grouped(beyond.asked_kw.abs(), 1),
        beyond.half_hour,
        grouped(beyond.offer.towards(beyond.asked_kw).kilowatts(), 1),
    );
    Err(Refusal::new(Reason::Unavailable, detail))
}

/// Reactive power that the unit gives at no real power that it goes to.
fn beyond_reactive(unit: &Unit, level: &Level) -> Option<String> {
    let (asked, capability) = (level.reactive?.vars.kilovars(), unit.reactive.as_ref()?);
    let (least_kw, most_kw) = unit.asset.limits_kw(unit.baseline.at(seconds(level.at)));
    let (least, most) = capability.reach_kvar(least_kw, most_kw);
    let is_within = (least - TOLERANCE_KW..=most + TOLERANCE_KW).contains(&asked);
    (!is_within).then(|| {
        format!(
            "the setpoint at {} asks for {} kvar; the unit goes from {} to {} kvar, whatever its real power",
            level.at,
            grouped(asked, 1),
            grouped(least, 1),
            grouped(most, 1)
        )
    })
}

fn beyond_rating(unit: &Unit, at: UtcTime, real: RealLevel) -> Option<String> {
    let baseline_kw = unit.baseline.at(seconds(at));
    let asked_kw = real.watts.kilowatts();
    let kw = match real.reference {
        Reference::Absolute => asked_kw,
        Reference::Delta => baseline_kw + asked_kw,
    };
    let (least, most) = unit.asset.limits_kw(baseline_kw);
    let net = format!("the setpoint at {at} asks for net {} kW", grouped(kw, 1));
    if kw < least - TOLERANCE_KW || kw > most + TOLERANCE_KW {
        return Some(format!("{net}; the unit goes from {} to {} kW", grouped(least, 1), grouped(most, 1)));
    }
    match &unit.asset {
        Asset::Generator(generator) if kw > TOLERANCE_KW && kw < generator.min_stable_kw - TOLERANCE_KW => {
            let stable = grouped(generator.min_stable_kw, 1);
            Some(format!("{net}; the generator runs at {stable} kW or more, or not at all"))
        }
        _ => None,
    }
}
