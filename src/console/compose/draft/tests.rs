//! What a person types, and what it is taken for.

use super::*;
use crate::console::testing::{at, revision};

fn draft(start: &str, end: &str) -> Draft {
    let subject = Subject {
        operator: "GB-DNO-11".parse().unwrap(),
        contract: "EMID-C-2026-0193".parse().unwrap(),
        unit: "BRIGHTFLEX/BESS-07".parse().unwrap(),
    };
    Draft::new(subject, "EMID-1".to_owned(), at(start), at(end))
}

fn times(draft: &Draft) -> Vec<&str> {
    draft.rows.iter().map(|r| r.time.text.as_str()).collect()
}

#[test]
fn a_new_draft_has_a_level_at_its_start_and_no_reference_chosen() {
    let draft = draft("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    assert_eq!(times(&draft), ["18:00"]);
    assert_eq!((draft.rows[0].volume.as_str(), draft.rows[0].reference), ("", None));
    assert_eq!(draft.span(), Some((at("2026-11-26T18:00:00Z"), at("2026-11-26T19:00:00Z"))));
}

#[test]
fn a_window_over_midnight_needs_no_second_date_and_carries_its_levels() {
    let mut draft = draft("2026-11-26T23:30:00Z", "2026-11-27T00:30:00Z");
    draft.end.text = "00:30".to_owned();
    assert_eq!(draft.span(), Some((at("2026-11-26T23:30:00Z"), at("2026-11-27T00:30:00Z"))));
    let row = draft.add(at("2026-11-26T23:45:00Z"), Kind::Real);
    draft.row_mut(row).unwrap().time.text = "00:10".to_owned();
    assert_eq!(draft.at(draft.row(row).unwrap()), Ok(at("2026-11-27T00:10:00Z")));
}

#[test]
fn an_end_before_the_start_is_not_taken_for_the_next_day() {
    let mut draft = draft("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    draft.end.text = "17:00".to_owned();
    assert_eq!(draft.span(), None);
    assert_eq!(draft.window().1, Ok(at("2026-11-26T17:00:00Z")));
}

#[test]
fn a_window_on_another_day_leaves_the_levels_where_they_were() {
    let mut draft = draft("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    draft.set_window(at("2026-11-27T18:00:00Z"), at("2026-11-27T19:00:00Z"));
    assert_eq!(draft.date, "2026-11-27");
    assert_eq!(times(&draft), ["2026-11-26 18:00"]);
}

#[test]
fn the_first_choice_of_delta_or_absolute_is_kept_for_each_kind_of_power() {
    let mut draft = draft("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    let first = draft.rows[0].id;
    draft.choose_reference(first, Reference::Delta);
    let second = draft.add(at("2026-11-26T18:30:00Z"), Kind::Real);
    assert_eq!(draft.row(second).unwrap().reference, Some(Reference::Delta));
    let reactive = draft.add(at("2026-11-26T18:30:00Z"), Kind::Reactive);
    assert_eq!(draft.row(reactive).unwrap().reference, None, "chosen for real power only");
}

#[test]
fn rows_are_put_in_their_place_in_time() {
    let mut draft = draft("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    draft.add(at("2026-11-26T18:40:00Z"), Kind::Real);
    let early = draft.add(at("2026-11-26T18:20:00Z"), Kind::Real);
    assert_eq!(times(&draft), ["18:00", "18:20", "18:40"]);
    draft.set_time(early, at("2026-11-26T18:50:00Z"));
    assert!(!draft.is_sorted());
    draft.sort();
    assert_eq!(times(&draft), ["18:00", "18:40", "18:50"]);
}

#[test]
fn a_duplicate_comes_later_and_stays_in_the_window() {
    let mut draft = draft("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    let first = draft.rows[0].id;
    let second = draft.duplicate(first).unwrap();
    let third = draft.duplicate(second).unwrap();
    draft.duplicate(third);
    assert_eq!(times(&draft), ["18:00", "18:30", "18:59", "18:59:01"]);
}

#[test]
fn another_unit_of_power_never_changes_how_much_is_asked() {
    let mut row = draft("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z").rows.remove(0);
    row.volume = "1,234.5".to_owned();
    row.set_scale(Scale::Mega);
    assert_eq!((row.volume.as_str(), row.amount()), ("1.2345", Ok(1_234_500)));
    row.volume = "about 2".to_owned();
    row.set_scale(Scale::Kilo);
    assert_eq!(row.volume, "about 2", "what cannot be read is left as typed");
}

#[test]
fn an_amendment_starts_as_the_same_dispatch_one_revision_on() {
    let before =
        revision("EMID-0417", 2, "BRIGHTFLEX/BESS-07", 2000, "2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z");
    let before = &before.signed.dispatch;
    let draft = Draft::amending(before);
    let parts = crate::console::compose::document::parts(&draft, before.instruction_time).unwrap();
    assert_eq!(parts.revision.get(), 3);
    assert_eq!(parts.setpoints, before.setpoints);
    assert_eq!((parts.service_start, parts.service_end), (before.service_start, before.service_end));
}

#[test]
fn turned_to_zero_a_draft_asks_no_other_real_power_and_keeps_its_price_and_its_reactive_power() {
    let mut draft = draft("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    draft.rows[0].volume = "2".to_owned();
    draft.rows[0].scale = Scale::Mega;
    draft.rows[0].price = "85.00".to_owned();
    draft.set_time(draft.rows[0].id, at("2026-11-26T18:20:00Z"));
    draft.add(at("2026-11-26T18:30:00Z"), Kind::Real);
    draft.add(at("2026-11-26T18:10:00Z"), Kind::Reactive);
    assert!(!draft.is_turned_to_zero());
    let zero = draft.turn_to_zero().unwrap();
    assert!(draft.is_turned_to_zero());
    assert_eq!(times(&draft), ["18:00", "18:10"]);
    let row = draft.row(zero).unwrap();
    assert_eq!((row.amount(), row.reference, row.kind), (Ok(0), Some(Reference::Absolute), Kind::Real));
    assert_eq!((row.price.as_str(), draft.rows[1].kind), ("85.00", Kind::Reactive));

    draft.rows[0].reference = Some(Reference::Delta);
    assert!(!draft.is_turned_to_zero(), "no change from baseline is not zero");
    draft.start.text = "soon".to_owned();
    assert_eq!(draft.turn_to_zero(), None, "there is no start to turn it to zero at");
    assert_eq!(draft.rows[0].reference, Some(Reference::Delta));
}

#[test]
fn what_another_draft_asks_is_asked_as_long_after_the_start_even_where_the_clocks_change() {
    let mut other = draft("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z");
    other.status = Status::RunNow;
    let first = other.rows[0].id;
    other.row_mut(first).unwrap().volume = "2000".to_owned();
    other.choose_reference(first, Reference::Delta);
    let second = other.add(at("2026-11-26T18:30:00Z"), Kind::Reactive);
    other.row_mut(second).unwrap().volume = "-300".to_owned();
    for (start, window, times) in [
        // The clocks go forward at 01:00.
        ("2027-03-28T00:30:00Z", ("00:30", "03:30"), ["00:30", "03:00"]),
        // They go back at 02:00: what happens twice is the second.
        ("2027-10-31T00:00:00Z", ("01:00", "02:00"), ["01:00", "01:30"]),
        ("2026-11-26T23:00:00Z", ("23:00", "2026-11-27 01:00"), ["23:00", "2026-11-27 00:30"]),
    ] {
        let mut draft = draft(start, "2028-01-01T00:00:00Z");
        draft.dispatch_ref = "EMID-2".to_owned();
        draft.ask_as(&other).unwrap();
        let start = at(start);
        assert_eq!((draft.start.text.as_str(), draft.end.text.as_str()), window);
        assert_eq!(draft.span(), Some((start, start + 7200)));
        assert_eq!(self::times(&draft), times);
        let placed: Vec<(i64, i64)> = draft.placed().iter().map(|p| (p.at.since(start), p.amount)).collect();
        assert_eq!(placed, [(0, 2_000_000), (5400, -300_000)]);
        assert_eq!((draft.status, draft.dispatch_ref.as_str()), (Status::RunNow, "EMID-2"));
        assert_eq!(draft.remembered(Kind::Real), Some(Reference::Delta));
    }
    let unread = Draft { start: TimeEntry { text: "late".to_owned(), fold: None }, ..other.clone() };
    let before = unread.clone();
    let mut asked = unread.clone();
    assert_eq!(asked.ask_as(&other).unwrap_err(), "Write when the window starts first.");
    assert_eq!(asked, before);
    assert_eq!(other.ask_as(&unread).unwrap_err(), "Write a window that can be read first.");
}
