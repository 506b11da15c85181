//! The Board by a person's hands: what each of these would cost them stands in its name.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::console::context::Workspace;
use crate::console::testing::{
    Bench, at, dispatch, dispatches, key, quiet_snapshot, revision, rung, snapshot,
};
use crate::desk::snapshot::{ApprovedBy, DispatchState, Phase, Snapshot};
use crate::dispatch::{Reason, Revision, Stage};

const FIRST: &str = "EMID-0415, BRIGHTFLEX/BESS-02";
const SECOND: &str = "EMID-0417, BRIGHTFLEX/BESS-07";

fn names(bench: &Bench, role: Role) -> Vec<String> {
    let mut named: Vec<_> = bench
        .harness
        .get_all_by_role(role)
        .map(|node| (node.rect(), node.accesskit_node().label().unwrap_or_default()))
        .collect();
    named.sort_by(|a, b| a.0.top().total_cmp(&b.0.top()).then(a.0.left().total_cmp(&b.0.left())));
    named.into_iter().map(|(_, name)| name).collect()
}

fn bars(bench: &Bench) -> Vec<String> {
    let ref_of = |name: String| name.split(',').next().unwrap_or_default().to_owned();
    if bench.harness.query_all_by_role(Role::ListBoxOption).next().is_none() {
        return Vec::new();
    }
    names(bench, Role::ListBoxOption).into_iter().map(ref_of).collect()
}

/// The dispatch whose bar is in hand.
fn in_hand(bench: &Bench) -> String {
    let mut options = bench.harness.get_all_by_role(Role::ListBoxOption);
    let selected = options.find(|n| n.accesskit_node().is_selected() == Some(true));
    let name = selected.and_then(|n| n.accesskit_node().label()).unwrap_or_default();
    name.split(',').next().unwrap_or_default().to_owned()
}

fn click(bench: &mut Bench, name: &str) {
    bench.harness.get_by_label_contains(name).click();
    bench.settle();
}

fn says(bench: &Bench, text: &str) -> bool {
    bench.harness.query_all_by_label_contains(text).next().is_some()
}

#[track_caller]
fn must_say(bench: &Bench, text: &str) {
    assert!(says(bench, text), "nothing on the screen says {text:?}");
}

#[test]
fn an_empty_board_says_what_to_do_next() {
    let bench = Bench::open(quiet_snapshot());
    must_say(&bench, "Nothing has been dispatched");
    must_say(&bench, "Draw up a dispatch in Compose");
}

#[test]
fn every_dispatch_is_a_bar_with_a_name_that_tells_unit_phase_and_window() {
    let bench = Bench::open(snapshot());
    assert_eq!(
        names(&bench, Role::ListBoxOption),
        [
            "EMID-0415, BRIGHTFLEX/BESS-02, ended, 16:15 to 17:15 GMT",
            "EMID-0417, BRIGHTFLEX/BESS-07, at setpoint, 17:00 to 19:00 GMT, revision 2",
            "EMID-0418, COLDCHAIN/STORE-1, sent, 17:30 to 18:30 GMT, overdue",
            "EMID-0419, GREENLEAF/HEAT-1, accepted, 17:10 to 18:10 GMT, mismatched",
            "EMID-0420, NORTHGEN/GEN-1, accepted, late, 17:22 to 18:52 GMT",
            "EMID-0416, NORTHGEN/GEN-2, rejected, 17:30 to 19:00 GMT",
        ]
    );
    let line = bench.harness.get_by_label("Dispatches on the time line");
    let node = line.accesskit_node();
    let description = node.description().unwrap_or_default();
    assert!(description.starts_with("6 dispatches, 6 of them between 16:08 and 20:08 GMT"), "{description}");
    must_say(&bench, "Unit NORTHGEN/GEN-1, 1 dispatch, client lost");
}

#[test]
fn a_click_on_a_bar_takes_it_in_hand_and_shows_its_ladder_with_all_six_rungs() {
    let mut bench = Bench::new(snapshot(), [1280.0, 1200.0], 1.0);
    click(&mut bench, SECOND);
    assert_eq!(in_hand(&bench), "EMID-0417");
    assert_eq!(bench.harness.state().unit_selected().unwrap().to_string(), "BRIGHTFLEX/BESS-07");
    for rung in [
        "Sent: 16:00:02 GMT by this desk, 2 s after instructed",
        "Received: 16:10:05 GMT by BRIGHTFLEX",
        "Accepted: 16:10:06 GMT by BRIGHTFLEX, 1 s after received",
        "Started: 16:56:36 GMT by BRIGHTFLEX",
        "At setpoint: 17:00:00 GMT by BRIGHTFLEX, 3 min 24 s after started · in time · signature holds",
        "Ended: not yet",
        "Revision 2, RUN, in force, sent 16:00:02 GMT",
        "Revision 1, RUN, superseded, sent 16:00:02 GMT",
        "2 of 2 fields as sent.",
    ] {
        must_say(&bench, rung);
    }
    click(&mut bench, "Revision 1, RUN");
    must_say(&bench, "Acknowledgements of revision 1");
    must_say(&bench, "Accepted: 16:00:09 GMT by BRIGHTFLEX");
    click(&mut bench, FIRST);
    must_say(&bench, "Acknowledgements of revision 1");
}

