use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};

use super::Desk;
use crate::console::context::{Intent, Workspace};
use crate::console::testing::{at, dispatch, key, revision, snapshot};
use crate::desk::command::{Command, CommandNumber};
use crate::desk::snapshot::{Outcome, Phase, Snapshot};
use crate::dispatch::{DispatchParts, Reference, Revision, SignedDispatch, Status};
use crate::units::Watts;

const BATTERY: &str = "BRIGHTFLEX/BESS-01";
pub(super) const ARM: &str = "Arm: I have read what will be sent";

pub(super) fn sent(intents: Vec<Intent>) -> Vec<DispatchParts> {
    intents
        .into_iter()
        .filter_map(|intent| match intent {
            Intent::Give(Command::Send(parts)) => Some(vec![*parts]),
            Intent::Give(Command::SendTogether(together)) => Some(together.dispatches),
            _ => None,
        })
        .flatten()
        .collect()
}

#[test]
fn arm_and_send_gives_exactly_one_command_with_what_was_confirmed() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.fill("Setpoint 1 price", "310.50");
    desk.click(Role::Button, "Review and send…");
    assert!(desk.shows("key gb-dno-11-2026 of GB-DNO-11"));
    assert!(
        desk.shows("+2,000 kW delta from baseline: turn up generation / turn down demand, £310.5 per MWh")
    );
    desk.click(Role::CheckBox, ARM);
    desk.click(Role::Button, "Send now");
    let parts = sent(desk.intents());
    assert_eq!(parts.len(), 1);
    let parts = &parts[0];
    assert_eq!(parts.network_operator.as_str(), "GB-DNO-11");
    assert_eq!(parts.dispatch_ref.as_str(), "EMID-20261126-0001");
    assert_eq!(parts.revision, Revision::FIRST);
    assert_eq!(parts.status, Status::Run);
    assert_eq!(parts.unit.to_string(), BATTERY);
    assert_eq!(
        (parts.service_start, parts.service_end),
        (at("2026-11-26T18:00:00Z"), at("2026-11-26T19:00:00Z"))
    );
    assert_eq!(parts.setpoints.len(), 1);
    let level = parts.setpoints[0].real.unwrap();
    assert_eq!((level.reference, level.watts), (Reference::Delta, Watts(2_000_000)));
    assert_eq!(level.price.unwrap().pence, 31_050);
}

#[test]
fn cancel_is_the_default_and_sends_nothing() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.click(Role::Button, "Review and send…");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(!desk.shows("Send now"), "Enter falls on Cancel");
    assert!(sent(desk.intents()).is_empty());
    assert_eq!(desk.text_of("Setpoint 1 volume"), "2000");
}

#[test]
fn enter_neither_arms_nor_sends() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.click(Role::Button, "Review and send…");
    desk.focus(Role::CheckBox, ARM);
    desk.press(Modifiers::NONE, Key::Enter);
    desk.click(Role::Button, "Send now");
    assert!(sent(desk.intents()).is_empty(), "not armed by Enter");
    desk.click(Role::CheckBox, ARM);
    desk.focus(Role::Button, "Send now");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(sent(desk.intents()).is_empty(), "not sent by Enter");
    desk.press(Modifiers::NONE, Key::Space);
    assert_eq!(sent(desk.intents()).len(), 1, "the keyboard can send, deliberately");
}

#[test]
fn escape_closes_the_confirmation_and_sends_nothing() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.click(Role::Button, "Review and send…");
    desk.click(Role::CheckBox, ARM);
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.shows("Send now"));
    desk.click(Role::Button, "Review and send…");
    desk.click(Role::Button, "Send now");
    assert!(sent(desk.intents()).is_empty(), "armed anew each time");
}

#[test]
fn a_broken_rule_disables_sending_and_its_fix_mends_it() {
    let mut desk = Desk::drawn_up(BATTERY, "4000");
    assert!(!desk.can_send());
    assert!(desk.shows("comes to 4,000 kW net, 1,500 kW above the most that the unit can do (2,500 kW)"));
    desk.click(Role::Button, "Ask 2,500 kW");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "2,500");
    assert!(desk.can_send());
}

