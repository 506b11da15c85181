//! What an FSP declares that a unit can give, by settlement half-hour. Pure.

use serde::{Deserialize, Serialize};

use crate::dispatch::{ContractId, Dispatch, DispatchUnit, OperatorId, RealLevel, Reference, Status};
use crate::time::UtcTime;
use crate::units::Watts;

/// Seconds of a settlement half-hour. They begin on the hour and half past it, in UTC as in London.
pub const HALF_HOUR_S: i64 = 1800;
/// Nearer than this is within what is declared, kW.
const TOLERANCE_KW: f64 = 1e-6;

/// What a unit can give in a half-hour, both from its baseline and neither negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// More export or less import.
    pub up: Watts,
    /// Less export or more import.
    pub down: Watts,
}

impl Offer {
    /// Nothing either way.
    pub const NOTHING: Self = Self { up: Watts(0), down: Watts(0) };

    /// Whether a change of so many kW from baseline is within it.
    pub fn holds(self, change_kw: f64) -> bool {
        change_kw <= self.up.kilowatts() + TOLERANCE_KW && -change_kw <= self.down.kilowatts() + TOLERANCE_KW
    }

    /// The part of it on the side of such a change.
    pub fn towards(self, change_kw: f64) -> Watts {
        if change_kw < 0.0 { self.down } else { self.up }
    }
}

/// Half-hours in a row of which the same is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferRun {
    /// The beginning of the first.
    pub from: UtcTime,
    /// The end of the last.
    pub until: UtcTime,
    /// What is declared of each.
    pub offer: Offer,
}

/// What an FSP declares of a unit under a contract. A later one replaces it as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// To whom.
    pub operator: OperatorId,
    /// Under which contract.
    pub contract: ContractId,
    /// Of which unit.
    pub unit: DispatchUnit,
    /// When, by the FSP's clock.
    pub at: UtcTime,
    runs: Vec<OfferRun>,
}

impl Declaration {
    /// A declaration of these half-hours in any order; of two that overlap, the later given holds. What is no whole
    /// number of half-hours is passed over, and so is what offers less than nothing.
    pub fn new(
        operator: OperatorId,
        contract: ContractId,
        unit: DispatchUnit,
        at: UtcTime,
        offers: impl IntoIterator<Item = OfferRun>,
    ) -> Self {
        let mut runs: Vec<OfferRun> = Vec::new();
        for run in offers.into_iter().filter(can_be) {
            put(&mut runs, run);
        }
        Self { operator, contract, unit, at, runs }
    }

    /// What is declared, in order of time; neighbours differ.
    pub fn runs(&self) -> &[OfferRun] {
        &self.runs
    }

    /// What is declared of the half-hour that holds an instant; `None` when nothing is.
    pub fn offer_at(&self, at: UtcTime) -> Option<Offer> {
        let next = self.runs.partition_point(|run| run.from <= at);
        self.runs[..next].last().filter(|run| at < run.until).map(|run| run.offer)
    }
}

fn can_be(run: &OfferRun) -> bool {
    let whole = |at: UtcTime| at == half_hour_of(at);
    run.from < run.until
        && whole(run.from)
        && whole(run.until)
        && run.offer.up >= Watts(0)
        && run.offer.down >= Watts(0)
}

/// Puts a run among others in its place, over whatever stands there.
fn put(runs: &mut Vec<OfferRun>, new: OfferRun) {
    if runs.last().is_none_or(|last| last.until <= new.from) {
        append(runs, new);
        return;
    }
    let mut cut: Vec<OfferRun> = vec![new];
    for run in runs.drain(..) {
        let before = OfferRun { until: run.until.min(new.from), ..run };
        let after = OfferRun { from: run.from.max(new.until), ..run };
        cut.extend([before, after].into_iter().filter(|part| part.from < part.until));
    }
    cut.sort_by_key(|run| run.from);
    cut.into_iter().for_each(|run| append(runs, run));
}

