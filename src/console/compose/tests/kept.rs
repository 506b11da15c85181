use egui::accesskit::Role;

use super::Desk;
use super::sending::{sent, show};
use crate::console::compose::{ComposeView, KeptDrafts};
use crate::console::testing::{key, quiet_snapshot, snapshot};
use crate::desk::snapshot::Snapshot;

const BATTERY: &str = "BRIGHTFLEX/BESS-01";

impl Desk {
    fn kept_now(&mut self) -> KeptDrafts {
        self.harness.state_mut().with(|compose, view| compose.to_keep(view))
    }

    /// A window that is opened after the last one was lost.
    fn after_a_crash(kept: &KeptDrafts, snapshot: Snapshot) -> Self {
        let mut desk = Self::new(snapshot);
        // What was written is read back.
        let text = serde_json::to_string(kept).unwrap();
        let mut compose = ComposeView::default();
        compose.take_up(serde_json::from_str(&text).unwrap());
        desk.harness.state_mut().compose = compose;
        desk.settle();
        desk
    }
}

#[test]
fn a_half_typed_draft_comes_back_as_typed() {
    let mut desk = Desk::drawing_up("BRIGHTFLEX/BESS-01 COLDCHAIN/STORE-1");
    desk.fill("Setpoint 1 time", "18:1");
    desk.type_into("Setpoint 1 volume", "2,0");
    let kept = desk.kept_now();
    assert_eq!(kept.words(), "2 drafts");
    let mut desk = Desk::after_a_crash(&kept, quiet_snapshot());
    assert_eq!(desk.text_of("Setpoint 1 time"), "18:1");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "2,0");
    desk.click(Role::Button, "COLDCHAIN/STORE-1");
    assert_eq!(desk.text_of("Reference"), "EMID-20261126-0002");
    assert_eq!(desk.kept_now(), kept, "and is kept on");
}

#[test]
fn what_waited_for_a_second_person_comes_back_as_a_draft_that_nobody_has_approved() {
    let mut desk = Desk::asked("2000");
    assert!(desk.shows("waits for a second person"));
    let kept = desk.kept_now();
    assert_eq!(kept.words(), "1 draft");
    let mut desk = Desk::after_a_crash(&kept, quiet_snapshot());
    assert_eq!(desk.text_of("Setpoint 1 volume"), "2000");
    assert!(desk.can_send() && !desk.shows("Approved by"));
    assert!(sent(desk.intents()).is_empty());
}

#[test]
fn what_was_discarded_or_taken_by_the_desk_is_not_drawn_up_again() {
    let mut desk = Desk::drawing_up(BATTERY);
    desk.click(Role::Button, "Discard");
    assert!(desk.kept_now().is_empty());

    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.click(Role::Button, "Review and send…");
    assert!(!desk.kept_now().is_empty(), "under review it is not sent");
    let mut desk = Desk::sent(BATTERY);
    assert!(!desk.kept_now().is_empty(), "given to the desk, which does not show it yet");
    let parts = sent(desk.intents()).remove(0);
    desk.publish(|snapshot| show(snapshot, parts));
    assert!(desk.kept_now().is_empty(), "the desk has it");
}

#[test]
fn an_amendment_waits_until_the_desk_shows_what_it_amends() {
    let amended = key("EMID-0417");
    let mut desk = Desk::amending(snapshot(), &amended);
    desk.fill("Setpoint 1 volume", "777");
    let kept = desk.kept_now();
    let mut desk = Desk::after_a_crash(&kept, quiet_snapshot());
    assert!(desk.shows("the draft waits for revision"), "{kept:?}");
    assert_eq!(desk.kept_now(), kept, "another crash loses nothing of it");
    desk.harness.state_mut().snapshot = snapshot();
    desk.settle();
    assert_eq!(desk.text_of("Setpoint 1 volume"), "777");
    assert!(!desk.shows("the draft waits for revision"));
    assert_eq!(desk.kept_now(), kept);

    let mut desk = Desk::after_a_crash(&kept, quiet_snapshot());
    desk.click(Role::Button, "Let go of the draft for BRIGHTFLEX/BESS-07");
    assert!(desk.kept_now().is_empty());
}
