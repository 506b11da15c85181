//! What is not delivered, will not be, or is not told.

use super::*;

#[test]
fn a_unit_short_for_five_minutes_is_grave_whichever_way_was_asked() {
    for (asked, short, enough) in [(2000, 1500.0, 1700.0), (-2000, -1500.0, -1700.0), (2000, -50.0, 2600.0)] {
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
