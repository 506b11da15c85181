//! Levels pasted from a spreadsheet: lines of a time and a volume, as its cells are copied.

use super::draft::{Draft, Kind};
use super::entry::{self, TimeEntry};

/// One pasted line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// As in the first cell.
    pub time: TimeEntry,
    /// As in the second cell.
    pub volume: String,
}

/// Reads lines of `time<TAB>volume`; a first line of headings is left out, further cells are too. `None` when the
/// text is not of that form, so that it can be pasted as plain text.
pub fn lines(text: &str) -> Option<Vec<Pasted>> {
    let mut cells = text.lines().filter(|l| !l.trim().is_empty()).map(|line| {
        let mut cells = line.split('\t').map(str::trim);
        (cells.next().unwrap_or_default(), cells.next())
    });
    let mut out = Vec::new();
    let mut first = true;
    for (time, volume) in &mut cells {
        let volume = volume?;
        let readable = looks_like_a_time(time) && entry::number(volume).is_ok();
        let heading = std::mem::take(&mut first) && entry::number(volume).is_err();
        if readable {
            let time = TimeEntry { text: time.to_owned(), fold: None };
            out.push(Pasted { time, volume: volume.to_owned() });
        } else if !heading {
            return None;
        }
    }
    (!out.is_empty()).then_some(out)
}

impl Draft {
    /// Fills the rows from index `from` on with pasted lines and adds those that are missing. Without an index they
    /// come after the last row that holds anything.
    pub fn paste(&mut self, from: Option<usize>, lines: Vec<Pasted>) {
        let free = self.rows.iter().rposition(|r| !r.volume.trim().is_empty()).map_or(0, |i| i + 1);
        for (index, line) in (from.unwrap_or(free)..).zip(lines) {
            if index >= self.rows.len() {
                let kind = self.rows.last().map_or(Kind::Real, |r| r.kind);
                self.add_last(kind);
            }
            if let Some(row) = self.rows.get_mut(index) {
                row.time = line.time;
                row.volume = line.volume;
            }
        }
    }
}

fn looks_like_a_time(text: &str) -> bool {
    let time = text.rsplit([' ', 'T']).next().unwrap_or_default();
    time.contains(':') && time.chars().all(|c| c.is_ascii_digit() || c == ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_times_and_volumes_becomes_rows() {
        for (text, rows) in [
            ("17:00\t2000\n18:00\t1,500\n", vec![("17:00", "2000"), ("18:00", "1,500")]),
            ("Time\tkW\r\n17:00\t-500\r\n", vec![("17:00", "-500")]),
            ("2026-11-26 17:00\t2\tnote", vec![("2026-11-26 17:00", "2")]),
        ] {
            let read: Vec<_> = lines(text).unwrap().into_iter().map(|p| (p.time.text, p.volume)).collect();
            let right: Vec<_> = rows.into_iter().map(|(t, v)| (t.to_owned(), v.to_owned())).collect();
            assert_eq!(read, right, "{text:?}");
        }
    }

    #[test]
    fn any_other_text_is_left_to_the_field_it_was_pasted_into() {
        for text in ["", "17:00", "2000", "17:00\tmuch", "17:00\t2000\nrubbish", "a\tb\nc\td"] {
            assert_eq!(lines(text), None, "{text:?}");
        }
    }
}
