//! A hub's vehicles from event to event. Each is looked at when it comes, when what it is given changes, when it has its
//! energy, when it must be charged from then on, and when it leaves: however many others there are.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::stay::{Foreseen, Place, Stay};
use super::{Charged, Charging, LITTLE_KW, LITTLE_KWH, LITTLE_S, Piece, Vehicle};
use crate::power::Curve;

/// What is charged at one instant, and for how long it stays so as far as the limit goes.
struct Settled {
    load: f64,
    /// Seconds until the limit asks for another load.
    seconds: f64,
}

/// The vehicles at one instant.
pub(super) struct Yard<'a> {
    of: &'a Charging,
    t: f64,
    stays: Vec<Stay>,
    /// When each of those that are still to come does, and its stay.
    arrivals: Vec<(f64, usize)>,
    next_arrival: usize,
    /// All of them leave sooner than any that waits.
    served: BTreeSet<usize>,
    /// The first of them is given what is left over in whole steps, the others nothing.
    waiting: BTreeSet<usize>,
    must: BTreeSet<usize>,
    /// Those of the served and the waiting that would have to be charged, but the connection is full of those that leave
    /// sooner.
    overdue: BTreeSet<usize>,
    /// The one that is given what is left over.
    partly: Option<usize>,
    /// Those that have come to wait since all was settled.
    entered: Vec<usize>,
    foreseen: BinaryHeap<Reverse<Foreseen>>,
    /// How many that are there have been held back.
    held_back: usize,
    points: Vec<(f64, f64)>,
    catching_up: Vec<(f64, f64)>,
}

impl<'a> Yard<'a> {
    /// As it stands when it begins.
    pub(super) fn new(of: &'a Charging) -> Self {
        let there = of.there_at_first().into_iter().map(|vehicle| (of.from, vehicle));
        let coming = of.sessions.iter().filter(|s| s.from > of.from);
        let coming = coming.map(|s| (s.from, Vehicle { until: s.until, kwh: s.kwh, held_back: false }));
        let mut all: Vec<(f64, Vehicle)> = there.chain(coming).collect();
        all.sort_by(|a, b| a.1.until.total_cmp(&b.1.until));
        let mut arrivals: Vec<(f64, usize)> =
            all.iter().enumerate().map(|(stay, (from, _))| (*from, stay)).collect();
        arrivals.sort_by(|a, b| a.0.total_cmp(&b.0));
        let stay = |(since, vehicle): &(f64, Vehicle)| Stay {
            until: vehicle.until,
            kwh: vehicle.kwh,
            since: *since,
            rate: 0.0,
            held_back: vehicle.held_back,
            place: Place::Away,
            version: 0,
        };
        Self {
            of,
            t: of.from,
            stays: all.iter().map(stay).collect(),
            arrivals,
            next_arrival: 0,
            served: BTreeSet::new(),
            waiting: BTreeSet::new(),
            must: BTreeSet::new(),
            overdue: BTreeSet::new(),
            partly: None,
            entered: Vec::new(),
            foreseen: BinaryHeap::new(),
            held_back: 0,
            points: Vec::new(),
            catching_up: Vec::new(),
        }
    }

    /// Goes on until `until` under `limit`.
    pub(super) fn run(mut self, limit: &Curve, until: f64) -> Charged {
        while self.t < until {
            self.go_through(&Piece::at(limit, self.t), until);
        }
        let last = Piece::still(limit.at(until));
        let load = self.settle(&last).load;
        self.record(load);
        Charged {
            load: Curve::from_ordered(std::mem::take(&mut self.points)),
            catching_up: std::mem::take(&mut self.catching_up),
            plugged_in: self.there(),
        }
    }

    /// To the end of a straight piece of the limit.
    fn go_through(&mut self, piece: &Piece, until: f64) {
        let is_free = piece.level >= self.of.connection_kw - LITTLE_KW && piece.slope >= 0.0;
        let (began, end) = (self.t, piece.end.min(until));
        let mut is_first = true;
        while self.t < end {
            let settled = self.settle(&piece.after(self.t - began));
            self.record(settled.load);
            if !is_free {
                self.hold_back(is_first);
            }
            is_first = false;
            let next = (self.t + settled.seconds).min(self.next_event());
            let t = next.max(self.t + LITTLE_S).min(end);
            if is_free && self.held_back > 0 {
                self.catches_up_until(t);
            }
            self.t = t;
        }
    }

    /// Sees to all that is due, and gives each vehicle its rate.
    fn settle(&mut self, limit: &Piece) -> Settled {
        self.entered.clear();
        self.see_to_what_is_due();
        self.let_in();
        self.force();
        let free = limit.level.min(self.of.connection_kw) - count(self.must.len()) * self.of.point_kw;
        self.serve(free);
        let partly_kw = self.give_what_is_left(free);
        for stay in std::mem::take(&mut self.entered) {
            if self.stays[stay].place == Place::Waiting && self.partly != Some(stay) {
                self.set_rate(stay, 0.0);
                self.entered.push(stay);
            }
        }
        self.entered.extend(self.partly);
        let used = count(self.served.len()) * self.of.point_kw + partly_kw;
        Settled {
            load: count(self.must.len()) * self.of.point_kw + used,
            seconds: self.until_a_step(limit.slope, free, used, partly_kw),
        }
    }

