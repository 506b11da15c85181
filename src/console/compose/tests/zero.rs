//! Turning a unit to zero, as MW Dispatch asks it.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::Desk;
use super::sending::sent;
use crate::console::testing::{WIND_FARM, at, quiet_snapshot, unit_named, with_wind_farm};
use crate::dispatch::{Reference, Status};
use crate::power::Baseline;
use crate::units::Watts;

const BUTTON: &str = "Turn to zero";

fn drawing_up(unit: &str) -> Desk {
    let mut desk = Desk::new(with_wind_farm(quiet_snapshot()));
    let unit = unit_named(unit);
    desk.harness.state_mut().with(|compose, view| compose.begin(view, vec![unit]));
    desk.settle();
    desk
}

impl Desk {
    fn can_turn_to_zero(&self) -> bool {
        let button = self.harness.query_all_by_role_and_label(Role::Button, BUTTON).next();
        !button.expect("the button is there").accesskit_node().is_disabled()
    }
}

#[test]
fn one_press_asks_a_wind_farm_for_no_export_from_start_to_end() {
    let mut desk = drawing_up(WIND_FARM);
    assert!(!desk.can_send());
    assert!(desk.shows("contract EMID-C-2026-0290 is for MW Dispatch, which turns export to zero"));
    let button = desk.harness.query_all_by_role_and_label(Role::Button, BUTTON).next();
    button.expect("the button is there").click();
    desk.settle();
    assert_eq!(desk.text_of("Setpoint 1 volume"), "0");
    assert!(!desk.shows("which turns export to zero"), "the checks have nothing more to say");
    assert!(!desk.can_turn_to_zero(), "it asks that already");
    desk.click(Role::Button, "Review and send…");
    assert!(desk.shows("0 kW"));
    desk.click(Role::CheckBox, "Arm: I have read what will be sent");
    desk.click(Role::Button, "Send now");
    let parts = sent(desk.intents()).remove(0);
    assert_eq!((parts.status, parts.unit.to_string().as_str()), (Status::Run, WIND_FARM));
    assert_eq!(
        (parts.service_start, parts.service_end),
        (at("2026-11-26T17:30:00Z"), at("2026-11-26T18:30:00Z"))
    );
    let [zero] = parts.setpoints.as_slice() else { panic!("{:?}", parts.setpoints) };
    let level = zero.real.expect("real power is asked");
    assert_eq!((zero.at, level.reference, level.watts), (parts.service_start, Reference::Absolute, Watts(0)));
}

#[test]
fn the_way_to_zero_is_drawn_by_the_farms_own_ramp() {
    let mut desk = drawing_up(WIND_FARM);
    let fix = desk.harness.query_all_by_role_and_label(Role::Button, BUTTON).last();
    fix.expect("the check mends it too").click();
    desk.settle();
    let room = desk.harness.state();
    let forecast =
        room.compose.sheets[0].last_outlook().and_then(|o| o.forecast.clone()).expect("it is drawn");
    let plan = forecast.plan.expect("it is planned");
    let start = crate::console::plot::instant::seconds(at("2026-11-26T17:30:00Z"));
    // From what the wind gives, at 16,000 kW a minute, so that it is there at the start.
    let before = plan.curve.at(start - 60.0);
    assert!(before > 0.0, "{before} kW a minute before");
    assert!(plan.curve.at(start).abs() < 1e-6);
    assert!(plan.curve.at(start + 1800.0).abs() < 1e-6);
    assert_eq!(forecast.missed, [], "it is there in time");
    assert_eq!(forecast.asked_kwh.map(f64::round), Some(-3000.0), "an hour of the forecast's 3 MW");
}

#[test]
fn a_unit_under_another_product_is_not_turned_to_zero_by_a_press_and_says_why() {
    let mut desk = drawing_up("BRIGHTFLEX/BESS-01");
    assert!(!desk.can_turn_to_zero());
    desk.harness.get_by_role_and_label(Role::Button, BUTTON).hover();
    desk.harness.run_steps(20);
    assert!(desk.shows(
        "Contract EMID-C-2026-0193 is for Scheduled availability; MW Dispatch alone turns export to zero"
    ));
}

#[test]
fn a_farm_that_is_forecast_to_make_nothing_has_nothing_to_turn_to_zero() {
    let mut snapshot = with_wind_farm(quiet_snapshot());
    for unit in &mut snapshot.units {
        if unit.unit == unit_named(WIND_FARM) {
            std::sync::Arc::make_mut(unit).baseline = std::sync::Arc::new(Baseline::Zero);
        }
    }
    let mut desk = Desk::new(snapshot);
    let unit = unit_named(WIND_FARM);
    desk.harness.state_mut().with(|compose, view| compose.begin_at_zero(view, unit));
    desk.settle();
    assert!(desk.shows("by its baseline the unit exports nothing in this window (0 kW at most)"));
    assert!(desk.can_send(), "it can be sent, knowingly");
}

#[test]
fn undo_takes_a_turn_to_zero_back() {
    let mut desk = drawing_up(WIND_FARM);
    desk.fill("Setpoint 1 volume", "1500");
    let button = desk.harness.query_all_by_role_and_label(Role::Button, BUTTON).next();
    button.expect("the button is there").click();
    desk.settle();
    assert_eq!(desk.text_of("Setpoint 1 volume"), "0");
    desk.click(Role::Button, "Undo");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1500");
}
