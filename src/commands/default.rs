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
    match console::open(arguments)? {
        console::Ended::Closed => return Ok(()),
        console::Ended::NeverOpened(why) => output::say(why),
    }
    #[cfg(not(feature = "console"))]
    {
        let _ = arguments;
        output::say("This Rampdesk was built without its window.");
    }
    output::say("Here is the demonstration as a rehearsal instead; `rampdesk rehearse FILE` runs others.\n");
    demonstration()
}

fn demonstration() -> Done {
    let scenario = Scenario::evening_peak().map_err(Failure::inputs)?;
    let (result, _) = rehearse(&scenario).map_err(Failure::failed)?;
    output::print(super::rehearse::words(&scenario, &result))?;
    if result.passed { Ok(()) } else { Err(Failure::Failed(Vec::new())) }
}

#[cfg(feature = "console")]
mod console {
    use std::path::PathBuf;

    use tokio::runtime::Runtime;

    use crate::console::drafts::DRAFTS;
    use crate::console::{self, ConsoleParts, WindowError};
    use crate::profile::fleet::FleetProfile;
    use crate::time::Clock;
    use crate::workshop::demonstration;
    use crate::workshop::sandbox::{Sandbox, SandboxConfig};

    use super::super::connect;
    use super::super::output::Failure;

    /// Seconds between polls of the sandbox's FSPs, so that a person at the screen need not wait.
    const POLL_SECONDS: u32 = 3;

    /// How it ended.
    pub enum Ended {
        /// A person closed the window.
        Closed,
        /// There was none; why, in sentences.
        NeverOpened(String),
    }

    pub fn open(arguments: &super::ConsoleArguments) -> Result<Ended, Failure> {
        let folder = match &arguments.data {
            Some(folder) => folder.clone(),
            None => data_folder()?,
        };
        let runtime = connect::runtime()?;
        let mut sandbox = None;
        let drafts = folder.join(DRAFTS);
        let shown = console::run(|| {
            let opened = sandbox.insert(open_sandbox(&runtime, folder)?);
            Ok(ConsoleParts {
                desk: opened.desk(),
                clock: opened.clock(),
                exchanges: opened.exchanges(),
                enrolments: Some(opened.enrolments()),
                availabilities: Some(opened.availabilities()),
                faults: Some(opened.faults()),
                drafts: Some(drafts),
                keep: Box::new(()),
            })
        });
        if let Some(sandbox) = sandbox {
            runtime.block_on(sandbox.close());
        }
        match shown {
            Ok(()) => Ok(Ended::Closed),
            Err(WindowError::NotOpened(why)) => Ok(Ended::NeverOpened(why)),
            Err(WindowError::Ended(fault)) => Err(Failure::failed(fault)),
        }
    }

    fn open_sandbox(runtime: &Runtime, folder: PathBuf) -> Result<Sandbox, String> {
        let mut fleet = FleetProfile::demo();
        fleet.contracts.iter_mut().for_each(|c| c.poll_seconds = POLL_SECONDS);
        let sandbox = runtime
            .block_on(Sandbox::open(SandboxConfig { folder, fleet: fleet.clone(), clock: Clock::real() }))
            .map_err(|e| e.to_string())?;
        runtime.spawn(demonstration::send(sandbox.desk(), sandbox.clock(), fleet));
        Ok(sandbox)
    }

    fn data_folder() -> Result<PathBuf, Failure> {
        directories::ProjectDirs::from("", "", "rampdesk")
            .map(|dirs| dirs.data_dir().join("sandbox"))
            .ok_or_else(|| Failure::failed("this user has no home directory; give --data DIR"))
    }
}
