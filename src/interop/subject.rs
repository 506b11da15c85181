//! What there is to carry, and what is known of its unit and contract beside it.

use crate::dispatch::{Dispatch, Signature};
use crate::power::Baseline;
use crate::time::UtcTime;

/// A dispatch in hand. What else is known makes messages whole that need more than a dispatch holds; a dispatch alone will
/// do, and what then cannot be written is said.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What is asked.
    pub dispatch: &'a Dispatch,
    /// Its signature; `None` for one that is not signed yet.
    pub signature: Option<&'a Signature>,
    /// The unit's baseline: between DELTA and ABSOLUTE there is no way without it.
    pub baseline: Option<&'a Baseline>,
    /// The unit's declared ramps upwards and downwards, kW per second, both above 0.
    pub ramps_kw_per_s: Option<(f64, f64)>,
    /// The product of its contract, as the operator calls it.
    pub product: Option<&'a str>,
    /// The name of the baseline in its contract.
    pub baseline_name: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// A dispatch of whose unit and contract nothing is known.
    pub fn alone(dispatch: &'a Dispatch, signature: Option<&'a Signature>) -> Self {
        Self { dispatch, signature, baseline: None, ramps_kw_per_s: None, product: None, baseline_name: None }
    }

    /// The baseline at an instant, to the nearest watt; `None` when it is not known.
    pub(super) fn baseline_watts(&self, at: UtcTime) -> Option<i64> {
        let kilowatts = self.baseline?.at(seconds(at));
        crate::units::Watts::from_kilowatts(kilowatts).map(|watts| watts.0)
    }

    /// The instants between two at which the baseline moves, in order.
    pub(super) fn baseline_moves(&self, from: UtcTime, until: UtcTime) -> Vec<UtcTime> {
        let Some(baseline) = self.baseline else { return Vec::new() };
        let curve = baseline.curve(seconds(from), seconds(until));
        let mut moves: Vec<UtcTime> =
            curve.steps().map(whole).filter(|at| *at > from && *at < until).collect();
        moves.dedup();
        moves
    }

    /// What names this dispatch in an identifier: operator, reference, revision.
    pub(super) fn identity(&self) -> [String; 3] {
        let dispatch = self.dispatch;
        [
            dispatch.network_operator.to_string(),
            dispatch.dispatch_ref.to_string(),
            dispatch.revision.to_string(),
        ]
    }
}

/// Seconds of UTC as curves have them.
#[expect(clippy::cast_precision_loss, reason = "seconds of years 1 to 9999 are far below 2^53")]
pub(super) fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

#[expect(clippy::cast_possible_truncation, reason = "an instant of a curve is a second of UTC")]
fn whole(seconds: f64) -> UtcTime {
    UtcTime::from_unix(seconds.round() as i64)
}
