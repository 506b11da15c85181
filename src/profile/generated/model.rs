//! The models of units, with what is usual of each (sources at each number).

use crate::entropy::Entropy;
use crate::power::{Asset, Baseline, Battery, Generator, TurnDown};

/// A model of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// A battery at a substation.
    Battery,
    /// A gas engine.
    GasEngine,
    /// A standby diesel.
    Diesel,
    /// A cold store or a supermarket's fridges.
    Refrigeration,
    /// An industrial process.
    Industrial,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Battery, Self::GasEngine, Self::Diesel, Self::Refrigeration, Self::Industrial];

    /// As a fleet file names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Battery => "battery",
            Self::GasEngine => "gas_engine",
            Self::Diesel => "diesel",
            Self::Refrigeration => "refrigeration",
            Self::Industrial => "industrial",
        }
    }

    /// For the name of a unit.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Battery => "battery",
            Self::GasEngine => "engine",
            Self::Diesel => "standby set",
            Self::Refrigeration => "cold store",
            Self::Industrial => "works",
        }
    }

    /// For the id of a unit.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Battery => "BESS",
            Self::GasEngine => "GEN",
            Self::Diesel => "DSL",
            Self::Refrigeration => "COLD",
            Self::Industrial => "IND",
        }
    }

    /// What it is contracted for (the standard products of 2024).
    pub(super) fn product(self) -> &'static str {
        match self {
            Self::Battery => "Operational Utilisation + Scheduled Availability",
            Self::GasEngine => "Operational Utilisation + Variable Availability",
            Self::Diesel => "Operational Utilisation",
            Self::Refrigeration => "Scheduled Utilisation",
            Self::Industrial => "Peak Reduction",
        }
    }

    /// Seconds of notice.
    pub(super) fn notice_seconds(self) -> u32 {
        match self {
            Self::Battery => 0,
            // Flexible Power: the signal comes 15 minutes ahead (flexiblepower.co.uk).
            Self::GasEngine | Self::Diesel | Self::Refrigeration => 900,
            Self::Industrial => 1800,
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
                (engine(kw, least, between(chance, 120.0, 240.0), chance), Baseline::Fixed { kw: 0.0 })
            }
            // Within 10 s at speed, 10 to 30 s to synchronise; not below 30 % for long.
            Self::Diesel => {
                (engine(kw, 0.3, between(chance, 20.0, 40.0), chance), Baseline::Fixed { kw: 0.0 })
            }
            Self::Refrigeration => refrigeration(kw, chance),
            Self::Industrial => industrial(kw, chance),
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
    }
}

fn engine(kw: f64, least_share: f64, start_delay_s: f64, chance: &Entropy) -> Asset {
    let ramp = (kw * between(chance, 1.0, 2.0)).round();
    Asset::Generator(Generator {
        max_kw: kw,
        min_stable_kw: (kw * least_share).round(),
        start_delay_s: start_delay_s.round(),
        delay_s: tenths(between(chance, 1.0, 5.0)),
        ramp_up_kw_per_min: ramp,
        ramp_down_kw_per_min: ramp,
    })
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
    });
    (asset, daily(load, [1.0, 1.4, 1.4, 1.1]))
}

/// A load through the day as shares of its least: by night, in the morning, in the afternoon, in the evening.
fn daily(load_kw: f64, shares: [f64; 4]) -> Baseline {
    let times = ["00:00", "06:00", "12:00", "20:00"];
    let point = |(time, share): (&str, f64)| (time.to_owned(), -(load_kw * share).round());
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
