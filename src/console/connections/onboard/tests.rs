//! The wizard by a person's hands, with the registrar's end in the test's.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::console::context::Workspace;
use crate::console::testing::{Bench, clock, quiet_snapshot};
use crate::profile::fleet::FleetProfile;
use crate::workshop::enrolment::{
    Answers, Application, Enrolled, EnrolmentsEnd, Fault, Picture, Places, Progress, Request, connect,
};
use crate::workshop::onboarding::{Standing, Step};

/// A person in Connections, and the registrar's end.
struct Desk {
    bench: Bench,
    registrar: EnrolmentsEnd,
}

impl Desk {
    fn open(enrolled: Vec<Enrolled>) -> Self {
        Self::sized(enrolled, [1280.0, 720.0])
    }

    fn sized(enrolled: Vec<Enrolled>, size: [f32; 2]) -> Self {
        let picture = Picture { fleet: Arc::new(FleetProfile::demo()), enrolled, errands: BTreeMap::new() };
        let vtn = "http://127.0.0.1:8080/openadr3/3.1.0".to_owned();
        let (ours, registrar) = connect(picture, Places::new(vtn, PathBuf::from("/sandbox")));
        let mut bench = Bench::with_enrolments(quiet_snapshot(), size, 1.0, clock(), Some(ours));
        bench.press(Modifiers::COMMAND, Key::Num8);
        Self { bench, registrar }
    }

    fn begin() -> Self {
        let mut desk = Self::open(Vec::new());
        desk.click("Onboard an FSP …");
        desk
    }

    fn click(&mut self, name: &str) -> Option<String> {
        self.bench.harness.get_by_role_and_label(Role::Button, name).scroll_to_me();
        self.bench.settle();
        self.bench.click(Role::Button, name)
    }

    fn pick(&mut self, name: &str) {
        self.bench.harness.get_by_role_and_label(Role::RadioButton, name).click();
        self.bench.settle();
    }

    /// Replaces what a field holds, as a hand does.
    fn fill(&mut self, field: &str, text: &str) {
        self.bench.harness.get_by_role_and_label(Role::TextInput, field).focus();
        self.bench.settle();
        self.bench.press(Modifiers::COMMAND, Key::A);
        self.bench.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        self.bench.settle();
    }

    fn enter(&mut self) {
        self.bench.press(Modifiers::NONE, Key::Enter);
        self.bench.settle();
    }

    /// Types into whatever has the keyboard.
    fn types(&mut self, text: &str) {
        self.bench.harness.event(egui::Event::Text(text.to_owned()));
        self.bench.settle();
    }

    fn says(&self, text: &str) -> bool {
        self.bench.said().contains(text)
    }

    #[track_caller]
    fn assert_says(&self, text: &str) {
        assert!(self.says(text), "{text} in {}", self.bench.said());
    }

    /// Writes everything that has to be written, and comes to the review.
    fn write_all(&mut self) {
        self.fill("Id", "NEWFLEX");
        self.fill("Telephone of its control point", "0116 496 0100");
        self.click("Next");
        self.fill("Contract id", "EMID-C-2026-0300");
        self.click("Next");
        self.fill("Unit id", "BESS-01");
        self.click("Next");
        self.click("Next");
    }

    fn asked(&mut self) -> Vec<Request> {
        std::iter::from_fn(|| self.registrar.requests.try_recv().ok()).collect()
    }

    #[track_caller]
    fn application(&mut self) -> Application {
        let asked = self.asked();
        match asked.as_slice() {
            [Request::Onboard(application)] => (**application).clone(),
            _ => panic!("{asked:?}"),
        }
    }

    fn tell(&mut self, is_withdrawal: bool, steps: &[&str], end: Option<Result<&str, Fault>>) {
        let step = |what: &&str| Step { standing: Standing::Done, what: (*what).to_owned() };
        let progress = Progress {
            fsp: "NEWFLEX".parse().unwrap(),
            is_withdrawal,
            steps: steps.iter().map(step).collect(),
            end: end.map(|end| end.map(str::to_owned)),
        };
        self.registrar.show(|picture| {
            picture.errands.insert(progress.fsp.clone(), Arc::new(progress));
        });
        self.bench.settle();
    }
}

fn fault(words: &str, wants_new_secret: bool) -> Fault {
    Fault { words: words.to_owned(), wants_new_secret }
}

