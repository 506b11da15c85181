use std::path::PathBuf;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::Desk;
use super::sending::{ARM, sent};
use crate::console::context::Intent;
use crate::console::testing::{at, key, signing_key, snapshot, with_ada_on, with_people};
use crate::desk::command::{Command, CommandNumber, Together};
use crate::desk::snapshot::{Outcome, Snapshot};
use crate::dispatch::{Dispatch, SigningKey};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::profile::approval::ApprovalRules;
use crate::profile::sealed_key::SealedKey;

const BATTERY: &str = "BRIGHTFLEX/BESS-01";
const PASSPHRASE: &str = "three plain words";

fn ada() -> SigningKey {
    SigningKey::from_seed("ada-winter".parse().unwrap(), &[41; 32])
}

/// Above 1 MW Ada Winter approves.
pub(super) fn rules() -> ApprovalRules {
    let text = format!(
        "[[limits]]\noperator = \"GB-DNO-11\"\nmw = 1\n\n[[approvers]]\nname = \"Ada Winter\"\n\
         key_id = \"ada-winter\"\npublic = \"{}\"\n",
        ada().public(None, None).to_text()
    );
    ApprovalRules::from_toml("approval.toml", &text).unwrap()
}

/// A key file of this person, sealed with [`PASSPHRASE`].
fn key_file(name: &str, key: &SigningKey) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.approver.toml");
    let sealed = SealedKey::seal(name, key, &Secret::new(PASSPHRASE), &Entropy::seeded(1)).unwrap();
    std::fs::write(&path, sealed.to_toml()).unwrap();
    (folder, path)
}

impl Desk {
    /// With this many kW drawn up above the limit, armed, and asked a second person for.
    pub(super) fn asked(volume: &str) -> Self {
        let mut desk = Self::drawn_up(BATTERY, volume);
        desk.publish(|snapshot| snapshot.approval = Arc::new(rules()));
        desk.ask();
        desk
    }

    fn ask(&mut self) {
        self.click(Role::Button, "Review and send…");
        self.click(Role::CheckBox, ARM);
        self.click(Role::Button, "Ask for approval");
    }

