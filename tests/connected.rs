//! The window over a connection file, by a person's hands, with everything real behind it: a VTN and a fleet in processes of
//! their own, HTTP over loopback TCP, keys in sealed files.

#![cfg(feature = "console")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "onboarding/processes.rs"]
mod processes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use processes::{Running, Said, rampdesk};
use rampdesk::commands::{Folders, Sessions};
use rampdesk::console::{ConsoleWindow, SessionChoice, SessionOpener};

const PASSPHRASE: &str = "three plain words";
const CTRL: Modifiers = Modifiers::COMMAND;
const PLAIN: Modifiers = Modifiers::NONE;

/// A VTN, its clients' secrets, and a connection to it.
struct Site {
    folder: tempfile::TempDir,
    _vtn: Running,
}

impl Site {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        done(&rampdesk(at, "keygen --fleet demo"));
        let vtn = Running::start(at, "vtn --seed-clients vtn.clients.toml");
        let ready: serde_json::Value = serde_json::from_str(&vtn.first_line()).unwrap();
        let site = Self { folder, _vtn: vtn };
        site.write("pass.txt", &format!("{PASSPHRASE}\n"));
        site.change(
            "connection.toml",
            "http://127.0.0.1:8080/openadr3/3.1.0",
            ready["url"].as_str().unwrap(),
        );
        site
    }

    /// Ada has a key of the operator of her own.
    fn with_ada(self) -> Self {
        let new = "key new GB-DNO-11 --holder Ada --key-id dno-ada --connection connection.toml";
        done(&rampdesk(self.at(), &format!("{new} --passphrase-file pass.txt")));
        self
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn connection(&self) -> PathBuf {
        self.at().join("connection.toml")
    }

    fn change(&self, name: &str, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.at().join(name)).unwrap();
        assert!(text.contains(old), "{name} has no {old}: {text}");
        self.write(name, &text.replace(old, new));
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.at().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// A window that opens the connection.
    fn window(&self) -> Person {
        let folders = Folders { sandbox: self.at().join("sandbox"), workshops: self.at().join("workshops") };
        let sessions = Arc::new(Sessions::new(folders, None).unwrap());
        let opener = Arc::clone(&sessions) as Arc<dyn SessionOpener>;
        let first = SessionChoice::Connection(self.connection());
        let harness = Harness::builder()
            .with_size([1280.0, 860.0])
            .with_step_dt(0.05)
            .build_eframe(|cc| ConsoleWindow::opening(&cc.egui_ctx, None, opener, first));
        Person { harness: Some(harness), sessions }
    }
}

#[track_caller]
fn done(said: &Said) {
    assert!(said.status.success(), "{}", said.stderr);
}

/// A person at the window.
struct Person {
    harness: Option<Harness<'static, ConsoleWindow>>,
    sessions: Arc<Sessions>,
}

impl Person {
    fn window(&mut self) -> &mut Harness<'static, ConsoleWindow> {
        self.harness.as_mut().unwrap()
    }

    fn settle(&mut self) {
        self.window().run_steps(4);
    }

    /// Everything that a screen reader could say of the window.
    fn said(&mut self) -> String {
        let everything = self.window().get_all_by(|_| true);
        let said = everything.flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()]);
        said.flatten().collect::<Vec<_>>().join("\n")
    }

    /// Draws frames until the window says that.
    #[track_caller]
    fn hears(&mut self, text: &str) {
        let begun = Instant::now();
        while !self.said().contains(text) {
            assert!(begun.elapsed() < Duration::from_secs(60), "never said: {text}; it says {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
            self.settle();
        }
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.window().key_press_modifiers(modifiers, key);
        self.settle();
    }

    fn click(&mut self, role: Role, name: &str) {
        self.window().get_by_role_and_label(role, name).click();
        self.settle();
    }

    fn type_into(&mut self, role: Role, name: &str, text: &str) {
        self.window().get_by_role_and_label(role, name).focus();
        self.settle();
        self.press(CTRL, Key::A);
        self.window().get_by_role_and_label(role, name).type_text(text);
        self.settle();
    }

    /// Closes the window, and waits until what ran behind it has ended.
    fn close(mut self) {
        self.harness = None;
        self.sessions.close();
    }
}

