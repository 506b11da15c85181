//! The fleet summed.

use std::sync::Arc;

use super::{BATTERY, STORE, assert_near, delivering, kilowatts, on, quiet_snapshot, snapshot_with, track};
use crate::console::delivery::layering::StackBy;
use crate::console::delivery::stack::{self, Grain, layers};
use crate::console::delivery::sum::{Sum, SumMinute, summed};
use crate::console::delivery::track::Track;
use crate::console::delivery::tracks::Tracks;
use crate::console::plot::instant::seconds;
use crate::console::testing::{NOW, at};
use crate::desk::snapshot::{DispatchState, Phase};
use crate::power::Reading;

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
    assert_eq!(minute.by_layer, [Some(2100.0), Some(400.0)]);
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
    assert_eq!(minute.by_layer, [Some(2100.0), None]);
    assert_near(minute.short_kw(), 0.0);
    assert_eq!((minute.asked, minute.metered), (2, 1));
    let layers = layers(&sum.minutes, 2, Grain::WHOLE);
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
    let layers = layers(&sum.minutes, 2, Grain::WHOLE);
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

#[test]
fn a_reading_more_is_summed_and_only_its_unit_is_worked_out_anew() {
    let (mut snapshot, mut tracks) = (snapshot_with(two()), Tracks::default());
    let before = tracks.sum(&snapshot, at(NOW), StackBy::Fsp);
    assert!(
        Arc::ptr_eq(&before, &tracks.sum(&snapshot, at(NOW) + 20, StackBy::Fsp)),
        "within a publication and a minute"
    );
    let reading = Reading { at: seconds(on("17:10")), kw: -400.0 };
    Arc::make_mut(&mut snapshot.dispatches[0]).readings.push(reading);
    snapshot.sequence += 1;
    let after = tracks.sum(&snapshot, at(NOW), StackBy::Fsp);
    assert_eq!(after.minute_at(on("17:10")).unwrap().by_layer, [Some(2100.0), Some(300.0)]);
    assert_eq!(after.minutes, Sum::of(after.tracks.clone()).minutes, "as if nothing had been kept");
    let kept = |sum: &Sum| sum.tracks.iter().map(Arc::clone).collect::<Vec<_>>();
    let same: Vec<bool> = kept(&before).iter().zip(&kept(&after)).map(|(a, b)| Arc::ptr_eq(a, b)).collect();
    assert_eq!(same, [true, false], "the battery's is kept, the store's is another");
}

#[test]
fn physics_that_were_edited_are_planned_with() {
    let (mut snapshot, mut tracks) = (snapshot_with(two()), Tracks::default());
    let before = tracks.sum(&snapshot, at(NOW), StackBy::Fsp);
    for unit in &mut snapshot.units {
        let unit = Arc::make_mut(unit);
        unit.asset = Arc::new(unit.asset.as_ref().clone());
    }
    snapshot.sequence += 1;
    let after = tracks.sum(&snapshot, at(NOW), StackBy::Fsp);
    assert!(before.tracks.iter().zip(&after.tracks).all(|(a, b)| !Arc::ptr_eq(a, b)));
}

#[test]
fn minutes_that_nobody_could_tell_apart_are_one_step_and_a_gap_stays_one() {
    let metered = [("17:00", "17:05", 2000.0), ("17:05", "17:10", 2001.0), ("17:12", "17:20", 1500.0)];
    let sum = sum(vec![delivering("EMID-1", BATTERY, 2000, &metered)]);
    let bands = |slack| layers(&sum.minutes, 1, Grain { minutes: 1, slack }).remove(0);
    let steps = |slack| bands(slack).iter().map(|b| b.at.len() / 2).collect::<Vec<_>>();
    assert_eq!((steps(0.0), steps(2.0)), (vec![2, 1], vec![1, 1]));
    for slack in [0.0, 2.0] {
        let bands = bands(slack);
        let ends: Vec<f64> = bands.iter().flat_map(|b| [b.at[0], b.at[b.at.len() - 1]]).collect();
        assert_eq!(ends, ["17:00", "17:10", "17:12", "17:20"].map(|time| seconds(on(time))));
        let areas = bands.iter().flat_map(|b| b.low.iter().zip(&b.high)).map(|(low, high)| high - low);
        assert!(areas.into_iter().all(|kw| kw >= 1500.0));
    }
}

