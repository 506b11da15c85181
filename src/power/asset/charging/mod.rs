//! Vehicles that charge under a limit, exactly: from one event to the next every one of them charges at one rate.

mod stay;
mod yard;

use std::sync::Arc;

use self::yard::Yard;
use crate::power::Curve;

/// A vehicle's stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::power) struct Session {
    /// When it is plugged in, seconds of UTC.
    pub(in crate::power) from: f64,
    /// When it leaves, and must have its energy.
    pub(in crate::power) until: f64,
    /// kWh that it takes.
    pub(in crate::power) kwh: f64,
}

/// A vehicle that is plugged in and still takes energy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vehicle {
    /// When it leaves, seconds of UTC.
    pub until: f64,
    /// kWh that it still takes.
    pub kwh: f64,
    /// Whether a limit has held it back.
    pub held_back: bool,
}

/// The vehicles of a hub over some time.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::power) struct Charging {
    /// kW of a charge point.
    pub(in crate::power) point_kw: f64,
    /// kW of all together, at most.
    pub(in crate::power) connection_kw: f64,
    /// The step in which load is made up, kW.
    pub(in crate::power) step_kw: f64,
    /// Those that come in this time or are there when it begins, by arrival.
    pub(in crate::power) sessions: Arc<[Session]>,
    /// Those that are there when it begins, as they are; `None` when nothing has held them back.
    pub(in crate::power) plugged_in: Option<Arc<[Vehicle]>>,
    /// When it begins, seconds of UTC.
    pub(in crate::power) from: f64,
}

/// What came of it.
pub(in crate::power) struct Charged {
    /// kW that the vehicles took, in steps.
    pub(in crate::power) load: Curve,
    /// When they took back, freed, what a limit had kept from them: from, until.
    pub(in crate::power) catching_up: Vec<(f64, f64)>,
    /// Those that are still there at the end.
    pub(in crate::power) plugged_in: Vec<Vehicle>,
}

/// Less than this is nothing, kW.
const LITTLE_KW: f64 = 1e-6;
/// Less than this is nothing, kWh.
const LITTLE_KWH: f64 = 1e-9;
/// No two events are nearer, seconds.
const LITTLE_S: f64 = 1e-5;

impl Charging {
    /// Lets the vehicles charge until `until` under `limit`, kW of load of all together.
    pub(in crate::power) fn run(&self, limit: &Curve, until: f64) -> Charged {
        Yard::new(self).run(limit, until)
    }

    fn there_at_first(&self) -> Vec<Vehicle> {
        let left_alone = |s: &Session| Vehicle {
            until: s.until,
            kwh: s.kwh - self.point_kw * (self.from - s.from) / 3600.0,
            held_back: false,
        };
        match &self.plugged_in {
            Some(vehicles) => vehicles.to_vec(),
            None => self.sessions.iter().filter(|s| s.from <= self.from).map(left_alone).collect(),
        }
    }
}

/// A straight piece of a limit.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// kW where it begins.
    level: f64,
    /// kW per second.
    slope: f64,
    /// When it ends, seconds of UTC.
    end: f64,
}

impl Piece {
    /// A limit's from an instant on.
    fn at(limit: &Curve, t: f64) -> Self {
        let after = limit.points().partition_point(|p| p.0 <= t);
        let level = limit.at(t);
        match limit.points().get(after).copied() {
            Some((end, value)) if after > 0 => Self { level, slope: (value - level) / (end - t), end },
            Some((end, _)) => Self { end, ..Self::still(level) },
            None => Self::still(level),
        }
    }

    /// One that stands still for good.
    fn still(level: f64) -> Self {
        Self { level, slope: 0.0, end: f64::INFINITY }
    }

