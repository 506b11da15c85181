//! The read-back: an FSP says in its own model what it understood and acts on (Appendix A: "only fields which were
//! recognised and acted on should be read back").

use crate::time::UtcTime;

use super::{
    ContractId, Dispatch, DispatchRef, DispatchUnit, OperatorId, Problem, Revision, Setpoint, Status,
};

/// What was understood and is acted on. Whatever was not is absent. Never copied from the text received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readback {
    /// Who dispatches.
    pub network_operator: Option<OperatorId>,
    /// The operator's reference.
    pub dispatch_ref: Option<DispatchRef>,
    /// The revision.
    pub revision: Option<Revision>,
    /// What is asked.
    pub status: Option<Status>,
    /// The contract.
    pub contract: Option<ContractId>,
    /// The unit that acts.
    pub unit: Option<DispatchUnit>,
    /// When the operator decided it.
    pub instruction_time: Option<UtcTime>,
    /// Start of the window.
    pub service_start: Option<UtcTime>,
    /// End of the window.
    pub service_end: Option<UtcTime>,
    /// The destinations that the unit is going to.
    pub setpoints: Option<Vec<Setpoint>>,
}

/// How one field came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    /// As sent.
    Matched,
    /// Otherwise than sent: an alarm.
    Differs,
    /// Not understood, or not acted on.
    Absent,
    /// Read back although it was never sent.
    Added,
}

impl Comparison {
    /// One word for the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Differs => "differs",
            Self::Absent => "absent",
            Self::Added => "not sent",
        }
    }
}

/// One field, sent against read back, both in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldComparison {
    /// The field, as a path: `setpoints[1].real`.
    pub field: String,
    /// As sent; empty when it was not.
    pub sent: String,
    /// As read back.
    pub read_back: Option<String>,
    /// The verdict.
    pub comparison: Comparison,
}

impl Readback {
    /// Everything, for a unit that understood everything. Build it from the model acted on.
    pub fn of(dispatch: &Dispatch) -> Self {
        Self {
            network_operator: Some(dispatch.network_operator.clone()),
            dispatch_ref: Some(dispatch.dispatch_ref.clone()),
            revision: Some(dispatch.revision),
            status: Some(dispatch.status),
            contract: Some(dispatch.contract.clone()),
            unit: Some(dispatch.unit.clone()),
            instruction_time: Some(dispatch.instruction_time),
            service_start: Some(dispatch.service_start),
            service_end: Some(dispatch.service_end),
            setpoints: Some(dispatch.setpoints.clone()),
        }
    }

    /// The canonical text that the wire carries in GB_READBACK.
    pub fn to_text(&self) -> String {
        super::canonical::readback_text(self)
    }

    /// Reads [`Readback::to_text`] back, tolerating whatever else another implementation adds; a field that cannot be
    /// read is a problem, not absent.
    ///
    /// # Errors
    /// Each field that cannot be read.
    pub fn from_text(_text: &str) -> Result<Self, Vec<Problem>> {
        todo!()
    }
}

/// Compares field by field, and setpoint by setpoint.
pub fn compare_readback(_sent: &Dispatch, _read_back: &Readback) -> Vec<FieldComparison> {
    todo!()
}
