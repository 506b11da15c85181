//! Asset kinds: declared physics and present state.

mod battery;
mod charging;
mod ev_hub;
mod generator;
mod heat_pumps;
mod renewable;
mod turn_down;
mod weather;

use std::sync::Arc;

pub use battery::Battery;
pub(super) use charging::Charging;
pub use charging::Vehicle;
pub use ev_hub::EvHub;
pub use generator::Generator;
pub(super) use generator::nearest_reachable;
pub use heat_pumps::HeatPumps;
pub use renewable::Renewable;
pub use turn_down::TurnDown;
pub use weather::Available;

/// A dispatch unit's declared physics.
#[derive(Clone, Debug, PartialEq)]
pub enum Asset {
    /// Stores energy.
    Battery(Battery),
    /// Makes it.
    Generator(Generator),
    /// Leaves it be.
    TurnDown(TurnDown),
    /// Leaves it be for as long as homes stay warm.
    HeatPumps(HeatPumps),
    /// Charges vehicles.
    EvHub(EvHub),
    /// Makes it while the sun shines or the wind blows.
    Renewable(Renewable),
}

/// Where an asset stands at one instant. Start from [`Asset::initial_state`]; [`super::Plan::state_at`] gives later
/// ones. For a unit known by telemetry alone, take the initial state and set `kw`, `soc` and `running`.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetState {
    /// Net kW.
    pub kw: f64,
    /// State of charge, 0 to 1, for a battery.
    pub soc: Option<f64>,
    /// Whether a generator is synchronised.
    pub running: bool,
    /// Seconds of reduction used in the present event, for turn-down.
    pub shed_s: f64,
    /// kWh shed in the present event and not yet paid back by rebound, for turn-down and heat pumps; below 0 what homes
    /// were heated ahead.
    pub shed_kwh: f64,
    /// Held still by an emergency stop.
    pub inhibited: bool,
    /// The vehicles at an EV hub; `None` when nothing has held any of them back.
    pub plugged_in: Option<Arc<[Vehicle]>>,
    /// What it was doing.
    pub under_way: UnderWay,
}

/// What a unit is in the middle of, so that planning anew goes on where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UnderWay {
    /// The level that it is moving to or holding, in the unit's own terms (net kW; kW of reduction for demand that
    /// rides on its baseline); `None` for baseline. A new instruction takes effect after the unit's delay: until then it goes on to this level.
    pub toward_kw: Option<f64>,
    /// Which instruction it follows: [`super::Instruction::fingerprint`]. Another one has the delay before it.
    pub following: Option<u64>,
    /// Seconds until the instruction that it follows takes effect.
    pub wait_s: f64,
    /// Seconds until a generator that is starting can be synchronised; `None` when it is not starting.
    pub start_s: Option<f64>,
    /// What it has come to the end of.
    pub shortage: Option<Shortage>,
    /// Seconds of rebound left; 0 when none has begun.
    pub rebound_s: f64,
    /// kW of import on top of baseline while a rebound is under way; below 0 while homes heated ahead take less.
    pub rebound_kw: f64,
    /// Seconds for which an engine must run on, and for which compressors that are off must stay off.
    pub holds_s: f64,
    /// Seconds for which an engine must rest before it starts, and demand before it is turned down again.
    pub rests_s: f64,
    /// The limit that a unit is under whose power is nature's or its vehicles', kW from none; `None` when it is free.
    pub limit_kw: Option<f64>,
}

/// What a unit has come to the end of: it turns back in time, and does not go that way again until it has recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shortage {
    /// A battery that is empty, or on its last ramp before it is; turn-down at the end of its longest reduction.
    Empty,
    /// A battery that is full, or on its last ramp before it is.
    Full,
}

/// What every kind of asset says of itself.
trait Declared {
    /// `battery`, `generator`, `turn-down`, …: for people.
    fn kind(&self) -> &'static str;

    /// Least and greatest net kW while the baseline is at `baseline_kw`.
    fn limits_kw(&self, baseline_kw: f64) -> (f64, f64);

    /// kW per minute upwards and downwards.
    fn ramps_kw_per_min(&self) -> (f64, f64);

    /// Seconds from instruction to first movement in a state.
    fn delay_s(&self, state: &AssetState) -> f64;

