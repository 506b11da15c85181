//! Declared availability by a person's hands.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::console::testing::{Bench, NOW, Session, at, clock, quiet_snapshot, unit_named};
use crate::dispatch::availability::{Declaration, HALF_HOUR_S, Offer, OfferRun};
use crate::fleet::{Availabilities, declared_days};
use crate::profile::fleet::FleetProfile;
use crate::time::UtcTime;
use crate::units::Watts;

fn offer(up: i64, down: i64) -> Offer {
    Offer { up: Watts(up * 1000), down: Watts(down * 1000) }
}

/// BESS-07 as declared: all day, but for the half-hour from 18:00, of which nothing is.
fn declared(unit: &str) -> Declaration {
    let days = declared_days(at(NOW));
    let six = at("2026-11-26T18:00:00Z");
    let all = OfferRun { from: days.start, until: days.end, offer: offer(2500, 2500) };
    let none = OfferRun { from: six, until: six + HALF_HOUR_S, offer: Offer::NOTHING };
    let (operator, contract) = ("GB-DNO-11".parse().unwrap(), "EMID-C-2026-0193".parse().unwrap());
    Declaration::new(operator, contract, unit_named(unit), at(NOW) - 60, [all, none])
}

fn open(availabilities: Option<Availabilities>) -> Bench {
    let mut snapshot = quiet_snapshot();
    for unit in &mut snapshot.units {
        if unit.unit == unit_named("BRIGHTFLEX/BESS-07") {
            Arc::make_mut(unit).availability = Some(Arc::new(declared("BRIGHTFLEX/BESS-07")));
        }
    }
    let session = Session { availabilities, ..Session::default() };
    let mut bench = Bench::with_session(snapshot, [1280.0, 900.0], 1.0, clock(), session);
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench
}

/// The demonstration fleet, of which BRIGHTFLEX/BESS-07 is one.
fn own_fleet() -> Availabilities {
    Availabilities::at_rest(&FleetProfile::demo(), at(NOW))
}

fn up_at(fleet: &Availabilities, time: &str) -> Offer {
    let from: UtcTime = at(time);
    fleet.offers(&unit_named("BRIGHTFLEX/BESS-07"), from..from + HALF_HOUR_S).unwrap()[0].1
}

#[test]
fn the_table_and_the_units_page_say_what_is_declared() {
    let mut bench = open(None);
    assert!(bench.harness.query_by_label("+2,500 −2,500 kW").is_some(), "in the table");
    bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
    bench.settle();
    for part in [
        "2,500 kW up, 2,500 kW down",
        "Declared availability on 2026-11-26: 00:00 GMT to 18:00 GMT 2,500 kW up, 2,500 kW down; 18:00 GMT to 18:30 GMT nothing",
        "Declared availability on 2026-11-28: 00:00 GMT to midnight 2,500 kW up",
    ] {
        assert!(bench.said().contains(part), "{part}: {}", bench.said());
    }
    bench.harness.get_by_label("BRIGHTFLEX/BESS-01").click();
    bench.settle();
    assert!(bench.said().contains("BRIGHTFLEX has declared nothing yet."));
}

#[test]
fn somebody_elses_units_are_not_offered_for_change() {
    let mut bench = open(None);
    bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
    bench.settle();
    assert!(bench.harness.query_by_label("Change availability …").is_none(), "no fleet of its own");
    let mut bench = open(Some(own_fleet()));
    bench.harness.get_by_label("NORTHGEN/GEN-3").click();
    bench.settle();
    assert!(bench.harness.query_by_label("Change availability …").is_none(), "not of its own fleet");
}

#[test]
fn half_hours_are_changed_in_a_table_and_set_back() {
    let fleet = own_fleet();
    let mut bench = open(Some(fleet.clone()));
    bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
    bench.settle();
    bench.click(Role::Button, "Change availability …");
    assert!(bench.said().contains("2026-11-26 17:00 to 17:30 GMT"), "the half-hour that runs is in hand");
    bench.click(Role::Button, "Offer nothing");
    assert_eq!(up_at(&fleet, "2026-11-26T17:00:00Z"), Offer::NOTHING);
    assert_eq!(up_at(&fleet, "2026-11-26T17:30:00Z"), offer(2500, 2500), "no more than that half-hour");
    assert!(bench.said().contains("Period 35, 17:00 GMT to 17:30 GMT: nothing"), "{}", bench.said());
    assert!(bench.said().contains("is declared with its next poll"));
    bench.click(Role::Button, "Set back");
    assert_eq!(up_at(&fleet, "2026-11-26T17:00:00Z"), offer(2500, 2500));
}

#[test]
fn a_range_of_half_hours_is_taken_by_click_and_shift_and_another_day_by_its_date() {
    let fleet = own_fleet();
    let mut bench = open(Some(fleet.clone()));
    bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
    bench.settle();
    bench.click(Role::Button, "Change availability …");
    bench.click(Role::Button, "2026-11-27");
    bench.harness.get_by_label_contains("Period 2, 00:30 GMT").click();
    bench.settle();
    bench.harness.get_by_label_contains("Period 4, 01:30 GMT").click_modifiers(Modifiers::SHIFT);
    bench.settle();
    bench.click(Role::Button, "Offer nothing");
    let nothing: Vec<bool> = ["00:00", "00:30", "01:00", "01:30", "02:00"]
        .map(|time| up_at(&fleet, &format!("2026-11-27T{time}:00Z")) == Offer::NOTHING)
        .to_vec();
    assert_eq!(nothing, [false, true, true, true, false]);
    bench.click(Role::Button, "Offer all");
    assert_eq!(up_at(&fleet, "2026-11-27T01:00:00Z"), offer(2500, 2500));
}
