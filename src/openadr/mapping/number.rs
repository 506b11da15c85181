//! Numbers of the wire as exact decimals: a volume must come back to the watt, so no binary float is in between.

use rust_decimal::Decimal;
use serde_json::{Number, Value};

/// Why a number cannot be held in whole units of 10⁻ᵖˡᵃᶜᵉˢ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// No JSON number.
    NoNumber,
    /// It has more decimals than that.
    Finer,
    /// Beyond what 64 bits hold.
    TooLarge,
}

/// `units` × 10⁻ᵖˡᵃᶜᵉˢ as a JSON number that always has a decimal point (some servers take `5` for an integer type).
pub fn exact(units: i128, places: u32) -> Value {
    let mut text = match Decimal::try_from_i128_with_scale(units, places) {
        Ok(decimal) => decimal.normalize().to_string(),
        Err(_) => "0".to_owned(),
    };
    if !text.contains('.') {
        text.push_str(".0");
    }
    Value::Number(Number::from_string_unchecked(text))
}

/// A JSON number, however written (`5`, `5.0`, `5e0`), in whole units of 10⁻ᵖˡᵃᶜᵉˢ.
pub fn units(value: &Value, places: u32) -> Result<i64, Misfit> {
    let Value::Number(number) = value else { return Err(Misfit::NoNumber) };
    let text = number.to_string();
    let decimal = if text.contains(['e', 'E']) {
        Decimal::from_scientific(&text)
    } else {
        Decimal::from_str_exact(&text)
    };
    let decimal = decimal.map_err(|_| Misfit::TooLarge)?.normalize();
    let missing = places.checked_sub(decimal.scale()).ok_or(Misfit::Finer)?;
    10_i128
        .checked_pow(missing)
        .and_then(|factor| decimal.mantissa().checked_mul(factor))
        .and_then(|units| i64::try_from(units).ok())
        .ok_or(Misfit::TooLarge)
}

/// A metered or computed value, to `places` decimals: meters do not resolve a watt, and noise in the 15th digit helps
/// nobody. `None` when it is not finite or beyond what can be written.
pub fn rounded(value: f64, places: u32) -> Option<Value> {
    let factor = 10_f64.powi(i32::try_from(places).ok()?);
    let scaled = (value * factor).round();
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    (scaled.abs() < 1e15).then(|| exact(scaled as i128, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_watt_is_neither_lost_nor_made_up_on_the_way() {
        for (units_in, text) in [
            (0, "0.0"),
            (-2_000_000, "-2000.0"),
            (1, "0.001"),
            (-500_500, "-500.5"),
            (i128::from(i64::MAX), "9223372036854775.807"),
            (-i128::from(i64::MIN), "9223372036854775.808"),
        ] {
            assert_eq!(exact(units_in, 3).to_string(), text);
            assert_eq!(
                units(&read(text), 3).ok().map(i128::from),
                i64::try_from(units_in).ok().map(i128::from)
            );
        }
    }

    #[test]
    fn a_number_means_the_same_however_a_server_writes_it() {
        for text in ["500", "500.0", "500.000", "5e2", "5E+2", "5.0e2", "0.5e3", "50000e-2"] {
            assert_eq!(units(&read(text), 3), Ok(500_000), "{text}");
        }
        assert_eq!(units(&read("-0.0"), 3), Ok(0));
    }

    #[test]
    fn what_is_finer_than_a_watt_or_no_number_is_refused() {
        assert_eq!(units(&read("0.0005"), 3), Err(Misfit::Finer));
        assert_eq!(units(&read("1e-4"), 3), Err(Misfit::Finer));
        assert_eq!(units(&read("1e20"), 3), Err(Misfit::TooLarge));
        assert_eq!(units(&read("1e300"), 3), Err(Misfit::TooLarge));
        assert_eq!(units(&read("\"500\""), 3), Err(Misfit::NoNumber));
        assert_eq!(units(&read("null"), 3), Err(Misfit::NoNumber));
    }

    #[test]
    fn a_metered_value_is_written_to_the_watt() {
        assert_eq!(rounded(-1_999.999_999_9, 3).unwrap().to_string(), "-2000.0");
        assert_eq!(rounded(-0.000_01, 3).unwrap().to_string(), "0.0");
        assert!(rounded(f64::NAN, 3).is_none());
        assert!(rounded(f64::INFINITY, 3).is_none());
    }
}
