//! The file in which a fleet remembers which operators' VTNs have moved: the signed notices themselves, so that a file
//! that somebody has changed leads nobody anywhere.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::dispatch::{FspId, SignedMoved, plain_words};

/// The longest that a mistake is told, characters: what it quotes may be of any length.
const LONGEST_FAULT: usize = 400;

/// A notice that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMove {
    /// The notice.
    pub notice: SignedMoved,
    /// The addresses in whose place it stands, newest first: where the fleet file names none of them any more, it has been
    /// written since.
    pub instead_of: Vec<String>,
}

/// The last notice that each FSP has followed of each operator, by FSP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves(pub BTreeMap<FspId, Vec<KeptMove>>);

impl Moves {
    /// Keeps a move in the place of an earlier one of the same operator.
    pub fn keep(&mut self, fsp: &FspId, kept: KeptMove) {
        let moves = self.0.entry(fsp.clone()).or_default();
        moves.retain(|other| other.notice.moved.operator() != kept.notice.moved.operator());
        moves.push(kept);
    }

    /// As a file.
    pub fn to_json(&self) -> String {
        let of = |kept: &KeptMove| json!({"notice": kept.notice.to_json(), "instead_of": kept.instead_of});
        let all: Map<String, Value> =
            self.0.iter().map(|(fsp, moves)| (fsp.to_string(), moves.iter().map(of).collect())).collect();
        format!("{:#}\n", Value::Object(all))
    }

    /// Reads one. The signatures are still to be checked.
    ///
    /// # Errors
    /// Where it is wrong, in a few words on one line.
    pub fn from_json(text: &str) -> Result<Self, String> {
        Self::read(text).map_err(|fault| plain_words(&fault, LONGEST_FAULT))
    }

    fn read(text: &str) -> Result<Self, String> {
        let all: Map<String, Value> = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let mut moves = Self::default();
        for (fsp, list) in &all {
            let id: FspId = fsp.parse().map_err(|e| format!("{fsp}: {e}"))?;
            let list = list.as_array().ok_or_else(|| format!("{fsp}: is not a list"))?;
            for (index, entry) in list.iter().enumerate() {
                let kept = kept_of(entry).map_err(|fault| format!("{fsp}[{index}].{fault}"))?;
                moves.keep(&id, kept);
            }
        }
        Ok(moves)
    }
}

fn kept_of(entry: &Value) -> Result<KeptMove, String> {
    let notice = entry.get("notice").ok_or("notice: is missing")?;
    let notice = SignedMoved::from_json(notice).map_err(|fault| format!("notice.{fault}"))?;
    let addresses = entry.get("instead_of").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let texts: Option<Vec<String>> = addresses.iter().map(|a| a.as_str().map(str::to_owned)).collect();
    Ok(KeptMove { notice, instead_of: texts.ok_or("instead_of: is not a list of strings")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{Moved, SigningKey};

    fn kept(to: &str) -> KeptMove {
        let key = SigningKey::from_seed("dno-2026".parse().unwrap(), &[7; 32]);
        let at = "2026-11-26T15:45:12Z".parse().unwrap();
        let moved = Moved::new("GB-DNO-11".parse().unwrap(), vec![to.to_owned()], at).unwrap();
        KeptMove { notice: moved.sign(&key).unwrap(), instead_of: vec!["https://old.example/v".to_owned()] }
    }

    #[test]
    fn the_last_move_of_each_operator_comes_back_as_it_was_kept() {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let mut moves = Moves::default();
        moves.keep(&fsp, kept("https://a.example"));
        moves.keep(&fsp, kept("https://b.example"));
        assert_eq!(moves.0[&fsp], [kept("https://b.example")]);
        assert_eq!(Moves::from_json(&moves.to_json()), Ok(moves));
        assert_eq!(Moves::from_json("{}"), Ok(Moves::default()));
    }

    #[test]
    fn a_file_that_is_not_one_says_where() {
        for (text, says) in [
            ("[]", "invalid type"),
            (r#"{"a b": []}"#, "a b: "),
            (r#"{"A": 1}"#, "A: is not a list"),
            (r#"{"A": [{}]}"#, "A[0].notice: is missing"),
            (r#"{"A": [{"notice": {"profile": "x"}}]}"#, "A[0].notice.profile: is not `gb-dispatch/1`"),
        ] {
            let fault = Moves::from_json(text).unwrap_err();
            assert!(fault.contains(says), "{says}: {fault}");
        }
        for text in [format!("\"{}\"", "\u{7f}".repeat(300)), format!("{{\"{}\": []}}", "A".repeat(5_000))] {
            let fault = Moves::from_json(&text).unwrap_err();
            assert!(fault.chars().count() <= LONGEST_FAULT, "{fault}");
        }
    }
}
