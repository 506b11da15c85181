//! The scenarios at hand: those that the program comes with, and files of a person's own.

use std::path::{Component, Path, PathBuf};

use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::profile::text_file;

use super::scenario::{Scenario, read_fleet};
use super::scenario_file::{self, FleetFault};

/// Where a scenario is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScenarioPlace {
    /// Within the profiles that the program comes with, as `scenarios/evening-peak.toml`.
    BuiltIn(&'static str),
    /// A file.
    File(PathBuf),
}

/// What a list says of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where it is.
    pub place: ScenarioPlace,
    /// Its name, for people.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// How long it runs, seconds of its own time.
    pub lasts_s: i64,
    /// What a list says of it where it is a workshop.
    pub graded: Option<Graded>,
}

/// What a list says of a workshop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded {
    /// How hard it is, 1 to 10.
    pub level: u8,
    /// Its number among those that the program comes with, by which its file is named.
    pub number: Option<u32>,
    /// What the trainee can do afterwards.
    pub aim: String,
}

impl ScenarioPlace {
    /// For people.
    pub fn words(&self) -> String {
        match self {
            Self::BuiltIn(path) => format!("{path}, which Rampdesk comes with"),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn text(&self) -> Result<String, FileFault> {
        match self {
            Self::File(path) => text_file::read(path),
            Self::BuiltIn(path) => Ok(text_of(path).unwrap_or_default().to_owned()),
        }
    }

    /// The fleet that a scenario in this place names.
    pub(super) fn fleet(&self, name: &str) -> Result<FleetProfile, FleetFault> {
        match self {
            Self::File(path) => read_fleet(path.parent().unwrap_or(Path::new("")), name),
            Self::BuiltIn(path) => fleet_of(path, name),
        }
    }

    /// The text of the fleet that a scenario in this place names, of those that the program comes with.
    pub(super) fn fleet_text(&self, name: &str) -> Option<&'static str> {
        match self {
            Self::File(_) => None,
            Self::BuiltIn(path) => text_of(&beside(path, name)),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it cannot be read, or every problem with its line.
    pub fn read(&self) -> Result<Scenario, Vec<FileFault>> {
        match self {
            Self::File(path) => Scenario::from_file(path),
            Self::BuiltIn(path) => {
                let text = text_of(path).unwrap_or_default();
                scenario_file::read(path, text, &|name| fleet_of(path, name))
            }
        }
    }
}

/// What the program comes with, in the order of the list.
pub fn built_in() -> Vec<Listed> {
    let listed = |(path, _): &(&'static str, &str)| {
        let place = ScenarioPlace::BuiltIn(path);
        let scenario = place.read().ok()?;
        let lasts_s = scenario.run_for.after(scenario.start).since(scenario.start);
        let graded = scenario.exercise.as_deref().map(|exercise| Graded {
            level: exercise.level,
            number: number_of(path),
            aim: exercise.aim.clone(),
        });
        Some(Listed { place, name: scenario.name, about: scenario.about, lasts_s, graded })
    };
    SCENARIOS.iter().filter_map(listed).collect()
}

/// 7, of `workshops/07-two-silences.toml`.
fn number_of(path: &str) -> Option<u32> {
    let (number, _) = path.rsplit('/').next()?.split_once('-')?;
    number.parse().ok()
}

fn text_of(path: &str) -> Option<&'static str> {
    SCENARIOS.iter().chain(FLEETS).find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// The fleet that a scenario names: by the path from its own folder, or the demonstration.
fn fleet_of(scenario: &str, name: &str) -> Result<FleetProfile, FleetFault> {
    if name == "demo" {
        return Ok(FleetProfile::demo());
    }
    let path = beside(scenario, name);
    let text =
        text_of(&path).ok_or_else(|| FleetFault::Nowhere(format!("Rampdesk comes with no `{path}`")))?;
    FleetProfile::from_toml(&path, text).map_err(FleetFault::Wrong)
}

/// `fleets/town.toml`, for `../fleets/town.toml` beside `scenarios/evening-peak.toml`.
fn beside(file: &str, name: &str) -> String {
    let mut parts: Vec<&str> = Path::new(file)
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .filter_map(|part| part.as_os_str().to_str())
        .collect();
    for part in Path::new(name).components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(part) => parts.extend(part.to_str()),
            _ => {}
        }
    }
    parts.join("/")
}

/// Each with its text, by its path within `profiles`.
macro_rules! profiles {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../profiles/", $path)))),*]
    };
}

