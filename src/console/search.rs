//! Finding units by words: without a word of text made for each of them.

use crate::desk::snapshot::UnitState;

/// Whether a word is in what a unit is known by: FSP, unit, name, kind, contract or operator; `FSP/UNIT` as it is shown
/// by either side and by the whole. Capitals and small letters are the same.
pub fn holds(unit: &UnitState, word: &str) -> bool {
    let (fsp, named) = (unit.unit.fsp.as_str(), unit.unit.unit.as_str());
    if let Some((before, after)) = word.split_once('/')
        && ends_with(fsp, before)
        && starts_with(named, after)
    {
        return true;
    }
    [fsp, named, &unit.name, &unit.kind, unit.contract.as_str(), unit.operator.as_str()]
        .into_iter()
        .any(|text| contains(text, word))
}

/// Whether a text has a word in it, whatever its capitals.
pub fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        let found = |part: &[u8]| part.eq_ignore_ascii_case(word.as_bytes());
        return word.is_empty() || text.as_bytes().windows(word.len()).any(found);
    }
    text.to_lowercase().contains(&word.to_lowercase())
}

fn starts_with(text: &str, word: &str) -> bool {
    text.as_bytes().get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes()))
}

fn ends_with(text: &str, word: &str) -> bool {
    let from = text.len().checked_sub(word.len());
    from.is_some_and(|from| text.as_bytes()[from..].eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::units;

    #[test]
    fn a_unit_is_found_by_any_part_of_what_it_is_known_by() {
        let mut unit = units().remove(0);
        unit.name = "Zürich Straße battery".to_owned();
        for word in ["bright", "BESS-01", "flex/bess", "ZÜRICH", "straße", "Battery", "0193", "dno-11", ""]
        {
            assert!(holds(&unit, word), "{word}");
        }
        for word in ["bess-02", "flex/ess", "right/bess", "zurich", "live"] {
            assert!(!holds(&unit, word), "{word}");
        }
    }
}
