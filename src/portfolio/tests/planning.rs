//! Plans whose best answer is known by hand.

use std::sync::Arc;

use crate::dispatch::availability::{Declaration, Offer, OfferRun};
use crate::portfolio::testing::{asked, at, battery, demand, engine, homes, kw, member};
use crate::portfolio::{
    Ask, AskFault, Effort, Member, Method, Planned, Rule, Stopped, Timeline, plan, shared,
};
use crate::power::{Asset, Generator, TurnDown};
use crate::units::Watts;

fn planned(ask: &Ask, members: &[Member]) -> Planned {
    plan(ask, members, Effort::default(), &|| false).unwrap()
}

/// kW of each unit in each stretch.
fn levels(planned: &Planned) -> Vec<Vec<i64>> {
    planned
        .schedule
        .lines
        .iter()
        .map(|line| line.levels.iter().map(|level| level.0 / 1000).collect())
        .collect()
}

#[track_caller]
fn holds(planned: &Planned, levels_kw: &[&[i64]], pounds: i64) {
    assert_eq!(levels(planned), levels_kw, "{planned:#?}");
    let worth = planned.schedule.worth();
    assert_eq!((worth.pence, worth.short_mwh, worth.over_mwh), (pounds * 100, 0.0, 0.0));
    assert_eq!(planned.judged.missed, [], "physics agrees");
    assert_eq!(planned.method, Method::LeastCost);
}

#[test]
fn the_cheapest_that_can_hold_it_gives_it() {
    let three = [
        member("A", battery(1000.0, 4000.0), 0.0, 300),
        member("B", battery(1000.0, 4000.0), 0.0, 100),
        member("C", battery(1000.0, 4000.0), 0.0, 200),
    ];
    holds(&planned(&asked(1500, "17:00", "18:00"), &three), &[&[0, 0], &[1000, 1000], &[500, 500]], 200);
}

#[test]
fn a_cheap_store_that_is_small_is_used_when_it_saves_most_and_the_dear_one_does_the_rest() {
    // 600 kWh of cheap energy (some watts of it are kept for the way back) for a peak that is above the dear one's 1 MW.
    let ask =
        Ask::new(&[(at("17:00"), kw(1000)), (at("17:30"), kw(2000)), (at("18:00"), kw(1000))], at("18:30"))
            .unwrap();
    let two = [member("A", battery(1000.0, 600.0), 0.0, 100), member("B", battery(1000.0, 9000.0), 0.0, 300)];
    let planned = planned(&ask, &two);
    let levels = levels(&planned);
    assert_eq!(levels[0][1], 1000, "both are needed for the peak: {levels:?}");
    let worth = planned.schedule.worth();
    assert_eq!((worth.short_mwh, planned.judged.missed.len()), (0.0, 0));
    let cheap_kwh = levels[0].iter().sum::<i64>() / 2;
    assert!(
        (570..=600).contains(&cheap_kwh),
        "and what is left of the cheap one is not left lying: {levels:?}"
    );
}

#[test]
fn in_order_of_price_it_would_be_short_where_the_plan_is_not() {
    // The cheap battery is empty by the peak if it is used first; the engine cannot run below 800 kW.
    let ask = Ask::new(&[(at("17:00"), kw(800)), (at("17:30"), kw(1600))], at("18:00")).unwrap();
    let two = [
        member("A", battery(800.0, 420.0), 0.0, 100),
        member("E", Asset::Generator(engine(800.0, 900.0)), 0.0, 200),
    ];
    holds(&planned(&ask, &two), &[&[0, 800], &[800, 800]], 40 + 160);
}

#[test]
fn an_engine_runs_above_its_least_level_or_not_at_all() {
    let two = [
        member("A", battery(1000.0, 4000.0), 0.0, 300),
        member("E", Asset::Generator(engine(800.0, 2000.0)), 0.0, 100),
    ];
    holds(&planned(&asked(500, "17:00", "18:00"), &two), &[&[500, 500], &[0, 0]], 150);
    holds(&planned(&asked(900, "17:00", "18:00"), &two), &[&[0, 0], &[900, 900]], 90);
    holds(&planned(&asked(2500, "17:00", "18:00"), &two), &[&[500, 500], &[2000, 2000]], 350);
}

#[test]
fn an_engine_keeps_its_shortest_run_and_rest() {
    let slow = Generator { min_run_min: 60.0, min_rest_min: 60.0, ..engine(500.0, 1000.0) };
    let ask =
        Ask::new(&[(at("17:00"), kw(1000)), (at("17:30"), kw(400)), (at("18:00"), kw(1000))], at("18:30"))
            .unwrap();
    let two = [member("A", battery(1000.0, 4000.0), 0.0, 300), member("E", Asset::Generator(slow), 0.0, 100)];
    let planned = planned(&ask, &two);
    let levels = levels(&planned);
    assert_eq!(planned.judged.missed, []);
    assert_eq!(planned.schedule.worth().short_mwh, 0.0);
    // It cannot run for the first half-hour alone, nor come back for the third.
    let runs: Vec<bool> = levels[1].iter().map(|level| *level > 0).collect();
    assert!(![vec![true, false, true], vec![true, false, false]].contains(&runs), "{levels:?}");
}

