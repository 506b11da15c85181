//! The levels that a unit is to be at, and when: an instruction laid over a baseline.

use crate::power::{Curve, Follow, Instruction, Target};

use super::NEAR_KW;
use super::unit::Unit;

/// Why a level is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It is the baseline: nothing is asked.
    Home,
    /// It is asked, by the target with this index.
    Target(usize),
    /// It is what the unit was going to before an instruction that has not taken effect yet.
    Former,
    /// It is held still after an emergency stop.
    Rest,
}

/// A level to be at from an instant on. Levels are in the unit's own terms: net kW and what the unit takes for itself for one that
/// moves its whole net power, kW of reduction for one that rides on a baseline which moves by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Leg {
    /// To be there then; for one that departs, to leave for it then.
    pub(super) at: f64,
    /// The nearest level that the unit can be at.
    pub(super) level: f64,
    /// The level asked.
    pub(super) asked: f64,
    /// Why.
    pub(super) purpose: Purpose,
    /// Left for at `at`, not reached by then.
    pub(super) departs: bool,
    /// A setpoint of its own: it is not left before its time, and it is not missed for the sake of a step in the
    /// baseline.
    pub(super) is_setpoint: bool,
}

impl Leg {
    /// A level without a beginning.
    pub(super) fn always(level: f64, purpose: Purpose) -> Self {
        let at = f64::NEG_INFINITY;
        Self { at, level, asked: level, purpose, departs: false, is_setpoint: false }
    }
}

/// Lays legs over the baseline of the time from `from` to wherever that curve ends.
pub(super) struct Surveyor<'a, U> {
    pub(super) unit: &'a U,
    pub(super) base: &'a Curve,
    pub(super) from: f64,
}

impl<U: Unit> Surveyor<'_, U> {
    /// Baseline for good.
    pub(super) fn home(&self) -> Vec<Leg> {
        let mut legs = Vec::with_capacity(2);
        self.add_home(&mut legs, f64::NEG_INFINITY, f64::INFINITY, false);
        legs
    }

    /// What an instruction asks. Stops ask for baseline.
    pub(super) fn instructed(&self, instruction: &Instruction) -> Vec<Leg> {
        let end = instruction.end;
        let within = instruction.targets.partition_point(|target| target.at < end);
        let targets = &instruction.targets[..within];
        let Some(first) = targets.first() else { return self.home() };
        let mut legs = Vec::with_capacity(targets.len() + 4);
        if instruction.follow == Follow::Schedule {
            self.add_home(&mut legs, f64::NEG_INFINITY, first.at, false);
        }
        for (index, target) in targets.iter().enumerate() {
            let until = targets.get(index + 1).map_or(end, |next| next.at);
            self.add_target(&mut legs, index, target, until);
        }
        self.add_home(&mut legs, end, f64::INFINITY, true);
        legs
    }

    fn add_home(&self, legs: &mut Vec<Leg>, at: f64, until: f64, departs: bool) {
        let asked = |base_kw: f64| self.unit.home(base_kw);
        let first = Leg { at, departs, ..self.leg(asked(self.base.at(at.max(self.from))), Purpose::Home) };
        self.add_with_steps(legs, first, until, asked);
    }

    fn add_target(&self, legs: &mut Vec<Leg>, index: usize, target: &Target, until: f64) {
        let asked = |base_kw: f64| match target.delta_kw {
            Some(delta) if U::RIDES_ON_BASELINE => delta,
            _ if U::RIDES_ON_BASELINE => target.kw - base_kw,
            _ => target.kw_over(base_kw) + self.unit.offset_kw(),
        };
        let level = asked(self.base.at(target.at.max(self.from)));
        let first = Leg { at: target.at, is_setpoint: true, ..self.leg(level, Purpose::Target(index)) };
        self.add_with_steps(legs, first, until, asked);
    }

    /// Adds a leg, and one more at each step of the baseline at which its level changes.
    fn add_with_steps(&self, legs: &mut Vec<Leg>, first: Leg, until: f64, asked: impl Fn(f64) -> f64) {
        let mut last = first;
        legs.push(first);
        for step in self.base.steps().filter(|t| *t > first.at && *t > self.from && *t < until) {
            let level = asked(self.base.at(step));
            if (level - last.asked).abs() > NEAR_KW {
                last = Leg { at: step, ..self.leg(level, first.purpose) };
                legs.push(last);
            }
        }
    }

    fn leg(&self, asked: f64, purpose: Purpose) -> Leg {
        Leg { level: self.unit.nearest(asked), asked, ..Leg::always(asked, purpose) }
    }
}
