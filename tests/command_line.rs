//! The command line as a script uses it: exit codes, JSON alone on standard output, words on standard error.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "command_line/approving.rs"]
mod approving;
#[path = "command_line/keys.rs"]
mod keys;
#[path = "command_line/people.rs"]
mod people;
#[path = "onboarding/processes.rs"]
mod processes;
#[path = "command_line/recordings.rs"]
mod recordings;

use std::path::Path;
use std::process::{Command, Output, Stdio};

const DISPATCH: &str = r#"{
  "profile": "gb-dispatch/1",
  "network_operator": "GB-DNO-11",
  "dispatch_ref": "EMID-20261126-0417",
  "revision": 3,
  "status": "RUN",
  "contract": "EMID-C-2026-0193",
  "dispatch_unit": { "fsp": "BRIGHTFLEX", "unit": "BESS-07" },
  "instruction_time": "2026-11-26T15:45:00Z",
  "service_start": "2026-11-26T17:00:00Z",
  "service_end": "2026-11-26T19:00:00Z",
  "setpoints": [
    { "at": "2026-11-26T17:00:00Z", "parameters": [
      { "service_type": "REAL", "reference": "DELTA", "volume": 2000, "units": "KW" } ] }
  ]
}"#;

fn rampdesk(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rampdesk"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn folder_with_dispatch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("dispatch.json"), DISPATCH).unwrap();
    folder
}

