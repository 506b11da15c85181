//! Messages by a person's hands.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::carried::{Difference, Verdict, carried};
use super::filter::{Answers, Filter, Method};
use super::list::List;
use crate::console::testing::{Bench, acceptance_body, event_body, exchange, exchanges, snapshot};
use crate::dispatch::Comparison;
use crate::openadr::exchange::ExchangeLog;

fn open() -> Bench {
    let mut bench = Bench::open(snapshot());
    bench.press(Modifiers::COMMAND, Key::Num5);
    bench
}

/// Client, method and status of what a filter shows, newest first.
fn shown(filter: &Filter) -> Vec<String> {
    let mut list = List::default();
    list.use_filter(filter);
    list.take_in(&exchanges());
    let lines = |list: &List| -> Vec<String> {
        (0..list.len())
            .filter_map(|row| list.row(row))
            .map(|e| format!("{} {} {}", e.client, e.method, super::table::status(e)))
            .collect()
    };
    let mut later = List::default();
    later.take_in(&exchanges());
    later.use_filter(filter);
    assert_eq!(lines(&list), lines(&later), "the same before and after it came");
    lines(&list)
}

#[test]
fn filters_show_exactly_theirs_newest_first() {
    let filter = Filter::default;
    let words = |words: &str| Filter { words: words.to_owned(), ..filter() };
    let answers = |answers| Filter { answers, ..filter() };
    let all = [
        "desk GET none",
        "NORTHGEN POST 403",
        "GREENLEAF POST 201",
        "desk PUT 200",
        "BRIGHTFLEX GET 200",
        "BRIGHTFLEX POST 200",
    ];
    let of = |rows: &[usize]| rows.iter().map(|row| all[*row].to_owned()).collect::<Vec<_>>();
    for (filter, rows) in [
        (filter(), of(&[0, 1, 2, 3, 4, 5])),
        (Filter { client: Some("desk".to_owned()), ..filter() }, of(&[0, 3])),
        (Filter { client: Some("NOBODY".to_owned()), ..filter() }, of(&[])),
        (Filter { method: Method::Only("POST"), ..filter() }, of(&[1, 2, 5])),
        (Filter { method: Method::Only("DELETE"), ..filter() }, of(&[])),
        (Filter { method: Method::Changes, ..filter() }, of(&[1, 2, 3, 5])),
        (answers(Answers::Failed), of(&[0, 1])),
        (answers(Answers::Success), of(&[2, 3, 4, 5])),
        (answers(Answers::Refusal), of(&[1])),
        (answers(Answers::Fault), of(&[])),
        (answers(Answers::NoAnswer), of(&[0])),
        (words("NORTHGEN"), of(&[1])),
        (words("northgen 403"), of(&[1])),
        (words("northgen 200"), of(&[])),
        (words("EMID-0419"), of(&[2])),
        (words("  "), of(&[0, 1, 2, 3, 4, 5])),
        (
            Filter { client: Some("BRIGHTFLEX".to_owned()), method: Method::Only("GET"), ..words("event") },
            of(&[4]),
        ),
    ] {
        assert_eq!(shown(&filter), rows, "{filter:?}");
    }
}

#[test]
fn an_answer_that_made_no_sense_counts_as_failed() {
    let log = ExchangeLog::keeping(10);
    log.record(exchange(
        "desk",
        "GET",
        "/events",
        Some(200),
        ("", "<html>"),
        "not understood: it is no JSON",
    ));
    let mut list = List::default();
    list.use_filter(&Filter { answers: Answers::Failed, ..Filter::default() });
    list.take_in(&log);
    assert_eq!(list.len(), 1);
}

#[test]
fn what_the_log_lost_before_it_was_shown_is_counted_and_said() {
    let log = ExchangeLog::keeping(3);
    for _ in 0..8 {
        log.record(exchange("desk", "GET", "/events", Some(200), ("", "[]"), "no events"));
    }
    let mut list = List::default();
    list.take_in(&log);
    assert_eq!((list.len(), list.passed_over()), (3, 5));
    list.clear(&log);
    assert_eq!((list.len(), list.passed_over(), list.waiting(&log)), (0, 0, 0));
    list.take_in(&log);
    assert_eq!(list.len(), 0, "what was cleared does not come back");
}

#[test]
fn only_the_last_five_thousand_are_kept_and_a_client_that_is_gone_is_no_choice() {
    let log = ExchangeLog::keeping(6_000);
    log.record(exchange("EARLY", "GET", "/events", Some(200), ("", "[]"), "no events"));
    for _ in 0..5_000 {
        log.record(exchange("desk", "GET", "/events", Some(200), ("", "[]"), "no events"));
    }
    let mut list = List::default();
    list.take_in(&log);
    assert_eq!((list.kept(), list.len()), (5_000, 5_000));
    assert_eq!(list.clients().collect::<Vec<_>>(), ["desk"]);
    let newest = list.row(0).unwrap().number;
    assert_eq!((newest, list.row_of(newest), list.row_of(1)), (5_001, Some(0), None));
}

