//! What is declared, against what was taken on.

use super::*;
use crate::dispatch::availability::{Declaration, Offer, OfferRun};
use crate::units::Watts;

impl World {
    /// BRIGHTFLEX declares so many kW up of BESS-07 from 17:30 to 18:00, and 2,500 kW before and after that.
    fn declare(&mut self, time: &str, kw: i64) {
        let run = |from, until, kw: i64| {
            let offer = Offer { up: Watts(kw * 1000), down: Watts(0) };
            OfferRun { from: at(from), until: at(until), offer }
        };
        let runs = [run("00:00", "23:30", 2500), run("17:30", "18:00", kw)];
        let (operator, contract) = ("GB-DNO-11".parse().unwrap(), "C-1".parse().unwrap());
        let unit = unit("BRIGHTFLEX/BESS-07");
        self.units.declared(&Declaration::new(operator, contract, unit, at(time), runs));
    }
}

#[test]
fn a_unit_declared_below_what_it_has_taken_on_is_told_until_its_half_hour_is_over_or_it_is_declared_again() {
    let (mut world, first) = World::new(run());
    world.declare("16:10", 500);
    world.alive("16:20");
    assert_eq!(
        world.wrong_at("16:20").iter().filter(|c| is_of_availability(c)).count(),
        0,
        "not taken on yet"
    );
    world.hear(&first.dispatch, Stage::Accepted, "16:00:05");
    world.alive("16:21");
    says_what_to_do(
        &world.one_wrong_at("16:21"),
        Priority::Low,
        &[
            "Declared availability is below contract",
            "BRIGHTFLEX/BESS-07 is declared for 500 kW up from 17:30 GMT",
            "asks 2,000 kW up",
            "telephone",
        ],
    );
    world.declare("16:05", 2000);
    assert_eq!(world.wrong_at("16:21").len(), 1, "an older declaration changes nothing");
    world.declare("16:22", 2000);
    world.alive("16:23");
    assert_eq!(world.wrong_at("16:23"), [], "declared again");
    world.declare("16:24", 0);
    world.alive("16:25");
    assert_eq!(world.one_wrong_at("16:25").cause, Cause::Availability(first.dispatch.key()));
    world.alive("18:00");
    assert!(!world.wrong_at("18:00").iter().any(is_of_availability), "the half-hour is over");
}

#[test]
fn a_declaration_that_bears_on_no_dispatch_is_no_alarm() {
    let (mut world, first) = World::new(DispatchParts { setpoints: vec![setpoint("17:00", -500)], ..run() });
    world.hear(&first.dispatch, Stage::Accepted, "16:00:05");
    world.alive("16:01");
    assert_eq!(world.wrong_at("16:01"), [], "nothing is declared: nothing is known");
    world.declare("16:02", 0);
    world.alive("16:03");
    says_what_to_do(&world.one_wrong_at("16:03"), Priority::Low, &["0 kW down", "asks 500 kW down"]);
    world.send(&signed(parts(2, Status::Stop)), "16:03:10");
    world.hear(&signed(parts(2, Status::Stop)).dispatch, Stage::Accepted, "16:03:15");
    assert!(!world.wrong_at("16:03:16").iter().any(is_of_availability), "a stop asks for nothing");
}

fn is_of_availability(condition: &Condition) -> bool {
    matches!(condition.cause, Cause::Availability(_))
}
