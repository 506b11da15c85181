use super::*;
use crate::desk::book::Book;
use crate::desk::orders::{Desk, Stop};
use crate::desk::standing::AckLimits;
use crate::desk::testing::{at, key_of, operator_key, parts, register, setpoint, signed};
use crate::dispatch::{Approved, DispatchParts, Reference, Setpoint, SigningKey, Status};
use crate::units::Vars;

/// `EMID-1` and so on for a battery whose baseline is 0 kW, 17:00 to 19:00, asking these kW from baseline.
fn asks(dispatch_ref: &str, kw: &[i64]) -> DispatchParts {
    let times = ["17:00", "17:30", "18:00"];
    let setpoints = times.iter().zip(kw).map(|(time, kw)| setpoint(time, *kw)).collect();
    DispatchParts { dispatch_ref: dispatch_ref.parse().unwrap(), setpoints, ..parts(1, Status::Run) }
}

fn ada() -> SigningKey {
    SigningKey::from_seed("ada-winter".parse().unwrap(), &[41; 32])
}

/// 5 MW of GB-DNO-11, 8 MW of all; Ada may approve, and somebody whose key the desk signs with.
fn rules() -> ApprovalRules {
    let own = operator_key().public(None, None).to_text();
    let text = format!(
        "[[limits]]\noperator = \"GB-DNO-11\"\nmw = 5\n\n[[limits]]\nmw = 8\n\n\
         [[approvers]]\nname = \"Ada Winter\"\nkey_id = \"ada-winter\"\npublic = \"{}\"\n\
         valid_until = \"2026-11-26T17:30:00Z\"\n\n\
         [[approvers]]\nname = \"The desk itself\"\nkey_id = \"desk\"\npublic = \"{own}\"\n",
        ada().public(None, None).to_text()
    );
    ApprovalRules::from_toml("approval.toml", &text).unwrap()
}

struct World {
    register: Register,
    book: Book,
    rules: ApprovalRules,
    now: UtcTime,
}

impl World {
    fn new() -> Self {
        Self { register: register(), book: Book::default(), rules: rules(), now: at("16:30") }
    }

    fn rule(&self) -> Rule<'_> {
        Rule { rules: &self.rules, register: &self.register, book: &self.book, on: None, now: self.now }
    }

    fn clear(&self, parts: &[DispatchParts], approval: Option<&Approval>) -> Result<Cleared, String> {
        let orders = parts.iter().map(|p| signed(DispatchParts { instruction_time: self.now, ..p.clone() }));
        self.rule().clear(orders.collect(), approval, &[])
    }

    /// The desk sent it now.
    fn sent(&mut self, parts: DispatchParts) {
        let signed = signed(DispatchParts { instruction_time: self.now, ..parts });
        self.book.begin(signed.clone(), AckLimits::of(30, 10));
        self.book.sent(&signed.dispatch.key(), signed.dispatch.revision, "event-1", self.now);
    }

    fn approve(&self, parts: &[DispatchParts], key: &SigningKey) -> Approval {
        let dispatches: Vec<Dispatch> = parts.iter().map(|p| Dispatch::new(p.clone()).unwrap()).collect();
        Approved::of(&dispatches, self.now).sign(key).unwrap()
    }
}

#[test]
fn the_greatest_change_asked_together_decides_whether_a_second_person_must_approve() {
    let reactive = |dispatch_ref: &str| {
        let level = crate::dispatch::ReactiveLevel {
            reference: Reference::Absolute,
            vars: Vars(90_000_000),
            price: None,
        };
        let setpoints = vec![Setpoint { at: at("17:00"), real: None, reactive: Some(level) }];
        DispatchParts { setpoints, ..asks(dispatch_ref, &[]) }
    };
    let status = |status, parts: DispatchParts| DispatchParts { status, ..parts };
    for (what, dispatches, needs) in [
        ("below the limit", vec![asks("A", &[4999])], false),
        ("at the limit", vec![asks("A", &[5000])], false),
        ("a kilowatt above it", vec![asks("A", &[5001])], true),
        ("turned down above it", vec![asks("A", &[-5001])], true),
        ("turned down at it", vec![asks("A", &[-5000])], false),
        ("above it for a part of its time", vec![asks("A", &[1000, 5001, 0])], true),
        ("from one side to the other", vec![asks("A", &[3000, -3000])], true),
        ("two units one way", vec![asks("A", &[2500]), asks("B", &[2501])], true),
        ("two units against each other", vec![asks("A", &[2501]), asks("B", &[-2500])], true),
        ("two units at the limit", vec![asks("A", &[2500]), asks("B", &[-2500])], false),
        ("reactive power alone", vec![reactive("A")], false),
        ("reactive power beside real", vec![reactive("A"), asks("B", &[5000])], false),
        ("a notice", vec![status(Status::PreNotify, asks("A", &[5001]))], true),
        ("to run now", vec![status(Status::RunNow, asks("A", &[5001]))], true),
        ("a dispatch back to baseline", vec![asks("A", &[0])], false),
    ] {
        let cleared = World::new().clear(&dispatches, None);
        assert_eq!(cleared.is_err(), needs, "{what}: {:?}", cleared.err());
    }
}

