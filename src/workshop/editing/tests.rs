//! What a trainer who edits a scenario would lose: comments, order, other people's lines, or the way back.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::power::Asset;
use crate::workshop::library;

const EVENING: &str = "scenarios/evening-peak.toml";
const WORKSHOP: &str = "workshops/10-evening-peak.toml";
const MW: &str = "scenarios/mw-dispatch.toml";

fn open(path: &'static str) -> ScenarioEdit {
    ScenarioEdit::open(ScenarioPlace::BuiltIn(path)).unwrap()
}

fn id(list: List, index: usize) -> ItemId {
    ItemId { list, index }
}

fn do_it(edit: &mut ScenarioEdit, change: &Change) -> Option<ItemId> {
    edit.apply(change, false).unwrap_or_else(|why| panic!("{change:?}: {why}"))
}

fn at(text: &str) -> Offset {
    text.parse().unwrap()
}

fn set(id: ItemId, path: &str, input: &str) -> Change {
    Change::Set(id, path.to_owned(), input.to_owned())
}

/// The lines that are in one text and not in the other.
fn changed_lines(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let only = |these: &str, those: &str| {
        let mut rest: Vec<&str> = those.lines().collect();
        let is_new = |line: &&str| match rest.iter().position(|other| other == line) {
            Some(found) => {
                rest.remove(found);
                false
            }
            None => true,
        };
        these.lines().filter(is_new).map(str::to_owned).collect()
    };
    (only(before, after), only(after, before))
}

#[test]
fn every_scenario_that_comes_with_the_program_has_all_that_it_has_on_its_lanes_and_no_mistake() {
    for listed in library::built_in() {
        let edit = ScenarioEdit::open(listed.place.clone()).unwrap();
        assert_eq!(edit.mistakes(), [], "{:?}", listed.place);
        let scenario = Arc::clone(edit.scenario().unwrap());
        let exercise = scenario.exercise.as_ref();
        let of = |list| edit.items().iter().filter(|item| item.id.list == list).count();
        assert_eq!(of(List::Steps), scenario.steps.len(), "{:?}", listed.place);
        assert_eq!(of(List::Trainee), exercise.map_or(0, |e| e.trainee.len()));
        assert_eq!(of(List::Marks), exercise.map_or(0, |e| e.marks.len()));
        assert_eq!(of(List::Expect), scenario.expectations.len());
        for (item, step) in edit.items().iter().filter(|i| i.id.list == List::Steps).zip(&scenario.steps) {
            assert_eq!(item.at, Some(step.at), "{item:?}");
        }
        assert!(
            edit.items().iter().all(|item| !item.words.contains('…')
                || item.lane == Lane::Told
                || item.words.contains(", …")),
            "{:#?}",
            edit.items()
        );
        assert!(!edit.is_changed() && edit.name() == scenario.name && edit.start() == Some(scenario.start));
    }
}

#[test]
fn a_step_that_is_moved_changes_its_own_lines_and_keeps_the_order_of_time() {
    let mut edit = open(WORKSHOP);
    let before = edit.text().to_owned();
    // The trip goes from T+01:15 to after what is said at T+01:17.
    let moved = do_it(&mut edit, &Change::Shift(id(List::Steps, 1), 300)).unwrap();
    assert_eq!(moved, id(List::Steps, 2));
    assert_eq!(edit.item(moved).unwrap().at, Some(at("T+01:20")));
    assert_eq!(edit.mistakes(), []);
    let (gone, new) = changed_lines(&before, edit.text());
    assert_eq!((gone, new), (vec!["at = \"T+01:15\"".to_owned()], vec!["at = \"T+01:20\"".to_owned()]));
    // Back to where it was: the same text.
    do_it(&mut edit, &Change::Shift(moved, -300));
    assert_eq!(edit.text(), before);
}

