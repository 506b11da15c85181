//! What the operator does meanwhile, drawn from the same seed.

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{DispatchState, Snapshot};
use rampdesk::dispatch::{DispatchParts, RealLevel, Reference, Revision, Setpoint, Status};
use rampdesk::entropy::Entropy;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::time::UtcTime;
use rampdesk::units::Watts;

/// Draws one command after the other.
pub struct Story {
    entropy: Entropy,
    sent: u32,
}

impl Story {
    pub fn of(seed: u64) -> Self {
        Self { entropy: Entropy::seeded(seed).fork("story"), sent: 0 }
    }

    /// Seconds until the next command: 10 to 50.
    pub fn pause(&self) -> i64 {
        10 + self.below(41)
    }

    fn below(&self, most: i64) -> i64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small numbers")]
        let drawn = (self.entropy.unit() * most as f64) as i64;
        drawn
    }

    /// The next command.
    pub fn next(&mut self, profile: &FleetProfile, snapshot: &Snapshot, now: UtcTime) -> Command {
        let open: Vec<&DispatchState> =
            snapshot.dispatches.iter().map(AsRef::as_ref).filter(|d| d.is_open()).collect();
        let one = (!open.is_empty()).then(|| {
            let place = self.below(i64::try_from(open.len()).unwrap());
            open[usize::try_from(place).unwrap()]
        });
        match (self.below(10), one) {
            (0..=1, Some(state)) => Command::Stop(state.key.clone()),
            (2..=4, Some(state)) => self.amend(state, now),
            (5, Some(state)) => {
                let unit = state.dispatch().unwrap().unit.clone();
                Command::EmergencyStop { units: vec![unit], operator: None }
            }
            _ => self.send(profile, now),
        }
    }

    fn send(&mut self, profile: &FleetProfile, now: UtcTime) -> Command {
        let place = self.below(i64::try_from(profile.units.len()).unwrap());
        let unit = &profile.units[usize::try_from(place).unwrap()];
        self.sent += 1;
        let at_once = self.below(3) == 0;
        let start = now + if at_once { 60 } else { 120 + self.below(600) };
        let end = start + 300 + self.below(900);
        let baseline = unit.baseline.at(seconds(start));
        let (least, most) = unit.asset.limits_kw(baseline);
        #[expect(clippy::cast_possible_truncation, reason = "kW of a unit")]
        let delta = ((if most - baseline > baseline - least { most - baseline } else { least - baseline })
            * 0.5) as i64;
        let level = RealLevel { reference: Reference::Delta, watts: Watts(delta * 1000), price: None };
        Command::Send(Box::new(DispatchParts {
            network_operator: unit.operator.clone(),
            dispatch_ref: format!("CHAOS-{:04}", self.sent).parse().unwrap(),
            revision: Revision::FIRST,
            status: if at_once { Status::RunNow } else { Status::Run },
            contract: unit.contract.clone(),
            unit: unit.unit.clone(),
            instruction_time: now,
            service_start: start,
            service_end: end,
            setpoints: vec![Setpoint { at: start, real: Some(level), reactive: None }],
        }))
    }

    fn amend(&self, state: &DispatchState, now: UtcTime) -> Command {
        let mut parts = state.dispatch().unwrap().parts().clone();
        if parts.status.is_stop() || parts.setpoints.is_empty() {
            return Command::Stop(state.key.clone());
        }
        parts.revision = parts.revision.next();
        parts.instruction_time = now;
        for setpoint in &mut parts.setpoints {
            if let Some(level) = &mut setpoint.real {
                level.watts = Watts(level.watts.0 * 4 / 5);
            }
        }
        Command::Send(Box::new(parts))
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}
