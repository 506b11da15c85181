//! Every kind of asset against an integrator that steps through time by 10 ms and knows nothing of the closed forms: a
//! thousand random dispatches of each agree in energy, and no limit is broken.

use crate::dispatch::Revision;
use crate::power::testing::{battery, ev_hub, generator, heat_pumps, second, turn_down, wind_farm};
use crate::power::{
    Asset, AssetState, Available, Baseline, Battery, EvHub, Follow, Generator, HeatPumps, Instruction,
    Renewable, Target, TurnDown, plan,
};

/// A step, seconds.
const STEP_S: f64 = 0.01;
/// How many dispatches of each kind.
const DISPATCHES: u64 = 1000;
/// For how long each is followed, seconds.
const HORIZON_S: f64 = 1500.0;
/// Agreement in energy, as a share of what moved (or of a twentieth of an hour at full power, when less did).
const SHARE: f64 = 0.001;

/// Numbers from a seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn between(&mut self, least: f64, most: f64) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let unit = (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64;
        least + (most - least) * unit
    }
}

/// Levels to be at, in net kW above baseline or limit terms, and an end; seconds from the beginning.
struct Asked {
    targets: Vec<(f64, f64)>,
    end: f64,
}

impl Asked {
    /// Two or three levels from these, early enough that something happens.
    fn drawn(dice: &mut Dice, mut level: impl FnMut(&mut Dice) -> f64) -> Self {
        let mut at = dice.between(30.0, 400.0).round();
        let mut targets = Vec::new();
        for _ in 0..if dice.between(0.0, 1.0) < 0.5 { 2 } else { 3 } {
            targets.push((at, level(dice)));
            at += dice.between(60.0, 400.0).round();
        }
        Self { targets, end: at }
    }

    fn instruction(&self, from: f64, baseline_kw: f64) -> Instruction {
        Instruction {
            follow: Follow::Schedule,
            start: from + self.targets[0].0,
            end: from + self.end,
            targets: self
                .targets
                .iter()
                .map(|(at, kw)| Target { at: from + at, kw: baseline_kw + kw, delta_kw: None })
                .collect(),
            revision: Revision::FIRST,
        }
    }
}

/// What a unit does in one step.
trait Stepped {
    /// Moves for one step towards a level (`None`: nothing is asked); gives the net kW above baseline at its end.
    fn step(&mut self, t: f64, level: Option<f64>) -> f64;
    /// Seconds that it needs to be at a level.
    fn needs_s(&self, level: f64) -> f64;
}

/// Follows what is asked, leaving for each level at the last moment and for nothing at the end.
fn followed(
    unit: &mut impl Stepped,
    asked: &Asked,
    delay_s: f64,
    mut seen: impl FnMut(f64, f64),
) -> (f64, f64) {
    let (mut net, mut moved) = (0.0, 0.0);
    let mut leg: Option<usize> = None;
    let mut before: Option<f64> = None;
    let mut n = 0.0;
    while n * STEP_S < HORIZON_S {
        let t = n * STEP_S;
        if t >= delay_s {
            if t >= asked.end {
                leg = None;
            } else {
                let next = leg.map_or(0, |l| l + 1);
                let held = leg.is_none_or(|l| t >= asked.targets[l].0 + STEP_S);
                if let Some((at, level)) = asked.targets.get(next).filter(|_| held)
                    && at - t <= unit.needs_s(*level)
                {
                    leg = Some(next);
                }
            }
        }
        let kw = unit.step(t, leg.map(|l| asked.targets[l].1));
        let mean = f64::midpoint(before.unwrap_or(kw), kw);
        before = Some(kw);
        net += mean * STEP_S / 3600.0;
        moved += mean.abs() * STEP_S / 3600.0;
        seen(t, kw);
        n += 1.0;
    }
    (net, moved)
}

fn towards(x: f64, level: f64, up: f64, down: f64) -> f64 {
    if x < level { (x + up * STEP_S).min(level) } else { (x - down * STEP_S).max(level) }
}

fn time_to(x: f64, level: f64, up: f64, down: f64) -> f64 {
    if level > x { (level - x) / up } else { (x - level) / down }
}

