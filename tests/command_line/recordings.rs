//! A rehearsal that is recorded, and two recordings held against each other.

use super::{rampdesk, text};

/// Twenty minutes of one battery, which is stopped at this minute.
fn scenario(stopped_at: u32) -> String {
    format!(
        r#"
name = "One battery"
fleet = "demo"
seed = 3
start = "2026-11-26T17:00:00Z"
run_for = "T+00:20"

[[steps]]
at = "T+00:01"
action = "send"
ref = "ONE"
unit = "BRIGHTFLEX/BESS-07"
service_start = "T+00:04"
service_end = "T+00:18"
setpoints = [{{ at = "T+00:04", reference = "DELTA", real_kw = 1000 }}]

[[steps]]
at = "T+00:{stopped_at:02}"
action = "stop"
ref = "ONE"
"#
    )
}

#[test]
fn two_runs_that_were_recorded_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (name, minute) in [("early", 8), ("again", 8), ("late", 12)] {
        std::fs::write(at.join(format!("{name}.toml")), scenario(minute)).unwrap();
        let recorded = format!("{name}.recording");
        let run = rampdesk(at, &["rehearse", &format!("{name}.toml"), "--record", &recorded]);
        assert!(run.status.success(), "{}", text(&run.stderr));
    }
    let taken = rampdesk(at, &["rehearse", "late.toml", "--record", "late.recording"]);
    assert!(text(&taken.stderr).contains("name a new file"), "{}", text(&taken.stderr));

    let same = rampdesk(at, &["compare", "early.recording", "again.recording"]);
    assert!(text(&same.stdout).contains("Nothing is otherwise."), "{}", text(&same.stdout));

    let apart = rampdesk(at, &["compare", "early.recording", "late.recording", "--json"]);
    assert!(apart.status.success(), "{}", text(&apart.stderr));
    let document: serde_json::Value = serde_json::from_slice(&apart.stdout).unwrap();
    let found = document["differences"].as_array().unwrap();
    let stop = found.iter().find(|d| d["of"] == "command").unwrap();
    assert!(stop["first"].as_str().unwrap().starts_with("T+00:08:"), "{stop}");
    assert!(stop["second"].as_str().unwrap().starts_with("T+00:12:"), "{stop}");
    let is_of_delivery = |d: &&serde_json::Value| d["what"].as_str().unwrap().ends_with(": delivered");
    assert!(found.iter().any(|d| is_of_delivery(&d)), "{document}");

    let other = rampdesk(at, &["compare", "early.recording", "early.toml"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(text(&other.stderr).contains("no recording"), "{}", text(&other.stderr));
    let missing = rampdesk(at, &["replay", "nowhere.recording"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("no such file"), "{}", text(&missing.stderr));
}

#[test]
fn a_recording_is_made_into_a_scenario_that_checks_and_runs_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("one.toml"), scenario(8)).unwrap();
    let run = rampdesk(at, &["rehearse", "one.toml", "--record", "one.recording"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let retold = rampdesk(at, &["retell", "one.recording", "retold.toml"]);
    assert!(retold.status.success(), "{}", text(&retold.stderr));
    let checked = rampdesk(at, &["check", "retold.toml"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    let again = rampdesk(at, &["rehearse", "retold.toml", "--record", "retold.recording"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    // When an FSP polls is drawn by lot anew; what was asked of it, and when, is the same.
    let apart = rampdesk(at, &["compare", "one.recording", "retold.recording", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&apart.stdout).unwrap();
    let is_of_asking = |d: &&serde_json::Value| {
        let what = d["what"].as_str().unwrap();
        d["of"] != "dispatch"
            || [": asked", ": revisions", ": stands at"].iter().any(|end| what.ends_with(end))
    };
    let found: Vec<_> = document["differences"].as_array().unwrap().iter().filter(is_of_asking).collect();
    assert!(found.is_empty(), "{found:#?}");

    let taken = rampdesk(at, &["retell", "one.recording", "retold.toml"]);
    assert_eq!(taken.status.code(), Some(2));
    assert!(text(&taken.stderr).contains("name a new file"), "{}", text(&taken.stderr));
    let none = rampdesk(at, &["retell", "one.toml", "new.toml"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("no recording") && !at.join("new.toml").exists());
}
