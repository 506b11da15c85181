use super::*;
use crate::desk::links::Links;
use crate::desk::standing::AckLimits;
use crate::desk::testing::{at, key_of, parts, register, says, setpoint, signed, unit};
use crate::dispatch::{DispatchParts, Stage};
use crate::openadr::mapping::UnitPulse;

/// `EMID-1` for a battery of 5,000 kWh between 5 and 95 %, 95 % efficient: sent, taken on, and its unit's report.
struct World {
    book: Book,
    units: Units,
    links: Links,
    endurance: Endurance,
}

impl World {
    fn taken_on(parts: DispatchParts) -> Self {
        let mut world = Self {
            book: Book::default(),
            units: Units::of(&register(), at("16:00")),
            links: Links::default(),
            endurance: Endurance::default(),
        };
        world.revise(parts, "16:00");
        world
    }

    fn revise(&mut self, parts: DispatchParts, time: &str) {
        let signed = signed(parts);
        self.book.begin(signed.clone(), AckLimits::of(30, 10));
        self.book.sent(&signed.dispatch.key(), signed.dispatch.revision, "event-1", at(time));
        self.book.acknowledge(&says(&signed.dispatch, Stage::Accepted, time), Ok(()), at(time));
    }

    /// The unit reports its power and state of charge.
    fn reports(&mut self, time: &str, kw: f64, soc: f64) -> Option<RunsOut> {
        let unit = unit("BRIGHTFLEX/BESS-07");
        let pulse = UnitPulse { unit, phase: UnitPhase::Holding, kw, soc: Some(soc), alive: true };
        self.units.pulse(&pulse, at(time));
        self.at(time)
    }

    fn at(&mut self, time: &str) -> Option<RunsOut> {
        self.book.settle(at(time));
        self.units.settle(at(time), &self.book, &self.links, &register());
        self.endurance.look_at(&unit("BRIGHTFLEX/BESS-07").fsp, at(time), &self.book, &self.units);
        self.endurance.of(&unit("BRIGHTFLEX/BESS-07"), &key_of("EMID-1")).copied()
    }
}

fn run(kw: i64) -> DispatchParts {
    DispatchParts { setpoints: vec![setpoint("17:00", kw)], ..parts(1, Status::Run) }
}

#[test]
fn a_battery_is_told_to_run_out_by_what_it_reports_and_what_is_still_asked() {
    // From 17:30 on 2,000 kW are asked for an hour and a half: 3,000 kWh at the terminals.
    for (asked, soc, expected) in [
        (2000, 0.80, None),
        // 0.05 + 3000 / 0.95 / 5000 is 0.6816.
        (2000, 0.69, None),
        (2000, 0.67, Some((false, 55.0))),
        (2000, 0.36, Some((false, 1527.0))),
        (2000, 0.05, Some((false, 3000.0))),
        // Charging takes 0.95 of what comes.
        (-2000, 0.20, None),
        (-2000, 0.36, None),
        (-2000, 0.50, Some((true, 632.0))),
    ] {
        let mut world = World::taken_on(run(asked));
        let found = world.reports("17:30", f64::from(i32::try_from(asked).unwrap()), soc);
        match (found, expected) {
            (None, None) => {}
            (Some(found), Some((is_full, kwh))) => {
                assert_eq!(found.is_full, is_full);
                assert!((found.missing_kwh - kwh).abs() < 30.0, "{asked} kW at {soc}: {found:?}");
                assert!(at("17:30") <= found.at && found.at < at("19:00"), "{found:?}");
            }
            other => panic!("{asked} kW at {soc}: {other:?}"),
        }
    }
}

#[test]
fn a_charge_is_looked_at_from_half_an_hour_before_the_service_to_its_end() {
    for (time, kw, is_told) in
        [("16:20", 0.0, false), ("16:30", 0.0, true), ("17:00", 2000.0, true), ("19:00", 0.0, false)]
    {
        let mut world = World::taken_on(run(2000));
        assert_eq!(world.reports(time, kw, 0.3).is_some(), is_told, "{time}");
    }
}

#[test]
fn it_is_over_when_the_dispatch_is_amended_stopped_or_ended() {
    let mut world = World::taken_on(run(2000));
    assert!(world.reports("17:30", 2000.0, 0.4).is_some());
    world.revise(
        DispatchParts { setpoints: vec![setpoint("17:00", 500)], ..parts(2, Status::Run) },
        "17:30:05",
    );
    assert_eq!(world.at("17:30:06"), None, "a quarter of it can be had");

    let mut world = World::taken_on(run(2000));
    assert!(world.reports("17:30", 2000.0, 0.4).is_some());
    world.revise(parts(2, Status::Stop), "17:30:05");
    assert_eq!(world.at("17:30:06"), None);
}

#[test]
fn an_amendment_that_is_not_taken_on_changes_nothing() {
    let mut world = World::taken_on(run(2000));
    let less = signed(DispatchParts { setpoints: vec![setpoint("17:00", 500)], ..parts(2, Status::Run) });
    world.book.begin(less.clone(), AckLimits::of(30, 10));
    world.book.sent(&less.dispatch.key(), less.dispatch.revision, "event-1", at("17:29"));
    assert!(world.reports("17:30", 2000.0, 0.4).is_some());
}

#[test]
fn it_does_not_come_and_go_with_the_last_digit() {
    let mut world = World::taken_on(run(2000));
    // 30 kWh of 3,000 call; 15 kWh let go.
    assert!(world.reports("17:30", 2000.0, 0.6770).is_none());
    assert!(world.reports("17:30:10", 2000.0, 0.67).is_some());
    assert!(world.reports("17:30:20", 2000.0, 0.6755).is_some());
    assert!(world.reports("17:30:30", 2000.0, 0.6820).is_none());
}

#[test]
fn a_unit_without_a_charge_has_none_to_run_out_of() {
    let mut world = World::taken_on(run(2000));
    let unit = unit("BRIGHTFLEX/BESS-07");
    let pulse = UnitPulse { unit, phase: UnitPhase::Holding, kw: 2000.0, soc: None, alive: true };
    world.units.pulse(&pulse, at("17:30"));
    assert_eq!(world.at("17:30"), None);
}
