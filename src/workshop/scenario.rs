//! A scenario: a fleet, a start, steps at T+…, and what is expected to come of them.

use std::path::{Path, PathBuf};

use crate::desk::snapshot::{Phase, ShelfTime};
use crate::dispatch::{DispatchRef, DispatchUnit, OperatorId, Price, Reference, Stage, Status};
use crate::profile::fault::FileFault;
use crate::profile::faults::Affliction;
use crate::profile::fleet::FleetProfile;
use crate::profile::text_file;
use crate::time::UtcTime;
use crate::units::{Vars, Watts};

use super::exercise::Exercise;
use super::offset::Offset;
use super::scenario_file::{self, FleetFault};

/// A scenario whose references all hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// For people.
    pub name: String,
    /// What it shows, for people.
    pub about: String,
    /// The fleet that answers.
    pub fleet: FleetProfile,
    /// Everything that is drawn by chance comes from it.
    pub seed: u64,
    /// T.
    pub start: UtcTime,
    /// How long it runs.
    pub run_for: Offset,
    /// Seconds between polls of every FSP, instead of the contracts' own.
    pub poll_seconds: Option<u32>,
    /// In time order.
    pub steps: Vec<Step>,
    /// In the file's order.
    pub expectations: Vec<Expectation>,
    /// What makes it a workshop; `None` where it is none.
    pub exercise: Option<Box<Exercise>>,
}

/// Something that the operator does, that goes wrong, or that somebody says.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub at: Offset,
    /// What.
    pub action: Action,
}

/// What the operator does, what goes wrong, or what somebody says.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Draws up and sends a new dispatch.
    Send(Box<Sending>),
    /// Sends the next revision of a dispatch; what is not given stays as it was.
    Amend(Amendment),
    /// Sends STOP for a dispatch.
    Stop {
        /// Its reference.
        dispatch_ref: DispatchRef,
    },
    /// Sends EMERGENCY_STOP.
    EmergencyStop {
        /// For these units; none for all.
        units: Vec<DispatchUnit>,
        /// For this operator's only.
        operator: Option<OperatorId>,
    },
    /// Not the operator: something goes wrong at an FSP.
    Fault {
        /// What, of what.
        affliction: Affliction,
        /// When it ends; `None` for not at all.
        until: Option<Offset>,
    },
    /// Not the operator: somebody tells the trainee something, an order or news.
    Tell {
        /// Who does, as they call themselves on the telephone.
        from: String,
        /// What.
        text: String,
    },
    /// For the trainer alone: what comes next, what to look at.
    Note {
        /// What.
        text: String,
    },
    /// Takes notice of the alarms that wait for it and say so.
    Acknowledge {
        /// Words of their text.
        containing: String,
    },
    /// Puts the alarms aside that say so.
    Shelve {
        /// Words of their text.
        containing: String,
        /// For how long.
        time: ShelfTime,
        /// Why.
        reason: String,
    },
}

/// A new dispatch; operator and contract are the unit's.
#[derive(Clone, Debug, PartialEq)]
pub struct Sending {
    /// Its reference.
    pub dispatch_ref: DispatchRef,
    /// For which unit.
    pub unit: DispatchUnit,
    /// RUN, RUN_NOW or PRE_NOTIFY.
    pub status: Status,
    /// Start of the service window.
    pub service_start: Offset,
    /// End of the service window.
    pub service_end: Offset,
    /// Destinations.
    pub setpoints: Vec<SetpointAt>,
}

/// A next revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Amendment {
    /// Whose.
    pub dispatch_ref: DispatchRef,
    /// A new status.
    pub status: Option<Status>,
    /// A new start.
    pub service_start: Option<Offset>,
    /// A new end.
    pub service_end: Option<Offset>,
    /// New destinations, all of them.
    pub setpoints: Option<Vec<SetpointAt>>,
}

/// A destination at a time of the scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SetpointAt {
    /// When the level is delivered.
    pub at: Offset,
    /// What it is measured from.
    pub reference: Reference,
    /// Real power, generation convention.
    pub real: Option<Watts>,
    /// Reactive power.
    pub reactive: Option<Vars>,
    /// Of the real power.
    pub price: Option<Price>,
}

/// What is expected at the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// Of one dispatch.
    Dispatch(Box<DispatchExpectation>),
    /// Exactly this many alarms whose text holds these words.
    Alarms {
        /// Words in the alarm's text; empty: every alarm.
        containing: String,
        /// How many.
        count: u32,
    },
}

/// What is expected of one dispatch; only what is given is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DispatchExpectation {
    /// Which.
    pub dispatch_ref: Option<DispatchRef>,
    /// Where it stands at the end.
    pub phase: Option<Phase>,
    /// These stages came, in this order; others may stand between.
    pub stages: Vec<Stage>,
    /// These never came.
    pub never: Vec<Stage>,
    /// Seconds from instruction to Appendix A's acknowledgement, at most.
    pub acknowledged_within_s: Option<f64>,
    /// The read-back of the last revision says what was sent.
    pub readback_matched: Option<bool>,
    /// How many setpoints were reached.
    pub setpoints_reached: Option<usize>,
    /// delivered ÷ instructed energy, at least.
    pub ratio_at_least: Option<f64>,
    /// delivered ÷ instructed energy, at most.
    pub ratio_at_most: Option<f64>,
    /// Seconds from a stop to back at baseline, at most.
    pub stopped_within_s: Option<f64>,
}

impl Scenario {
    /// Reads a scenario. The fleet's path is relative to `folder`; `demo` is the built-in one.
    ///
    /// # Errors
    /// Every problem with its line, of the scenario and of its fleet file.
    pub fn from_toml(file: &str, text: &str, folder: &Path) -> Result<Self, Vec<FileFault>> {
        scenario_file::read(file, text, &|name| read_fleet(folder, name))
    }

    /// Reads a scenario file.
    ///
    /// # Errors
    /// When it cannot be read, or every problem with its line.
    pub fn from_file(path: &Path) -> Result<Self, Vec<FileFault>> {
        let text = text_file::read(path).map_err(|fault| vec![fault])?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Self::from_toml(&path.display().to_string(), &text, &folder)
    }

    /// The demonstration that comes with the program.
    ///
    /// # Errors
    /// Never in a released build: a test reads it.
    pub fn evening_peak() -> Result<Self, Vec<FileFault>> {
        let text = include_str!("../../profiles/scenarios/evening-peak.toml");
        scenario_file::read("evening-peak.toml", text, &|_| Ok(FleetProfile::demo()))
    }
}

/// The fleet that a scenario in this folder names.
pub(super) fn read_fleet(folder: &Path, name: &str) -> Result<FleetProfile, FleetFault> {
    if name == "demo" {
        return Ok(FleetProfile::demo());
    }
    let path = folder.join(name);
    let text = text_file::read(&path).map_err(|fault| FleetFault::Nowhere(fault.to_string()))?;
    FleetProfile::from_toml(&path.display().to_string(), &text).map_err(FleetFault::Wrong)
}