#[test]
fn a_filter_is_chosen_by_name() {
    let mut bench = open();
    bench.click(Role::ComboBox, "Client");
    bench.click(Role::Button, "NORTHGEN");
    assert!(bench.harness.query_by_label("refused: not its own event").is_some());
    assert!(bench.harness.query_by_label("1 of 6 shown").is_some(), "{}", bench.said());
    bench.click(Role::ComboBox, "Answers");
    bench.click(Role::Button, "5xx");
    assert!(bench.harness.query_by_label("No exchange is like that").is_some());
    bench.click(Role::Button, "Show all");
    assert!(bench.harness.query_by_label("6 shown").is_some());
}

#[test]
fn pause_holds_the_list_and_clear_empties_it() {
    let mut bench = open();
    bench.click(Role::CheckBox, "Pause");
    bench.exchanges.record(exchange("desk", "GET", "/late", Some(200), ("", ""), "came while paused"));
    bench.settle();
    assert!(bench.harness.query_by_label("came while paused").is_none());
    assert!(bench.harness.query_by_label("6 shown; 1 waiting").is_some(), "{}", bench.said());
    bench.click(Role::CheckBox, "Pause");
    assert!(bench.harness.query_by_label("came while paused").is_some());
    bench.click(Role::Button, "Clear");
    assert!(bench.harness.query_by_label("No exchange yet").is_some());
}

#[test]
fn arrow_keys_go_from_one_exchange_to_the_next() {
    let mut bench = open();
    bench.harness.get_by_role_and_label(Role::List, "Exchanges").focus();
    bench.settle();
    bench.press(Modifiers::NONE, Key::ArrowDown);
    assert!(bench.harness.query_by_role_and_label(Role::Heading, "GET no answer").is_some());
    bench.press(Modifiers::NONE, Key::ArrowDown);
    assert!(bench.harness.query_by_role_and_label(Role::Heading, "POST 403").is_some());
    bench.press(Modifiers::NONE, Key::ArrowUp);
    assert!(bench.harness.query_by_role_and_label(Role::Heading, "GET no answer").is_some());
    bench.click(Role::Button, "Close");
    assert!(bench.harness.query_by_role_and_label(Role::Heading, "GET no answer").is_none());
}

#[test]
fn copy_as_curl_puts_the_command_into_the_clipboard_without_the_token() {
    let mut bench = open();
    bench.harness.get_by_label("revision 2 of EMID-0417 is at the VTN").click();
    bench.settle();
    let copied = bench.click(Role::Button, "Copy as curl").unwrap();
    assert!(copied.starts_with("curl ") && copied.contains("--request 'PUT'"), "{copied}");
    assert!(copied.contains("'authorization: Bearer '\"$TOKEN\""), "{copied}");
    assert!(copied.contains("GB_SIGNATURE"), "{copied}");
    assert!(bench.harness.query_by_label_contains("set TOKEN before it is run").is_some());
    bench.harness.get_by_role_and_label(Role::Button, "Copy: Request body").click_accesskit();
    assert_eq!(bench.copied().unwrap(), super::pretty::laid_out(&event_body()));
}

#[test]
fn a_secret_never_appears_on_the_screen_or_in_the_clipboard() {
    let mut bench = open();
    let mut asked = exchange(
        "desk",
        "POST",
        "/auth/token?access_token=hush-hush",
        Some(200),
        (
            "grant_type=client_credentials&client_secret=hush-hush",
            r#"{"access_token":"hush-hush","MQTT":{"authentication":{"clientKey":"hush-hush"}}}"#,
        ),
        "a token, as a clumsy recorder tells it",
    );
    asked.request_headers.push(("cookie".to_owned(), "hush-hush".to_owned()));
    asked.request_headers.push(("authorization".to_owned(), "Basic hush-hush".to_owned()));
    asked.response_headers.push(("set-cookie".to_owned(), "hush-hush".to_owned()));
    bench.exchanges.record(asked);
    bench.settle();
    bench.harness.get_by_label("a token, as a clumsy recorder tells it").click();
    bench.settle();
    let said = bench.said();
    assert!(said.contains("client_secret=•••") && !said.contains("hush"), "{said}");
    assert!(said.contains("masked (•••) before they reach this window"), "{said}");
    for button in ["Copy as curl", "Copy: Request body", "Copy: Answer body"] {
        let copied = bench.click(Role::Button, button).unwrap();
        assert!(!copied.contains("hush"), "{button}: {copied}");
    }
}