#[test]
fn demand_is_turned_down_no_longer_than_it_may_be() {
    let hour = TurnDown { interval_min: 60.0, ..demand(600.0, 66.0) };
    let members =
        [member("A", battery(1000.0, 4000.0), 0.0, 300), member("D", Asset::TurnDown(hour), -700.0, 100)];
    let planned = planned(&asked(600, "17:00", "18:30"), &members);
    assert_eq!(planned.judged.missed, []);
    let levels = levels(&planned);
    assert_eq!(levels[1].iter().filter(|level| **level == 600).count(), 2, "{levels:?}");
    assert_eq!(
        planned.schedule.worth().pence,
        (60 + 90) * 100,
        "two half-hours of the cheap, one of the dear"
    );
    let Timeline { changes: setpoints, end } = planned.schedule.timeline(&planned.schedule.lines[1]).unwrap();
    assert_eq!(
        end,
        at("18:30"),
        "it is held until the end, lest it takes back while more is wanted: {setpoints:?}"
    );
}

#[test]
fn homes_are_turned_down_as_far_as_they_stay_warm() {
    let members = [
        member("A", battery(1000.0, 4000.0), 0.0, 300),
        member("H", Asset::HeatPumps(homes(400.0, 320.0)), -900.0, 100),
    ];
    let planned = planned(&asked(400, "17:00", "18:00"), &members);
    assert_eq!(planned.judged.missed, []);
    let warm = levels(&planned)[1].iter().sum::<i64>() / 2;
    assert!((240..=320).contains(&warm), "{warm} kWh of 320");
}

#[test]
fn a_battery_is_charged_when_less_export_is_asked() {
    let members = [
        member("A", battery(1000.0, 400.0), 0.0, 50),
        member("D", Asset::TurnDown(demand(600.0, 120.0)), -700.0, 10),
        member("E", Asset::Generator(engine(200.0, 2000.0)), 900.0, 100),
    ];
    let planned = planned(&asked(-900, "17:00", "18:00"), &members);
    let levels = levels(&planned);
    assert_eq!(levels[1], [0, 0], "demand that can only be turned down has no part in it");
    assert_eq!(planned.schedule.worth().short_mwh, 0.0, "{levels:?}");
    assert!(
        levels[2].iter().all(|level| *level <= 700),
        "an engine that runs goes down to its least: {levels:?}"
    );
    let Timeline { changes: setpoints, .. } = planned.schedule.timeline(&planned.schedule.lines[0]).unwrap();
    assert!(setpoints.iter().all(|(_, change)| change.0 <= 0), "less export is negative: {setpoints:?}");
    assert_eq!(planned.judged.missed, []);
}

#[test]
fn declared_availability_and_notice_are_kept_to_and_named() {
    let mut declared = member("A", battery(1000.0, 4000.0), 0.0, 100);
    let run = |from: &str, until: &str, up: i64| OfferRun {
        from: at(from),
        until: at(until),
        offer: Offer { up: kw(up), down: kw(0) },
    };
    declared.declared = Some(Arc::new(Declaration::new(
        "GB-DNO-11".parse().unwrap(),
        "EMID-C-2026-0193".parse().unwrap(),
        declared.unit.clone(),
        at("09:00"),
        [run("17:00", "17:30", 300), run("17:30", "18:00", 0)],
    )));
    let mut slow = member("B", battery(1000.0, 4000.0), 0.0, 200);
    slow.earliest = at("17:10");
    let members = [declared, slow, member("C", battery(1000.0, 4000.0), 0.0, 300)];
    let planned = planned(&asked(800, "17:00", "18:00"), &members);
    assert_eq!(levels(&planned), [[300, 0], [0, 800], [500, 0]]);
    assert_eq!(
        planned.able.iter().map(|able| able.because).collect::<Vec<_>>(),
        ["availability", "notice", "rating"]
    );
}

#[test]
fn what_cannot_be_given_is_short_and_by_how_much_is_said() {
    let members = [member("A", battery(1000.0, 4000.0), 0.0, 100)];
    let planned = planned(&asked(1500, "17:00", "18:00"), &members);
    assert_eq!(levels(&planned), [[1000, 1000]]);
    let short = planned.schedule.shortages();
    assert_eq!(
        short.iter().map(|(stretch, by)| (stretch.from, *by)).collect::<Vec<_>>(),
        [(at("17:00"), kw(500)), (at("17:30"), kw(500))]
    );
    assert_eq!(planned.schedule.worth().short_mwh, 0.5);
    let nobody = plan(&asked(1500, "17:00", "18:00"), &[], Effort::default(), &|| false).unwrap();
    assert_eq!(nobody.schedule.worth().short_mwh, 1.5);
}

