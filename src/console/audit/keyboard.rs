//! The whole window by keyboard alone: Tab comes to everything once, in the order in which it is read, and gets away from it
//! again; lists are gone through by arrow keys; Escape leaves what lies over the window, back to where one was.

use std::collections::BTreeSet;

use egui::accesskit::{Action, NodeId, Role};
use egui::{Key, Modifiers, Rect};
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};

use super::names::name;
use super::scenes::{self, SCENES, Scene, Stage};
use crate::console::testing::Bench;
use crate::console::theme::Theme;

const PLAIN: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;

/// Scenes of a dialogue, with what Tab comes to there: only what is in it, and the EMERGENCY STOP above it.
const DIALOGUES: &[(&str, &[&str])] = &[
    ("Compose, the review", &["Arm: I have read what will be sent", "Cancel"]),
    ("A question before a STOP", &["Arm", "Cancel"]),
    ("Connections, a withdrawal", &["Cancel", "Withdraw NEWFLEX"]),
    ("Leave the session", &["Cancel", "Leave it"]),
    (
        "Open a connection",
        &[
            "Connection file",
            "Choose the connection file…",
            "Open /trial/connection.toml",
            "Open /control-room/east-midlands/connection.toml",
            "Cancel",
        ],
    ),
    ("Leave the editor", &["Cancel", "Leave it", "Save and leave"]),
    ("Open LIVE", &["This is the one that I mean", "Cancel"]),
    ("Open with a passphrase", &["Passphrase", "Cancel"]),
    ("Sign on", &["Ada Winter", "Ben Marsh", "Passphrase", "Cancel"]),
];

/// Scenes in which something keeps the keyboard until it is left by Escape or a choice; see the tests of each.
const HOLDS_ON: &[&str] = &["Palette", "Delivery, the list"];

/// What Tab does not come to yet, one control in each of these scenes: it goes by it in one press.
const PASSED_BY: &[(&str, &str)] = &[
    ("Board, one in hand", "Dispatches on the time line"),
    ("Board, one mismatched", "Dispatches on the time line"),
    ("Onboarding, who", "Step 1 of 5: FSP"),
    ("Alarms, one in hand", "Dispatches on the time line"),
    ("Alarms, one in hand", "Acknowledge: EMID-0510 waits for acknowledgement from BRIGHTFLEX"),
    ("Alarms, shelving", "Dispatches on the time line"),
    ("Alarms, shelving", "Acknowledge: EMID-0510 waits for acknowledgement from BRIGHTFLEX"),
];

/// More steps than any scene has stops.
const MANY: usize = 400;

/// Where the keyboard is.
#[derive(Clone, Debug)]
struct Stop {
    id: NodeId,
    role: Role,
    name: String,
    rect: Rect,
    /// Where the stop before it is when the keyboard is here: what was gone through may have been scrolled.
    before: Option<Rect>,
}

impl Stop {
    fn of(node: &AccessKitNode<'_>, rect: Rect) -> Self {
        Self { id: node.locate().0, role: node.role(), name: name(node), rect, before: None }
    }

    /// Whether it stands close to the stop before it and is read first.
    fn is_against_reading(&self) -> bool {
        self.before.is_some_and(|before| is_against_reading(before, self.rect))
    }

    fn words(&self) -> String {
        format!("{:?} {:?} at {:.0}, {:.0}", self.role, self.name, self.rect.left(), self.rect.top())
    }
}

/// What the keyboard is on.
fn focused(bench: &Bench) -> Option<Stop> {
    let mut nodes = bench.harness.query_all_by(|node| node.is_focused() && !node.is_root());
    nodes.next().map(|node| Stop::of(&node.accesskit_node(), node.rect()))
}

/// Edges, titles and bars, at which only a pointer can do anything.
fn is_for_a_pointer(role: Role) -> bool {
    matches!(role, Role::Splitter | Role::TitleBar | Role::ScrollBar)
}

/// A control, and no area of its own as a list is, beside which others stand.
fn is_control(role: Role) -> bool {
    !is_for_a_pointer(role) && !matches!(role, Role::List | Role::ListBox)
}

/// Where something is now.
fn place_of(bench: &Bench, id: NodeId) -> Option<Rect> {
    bench.harness.query_all_by(|node| node.locate().0 == id).next().map(|node| node.rect())
}

/// Everything that can take the keyboard.
fn can_take_it(bench: &Bench) -> Vec<Stop> {
    let takes = |node: &AccessKitNode<'_>| {
        node.data().supports_action(Action::Focus)
            && !node.is_root()
            && !node.is_disabled()
            && !node.is_hidden()
            && !is_for_a_pointer(node.role())
    };
    let nodes = bench.harness.query_all_by(takes);
    nodes.map(|node| Stop::of(&node.accesskit_node(), node.rect())).collect()
}

