//! The Fleet by a person's hands.

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::index::{Index, Query, Row, Show, Sort};
use crate::console::plot::instant::seconds;
use crate::console::testing::{Bench, NOW, WIND_FARM, at, quiet_snapshot, unit_named, with_wind_farm};
use crate::desk::command::Command;
use crate::desk::snapshot::Snapshot;
use crate::power::{Reading, Series};
use crate::workshop::enrolment::AssetKind;

fn shown(snapshot: &Snapshot, query: &Query) -> Vec<String> {
    let mut index = Index::default();
    index.refresh(snapshot, query);
    index
        .rows
        .iter()
        .map(|row| match row {
            Row::Group { fsp, units } => format!("{fsp}: {units}"),
            Row::Unit(place) => snapshot.units[*place].unit.to_string(),
        })
        .collect()
}

#[test]
fn a_search_finds_units_by_any_of_their_words() {
    let snapshot = quiet_snapshot();
    for (search, count) in [
        ("", 12),
        ("cold", 3),
        ("BESS", 4),
        ("brightflex/bess-0", 3),
        ("nottingham gen-2", 1),
        ("holding heat", 1),
        ("turn-down", 5),
        ("zzz", 0),
    ] {
        let found = shown(&snapshot, &Query { search: search.to_owned(), ..Query::default() });
        assert_eq!(found.len(), count, "{search}: {found:?}");
    }
}

#[test]
fn filters_leave_what_they_say() {
    let snapshot = quiet_snapshot();
    let not_live = shown(&snapshot, &Query { show: Show::NotLive, ..Query::default() });
    assert_eq!(
        not_live.len(),
        6,
        "all of COLDCHAIN and NORTHGEN, whose clients are late and lost: {not_live:?}"
    );
    let inhibited = shown(&snapshot, &Query { show: Show::Inhibited, ..Query::default() });
    assert_eq!(inhibited, ["NORTHGEN/GEN-3"]);
    for (kind, count) in
        [(AssetKind::Generator, 3), (AssetKind::TurnDown, 5), (AssetKind::Wind, 0), (AssetKind::Solar, 0)]
    {
        let of_kind = shown(&snapshot, &Query { kind: Some(kind), ..Query::default() });
        assert_eq!(of_kind.len(), count, "{kind:?}: {of_kind:?}");
    }
    let windy = Query { kind: Some(AssetKind::Wind), ..Query::default() };
    assert_eq!(shown(&with_wind_farm(snapshot), &windy), [WIND_FARM]);
}

/// Else a person who looks after heat pumps sets up the same search every morning.
#[test]
fn a_view_is_saved_by_name_used_again_replaced_and_removed() {
    use egui::accesskit::Role;
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench.harness.get_by_role_and_label(Role::TextInput, "Search units").click();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::TextInput, "Search units").type_text("cold");
    bench.settle();
    bench.harness.get_by_label("3 of 12 units");
    bench.click(Role::Button, "Views of the fleet");
    bench.harness.get_by_role_and_label(Role::TextInput, "Name of this view").click();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::TextInput, "Name of this view").type_text("Cold stores");
    bench.settle();
    bench.click(Role::Button, "Save this view");
    bench.press(Modifiers::NONE, Key::Escape);
    bench.click(Role::CheckBox, "Group by FSP");
    bench.harness.get_by_role_and_label(Role::TextInput, "Search units").click();
    bench.settle();
    bench.press(Modifiers::COMMAND, Key::A);
    bench.press(Modifiers::NONE, Key::Delete);
    bench.harness.get_by_label("12 of 12 units");
    bench.click(Role::Button, "Views of the fleet");
    bench.click(Role::Button, "Use view Cold stores");
    bench.harness.get_by_label("3 of 12 units");
    bench.click(Role::Button, "Remove view Cold stores");
    bench.harness.get_by_label("No view is saved yet.");
}

#[test]
fn a_sort_by_power_puts_what_is_unknown_last_both_ways() {
    let snapshot = quiet_snapshot();
    let mut query = Query::default();
    query.sort_by(Sort::Power);
    let up = shown(&snapshot, &query);
    assert_eq!(up.first().map(String::as_str), Some("GREENLEAF/SOLAR-BESS"));
    assert_eq!(up.last().map(String::as_str), Some("NORTHGEN/GEN-2"));
    query.sort_by(Sort::Power);
    let down = shown(&snapshot, &query);
    assert_eq!(down.first().map(String::as_str), Some("BRIGHTFLEX/BESS-07"));
    assert_eq!(down.last().map(String::as_str), Some("NORTHGEN/GEN-2"));
}