#[test]
fn a_stack_of_minutes_too_narrow_to_see_keeps_its_energy_and_its_gaps() {
    let metered = [("17:00", "17:03", 2000.0), ("17:03", "17:10", 1400.0), ("17:12", "17:20", 1500.0)];
    let sum = sum(vec![delivering("EMID-1", BATTERY, 2000, &metered)]);
    let coarse = layers(&sum.minutes, 1, Grain { minutes: 4, slack: 0.0 }).remove(0);
    let steps = coarse.iter().flat_map(|band| band.at.chunks(2).zip(band.high.iter().step_by(2)));
    let steps: Vec<(f64, f64, f64)> = steps.map(|(at, high)| (at[0], at[1], *high)).collect();
    // Of 17:08 to 17:12 two minutes were not metered.
    let expected = [("17:00", "17:04", 1850.0), ("17:04", "17:08", 1400.0), ("17:12", "17:20", 1500.0)];
    assert_eq!(steps, expected.map(|(from, to, kw)| (seconds(on(from)), seconds(on(to)), kw)));
    // The line of what was delivered lies on the stack, and what is short of 2,000 kW keeps its area.
    let grain = Grain { minutes: 4, slack: 0.0 };
    let line = stack::steps(&sum.minutes, grain, SumMinute::delivered).remove(0);
    assert_eq!(line.iter().map(|point| point[1]).collect::<Vec<_>>(), [1850.0, 1850.0, 1400.0, 1400.0]);
    let short_kwh = |grain| {
        let (short, _) = stack::deviations(&sum.minutes, grain);
        let steps = short.iter().flat_map(|b| b.at.chunks(2).zip(b.low.iter().zip(&b.high).step_by(2)));
        steps.map(|(at, (low, high))| (at[1] - at[0]) * (high - low) / 3600.0).sum::<f64>()
    };
    assert!(short_kwh(Grain::WHOLE) > 100.0);
    assert!((short_kwh(grain) - short_kwh(Grain::WHOLE)).abs() < 1e-6);
}

/// Else who looks by product or by technology is shown another split under its name.
#[test]
fn the_fleet_is_stacked_by_provider_product_or_technology_and_its_sum_stays_the_same() {
    let (mut snapshot, mut tracks) = (snapshot_with(two()), Tracks::default());
    for unit in &mut snapshot.units {
        if unit.unit.to_string() == STORE {
            let unit = Arc::make_mut(unit);
            unit.operator = "GB-DNO-14".parse().unwrap();
            unit.contract = "WMID-C-2026-0044".parse().unwrap();
        }
    }
    for (by, layers, delivered) in [
        (StackBy::Fsp, ["BRIGHTFLEX", "COLDCHAIN"], [2100.0, 400.0]),
        (StackBy::Product, ["Operational utilisation", "Scheduled availability"], [400.0, 2100.0]),
        (StackBy::Technology, ["battery", "turn-down"], [2100.0, 400.0]),
        // And back: nothing of another split is left over.
        (StackBy::Fsp, ["BRIGHTFLEX", "COLDCHAIN"], [2100.0, 400.0]),
    ] {
        let sum = tracks.sum(&snapshot, at(NOW), by);
        assert_eq!(sum.layers, layers, "{by:?}");
        let minute = sum.minute_at(on("17:10")).unwrap();
        assert_eq!(minute.by_layer, delivered.map(Some), "{by:?}");
        assert_eq!(minute.delivered(), Some(2500.0), "{by:?}");
    }
    snapshot.units.retain(|unit| unit.unit.to_string() != STORE);
    let layers = StackBy::Technology.layers(&snapshot, [&STORE.parse().unwrap()]);
    assert_eq!(layers, ["unknown technology"]);
}