#[test]
fn a_dispatch_moves_with_its_window_and_its_levels_and_a_fault_with_its_end() {
    let mut edit = open(WORKSHOP);
    let before = edit.text().to_owned();
    do_it(&mut edit, &Change::Shift(id(List::Trainee, 0), 60));
    let (gone, new) = changed_lines(&before, edit.text());
    assert_eq!(gone.len(), 4, "{gone:#?}");
    assert!(new.iter().any(|line| line.contains("{ at = \"T+01:01\", reference")), "{new:#?}");
    assert!(new.contains(&"service_end = \"T+02:31\"".to_owned()), "{new:#?}");

    let mut edit = open(WORKSHOP);
    do_it(&mut edit, &Change::Shift(id(List::Steps, 3), -120));
    let item = edit.item(id(List::Steps, 3)).unwrap();
    assert_eq!((item.at, item.span), (Some(at("T+01:30")), Some((at("T+01:30"), at("T+01:32")))));
    do_it(&mut edit, &Change::End(id(List::Steps, 3), at("T+01:40")));
    assert!(edit.text().contains("into = \"stop\"\nuntil = \"T+01:40\"\n"));
    // What had no end has one.
    assert!(edit.item(id(List::Steps, 1)).unwrap().is_open);
    do_it(&mut edit, &Change::End(id(List::Steps, 1), at("T+02:00")));
    assert!(edit.text().contains("fault = \"trip\"\nuntil = \"T+02:00\"\n\n[[steps]]"));
}

#[test]
fn nothing_is_moved_to_before_the_beginning() {
    let mut edit = open(WORKSHOP);
    do_it(&mut edit, &Change::Shift(id(List::Steps, 0), -86_400));
    assert_eq!(edit.item(id(List::Steps, 0)).unwrap().at, Some(at("T+00:00")));
    assert_eq!(edit.room(id(List::Steps, 0)), (0, 9900));
}

#[test]
fn a_copy_of_a_dispatch_has_a_reference_of_its_own_and_is_right_as_it_stands() {
    let mut edit = open(EVENING);
    let first = edit.items().iter().find(|item| item.kind == "send").unwrap().id;
    let count = edit.items().len();
    let copy = do_it(&mut edit, &Change::Copy(first)).unwrap();
    assert_eq!(edit.mistakes(), []);
    assert_eq!(edit.items().len(), count + 1);
    let of = |edit: &ScenarioEdit, id| {
        edit.fields(id).into_iter().find(|field| field.path == "ref").map(|field| field.input).unwrap()
    };
    assert_ne!(of(&edit, copy), of(&edit, first));
    do_it(&mut edit, &Change::Remove(copy));
    assert!(!edit.can_redo());
    edit.undo();
    edit.undo();
    assert_eq!(edit.text(), ScenarioPlace::BuiltIn(EVENING).text().unwrap());
}

/// Whether a template has its place in a scenario, the fleet what it is of, and a dispatch is sent by then where it is of one.
fn has_what_it_takes(edit: &ScenarioEdit, template: Template, at: Offset) -> bool {
    let lists: &[List] = match template {
        Template::Amend | Template::Stop => &[List::Steps],
        Template::TraineeAmend | Template::TraineeStop => &[List::Steps, List::Trainee],
        Template::Weather => {
            return edit.fleet().unwrap().units.iter().any(|unit| matches!(unit.asset, Asset::Renewable(_)));
        }
        _ => return template.is_of(edit.is_workshop()),
    };
    let by = at.min(edit.run_for());
    let is_sent = |item: &Item| {
        item.kind == "send" && lists.contains(&item.id.list) && item.at.is_some_and(|at| at <= by)
    };
    template.is_of(edit.is_workshop()) && edit.items().iter().any(is_sent)
}

#[test]
fn an_amendment_or_a_stop_is_of_the_dispatch_that_was_sent_last_and_still_runs() {
    let mut edit = open(MW);
    let of = |edit: &ScenarioEdit, id: ItemId| edit.item(id).unwrap().words.clone();
    // WIND-01 is stopped at T+01:45, PV-01 was sent after it.
    for (template, when, words) in [
        (Template::Amend, "T+00:20", "Amend WMID-20270512-0001"),
        (Template::Stop, "T+01:50", "Stop WMID-20270512-0002"),
        (Template::Stop, "T+02:00", "Stop WMID-20270512-0002"),
    ] {
        let added = do_it(&mut edit, &Change::Add(template, at(when))).unwrap();
        assert_eq!(of(&edit, added), words);
    }
    let amended = edit.items().iter().find(|item| item.kind == "amend").unwrap().id;
    let ends = edit.fields(amended).into_iter().find(|field| field.path == "service_end").unwrap();
    assert_eq!(ends.input, "T+02:40", "ten minutes more than T+02:30");
    let refused = edit.apply(&Change::Add(Template::Amend, at("T+00:05")), false).unwrap_err();
    assert!(refused.contains("no dispatch is sent by T+00:05"), "{refused}");
}