/// The plan's energy above baseline against the integrator's.
#[track_caller]
fn agree(
    asset: &Asset,
    state: &AssetState,
    baseline_kw: f64,
    asked: &Asked,
    unit: &mut impl Stepped,
    rated: f64,
    what: &str,
) {
    let from = second("16:30");
    let told = asked.instruction(from, baseline_kw);
    let baseline = Baseline::Fixed { kw: baseline_kw };
    let planned = plan(asset, &baseline, state, Some(&told), from, from + HORIZON_S);
    let delay_s = asset.delay_s(state);
    let delay_s = if matches!(asset, Asset::Generator(_)) && !state.running { 0.0 } else { delay_s };
    let (net, moved) = followed(unit, asked, delay_s, |_, _| {});
    let own = planned.curve.integral_hours(from, from + HORIZON_S) - baseline_kw * HORIZON_S / 3600.0;
    let within = SHARE * moved.max(rated * 0.05);
    assert!(
        (own - net).abs() <= within,
        "{what}: {own} kWh, not {net} (moved {moved}), {asset:?} asked {:?} to {}",
        asked.targets,
        asked.end
    );
    let limits = asset.limits_kw(baseline_kw);
    let (least, most) = limits;
    let rebounds = planned.curve.points().iter().map(|p| planned.state_at(p.0).under_way.rebound_kw);
    let (least, most) = rebounds
        .fold((least, most), |(least, most), kw| ((limits.0 - kw).min(least), (limits.1 - kw).max(most)));
    for (_, kw) in planned.curve.points() {
        assert!(*kw >= least - 1e-6 && *kw <= most + 1e-6, "{what}: {kw} kW, beyond {least} to {most}");
    }
}

struct SteppedBattery {
    of: Battery,
    x: f64,
    kwh: f64,
    is_empty: bool,
    is_full: bool,
}

impl Stepped for SteppedBattery {
    fn step(&mut self, _t: f64, level: Option<f64>) -> f64 {
        let b = &self.of;
        let (up, down) = (b.ramp_up_kw_per_min / 60.0, b.ramp_down_kw_per_min / 60.0);
        let level = level.unwrap_or(0.0);
        // Inverter power: net power and what it takes for itself.
        let inverter = self.x + b.idling_loss_kw;
        let to_give = (self.kwh - b.min_soc * b.capacity_kwh) * b.discharge_efficiency * 3600.0;
        let room = (b.max_soc * b.capacity_kwh - self.kwh) / b.charge_efficiency * 3600.0;
        self.is_empty |= inverter > 0.0 && to_give <= inverter * inverter / (2.0 * down);
        self.is_full |= inverter < 0.0 && room <= inverter * inverter / (2.0 * up);
        let idle = -b.idling_loss_kw;
        let goal =
            if (self.is_empty && level > idle) || (self.is_full && level < idle) { idle } else { level };
        let before = inverter;
        self.x = towards(self.x, goal, up, down);
        let mean = f64::midpoint(before, self.x + b.idling_loss_kw);
        let out = if mean > 0.0 { mean / b.discharge_efficiency } else { mean * b.charge_efficiency };
        self.kwh -= out * STEP_S / 3600.0;
        self.is_empty &= mean >= 0.0;
        self.is_full &= mean <= 0.0;
        self.x
    }

    fn needs_s(&self, level: f64) -> f64 {
        time_to(self.x, level, self.of.ramp_up_kw_per_min / 60.0, self.of.ramp_down_kw_per_min / 60.0)
    }
}

#[test]
fn a_battery_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let capacity_kwh = dice.between(100.0, 600.0);
        let b = Battery {
            capacity_kwh,
            delay_s: dice.between(0.0, 20.0).round(),
            ramp_up_kw_per_min: dice.between(200.0, 3000.0),
            ramp_down_kw_per_min: dice.between(200.0, 3000.0),
            initial_soc: dice.between(0.15, 0.85),
            idling_loss_kw: if seed % 3 == 0 { dice.between(1.0, 20.0) } else { 0.0 },
            ..battery()
        };
        let asked = Asked::drawn(&mut dice, |dice| dice.between(-b.max_charge_kw, b.max_discharge_kw));
        let asset = Asset::Battery(b.clone());
        let state = asset.initial_state(0.0);
        let kwh = b.initial_soc * capacity_kwh;
        let mut unit = SteppedBattery { of: b, x: 0.0, kwh, is_empty: false, is_full: false };
        agree(&asset, &state, 0.0, &asked, &mut unit, 1000.0, &format!("dispatch {seed}"));
        let (least, most) = (unit.of.min_soc * capacity_kwh, unit.of.max_soc * capacity_kwh);
        assert!(unit.kwh > least - 0.05 && unit.kwh < most + 0.05, "{} kWh in the store", unit.kwh);
    }
}

