//! A dispatch as a bar: which revision it shows, from when to when, and its setpoints as steps. Pure.

use super::trouble::Troubles;
use crate::console::plot::instant::seconds;
use crate::desk::snapshot::{DispatchState, Phase, RevisionState, Rung, UnitState};
use crate::dispatch::{Dispatch, Reference, Revision, Setpoint, Stage, Status};
use crate::time::UtcTime;

/// One dispatch on its unit's time line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Its place among the snapshot's dispatches.
    pub place: usize,
    /// The revision whose window and setpoints it shows.
    pub revision: Revision,
    /// When its service begins.
    pub from: UtcTime,
    /// When it ends, or was broken off.
    pub to: UtcTime,
    /// When it was stopped or failed, where that was before its end.
    pub cut: Option<UtcTime>,
    /// Whether the unit acts on it, did, or will: it is no notice, not refused and not lost on its way.
    pub firm: bool,
    /// What is wrong with it.
    pub troubles: Troubles,
    /// In which lane of its unit it lies, from 0.
    pub lane: usize,
}

impl Bar {
    /// The bar of a dispatch at that place of the snapshot; none for a dispatch without a revision.
    pub fn of(place: usize, dispatch: &DispatchState, now: UtcTime) -> Option<Self> {
        let run = shown(dispatch)?;
        let document = &run.signed.dispatch;
        let from = begins(dispatch, document);
        let cut = broken_off(dispatch, document.revision);
        let cut = cut.filter(|at| *at < document.service_end).map(|at| at.max(from));
        Some(Self {
            place,
            revision: document.revision,
            from,
            to: cut.unwrap_or(document.service_end),
            cut,
            firm: is_held(dispatch, run) && document.status != Status::PreNotify,
            troubles: Troubles::of(dispatch, now),
            lane: 0,
        })
    }
}

/// When its service begins: a RUN_NOW is acted on from its acceptance, before its window as well.
fn begins(dispatch: &DispatchState, document: &Dispatch) -> UtcTime {
    let start = document.service_start;
    if document.status != Status::RunNow {
        return start;
    }
    accepted_at(dispatch, document.revision).map_or(start, |at| at.min(start))
}

/// When a revision was taken on; `None` while it is not.
fn accepted_at(dispatch: &DispatchState, revision: Revision) -> Option<UtcTime> {
    let taken_on = |g: &&Rung| !matches!(g.stage, Stage::Received | Stage::Rejected);
    said(dispatch, revision).filter(taken_on).map(|g| g.at).min()
}

/// The revision that the unit follows, followed or would have: the one in force; before a stop the one that it stopped.
fn shown(dispatch: &DispatchState) -> Option<&RevisionState> {
    let held = || dispatch.revisions.iter().rev().filter(|r| is_held(dispatch, r));
    let in_force = dispatch.in_force.and_then(|revision| dispatch.revision(revision));
    let last = in_force.or_else(|| held().next()).or_else(|| dispatch.current())?;
    if !last.signed.dispatch.status.is_stop() {
        return Some(last);
    }
    Some(held().find(|r| !r.signed.dispatch.status.is_stop()).unwrap_or(last))
}

/// Whether the VTN has a revision and the FSP has not refused it.
fn is_held(dispatch: &DispatchState, revision: &RevisionState) -> bool {
    let number = revision.signed.dispatch.revision;
    revision.sent.is_some() && !said(dispatch, number).any(|g| g.stage == Stage::Rejected)
}

/// What the FSP has said of a revision, as far as its signature holds.
fn said(dispatch: &DispatchState, revision: Revision) -> impl Iterator<Item = &Rung> {
    dispatch.ladder.iter().filter(move |g| g.revision == revision && g.signature.is_ok())
}

