//! What is not delivered, will not be, or is not told.

use super::*;

#[test]
fn a_unit_short_for_five_minutes_is_grave_whichever_way_was_asked() {
    for (asked, short, enough) in [(2000, 1500.0, 1700.0), (-2000, -1500.0, -1700.0), (2000, -50.0, 2300.0)] {
        let (mut world, first) =
            World::new(DispatchParts { setpoints: vec![setpoint("17:00", asked)], ..run() });
        world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
        world.alive("17:04:10");
        world.meter(&first.dispatch, "17:00", 4, short);
        assert_eq!(world.wrong_at("17:04:10"), [], "four minutes are not five");
        world.alive("17:05:10");
        world.meter(&first.dispatch, "17:04", 1, short);
        says_what_to_do(
            &world.one_wrong_at("17:05:10"),
            Priority::High,
            &["BRIGHTFLEX/BESS-07 delivers", "more than 20 % short for 5 minutes", "telephone"],
        );
        world.alive("17:06:10");
        world.meter(&first.dispatch, "17:05", 1, enough);
        assert_eq!(world.wrong_at("17:06:10"), [], "enough again: the cause is gone");
    }
}

#[test]
fn a_unit_that_said_it_will_be_late_is_not_short_before_then() {
    let (mut world, first) = World::new(run());
    let mut late = says(&first.dispatch, Stage::Unreachable, "16:00:06");
    late.reached_at = Some(at("17:10"));
    world.book.acknowledge(&late, Ok(()), at("16:00:07"));
    world.hear(&first.dispatch, Stage::Started, "16:59");
    world.meter(&first.dispatch, "17:00", 8, 500.0);
    world.alive("17:08:05");
    says_what_to_do(
        &world.one_wrong_at("17:08:05"),
        Priority::Medium,
        &["will reach the level of EMID-1", "at 17:10:00 UTC only", "cover the difference"],
    );
}

#[test]
fn metering_missing_for_five_minutes_in_service_is_told() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    world.alive("17:05");
    assert_eq!(world.wrong_at("17:05"), []);
    world.alive("17:05:01");
    says_what_to_do(
        &world.one_wrong_at("17:05:01"),
        Priority::Medium,
        &["No metering of BRIGHTFLEX/BESS-07", "since 17:00:00 UTC", "ask for its readings"],
    );
    world.meter(&first.dispatch, "17:04", 1, 2000.0);
    assert_eq!(world.wrong_at("17:05:30"), []);
}

#[test]
fn a_unit_is_held_to_what_it_took_on_while_an_amendment_waits() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    world.alive("17:05:10");
    world.meter(&first.dispatch, "17:00", 5, 500.0);
    world.send(&signed(parts(2, Status::Run)), "17:05");
    says_what_to_do(&world.one_wrong_at("17:05:10"), Priority::High, &["more than 20 % short for 5 minutes"]);
}

#[test]
fn a_charge_that_runs_out_says_which_unit_when_how_much_and_what_to_do() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    world.meter(&first.dispatch, "17:00", 30, 2000.0);
    world.alive("17:30");
    world.reports("17:30", 2000.0, 0.36);
    let wrong = world.one_wrong_at("17:30");
    says_what_to_do(
        &wrong,
        Priority::Medium,
        &[
            "BRIGHTFLEX/BESS-07 will run out of charge at 18:1",
            " GMT: 1,5",
            " kWh of what EMID-1 revision 1 (RUN, BRIGHTFLEX/BESS-07) asks until 19:00 GMT will be missing",
            "Cover it with another unit, amend the dispatch, or telephone BRIGHTFLEX's control point on",
        ],
    );
    assert_eq!(wrong.cause, Cause::Charge(first.dispatch.key()));
    world.reports("17:30:10", 2000.0, 0.8);
    assert_eq!(world.wrong_at("17:30:10"), [], "it clears by itself");
}

#[test]
fn a_unit_that_goes_the_wrong_way_is_named_so_after_two_minutes_and_not_called_short() {
    for (asked, delivered) in [(2000, -300.0), (-2000, 300.0)] {
        let (mut world, first) =
            World::new(DispatchParts { setpoints: vec![setpoint("17:00", asked)], ..run() });
        world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
        world.alive("17:01:10");
        world.meter(&first.dispatch, "17:00", 1, delivered);
        assert_eq!(world.wrong_at("17:01:10"), [], "one minute may be a slip");
        for (time, minute) in [("17:02:10", "17:01"), ("17:06:10", "17:02")] {
            world.alive(time);
            let minutes = if minute == "17:01" { 1 } else { 4 };
            world.meter(&first.dispatch, minute, minutes, delivered);
            says_what_to_do(
                &world.one_wrong_at(time),
                Priority::High,
                &["BRIGHTFLEX/BESS-07 goes the wrong way", "Stop it", "telephone"],
            );
        }
    }
}