#[test]
fn who_is_missing_is_named_with_a_telephone_number_and_how_long_already() {
    let mut bench = Bench::open(snapshot());
    must_say(&bench, "EMID-0418: acknowledgement from COLDCHAIN, 1 min 30 s overdue");
    click(&mut bench, "EMID-0418: acknowledgement");
    assert_eq!(in_hand(&bench), "EMID-0418");
    must_say(
        &bench,
        "Received: 1 min 30 s overdue missing: acknowledgement from COLDCHAIN, due 17:18:30 GMT",
    );
    must_say(&bench, "Telephone Coldchain Logistics, 01788 496 0102");
    bench.publish(|s| edit(s, "EMID-0418", |d| d.due = Some(at("2026-11-26T17:20:41Z"))));
    must_say(&bench, "Received: 41 s left awaited: acknowledgement from COLDCHAIN, until 17:20:41 GMT");
}

fn edit(snapshot: &mut Snapshot, dispatch_ref: &str, change: impl FnOnce(&mut DispatchState)) {
    let found = snapshot.dispatches.iter_mut().find(|d| d.key == key(dispatch_ref)).unwrap();
    change(Arc::make_mut(found));
}

#[test]
fn each_filter_shows_exactly_its_dispatches_on_the_time_line_and_in_the_list() {
    let mut bench = Bench::open(snapshot());
    for (filter, refs) in [
        ("Late: 2 dispatches", vec!["EMID-0418", "EMID-0420"]),
        ("Rejected: 1 dispatch", vec!["EMID-0416"]),
        ("Mismatched: 1 dispatch", vec!["EMID-0419"]),
        ("Open: 4 dispatches", vec!["EMID-0417", "EMID-0418", "EMID-0419", "EMID-0420"]),
        ("Failed: 0 dispatches", vec![]),
        (
            "All: 6 dispatches",
            vec!["EMID-0415", "EMID-0417", "EMID-0418", "EMID-0419", "EMID-0420", "EMID-0416"],
        ),
    ] {
        bench.harness.get_by_label(filter).click();
        bench.settle();
        assert_eq!(bars(&bench), refs, "{filter}");
        bench.harness.get_by_label("List").click();
        bench.settle();
        for dispatch in dispatches() {
            let text = dispatch.key.dispatch_ref.to_string();
            let shown = bench.harness.query_by_label(&text).is_some();
            assert_eq!(shown, refs.contains(&text.as_str()), "{text} under {filter} in the list");
        }
        bench.harness.get_by_label("Time line").click();
        bench.settle();
    }
}

#[test]
fn a_filter_that_leaves_nothing_says_so_and_is_one_click_from_all() {
    let mut bench = Bench::open(snapshot());
    bench.harness.get_by_label("Failed: 0 dispatches").click();
    bench.settle();
    must_say(&bench, "No dispatch is like that");
    bench.harness.get_by_label("Show all dispatches").click();
    bench.settle();
    assert_eq!(bars(&bench).len(), 6);
}

#[test]
fn a_search_leaves_what_it_finds() {
    let mut bench = Bench::open(snapshot());
    bench.harness.get_by_label("Search dispatches").focus();
    bench.settle();
    bench.harness.get_by_label("Search dispatches").type_text("nottingham");
    bench.settle();
    assert_eq!(bars(&bench), ["EMID-0420", "EMID-0416"]);
    must_say(&bench, "All: 2 dispatches");
}

