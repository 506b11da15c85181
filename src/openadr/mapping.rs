//! The GB dispatch profile's section 4: documents as OpenADR 3.1 objects and back.

use crate::dispatch::{
    ContractId, DispatchKey, DispatchUnit, FspId, OperatorId, Problem, Revision, SignedAcknowledgement,
    SignedDispatch, Status,
};
use crate::power::{Reading, UnitPhase};
use crate::time::UtcTime;

use super::wire::{Event, Program, Report};

/// A contract's terms as a program carries them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who buys.
    pub operator: OperatorId,
    /// The contract.
    pub contract: ContractId,
    /// Seconds between polls.
    pub poll_seconds: u32,
    /// Seconds allowed for each acknowledgement.
    pub ack_seconds: u32,
}

/// The program's name: `<operator>_<contract>`.
pub fn program_name(_operator: &OperatorId, _contract: &ContractId) -> String {
    todo!()
}

/// A contract as a program.
pub fn program_from(_terms: &Terms) -> Program {
    todo!()
}

/// A program's terms; `None` when it is not one of this profile's.
pub fn terms_from(_program: &Program) -> Option<Terms> {
    todo!()
}

/// The anchor event of a program: untargeted, without intervals, asks for heartbeats, standing telemetry and
/// availability.
pub fn anchor_event(_program_id: &str) -> Event {
    todo!()
}

/// Whether an event is an anchor.
pub fn is_anchor(_event: &Event) -> bool {
    todo!()
}

/// A signed dispatch as an event of its contract's program.
pub fn event_from(_signed: &SignedDispatch, _program_id: &str) -> Event {
    todo!()
}

/// The ref and revision that an event carries, without reading the rest: for the look-up before a retried POST.
pub fn identity_of(_event: &Event) -> Option<(DispatchKey, Revision)> {
    todo!()
}

/// Why an event is not a dispatch that can be acted on; holds what could be read, so that a rejection can name it.
#[derive(Clone, Debug)]
pub struct Undecodable {
    /// Operator and ref, when they could be read.
    pub key: Option<DispatchKey>,
    /// The unit, when it could be read.
    pub unit: Option<DispatchUnit>,
    /// The revision, when it could be read.
    pub revision: Option<Revision>,
    /// The status, when it is one of the five.
    pub status: Option<Status>,
    /// Whether only the signature is missing or unreadable.
    pub signature_only: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Rebuilds the signed dispatch from an event, tolerating everything that VTNs rewrite.
///
/// # Errors
/// What could not be read. Nothing of it is ever acted on.
pub fn dispatch_from(_event: &Event) -> Result<SignedDispatch, Box<Undecodable>> {
    todo!()
}

/// A signed acknowledgement as a report on the event.
pub fn report_from_acknowledgement(_signed: &SignedAcknowledgement, _event_id: &str) -> Report {
    todo!()
}

/// An acknowledgement from a report; `None` when the report is of another kind, problems when it is one and cannot be
/// read.
pub fn acknowledgement_from(_report: &Report) -> Option<Result<SignedAcknowledgement, Vec<Problem>>> {
    todo!()
}

/// One minute of one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinuteReading {
    /// Mean net kW of the minute that ends at `reading.at`, generation convention.
    pub reading: Reading,
    /// Baseline, net kW.
    pub baseline_kw: Option<f64>,
    /// State of charge, 0 to 1.
    pub soc: Option<f64>,
}

/// Delivered power as a report on the dispatch's event (or on the anchor, for standing telemetry).
pub fn report_from_readings(_event_id: &str, _unit: &DispatchUnit, _minutes: &[MinuteReading]) -> Report {
    todo!()
}

/// The readings of a report, by unit; empty when it carries none.
pub fn readings_from(_report: &Report) -> Vec<(DispatchUnit, MinuteReading)> {
    todo!()
}

/// What an FSP says of itself with each heartbeat (Appendix A: "Dispatch Poll").
#[derive(Clone, Debug, PartialEq)]
pub struct Heartbeat {
    /// To whom.
    pub operator: OperatorId,
    /// From whom.
    pub fsp: FspId,
    /// When, by the FSP's clock.
    pub at: UtcTime,
    /// The last revision seen of each dispatch.
    pub seen: Vec<(DispatchKey, Revision)>,
    /// Each unit.
    pub units: Vec<UnitPulse>,
}

/// A unit's own sign of life.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitPulse {
    /// The unit.
    pub unit: DispatchUnit,
    /// What it is doing.
    pub phase: UnitPhase,
    /// Net kW now.
    pub kw: f64,
    /// State of charge, 0 to 1.
    pub soc: Option<f64>,
    /// Whether the unit's own controller answered the client.
    pub alive: bool,
}

/// A heartbeat as a report on the anchor event.
pub fn report_from_heartbeat(_heartbeat: &Heartbeat, _anchor_event_id: &str) -> Report {
    todo!()
}

/// A heartbeat from a report; `None` when it is of another kind or cannot be read.
pub fn heartbeat_from(_report: &Report) -> Option<Heartbeat> {
    todo!()
}
