//! A dispatch tried before it is sent: on a copy of its unit alone, through the same VTN, client, controller and desk, in
//! virtual time. Nothing of it leaves this process.

use std::sync::Arc;

use super::super::script::{follow_every_s, settled};
use super::run::{RehearsalError, Stage, virtual_time};
use crate::desk::command::Command;
use crate::desk::snapshot::{Alarm, DispatchState};
use crate::dispatch::{DispatchParts, Revision};
use crate::fleet::FaultSwitch;
use crate::openadr::exchange::ExchangeLog;
use crate::power::Asset;
use crate::profile::fleet::{Contract, FleetProfile, Fsp, Unit};
use crate::time::{Clock, Rate, UtcTime};

/// The same trial gives the same result.
const SEED: u64 = 1;
/// A trial begins no longer before its window than this and the contract's notice, seconds: what is for tomorrow need not be
/// waited for.
const BEFOREHAND_S: i64 = 900;
/// For how long after the window it goes on, seconds: as long as a unit is metered, so that a rebound shows.
const AFTERWARDS_S: i64 = 3600;
/// Seconds after it begins until the dispatch is given: everyone has polled by then.
const SETTLED_S: f64 = 2.0;

/// What is tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The dispatch. It is given as a first revision, at the instant at which the trial begins.
    pub parts: DispatchParts,
    /// Its unit.
    pub unit: Unit,
    /// The unit's contract.
    pub contract: Contract,
    /// The unit's FSP.
    pub fsp: Fsp,
    /// State of charge to begin with, 0 to 1; `None` for what the unit declares.
    pub soc: Option<f64>,
    /// The present.
    pub now: UtcTime,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Tried {
    /// When it was given, in the time of the trial.
    pub given: UtcTime,
    /// The dispatch as the desk showed it at the end.
    pub dispatch: Arc<DispatchState>,
    /// What a desk would have been alarmed of.
    pub alarms: Vec<Arc<Alarm>>,
}

impl Trial {
    /// Runs it to its end. Needs a thread of its own: not to be called inside a tokio runtime.
    ///
    /// # Errors
    /// In a sentence, when it cannot be run or the desk refuses the dispatch.
    pub fn run(self) -> Result<Tried, String> {
        let words = |error: RehearsalError| error.to_string();
        virtual_time().map_err(words)?.block_on(self.take_place())
    }

    async fn take_place(self) -> Result<Tried, String> {
        let begins = self.begins();
        let clock = Clock::training(begins, Rate::REAL);
        let until = self.parts.service_end.max(begins) + AFTERWARDS_S;
        let (mut parts, profile) = (self.parts.clone(), self.fleet());
        let follow_every_s = follow_every_s(&profile);
        let (seed, faults) = (SEED, FaultSwitch::default());
        let stage = Stage { profile, seed, faults, clock: clock.clone() };
        let (desk, fleet) = stage.open(&ExchangeLog::keeping(0))?;
        let mut handle = desk.handle.clone();
        clock.sleep(SETTLED_S).await;
        let given = clock.now();
        (parts.revision, parts.instruction_time) = (Revision::FIRST, given);
        let key = (parts.network_operator.clone(), parts.dispatch_ref.clone());
        let number = handle.give(Command::Send(Box::new(parts))).ok_or("the desk of the trial has ended")?;
        let outcome = settled(&mut handle, number, &clock).await;
        let outcome = outcome.ok_or("the desk of the trial never said what came of it")?;
        outcome.result.clone()?;
        clock.sleep_until(until).await;
        // One look more, so that what was reported at the last instant is in the picture.
        clock.sleep(follow_every_s * 1.5).await;
        let snapshot = handle.snapshot();
        fleet.stop().await;
        desk.stop().await;
        let found =
            snapshot.dispatches.iter().find(|d| (&d.key.operator, &d.key.dispatch_ref) == (&key.0, &key.1));
        let dispatch = found.map(Arc::clone).ok_or("the desk of the trial shows no such dispatch")?;
        Ok(Tried { given, dispatch, alarms: snapshot.alarms.to_vec() })
    }

