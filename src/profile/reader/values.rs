//! What keys hold: texts, words, times, numbers. Whatever cannot be read is reported with what would be right.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use rust_decimal::Decimal;
use toml::de::DeValue;

use super::{Node, Reader, Table, one_of};
use crate::dispatch::{MAX_PENCE, MAX_VOLUME};
use crate::time::{UtcTime, UtcTimeError};

/// Greatest number either way: more than anything that is measured here, and every whole one below it is exact.
const MAX_NUMBER: f64 = 1e15;
/// Longest text that can be any key's value, in bytes.
const MAX_TEXT: usize = 1_000;

impl Reader<'_> {
    /// A text that says something, on one line.
    pub fn text<'t>(&mut self, node: &Node<'t>, right: &str) -> Option<&'t str> {
        let DeValue::String(text) = node.value.get_ref() else {
            self.wrong_type(node, right);
            return None;
        };
        if text.trim().is_empty() {
            self.wrong(node, format!("is empty; {right}"));
            return None;
        }
        if text.len() > MAX_TEXT {
            let message =
                format!("{} is {} bytes long, of at most {MAX_TEXT}; {right}", self.shown(text), text.len());
            self.wrong(node, message);
            return None;
        }
        if text.contains(char::is_control) {
            let message = format!("{} holds a control character; {right}", self.shown(text));
            self.wrong(node, message);
            return None;
        }
        Some(text)
    }

    /// A text that must be there.
    pub fn required_text(&mut self, table: &Table<'_>, key: &str, right: &str) -> Option<String> {
        let node = self.required(table, key, right)?;
        self.text(&node, right).map(str::to_owned)
    }

    /// A text that its type reads, and whose error says what would be right.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, node: &Node<'_>, right: &str) -> Option<T> {
        let text = self.text(node, right)?;
        let parsed: Result<T, T::Err> = text.parse();
        if let Err(error) = &parsed {
            let message =
                if self.shows_values { error.to_string() } else { format!("is not right; {right}") };
            self.wrong(node, message);
        }
        parsed.ok()
    }

    /// A parsed text that must be there.
    pub fn required_parsed<T: FromStr<Err: Display>>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        right: &str,
    ) -> Option<T> {
        let node = self.required(table, key, right)?;
        self.parsed(&node, right)
    }

    /// One of a list of words.
    pub fn word<T: Copy>(&mut self, node: &Node<'_>, words: &[(&str, T)]) -> Option<T> {
        let right = format!("write {}", one_of(words.iter().map(|(word, _)| *word)));
        let text = self.text(node, &right)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let message = format!("{} is not known; {right}", self.shown(text));
            self.wrong(node, message);
        }
        found
    }

    /// `true` or `false`.
    pub fn truth(&mut self, node: &Node<'_>) -> Option<bool> {
        let DeValue::Boolean(truth) = node.value.get_ref() else {
            self.wrong_type(node, "write true or false");
            return None;
        };
        Some(*truth)
    }

    /// An instant of UTC, in quotes or as TOML's own.
    pub fn time(&mut self, node: &Node<'_>) -> Option<UtcTime> {
        let right = "write UTC as \"2026-11-26T17:00:00Z\"";
        let DeValue::Datetime(written) = node.value.get_ref() else { return self.parsed(node, right) };
        written.to_string().parse().map_err(|e: UtcTimeError| self.wrong(node, e.to_string())).ok()
    }

    /// A finite number.
    pub fn number(&mut self, node: &Node<'_>, right: &str) -> Option<f64> {
        let (written, number) = match node.value.get_ref() {
            DeValue::Integer(n) => {
                (n.to_string(), i128::from_str_radix(n.as_str(), n.radix()).ok().map(as_double))
            }
            DeValue::Float(n) => (n.to_string(), n.as_str().parse().ok()),
            _ => {
                self.wrong_type(node, right);
                return None;
            }
        };
        let said = match number {
            Some(number) if number.abs() <= MAX_NUMBER => return Some(number),
            Some(number) if number.is_finite() => "is too much",
            _ => "is not a finite number",
        };
        let message = format!("{} {said}; {right}", self.shown(&written));
        self.wrong(node, message);
        None
    }

    /// A number that must be there.
    pub fn required_number(&mut self, table: &Table<'_>, key: &str, right: &str) -> Option<f64> {
        let node = self.required(table, key, right)?;
        self.number(&node, right)
    }

    /// A whole number within bounds.
    pub fn whole<T: TryFrom<i128> + Copy + PartialOrd + Display>(
        &mut self,
        node: &Node<'_>,
        bounds: &RangeInclusive<T>,
        of_what: &str,
    ) -> Option<T> {
        let right = format!("write a whole number{of_what}, {} to {}", bounds.start(), bounds.end());
        let DeValue::Integer(n) = node.value.get_ref() else {
            self.wrong_type(node, &right);
            return None;
        };
        let number = i128::from_str_radix(n.as_str(), n.radix()).ok().and_then(|n| T::try_from(n).ok());
        let number = number.filter(|n| bounds.contains(n));
        if number.is_none() {
            let message = format!("{} is out of bounds; {right}", self.shown(&n.to_string()));
            self.wrong(node, message);
        }
        number
    }

    /// A price in pounds, as whole pence.
    pub fn pence(&mut self, node: &Node<'_>) -> Option<i64> {
        self.steps(node, 2, MAX_PENCE, "one penny", "write pounds and pence, as in 300.00, up to 10000000.00")
    }

    /// A power in kW, as whole W, generation convention.
    pub fn watts(&mut self, node: &Node<'_>) -> Option<i64> {
        self.steps(node, 3, MAX_VOLUME, "1 W", "write kW in whole watts, as in 500 or 0.25, up to 100000000")
    }

    /// A power in MW, as whole W.
    pub fn megawatts(&mut self, node: &Node<'_>) -> Option<i64> {
        self.steps(node, 6, MAX_VOLUME, "1 W", "write MW in whole watts, as in 5 or 2.5, up to 100000")
    }

    /// A reactive power in kVAr, as whole var.
    pub fn vars(&mut self, node: &Node<'_>) -> Option<i64> {
        self.steps(
            node,
            3,
            MAX_VOLUME,
            "1 var",
            "write kVAr in whole var, as in 500 or 0.25, up to 100000000",
        )
    }

    /// A decimal in whole steps of 10 to the power −`places`, exactly, never through a double: how many steps.
    /// `most` is the greatest number of steps either way.
    fn steps(&mut self, node: &Node<'_>, places: u32, most: i64, step: &str, right: &str) -> Option<i64> {
        self.number(node, right)?;
        let written = match node.value.get_ref() {
            DeValue::Integer(n) if n.radix() == 10 => n.to_string(),
            DeValue::Float(n) => n.to_string(),
            _ => {
                self.wrong(node, format!("this is not a decimal number; {right}"));
                return None;
            }
        };
        let said = match steps(&written, places) {
            Some(Ok(steps)) if steps.unsigned_abs() <= most.unsigned_abs() => return Some(steps),
            Some(Err(Finer)) => format!("is finer than {step}"),
            Some(Ok(_)) | None => "is too much".to_owned(),
        };
        let message = format!("{} {said}; {right}", self.shown(&written));
        self.wrong(node, message);
        None
    }
}

