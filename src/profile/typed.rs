//! What people type into a field or a cell, as a value of a fleet file.

use toml::Value;

/// A text; none when it is empty.
pub fn text(written: &str) -> Option<Value> {
    let written = written.trim();
    (!written.is_empty()).then(|| Value::String(written.to_owned()))
}

/// A number, thousands with commas too; none when it is empty. What is no number stays a text, for the reader of the file
/// to say so.
pub fn number(written: &str) -> Option<Value> {
    let written = written.trim();
    if written.is_empty() {
        return None;
    }
    let plain = written.replace('\u{2212}', "-");
    let plain = if has_thousands(&plain) { plain.replace(',', "") } else { plain };
    let value = plain.parse::<i64>().map(Value::Integer).ok();
    let value = value.or_else(|| plain.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::Float));
    Some(value.unwrap_or_else(|| Value::String(written.to_owned())))
}

/// Times of day with kW, as in `00:00 -300, 07:00 -700`: what `points` of a daily baseline holds.
pub fn points(written: &str) -> Value {
    let point = |point: &str| {
        let mut words = point.split_whitespace();
        let time = words.next().and_then(text);
        Value::Array(time.into_iter().chain(words.filter_map(number)).collect())
    };
    let points = written.split([',', ';', '\n']).filter(|point| !point.trim().is_empty());
    Value::Array(points.map(point).collect())
}

/// Corners of a chart, as in `0 -300; 900 300`: what `vertices` of reactive power holds.
pub fn corners(written: &str) -> Value {
    let corner = |corner: &str| Value::Array(corner.split_whitespace().filter_map(number).collect());
    let corners = written.split([';', '\n']).filter(|corner| !corner.trim().is_empty());
    Value::Array(corners.map(corner).collect())
}

/// Whether every comma stands where thousands part.
fn has_thousands(written: &str) -> bool {
    let whole = written.split('.').next().unwrap_or_default().trim_start_matches(['+', '-']);
    let groups: Vec<&str> = whole.split(',').collect();
    let is_digits = |group: &&str| group.bytes().all(|b| b.is_ascii_digit());
    groups.len() > 1
        && groups.iter().all(is_digits)
        && (1..=3).contains(&groups[0].len())
        && groups[1..].iter().all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them_and_what_is_none_stays_a_text() {
        for (written, value) in [
            ("5", Some(Value::Integer(5))),
            (" 1,200 ", Some(Value::Integer(1200))),
            ("-1,234,567.5", Some(Value::Float(-1_234_567.5))),
            ("\u{2212}7", Some(Value::Integer(-7))),
            ("0.94", Some(Value::Float(0.94))),
            ("", None),
            ("  ", None),
            ("1,5", Some(Value::String("1,5".to_owned()))),
            ("12,34,567", Some(Value::String("12,34,567".to_owned()))),
            ("inf", Some(Value::String("inf".to_owned()))),
            ("lots", Some(Value::String("lots".to_owned()))),
        ] {
            assert_eq!(number(written), value, "{written:?}");
        }
    }
}