#[test]
fn keys_alone_walk_through_the_dispatches_and_open_the_delivery_of_one() {
    let mut snapshot = snapshot();
    let later =
        revision("EMID-0421", 1, "BRIGHTFLEX/BESS-07", 500, "2026-11-26T19:00:00Z", "2026-11-26T19:30:00Z");
    snapshot.dispatches.push(Arc::new(dispatch(vec![later], Phase::Sent, Vec::new())));
    let mut bench = Bench::open(snapshot);
    bench.harness.get_by_label("Dispatches on the time line").focus();
    bench.settle();
    assert!(bench.harness.get_by_label("Dispatches on the time line").is_focused());
    for (key, reached) in [
        (Key::ArrowDown, "EMID-0415"),
        (Key::ArrowDown, "EMID-0417"),
        (Key::ArrowRight, "EMID-0421"),
        (Key::ArrowRight, "EMID-0421"),
        (Key::ArrowLeft, "EMID-0417"),
        (Key::ArrowUp, "EMID-0415"),
        (Key::End, "EMID-0416"),
        (Key::Home, "EMID-0415"),
    ] {
        bench.press(Modifiers::NONE, key);
        assert_eq!(in_hand(&bench), reached, "{key:?}");
        let focused = bench.harness.get_all_by_role(Role::ListBoxOption).find(|n| n.is_focused());
        let name = focused.and_then(|n| n.accesskit_node().label()).unwrap_or_default();
        assert!(name.starts_with(reached), "who does not see hears where the keyboard is: {name:?}");
    }
    bench.press(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Delivery);
    must_say(&bench, "EMID-0415");
}

#[test]
fn keys_walk_through_the_list_as_well() {
    let mut bench = Bench::open(snapshot());
    bench.harness.get_by_label("List").click();
    bench.settle();
    bench.harness.get_by_label("EMID-0418").click();
    bench.settle();
    bench.press(Modifiers::NONE, Key::ArrowDown);
    must_say(&bench, "NORTHGEN rejected revision 1");
    bench.press(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Delivery);
}

#[test]
fn an_amendment_that_was_rejected_leaves_the_older_revision_on_the_bar_and_says_so() {
    let mut snapshot = snapshot();
    edit(&mut snapshot, "EMID-0417", |d| {
        let mut amended = revision(
            "EMID-0417",
            3,
            "BRIGHTFLEX/BESS-07",
            2500,
            "2026-11-26T17:00:00Z",
            "2026-11-26T20:00:00Z",
        );
        Arc::make_mut(&mut amended).sent = Some(at("2026-11-26T17:15:00Z"));
        d.revisions.push(amended);
        let mut refusal = rung(Stage::Rejected, 3, "2026-11-26T17:15:09Z");
        refusal.reason = Some(Reason::BeyondCapability);
        d.ladder.push(refusal);
        d.phase = Phase::Rejected;
        d.in_force = Revision::new(2);
    });
    let mut bench = Bench::new(snapshot, [1280.0, 1200.0], 1.0);
    click(&mut bench, "EMID-0417, BRIGHTFLEX/BESS-07, rejected, 17:00 to 19:00 GMT, revision 2");
    must_say(
        &bench,
        "BRIGHTFLEX rejected revision 3: more is asked than the unit can do (BEYOND_CAPABILITY). Revision 2 stays in \
         force.",
    );
    must_say(&bench, "Acknowledgements of revision 2");
    must_say(&bench, "Revision 3, RUN, rejected, sent 17:15:00 GMT");
    assert!(says(&bench, "Stop…") && says(&bench, "Amend"), "what is in force can be amended and stopped");
    click(&mut bench, "Revision 3, RUN");
    must_say(&bench, "Accepted: rejected: 17:15:09 GMT");
}

#[test]
fn a_read_back_that_differs_is_told_field_by_field_the_wrong_ones_first() {
    let mut bench = Bench::new(snapshot(), [1280.0, 1400.0], 1.0);
    click(&mut bench, "EMID-0419, GREENLEAF/HEAT-1");
    must_say(&bench, "2 of 3 fields were read back otherwise than sent");
    let top = |name: &str| bench.harness.get_by_label(name).rect().top();
    let differs = top("setpoints[0].real: sent +400 kW DELTA, read back +40 kW DELTA, differs");
    let absent = top("setpoints[1].real: sent +300 kW DELTA, read back nothing, absent");
    let matched = top("status: sent RUN, read back RUN, matched");
    assert!(differs < absent && absent < matched);
}

#[test]
fn what_is_in_hand_can_be_stopped_amended_and_followed_from_its_pane() {
    let mut bench = Bench::open(snapshot());
    click(&mut bench, SECOND);
    bench.harness.get_by_label("Stop…").click();
    bench.settle();
    must_say(&bench, "EMID-0417?");
    bench.harness.get_by_label("Cancel").click();
    bench.settle();
    assert!(bench.commands().is_empty());
    bench.harness.get_by_label("Show delivery").click();
    bench.settle();
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Delivery);
    bench.press(Modifiers::COMMAND, Key::Num1);
    bench.harness.get_by_label("Amend").click();
    bench.settle();
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Compose);
    bench.press(Modifiers::COMMAND, Key::Num1);
    click(&mut bench, FIRST);
    assert!(!says(&bench, "Stop…"), "what is over cannot be stopped");
}