#[test]
fn groups_stand_above_their_units() {
    let rows = shown(&quiet_snapshot(), &Query { grouped: true, ..Query::default() });
    assert_eq!(rows[0], "BRIGHTFLEX: 3");
    assert_eq!(rows[4], "COLDCHAIN: 3");
    assert_eq!(rows.len(), 16);
}

#[test]
fn the_index_is_kept_until_snapshot_or_query_change() {
    let mut snapshot = quiet_snapshot();
    let mut index = Index::default();
    index.refresh(&snapshot, &Query::default());
    snapshot.units.clear();
    index.refresh(&snapshot, &Query::default());
    assert_eq!(index.units, 12, "the same sequence is the same picture");
    snapshot.sequence += 1;
    index.refresh(&snapshot, &Query::default());
    assert_eq!(index.units, 0);
}

fn open() -> Bench {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench
}

#[test]
fn typing_in_the_search_leaves_the_units_that_match() {
    let mut bench = open();
    assert!(bench.harness.query_by_label("NORTHGEN/GEN-1").is_some());
    bench.harness.get_by_label("Search units").focus();
    bench.settle();
    bench.harness.get_by_label("Search units").type_text("cold");
    bench.settle();
    assert!(bench.harness.query_by_label("NORTHGEN/GEN-1").is_none());
    assert!(bench.harness.query_by_label("COLDCHAIN/STORE-2").is_some());
    assert!(bench.harness.query_by_label("3 of 12 units").is_some());
}

#[test]
fn a_click_on_a_head_sorts_and_says_so() {
    let mut bench = open();
    bench.harness.get_by_label("Sort by Power, not sorted by it").click();
    bench.settle();
    let top = |bench: &Bench, unit: &str| bench.harness.get_by_label(unit).rect().top();
    assert!(top(&bench, "GREENLEAF/SOLAR-BESS") < top(&bench, "BRIGHTFLEX/BESS-07"));
    bench.harness.get_by_label("Sort by Power, ascending").click();
    bench.settle();
    assert!(top(&bench, "GREENLEAF/SOLAR-BESS") > top(&bench, "BRIGHTFLEX/BESS-07"));
}

#[test]
fn a_unit_picked_shows_its_page_and_can_be_dispatched_from_there() {
    let mut bench = open();
    bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
    bench.settle();
    for part in [
        "01536 496 0101",
        "Scheduled availability",
        "600 kW/min up, 600 kW/min down",
        "within 2,750 kVA, idling too",
        "kvar are what it leaves",
    ] {
        assert!(bench.harness.query_all_by_label_contains(part).next().is_some(), "{part}");
    }
    bench.harness.get_by_label("Compose for this unit").click();
    bench.settle();
    assert_eq!(bench.harness.state().workspace_shown(), crate::console::context::Workspace::Compose);
}