#[test]
fn what_a_field_may_say_is_what_its_list_and_its_fleet_have() {
    let edit = open(WORKSHOP);
    let story = edit.choices(id(List::Steps, 0), "action");
    assert!(story.contains(&"tell".to_owned()) && !story.contains(&"stop".to_owned()), "{story:?}");
    assert!(edit.choices(id(List::Trainee, 0), "action").contains(&"shelve".to_owned()));
    assert!(edit.choices(id(List::Marks, 0), "kind").contains(&"never_stopped".to_owned()));
    let mut edit = open(MW);
    assert!(edit.choices(id(List::Expect, 0), "phase").contains(&"at_setpoint".to_owned()));
    assert!(edit.choices(id(List::Steps, 0), "action").contains(&"emergency_stop".to_owned()));
    let weather = do_it(&mut edit, &Change::Add(Template::Weather, at("T+00:30"))).unwrap();
    assert_eq!(edit.choices(weather, "unit"), ["FENWIND/PV-01", "FENWIND/WIND-01"]);
    let chosen = edit.fields(weather).into_iter().filter(|field| field.has_choices);
    assert_eq!(chosen.map(|field| field.path).collect::<Vec<_>>(), ["action", "unit"]);
}

#[test]
fn numbers_are_said_as_elsewhere_in_the_program() {
    let mut edit = open(MW);
    let baseline = do_it(&mut edit, &Change::Add(Template::Baseline, at("T+00:30"))).unwrap();
    do_it(&mut edit, &set(baseline, "kw", "-12500.5"));
    assert_eq!(edit.item(baseline).unwrap().words, "FENWIND/PV-01 departs by −12,500.5 kW");
    do_it(&mut edit, &set(id(List::Steps, 0), "setpoints[0].reference", "DELTA"));
    do_it(&mut edit, &set(id(List::Steps, 0), "setpoints[0].real_kw", "2000"));
    assert!(edit.item(id(List::Steps, 0)).unwrap().words.ends_with(", +2,000 kW"));
}

#[test]
fn whatever_is_added_anywhere_is_right_as_it_stands() {
    for (path, is_workshop) in [(EVENING, false), (WORKSHOP, true), (MW, false)] {
        for template in Template::ALL {
            for when in ["T+00:00", "T+00:47", "T+02:45", "T+30:00"] {
                let mut edit = open(path);
                let added = edit.apply(&Change::Add(template, at(when)), false);
                assert_eq!(
                    added.is_ok(),
                    has_what_it_takes(&open(path), template, at(when)),
                    "{template:?} in {path} at {when}: {added:?}"
                );
                assert_eq!(open(path).may_add(template, at(when)).is_ok(), added.is_ok());
                assert!(template.is_of(is_workshop) || added.is_err());
                assert_eq!(edit.mistakes(), [], "{template:?} at {when} in {path}:\n{}", edit.text());
                if let Ok(Some(id)) = added {
                    assert_eq!(edit.item(id).unwrap().lane, template.lane());
                }
            }
        }
    }
    let mut edit = ScenarioEdit::begin();
    assert!(edit.scenario().is_some() && !edit.is_changed());
    for template in [Template::Note, Template::Send, Template::ExpectAlarms, Template::Tell] {
        do_it(&mut edit, &Change::Add(template, at("T+00:10")));
    }
    assert!(edit.is_changed());
    assert_eq!(edit.mistakes(), [], "{}", edit.text());
}