#[test]
fn a_window_over_midnight_names_both_days_on_the_bar_on_the_axis_and_in_the_list() {
    let mut snapshot = quiet_snapshot();
    let night =
        revision("EMID-0430", 1, "BRIGHTFLEX/BESS-01", 500, "2026-11-26T23:30:00Z", "2026-11-27T00:30:00Z");
    snapshot.dispatches = vec![Arc::new(dispatch(vec![night], Phase::Accepted, Vec::new()))];
    let mut bench = Bench::open(snapshot);
    must_say(&bench, "1 later of BRIGHTFLEX/BESS-01: show the nearest");
    click(&mut bench, "1 later of BRIGHTFLEX/BESS-01");
    must_say(&bench, "EMID-0430, BRIGHTFLEX/BESS-01, accepted, 26 Nov 23:30 to 27 Nov 00:30 GMT");
    bench.harness.get_by_label("List").click();
    bench.settle();
    let window = bench.harness.get_by_label("26 Nov 23:30 to 27 Nov 00:30 GMT").rect();
    bench.harness.get_by_label("EMID-0430").click();
    bench.settle();
    let ctx = &bench.harness.ctx;
    let font = egui::TextStyle::Body.resolve(&ctx.global_style());
    let text = "26 Nov 23:30 to 27 Nov 00:30 GMT".to_owned();
    let whole = ctx.fonts_mut(|f| f.layout_no_wrap(text, font, egui::Color32::WHITE).size().x);
    assert!(window.width() > whole - 0.5, "{window:?} cuts {whole} points");
}