    /// Seconds until a limit that moves takes a step away or has room for one more.
    fn until_a_step(&self, slope: f64, free: f64, used: f64, partly_kw: f64) -> f64 {
        let Charging { point_kw, step_kw, .. } = *self.of;
        if slope > 0.0 && self.partly.is_some() {
            let next = used - partly_kw + (partly_kw + step_kw).min(point_kw);
            (next - free) / slope
        } else if slope < 0.0 && used > 0.0 {
            (free - used + 2.0 * LITTLE_KW) / -slope
        } else {
            f64::INFINITY
        }
    }

    fn see_to_what_is_due(&mut self) {
        let mut due = Vec::new();
        while let Some(Reverse(next)) = self.foreseen.peek().copied().filter(|f| f.0.at <= self.t + LITTLE_S)
        {
            self.foreseen.pop();
            if self.stays[next.stay].version == next.version {
                due.push(next.stay);
            }
        }
        for stay in due {
            self.charge(stay);
            if self.is_done(stay) {
                self.take_out(stay);
                self.held_back -= usize::from(self.stays[stay].held_back);
                self.stays[stay].version += 1;
            } else if self.is_pressed(stay) {
                self.take_out(stay);
                self.press(stay);
            } else {
                self.foresee(stay);
            }
        }
    }

    /// Those that have come by now.
    fn let_in(&mut self) {
        while let Some((_, stay)) =
            self.arrivals.get(self.next_arrival).copied().filter(|a| a.0 <= self.t + LITTLE_S)
        {
            self.next_arrival += 1;
            self.stays[stay].since = self.t;
            if self.is_done(stay) {
                continue;
            }
            self.held_back += usize::from(self.stays[stay].held_back);
            if self.is_pressed(stay) {
                self.press(stay);
            } else {
                self.queue(stay);
            }
        }
    }

    /// Those that must be charged are, as far as the connection goes, those first that leave first.
    fn force(&mut self) {
        let room = places(self.of.connection_kw, self.of.point_kw);
        while self.must.len() > room {
            let Some(last) = self.must.pop_last() else { break };
            self.overdue.insert(last);
            self.queue(last);
        }
        while self.must.len() < room {
            let Some(first) = self.overdue.first().copied() else { break };
            self.take_out(first);
            self.press(first);
        }
    }

    /// As many of the others at full rate as `free` kW have room for.
    fn serve(&mut self, free: f64) {
        let room = places(free, self.of.point_kw);
        while self.served.len() > room {
            let Some(last) = self.served.pop_last() else { break };
            self.wait(last);
        }
        while self.served.len() < room {
            let Some(first) = self.waiting.pop_first() else { break };
            self.stays[first].place = Place::Served;
            self.served.insert(first);
            if self.partly == Some(first) {
                self.partly = None;
            }
            self.set_rate(first, self.of.point_kw);
        }
    }

    /// What is left over in whole steps, to the first that waits. Answers how much, kW.
    fn give_what_is_left(&mut self, free: f64) -> f64 {
        let first = self.waiting.first().copied();
        if let Some(former) = self.partly.filter(|former| first != Some(*former)) {
            self.set_rate(former, 0.0);
        }
        self.partly = first;
        let Some(first) = first else { return 0.0 };
        let left = free - count(self.served.len()) * self.of.point_kw + LITTLE_KW;
        let kw = (left / self.of.step_kw).floor().max(0.0) * self.of.step_kw;
        self.set_rate(first, kw);
        kw
    }

    /// Takes its place among those that are charged as there is room.
    fn queue(&mut self, stay: usize) {
        if self.served.last().is_some_and(|last| stay < *last) {
            self.stays[stay].place = Place::Served;
            self.served.insert(stay);
            self.set_rate(stay, self.of.point_kw);
        } else {
            self.wait(stay);
        }
    }

    /// Charges it whatever the limit is.
    fn press(&mut self, stay: usize) {
        self.stays[stay].place = Place::Must;
        self.must.insert(stay);
        self.set_rate(stay, self.of.point_kw);
    }

    fn wait(&mut self, stay: usize) {
        self.stays[stay].place = Place::Waiting;
        self.waiting.insert(stay);
        self.entered.push(stay);
    }

    fn take_out(&mut self, stay: usize) {
        match self.stays[stay].place {
            Place::Served => self.served.remove(&stay),
            Place::Waiting => self.waiting.remove(&stay),
            Place::Must => self.must.remove(&stay),
            Place::Away => false,
        };
        self.stays[stay].place = Place::Away;
        self.overdue.remove(&stay);
        self.partly = self.partly.filter(|partly| *partly != stay);
    }

