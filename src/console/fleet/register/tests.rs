//! A register by a person's hands, with the registrar's end in the test's.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::RegisterDesk;
use crate::console::context::{Intent, Selection, View};
use crate::console::saving::Saving;
use crate::console::session::SessionChoice;
use crate::console::testing::{Bench, clock, exchanges, quiet_snapshot};
use crate::console::theme::{Theme, Tokens};
use crate::desk::snapshot::Snapshot;
use crate::openadr::exchange::ExchangeLog;
use crate::profile::availability::Availability;
use crate::profile::fleet::FleetProfile;
use crate::profile::register::{from_csv, to_csv};
use crate::time::Clock;
use crate::workshop::enrolment::{
    Answers, Enrolments, EnrolmentsEnd, Fault, Picture, Places, Progress, Request, connect,
};
use crate::workshop::onboarding::{Standing, Step};

const HEADS: &str = "fsp,fsp_name,telephone,unit,operator,contract,product,kind,max_kw,min_stable_kw,start_delay_s,delay_s,ramp_up_kw_per_min,ramp_down_kw_per_min,baseline_kw\n";
const NEWFLEX: &str =
    "NEWFLEX,New Flex,0116 496 0100,GEN-01,GB-DNO-11,C-1,Restore,generator,1200,0,60,2,600,600,0\n";
const OTHERFLEX: &str =
    "OTHERFLEX,Other Flex,0116 496 0101,GEN-01,GB-DNO-14,C-2,Restore,generator,900,0,60,2,600,600,0\n";
const SECOND: &str = "NEWFLEX,,,GEN-02,GB-DNO-11,C-1,,generator,800,0,60,2,600,600,0\n";

struct Room {
    register: RegisterDesk,
    snapshot: Snapshot,
    clock: Clock,
    exchanges: ExchangeLog,
    enrolments: Enrolments,
    tokens: Tokens,
    selection: Selection,
    intents: Vec<Intent>,
}

struct Person {
    harness: Harness<'static, Room>,
    registrar: EnrolmentsEnd,
    folder: tempfile::TempDir,
}

impl Person {
    fn new() -> Self {
        Self::with(RegisterDesk::default(), FleetProfile::demo())
    }

    fn with(register: RegisterDesk, fleet: FleetProfile) -> Self {
        let picture = Picture { fleet: Arc::new(fleet), enrolled: Vec::new(), errands: BTreeMap::new() };
        let vtn = "http://127.0.0.1:8080/openadr3/3.1.0".to_owned();
        let (enrolments, registrar) = connect(picture, Places::new(vtn, PathBuf::from("/sandbox")));
        let room = Room {
            register,
            snapshot: quiet_snapshot(),
            clock: clock(),
            exchanges: exchanges(),
            enrolments,
            tokens: Tokens::of(Theme::Dark),
            selection: Selection::default(),
            intents: Vec::new(),
        };
        let draw = |ui: &mut egui::Ui, room: &mut Room| {
            room.tokens.apply(ui.ctx());
            let mut view = View {
                session: &SessionChoice::Sandbox,
                connections: &[],
                snapshot: &room.snapshot,
                clock: &room.clock,
                exchanges: &room.exchanges,
                enrolments: Some(&room.enrolments),
                availabilities: None,
                faults: None,
                workshop: None,
                trainee: None,
                tokens: &room.tokens,
                selection: &mut room.selection,
                intents: &mut room.intents,
            };
            room.register.ui(ui, &mut view);
            room.register.buttons(ui, &mut view);
        };
        let harness =
            Harness::builder().with_size([1280.0, 720.0]).with_step_dt(0.05).build_ui_state(draw, room);
        let mut person = Self { harness, registrar, folder: tempfile::tempdir().unwrap() };
        person.settle();
        person
    }

    fn settle(&mut self) {
        self.harness.run_steps(4);
        self.harness.check_accessibility();
    }

    fn click(&mut self, name: &str) {
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.settle();
    }

    /// Opens the window, writes where the file is, and has it read to its end.
    fn read(&mut self, text: &str) {
        let path = self.folder.path().join("units.csv");
        fs::write(&path, text).unwrap();
        self.read_from(&path.display().to_string());
    }

    fn read_from(&mut self, path: &str) {
        if self.harness.query_by_label("Read the register").is_none() {
            self.click("Import a register");
        }
        self.harness.get_by_role_and_label(Role::TextInput, "Register file").focus();
        self.settle();
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.harness.get_by_role_and_label(Role::TextInput, "Register file").type_text(path);
        self.settle();
        self.click("Read the register");
        while self.harness.state().register.reading.is_under_way() {
            self.settle();
        }
        self.settle();
    }