#[test]
fn a_key_signs_what_a_trust_file_verifies_and_a_change_is_found() {
    let folder = folder_with_dispatch();
    let at = folder.path();
    let made = rampdesk(at, &["keygen", "gb-dno-11-2026"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let public = text(&made.stdout).trim().to_owned();
    assert_eq!(public.len(), 43, "{public}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(at.join("gb-dno-11-2026.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = rampdesk(at, &["keygen", "gb-dno-11-2026"]);
    assert_eq!(again.status.code(), Some(2), "a key must never be overwritten");

    let signed = rampdesk(at, &["sign", "dispatch.json", "--key", "gb-dno-11-2026.pem"]);
    assert!(signed.status.success(), "{}", text(&signed.stderr));
    std::fs::write(at.join("signed.json"), &signed.stdout).unwrap();

    let fleet = rampdesk(at, &["keygen", "--fleet", "demo", "--out", "all"]);
    assert!(fleet.status.success(), "{}", text(&fleet.stderr));
    let trust = std::fs::read_to_string(at.join("all/trust.toml")).unwrap();
    let pinned = trust
        .lines()
        .map(|line| if line.contains("public") && line.contains('"') { line } else { "" })
        .find(|line| !line.is_empty())
        .unwrap();
    let other = pinned.split('"').nth(1).unwrap();
    std::fs::write(at.join("trust.toml"), trust.replacen(other, &public, 1)).unwrap();

    let now = ["--at", "2099-01-01T00:00:00Z"];
    let verified = rampdesk(at, &[&["verify", "signed.json", "--trust", "trust.toml"][..], &now].concat());
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    assert!(text(&verified.stderr).contains("signed by GB-DNO-11"), "{}", text(&verified.stderr));

    let changed = text(&signed.stdout).replace("2000", "2001");
    std::fs::write(at.join("changed.json"), changed).unwrap();
    let refused = rampdesk(at, &[&["verify", "changed.json", "--trust", "trust.toml"][..], &now].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("does not match the content"), "{}", text(&refused.stderr));
}

#[test]
fn a_signed_dispatch_goes_to_openadr_and_back_unchanged() {
    let folder = folder_with_dispatch();
    let at = folder.path();
    assert!(rampdesk(at, &["keygen", "k1"]).status.success());
    let signed = rampdesk(at, &["sign", "dispatch.json", "--key", "k1.pem"]);
    std::fs::write(at.join("signed.json"), &signed.stdout).unwrap();
    let event = rampdesk(at, &["encode", "signed.json"]);
    assert!(event.status.success(), "{}", text(&event.stderr));
    std::fs::write(at.join("event.json"), &event.stdout).unwrap();
    let back = rampdesk(at, &["decode", "event.json"]);
    assert!(back.status.success(), "{}", text(&back.stderr));
    assert_eq!(text(&back.stdout), text(&signed.stdout));
}

#[test]
fn the_bytes_that_are_signed_do_not_depend_on_how_the_document_is_written() {
    let folder = folder_with_dispatch();
    let at = folder.path();
    let compact: serde_json::Value = serde_json::from_str(DISPATCH).unwrap();
    std::fs::write(at.join("compact.json"), compact.to_string().replace("2000,", "2000.0,")).unwrap();
    let one = rampdesk(at, &["canonical", "dispatch.json"]);
    let other = rampdesk(at, &["canonical", "compact.json"]);
    assert!(one.status.success() && !one.stdout.is_empty());
    assert_eq!(text(&one.stdout), text(&other.stdout));
}

#[test]
fn what_a_unit_will_deliver_is_predicted_as_csv_and_json() {
    let folder = folder_with_dispatch();
    let csv = rampdesk(folder.path(), &["predict", "dispatch.json", "--fleet", "demo", "--step", "60s"]);
    assert!(csv.status.success(), "{}", text(&csv.stderr));
    let row = text(&csv.stdout).lines().find(|l| l.starts_with("2026-11-26T17:00:00Z")).unwrap().to_owned();
    assert_eq!(row.split(',').nth(3), Some("2000"), "the level is delivered at its time: {row}");
    let json = rampdesk(folder.path(), &["predict", "dispatch.json", "--fleet", "demo", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    // Two hours of 2 MW are more than this battery holds.
    assert_eq!(document["misses"][0]["because"], "energy");
    assert_eq!(document["misses"][0]["late_s"], 0.0);
}

/// 3 MW for two hours of GB-DNO-11's six units: more than its batteries hold, and its engines do not run below 300 kW.
const PLAN: [&str; 13] = [
    "plan",
    "demo",
    "--mw",
    "3",
    "--from",
    "2026-11-26T17:00:00Z",
    "--to",
    "2026-11-26T19:00:00Z",
    "--at",
    "2026-11-26T15:45:00Z",
    "--operator",
    "GB-DNO-11",
    "--json",
];

#[test]
fn a_volume_is_planned_over_a_fleet_at_less_cost_than_in_merit_order() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |by: &str| {
        let output = rampdesk(folder.path(), &[&PLAN[..], &["--by", by]].concat());
        assert!(output.status.success(), "{by}: {}", text(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let cost = |plan: &serde_json::Value| plan["cost_gbp"].as_str().unwrap().parse::<f64>().unwrap();
    let least = plan("least-cost");
    for by in ["merit-order", "pro-rata", "equal"] {
        let other = plan(by);
        assert_eq!((&other["given_mwh"], &other["short_mwh"]), (&6.0.into(), &0.0.into()), "{by}");
        assert!(cost(&least) < cost(&other), "{} against {by} {}", cost(&least), cost(&other));
    }
    assert_eq!(
        (&least["given_mwh"], &least["short_mwh"], &least["over_mwh"]),
        (&6.0.into(), &0.0.into(), &0.0.into())
    );
    let units = least["units"].as_array().unwrap();
    assert_eq!(units.len(), 6);
    for unit in units {
        assert_eq!(unit["misses"].as_array().unwrap().len(), 0, "{unit:#}");
        let levels = unit["setpoints"].as_array().unwrap();
        let least_kw = if unit["unit"].as_str().unwrap().contains("GAS") { 800.0 } else { 1.0 };
        let is_right = |level: &serde_json::Value| {
            let kw = level["delta_kw"].as_f64().unwrap();
            kw == 0.0 || kw >= least_kw
        };
        assert!(levels.iter().all(is_right), "{unit:#}");
    }
}

#[test]
fn what_a_fleet_cannot_give_is_short_in_words_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = PLAN.to_vec();
    arguments[3] = "12";
    arguments.pop();
    let output = rampdesk(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("2026-11-26T17:00:00Z to 2026-11-26T17:30:00Z: 4.2"), "{said}");
    assert!(text(&output.stdout).starts_with("unit,at,delta_kw,service_end\n"), "what can be had is printed");
}

#[test]
fn bad_input_is_exit_code_2_and_says_where() {
    let folder = folder_with_dispatch();
    let at = folder.path();
    std::fs::write(at.join("bad.json"), DISPATCH.replace("\"RUN\"", "\"GO\"")).unwrap();
    std::fs::write(at.join("odd.toml"), "colour = \"blue\"\n").unwrap();
    for (arguments, says) in [
        (&["check", "bad.json"][..], "bad.json: line 6: status"),
        (&["check", "nowhere.json"], "nowhere.json: cannot be read"),
        (&["check", "odd.toml"], "is no file of this program's"),
        (&["rehearse", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (&["encode", "dispatch.json"], "is not signed"),
        (&["decode", "dispatch.json"], "dispatch.json"),
        (&["sign", "dispatch.json", "--key", "dispatch.json"], "is not an Ed25519 private key"),
        (&["verify", "dispatch.json"], "give --trust FILE"),
        (&["vtn", "--listen", "192.0.2.1:80", "--seed-clients", "x"], "is not a loopback address"),
        (&["predict", "dispatch.json", "--fleet", "demo", "--step", "0"], "give 1 to 3600 seconds"),
        (&["translate", "dispatch.json", "--to", "telex"], "name all or one of flexible-power, piclo"),
        (&["send", "dispatch.json", "--connection", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (&["dispatch"], "unrecognized subcommand"),
    ] {
        let output = rampdesk(at, arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?} should say `{says}`: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?} wrote to standard output");
    }
}

#[test]
fn a_register_and_a_fleet_file_are_two_ways_to_write_one_fleet() {
    let folder = tempfile::tempdir().unwrap();
    let register = rampdesk(folder.path(), &["register", "demo"]);
    assert!(register.status.success(), "{}", text(&register.stderr));
    std::fs::write(folder.path().join("Demonstration fleet.csv"), &register.stdout).unwrap();
    let fleet = rampdesk(folder.path(), &["register", "Demonstration fleet.csv"]);
    std::fs::write(folder.path().join("fleet.toml"), &fleet.stdout).unwrap();
    let again = rampdesk(folder.path(), &["register", "fleet.toml"]);
    assert_eq!(text(&again.stdout), text(&register.stdout));
    let checked = rampdesk(folder.path(), &["check", "Demonstration fleet.csv", "fleet.toml"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));

    let broken = text(&register.stdout).replacen("battery,2500", "battery,much", 1);
    std::fs::write(folder.path().join("broken.csv"), broken).unwrap();
    let refused = rampdesk(folder.path(), &["check", "broken.csv"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused.stderr);
    assert!(said.contains("max_discharge_kw: `much` is a text; write a number of kW"), "{said}");
}

#[test]
fn files_that_come_with_the_program_have_nothing_wrong() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut arguments =
        vec!["check".to_owned(), "profiles/operators.toml".to_owned(), "profiles/products.toml".to_owned()];
    for folder in ["profiles/fleets", "profiles/scenarios", "profiles/scenarios/faults"] {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        arguments.extend(files.map(|path| path.display().to_string()));
    }
    assert!(arguments.len() >= 34, "{arguments:?}");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = rampdesk(root, &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_connection_to_another_machine_says_so_or_nothing_is_connected_to() {
    let folder = folder_with_dispatch();
    let at = folder.path();
    let far = "https://vtn.workshop.example/openadr3/3.1.0";
    for (out, vtn, permits) in [("near", "http://127.0.0.1:8080/openadr3/3.1.0", false), ("far", far, true)] {
        assert!(rampdesk(at, &["keygen", "--fleet", "demo", "--vtn", vtn, "--out", out]).status.success());
        let file = format!("{out}/connection.toml");
        let written = std::fs::read_to_string(at.join(&file)).unwrap();
        assert_eq!(written.contains("may_reach = [\"vtn.workshop.example:443\"]"), permits, "{written}");
        assert!(rampdesk(at, &["check", &file]).status.success());
    }
    let file = at.join("far/connection.toml");
    let written = std::fs::read_to_string(&file).unwrap();
    let without: Vec<&str> = written.lines().filter(|line| !line.starts_with("may_reach")).collect();
    std::fs::write(&file, without.join("\n").replace("SANDBOX", "TRAINING")).unwrap();
    for command in [&["send", "dispatch.json"][..], &["watch"]] {
        let output = rampdesk(at, &[command, &["--connection", "far/connection.toml"]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            text(&output.stderr),
            "far/connection.toml:2: vtn: vtn.workshop.example:443 is not on this machine, and TRAINING stays on it; if it \
             must be reached, write may_reach = [\"vtn.workshop.example:443\"], or LIVE where real assets move\n"
        );
        assert!(!at.join("far/journal.sqlite").exists(), "nothing was begun");
    }
}

#[test]
fn secrets_that_others_can_read_are_refused() {
    let folder = folder_with_dispatch();
    let at = folder.path();
    assert!(rampdesk(at, &["keygen", "--fleet", "demo", "--out", "."]).status.success());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = at.join("vtn.clients.toml");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let output = rampdesk(at, &["vtn", "--seed-clients", "vtn.clients.toml"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains("can be read by others (mode 644)"),
            "{}",
            text(&output.stderr)
        );
    }
}

/// Runs `rampdesk` with no command, on a display or without one; `libraries` is searched before the system's own.
fn default_command(display: Option<&str>, libraries: Option<&Path>) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rampdesk"));
    command.args(["--data", "data"]).current_dir(folder.path()).stdin(Stdio::null());
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    if let Some(display) = display {
        command.env("DISPLAY", display);
    }
    if let Some(libraries) = libraries {
        command.env("LD_LIBRARY_PATH", libraries);
    }
    let output = command.output().unwrap();
    assert!(!folder.path().join("data").exists(), "nothing is kept for a window that never was");
    output
}

#[track_caller]
fn says_why_and_rehearses(output: &Output, why: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for named in [why, "libgl1", "libxkbcommon-x11-0", "xvfb-run rampdesk", "as a rehearsal instead"] {
        assert!(said.contains(named), "`{named}` is missing: {said}");
    }
    assert!(!said.contains("panicked") && !said.contains(".rs:"), "{said}");
    assert!(text(&output.stdout).contains("EMID-20261126-0417"), "{}", text(&output.stdout));
}

#[test]
fn without_a_display_a_connection_is_not_opened_and_the_way_to_follow_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = rampdesk(folder.path(), &["--connection", "connection.toml"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for named in ["There is no display", "rampdesk watch --connection connection.toml"] {
        assert!(said.contains(named), "`{named}` is missing: {said}");
    }
    assert!(output.stdout.is_empty(), "another thing was rehearsed instead");
    let output = rampdesk(folder.path(), &["--journal", "journal.sqlite"]);
    assert_eq!(output.status.code(), Some(2), "a journal of no connection: {}", text(&output.stderr));
}

#[test]
fn without_a_display_the_demonstration_is_rehearsed_in_the_terminal() {
    says_why_and_rehearses(&default_command(None, None), "There is no display: neither DISPLAY nor");
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_display_that_is_not_there_the_demonstration_is_rehearsed_in_the_terminal() {
    // No X server has a number this high.
    says_why_and_rehearses(
        &default_command(Some(":59999"), None),
        "opened: Failed to open connection to X server",
    );
}

#[test]
#[cfg(target_os = "linux")]
fn without_the_libraries_of_a_window_the_demonstration_is_rehearsed_in_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for library in ["libX11.so.6", "libX11-xcb.so.1", "libxkbcommon-x11.so.0"] {
        std::fs::write(folder.path().join(library), "not a library").unwrap();
    }
    let output = default_command(Some(":59999"), Some(folder.path()));
    says_why_and_rehearses(&output, "The window could not be opened: ");
}

#[test]
fn a_dispatch_is_told_as_another_system_would_carry_it_with_what_that_loses() {
    let folder = folder_with_dispatch();
    let at = folder.path();
    let all = rampdesk(at, &["translate", "dispatch.json", "--fleet", "demo"]);
    assert!(all.status.success(), "{}", text(&all.stderr));
    let revision = text(&all.stdout).lines().find(|line| line.starts_with("Revision")).unwrap().to_owned();
    let letters: Vec<&str> = revision.split_whitespace().skip(1).collect();
    assert_eq!((letters.len(), letters.iter().filter(|l| **l == "K").count()), (13, 1), "{revision}");

    let one = rampdesk(at, &["translate", "dispatch.json", "--to", "shapeshifter", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&one.stdout).unwrap();
    assert!(document["messages"][0]["text"].as_str().unwrap().contains("Power=\"-2000000\""), "{document}");
    let fields = document["fields"].as_array().unwrap();
    let revision = fields.iter().find(|field| field["field"] == "revision").unwrap();
    assert_eq!((&revision["mark"], &revision["after"]), (&"lost".into(), &serde_json::Value::Null));

    let unknown = rampdesk(at, &["translate", "dispatch.json", "--to", "boa"]);
    assert!(text(&unknown.stdout).contains("baseline is not known"), "{}", text(&unknown.stdout));
    let known = rampdesk(at, &["translate", "dispatch.json", "--to", "boa", "--fleet", "demo"]);
    assert!(text(&known.stdout).contains("levelFrom,levelTo"), "{}", text(&known.stdout));
}

#[test]
fn a_workshop_is_checked_with_its_note_and_marked_by_what_its_trainee_does() {
    let folder = tempfile::tempdir().unwrap();
    let workshops = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/workshops");
    let first = workshops.join("01-first-dispatch.toml").display().to_string();
    let checked = rampdesk(folder.path(), &["check", &first]);
    assert!(checked.status.success());
    let said = text(&checked.stderr);
    for words in [
        "a workshop, nothing wrong",
        "First dispatch: a workshop of level 1",
        "Marks: 4; 0 for who does nothing",
    ] {
        assert!(said.contains(words), "{said}");
    }
    let idle = rampdesk(folder.path(), &["rehearse", &first, "--trainee", "idle", "--json"]);
    assert_eq!(idle.status.code(), Some(0), "{}", text(&idle.stderr));
    let result: serde_json::Value = serde_json::from_slice(&idle.stdout).unwrap();
    assert_eq!((&result["trainee"], &result["marking"]["given"]), (&"idle".into(), &0.0.into()));
    let shown = text(&rampdesk(folder.path(), &["rehearse", &first, "--report", "out"]).stdout);
    assert!(shown.contains("Marks of the perfect trainee: 4 of 4 (expected: full marks)"), "{shown}");
    let page = std::fs::read_to_string(folder.path().join("out/debrief.html")).unwrap();
    assert!(page.contains("<h2>Marks: 4 of 4</h2>"));
    let verify = ["verify", "out/debrief.html", "--trust", "out/trust.toml"];
    let held = rampdesk(folder.path(), &verify);
    assert!(held.status.success(), "{}", text(&held.stderr));
    assert!(text(&held.stderr).contains("readings.csv beside it is as it was"), "{}", text(&held.stderr));
    std::fs::write(folder.path().join("out/debrief.html"), page.replace("Marks: 4 of 4", "Marks: 5 of 4"))
        .unwrap();
    std::fs::write(folder.path().join("out/readings.csv"), "").unwrap();
    let changed = rampdesk(folder.path(), &verify);
    assert_eq!(changed.status.code(), Some(1));
    let said = text(&changed.stderr);
    assert!(
        said.contains("“Marks” was changed") && said.contains("readings.csv beside it was changed"),
        "{said}"
    );

    let scenario = workshops.join("../scenarios/emergency-stop.toml").display().to_string();
    let refused = rampdesk(folder.path(), &["rehearse", &scenario, "--trainee", "idle"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("is no workshop, and nobody is marked"));
}
