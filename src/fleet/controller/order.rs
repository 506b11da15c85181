//! The controller's own model of a dispatch: what the unit acts on, and the only thing that is read back.

use crate::dispatch::{
    ContractId, Dispatch, DispatchKey, DispatchParts, DispatchRef, DispatchUnit, OperatorId, Problem,
    ReactiveLevel, Readback, RealLevel, Revision, Setpoint, Status,
};
use crate::power::Instruction;
use crate::power::reactive::Request;
use crate::profile::fleet::Unit;
use crate::time::UtcTime;

/// A destination as the unit holds it: of real power, of reactive power, or of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) at: UtcTime,
    pub(super) real: Option<RealLevel>,
    pub(super) reactive: Option<ReactiveLevel>,
}

/// A dispatch as the unit holds it. Of a unit that controls real power only, reactive levels are not in its model, so
/// they are neither acted on nor read back.
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
    pub(super) fn of(dispatch: &Dispatch, unit: &Unit) -> Self {
        let is_controlled = unit.reactive.is_some();
        let level =
            |s: &Setpoint| Level { at: s.at, real: s.real, reactive: s.reactive.filter(|_| is_controlled) };
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
                .map(level)
                .filter(|l| l.real.is_some() || l.reactive.is_some())
                .collect(),
            leaves_out_reactive: !is_controlled && dispatch.setpoints.iter().any(|s| s.reactive.is_some()),
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
    pub(super) fn instruction(&self, unit: &Unit) -> Result<Option<Instruction>, Vec<Problem>> {
        let own = self.document()?;
        Ok(match &unit.reactive {
            None => Instruction::of(&own, &unit.baseline),
            Some(capability) => capability.instruction(&own, &unit.baseline, unit.asset.ramps_kw_per_s()),
        })
    }

    /// Whether the unit is to give reactive power.
    pub(super) fn asks_reactive(&self) -> bool {
        self.levels.iter().any(|level| level.reactive.is_some())
    }

    /// The reactive power that the unit is to give, from this model.
    pub(super) fn request(&self) -> Option<Request> {
        if !self.asks_reactive() {
            return None;
        }
        self.document().ok().and_then(|own| Request::of(&own))
    }

    /// This model alone as a document.
    ///
    /// # Errors
    /// When it breaks a rule of the document.
    pub(super) fn document(&self) -> Result<Dispatch, Vec<Problem>> {
        Dispatch::new(DispatchParts {
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
        })
    }

    fn setpoints(&self) -> Vec<Setpoint> {
        self.levels.iter().map(|l| Setpoint { at: l.at, real: l.real, reactive: l.reactive }).collect()
    }
}