const SCENARIOS: &[(&str, &str)] = profiles![
    "workshops/01-first-dispatch.toml",
    "workshops/02-less-then-nothing.toml",
    "workshops/03-turned-down-for-up.toml",
    "workshops/04-delta-read-as-absolute.toml",
    "workshops/05-acknowledged-and-did-nothing.toml",
    "workshops/06-rebound.toml",
    "workshops/07-two-silences.toml",
    "workshops/08-clocks-go-back.toml",
    "workshops/09-signature-of-the-id.toml",
    "workshops/10-evening-peak.toml",
    "scenarios/semantics/acknowledgement.toml",
    "scenarios/semantics/read-back.toml",
    "scenarios/semantics/revision.toml",
    "scenarios/semantics/stop.toml",
    "scenarios/semantics/loss-of-communications.toml",
    "scenarios/semantics/sign-and-delta.toml",
    "scenarios/semantics/ramp.toml",
    "scenarios/semantics/end-of-service.toml",
    "scenarios/clocks-back.toml",
    "scenarios/clocks-forward.toml",
    "scenarios/emergency-stop.toml",
    "scenarios/evening-peak.toml",
    "scenarios/fail-safe.toml",
    "scenarios/mw-dispatch.toml",
    "scenarios/state-of-charge.toml",
    "scenarios/stop-mid-delivery.toml",
    "scenarios/unreachable-setpoint.toml",
    "scenarios/faults/altered.toml",
    "scenarios/faults/bad-data.toml",
    "scenarios/faults/checks-id-only.toml",
    "scenarios/faults/clock-skew.toml",
    "scenarios/faults/delta-as-absolute.toml",
    "scenarios/faults/does-nothing.toml",
    "scenarios/faults/duplicates.toml",
    "scenarios/faults/energy-exhausted.toml",
    "scenarios/faults/expired-token.toml",
    "scenarios/faults/forged-signature.toml",
    "scenarios/faults/ignores-amendments.toml",
    "scenarios/faults/late-start.toml",
    "scenarios/faults/loss-of-comms.toml",
    "scenarios/faults/metering-gap.toml",
    "scenarios/faults/missing-signature.toml",
    "scenarios/faults/off-baseline.toml",
    "scenarios/faults/partial.toml",
    "scenarios/faults/reordered.toml",
    "scenarios/faults/slow.toml",
    "scenarios/faults/stuck.toml",
    "scenarios/faults/trip.toml",
    "scenarios/faults/weather.toml",
    "scenarios/faults/wrong-direction.toml",
    "scenarios/faults/wrong-unit.toml",
];

const FLEETS: &[(&str, &str)] = profiles![
    "fleets/county.toml",
    "fleets/demo.toml",
    "fleets/mw-dispatch.toml",
    "fleets/region.toml",
    "fleets/town.toml",
    "fleets/traded.toml",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    fn files_in(folder: &Path, root: &Path, out: &mut BTreeSet<String>) {
        for path in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                files_in(&path, root, out);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let parts = path.strip_prefix(root).unwrap().components();
                let parts: Vec<_> = parts.map(|part| part.as_os_str().to_str().unwrap()).collect();
                out.insert(parts.join("/"));
            }
        }
    }

    /// A scenario that is left out could only be opened by whoever has the source.
    #[test]
    fn every_scenario_and_fleet_of_the_profiles_is_built_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles");
        let mut there = BTreeSet::new();
        for folder in ["scenarios", "workshops", "fleets"] {
            files_in(&root.join(folder), &root, &mut there);
        }
        let known: BTreeSet<String> =
            SCENARIOS.iter().chain(FLEETS).map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(known, there, "write a line for each into SCENARIOS or FLEETS");
    }

    #[test]
    fn what_is_built_in_is_the_same_as_its_file() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles");
        let all = built_in();
        assert_eq!(all.len(), SCENARIOS.len(), "each can be read");
        for listed in all {
            let ScenarioPlace::BuiltIn(path) = &listed.place else { panic!("{listed:?}") };
            let of_file = Scenario::from_file(&root.join(path)).unwrap();
            assert_eq!(listed.place.read().unwrap(), of_file, "{path}");
            let (graded, exercise) = (listed.graded.as_ref(), of_file.exercise.as_ref());
            assert_eq!(graded.map(|graded| graded.level), exercise.map(|exercise| exercise.level), "{path}");
            assert_eq!(graded.is_some(), graded.is_some_and(|graded| graded.number.is_some()), "{path}");
            assert!(!listed.name.is_empty() && !listed.about.is_empty() && listed.lasts_s > 0, "{listed:?}");
        }
    }
}
