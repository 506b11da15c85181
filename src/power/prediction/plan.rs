//! A unit's exact future under one instruction.

use crate::power::{Asset, AssetState, Baseline, Curve, Follow, Instruction};

use super::miss::{Judge, Miss};
use super::nature::{Beneath, Nature};
use super::phase::{Mark, UnitPhase};
use super::route::{Leg, Purpose, Surveyor};
use super::unit::{AnyUnit, BatteryUnit, GeneratorUnit, HeatPumpsUnit, LimitedUnit, TurnDownUnit, Unit};
use super::walk::{Itinerary, Knot, Walked, walk};

/// A unit's exact future under one instruction, in closed form between events.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Net kW from the instant of planning on.
    pub curve: Curve,
    /// State of charge (0 to 1) at the breakpoints of the net power, where the asset has one. It is piecewise
    /// quadratic during ramps: use [`Plan::state_at`] for exact values.
    pub soc: Option<Curve>,
    /// Phases in time order; the first begins at the instant of planning.
    pub marks: Vec<Mark>,
    /// Destinations that will be missed, in order; empty when all is delivered.
    pub misses: Vec<Miss>,
    knots: Vec<Knot>,
    nature: Nature,
    set: Curve,
    following: Option<u64>,
    acts_at: f64,
    rest: AssetState,
}

impl Plan {
    /// The unit's whole state at an instant, to plan anew from.
    pub fn state_at(&self, t: f64) -> AssetState {
        let plugged_in = self.nature.plugged_in(&self.set, t);
        AssetState { plugged_in, ..self.own_state_at(t) }
    }

    /// The state of charge (0 to 1) at an instant, where the asset has one.
    pub fn soc_at(&self, t: f64) -> Option<f64> {
        let has_one = self.soc.is_some() || self.rest.soc.is_some();
        has_one.then(|| self.own_state_at(t).soc).flatten()
    }

    /// The unit's state without the vehicles beneath it, which are to be followed from the beginning of the plan.
    fn own_state_at(&self, t: f64) -> AssetState {
        let mut state = AssetState { kw: self.curve.at(t), ..self.rest.clone() };
        let after = self.knots.partition_point(|knot| knot.t <= t);
        let Some(knot) = self.knots.get(after.saturating_sub(1)) else { return state };
        let t = t.max(knot.t);
        state.under_way.following = self.following;
        state.under_way.wait_s = (self.acts_at - t).max(0.0);
        state.under_way.toward_kw = match knot.leg.purpose {
            Purpose::Home | Purpose::Rest => None,
            Purpose::Target(_) | Purpose::Former => Some(knot.leg.level),
        };
        state.inhibited = knot.leg.purpose == Purpose::Rest;
        let seconds = t - knot.t;
        let x = knot.x + knot.slope * seconds;
        knot.unit.later(knot.x, knot.slope, seconds).describe(t, x, &mut state);
        state
    }

    /// The phase at an instant.
    pub fn phase_at(&self, t: f64) -> UnitPhase {
        let after = self.marks.partition_point(|mark| mark.at <= t);
        self.marks.get(after.saturating_sub(1)).map_or(UnitPhase::Off, |mark| mark.phase)
    }
}

