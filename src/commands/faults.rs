//! A faults file that is read again whenever it changes: how faults of a running fleet are switched from outside.

use std::path::{Path, PathBuf};

use crate::fleet::FaultSwitch;
use crate::profile::faults::{FaultPlan, TimedFault};
use crate::profile::fleet::FleetProfile;
use crate::profile::kind::FileKind;
use crate::profile::text_file;
use crate::time::{Clock, UtcTime};

use super::input;
use super::output::{self, Failure};

/// Seconds between two looks at the file.
const LOOK_EVERY_S: f64 = 1.0;

/// A faults file, as it was last read.
pub struct FaultsFile {
    path: PathBuf,
    fleet: FleetProfile,
    switch: FaultSwitch,
    /// As it stood at the last look; `None` when it could not be read.
    text: Option<String>,
}

impl FaultsFile {
    /// Reads it for the first time.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn open(path: &Path, fleet: &FleetProfile) -> Result<Self, Failure> {
        let plan =
            input::file(path, FileKind::Faults, |name, text| FaultPlan::from_toml(name, text, Some(fleet)))?;
        let switch = FaultSwitch::default();
        switch.replace(plan);
        let text = text_file::read(path).ok();
        Ok(Self { path: path.to_path_buf(), fleet: fleet.clone(), switch, text })
    }

    /// Where the fleet sees them.
    pub fn switch(&self) -> FaultSwitch {
        self.switch.clone()
    }

    /// Looks at it for good, and says on standard error what became of each change. What cannot be read changes nothing.
    pub async fn follow(mut self) {
        output::say(now_on(&self.switch.plan(), Clock::real().now()));
        loop {
            Clock::real().sleep(LOOK_EVERY_S).await;
            self.look();
        }
    }

    fn look(&mut self) {
        let read = text_file::read(&self.path);
        let text = read.as_ref().ok().cloned();
        if text == self.text {
            return;
        }
        let name = self.path.display().to_string();
        let plan = read
            .map_err(|fault| vec![fault])
            .and_then(|text| FaultPlan::from_toml(&name, &text, Some(&self.fleet)));
        match plan {
            Ok(plan) => {
                self.switch.replace(plan);
                output::say(now_on(&self.switch.plan(), Clock::real().now()));
            }
            Err(faults) => {
                faults.iter().for_each(|fault| output::say(fault.to_string()));
                output::say("the faults stay as they were");
            }
        }
        self.text = text;
    }
}

fn now_on(plan: &FaultPlan, now: UtcTime) -> String {
    let words = |timed: &TimedFault| {
        let from = timed.from.filter(|from| *from > now).map(|from| format!(" from {from}"));
        let until = timed.until.map(|until| format!(" until {until}"));
        format!("{}{}{}", timed.affliction.words(), from.unwrap_or_default(), until.unwrap_or_default())
    };
    let is_over = |timed: &&TimedFault| timed.until.is_some_and(|until| until <= now);
    let all: Vec<String> = plan.faults.iter().filter(|timed| !is_over(timed)).map(words).collect();
    if all.is_empty() { "faults: none".to_owned() } else { format!("faults: {}", all.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_taken_up_and_a_wrong_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.toml");
        let stuck = "[[faults]]\nunit = \"BRIGHTFLEX/BESS-07\"\nfault = \"stuck\"\n";
        std::fs::write(&path, stuck).unwrap();
        let Ok(mut file) = FaultsFile::open(&path, &FleetProfile::demo()) else { panic!("it can be read") };
        let count = |file: &FaultsFile| file.switch.plan().faults.len();
        assert_eq!(count(&file), 1);
        std::fs::write(&path, format!("{stuck}[[faults]]\nfsp = \"TRENTGEN\"\nfault = \"reordered\"\n"))
            .unwrap();
        file.look();
        assert_eq!(count(&file), 2);
        std::fs::write(&path, stuck.replace("BESS-07", "BESS-99")).unwrap();
        file.look();
        assert_eq!(count(&file), 2, "a unit that is not there");
        std::fs::remove_file(&path).unwrap();
        file.look();
        assert_eq!(count(&file), 2, "a file that is gone");
        std::fs::write(&path, "").unwrap();
        file.look();
        assert_eq!(count(&file), 2, "a file that is being written");
        std::fs::write(&path, "# All is well.\n").unwrap();
        file.look();
        assert_eq!(count(&file), 0);
    }
}
