//! What each fuzz target does with some bytes, and what must hold whatever they are. The fuzzer runs these, and so does
//! the test over the inputs that it has found.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each target has its own; what fails, panics"
)]

pub mod events;
pub mod reports;
pub mod requests;
pub mod subjects;
pub mod tokens;
mod vtn;

/// The longest that one problem may be, in bytes: a hostile text is never quoted whole.
const LONGEST_MESSAGE: usize = 1024;

fn assert_readable(problems: &[rampdesk::dispatch::Problem]) {
    assert!(!problems.is_empty(), "refused without a reason");
    for problem in problems {
        let said = problem.to_string();
        assert!(said.len() <= LONGEST_MESSAGE, "{} bytes: {said}", said.len());
    }
}
