//! The inputs that fuzzing has found, through the same functions on any toolchain: none panics, and what must hold of
//! each holds. `tests/fuzz/README.md` says how they were found.

#[path = "fuzz/exercise/mod.rs"]
mod exercise;

use std::path::Path;

/// Every input of a target's corpus.
#[expect(clippy::expect_used, reason = "a test that cannot go on stops")]
fn run(target: &str, exercise: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs = 0;
    for file in files {
        let path = file.expect("a file").path();
        let input = std::fs::read(&path).expect("it can be read");
        let outcome = std::panic::catch_unwind(|| exercise(&input));
        assert!(outcome.is_ok(), "{} fails", path.display());
        inputs += 1;
    }
    assert!(inputs >= 10, "{} holds {inputs} inputs", folder.display());
}

#[test]
fn no_event_that_was_found_breaks_the_decoding_of_dispatches() {
    run("events", exercise::events::exercise);
}

#[test]
fn no_report_that_was_found_breaks_acknowledgements_heartbeats_or_readings() {
    run("reports", exercise::reports::exercise);
}

#[test]
fn no_request_that_was_found_gets_a_token_without_the_secret() {
    run("tokens", exercise::tokens::exercise);
}

#[test]
fn no_request_that_was_found_breaks_the_vtn_or_spoils_a_list() {
    run("requests", exercise::requests::exercise);
}

#[test]
fn no_certificate_that_was_found_binds_a_client_that_it_does_not_name() {
    run("subjects", exercise::subjects::exercise);
}

#[test]
fn no_document_that_was_found_is_read_as_another_or_holds_after_a_change() {
    run("documents", exercise::documents::exercise);
}

#[test]
fn no_fleet_or_register_that_was_found_comes_back_as_another_or_is_refused_at_length() {
    run("fleets", exercise::fleets::exercise);
}

#[test]
fn no_scenario_that_was_found_breaks_its_reading() {
    run("scenarios", exercise::scenarios::exercise);
}

#[test]
fn no_key_file_that_was_found_tells_its_secret_or_comes_back_as_another() {
    run("keyfiles", exercise::keyfiles::exercise);
}

#[test]
fn no_answer_that_was_found_keeps_a_client_or_puts_its_secret_into_a_record() {
    run("answers", exercise::answers::exercise);
}

#[test]
fn no_damaged_journal_or_forged_evidence_that_was_found_passes_for_a_good_one() {
    run("journals", exercise::journals::exercise);
}

#[cfg(feature = "console")]
#[test]
fn no_drafts_paste_or_settings_that_were_found_break_the_console() {
    run("drafts", exercise::drafts::exercise);
}

#[test]
fn no_recording_that_was_found_is_shown_otherwise_a_second_time_or_refused_at_length() {
    run("recordings", exercise::recordings::exercise);
}
