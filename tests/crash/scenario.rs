//! A busy desk: dispatches, amendments, stops, emergency stops, notice taken of alarms and alarms put aside, one after the
//! other by a seed.

use std::sync::Arc;

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{DispatchState, Phase, ShelfTime, Snapshot};
use rampdesk::dispatch::{DispatchParts, RealLevel, Reference, Revision, Setpoint, Status};
use rampdesk::entropy::Entropy;
use rampdesk::profile::fleet::{FleetProfile, Unit};
use rampdesk::time::UtcTime;
use rampdesk::units::Watts;

/// The demonstration's fleet, whose FSPs poll every second and whose contracts ask for no notice.
pub fn fleet() -> FleetProfile {
    let mut fleet = FleetProfile::demo();
    for contract in &mut fleet.contracts {
        (contract.poll_seconds, contract.notice_seconds) = (1, 0);
    }
    fleet
}

/// What is asked next.
pub struct Scenario {
    fleet: FleetProfile,
    entropy: Entropy,
    tag: String,
    made: u32,
}

impl Scenario {
    pub fn new(entropy: Entropy) -> Self {
        let tag = entropy.id()[..8].to_owned();
        Self { fleet: fleet(), entropy, tag, made: 0 }
    }

    /// A number from `from` to below `to`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a draw below `to`")]
    pub fn within(&self, from: u32, to: u32) -> u32 {
        from + (self.entropy.unit() * f64::from(to - from)) as u32
    }

    fn one_of<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.within(0, u32::try_from(all.len()).unwrap().max(1)) as usize)
    }

    /// The next command; `None` where there is nothing of the kind that was drawn.
    pub fn next(&mut self, snapshot: &Snapshot, now: UtcTime) -> Option<Command> {
        match self.within(0, 100) {
            0..34 => Some(self.new_dispatch(now)),
            34..56 => self.amendment(snapshot, now),
            56..76 => self.stop(snapshot),
            76..80 => {
                let units = vec![self.unit().unit.clone()];
                Some(Command::EmergencyStop { units, operator: None })
            }
            80..81 => Some(Command::EmergencyStop { units: Vec::new(), operator: None }),
            81..86 => self.again(snapshot),
            86..93 => {
                let ids: Vec<u64> = snapshot.alarms.iter().map(|alarm| alarm.id).collect();
                Some(Command::AcknowledgeAlarms(vec![*self.one_of(&ids)?]))
            }
            93..98 => {
                let may: Vec<u64> =
                    snapshot.alarms.iter().filter(|a| a.never_shelved().is_none()).map(|a| a.id).collect();
                let (by, reason) = ("K. Shah".to_owned(), "it is being looked into".to_owned());
                Some(Command::ShelveAlarm { id: *self.one_of(&may)?, time: ShelfTime::Hour, by, reason })
            }
            _ => {
                let shelved: Vec<u64> = snapshot.shelved.iter().map(|alarm| alarm.id).collect();
                Some(Command::UnshelveAlarm(*self.one_of(&shelved)?))
            }
        }
    }

    fn unit(&self) -> &Unit {
        self.one_of(&self.fleet.units).unwrap()
    }

    /// A dispatch of a unit of the fleet, from now on or soon.
    pub fn new_dispatch(&mut self, now: UtcTime) -> Command {
        self.made += 1;
        let unit = self.unit().clone();
        let status = match self.within(0, 10) {
            0..5 => Status::RunNow,
            5..9 => Status::Run,
            _ => Status::PreNotify,
        };
        let start = if status == Status::RunNow { now } else { now + i64::from(self.within(2, 20)) };
        Command::Send(Box::new(DispatchParts {
            network_operator: unit.operator.clone(),
            dispatch_ref: format!("CRASH-{}-{}", self.tag, self.made).parse().unwrap(),
            revision: Revision::FIRST,
            status,
            contract: unit.contract.clone(),
            unit: unit.unit.clone(),
            instruction_time: now,
            service_start: start,
            service_end: start + i64::from(self.within(4, 60)),
            setpoints: vec![self.level(&unit, start)],
        }))
    }

    /// Part of what the unit can do upwards; now and then more than it can.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "seconds and whole kW")]
    fn level(&self, unit: &Unit, at: UtcTime) -> Setpoint {
        let baseline_kw = unit.baseline.at(at.unix() as f64);
        let (_, most_kw) = unit.asset.limits_kw(baseline_kw);
        let share = [0.35, 0.5, 0.75, 1.0, 1.5][self.within(0, 5) as usize];
        let watts = Watts(((most_kw - baseline_kw) * share) as i64 * 1000);
        let real = Some(RealLevel { reference: Reference::Delta, watts, price: None });
        Setpoint { at, real, reactive: None }
    }

    fn drawn<'a>(
        &self,
        snapshot: &'a Snapshot,
        is_it: impl Fn(&DispatchState) -> bool,
    ) -> Option<&'a Arc<DispatchState>> {
        let all: Vec<&Arc<DispatchState>> = snapshot.dispatches.iter().filter(|state| is_it(state)).collect();
        self.one_of(&all).copied()
    }

    fn amendment(&self, snapshot: &Snapshot, now: UtcTime) -> Option<Command> {
        let runs = |state: &DispatchState| {
            state.is_open()
                && state.dispatch().is_some_and(|d| !d.status.is_stop() && d.service_end > now + 2)
        };
        let last = self.drawn(snapshot, runs)?.dispatch()?;
        let unit = self.fleet.unit(&last.unit)?;
        let parts = last.parts().clone();
        let status = if parts.status == Status::PreNotify { Status::Run } else { parts.status };
        let setpoints = vec![self.level(unit, parts.setpoints.first()?.at)];
        Some(Command::Send(Box::new(DispatchParts {
            revision: parts.revision.next(),
            status,
            setpoints,
            ..parts
        })))
    }

    fn stop(&self, snapshot: &Snapshot) -> Option<Command> {
        self.drawn(snapshot, DispatchState::is_open).map(|state| Command::Stop(state.key.clone()))
    }

    /// Gives again what was not sent.
    fn again(&self, snapshot: &Snapshot) -> Option<Command> {
        let state = self.drawn(snapshot, |state| state.phase == Phase::SendFailed)?;
        Some(Command::Send(Box::new(state.dispatch()?.parts().clone())))
    }
}
