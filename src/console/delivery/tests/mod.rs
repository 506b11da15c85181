//! Delivery: the figures as tables, the workspace as a person uses it.

mod exporting;
mod figures;
mod picturing;
mod reckoning;
mod summing;
mod using;

use std::sync::Arc;

use crate::console::plot::instant::{instant, seconds};
use crate::console::testing::{NOW, at, dispatch, quiet_snapshot, revision, rung};
use crate::desk::lifeline::Lifeline;
use crate::desk::snapshot::{DispatchState, Phase, Snapshot, UnitState};
use crate::dispatch::Stage;
use crate::power::{Observed, Reading, score};
use crate::time::UtcTime;

use super::track::Track;

const BATTERY: &str = "BRIGHTFLEX/BESS-07";
const STORE: &str = "COLDCHAIN/STORE-2";

/// `17:05` on the day of the fixtures.
fn on(time: &str) -> UtcTime {
    at(&format!("2026-11-26T{time}:00Z"))
}

/// A dispatch of `kw` from 17:00 to 19:00 that was taken on, with minutes metered: (after, up to, net kW).
fn delivering(dispatch_ref: &str, unit: &str, kw: i64, metered: &[(&str, &str, f64)]) -> DispatchState {
    let (from, to) = ("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z");
    let ladder = vec![
        rung(Stage::Received, 1, "2026-11-26T16:00:08Z"),
        rung(Stage::Accepted, 1, "2026-11-26T16:00:10Z"),
        rung(Stage::Started, 1, "2026-11-26T16:56:40Z"),
        rung(Stage::AtSetpoint, 1, "2026-11-26T17:00:00Z"),
    ];
    let mut state = dispatch(vec![revision(dispatch_ref, 1, unit, kw, from, to)], Phase::AtSetpoint, ladder);
    for (after, up_to, kw) in metered {
        let mut end = on(after) + 60;
        while end <= on(up_to) {
            state.readings.push(Reading { at: seconds(end), kw: *kw });
            end = end + 60;
        }
    }
    state
}

/// With its marks, as the desk makes them at [`NOW`].
fn marked(mut state: DispatchState, unit: &UnitState) -> DispatchState {
    let observed = Observed {
        readings: state.readings.clone(),
        acknowledged_after_s: Some(10.0),
        until: seconds(at(NOW)),
        stopped_at: None,
    };
    state.score =
        score(&state.in_effect(), &unit.baseline, &observed, &crate::power::PaymentRules::default())
            .map(Arc::new);
    state
}

fn unit_of<'a>(snapshot: &'a Snapshot, named: &str) -> &'a UnitState {
    snapshot.units.iter().find(|u| u.unit.to_string() == named).unwrap()
}

/// The track of a dispatch at [`NOW`], of the fixtures' units.
fn track(state: DispatchState) -> Track {
    let snapshot = quiet_snapshot();
    let unit = unit_of(&snapshot, &state.dispatch().unwrap().unit.to_string());
    Track::of(&Arc::new(state), Some(unit), at(NOW), None).map(Arc::unwrap_or_clone).unwrap()
}

/// A desk on which these dispatches are, latest first, with signs of life of everyone.
fn snapshot_with(dispatches: Vec<DispatchState>) -> Snapshot {
    let mut snapshot = quiet_snapshot();
    snapshot.dispatches = dispatches.into_iter().map(Arc::new).collect();
    let heard = |from: &str, to: &str| {
        let mut line = Lifeline::default();
        let mut second = on(from);
        while second <= on(to) {
            line.heard(second, true, None, 10);
            second = second + 10;
        }
        line
    };
    snapshot.vtn.news = heard("16:30", "17:20");
    for fsp in &mut snapshot.fsps {
        Arc::make_mut(fsp).heard = heard("16:40", "17:19");
    }
    for unit in &mut snapshot.units {
        let unit = Arc::make_mut(unit);
        unit.heard = heard("16:40", "17:10");
        if unit.soc.is_some() {
            for minute in 0..40_i32 {
                unit.charge.reported(on("16:40") + i64::from(minute) * 60, 0.80 - f64::from(minute) * 0.004);
            }
        }
    }
    snapshot
}

/// A whole second of the plot's axis, in words of UTC.
fn utc(at: f64) -> String {
    instant(at).to_string()
}

#[track_caller]
fn assert_near(value: f64, want: f64) {
    assert!((value - want).abs() < 1e-6 * want.abs().max(1.0), "{value}, not {want}");
}

/// To the whole kW: a mean of a minute is exact to some 10⁻¹³ of it.
fn kilowatts(kw: Option<f64>) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "a few thousand kW")]
    kw.map(|kw| kw.round() as i64)
}
