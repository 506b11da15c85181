//! A contract's fail-safe: where its units go when their FSP is left without the operator's VTN.

use crate::power::{Asset, Baseline};
use crate::units::{Watts, grouped};

/// The level to which a unit goes that is left without its operator's VTN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SafeLevel {
    /// Its baseline, wherever that goes: as if nothing were asked.
    Baseline,
    /// Always the same net power, generation convention.
    Absolute(Watts),
}

/// What a contract says of a unit whose FSP is left without the operator's VTN. Without one a unit goes on with what it
/// has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailSafe {
    /// Where the unit goes.
    pub level: SafeLevel,
    /// So many poll intervals after the last poll that was answered; 2 or more.
    pub after_polls: u32,
}

/// Numbers closer than a milliwatt are the same, kW.
const TOLERANCE_KW: f64 = 1e-6;

impl FailSafe {
    /// Fewest and most intervals. A single one would be over before the next poll is answered.
    pub const POLLS: std::ops::RangeInclusive<u32> = 2..=1_000;

    /// For how long the VTN must not be heard, seconds, where the FSP polls every so many.
    pub fn after_s(self, poll_seconds: i64) -> i64 {
        i64::from(self.after_polls).saturating_mul(poll_seconds)
    }

    /// `0 kW after 3 polls`, `baseline after 6 polls`.
    pub fn words(self) -> String {
        format!("{} after {} polls", self.level.words(), self.after_polls)
    }
}

impl SafeLevel {
    /// `baseline`, `0 kW`, `−250.5 kW`.
    pub fn words(self) -> String {
        match self {
            Self::Baseline => "baseline".to_owned(),
            Self::Absolute(watts) => {
                let exact = grouped(watts.kilowatts(), 3);
                format!("{} kW", exact.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }

    /// As a person types it: `baseline`, `0`, `-250.5`.
    pub fn typed(self) -> String {
        match self {
            Self::Baseline => "baseline".to_owned(),
            Self::Absolute(watts) => watts.kilowatts().to_string(),
        }
    }

    /// Why a unit cannot be held at the level, as what it can do; `None` when it can be, wherever its baseline goes.
    pub fn is_beyond(self, asset: &Asset, baseline: &Baseline) -> Option<String> {
        let Self::Absolute(watts) = self else { return None };
        let kw = watts.kilowatts();
        let beyond = baseline.levels().into_iter().find_map(|baseline_kw| {
            let (least, most) = asset.limits_kw(baseline_kw);
            let is_within = (least - TOLERANCE_KW..=most + TOLERANCE_KW).contains(&kw);
            (!is_within).then_some((least, most))
        });
        match (beyond, asset) {
            (Some((least, most)), _) => {
                Some(format!("goes from {} to {} kW", grouped(least, 1), grouped(most, 1)))
            }
            (None, Asset::Generator(g)) if kw > TOLERANCE_KW && kw < g.min_stable_kw - TOLERANCE_KW => {
                Some(format!("runs at {} kW or more, or not at all", grouped(g.min_stable_kw, 1)))
            }
            (None, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::fleet::FleetProfile;

    #[test]
    fn a_fail_safe_is_told_in_a_few_words_and_counts_from_the_last_poll() {
        let at = |level| FailSafe { level, after_polls: 3 };
        for (level, words) in [
            (SafeLevel::Baseline, "baseline after 3 polls"),
            (SafeLevel::Absolute(Watts(0)), "0 kW after 3 polls"),
            (SafeLevel::Absolute(Watts(2_500_000)), "2,500 kW after 3 polls"),
            (SafeLevel::Absolute(Watts(-250_500)), "\u{2212}250.5 kW after 3 polls"),
        ] {
            assert_eq!(at(level).words(), words);
        }
        assert_eq!(at(SafeLevel::Baseline).after_s(10), 30);
    }

    #[test]
    fn a_level_that_a_unit_cannot_hold_wherever_its_baseline_goes_is_found() {
        let fleet = FleetProfile::demo();
        let of = |unit: &str, level| {
            let unit = fleet.unit(&unit.parse().unwrap()).unwrap();
            level_beyond(level, unit)
        };
        for (unit, kw, says) in [
            ("BRIGHTFLEX/BESS-07", 0, None),
            ("BRIGHTFLEX/BESS-07", 2_500, None),
            ("BRIGHTFLEX/BESS-07", 2_501, Some("goes from \u{2212}2,500.0 to 2,500.0 kW")),
            ("TRENTGEN/GAS-02", 0, None),
            ("TRENTGEN/GAS-02", 100, Some("kW or more, or not at all")),
            // It takes what it takes: no level lies within its reach both by night and by day.
            ("COLDCHAIN/COLD-03", 0, Some("goes from ")),
        ] {
            let found = of(unit, SafeLevel::Absolute(Watts(kw * 1_000)));
            assert!(
                match says {
                    None => found.is_none(),
                    Some(says) => found.as_ref().is_some_and(|found| found.contains(says)),
                },
                "{unit} at {kw} kW: {found:?}"
            );
        }
        assert_eq!(of("COLDCHAIN/COLD-03", SafeLevel::Baseline), None);
    }

    fn level_beyond(level: SafeLevel, unit: &crate::profile::fleet::Unit) -> Option<String> {
        level.is_beyond(&unit.asset, &unit.baseline)
    }
}
