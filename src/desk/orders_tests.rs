use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::desk::standing::AckLimits;
use crate::desk::testing::{
    at, fleet, key_of, operator, operator_key, parts, register, says, setpoint, signed, unit,
};
use crate::dispatch::{Signer, SigningKey, Stage};
use crate::profile::fleet::FleetProfile;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;

struct World {
    register: Register,
    book: Book,
    now: UtcTime,
}

impl World {
    fn new() -> Self {
        Self { register: register(), book: Book::default(), now: at("16:30") }
    }

    fn holding(parts: DispatchParts) -> Self {
        let mut world = Self::new();
        world.sent(&signed(parts));
        world
    }

    fn sent(&mut self, signed: &SignedDispatch) {
        self.book.begin(signed.clone(), AckLimits::of(30, 10));
        self.book.sent(&signed.dispatch.key(), signed.dispatch.revision, "event-1", at("16:00"));
        self.book.settle(self.now);
    }

    fn heard(&mut self, parts: DispatchParts, stage: Stage) {
        self.book.acknowledge(&says(&signed(parts).dispatch, stage, "16:10"), Ok(()), at("16:10"));
        self.book.settle(self.now);
    }

    fn failed(&mut self, parts: DispatchParts) {
        let signed = signed(parts);
        self.book.begin(signed.clone(), AckLimits::of(30, 10));
        self.book.not_sent(&signed.dispatch.key(), signed.dispatch.revision, "no answer");
        self.book.settle(self.now);
    }

    fn desk(&self) -> Desk<'_> {
        Desk { register: &self.register, book: &self.book, on: None, now: self.now }
    }
}

fn run(revision: u32) -> DispatchParts {
    parts(revision, Status::Run)
}

#[test]
fn the_desk_says_when_it_decided_and_signs_what_was_confirmed() {
    let world = World::new();
    let signed = world.desk().send(run(1)).unwrap();
    assert_eq!(signed.dispatch.instruction_time, at("16:30"));
    assert_eq!(signed.dispatch.setpoints, run(1).setpoints);
    let keys = world.register.own_keys(&operator()).unwrap();
    assert_eq!(signed.verify(keys, world.now), Ok(()));
}

#[test]
fn what_this_desk_may_not_send_is_refused_with_what_would_be_right() {
    let world = World::new();
    for (parts, says) in [
        (
            DispatchParts { network_operator: "GB-DNO-12".parse().unwrap(), ..run(1) },
            "holds no signing key of network operator GB-DNO-12; it signs for GB-DNO-11",
        ),
        (
            DispatchParts { contract: "C-9".parse().unwrap(), ..run(1) },
            "GB-DNO-11 has no contract C-9 in this fleet",
        ),
        (
            DispatchParts { unit: unit("BRIGHTFLEX/BESS-99"), ..run(1) },
            "BRIGHTFLEX/BESS-99 is not in this fleet",
        ),
        (
            DispatchParts { contract: "C-2".parse().unwrap(), ..run(1) },
            "BRIGHTFLEX/BESS-07 is under contract C-1 of GB-DNO-11, not under C-2",
        ),
        (run(2), "a new dispatch begins with revision 1, not 2"),
        (DispatchParts { service_end: at("16:59"), ..run(1) }, "service_end"),
        (DispatchParts { setpoints: Vec::new(), ..run(1) }, "setpoints"),
    ] {
        let error = world.desk().send(parts).unwrap_err().words;
        assert!(error.contains(says), "`{says}` is missing in: {error}");
    }
}

#[test]
fn a_revision_only_ever_grows_and_stays_with_its_unit() {
    let mut world = World::holding(run(2));
    assert!(world.desk().send(run(3)).is_ok());
    assert!(world.desk().send(run(7)).is_ok(), "greater is enough");
    for (parts, says) in [
        (run(2), "stands at revision 2; the next is 3, not 2"),
        (run(1), "stands at revision 2; the next is 3, not 1"),
        (
            DispatchParts { unit: unit("BRIGHTFLEX/BESS-08"), ..run(3) },
            "a revision cannot move it to BRIGHTFLEX/BESS-08",
        ),
    ] {
        let error = world.desk().send(parts).unwrap_err().words;
        assert!(error.contains(says), "`{says}` is missing in: {error}");
    }
    world.heard(run(2), Stage::Ended);
    let error = world.desk().send(run(3)).unwrap_err().words;
    assert!(error.contains("is over (ended); draw up a new dispatch"), "{error}");
}