fn tab(bench: &mut Bench, modifiers: Modifiers) {
    bench.harness.key_press_modifiers(modifiers, Key::Tab);
    bench.harness.run_steps(3);
}

/// All stops of one round by Tab, from wherever the keyboard is.
fn round(bench: &mut Bench) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    for _ in 0..MANY {
        tab(bench, PLAIN);
        let Some(mut stop) = focused(bench) else { continue };
        let last =
            stops.last().filter(|last| is_control(last.role) && is_control(stop.role)).map(|last| last.id);
        stop.before = last.and_then(|last| place_of(bench, last));
        if stops.iter().any(|before| before.id == stop.id) {
            if stops.first().is_some_and(|first| first.id == stop.id) {
                return stops;
            }
            stops.push(stop);
            return stops;
        }
        stops.push(stop);
    }
    stops
}

/// Whether two stops that follow each other stand close together and the second is read first.
fn is_against_reading(a: Rect, b: Rect) -> bool {
    const NEAR: f32 = 48.0;
    let rows = a.y_range().min.max(b.y_range().min)..a.y_range().max.min(b.y_range().max);
    let share = (rows.end - rows.start) / a.height().min(b.height()).max(1.0);
    let is_left = b.right() <= a.left() + 1.0 && a.left() - b.right() < NEAR;
    let columns = a.right().min(b.right()) - a.left().max(b.left());
    let is_above = b.bottom() <= a.top() + 1.0 && a.top() - b.bottom() < NEAR && columns > 4.0;
    (share > 0.5 && is_left) || (share <= 0.5 && is_above)
}

/// What is wrong with a round.
fn faults(bench: &mut Bench, expected: &[Stop]) -> Vec<String> {
    let stops = round(bench);
    let mut faults = Vec::new();
    let reached: BTreeSet<u64> = stops.iter().map(|stop| stop.id.0).collect();
    let missed = expected.iter().filter(|stop| !reached.contains(&stop.id.0));
    faults.extend(missed.map(|stop| format!("never reached: {}", stop.words())));
    if reached.len() < stops.len() {
        let last = stops.last().map(Stop::words).unwrap_or_default();
        faults.push(format!("comes back to {last} before all was reached"));
    }
    for pair in stops.windows(2) {
        if pair[1].is_against_reading() {
            faults.push(format!("read before, reached after: {} after {}", pair[1].words(), pair[0].words()));
        }
    }
    faults
}

fn holds_on(scene: &Scene) -> bool {
    HOLDS_ON.contains(&scene.name) || DIALOGUES.iter().any(|(name, _)| *name == scene.name)
}

