//! The fleet summed.

use std::sync::Arc;

use super::{BATTERY, STORE, assert_near, delivering, kilowatts, on, quiet_snapshot, track};
use crate::console::delivery::stack::layers;
use crate::console::delivery::sum::{Sum, summed};
use crate::console::delivery::track::Track;
use crate::console::testing::{NOW, at};
use crate::desk::snapshot::{DispatchState, Phase};

const WHOLE: (&str, &str) = ("17:00", "17:20");

fn sum(states: Vec<DispatchState>) -> Sum {
    Sum::of(states.into_iter().map(|state| Arc::new(track(state))).collect())
}

fn two() -> Vec<DispatchState> {
    vec![
        // At −300 kW, 400 kW less demand than its baseline of −700 kW; 500 kW were asked.
        delivering("EMID-2", STORE, 500, &[(WHOLE.0, WHOLE.1, -300.0)]),
        delivering("EMID-1", BATTERY, 2000, &[(WHOLE.0, WHOLE.1, 2100.0)]),
    ]
}

#[test]
fn changes_against_each_units_own_baseline_are_summed_by_fsp() {
    let sum = sum(two());
    let fsps: Vec<&str> = sum.fsps.iter().map(|f| f.as_str()).collect();
    assert_eq!(fsps, ["BRIGHTFLEX", "COLDCHAIN"]);
    let minute = sum.minute_at(on("17:10")).unwrap();
    assert_near(minute.instructed, 2500.0);
    assert_eq!(minute.delivered(), Some(2500.0));
    assert_eq!(minute.by_fsp, [Some(2100.0), Some(400.0)]);
    assert_eq!((minute.baseline, minute.asked, minute.metered), (-700.0, 2, 2));
    // What one gives too much is not what the other lacks.
    assert_near(minute.short_kw(), 100.0);
    assert_near(minute.over_kw(), 100.0);
    let totals = sum.totals(on("17:20"));
    assert!((totals.short_kwh - 100.0 / 3.0).abs() < 1e-6 && (totals.over_kwh - 100.0 / 3.0).abs() < 1e-6);
    assert_eq!(sum.live_minute(at(NOW)), on("17:20"));
}

#[test]
fn a_unit_that_was_not_metered_makes_the_whole_unknown_and_not_less() {
    let mut states = two();
    states[0] = delivering("EMID-2", STORE, 500, &[("17:00", "17:10", -300.0)]);
    let sum = sum(states);
    let minute = sum.minute_at(on("17:15")).unwrap();
    assert_eq!(minute.delivered(), None);
    assert_eq!(minute.by_fsp, [Some(2100.0), None]);
    assert_near(minute.short_kw(), 0.0);
    assert_eq!((minute.asked, minute.metered), (2, 1));
    let layers = layers(&sum.minutes, 2);
    let ends: Vec<f64> =
        layers.iter().map(|bands| bands.last().unwrap().at.last().copied().unwrap()).collect();
    assert!(ends[1] < ends[0], "its layer ends where its readings do");
}

#[test]
fn two_dispatches_of_one_unit_are_never_counted_at_once() {
    let metered = [(WHOLE.0, WHOLE.1, 2000.0)];
    let twice =
        vec![delivering("EMID-1", BATTERY, 2000, &metered), delivering("EMID-3", BATTERY, 2000, &metered)];
    let sum = sum(twice);
    let minute = sum.minute_at(on("17:10")).unwrap();
    assert_eq!(
        (kilowatts(Some(minute.instructed)), minute.delivered(), minute.asked),
        (Some(2000), Some(2000.0), 1)
    );
}

#[test]
fn turn_up_and_turn_down_are_stacked_apart() {
    let down = delivering("EMID-4", "BRIGHTFLEX/BESS-01", -1000, &[(WHOLE.0, WHOLE.1, -900.0)]);
    let mut states = two();
    states.truncate(1);
    states.push(down);
    let sum = sum(states);
    let minute = sum.minute_at(on("17:10")).unwrap();
    assert_eq!((kilowatts(Some(minute.instructed)), minute.delivered()), (Some(-500), Some(-500.0)));
    assert_near(minute.short.0, 100.0);
    assert_near(minute.short.1, 100.0);
    assert_near(minute.over_kw(), 0.0);
    let layers = layers(&sum.minutes, 2);
    let (down, up) = (&layers[0][0], &layers[1][0]);
    assert_eq!((down.low[0], down.high[0]), (-900.0, 0.0));
    assert_eq!((up.low[0], up.high[0]), (0.0, 400.0));
}

#[test]
fn a_unit_with_an_unknown_baseline_is_left_out_by_name() {
    let stranger = Arc::new(delivering("EMID-5", "ELSEWHERE/UNIT-1", 100, &[]));
    let unknown = Track::of(&stranger, None, at(NOW), None).unwrap();
    let known = Arc::new(track(two().remove(1)));
    let sum = Sum::of(vec![unknown, known]);
    assert_eq!((sum.tracks.len(), sum.left_out[0].to_string()), (1, "ELSEWHERE/UNIT-1".to_owned()));
    assert!(Sum::of(Vec::new()).is_empty());
}

#[test]
fn what_is_open_and_near_is_summed_and_the_last_day_when_nothing_is() {
    let refs = |states: Vec<DispatchState>, now: &str| {
        let states: Vec<_> = states.into_iter().map(Arc::new).collect();
        let mut refs: Vec<String> =
            summed(&states, at(now)).iter().map(|d| d.key.dispatch_ref.to_string()).collect();
        refs.sort();
        refs
    };
    let over = |mut state: DispatchState| {
        (state.phase, state.in_force) = (Phase::Ended, None);
        state
    };
    let unsent = {
        let mut state = delivering("EMID-9", BATTERY, 10, &[]);
        let mut revision = state.revisions[0].as_ref().clone();
        revision.sent = None;
        state.revisions = vec![Arc::new(revision)];
        state
    };
    let [store, battery] = <[DispatchState; 2]>::try_from(two()).unwrap();
    assert_eq!(refs(vec![store.clone(), battery.clone(), unsent], NOW), ["EMID-1", "EMID-2"]);
    assert_eq!(refs(vec![over(store), over(battery)], "2026-11-29T12:00:00Z"), ["EMID-1", "EMID-2"]);
    assert!(refs(Vec::new(), NOW).is_empty());
    assert!(quiet_snapshot().dispatches.is_empty());
}
