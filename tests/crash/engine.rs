//! The console's engine without its window: a sandbox with VTN, fleet and desk in one process, busy when it is told to be.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use rampdesk::desk::DeskHandle;
use rampdesk::desk::snapshot::LinkState;
use rampdesk::entropy::Entropy;
use rampdesk::time::Clock;
use rampdesk::workshop::sandbox::{Sandbox, SandboxConfig};

use super::scenario::{self, Scenario};
use super::shown::Shown;

/// Names the folder that the engine works on.
pub const FOLDER: &str = "RAMPDESK_CRASH_FOLDER";

/// What it says when all is known again.
pub const READY: &str = "{\"ready\":true}";

/// Runs until it is killed, or until nobody speaks to it any more. Without a folder there is nothing to do.
pub fn run() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let config = SandboxConfig { folder, fleet: scenario::fleet(), clock: Clock::real() };
        let sandbox = Sandbox::open(config).await.unwrap();
        let mut desk = sandbox.desk();
        all_is_known(&mut desk).await;
        say(READY);
        let (told, mut commands) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                let _ = told.send(line);
            }
        });
        while let Some(line) = commands.recv().await {
            match line.split_once(' ') {
                Some(("go", seed)) => {
                    let entropy = Entropy::seeded(seed.parse().unwrap());
                    tokio::spawn(be_busy(sandbox.desk(), sandbox.clock(), entropy));
                }
                _ => say(&serde_json::to_string(&Shown::of(&desk.snapshot())).unwrap()),
            }
        }
    });
}

/// Waits until every FSP has been heard, and what it had to say since.
pub async fn all_is_known(desk: &mut DeskHandle) {
    let is_known = |desk: &DeskHandle| {
        let snapshot = desk.snapshot();
        snapshot.vtn.state == LinkState::Live && snapshot.fsps.iter().all(|fsp| fsp.client == LinkState::Live)
    };
    while !is_known(desk) {
        assert!(desk.changed().await, "the desk has ended");
    }
    tokio::time::sleep(Duration::from_millis(2500)).await;
}

async fn be_busy(desk: DeskHandle, clock: Clock, entropy: Entropy) {
    let mut scenario = Scenario::new(entropy);
    loop {
        // Now and then very many come at once.
        for _ in 0..if scenario.within(0, 12) == 0 { 24 } else { 0 } {
            let _ = desk.give(scenario.new_dispatch(clock.now()));
        }
        let pause = u64::from(scenario.within(5, 60));
        tokio::time::sleep(Duration::from_millis(pause)).await;
        if let Some(command) = scenario.next(&desk.snapshot(), clock.now()) {
            let _ = desk.give(command);
        }
    }
}

fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
