//! What a dispatch asked and what was delivered, as a drawing within the page.

use std::fmt::Write as _;

use crate::desk::snapshot::{DispatchState, UnitState};
use crate::dispatch::Dispatch;
use crate::power::Instruction;
use crate::time::UtcTime;
use crate::units::grouped;

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

/// Asked (dashed) and delivered (solid) over the window and a quarter of an hour either side.
pub(super) fn drawn(state: &DispatchState, unit: &UnitState) -> String {
    let revisions: Vec<(f64, &Dispatch)> = state
        .revisions
        .iter()
        .map(|r| (seconds(r.signed.dispatch.instruction_time), &r.signed.dispatch))
        .collect();
    let Some(last) = state.dispatch() else { return String::new() };
    let (from, to) = (seconds(last.service_start) - 900.0, seconds(last.service_end) + 900.0);
    let asked = Instruction::asked_curve(&revisions, &unit.baseline, from, to).between(from, to);
    let delivered: Vec<(f64, f64)> = state.readings.range(from, to).map(|r| (r.at, r.kw)).collect();
    let values = || asked.points().iter().chain(&delivered).map(|p| p.1).chain([0.0]);
    let (least, greatest) =
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let span = (greatest - least).max(1.0);
    let (width, height) = (880.0, 220.0);
    let x = |t: f64| 10.0 + (t - from) / (to - from) * (width - 20.0);
    let y = |kw: f64| height - 15.0 - (kw - least) / span * (height - 30.0);
    let line = |points: &[(f64, f64)]| {
        points.iter().fold(String::new(), |mut out, (t, kw)| {
            let _ = write!(out, "{:.1},{:.1} ", x(*t), y(*kw));
            out
        })
    };
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"asked and delivered net power, {least} to {greatest} kW\">\
         <line x1=\"10\" x2=\"{right}\" y1=\"{zero:.1}\" y2=\"{zero:.1}\" stroke=\"#999\"/>\
         <polyline fill=\"none\" stroke=\"#222\" stroke-dasharray=\"6 4\" points=\"{asked}\"/>\
         <polyline fill=\"none\" stroke=\"#0062a8\" stroke-width=\"2\" points=\"{delivered}\"/>\
         <text x=\"14\" y=\"12\" font-size=\"11\">{top} kW · dashed: asked, solid: delivered (minute means)</text></svg>",
        least = grouped(least, 0),
        greatest = grouped(greatest, 0),
        right = width - 10.0,
        zero = y(0.0),
        asked = line(asked.points()),
        delivered = line(&delivered),
        top = grouped(greatest, 0),
    )
}
