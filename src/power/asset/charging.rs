//! Vehicles that charge under a limit, exactly: from one event to the next every one of them charges at one rate.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

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
        let mut yard = Yard {
            of: self,
            t: self.from,
            arrivals: self.sessions.iter().filter(|s| s.from > self.from).copied().collect(),
            next_arrival: 0,
            vehicles: self.there_at_first(),
            rates: Vec::new(),
            points: Vec::new(),
            catching_up: Vec::new(),
        };
        while yard.t < until {
            if !yard.go_on_freely(limit, until) {
                yard.go_on(limit, until);
            }
        }
        yard.come_and_go();
        let load = yard.rated(limit.at(until), 0.0).load;
        yard.record(load);
        Charged {
            load: Curve::from_ordered(yard.points),
            catching_up: yard.catching_up,
            plugged_in: yard.vehicles,
        }
    }

    fn there_at_first(&self) -> Vec<Vehicle> {
        let left_alone = |s: &Session| Vehicle {
            until: s.until,
            kwh: s.kwh - self.point_kw * (self.from - s.from) / 3600.0,
            held_back: false,
        };
        let mut vehicles: Vec<Vehicle> = match &self.plugged_in {
            Some(vehicles) => vehicles.to_vec(),
            None => self.sessions.iter().filter(|s| s.from <= self.from).map(left_alone).collect(),
        };
        vehicles.sort_by(|a, b| a.until.total_cmp(&b.until));
        vehicles
    }
}

/// The vehicles at one instant, those that leave first before the others.
struct Yard<'a> {
    of: &'a Charging,
    t: f64,
    arrivals: Vec<Session>,
    next_arrival: usize,
    vehicles: Vec<Vehicle>,
    /// kW of each vehicle.
    rates: Vec<f64>,
    points: Vec<(f64, f64)>,
    catching_up: Vec<(f64, f64)>,
}

/// What is charged at one instant, and for how long it stays so as far as the limit goes.
struct Rated {
    load: f64,
    /// Seconds until the limit asks for another load.
    seconds: f64,
}

/// When a vehicle that charges at full rate has its energy or leaves.
#[derive(Clone, Copy, Debug)]
struct Done {
    at: f64,
    was_held_back: bool,
}

impl Ord for Done {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at)
    }
}

impl PartialOrd for Done {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Done {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Done {}

impl Yard<'_> {
    /// For as long as the limit stands still and there is room for all at full rate, each vehicle by itself: then only
    /// how many there are changes. `false` when that is not for now.
    fn go_on_freely(&mut self, limit: &Curve, until: f64) -> bool {
        self.come_and_go();
        let (level, slope, piece_end) = piece_at(limit, self.t);
        let Charging { point_kw, connection_kw, .. } = *self.of;
        let is_room_for =
            |vehicles: usize| count(vehicles) * point_kw <= level.min(connection_kw) + LITTLE_KW;
        if slope != 0.0 || !is_room_for(self.vehicles.len()) {
            return false;
        }
        let end = piece_end.min(until);
        let done = |vehicle: &Vehicle, from: f64| Done {
            at: (from + vehicle.kwh * 3600.0 / point_kw).min(vehicle.until),
            was_held_back: vehicle.held_back,
        };
        let mut to_come: BinaryHeap<Reverse<Done>> =
            self.vehicles.iter().map(|vehicle| Reverse(done(vehicle, self.t))).collect();
        let mut held_back = self.vehicles.iter().filter(|vehicle| vehicle.held_back).count();
        let mut caught_up_at = (held_back > 0).then_some(end);
        let mut came: Vec<(f64, Vehicle)> = Vec::new();
        self.record_at(self.t, count(to_come.len()) * point_kw);
        let stops = loop {
            let arrival = self.arrivals.get(self.next_arrival).filter(|session| session.from < end);
            let leaves = to_come.peek().map(|Reverse(done)| done.at).filter(|at| *at < end);
            let t = match (arrival, leaves) {
                (None, None) => break end,
                (Some(session), leaves) if leaves.is_none_or(|at| session.from < at) => {
                    if !is_room_for(to_come.len() + 1) {
                        break session.from;
                    }
                    let vehicle = Vehicle { until: session.until, kwh: session.kwh, held_back: false };
                    self.next_arrival += 1;
                    to_come.push(Reverse(done(&vehicle, session.from)));
                    came.push((session.from, vehicle));
                    session.from
                }
                (_, leaves) => {
                    if to_come.pop().is_some_and(|Reverse(done)| done.was_held_back) {
                        held_back -= 1;
                        caught_up_at = caught_up_at.filter(|_| held_back > 0).or(leaves);
                    }
                    leaves.unwrap_or(end)
                }
            };
            self.record_at(t, count(to_come.len()) * point_kw);
        };
        let is_free = level >= connection_kw - LITTLE_KW;
        if let Some(at) = caught_up_at.filter(|_| is_free) {
            self.catches_up_until(at.min(stops));
        }
        let charged = |from: f64, vehicle: Vehicle| Vehicle {
            kwh: vehicle.kwh - point_kw * (stops - from) / 3600.0,
            ..vehicle
        };
        let since = self.t;
        let there = std::mem::take(&mut self.vehicles).into_iter().map(|vehicle| (since, vehicle));
        self.vehicles = there.chain(came).map(|(from, vehicle)| charged(from, vehicle)).collect();
        self.vehicles.sort_by(|a, b| a.until.total_cmp(&b.until));
        self.t = stops;
        true
    }

