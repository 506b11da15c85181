//! The person who holds a personal key.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::problem::moves_others;

/// The longest that a person's name may be, characters.
const LONGEST: usize = 80;

/// A person's name as files pin it: one line, 1 to 80 characters, with no space at either end and no two in a row, so that
/// nobody is taken for two people, nor two for one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Holder(Arc<str>);

impl Holder {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a name, however it is written, is this person's: capitals and spaces tell nobody apart.
    pub fn is_called(&self, name: &str) -> bool {
        let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        plain(name) == plain(&self.0)
    }
}

impl FromStr for Holder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let length = text.chars().count();
        if length == 0 || length > LONGEST {
            return Err(format!(
                "a person\u{2019}s name has 1 to {LONGEST} characters; this one has {length}"
            ));
        }
        if let Some(character) = text.chars().find(|c| moves_others(*c)) {
            return Err(format!(
                "`{}` is not allowed in a person\u{2019}s name; write it on one line",
                character.escape_default()
            ));
        }
        if text.split(char::is_whitespace).any(str::is_empty) {
            return Err(
                "a person\u{2019}s name begins and ends with no space, and has no two in a row".to_owned()
            );
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for Holder {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Holder> for String {
    fn from(holder: Holder) -> Self {
        holder.to_string()
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_and_nobody_is_two_people_by_their_capitals() {
        for good in ["Ada Winter", "Ó Briain", "X"] {
            assert_eq!(good.parse::<Holder>().unwrap().as_str(), good);
        }
        let long = "a".repeat(81);
        for bad in ["", " ", "Ada  Winter", " Ada", "Ada ", "Ada\nWinter", "Ada\u{202e}Winter", &long] {
            assert!(bad.parse::<Holder>().is_err(), "{bad:?}");
        }
        let ada: Holder = "Ada Winter".parse().unwrap();
        assert!(ada.is_called("ada  WINTER ") && !ada.is_called("Ada Winters") && !ada.is_called(""));
    }
}
