//! What a person reads who gives this program something wrong: each mistake with its line, its field, the value and
//! what would be right. Nothing that is read panics, and nothing that is refused leaves a trace.
//!
//! One table in several files, by what is read: documents, files, requests to the VTN, answers from one, commands.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use rampdesk::profile::fault::FileFault;

#[path = "bad_input/answers.rs"]
mod answers;
#[path = "bad_input/anything.rs"]
mod anything;
#[path = "bad_input/approvals.rs"]
mod approvals;
#[path = "bad_input/baselines.rs"]
mod baselines;
#[path = "bad_input/commands.rs"]
mod commands;
#[path = "bad_input/connections.rs"]
mod connections;
#[path = "bad_input/dispatches.rs"]
mod dispatches;
#[path = "bad_input/expectations.rs"]
mod expectations;
#[path = "bad_input/faults.rs"]
mod faults;
#[path = "bad_input/fleets.rs"]
mod fleets;
#[path = "bad_input/levels.rs"]
mod levels;
#[path = "bad_input/messages.rs"]
mod messages;
#[path = "bad_input/physics.rs"]
mod physics;
#[path = "bad_input/requests.rs"]
mod requests;
#[path = "bad_input/scenarios.rs"]
mod scenarios;
#[path = "bad_input/texts.rs"]
mod texts;
#[path = "bad_input/workshops.rs"]
mod workshops;

/// A case: what stands in the good text, what is written instead, and every line that the person reads.
type Case = (&'static str, &'static str, &'static [&'static str]);

/// Runs a table; shows every case that is not as expected at once.
#[track_caller]
fn hold(good: &str, table: &[Case], read: fn(&str) -> Vec<String>) {
    assert_eq!(read(good), [""; 0], "the good text is not good");
    let mut unlike = Vec::new();
    for (index, (old, new, expected)) in table.iter().enumerate() {
        assert!(good.contains(old), "`{old}` does not stand in the good text");
        let said = read(&good.replacen(old, new, 1));
        if said != *expected {
            unlike
                .push(format!("case {index}: `{old}` as `{new}` says:\n{said:#?}\nand not:\n{expected:#?}"));
        }
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n\n"));
}

/// What a reader of files says.
fn said<T>(read: Result<T, Vec<FileFault>>) -> Vec<String> {
    read.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}