    /// Counts what it has been given so far.
    fn charge(&mut self, stay: usize) {
        let t = self.t;
        let stay = &mut self.stays[stay];
        stay.kwh -= stay.rate * (t - stay.since) / 3600.0;
        stay.since = t;
    }

    fn set_rate(&mut self, stay: usize, kw: f64) {
        if self.stays[stay].version > 0 && self.stays[stay].rate == kw {
            return;
        }
        self.charge(stay);
        self.stays[stay].rate = kw;
        self.foresee(stay);
    }

    /// When something will happen to it at its present rate.
    fn foresee(&mut self, stay: usize) {
        let Stay { rate, kwh, until, version, .. } = self.stays[stay];
        let full_s = if rate > 0.0 { kwh * 3600.0 / rate } else { f64::INFINITY };
        let spending = 1.0 - rate / self.of.point_kw;
        let can_be_pressed = spending > 0.0 && !self.overdue.contains(&stay);
        let pressed_s = if can_be_pressed { self.slack_s(stay).max(0.0) / spending } else { f64::INFINITY };
        let (at, version) = ((self.t + full_s.min(pressed_s)).min(until), version + 1);
        self.stays[stay].version = version;
        self.foreseen.push(Reverse(Foreseen { at, stay, version }));
    }

    /// When the next comes, or something happens to one that is there.
    fn next_event(&mut self) -> f64 {
        let is_void = |f: &Foreseen, stays: &[Stay]| stays[f.stay].version != f.version;
        while self.foreseen.peek().is_some_and(|Reverse(f)| is_void(f, &self.stays)) {
            self.foreseen.pop();
        }
        let arrival = self.arrivals.get(self.next_arrival).map_or(f64::INFINITY, |a| a.0);
        self.foreseen.peek().map_or(arrival, |Reverse(f)| f.at.min(arrival))
    }

    /// Seconds for which a vehicle can still do without being charged.
    fn slack_s(&self, stay: usize) -> f64 {
        let Stay { until, kwh, .. } = self.stays[stay];
        until - self.t - kwh * 3600.0 / self.of.point_kw
    }

    /// Whether it would else leave without its energy, and nobody has found the connection full for it.
    fn is_pressed(&self, stay: usize) -> bool {
        self.stays[stay].place != Place::Must
            && !self.overdue.contains(&stay)
            && self.slack_s(stay) <= LITTLE_S
    }

    /// Whether it has its energy or has left.
    fn is_done(&self, stay: usize) -> bool {
        let Stay { until, kwh, rate, .. } = self.stays[stay];
        kwh <= LITTLE_KWH.max(rate * LITTLE_S / 3600.0) || until <= self.t + LITTLE_S
    }

    /// A limit keeps from those that wait what they would take: of all of them, or of those that have just come to it.
    fn hold_back(&mut self, all: bool) {
        let entered = std::mem::take(&mut self.entered);
        let Self { waiting, stays, held_back, .. } = self;
        let mut hold = |stay: usize| {
            *held_back += usize::from(!stays[stay].held_back);
            stays[stay].held_back = true;
        };
        if all {
            waiting.iter().copied().for_each(&mut hold);
        } else {
            entered.iter().copied().for_each(&mut hold);
        }
        self.entered = entered;
    }

    /// From now until `t` there is one that takes back what a limit has kept from it.
    fn catches_up_until(&mut self, t: f64) {
        let since = self.t;
        match self.catching_up.last_mut().filter(|last| last.1 >= since) {
            Some(last) => last.1 = t,
            None => self.catching_up.push((since, t)),
        }
    }

    /// Those that are there and still take energy.
    fn there(mut self) -> Vec<Vehicle> {
        let there: Vec<usize> =
            (0..self.stays.len()).filter(|n| self.stays[*n].place != Place::Away).collect();
        there.iter().for_each(|stay| self.charge(*stay));
        let staying = there.into_iter().filter(|stay| !self.is_done(*stay)).map(|stay| self.stays[stay]);
        staying.map(|s| Vehicle { until: s.until, kwh: s.kwh, held_back: s.held_back }).collect()
    }

    fn record(&mut self, load: f64) {
        let at = self.t;
        match self.points.last().copied() {
            Some((_, before)) if before == load && self.points.len() > 1 => {
                if self.points[self.points.len() - 2].1 == load {
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

/// How many charge points at full rate fit into so many kW.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of f64 saturates")]
fn places(kw: f64, point_kw: f64) -> usize {
    ((kw + LITTLE_KW) / point_kw).floor().max(0.0) as usize
}

#[expect(clippy::cast_precision_loss, reason = "as many vehicles as a hub has points for")]
fn count(vehicles: usize) -> f64 {
    vehicles as f64
}
