//! What a unit's controller is following: a dispatch reduced to destinations in net kW.

use crate::dispatch::{Dispatch, Reference, Revision, Status};

use super::{Baseline, Curve, seconds};

/// How a unit follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Be at each level at its time.
    Schedule,
    /// Go to the first level at once, then as scheduled.
    Now,
    /// Return to baseline at the declared ramp.
    Stop,
    /// Cease as fast as physically possible, stay inhibited.
    EmergencyStop,
}

/// One destination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// When to be there, seconds of UTC.
    pub at: f64,
    /// Net kW at that instant.
    pub kw: f64,
    /// For a DELTA level, kW from the baseline: the level follows the baseline wherever that goes. `None` for an
    /// ABSOLUTE level.
    pub delta_kw: Option<f64>,
}

/// A dispatch reduced to what moves the unit. Real power only; PRE_NOTIFY gives none.
#[derive(Clone, Debug, PartialEq)]
pub struct Instruction {
    /// How.
    pub follow: Follow,
    /// Start of the service window, seconds of UTC.
    pub start: f64,
    /// End of the window: the unit leaves for baseline then.
    pub end: f64,
    /// Destinations in time order; none for stops.
    pub targets: Vec<Target>,
    /// The revision followed.
    pub revision: Revision,
}

impl Instruction {
    /// From a dispatch; DELTA levels are added to the baseline at their instants. `None` for PRE_NOTIFY and for a
    /// dispatch of reactive power alone.
    pub fn of(dispatch: &Dispatch, baseline: &Baseline) -> Option<Self> {
        let follow = match dispatch.status {
            Status::PreNotify => return None,
            Status::Run => Follow::Schedule,
            Status::RunNow => Follow::Now,
            Status::Stop => Follow::Stop,
            Status::EmergencyStop => Follow::EmergencyStop,
        };
        let targets = if dispatch.status.is_stop() { Vec::new() } else { targets_of(dispatch, baseline) };
        if targets.is_empty() && !dispatch.status.is_stop() {
            return None;
        }
        Some(Self {
            follow,
            start: seconds(dispatch.service_start.unix()),
            end: seconds(dispatch.service_end.unix()),
            targets,
            revision: dispatch.revision,
        })
    }

    /// What was asked as a curve of net kW from `from` to `to`: baseline outside the window and before the first
    /// target, then each level as a step at its time, following the baseline for DELTA levels. Each revision counts
    /// from the instant given with it (seconds of UTC, ascending) until the next one's; after a stop it is baseline.
    pub fn asked_curve(revisions: &[(f64, &Dispatch)], baseline: &Baseline, from: f64, to: f64) -> Curve {
        let to = to.max(from);
        let base = baseline.curve(from, to);
        let spans = Span::of_all(revisions, baseline);
        let mut instants: Vec<f64> = base.steps().collect();
        for span in &spans {
            instants.extend([span.from, span.to, span.instruction.end]);
            instants.extend(span.instruction.targets.iter().map(|t| t.at));
        }
        instants.retain(|t| *t > from && *t <= to);
        instants.sort_by(f64::total_cmp);
        instants.dedup();

        let level = |t: f64| {
            let span = spans.iter().find(|span| span.from <= t && t < span.to);
            span.and_then(|span| span.instruction.level_at(t, base.at(t))).unwrap_or_else(|| base.at(t))
        };
        let mut points = vec![(from, level(from))];
        for t in instants {
            let (before, after) = (points[points.len() - 1].1, level(t));
            if after != before {
                points.extend([(t, before), (t, after)]);
            }
        }
        if points[points.len() - 1].0 < to {
            points.push((to, points[points.len() - 1].1));
        }
        Curve::from_ordered(points)
    }

    /// A number that is the same for the same instruction: tells a unit whether what it is given is what it follows
    /// already.
    pub fn fingerprint(&self) -> u64 {
        let follow = match self.follow {
            Follow::Schedule => 1,
            Follow::Now => 2,
            Follow::Stop => 3,
            Follow::EmergencyStop => 4,
        };
        let head = [follow, u64::from(self.revision.get()), self.start.to_bits(), self.end.to_bits()];
        let targets = self.targets.iter().flat_map(|t| {
            let level = t.delta_kw.unwrap_or(t.kw);
            [t.at.to_bits(), level.to_bits(), u64::from(t.delta_kw.is_some())]
        });
        // FNV-1a over 64-bit words.
        head.into_iter().chain(targets).fold(0xcbf2_9ce4_8422_2325, |hash, word| {
            (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29)
        })
    }

    /// The level asked at an instant while the baseline is at `baseline_kw`; `None` when nothing is.
    fn level_at(&self, t: f64, baseline_kw: f64) -> Option<f64> {
        if t >= self.end {
            return None;
        }
        let after = self.targets.partition_point(|target| target.at <= t);
        Some(self.targets[after.checked_sub(1)?].kw_over(baseline_kw))
    }
}

impl Target {
    /// Net kW of this level while the baseline is at `baseline_kw`.
    pub fn kw_over(&self, baseline_kw: f64) -> f64 {
        self.delta_kw.map_or(self.kw, |delta| baseline_kw + delta)
    }
}

