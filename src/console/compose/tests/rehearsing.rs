use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::Desk;
use crate::console::testing::{key, snapshot};

const BATTERY: &str = "BRIGHTFLEX/BESS-01";

impl Desk {
    /// Rehearses, and waits until that is over.
    fn rehearse(&mut self) {
        self.click(Role::Button, "Rehearse");
        while self.shows("Rehearsing …") {
            std::thread::yield_now();
            self.settle();
        }
    }

    fn can_rehearse(&self) -> bool {
        !self.harness.get_by_role_and_label(Role::Button, "Rehearse").accesskit_node().is_disabled()
    }
}

#[test]
fn a_draft_is_tried_on_a_copy_of_its_unit_and_nothing_is_sent() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    assert!(!desk.shows("the rehearsed curve beside it"));
    desk.rehearse();
    assert!(desk.shows("Rehearsed: ended"));
    for stage in ["RECEIVED", "ACCEPTED", "STARTED", "AT_SETPOINT", "ENDED", "kWh delivered of"] {
        assert!(desk.shows(stage), "{stage}");
    }
    assert!(desk.shows("the rehearsed curve beside it"), "those who do not see the plot are told too");
    assert!(desk.intents().is_empty(), "nothing of it goes out");

    desk.fill("Setpoint 1 volume", "1500");
    assert!(desk.shows("Rehearsed before the last change"));
    assert!(
        !desk.shows("the rehearsed curve beside it"),
        "the curve of another draft is no picture of this one"
    );
}

#[test]
fn what_cannot_be_rehearsed_says_why() {
    let mut desk = Desk::drawn_up(BATTERY, "");
    assert!(!desk.can_rehearse(), "nothing is asked yet");
    desk.fill("Setpoint 1 volume", "1000");
    assert!(desk.can_rehearse());
    let amending = Desk::amending(snapshot(), &key("EMID-0417"));
    assert!(!amending.can_rehearse(), "its window has begun: a copy stands elsewhere");
}