/// Adds a run that comes after all others.
fn append(runs: &mut Vec<OfferRun>, run: OfferRun) {
    match runs.last_mut().filter(|last| last.until == run.from && last.offer == run.offer) {
        Some(last) => last.until = run.until,
        None => runs.push(run),
    }
}

/// The beginning of the half-hour that holds an instant.
pub fn half_hour_of(at: UtcTime) -> UtcTime {
    at - at.unix().rem_euclid(HALF_HOUR_S)
}

/// A half-hour in which more is asked than is declared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beyond {
    /// Its beginning.
    pub half_hour: UtcTime,
    /// What is asked, kW from baseline.
    pub asked_kw: f64,
    /// What is declared of it.
    pub offer: Offer,
}

/// The first half-hour of a level held from `from` until `until` in which it is beyond what is offered. A half-hour of
/// which nothing is known is passed over. `change_kw` is the level's distance from baseline at an instant.
pub fn first_beyond(
    from: UtcTime,
    until: UtcTime,
    offered: impl Fn(UtcTime) -> Option<Offer>,
    change_kw: impl Fn(UtcTime) -> f64,
) -> Option<Beyond> {
    let mut half_hour = half_hour_of(from);
    while half_hour < until {
        let asked_kw = change_kw(half_hour.max(from));
        match offered(half_hour) {
            Some(offer) if !offer.holds(asked_kw) => return Some(Beyond { half_hour, asked_kw, offer }),
            _ => half_hour = half_hour + HALF_HOUR_S,
        }
    }
    None
}

/// The first level that is beyond what is offered at `from` or later, by its place, with its half-hour. Each level holds
/// until the next, the last until `end`; `baseline_kw` is the baseline at an instant.
pub fn first_level_beyond(
    levels: &[(UtcTime, RealLevel)],
    (from, end): (UtcTime, UtcTime),
    offered: impl Fn(UtcTime) -> Option<Offer>,
    baseline_kw: impl Fn(UtcTime) -> f64,
) -> Option<(usize, Beyond)> {
    let ends = levels.iter().skip(1).map(|(next, _)| *next).chain([end]);
    levels.iter().zip(ends).enumerate().find_map(|(place, ((at, level), until))| {
        let kw = level.watts.kilowatts();
        let change_kw = |t: UtcTime| match level.reference {
            Reference::Delta => kw,
            Reference::Absolute => kw - baseline_kw(t),
        };
        Some((place, first_beyond((*at).max(from), until, &offered, change_kw)?))
    })
}

