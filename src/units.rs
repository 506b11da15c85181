//! Power and its signs.
//!
//! **Generation convention throughout: positive = more export or less import.** Reactive: positive = exporting
//! (lagging). OpenADR counts the other way; only `openadr` turns the sign, once, at the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Real power in whole watts, generation convention: positive = export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watts(pub i64);

/// Reactive power in whole vars: positive = exporting (lagging).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Vars(pub i64);

impl Watts {
    /// In kilowatts, same sign.
    #[expect(clippy::cast_precision_loss, reason = "dispatch volumes are far below 2^53 W")]
    pub fn kilowatts(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// From kilowatts, to the nearest watt; `None` when not finite or beyond ±1 PW.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    pub fn from_kilowatts(kilowatts: f64) -> Option<Self> {
        let watts = (kilowatts * 1000.0).round();
        (watts.abs() <= 1e15).then_some(Self(watts as i64))
    }
}

impl Vars {
    /// In kilovars, same sign.
    #[expect(clippy::cast_precision_loss, reason = "dispatch volumes are far below 2^53 var")]
    pub fn kilovars(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

/// What a signed change of real power asks of a unit, in the words that stand beside every number.
pub fn delta_in_words(kilowatts: f64) -> &'static str {
    if kilowatts > 0.0 {
        "turn up generation / turn down demand"
    } else if kilowatts < 0.0 {
        "turn down generation / turn up demand"
    } else {
        "no change from baseline"
    }
}

/// What a signed net power at the connection point is, in words.
pub fn absolute_in_words(kilowatts: f64) -> &'static str {
    if kilowatts > 0.0 {
        "export"
    } else if kilowatts < 0.0 {
        "import"
    } else {
        "neither import nor export"
    }
}

/// How many there are of something whose plural ends in s: `1 alarm`, `1,200 alarms`.
pub fn counted(count: usize, noun: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "nothing is counted up to 2^53")]
    let many = grouped(count as f64, 0);
    if count == 1 { format!("{many} {noun}") } else { format!("{many} {noun}s") }
}

/// Groups the digits of a whole part by three with a thin comma: `12,345.6`. `decimals` after the point.
pub fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.*}", decimals, value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let mut out = String::with_capacity(text.len() + whole.len() / 3 + 1);
    if value < 0.0 && !is_zero {
        out.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

impl fmt::Display for Watts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kW", grouped(self.kilowatts(), if self.0 % 1000 == 0 { 0 } else { 3 }))
    }
}

impl fmt::Display for Vars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kvar", grouped(self.kilovars(), if self.0 % 1000 == 0 { 0 } else { 3 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_counted_without_an_s() {
        assert_eq!([0, 1, 1200].map(|many| counted(many, "alarm")), ["0 alarms", "1 alarm", "1,200 alarms"]);
    }

    #[test]
    fn numbers_are_grouped_and_signed_for_people() {
        for (value, decimals, text) in [
            (0.0, 1, "0.0"),
            (-0.04, 1, "0.0"),
            (999.95, 1, "1,000.0"),
            (-1_234_567.0, 0, "−1,234,567"),
            (12.5, 1, "12.5"),
            (f64::NAN, 1, "–"),
        ] {
            assert_eq!(grouped(value, decimals), text);
        }
        assert_eq!(Watts(2_000_000).to_string(), "2,000 kW");
        assert_eq!(Watts(-1_500).to_string(), "−1.500 kW");
    }

    #[test]
    fn a_sign_has_one_meaning() {
        assert!(delta_in_words(1.0).starts_with("turn up generation"));
        assert!(delta_in_words(-1.0).starts_with("turn down generation"));
        assert_eq!(absolute_in_words(-1.0), "import");
    }
}