#[test]
fn the_limit_of_the_whole_desk_counts_whatever_its_operators_limits_are() {
    let key = |operator: &str| DispatchKey {
        operator: operator.parse().unwrap(),
        dispatch_ref: "A-1".parse().unwrap(),
    };
    let asked = |operator: &str, mw: i64| Asked { key: key(operator), change: Watts(mw * 1_000_000) };
    for (what, now, words) in [
        ("each below its own", vec![asked("GB-DNO-11", 4), asked("GB-DNO-14", 4)], None),
        ("one without a limit of its own", vec![asked("GB-DNO-14", 8)], None),
        (
            "together above that of all",
            vec![asked("GB-DNO-11", 4), asked("GB-DNO-14", 5)],
            Some("9 MW of change is asked, above the limit of 8 MW of all operators"),
        ),
        (
            "one above its own",
            vec![asked("GB-DNO-11", 6), asked("GB-DNO-14", 5)],
            Some("6 MW of change is asked, above the limit of 5 MW of GB-DNO-11"),
        ),
    ] {
        assert_eq!(need(&rules(), &now, &[]).map(|n| n.words()).as_deref(), words, "{what}");
    }
    let none = ApprovalRules::default();
    assert_eq!(need(&none, &[asked("GB-DNO-11", 9000)], &[]), None, "without a limit nobody need");
}

#[test]
fn an_amendment_counts_by_its_new_revision() {
    let mut world = World::new();
    world.sent(asks("A", &[9000]));
    world.now = at("16:40");
    let amended = |kw: i64| DispatchParts { revision: parts(2, Status::Run).revision, ..asks("A", &[kw]) };
    assert!(world.clear(&[amended(5000)], None).is_ok(), "what is taken back needs nobody");
    assert!(world.clear(&[amended(0)], None).is_ok());
    let words = world.clear(&[amended(6000)], None).unwrap_err();
    assert!(words.contains("6 MW of change is asked, above the limit of 5 MW of GB-DNO-11"), "{words}");
}

#[test]
fn a_large_dispatch_cannot_go_out_in_small_pieces_within_a_minute() {
    let mut world = World::new();
    world.sent(asks("A", &[3000]));
    world.now = at("16:30:59");
    assert!(world.clear(&[asks("B", &[2000])], None).is_ok());
    let words = world.clear(&[asks("B", &[2500])], None).unwrap_err();
    assert!(
        words.contains("5.5 MW of change is asked, 3 MW of it by what was sent within the last minute"),
        "{words}"
    );
    let again = DispatchParts { revision: parts(2, Status::Run).revision, ..asks("A", &[4000]) };
    assert!(world.clear(&[again], None).is_ok(), "the same dispatch anew is no second one");
    world.now = at("16:31:00");
    assert!(world.clear(&[asks("B", &[2500])], None).is_ok(), "after a minute it is another matter");
}

#[test]
fn what_was_approved_or_not_sent_does_not_count_with_what_comes_after_it() {
    let mut approved = World::new();
    approved.sent(asks("A", &[9000]));
    let by = Arc::new(ApprovedBy { name: "Ada".to_owned(), key_id: "ada".parse().unwrap(), at: at("16:30") });
    approved.book.approved(&key_of("A"), parts(1, Status::Run).revision, &by);
    assert!(approved.clear(&[asks("B", &[4000])], None).is_ok());
    let mut failed = World::new();
    failed.sent(asks("A", &[4000]));
    failed.book.begin(
        signed(DispatchParts { instruction_time: failed.now, ..asks("B", &[4000]) }),
        AckLimits::of(30, 10),
    );
    failed.book.not_sent(&key_of("B"), parts(1, Status::Run).revision, "no answer");
    failed.book.settle(failed.now);
    assert!(failed.clear(&[asks("C", &[1000])], None).is_ok());
    let mut stopped = World::new();
    stopped.sent(asks("A", &[4000]));
    stopped.sent(DispatchParts { dispatch_ref: "A".parse().unwrap(), ..parts(2, Status::Stop) });
    assert!(stopped.clear(&[asks("B", &[4000])], None).is_ok(), "what was stopped asks for nothing");
}

#[test]
fn no_stop_of_any_kind_waits_for_anyone() {
    let mut world = World::new();
    world.rules =
        ApprovalRules::from_toml("a.toml", &rules().to_toml().replace("mw = 5.0", "mw = 0.0")).unwrap();
    world.sent(parts(1, Status::Run));
    let desk = Desk { register: &world.register, book: &world.book, on: None, now: world.now };
    let Stop::Send(stop) = desk.stop(&key_of("EMID-1")).unwrap() else {
        panic!("there is something to stop")
    };
    let emergency = desk.emergency_stop(&[], None).unwrap();
    assert_eq!(emergency.signed.len(), 3);
    for orders in [vec![*stop], emergency.signed] {
        let count = orders.len();
        assert_eq!(world.rule().clear(orders, None, &[]).unwrap().orders().len(), count);
    }
    let composed = [DispatchParts { dispatch_ref: "B".parse().unwrap(), ..parts(1, Status::Stop) }];
    let of_another = world.approve(&[asks("C", &[9000])], &ada());
    assert!(world.clear(&composed, Some(&of_another)).is_ok(), "not even for an approval of something else");
    assert!(world.clear(&[asks("D", &[1])], None).is_err(), "the limit is none at all");
}

