//! What a person at the alarm list sees and does.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::console::testing::{Bench, NOW, alarm, alarms, at, put_aside, quiet_snapshot};
use crate::desk::command::Command;
use crate::desk::rationale::AlarmKind;
use crate::desk::snapshot::{Alarm, AlarmLoad, Priority, ShelfTime, Snapshot};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// The fixtures' alarms, and four more of one FSP.
fn busy() -> Snapshot {
    let mut all = alarms();
    for id in 10..14 {
        let text = format!("EMID-05{id} waits for acknowledgement from BRIGHTFLEX");
        all.push(alarm(id, AlarmKind::Overdue, Priority::Medium, &text, ("BRIGHTFLEX", None)));
    }
    Snapshot { alarms: all.into(), ..quiet_snapshot() }
}

fn flood() -> AlarmLoad {
    AlarmLoad {
        ten_minutes: 37,
        hour: 40,
        shift: [2, 6, 32],
        counted_since: Some(at(NOW) - 3600),
        flood: Some(at(NOW) - 60),
    }
}

/// Puts the keyboard on the list and goes so many rows down from the first.
fn go_down(bench: &mut Bench, rows: usize) {
    bench.press(CTRL_SHIFT, Key::L);
    for _ in 0..rows {
        bench.press(Modifiers::NONE, Key::ArrowDown);
    }
}

#[test]
fn by_keyboard_alone_an_alarm_is_taken_in_hand_and_told_in_full() {
    let mut bench = Bench::open(quiet_snapshot());
    go_down(&mut bench, 2);
    bench.press(Modifiers::NONE, Key::Enter);
    bench.harness.get_by_role_and_label(Role::Heading, "Alarm in hand");
    let said = bench.said();
    let entry = AlarmKind::Overdue.rationale();
    for text in [entry.title, entry.means, entry.matters, entry.act, entry.within] {
        assert!(said.contains(text), "{text} is not told");
    }
    bench.press(Modifiers::NONE, Key::A);
    assert!(matches!(&bench.commands()[..], [Command::AcknowledgeAlarms(ids)] if ids == &[3]));
    bench.press(CTRL, Key::I);
    assert!(bench.harness.query_by_label("Close the alarm in hand").is_none());
}

#[test]
fn what_is_silent_below_an_alarm_is_told_with_its_words_and_why() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.click(Role::Button, "×4: 2 silent below it");
    bench.harness.get_by_role_and_label(Role::Heading, "2 silent below it");
    let said = bench.said();
    for text in ["EMID-0420 waits", "EMID-0416 waits", "EMID-0409 waits", "nothing is known of them"] {
        assert!(said.contains(text), "{text}");
    }
    assert!(said.contains("(over, or in the list by itself"), "{said}");
}

#[test]
fn an_alarm_is_shelved_with_a_reason_and_a_name_by_keyboard() {
    let mut bench = Bench::open(quiet_snapshot());
    go_down(&mut bench, 2);
    bench.press(Modifiers::NONE, Key::S);
    let reason = bench.harness.get_by_label("Reason for shelving");
    assert!(reason.is_focused(), "S goes to the reason");
    reason.type_text("their line is being repaired");
    bench.settle();
    let button = |bench: &Bench, name: &str| {
        let found = bench.harness.query_by_role_and_label(Role::Button, name);
        found.map(|node| node.accesskit_node().is_disabled())
    };
    assert_eq!(button(&bench, "Shelve for 15 min"), Some(true), "not without a name");
    bench.press(Modifiers::NONE, Key::Tab);
    assert!(bench.harness.get_by_label("Your name").is_focused(), "Tab goes from one to the next");
    bench.harness.get_by_label("Your name").type_text("K. Shah");
    bench.settle();
    bench.click(Role::Button, "Choose to shelve for 1 h");
    bench.click(Role::Button, "Shelve for 1 h");
    let commands = bench.commands();
    let [Command::ShelveAlarm { id: 3, time: ShelfTime::Hour, by, reason }] = &commands[..] else {
        panic!("{commands:?}")
    };
    assert_eq!((by.as_str(), reason.as_str()), ("K. Shah", "their line is being repaired"));
}

#[test]
fn what_may_not_be_shelved_says_why() {
    let mut bench = Bench::open(quiet_snapshot());
    go_down(&mut bench, 0);
    bench.press(Modifiers::NONE, Key::S);
    let why = "It cannot be shelved: priority 1 of a service that is under way is acted on, not shelved.";
    bench.harness.get_by_label(why);
    let name = format!("Shelve. {why}");
    let button = bench.harness.get_by_role_and_label(Role::Button, &name);
    assert!(button.accesskit_node().is_disabled());
}

