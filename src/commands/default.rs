//! `rampdesk` with no command: the console on the sandbox, or, where there is no display, a sentence that says so and
//! the rehearsal of the demonstration.

use std::path::PathBuf;

use crate::workshop::rehearsal::rehearse;
use crate::workshop::scenario::Scenario;

use super::connect::RunningArguments;
use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;

#[derive(clap::Args)]
pub struct ConsoleArguments {
    /// The sandbox's folder, instead of the one in the user's data directory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Opens the VTN that this connection file names, instead of the sandbox
    #[arg(long, value_name = "FILE")]
    connection: Option<PathBuf>,
    #[command(flatten)]
    running: RunningArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn run(arguments: &ConsoleArguments) -> Done {
    #[cfg(feature = "console")]
    let why = match console::open(arguments)? {
        console::Ended::Closed => return Ok(()),
        console::Ended::NeverOpened(why) => why,
    };
    #[cfg(not(feature = "console"))]
    let why = WITHOUT_A_WINDOW.to_owned();
    if let Some(file) = &arguments.connection {
        let instead = format!("`rampdesk watch --connection {}` shows it at the terminal.", file.display());
        return Err(Failure::Failed(vec![why, instead]));
    }
    output::say(why);
    output::say("Here is the demonstration as a rehearsal instead; `rampdesk rehearse FILE` runs others.\n");
    demonstration()
}

#[cfg(not(feature = "console"))]
const WITHOUT_A_WINDOW: &str = "This Rampdesk was built without its window.";

fn demonstration() -> Done {
    let scenario = Scenario::evening_peak().map_err(Failure::inputs)?;
    let (result, _) = rehearse(&scenario).map_err(Failure::failed)?;
    output::print(super::rehearse::words(&scenario, &result))?;
    if result.passed { Ok(()) } else { Err(Failure::Failed(Vec::new())) }
}

#[cfg(feature = "console")]
pub(super) mod console {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use crate::console::{self, SessionChoice, WindowError};

    use super::super::folders::Folders;
    use super::super::output::Failure;
    use super::super::sessions::{Given, Sessions};

    /// How it ended.
    pub enum Ended {
        /// A person closed the window.
        Closed,
        /// There was none; why, in sentences.
        NeverOpened(String),
    }

    pub fn open(arguments: &super::ConsoleArguments) -> Result<Ended, Failure> {
        let folders = Folders::in_use(arguments.data.as_deref())?;
        let given = arguments.connection.as_deref().map(absolute).transpose()?.map(|path| Given {
            path,
            running: arguments.running.clone(),
            passphrase: arguments.passphrase.clone(),
        });
        let first = match &given {
            Some(given) => SessionChoice::Connection(given.path.clone()),
            None => SessionChoice::Sandbox,
        };
        show(first, Sessions::new(folders, given)?)
    }

    /// Opens the window on this session, and waits until it and every session are closed.
    pub fn show(first: SessionChoice, sessions: Sessions) -> Result<Ended, Failure> {
        let sessions = Arc::new(sessions);
        let shown = console::run(first, Arc::clone(&sessions) as _);
        sessions.close();
        match shown {
            Ok(()) => Ok(Ended::Closed),
            Err(WindowError::NotOpened(why)) => Ok(Ended::NeverOpened(why)),
            Err(WindowError::Ended(fault)) => Err(Failure::failed(fault)),
        }
    }

    /// The same file whatever folder the program is started in next time.
    pub fn absolute(path: &Path) -> Result<PathBuf, Failure> {
        std::path::absolute(path).map_err(|e| Failure::input(format!("{}: {e}", path.display())))
    }
}
