//! `rampdesk retell`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workshop::recording::Recording;
use crate::workshop::retelling::{Retold, retell};

use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The recording
    recording: PathBuf,
    /// The scenario file to write; its fleet goes beside it where it is not the demonstration's
    scenario: PathBuf,
}

pub fn run(arguments: &Arguments) -> Done {
    let path = &arguments.scenario;
    let recording = Recording::open(&arguments.recording).map_err(Failure::input)?;
    let beside = fleet_file(path);
    let named = beside.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Retold { text, fleet, left_out } = retell(&recording, &named)
        .map_err(|why| Failure::input(format!("{}: {why}", arguments.recording.display())))?;
    let mut files = vec![(path.clone(), text)];
    files.extend(fleet.map(|fleet| (beside, fleet)));
    if let Some((there, _)) = files.iter().find(|(file, _)| file.exists()) {
        let message = format!("{}: is there already; name a new file", there.display());
        return Err(Failure::input(message));
    }
    // The fleet first: the scenario names it.
    for (file, text) in files.iter().rev() {
        fs::write(file, text)
            .map_err(|error| Failure::failed(format!("{}: cannot be written: {error}", file.display())))?;
    }
    for sentence in &left_out {
        output::say(format!("left out: {sentence}"));
    }
    for (file, _) in &files {
        output::say(format!("{}: written", file.display()));
    }
    Ok(())
}

/// `mine.fleet.toml` beside `mine.toml`.
fn fleet_file(scenario: &Path) -> PathBuf {
    scenario.with_extension("fleet.toml")
}
