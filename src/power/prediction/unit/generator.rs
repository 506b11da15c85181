//! A generator in motion: at standstill, starting, or running between its minimum stable level and its greatest.

use crate::power::asset::nearest_reachable;
use crate::power::{AssetState, Generator};

use super::super::route::Leg;
use super::super::{NEAR_KW, NEAR_S};
use super::{AnyUnit, Outlook, Unit, finite_or};

/// A generator and whether it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct GeneratorUnit {
    max: f64,
    min_stable: f64,
    ramps: (f64, f64),
    delay_s: f64,
    start_delay_s: f64,
    running: bool,
    /// It has stopped at this instant: its rest begins.
    has_stopped: bool,
    min_run_s: f64,
    min_rest_s: f64,
    /// Seconds for which it must still run, and rest.
    runs_s: f64,
    rests_s: f64,
    /// When it can be synchronised, once its start is under way: seconds of UTC.
    ready_at: Option<f64>,
}

impl GeneratorUnit {
    pub(in super::super) fn new(generator: &Generator, state: &AssetState, from: f64) -> Self {
        // What telemetry shows below half of the minimum stable level is noise of an engine at standstill.
        let running = state.running && state.kw >= generator.min_stable_kw / 2.0;
        let start = state.under_way.start_s.filter(|s| s.is_finite() && !running);
        Self {
            max: generator.max_kw,
            min_stable: generator.min_stable_kw,
            ramps: (generator.ramp_up_kw_per_min / 60.0, generator.ramp_down_kw_per_min / 60.0),
            delay_s: generator.delay_s,
            start_delay_s: generator.start_delay_s,
            min_run_s: generator.min_run_min * 60.0,
            min_rest_s: generator.min_rest_min * 60.0,
            runs_s: finite_or(state.under_way.holds_s, 0.0).max(0.0),
            rests_s: finite_or(state.under_way.rests_s, 0.0).max(0.0),
            running,
            has_stopped: false,
            ready_at: start.map(|seconds| from + seconds.max(0.0)),
        }
    }

    /// Its level at the start.
    pub(in super::super) fn level_of(&self, state: &AssetState) -> f64 {
        if self.running { finite_or(state.kw, self.min_stable).max(0.0).min(self.max) } else { 0.0 }
    }

    /// When it must be synchronised for the first leg ahead that it runs for, or for a setpoint after that.
    fn wanted_at(&self, outlook: Outlook<'_>) -> Option<f64> {
        let mut wanted: Option<f64> = None;
        let mut not_before = floor_of(outlook.leg);
        for leg in outlook.ahead {
            if leg.level > 0.0 {
                let at =
                    if leg.departs { leg.at } else { leg.at - (leg.level - self.min_stable) / self.ramps.0 };
                wanted = Some(wanted.map_or(at, |w| w.min(at)).max(not_before));
            }
            if leg.is_setpoint {
                if wanted.is_some() {
                    break;
                }
                not_before = leg.at;
            }
        }
        wanted
    }

    /// Whether it has not run for long enough to stop.
    fn must_run(&self) -> bool {
        self.runs_s > NEAR_S
    }

    /// Whether, with nothing asked, it stays at its minimum stable level since it could not start again in time.
    fn keeps_running(&self, outlook: Outlook<'_>) -> bool {
        let mut ahead = outlook.ahead.iter();
        let next = ahead.find(|leg| leg.level > 0.0 || leg.is_setpoint);
        outlook.is_home()
            && next.is_some_and(|leg| leg.level > 0.0)
            && self
                .wanted_at(outlook)
                .is_some_and(|at| at < outlook.t + self.min_rest_s + self.start_delay_s - NEAR_S)
    }
}

/// A setpoint is not left before its time.
fn floor_of(leg: Leg) -> f64 {
    if leg.is_setpoint { leg.at } else { f64::NEG_INFINITY }
}

impl Unit for GeneratorUnit {
    fn ramps(&self) -> (f64, f64) {
        self.ramps
    }

    fn delay_s(&self) -> f64 {
        if self.running { self.delay_s } else { 0.0 }
    }

    fn limits(&self) -> (f64, f64) {
        (0.0, self.max)
    }

    fn nearest(&self, asked: f64) -> f64 {
        nearest_reachable(asked, self.min_stable, self.max)
    }