struct SteppedEngine {
    of: Generator,
    x: f64,
    running_since: Option<f64>,
    starting_since: Option<f64>,
    stopped_at: f64,
    now: f64,
}

impl SteppedEngine {
    fn may_stop(&self, t: f64) -> bool {
        self.running_since.is_none_or(|since| t - since >= self.of.min_run_min * 60.0)
    }
}

impl Stepped for SteppedEngine {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let g = &self.of;
        let (up, down) = (g.ramp_up_kw_per_min / 60.0, g.ramp_down_kw_per_min / 60.0);
        let level = level.unwrap_or(0.0);
        self.now = t;
        if self.running_since.is_none() {
            if level > 0.0 && t >= self.stopped_at + g.min_rest_min * 60.0 {
                let since = *self.starting_since.get_or_insert(t);
                if t - since >= g.start_delay_s {
                    (self.running_since, self.starting_since) = (Some(t), None);
                    self.x = g.min_stable_kw;
                }
            } else if level <= 0.0 {
                self.starting_since = None;
            }
        } else if level > 0.0 {
            self.x = towards(self.x, level, up, down);
        } else {
            self.x = towards(self.x, g.min_stable_kw, up, down);
            if self.x <= g.min_stable_kw && self.may_stop(t) {
                (self.x, self.running_since, self.stopped_at) = (0.0, None, t);
            }
        }
        self.x
    }

    fn needs_s(&self, level: f64) -> f64 {
        let g = &self.of;
        let (up, down) = (g.ramp_up_kw_per_min / 60.0, g.ramp_down_kw_per_min / 60.0);
        if self.running_since.is_none() {
            let begun = self.starting_since.map_or(0.0, |since| self.now - since);
            return if level > 0.0 { g.start_delay_s - begun + (level - g.min_stable_kw) / up } else { 0.0 };
        }
        time_to(self.x, level.max(g.min_stable_kw), up, down)
    }
}

#[test]
fn an_engine_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let mut minutes =
            |most: f64| if dice.between(0.0, 1.0) < 0.5 { 0.0 } else { dice.between(0.5, most) };
        let (min_run_min, min_rest_min) = (minutes(8.0), minutes(4.0));
        let g = Generator {
            start_delay_s: dice.between(10.0, 240.0).round(),
            ramp_up_kw_per_min: dice.between(200.0, 3000.0),
            ramp_down_kw_per_min: dice.between(200.0, 3000.0),
            min_run_min,
            min_rest_min,
            ..generator()
        };
        let one_level = dice.between(g.min_stable_kw, g.max_kw);
        // One level and none, or several levels: an engine that stops in between looks farther ahead than this one does.
        let asked = if seed % 2 == 0 {
            Asked::drawn(&mut dice, |dice| dice.between(g.min_stable_kw, g.max_kw))
        } else {
            let at = dice.between(30.0, 400.0).round();
            Asked { targets: vec![(at, one_level)], end: at + dice.between(60.0, 500.0).round() }
        };
        let asset = Asset::Generator(g.clone());
        let state = asset.initial_state(0.0);
        let mut unit = SteppedEngine {
            of: g,
            x: 0.0,
            running_since: None,
            starting_since: None,
            stopped_at: f64::NEG_INFINITY,
            now: 0.0,
        };
        agree(&asset, &state, 0.0, &asked, &mut unit, 1000.0, &format!("dispatch {seed}"));
    }
}

struct SteppedDemand {
    of: TurnDown,
    x: f64,
    used_s: f64,
    owed: f64,
    is_spent: bool,
    ended_at: f64,
    paying: Option<(f64, f64)>,
}