#[test]
fn a_level_that_cannot_be_reached_in_time_warns_by_how_much_and_moves_to_when_it_can() {
    let mut desk = Desk::drawn_up("BRIGHTFLEX/BESS-01", "2400");
    desk.fill("Window start", "17:22");
    desk.fill("Setpoint 1 time", "17:22");
    assert!(desk.shows("kW short at 17:22:00 GMT"), "by how much");
    assert!(desk.can_send(), "a warning does not stop it");
    let fix = desk.fix_starting("Move to 17:2");
    desk.click(Role::Button, &fix);
    assert!(!desk.shows("kW short at"));
}

#[test]
fn what_happens_meanwhile_is_seen_in_the_open_confirmation() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.click(Role::Button, "Review and send…");
    desk.click(Role::CheckBox, ARM);
    desk.publish(|snapshot| snapshot.units.retain(|u| u.unit.to_string() != BATTERY));
    assert!(desk.shows("No longer possible"));
    desk.click(Role::Button, "Send now");
    assert!(sent(desk.intents()).is_empty());
}

#[test]
fn the_draft_is_kept_until_the_desk_shows_the_dispatch_and_then_leads_on() {
    let mut desk = Desk::sent(BATTERY);
    assert!(desk.shows("The draft is kept until the desk shows the dispatch"));
    let parts = sent(desk.intents()).remove(0);
    desk.publish(|snapshot| show(snapshot, parts));
    assert!(desk.shows("is with the desk"));
    desk.click(Role::Button, "Show delivery");
    let intents = desk.intents();
    assert!(matches!(intents[..], [Intent::Show(Workspace::Delivery)]), "{intents:?}");
    let selected = desk.harness.state().selection.dispatch.clone();
    assert_eq!(selected, Some(key("EMID-20261126-0001")));
    assert!(desk.shows("No dispatch is being drawn up"));
}

#[test]
fn a_dispatch_that_was_refused_comes_back_as_the_draft_it_was() {
    let mut desk = Desk::sent(BATTERY);
    let parts = sent(desk.intents()).remove(0);
    desk.publish(|snapshot| {
        snapshot.outcomes.push(Arc::new(Outcome {
            command: CommandNumber(1),
            asked: Command::Send(Box::new(parts)).words(),
            at: at(crate::console::testing::NOW),
            result: Err("the key of GB-DNO-11 is missing; add it in Connections".to_owned()),
        }));
    });
    assert!(desk.shows("the key of GB-DNO-11 is missing"));
    desk.click(Role::Button, "Back to the draft");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "2000");
    assert!(desk.can_send());
}

#[test]
fn an_amendment_is_the_next_revision_of_the_same_dispatch() {
    let mut desk = Desk::amending(snapshot(), &key("EMID-0417"));
    assert!(desk.shows("revision 2 becomes 3"));
    assert_eq!(desk.text_of("Setpoint 1 volume"), "2,000");
    desk.fill("Setpoint 2 volume", "1000");
    assert!(desk.shows("Asked before"), "the old curve stays as a ghost");
    assert!(desk.shows("What revision 3 changes: 1 field"));
    let changed = "Setpoint 2 level: before +1,500 kW delta, after +1,000 kW delta, −500 kW";
    assert!(desk.shows(changed));
    desk.click(Role::Button, "Review and send…");
    assert!(desk.shows(changed), "who sends it sees what it changes");
    desk.click(Role::CheckBox, ARM);
    desk.click(Role::Button, "Send now");
    let parts = sent(desk.intents()).remove(0);
    assert_eq!(parts.revision, Revision::new(3).unwrap());
    assert_eq!(parts.dispatch_ref.as_str(), "EMID-0417");
    assert_eq!(parts.setpoints[1].real.unwrap().watts, Watts(1_000_000));
}

#[test]
fn an_amendment_tells_every_field_that_it_changes_and_when_it_changes_none() {
    let mut desk = Desk::amending(snapshot(), &key("EMID-0417"));
    assert!(desk.shows("What revision 3 changes: nothing"));
    assert!(desk.shows("Status, window and setpoints are those of revision 2."));
    desk.fill("Window end", "19:30");
    desk.fill("Setpoint 2 time", "18:15");
    for changed in [
        "What revision 3 changes: 2 fields",
        "Window end: before 19:00:00 GMT, after 19:30:00 GMT, 30 min later",
        "Setpoint 2 time: before 18:00:00 GMT, after 18:15:00 GMT, 15 min later",
    ] {
        assert!(desk.shows(changed), "{changed}");
    }
    desk.click(Role::Button, "Remove setpoint 2");
    assert!(desk.shows("Setpoint 2 of revision 2, level: before +1,500 kW delta, after nothing, taken out"));
    desk.fill("Setpoint 1 volume", "a lot");
    assert!(desk.shows("Shown as soon as every field can be read."), "half a field is not compared");
}