/// When the unit left a revision before its end: from the acceptance of a stop of it, or from when it could not go on.
fn broken_off(dispatch: &DispatchState, revision: Revision) -> Option<UtcTime> {
    let later = dispatch.revisions.iter().map(|r| &r.signed.dispatch).filter(|d| d.revision > revision);
    let stops = later.filter(|d| d.status.is_stop());
    let accepted = stops.filter_map(|d| accepted_at(dispatch, d.revision));
    let failed = dispatch.ladder.iter().filter(|g| g.stage == Stage::Failed && g.signature.is_ok());
    let failed = failed.filter(|_| dispatch.phase == Phase::Failed);
    accepted.chain(failed.map(|g| g.at)).min()
}

/// A level as a part of what the unit can do: 1 is all the way up from baseline, −1 all the way down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// From then on.
    pub from: UtcTime,
    /// Until then.
    pub to: UtcTime,
    /// Share of the unit's limits from baseline.
    pub share: f64,
}

/// A bar's setpoints as steps over `[from, until)`; none where no real power is asked. A RUN_NOW goes to its first level
/// at once.
pub fn steps(document: &Dispatch, unit: Option<&UnitState>, from: UtcTime, until: UtcTime) -> Vec<Step> {
    let mut levels: Vec<(UtcTime, f64)> =
        document.setpoints.iter().filter_map(|s| Some((s.at, change_kw(s, unit)?))).collect();
    if let Some(first) = levels.first_mut().filter(|_| document.status == Status::RunNow) {
        first.0 = first.0.min(from);
    }
    let greatest = levels.iter().map(|(_, kw)| kw.abs()).fold(0.0, f64::max);
    let ends = levels.iter().skip(1).map(|(at, _)| *at).chain([document.service_end]);
    levels
        .iter()
        .zip(ends)
        .map(|(&(from, kw), to)| Step { from, to: to.min(until), share: share(kw, from, unit, greatest) })
        .filter(|step| step.from < step.to)
        .collect()
}

/// How far a setpoint is from baseline, kW.
fn change_kw(setpoint: &Setpoint, unit: Option<&UnitState>) -> Option<f64> {
    let level = setpoint.real?;
    let baseline = unit.map_or(0.0, |u| u.baseline.at(seconds(setpoint.at)));
    Some(match level.reference {
        Reference::Delta => level.watts.kilowatts(),
        Reference::Absolute => level.watts.kilowatts() - baseline,
    })
}

/// Of a unit that is not known, as a share of the greatest change that is asked.
fn share(kw: f64, at: UtcTime, unit: Option<&UnitState>, greatest: f64) -> f64 {
    let room = unit.map_or(greatest, |unit| {
        let baseline = unit.baseline.at(seconds(at));
        if kw >= 0.0 { unit.max_kw - baseline } else { baseline - unit.min_kw }
    });
    if kw == 0.0 {
        0.0
    } else if room <= kw.abs() {
        kw.signum()
    } else {
        kw / room
    }
}

