//! What a trainer writes: a scenario, and a list of faults for the demonstration's fleet or for any. The first byte says
//! which, the rest is the text. A mistake names the file and a line that it has, briefly.

use rampdesk::profile::faults::FaultPlan;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::kind::FileKind;
use rampdesk::workshop::scenario::Scenario;
use std::path::Path;
use std::sync::OnceLock;

use super::{assert_faults, picked};

const FILE: &str = "given.toml";

pub fn exercise(data: &[u8]) {
    static DEMO: OnceLock<FleetProfile> = OnceLock::new();
    let Some((choice, rest)) = picked(data, 3) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    FileKind::of(text);
    match choice {
        0 => scenario(text),
        1 => faults(text, Some(DEMO.get_or_init(FleetProfile::demo))),
        _ => faults(text, None),
    }
}

fn scenario(text: &str) {
    // A scenario names its fleet's file: none of this machine's is to be read here.
    if text.contains("/dev") || text.contains("/proc") || text.contains("/sys") {
        return;
    }
    match Scenario::from_toml(FILE, text, Path::new("no folder of this name")) {
        Ok(scenario) => {
            assert!(scenario.steps.is_sorted_by_key(|step| step.at), "{:?}", scenario.steps);
            assert!(scenario.steps.iter().all(|step| step.at <= scenario.run_for));
        }
        Err(faults) => assert_faults(FILE, text, &faults),
    }
}

fn faults(text: &str, fleet: Option<&FleetProfile>) {
    match FaultPlan::from_toml(FILE, text, fleet) {
        Ok(plan) => {
            for timed in &plan.faults {
                assert!(!timed.affliction.words().is_empty());
                let instant = timed.from.or(timed.until.map(|until| until - 1));
                assert!(instant.is_none_or(|at| timed.is_on(at)), "{timed:?}");
            }
        }
        Err(faults) => assert_faults(FILE, text, &faults),
    }
}