#[test]
fn an_amendment_that_was_overtaken_is_a_stale_revision_with_a_fix() {
    let mut desk = Desk::amending(snapshot(), &key("EMID-0417"));
    desk.publish(|snapshot| {
        let unit = "BRIGHTFLEX/BESS-07";
        let newer = revision("EMID-0417", 3, unit, 900, "2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z");
        for state in &mut snapshot.dispatches {
            if state.key == key("EMID-0417") {
                Arc::make_mut(state).revisions.push(Arc::clone(&newer));
            }
        }
    });
    assert!(desk.shows("revision 3 exists already"));
    assert!(!desk.can_send());
    desk.click(Role::Button, "Make it revision 4");
    assert!(desk.can_send());
}

#[test]
fn stopping_from_an_amendment_asks_the_frame() {
    let mut desk = Desk::amending(snapshot(), &key("EMID-0417"));
    desk.click(Role::Button, "Stop this dispatch…");
    let intents = desk.intents();
    assert!(matches!(&intents[..], [Intent::AskStop(k)] if *k == key("EMID-0417")), "{intents:?}");
}

#[test]
fn several_drafts_are_reviewed_and_sent_together() {
    let mut desk = Desk::drawing_up("BRIGHTFLEX/BESS-01 BRIGHTFLEX/BESS-02");
    for unit in ["BRIGHTFLEX/BESS-01", "BRIGHTFLEX/BESS-02"] {
        desk.click(Role::Button, unit);
        desk.fill("Setpoint 1 volume", "1000");
        desk.click(Role::Button, "Delta");
    }
    desk.click(Role::Button, "Review and send all…");
    assert!(desk.shows("Send 2 dispatches"));
    desk.click(Role::CheckBox, ARM);
    desk.click(Role::Button, "Send now");
    let intents = desk.intents();
    assert_eq!(intents.len(), 1, "one command: all of them or none");
    let parts = sent(intents);
    assert_eq!(parts.len(), 2);
    assert_ne!(parts[0].dispatch_ref, parts[1].dispatch_ref);
}

#[test]
fn everything_fits_at_200_percent() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.harness.set_size(egui::vec2(580.0, 300.0));
    desk.settle();
    assert!(desk.can_send());
    desk.click(Role::Button, "Review and send…");
    desk.click(Role::CheckBox, ARM);
    desk.click(Role::Button, "Send now");
    assert_eq!(sent(desk.intents()).len(), 1);
}

/// The desk shows a dispatch that it was given.
pub(super) fn show(snapshot: &mut Snapshot, parts: DispatchParts) {
    let template = revision("EMID-1", 1, BATTERY, 1, "2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    let signed = SignedDispatch {
        dispatch: crate::dispatch::Dispatch::new(parts).unwrap(),
        signature: template.signed.signature.clone(),
    };
    let shown = crate::desk::snapshot::RevisionState { signed, ..template.as_ref().clone() };
    snapshot.dispatches.insert(0, Arc::new(dispatch(vec![Arc::new(shown)], Phase::Sent, Vec::new())));
}

impl Desk {
    pub(super) fn sent(unit: &str) -> Self {
        let mut desk = Self::drawn_up(unit, "2000");
        desk.click(Role::Button, "Review and send…");
        desk.click(Role::CheckBox, ARM);
        desk.click(Role::Button, "Send now");
        desk
    }

    fn focus(&mut self, role: Role, label: &str) {
        use egui_kittest::kittest::Queryable as _;
        self.harness.get_by_role_and_label(role, label).focus();
        self.settle();
    }

    pub(super) fn publish(&mut self, change: impl FnOnce(&mut Snapshot)) {
        let room = self.harness.state_mut();
        change(&mut room.snapshot);
        room.snapshot.sequence += 1;
        self.settle();
    }

    fn fix_starting(&self, start: &str) -> String {
        use egui_kittest::kittest::{NodeT as _, Queryable as _};
        self.harness
            .query_all_by_role(Role::Button)
            .filter_map(|node| node.accesskit_node().label())
            .find(|label| label.starts_with(start))
            .unwrap()
    }
}