#[test]
fn a_person_signs_on_over_a_connection_and_what_they_send_goes_out_with_their_name() {
    let site = Site::open().with_ada();
    let vtn = rampdesk_url(&site);
    let _fleet = Running::start(
        site.at(),
        &format!("fleet --profile demo --secrets fleet.secrets.toml --trust trust.toml --vtn {vtn}"),
    );
    let mut person = site.window();
    person.hears("Signed on: nobody");
    person.hears(": live");
    person.press(CTRL, Key::J);
    for (typed, says) in [
        ("three plain word", "Ada is not signed on: key dno-ada, sealed in"),
        (PASSPHRASE, "Signed on: Ada until "),
    ] {
        person.type_into(Role::PasswordInput, "Passphrase", typed);
        person.press(PLAIN, Key::Enter);
        person.hears(says);
        assert!(!person.said().contains(typed));
    }

    person.press(CTRL, Key::Num2);
    person.click(Role::Link, "BRIGHTFLEX/BESS-11");
    person.type_into(Role::TextInput, "Setpoint 1 volume", "300");
    person.press(PLAIN, Key::Tab);
    person.click(Role::Button, "Delta");
    person.click(Role::Button, "Review and send…");
    person.hears("Ada, with their own key dno-ada of GB-DNO-11");
    person.click(Role::CheckBox, "Arm: I have read what will be sent");
    person.click(Role::Button, "Send now");
    person.hears("is with the desk");
    person.press(CTRL, Key::Num1);
    person.hears("accepted");
    person.close();

    // What ran is ended in order: the journal says who sent it, that they are off, and that the session is over.
    let journal = site.at().join("journal.sqlite");
    let verified = rampdesk(site.at(), &format!("verify {}", journal.display()));
    done(&verified);
    assert!(verified.stdout.contains("holds") || verified.stderr.contains("holds"), "{}", verified.stdout);
    let journal = rampdesk::journal::Journal::open_to_read(&journal).unwrap();
    let texts: Vec<String> = journal.entries(0, 1_000).unwrap().into_iter().map(|r| r.entry.text).collect();
    for text in ["Ada signed on as operator of GB-DNO-11", "Ada signed off", "session ended"] {
        assert!(texts.iter().any(|entry| entry.contains(text)), "{text} in {texts:#?}");
    }
    assert!(!texts.iter().any(|text| text.contains(PASSPHRASE)));
}

fn rampdesk_url(site: &Site) -> String {
    let text = std::fs::read_to_string(site.connection()).unwrap();
    let line = text.lines().find(|line| line.starts_with("vtn = ")).unwrap();
    line.trim_start_matches("vtn = ").trim_matches('"').to_owned()
}

#[test]
fn what_opens_the_secrets_is_asked_for_in_the_window() {
    let site = Site::open();
    let keep =
        "key keep --client desk --keep sealed-file --connection connection.toml --passphrase-file pass.txt";
    done(&rampdesk(site.at(), keep));
    let mut person = site.window();
    person.hears("Passphrase of ");
    person.type_into(Role::PasswordInput, "Passphrase", "three plain word");
    person.press(PLAIN, Key::Enter);
    person.hears("That does not open it.");
    person.type_into(Role::PasswordInput, "Passphrase", PASSPHRASE);
    person.press(PLAIN, Key::Enter);
    person.hears(": live");
    person.close();
}

#[test]
fn live_is_opened_only_once_a_person_has_agreed_and_nothing_runs_before() {
    let site = Site::open();
    let text = std::fs::read_to_string(site.connection()).unwrap();
    let mode = text.lines().find(|line| line.starts_with("mode = ")).unwrap();
    site.change("connection.toml", mode, "mode = \"LIVE\"");
    let mut person = site.window();
    person.hears("real assets may move");
    let said = person.said();
    for text in ["East Midlands (GB-DNO-11)", "http://127.0.0.1:", "nothing: plain HTTP"] {
        assert!(said.contains(text), "{text} in {said}");
    }
    assert!(!site.at().join("journal.sqlite").exists(), "something ran already");
    person.press(PLAIN, Key::Escape);
    person.hears("You broke it off");
    person.click(Role::Button, "Try again");
    person.hears("This is the one that I mean");
    person.click(Role::CheckBox, "This is the one that I mean");
    person.click(Role::Button, "Open LIVE");
    person.hears("mode: LIVE");
    person.close();
}

#[test]
fn a_vtn_that_is_away_or_refuses_is_told_in_words_with_what_to_do() {
    let site = Site::open();
    let url = rampdesk_url(&site);
    for (file, old, new, says) in [
        ("connection.toml", url.as_str(), "http://127.0.0.1:9/openadr3/3.1.0", "cannot reach 127.0.0.1:9"),
        (
            "connection.toml",
            url.as_str(),
            &url.replace("http://", "https://"),
            "it does not speak TLS on this port",
        ),
        ("desk.secrets.toml", "\"desk\" = \"", "\"desk\" = \"x", "refused"),
    ] {
        let before = std::fs::read_to_string(site.at().join(file)).unwrap();
        site.change(file, old, new);
        let mut person = site.window();
        // An alarm says it wherever one is.
        person.hears("does not answer (it has not answered yet)");
        person.press(CTRL, Key::Num8);
        person.hears(says);
        person.hears("See that it runs at this URL");
        person.close();
        site.write(file, &before);
    }
}