    /// At present, or as late as still lets everything come in time.
    fn begins(&self) -> UtcTime {
        let beforehand = BEFOREHAND_S.max(i64::from(self.contract.notice_seconds) + BEFOREHAND_S);
        self.now.max(self.parts.service_start - beforehand)
    }

    fn fleet(&self) -> FleetProfile {
        let mut unit = self.unit.clone();
        if let (Asset::Battery(battery), Some(soc)) = (&mut unit.asset, self.soc) {
            battery.initial_soc = soc.clamp(battery.min_soc, battery.max_soc);
        }
        FleetProfile {
            name: "trial".to_owned(),
            contracts: vec![self.contract.clone()],
            fsps: vec![self.fsp.clone()],
            units: vec![unit],
            endpoints: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::snapshot::Phase;
    use crate::dispatch::{RealLevel, Reference, Setpoint, Stage as Said, Status};
    use crate::units::Watts;

    /// A level of a battery of the demonstration from 17:30 to 18:00, tried at noon.
    fn trial(kw: f64, soc: Option<f64>) -> Trial {
        let fleet = FleetProfile::demo();
        let unit = fleet.units.iter().find(|u| matches!(u.asset, Asset::Battery(_))).unwrap().clone();
        let contract =
            fleet.contracts.iter().find(|c| c.operator == unit.operator && c.id == unit.contract).unwrap();
        let fsp = fleet.fsps.iter().find(|f| f.id == unit.unit.fsp).unwrap();
        let at = |text: &str| text.parse::<UtcTime>().unwrap();
        let (start, now) = (at("2026-11-26T17:30:00Z"), at("2026-11-26T12:00:00Z"));
        let watts = Watts::from_kilowatts(kw).unwrap();
        let real = Some(RealLevel { reference: Reference::Delta, watts, price: None });
        Trial {
            parts: DispatchParts {
                network_operator: unit.operator.clone(),
                dispatch_ref: "TRIAL-1".parse().unwrap(),
                revision: Revision::FIRST,
                status: Status::Run,
                contract: unit.contract.clone(),
                unit: unit.unit.clone(),
                instruction_time: now,
                service_start: start,
                service_end: start + 1800,
                setpoints: vec![Setpoint { at: start, real, reactive: None }],
            },
            contract: contract.clone(),
            fsp: fsp.clone(),
            unit,
            soc,
            now,
        }
    }

    #[test]
    fn a_dispatch_that_can_be_met_is_accepted_and_delivered_in_the_trial() {
        let tried = trial(1_000.0, None).run().unwrap();
        let stages: Vec<Said> = tried.dispatch.ladder.iter().map(|rung| rung.stage).collect();
        assert_eq!(stages[..2], [Said::Received, Said::Accepted], "{stages:?}");
        assert_eq!((tried.dispatch.phase, tried.alarms.len()), (Phase::Ended, 0), "{:?}", tried.alarms);
        let middle = tried.dispatch.readings.range(0.0, f64::MAX).nth(15).unwrap();
        assert!((middle.kw - 1_000.0).abs() < 1.0, "{middle:?}");
    }

    #[test]
    fn the_unit_begins_with_the_charge_that_it_has() {
        let energy = |soc| {
            let tried = trial(1_000.0, Some(soc)).run().unwrap();
            tried.dispatch.readings.range(0.0, f64::MAX).map(|r| r.kw.max(0.0) / 60.0).sum::<f64>()
        };
        let (full, empty) = (energy(0.9), energy(0.0));
        assert!(full > 400.0 && empty < 0.2 * full, "{full} kWh of a full one, {empty} kWh of an empty one");
    }

    #[test]
    fn what_no_unit_could_do_is_refused_in_the_trial_as_it_would_be() {
        let tried = trial(100_000.0, None).run().unwrap();
        assert_eq!(tried.dispatch.phase, Phase::Rejected);
        assert!(!tried.alarms.is_empty());
    }

    #[test]
    fn the_same_trial_gives_the_same_answers() {
        let stages = || {
            let tried = trial(500.0, None).run().unwrap();
            tried.dispatch.ladder.iter().map(|rung| (rung.stage, rung.at)).collect::<Vec<_>>()
        };
        assert_eq!(stages(), stages());
    }
}
