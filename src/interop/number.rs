//! Numbers as messages write them: exact decimals with a point, never a rounded one.

use serde_json::Value;

/// Watts in megawatts, or var in megavar: `2.0`, `-0.0004`.
pub fn mega(value: i64) -> String {
    decimal(value, 6)
}

/// Watts in kilowatts, or var in kilovar: `2000.0`.
pub fn kilo(value: i64) -> String {
    decimal(value, 3)
}

/// Pence in pounds: `300.00`.
pub fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", pence.unsigned_abs() / 100, pence.unsigned_abs() % 100)
}

/// Pence for a megawatt-hour in pounds for a kilowatt-hour: `0.3`.
pub fn pounds_per_kwh(pence_per_mwh: i64) -> String {
    decimal(pence_per_mwh, 5)
}

/// `value` divided by ten to the power of `places`, exact, with at least one place.
fn decimal(value: i64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let digits = format!("{rest:0width$}", width = places as usize);
    let digits = digits.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{whole}.{}", if digits.is_empty() { "0" } else { digits })
}

/// A decimal as a JSON number, digit for digit.
pub fn json(decimal: &str) -> Value {
    decimal.parse().map_or(Value::Null, Value::Number)
}

/// Whole seconds as an ISO 8601 duration of hours, minutes and seconds: `PT1H30M`.
pub fn duration(seconds: i64) -> String {
    let parts = [(seconds / 3600, 'H'), (seconds % 3600 / 60, 'M'), (seconds % 60, 'S')];
    let text: String =
        parts.iter().filter(|(many, _)| *many > 0).map(|(many, of)| format!("{many}{of}")).collect();
    if text.is_empty() { "PT0S".to_owned() } else { format!("PT{text}") }
}

/// The energy of a level over some seconds times a price, in ten-thousandths of a pound, to the nearest.
pub fn cost(watts: i64, seconds: i64, pence_per_mwh: i64) -> i128 {
    // W·s·pence/MWh to 10⁻⁴ £: 3600·10⁶ W·s are a MWh, and a penny is 100 of them.
    let exact = i128::from(watts) * i128::from(seconds) * i128::from(pence_per_mwh) * 100;
    let unit = 3_600_000_000_i128;
    (exact + exact.signum() * unit / 2) / unit
}

/// Ten-thousandths of a pound: `600.00`, `0.1234`.
pub fn money(ten_thousandths: i128) -> String {
    let sign = if ten_thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (ten_thousandths.unsigned_abs() / 10_000, ten_thousandths.unsigned_abs() % 10_000);
    if rest.is_multiple_of(100) {
        format!("{sign}{whole}.{:02}", rest / 100)
    } else {
        format!("{sign}{whole}.{rest:04}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_digit_for_digit() {
        for (value, text) in
            [(2_000_000, "2.0"), (-1_500_000, "-1.5"), (1, "0.000001"), (-400, "-0.0004"), (0, "0.0")]
        {
            assert_eq!(mega(value), text);
        }
        assert_eq!((kilo(-1), kilo(100_000_000_000)), ("-0.001".to_owned(), "100000000.0".to_owned()));
        assert_eq!((pounds(-5), pounds(30_000)), ("-0.05".to_owned(), "300.00".to_owned()));
        assert_eq!(pounds_per_kwh(30_000), "0.3");
        assert_eq!(json("0.000001").to_string(), "0.000001");
    }

    #[test]
    fn a_duration_and_a_cost_are_what_they_are_anywhere() {
        for (seconds, text) in [(0, "PT0S"), (5400, "PT1H30M"), (90_000, "PT25H"), (61, "PT1M1S")] {
            assert_eq!(duration(seconds), text);
        }
        assert_eq!(money(cost(2_000_000, 3600, 30_000)), "600.00");
        assert_eq!(money(cost(-1_500_000, 1800, 1)), "-0.0075");
        assert_eq!(money(cost(1, 1, 1)), "0.00");
    }
}
