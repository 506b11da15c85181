use super::*;
use crate::desk::book::Book;
use crate::desk::health::Health;
use crate::desk::marks;
use crate::desk::standing::AckLimits;
use crate::desk::testing::{at, fsp, parts, register, says, setpoint, signed, unit};
use crate::desk::units::Units;
use crate::dispatch::{DispatchParts, Reason, Revision, SignedDispatch, Stage};
use crate::openadr::mapping::UnitPulse;
use crate::power::{Reading, UnitPhase};

/// A book, signs of life and a VTN, at an instant.
struct World {
    register: Register,
    book: Book,
    links: Links,
    clocks: Clocks,
    units: Units,
    endurance: Endurance,
    health: Health,
    journal_fault: Option<&'static str>,
}

impl World {
    /// All well at 16:00, and `EMID-1` sent.
    fn new(parts: DispatchParts) -> (Self, SignedDispatch) {
        let mut world = Self {
            register: register(),
            book: Book::default(),
            links: Links::default(),
            clocks: Clocks::default(),
            units: Units::of(&register(), at("16:00")),
            endurance: Endurance::default(),
            health: Health::new("http://vtn", at("16:00"), 10.0),
            journal_fault: None,
        };
        let first = signed(parts);
        world.send(&first, "16:00");
        (world, first)
    }

    fn send(&mut self, signed: &SignedDispatch, time: &str) {
        self.book.begin(signed.clone(), AckLimits::of(30, 10));
        self.book.sent(&signed.dispatch.key(), signed.dispatch.revision, "event-1", at(time));
    }

    fn hear(&mut self, dispatch: &Dispatch, stage: Stage, time: &str) {
        self.book.acknowledge(&says(dispatch, stage, time), Ok(()), at(time));
    }

    /// Both clients are heard, and the VTN answers, at an instant.
    fn alive(&mut self, time: &str) {
        for name in ["BRIGHTFLEX", "COLDSTORE"] {
            self.links.client_heard(&fsp(name), at(time));
        }
        self.news(time);
    }

    fn news(&mut self, time: &str) {
        self.links.news(at(time));
        self.health.answered(at(time), std::time::Duration::from_millis(3));
    }

    fn meter(&mut self, dispatch: &Dispatch, from: &str, minutes: u32, kw: f64) {
        for minute in 1..=minutes {
            let reading = Reading { at: marks::seconds(at(from)) + f64::from(minute) * 60.0, kw };
            self.book.metered(&dispatch.key(), reading);
        }
    }

    /// BESS-07 reports its power and state of charge.
    fn reports(&mut self, time: &str, kw: f64, soc: f64) {
        let unit = unit("BRIGHTFLEX/BESS-07");
        let pulse = UnitPulse { unit, phase: UnitPhase::Holding, kw, soc: Some(soc), alive: true };
        self.units.pulse(&pulse, at(time));
    }

    fn wrong_at(&mut self, time: &str) -> Vec<Condition> {
        let now = at(time);
        self.health.settle(now);
        self.book.settle(now);
        self.units.settle(now, &self.book, &self.links, &self.register);
        self.endurance.look(now, &self.book, &self.units);
        let dispatches: Vec<&DispatchState> = self.book.iter().map(AsRef::as_ref).collect();
        conditions(&Scene {
            now,
            register: &self.register,
            dispatches: &dispatches,
            links: &self.links,
            clocks: &self.clocks,
            endurance: &self.endurance,
            vtn: self.health.shown(),
            journal_fault: self.journal_fault,
        })
    }

    fn one_wrong_at(&mut self, time: &str) -> Condition {
        let mut wrong = self.wrong_at(time);
        assert_eq!(wrong.len(), 1, "at {time}: {wrong:#?}");
        wrong.remove(0)
    }
}

fn run() -> DispatchParts {
    parts(1, Status::Run)
}

#[track_caller]
fn says_what_to_do(condition: &Condition, priority: Priority, phrases: &[&str]) {
    assert_eq!(condition.priority, priority, "{}", condition.text);
    for phrase in phrases {
        assert!(condition.text.contains(phrase), "`{phrase}` is missing in: {}", condition.text);
    }
}

#[test]
fn an_acknowledgement_that_does_not_come_names_whom_to_call() {
    let (mut world, _) = World::new(run());
    world.alive("16:00:29");
    assert_eq!(world.wrong_at("16:00:29"), []);
    assert_eq!(world.wrong_at("16:00:32"), [], "it may have come and not been heard yet");
    world.alive("16:00:30");
    let wrong = world.one_wrong_at("16:00:30");
    says_what_to_do(
        &wrong,
        Priority::Medium,
        &[
            "EMID-1 revision 1 (RUN, BRIGHTFLEX/BESS-07) waits for acknowledgement from BRIGHTFLEX",
            "due by 16:00:30 UTC",
            "telephone BRIGHTFLEX's control point on +44 20 7946 0001",
        ],
    );
    assert_eq!(wrong.heard_through, Some(fsp("BRIGHTFLEX")), "silent while that FSP is lost");
}

