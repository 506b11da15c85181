//! What people type into a field or a cell, as a value of a fleet file.

use toml::{Table, Value};

use crate::power::Days;

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

/// Times of day with kW as a daily baseline, as in `00:00 -300, 07:00 -700`; as a weekly one where they follow their
/// days, as in `weekdays 00:00 -300, 07:00 -700, weekend 00:00 -100`.
pub fn baseline(written: &str) -> Table {
    let by_days = is_by_days(written);
    let mut of_days: Vec<(String, Vec<Value>)> = Vec::new();
    for point in written.split([',', ';', '\n']).map(str::trim).filter(|point| !point.is_empty()) {
        let (days, rest) = match point.split_once(char::is_whitespace) {
            Some((days, rest)) if by_days && is_by_days(days) => (days, rest),
            _ if by_days && is_by_days(point) => (point, ""),
            _ => ("", point),
        };
        if !days.is_empty() || of_days.is_empty() {
            of_days.push((days.to_lowercase(), Vec::new()));
        }
        let mut words = rest.split_whitespace();
        let time = words.next().and_then(text);
        let point = Value::Array(time.into_iter().chain(words.filter_map(number)).collect());
        if let Some((_, points)) = of_days.last_mut() {
            points.push(point);
        }
    }
    let mut table = Table::new();
    let (kind, key, levels) = if by_days {
        let mut days = Table::new();
        for (of, points) in of_days {
            match days.get_mut(&of).and_then(Value::as_array_mut) {
                Some(known) => known.extend(points),
                None => {
                    days.insert(of, Value::Array(points));
                }
            }
        }
        ("weekly", "days", Value::Table(days))
    } else {
        ("daily", "points", Value::Array(of_days.into_iter().flat_map(|(_, points)| points).collect()))
    };
    table.insert("kind".to_owned(), Value::String(kind.to_owned()));
    table.insert(key.to_owned(), levels);
    table
}

/// Whether times of day follow the days that they are of.
pub fn is_by_days(written: &str) -> bool {
    written.trim_start().starts_with(|first: char| first.is_alphabetic())
}

/// A daily or weekly baseline as [`baseline`] reads it, its points parted by `between`; none for another kind.
pub fn baseline_words(baseline: &Table, between: &str) -> Option<String> {
    let point =
        |point: &Value| point.as_array().into_iter().flatten().map(word).collect::<Vec<_>>().join(" ");
    let points =
        |points: &Value| points.as_array().into_iter().flatten().map(point).collect::<Vec<_>>().join(between);
    if let Some(days) = baseline.get("days").and_then(Value::as_table) {
        if baseline.get("kind").and_then(Value::as_str) != Some("weekly") {
            return None;
        }
        let of = |of: Days| days.get(of.word()).map(|own| format!("{} {}", of.word(), points(own)));
        return Some(Days::ALL.into_iter().filter_map(of).collect::<Vec<_>>().join(between));
    }
    baseline.get("points").map(points)
}

/// As a person would type it.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Corners of a chart, as in `0 -300; 900 300`: what `vertices` of reactive power holds; or times of day and kW, as
/// `available` does.
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