impl Stepped for SteppedDemand {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let d = &self.of;
        let (up, down) = (d.ramp_up_kw_per_min / 60.0, d.ramp_down_kw_per_min / 60.0);
        self.is_spent |= d.max_duration_min * 60.0 - self.used_s <= self.x / down;
        let asked = level.unwrap_or(0.0);
        let rests = self.x <= 0.0 && t < self.ended_at + d.interval_min * 60.0;
        let goal = if self.is_spent || rests { 0.0 } else { asked };
        let before = self.x;
        self.x = towards(self.x, goal, up, down);
        if before > 0.0 || self.x > 0.0 {
            self.used_s += STEP_S;
            self.owed += f64::midpoint(before, self.x) * STEP_S / 3600.0;
            self.paying = None;
            if self.x <= 0.0 {
                self.ended_at = t;
            }
            return self.x;
        }
        // Nothing more is asked, or it cannot be given: what was shed comes back evenly.
        if self.owed > 0.0 && (level.is_none() || ((self.is_spent || rests) && asked > 0.0)) {
            let whole = (d.rebound_min * 60.0, self.owed * d.rebound_share / (d.rebound_min / 60.0));
            let (left_s, kw) = self.paying.get_or_insert(whole);
            *left_s -= STEP_S;
            if *left_s > 0.0 {
                self.owed -= *kw / d.rebound_share * STEP_S / 3600.0;
                return -*kw;
            }
            (self.owed, self.paying) = (0.0, None);
        }
        if self.owed <= 0.0 && asked <= 0.0 {
            (self.used_s, self.is_spent) = (0.0, false);
        }
        0.0
    }

    fn needs_s(&self, level: f64) -> f64 {
        time_to(self.x, level, self.of.ramp_up_kw_per_min / 60.0, self.of.ramp_down_kw_per_min / 60.0)
    }
}

#[test]
fn turned_down_demand_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let d = TurnDown {
            delay_s: dice.between(0.0, 30.0).round(),
            ramp_up_kw_per_min: dice.between(100.0, 1500.0),
            ramp_down_kw_per_min: dice.between(100.0, 1500.0),
            max_duration_min: dice.between(3.0, 30.0),
            rebound_share: dice.between(0.2, 1.0),
            rebound_min: dice.between(3.0, 12.0),
            interval_min: if seed % 2 == 0 { dice.between(1.0, 5.0) } else { 0.0 },
            ..turn_down()
        };
        let asked = Asked::drawn(&mut dice, |dice| {
            if dice.between(0.0, 1.0) < 0.2 { 0.0 } else { dice.between(10.0, 400.0) }
        });
        let asset = Asset::TurnDown(d.clone());
        let state = asset.initial_state(-700.0);
        let mut unit = SteppedDemand {
            of: d,
            x: 0.0,
            used_s: 0.0,
            owed: 0.0,
            is_spent: false,
            ended_at: f64::NEG_INFINITY,
            paying: None,
        };
        agree(&asset, &state, -700.0, &asked, &mut unit, 400.0, &format!("dispatch {seed}"));
    }
}

struct SteppedHomes {
    of: HeatPumps,
    x: f64,
    /// kWh that homes lack.
    missing: f64,
    raised_at: f64,
    is_cold: bool,
    is_hot: bool,
    recovery: Option<(f64, f64)>,
}

