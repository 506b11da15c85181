//! What is kept of a delivery comes out of its curve, and nothing else does.

use proptest::prelude::*;

use super::*;
use crate::dispatch::sample;
use crate::power::{Baseline, Observed, Reading, score_by_minute};

/// The sample dispatch, delivered as these readings say: the minute's number in the window, and net kW.
fn delivered(readings: impl IntoIterator<Item = (u32, f64)>, baseline: &Baseline) -> Delivery {
    let dispatch = sample::dispatch();
    let seconds = |at: UtcTime| f64::from(u32::try_from(at.unix()).unwrap());
    let mut series = Series::default();
    for (minute, kw) in readings {
        series.push(Reading { at: seconds(dispatch.service_start) + f64::from(minute + 1) * 60.0, kw });
    }
    let observed = Observed {
        readings: series.clone(),
        acknowledged_after_s: Some(12.4),
        until: seconds(dispatch.service_end),
        stopped_at: None,
    };
    let key = dispatch.key();
    let revision = dispatch.revision;
    let of =
        Delivered { key: &key, revision, reckoned: dispatch.service_end, over: "ended", readings: &series };
    let revisions = [(seconds(dispatch.service_start) - 3600.0, &dispatch)];
    let rules = PaymentRules::default();
    let (score, minutes) = score_by_minute(&revisions, baseline, &observed, &rules).unwrap();
    Delivery::scored(of, &score, &minutes, &rules)
}

fn well() -> Delivery {
    let asked = delivered([], &Baseline::Zero).curve.unwrap().asked_w;
    let kw = |minute: u32| f64::from(i32::try_from(asked[minute as usize]).unwrap()) / 1000.0;
    // Half an hour well, half an hour a third short, then a gap.
    let readings = (0..60).map(|minute| (minute, if minute < 30 { kw(minute) } else { kw(minute) * 0.67 }));
    delivered(readings, &Baseline::Fixed { kw: -12.3456 })
}

#[test]
fn a_delivery_comes_back_as_it_was_written_and_its_figures_come_out_of_its_curve() {
    let delivery = well();
    assert_eq!(delivery.check(), Ok(()));
    assert_eq!(Delivery::from_json(&delivery.to_json()), Ok(delivery.clone()));
    let score = delivery.score.unwrap();
    assert_eq!((score.minutes_metered, score.acknowledged_after_s), (60, Some(12)));
    let nothing = delivered([], &Baseline::Zero);
    assert_eq!(nothing.check(), Ok(()));
    assert_eq!(nothing.score.unwrap().of_asked, None, "nothing was metered");
}

#[test]
fn whatever_is_changed_in_its_figures_does_not_come_out() {
    let good = well().to_json();
    let figure = |name: &str, value: &serde_json::Value| format!("\"{name}\":{value}");
    let whole: serde_json::Value = serde_json::from_str(&good).unwrap();
    let score = &whole["score"];
    let changes = [
        ("asked_wh", &score["asked_wh"], "1"),
        ("delivered_wh", &score["delivered_wh"], "9000000"),
        ("short_wh", &score["short_wh"], "0"),
        ("over_wh", &score["over_wh"], "50000"),
        ("minutes_metered", &score["minutes_metered"], "61"),
        ("minutes_missing", &score["minutes_missing"], "0"),
        ("minutes_within", &score["minutes_within"], "61"),
        ("minutes_within", &score["minutes_within"], "3"),
        ("of_asked", &score["of_asked"], "0.99"),
        ("of_asked", &score["of_asked"], "1.01"),
        ("of_asked", &score["of_asked"], "null"),
        ("flexible_power", &score["payment"]["flexible_power"], "1.0"),
        ("transition", &score["payment"]["transition"], "1.0"),
        ("one_sided", &score["payment"]["one_sided"], "1.0"),
        ("penalty", &whole["rules"]["penalty"], "0.0"),
        ("count", &whole["readings"]["count"], "59"),
    ];
    for (name, old, new) in changes {
        // What stands in the score, and not what is alike in a half-hour.
        let (old, new) = (figure(name, old), format!("\"{name}\":{new}"));
        assert!(good.contains(&old), "{old}: {good}");
        let changed = Delivery::from_json(&good.replacen(&old, &new, 1)).unwrap();
        assert!(changed.check().is_err(), "{old} as {new}");
    }
    let mut short = well();
    short.curve.as_mut().unwrap().asked_w.pop();
    assert!(short.check().is_err());
    let mut shifted = well();
    shifted.curve.as_mut().unwrap().from = shifted.curve.as_ref().unwrap().from + 1800;
    assert!(shifted.check().is_err());
    let mut halves = well();
    halves.score.as_mut().unwrap().half_hours.swap(0, 1);
    assert!(halves.check().is_err());
    let mut both = well();
    both.unscored = Some("it is not".to_owned());
    assert!(both.check().is_err());
    let mut huge = well();
    huge.curve.as_mut().unwrap().baseline_w[0] = i64::MIN;
    assert!(huge.check().is_err());
}

proptest! {
    /// Else evidence is refused for how its own figures were rounded.
    #[test]
    fn what_was_really_worked_out_always_comes_out(
        readings in prop::collection::btree_map(0_u32..130, -3000.0..3000.0_f64, 0..130),
        baseline in -2500.0..2500.0_f64,
    ) {
        let delivery = delivered(readings, &Baseline::Fixed { kw: baseline });
        prop_assert_eq!(delivery.check(), Ok(()));
        prop_assert_eq!(Delivery::from_json(&delivery.to_json()), Ok(delivery));
    }
}