#[test]
fn a_revision_that_was_not_sent_can_be_given_again() {
    let mut world = World::new();
    world.failed(run(1));
    assert!(world.desk().send(run(1)).is_ok());
    assert!(world.desk().send(run(2)).is_ok());
}

#[test]
fn a_stop_is_the_next_revision_of_the_same_window_without_setpoints() {
    let world = World::holding(run(1));
    let Stop::Send(signed) = world.desk().stop(&key_of("EMID-1")).unwrap() else { panic!("not sent") };
    let dispatch = &signed.dispatch;
    assert_eq!((dispatch.status, dispatch.revision.get(), dispatch.setpoints.len()), (Status::Stop, 2, 0));
    assert_eq!((dispatch.service_start, dispatch.service_end), (at("17:00"), at("19:00")));
    assert_eq!(dispatch.instruction_time, at("16:30"));
}

#[test]
fn a_stop_is_asked_once_and_only_of_what_is_not_over() {
    let mut world = World::holding(run(1));
    assert!(
        world
            .desk()
            .stop(&key_of("EMID-2"))
            .unwrap_err()
            .words
            .contains("GB-DNO-11/EMID-2 is not known here")
    );
    world.sent(&signed(parts(2, Status::Stop)));
    assert!(
        matches!(world.desk().stop(&key_of("EMID-1")), Ok(Stop::Asked(words)) if words.contains("revision 2"))
    );
    world.heard(parts(2, Status::Stop), Stage::Stopped);
    let error = world.desk().stop(&key_of("EMID-1")).unwrap_err().words;
    assert!(error.contains("is over (stopped); there is nothing to stop"), "{error}");
}

#[test]
fn a_stop_that_was_not_sent_or_was_rejected_is_asked_again_with_the_next_revision() {
    let mut world = World::holding(run(1));
    world.failed(parts(2, Status::Stop));
    assert!(
        matches!(world.desk().stop(&key_of("EMID-1")), Ok(Stop::Send(s)) if s.dispatch.revision.get() == 3)
    );
    let mut world = World::holding(run(1));
    world.sent(&signed(parts(2, Status::Stop)));
    world.heard(parts(2, Status::Stop), Stage::Rejected);
    assert!(
        matches!(world.desk().stop(&key_of("EMID-1")), Ok(Stop::Send(s)) if s.dispatch.revision.get() == 3)
    );
}

#[test]
fn what_may_have_reached_the_vtn_can_be_stopped_although_its_answer_was_lost() {
    let mut world = World::new();
    world.failed(run(1));
    assert!(matches!(world.desk().stop(&key_of("EMID-1")), Ok(Stop::Send(_))));
}