#[test]
fn an_fsp_is_onboarded_from_the_keyboard_alone() {
    let mut desk = Desk::begin();
    desk.types("NEWFLEX");
    desk.bench.press(Modifiers::NONE, Key::Tab);
    desk.types("New Flex Ltd");
    desk.bench.press(Modifiers::NONE, Key::Tab);
    desk.types("0116 496 0100");
    desk.enter();
    desk.types("EMID-C-2026-0300");
    desk.enter();
    desk.types("BESS-01");
    desk.enter();
    desk.assert_says("Who answers");
    desk.enter();
    for text in [
        "NEWFLEX, New Flex Ltd; control point on 0116 496 0100",
        "EMID-C-2026-0300 with GB-DNO-11: Operational Utilisation; polls every 10 s, acknowledges within 30 s",
        "NEWFLEX/BESS-01 (BESS-01), battery: −1,000 to 1,000 kW; baseline fixed at 0 kW; its target is NEWFLEX_BESS-01",
        "this sandbox's simulated fleet",
    ] {
        desk.assert_says(text);
    }
    assert!(desk.asked().is_empty(), "nothing is done before the last button");
    desk.enter();
    assert!(desk.asked().is_empty(), "one Enter too many does nothing");
    desk.bench.press(Modifiers::NONE, Key::Space);
    let application = desk.application();
    assert_eq!((application.fsp.as_str(), &application.answers), ("NEWFLEX", &Answers::Here));
    assert_eq!(application.addition.units.len(), 1);
}

#[test]
fn what_is_wrong_is_told_as_it_is_typed_and_nobody_goes_on_past_it() {
    let mut desk = Desk::begin();
    assert!(!desk.says("is missing"), "an empty form blames nobody");
    desk.fill("Id", "BRIGHTFLEX");
    desk.assert_says("BRIGHTFLEX is known here already; give the newcomer an id of its own");
    desk.fill("Id", "NEWFLEX");
    assert!(!desk.says("is known here already"));
    desk.click("Next");
    desk.assert_says("is missing; without it nobody can be called when its link is lost");
    desk.assert_says("Step 1 of 5: FSP, something to mend");
    // The keyboard stands where something is to be mended.
    desk.types("0116 496 0100");
    desk.enter();
    desk.fill("Contract id", "EMID-C-2026-0300");
    desk.fill("Polls every", "soon");
    desk.assert_says("`soon` is a text");
    desk.fill("Polls every", "30");
    desk.fill("Fail-safe level", "idle");
    desk.assert_says("`idle` is no level; write net kW, as in 0, or \"baseline\"");
    desk.fill("Fail-safe level", "baseline");
    desk.fill("Fail-safe after", "4");
    desk.click("Next");
    desk.fill("Unit id", "BESS-01");
    desk.fill("Capacity, kWh", "0");
    assert!(
        desk.bench.harness.query_by_label_contains("capacity_kwh").is_none(),
        "fields are named for people"
    );
    desk.click("Step 5 of 5: Review");
    desk.assert_says("Something has to be mended first:");
    assert!(desk.bench.harness.get_by_label("Onboard").accesskit_node().is_disabled());
    desk.click("Units: 1 to mend");
    desk.fill("Capacity, kWh", "2,500");
    desk.click("Step 5 of 5: Review");
    desk.assert_says("fail-safe baseline after 4 polls");
    desk.click("Onboard NEWFLEX");
    let application = desk.application();
    assert_eq!(application.addition.contracts[0].poll_seconds, 30);
    assert_eq!(application.addition.contracts[0].fail_safe.unwrap().words(), "baseline after 4 polls");
}

#[test]
fn steps_are_shown_as_they_are_taken_and_a_fault_is_tried_again_from_where_it_was() {
    let mut desk = Desk::begin();
    desk.write_all();
    desk.click("Onboard NEWFLEX");
    let first = desk.application();
    desk.tell(false, &["signing key newflex-2026"], None);
    desk.assert_says("signing key newflex-2026");
    desk.assert_says("The next step is being taken");
    assert!(desk.bench.sleeps().as_millis() < 500, "it looks again by itself");
    desk.tell(false, &["signing key newflex-2026"], Some(Err(fault("the VTN: the cable is out", false))));
    desk.assert_says("the VTN: the cable is out");
    desk.assert_says("What was done before stays done.");
    assert!(!desk.says("Give its client a new secret"));
    desk.click("Try again");
    let again = desk.application();
    assert_eq!((first.addition, false), (again.addition, again.new_secret));
    desk.tell(false, &[], Some(Err(fault("client NEWFLEX is registered already", true))));
    desk.click("Give its client a new secret");
    assert!(desk.application().new_secret);
    desk.tell(false, &["a", "b"], Some(Ok("NEWFLEX polls within seconds, and can be dispatched.")));
    desk.click("Close");
    desk.assert_says("Network operators that this desk signs for");
    assert!(desk.bench.harness.query_by_label("Onboard an FSP …").is_some(), "the next one begins anew");
}

