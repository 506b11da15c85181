//! Two runs side by side, as a trainer at the window goes through them.

use std::path::PathBuf;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::console::testing::{Bench, snapshot};
use crate::time::{Clock, Rate};
use crate::workshop::recording::testing::{kept, later, recording};

/// A recording that is gone through, with another one laid over it that began an hour and a half later and was not stopped.
fn compared() -> (Bench, Clock) {
    opened_with(later().to_owned())
}

fn opened_with(path: PathBuf) -> (Bench, Clock) {
    let clock = Clock::training("2026-11-26T17:00:00Z".parse().unwrap(), Rate::PAUSED);
    let mut bench = Bench::with_clock(snapshot(), [1280.0, 900.0], 1.0, clock.clone());
    bench.harness.state_mut().replay_with(recording(), Some(path));
    for _ in 0..1_000 {
        bench.settle();
        if !bench.said().contains("Reading the other recording") {
            return (bench, clock);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("it was not read:\n{}", bench.said());
}

#[test]
fn both_runs_are_on_one_plot_and_a_difference_takes_the_recording_to_its_instant() {
    let (mut bench, clock) = compared();
    assert!(bench.said().contains("Plot of two runs of All that were dispatched"), "{}", bench.said());
    let rows: Vec<String> = bench
        .harness
        .query_all_by_role(Role::Button)
        .filter_map(|node| node.accesskit_node().label())
        .filter(|label| label.starts_with("Command: "))
        .collect();
    let stop =
        rows.iter().find(|row| row.to_lowercase().contains("stop")).unwrap_or_else(|| panic!("{rows:?}"));
    assert!(stop.contains("second: not at all"), "{stop}");
    bench.click(Role::Button, stop);
    let start: crate::time::UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
    let into_s = clock.now().since(start);
    assert!((1500..1510).contains(&into_s), "{into_s} s, the stop came at T+25");
    bench.settle();
    assert!(bench.said().contains("at 17:25:0"), "the plot tells of that instant");
}

#[test]
fn one_unit_is_picked_and_the_workspaces_come_back() {
    let (mut bench, _clock) = compared();
    bench.click(Role::ComboBox, "Compared: All that were dispatched");
    let unit = bench
        .harness
        .query_all_by_role(Role::Button)
        .filter_map(|node| node.accesskit_node().label())
        .find(|label| label.starts_with("BRIGHTFLEX/BESS-07"))
        .unwrap();
    bench.click(Role::Button, &unit);
    assert!(bench.said().contains("Plot of two runs of BRIGHTFLEX/BESS-07"), "{}", bench.said());
    bench.click(Role::Button, "Back to the workspaces");
    assert!(!bench.said().contains("Plot of two runs"));
    bench.click(Role::Button, "Two runs");
    assert!(bench.said().contains("Plot of two runs"));
    bench.press(Modifiers::COMMAND, Key::Num3);
    assert!(!bench.said().contains("Plot of two runs"), "a workspace that is asked for is shown");
}

#[test]
fn a_run_and_itself_do_not_differ_and_what_is_no_recording_is_said_so() {
    let (bench, _clock) = opened_with(kept().0.clone());
    assert!(bench.said().contains("Nothing is otherwise."), "{}", bench.said());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.recording");
    std::fs::write(&path, "nothing").unwrap();
    let (bench, _clock) = opened_with(path);
    assert!(bench.said().contains("It cannot be compared: "), "{}", bench.said());
}