/// A number that is no whole number of steps.
#[derive(Debug, PartialEq, Eq)]
struct Finer;

/// `None` when it is too large to be held.
fn steps(written: &str, places: u32) -> Option<Result<i64, Finer>> {
    let plain = written.strip_prefix('+').unwrap_or(written);
    let exponent = plain.contains(['e', 'E']);
    let decimal = if exponent { Decimal::from_scientific(plain) } else { Decimal::from_str_exact(plain) };
    let decimal = match decimal {
        Ok(decimal) => decimal.normalize(),
        // Too many digits to be held: before the point it is too large, after it too fine.
        Err(_) if plain.parse::<f64>().is_ok_and(|n| n.abs() < 1e15) => return Some(Err(Finer)),
        Err(_) => return None,
    };
    if decimal.scale() > places {
        return Some(Err(Finer));
    }
    let factor = 10_i128.checked_pow(places - decimal.scale())?;
    decimal.mantissa().checked_mul(factor).and_then(|n| i64::try_from(n).ok()).map(Ok)
}

#[expect(clippy::cast_precision_loss, reason = "physics has fewer than 2^53 of anything")]
fn as_double(number: i128) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_decimal_is_exact_or_refused_and_never_rounded() {
        for (written, places, expected) in [
            ("300.00", 2, Some(Ok(30_000))),
            ("+300", 2, Some(Ok(30_000))),
            ("-0.01", 2, Some(Ok(-1))),
            ("-0.0", 2, Some(Ok(0))),
            ("3e2", 2, Some(Ok(30_000))),
            ("3E+2", 2, Some(Ok(30_000))),
            ("1.5e-1", 3, Some(Ok(150))),
            ("0.07", 2, Some(Ok(7))),
            ("300.001", 2, Some(Err(Finer))),
            ("1e-30", 3, Some(Err(Finer))),
            ("0.1000000000000000000000000000000000000000001", 3, Some(Err(Finer))),
            ("1e30", 3, None),
            ("99999999999999999999999999999999", 3, None),
        ] {
            assert_eq!(steps(written, places), expected, "{written} in {places} places");
        }
    }

    proptest! {
        #[test]
        fn any_number_of_toml_is_judged_without_a_panic(text in "[-+]?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][-+]?[0-9]{1,4})?", places in 0_u32..6) {
            let _ = steps(&text, places);
        }
    }
}