#[test]
fn the_step_of_what_is_typed_is_drawn_before_anything_is_done() {
    let mut desk = Desk::sized(Vec::new(), [1280.0, 1400.0]);
    desk.click("Onboard an FSP …");
    desk.fill("Id", "NEWFLEX");
    desk.fill("Telephone of its control point", "0116 496 0100");
    desk.click("Next");
    desk.fill("Contract id", "EMID-C-2026-0300");
    desk.click("Next");
    // 2 s, then 500 kW a minute to 1,000 kW.
    desk.assert_says("Step response of unit 1: from 0 kW to 1,000 kW net, delay: 2 s, to 90 %: 1 min 50 s");
    desk.fill("Ramp up, kW per min", "1000");
    desk.assert_says("Step response of unit 1: from 0 kW to 1,000 kW net, delay: 2 s, to 90 %: 56 s");
    desk.fill("Ramp up, kW per min", "-3");
    desk.assert_says(
        "Step response of unit 1, not what is typed: from 0 kW to 1,000 kW net, delay: 2 s, to 90 %: 56 s",
    );
    assert!(desk.asked().is_empty());
}

#[test]
fn a_product_is_chosen_from_those_that_are_known_and_says_what_it_means() {
    let mut desk = Desk::begin();
    desk.fill("Id", "NEWFLEX");
    desk.fill("Telephone of its control point", "0116 496 0100");
    desk.click("Next");
    desk.assert_says("An amount agreed close to real time");
    desk.click("Choose a product");
    desk.click("Secure");
    desk.assert_says("Nearest standard product: Operational Utilisation + Scheduled Availability.");
    desk.fill("Product", "Something of our own");
    assert!(!desk.says("Nearest standard product"));
    desk.fill("Contract id", "EMID-C-2026-0300");
    desk.click("Next");
    desk.assert_says("What can be dispatched");
}

#[test]
fn what_is_written_is_kept_while_a_person_looks_elsewhere() {
    let mut desk = Desk::begin();
    desk.fill("Id", "NEWFLEX");
    desk.click("Close");
    desk.bench.press(Modifiers::COMMAND, Key::Num1);
    desk.bench.press(Modifiers::COMMAND, Key::Num8);
    desk.click("Go on onboarding NEWFLEX …");
    let id = desk.bench.harness.get_by_role_and_label(Role::TextInput, "Id").value();
    assert_eq!(id.as_deref(), Some("NEWFLEX"));
    desk.click("Discard");
    assert!(desk.bench.harness.query_by_label("Onboard an FSP …").is_some());
}

#[test]
fn several_contracts_and_units_keep_what_belongs_together() {
    let mut desk = Desk::begin();
    desk.fill("Id", "NEWFLEX");
    desk.fill("Telephone of its control point", "0116 496 0100");
    desk.click("Next");
    desk.click("Add a contract");
    desk.fill("Contract id of contract 1", "EMID-C-2026-0300");
    desk.fill("Contract id of contract 2", "EMID-C-2026-0301");
    desk.click("Add a contract");
    desk.click("Remove contract 3");
    desk.click("Next");
    desk.fill("Unit id", "GEN-09");
    desk.pick("Generator");
    desk.fill("Output up to, kW", "750");
    desk.click("Add another like this");
    desk.assert_says("Unit 2: GEN-10");
    desk.bench.harness.get_by_role_and_label(Role::ComboBox, "Under contract").scroll_to_me();
    desk.bench.settle();
    desk.bench.harness.get_by_role_and_label(Role::ComboBox, "Under contract").click();
    desk.bench.settle();
    desk.click("EMID-C-2026-0301");
    desk.click("Next");
    desk.click("Next");
    desk.click("Onboard NEWFLEX");
    let units = desk.application().addition.units;
    let under: Vec<(String, &str)> =
        units.iter().map(|u| (u.unit.to_string(), u.contract.as_str())).collect();
    assert_eq!(
        under,
        [
            ("NEWFLEX/GEN-09".to_owned(), "EMID-C-2026-0300"),
            ("NEWFLEX/GEN-10".to_owned(), "EMID-C-2026-0301")
        ]
    );
    assert_eq!(units[0].asset, units[1].asset);
}