/// The time for which one revision counts.
pub(super) struct Span {
    /// From then, seconds of UTC.
    pub(super) from: f64,
    /// Until then, not included.
    pub(super) to: f64,
    /// What it asks.
    pub(super) instruction: Instruction,
}

impl Span {
    /// Of each revision that asks anything of real power.
    pub(super) fn of_all(revisions: &[(f64, &Dispatch)], baseline: &Baseline) -> Vec<Self> {
        let ends = revisions.iter().skip(1).map(|(at, _)| *at).chain([f64::INFINITY]);
        revisions
            .iter()
            .zip(ends)
            .filter_map(|((from, dispatch), to)| {
                Some(Self { from: *from, to, instruction: Instruction::of(dispatch, baseline)? })
            })
            .collect()
    }
}

fn targets_of(dispatch: &Dispatch, baseline: &Baseline) -> Vec<Target> {
    let targets = dispatch.setpoints.iter().filter_map(|setpoint| {
        let real = setpoint.real?;
        let at = seconds(setpoint.at.unix());
        let level = real.watts.kilowatts();
        Some(match real.reference {
            Reference::Absolute => Target { at, kw: level, delta_kw: None },
            Reference::Delta => Target { at, kw: baseline.at(at) + level, delta_kw: Some(level) },
        })
    });
    targets.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::testing::{Level, dispatch, second};

    fn winter_day() -> Baseline {
        Baseline::Daily { points: vec![("00:00".to_owned(), -300.0), ("17:30".to_owned(), -700.0)] }
    }

    #[test]
    fn only_what_moves_real_power_is_followed() {
        let base = Baseline::Fixed { kw: 10.0 };
        let of = |status, levels: &[(&str, Level)]| {
            Instruction::of(&dispatch(status, 1, "17:00", "19:00", levels), &base)
        };
        assert_eq!(of(Status::PreNotify, &[("17:00", Level::Delta(5.0))]), None);
        assert_eq!(of(Status::Run, &[("17:00", Level::Reactive(5.0))]), None);
        assert_eq!(of(Status::Stop, &[]).unwrap().follow, Follow::Stop);
        let run = of(
            Status::Run,
            &[("17:00", Level::Delta(5.0)), ("17:30", Level::Reactive(1.0)), ("18:00", Level::Absolute(5.0))],
        )
        .unwrap();
        assert_eq!((run.start, run.end), (second("17:00"), second("19:00")));
        assert_eq!(
            run.targets,
            [
                Target { at: second("17:00"), kw: 15.0, delta_kw: Some(5.0) },
                Target { at: second("18:00"), kw: 5.0, delta_kw: None }
            ]
        );
    }

    #[test]
    fn a_delta_follows_the_baseline_and_an_absolute_level_does_not() {
        let run = dispatch(
            Status::Run,
            1,
            "17:00",
            "19:00",
            &[("17:10", Level::Delta(100.0)), ("18:00", Level::Absolute(-50.0))],
        );
        let asked = Instruction::asked_curve(&[(0.0, &run)], &winter_day(), second("16:00"), second("20:00"));
        let step = |at: &str, before: f64, after: f64| [(second(at), before), (second(at), after)];
        let mut want = vec![(second("16:00"), -300.0)];
        want.extend(step("17:10", -300.0, -200.0));
        want.extend(step("17:30", -200.0, -600.0));
        want.extend(step("18:00", -600.0, -50.0));
        want.extend(step("19:00", -50.0, -700.0));
        want.push((second("20:00"), -700.0));
        assert_eq!(asked.points(), want);
    }

    #[test]
    fn each_revision_counts_from_its_instant_and_a_stop_asks_for_baseline() {
        let base = Baseline::Fixed { kw: 0.0 };
        let one = dispatch(Status::Run, 1, "17:00", "19:00", &[("17:00", Level::Delta(100.0))]);
        let two = dispatch(Status::Run, 2, "17:00", "19:00", &[("17:00", Level::Delta(60.0))]);
        let stop = dispatch(Status::Stop, 3, "17:00", "19:00", &[]);
        let revisions = [(second("16:00"), &one), (second("17:20"), &two), (second("18:00"), &stop)];
        let asked = Instruction::asked_curve(&revisions, &base, second("16:00"), second("20:00"));
        for (at, kw) in [("16:59", 0.0), ("17:00", 100.0), ("17:20", 60.0), ("17:59", 60.0), ("18:00", 0.0)] {
            assert_eq!(asked.at(second(at)), kw, "at {at}");
        }
    }

    #[test]
    fn a_unit_can_tell_whether_it_follows_an_instruction_already() {
        let base = Baseline::Fixed { kw: 0.0 };
        let print = |status, revision, kw| {
            let levels = [("17:00", Level::Delta(kw))];
            let d = dispatch(status, revision, "17:00", "19:00", &levels);
            Instruction::of(&d, &base).unwrap().fingerprint()
        };
        assert_eq!(print(Status::Run, 1, 5.0), print(Status::Run, 1, 5.0));
        let all = [
            print(Status::Run, 1, 5.0),
            print(Status::Run, 2, 5.0),
            print(Status::RunNow, 1, 5.0),
            print(Status::Run, 1, 6.0),
            print(Status::EmergencyStop, 1, 5.0),
        ];
        assert!((1..all.len()).all(|i| !all[..i].contains(&all[i])));
    }
}
