//! A scenario on its way into a file: with its fleet, which is looked for from the scenario's own folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::workshop::library::ScenarioPlace;

use super::change::Changing;
use super::source::Source;

/// At most so many files of a fleet's name beside a scenario.
const MOST: usize = 100;

/// What is to be written.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub(super) place: ScenarioPlace,
    pub(super) text: Arc<str>,
    pub(super) saved: Option<Arc<str>>,
    pub(super) carried: Option<(String, String)>,
}

/// What goes into files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The scenario.
    pub text: String,
    /// How it names its fleet there, where that is not as before.
    pub fleet: Option<String>,
    /// The fleet's own file, where it has to be written too.
    pub beside: Option<(PathBuf, String)>,
}

impl Parcel {
    /// The file that it came from.
    pub fn own_file(&self) -> Option<&Path> {
        match &self.place {
            ScenarioPlace::File(path) => Some(path),
            ScenarioPlace::BuiltIn(_) => None,
        }
    }

    /// What that file held when it was read or last written.
    pub fn saved(&self) -> Option<&str> {
        self.saved.as_deref()
    }

    /// What is written so that the fleet is found from this file. A fleet that the program comes with is written beside it;
    /// another is named by its whole path.
    ///
    /// # Errors
    /// When there is no room beside it, in words.
    pub fn for_file(&self, path: &Path) -> Result<Sent, String> {
        let plain = || Sent { text: self.text.to_string(), fleet: None, beside: None };
        let source = Source::of(&self.text);
        let named = source.as_ref().and_then(|source| source.root_text("fleet"));
        let Some((source, named)) = source.as_ref().zip(named).filter(|(_, named)| *named != "demo") else {
            return Ok(plain());
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        let (fleet, beside) = match &self.place {
            ScenarioPlace::File(own) => {
                let from = own.parent().unwrap_or(Path::new(""));
                if from == folder || Path::new(named).is_absolute() {
                    return Ok(plain());
                }
                (from.join(named).display().to_string(), None)
            }
            ScenarioPlace::BuiltIn(_) => {
                let carried =
                    self.carried.as_ref().filter(|(name, _)| name == named).map(|(_, text)| text.as_str());
                let Some(text) = carried.or_else(|| self.place.fleet_text(named)) else { return Ok(plain()) };
                let (file, is_there) = beside(folder, named, text)?;
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
                (name.unwrap_or_default(), (!is_there).then(|| (file, text.to_owned())))
            }
        };
        let changing = Changing { text: &self.text, source };
        let text = changing.set_head("fleet", &fleet)?.text;
        Ok(Sent { text, fleet: Some(fleet), beside })
    }
}

/// A file for a fleet in this folder, and whether it is there already with that very text. No other is written over.
fn beside(folder: &Path, named: &str, text: &str) -> Result<(PathBuf, bool), String> {
    let file = Path::new(named);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for number in 1..MOST {
        let name = if number == 1 { format!("{stem}.toml") } else { format!("{stem}-{number}.toml") };
        let path = folder.join(name);
        if !path.exists() {
            return Ok((path, false));
        }
        if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return Ok((path, true));
        }
    }
    Err(format!("there are too many files called {stem} already"))
}
