//! Between a plot's axis, seconds of UTC as `f64`, and instants.

use crate::time::UtcTime;

/// An instant on the axis.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
pub fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

/// The whole second nearest to a place on the axis.
#[expect(clippy::cast_possible_truncation, reason = "UtcTime holds any i64 to the years it can write")]
pub fn instant(seconds: f64) -> UtcTime {
    UtcTime::from_unix(seconds.round() as i64)
}

/// The place on the axis nearest to `seconds` on a grid of `step` seconds.
pub fn snapped(seconds: f64, step: f64) -> f64 {
    (seconds / step).round() * step
}