#[test]
fn a_dispatch_shows_its_signature_its_canonical_bytes_and_that_nothing_changed_on_the_way() {
    let mut bench = open();
    bench.harness.get_by_label("revision 2 of EMID-0417 is at the VTN").click();
    bench.settle();
    let said = bench.said();
    for text in [
        "Signed, in the request and answer",
        "EMID-0417 revision 2, RUN, BRIGHTFLEX/BESS-07: signature holds",
        "Ed25519 by key gb-dno-11-2026, pinned for GB-DNO-11",
        r#"{"contract":"EMID-C-2026-0193","dispatch_ref":"EMID-0417""#,
        "fields are as this desk sent them.",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
    let copied = bench.click(Role::Button, "Copy: canonical bytes").unwrap();
    let state = snapshot();
    let signed =
        state.dispatches.iter().find_map(|d| d.dispatch().filter(|d| d.dispatch_ref.as_str() == "EMID-0417"));
    assert_eq!(copied.as_bytes(), crate::dispatch::canonical_bytes(signed.unwrap()));
    bench.click(Role::Link, "Show it on the Board");
    assert_eq!(bench.harness.state().workspace_shown(), crate::console::context::Workspace::Board);
}

#[test]
fn an_acceptance_shows_field_by_field_what_was_read_back_otherwise() {
    let mut bench = open();
    bench.harness.get_by_label("created report report-1").click();
    bench.settle();
    let said = bench.said();
    for text in [
        "ACCEPTED of EMID-0419 revision 1 by GREENLEAF/HEAT-1: signature holds",
        "Ed25519 by key greenleaf-2026, pinned for GREENLEAF",
        "1 differs",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
    let row = said.lines().find(|l| l.ends_with(", differs")).unwrap();
    assert!(row.starts_with("setpoints[0]") && row.contains("400") && row.contains("40"), "{row}");
}

#[test]
fn what_a_signature_is_worth_is_said_for_each_case() {
    let state = snapshot();
    let of =
        |body: &str| carried(&exchange("x", "POST", "/reports", Some(201), (body, ""), ""), &state).remove(0);
    let wrong_key = of(&acceptance_body("brightflex-2026"));
    assert!(
        matches!(&wrong_key.verdict, Verdict::Broken(why) if why.contains("not pinned")),
        "{:?}",
        wrong_key.verdict
    );
    let tampered = of(&event_body().replace("\"-2000", "\"-2500").replace("[-2000", "[-2500"));
    assert!(
        matches!(&tampered.verdict, Verdict::Broken(why) if why.contains("does not match")),
        "{:?}",
        tampered.verdict
    );
    let Difference::Fields(fields) = &tampered.difference else { panic!("the revision is known") };
    assert_eq!(fields.iter().filter(|f| f.comparison == Comparison::Differs).count(), 1);

    let mut stranger = state.clone();
    stranger.operators.clear();
    stranger.dispatches.clear();
    let asked = exchange("x", "PUT", "/events/1", Some(200), (&event_body(), ""), "");
    let unchecked = carried(&asked, &stranger).remove(0);
    assert!(matches!(&unchecked.verdict, Verdict::Unchecked(why) if why.contains("GB-DNO-11")));
    assert!(matches!(&unchecked.difference, Difference::None(why) if why.contains("no such revision")));
    let mut unpinned = state.clone();
    let greenleaf = unpinned.fsps.iter_mut().find(|f| f.id.as_str() == "GREENLEAF").unwrap();
    Arc::make_mut(greenleaf).keys = Arc::default();
    let asked = exchange("x", "POST", "/reports", Some(201), (&acceptance_body("greenleaf-2026"), ""), "");
    assert!(matches!(&carried(&asked, &unpinned)[0].verdict, Verdict::Unchecked(_)));

    let unreadable = of(&acceptance_body("greenleaf-2026").replace("GB_ACK_TIME", "GB_OTHER"));
    assert!(matches!(&unreadable.verdict, Verdict::Broken(why) if why.contains("GB_ACK_TIME")));
    assert!(unreadable.canonical.is_none());
}

#[test]
fn what_the_vtn_changed_stands_apart_from_what_was_asked() {
    let changed = event_body().replace("\"-2000", "\"-2500").replace("[-2000", "[-2500");
    assert_ne!(changed, event_body());
    let asked = exchange("desk", "PUT", "/events/1", Some(200), (&event_body(), &changed), "");
    let places: Vec<&str> = carried(&asked, &snapshot()).iter().map(|c| c.place).collect();
    assert_eq!(places, ["request", "answer"]);
}

#[test]
fn at_200_percent_the_exchange_in_hand_takes_the_place_of_the_list() {
    let mut bench = Bench::new(snapshot(), [640.0, 360.0], 2.0);
    bench.press(Modifiers::COMMAND, Key::Num5);
    bench.harness.get_by_role_and_label(Role::List, "Exchanges").focus();
    bench.settle();
    bench.press(Modifiers::NONE, Key::ArrowDown);
    assert!(bench.harness.query_by_role_and_label(Role::List, "Exchanges").is_none());
    bench.click(Role::Button, "Back to the list");
    assert!(bench.harness.query_by_role_and_label(Role::List, "Exchanges").is_some());
}