#[test]
fn a_field_is_written_as_what_it_is_and_a_mistake_stays_beside_its_item_until_it_is_mended() {
    let mut edit = open(WORKSHOP);
    let trip = id(List::Steps, 1);
    do_it(&mut edit, &set(trip, "unit", "TRENTGEN/GAS-99"));
    let mistake = &edit.mistakes()[0];
    assert_eq!(mistake.item, Some(trip));
    assert!(mistake.fault.message.contains("the fleet has no unit `TRENTGEN/GAS-99`"), "{mistake:?}");
    let line = mistake.fault.line.unwrap();
    assert_eq!(edit.text().lines().nth(line - 1), Some("unit = \"TRENTGEN/GAS-99\""));
    do_it(&mut edit, &set(trip, "unit", "TRENTGEN/GAS-02"));
    assert_eq!(edit.mistakes(), []);
    // A number in words is a text, and `check` says what would be right; a number is one again.
    let mark = id(List::Marks, 0);
    do_it(&mut edit, &set(mark, "kw", "much"));
    assert!(edit.text().contains("kw = \"much\"") && edit.mistakes()[0].item == Some(mark));
    do_it(&mut edit, &set(mark, "kw", "3400"));
    assert!(edit.text().contains("kw = 3400\n"));
    do_it(&mut edit, &set(mark, "for", "5 \"quoted\" \\ words"));
    assert_eq!(edit.mistakes(), []);
    assert_eq!(edit.scenario().unwrap().exercise.as_ref().unwrap().marks[0].words, "5 \"quoted\" \\ words");
    // An empty field of a table is taken out, and can be put in again.
    do_it(&mut edit, &set(id(List::Steps, 3), "until", ""));
    assert!(edit.item(id(List::Steps, 3)).unwrap().is_open);
    do_it(&mut edit, &set(id(List::Steps, 3), "until", "T+01:34"));
    assert_eq!(edit.mistakes(), []);
    do_it(&mut edit, &set(id(List::Trainee, 0), "setpoints[0].real_kw", "1900"));
    assert!(edit.text().contains("reference = \"DELTA\", real_kw = 1900 }]"));
    do_it(&mut edit, &Change::SetHead("workshop.level".to_owned(), "9".to_owned()));
    assert_eq!(edit.scenario().unwrap().exercise.as_ref().unwrap().level, 9);
}

#[test]
fn a_time_that_is_typed_moves_the_step_to_its_place() {
    let mut edit = open(WORKSHOP);
    let moved = do_it(&mut edit, &set(id(List::Steps, 0), "at", "T+01:36")).unwrap();
    assert_eq!(edit.mistakes(), []);
    assert_eq!(edit.item(moved).unwrap().at, Some(at("T+01:36")));
    assert_eq!(moved.index, 5);
}

#[test]
fn a_text_that_is_no_toml_stays_and_can_be_mended() {
    let mut edit = open(WORKSHOP);
    let broken = edit.text().replace("[[trainee]]\nat = \"T+00:08\"", "[[trainee]\nat = \"T+00:08\"");
    do_it(&mut edit, &Change::Text(broken.clone()));
    assert!(!edit.has_lanes() && edit.items().is_empty());
    assert_eq!(edit.text(), broken);
    assert!(edit.mistakes()[0].fault.line.is_some() && edit.mistakes()[0].item.is_none());
    assert!(edit.apply(&Change::Add(Template::Note, at("T+00:01")), false).is_err());
    edit.undo();
    assert_eq!(edit.mistakes(), []);
    edit.redo();
    assert_eq!(edit.text(), broken);
}

#[test]
fn letters_that_are_typed_one_by_one_are_undone_together() {
    let mut edit = open(WORKSHOP);
    let before = edit.text().to_owned();
    for typed in ["A", "Al", "All"] {
        edit.apply(&set(id(List::Steps, 0), "from", typed), true).unwrap();
    }
    edit.seal();
    edit.apply(&set(id(List::Steps, 0), "from", "Alle"), true).unwrap();
    edit.undo();
    assert!(edit.text().contains("from = \"All\""));
    edit.undo();
    assert_eq!(edit.text(), before);
}

#[test]
fn lists_in_one_value_are_left_to_the_text_and_say_so() {
    let mut edit = ScenarioEdit::begin();
    let text = format!("{}steps = []\n", edit.text());
    do_it(&mut edit, &Change::Text(text.clone()));
    assert_eq!(edit.folded(), [List::Steps]);
    let refused = edit.apply(&Change::Add(Template::Note, at("T+00:01")), false).unwrap_err();
    assert!(refused.contains("write each under [[steps]]"), "{refused}");
    assert_eq!(edit.text(), text);
}

