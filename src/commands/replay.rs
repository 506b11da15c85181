//! `rampdesk replay`.

use std::path::{Path, PathBuf};

use super::output::{Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The recording
    recording: PathBuf,
    /// The recording of another run of the same scenario, to be laid over it
    #[arg(long, value_name = "FILE")]
    with: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Done {
    show(&arguments.recording, arguments.with.as_deref())
}

/// Shows a recording in the window, with another one laid over it where one is named.
///
/// # Errors
/// When a file is not there, or there is no window.
pub fn show(recording: &Path, with: Option<&Path>) -> Done {
    for path in [Some(recording), with].into_iter().flatten() {
        if !path.is_file() {
            return Err(Failure::input(format!("{}: there is no such file", path.display())));
        }
    }
    let Some(why) = shown(recording, with)? else { return Ok(()) };
    Err(Failure::failed(format!("{why}\n{WITHOUT}")))
}

/// Opens the window, until it is closed; or why there was none.
#[cfg(feature = "console")]
fn shown(recording: &Path, with: Option<&Path>) -> Result<Option<String>, Failure> {
    use super::default::console::{self, Ended};
    use super::folders::Folders;
    use super::sessions::Sessions;
    use crate::console::SessionChoice;

    let recording = console::absolute(recording)?;
    let choice = match with {
        Some(with) => SessionChoice::Comparison(recording, console::absolute(with)?),
        None => SessionChoice::Recording(recording),
    };
    Ok(match console::show(choice, Sessions::new(Folders::in_use(None)?, None)?)? {
        Ended::Closed => None,
        Ended::NeverOpened(why) => Some(why),
    })
}

#[cfg(not(feature = "console"))]
#[expect(clippy::unnecessary_wraps, reason = "as with the window")]
fn shown(_: &Path, _: Option<&Path>) -> Result<Option<String>, Failure> {
    Ok(Some("This Rampdesk was built without its window.".to_owned()))
}

/// What can be done with recordings without a window.
const WITHOUT: &str = "`rampdesk compare` tells what two recordings differ in.";
