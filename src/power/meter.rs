//! A unit's meter: what is read of the power that flows through it.

use crate::dispatch::DispatchUnit;

use super::asset::drawn;
use super::bounds::Faults;

/// Most noise: a tenth of the reading. No meter that is settled by is near it.
const MOST_NOISE: f64 = 0.1;
/// The finest step: a watt, as the wire has it.
const FINEST_KW: f64 = 1e-3;
/// The coarsest step, kW.
const COARSEST_KW: f64 = 1_000.0;
/// Uniform draws that are added up to one of a normal distribution.
const DRAWS: u64 = 12;

/// How a unit's meter reads a minute: with noise, and in steps. The noise is a share of what is read, as the accuracy
/// class of a meter is, so that nothing reads as nothing. It is a function of seed, unit, minute and quantity alone: the
/// same on every machine, whoever asks, in whatever order. What the unit does is not touched by it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meter {
    /// Standard deviation of a minute's mean, as a share of it: 0.005 for 0.5 %. 0 for none.
    pub noise: f64,
    /// The step in which it reads, kW and kvar; `None` for any.
    pub resolution_kw: Option<f64>,
    /// Tells this meter's noise from another's with the same unit id.
    pub seed: u64,
}

/// What is metered; of each the noise is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metered {
    /// kW.
    Real,
    /// kvar.
    Reactive,
}

impl Meter {
    /// The meter of a unit that is declared without one: it reads what is there.
    pub const EXACT: Self = Self { noise: 0.0, resolution_kw: None, seed: 0 };

    /// What it reads of a mean of `value` kW or kvar in the minute that ends at `end`, seconds of UTC.
    pub fn reads(&self, unit: &DispatchUnit, quantity: Metered, end: f64, value: f64) -> f64 {
        if *self == Self::EXACT {
            return value;
        }
        let noisy = value * (1.0 + self.noise * deviation(self.seed ^ number_of(unit), quantity, end));
        match self.resolution_kw {
            // Adding nothing turns a zero that came from below into a plain one.
            Some(step) => whole_watts((noisy / step).round() * step) + 0.0,
            None => noisy,
        }
    }

    /// Every declared number that cannot be, as field and sentence.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Faults::default();
        if !(0.0..=MOST_NOISE).contains(&self.noise) {
            let sentence = format!(
                "{} is not a share from 0 to {MOST_NOISE}; write 0.005 for 0.5 % of the reading, say",
                self.noise
            );
            faults.add("noise", sentence);
        }
        if let Some(step) = self.resolution_kw.filter(|step| !(FINEST_KW..=COARSEST_KW).contains(step)) {
            let sentence = format!(
                "{step} is not a step from {FINEST_KW} to {COARSEST_KW} kW; write the step in which it reads, as in 1"
            );
            faults.add("resolution_kw", sentence);
        }
        faults.0
    }
}

/// A draw of a distribution that is normal but for its farthest ends: mean 0, standard deviation 1, never beyond 6. As a
/// sum it is the same to the last bit on every machine, which logarithms need not be.
#[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
fn deviation(seed: u64, quantity: Metered, end: f64) -> f64 {
    let minute = (end / 60.0).round() as i64;
    let first = match quantity {
        Metered::Real => 0x100,
        Metered::Reactive => 0x200,
    };
    let sum: f64 = (first..first + DRAWS).map(|salt| drawn(seed, salt, minute.cast_unsigned())).sum();
    sum - 6.0
}

