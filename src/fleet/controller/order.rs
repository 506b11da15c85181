//! The controller's own model of a dispatch: what the unit acts on, and the only thing that is read back.

use crate::dispatch::{
    ContractId, Dispatch, DispatchKey, DispatchParts, DispatchRef, DispatchUnit, OperatorId, Problem,
    Readback, RealLevel, Revision, Setpoint, Status,
};
use crate::power::{Baseline, Instruction};
use crate::time::UtcTime;

/// A destination of real power as the unit holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) at: UtcTime,
    pub(super) real: RealLevel,
}

/// A dispatch as the unit holds it. A simulated unit controls real power only: reactive levels are not in its model,
/// so they are neither acted on nor read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) operator: OperatorId,
    pub(super) dispatch_ref: DispatchRef,
    pub(super) revision: Revision,
    pub(super) status: Status,
    pub(super) contract: ContractId,
    pub(super) unit: DispatchUnit,
    pub(super) instruction_time: UtcTime,
    pub(super) start: UtcTime,
    pub(super) end: UtcTime,
    pub(super) levels: Vec<Level>,
    /// Whether reactive power was asked and is left out.
    pub(super) leaves_out_reactive: bool,
}

impl Order {
    /// What the unit understands of a dispatch.
    pub(super) fn of(dispatch: &Dispatch) -> Self {
        Self {
            operator: dispatch.network_operator.clone(),
            dispatch_ref: dispatch.dispatch_ref.clone(),
            revision: dispatch.revision,
            status: dispatch.status,
            contract: dispatch.contract.clone(),
            unit: dispatch.unit.clone(),
            instruction_time: dispatch.instruction_time,
            start: dispatch.service_start,
            end: dispatch.service_end,
            levels: dispatch
                .setpoints
                .iter()
                .filter_map(|s| s.real.map(|real| Level { at: s.at, real }))
                .collect(),
            leaves_out_reactive: dispatch.setpoints.iter().any(|s| s.reactive.is_some()),
        }
    }

    /// Operator and reference.
    pub(super) fn key(&self) -> DispatchKey {
        DispatchKey { operator: self.operator.clone(), dispatch_ref: self.dispatch_ref.clone() }
    }

    /// What is read back: every field of this model, and nothing else.
    pub(super) fn readback(&self) -> Readback {
        Readback {
            network_operator: Some(self.operator.clone()),
            dispatch_ref: Some(self.dispatch_ref.clone()),
            revision: Some(self.revision),
            status: Some(self.status),
            contract: Some(self.contract.clone()),
            unit: Some(self.unit.clone()),
            instruction_time: Some(self.instruction_time),
            service_start: Some(self.start),
            service_end: Some(self.end),
            setpoints: Some(self.setpoints()),
        }
    }

    /// What moves the unit, from this model; `None` for a notice.
    ///
    /// # Errors
    /// When this model alone breaks a rule of the document.
    pub(super) fn instruction(&self, baseline: &Baseline) -> Result<Option<Instruction>, Vec<Problem>> {
        let own = Dispatch::new(DispatchParts {
            network_operator: self.operator.clone(),
            dispatch_ref: self.dispatch_ref.clone(),
            revision: self.revision,
            status: self.status,
            contract: self.contract.clone(),
            unit: self.unit.clone(),
            instruction_time: self.instruction_time,
            service_start: self.start,
            service_end: self.end,
            setpoints: self.setpoints(),
        })?;
        Ok(Instruction::of(&own, baseline))
    }

    fn setpoints(&self) -> Vec<Setpoint> {
        self.levels.iter().map(|l| Setpoint { at: l.at, real: Some(l.real), reactive: None }).collect()
    }
}
