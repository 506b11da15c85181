//! Any bytes at all, and any change to a good text: nothing that is read panics.

use proptest::prelude::*;
use rampdesk::dispatch::Readback;
use rampdesk::openadr::wire::{self, Event, Program, Resource, Ven};
use rampdesk::profile::text_file;

use super::connections::{
    GOOD_CONNECTION, GOOD_OPERATORS, GOOD_SECRETS, GOOD_TRUST, connection, operators, secrets, trust,
};
use super::{approvals, dispatches, faults, fleets, messages, scenarios};

/// Every reader of texts.
fn judge(text: &str) {
    for read in [
        dispatches::read,
        messages::event,
        messages::report,
        fleets::read,
        operators,
        trust,
        connection,
        secrets,
        scenarios::read,
        faults::read,
        approvals::rules,
        approvals::key,
        approvals::approval,
    ] {
        let _ = read(text);
    }
    let _ = Readback::from_text(text);
    let _ = wire::read::<Event>(text.as_bytes());
    let _ = wire::read::<Program>(text.as_bytes());
    let _ = wire::read::<Ven>(text.as_bytes());
    let _ = wire::read::<Resource>(text.as_bytes());
}

const GOOD: [&str; 13] = [
    dispatches::GOOD,
    messages::EVENT,
    messages::REPORT,
    fleets::GOOD,
    GOOD_OPERATORS,
    GOOD_TRUST,
    GOOD_CONNECTION,
    GOOD_SECRETS,
    scenarios::GOOD,
    faults::GOOD,
    approvals::GOOD_RULES,
    approvals::GOOD_KEY,
    approvals::GOOD_APPROVAL,
];

/// Pieces that mean something to a reader, so that what is tried gets past the first character.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = vec![
        "{",
        "}",
        "[",
        "]",
        "[[",
        "]]",
        ",",
        ":",
        "=",
        "\"",
        "'",
        "\"\"\"",
        "\\",
        "#",
        "//",
        "null",
        "true",
        "1",
        "-",
        "-0.0",
        "1e999",
        "nan",
        "NaN",
        "inf",
        "0x10",
        "9999999999999999999999",
        "\\u12",
        "\\ud800",
        "\"at\"",
        "\"setpoints\"",
        "\"volume\"",
        "[[units]]",
        "[units.asset]",
        "kind",
        "T+00:30",
        "2026-11-26T17:00:00Z",
        "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "PT9999999999999H",
        "P9999Y",
        "\u{feff}",
        "é",
        "\u{0}",
        "\u{2028}",
        " ",
        "\n",
        "\r\n",
        "\t",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(text) = text_file::read_from("bytes", bytes.as_slice()) {
            judge(&text);
        }
        judge(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_text_of_signs_that_mean_something_makes_a_reader_panic(text in pieces()) {
        judge(&text);
    }

    #[test]
    fn no_change_to_a_good_text_makes_a_reader_panic(
        good in prop::sample::select(GOOD.to_vec()),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, pieces()), 1..4),
    ) {
        let mut text: Vec<char> = good.chars().collect();
        for (at, length, piece) in cuts {
            let at = at.index(text.len().max(1)).min(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, piece.chars());
        }
        judge(&text.into_iter().collect::<String>());
    }

    #[test]
    fn no_good_text_that_breaks_off_makes_a_reader_panic(
        good in prop::sample::select(GOOD.to_vec()), at in any::<prop::sample::Index>(),
    ) {
        let text: String = good.chars().take(at.index(good.len())).collect();
        judge(&text);
    }
}
