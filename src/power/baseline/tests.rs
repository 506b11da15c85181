//! Levels worked out on paper, through both changes of London's clocks.

use super::*;
use crate::time::UtcTime;

fn at(text: &str) -> f64 {
    seconds(text.parse::<UtcTime>().unwrap().unix())
}

fn daily(points: &[(&str, f64)]) -> Baseline {
    Baseline::Daily { points: points.iter().map(|(t, kw)| ((*t).to_owned(), *kw)).collect() }
}

fn shop() -> Baseline {
    daily(&[("01:30", -100.0), ("07:00", -700.0), ("22:00", -300.0)])
}

#[test]
fn a_daily_baseline_goes_by_london_time_in_winter_and_summer() {
    for (utc, kw) in [
        ("2026-11-26T06:59:59Z", -100.0),
        ("2026-11-26T07:00:00Z", -700.0),
        ("2026-07-01T06:00:00Z", -700.0),
        ("2026-07-01T05:59:59Z", -100.0),
        ("2026-07-01T21:00:00Z", -300.0),
        ("2026-11-26T00:30:00Z", -300.0),
    ] {
        assert_eq!(shop().at(at(utc)), kw, "{utc}");
    }
    assert_eq!(shop().at(at("2026-11-26T06:59:59Z") + 0.999), -100.0);
}

#[test]
fn the_level_is_what_londons_clock_shows_on_the_days_the_clocks_change() {
    // March: 01:00 GMT becomes 02:00 BST, so 01:30 never comes and its level begins at 02:00 BST.
    let march = shop().curve(at("2027-03-28T00:00:00Z"), at("2027-03-28T12:00:00Z"));
    assert_eq!(march.steps().collect::<Vec<_>>(), [at("2027-03-28T01:00:00Z"), at("2027-03-28T06:00:00Z")]);
    // October: 01:30 BST, then 02:00 BST becomes 01:00 GMT again, and 01:30 GMT.
    let october = shop().curve(at("2027-10-31T00:00:00Z"), at("2027-10-31T12:00:00Z"));
    assert_eq!(
        october.steps().collect::<Vec<_>>(),
        [
            at("2027-10-31T00:30:00Z"),
            at("2027-10-31T01:00:00Z"),
            at("2027-10-31T01:30:00Z"),
            at("2027-10-31T07:00:00Z")
        ]
    );
    assert_eq!(october.at(at("2027-10-31T01:15:00Z")), -300.0);
}

#[test]
fn the_curve_and_the_level_agree_all_year() {
    let (from, to) = (at("2026-09-01T00:00:00Z") + 0.5, at("2027-11-15T00:00:00Z"));
    let curve = shop().curve(from, to);
    let mut t = from;
    while t < to {
        assert_eq!(curve.at(t), shop().at(t), "at {t}");
        t += 1799.0;
    }
    assert_eq!(curve.points()[0].0, from);
    assert_eq!(curve.points()[curve.points().len() - 1].0, to);
}

#[test]
fn a_step_at_either_end_is_in_the_curve_only_at_the_far_end() {
    let (seven, ten) = (at("2026-11-26T07:00:00Z"), at("2026-11-26T22:00:00Z"));
    let curve = shop().curve(seven, ten);
    assert_eq!(curve.points(), [(seven, -700.0), (ten, -700.0), (ten, -300.0)]);
    assert_eq!(Baseline::Fixed { kw: 3.0 }.curve(1.0, 2.0).points(), [(1.0, 3.0), (2.0, 3.0)]);
    assert_eq!(shop().curve(ten, ten).points(), [(ten, -300.0)]);
}

#[test]
fn each_impossible_baseline_is_named_with_what_would_be_right() {
    for (baseline, says) in [
        (Baseline::Fixed { kw: f64::NAN }, "not a power"),
        (Baseline::Fixed { kw: 1e12 }, "more than any connection"),
        (daily(&[]), "no points"),
        (daily(&[("7:00", 1.0)]), "`7:00` is not a time of day"),
        (daily(&[("24:00", 1.0)]), "`24:00` is not a time of day"),
        (daily(&[("07:00", 1.0), ("06:00", 1.0)]), "does not come after `07:00`"),
        (daily(&[("07:00", 1.0), ("07:00", 1.0)]), "does not come after `07:00`"),
        (daily(&[("07:00", f64::INFINITY)]), "from 07:00: inf is not a power"),
        (daily(&[("é:0a", 1.0)]), "not a time of day"),
    ] {
        let fault = baseline.fault().unwrap();
        assert!(fault.contains(says), "{fault}");
        assert!(baseline.at(0.0).is_finite(), "a bad baseline never breaks a curve");
    }
    assert_eq!(shop().fault(), None);
}

