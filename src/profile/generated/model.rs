//! The models of units, with what is usual of each (sources at each number).

use crate::entropy::Entropy;
use crate::power::{Asset, Available, Baseline, Battery, EvHub, Generator, HeatPumps, Renewable, TurnDown};

/// A model of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// A battery at a substation.
    Battery,
    /// A gas engine.
    GasEngine,
    /// A gas engine that makes heat too.
    Chp,
    /// A gas turbine.
    GasTurbine,
    /// A standby diesel.
    Diesel,
    /// A cold store or a supermarket's fridges.
    Refrigeration,
    /// An industrial process.
    Industrial,
    /// Heat pumps of many homes.
    HeatPumps,
    /// Many charge points.
    EvHub,
    /// A solar farm.
    Solar,
    /// A wind farm.
    Wind,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Battery,
        Self::GasEngine,
        Self::Chp,
        Self::GasTurbine,
        Self::Diesel,
        Self::Refrigeration,
        Self::Industrial,
        Self::HeatPumps,
        Self::EvHub,
        Self::Solar,
        Self::Wind,
    ];

    /// As a fleet file names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Battery => "battery",
            Self::GasEngine => "gas_engine",
            Self::Chp => "chp",
            Self::GasTurbine => "gas_turbine",
            Self::Diesel => "diesel",
            Self::Refrigeration => "refrigeration",
            Self::Industrial => "industrial",
            Self::HeatPumps => "heat_pumps",
            Self::EvHub => "ev_hub",
            Self::Solar => "solar",
            Self::Wind => "wind",
        }
    }

    /// For the name of a unit.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Battery => "battery",
            Self::GasEngine => "engine",
            Self::Chp => "heat and power",
            Self::GasTurbine => "turbine",
            Self::Diesel => "standby set",
            Self::Refrigeration => "cold store",
            Self::Industrial => "works",
            Self::HeatPumps => "heat pumps",
            Self::EvHub => "charge points",
            Self::Solar => "solar farm",
            Self::Wind => "wind farm",
        }
    }

    /// For the id of a unit.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Battery => "BESS",
            Self::GasEngine => "GEN",
            Self::Chp => "CHP",
            Self::GasTurbine => "GT",
            Self::Diesel => "DSL",
            Self::Refrigeration => "COLD",
            Self::Industrial => "IND",
            Self::HeatPumps => "HP",
            Self::EvHub => "EV",
            Self::Solar => "PV",
            Self::Wind => "WIND",
        }
    }

    /// What it is contracted for (the standard products of 2024).
    pub(super) fn product(self) -> &'static str {
        match self {
            Self::Battery => "Operational Utilisation + Scheduled Availability",
            Self::GasEngine | Self::Chp | Self::GasTurbine => {
                "Operational Utilisation + Variable Availability"
            }
            Self::Diesel => "Operational Utilisation",
            Self::Refrigeration | Self::EvHub => "Scheduled Utilisation",
            Self::Industrial | Self::HeatPumps => "Peak Reduction",
            Self::Solar | Self::Wind => "MW Dispatch",
        }
    }

    /// Seconds of notice.
    pub(super) fn notice_seconds(self) -> u32 {
        match self {
            Self::Battery | Self::Solar | Self::Wind => 0,
            // Flexible Power: the signal comes 15 minutes ahead (flexiblepower.co.uk).
            Self::GasEngine
            | Self::Chp
            | Self::GasTurbine
            | Self::Diesel
            | Self::Refrigeration
            | Self::EvHub => 900,
            Self::Industrial | Self::HeatPumps => 1800,
        }
    }

    /// Pence per MWh: between the £150 and £600 that Western Power Distribution paid (theenergyst.com).
    #[expect(clippy::cast_possible_truncation, reason = "at most 60,000")]
    pub(super) fn price_pence(self, chance: &Entropy) -> i64 {
        (between(chance, 15.0, 60.0).round() * 1000.0) as i64
    }

    /// A unit of a size between these, kW, and its baseline.
    pub(super) fn made(self, kw: (f64, f64), chance: &Entropy) -> (Asset, Baseline) {
        let kw = size(kw, chance);
        match self {
            Self::Battery => (Asset::Battery(battery(kw, chance)), Baseline::Fixed { kw: 0.0 }),
            // Spinning, more than 100 % a minute; 2 to 5 min to full load (Wärtsilä).
            Self::GasEngine => {
                let least = between(chance, 0.3, 0.5);
                let engine = engine(kw, least, between(chance, 120.0, 240.0), chance);
                (Asset::Generator(engine), Baseline::Fixed { kw: 0.0 })
            }
            // Its heat is wanted by day: it runs then, at three quarters, and can give the rest. Not below a half.
            Self::Chp => chp(kw, chance),
            Self::GasTurbine => (turbine(kw, chance), Baseline::Fixed { kw: 0.0 }),
            // Within 10 s at speed, 10 to 30 s to synchronise; not below 30 % for long.
            Self::Diesel => {
                let set = engine(kw, 0.3, between(chance, 20.0, 40.0), chance);
                (Asset::Generator(set), Baseline::Fixed { kw: 0.0 })
            }
            Self::Refrigeration => refrigeration(kw, chance),
            Self::Industrial => industrial(kw, chance),
            Self::HeatPumps => heat_pumps(kw, chance),
            Self::EvHub => ev_hub(kw, chance),
            Self::Solar => {
                let weather = Available::Sun { seed: seed(chance) };
                (farm(kw, weather, 6.0), stepped(kw, [0.0, 0.15, 0.3, 0.0]))
            }
            Self::Wind => {
                let weather =
                    Available::Wind { seed: seed(chance), mean_m_per_s: tenths(between(chance, 6.0, 9.0)) };
                (farm(kw, weather, 6.0), Baseline::Fixed { kw: (kw * 0.3).round() })
            }
        }
    }
}

