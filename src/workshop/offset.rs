//! Instants of a scenario: `T+01:30` is an hour and a half after its start.

use std::fmt;
use std::str::FromStr;

use crate::time::UtcTime;

/// Whole seconds after the start of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(u32);

impl Offset {
    /// That many seconds after the start.
    pub fn seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// Seconds after the start.
    pub fn in_seconds(self) -> u32 {
        self.0
    }

    /// So many seconds later.
    pub fn later(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The instant for a scenario that starts at `start`.
    pub fn after(self, start: UtcTime) -> UtcTime {
        start + i64::from(self.0)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.0 / 3600, self.0 / 60 % 60, self.0 % 60);
        write!(f, "T+{hours:02}:{minutes:02}:{seconds:02}")
    }
}

impl FromStr for Offset {
    type Err = String;

    /// Reads `T+HH:MM` or `T+HH:MM:SS`, up to `T+99:59:59`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not a time of the scenario; write T+01:30 or T+01:30:00");
        let parts: Vec<&str> = text.strip_prefix("T+").ok_or_else(wrong)?.split(':').collect();
        let number = |part: &str, below: u32| {
            let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            part.parse::<u32>().ok().filter(|n| digits && *n < below).ok_or_else(wrong)
        };
        match parts[..] {
            [hours, minutes] => Ok(Self(number(hours, 100)? * 3600 + number(minutes, 60)? * 60)),
            [hours, minutes, seconds] => {
                Ok(Self(number(hours, 100)? * 3600 + number(minutes, 60)? * 60 + number(seconds, 60)?))
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_scenario_is_read_one_way() {
        for (text, seconds) in
            [("T+00:00", 0), ("T+01:30", 5400), ("T+1:30:05", 5405), ("T+99:59:59", 359_999)]
        {
            assert_eq!(text.parse::<Offset>(), Ok(Offset(seconds)), "{text}");
        }
        for text in
            ["", "01:30", "T+90", "T+00:60", "T+100:00", "T+-1:00", "T+00:00:00:00", "T+ 1:00", "T+0a:00"]
        {
            assert!(text.parse::<Offset>().unwrap_err().contains("write T+01:30"), "{text}");
        }
        assert_eq!(Offset(5405).to_string(), "T+01:30:05");
    }
}