    /// The second person opens a key with a passphrase; answers when the key was opened, or not.
    fn approve(&mut self, path: &std::path::Path, passphrase: &str) {
        self.fill("Key file", &path.display().to_string());
        self.harness.get_by_role_and_label(Role::PasswordInput, "Passphrase").focus();
        self.settle();
        self.harness.get_by_role_and_label(Role::PasswordInput, "Passphrase").type_text(passphrase);
        self.settle();
        self.click(Role::Button, "Approve");
        for _ in 0..2000 {
            if !self.shows("The key is being opened.") {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
            self.settle();
        }
    }

    fn together(&mut self) -> Together {
        let mut intents = self.intents();
        let given = intents.pop();
        assert!(intents.is_empty(), "one command");
        match given {
            Some(Intent::Give(Command::SendTogether(together))) => *together,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn above_the_limit_it_is_not_sent_but_waits_for_a_second_person_and_says_why() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.publish(|snapshot| snapshot.approval = Arc::new(rules()));
    desk.click(Role::Button, "Review and send…");
    assert!(desk.shows(
        "A second person must approve this: 2 MW of change is asked, above the limit of 1 MW of GB-DNO-11"
    ));
    assert!(!desk.shows("Send now"));
    desk.click(Role::Button, "Ask for approval");
    assert!(!desk.shows("waits for a second person"), "not before it was armed");
    desk.click(Role::CheckBox, ARM);
    desk.click(Role::Button, "Ask for approval");
    assert!(sent(desk.intents()).is_empty(), "nothing is sent");
    for words in [
        "Revision 1 of EMID-20261126-0001 waits for a second person",
        "Why: 2 MW of change is asked, above the limit of 1 MW of GB-DNO-11.",
        "May approve: Ada Winter (ada-winter).",
        "BRIGHTFLEX/BESS-01 (",
        "+2,000 kW delta from baseline: turn up generation / turn down demand",
        "(18:00:00 UTC to 19:00:00 UTC)",
        "awaiting approval",
    ] {
        assert!(desk.shows(words), "{words}");
    }
    assert!(!desk.shows("Send now"));
}

#[test]
fn at_the_limit_nobody_is_asked() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.publish(|snapshot| snapshot.approval = Arc::new(rules()));
    desk.click(Role::Button, "Review and send…");
    desk.click(Role::CheckBox, ARM);
    desk.click(Role::Button, "Send now");
    assert_eq!(sent(desk.intents()).len(), 1);
}

#[test]
fn a_second_person_approves_with_their_own_key_and_exactly_that_is_sent() {
    let mut desk = Desk::asked("2000");
    let (_folder, path) = key_file("Ada Winter", &ada());
    desk.approve(&path, PASSPHRASE);
    assert!(desk.shows("Approved by Ada Winter (key ada-winter)"));
    assert!(desk.shows("BESS-01, approved"), "the tab says so");
    assert!(desk.shows("Revision 1 of EMID-20261126-0001 is approved and not yet sent"));
    assert!(sent(desk.intents()).is_empty(), "it is sent by whoever armed it");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(sent(desk.intents()).is_empty(), "never by Enter");
    desk.click(Role::Button, "Send now");
    let together = desk.together();
    let approval = together.approval.unwrap();
    let dispatches: Vec<Dispatch> =
        together.dispatches.iter().map(|parts| Dispatch::new(parts.clone()).unwrap()).collect();
    assert_eq!(dispatches.len(), 1);
    assert_eq!(approval.approved.covers(&dispatches), Ok(()));
    assert_eq!(approval.verify(&rules().keys(), approval.approved.at()), Ok(()));
    assert!(desk.shows("The draft is kept until the desk shows the dispatch"));
}

#[test]
fn a_wrong_passphrase_signs_nothing_and_is_not_kept() {
    let mut desk = Desk::asked("2000");
    let (_folder, path) = key_file("Ada Winter", &ada());
    desk.approve(&path, "three plain word");
    assert!(desk.shows("the passphrase does not open this key, or the file was changed since it was made"));
    assert!(!desk.shows("Approved by") && !desk.shows("Send now"));
    let field = desk.harness.get_by_role_and_label(Role::PasswordInput, "Passphrase");
    assert_eq!(field.value().unwrap_or_default(), "", "typed anew each time");
    desk.approve(&path, PASSPHRASE);
    assert!(desk.shows("Approved by Ada Winter"));
}

#[test]
fn neither_a_stranger_nor_the_desk_itself_approves() {
    let stranger = SigningKey::from_seed("eve".parse().unwrap(), &[3; 32]);
    let (_folder, path) = key_file("Eve", &stranger);
    let mut desk = Desk::asked("2000");
    desk.approve(&path, PASSPHRASE);
    assert!(
        desk.shows("not approved: key eve is not among those that may approve here: Ada Winter (ada-winter)")
    );

    let own = SigningKey::from_seed("me".parse().unwrap(), &signing_key("gb-dno-11-2026").seed().unwrap());
    let (_folder, path) = key_file("Me again", &own);
    let text = rules()
        .to_toml()
        .replace("ada-winter", "me")
        .replace(&ada().public(None, None).to_text(), &own.public(None, None).to_text());
    desk.publish(|snapshot| {
        snapshot.approval = Arc::new(ApprovalRules::from_toml("approval.toml", &text).unwrap());
    });
    desk.approve(&path, PASSPHRASE);
    assert!(desk.shows("another person approves it with a key of their own"), "the desk's own key");
    assert!(!desk.shows("Send now"));
}

#[test]
fn who_is_signed_on_does_not_approve_and_what_is_approved_waits_until_somebody_is_on() {
    let (_folder, path) = key_file("Ada Winter", &ada());
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.publish(|snapshot| {
        snapshot.approval = Arc::new(rules());
        with_people(snapshot);
        with_ada_on(snapshot);
    });
    desk.ask();
    desk.approve(&path, PASSPHRASE);
    let says = "Ada Winter (key ada-winter) is signed on and sends it; another person approves it";
    assert!(desk.shows(says) && !desk.shows("Send now"));
    desk.publish(|snapshot| Arc::make_mut(&mut snapshot.presence).on = None);
    desk.approve(&path, PASSPHRASE);
    assert!(desk.shows("Approved by Ada Winter") && desk.shows("Not yet: nobody is signed on for GB-DNO-11"));
    desk.click(Role::Button, "Send now");
    assert!(sent(desk.intents()).is_empty(), "sent with nobody's key");
}

#[test]
fn what_was_asked_for_can_be_withdrawn_and_a_changed_draft_is_not_what_was_approved() {
    let mut desk = Desk::asked("2000");
    let (_folder, path) = key_file("Ada Winter", &ada());
    desk.approve(&path, PASSPHRASE);
    desk.click(Role::Button, "Withdraw");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "2000", "the draft as it was");
    assert!(sent(desk.intents()).is_empty());
    desk.fill("Setpoint 1 volume", "2100");
    desk.ask();
    assert!(!desk.shows("Approved by") && !desk.shows("Send now"), "the approval is gone");
}

#[test]
fn what_becomes_impossible_while_it_waits_cannot_be_approved() {
    let mut desk = Desk::asked("2000");
    desk.publish(|snapshot| snapshot.units.retain(|u| u.unit.to_string() != BATTERY));
    assert!(desk.shows("No longer possible"));
    desk.click(Role::Button, "Withdraw");
    assert!(!desk.can_send());
}

#[test]
fn an_amendment_waits_too_and_is_found_again_where_it_waits() {
    let mut with_rules: Snapshot = snapshot();
    with_rules.approval = Arc::new(rules());
    let mut desk = Desk::amending(with_rules, &key("EMID-0417"));
    desk.fill("Setpoint 2 volume", "1800");
    desk.ask();
    assert!(desk.shows("Revision 3 of EMID-0417 waits for a second person"));
    desk.harness.state_mut().with(|compose, view| compose.amend(view, &key("EMID-0417")));
    desk.settle();
    assert!(desk.shows("Revision 3 of EMID-0417 waits for a second person"), "no second draft of it");
}

#[test]
fn several_wait_together_and_are_approved_together() {
    let mut desk = Desk::drawing_up("BRIGHTFLEX/BESS-01 BRIGHTFLEX/BESS-02");
    desk.publish(|snapshot| snapshot.approval = Arc::new(rules()));
    for unit in ["BRIGHTFLEX/BESS-01", "BRIGHTFLEX/BESS-02"] {
        desk.click(Role::Button, unit);
        desk.fill("Setpoint 1 volume", "600");
        desk.click(Role::Button, "Delta");
    }
    desk.click(Role::Button, "Review and send all…");
    desk.click(Role::CheckBox, ARM);
    desk.click(Role::Button, "Ask for approval");
    assert!(desk.shows("2 dispatches wait for a second person"));
    assert!(desk.shows("1.2 MW of change is asked, above the limit of 1 MW of GB-DNO-11"));
    let (_folder, path) = key_file("Ada Winter", &ada());
    desk.approve(&path, PASSPHRASE);
    desk.click(Role::Button, "Send now");
    let together = desk.together();
    assert_eq!((together.dispatches.len(), together.approval.unwrap().approved.count()), (2, 2));
    let asked = "send 2 dispatches together, approved with key ada-winter".to_owned();
    desk.publish(|snapshot| {
        snapshot.outcomes.push(Arc::new(Outcome {
            command: CommandNumber(1),
            asked,
            at: at(crate::console::testing::NOW),
            result: Err("nothing was sent: the approval does not hold".to_owned()),
        }));
    });
    assert!(desk.shows("the approval does not hold"), "the desk has the last word");
    desk.click(Role::Button, "Back to the draft");
    assert!(desk.can_send());
}

#[test]
fn a_second_person_can_be_asked_at_200_percent() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.publish(|snapshot| snapshot.approval = Arc::new(rules()));
    desk.harness.set_size(egui::vec2(580.0, 300.0));
    desk.settle();
    desk.ask();
    assert!(desk.shows("waits for a second person"));
}