    /// Makes a state that stands at baseline its own.
    fn begin(&self, _state: &mut AssetState) {}

    /// Every declared number that cannot be, as field and sentence.
    fn faults(&self) -> Vec<(&'static str, String)>;
}

impl Asset {
    fn declared(&self) -> &dyn Declared {
        match self {
            Self::Battery(battery) => battery,
            Self::Generator(generator) => generator,
            Self::TurnDown(turn_down) => turn_down,
            Self::HeatPumps(heat_pumps) => heat_pumps,
            Self::EvHub(hub) => hub,
            Self::Renewable(renewable) => renewable,
        }
    }

    /// Where it stands before anything was asked, at `baseline_kw`.
    pub fn initial_state(&self, baseline_kw: f64) -> AssetState {
        let mut state = AssetState {
            kw: baseline_kw,
            soc: None,
            running: false,
            shed_s: 0.0,
            shed_kwh: 0.0,
            inhibited: false,
            plugged_in: None,
            under_way: UnderWay::default(),
        };
        self.declared().begin(&mut state);
        state
    }

    /// Least and greatest net kW while the baseline is at `baseline_kw`.
    pub fn limits_kw(&self, baseline_kw: f64) -> (f64, f64) {
        self.declared().limits_kw(baseline_kw)
    }

    /// kW per second upwards and downwards.
    pub fn ramps_kw_per_s(&self) -> (f64, f64) {
        let (up, down) = self.declared().ramps_kw_per_min();
        (up / 60.0, down / 60.0)
    }

    /// Seconds from instruction to first movement in this state: for a generator at standstill until it is
    /// synchronised.
    pub fn delay_s(&self, state: &AssetState) -> f64 {
        self.declared().delay_s(state)
    }

    /// A level this near counts as reached, kW: the step in which an EV hub's load is made up, else nothing to speak of.
    pub fn step_kw(&self) -> f64 {
        if let Self::EvHub(hub) = self { hub.step_kw } else { 0.0 }
    }

    /// Whether its power is the weather's or its vehicles', and it only keeps to a limit.
    pub fn keeps_to_a_limit(&self) -> bool {
        matches!(self, Self::Renewable(_) | Self::EvHub(_))
    }

    /// `battery`, `generator`, `turn-down`, `heat pumps`, `EV hub`, `solar`, `wind`: for people.
    pub fn kind(&self) -> &'static str {
        self.declared().kind()
    }

    /// Every declared number that cannot be, as field and sentence.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        self.declared().faults()
    }
}

