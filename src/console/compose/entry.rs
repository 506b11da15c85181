//! What a person types into a field, read exactly: times of day in London, volumes, prices. A half-typed text is
//! never lost: it stays as typed, with a sentence about what would be right.

use serde::{Deserialize, Serialize};

use rust_decimal::Decimal;

use crate::time::{LocalEntry, UtcTime, in_london, parse_london};

/// Which of the two instants a time means in the hour that happens twice in October.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fold {
    /// The first, in summer time.
    Bst,
    /// The second, in winter time.
    Gmt,
}

/// A London time as typed: `17:00`, `17:00:30`, or with its date `2026-11-27 00:30`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeEntry {
    /// As typed.
    pub text: String,
    /// Which one of two, where it was asked.
    pub fold: Option<Fold>,
}

/// Why a time entry is no instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeFault {
    /// It cannot be read; the sentence says what would be right.
    Unread(String),
    /// It happens twice; a person must say which.
    Twice {
        /// The first.
        bst: UtcTime,
        /// The second.
        gmt: UtcTime,
    },
    /// The clocks skip it.
    Never {
        /// The entry with its date.
        text: String,
        /// What a clock that was put forward says then.
        later: Option<UtcTime>,
    },
}

impl TimeFault {
    /// In a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Unread(sentence) => sentence.clone(),
            Self::Twice { bst, gmt } => {
                let local = in_london(*bst);
                format!(
                    "{} on {} happens twice, as BST ({bst}) and as GMT ({gmt}); say which",
                    local.time, local.date
                )
            }
            Self::Never { text, .. } => {
                format!(
                    "{text} does not exist in London: the clocks go forward over it; write a time before 01:00 or from 02:00"
                )
            }
        }
    }
}

impl TimeEntry {
    /// The entry that a person would type for an instant, without its date when that is `date`.
    pub fn of(at: UtcTime, date: &str) -> Self {
        let local = in_london(at);
        let time = local.time.strip_suffix(":00").unwrap_or(&local.time);
        let text = if local.date == date { time.to_owned() } else { format!("{} {time}", local.date) };
        let fold = match parse_london(&local.date, &local.time) {
            Ok(LocalEntry::Twice { bst, .. }) => Some(if at == bst { Fold::Bst } else { Fold::Gmt }),
            _ => None,
        };
        Self { text, fold }
    }

    /// The instant that it means, on `date` when it names none.
    pub fn read(&self, date: &str) -> Result<UtcTime, TimeFault> {
        let text = self.text.trim();
        let (date, time) = match text.split_once([' ', 'T']) {
            Some((own_date, time)) => (own_date, time.trim()),
            None => (date.trim(), text),
        };
        if time.is_empty() {
            return Err(TimeFault::Unread("the time is missing; write 17:00 or 17:00:30".to_owned()));
        }
        match parse_london(date, &padded(time)).map_err(TimeFault::Unread)? {
            LocalEntry::Once(at) => Ok(at),
            LocalEntry::Never => Err(TimeFault::Never {
                text: format!("{time} on {date}"),
                later: an_hour_later(date, &padded(time)),
            }),
            LocalEntry::Twice { bst, gmt } => match self.fold {
                Some(Fold::Bst) => Ok(bst),
                Some(Fold::Gmt) => Ok(gmt),
                None => Err(TimeFault::Twice { bst, gmt }),
            },
        }
    }
}

/// What follows a time by an hour on the face of a clock, where that exists.
fn an_hour_later(date: &str, time: &str) -> Option<UtcTime> {
    let (hour, rest) = time.split_once(':')?;
    let hour = hour.parse::<u8>().ok()? + 1;
    match parse_london(date, &format!("{hour:02}:{rest}")).ok()? {
        LocalEntry::Once(at) => Some(at),
        LocalEntry::Never | LocalEntry::Twice { .. } => None,
    }
}

/// `9:30` as `09:30`, and `1730` as `17:30`, as people type them.
fn padded(time: &str) -> String {
    let all_digits = time.chars().all(|c| c.is_ascii_digit());
    if all_digits && time.len() == 4 {
        return format!("{}:{}", &time[..2], &time[2..]);
    }
    match time.split_once(':') {
        Some((hour, rest)) if hour.len() == 1 => format!("0{hour}:{rest}"),
        _ => time.to_owned(),
    }
}

/// Reads a number as typed: `2000`, `2,000`, `+1.5`, `-1.5`, `−1.5`. A comma only groups thousands.
///
/// # Errors
/// A sentence that says what would be right.
pub fn number(text: &str) -> Result<Decimal, String> {
    let plain: String = text.trim().chars().map(|c| if c == '−' { '-' } else { c }).collect();
    let plain = plain.replace(['\u{a0}', '\u{202f}', ' '], "");
    if plain.is_empty() {
        return Err("the number is missing".to_owned());
    }
    let bad = || format!("`{}` is not a number; write 2000, 2,000 or −1.5", text.trim());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = whole.trim_start_matches(['+', '-']);
    let mut groups = digits.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    if rest.iter().any(|g| g.len() != 3) || (!rest.is_empty() && !(1..=3).contains(&first.len())) {
        return Err(format!(
            "`{}` has a comma that does not group thousands; write a point for the decimals: 2.5",
            text.trim()
        ));
    }
    let only_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == ',');
    if (digits.is_empty() && fraction.is_empty()) || !only_digits(digits) || !only_digits(fraction) {
        return Err(bad());
    }
    plain.trim_start_matches('+').replace(',', "").parse().map_err(|_| bad())
}