#[test]
fn the_time_shown_follows_the_present_until_it_is_moved_and_again_on_demand() {
    let mut bench = Bench::open(snapshot());
    let left = |bench: &Bench| bench.harness.get_by_label_contains(SECOND).rect().left();
    let width = |bench: &Bench| bench.harness.get_by_label_contains(SECOND).rect().width();
    let (first, wide) = (left(&bench), width(&bench));
    bench.harness.get_by_label("Show a shorter time").click();
    bench.settle();
    assert!(width(&bench) > wide * 1.4, "{} {wide}", width(&bench));
    bench.harness.get_by_label("Show a longer time").click();
    bench.settle();
    assert!((width(&bench) - wide).abs() < 1.0);

    let empty =
        bench.harness.get_by_label("Dispatches on the time line").rect().center_bottom() - vec2(0.0, 12.0);
    bench.harness.hover_at(empty);
    bench.harness.step();
    bench.harness.drag_at(empty);
    bench.harness.step();
    bench.harness.hover_at(empty + vec2(60.0, 0.0));
    bench.harness.step();
    bench.harness.drop_at(empty + vec2(60.0, 0.0));
    bench.settle();
    assert!(left(&bench) > first + 40.0, "a drag moves it: {} {first}", left(&bench));
    bench.harness.get_by_label("Follow now").click();
    bench.settle();
    assert!((left(&bench) - first).abs() < 1.0);

    bench.harness.hover_at(empty);
    bench.harness.step();
    bench.harness.event(egui::Event::ModifiersChanged(Modifiers::COMMAND));
    bench.harness.event(egui::Event::MouseWheel {
        source: egui::MouseWheelSource::Wheel,
        unit: egui::MouseWheelUnit::Line,
        delta: vec2(0.0, 3.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::COMMAND,
    });
    bench.harness.run_steps(8);
    bench.harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    bench.settle();
    assert!(width(&bench) > wide * 1.1, "Ctrl and the wheel scale it: {} {wide}", width(&bench));

    bench.harness.get_by_label("Fit all").click();
    bench.settle();
    let line = bench.harness.get_by_label("Dispatches on the time line").rect();
    for bar in bench.harness.get_all_by_role(Role::ListBoxOption) {
        assert!(line.contains_rect(bar.rect()), "{:?} in {line:?}", bar.rect());
    }
}

#[test]
fn a_dispatch_picked_elsewhere_is_brought_into_sight() {
    let mut snapshot = quiet_snapshot();
    let early =
        revision("EMID-0300", 1, "BRIGHTFLEX/BESS-01", 500, "2026-11-26T02:00:00Z", "2026-11-26T03:00:00Z");
    let late =
        revision("EMID-0301", 1, "BRIGHTFLEX/BESS-02", 500, "2026-11-26T17:00:00Z", "2026-11-26T18:00:00Z");
    snapshot.dispatches = vec![
        Arc::new(dispatch(vec![early], Phase::Ended, Vec::new())),
        Arc::new(dispatch(vec![late], Phase::Started, Vec::new())),
    ];
    let mut bench = Bench::open(snapshot);
    assert_eq!(bars(&bench), ["EMID-0301"]);
    bench.harness.state_mut().select(key("EMID-0300"));
    bench.settle();
    assert!(bars(&bench).contains(&"EMID-0300".to_owned()));
    must_say(&bench, "1 later of BRIGHTFLEX/BESS-02: show the nearest");
}

#[test]
fn who_approved_a_revision_is_told_with_it() {
    let mut snapshot = quiet_snapshot();
    let (start, end) = ("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z");
    let first = revision("EMID-0500", 1, "BRIGHTFLEX/BESS-01", 500, start, end);
    let mut second = revision("EMID-0500", 2, "BRIGHTFLEX/BESS-01", 9000, start, end);
    let by = ApprovedBy {
        name: "Ada Winter".to_owned(),
        key_id: "ada-winter".parse().unwrap(),
        at: at("2026-11-26T16:00:00Z"),
    };
    Arc::make_mut(&mut second).approved = Some(Arc::new(by));
    snapshot.dispatches = vec![Arc::new(dispatch(vec![first, second], Phase::Sent, Vec::new()))];
    let mut bench = Bench::open(snapshot);
    bench.harness.state_mut().select(key("EMID-0500"));
    bench.settle();
    must_say(&bench, "Approved by Ada Winter (key ada-winter), 16:00:00 GMT");
    let rows = names(&bench, Role::Button);
    let approved = rows.iter().filter(|name| name.contains("approved by Ada Winter")).count();
    assert_eq!(approved, 1, "the second revision alone: {rows:?}");
}

#[test]
fn nothing_is_cut_off_at_100_and_200_percent() {
    for (size, scale) in [([1280.0, 720.0], 1.0), ([640.0, 360.0], 2.0), ([1024.0, 640.0], 1.0)] {
        let mut bench = Bench::new(snapshot(), size, scale);
        bench.harness.state_mut().select(key("EMID-0418"));
        bench.settle();
        for name in ["Time line", "List", "Search dispatches", "Follow now", "Fit all", "Show delivery"] {
            let rect = bench.harness.get_by_label(name).rect();
            assert!(rect.left() >= 0.0 && rect.right() <= size[0], "{name} at {rect:?} in {size:?}");
        }
        let bar = bench.harness.get_by_label_contains("EMID-0418, COLDCHAIN/STORE-1").rect();
        assert!(bar.width() > 20.0 && bar.height() > 20.0, "{bar:?} in {size:?}");
        assert!(bar.right() <= size[0] && bar.bottom() <= size[1], "{bar:?} in {size:?}");
    }
}

#[test]
fn three_thousand_dispatches_are_drawn_only_where_they_are_seen() {
    let mut snapshot = quiet_snapshot();
    let begin = at("2026-11-26T05:20:00Z");
    snapshot.dispatches = (0..3000_i64)
        .map(|n| {
            let from = begin + n % 60 * 1800;
            let (unit, name) = (format!("BRIGHTFLEX/U-{:03}", n / 60), format!("EMID-{n:05}"));
            let made = revision(&name, 1, &unit, 500, &from.to_string(), &(from + 1800).to_string());
            Arc::new(dispatch(vec![made], Phase::Accepted, Vec::new()))
        })
        .collect();
    let mut bench = Bench::open(snapshot);
    let drawn = bench.harness.query_all_by_role(Role::ListBoxOption).count();
    assert!(drawn > 20 && drawn < 250, "{drawn}");
    must_say(&bench, "All: 3,000 dispatches");
    let began = std::time::Instant::now();
    bench.harness.run_steps(50);
    println!("3,000 dispatches, four hours: {:?} a frame", began.elapsed() / 50);
    bench.harness.get_by_label("Fit all").click();
    bench.settle();
    let began = std::time::Instant::now();
    bench.harness.run_steps(50);
    println!("3,000 dispatches, all of them: {:?} a frame", began.elapsed() / 50);
    bench.harness.get_by_label("Dispatches on the time line").focus();
    bench.settle();
    bench.press(Modifiers::NONE, Key::End);
    assert_eq!(in_hand(&bench), "EMID-02999", "the keyboard reaches what is not drawn yet");
}