#[test]
fn arrow_keys_go_through_the_units() {
    let mut bench = open();
    bench.harness.get_by_label("BRIGHTFLEX/BESS-01").click();
    bench.settle();
    bench.press(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(bench.harness.state().unit_selected(), Some(unit_named("BRIGHTFLEX/BESS-02")));
    bench.press(Modifiers::NONE, Key::End);
    assert_eq!(bench.harness.state().unit_selected(), Some(unit_named("NORTHGEN/GEN-3")));
}

#[test]
fn one_unit_can_be_emergency_stopped_from_its_page_by_holding() {
    let mut bench = open();
    bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
    bench.settle();
    let place = bench.harness.get_by_label_contains("EMERGENCY STOP of BRIGHTFLEX/BESS-07").rect().center();
    bench.harness.hover_at(place);
    bench.harness.step();
    bench.harness.drag_at(place);
    bench.harness.run_steps(10);
    bench.harness.drop_at(place);
    bench.settle();
    let sent = bench.commands();
    assert!(
        matches!(sent.as_slice(), [Command::EmergencyStop { units, .. }] if units.as_slice() == [unit_named("BRIGHTFLEX/BESS-07")]),
        "{sent:?}"
    );
}

#[test]
fn ten_thousand_units_show_only_the_rows_that_are_visible() {
    let mut snapshot = quiet_snapshot();
    let model = Arc::clone(&snapshot.units[0]);
    snapshot.units = (0..10_000)
        .map(|n| {
            let mut unit = (*model).clone();
            unit.unit = unit_named(&format!("BRIGHTFLEX/U-{n:05}"));
            Arc::new(unit)
        })
        .collect();
    let mut bench = Bench::open(snapshot);
    bench.press(Modifiers::COMMAND, Key::Num3);
    assert!(bench.harness.query_all_by_label_contains("BRIGHTFLEX/U-").count() < 200);
    assert!(bench.harness.query_by_label("10,000 of 10,000 units").is_some());
    let began = std::time::Instant::now();
    bench.harness.run_steps(100);
    println!("10,000 units: {:?} a frame", began.elapsed() / 100);
}

/// A fleet of so many units, each with a day of a reading a second.
fn busy_fleet(units: usize) -> Snapshot {
    let mut snapshot = quiet_snapshot();
    let mut model = (*snapshot.units[0]).clone();
    let now = seconds(at(NOW));
    model.readings = Series::default();
    for second in 0..86_400_u32 {
        let kw = f64::from(second % 600) - 300.0;
        model.readings.push(Reading { at: now - 86_400.0 + f64::from(second), kw });
    }
    snapshot.units = (0..units)
        .map(|n| {
            let mut unit = model.clone();
            unit.unit = unit_named(&format!("BRIGHTFLEX/U-{n:05}"));
            Arc::new(unit)
        })
        .collect();
    snapshot
}

/// Points of all lines of the frame.
fn points_drawn(snapshot: Snapshot) -> usize {
    let mut bench = Bench::open(snapshot);
    bench.press(Modifiers::COMMAND, Key::Num3);
    let shapes = &bench.harness.output().shapes;
    shapes
        .iter()
        .map(|clipped| if let egui::Shape::Path(path) = &clipped.shape { path.points.len() } else { 0 })
        .sum()
}

#[test]
fn small_lines_cost_what_is_in_sight_and_not_what_the_fleet_has() {
    let (few, many) = (points_drawn(busy_fleet(100)), points_drawn(busy_fleet(10_000)));
    assert!(few > 1000, "the lines are drawn: {few} points");
    assert!(many <= few + few / 20, "{many} points with 10,000 units, {few} with 100");
    assert!(few < 40 * 4 * 120, "no more than the columns can show: {few}");
}

#[test]
fn a_row_says_its_last_quarter_of_an_hour() {
    let mut snapshot = quiet_snapshot();
    let now = seconds(at(NOW));
    let unit = Arc::make_mut(&mut snapshot.units[2]);
    unit.readings = Series::default();
    // The first was an hour ago and is of no interest.
    for (ago, kw) in [(3600.0, -2500.0), (840.0, 120.0), (600.0, 1500.0), (300.0, -75.5), (60.0, 900.0)] {
        unit.readings.push(Reading { at: now - ago, kw });
    }
    let mut bench = Bench::open(snapshot);
    bench.press(Modifiers::COMMAND, Key::Num3);
    let said = "power over the last 15 min: from 120.0 to 900.0 kW, between −75.5 and 1,500.0 kW";
    assert_eq!(bench.harness.query_all_by_label(said).count(), 1, "{}", bench.said());
    let bar = bench.harness.get_by_label("power 2,000.0 kW within −2,500 to 2,500 kW").rect();
    let line = bench.harness.get_by_label(said).rect();
    assert!(line.left() > bar.right() && (line.center().y - bar.center().y).abs() < 2.0, "beside the bar");
    let silent = "no power reported in the last 15 min";
    assert_eq!(bench.harness.query_all_by_label(silent).count(), 1, "NORTHGEN/GEN-2 is silent");
}

#[test]
fn at_200_percent_the_unit_in_hand_takes_the_place_of_the_list_and_gives_it_back() {
    let mut bench = Bench::new(quiet_snapshot(), [640.0, 360.0], 2.0);
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench.harness.get_by_label("Kettering battery").click();
    bench.settle();
    let heading = bench.harness.get_by_role_and_label(egui::accesskit::Role::Heading, "BRIGHTFLEX/BESS-01");
    assert!(heading.rect().height() > 10.0);
    assert!(bench.harness.query_by_label("Search units").is_none());
    bench.click(egui::accesskit::Role::Button, "Close the unit's page");
    assert!(bench.harness.query_by_label("Search units").is_some());
}

#[test]
fn a_unit_under_mw_dispatch_is_turned_to_zero_from_its_page_and_from_the_palette() {
    let mut bench = Bench::open(with_wind_farm(quiet_snapshot()));
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
    bench.settle();
    assert!(bench.harness.query_by_label("Turn to zero").is_none(), "its contract is not for that");
    assert!(bench.said().contains("baseline after 6 polls"), "its contract's fail-safe: {}", bench.said());
    assert!(bench.said().contains("noise of 0.5 % of the reading, in steps of 1 kW"), "its meter");
    bench.harness.get_by_label(WIND_FARM).click();
    bench.settle();
    bench.click(egui::accesskit::Role::Button, "Turn to zero");
    assert_eq!(bench.harness.state().workspace_shown(), crate::console::context::Workspace::Compose);
    assert!(bench.said().contains("−3,000.0 kWh asked"), "{}", bench.said());
    bench.press(Modifiers::COMMAND, Key::K);
    bench.harness.event(egui::Event::Text("turn the selected unit".to_owned()));
    bench.settle();
    bench.press(Modifiers::NONE, Key::Enter);
    bench.settle();
    let drafts = bench.harness.query_all_by_label(WIND_FARM).count();
    assert!(drafts >= 2, "the palette drew up another: {drafts}");
}

#[test]
fn a_fault_is_switched_on_and_off_by_a_click_and_said_to_be_on() {
    use crate::fleet::FaultSwitch;
    let switch = FaultSwitch::default();
    let _runs_here = switch.obeyed_by(&"BRIGHTFLEX".parse().unwrap());
    let mut bench = Bench::with_faults(quiet_snapshot(), [1400.0, 1900.0], switch.clone());
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
    bench.settle();
    let unit = unit_named("BRIGHTFLEX/BESS-07");
    let now = crate::console::testing::clock().now();
    let on = || {
        let plan = switch.plan();
        let (of_unit, of_fsp) = (plan.of_unit(&unit, now), plan.of_fsp(&unit.fsp, now));
        of_unit.map(|f| f.word()).chain(of_fsp.map(|f| f.word())).collect::<Vec<_>>()
    };
    for (list, fault, word) in [
        ("Faults of BRIGHTFLEX/BESS-07", "Partial delivery", "partial"),
        ("Faults of BRIGHTFLEX", "Loss of communications", "loss_of_comms"),
    ] {
        bench.harness.get_by_label(list).click();
        bench.settle();
        bench.harness.get_by_label(fault).click();
        bench.settle();
        assert_eq!(on(), [word]);
        assert!(bench.harness.query_all_by_label_contains(fault).count() >= 2, "{fault} is on, in words");
        bench.harness.get_by_role_and_label(egui::accesskit::Role::CheckBox, fault).click();
        bench.settle();
        assert_eq!(on(), [""; 0]);
    }
}

#[test]
fn no_fault_is_offered_of_an_fsp_that_is_not_simulated_here() {
    let elsewhere = crate::fleet::FaultSwitch::default();
    let _others_run_here = elsewhere.obeyed_by(&"TRENTGEN".parse().unwrap());
    for mut bench in [
        Bench::new(quiet_snapshot(), [1400.0, 1900.0], 1.0),
        Bench::with_faults(quiet_snapshot(), [1400.0, 1900.0], elsewhere),
    ] {
        bench.press(Modifiers::COMMAND, Key::Num3);
        bench.harness.get_by_label("BRIGHTFLEX/BESS-07").click();
        bench.settle();
        assert!(bench.harness.query_all_by_label_contains("Declared physics").next().is_some());
        assert!(bench.harness.query_all_by_label_contains("faults").next().is_none());
        assert!(bench.harness.query_all_by_label_contains("Faults of").next().is_none());
    }
}