impl Stepped for SteppedHomes {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let h = &self.of;
        let (up, down) = (h.ramp_up_kw_per_min / 60.0, h.ramp_down_kw_per_min / 60.0);
        let asked = level.unwrap_or(0.0);
        let hold_s = h.min_off_min * 60.0;
        let held_s = (self.raised_at + hold_s - t).max(0.0);
        let way_back = self.x.max(0.0) * (held_s + self.x.max(0.0) / (2.0 * down)) / 3600.0;
        self.is_cold |= self.x > 0.0 && h.comfort_kwh - self.missing <= way_back;
        self.is_hot |= self.x < 0.0 && h.pre_heat_kwh + self.missing <= self.x * self.x / (2.0 * up) / 3600.0;
        let goal = if (self.is_cold && asked > 0.0) || (self.is_hot && asked < 0.0) { 0.0 } else { asked };
        let before = self.x;
        // A level is raised only as far as homes can bear it for as long as compressors stay off.
        let borne = self.x.max(0.0) * (hold_s + self.x.max(0.0) / (2.0 * down)) / 3600.0;
        let too_dear = self.x > 0.0 && hold_s > 0.0 && goal > self.x && h.comfort_kwh - self.missing <= borne;
        if !(too_dear || (self.x > 0.0 && goal < self.x && held_s > 0.0)) {
            self.x = towards(self.x, goal, up, down);
        }
        if self.x > before && self.x > 0.0 {
            self.raised_at = t;
        }
        let mean = f64::midpoint(before, self.x);
        if mean != 0.0 {
            self.missing += mean * STEP_S / 3600.0;
            self.recovery = None;
            self.is_cold &= mean >= 0.0;
            self.is_hot &= mean <= 0.0;
            return self.x;
        }
        let is_refused = (self.is_cold && asked > 0.0) || (self.is_hot && asked < 0.0);
        if self.missing != 0.0 && (level.is_none() || is_refused) {
            let (left_s, missing) = self.recovery.get_or_insert((h.rebound_min * 60.0, self.missing));
            *left_s -= STEP_S;
            let left = *left_s / (h.rebound_min * 60.0);
            if left > 0.0 {
                self.missing = *missing * left;
                return -*missing * h.rebound_share / (h.rebound_min / 60.0);
            }
            (self.missing, self.recovery) = (0.0, None);
        }
        if self.missing == 0.0 && asked == 0.0 {
            (self.is_cold, self.is_hot) = (false, false);
        }
        0.0
    }

    fn needs_s(&self, level: f64) -> f64 {
        time_to(self.x, level, self.of.ramp_up_kw_per_min / 60.0, self.of.ramp_down_kw_per_min / 60.0)
    }
}

#[test]
fn heat_pumps_agree_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let h = HeatPumps {
            comfort_kwh: dice.between(10.0, 80.0),
            pre_heat_kwh: dice.between(4.0, 40.0),
            min_off_min: if seed % 3 == 0 { 0.0 } else { dice.between(0.5, 4.0) },
            delay_s: dice.between(0.0, 30.0).round(),
            ramp_up_kw_per_min: dice.between(60.0, 600.0),
            ramp_down_kw_per_min: dice.between(60.0, 600.0),
            rebound_share: dice.between(0.3, 1.0),
            rebound_min: dice.between(3.0, 15.0),
            ..heat_pumps()
        };
        let asked = Asked::drawn(&mut dice, |dice| dice.between(-100.0, 250.0));
        let asset = Asset::HeatPumps(h.clone());
        let state = asset.initial_state(-600.0);
        let mut unit = SteppedHomes {
            of: h,
            x: 0.0,
            missing: 0.0,
            raised_at: f64::NEG_INFINITY,
            is_cold: false,
            is_hot: false,
            recovery: None,
        };
        agree(&asset, &state, -600.0, &asked, &mut unit, 250.0, &format!("dispatch {seed}"));
        assert!(unit.missing <= unit.of.comfort_kwh + 0.01 && unit.missing >= -unit.of.pre_heat_kwh - 0.01);
    }
}

/// A farm's limit moves; what it makes is the lesser of limit and weather.
struct SteppedFarm {
    of: Renewable,
    limit: f64,
    /// kW available from each minute on.
    weather: Vec<(f64, f64)>,
}

impl Stepped for SteppedFarm {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let level = level.unwrap_or(self.of.max_kw);
        self.limit = towards(
            self.limit,
            level,
            self.of.ramp_up_kw_per_min / 60.0,
            self.of.ramp_down_kw_per_min / 60.0,
        );
        let available = self.weather.iter().rev().find(|(at, _)| *at <= t + STEP_S).map_or(0.0, |w| w.1);
        self.limit.min(available)
    }

    fn needs_s(&self, level: f64) -> f64 {
        time_to(self.limit, level, self.of.ramp_up_kw_per_min / 60.0, self.of.ramp_down_kw_per_min / 60.0)
    }
}

#[test]
fn a_farm_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        // From 16:30 on, London winter time, another power every five minutes.
        let weather: Vec<(f64, f64)> =
            (0..5).map(|n| (f64::from(n) * 300.0, dice.between(0.0, 2000.0).round())).collect();
        let points = (0..5).zip(&weather).map(|(n, w)| (format!("16:{}", 30 + 5 * n), w.1)).collect();
        let farm = Renewable {
            available: Available::Daily { points, is_windy: seed % 2 == 0 },
            delay_s: dice.between(0.0, 20.0).round(),
            ramp_up_kw_per_min: dice.between(300.0, 20_000.0),
            ramp_down_kw_per_min: dice.between(300.0, 20_000.0),
            ..wind_farm()
        };
        let asked = Asked::drawn(&mut dice, |dice| dice.between(0.0, 2000.0));
        let asset = Asset::Renewable(farm.clone());
        let state = AssetState { kw: weather[0].1, ..asset.initial_state(0.0) };
        let mut unit = SteppedFarm { limit: farm.max_kw, of: farm, weather };
        agree(&asset, &state, 0.0, &asked, &mut unit, 2000.0, &format!("dispatch {seed}"));
    }
}