/// A typed number times `scale`, which must come to a whole number: the exact watts, vars or pence.
///
/// # Errors
/// A sentence that says what would be right; `finest` names the finest step allowed.
pub fn whole(text: &str, scale: i64, finest: &str) -> Result<i64, String> {
    let value = number(text)?;
    let scaled =
        value.checked_mul(Decimal::from(scale)).ok_or_else(|| format!("`{}` is too large", text.trim()))?;
    if !scaled.fract().is_zero() {
        return Err(format!("`{}` is finer than {finest}; nothing finer can be sent", text.trim()));
    }
    i64::try_from(scaled.trunc()).map_err(|_| format!("`{}` is too large", text.trim()))
}

/// What a person probably meant where [`whole`] refuses: a comma for the point, or more places than can be sent.
pub fn nearest(text: &str, scale: i64) -> Option<i64> {
    let value = number(text).or_else(|_| number(&text.replace(',', "."))).ok()?;
    let scaled = value.checked_mul(Decimal::from(scale))?.round();
    i64::try_from(scaled).ok().filter(|amount| *amount != 0)
}

/// A whole number over `scale` as a person would type it: no more decimals than it has, thousands grouped.
pub fn typed(value: i64, scale: i64) -> String {
    let value = (Decimal::from(value) / Decimal::from(scale)).normalize();
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::from(if value.is_sign_negative() && !value.is_zero() { "−" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    fn entry(text: &str) -> TimeEntry {
        TimeEntry { text: text.to_owned(), fold: None }
    }

    #[test]
    fn a_local_time_is_read_as_people_type_it() {
        for (text, utc) in [
            ("17:00", "2026-07-01T16:00:00Z"),
            ("17:00:30", "2026-07-01T16:00:30Z"),
            ("1730", "2026-07-01T16:30:00Z"),
            (" 9:05 ", "2026-07-01T08:05:00Z"),
            ("2026-11-27 00:30", "2026-11-27T00:30:00Z"),
        ] {
            assert_eq!(entry(text).read("2026-07-01"), Ok(at(utc)), "{text}");
        }
    }

    #[test]
    fn a_half_typed_time_says_what_would_be_right() {
        for text in ["", "17:", "25:00", "five", "17:00:00.5"] {
            let fault = entry(text).read("2026-07-01").unwrap_err();
            assert!(matches!(&fault, TimeFault::Unread(s) if !s.is_empty()), "{text}: {fault:?}");
        }
    }

    #[test]
    fn the_hour_that_is_skipped_is_refused_and_the_one_that_repeats_is_asked() {
        let never = entry("01:30").read("2027-03-28").unwrap_err();
        assert!(never.words().contains("does not exist"), "{}", never.words());
        let twice = entry("01:30").read("2027-10-31").unwrap_err();
        assert!(twice.words().contains("happens twice"), "{}", twice.words());
        let answered = TimeEntry { text: "01:30".to_owned(), fold: Some(Fold::Gmt) };
        assert_eq!(answered.read("2027-10-31"), Ok(at("2027-10-31T01:30:00Z")));
    }

    #[test]
    fn an_instant_comes_back_from_its_own_entry() {
        for utc in [
            "2026-11-26T17:00:00Z",
            "2026-11-26T17:00:30Z",
            "2026-11-27T00:30:00Z",
            "2027-10-31T00:30:00Z",
            "2027-10-31T01:30:00Z",
        ] {
            let entry = TimeEntry::of(at(utc), "2026-11-26");
            assert_eq!(entry.read("2026-11-26"), Ok(at(utc)), "{entry:?}");
        }
        assert_eq!(TimeEntry::of(at("2026-11-26T17:00:00Z"), "2026-11-26").text, "17:00");
    }

    #[test]
    fn a_volume_is_exact_or_refused_never_rounded() {
        for (text, watts) in [
            ("2000", Ok(2_000_000)),
            ("2,000", Ok(2_000_000)),
            ("+1.5", Ok(1_500)),
            ("-1.5", Ok(-1_500)),
            ("−1.5", Ok(-1_500)),
            ("1,234,567.891", Ok(1_234_567_891)),
            ("0.0001", Err("finer than 1 W")),
            ("2,5", Err("write a point for the decimals")),
            ("1e3", Err("not a number")),
            ("NaN", Err("not a number")),
            ("", Err("missing")),
            ("-", Err("not a number")),
            ("99999999999999999999", Err("too large")),
        ] {
            match (whole(text, 1000, "1 W"), watts) {
                (Ok(read), Ok(right)) => assert_eq!(read, right, "{text}"),
                (Err(says), Err(right)) => assert!(says.contains(right), "{text}: {says}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }

    #[test]
    fn what_is_written_back_reads_the_same() {
        for (watts, scale, text) in [
            (2_000_000, 1000, "2,000"),
            (2_000_000, 1_000_000, "2"),
            (-1_500, 1000, "−1.5"),
            (1_234_567_891, 1000, "1,234,567.891"),
            (0, 1000, "0"),
        ] {
            assert_eq!(typed(watts, scale), text);
            assert_eq!(whole(text, scale, "1 W"), Ok(watts));
        }
    }
}
