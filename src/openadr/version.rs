//! Which OpenADR 3 a VTN speaks.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::dispatch::quoted;

/// A version of OpenADR 3 that this program speaks. 3.1 is not backward compatible with 3.0.1 (its own change log).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Version {
    /// OpenADR 3.1.
    #[default]
    #[serde(rename = "3.1")]
    V3_1,
    /// OpenADR 3.0.1, and 3.0.0 as far as this program uses it.
    #[serde(rename = "3.0")]
    V3_0,
}

impl Version {
    /// As people and files write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::V3_1 => "3.1",
            Self::V3_0 => "3.0",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `3.1` or `3.0`, with or without a patch number: `3.0.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let known = match (parts.next(), parts.next()) {
            (Some("3"), Some("1")) => Some(Self::V3_1),
            (Some("3"), Some("0")) => Some(Self::V3_0),
            _ => None,
        };
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let has_patch = parts.next().is_none_or(is_number) && parts.next().is_none();
        known
            .filter(|_| has_patch)
            .ok_or_else(|| format!("{} is not a version that is spoken here; write 3.1 or 3.0", quoted(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_with_or_without_its_patch_number() {
        for (text, version) in [
            ("3.1", Ok(Version::V3_1)),
            ("3.1.0", Ok(Version::V3_1)),
            ("3.0", Ok(Version::V3_0)),
            ("3.0.1", Ok(Version::V3_0)),
        ] {
            assert_eq!(text.parse(), version, "{text}");
        }
        for text in ["", "3", "3.2", "2.0b", "3.10", "3.1.", "3.1.0.0", "3.0.x", "v3.1"] {
            assert!(text.parse::<Version>().unwrap_err().contains("write 3.1 or 3.0"), "{text}");
        }
    }
}