/// A hub's limit moves; who leaves first is charged first, and whoever must be is.
struct SteppedHub {
    of: EvHub,
    limit: f64,
    from: f64,
    /// Arrival, departure, kWh still wanted.
    vehicles: Vec<(f64, f64, f64)>,
}

impl Stepped for SteppedHub {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let hub = &self.of;
        let ramp = hub.connection_kw / hub.random_delay_s;
        self.limit = towards(self.limit, -level.unwrap_or(-hub.connection_kw), ramp, ramp);
        let now = self.from + t;
        let must = |v: &(f64, f64, f64)| v.1 - now <= v.2 * 3600.0 / hub.point_kw + STEP_S;
        let there = |v: &(f64, f64, f64)| v.0 <= now && v.1 > now && v.2 > 1e-7;
        let mut load = 0.0;
        let mut give = |v: &mut (f64, f64, f64), kw: f64| {
            v.2 -= (kw * STEP_S / 3600.0).min(v.2);
            load += kw;
        };
        let mut forced = Vec::new();
        for (n, v) in self.vehicles.iter_mut().enumerate() {
            if there(v) && must(v) {
                give(v, hub.point_kw);
                forced.push(n);
            }
        }
        let mut free = self.limit - forced.iter().map(|_| hub.point_kw).sum::<f64>();
        for (n, v) in self.vehicles.iter_mut().enumerate() {
            if !there(v) || forced.contains(&n) {
                continue;
            }
            if free + 1e-6 >= hub.point_kw {
                give(v, hub.point_kw);
                free -= hub.point_kw;
                continue;
            }
            give(v, ((free + 1e-6) / hub.step_kw).floor().max(0.0) * hub.step_kw);
            break;
        }
        -load
    }

    fn needs_s(&self, level: f64) -> f64 {
        let ramp = self.of.connection_kw / self.of.random_delay_s;
        time_to(self.limit, -level, ramp, ramp)
    }
}

#[test]
fn a_hub_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let hub = EvHub {
            charge_points: 12,
            connection_kw: dice.between(84.0, 120.0),
            delay_s: dice.between(0.0, 10.0).round(),
            random_delay_s: dice.between(30.0, 600.0),
            sessions_per_week: 7.0,
            arrive: "16:45".to_owned(),
            arrive_spread_min: 18.0,
            stay_hours: dice.between(0.15, 0.6),
            session_kwh: dice.between(0.3, 1.5),
            seed,
            ..ev_hub()
        };
        let from = second("16:30");
        let mut vehicles: Vec<(f64, f64, f64)> = hub
            .sessions(from, from + HORIZON_S)
            .iter()
            .map(|s| (s.from, s.until, s.kwh - (from - s.from).max(0.0) * hub.point_kw / 3600.0))
            .collect();
        vehicles.sort_by(|a, b| a.1.total_cmp(&b.1));
        let wanted: f64 = vehicles.iter().filter(|v| v.1 <= from + HORIZON_S).map(|v| v.2.max(0.0)).sum();
        let asked = Asked::drawn(&mut dice, |dice| -dice.between(0.0, hub.connection_kw));
        let asset = Asset::EvHub(hub.clone());
        let state = asset.initial_state(0.0);
        let mut unit = SteppedHub { limit: hub.connection_kw, of: hub, from, vehicles };
        agree(&asset, &state, 0.0, &asked, &mut unit, 80.0, &format!("dispatch {seed}"));
        let unmet: f64 = unit.vehicles.iter().filter(|v| v.1 <= from + HORIZON_S).map(|v| v.2.max(0.0)).sum();
        assert!(
            unmet <= 1e-3 * wanted.max(1.0),
            "{unmet} kWh of {wanted} were due by departure and not charged"
        );
    }
}
