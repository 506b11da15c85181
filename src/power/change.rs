//! How much a dispatch changes: the greatest change of real power that it asks of its unit.

use crate::dispatch::{DispatchParts, Reference, Status};
use crate::time::UtcTime;
use crate::units::Watts;

use super::{Baseline, seconds};

/// The greatest change of real power that a dispatch asks of its unit, up or down, never negative: how far a level is
/// from the baseline at any time at which it holds, or from the level before it, whichever is more. From +4 MW to −4 MW
/// is a change of 8 MW. A stop asks for none, and neither does reactive power.
pub fn largest_change(dispatch: &DispatchParts, baseline: &Baseline) -> Watts {
    if dispatch.status.is_stop() {
        return Watts(0);
    }
    let levels: Vec<Level> = dispatch
        .setpoints
        .iter()
        .filter_map(|s| s.real.map(|real| Level { at: s.at, reference: real.reference, watts: real.watts.0 }))
        .collect();
    let mut most = 0;
    let mut before: Option<Level> = None;
    for (index, level) in levels.iter().enumerate() {
        let until = levels.get(index + 1).map_or(dispatch.service_end, |next| next.at);
        // The first level is gone to at once, from when it is accepted.
        let is_asked_now = index == 0 && dispatch.status == Status::RunNow;
        let from = if is_asked_now { dispatch.instruction_time.min(level.at) } else { level.at };
        most = most.max(level.furthest(baseline, from, until));
        if let Some(before) = before {
            let step = level.distance_from(baseline, level.at) - before.distance_from(baseline, level.at);
            most = most.max(step.abs());
        }
        before = Some(*level);
    }
    Watts(most)
}

#[derive(Clone, Copy)]
struct Level {
    at: UtcTime,
    reference: Reference,
    watts: i64,
}

impl Level {
    /// Watts from the baseline at an instant.
    fn distance_from(self, baseline: &Baseline, at: UtcTime) -> i64 {
        match self.reference {
            Reference::Delta => self.watts,
            Reference::Absolute => self.watts - watts(baseline.at(seconds(at.unix()))),
        }
    }

    /// The most that it is from the baseline between two instants, either way.
    fn furthest(self, baseline: &Baseline, from: UtcTime, until: UtcTime) -> i64 {
        match self.reference {
            Reference::Delta => self.watts.abs(),
            Reference::Absolute => {
                // A baseline that moves just when the level ends is none of its concern.
                let last = (until.unix() - 1).max(from.unix());
                let curve = baseline.curve(seconds(from.unix()), seconds(last));
                let distances = curve.points().iter().map(|(_, kw)| (self.watts - watts(*kw)).abs());
                distances.max().unwrap_or(0)
            }
        }
    }
}

/// What cannot be told counts as no baseline: then the whole level is a change.
fn watts(kw: f64) -> i64 {
    Watts::from_kilowatts(kw).map_or(0, |watts| watts.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::testing::{Level as Asked, dispatch};

    fn change(status: Status, levels: &[(&str, Asked)], baseline: &Baseline) -> i64 {
        largest_change(dispatch(status, 1, "17:00", "19:00", levels).parts(), baseline).0
    }

    #[test]
    fn a_change_is_counted_from_the_baseline_and_from_level_to_level_either_way() {
        let fixed = Baseline::Fixed { kw: -300.0 };
        let steps = Baseline::Daily {
            points: vec![("00:00".to_owned(), 0.0), ("17:30".to_owned(), 4000.0), ("18:30".to_owned(), 0.0)],
        };
        let (delta, absolute) = (Asked::Delta, Asked::Absolute);
        for (what, levels, baseline, expected) in [
            ("turned up", &[("17:00", delta(5000.0))][..], &fixed, 5_000_000),
            ("turned down", &[("17:00", delta(-5000.0))], &fixed, 5_000_000),
            ("no change", &[("17:00", delta(0.0))], &fixed, 0),
            ("the greatest of several", &[("17:00", delta(1.0)), ("18:00", delta(3.0))], &fixed, 3_000),
            ("from one side to the other", &[("17:00", delta(4.0)), ("18:00", delta(-4.0))], &fixed, 8_000),
            ("a part of a level taken back", &[("17:00", delta(4.0)), ("18:00", delta(1.0))], &fixed, 4_000),
            ("net power at the connection", &[("17:00", absolute(1000.0))], &fixed, 1_300_000),
            ("net power as it is anyway", &[("17:00", absolute(-300.0))], &fixed, 0),
            ("net power while the baseline moves", &[("17:00", absolute(0.0))], &steps, 4_000_000),
            ("until the next level only", &[("17:00", absolute(0.0)), ("17:15", delta(0.0))], &steps, 0),
            ("delta and net by turns", &[("17:00", delta(1.0)), ("18:00", absolute(0.0))], &steps, 4_001_000),
            ("reactive power alone", &[("17:00", Asked::Reactive(9000.0))], &fixed, 0),
            (
                "reactive power between two levels",
                &[("17:00", delta(4.0)), ("17:30", Asked::Reactive(9.0)), ("18:00", delta(-4.0))],
                &fixed,
                8_000,
            ),
        ] {
            assert_eq!(change(Status::Run, levels, baseline), expected, "{what}");
        }
    }

    #[test]
    fn a_stop_asks_for_no_change_and_a_notice_for_what_it_gives_notice_of() {
        let baseline = Baseline::Fixed { kw: 0.0 };
        for (status, expected) in
            [(Status::PreNotify, 2_000_000), (Status::Run, 2_000_000), (Status::RunNow, 2_000_000)]
        {
            assert_eq!(change(status, &[("17:00", Asked::Delta(2000.0))], &baseline), expected, "{status}");
        }
        for status in [Status::Stop, Status::EmergencyStop] {
            assert_eq!(change(status, &[], &baseline), 0, "{status}");
        }
    }

    #[test]
    fn what_runs_now_is_counted_from_now() {
        let baseline =
            Baseline::Daily { points: vec![("00:00".to_owned(), 900.0), ("17:00".to_owned(), 0.0)] };
        let levels = [("17:00", Asked::Absolute(0.0))];
        assert_eq!(change(Status::Run, &levels, &baseline), 0);
        assert_eq!(change(Status::RunNow, &levels, &baseline), 900_000);
    }
}
