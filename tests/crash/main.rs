//! Kills what holds a desk, a VTN and a fleet at random instants of a busy scenario, starts it again on the same files, and
//! looks in the VTN's store and in the journal for an instruction that was lost, doubled or left unknown.
//!
//! The console's engine is killed as a whole; then the program's own processes, one of the three at a time. By default a
//! few times, so that it belongs to `cargo test`; `tests/crash/run` kills 200 times. `RAMPDESK_CRASH_SEED` repeats a run:
//! the same things are asked, and killed after the same times, as far as a real clock allows.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "what fails here fails the test"
)]

mod console;
mod engine;
mod evidence;
mod parts;
mod scenario;
mod shown;

use std::path::PathBuf;

use rampdesk::entropy::Entropy;

use console::ConsoleSite;
use parts::{PartsSite, Role};

/// What is set up is set up anew after so many kills, so that the last kill finds no more to read than the first.
const KILLS_OF_A_SITE: usize = 20;

/// The program; another build of it where that is named.
fn program() -> PathBuf {
    std::env::var_os("RAMPDESK_CRASH_PROGRAM")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_rampdesk")), PathBuf::from)
}

fn number_from(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().map_or(otherwise, |text| text.parse().expect(variable))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_nothing_is_lost_doubled_or_left_unknown() {
    let kills = usize::try_from(number_from("RAMPDESK_CRASH_KILLS", 6)).unwrap();
    let seed = number_from("RAMPDESK_CRASH_SEED", 20_261_130);
    eprintln!("{kills} kills, seed {seed}");
    let entropy = Entropy::seeded(seed);
    let (mut console, mut parts) = (None, None);
    let (mut of_console, mut of_parts) = (0, 0);
    let mut faults: Vec<String> = Vec::new();
    for kill in 0..kills {
        let entropy = entropy.fork(&format!("kill {kill}"));
        let role = [None, Some(Role::Desk), Some(Role::Fleet), None, Some(Role::Vtn)][kill % 5];
        let found = match role {
            None => {
                if of_console % KILLS_OF_A_SITE == 0 {
                    console = Some(ConsoleSite::new(&entropy));
                }
                of_console += 1;
                console.as_mut().unwrap().kill_once(&entropy).await
            }
            Some(role) => {
                if of_parts % KILLS_OF_A_SITE == 0 {
                    parts = Some(PartsSite::new(&entropy).await);
                }
                of_parts += 1;
                parts.as_mut().unwrap().kill_once(role, &entropy).await
            }
        };
        let what = role.map_or("console".to_owned(), |role| format!("{role:?}"));
        eprintln!("kill {} of {kills}: {what}: {}", kill + 1, found.words());
        for fault in &found.faults {
            eprintln!("  {fault}");
            faults.push(format!("kill {} ({what}): {fault}", kill + 1));
        }
    }
    if !faults.is_empty() {
        console.into_iter().for_each(ConsoleSite::keep);
        parts.into_iter().for_each(PartsSite::keep);
        panic!("seed {seed}: {} faults\n{}", faults.len(), faults.join("\n"));
    }
}

/// What [`ConsoleSite`] starts and kills; started by itself it ends at once.
#[test]
#[ignore = "no test: the process that the tests here start and kill, by `--ignored --exact` and its name"]
fn the_console_engine_that_is_killed() {
    engine::run();
}