#[test]
fn a_unit_far_beyond_what_was_asked_for_five_minutes_is_told() {
    for (asked, over, near) in [(1000, 1300.0, 1150.0), (-1000, -1300.0, -1150.0)] {
        let (mut world, first) =
            World::new(DispatchParts { setpoints: vec![setpoint("17:00", asked)], ..run() });
        world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
        world.alive("17:05:10");
        world.meter(&first.dispatch, "17:00", 5, over);
        says_what_to_do(
            &world.one_wrong_at("17:05:10"),
            Priority::Medium,
            &["more than 20 % beyond it for 5 minutes", "amend or stop", "telephone"],
        );
        world.alive("17:06:10");
        world.meter(&first.dispatch, "17:05", 1, near);
        assert_eq!(world.wrong_at("17:06:10"), [], "near enough again");
    }
}

#[test]
fn the_unit_that_moved_in_the_place_of_another_is_named() {
    for (kw, named) in [(1900.0, true), (-1900.0, false), (400.0, false)] {
        let (mut world, first) = World::new(run());
        world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
        world.meter(&first.dispatch, "17:00", 5, 0.0);
        let other = unit("BRIGHTFLEX/BESS-08");
        let pulse = UnitPulse { unit: other, phase: UnitPhase::Off, kw, soc: Some(0.5), alive: true };
        world.units.pulse(&pulse, at("17:05"));
        world.alive("17:05:10");
        let wrong = world.wrong_at("17:05:10");
        assert!(wrong.iter().any(|c| c.text.contains("more than 20 % short")), "{wrong:#?}");
        let found = wrong.iter().find(|c| c.text.contains("the wrong unit seems to have been moved"));
        assert_eq!(found.is_some(), named, "{kw}: {wrong:#?}");
        if let Some(found) = found {
            says_what_to_do(
                found,
                Priority::High,
                &["BRIGHTFLEX/BESS-08 changes by", "and name BRIGHTFLEX/BESS-07"],
            );
        }
    }
}

#[test]
fn readings_of_no_use_are_told_until_a_good_one_comes() {
    use crate::desk::untrusted::Why;
    for (why, phrase) in
        [(Why::Marked, "are marked bad"), (Why::Impossible { kw: 2e6 }, "cannot be: 2,000,000 kW")]
    {
        let (mut world, first) = World::new(run());
        world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
        let asked = &first.dispatch.unit;
        world.untrusted.bad(asked, at("17:01"), why);
        world.alive("17:01:10");
        says_what_to_do(
            &world.one_wrong_at("17:01:10"),
            Priority::Medium,
            &["Readings of BRIGHTFLEX/BESS-07", phrase, "they are not counted", "have its meter looked at"],
        );
        world.untrusted.good(asked, at("17:00"));
        assert_eq!(world.wrong_at("17:01:20").len(), 1, "an older good one proves nothing");
        world.untrusted.good(asked, at("17:02"));
        world.alive("17:02:10");
        assert_eq!(world.wrong_at("17:02:10"), []);
    }
}

#[test]
fn a_farm_under_its_limit_for_want_of_wind_delivers_not_too_much_and_one_above_it_too_little() {
    use crate::desk::testing::{fleet, register_of};
    use crate::power::{Asset, Available, Baseline, Renewable};
    let mut farms = (*fleet()).clone();
    farms.units[0].asset = Asset::Renewable(Renewable {
        max_kw: 2500.0,
        available: Available::Wind { seed: 1, mean_m_per_s: 8.0 },
        delay_s: 5.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 600.0,
    });
    farms.units[0].baseline = Baseline::Fixed { kw: 2000.0 };
    let (mut world, first) = World::new(DispatchParts { setpoints: vec![setpoint("17:00", -500)], ..run() });
    world.register = register_of(&std::sync::Arc::new(farms));
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    world.meter(&first.dispatch, "17:00", 5, 300.0);
    world.alive("17:05:10");
    assert_eq!(world.wrong_at("17:05:10"), [], "1,500 kW are the limit, and there is no wind for it");
    world.meter(&first.dispatch, "17:05", 5, 1900.0);
    world.alive("17:10:10");
    says_what_to_do(&world.one_wrong_at("17:10:10"), Priority::High, &["more than 20 % short for 5 minutes"]);
}