#[test]
fn a_unit_that_cannot_be_there_in_time_takes_over_as_soon_as_it_can() {
    let mut late = member("A", battery(1000.0, 4000.0), 0.0, 100);
    late.told_at = at("17:05");
    let members = [late, member("B", battery(1000.0, 4000.0), 0.0, 300)];
    holds(&planned(&asked(1000, "17:00", "18:00"), &members), &[&[0, 1000], &[1000, 0]], 50 + 150);
}

#[test]
fn a_price_that_is_not_agreed_is_not_taken_for_nothing() {
    let mut unknown = member("A", battery(1000.0, 4000.0), 0.0, 0);
    unknown.pence_per_mwh = None;
    let planned =
        planned(&asked(1500, "17:00", "18:00"), &[unknown, member("B", battery(1000.0, 4000.0), 0.0, 400)]);
    assert_eq!(levels(&planned), [[500, 500], [1000, 1000]]);
    let worth = planned.schedule.worth();
    assert_eq!((worth.pence, worth.unpriced_mwh), (40_000, 0.5));
}

#[test]
fn each_rule_keeps_to_what_a_unit_can_hold_from_beginning_to_end() {
    let members = [
        member("A", battery(1000.0, 1000.0), 0.0, 100),
        member("B", battery(1000.0, 4000.0), 0.0, 200),
        member("D", Asset::TurnDown(demand(600.0, 60.0)), -700.0, 300),
    ];
    let ask = asked(1200, "17:00", "19:00");
    for (rule, expected) in [(Rule::MeritOrder, [488, 712, 0]), (Rule::Equal, [488, 712, 0])] {
        let planned = shared(&ask, &members, rule, &|| false).unwrap();
        let levels: Vec<i64> = levels(&planned).into_iter().map(|levels| levels[0]).collect();
        assert_eq!(levels[2], 0, "an hour is less than two");
        assert!(
            (levels[0] - expected[0]).abs() <= 12 && levels[0] + levels[1] == 1200,
            "{rule:?}: {levels:?}"
        );
        assert_eq!(planned.judged.missed, []);
        assert_eq!(planned.method, Method::Shared(rule));
        assert_eq!(
            planned.able.iter().map(|able| able.because).collect::<Vec<_>>(),
            ["energy", "rating", "duration"]
        );
    }
}

#[test]
fn what_is_broken_off_gives_nothing() {
    let members = [member("A", battery(1000.0, 1000.0), 0.0, 100)];
    let ask = asked(500, "17:00", "19:00");
    assert_eq!(plan(&ask, &members, Effort::default(), &|| true), Err(Stopped));
    assert_eq!(shared(&ask, &members, Rule::Equal, &|| true), Err(Stopped));
}

#[test]
fn what_cannot_be_planned_for_is_told_with_its_time() {
    let level = |time, kilowatts| (at(time), kw(kilowatts));
    for (levels, until, fault) in [
        (vec![], "18:00", AskFault::Nothing),
        (vec![level("17:00", 0)], "18:00", AskFault::Nothing),
        (vec![level("17:00", 5), level("17:00", 6)], "18:00", AskFault::OutOfOrder(at("17:00"))),
        (vec![level("17:00", 5), level("17:30", -6)], "18:00", AskFault::BothWays(at("17:30"))),
        (vec![level("17:00", 5)], "17:00", AskFault::EndsEarly(at("17:00"))),
        (vec![level("17:00", 10_000_001)], "18:00", AskFault::TooMuch(at("17:00"))),
    ] {
        assert_eq!(Ask::new(&levels, at(until)), Err(fault));
    }
    let long = Ask::new(&[level("17:00", 5)], at("17:00") + 48 * 3600 + 1);
    assert!(matches!(long, Err(AskFault::TooLong(_))));
}

#[test]
fn what_is_asked_is_cut_at_each_level_and_each_half_hour() {
    let ask =
        Ask::new(&[(at("16:50"), Watts(5_500)), (at("17:10"), Watts(0)), (at("17:20"), kw(7))], at("18:10"))
            .unwrap();
    let cut: Vec<String> =
        ask.intervals().iter().map(|i| format!("{} {}", &i.from.to_string()[11..16], i.asked.0)).collect();
    assert_eq!(cut, ["16:50 5500", "17:00 5500", "17:10 0", "17:20 7000", "17:30 7000", "18:00 7000"]);
    assert_eq!(ask.levels().len(), 3);
    assert_eq!(ask.step(), Watts(1), "to the watt where what is asked is to the watt");
    assert_eq!(asked(5, "17:00", "18:00").step(), kw(1));
}
