//! Names, each with its own type so that none can stand where another belongs. They are copied wherever something is said
//! of what they name: copies share their text.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::quoted;

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Nothing there.
    #[error("{what} is 1 to 64 characters; this one is empty")]
    Empty {
        /// The kind of name, with its article.
        what: &'static str,
    },
    /// Longer than 64 characters.
    #[error("{what} is 1 to 64 characters; `{}…` has {length}", .text.escape_debug())]
    TooLong {
        /// The kind of name, with its article.
        what: &'static str,
        /// Its first 64 characters.
        text: String,
        /// Its length in characters.
        length: usize,
    },
    /// A character that is not allowed in it.
    #[error("`{}` is not allowed in {what}: `{}`; use {allowed}", .character.escape_debug(), .text.escape_debug())]
    Character {
        /// The kind of name, with its article.
        what: &'static str,
        /// The whole text.
        text: String,
        /// The first that is not allowed.
        character: char,
        /// What is.
        allowed: &'static str,
    },
}

fn parse(
    what: &'static str,
    allowed: &'static str,
    is_allowed: fn(char) -> bool,
    text: &str,
) -> Result<Arc<str>, IdentifierError> {
    let length = text.chars().count();
    if length == 0 {
        return Err(IdentifierError::Empty { what });
    }
    if length > 64 {
        return Err(IdentifierError::TooLong { what, text: text.chars().take(64).collect(), length });
    }
    match text.chars().find(|c| !is_allowed(*c)) {
        Some(character) => {
            Err(IdentifierError::Character { what, text: text.to_owned(), character, allowed })
        }
        None => Ok(text.into()),
    }
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $what:literal, $allowed:literal, $is_allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads it.
            ///
            /// # Errors
            /// When it is empty, longer than 64 characters or holds a character that is not allowed.
            pub fn new(text: &str) -> Result<Self, IdentifierError> {
                parse($what, $allowed, $is_allowed, text).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdentifierError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn word_without_underscore(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

identifier!(
    /// A network operator, from the well-known list (`profiles/operators.toml`): `GB-DNO-11`, `GB-NESO`.
    OperatorId, "a network operator id", "letters, digits and -", word_without_underscore
);
identifier!(
    /// A flexibility service provider. Never holds `_`, so that the OpenADR target `FSP_UNIT` splits one way only.
    FspId, "an FSP id", "letters, digits and -", word_without_underscore
);
identifier!(
    /// A dispatch unit, unique for its FSP.
    UnitId, "a unit id", "letters, digits, _ and -", word
);
identifier!(
    /// A flexibility services contract, unique for its operator.
    ContractId, "a contract id", "letters, digits, _ and -", word
);
identifier!(
    /// A dispatch reference, unique for its operator.
    DispatchRef, "a dispatch ref", "letters, digits, _ and -", word
);
identifier!(
    /// The name under which a public key is pinned.
    KeyId, "a key id", "letters, digits, _ and -", word
);

/// A unit, namespaced by its FSP (Appendix A: "Unique reference, namespaced by FSP identity"). Shown as `FSP/UNIT`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DispatchUnit {
    /// The provider.
    pub fsp: FspId,
    /// Its unit.
    pub unit: UnitId,
}

impl DispatchUnit {
    /// The OpenADR target that the operator grants on the unit's resource: `FSP_UNIT`.
    pub fn target(&self) -> String {
        format!("{}_{}", self.fsp, self.unit)
    }

    /// Reads an OpenADR target back; `None` when it is not one of this profile's.
    pub fn from_target(target: &str) -> Option<Self> {
        let (fsp, unit) = target.split_once('_')?;
        Some(Self { fsp: fsp.parse().ok()?, unit: unit.parse().ok()? })
    }
}

impl fmt::Display for DispatchUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.fsp, self.unit)
    }
}

impl FromStr for DispatchUnit {
    type Err = String;

    /// Reads `FSP/UNIT`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (fsp, unit) = text
            .split_once('/')
            .ok_or_else(|| format!("{} is not a dispatch unit; write FSP/UNIT", quoted(text)))?;
        Ok(Self {
            fsp: fsp.parse().map_err(|e: IdentifierError| e.to_string())?,
            unit: unit.parse().map_err(|e: IdentifierError| e.to_string())?,
        })
    }
}

/// A dispatch through all its revisions: the operator and its reference. Shown as `GB-DNO-11/EMID-20261126-0417`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DispatchKey {
    /// Who dispatches.
    pub operator: OperatorId,
    /// Its reference.
    pub dispatch_ref: DispatchRef,
}

impl fmt::Display for DispatchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.operator, self.dispatch_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_says_what_is_allowed() {
        let said = |text: &str| FspId::new(text).unwrap_err().to_string();
        assert_eq!(said(""), "an FSP id is 1 to 64 characters; this one is empty");
        assert_eq!(
            said("BRIGHT_FLEX"),
            "`_` is not allowed in an FSP id: `BRIGHT_FLEX`; use letters, digits and -"
        );
        assert_eq!(said("A\nB"), "`\\n` is not allowed in an FSP id: `A\\nB`; use letters, digits and -");
        assert!(said(&"x".repeat(65)).ends_with("…` has 65"), "{}", said(&"x".repeat(65)));
        assert!(FspId::new(&"x".repeat(64)).is_ok());
    }

    #[test]
    fn a_target_splits_one_way_only() {
        let unit: DispatchUnit = "BRIGHT-FLEX/BESS_07".parse().unwrap();
        assert_eq!(unit.target(), "BRIGHT-FLEX_BESS_07");
        assert_eq!(DispatchUnit::from_target("BRIGHT-FLEX_BESS_07"), Some(unit));
        for target in ["BRIGHTFLEX", "_BESS", "BRIGHTFLEX_", "BRIGHT FLEX_BESS", ""] {
            assert_eq!(DispatchUnit::from_target(target), None, "{target}");
        }
        assert_eq!(
            "BESS-07".parse::<DispatchUnit>().unwrap_err(),
            "`BESS-07` is not a dispatch unit; write FSP/UNIT"
        );
    }
}
