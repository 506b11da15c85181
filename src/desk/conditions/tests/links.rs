//! Who is not heard, and what is not held against whom.

use std::sync::Arc;

use super::*;
use crate::profile::fail_safe::{FailSafe, SafeLevel};
use crate::profile::fleet::FleetProfile;
use crate::units::Watts;

#[test]
fn a_client_that_falls_silent_is_grave_in_service_and_light_while_idle() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:00:06");
    world.alive("16:10");
    world.links.client_heard(&fsp("COLDSTORE"), at("16:10:30"));
    world.news("16:10:20");
    says_what_to_do(
        &world.one_wrong_at("16:10:20"),
        Priority::Low,
        &["BRIGHTFLEX is late to poll (last at 16:10:00 UTC; asked every 10 s)", "+44 20 7946 0001"],
    );
    world.news("16:10:30");
    let wrong = world.one_wrong_at("16:10:30");
    says_what_to_do(&wrong, Priority::Low, &["BRIGHTFLEX has stopped polling", "before it is dispatched"]);
    assert!(wrong.silences);
    world.links.client_heard(&fsp("COLDSTORE"), at("17:01"));
    world.news("17:01");
    let wrong = world.one_wrong_at("17:01");
    says_what_to_do(
        &wrong,
        Priority::High,
        &["while EMID-1 (BRIGHTFLEX/BESS-07) is in service", "telephone BRIGHTFLEX's control point on"],
    );
    world.alive("17:01:05");
    assert_eq!(world.wrong_at("17:01:05"), []);
}

#[test]
fn a_silent_vtn_is_graver_while_a_service_runs() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:00:06");
    world.alive("16:10");
    assert_eq!(world.wrong_at("16:10:29"), []);
    let wrong = world.one_wrong_at("16:10:30");
    says_what_to_do(
        &wrong,
        Priority::Medium,
        &["http://vtn does not answer (it last answered at 16:10:00 UTC)", "nothing can be sent"],
    );
    assert!(wrong.silences);
    world.meter(&first.dispatch, "17:00", 3, 2000.0);
    says_what_to_do(
        &world.one_wrong_at("17:03"),
        Priority::High,
        &["1 service(s) under way", "by telephone"],
    );
}

#[test]
fn a_unit_that_does_not_answer_its_own_client_is_told_apart_from_its_client() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::Accepted, "16:00:06");
    world.links.pulse(&unit("BRIGHTFLEX/BESS-07"), at("16:10"), false);
    world.alive("16:10");
    says_what_to_do(
        &world.one_wrong_at("16:10"),
        Priority::Low,
        &["BRIGHTFLEX/BESS-07's controller does not answer its own client", "telephone"],
    );
}

#[test]
fn a_client_lost_while_a_stop_waits_for_it_is_grave_for_its_unit_still_delivers() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    world.meter(&first.dispatch, "17:00", 30, 2000.0);
    world.alive("17:30");
    world.send(&signed(parts(2, Status::Stop)), "17:30");
    world.links.client_heard(&fsp("COLDSTORE"), at("17:30:30"));
    world.news("17:30:30");
    let wrong = world.wrong_at("17:30:30");
    let lost = wrong.iter().find(|c| c.cause == Cause::Client(fsp("BRIGHTFLEX"))).unwrap();
    says_what_to_do(
        lost,
        Priority::High,
        &["has stopped polling", "in service", "goes on with what it has accepted", "+44 20 7946 0001"],
    );
}

#[test]
fn of_a_client_that_is_lost_it_is_said_what_its_contract_has_the_unit_do() {
    let (mut world, first) = World::new(run());
    let mut profile = FleetProfile::clone(&crate::desk::testing::fleet());
    profile.contracts[0].fail_safe = Some(FailSafe { level: SafeLevel::Absolute(Watts(0)), after_polls: 6 });
    world.register = crate::desk::testing::register_of(&Arc::new(profile));
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    world.meter(&first.dispatch, "17:00", 30, 2000.0);
    world.alive("17:30");
    world.links.client_heard(&fsp("COLDSTORE"), at("17:30:30"));
    world.news("17:30:30");
    let wrong = world.wrong_at("17:30:30");
    let lost = wrong.iter().find(|c| c.cause == Cause::Client(fsp("BRIGHTFLEX"))).unwrap();
    let says = [
        "in service",
        "By contract C-1 its unit goes to its fail-safe level, 0 kW",
        "not been heard for 60 s",
    ];
    says_what_to_do(lost, Priority::High, &says);
    assert!(!lost.text.contains("goes on with what it has accepted"), "{}", lost.text);
}

#[test]
fn nobody_is_called_late_while_the_vtn_hesitates_or_before_an_fsp_could_come_back() {
    let (mut world, _) = World::new(run());
    world.alive("16:00:20");
    world.health.failed("connection refused".to_owned());
    assert_eq!(world.wrong_at("16:00:35"), [], "what came in time cannot be heard");
    // Five minutes later it answers again; the FSP is still backing off.
    world.links.came_back(at("16:05"));
    world.news("16:05");
    assert_eq!(world.wrong_at("16:05"), []);
    world.news("16:05:59");
    assert_eq!(world.wrong_at("16:05:59"), []);
    // It polls and has nothing to say.
    world.alive("16:05:59");
    world.news("16:06:04");
    says_what_to_do(&world.one_wrong_at("16:06:04"), Priority::Medium, &["waits for acknowledgement"]);
}

#[test]
fn an_emergency_stop_is_not_waited_for_while_the_vtn_is_silent() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::Accepted, "16:00:06");
    world.send(&signed(parts(2, Status::EmergencyStop)), "16:30");
    world.alive("16:30");
    world.health.failed("connection refused".to_owned());
    let wrong = world.wrong_at("16:30:15");
    assert!(wrong.iter().any(|c| matches!(c.cause, Cause::Emergency(_))), "{wrong:#?}");
}

#[test]
fn a_clock_that_is_wrong_is_told_with_by_how_much() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::Accepted, "16:00:06");
    world.alive("16:10");
    for (says, way) in [("16:11:02", "62 s ahead of the VTN's"), ("16:09", "60 s behind the VTN's")] {
        for _ in 0..2 {
            world.clocks.told(&fsp("BRIGHTFLEX"), at(says), at("16:10"));
        }
        let phrases = ["The clock of BRIGHTFLEX is", way, "have it set", "+44 20 7946 0001"];
        says_what_to_do(&world.one_wrong_at("16:10"), Priority::Low, &phrases);
    }
}