    fn said(&self) -> String {
        let everything = self.harness.get_all_by(|_| true);
        let texts =
            everything.flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()]);
        texts.flatten().collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    fn assert_says(&self, text: &str) {
        assert!(self.said().contains(text), "{text} in {}", self.said());
    }

    fn asked(&mut self) -> Vec<String> {
        let requests = std::iter::from_fn(|| self.registrar.requests.try_recv().ok());
        let asked = |request| match request {
            Request::Onboard(application) => {
                assert_eq!(application.answers, Answers::Here);
                format!(
                    "{}: {}{}",
                    application.fsp,
                    application.addition.units.len(),
                    if application.new_secret { ", new secret" } else { "" }
                )
            }
            Request::Withdraw(fsp) => panic!("nobody is withdrawn: {fsp}"),
        };
        requests.map(asked).collect()
    }

    fn tell(&mut self, fsp: &str, steps: &[&str], end: Option<Result<&str, Fault>>) {
        let step = |what: &&str| Step { standing: Standing::Done, what: (*what).to_owned() };
        let progress = Progress {
            fsp: fsp.parse().unwrap(),
            is_withdrawal: false,
            steps: steps.iter().map(step).collect(),
            end: end.map(|end| end.map(str::to_owned)),
        };
        self.registrar.show(|picture| {
            picture.errands.insert(progress.fsp.clone(), Arc::new(progress));
        });
        self.settle();
    }

    fn told(&mut self) -> Vec<Intent> {
        std::mem::take(&mut self.harness.state_mut().intents)
    }
}

#[test]
fn who_comes_is_shown_first_and_then_onboarded_one_after_the_other() {
    let mut person = Person::new();
    person.read(&format!("{HEADS}{NEWFLEX}{OTHERFLEX}{SECOND}"));
    person.assert_says("2 FSPs with 3 units would come. Nothing has been done yet.");
    person.assert_says("NEWFLEX: New Flex, 2 units");
    person.harness.get_by_label("NEWFLEX: New Flex, 2 units").click();
    person.harness.run_steps(20);
    for text in [
        "C-1 with GB-DNO-11: Restore; polls every 10 s, acknowledges within 30 s",
        "NEWFLEX/GEN-02 (GEN-02), generator: 0 to 800 kW; baseline fixed at 0 kW; its target is NEWFLEX_GEN-02",
    ] {
        person.assert_says(text);
    }
    assert!(person.asked().is_empty(), "nothing is done before the button");
    person.click("Onboard 2 FSPs with 3 units");
    assert_eq!(person.asked(), ["NEWFLEX: 2", "OTHERFLEX: 1"]);
    person.assert_says("waits for its turn");
    person.tell("NEWFLEX", &["OAuth client NEWFLEX", "at the VTN: ven NEWFLEX"], None);
    person.assert_says("at the VTN: ven NEWFLEX");
    person.tell("NEWFLEX", &["at the VTN"], Some(Ok("NEWFLEX polls within seconds, and can be dispatched.")));
    person.assert_says("NEWFLEX polls within seconds");
    let read = person.harness.get_by_label("Read the register");
    assert!(read.accesskit_node().is_disabled(), "OTHERFLEX is not here yet");
    person.tell("OTHERFLEX", &[], Some(Ok("OTHERFLEX polls within seconds.")));
    assert!(!person.harness.get_by_label("Read the register").accesskit_node().is_disabled());
}

#[test]
fn one_that_fails_is_tried_again_alone_with_a_new_secret_where_that_mends_it() {
    let mut person = Person::new();
    person.read(&format!("{HEADS}{NEWFLEX}{OTHERFLEX}"));
    person.click("Onboard 2 FSPs with 2 units");
    person.asked();
    let lost = Fault { words: "client NEWFLEX is registered already".to_owned(), wants_new_secret: true };
    person.tell("NEWFLEX", &[], Some(Err(lost)));
    person.tell("OTHERFLEX", &[], Some(Ok("OTHERFLEX polls within seconds.")));
    person.assert_says("client NEWFLEX is registered already");
    person.click("Try again with NEWFLEX");
    assert_eq!(person.asked(), ["NEWFLEX: 1"]);
    person.assert_says("waits for its turn");
    assert!(!person.said().contains("registered already"), "what failed before is not what is now");
    let lost = Fault { words: "client NEWFLEX is registered already".to_owned(), wants_new_secret: true };
    person.tell("NEWFLEX", &[], Some(Err(lost)));
    person.click("Give the client of NEWFLEX a new secret");
    assert_eq!(person.asked(), ["NEWFLEX: 1, new secret"]);
    assert!(person.said().contains("OTHERFLEX polls within seconds"), "who came stays");
}