#[test]
fn a_baseline_is_named_for_people() {
    assert_eq!(Baseline::Fixed { kw: -1500.0 }.words(), "fixed at −1,500 kW");
    assert_eq!(shop().words(), "daily profile");
    assert_eq!(Baseline::Zero.words(), "zero");
    assert_eq!(template().words(), "weekly template");
    assert_eq!(nominated().words(), "nominated, else −100 kW");
    assert_eq!(history(10, 0.2, Vec::new()).words(), "historical, mean of the last 10 like days");
}

type Points<'a> = &'a [(&'a str, f64)];

fn weekly(days: &[(Days, Points<'_>)]) -> Result<Weekly, (Option<Days>, String)> {
    let owned = |points: Points<'_>| points.iter().map(|(t, kw)| ((*t).to_owned(), *kw)).collect();
    Weekly::new(days.iter().map(|(days, points)| (*days, owned(points))).collect())
}

/// Weekdays, with a Friday of its own that has no level at midnight, and weekends.
fn template() -> Baseline {
    let week = weekly(&[
        (Days::Weekend, &[("00:00", -100.0), ("01:00", -150.0), ("02:00", -200.0)]),
        (Days::Weekdays, &[("00:00", -300.0), ("07:00", -700.0)]),
        (Days::One(4), &[("06:00", -500.0)]),
    ]);
    Baseline::Weekly(Arc::new(week.unwrap()))
}

fn nominated() -> Baseline {
    let utc = |text: &str| text.parse::<UtcTime>().unwrap();
    let stretches = vec![
        (utc("2027-10-31T00:30:00Z"), utc("2027-10-31T01:30:00Z"), -400.0),
        (utc("2027-10-31T01:30:00Z"), utc("2027-10-31T02:00:00Z"), -500.0),
        (utc("2027-10-31T03:00:00Z"), utc("2027-10-31T04:00:00Z"), -600.0),
    ];
    Baseline::Nominated(Arc::new(Nominated::new(-100.0, stretches).unwrap()))
}

/// Two weekdays at 300 and 500 kW, a Saturday at 100 kW, and what is added.
fn history(of_days: u32, cap: f64, more: Vec<(&str, Vec<f64>)>) -> Baseline {
    let mut days = vec![
        ("2026-11-19", vec![-300.0; 48]),
        ("2026-11-20", vec![-500.0; 48]),
        ("2026-11-21", vec![-100.0; 48]),
    ];
    days.extend(more);
    let days = days.into_iter().map(|(date, kw)| (date.to_owned(), kw)).collect();
    Baseline::Historical(Arc::new(Historical::new(of_days, cap, days).unwrap()))
}

fn steps(baseline: &Baseline, from: &str, to: &str) -> Vec<(String, f64)> {
    let curve = baseline.curve(at(from), at(to));
    let named = |t: f64| (UtcTime::from_unix(whole_second(t)).to_string(), curve.at(t));
    curve.steps().map(named).collect()
}

fn said(steps: &[(&str, f64)]) -> Vec<(String, f64)> {
    steps.iter().map(|(t, kw)| ((*t).to_owned(), *kw)).collect()
}

#[test]
fn a_template_goes_by_the_day_of_the_week_and_a_day_alone_before_its_group() {
    // Thursday 26 November 2026 and on.
    assert_eq!(
        steps(&template(), "2026-11-26T00:00:00Z", "2026-11-30T07:00:00Z"),
        said(&[
            ("2026-11-26T07:00:00Z", -700.0),
            // Friday has no level before 06:00: Thursday's last holds over midnight.
            ("2026-11-27T06:00:00Z", -500.0),
            ("2026-11-28T00:00:00Z", -100.0),
            ("2026-11-28T01:00:00Z", -150.0),
            ("2026-11-28T02:00:00Z", -200.0),
            ("2026-11-29T00:00:00Z", -100.0),
            ("2026-11-29T01:00:00Z", -150.0),
            ("2026-11-29T02:00:00Z", -200.0),
            ("2026-11-30T00:00:00Z", -300.0),
            ("2026-11-30T07:00:00Z", -700.0),
        ])
    );
    // In summer London's Monday begins at 23:00 UTC on Sunday.
    assert_eq!(template().at(at("2027-07-04T22:59:59Z")), -200.0);
    assert_eq!(template().at(at("2027-07-04T23:00:00Z")), -300.0);
}

#[test]
fn a_template_has_46_and_50_half_hours_on_the_sundays_of_the_change() {
    // 01:00 never comes: 02:00 BST follows at 01:00 UTC. Monday begins at 23:00 UTC.
    assert_eq!(
        steps(&template(), "2027-03-28T00:00:00Z", "2027-03-29T00:00:00Z"),
        said(&[("2027-03-28T01:00:00Z", -200.0), ("2027-03-28T23:00:00Z", -300.0)])
    );
    // The hour from 01:00 comes twice, 00:00 to 02:00 UTC. Sunday began at 23:00 UTC on Saturday.
    assert_eq!(
        steps(&template(), "2027-10-30T22:30:00Z", "2027-11-01T00:00:00Z"),
        said(&[
            ("2027-10-30T23:00:00Z", -100.0),
            ("2027-10-31T00:00:00Z", -150.0),
            ("2027-10-31T02:00:00Z", -200.0),
            ("2027-11-01T00:00:00Z", -300.0),
        ])
    );
    // kWh of the whole local day, by hand: 1 h at 100 and 22 h at 200; 1 h at 100, 2 h at 150 and 22 h at 200.
    for (from, to, kwh) in [
        ("2027-03-28T00:00:00Z", "2027-03-28T23:00:00Z", -4_500.0),
        ("2027-10-30T23:00:00Z", "2027-11-01T00:00:00Z", -4_800.0),
    ] {
        let curve = template().curve(at(from), at(to));
        assert!((curve.integral_hours(at(from), at(to)) - kwh).abs() < 1e-9, "{from}");
    }
}

#[test]
fn what_is_nominated_is_of_utc_so_that_the_hour_that_comes_twice_is_two() {
    assert_eq!(
        steps(&nominated(), "2027-10-31T00:00:00Z", "2027-10-31T05:00:00Z"),
        said(&[
            ("2027-10-31T00:30:00Z", -400.0),
            ("2027-10-31T01:30:00Z", -500.0),
            ("2027-10-31T02:00:00Z", -100.0),
            ("2027-10-31T03:00:00Z", -600.0),
            ("2027-10-31T04:00:00Z", -100.0),
        ])
    );
    // A curve that begins within a stretch has its end, and one that lies within it has no step.
    assert_eq!(
        steps(&nominated(), "2027-10-31T03:30:00Z", "2027-10-31T05:00:00Z"),
        said(&[("2027-10-31T04:00:00Z", -100.0)])
    );
    assert_eq!(nominated().curve(at("2027-10-31T03:10:00Z"), at("2027-10-31T03:20:00Z")).at(0.0), -600.0);
}

#[test]
fn a_history_is_the_mean_of_the_last_like_days() {
    let ten = history(10, 0.2, Vec::new());
    for (utc, kw) in [
        // Monday: the mean of 300 and 500. Sunday: Saturday. Friday 20 November: Thursday alone.
        ("2026-11-23T12:00:00Z", -400.0),
        ("2026-11-22T12:00:00Z", -100.0),
        ("2026-11-20T12:00:00Z", -300.0),
        // What nothing precedes is as the first like day.
        ("2026-11-02T12:00:00Z", -300.0),
        ("2026-11-01T12:00:00Z", -100.0),
    ] {
        assert_eq!(ten.at(at(utc)), kw, "{utc}");
    }
    assert_eq!(history(1, 0.2, Vec::new()).at(at("2026-11-23T12:00:00Z")), -500.0);
}

#[test]
fn the_day_itself_adjusts_its_rest_by_a_fifth_at_most() {
    // Monday up to 06:00: three hours that do not count, then three hours. The mean is 400 kW.
    let monday = |kw: f64| {
        let mut known = vec![-9_000.0; 6];
        known.extend([kw; 6]);
        history(10, 0.2, vec![("2026-11-23", known)])
    };
    for (kw, rest) in [
        (-440.0, -440.0),
        (-360.0, -360.0),
        (-900.0, -480.0),
        (-20.0, -320.0),
        // It exports: a share below nothing is capped like any other.
        (200.0, -320.0),
    ] {
        let baseline = monday(kw);
        let near = |utc: &str, want: f64| {
            let found = baseline.at(at(utc));
            assert!((found - want).abs() < 1e-9, "{kw} kW metered: {found} at {utc}, not {want}");
        };
        near("2026-11-23T05:59:59Z", -400.0);
        near("2026-11-23T06:00:00Z", rest);
        near("2026-11-23T23:59:59Z", rest);
        near("2026-11-24T00:00:00Z", -400.0);
        let curve = baseline.curve(at("2026-11-23T00:00:00Z"), at("2026-11-24T12:00:00Z"));
        assert_eq!(curve.at(at("2026-11-23T06:00:00Z")), baseline.at(at("2026-11-23T06:00:00Z")));
        assert_eq!(curve.at(at("2026-11-23T05:59:59Z")), -400.0);
    }
    // Nothing to compare with, or too few half-hours: no adjustment.
    let short = history(10, 0.2, vec![("2026-11-23", vec![-900.0; 5])]);
    assert_eq!(short.at(at("2026-11-23T12:00:00Z")), -400.0);
    assert_eq!(
        history(10, 0.0, vec![("2026-11-23", vec![-900.0; 6])]).at(at("2026-11-23T12:00:00Z")),
        -400.0
    );
}

#[test]
fn a_history_counts_the_hour_that_comes_twice_by_its_mean_and_the_missing_hour_not_at_all() {
    // Sunday 31 October 2027: −50 from local midnight, −100 in BST from 01:00, −300 in GMT from 01:00, −200 after.
    let october: Vec<f64> = [vec![-50.0; 2], vec![-100.0; 2], vec![-300.0; 2], vec![-200.0; 44]].concat();
    // Sunday 28 March 2027: −50 from local midnight, −200 from 02:00.
    let march: Vec<f64> = [vec![-50.0; 2], vec![-200.0; 44]].concat();
    assert_eq!((october.len(), march.len()), (50, 46));
    let after_october = history(1, 0.2, vec![("2027-10-31", october)]);
    assert_eq!(
        steps(&after_october, "2027-11-06T00:00:00Z", "2027-11-06T23:00:00Z"),
        // The mean of −100 and −300 is −200, at which the day stays.
        said(&[("2027-11-06T01:00:00Z", -200.0)])
    );
    let after_march = history(1, 0.2, vec![("2027-03-28", march)]);
    assert_eq!(
        steps(&after_march, "2027-04-02T23:00:00Z", "2027-04-03T22:00:00Z"),
        // No like day has an hour from 01:00: it is as the one before. 02:00 BST is 01:00 UTC.
        said(&[("2027-04-03T01:00:00Z", -200.0)])
    );
    // A day of the change that is to come has the clock's levels: both hours from 01:00 in October.
    let plain: Vec<f64> = [vec![-50.0; 2], vec![-100.0; 2], vec![-200.0; 44]].concat();
    let before = history(1, 0.2, vec![("2027-10-30", plain)]);
    assert_eq!(
        steps(&before, "2027-10-30T23:30:00Z", "2027-10-31T12:00:00Z"),
        said(&[("2027-10-31T00:00:00Z", -100.0), ("2027-10-31T02:00:00Z", -200.0)])
    );
}

#[test]
fn a_day_of_the_change_is_adjusted_from_the_instant_at_which_it_is_known() {
    // Local midnight is 23:00 UTC the day before.
    let known = vec![-110.0; 7];
    let baseline = history(1, 0.2, vec![("2027-10-30", vec![-100.0; 48]), ("2027-10-31", known)]);
    // Seven half-hours from 23:00 UTC end at 02:30 UTC.
    let near = |utc: &str, want: f64| assert!((baseline.at(at(utc)) - want).abs() < 1e-9, "{utc}");
    near("2027-10-31T02:29:59Z", -100.0);
    near("2027-10-31T02:30:00Z", -110.0);
    near("2027-10-31T23:59:59Z", -110.0);
    near("2027-11-01T00:00:00Z", -500.0);
}

#[test]
fn the_curve_of_every_kind_agrees_with_its_level_through_both_changes() {
    for baseline in [template(), nominated(), history(10, 0.2, vec![("2027-10-31", vec![-130.0; 9])])] {
        for (from, to) in [
            ("2027-03-27T12:00:00Z", "2027-03-29T12:00:00Z"),
            ("2027-10-30T12:00:00Z", "2027-11-01T12:00:00Z"),
        ] {
            let curve = baseline.curve(at(from) + 0.5, at(to));
            let mut t = at(from) + 0.5;
            while t < at(to) {
                assert_eq!(curve.at(t), baseline.at(t), "{} at {t}", baseline.words());
                t += 449.0;
            }
        }
    }
}

#[test]
fn zero_is_nothing_and_never_moves() {
    assert_eq!(Baseline::Zero.curve(1.0, 2.0).points(), [(1.0, 0.0), (2.0, 0.0)]);
    assert!(Baseline::Zero.is_fixed() && !template().is_fixed() && !nominated().is_fixed());
}

#[test]
fn every_level_is_among_the_levels() {
    let known = [vec![-9.0; 6], vec![-900.0; 6]].concat();
    for (baseline, levels) in [
        (Baseline::Zero, vec![0.0]),
        (template(), vec![-700.0, -500.0, -300.0, -200.0, -150.0, -100.0]),
        (nominated(), vec![-600.0, -500.0, -400.0, -100.0]),
        (history(10, 0.2, vec![("2026-11-23", known)]), vec![-480.0, -400.0, -300.0, -100.0]),
    ] {
        let mut found = baseline.levels();
        found.sort_by(f64::total_cmp);
        found.dedup();
        assert_eq!(found, levels, "{}", baseline.words());
    }
}
