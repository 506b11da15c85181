//! Words that stand in many sentences.

use crate::dispatch::Dispatch;
use crate::time::{UtcTime, in_london};
use crate::units::grouped;

/// `17:05:10 UTC`.
pub(super) fn clock_words(at: UtcTime) -> String {
    let text = at.to_string();
    let time = text.split_once('T').map_or(text.as_str(), |(_, time)| time);
    format!("{} UTC", time.trim_end_matches('Z'))
}

/// `EMID-20261126-0417 (BRIGHTFLEX/BESS-07)`.
pub(super) fn named(dispatch: &Dispatch) -> String {
    format!("{} ({})", dispatch.dispatch_ref, dispatch.unit)
}

/// `EMID-20261126-0417 revision 3 (STOP, BRIGHTFLEX/BESS-07)`.
pub(super) fn revision_words(dispatch: &Dispatch) -> String {
    format!(
        "{} revision {} ({}, {})",
        dispatch.dispatch_ref, dispatch.revision, dispatch.status, dispatch.unit
    )
}

/// `1,200 kW`.
pub(super) fn kw_words(kw: f64) -> String {
    format!("{} kW", grouped(kw, 0))
}

/// `312 kWh`.
pub(super) fn kwh_words(kwh: f64) -> String {
    format!("{} kWh", grouped(kwh, 0))
}

/// `18:24 GMT`: as a clock in London shows it.
pub(super) fn london_words(at: UtcTime) -> String {
    let local = in_london(at);
    let minute = local.time.rsplit_once(':').map_or(local.time.as_str(), |(minute, _)| minute);
    format!("{minute} {}", local.zone)
}