#[test]
fn an_emergency_stop_unanswered_after_a_poll_is_grave_and_never_silenced() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::Accepted, "16:00:06");
    world.meter(&first.dispatch, "17:00", 30, 2000.0);
    let stop = signed(parts(2, Status::EmergencyStop));
    world.send(&stop, "17:30");
    world.alive("17:30:14");
    assert_eq!(world.wrong_at("17:30:14"), [], "polled after 10 s, answered after 14");
    world.alive("17:30:15");
    let wrong = world.one_wrong_at("17:30:15");
    says_what_to_do(
        &wrong,
        Priority::High,
        &["EMERGENCY STOP not acknowledged within 15 s", "at once", "stopped by hand", "+44 20 7946 0001"],
    );
    assert_eq!(wrong.heard_through, None);
    world.hear(&stop.dispatch, Stage::Accepted, "17:30:16");
    assert_eq!(world.wrong_at("17:30:17"), []);
}

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
fn a_read_back_that_differs_is_told_with_both_values() {
    let (mut world, first) = World::new(run());
    let mut said = says(&first.dispatch, Stage::Accepted, "16:00:06");
    said.readback.as_mut().unwrap().setpoints = Some(vec![setpoint("17:00", 200)]);
    world.book.acknowledge(&said, Ok(()), at("16:00:07"));
    world.alive("16:00:08");
    says_what_to_do(
        &world.one_wrong_at("16:00:08"),
        Priority::Medium,
        &["BRIGHTFLEX read EMID-1 revision 1", "otherwise than sent", "setpoints[0]", "Stop or amend it"],
    );
}

#[test]
fn a_rejection_says_why_and_what_stays_in_force() {
    for (reason, priority, phrase) in [
        (Reason::BeyondCapability, Priority::Medium, "BEYOND_CAPABILITY, “2,500 kW at most”"),
        (Reason::BadSignature, Priority::High, "Have key gb-dno-11-2026 pinned there"),
    ] {
        let (mut world, first) = World::new(run());
        world.hear(&first.dispatch, Stage::Accepted, "16:00:06");
        let second = signed(parts(2, Status::Run));
        world.send(&second, "16:10");
        let mut no = says(&second.dispatch, Stage::Rejected, "16:10:05");
        no.reason = Some(reason);
        no.detail = Some("2,500 kW at most".to_owned());
        world.book.acknowledge(&no, Ok(()), at("16:10:06"));
        world.alive("16:10:06");
        let phrases =
            ["BRIGHTFLEX rejected EMID-1 revision 2", phrase, "Revision 1 stays in force", "telephone"];
        says_what_to_do(&world.one_wrong_at("16:10:06"), priority, &phrases);
    }
}

#[test]
fn what_was_not_sent_says_why_and_offers_the_telephone() {
    for (status, priority) in [(Status::Run, Priority::Medium), (Status::Stop, Priority::High)] {
        let (mut world, first) = World::new(run());
        world.hear(&first.dispatch, Stage::Accepted, "16:00:06");
        let second = signed(parts(2, status));
        world.book.begin(second.clone(), AckLimits::of(30, 10));
        world.book.not_sent(&second.dispatch.key(), Revision::new(2).unwrap(), "cannot reach vtn");
        world.alive("16:10");
        says_what_to_do(
            &world.one_wrong_at("16:10"),
            priority,
            &["EMID-1 revision 2", "was not sent: cannot reach vtn", "Send it again", "+44 20 7946 0001"],
        );
    }
}

#[test]
fn a_unit_that_could_not_go_on_is_grave() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    let mut failed = says(&first.dispatch, Stage::Failed, "17:20");
    failed.detail = Some("inverter tripped".to_owned());
    world.book.acknowledge(&failed, Ok(()), at("17:20:05"));
    world.alive("17:20:05");
    says_what_to_do(
        &world.one_wrong_at("17:20:05"),
        Priority::High,
        &["could not go on", "“inverter tripped”", "another unit"],
    );
    world.alive("19:00");
    assert_eq!(world.wrong_at("19:00"), [], "over with its window");
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
fn a_journal_that_cannot_be_written_is_grave() {
    let (mut world, _) = World::new(run());
    world.alive("16:00:05");
    world.journal_fault = Some("disk full");
    says_what_to_do(
        &world.one_wrong_at("16:00:05"),
        Priority::High,
        &["disk full", "until then only stops are sent"],
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
fn a_unit_is_held_to_what_it_took_on_while_an_amendment_waits() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    world.alive("17:05:10");
    world.meter(&first.dispatch, "17:00", 5, 500.0);
    world.send(&signed(parts(2, Status::Run)), "17:05");
    says_what_to_do(&world.one_wrong_at("17:05:10"), Priority::High, &["more than 20 % short for 5 minutes"]);
}

#[test]
fn what_an_earlier_revision_failed_at_is_over_when_a_later_one_is_taken_on() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    let second = signed(parts(2, Status::Run));
    world.send(&second, "17:19:55");
    world.hear(&first.dispatch, Stage::Failed, "17:20");
    world.meter(&first.dispatch, "17:00", 20, 2000.0);
    world.alive("17:20:05");
    says_what_to_do(&world.one_wrong_at("17:20:05"), Priority::High, &["could not go on", "revision 1"]);
    world.hear(&second.dispatch, Stage::Accepted, "17:20:06");
    world.hear(&second.dispatch, Stage::AtSetpoint, "17:20:07");
    world.alive("17:20:10");
    assert_eq!(world.wrong_at("17:20:10"), []);
}

#[test]
fn a_unit_that_gives_up_what_is_being_stopped_has_not_failed() {
    let (mut world, first) = World::new(run());
    world.hear(&first.dispatch, Stage::AtSetpoint, "16:59:59");
    world.meter(&first.dispatch, "17:00", 30, 2000.0);
    world.send(&signed(parts(2, Status::EmergencyStop)), "17:30");
    // The emergency stop of another dispatch of the unit was obeyed first.
    world.hear(&first.dispatch, Stage::Failed, "17:30:05");
    world.alive("17:30:05");
    assert_eq!(world.wrong_at("17:30:05"), []);
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
