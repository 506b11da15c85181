//! What the journal keeps of a delivery is what the scorecard shows.

use super::*;
use crate::console::delivery::scorecard;
use crate::journal::Delivery;
use crate::units::grouped;

/// Else evidence says one thing and the screen another.
#[test]
fn the_entry_in_the_journal_says_what_the_scorecard_says() {
    let metered = [("16:00", "17:00", 0.0), ("17:00", "18:00", 1990.0), ("18:10", "19:00", 1203.5)];
    let state = delivering("EMID-0417", BATTERY, 2000, &metered);
    let snapshot = quiet_snapshot();
    let unit = unit_of(&snapshot, BATTERY);
    let after = on("19:02");
    let track = Track::of(&Arc::new(state.clone()), Some(unit), after, None).unwrap();
    let shown = scorecard::marks(track.score.as_ref().unwrap());
    let delivery = state.delivery(Some(&unit.baseline), after);
    assert_eq!(delivery.check(), Ok(()));
    assert_eq!(Delivery::from_json(&delivery.to_json()), Ok(delivery.clone()));
    let score = delivery.score.unwrap();
    let kwh = |wh: i64| format!("{} kWh", grouped(f64::from(i32::try_from(wh).unwrap()) / 1000.0, 1));
    let payment = score.payment.unwrap();
    let factor = |value: f64| grouped(value, 3);
    for (name, told) in [
        ("Energy asked", kwh(score.asked_wh)),
        ("Energy delivered", kwh(score.delivered_wh)),
        ("Over-delivery", kwh(score.over_wh)),
        ("Delivered of asked", format!("{} %", grouped(score.of_asked.unwrap() * 100.0, 1))),
        ("Within ±5 %", format!("{} of {} min", score.minutes_within, score.minutes_metered)),
        ("Missing data", format!("{} min", score.minutes_missing)),
        ("Payment factor, Flexible Power", factor(payment.flexible_power)),
        ("Payment factor, TRANSITION", factor(payment.transition)),
        ("Payment factor, one-sided penalty", factor(payment.one_sided)),
    ] {
        let shown = &shown.iter().find(|(shown, _)| *shown == name).unwrap().1;
        assert_eq!(*shown, told, "{name}");
    }
    let half_hours: Vec<(i64, u32)> =
        score.half_hours.iter().map(|half| (half.from.unix(), half.minutes_missing)).collect();
    let starts = ["17:00", "17:30", "18:00", "18:30"].map(|time| on(time).unix());
    assert_eq!(half_hours, [(starts[0], 0), (starts[1], 0), (starts[2], 10), (starts[3], 0)]);
}

#[test]
fn without_a_baseline_it_says_that_there_is_no_score_and_why() {
    let state = delivering("EMID-0417", BATTERY, 2000, &[("17:00", "18:00", 1990.0)]);
    let delivery = state.delivery(None, on("19:02"));
    assert_eq!(delivery.check(), Ok(()));
    assert_eq!((delivery.score, delivery.readings.count), (None, 60));
    assert!(delivery.unscored.unwrap().contains("baseline"));
}
