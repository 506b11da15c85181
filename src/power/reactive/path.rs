//! Real and reactive power over time, exact at any instant.

use super::{Capability, NEAR, Priority, Region};
use crate::power::Curve;

/// What a unit delivers from one instant to another: its real power clipped as its priority has it, and the reactive power
/// asked as far as it can be had beside that. In closed form between events: straight pieces, and arcs where an
/// inverter's kVA is the limit. Reactive power steps to its level at once: an inverter needs less than a second for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    stretches: Vec<Stretch>,
}

/// A time in which one law holds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    from: f64,
    to: f64,
    /// Asked kvar.
    asked: f64,
    /// Planned kW at both ends.
    planned: (f64, f64),
    /// Delivered kW at both ends, straight between.
    kw: (f64, f64),
    law: Law,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Law {
    /// kvar at both ends, straight between.
    Line(f64, f64),
    /// All that this kVA leaves beside the real power, exported (+1) or imported (−1).
    Arc { kva: f64, sign: f64 },
}

/// A time in which less than asked is delivered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortfall {
    /// From then, seconds of UTC.
    pub from: f64,
    /// Until then.
    pub to: f64,
    /// Asked: kW or kvar.
    pub asked: f64,
    /// What is delivered where it is farthest from that.
    pub delivered: f64,
}

impl Path {
    /// From a unit's planned real power and the kvar asked of it, which is the same between its steps.
    pub fn of(capability: &Capability, planned: &Curve, asked: &Curve, from: f64, to: f64) -> Self {
        let mut stretches = Vec::new();
        let mut instants: Vec<f64> = planned
            .points()
            .iter()
            .chain(asked.points())
            .map(|p| p.0)
            .filter(|t| from < *t && *t < to)
            .collect();
        instants.extend([from, to]);
        instants.sort_by(f64::total_cmp);
        instants.dedup();
        for pair in instants.windows(2) {
            let (start, end) = (pair[0], pair[1]);
            let kvar = asked.at(start);
            let ends = (planned.at(start), planned.just_before(end));
            let mut left = (start, ends.0);
            for right in turns(capability, kvar, (start, ends.0), (end, ends.1)) {
                stretches.push(Stretch::of(capability, kvar, left, right));
                left = right;
            }
        }
        Self { stretches }
    }

    /// kW at an instant.
    pub fn kw_at(&self, t: f64) -> f64 {
        self.stretch_at(t).map_or(0.0, |stretch| between(stretch.kw, stretch.share(t)))
    }

    /// kvar at an instant.
    pub fn kvar_at(&self, t: f64) -> f64 {
        self.stretch_at(t).map_or(0.0, |stretch| stretch.kvar_at(t))
    }

    /// Mean kW over all of it, exactly.
    pub fn mean_kw(&self) -> f64 {
        self.mean(|stretch| f64::midpoint(stretch.kw.0, stretch.kw.1))
    }

    /// Mean kvar over all of it, exactly.
    pub fn mean_kvar(&self) -> f64 {
        self.mean(Stretch::mean_kvar)
    }

    /// The instants at which the law of its reactive power changes: where a level, a clip or an arc begins or ends.
    pub fn breakpoints(&self) -> impl Iterator<Item = f64> + '_ {
        self.stretches.iter().map(|stretch| stretch.from).chain(self.stretches.last().map(|s| s.to))
    }

    /// Where less reactive power than asked is delivered.
    pub fn short_of_kvar(&self) -> Vec<Shortfall> {
        let is_short =
            |s: &&Stretch| (s.asked - s.kvar_ends().0).abs().max((s.asked - s.kvar_ends().1).abs()) > SHORT;
        let of =
            |s: &Stretch| Shortfall { from: s.from, to: s.to, asked: s.asked, delivered: s.least_kvar() };
        joined(self.stretches.iter().filter(is_short).map(of))
    }

    /// Where the plan's real power gives way to reactive power.
    pub fn short_of_kw(&self) -> Vec<Shortfall> {
        let gap = |s: &Stretch| ((s.planned.0 - s.kw.0).abs(), (s.planned.1 - s.kw.1).abs());
        let of = |s: &Stretch| {
            let (asked, delivered) =
                if gap(s).0 >= gap(s).1 { (s.planned.0, s.kw.0) } else { (s.planned.1, s.kw.1) };
            Shortfall { from: s.from, to: s.to, asked, delivered }
        };
        joined(self.stretches.iter().filter(|s| gap(s).0.max(gap(s).1) > SHORT).map(of))
    }

    /// What is delivered as points for drawing: time and kvar, with arcs as so many pieces.
    pub fn drawn_kvar(&self, pieces: u32) -> Vec<(f64, f64)> {
        let mut points = Vec::with_capacity(self.stretches.len() * 2);
        for stretch in &self.stretches {
            let steps = if matches!(stretch.law, Law::Arc { .. }) { pieces.max(1) } else { 1 };
            points.extend((0..=steps).map(|step| {
                let share = f64::from(step) / f64::from(steps);
                (between((stretch.from, stretch.to), share), stretch.kvar_of(share))
            }));
        }
        points
    }

    fn stretch_at(&self, t: f64) -> Option<&Stretch> {
        let after = self.stretches.partition_point(|stretch| stretch.from <= t);
        self.stretches.get(after.saturating_sub(1))
    }

    fn mean(&self, of: impl Fn(&Stretch) -> f64) -> f64 {
        let seconds: f64 = self.stretches.iter().map(|s| s.to - s.from).sum();
        if seconds <= 0.0 {
            return 0.0;
        }
        self.stretches.iter().map(|s| (s.to - s.from) * of(s)).sum::<f64>() / seconds
    }
}

