//! What a trainer at the window sees of the marks and does with them, by the names that assistive tools read.

use std::fs;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tempfile::TempDir;

use crate::console::context::Workspace;
use crate::console::testing::{Bench, Marked, Session};
use crate::workshop::marking::OVERRIDES;

/// A window in which a workshop is run, so many minutes on, opened at its marks.
fn marked(minutes: i64) -> (Bench, Marked, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let marked = Marked::after(minutes, folder.path(), folder.path());
    let session = Session { workshop: Some(marked.handle.clone()), ..Session::default() };
    let mut bench =
        Bench::with_session(marked.snapshot.clone(), [1280.0, 3200.0], 1.0, marked.clock.clone(), session);
    bench.press(Modifiers::COMMAND, Key::Num6);
    bench.settle();
    (bench, marked, folder)
}

fn unfold(bench: &mut Bench) {
    bench.harness.get_by_label("Marks, for the trainer").click();
    wait_for(bench, "Mark 1: ");
}

/// Reading and writing take place on threads of their own.
fn wait_for(bench: &mut Bench, text: &str) {
    for _ in 0..500 {
        bench.settle();
        if bench.said().contains(text) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("`{text}` is not said, but:\n{}", bench.said());
}

fn names(bench: &Bench, start: &str) -> Vec<String> {
    let all = bench.harness.get_all_by(|_| true).filter_map(|node| {
        let node = node.accesskit_node();
        node.label().or_else(|| node.value())
    });
    all.filter(|label| label.starts_with(start)).collect()
}

/// A trainee at the same window would read there what is expected of them.
#[test]
fn the_marks_are_folded_away_until_the_trainer_opens_them() {
    let (mut bench, marked, _folder) = marked(40);
    let exercise = marked.handle.scenario().exercise.as_deref().unwrap();
    for rule in &exercise.marks {
        assert!(!bench.said().contains(&rule.words), "{}", rule.words);
    }
    unfold(&mut bench);
    for (number, rule) in (1..).zip(&exercise.marks) {
        assert!(bench.said().contains(&rule.words), "{}", rule.words);
        assert_eq!(names(&bench, &format!("Mark {number}: ")).len(), 1, "{number}");
    }
}

#[test]
fn marks_are_decided_as_the_journal_grows() {
    let (mut bench, mut marked, _folder) = marked(1);
    unfold(&mut bench);
    let open = |bench: &Bench| names(bench, "Mark ").iter().filter(|n| n.contains("not yet decided")).count();
    let all = marked.handle.scenario().exercise.as_deref().unwrap().marks.len();
    assert_eq!(open(&bench), all, "{:?}", names(&bench, "Mark "));
    let minutes = (marked.handle.ends().since(marked.handle.scenario().start)) / 60;
    let tail = marked.go_to(minutes + 1);
    bench.publish(|snapshot| snapshot.journal_tail = tail);
    let full = marked.handle.scenario().exercise.as_deref().unwrap().full_marks();
    wait_for(&mut bench, &format!("{full} of {full} marks"));
    assert_eq!(open(&bench), 0, "{:?}", names(&bench, "Mark "));
}

#[test]
fn an_entry_that_bears_a_mark_out_is_shown_in_the_journal() {
    let (mut bench, mut running, _folder) = marked(1);
    let minutes = (running.handle.ends().since(running.handle.scenario().start)) / 60;
    let tail = running.go_to(minutes + 1);
    bench.publish(|snapshot| snapshot.journal_tail = tail);
    unfold(&mut bench);
    let link = names(&bench, "Entry ").into_iter().next().unwrap();
    let number = link.split_whitespace().nth(1).unwrap().to_owned();
    bench.click(Role::Link, &link);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Journal);
    wait_for(&mut bench, "Place in the chain");
    assert!(bench.harness.query_by_role_and_label(Role::Heading, &format!("Entry {number}")).is_some());
}

#[test]
fn a_trainer_gives_other_marks_by_name_and_with_a_reason_and_takes_them_back() {
    let (mut bench, _marked, folder) = marked(40);
    unfold(&mut bench);
    bench.click(Role::Button, "Override mark 1…");
    let give = |bench: &Bench| {
        bench.harness.get_by_role_and_label(Role::Button, "Give these marks").accesskit_node().is_disabled()
    };
    assert!(give(&bench), "nobody has said why");
    for (name, text) in [("Your name", "Ada Winter"), ("Reason", "the telephone rang")] {
        bench.harness.get_by_role_and_label(Role::TextInput, name).focus();
        bench.settle();
        bench.harness.get_by_role_and_label(Role::TextInput, name).type_text(text);
        bench.settle();
    }
    bench.click(Role::Button, "Give these marks");
    wait_for(&mut bench, "Ada Winter gives");
    let kept = fs::read_to_string(folder.path().join(OVERRIDES)).unwrap();
    assert!(kept.contains("Ada Winter") && kept.contains("the telephone rang"), "{kept}");
    assert_eq!(names(&bench, "Mark 1: ").iter().filter(|n| n.contains("by the trainer")).count(), 1);
    bench.click(Role::Button, "Take back the word on mark 1");
    wait_for(&mut bench, "the word is taken back");
    bench.settle();
    assert!(!bench.said().contains("Ada Winter gives"));
    assert!(fs::read_to_string(folder.path().join(OVERRIDES)).unwrap().contains("taken_back"));
}

/// Else a trainer at another machine than the trainee's has to go through the journal for it.
#[test]
fn the_trainer_reads_what_was_done_in_the_control_room() {
    let (mut bench, _marked, _folder) = marked(40);
    let ctx = bench.harness.ctx.clone();
    bench.harness.state_mut().look_at_the_trainers_room(&ctx);
    wait_for(&mut bench, "Mark 1: ");
    let said = bench.said();
    let (_, after) = said.split_once("Done in the control room").expect("its heading");
    let sends =
        after.lines().filter(|line| line.starts_with("send ") && line.contains(" revision 1 (RUN): done: "));
    assert!(sends.count() >= 1, "{after}");
}

#[test]
fn a_journal_that_cannot_be_read_is_said_so() {
    let (mut bench, _marked, folder) = marked(10);
    fs::write(folder.path().join("nothing"), "this is no journal").unwrap();
    let file = std::sync::Arc::from(folder.path().join("nothing"));
    bench.publish(|snapshot| snapshot.journal_file = Some(file));
    bench.harness.get_by_label("Marks, for the trainer").click();
    wait_for(&mut bench, "The journal cannot be read");
    assert!(bench.harness.query_by_role_and_label(Role::Button, "Read the journal again").is_some());
}