#[test]
fn tab_comes_to_everything_once_in_reading_order_and_away_from_it() {
    let mut walked = 0;
    let mut wrong =
        scenes::findings_of(&SCENES.iter().filter(|scene| !holds_on(scene)), &[Theme::Dark], |bench| {
            let expected = can_take_it(bench);
            walked += expected.len();
            faults(bench, &expected)
        });
    wrong.retain(|found| {
        let is_known = |(scene, name): &(&str, &str)| {
            found.contains(&format!("{scene}: never reached")) && found.contains(&format!("{name:?}"))
        };
        !PASSED_BY.iter().any(is_known)
    });
    assert!(walked > 500, "only {walked} stops: nothing was walked");
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

fn open(name: &str) -> Stage {
    let scene = SCENES.iter().find(|scene| scene.name == name).unwrap();
    scene.open(Theme::Dark, [1440.0, 900.0])
}

#[test]
fn in_a_dialogue_tab_comes_to_its_own_controls_and_to_the_emergency_stop_alone() {
    for (scene, names) in DIALOGUES {
        let mut stage = open(scene);
        let stops = round(&mut stage.bench);
        let reached: Vec<&str> = stops.iter().map(|stop| stop.name.as_str()).collect();
        for name in *names {
            assert!(reached.contains(name), "{scene}: {name} is not among {reached:?}");
        }
        let others: Vec<&&str> =
            reached.iter().filter(|r| !names.contains(r) && !r.starts_with("EMERGENCY STOP")).collect();
        assert!(others.is_empty(), "{scene}: {others:?} lie behind it");
        let out_of_order = stops.iter().any(Stop::is_against_reading);
        assert!(!out_of_order, "{scene}: {reached:?}");
    }
}

#[test]
fn the_palette_keeps_the_keyboard_and_arrow_keys_come_to_every_action() {
    use crate::console::action::Action;
    let mut stage = open("Palette");
    let bench = &mut stage.bench;
    tab(bench, PLAIN);
    assert_eq!(focused(bench).unwrap().name, "Find an action", "Tab does not lose what is typed");
    let count = Action::ALL.len() - 1;
    for _ in 1..count {
        bench.press(PLAIN, Key::ArrowDown);
    }
    let last = Action::ALL.into_iter().rfind(|action| *action != Action::Palette).unwrap();
    let chosen = bench.harness.get_by_role_and_label(Role::Button, last.name());
    assert!(chosen.rect().bottom() < 900.0, "the last one is scrolled to");
    bench.press(PLAIN, Key::ArrowDown);
    bench.press(PLAIN, Key::Enter);
    assert!(
        bench.harness.query_by_label("Find an action").is_none(),
        "round again to the first, which is picked"
    );
}

/// Scenes with a list whose rows Tab passes over, and its name.
const LISTS: &[(&str, &str)] = &[
    ("Fleet", "Units"),
    ("Messages", "Exchanges"),
    ("Board, a list", "Dispatches"),
    ("Alarms, one in hand", "Alarms"),
];

#[test]
fn a_list_is_one_stop_and_arrow_keys_go_through_its_rows() {
    for (scene, list) in LISTS {
        let mut stage = open(scene);
        let bench = &mut stage.bench;
        let stops = round(bench);
        assert_eq!(stops.iter().filter(|stop| stop.name == *list).count(), 1, "{scene}");
        bench.harness.get_by_role_and_label(Role::List, list).focus();
        bench.settle();
        bench.press(PLAIN, Key::Home);
        let first = bench.said();
        bench.press(PLAIN, Key::ArrowDown);
        assert_ne!(
            first,
            bench.said(),
            "{scene}: the row below is in hand, and what is said of it is another"
        );
        bench.press(PLAIN, Key::ArrowUp);
        assert_eq!(first, bench.said(), "{scene}: and back");
        assert_eq!(focused(bench).unwrap().name, *list, "{scene}: the keyboard stays in the list");
    }
}

#[test]
fn shift_and_tab_go_the_same_way_back() {
    let mut stage = open("Delivery");
    let bench = &mut stage.bench;
    let forth: Vec<NodeId> = round(bench).iter().map(|stop| stop.id).collect();
    let mut back = Vec::new();
    for _ in 0..forth.len() {
        back.push(focused(bench).unwrap().id);
        tab(bench, Modifiers::SHIFT);
    }
    let mut expected: Vec<NodeId> = forth[1..].iter().rev().copied().collect();
    expected.insert(0, forth[0]);
    assert_eq!(back, expected);
}

/// A scene, a control of it, how that opens what lies over the window, and something that stands only there.
type Overlay = (&'static str, &'static str, fn(&mut Bench), &'static str);

const OVERLAYS: &[Overlay] = &[
    ("Fleet", "Search units", |b| b.press(CTRL, Key::K), "Find an action"),
    (
        "Compose, a draft",
        "Review and send…",
        |b| b.press(PLAIN, Key::Space),
        "Arm: I have read what will be sent",
    ),
    ("Board, one in hand", "Stop…", |b| b.press(PLAIN, Key::Space), "Send STOP"),
    ("Board", "Menu", |b| b.press(PLAIN, Key::Space), "High-contrast colours"),
    ("Compose, a draft", "Setpoint 1 unit", |b| b.press(PLAIN, Key::Space), "MW"),
    ("Board", "Search dispatches", |b| b.press(CTRL.plus(Modifiers::SHIFT), Key::O), "Close window"),
    ("Fleet", "Import a register", |b| b.press(PLAIN, Key::Space), "Close window"),
    ("Connections", "Open a connection …", |b| b.press(PLAIN, Key::Space), "Connection file"),
    ("Nobody signed on", "Sign on …", |b| b.press(PLAIN, Key::Space), "Ben Marsh"),
    ("Fleet, a unit's page", "Change availability …", |b| b.press(PLAIN, Key::Space), "Close window"),
    ("Compose, a draft", "Templates", |b| b.press(PLAIN, Key::Space), "Keep this draft as a template"),
];

#[test]
fn escape_leaves_what_lies_over_the_window_and_goes_back_to_where_one_was() {
    let mut wrong = Vec::new();
    for (scene, from, opens, inside) in OVERLAYS {
        let mut stage = open(scene);
        let bench = &mut stage.bench;
        let Some(control) =
            bench.harness.query_all_by_label(from).find(|n| !n.accesskit_node().is_disabled())
        else {
            wrong.push(format!("{scene}: there is no {from}"));
            continue;
        };
        control.focus();
        bench.settle();
        let before = focused(bench).map(|stop| stop.name);
        opens(bench);
        bench.settle();
        if bench.harness.query_all_by_label(inside).next().is_none() {
            wrong.push(format!("{scene}: {from} opens nothing with {inside}: {}", bench.said()));
            continue;
        }
        bench.press(PLAIN, Key::Escape);
        bench.settle();
        if bench.harness.query_all_by_label(inside).next().is_some() {
            wrong.push(format!("{scene}: Escape leaves {inside} open"));
        }
        let after = focused(bench).map(|stop| stop.name);
        if after != before {
            wrong.push(format!("{scene}: back from {inside} at {after:?}, not at {before:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
