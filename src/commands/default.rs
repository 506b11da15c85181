//! `rampdesk` with no command: the console on the sandbox, or, where there is no display, a sentence that says so and
//! the rehearsal of the demonstration.

use std::path::PathBuf;

use crate::workshop::rehearsal::rehearse;
use crate::workshop::scenario::Scenario;

use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct ConsoleArguments {
    /// The sandbox's folder, instead of the one in the user's data directory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub fn run(arguments: &ConsoleArguments) -> Done {
    #[cfg(feature = "console")]
    {
        match no_display() {
            None => return console::open(arguments),
            Some(why) => output::say(why),
        }
    }
    #[cfg(not(feature = "console"))]
    output::say("This Rampdesk was built without its window.");
    let _ = arguments;
    output::say("Here is the demonstration as a rehearsal instead; `rampdesk rehearse FILE` runs others.\n");
    demonstration()
}

fn demonstration() -> Done {
    let scenario = Scenario::evening_peak().map_err(Failure::inputs)?;
    let (result, _) = rehearse(&scenario).map_err(Failure::failed)?;
    output::print(super::rehearse::words(&scenario, &result))?;
    if result.passed { Ok(()) } else { Err(Failure::Failed(Vec::new())) }
}

/// Why no window can be opened; `None` when one probably can.
#[cfg(feature = "console")]
fn no_display() -> Option<&'static str> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    let needs_variable = cfg!(all(unix, not(target_os = "macos")));
    (needs_variable && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")).then_some(
        "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. On a machine without a screen, run \
         `xvfb-run rampdesk` (Debian package xvfb).",
    )
}

#[cfg(feature = "console")]
mod console {
    use std::path::PathBuf;

    use crate::console::{self, ConsoleParts};
    use crate::profile::fleet::FleetProfile;
    use crate::workshop::demonstration;
    use crate::workshop::sandbox::{Sandbox, SandboxConfig};

    use super::super::connect;
    use super::super::output::{Done, Failure};

    /// Seconds between polls of the sandbox's FSPs, so that a person at the screen need not wait.
    const POLL_SECONDS: u32 = 3;

    pub fn open(arguments: &super::ConsoleArguments) -> Done {
        let folder = match &arguments.data {
            Some(folder) => folder.clone(),
            None => data_folder()?,
        };
        let mut fleet = FleetProfile::demo();
        fleet.contracts.iter_mut().for_each(|c| c.poll_seconds = POLL_SECONDS);
        let runtime = connect::runtime()?;
        let sandbox = runtime
            .block_on(Sandbox::open(SandboxConfig { folder, fleet: fleet.clone() }))
            .map_err(Failure::failed)?;
        runtime.spawn(demonstration::send(sandbox.desk(), sandbox.clock(), fleet));
        let parts = ConsoleParts {
            desk: sandbox.desk(),
            clock: sandbox.clock(),
            exchanges: sandbox.exchanges(),
            keep: Box::new(()),
        };
        let closed = console::run(parts).map_err(Failure::failed);
        runtime.block_on(sandbox.close());
        closed
    }

    fn data_folder() -> Result<PathBuf, Failure> {
        directories::ProjectDirs::from("", "", "rampdesk")
            .map(|dirs| dirs.data_dir().join("sandbox"))
            .ok_or_else(|| Failure::failed("this user has no home directory; give --data DIR"))
    }
}