/// Plans a unit's future from `from` on: `state` is where it stands at `from`. `None` for the instruction means that
/// nothing is asked: the unit returns to, or stays at, baseline. The curve covers at least until `until` and the end
/// of the instruction's window.
///
/// What a setpoint means is the dispatch profile's section 2: a destination. The unit stays where it is until it must
/// leave to be at the level at its time, holds it until it must leave for the next, and after the last until the end.
/// It never leaves a setpoint before its time for the sake of the next. What cannot be reached in time is gone to at
/// once, and named in [`Plan::misses`].
///
/// An instruction that the unit does not follow yet takes effect after its delay; until then it goes on as before.
/// An asset that [`Asset::faults`] names a fault of does not move.
pub fn plan(
    asset: &Asset,
    baseline: &Baseline,
    state: &AssetState,
    instruction: Option<&Instruction>,
    from: f64,
    until: f64,
) -> Plan {
    if !(asset.faults().is_empty() && from.is_finite() && until.is_finite()) {
        return at_rest(state, from);
    }
    let end = instruction.map_or(from, |i| i.end.min(from + LONGEST_WINDOW_S));
    let outing = Outing::new(asset, baseline, state, from, until.max(end));
    match asset {
        Asset::Battery(battery) => {
            let unit = BatteryUnit::new(battery, state);
            outing.plan(unit, unit.level_of(state), instruction)
        }
        Asset::Generator(generator) => {
            let unit = GeneratorUnit::new(generator, state, from);
            outing.plan(unit, unit.level_of(state), instruction)
        }
        Asset::TurnDown(turn_down) => {
            let unit = TurnDownUnit::new(turn_down, state);
            outing.plan(unit, unit.level_of(state, outing.base.at(from)), instruction)
        }
        Asset::HeatPumps(pumps) => {
            let unit = HeatPumpsUnit::new(pumps, state);
            outing.plan(unit, unit.level_of(state, outing.base.at(from)), instruction)
        }
        Asset::EvHub(hub) => {
            let unit = LimitedUnit::hub(hub);
            outing.plan(unit, unit.level_of(state), instruction)
        }
        Asset::Renewable(farm) => {
            let unit = LimitedUnit::farm(farm);
            outing.plan(unit, unit.level_of(state), instruction)
        }
    }
}

/// A unit's state and time, before it is told anything.
pub(super) struct Outing<'a> {
    pub(super) state: &'a AssetState,
    /// The baseline as far as a unit looks ahead.
    pub(super) base: Curve,
    /// What lies beneath a limit.
    pub(super) nature: Nature,
    pub(super) from: f64,
    pub(super) until: f64,
}

/// The farthest that a unit looks ahead for a step of its baseline, seconds.
const FARTHEST_S: f64 = 172_800.0;

/// A window that is longer is planned as far as this, seconds.
const LONGEST_WINDOW_S: f64 = 31.0 * 86_400.0;

impl<'a> Outing<'a> {
    pub(super) fn new(
        asset: &Asset,
        baseline: &Baseline,
        state: &'a AssetState,
        from: f64,
        until: f64,
    ) -> Self {
        let until = until.max(from);
        let ahead = if baseline.is_fixed() { 0.0 } else { longest_move_s(asset).min(FARTHEST_S) };
        let nature = Nature::of(asset, state, from, until);
        Self { state, base: baseline.curve(from, until + ahead), nature, from, until }
    }

    fn plan<U: Unit>(&self, unit: U, x: f64, instruction: Option<&Instruction>) -> Plan {
        let following = instruction.map(Instruction::fingerprint);
        let is_known = following.is_some() && following == self.state.under_way.following;
        let itinerary = self.itinerary(&unit, instruction, is_known);
        let walked = walk(unit, x, &itinerary, self.from, self.until);
        let own = Curve::from_ordered(walked.points.clone());
        let soc = soc_of(&walked, self.until);
        let beneath = self.beneath(&unit, own.clone());
        let delivered = U::FOLLOWS_A_LIMIT.then(|| beneath.net.plus(&Curve::constant(unit.offset_kw())));
        let misses = instruction.map_or_else(Vec::new, |instruction| {
            let (from, set) = (self.from, &own);
            let own = delivered.as_ref().unwrap_or(set);
            Judge { unit: &unit, instruction, itinerary: &itinerary, own, set, from, is_known }
                .misses(&walked)
        });
        let Walked { knots, marks, .. } = walked;
        let marks = beneath.overlaid(marks.into_vec());
        let rest = AssetState { inhibited: false, ..self.state.clone() };
        let acts_at = itinerary.acts_at;
        Plan {
            curve: beneath.net,
            soc,
            marks,
            misses,
            knots,
            nature: self.nature.clone(),
            set: own,
            following,
            acts_at,
            rest,
        }
    }

