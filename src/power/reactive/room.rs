//! The real power that is planned beside reactive power.

use super::path::SHORT;
use super::{Capability, NEAR, Priority, Request, Shortfall};
use crate::dispatch::{Dispatch, Status};
use crate::power::{Baseline, Follow, Instruction, Target, seconds};

impl Capability {
    /// What a unit follows in real power while it gives the reactive power asked: the dispatch's own levels, at baseline
    /// until the first of them and when there is none. Where reactive power comes first, each level is what that leaves
    /// room for; a greater level that there was no room for until then is left for when there is, at the asset's `ramps`
    /// (kW per second up and down). `None` for a notice.
    pub fn instruction(
        &self,
        dispatch: &Dispatch,
        baseline: &Baseline,
        ramps: (f64, f64),
    ) -> Option<Instruction> {
        let real = Instruction::of(dispatch, baseline);
        let Some(request) = Request::of(dispatch) else { return real };
        let mut instruction = real.unwrap_or_else(|| Instruction {
            follow: if dispatch.status == Status::RunNow { Follow::Now } else { Follow::Schedule },
            start: seconds(dispatch.service_start.unix()),
            end: request.end(),
            targets: Vec::new(),
            revision: dispatch.revision,
        });
        let first = request.levels()[0].0;
        if instruction.targets.first().is_none_or(|target| target.at > first) {
            let at_baseline = Target { at: first, kw: baseline.at(first), delta_kw: Some(0.0) };
            instruction.targets.insert(0, at_baseline);
        }
        if self.priority() == Priority::Reactive {
            instruction.targets = self.reduced(&instruction.targets, &request, baseline, ramps);
        }
        Some(instruction)
    }

    /// The levels of real power for which the reactive power asked leaves no room, where that comes first.
    pub fn given_way(&self, dispatch: &Dispatch, baseline: &Baseline) -> Vec<Shortfall> {
        let (Some(real), Some(request)) = (Instruction::of(dispatch, baseline), Request::of(dispatch)) else {
            return Vec::new();
        };
        if self.priority() == Priority::Real {
            return Vec::new();
        }
        let instants = instants(&real.targets, &request);
        let ends = instants.iter().skip(1).copied().chain([request.end()]);
        let spans = instants.iter().copied().zip(ends);
        let shortfalls = spans.filter_map(|(from, to)| {
            let after = real.targets.partition_point(|target| target.at <= from);
            let target = &real.targets[after.checked_sub(1)?];
            let asked = target.kw_over(baseline.at(from));
            let delivered = self.reduced_level(target, from, request.at(from), baseline).kw;
            ((asked - delivered).abs() > SHORT).then_some(Shortfall { from, to, asked, delivered })
        });
        shortfalls.collect()
    }

    /// Levels that leave room for the reactive power asked at each instant.
    fn reduced(
        &self,
        asked: &[Target],
        request: &Request,
        baseline: &Baseline,
        (up, down): (f64, f64),
    ) -> Vec<Target> {
        let instants = instants(asked, request);
        let mut reduced: Vec<Target> = Vec::with_capacity(instants.len());
        for (index, t) in instants.iter().copied().enumerate() {
            let in_force = asked.partition_point(|target| target.at <= t).saturating_sub(1);
            let Some(target) = asked.get(in_force) else { continue };
            let level = self.reduced_level(target, t, request.at(t), baseline);
            let same = |last: &&Target| {
                last.delta_kw == level.delta_kw && (level.delta_kw.is_some() || last.kw == level.kw)
            };
            if target.at < t && reduced.last().as_ref().is_some_and(same) {
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

/// The instants at which real or reactive power is asked anew, in order.
fn instants(real: &[Target], request: &Request) -> Vec<f64> {
    let mut instants: Vec<f64> =
        real.iter().map(|t| t.at).chain(request.levels().iter().map(|l| l.0)).collect();
    instants.sort_by(f64::total_cmp);
    instants.dedup();
    instants
}