#[test]
fn what_is_shelved_stands_in_a_list_of_its_own_with_who_why_and_until_and_comes_back_by_hand() {
    for (size, scale) in [([1280.0, 720.0], 1.0), ([640.0, 360.0], 2.0)] {
        let mut bench = Bench::new(quiet_snapshot(), size, scale);
        assert!(bench.harness.query_by_label_contains("Shelved (").is_none(), "nothing is");
        bench.publish(|s| s.shelved = [put_aside(9)].into());
        bench.click(Role::Button, "Shelved (1)");
        let said = bench.said();
        assert!(said.contains("Shelved by K. Shah: “its compressor is being repaired”."), "{said}");
        assert!(said.contains("50 min 00 s"), "{said}");
        assert!(bench.harness.query_by_label_contains("Acknowledge: ").is_none());
        bench.click(Role::Button, "Bring back: Declared availability of COLDCHAIN/STORE-3 is below contract");
        assert!(matches!(&bench.commands()[..], [Command::UnshelveAlarm(9)]));
        bench.publish(|s| s.shelved = Arc::default());
        bench.harness.get_by_label_contains("No alarm is shelved");
        bench.click(Role::Button, "Shelved (0)");
        bench.harness.get_by_label_contains("Acknowledge: NORTHGEN");
    }
}

#[test]
fn alarms_of_one_fsp_stand_in_one_row_that_unfolds_and_is_acknowledged_as_one() {
    for (size, scale) in [([1280.0, 720.0], 1.0), ([640.0, 720.0], 1.0)] {
        let mut bench = Bench::new(busy(), size, scale);
        bench.click(Role::Button, "Group alarms by FSP");
        go_down(&mut bench, 3);
        let words = "4 alarms: 4 of priority 2; 4 not acknowledged";
        bench.harness.get_by_role_and_label(Role::Button, &format!("Unfold BRIGHTFLEX, {words}"));
        assert!(bench.harness.query_by_label_contains("Acknowledge: EMID-0510").is_none());
        bench.click(Role::Button, "Acknowledge 4 alarms of BRIGHTFLEX");
        assert!(
            matches!(&bench.commands()[..], [Command::AcknowledgeAlarms(ids)] if ids == &[10, 11, 12, 13])
        );
        bench.click(Role::Button, &format!("Unfold BRIGHTFLEX, {words}"));
        bench.harness.get_by_role_and_label(Role::Button, &format!("Fold BRIGHTFLEX, {words}"));
    }
}

#[test]
fn a_group_is_unfolded_and_acknowledged_by_keyboard() {
    let mut bench = Bench::new(busy(), [1280.0, 900.0], 1.0);
    bench.press(CTRL_SHIFT, Key::G);
    bench.press(CTRL_SHIFT, Key::L);
    bench.press(Modifiers::NONE, Key::End);
    bench.press(Modifiers::NONE, Key::A);
    assert!(matches!(&bench.commands()[..], [Command::AcknowledgeAlarms(ids)] if ids.len() == 4));
    bench.press(Modifiers::NONE, Key::Enter);
    bench.press(Modifiers::NONE, Key::End);
    bench.press(Modifiers::NONE, Key::A);
    assert!(matches!(&bench.commands()[..], [Command::AcknowledgeAlarms(ids)] if ids == &[13]));
}

#[test]
fn in_a_flood_alarms_are_grouped_by_themselves_and_after_it_as_they_were() {
    let grouped = |bench: &Bench| {
        let toggle = bench.harness.get_by_role_and_label(Role::Button, "Group alarms by FSP");
        toggle
            .accesskit_node()
            .is_selected()
            .or(toggle.accesskit_node().toggled().map(|t| t == egui::accesskit::Toggled::True))
    };
    let mut bench = Bench::new(busy(), [1280.0, 900.0], 1.0);
    assert_ne!(grouped(&bench), Some(true));
    bench.publish(|s| s.alarm_load = flood());
    bench.harness.get_by_label("Flood: 37 alarms in 10 min");
    assert_eq!(grouped(&bench), Some(true));
    bench.harness.get_by_label_contains("Unfold BRIGHTFLEX, 4 alarms");
    bench.harness.get_by_label_contains("Acknowledge: NORTHGEN has not polled");
    bench.publish(|s| s.alarm_load.flood = None);
    assert_ne!(grouped(&bench), Some(true));
    assert!(bench.harness.query_by_label_contains("Flood:").is_none());
}