#[test]
fn what_is_wrong_is_told_with_line_and_column_and_takes_nothing_in() {
    let mut person = Person::new();
    let wrong = SECOND.replace("800", "lots").replace("GEN-02", "GEN-01");
    person.read(&format!("{HEADS}{NEWFLEX}{OTHERFLEX}{wrong}"));
    person.assert_says("2 things to mend; nothing was taken in");
    person.harness.get_all_by_label("line 4").for_each(drop);
    person.harness.get_by_label("max_kw");
    person.harness.get_by_label("unit");
    person.assert_says("`lots` is a text; write a number of kW");
    person.assert_says("`NEWFLEX/GEN-01` is a unit twice; keep one");
    assert!(person.harness.query_by_label_contains("Onboard").is_none());
    person.click("Copy the report");
    let told = person.told();
    assert!(matches!(&told[..], [Intent::Tell(text)] if text == "Copied: 2 things to mend."), "{told:?}");
    // Mended in the spreadsheet, and read again.
    person.read(&format!("{HEADS}{NEWFLEX}{OTHERFLEX}{SECOND}"));
    person.assert_says("2 FSPs with 3 units would come");
    assert!(person.asked().is_empty());
}

#[test]
fn who_is_here_already_is_not_changed_by_a_register() {
    let mut person = Person::new();
    let exported = to_csv(&FleetProfile::demo());
    person.read(&exported);
    person.assert_says("12 units are here already, and stay as they are. Nobody is new.");
    assert!(person.harness.query_by_label_contains("Onboard").is_none());
    person.read(&exported.replacen(",1000,800,2000,", ",1000,800,4000,", 1));
    person.assert_says("1 thing to mend; nothing was taken in");
    person.harness.get_by_label("capacity_kwh");
    person.assert_says(
        "is `4000`, and ARDENFLEX/BESS-21 is here with `2000`; a register changes nobody who is known",
    );
}

#[test]
fn a_file_that_is_not_there_says_so() {
    let mut person = Person::new();
    person.read_from("/not/there.csv");
    person.harness.get_by_label("whole file");
    person.assert_says("cannot be read: there is no such file");
}

#[test]
fn a_file_is_read_by_enter_and_nobody_is_onboarded_by_one_enter_too_many() {
    let mut person = Person::new();
    let path = person.folder.path().join("units.csv");
    fs::write(&path, format!("{HEADS}{NEWFLEX}")).unwrap();
    person.click("Import a register");
    person.harness.get_by_role_and_label(Role::TextInput, "Register file").focus();
    person.settle();
    let text = path.display().to_string();
    person.harness.get_by_role_and_label(Role::TextInput, "Register file").type_text(&text);
    person.settle();
    person.harness.key_press(Key::Enter);
    person.settle();
    while person.harness.state().register.reading.is_under_way() {
        person.settle();
    }
    person.settle();
    let button = person.harness.get_by_role_and_label(Role::Button, "Onboard 1 FSP with 1 unit");
    button.focus();
    person.settle();
    person.harness.key_press(Key::Enter);
    person.settle();
    assert!(person.asked().is_empty());
    person.harness.key_press(Key::Space);
    person.settle();
    assert_eq!(person.asked(), ["NEWFLEX: 1"]);
}

/// The fleet exported to a file; what is told, and what the file holds.
fn exported(fleet: &FleetProfile) -> (Vec<Intent>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let chosen = path.clone();
    let saving = Saving::asking(Box::new(move |_| Box::pin(std::future::ready(Some(chosen.clone())))));
    let mut person = Person::with(RegisterDesk { saving, ..RegisterDesk::default() }, fleet.clone());
    person.click("Export a register");
    while person.harness.state().intents.is_empty() {
        person.settle();
    }
    (person.told(), fs::read_to_string(&path).unwrap())
}

#[test]
fn the_fleet_goes_out_as_a_register_and_what_it_cannot_hold_is_told() {
    let mut fleet = FleetProfile::demo();
    let (told, text) = exported(&fleet);
    assert!(matches!(&told[..], [Intent::Tell(text)] if text.contains("out.csv")), "{told:?}");
    assert_eq!(from_csv("out.csv", &text, &fleet.name).as_ref(), Ok(&fleet));
    fleet.units[0].availability = Availability::Windows(Vec::new());
    fleet.units[3].availability = Availability::Windows(Vec::new());
    let (told, _) = exported(&fleet);
    assert!(
        matches!(&told[..], [Intent::Warn(text)] if text.contains("those of ARDENFLEX/BESS-21 and 1 more are not in it")),
        "{told:?}"
    );
}

#[test]
fn a_session_whose_fsps_come_from_a_file_alone_takes_no_register_in() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(Modifiers::COMMAND, Key::Num3);
    for name in ["Import a register", "Export a register"] {
        assert!(bench.harness.get_by_label(name).accesskit_node().is_disabled(), "{name}");
    }
}