#[test]
fn an_emergency_stop_reaches_every_unit_by_its_open_dispatch_or_a_new_one() {
    let world = World::holding(run(1));
    let orders = world.desk().emergency_stop(&[], None).unwrap().signed;
    let seen: Vec<String> = orders
        .iter()
        .map(|s| {
            format!(
                "{} {} r{} {}",
                s.dispatch.unit, s.dispatch.dispatch_ref, s.dispatch.revision, s.dispatch.status
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            "BRIGHTFLEX/BESS-07 EMID-1 r2 EMERGENCY_STOP",
            "BRIGHTFLEX/BESS-08 EMID-ES-20261126T163000-1 r1 EMERGENCY_STOP",
            "COLDSTORE/FRIDGE-1 EMID-ES-20261126T163000-2 r1 EMERGENCY_STOP",
        ]
    );
    assert_eq!(
        (orders[0].dispatch.service_start, orders[0].dispatch.service_end),
        (at("17:00"), at("19:00"))
    );
    assert_eq!(
        (orders[1].dispatch.service_start, orders[1].dispatch.service_end),
        (at("16:30"), at("17:30"))
    );
    assert!(orders.iter().all(|s| s.dispatch.setpoints.is_empty()));
}

#[test]
fn an_emergency_stop_supersedes_every_open_dispatch_of_a_unit() {
    let mut world = World::holding(run(1));
    let second = DispatchParts {
        dispatch_ref: "EMID-2".parse().unwrap(),
        service_start: at("20:00"),
        service_end: at("21:00"),
        setpoints: vec![setpoint("20:00", 100)],
        ..run(1)
    };
    world.sent(&signed(second));
    let orders =
        world.desk().emergency_stop(&[unit("BRIGHTFLEX/BESS-07")], Some(&operator())).unwrap().signed;
    assert_eq!(
        orders.iter().map(|s| s.dispatch.dispatch_ref.as_str()).collect::<Vec<_>>(),
        ["EMID-1", "EMID-2"]
    );
}

#[test]
fn an_emergency_stop_never_hides_behind_a_window_that_is_over() {
    let mut world = World::holding(run(1));
    world.heard(run(1), Stage::AtSetpoint);
    world.now = at("19:00");
    let orders = world.desk().emergency_stop(&[unit("BRIGHTFLEX/BESS-07")], None).unwrap().signed;
    assert!(orders[0].dispatch.dispatch_ref.as_str().starts_with("EMID-ES-"));
}

#[test]
fn an_emergency_stop_of_nobody_says_so() {
    let world = World::new();
    let unknown = world.desk().emergency_stop(&[unit("BRIGHTFLEX/BESS-99")], None).unwrap_err().words;
    assert!(unknown.contains("BRIGHTFLEX/BESS-99 is not in this fleet"), "{unknown}");
    let other = "GB-DNO-12".parse().unwrap();
    assert!(
        world
            .desk()
            .emergency_stop(&[], Some(&other))
            .unwrap_err()
            .words
            .contains("there is no unit to stop")
    );
}

/// A token that is not in its slot.
struct NotInItsSlot;

impl Signer for NotInItsSlot {
    fn sign(&self, _: &[u8]) -> Result<[u8; 64], String> {
        Err("its token is not in its slot; put it in".to_owned())
    }
}

/// As [`register`], C-2 and its unit under another operator, whose key is in a token.
fn register_of_two(other: &OperatorId) -> Register {
    let mut fleet = FleetProfile::clone(&fleet());
    fleet.contracts[1].operator = other.clone();
    fleet.units[2].operator = other.clone();
    let absent = SigningKey::held_elsewhere("dno-12".parse().unwrap(), [7; 32], Arc::new(NotInItsSlot));
    let operators = BTreeMap::from([(operator(), operator_key().into()), (other.clone(), absent.into())]);
    let secrets = Secrets { operators, ..Secrets::default() };
    Register::with_names(&Arc::new(fleet), BTreeMap::new(), &secrets, Trust::default())
}

#[test]
fn a_key_that_does_not_sign_is_told_and_keeps_nobody_else_from_being_stopped() {
    let (mut world, other): (World, OperatorId) = (World::holding(run(1)), "GB-DNO-12".parse().unwrap());
    let second: DispatchUnit = unit("COLDSTORE/FRIDGE-1");
    world.register = register_of_two(&other);
    let theirs = DispatchParts {
        network_operator: other.clone(),
        dispatch_ref: "OTHER-1".parse().unwrap(),
        contract: "C-2".parse().unwrap(),
        unit: second.clone(),
        ..run(1)
    };
    let refusal = world.desk().send(theirs).unwrap_err();
    assert_eq!(
        refusal.words,
        "nothing was signed: key `dno-12` does not sign: its token is not in its slot; put it in"
    );
    assert_eq!(refusal.unsigned.unwrap().operator, other);
    let stops = world.desk().emergency_stop(&[], None).unwrap();
    let stopped: Vec<String> = stops.signed.iter().map(|s| s.dispatch.unit.to_string()).collect();
    assert_eq!(stopped, ["BRIGHTFLEX/BESS-07", "BRIGHTFLEX/BESS-08"]);
    let [left] = &stops.not_signed[..] else { panic!("{:?}", stops.not_signed) };
    assert!(left.words.starts_with("COLDSTORE/FRIDGE-1 was not stopped: nothing was signed: key `dno-12`"));
    assert!(left.words.contains("Telephone COLDSTORE"), "{}", left.words);
    let alone = world.desk().emergency_stop(&[second], None).unwrap_err();
    assert!(alone.words.starts_with("nothing was sent, 0 of 1 stops: COLDSTORE/FRIDGE-1"), "{}", alone.words);
}