/// Less than this is not short, kW or kvar: half a watt.
pub(super) const SHORT: f64 = 5e-4;

/// Shortfalls of one level that follow on each other as one.
fn joined(shortfalls: impl Iterator<Item = Shortfall>) -> Vec<Shortfall> {
    let mut all: Vec<Shortfall> = Vec::new();
    for next in shortfalls {
        match all.last_mut().filter(|last| last.to >= next.from && (last.asked - next.asked).abs() < SHORT) {
            Some(last) => {
                last.to = next.to;
                if (next.asked - next.delivered).abs() > (last.asked - last.delivered).abs() {
                    last.delivered = next.delivered;
                }
            }
            None => all.push(next),
        }
    }
    all
}

/// The instants and planned kW, up to `right`, at which the law changes on the straight way from `left`.
fn turns(capability: &Capability, kvar: f64, left: (f64, f64), right: (f64, f64)) -> Vec<(f64, f64)> {
    let (gone, width) = (right.1 - left.1, right.0 - left.0);
    let mut turns: Vec<(f64, f64)> = Vec::new();
    if kvar != 0.0 && gone != 0.0 {
        let crossed = capability.region().turns_kw(kvar).into_iter().filter_map(|kw| {
            let t = left.0 + width * ((kw - left.1) / gone);
            (t > left.0 && t < right.0).then_some((t, kw))
        });
        turns.extend(crossed);
        turns.sort_by(|a, b| a.0.total_cmp(&b.0));
        turns.dedup_by(|a, b| a.0 <= b.0);
    }
    turns.push(right);
    turns
}

impl Stretch {
    fn of(capability: &Capability, asked: f64, left: (f64, f64), right: (f64, f64)) -> Self {
        let planned = (left.1, right.1);
        let still = Self { from: left.0, to: right.0, asked, planned, kw: planned, law: Law::Line(0.0, 0.0) };
        if asked == 0.0 {
            return still;
        }
        let (first, last) = (capability.clip(planned.0, asked), capability.clip(planned.1, asked));
        let middle = capability.clip(f64::midpoint(planned.0, planned.1), asked);
        let law = match (capability.region(), capability.priority()) {
            (Region::Inverter { kva }, Priority::Real) if (middle.1 - asked).abs() > NEAR => {
                Law::Arc { kva: *kva, sign: asked.signum() }
            }
            _ => Law::Line(first.1, last.1),
        };
        Self { kw: (first.0, last.0), law, ..still }
    }

    fn share(&self, t: f64) -> f64 {
        if self.to > self.from { ((t - self.from) / (self.to - self.from)).clamp(0.0, 1.0) } else { 1.0 }
    }

    fn kvar_at(&self, t: f64) -> f64 {
        self.kvar_of(self.share(t))
    }

    fn kvar_of(&self, share: f64) -> f64 {
        match self.law {
            Law::Line(first, last) => between((first, last), share),
            Law::Arc { kva, sign } => sign * beside(kva, between(self.kw, share)),
        }
    }

    fn kvar_ends(&self) -> (f64, f64) {
        (self.kvar_of(0.0), self.kvar_of(1.0))
    }

    /// The kvar that is farthest from what is asked. On an arc that is an end: it has no turn at 0 kW within.
    fn least_kvar(&self) -> f64 {
        let (first, last) = self.kvar_ends();
        if (self.asked - first).abs() >= (self.asked - last).abs() { first } else { last }
    }

    fn mean_kvar(&self) -> f64 {
        match self.law {
            Law::Line(first, last) => f64::midpoint(first, last),
            Law::Arc { kva, sign } => sign * mean_beside(kva, self.kw.0, self.kw.1),
        }
    }
}

/// kvar that a kVA leaves beside a real power.
fn beside(kva: f64, kw: f64) -> f64 {
    (kva * kva - kw * kw).max(0.0).sqrt()
}

/// The mean of that while real power goes evenly from one level to another.
fn mean_beside(kva: f64, first: f64, last: f64) -> f64 {
    let gone = last - first;
    if gone.abs() <= 1e-9 * kva {
        return f64::midpoint(beside(kva, first), beside(kva, last));
    }
    let area = |kw: f64| (kw * beside(kva, kw) + kva * kva * (kw / kva).clamp(-1.0, 1.0).asin()) / 2.0;
    (area(last) - area(first)) / gone
}

fn between((first, last): (f64, f64), share: f64) -> f64 {
    if first == last { last } else { first + (last - first) * share }
}
