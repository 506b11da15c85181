//! Every kind of asset against an integrator that steps through time by 10 ms and knows nothing of the closed forms: a
//! thousand random dispatches of each agree in energy, and no limit is broken.

mod battery;
mod engine;
mod ev_hub;
mod farm;
mod heat_pumps;
mod turn_down;

use crate::dispatch::Revision;
use crate::power::testing::second;
use crate::power::{Asset, AssetState, Baseline, Follow, Instruction, Target, plan};

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
