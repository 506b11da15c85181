//! Connections by a person's hands.

use std::sync::Arc;

use egui::Modifiers;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::console::context::Workspace;
use crate::console::testing::{Bench, at, quiet_snapshot};
use crate::desk::snapshot::{LinkState, Notice, PushState, PushStatus, Snapshot};
use crate::profile::approval::ApprovalRules;

fn open(snapshot: Snapshot) -> Bench {
    // High enough that all of it is in sight.
    let mut bench = Bench::new(snapshot, [1280.0, 860.0], 1.0);
    bench.press(Modifiers::COMMAND, egui::Key::Num8);
    bench
}

#[test]
fn the_vtn_says_where_it_is_how_it_answers_and_nothing_to_do_while_all_is_well() {
    let mut bench = open(quiet_snapshot());
    let said = bench.said();
    for text in ["VTN: live", "2 s ago, 2026-11-26 17:19:58 UTC", "3.4 ms", "this program's own"] {
        assert!(said.contains(text), "{text} in {said}");
    }
    assert!(!said.contains("What to do\n"), "{said}");
    let url = "http://127.0.0.1:8080/openadr3/3.1.0";
    assert_eq!(bench.click(Role::Button, "Copy URL").as_deref(), Some(url));
}

#[test]
fn it_is_seen_above_which_change_a_second_person_approves_and_who_may() {
    let mut bench = open(quiet_snapshot());
    assert!(bench.said().contains("No limit is set"), "{}", bench.said());
    let key = crate::console::testing::signing_key("ada-winter").public(None, None).to_text();
    let rules = format!(
        "[[limits]]\noperator = \"GB-DNO-11\"\nmw = 2.5\n[[approvers]]\nname = \"Ada Winter\"\n\
         key_id = \"ada-winter\"\npublic = \"{key}\"\n"
    );
    bench.publish(|s| s.approval = Arc::new(ApprovalRules::from_toml("approval.toml", &rules).unwrap()));
    let said = bench.said();
    for text in ["2.5 MW of GB-DNO-11", "Ada Winter (ada-winter)", "a STOP or the EMERGENCY STOP"] {
        assert!(said.contains(text), "{text} in {said}");
    }
}

#[test]
fn a_lost_vtn_says_the_fault_and_whom_to_call() {
    let mut bench = open(quiet_snapshot());
    bench.publish(|s| {
        s.vtn.state = LinkState::Lost;
        s.vtn.fault = Some("cannot reach 127.0.0.1:8080: connection refused".to_owned());
    });
    let said = bench.said();
    for text in ["VTN: lost", "connection refused", "telephone their control points"] {
        assert!(said.contains(text), "{text} in {said}");
    }
}

#[test]
fn it_is_seen_whether_the_desk_is_told_at_once_or_only_polls() {
    let mut bench = open(quiet_snapshot());
    assert!(bench.said().contains("no: this session only polls"), "{}", bench.said());
    let subscribed = PushState::Subscribed { broker: "mqtts://broker.example:8883".to_owned() };
    let (object_type, operation, id) = ("REPORT".to_owned(), "CREATE".to_owned(), "r".to_owned());
    let last = Notice { at: at("2026-11-26T17:19:57Z"), object_type, operation, id };
    for (state, last, says) in [
        (PushState::NotOffered, None, "the VTN offers no push by MQTT"),
        (
            PushState::Away { fault: "it does not answer".to_owned() },
            None,
            "polling goes on: it does not answer",
        ),
        (subscribed.clone(), None, "by mqtts://broker.example:8883; nothing yet"),
        (subscribed, Some(last), "by mqtts://broker.example:8883; last 3 s ago, 2026-11-26 17:19:57 UTC"),
    ] {
        bench.publish(|s| {
            s.vtn.push = Some(PushStatus { state: state.clone(), notices: 1, last: last.clone() })
        });
        assert!(bench.said().contains(says), "{says} in {}", bench.said());
    }
}

#[test]
fn every_fsp_shows_its_lamp_its_poll_its_telephone_and_its_keys() {
    let mut snapshot = quiet_snapshot();
    if let Some(fsp) = snapshot.fsps.iter_mut().find(|f| f.id.as_str() == "NORTHGEN") {
        let fsp = Arc::make_mut(fsp);
        fsp.keys = Arc::default();
        fsp.last_poll = None;
    }
    let bench = open(snapshot);
    for label in [
        "BRIGHTFLEX client: live",
        "COLDCHAIN client: late",
        "NORTHGEN client: lost",
        "24 s ago",
        "never",
        "01788 496 0102",
        "greenleaf-2026",
        "none",
    ] {
        assert!(bench.harness.query_by_label(label).is_some(), "{label} in {}", bench.said());
    }
}

#[test]
fn an_fsps_messages_are_one_click_away() {
    let mut bench = open(quiet_snapshot());
    bench.click(Role::Button, "Messages of NORTHGEN");
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Messages);
    assert!(bench.harness.query_by_label("1 of 6 shown").is_some(), "{}", bench.said());
}

#[test]
fn operators_and_contracts_show_their_keys_and_terms() {
    let said = open(quiet_snapshot()).said();
    for text in [
        "gb-dno-14-2026",
        "East Midlands",
        "WMID-C-2026-0044",
        "Operational utilisation",
        "30 s",
        "15 min 00 s",
        "none agreed",
        "fixed at 0 kW",
        "£300.00 per MWh",
        "Fail-safe",
        "baseline after 6 polls",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
}

#[test]
fn two_thousand_fsps_draw_only_the_rows_that_are_visible_and_one_is_found_by_name() {
    let mut snapshot = quiet_snapshot();
    let one = snapshot.fsps[0].clone();
    snapshot.fsps = (0..2_000)
        .map(|n| crate::desk::snapshot::FspState {
            id: format!("FSP-{n:04}").parse().unwrap(),
            name: format!("Provider {n}"),
            last_poll: Some(at(crate::console::testing::NOW)),
            ..(*one).clone()
        })
        .map(Arc::new)
        .collect();
    let mut bench = open(snapshot);
    let rows = bench.harness.query_all_by_label_contains(" client: live").count();
    assert!((5..40).contains(&rows), "{rows}");
    bench.harness.get_by_label("Find an FSP").focus();
    bench.settle();
    bench.harness.get_by_label("Find an FSP").type_text("fsp-1234");
    bench.settle();
    assert!(bench.harness.query_by_label("FSP-1234 client: live").is_some());
    assert!(bench.harness.query_by_label("1 found").is_some());
}

#[test]
fn a_desk_with_nothing_says_where_it_would_come_from() {
    let mut snapshot = quiet_snapshot();
    snapshot.operators.clear();
    snapshot.fsps.clear();
    Arc::make_mut(&mut snapshot.contracts).clear();
    let said = open(snapshot).said();
    for text in ["holds no operator's signing key", "No FSP is known", "No contract is known"] {
        assert!(said.contains(text), "{text} in {said}");
    }
}
