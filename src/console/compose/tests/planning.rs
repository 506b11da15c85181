//! Planning a volume over several units, as a person does it.

use std::sync::Arc;
use std::time::Duration;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use super::Desk;
use super::sending::sent;
use crate::console::testing::{WIND_FARM, quiet_snapshot, snapshot, unit_named, with_wind_farm};
use crate::desk::snapshot::Snapshot;
use crate::dispatch::Reference;

const TWO: &str = "BRIGHTFLEX/BESS-01 BRIGHTFLEX/BESS-02";

impl Desk {
    /// At a plan over these units, with this volume for an hour from six o'clock.
    fn planning(snapshot: Snapshot, units: &str, mw: &str) -> Self {
        let mut desk = Self::new(snapshot);
        let units = units.split(' ').filter(|name| !name.is_empty()).map(unit_named).collect();
        desk.harness.state_mut().with(|compose, view| compose.plan(view, units));
        desk.settle();
        desk.fill("Plan from", "18:00");
        desk.fill("Plan to", "19:00");
        desk.fill("Plan volume, MW", mw);
        desk
    }

    fn choose(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.settle();
    }

    fn work_it_out(&mut self) {
        self.choose("Work it out");
        for _ in 0..1000 {
            self.harness.run_steps(1);
            if self.harness.query_by_label("Break off").is_none() {
                self.settle();
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it was not worked out in 20 s");
    }
}

#[test]
fn a_volume_is_shared_out_taken_into_drafts_and_sent_as_one_dispatch_for_each_unit() {
    let mut desk = Desk::planning(quiet_snapshot(), TWO, "3");
    desk.choose("Equal shares");
    desk.work_it_out();
    assert!(desk.shows("3.000 MWh from 2 of 2 units for £900.00"));
    assert!(desk.shows("Plot of change from baseline, kW: from 18:00 GMT asked 3,000, given 3,000"));
    desk.choose("Take it: 2 drafts");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1,500");
    assert_eq!(desk.text_of("Window end"), "19:00");
    assert!(desk.can_send());
    desk.click(Role::Button, "Review and send all…");
    desk.click(Role::CheckBox, "Arm: I have read what will be sent");
    desk.click(Role::Button, "Send now");
    let parts = sent(desk.intents());
    let levels: Vec<_> = parts.iter().map(|parts| parts.setpoints[0].real.unwrap()).collect();
    assert_eq!(levels.iter().map(|level| level.watts.0).sum::<i64>(), 3_000_000);
    assert!(levels.iter().all(|level| level.reference == Reference::Delta));
    let units: Vec<String> = parts.iter().map(|parts| parts.unit.to_string()).collect();
    assert_eq!(units.join(" "), TWO);
    assert_ne!(parts[0].dispatch_ref, parts[1].dispatch_ref);
}

#[test]
fn a_plan_that_was_taken_is_edited_undone_and_taken_back() {
    let mut desk = Desk::planning(quiet_snapshot(), TWO, "3");
    desk.choose("Equal shares");
    desk.work_it_out();
    desk.choose("Take it: 2 drafts");
    desk.fill("Setpoint 1 volume", "1400");
    desk.click(Role::Button, "Undo");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1,500", "what was changed by hand is undone first");
    desk.click(Role::Button, "Undo");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "", "then the plan itself");
    desk.click(Role::Button, "Redo");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1,500");
    desk.click(Role::Button, "Take back the plan: 2 drafts");
    assert!(desk.shows("Take it: 2 drafts"), "it is offered again");
    assert_eq!(desk.text_of("Plan volume, MW"), "3");
    assert!(!desk.shows("Take back the plan"));
}

#[test]
fn a_draft_that_was_changed_by_hand_stays_when_a_plan_is_taken_back() {
    let mut desk = Desk::planning(quiet_snapshot(), TWO, "3");
    desk.choose("Equal shares");
    desk.work_it_out();
    desk.choose("Take it: 2 drafts");
    desk.fill("Setpoint 1 volume", "1400");
    desk.click(Role::Button, "Take back the plan: 2 drafts");
    let drafts: Vec<String> =
        desk.harness.state().compose.sheets.iter().map(|sheet| sheet.draft.rows[0].volume.clone()).collect();
    assert_eq!(drafts, ["1400"]);
}

#[test]
fn at_least_cost_the_cheaper_contract_gives_what_it_can() {
    let mut snapshot = quiet_snapshot();
    let mut cheap = snapshot.contracts[0].clone();
    cheap.contract = "EMID-C-2026-0300".parse().unwrap();
    cheap.pence_per_mwh = Some(10_000);
    Arc::make_mut(&mut snapshot.contracts).push(cheap);
    for unit in snapshot.units.iter_mut().filter(|unit| unit.unit == unit_named("BRIGHTFLEX/BESS-02")) {
        Arc::make_mut(unit).contract = "EMID-C-2026-0300".parse().unwrap();
    }
    let mut desk = Desk::planning(snapshot, TWO, "3");
    desk.work_it_out();
    // 2,500 kW of the cheap one for an hour, 500 kW of the other.
    assert!(desk.shows("3.000 MWh from 2 of 2 units for £400.00 · least cost: provably none costs less"));
    assert!(desk.shows("18:00 2,500 until 19:00"));
    assert!(desk.shows("18:00 500 until 19:00"));
}

#[test]
fn a_second_level_from_a_later_time_is_planned_too() {
    let mut desk = Desk::planning(quiet_snapshot(), TWO, "3");
    desk.click(Role::Button, "Add a level");
    assert_eq!(desk.text_of("Level 2 from"), "18:30");
    desk.fill("Level 2 volume, MW", "1");
    desk.choose("Equal shares");
    desk.work_it_out();
    assert!(desk.shows("18:00 1,500, 18:30 500 until 19:00"));
    desk.click(Role::Button, "Remove level 2");
    assert!(desk.shows("What is asked has changed since: work it out again"));
    assert!(desk.is_disabled("Take it: 2 drafts"));
}

#[test]
fn units_that_cannot_be_asked_say_why_and_one_that_is_not_wanted_is_left_out() {
    let mut desk = Desk::planning(with_wind_farm(snapshot()), "", "1");
    for why in [
        "NORTHGEN's client is lost",
        "held by an EMERGENCY STOP",
        "its contract turns export to zero, and nothing else",
        "has it until",
    ] {
        assert!(desk.shows(why), "{why}");
    }
    assert!(desk.is_disabled(&format!("Ask {WIND_FARM}")));
    desk.choose("Ask BRIGHTFLEX/BESS-01");
    desk.work_it_out();
    let planned = desk.harness.state().compose.planner.as_ref().unwrap().planned_units();
    assert!(!planned.is_empty() && !planned.contains(&unit_named("BRIGHTFLEX/BESS-01")), "{planned:?}");
    assert!(planned.iter().all(|unit| unit.fsp.as_str() != "NORTHGEN"), "{planned:?}");
}

#[test]
fn a_plan_of_others_than_are_wanted_now_is_not_taken() {
    let mut desk = Desk::planning(quiet_snapshot(), TWO, "1");
    desk.choose("Equal shares");
    desk.work_it_out();
    desk.choose("Ask BRIGHTFLEX/BESS-01");
    assert!(desk.is_disabled("Take it: 2 drafts"));
    desk.choose("Ask BRIGHTFLEX/BESS-01");
    assert!(!desk.is_disabled("Take it: 2 drafts"), "what is wanted again is what was worked out");
    desk.choose("Ask BRIGHTFLEX/BESS-01");
    desk.choose("Ask BRIGHTFLEX/BESS-02");
    desk.choose("Work it out");
    assert!(desk.shows("No unit takes part: pick others, or see in the table why not"));
}

#[test]
fn what_cannot_be_given_is_short_in_words() {
    let mut desk = Desk::planning(quiet_snapshot(), TWO, "12");
    desk.work_it_out();
    assert!(desk.shows("MW short, 2026-11-26 18:00 to 18:30 GMT"));
}

#[test]
fn what_is_typed_wrong_is_told_at_once_and_nothing_is_worked_out() {
    let mut desk = Desk::planning(quiet_snapshot(), TWO, "much");
    assert!(desk.shows("Volume: `much` is not a number"));
    assert!(desk.is_disabled("Work it out"));
    desk.fill("Plan volume, MW", "1");
    assert!(!desk.is_disabled("Work it out"));
    desk.fill("Plan from", "17:00");
    assert!(desk.shows("From: the beginning is 20 min 00 s ago; write a later one"));
    assert!(desk.is_disabled("Work it out"));
    desk.fill("Plan from", "18:00");
    desk.fill("Plan volume, MW", "-1");
    assert!(desk.shows("turn down generation / turn up demand"));
}

#[test]
fn ticked_units_are_planned_over() {
    let mut desk = Desk::new(quiet_snapshot());
    desk.click(Role::CheckBox, "Tick BRIGHTFLEX/BESS-01");
    desk.click(Role::CheckBox, "Tick BRIGHTFLEX/BESS-02");
    desk.click(Role::Button, "Plan a volume over them…");
    assert!(desk.shows("Over 2 of 2 units"));
    desk.click(Role::Button, "Pick units…");
    desk.click(Role::CheckBox, "Tick BRIGHTFLEX/BESS-07");
    desk.click(Role::Button, "Plan a volume over them…");
    assert!(desk.shows("Over 1 of 1 units"));
}