#[test]
fn a_file_and_the_fleet_beside_it_are_read_from_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = ScenarioPlace::BuiltIn(MW).fleet("../fleets/mw-dispatch.toml");
    std::fs::write(folder.path().join("own.toml"), fleet.ok().unwrap().to_toml()).unwrap();
    let path = folder.path().join("a.toml");
    let text = "name = \"A\"\nfleet = \"own.toml\"\nseed = 1\nstart = \"2026-11-26T17:00:00Z\"\nrun_for = \"T+02:00\"\n";
    std::fs::write(&path, text).unwrap();
    let mut edit = ScenarioEdit::open(ScenarioPlace::File(path.clone())).unwrap();
    assert!(edit.is_saved() && edit.scenario().is_some());
    do_it(&mut edit, &Change::Add(Template::Weather, at("T+00:10")));
    assert!(edit.is_changed() && edit.scenario().is_some());
    let saved = edit.text().to_owned();
    edit.saved_to(ScenarioPlace::File(path), &saved);
    assert!(edit.is_saved() && !edit.is_changed());
    assert!(ScenarioEdit::open(ScenarioPlace::File(folder.path().join("none.toml"))).is_err());
    assert!(Path::new(&edit.file_name()) == Path::new("a.toml"));
}

#[derive(Clone, Debug)]
enum Deed {
    Change(u8, usize, i64, String),
    Undo,
    Redo,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let input = prop_oneof![
        Just(String::new()),
        Just("T+00:30".to_owned()),
        Just("500".to_owned()),
        Just("BRIGHTFLEX/BESS-07".to_owned()),
        Just("[1, \"x\"]".to_owned()),
        "\\PC{0,12}",
        "[\"'\\\\\\n\\[\\]#=a]{0,8}",
    ];
    let deed = prop_oneof![
        8 => (0_u8..7, 0_usize..60, -20_000_i64..20_000, input).prop_map(|(a, b, c, d)| Deed::Change(a, b, c, d)),
        1 => Just(Deed::Undo),
        1 => Just(Deed::Redo),
    ];
    prop::collection::vec(deed, 0..25)
}

/// Some change of what there is.
fn change_of(edit: &ScenarioEdit, kind: u8, which: usize, by: i64, input: &str) -> Option<Change> {
    let template = Template::ALL[which % Template::ALL.len()];
    let when = Offset::seconds(u32::try_from(by.abs()).unwrap());
    if kind == 0 {
        return Some(Change::Add(template, when));
    }
    let id = edit.items().get(which % edit.items().len().max(1))?.id;
    Some(match kind {
        1 => Change::Shift(id, by),
        2 => Change::End(id, when),
        3 => Change::Copy(id),
        4 => Change::Remove(id),
        5 => {
            let fields = edit.fields(id);
            let path = fields.get(usize::try_from(by.abs()).unwrap() % fields.len().max(1))?.path.clone();
            Change::Set(id, path, input.to_owned())
        }
        _ => {
            let head = edit.head();
            Change::SetHead(head.get(which % head.len().max(1))?.path.clone(), input.to_owned())
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_done_stays_toml_and_when_all_is_undone_the_file_is_as_it_was(
        deeds in deeds(), which in 0_usize..3, is_windows in any::<bool>(),
    ) {
        let path = [EVENING, WORKSHOP, MW][which];
        let mut edit = open(path);
        if is_windows {
            let text = edit.text().replace('\n', "\r\n");
            edit = ScenarioEdit::with(ScenarioPlace::BuiltIn(path), text.into(), None);
        }
        let before = edit.text().to_owned();
        for deed in deeds {
            match deed {
                Deed::Change(kind, which, by, input) => {
                    let change = change_of(&edit, kind, which, by, &input);
                    let (text, count) = (edit.text().to_owned(), edit.items().len());
                    let Some(change) = change else { continue };
                    match edit.apply(&change, by % 3 == 0) {
                        Err(_) => prop_assert_eq!(edit.text(), &text, "nothing was done"),
                        Ok(_) => {
                            prop_assert!(edit.has_lanes(), "{:?}:\n{}", change, edit.text());
                            let more = match change {
                                Change::Add(..) | Change::Copy(_) => 1,
                                Change::Remove(_) => -1,
                                _ => 0,
                            };
                            let now = i64::try_from(edit.items().len()).unwrap();
                            prop_assert_eq!(now, i64::try_from(count).unwrap() + more, "{:?}", change);
                        }
                    }
                    if is_windows {
                        // Within a text of several lines a line ends as it was typed.
                        let is_of_many_lines = ["\"\"\"", "'''"].iter().any(|mark| edit.text().contains(mark));
                        prop_assert!(!edit.text().replace("\r\n", "").contains('\n') || is_of_many_lines);
                    }
                }
                Deed::Undo => edit.undo(),
                Deed::Redo => edit.redo(),
            }
        }
        while edit.can_undo() {
            edit.undo();
        }
        prop_assert_eq!(edit.text(), before);
    }
}
