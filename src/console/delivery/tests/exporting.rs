//! The CSV, byte for byte.

use std::sync::Arc;

use super::{BATTERY, STORE, delivering, on, snapshot_with, track, unit_of};
use crate::console::delivery::csv::{of_fleet, of_unit};
use crate::console::delivery::exporting::{Format, file_name};
use crate::console::delivery::sum::Sum;
use crate::console::testing::{at, unit_named};
use crate::desk::snapshot::{Mode, Snapshot};

fn renamed(mut snapshot: Snapshot, named: &str, name: &str) -> Snapshot {
    let unit = snapshot.units.iter_mut().find(|u| u.unit.to_string() == named).unwrap();
    Arc::make_mut(unit).name = name.to_owned();
    snapshot
}

#[test]
fn a_dispatch_is_written_minute_by_minute_with_what_is_not_known_left_empty() {
    let state =
        delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:01", 1000.0), ("17:02", "17:03", 2500.0)]);
    let snapshot = renamed(snapshot_with(Vec::new()), BATTERY, "Wellingborough, \"the big one\"");
    let track = track(state);
    let unit = unit_of(&snapshot, BATTERY);
    let text = of_unit(&snapshot, &unit.unit, Some(unit), Some(&track), (on("17:00"), on("17:03")));
    let want = "# Mode,SANDBOX\r\n\
        # Unit,BRIGHTFLEX/BESS-07\r\n\
        # Name,\"Wellingborough, \"\"the big one\"\"\"\r\n\
        # Dispatch,GB-DNO-11/EMID-1\r\n\
        # Revision in force,1\r\n\
        # Power,\"Mean net kW of the minute, positive = export; short and over in the direction asked\"\r\n\
        # Times,\"Each row is the minute that ends then: UTC as ISO 8601; London as its clocks show, with GMT or BST\"\r\n\
        # Gaps,An empty field is not known; it is not zero\r\n\
        # Made at,2026-11-26T17:20:00Z\r\n\
        minute_end_utc,minute_end_london,instructed_kw,reachable_kw,delivered_kw,baseline_kw,short_kw,over_kw,charge_percent\r\n\
        2026-11-26T17:01:00Z,2026-11-26 17:01:00 GMT,2000.000,2000.000,1000.000,0.000,1000.000,0.000,71.60\r\n\
        2026-11-26T17:02:00Z,2026-11-26 17:02:00 GMT,2000.000,2000.000,,0.000,,,71.20\r\n\
        2026-11-26T17:03:00Z,2026-11-26 17:03:00 GMT,2000.000,2000.000,2500.000,0.000,0.000,500.000,70.80\r\n";
    assert_eq!(text, want);
}

#[test]
fn the_fleet_is_written_with_each_fsps_share() {
    let tracks = [
        delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:02", 2100.0)]),
        delivering("EMID-2", STORE, 500, &[("17:00", "17:01", -300.0)]),
    ];
    let sum = Sum::of(tracks.into_iter().map(|state| Arc::new(track(state))).collect());
    let snapshot = Snapshot { mode: Mode::Training, ..snapshot_with(Vec::new()) };
    let text = of_fleet(&snapshot, &sum, (on("17:00"), on("17:02")));
    let rows: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(rows[0], "# Mode,TRAINING");
    assert_eq!(rows[3], "# Dispatch,EMID-1 EMID-2");
    assert_eq!(
        rows[9..],
        [
            "minute_end_utc,minute_end_london,instructed_kw,reachable_kw,delivered_kw,baseline_kw,short_kw,over_kw,units_asked,units_metered,delivered_kw_BRIGHTFLEX,delivered_kw_COLDCHAIN",
            "2026-11-26T17:01:00Z,2026-11-26 17:01:00 GMT,2500.000,2500.000,2500.000,-700.000,100.000,100.000,2,2,2100.000,400.000",
            "2026-11-26T17:02:00Z,2026-11-26 17:02:00 GMT,2500.000,2500.000,,-700.000,,,2,1,2100.000,",
            "",
        ]
    );
}

#[test]
fn an_hour_that_comes_twice_is_told_apart() {
    let snapshot = snapshot_with(Vec::new());
    let unit = unit_of(&snapshot, BATTERY);
    let span = (at("2026-10-24T22:58:00Z"), at("2026-10-25T01:01:00Z"));
    let text = of_unit(&snapshot, &unit.unit, Some(unit), None, span);
    assert!(text.contains("# Dispatch,none\r\n# Revision in force,none\r\n"));
    for row in [
        "2026-10-24T23:00:00Z,2026-10-25 00:00:00 BST,,,,0.000,,,\r\n",
        "2026-10-25T00:30:00Z,2026-10-25 01:30:00 BST,",
        "2026-10-25T01:00:00Z,2026-10-25 01:00:00 GMT,",
    ] {
        assert!(text.contains(row), "{row} is not in\n{text}");
    }
    assert_eq!(text.lines().filter(|l| l.starts_with("2026")).count(), 123);
}

#[test]
fn a_name_is_never_taken_for_a_formula() {
    let snapshot = renamed(snapshot_with(Vec::new()), BATTERY, "=1+1");
    let unit = unit_of(&snapshot, BATTERY);
    let text = of_unit(&snapshot, &unit.unit, Some(unit), None, (on("17:00"), on("17:00")));
    assert!(text.contains("# Name,'=1+1\r\n"), "{text}");
}

#[test]
fn a_file_is_named_by_what_it_holds_in_letters_that_every_disk_takes() {
    let snapshot = snapshot_with(Vec::new());
    let unit = unit_named(BATTERY).to_string();
    for (of, format, name) in [
        ("EMID-1", Format::Csv, "delivery-sandbox-EMID-1-2026-11-26-17-20-00.csv"),
        ("EMID-1", Format::Png, "delivery-sandbox-EMID-1-2026-11-26-17-20-00.png"),
        (unit.as_str(), Format::Svg, "delivery-sandbox-BRIGHTFLEX-BESS-07-2026-11-26-17-20-00.svg"),
    ] {
        assert_eq!(file_name(&snapshot, of, format), name);
    }
}