fn battery(kw: f64, chance: &Entropy) -> Battery {
    let efficiency = hundredths(between(chance, 0.9, 0.96));
    // Operators limit it, not physics: full in 20 s.
    let ramp = 3.0 * kw;
    Battery {
        max_discharge_kw: kw,
        max_charge_kw: kw,
        capacity_kwh: (kw * [1.0, 2.0, 2.0, 4.0][pick(chance, 4)]).round(),
        discharge_efficiency: efficiency,
        charge_efficiency: efficiency,
        min_soc: 0.05,
        max_soc: 0.95,
        initial_soc: hundredths(between(chance, 0.4, 0.9)),
        delay_s: tenths(between(chance, 0.2, 2.0)),
        ramp_up_kw_per_min: ramp,
        ramp_down_kw_per_min: ramp,
        idling_loss_kw: 0.0,
    }
}

fn engine(kw: f64, least_share: f64, start_delay_s: f64, chance: &Entropy) -> Generator {
    let ramp = (kw * between(chance, 1.0, 2.0)).round();
    Generator {
        max_kw: kw,
        min_stable_kw: (kw * least_share).round(),
        start_delay_s: start_delay_s.round(),
        delay_s: tenths(between(chance, 1.0, 5.0)),
        ramp_up_kw_per_min: ramp,
        ramp_down_kw_per_min: ramp,
        min_run_min: 0.0,
        min_rest_min: 0.0,
    }
}

fn chp(kw: f64, chance: &Entropy) -> (Asset, Baseline) {
    let engine = engine(kw, 0.5, between(chance, 180.0, 300.0), chance);
    let asset = Asset::Generator(Generator { min_run_min: 30.0, min_rest_min: 15.0, ..engine });
    (asset, stepped(kw, [0.0, 0.75, 0.75, 0.75]))
}

/// Aeroderivative: 5 to 8 min to full load, about 50 % a minute (Wärtsilä).
fn turbine(kw: f64, chance: &Entropy) -> Asset {
    let ramp = (kw * 0.5).round();
    Asset::Generator(Generator {
        max_kw: kw,
        min_stable_kw: (kw * between(chance, 0.4, 0.5)).round(),
        start_delay_s: between(chance, 240.0, 400.0).round(),
        delay_s: tenths(between(chance, 1.0, 5.0)),
        ramp_up_kw_per_min: ramp,
        ramp_down_kw_per_min: ramp,
        min_run_min: 15.0,
        min_rest_min: 10.0,
    })
}

/// 0.64 kW of a home on the mean (EQUINOX), for two hours before the first is too cold; heated ahead by half as much for an
/// hour; seven tenths come back over two hours. A compressor stays off for three minutes.
fn heat_pumps(kw: f64, chance: &Entropy) -> (Asset, Baseline) {
    let load = kw / between(chance, 0.5, 0.7);
    let ahead = (kw / 2.0).round();
    let asset = Asset::HeatPumps(HeatPumps {
        max_turn_down_kw: kw,
        max_pre_heat_kw: ahead,
        comfort_kwh: (kw * between(chance, 1.5, 2.5)).round().max(1.0),
        pre_heat_kwh: ahead.max(1.0),
        min_off_min: 3.0,
        delay_s: between(chance, 30.0, 180.0).round(),
        ramp_up_kw_per_min: (kw / 3.0).max(1.0).round(),
        ramp_down_kw_per_min: (kw / 3.0).max(1.0).round(),
        rebound_share: 0.7,
        rebound_min: 120.0,
    });
    (asset, daily(load, [1.0, 1.5, 1.0, 1.4]))
}