    fn why_not(&self, asked: f64) -> &'static str {
        if asked > 0.0 && asked < self.min_stable { "minimum stable level" } else { "rating" }
    }

    fn farthest(&self, _x: f64) -> (f64, f64) {
        (if self.running && self.must_run() { self.min_stable } else { 0.0 }, self.max)
    }

    fn way_up(&self, t: f64, x: f64) -> Vec<(f64, f64)> {
        let (start, level) = if self.running {
            (t, x)
        } else {
            (self.ready_at.unwrap_or(t + self.rests_s + self.start_delay_s).max(t), self.min_stable)
        };
        let full = start + (self.max - level).max(0.0) / self.ramps.0;
        let standstill = (!self.running).then_some([(t, 0.0), (start, 0.0)]);
        standstill.into_iter().flatten().chain([(start, level), (full, self.max)]).collect()
    }

    fn way_down(&self, t: f64, x: f64) -> Vec<(f64, f64)> {
        if !self.running {
            return vec![(t, 0.0)];
        }
        let off = t + (x - self.min_stable).max(0.0) / self.ramps.1;
        let ceases = off.max(t + self.runs_s);
        vec![(t, x), (off, x.min(self.min_stable)), (ceases, x.min(self.min_stable)), (ceases, 0.0)]
    }

    fn origin(&self, x: f64) -> f64 {
        if self.running { x } else { self.min_stable }
    }

    fn station(&self, level: f64) -> f64 {
        if level > 0.0 { level } else { self.min_stable }
    }

    fn can_move(&self) -> bool {
        self.running
    }

    fn is_starting(&self) -> bool {
        self.ready_at.is_some()
    }

    fn settle(&mut self, x: f64, outlook: Outlook<'_>) -> f64 {
        let to_run = outlook.leg.level > 0.0;
        if self.running {
            if to_run || x > self.min_stable + NEAR_KW {
                return x;
            }
            if self.keeps_running(outlook) || self.must_run() {
                return self.min_stable;
            }
            self.cease();
        }
        if self.has_stopped {
            self.has_stopped = false;
            self.rests_s = self.min_rest_s;
        }
        let may_start = self.rests_s <= NEAR_S;
        let start_is_due = may_start
            && (to_run
                || self.wanted_at(outlook).is_some_and(|at| at - self.start_delay_s <= outlook.t + NEAR_S));
        if !start_is_due {
            self.ready_at = None;
        } else if self.ready_at.is_none() {
            self.ready_at = Some(outlook.t + self.start_delay_s);
        }
        if to_run && self.ready_at.is_some_and(|ready| ready <= outlook.t + NEAR_S) {
            self.running = true;
            self.runs_s = self.min_run_s;
            self.ready_at = None;
            return self.min_stable;
        }
        0.0
    }

    fn until_change(&self, outlook: Outlook<'_>) -> f64 {
        let next = match (self.running, self.ready_at) {
            (true, _) => self.must_run().then_some(outlook.t + self.runs_s),
            (false, Some(ready)) if outlook.leg.level > 0.0 => Some(ready),
            (false, Some(_)) => None,
            (false, None) if outlook.leg.level > 0.0 => Some(outlook.t + self.rests_s),
            (false, None) => {
                self.wanted_at(outlook).map(|at| (at - self.start_delay_s).max(outlook.t + self.rests_s))
            }
        };
        next.map_or(f64::INFINITY, |at| at - outlook.t)
    }

    fn hindrance(&self, _x: f64, outlook: Outlook<'_>) -> Option<&'static str> {
        if self.running {
            (outlook.leg.level <= 0.0 && self.must_run()).then_some("minimum run")
        } else {
            (outlook.leg.level > 0.0 && self.rests_s > NEAR_S).then_some("rest")
        }
    }

    fn cease(&mut self) {
        self.has_stopped |= self.running;
        self.running = false;
        self.ready_at = None;
    }

    fn advance(&mut self, _x: f64, _slope: f64, seconds: f64) {
        self.runs_s = (self.runs_s - seconds).max(0.0);
        self.rests_s = (self.rests_s - seconds).max(0.0);
    }

    fn describe(&self, t: f64, _x: f64, state: &mut AssetState) {
        state.running = self.running;
        state.under_way.holds_s = if self.running { self.runs_s } else { 0.0 };
        state.under_way.rests_s = self.rests_s;
        state.under_way.start_s = self.ready_at.map(|ready| (ready - t).max(0.0));
    }
}

impl From<GeneratorUnit> for AnyUnit {
    fn from(unit: GeneratorUnit) -> Self {
        Self::Generator(unit)
    }
}
