//! Exact decimals: volumes to whole W / var and prices to whole pence, never through a float.

use rust_decimal::Decimal;

/// Why a number is not a whole multiple of the resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuantityFault {
    /// Not a number as JSON writes it: `NaN`, `0x10`, `+1`, `.5`.
    NotANumber,
    /// Finer than the resolution.
    Finer,
    /// Too large to be held.
    Absurd,
}

/// A JSON number times ten to the power given, when that is a whole number.
pub(super) fn scaled(text: &str, power: i64) -> Result<i64, QuantityFault> {
    if !is_json_number(text) {
        return Err(QuantityFault::NotANumber);
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mantissa = match mantissa.split_once('.') {
        Some(_) => mantissa.trim_end_matches('0').trim_end_matches('.'),
        None => mantissa,
    };
    let whole_digits = mantissa.split('.').next().unwrap_or_default().len();
    let beyond = if whole_digits > 20 { QuantityFault::Absurd } else { QuantityFault::Finer };
    let value = Decimal::from_str_exact(mantissa).map_err(|_| beyond)?.normalize();
    if value.is_zero() {
        return Ok(0);
    }
    let exponent =
        exponent.parse::<i64>().unwrap_or_else(|_| if exponent.starts_with('-') { -1_000 } else { 1_000 });
    let net = exponent.saturating_add(power).saturating_sub(i64::from(value.scale()));
    times_power_of_ten(value.mantissa(), net)
}

fn times_power_of_ten(mantissa: i128, net: i64) -> Result<i64, QuantityFault> {
    let factor = u32::try_from(net.unsigned_abs()).ok().and_then(|p| 10_i128.checked_pow(p));
    if net >= 0 {
        factor
            .and_then(|factor| mantissa.checked_mul(factor))
            .and_then(|whole| i64::try_from(whole).ok())
            .ok_or(QuantityFault::Absurd)
    } else {
        let factor = factor.ok_or(QuantityFault::Finer)?;
        if mantissa % factor != 0 {
            return Err(QuantityFault::Finer);
        }
        i64::try_from(mantissa / factor).map_err(|_| QuantityFault::Absurd)
    }
}

/// Whether a text is a number by the grammar of RFC 8259, section 6.
fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// Pence from an amount with exactly two decimals: `300.00`, `-12.50`.
pub(super) fn pence(text: &str) -> Result<i64, QuantityFault> {
    let (pounds, pence) = text.split_once('.').ok_or(QuantityFault::NotANumber)?;
    if !is_json_number(text) || text.contains(['e', 'E']) || pounds.len() > 20 || pence.len() < 2 {
        return Err(QuantityFault::NotANumber);
    }
    if pence.len() > 2 {
        return Err(QuantityFault::Finer);
    }
    scaled(text, 2)
}

/// Thousandths as an exact decimal without trailing zeros: 1,500 → `1.5`.
pub(super) fn thousandths(value: i64) -> String {
    Decimal::new(value, 3).normalize().to_string()
}

/// Hundredths with two decimals: 30,000 → `300.00`.
pub(super) fn hundredths(value: i64) -> String {
    Decimal::new(value, 2).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use QuantityFault::{Absurd, Finer, NotANumber};
    use proptest::prelude::*;

    #[test]
    fn a_volume_is_exact_or_refused_and_never_rounded() {
        for (text, power, expected) in [
            ("2000", 3, Ok(2_000_000)),
            ("2000.0", 3, Ok(2_000_000)),
            ("2", 6, Ok(2_000_000)),
            ("2e3", 3, Ok(2_000_000)),
            ("2000000E-3", 3, Ok(2_000_000)),
            ("-0.001", 3, Ok(-1)),
            ("0.0005", 3, Err(Finer)),
            ("0.0000005", 6, Err(Finer)),
            ("0.1000000000000000000000000000000000000000000", 3, Ok(100)),
            ("0.1000000000000000000000000000000000000000001", 3, Err(Finer)),
            ("-0", 3, Ok(0)),
            ("0e99999999999999999999", 3, Ok(0)),
            ("1e99999999999999999999", 3, Err(Absurd)),
            ("1e-99999999999999999999", 3, Err(Finer)),
            ("1e400", 3, Err(Absurd)),
            ("99999999999999999999999999999999", 3, Err(Absurd)),
            ("9223372036854775807", 0, Ok(i64::MAX)),
            ("9223372036854775808", 0, Err(Absurd)),
            ("NaN", 3, Err(NotANumber)),
            ("Infinity", 3, Err(NotANumber)),
            ("-Infinity", 3, Err(NotANumber)),
            ("+1", 3, Err(NotANumber)),
            ("0x10", 3, Err(NotANumber)),
            (".5", 3, Err(NotANumber)),
            ("5.", 3, Err(NotANumber)),
            ("01", 3, Err(NotANumber)),
            ("", 3, Err(NotANumber)),
        ] {
            assert_eq!(scaled(text, power), expected, "{text} × 10^{power}");
        }
    }

    #[test]
    fn a_price_has_two_decimals() {
        for (text, expected) in [
            ("300.00", Ok(30_000)),
            ("-12.50", Ok(-1_250)),
            ("0.01", Ok(1)),
            ("300", Err(NotANumber)),
            ("300.0", Err(NotANumber)),
            ("300.005", Err(Finer)),
            ("3e2.00", Err(NotANumber)),
            ("£300.00", Err(NotANumber)),
            ("", Err(NotANumber)),
        ] {
            assert_eq!(pence(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_to_the_watt(value in any::<i64>()) {
            prop_assert_eq!(scaled(&thousandths(value), 3), Ok(value));
            prop_assert_eq!(pence(&hundredths(value)), Ok(value));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(text in "[-+0-9.eE]{0,40}", power in 0_i64..7) {
            let _ = scaled(&text, power);
            let _ = pence(&text);
        }
    }
}
