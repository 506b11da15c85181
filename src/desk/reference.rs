//! Dispatch refs: proposed for people, made for emergency stops.

use crate::dispatch::{DispatchRef, IdentifierError};
use crate::time::UtcTime;

/// Proposes a ref that is not among `existing`, the operator's known ones: `EMID-20261126-0001`, numbered within the
/// UTC day from one above the greatest.
///
/// # Errors
/// When the operator's code is none that can stand in a ref.
pub fn next_ref<'a>(
    operator_code: &str,
    now: UtcTime,
    existing: impl IntoIterator<Item = &'a DispatchRef>,
) -> Result<DispatchRef, IdentifierError> {
    let prefix = format!("{operator_code}-{}-", &stamp(now)[..8]);
    let greatest = greatest_after(&prefix, existing);
    DispatchRef::new(&format!("{prefix}{:04}", greatest.saturating_add(1)))
}

/// A ref for an emergency stop of a unit without an open dispatch: `EMID-ES-20261126T154500-1`, unlike any of
/// `existing`.
pub(super) fn emergency_ref<'a>(
    operator_code: &str,
    now: UtcTime,
    existing: impl IntoIterator<Item = &'a DispatchRef>,
) -> Result<DispatchRef, IdentifierError> {
    let prefix = format!("{operator_code}-ES-{}-", stamp(now));
    let greatest = greatest_after(&prefix, existing);
    DispatchRef::new(&format!("{prefix}{}", greatest.saturating_add(1)))
}

/// The greatest number that follows the prefix; 0 when there is none.
fn greatest_after<'a>(prefix: &str, existing: impl IntoIterator<Item = &'a DispatchRef>) -> u32 {
    let numbers = existing.into_iter().filter_map(|r| r.as_str().strip_prefix(prefix)?.parse::<u32>().ok());
    numbers.max().unwrap_or_default()
}

/// `20261126T154500`.
fn stamp(at: UtcTime) -> String {
    at.to_string().chars().filter(|c| !matches!(c, '-' | ':' | 'Z')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_ref_is_never_one_that_is_taken() {
        let now: UtcTime = "2026-11-26T15:45:00Z".parse().unwrap();
        let known = |texts: &[&str]| texts.iter().map(|t| t.parse().unwrap()).collect::<Vec<DispatchRef>>();
        for (existing, proposed) in [
            (known(&[]), "EMID-20261126-0001"),
            (known(&["EMID-20261126-0417", "EMID-20261126-0009"]), "EMID-20261126-0418"),
            (known(&["EMID-20261125-0700", "NGED-20261126-0800"]), "EMID-20261126-0001"),
            (known(&["EMID-20261126-9999"]), "EMID-20261126-10000"),
            (known(&["EMID-20261126-trial"]), "EMID-20261126-0001"),
        ] {
            assert_eq!(next_ref("EMID", now, &existing).unwrap().as_str(), proposed);
        }
        assert_eq!(
            emergency_ref("EMID", now, &known(&["EMID-ES-20261126T154500-2"])).unwrap().as_str(),
            "EMID-ES-20261126T154500-3"
        );
        assert!(next_ref("", now, &[]).unwrap().as_str().starts_with("-20261126"));
        assert!(next_ref("E MID", now, &[]).is_err());
    }
}
