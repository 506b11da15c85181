//! `rampdesk workshop`: the console on a scenario, on a clock that a person sets.

use std::path::PathBuf;

use crate::profile::kind::FileKind;
use crate::workshop::scenario::Scenario;

use super::input;
use super::output::{Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The scenario
    scenario: PathBuf,
    /// The folder in which workshops and the sandbox keep what is theirs, instead of the one in the user's data directory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Done {
    let file = &arguments.scenario;
    let folder = file.parent().map_or_else(PathBuf::new, PathBuf::from);
    // What is wrong with the file is said here, where it was named.
    input::file(file, FileKind::Scenario, |name, text| Scenario::from_toml(name, text, &folder))?;
    let why = shown(arguments)?;
    let Some(why) = why else { return Ok(()) };
    let words = "a workshop needs a window; without one, this runs the scenario to its end in virtual time";
    Err(Failure::failed(format!("{why}\n{words}: rampdesk rehearse {}", file.display())))
}

/// Opens the window, until it is closed; or why there was none.
#[cfg(feature = "console")]
fn shown(arguments: &Arguments) -> Result<Option<String>, Failure> {
    use super::default::console::{self, Ended};
    use super::sessions::{Folders, Sessions};
    use crate::console::SessionChoice;
    use crate::workshop::library::ScenarioPlace;

    let place = ScenarioPlace::File(console::absolute(&arguments.scenario)?);
    let folders = Folders::in_use(arguments.data.as_deref())?;
    Ok(match console::show(SessionChoice::Workshop(place), Sessions::new(folders, None)?)? {
        Ended::Closed => None,
        Ended::NeverOpened(why) => Some(why),
    })
}

#[cfg(not(feature = "console"))]
#[expect(clippy::unnecessary_wraps, reason = "as with the window")]
fn shown(_: &Arguments) -> Result<Option<String>, Failure> {
    Ok(Some("This Rampdesk was built without its window.".to_owned()))
}
