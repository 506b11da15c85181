//! A dispatch as the text of an OpenADR event of either version, and back: what `encode` and `decode` print.

use crate::dispatch::{Place, Problem, ProblemKind, SignedDispatch};

use super::legacy::{self, Kind};
use super::mapping;
use super::version::Version;
use super::wire::{self, Event};

/// A signed dispatch as an event, indented. Where a VTN would have an id for the program, its name stands.
pub fn encode_text(signed: &SignedDispatch, version: Version) -> String {
    let program = mapping::program_name(&signed.dispatch.network_operator, &signed.dispatch.contract);
    // An event has string keys alone, so writing it cannot fail.
    let event = serde_json::to_value(mapping::event_from(signed, &program)).unwrap_or_default();
    let event = match version {
        Version::V3_1 => event,
        Version::V3_0 => legacy::to_3_0(Kind::Event, event),
    };
    serde_json::to_string_pretty(&event).unwrap_or_default()
}

/// Reads a signed dispatch from the text of an event of either version, as a VTN answers it or as [`encode_text`]
/// writes it. The signature is read, not checked.
///
/// # Errors
/// Everything that keeps the event from being a dispatch: no JSON (with its line), no event, or each payload that is
/// missing or cannot be read.
pub fn decode_text(text: &str) -> Result<SignedDispatch, Vec<Problem>> {
    let event: serde_json::Value = wire::read(text.as_bytes()).map_err(|error| vec![not_an_event(&error)])?;
    // 3.1's shape passes through unchanged.
    let event = legacy::from_3_0(Kind::Event, event);
    let event: Event = wire::read_value(event).map_err(|error| vec![not_an_event(&error)])?;
    mapping::dispatch_from(&event).map_err(|undecodable| undecodable.problems)
}

fn not_an_event(error: &serde_json::Error) -> Problem {
    let place = (error.line() > 0).then(|| Place { line: error.line(), column: error.column() });
    let full = error.to_string();
    // The place is told once, in front.
    let reason = full.rsplit_once(" at line").map_or(full.as_str(), |(reason, _)| reason);
    let message = format!("this is not an OpenADR event: {reason}");
    Problem { place, ..Problem::new(ProblemKind::Form, "event", message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openadr::mapping::samples;

    #[test]
    fn a_dispatch_comes_back_from_its_own_text() {
        for signed in samples::all() {
            for version in [Version::V3_1, Version::V3_0] {
                let text = encode_text(&signed, version);
                assert!(text.contains("\"programID\": \"GB-DNO-11_EMID-C-2026-0193\""), "{text}");
                assert_eq!(text.contains("\"VEN_NAME\""), version == Version::V3_0, "{text}");
                assert_eq!(decode_text(&text).as_ref(), Ok(&signed));
            }
        }
    }

    #[test]
    fn what_is_no_event_is_named_with_its_line() {
        let problems = decode_text("{\n  \"programID\": \"p\",\n  oops\n}").unwrap_err();
        assert_eq!(problems[0].place.map(|p| p.line), Some(3));
        for (text, says) in [
            ("", "not an OpenADR event"),
            ("[]", "not an OpenADR event"),
            ("{}", "programID"),
            ("{\"programID\": \"p\"}", "GB_OPERATOR"),
        ] {
            let problems = decode_text(text).unwrap_err();
            assert!(problems.iter().any(|p| p.to_string().contains(says)), "{text}: {problems:?}");
        }
    }
}
