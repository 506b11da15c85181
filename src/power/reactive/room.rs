//! The real power that is planned beside reactive power.

use super::{Capability, NEAR, Priority, Request};
use crate::dispatch::Revision;
use crate::power::{Baseline, Follow, Instruction, Target};

impl Capability {
    /// What a unit follows in real power while it gives the reactive power asked: the instruction, at baseline until its
    /// first level and when it has none. Where reactive power comes first, each level is what it leaves room for; a
    /// greater level that it made no room for until then is left for when there is room, at the asset's `ramps` (kW
    /// per second up and down).
    pub fn beside(
        &self,
        real: Option<&Instruction>,
        request: &Request,
        baseline: &Baseline,
        ramps: (f64, f64),
        (follow, revision): (Follow, Revision),
    ) -> Instruction {
        let first = request.levels()[0].0;
        let mut targets: Vec<Target> = real.map(|i| i.targets.clone()).unwrap_or_default();
        if targets.first().is_none_or(|target| target.at > first) {
            let at_baseline = Target { at: first, kw: baseline.at(first), delta_kw: Some(0.0) };
            targets.insert(0, at_baseline);
        }
        let mut instruction = Instruction {
            follow,
            start: real.map_or(first, |i| i.start),
            end: request.end(),
            targets,
            revision,
        };
        if self.priority() == Priority::Reactive {
            instruction.targets = self.reduced(&instruction.targets, request, baseline, ramps);
        }
        instruction
    }

    /// Levels that leave room for the reactive power asked at each instant.
    fn reduced(
        &self,
        asked: &[Target],
        request: &Request,
        baseline: &Baseline,
        (up, down): (f64, f64),
    ) -> Vec<Target> {
        let mut instants: Vec<f64> =
            asked.iter().map(|t| t.at).chain(request.levels().iter().map(|l| l.0)).collect();
        instants.sort_by(f64::total_cmp);
        instants.dedup();
        let mut reduced: Vec<Target> = Vec::with_capacity(instants.len());
        for (index, t) in instants.iter().copied().enumerate() {
            let in_force = asked.partition_point(|target| target.at <= t).saturating_sub(1);
            let Some(target) = asked.get(in_force) else { continue };
            let level = self.reduced_level(target, t, request.at(t), baseline);
            let same = |last: &&Target| {
                last.delta_kw == level.delta_kw && (level.delta_kw.is_some() || last.kw == level.kw)
            };
            if in_force > 0 && asked[in_force].at < t && reduced.last().as_ref().is_some_and(same) {
                continue;
            }
            let before_kw =
                reduced.last().map_or_else(|| baseline.at(t), |last| last.kw_over(baseline.at(t)));
            let no_room_before =
                index > 0 && !self.region().contains(level.kw, request.at(instants[index - 1]));
            let ramp_s = if level.kw > before_kw {
                (level.kw - before_kw) / up
            } else {
                (before_kw - level.kw) / down
            };
            let next = instants.get(index + 1).copied().unwrap_or(request.end());
            let at = if no_room_before && ramp_s.is_finite() { (t + ramp_s).min(next) } else { t };
            reduced.push(Target { at, ..level });
        }
        reduced
    }

    fn reduced_level(&self, target: &Target, t: f64, kvar: f64, baseline: &Baseline) -> Target {
        let kw = target.kw_over(baseline.at(t));
        let kept = if kvar == 0.0 { kw } else { self.clip(kw, kvar).0 };
        if (kept - kw).abs() < NEAR {
            Target { at: t, kw, delta_kw: target.delta_kw }
        } else {
            Target { at: t, kw: kept, delta_kw: None }
        }
    }
}
