use proptest::prelude::*;

use super::super::problem::ProblemKind;
use super::super::sample::{EXAMPLE, EXAMPLE_CANONICAL, any_dispatch, dispatch, key};
use super::super::{Arrival, canonical_bytes, judge_revision};
use super::*;

fn canonical(text: &str) -> String {
    let (dispatch, _) = dispatch_from_json(text).unwrap_or_else(|p| panic!("{p:#?}\n{text}"));
    String::from_utf8(canonical_bytes(&dispatch)).unwrap()
}

fn problems(text: &str) -> Vec<String> {
    dispatch_from_json(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn the_profiles_example_is_read_and_its_canonical_text_is_known() {
    let (read, signature) = dispatch_from_json(EXAMPLE).unwrap();
    assert_eq!(read, dispatch());
    assert_eq!(signature, None);
    assert_eq!(canonical(EXAMPLE), EXAMPLE_CANONICAL);
}

#[test]
fn the_example_with_its_signature_is_written_and_read_back() {
    let signed = dispatch().sign(&key("gb-dno-11-2026")).unwrap();
    let text = signed.to_json();
    assert!(text.contains("\"volume\": 2000,") && text.contains("\"amount\": \"300.00\""), "{text}");
    let (read, signature) = dispatch_from_json(&text).unwrap();
    assert_eq!(SignedDispatch { dispatch: read, signature: signature.unwrap() }, signed);
}

#[test]
fn a_signature_does_not_depend_on_how_the_document_is_written() {
    let mut members: Vec<(String, serde_json::Value)> = serde_json::from_str::<serde_json::Value>(EXAMPLE)
        .unwrap()
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    members.reverse();
    let reversed = serde_json::Value::Object(members.into_iter().collect()).to_string();
    assert!(reversed.starts_with("{\"setpoints\""), "{reversed}");
    assert_eq!(canonical(&reversed), EXAMPLE_CANONICAL);
    for (from, to) in [
        ("\"volume\": 2000, \"units\": \"KW\"", "\"volume\": 2, \"units\": \"MW\""),
        ("\"volume\": 2000,", "\"volume\": 2000.0,"),
        ("\"volume\": 2000,", "\"volume\": 2e3,"),
        ("\"volume\": 400, \"units\": \"KVAR\"", "\"units\": \"MVAR\", \"volume\": 0.400"),
        ("\n", "\r\n\t "),
        ("\"revision\": 3", "\"revision\": 3.0"),
        ("{\n  \"profile\"", "\u{feff}{\n  \"profile\""),
    ] {
        let rewritten = EXAMPLE.replace(from, to);
        assert_ne!(rewritten, EXAMPLE, "{from}");
        assert_eq!(canonical(&rewritten), EXAMPLE_CANONICAL, "{to}");
    }
}

#[test]
fn every_mistake_is_reported_at_once_with_its_line() {
    let text = EXAMPLE
        .replace("\"RUN\"", "\"GO\"")
        .replace("\"volume\": 2000", "\"volume\": NaN")
        .replace("T18:00:00Z", "T16:00:00Z")
        .replace("\"revision\": 3,\n", "\"revison\": 3,\n");
    assert_eq!(
        problems(&text),
        [
            "line 1: revision: is missing; write a whole number from 1 to 4294967295, without quotes",
            "line 5: revison: no member has this name here; known are profile, network_operator, dispatch_ref, \
             revision, status, contract, dispatch_unit, instruction_time, service_start, service_end, setpoints, \
             signature",
            "line 6: status: `GO` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP",
            "line 14: setpoints[0].parameters[0].volume: `NaN` is not a number in JSON; write a finite number \
             without quotes",
            "line 17: setpoints[1].at: `2026-11-26T16:00:00Z` is before service_start `2026-11-26T17:00:00Z`; \
             setpoints lie within the window",
        ]
    );
}

#[test]
fn a_hundred_thousand_mistakes_are_counted_and_not_listed() {
    let text = format!("{{{}}}", (0..50_000).map(|n| format!("\"x{n}\":1")).collect::<Vec<_>>().join(","));
    let found = problems(&text);
    assert_eq!(found.len(), 101);
    assert_eq!(found[100], "document: there are 49911 more mistakes after these");
}

#[test]
fn a_text_over_one_mebibyte_is_refused() {
    let text = format!("{EXAMPLE}{}", " ".repeat(1 << 20));
    assert!(problems(&text)[0].contains("at most 1048576"), "{:?}", problems(&text));
}

#[test]
fn a_raw_line_break_in_a_name_is_refused_although_the_rest_is_right() {
    let text = EXAMPLE.replace("\"profile\":", "\"profile\":\u{000b}");
    let found = dispatch_from_json(&text).unwrap_err();
    assert_eq!(found[0].kind, ProblemKind::Form, "{found:?}");
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(dispatch in any_dispatch()) {
        let signed = dispatch.clone().sign(&key("k")).unwrap();
        let (read, signature) = dispatch_from_json(&signed.to_json()).unwrap();
        prop_assert_eq!(canonical_bytes(&read), canonical_bytes(&dispatch));
        prop_assert_eq!(signature.as_ref(), Some(&signed.signature));
        prop_assert_eq!(judge_revision(Some(&dispatch), &read), Arrival::Duplicate);
        prop_assert_eq!(dispatch_to_json(&read, signature.as_ref()), signed.to_json());
    }

    #[test]
    fn any_text_is_judged_without_a_panic(text in "\\PC{0,200}") {
        let _ = dispatch_from_json(&text);
        let _ = readback_from_text(&text);
    }

    #[test]
    fn a_document_with_a_few_characters_changed_is_judged_without_a_panic(
        changes in prop::collection::vec((0_usize..1_200, prop::char::any()), 1..6),
    ) {
        let mut text: Vec<char> = EXAMPLE.chars().collect();
        for (at, character) in changes {
            let at = at % text.len();
            text[at] = character;
        }
        let text: String = text.into_iter().collect();
        if let Err(problems) = dispatch_from_json(&text) {
            prop_assert!(!problems.is_empty());
        }
    }
}
