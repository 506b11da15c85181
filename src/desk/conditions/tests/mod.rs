//! Every alarm has a cause, a priority and a sentence that says what to do.

mod availability;
mod delivery;
mod links;

use super::*;
use crate::desk::book::Book;
use crate::desk::health::Health;
use crate::desk::marks;
use crate::desk::standing::AckLimits;
use crate::desk::testing::{at, fsp, parts, register, says, setpoint, signed, unit};
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
    untrusted: Untrusted,
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
            untrusted: Untrusted::default(),
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
        for fsp in self.register.fsps() {
            self.endurance.look_at(&fsp.id, now, &self.book, &self.units);
        }
        let all: Vec<&DispatchState> = self.book.iter().map(AsRef::as_ref).collect();
        let mut wrong = of_all(&self.scene(now, &all));
        for fsp in self.register.fsps() {
            let own: Vec<&DispatchState> = self.book.of_fsp(&fsp.id).map(AsRef::as_ref).collect();
            wrong.extend(of_fsp(&self.scene(now, &own), &fsp.id));
        }
        wrong
    }

    fn scene<'a>(&'a self, now: UtcTime, dispatches: &'a [&'a DispatchState]) -> Scene<'a> {
        Scene {
            now,
            register: &self.register,
            dispatches,
            links: &self.links,
            clocks: &self.clocks,
            endurance: &self.endurance,
            units: &self.units,
            untrusted: &self.untrusted,
            vtn: self.health.shown(),
            journal_fault: self.journal_fault,
            keys_fault: None,
            on: None,
            sign_off_after_s: 0,
            is_training: false,
        }
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
fn a_read_back_that_differs_is_told_with_both_values() {
    let (mut world, first) = World::new(run());
    let mut said = says(&first.dispatch, Stage::Accepted, "16:00:06");
    said.readback.as_mut().unwrap().setpoints = Some(vec![setpoint("17:00", 200)]);
    world.book.acknowledge(&said, Ok(()), at("16:00:07"));
    world.alive("16:00:08");
    says_what_to_do(
        &world.one_wrong_at("16:00:08"),
        Priority::Medium,
        &[
            "BRIGHTFLEX read EMID-1 revision 1",
            "otherwise than sent",
            "the real power of setpoint 1 is +200 kW",
            "Stop or amend it",
        ],
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