/// Points of 7 kW on a connection of a third of their sum; over 12 hours, about three times a week (Electric Nation).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10,000")]
fn ev_hub(kw: f64, chance: &Entropy) -> (Asset, Baseline) {
    let points = (kw * 3.0 / 7.0).ceil().clamp(2.0, 10_000.0);
    let asset = Asset::EvHub(EvHub {
        charge_points: points as u32,
        point_kw: 7.0,
        connection_kw: kw.max(7.0),
        step_kw: 1.4,
        delay_s: between(chance, 1.0, 10.0).round(),
        random_delay_s: 600.0,
        sessions_per_week: 3.0,
        arrive: "18:00".to_owned(),
        arrive_spread_min: 150.0,
        stay_hours: 10.0,
        session_kwh: 14.0,
        seed: seed(chance),
    });
    // What so many points take on the mean: 14 kWh three times a week, by the hours at which they come.
    let mean = points * 14.0 * 3.0 / 168.0;
    (asset, stepped(-mean, [0.3, 0.0, 0.4, 3.8]))
}

/// Inverters and pitch follow a limit within seconds.
fn farm(kw: f64, available: Available, ramps_per_min: f64) -> Asset {
    let ramp = (kw * ramps_per_min).round();
    Asset::Renewable(Renewable {
        max_kw: kw,
        available,
        delay_s: 5.0,
        ramp_up_kw_per_min: ramp,
        ramp_down_kw_per_min: ramp,
    })
}

/// A whole number for a seed of its own.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below a million")]
fn seed(chance: &Entropy) -> u64 {
    (chance.unit() * 1e6) as u64
}

/// Fridges give 30 to 50 % of their load (ENWL), and take nine tenths of it back over an hour and a half.
fn refrigeration(kw: f64, chance: &Entropy) -> (Asset, Baseline) {
    let load = kw / between(chance, 0.3, 0.5);
    let asset = Asset::TurnDown(TurnDown {
        max_turn_down_kw: kw,
        delay_s: between(chance, 5.0, 60.0).round(),
        ramp_up_kw_per_min: kw,
        ramp_down_kw_per_min: kw,
        max_duration_min: [60.0, 90.0, 120.0][pick(chance, 3)],
        rebound_share: 0.9,
        rebound_min: 90.0,
        interval_min: 0.0,
    });
    (asset, daily(load, [1.0, 1.0, 1.15, 1.05]))
}

/// One to fifteen minutes after the call, for two to four hours; what is not made is not made up for.
fn industrial(kw: f64, chance: &Entropy) -> (Asset, Baseline) {
    let load = kw / between(chance, 0.5, 0.8);
    let asset = Asset::TurnDown(TurnDown {
        max_turn_down_kw: kw,
        delay_s: between(chance, 60.0, 900.0).round(),
        ramp_up_kw_per_min: (kw / 5.0).max(1.0).round(),
        ramp_down_kw_per_min: (kw / 10.0).max(1.0).round(),
        max_duration_min: [120.0, 180.0, 240.0][pick(chance, 3)],
        rebound_share: 0.0,
        rebound_min: 0.0,
        interval_min: 0.0,
    });
    (asset, daily(load, [1.0, 1.4, 1.4, 1.1]))
}

/// A load through the day as shares of its least: by night, in the morning, in the afternoon, in the evening.
fn daily(load_kw: f64, shares: [f64; 4]) -> Baseline {
    stepped(-load_kw, shares)
}

/// Net power through the day as shares of `kw`.
fn stepped(kw: f64, shares: [f64; 4]) -> Baseline {
    let times = ["00:00", "06:00", "12:00", "20:00"];
    let point = |(time, share): (&str, f64)| (time.to_owned(), (kw * share).round() + 0.0);
    Baseline::Daily { points: times.into_iter().zip(shares).map(point).collect() }
}

/// Two significant figures between these bounds, as frequent on each decade.
fn size((least, most): (f64, f64), chance: &Entropy) -> f64 {
    let drawn = (between(chance, least.ln(), most.ln())).exp();
    let step = 10.0_f64.powf(drawn.log10().floor() - 1.0);
    ((drawn / step).round() * step).clamp(least, most)
}

fn between(chance: &Entropy, least: f64, most: f64) -> f64 {
    least + (most - least) * chance.unit()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a short list"
)]
pub(super) fn pick(chance: &Entropy, of: usize) -> usize {
    ((chance.unit() * of as f64) as usize).min(of.saturating_sub(1))
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