/// The levels of real power of a dispatch as they are held: RUN_NOW has its first in force from the beginning.
pub fn levels_of(dispatch: &Dispatch) -> Vec<(UtcTime, RealLevel)> {
    let mut levels: Vec<(UtcTime, RealLevel)> =
        dispatch.setpoints.iter().filter_map(|s| Some((s.at, s.real?))).collect();
    if let (Status::RunNow, Some(first)) = (dispatch.status, levels.first_mut()) {
        first.0 = first.0.min(dispatch.service_start);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> UtcTime {
        format!("2026-11-26T{time}:00Z").parse().unwrap()
    }

    fn run(from: &str, until: &str, up: i64, down: i64) -> OfferRun {
        let offer = Offer { up: Watts(up * 1000), down: Watts(down * 1000) };
        OfferRun { from: at(from), until: at(until), offer }
    }

    fn declared(runs: &[OfferRun]) -> Declaration {
        Declaration::new(
            "GB-DNO-11".parse().unwrap(),
            "EMID-C-2026-0193".parse().unwrap(),
            "BRIGHTFLEX/BESS-07".parse().unwrap(),
            at("09:00"),
            runs.iter().copied(),
        )
    }

    #[test]
    fn half_hours_of_the_same_offer_are_one_run_and_the_last_said_holds() {
        for (said, holds) in [
            (
                vec![run("16:00", "16:30", 5, 0), run("16:30", "17:00", 5, 0)],
                vec![run("16:00", "17:00", 5, 0)],
            ),
            (
                vec![run("16:00", "18:00", 5, 0), run("16:30", "17:00", 1, 0)],
                vec![run("16:00", "16:30", 5, 0), run("16:30", "17:00", 1, 0), run("17:00", "18:00", 5, 0)],
            ),
            (
                vec![run("17:00", "17:30", 5, 2), run("16:00", "16:30", 1, 0)],
                vec![run("16:00", "16:30", 1, 0), run("17:00", "17:30", 5, 2)],
            ),
            (
                vec![run("16:10", "16:30", 5, 0), run("17:00", "17:00", 5, 0), run("16:00", "17:00", -1, 0)],
                vec![],
            ),
        ] {
            assert_eq!(declared(&said).runs(), holds, "{said:?}");
        }
    }

    #[test]
    fn the_half_hour_of_an_instant_says_what_is_declared_and_nothing_where_nothing_is() {
        let declared = declared(&[run("16:00", "17:00", 5, 0), run("17:30", "18:00", 1, 0)]);
        for (time, up) in [
            ("15:59", None),
            ("16:00", Some(5)),
            ("16:59", Some(5)),
            ("17:00", None),
            ("17:45", Some(1)),
            ("18:00", None),
        ] {
            assert_eq!(declared.offer_at(at(time)).map(|offer| offer.up.0 / 1000), up, "{time}");
        }
    }

    #[test]
    fn levels_are_measured_from_the_baseline_where_they_are_absolute() {
        let declared = declared(&[run("16:00", "17:00", 500, 100), run("17:00", "18:00", 200, 0)]);
        let level = |reference, kw: i64| RealLevel { reference, watts: Watts(kw * 1000), price: None };
        let baseline = |t: UtcTime| if t < at("17:00") { -300.0 } else { -600.0 };
        for (levels, found) in [
            (vec![(at("16:00"), level(Reference::Absolute, 100))], Some((0, "17:00", 700.0))),
            (vec![(at("16:00"), level(Reference::Absolute, 300))], Some((0, "16:00", 600.0))),
            (
                vec![
                    (at("16:00"), level(Reference::Delta, 500)),
                    (at("17:00"), level(Reference::Absolute, -400)),
                ],
                None,
            ),
            (
                vec![
                    (at("16:00"), level(Reference::Delta, 500)),
                    (at("17:00"), level(Reference::Delta, 201)),
                ],
                Some((1, "17:00", 201.0)),
            ),
        ] {
            let offered = |t| declared.offer_at(t);
            let beyond = first_level_beyond(&levels, (at("15:00"), at("18:00")), offered, baseline);
            let beyond = beyond.map(|(place, b)| (place, b.half_hour, b.asked_kw));
            assert_eq!(beyond, found.map(|(place, time, kw)| (place, at(time), kw)), "{levels:?}");
        }
    }

    #[test]
    fn a_level_beyond_the_offer_is_found_in_its_first_half_hour() {
        let declared = declared(&[run("16:00", "17:00", 500, 100), run("17:00", "18:00", 200, 0)]);
        for (from, until, change_kw, found) in [
            ("16:00", "17:00", 500.0, None),
            ("16:10", "17:10", 500.0, Some("17:00")),
            ("16:10", "16:20", 501.0, Some("16:00")),
            ("16:00", "17:00", -100.0, None),
            ("16:00", "17:30", -100.0, Some("17:00")),
            ("16:00", "18:00", 0.0, None),
            ("18:00", "19:00", 9_000.0, None),
        ] {
            let beyond = first_beyond(at(from), at(until), |t| declared.offer_at(t), |_| change_kw);
            assert_eq!(beyond.map(|b| b.half_hour), found.map(at), "{from} to {until}: {change_kw}");
        }
    }
}