#[test]
fn an_approval_holds_for_exactly_what_was_approved_and_says_whose_it_is() {
    let world = World::new();
    let both = [asks("A", &[4000]), asks("B", &[-4000])];
    let approval = world.approve(&both, &ada());
    let cleared = world.clear(&both, Some(&approval)).unwrap();
    let by = &cleared.granted().unwrap().by;
    assert_eq!(by.who(), "Ada Winter (key ada-winter)");
    assert_eq!((cleared.orders().len(), by.at), (2, at("16:30")));
    assert!(world.rule().counted(&cleared).is_empty());
    let needless = [asks("A", &[1])];
    let approval = world.approve(&needless, &ada());
    assert!(
        world.clear(&needless, Some(&approval)).unwrap().granted().is_some(),
        "and is kept where none was needed"
    );
}

#[test]
fn an_approval_that_does_not_hold_lets_nothing_through_and_says_why() {
    let world = World::new();
    let large = asks("A", &[9000]);
    let good = world.approve(std::slice::from_ref(&large), &ada());
    let changed = |change: fn(&mut DispatchParts)| {
        let mut parts = large.clone();
        change(&mut parts);
        vec![parts]
    };
    let later = |time: &str| World { now: at(time), ..World::new() };
    let stranger = SigningKey::from_seed("eve".parse().unwrap(), &[1; 32]);
    let posing = SigningKey::from_seed("ada-winter".parse().unwrap(), &[1; 32]);
    let own = SigningKey::from_seed("desk".parse().unwrap(), &operator_key().seed().unwrap());
    let mut bent = good.clone();
    bent.signature.value[0] ^= 1;
    for (what, world, sent, approval, says) in [
        (
            "another revision",
            World::new(),
            changed(|p| p.revision = p.revision.next()),
            good.clone(),
            "revision 1 of GB-DNO-11/A was approved, not revision 2; have it approved again",
        ),
        (
            "another volume",
            World::new(),
            changed(|p| p.setpoints = vec![setpoint("17:00", 9001)]),
            good.clone(),
            "GB-DNO-11/A revision 1 has been changed since it was approved: setpoints",
        ),
        (
            "one more",
            World::new(),
            vec![large.clone(), asks("B", &[1])],
            good.clone(),
            "GB-DNO-11/B is not among what was approved",
        ),
        (
            "one of two",
            World::new(),
            vec![large.clone()],
            world.approve(&[large.clone(), asks("B", &[1])], &ada()),
            "it was approved together with GB-DNO-11/B revision 1, which is not sent with it",
        ),
        (
            "a stranger's",
            World::new(),
            vec![large.clone()],
            world.approve(std::slice::from_ref(&large), &stranger),
            "key eve is not among those that may approve here: Ada Winter (ada-winter), The desk itself (desk)",
        ),
        (
            "a key under another's name",
            World::new(),
            vec![large.clone()],
            world.approve(std::slice::from_ref(&large), &posing),
            "the signature by key `ada-winter` does not match the content",
        ),
        (
            "the desk's own key",
            World::new(),
            vec![large.clone()],
            world.approve(std::slice::from_ref(&large), &own),
            "key desk is the key gb-dno-11-2026 that the dispatch is signed with; another person approves it",
        ),
        (
            "a signature that was bent",
            World::new(),
            vec![large.clone()],
            bent,
            "the signature by key `ada-winter` does not match the content",
        ),
        (
            "of long ago",
            later("17:30:00"),
            vec![large.clone()],
            good.clone(),
            "key `ada-winter` expired at 2026-11-26T17:30:00Z",
        ),
        (
            "of tomorrow",
            later("16:27:59"),
            vec![large.clone()],
            good,
            "it was given at 2026-11-26T16:30:00Z, which is to come; set the clock",
        ),
    ] {
        let words = world.clear(&sent, Some(&approval)).unwrap_err();
        assert!(
            words.starts_with("nothing was sent: the approval does not hold: ") && words.contains(says),
            "{what}: {words}"
        );
    }
}

#[test]
fn an_approval_holds_for_an_hour() {
    let mut world = World::new();
    world.rules = ApprovalRules::from_toml(
        "a.toml",
        &rules().to_toml().replace("2026-11-26T17:30:00Z", "2027-11-26T17:30:00Z"),
    )
    .unwrap();
    let large = [asks("A", &[9000])];
    let approval = world.approve(&large, &ada());
    world.now = at("17:30");
    assert!(world.clear(&large, Some(&approval)).is_ok());
    world.now = at("17:30:01");
    let words = world.clear(&large, Some(&approval)).unwrap_err();
    assert!(words.contains("it was given at 2026-11-26T16:30:00Z and holds for an hour"), "{words}");
}