#[test]
fn in_a_flood_priority_1_stands_by_itself_on_top() {
    let mut all: Vec<Arc<Alarm>> = Vec::new();
    all.push(alarm(1, AlarmKind::Short, Priority::High, "short of 2,000 kW", ("BRIGHTFLEX", None)));
    for id in 2..40 {
        let text = format!("EMID-05{id} waits");
        all.push(alarm(id, AlarmKind::Overdue, Priority::Medium, &text, ("BRIGHTFLEX", None)));
    }
    let mut bench = Bench::open(Snapshot { alarms: all.into(), alarm_load: flood(), ..quiet_snapshot() });
    let top = bench.harness.get_by_label("Acknowledge: short of 2,000 kW").rect();
    let group = bench.harness.get_by_label("Acknowledge 38 alarms of BRIGHTFLEX").rect();
    assert!(top.bottom() <= group.top() + 1.0, "{top:?} {group:?}");
    bench.press(CTRL_SHIFT, Key::G);
    assert!(
        bench.harness.query_by_label_contains("alarms of BRIGHTFLEX").is_none(),
        "a person who wants no groups in this flood gets none"
    );
}

#[test]
fn the_figures_of_the_shift_stand_beside_the_alarm_in_hand_and_in_the_help() {
    let mut bench = Bench::open(Snapshot { alarm_load: flood(), ..quiet_snapshot() });
    bench.press(CTRL, Key::I);
    let figures = ["37: a flood", "40, 6.7 in 10 min", "5 %, 15 %, 80 %"];
    let said = bench.said();
    assert!(figures.iter().all(|figure| said.contains(figure)), "{said}");
    bench.press(CTRL, Key::I);
    bench.press(CTRL_SHIFT, Key::L);
    bench.press(Modifiers::NONE, Key::F1);
    bench.harness.get_by_role_and_label(Role::Heading, "Help: Alarms");
    let said = bench.said();
    assert!(figures.iter().all(|figure| said.contains(figure)), "{said}");
    for kind in AlarmKind::ALL {
        assert!(said.contains(kind.rationale().title), "{kind:?} is not in the help");
    }
}

#[test]
fn the_bar_and_the_detail_stay_inside_the_window_at_100_and_200_percent() {
    for (size, scale) in [([1280.0, 720.0], 1.0), ([640.0, 360.0], 2.0)] {
        let mut bench = Bench::new(busy(), size, scale);
        bench.publish(|s| {
            s.alarm_load = AlarmLoad { ten_minutes: 1037, ..flood() };
            s.shelved = [put_aside(9)].into();
        });
        bench.press(CTRL, Key::I);
        let names = [
            "Fold the alarm list",
            "Flood: 1,037 alarms in 10 min",
            "Shelved (1)",
            "Group alarms by FSP",
            "Detail of the alarm in hand",
            "Acknowledge all",
            "Close the alarm in hand",
        ];
        let rects: Vec<(&str, egui::Rect)> =
            names.into_iter().map(|name| (name, bench.harness.get_by_label(name).rect())).collect();
        for (place, (name, rect)) in rects.iter().enumerate() {
            let inside = rect.left() >= 0.0 && rect.right() <= size[0] && rect.bottom() <= size[1];
            assert!(inside, "{name} at {rect:?} in {size:?}");
            for (other, there) in &rects[..place] {
                assert!(!there.shrink(0.5).intersects(rect.shrink(0.5)), "{name} covers {other} in {size:?}");
            }
        }
    }
}

#[test]
fn a_thousand_alarms_are_drawn_as_quickly_as_a_few_and_none_is_lost() {
    let all: Vec<Arc<Alarm>> = (0..5000)
        .map(|id| {
            let source = format!("FSP-{:03}", id % 500);
            alarm(id, AlarmKind::Overdue, Priority::Medium, &format!("R-{id} waits"), (&source, None))
        })
        .collect();
    let mut bench = Bench::open(Snapshot { alarms: all.into(), ..quiet_snapshot() });
    let drawn = bench.harness.query_all_by_label_contains("Acknowledge: R-").count();
    assert!(drawn < 30, "{drawn} rows are drawn where a few are seen");
    bench.harness.get_by_label_contains("5,000 of 5,000 not acknowledged");
    bench.press(CTRL_SHIFT, Key::L);
    bench.press(Modifiers::NONE, Key::End);
    bench.harness.get_by_label("Acknowledge: R-4999 waits");
}