    /// A curve in the unit's own terms as net kW.
    pub(super) fn net<U: Unit>(&self, unit: &U, own: Curve) -> Curve {
        self.beneath(unit, own).net
    }

    fn beneath<U: Unit>(&self, unit: &U, own: Curve) -> Beneath {
        if U::FOLLOWS_A_LIMIT {
            return self.nature.under(&own, self.until);
        }
        Beneath::nothing(if U::RIDES_ON_BASELINE {
            own.plus(&self.base.between(self.from, self.until))
        } else if unit.offset_kw() == 0.0 {
            own
        } else {
            own.minus(&Curve::constant(unit.offset_kw()))
        })
    }

    /// Where the unit goes when it is told something, or nothing.
    pub(super) fn itinerary<U: Unit>(
        &self,
        unit: &U,
        instruction: Option<&Instruction>,
        is_known: bool,
    ) -> Itinerary {
        let Self { state, base, from, .. } = self;
        let surveyor = Surveyor { unit, base, from: *from };
        let rest = || vec![Leg::always(0.0, Purpose::Rest)];
        let follow = instruction.map(|i| i.follow);
        let is_released = instruction.is_some() && !is_known && follow != Some(Follow::EmergencyStop);
        if state.inhibited && !is_released {
            return Itinerary { before: Vec::new(), asked: rest(), acts_at: *from, ceases: false };
        }
        let wait_s = match instruction {
            None => 0.0,
            Some(_) if is_known => state.under_way.wait_s,
            Some(_) => unit.delay_s(),
        };
        let ceases = follow == Some(Follow::EmergencyStop);
        let asked = match instruction {
            None => surveyor.home(),
            Some(_) if ceases => rest(),
            Some(instruction) => surveyor.instructed(instruction),
        };
        let acts_at = from + if wait_s.is_finite() { wait_s.max(0.0) } else { 0.0 };
        let before = match state.under_way.toward_kw.filter(|kw| kw.is_finite()) {
            _ if acts_at <= *from && !ceases => Vec::new(),
            Some(kw) => vec![Leg::always(unit.nearest(kw), Purpose::Former)],
            None => surveyor.home(),
        };
        Itinerary { before, asked, acts_at, ceases }
    }
}

/// The longest that a unit can need from one level to another, seconds.
fn longest_move_s(asset: &Asset) -> f64 {
    let (least, most) = asset.limits_kw(0.0);
    let (up, down) = asset.ramps_kw_per_s();
    let start = match asset {
        Asset::Generator(generator) => generator.start_delay_s + generator.min_rest_min * 60.0,
        _ => 0.0,
    };
    let longest = (most - least) / up.min(down) + start;
    if longest.is_finite() { longest } else { 0.0 }
}

fn soc_of(walked: &Walked, until: f64) -> Option<Curve> {
    let mut points = Vec::with_capacity(walked.knots.len() + 1);
    for knot in &walked.knots {
        let AnyUnit::Battery(unit) = knot.unit else { return None };
        points.push((knot.t, unit.soc()));
    }
    if let Some(last) = walked.knots.last()
        && let AnyUnit::Battery(mut unit) = last.unit
        && until > last.t
    {
        unit.advance(last.x, last.slope, until - last.t);
        points.push((until, unit.soc()));
    }
    Some(Curve::from_ordered(points))
}

/// The future of a unit that does not move.
fn at_rest(state: &AssetState, from: f64) -> Plan {
    let at = if from.is_finite() { from } else { 0.0 };
    Plan {
        curve: Curve::constant(if state.kw.is_finite() { state.kw } else { 0.0 }),
        soc: state.soc.map(Curve::constant),
        marks: vec![Mark { at, phase: UnitPhase::Off }],
        misses: Vec::new(),
        knots: Vec::new(),
        nature: Nature::Still,
        set: Curve::default(),
        following: None,
        acts_at: at,
        rest: state.clone(),
    }
}
