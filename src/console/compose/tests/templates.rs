use egui::accesskit::Role;

use super::Desk;
use crate::console::compose::{ComposeView, KeptDrafts};
use crate::console::context::Intent;
use crate::console::testing::quiet_snapshot;

const BATTERY: &str = "BRIGHTFLEX/BESS-01";
const STORE: &str = "COLDCHAIN/STORE-1";

impl Desk {
    /// Opens the templates and does something there.
    fn of_templates(&mut self, button: &str) {
        self.click(Role::Button, "Templates");
        self.click(Role::Button, button);
    }

    fn keep_as(&mut self, name: &str, button: &str) {
        self.click(Role::Button, "Templates");
        self.type_into("Name of the template", name);
        self.click(Role::Button, button);
    }

    fn kept_and_read_back(&mut self) -> KeptDrafts {
        let kept = self.harness.state_mut().with(|compose, view| compose.to_keep(view));
        serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap()
    }

    /// Window, status, and each level's time and volume, of the open draft.
    fn asks(&mut self) -> String {
        let compose = &self.harness.state().compose;
        let draft = &compose.sheets[compose.open].draft;
        let levels: Vec<String> = draft
            .rows
            .iter()
            .map(|row| format!("{} {:?} {}", row.time.text, row.reference, row.volume))
            .collect();
        format!("{} {}-{}: {}", draft.status, draft.start.text, draft.end.text, levels.join(", "))
    }
}

/// A draft of two levels for the battery, kept as "Two steps".
fn two_steps() -> Desk {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.click(Role::Button, "RUN_NOW");
    desk.click(Role::Button, "Add setpoint");
    desk.fill("Setpoint 2 time", "18:15");
    desk.fill("Setpoint 2 volume", "-500");
    desk.fill("Window end", "20:00");
    desk.keep_as("Two steps", "Keep this draft as a template");
    desk
}

#[test]
fn what_was_drawn_up_once_is_asked_of_another_unit_from_its_own_start_on() {
    let mut desk = two_steps();
    let asked = desk.asks();
    let kept = desk.kept_and_read_back();
    // Another session.
    let mut desk = Desk::drawing_up(STORE);
    let mut compose = ComposeView::default();
    compose.take_up(kept);
    desk.harness.state_mut().compose = compose;
    desk.harness.state_mut().with(|compose, view| compose.begin(view, vec![STORE.parse().unwrap()]));
    desk.settle();
    desk.fill("Window start", "20:00");
    let before = desk.asks();
    desk.of_templates("Fill in from Two steps");
    let (from, until) = ("18:00-20:00: 18:00", "20:00-22:00: 20:00");
    assert!(asked.contains(from) && asked.contains(", 18:15"), "{asked}");
    assert_eq!(desk.asks(), asked.replace(from, until).replace(", 18:15", ", 20:15"));
    desk.press(egui::Modifiers::COMMAND, egui::Key::Z);
    assert_eq!(desk.asks(), before, "one step back takes all of it back");
}

#[test]
fn every_draft_is_filled_in_at_once_and_one_that_cannot_be_is_left_as_it_is() {
    let mut desk = two_steps();
    let asked = desk.asks();
    desk.harness.state_mut().with(|compose, view| {
        compose.begin(view, vec![STORE.parse().unwrap(), "BRIGHTFLEX/BESS-07".parse().unwrap()]);
    });
    desk.settle();
    desk.fill("Window start", "half past");
    let unread = desk.asks();
    desk.of_templates("Fill in every draft from Two steps");
    assert_eq!(desk.asks(), unread);
    let told = desk.intents().into_iter().find_map(|intent| match intent {
        Intent::Tell(text) => Some(text),
        _ => None,
    });
    let says = format!("The draft for {STORE} is as it was: Write when the window starts first.");
    assert_eq!(told.as_deref(), Some(says.as_str()));
    desk.click(Role::Button, "BRIGHTFLEX/BESS-07");
    assert_eq!(desk.asks(), asked);
}

#[test]
fn a_template_is_replaced_let_go_of_and_brought_back_by_name() {
    let mut desk = two_steps();
    desk.click(Role::Button, "Templates");
    assert!(desk.is_disabled("Keep this draft as a template"), "without a name");
    desk.type_into("Name of the template", "Two steps");
    desk.click(Role::Button, "Replace Two steps");
    desk.of_templates("Let go of Two steps");
    desk.click(Role::Button, "Templates");
    assert!(desk.shows("No template is kept yet."));
    desk.click(Role::Button, "Bring back Two steps");
    desk.click(Role::Button, "Templates");
    assert!(desk.shows("Fill in from Two steps"));
}

#[test]
fn a_draft_without_a_window_is_no_template_and_says_why() {
    let mut desk = Desk::drawing_up(BATTERY);
    desk.fill("Window start", "late");
    desk.click(Role::Button, "Templates");
    desk.type_into("Name of the template", "Later");
    assert!(desk.is_disabled("Keep this draft as a template"));
    let mut fresh = Desk::new(quiet_snapshot());
    assert!(fresh.kept_and_read_back().is_empty(), "and nothing of it is kept");
}