    /// To the next event.
    fn go_on(&mut self, limit: &Curve, until: f64) {
        self.come_and_go();
        let (level, slope, piece_end) = piece_at(limit, self.t);
        let rated = self.rated(level, slope);
        self.record(rated.load);
        let seconds = rated.seconds.min(self.until_a_vehicle_changes());
        let t = (self.t + seconds.max(LITTLE_S)).min(piece_end).min(until);
        let is_free = level >= self.of.connection_kw - LITTLE_KW && slope >= 0.0;
        self.charge(t, is_free);
    }

    /// Vehicles that are plugged in by now; those that have left or have their energy are not looked at any more.
    fn come_and_go(&mut self) {
        while let Some(session) = self.arrivals.get(self.next_arrival).filter(|s| s.from <= self.t + LITTLE_S)
        {
            let vehicle = Vehicle { until: session.until, kwh: session.kwh, held_back: false };
            let place = self.vehicles.partition_point(|v| v.until <= vehicle.until);
            self.vehicles.insert(place, vehicle);
            self.next_arrival += 1;
        }
        let t = self.t;
        self.vehicles.retain(|v| v.kwh > LITTLE_KWH && v.until > t + LITTLE_S);
    }

    /// Gives each vehicle its rate under a limit of `level` kW that moves with `slope`.
    fn rated(&mut self, level: f64, slope: f64) -> Rated {
        let Charging { point_kw, connection_kw, step_kw, .. } = *self.of;
        self.rates.clear();
        self.rates.resize(self.vehicles.len(), 0.0);
        let mut forced = 0.0;
        for (vehicle, rate) in self.vehicles.iter().zip(&mut self.rates) {
            if self.of.slack_s(vehicle, self.t) <= LITTLE_S && forced + point_kw <= connection_kw + LITTLE_KW
            {
                *rate = point_kw;
                forced += point_kw;
            }
        }
        let free = level.min(connection_kw) - forced;
        let (mut used, mut next) = (0.0, None);
        for rate in self.rates.iter_mut().filter(|rate| **rate == 0.0) {
            let left = free - used + LITTLE_KW;
            if left >= point_kw {
                *rate = point_kw;
                used += point_kw;
                continue;
            }
            *rate = (left / step_kw).floor().max(0.0) * step_kw;
            used += *rate;
            next = Some(used - *rate + (*rate + step_kw).min(point_kw));
            break;
        }
        let seconds = if slope > 0.0 {
            next.map_or(f64::INFINITY, |next| (next - free) / slope)
        } else if slope < 0.0 && used > 0.0 {
            (free - used + 2.0 * LITTLE_KW) / -slope
        } else {
            f64::INFINITY
        };
        Rated { load: forced + used, seconds }
    }

    /// Seconds until one comes, leaves, has its energy or must be charged from then on.
    fn until_a_vehicle_changes(&self) -> f64 {
        let arrival = self.arrivals.get(self.next_arrival).map_or(f64::INFINITY, |s| s.from - self.t);
        self.vehicles.iter().zip(&self.rates).fold(arrival, |soonest, (vehicle, rate)| {
            let full = if *rate > 0.0 { vehicle.kwh * 3600.0 / rate } else { f64::INFINITY };
            let spending = 1.0 - rate / self.of.point_kw;
            let slack = self.of.slack_s(vehicle, self.t);
            let must = if spending > 0.0 && slack > LITTLE_S { slack / spending } else { f64::INFINITY };
            soonest.min(full).min(must).min(vehicle.until - self.t)
        })
    }

    /// Lets them charge at their rates until `t`.
    fn charge(&mut self, t: f64, is_free: bool) {
        let seconds = t - self.t;
        let mut catches_up = false;
        for (vehicle, rate) in self.vehicles.iter_mut().zip(&self.rates) {
            catches_up |= is_free && vehicle.held_back;
            vehicle.held_back |= !is_free && *rate < self.of.point_kw;
            vehicle.kwh -= rate * seconds / 3600.0;
        }
        if catches_up {
            self.catches_up_until(t);
        }
        self.t = t;
    }

    /// From now until `t` there is one that takes back what a limit has kept from it.
    fn catches_up_until(&mut self, t: f64) {
        let since = self.t;
        match self.catching_up.last_mut().filter(|last| last.1 >= since) {
            Some(last) => last.1 = t,
            None => self.catching_up.push((since, t)),
        }
    }

    fn record(&mut self, load: f64) {
        self.record_at(self.t, load);
    }

    fn record_at(&mut self, at: f64, load: f64) {
        match self.points.last().copied() {
            Some((_, before)) if before == load && self.points.len() > 1 => {
                let before_last = self.points[self.points.len() - 2];
                if before_last.1 == load {
                    self.points.pop();
                }
                self.points.push((at, load));
            }
            Some((t, before)) if before != load => {
                if t < at {
                    self.points.push((at, before));
                }
                self.points.push((at, load));
            }
            _ => self.points.push((at, load)),
        }
    }
}

impl Charging {
    /// Seconds for which a vehicle can still do without being charged.
    fn slack_s(&self, vehicle: &Vehicle, t: f64) -> f64 {
        vehicle.until - t - vehicle.kwh * 3600.0 / self.point_kw
    }
}

#[expect(clippy::cast_precision_loss, reason = "as many vehicles as a hub has points for")]
fn count(vehicles: usize) -> f64 {
    vehicles as f64
}

/// A curve's value at an instant, its slope from there on, and until when it keeps it.
fn piece_at(curve: &Curve, t: f64) -> (f64, f64, f64) {
    let after = curve.points().partition_point(|p| p.0 <= t);
    let level = curve.at(t);
    let Some((end, value)) = curve.points().get(after).copied().filter(|_| after > 0) else {
        let end = curve.points().get(after).map_or(f64::INFINITY, |p| p.0);
        return (level, 0.0, end);
    };
    (level, (value - level) / (end - t), end)
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
}