    /// The rest of it after so many seconds.
    fn after(&self, seconds: f64) -> Self {
        Self { level: self.level + self.slope * seconds, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yard(sessions: &[(f64, f64, f64)]) -> Charging {
        Charging {
            point_kw: 7.0,
            connection_kw: 14.0,
            step_kw: 1.4,
            sessions: sessions
                .iter()
                .map(|(from, until, kwh)| Session { from: *from, until: *until, kwh: *kwh })
                .collect(),
            plugged_in: None,
            from: 0.0,
        }
    }

    fn loads(curve: &Curve, want: &[(f64, f64)]) {
        for (t, kw) in want {
            assert!(
                (curve.at(*t) - kw).abs() < 1e-6,
                "{} kW at {t} s, not {kw}: {:?}",
                curve.at(*t),
                curve.points()
            );
        }
    }

    const FREE: f64 = 14.0;

    #[test]
    fn left_alone_a_vehicle_charges_from_its_arrival_until_it_has_its_energy() {
        // 7 kWh at 7 kW: an hour.
        let charged = yard(&[(600.0, 20_000.0, 7.0)]).run(&Curve::constant(FREE), 10_000.0);
        loads(&charged.load, &[(599.0, 0.0), (601.0, 7.0), (4199.0, 7.0), (4201.0, 0.0)]);
        assert_eq!(charged.catching_up, []);
    }

    #[test]
    fn a_connection_that_is_full_makes_the_later_one_to_leave_wait() {
        let three = [(100.0, 9000.0, 3.5), (100.0, 20_000.0, 3.5), (100.0, 12_000.0, 3.5)];
        let charged = yard(&three).run(&Curve::constant(FREE), 10_000.0);
        // Two for half an hour, then the third.
        loads(&charged.load, &[(101.0, 14.0), (1899.0, 14.0), (1901.0, 7.0), (3699.0, 7.0), (3701.0, 0.0)]);
    }

    #[test]
    fn under_a_limit_load_is_whole_steps_and_what_was_held_back_is_caught_up() {
        let limit = Curve::new(vec![(0.0, 3.0), (3600.0, 3.0), (3600.0, FREE), (9000.0, FREE)]).unwrap();
        let charged = yard(&[(0.0, 20_000.0, 7.0)]).run(&limit, 9000.0);
        // Two steps of 1.4 kW for an hour leave 4.2 kWh: 36 minutes at 7 kW.
        loads(&charged.load, &[(1.0, 2.8), (3599.0, 2.8), (3601.0, 7.0), (5759.0, 7.0), (5761.0, 0.0)]);
        assert_eq!(charged.catching_up.len(), 1);
        assert!(
            (charged.catching_up[0].0 - 3600.0).abs() < 1e-3
                && (charged.catching_up[0].1 - 5760.0).abs() < 1e-3
        );
    }

    #[test]
    fn a_vehicle_that_would_leave_without_its_energy_is_charged_whatever_the_limit_is() {
        // 7 kWh by 7,200 s: it must begin at 3,600 s.
        let charged = yard(&[(0.0, 7200.0, 7.0)]).run(&Curve::constant(0.0), 9000.0);
        loads(&charged.load, &[(3599.0, 0.0), (3601.0, 7.0), (7199.0, 7.0), (7201.0, 0.0)]);
    }

    #[test]
    fn a_limit_that_moves_is_followed_step_by_step() {
        let limit = Curve::new(vec![(0.0, 14.0), (1000.0, 0.0)]).unwrap();
        let two = yard(&[(0.0, 1e6, 100.0), (0.0, 1e6, 100.0)]).run(&limit, 1500.0);
        for (t, load) in two.load.points().iter().filter(|p| p.0 < 1000.0) {
            let most = 14.0 - 14.0 * t / 1000.0;
            assert!(*load <= most + 1.4 + 1e-4, "{load} kW at {t} s");
        }
        loads(&two.load, &[(50.0, 12.6), (499.0, 7.0), (950.0, 0.0), (1200.0, 0.0)]);
        let kwh = two.load.integral_hours(0.0, 1000.0);
        // Below the limit by less than a step, half of one on the mean.
        assert!(kwh < 7.0 / 3.6 && kwh > (7.0 - 1.4) / 3.6, "{kwh}");
    }

    #[test]
    fn going_on_from_any_moment_changes_nothing() {
        let all = [(0.0, 9000.0, 6.0), (500.0, 7000.0, 5.0), (900.0, 20_000.0, 9.0), (4000.0, 15_000.0, 4.0)];
        let limit = Curve::new(vec![
            (0.0, FREE),
            (800.0, FREE),
            (1400.0, 2.0),
            (5000.0, 2.0),
            (5600.0, FREE),
            (1e5, FREE),
        ])
        .unwrap();
        let whole = yard(&all).run(&limit, 12_000.0);
        for stop in [300.0, 1000.0, 3333.3, 5400.0, 8000.0] {
            let first = yard(&all).run(&limit, stop);
            let rest = Charging { plugged_in: Some(first.plugged_in.into()), from: stop, ..yard(&all) };
            let rest = rest.run(&limit, 12_000.0);
            for t in 0..1200 {
                let t = f64::from(t) * 10.0 + 5.0;
                if t > stop + 1.0 {
                    assert!((whole.load.at(t) - rest.load.at(t)).abs() < 1e-6, "at {t} again from {stop}");
                }
            }
        }
    }

    #[test]
    fn when_the_connection_is_full_of_those_that_must_the_first_to_leave_goes_before_the_others() {
        // Two charge points' worth, and three that would each have to charge all the time.
        let three = [(0.0, 7200.0, 14.0), (0.0, 3600.0, 7.0), (0.0, 5400.0, 10.5)];
        let charged = yard(&three).run(&Curve::constant(0.0), 9000.0);
        // The one of 7200 s has its turn when that of 3600 s has left, and leaves with half of its energy.
        loads(&charged.load, &[(1.0, 14.0), (3601.0, 14.0), (5399.0, 14.0), (5401.0, 7.0), (7199.0, 7.0)]);
        let kwh = charged.load.integral_hours(0.0, 9000.0);
        assert!((kwh - (7.0 + 10.5 + 7.0)).abs() < 1e-6, "{kwh}");
    }

    #[test]
    fn one_that_comes_late_and_leaves_soon_takes_the_place_of_one_that_can_wait() {
        // Room for one and a half; the second to come leaves first.
        let limit = Curve::constant(10.0);
        let charged = yard(&[(0.0, 90_000.0, 7.0), (1800.0, 20_000.0, 7.0)]).run(&limit, 20_000.0);
        // 3.5 kWh by 1800 s; then 2.8 kW beside the other's 7 until that has its energy at 5400 s.
        loads(&charged.load, &[(1799.0, 7.0), (1801.0, 9.8), (5399.0, 9.8), (5401.0, 7.0), (5759.0, 7.0)]);
        loads(&charged.load, &[(5761.0, 0.0)]);
    }
}
