//! `rampdesk replay`.

use std::path::PathBuf;

use super::output::{Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The recording
    recording: PathBuf,
}

pub fn run(arguments: &Arguments) -> Done {
    let path = &arguments.recording;
    if !path.is_file() {
        return Err(Failure::input(format!("{}: there is no such file", path.display())));
    }
    let Some(why) = shown(arguments)? else { return Ok(()) };
    Err(Failure::failed(format!("{why}\n{WITHOUT}")))
}

/// Opens the window, until it is closed; or why there was none.
#[cfg(feature = "console")]
fn shown(arguments: &Arguments) -> Result<Option<String>, Failure> {
    use super::default::console::{self, Ended};
    use super::sessions::{Folders, Sessions};
    use crate::console::SessionChoice;

    let choice = SessionChoice::Recording(console::absolute(&arguments.recording)?);
    Ok(match console::show(choice, Sessions::new(Folders::in_use(None)?, None)?)? {
        Ended::Closed => None,
        Ended::NeverOpened(why) => Some(why),
    })
}

#[cfg(not(feature = "console"))]
#[expect(clippy::unnecessary_wraps, reason = "as with the window")]
fn shown(_: &Arguments) -> Result<Option<String>, Failure> {
    Ok(Some("This Rampdesk was built without its window.".to_owned()))
}

/// What can be done with recordings without a window.
const WITHOUT: &str = "`rampdesk compare` tells what two recordings differ in.";