#[test]
fn a_folder_to_hand_over_and_a_certificate_are_where_the_person_says() {
    let mut desk = Desk::begin();
    desk.write_all();
    desk.click("Back");
    desk.pick("A client of its own, from a folder to hand over");
    desk.assert_says("http://127.0.0.1:8080/openadr3/3.1.0");
    desk.fill("Folder to hand over", "there");
    desk.assert_says("is no whole path; write it from the root on, or choose a folder");
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("newflex");
    desk.fill("Folder to hand over", &place.display().to_string());
    desk.bench.harness.get_by_role_and_label(Role::CheckBox, "Make one that names it").click();
    desk.bench.settle();
    desk.fill("Signed by the authority in", &folder.path().display().to_string());
    desk.assert_says("holds no authority: ca.pem and ca.key");
    desk.fill("Signed by the authority in", " ");
    desk.click("Next");
    desk.click("Onboard NEWFLEX");
    let application = desk.application();
    assert_eq!(application.answers, Answers::Elsewhere(place.clone()));
    assert_eq!(application.authority, Some(PathBuf::from("/sandbox/tls")));
    desk.tell(false, &["a"], Some(Ok("Hand it over.")));
    assert_eq!(desk.click("Copy the folder's path"), Some(place.display().to_string()));
    desk.click("Compose a dispatch for NEWFLEX/BESS-01");
    assert_eq!(desk.bench.harness.state().workspace_shown(), Workspace::Compose);
}

#[test]
fn an_fsp_is_withdrawn_after_a_question_that_enter_does_not_answer() {
    let enrolled = |is_here| Enrolled {
        fsp: "NEWFLEX".parse().unwrap(),
        name: "New Flex Ltd".to_owned(),
        units: 1,
        is_here,
    };
    let mut desk = Desk::open(vec![enrolled(true)]);
    desk.assert_says("1 unit, the simulated fleet answers");
    desk.click("Withdraw NEWFLEX …");
    desk.assert_says("its secret and the tokens that it holds are refused at once");
    desk.bench.press(Modifiers::NONE, Key::Enter);
    assert!(desk.asked().is_empty() && !desk.says("Withdraw NEWFLEX?"), "Enter is Cancel");
    desk.click("Withdraw NEWFLEX …");
    desk.bench.harness.get_by_role_and_label(Role::Button, "Withdraw NEWFLEX").focus();
    desk.bench.press(Modifiers::NONE, Key::Enter);
    assert!(desk.asked().is_empty(), "Enter never withdraws");
    desk.bench.press(Modifiers::NONE, Key::Escape);
    desk.click("Withdraw NEWFLEX …");
    desk.click("Withdraw NEWFLEX");
    assert!(matches!(desk.asked().as_slice(), [Request::Withdraw(fsp)] if fsp.as_str() == "NEWFLEX"));
    desk.tell(true, &[], Some(Err(fault("EMID-1 (NEWFLEX/BESS-01) is open; stop it", false))));
    desk.assert_says("Withdrawal of NEWFLEX");
    desk.assert_says("is open; stop it");
    desk.click("Close the withdrawal");
    assert!(!desk.says("is open; stop it"));
}

#[test]
fn a_session_whose_registrar_has_ended_says_so_and_loses_nothing() {
    let mut desk = Desk::begin();
    desk.write_all();
    desk.registrar.requests.close();
    desk.click("Onboard NEWFLEX");
    desk.assert_says("Nothing was done: the sandbox has ended. Start Rampdesk again.");
    desk.assert_says("NEWFLEX_BESS-01");
}

#[test]
fn every_page_can_be_used_at_twice_the_size() {
    let mut desk = Desk::sized(Vec::new(), [640.0, 360.0]);
    desk.bench.harness.get_by_label("Onboard an FSP …").scroll_to_me();
    desk.bench.settle();
    desk.click("Onboard an FSP …");
    desk.write_all();
    desk.click("Onboard NEWFLEX");
    assert_eq!(desk.application().fsp.as_str(), "NEWFLEX");
}