/// A unit as a number: FNV-1a of its name.
fn number_of(unit: &DispatchUnit) -> u64 {
    let bytes = unit.fsp.as_str().bytes().chain([b'/']).chain(unit.unit.as_str().bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A number of whole steps is seldom a double: the nearest to the milliwatt is one that is written as it is meant.
fn whole_watts(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(name: &str) -> DispatchUnit {
        name.parse().unwrap()
    }

    fn meter(noise: f64, resolution_kw: Option<f64>) -> Meter {
        Meter { noise, resolution_kw, seed: 1 }
    }

    /// The minutes of a week from Thursday 26 November 2026 on.
    fn week() -> impl Iterator<Item = f64> {
        (0..7 * 1440).map(|minute| 1_795_651_200.0 + 60.0 * f64::from(minute))
    }

    #[test]
    fn steps_are_kept_to_and_a_meter_that_is_not_declared_changes_nothing() {
        let bess = unit("BRIGHTFLEX/BESS-07");
        for (resolution_kw, value, reads) in [
            (None, 1_234.567_890_1, 1_234.567_890_1),
            (Some(1.0), 1_234.567, 1_235.0),
            (Some(0.1), 0.26, 0.3),
            (Some(0.1), -0.26, -0.3),
            (Some(5.0), -1_234.0, -1_235.0),
            (Some(10.0), -4.9, 0.0),
            (Some(0.001), 0.000_4, 0.0),
        ] {
            let found = meter(0.0, resolution_kw).reads(&bess, Metered::Real, 60.0, value);
            assert_eq!(
                found.to_bits(),
                f64::to_bits(reads),
                "{value} in steps of {resolution_kw:?}: {found}"
            );
        }
        assert_eq!(Meter::EXACT.reads(&bess, Metered::Real, 60.0, 0.1 + 0.2), 0.1 + 0.2);
    }

    #[test]
    fn noise_has_the_spread_that_is_declared_and_no_leaning() {
        let bess = unit("BRIGHTFLEX/BESS-07");
        for (quantity, value) in
            [(Metered::Real, 500.0), (Metered::Real, -2_000.0), (Metered::Reactive, 300.0)]
        {
            let read: Vec<f64> = week()
                .map(|end| meter(0.005, None).reads(&bess, quantity, end, value) / value - 1.0)
                .collect();
            #[expect(clippy::cast_precision_loss, reason = "some thousands")]
            let count = read.len() as f64;
            let mean = read.iter().sum::<f64>() / count;
            let spread = (read.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / count).sqrt();
            assert!(mean.abs() < 0.005 * 4.0 / count.sqrt(), "{quantity:?} leans by {mean}");
            assert!((spread / 0.005 - 1.0).abs() < 0.03, "{quantity:?} spreads by {spread}");
            let within = |share: f64| read.iter().filter(|r| r.abs() <= share).count();
            let (one, two) = (within(0.005), within(0.010));
            // 68.3 % and 95.4 % of a normal distribution.
            assert!((6_700..=7_070).contains(&one) && (9_540..=9_690).contains(&two), "{one}, {two}");
            assert!(read.iter().all(|r| r.abs() <= 0.03), "never beyond six times the spread");
        }
    }

    #[test]
    fn two_units_two_minutes_two_quantities_and_two_seeds_have_nothing_to_do_with_each_other() {
        let noise = |meter: Meter, name: &str, quantity, shift: f64| -> Vec<f64> {
            week().map(|end| meter.reads(&unit(name), quantity, end + shift, 1.0) - 1.0).collect()
        };
        let own = meter(0.01, None);
        let first = noise(own, "BRIGHTFLEX/BESS-07", Metered::Real, 0.0);
        let square: f64 = first.iter().map(|n| n * n).sum();
        for other in [
            noise(own, "BRIGHTFLEX/BESS-08", Metered::Real, 0.0),
            noise(own, "BRIGHTFLEX/BESS-07", Metered::Reactive, 0.0),
            noise(own, "BRIGHTFLEX/BESS-07", Metered::Real, 60.0),
            noise(Meter { seed: 2, ..own }, "BRIGHTFLEX/BESS-07", Metered::Real, 0.0),
        ] {
            let together: f64 = first.iter().zip(&other).map(|(a, b)| a * b).sum();
            assert!((together / square).abs() < 0.04, "correlated by {}", together / square);
        }
    }

    #[test]
    fn what_no_meter_is_like_is_named_with_what_would_be_right() {
        for (noise, resolution_kw, field, says) in [
            (0.5, None, "noise", "0.5 is not a share from 0 to 0.1; write 0.005 for 0.5 %"),
            (-0.001, None, "noise", "-0.001 is not a share"),
            (f64::NAN, None, "noise", "NaN is not a share"),
            (0.0, Some(0.0), "resolution_kw", "0 is not a step from 0.001 to 1000 kW"),
            (0.0, Some(2_000.0), "resolution_kw", "2000 is not a step"),
            (0.0, Some(f64::NAN), "resolution_kw", "NaN is not a step"),
        ] {
            let faults = meter(noise, resolution_kw).faults();
            assert!(faults.len() == 1 && faults[0].0 == field && faults[0].1.contains(says), "{faults:?}");
        }
        assert_eq!(meter(0.1, Some(1_000.0)).faults(), []);
    }

    proptest! {
        #[test]
        fn a_reading_is_the_same_whenever_and_in_whatever_order_it_is_asked(
            seed: u64,
            noise in 0.0..0.1_f64,
            step in prop_oneof![Just(None), (0.001..1000.0_f64).prop_map(Some)],
            asked in prop::collection::vec((0_i32..50_000_000, -1e5..1e5_f64), 1..20),
        ) {
            let meter = Meter { noise, resolution_kw: step, seed };
            let bess = unit("BRIGHTFLEX/BESS-07");
            let read = |(minute, kw): &(i32, f64)| meter.reads(&bess, Metered::Real, 60.0 * f64::from(*minute), *kw);
            let forwards: Vec<f64> = asked.iter().map(read).collect();
            let mut backwards: Vec<f64> = asked.iter().rev().map(read).collect();
            backwards.reverse();
            prop_assert_eq!(&forwards, &backwards);
            for ((_, kw), found) in asked.iter().zip(&forwards) {
                let most = kw.abs() * noise * 6.0 + step.unwrap_or(0.0) / 2.0 + 1e-6;
                prop_assert!(found.is_finite() && (found - kw).abs() <= most, "{} as {}", kw, found);
            }
        }
    }
}
