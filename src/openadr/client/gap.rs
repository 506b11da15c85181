//! How far the VTN's clock is from this client's, by the `Date` of its answers (RFC 9110 §6.6.1).

use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use http::header::DATE;

/// An answer that took longer says too little, seconds.
const LONGEST_S: f64 = 3.0;

/// How far a VTN's clock is from this client's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockGap {
    /// Seconds that the VTN's clock is ahead; below 0 when it is behind.
    pub ahead_s: f64,
    /// By so many seconds that may be wrong either way: a `Date` has no fractions, and the answer took its time.
    pub give_or_take_s: f64,
}

/// The gap by the last answer that told one.
#[derive(Debug, Default)]
pub(super) struct LastGap(Mutex<Option<ClockGap>>);

impl LastGap {
    pub fn get(&self) -> Option<ClockGap> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer came at `now_s` by this client's clock, after `took_s`.
    pub fn hear(&self, headers: &HeaderMap, now_s: f64, took_s: f64) {
        if let Some(gap) = gap(headers, now_s, took_s) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(gap);
        }
    }
}

fn gap(headers: &HeaderMap, now_s: f64, took_s: f64) -> Option<ClockGap> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let date = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_duration().as_secs_f64();
    let ahead_s = date + 0.5 - (now_s - took_s / 2.0);
    (took_s <= LONGEST_S).then_some(ClockGap { ahead_s, give_or_take_s: 0.5 + took_s / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_tells_how_far_the_vtns_clock_is_unless_it_came_too_late_or_is_none() {
        // 17:00:00 UTC.
        let now = 1_795_712_400.0;
        let last = LastGap::default();
        for (date, took, ahead) in [
            ("no date", 0.2, None),
            ("Thu, 26 Nov 2026 17:00:00 GMT", 4.0, None),
            ("Thu, 26 Nov 2026 17:01:00 GMT", 1.0, Some((61.0, 1.0))),
            ("Thu, 26 Nov 2026 16:00:00 GMT", 0.0, Some((-3599.5, 0.5))),
        ] {
            let headers = [(DATE, date.parse().unwrap())].into_iter().collect();
            last.hear(&headers, now, took);
            let found = last.get().map(|gap| (gap.ahead_s, gap.give_or_take_s));
            assert_eq!(found, ahead, "{date}");
        }
    }
}