/// Puts bars that are in order of their beginning into lanes, so that no two of one lane overlap. Answers how many lanes
/// there are.
pub fn into_lanes(bars: &mut [Bar]) -> usize {
    let mut ends: Vec<UtcTime> = Vec::new();
    for bar in bars {
        // What was stopped before it began still takes a place.
        let end = bar.to.max(bar.from + 1);
        let free = ends.iter().position(|end| *end <= bar.from);
        bar.lane = free.unwrap_or(ends.len());
        match free {
            Some(lane) => ends[lane] = end,
            None => ends.push(end),
        }
    }
    ends.len()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::console::testing::{NOW, at, dispatch, dispatches, revision, rung, units};
    use crate::dispatch::{DispatchParts, RealLevel};
    use crate::units::Watts;

    const FROM: &str = "2026-11-26T17:00:00Z";
    const TO: &str = "2026-11-26T19:00:00Z";

    fn bar(dispatch: &DispatchState) -> (u32, String, String, bool) {
        let bar = Bar::of(0, dispatch, at(NOW)).unwrap();
        let hour = |t: UtcTime| crate::console::words::london_minute(t);
        (bar.revision.get(), hour(bar.from), hour(bar.to), bar.firm)
    }

    fn of(number: u32, to: &str, status: Status) -> Arc<RevisionState> {
        let made = revision("EMID-0500", number, "BRIGHTFLEX/BESS-07", 1000, FROM, to);
        let mut parts = made.signed.dispatch.parts().clone();
        parts.status = status;
        if status.is_stop() {
            parts.setpoints.clear();
        }
        with(&made, parts)
    }

    fn with(made: &RevisionState, parts: DispatchParts) -> Arc<RevisionState> {
        let mut made = made.clone();
        made.signed.dispatch = Dispatch::new(parts).unwrap();
        Arc::new(made)
    }

    #[test]
    fn a_bar_shows_the_revision_in_force_and_no_other() {
        let amended = vec![of(1, TO, Status::Run), of(2, "2026-11-26T20:00:00Z", Status::Run)];
        let mut state = dispatch(amended, Phase::Accepted, vec![rung(Stage::Accepted, 2, NOW)]);
        assert_eq!(bar(&state), (2, "17:00 GMT".to_owned(), "20:00 GMT".to_owned(), true));
        state.ladder[0].stage = Stage::Rejected;
        state.phase = Phase::Rejected;
        state.in_force = Some(Revision::FIRST);
        assert_eq!(bar(&state), (1, "17:00 GMT".to_owned(), "19:00 GMT".to_owned(), true));
        state.in_force = None;
        state.phase = Phase::Ended;
        assert_eq!(bar(&state).0, 1, "when all is over it still shows what ran");
    }

    #[test]
    fn a_bar_is_cut_where_the_unit_left_it() {
        let stopped = vec![of(1, TO, Status::Run), of(2, TO, Status::Stop)];
        for (ladder, to) in [
            (vec![rung(Stage::Received, 2, "2026-11-26T17:15:02Z")], "19:00 GMT"),
            (vec![rung(Stage::Accepted, 2, "2026-11-26T17:15:03Z")], "17:15 GMT"),
            (
                vec![
                    rung(Stage::Accepted, 2, "2026-11-26T17:15:03Z"),
                    rung(Stage::Stopped, 2, "2026-11-26T17:19:00Z"),
                ],
                "17:15 GMT",
            ),
            (vec![rung(Stage::Accepted, 2, "2026-11-26T16:40:00Z")], "17:00 GMT"),
            (vec![rung(Stage::Rejected, 2, "2026-11-26T17:15:03Z")], "19:00 GMT"),
        ] {
            let state = dispatch(stopped.clone(), Phase::Accepted, ladder);
            let (number, from, end, _) = bar(&state);
            assert_eq!((number, from.as_str(), end.as_str()), (1, "17:00 GMT", to), "{:?}", state.ladder);
        }
        let failed = vec![rung(Stage::Failed, 1, "2026-11-26T18:10:00Z")];
        assert_eq!(bar(&dispatch(vec![of(1, TO, Status::Run)], Phase::Failed, failed)).2, "18:10 GMT");
    }

    #[test]
    fn what_runs_now_runs_from_its_acceptance() {
        let accepted = vec![rung(Stage::Accepted, 1, "2026-11-26T16:50:00Z")];
        let mut state = dispatch(vec![of(1, TO, Status::RunNow)], Phase::AtSetpoint, accepted);
        assert_eq!(bar(&state).1, "16:50 GMT");
        let steps = steps(state.dispatch().unwrap(), None, at("2026-11-26T16:50:00Z"), at(TO));
        assert_eq!(steps[0].from, at("2026-11-26T16:50:00Z"));
        state.revisions.push(of(2, TO, Status::Stop));
        state.ladder.push(rung(Stage::Accepted, 2, "2026-11-26T16:55:00Z"));
        assert_eq!(bar(&state).2, "16:55 GMT", "and can be stopped before its window");
        state.ladder.clear();
        assert_eq!(bar(&state).1, "17:00 GMT");
    }

    #[test]
    fn a_notice_a_refusal_and_what_was_not_sent_are_not_firm() {
        let notice = dispatch(vec![of(1, TO, Status::PreNotify)], Phase::Accepted, Vec::new());
        assert!(!bar(&notice).3);
        let refused = vec![rung(Stage::Rejected, 1, NOW)];
        assert!(!bar(&dispatch(vec![of(1, TO, Status::Run)], Phase::Rejected, refused)).3);
        let mut lost = (*of(1, TO, Status::Run)).clone();
        lost.sent = None;
        assert!(!bar(&dispatch(vec![Arc::new(lost)], Phase::SendFailed, Vec::new())).3);
        assert!(bar(&dispatches()[3]).3);
    }

    #[test]
    fn an_emergency_stop_of_its_own_has_a_bar_without_steps() {
        let state = dispatch(vec![of(1, TO, Status::EmergencyStop)], Phase::Sent, Vec::new());
        assert_eq!(bar(&state).2, "19:00 GMT");
        assert!(steps(state.dispatch().unwrap(), None, at(FROM), at(TO)).is_empty());
    }

    #[test]
    fn steps_are_shares_of_what_the_unit_can_do_from_baseline() {
        let units = units();
        let unit = |name: &str| units.iter().find(|u| u.unit.unit.as_str() == name);
        for (name, reference, kw, share) in [
            ("BESS-07", Reference::Delta, 2000, 0.8),
            ("BESS-07", Reference::Delta, -1250, -0.5),
            ("BESS-07", Reference::Delta, 5000, 1.0),
            ("BESS-07", Reference::Absolute, 2500, 1.0),
            ("STORE-1", Reference::Delta, 325, 0.5),
            ("STORE-1", Reference::Absolute, -375, 0.5),
            ("STORE-1", Reference::Delta, -10, -1.0),
            ("GEN-1", Reference::Delta, 0, 0.0),
            ("unknown", Reference::Delta, -10, -1.0),
        ] {
            let made = of(1, TO, Status::Run);
            let mut parts = made.signed.dispatch.parts().clone();
            let real = Some(RealLevel { reference, watts: Watts(kw * 1000), price: None });
            parts.setpoints = vec![Setpoint { at: at("2026-11-26T17:30:00Z"), real, reactive: None }];
            let made = with(&made, parts);
            let steps = steps(&made.signed.dispatch, unit(name), at(FROM), at(TO));
            assert_eq!(steps.len(), 1);
            assert!((steps[0].share - share).abs() < 1e-9, "{name} {kw}: {steps:?}");
            assert_eq!((steps[0].from, steps[0].to), (at("2026-11-26T17:30:00Z"), at(TO)));
        }
    }

    #[test]
    fn steps_end_where_the_bar_does() {
        let made = of(1, TO, Status::Run);
        for (until, ends) in [(TO, vec!["18:00", "19:00"]), ("2026-11-26T17:15:03Z", vec!["17:15"])] {
            let got: Vec<_> = steps(&made.signed.dispatch, None, at(FROM), at(until))
                .iter()
                .map(|s| crate::time::in_london(s.to).time[..5].to_owned())
                .collect();
            assert_eq!(got, ends);
        }
    }

    #[test]
    fn bars_that_overlap_lie_in_lanes_of_their_own_and_no_more_than_are_needed() {
        let model = Bar::of(0, &dispatches()[3], at(NOW)).unwrap();
        for (spans, lanes) in [
            (vec![(0, 10), (10, 20), (20, 30)], vec![0, 0, 0]),
            (vec![(0, 10), (5, 15), (10, 20)], vec![0, 1, 0]),
            (vec![(0, 30), (5, 10), (6, 12), (12, 20)], vec![0, 1, 2, 1]),
            (vec![(0, 0), (0, 10)], vec![0, 1]),
        ] {
            let mut bars: Vec<Bar> = spans
                .iter()
                .map(|(from, to)| Bar { from: at(FROM) + from * 60, to: at(FROM) + to * 60, ..model })
                .collect();
            let count = into_lanes(&mut bars);
            assert_eq!(bars.iter().map(|b| b.lane).collect::<Vec<_>>(), lanes, "{spans:?}");
            assert_eq!(count, lanes.iter().max().unwrap() + 1);
        }
    }
}
