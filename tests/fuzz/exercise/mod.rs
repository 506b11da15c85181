//! What each fuzz target does with some bytes, and what must hold whatever they are. The fuzzer runs these, and so does
//! the test over the inputs that it has found.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each target has its own; what fails, panics"
)]

pub mod answers;
mod desk;
pub mod documents;
#[cfg(feature = "console")]
pub mod drafts;
pub mod events;
pub mod fleets;
pub mod journals;
pub mod keyfiles;
pub mod recordings;
pub mod reports;
pub mod requests;
pub mod scenarios;
pub mod subjects;
pub mod tokens;
mod vtn;

use rampdesk::dispatch::{Problem, plain_words};
use rampdesk::profile::fault::FileFault;

/// The longest that one problem may be, in characters: a hostile text is never quoted whole.
const LONGEST_MESSAGE: usize = 1024;

fn assert_readable(problems: &[Problem]) {
    assert!(!problems.is_empty(), "refused without a reason");
    for problem in problems {
        assert_brief(&problem.to_string());
    }
}

/// What a person is told: it says something, briefly, on one line, and moves nothing else on a terminal.
fn assert_brief(said: &str) {
    assert!(!said.trim().is_empty(), "refused without a reason");
    let length = said.chars().count();
    assert!(length <= LONGEST_MESSAGE, "{length} characters: {said}");
    assert_eq!(plain_words(said, usize::MAX), said, "what it holds would write on a terminal");
}

/// Of a file: there is something wrong, every mistake names the file and a line that it has, and not all of a hostile
/// file's mistakes are told.
fn assert_faults(file: &str, text: &str, faults: &[FileFault]) {
    assert!(!faults.is_empty(), "refused without a reason");
    assert!(faults.len() <= 1000, "{} mistakes are told", faults.len());
    let lines = text.matches('\n').count() + 1;
    for fault in faults {
        assert_brief(&fault.to_string());
        assert_eq!(fault.file, file);
        assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "of {lines} lines: {fault}");
    }
}

/// What stands behind the first byte, which picks one of several readers.
fn picked(data: &[u8], readers: u8) -> Option<(u8, &[u8])> {
    let (choice, rest) = data.split_first()?;
    Some((choice % readers, rest))
}