/// 0 (included) to 1 (excluded): the same for the same seed, salt and index, in any order (SplitMix64).
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
pub(super) fn drawn(seed: u64, salt: u64, index: u64) -> f64 {
    let mut z = seed ^ salt.rotate_left(48) ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::testing::{battery, generator, turn_down};

    #[test]
    fn each_impossible_number_is_named_with_what_would_be_right() {
        type Break = fn(&mut Battery, &mut Generator, &mut TurnDown);
        let table: &[(Break, &str, &str)] = &[
            (|b, _, _| b.max_discharge_kw = f64::NAN, "max_discharge_kw", "not a number of kW"),
            (|b, _, _| b.max_charge_kw = 0.0, "max_charge_kw", "above 0"),
            (|b, _, _| b.capacity_kwh = -5.0, "capacity_kwh", "-5 kWh is too little"),
            (|b, _, _| b.capacity_kwh = f64::INFINITY, "capacity_kwh", "not a number of kWh"),
            (|b, _, _| b.discharge_efficiency = 90.0, "discharge_efficiency", "90 is not a share"),
            (|b, _, _| b.charge_efficiency = 0.0, "charge_efficiency", "leaves nothing"),
            (|b, _, _| b.min_soc = 0.95, "min_soc", "not below max_soc 0.9"),
            (|b, _, _| b.max_soc = 1.5, "max_soc", "1.5 is not a share"),
            (|b, _, _| b.initial_soc = 0.05, "initial_soc", "write 0.1 to 0.9"),
            (|b, _, _| b.delay_s = -1.0, "delay_s", "-1 s is negative"),
            (|b, _, _| b.ramp_up_kw_per_min = 0.0, "ramp_up_kw_per_min", "above 0"),
            (|b, _, _| b.ramp_down_kw_per_min = 1e12, "ramp_down_kw_per_min", "too much"),
            (|_, g, _| g.max_kw = 0.0, "max_kw", "above 0"),
            (|_, g, _| g.min_stable_kw = 2000.0, "min_stable_kw", "more than max_kw 1000"),
            (|_, g, _| g.min_stable_kw = -1.0, "min_stable_kw", "negative"),
            (|_, g, _| g.start_delay_s = 1e9, "start_delay_s", "too much"),
            (|_, g, _| g.delay_s = f64::NAN, "delay_s", "not a number of s"),
            (|_, g, _| g.ramp_up_kw_per_min = -3.0, "ramp_up_kw_per_min", "too little"),
            (|_, g, _| g.ramp_down_kw_per_min = f64::NAN, "ramp_down_kw_per_min", "not a number"),
            (|_, _, t| t.max_turn_down_kw = 0.0, "max_turn_down_kw", "above 0"),
            (|_, _, t| t.delay_s = -0.5, "delay_s", "negative"),
            (|_, _, t| t.ramp_up_kw_per_min = 0.0, "ramp_up_kw_per_min", "above 0"),
            (|_, _, t| t.ramp_down_kw_per_min = 0.0, "ramp_down_kw_per_min", "above 0"),
            (|_, _, t| t.max_duration_min = 0.0, "max_duration_min", "above 0"),
            (|_, _, t| t.rebound_share = 1.2, "rebound_share", "1.2 is not a share"),
            (|_, _, t| t.rebound_min = 0.0, "rebound_min", "cannot take back"),
            (|_, _, t| t.rebound_min = -1.0, "rebound_min", "negative"),
        ];
        for (make_wrong, field, says) in table {
            let (mut b, mut g, mut t) = (battery(), generator(), turn_down());
            make_wrong(&mut b, &mut g, &mut t);
            let faults: Vec<_> = [Asset::Battery(b), Asset::Generator(g), Asset::TurnDown(t)]
                .iter()
                .flat_map(Asset::faults)
                .collect();
            assert_eq!(faults.len(), 1, "{field}: {faults:?}");
            assert!(faults[0].0 == *field && faults[0].1.contains(says), "{field}: {faults:?}");
        }
    }

    #[test]
    fn what_can_be_has_no_fault() {
        for asset in [Asset::Battery(battery()), Asset::Generator(generator()), Asset::TurnDown(turn_down())]
        {
            assert_eq!(asset.faults(), []);
        }
        assert_eq!(
            Asset::TurnDown(TurnDown { rebound_share: 0.0, rebound_min: 0.0, ..turn_down() }).faults(),
            []
        );
    }

    #[test]
    fn an_asset_says_how_far_and_how_fast_it_goes() {
        let (b, g, t) =
            (Asset::Battery(battery()), Asset::Generator(generator()), Asset::TurnDown(turn_down()));
        assert_eq!(b.limits_kw(0.0), (-800.0, 1000.0));
        assert_eq!(g.limits_kw(0.0), (0.0, 1000.0));
        assert_eq!(t.limits_kw(-700.0), (-700.0, -300.0));
        assert_eq!(b.ramps_kw_per_s(), (10.0, 5.0));
        assert_eq!(b.initial_state(0.0).soc, Some(0.5));
        assert_eq!(g.delay_s(&g.initial_state(0.0)), 120.0);
        assert_eq!(g.delay_s(&g.initial_state(500.0)), 5.0);
        assert_eq!(g.initial_state(200.0).kw, 300.0, "a baseline below the minimum stable level is not run");
        assert_eq!([b.kind(), g.kind(), t.kind()], ["battery", "generator", "turn-down"]);
    }

    #[test]
    fn a_generator_never_runs_below_its_minimum_stable_level() {
        let g = generator();
        for (asked, reachable) in [
            (-5.0, 0.0),
            (0.0, 0.0),
            (149.0, 0.0),
            (150.0, 300.0),
            (299.0, 300.0),
            (640.0, 640.0),
            (5e3, 1000.0),
        ] {
            assert_eq!(g.nearest_reachable(asked), reachable, "{asked}");
        }
    }
}
