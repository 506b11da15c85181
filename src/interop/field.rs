//! The fields of Appendix A's dispatch, and what stands in them.

use crate::dispatch::{Price, PricePer, Setpoint};
use crate::time::UtcTime;

use super::number::pounds;
use super::subject::Subject;

/// So many of a list are shown.
const SHOWN: usize = 4;

/// A field of Appendix A, and with [`Self::Several`] that there may be more than one setpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Service start time.
    ServiceStart,
    /// Service end time.
    ServiceEnd,
    /// Dispatch Unit.
    DispatchUnit,
    /// Contract ID.
    Contract,
    /// Instruction time.
    InstructionTime,
    /// Network Operator ID.
    NetworkOperator,
    /// NO Dispatch Ref.
    DispatchRef,
    /// Dispatch Information Revision.
    Revision,
    /// Dispatch status.
    Status,
    /// Signature.
    Signature,
    /// Setpoint timestamps.
    SetpointTimes,
    /// One or more service timings in one message.
    Several,
    /// Service volume, with its sign.
    Volume,
    /// Service units.
    Units,
    /// Delta or absolute.
    Reference,
    /// Price per unit.
    Price,
    /// Service type: real or reactive.
    ServiceType,
}

impl Field {
    /// All of them, in the order of Appendix A.
    pub const ALL: [Self; 17] = [
        Self::ServiceStart,
        Self::ServiceEnd,
        Self::DispatchUnit,
        Self::Contract,
        Self::InstructionTime,
        Self::NetworkOperator,
        Self::DispatchRef,
        Self::Revision,
        Self::Status,
        Self::Signature,
        Self::SetpointTimes,
        Self::Several,
        Self::Volume,
        Self::Units,
        Self::Reference,
        Self::Price,
        Self::ServiceType,
    ];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceStart => "Service start",
            Self::ServiceEnd => "Service end",
            Self::DispatchUnit => "Dispatch unit",
            Self::Contract => "Contract",
            Self::InstructionTime => "Instruction time",
            Self::NetworkOperator => "Network operator",
            Self::DispatchRef => "Dispatch ref",
            Self::Revision => "Revision",
            Self::Status => "Status",
            Self::Signature => "Signature",
            Self::SetpointTimes => "Setpoint times",
            Self::Several => "Several setpoints",
            Self::Volume => "Volume",
            Self::Units => "Units",
            Self::Reference => "Delta or absolute",
            Self::Price => "Price",
            Self::ServiceType => "Real or reactive",
        }
    }

    /// Its name for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::ServiceStart => "service_start",
            Self::ServiceEnd => "service_end",
            Self::DispatchUnit => "dispatch_unit",
            Self::Contract => "contract",
            Self::InstructionTime => "instruction_time",
            Self::NetworkOperator => "network_operator",
            Self::DispatchRef => "dispatch_ref",
            Self::Revision => "revision",
            Self::Status => "status",
            Self::Signature => "signature",
            Self::SetpointTimes => "setpoint_times",
            Self::Several => "several_setpoints",
            Self::Volume => "volume",
            Self::Units => "units",
            Self::Reference => "reference",
            Self::Price => "price",
            Self::ServiceType => "service_type",
        }
    }

    /// What stands in it; `None` when this dispatch has none.
    pub fn asked(self, subject: &Subject<'_>) -> Option<String> {
        let dispatch = subject.dispatch;
        let setpoints = &dispatch.setpoints;
        match self {
            Self::ServiceStart => Some(dispatch.service_start.to_string()),
            Self::ServiceEnd => Some(dispatch.service_end.to_string()),
            Self::DispatchUnit => Some(dispatch.unit.to_string()),
            Self::Contract => Some(dispatch.contract.to_string()),
            Self::InstructionTime => Some(dispatch.instruction_time.to_string()),
            Self::NetworkOperator => Some(dispatch.network_operator.to_string()),
            Self::DispatchRef => Some(dispatch.dispatch_ref.to_string()),
            Self::Revision => Some(dispatch.revision.to_string()),
            Self::Status => Some(dispatch.status.to_string()),
            Self::Signature => subject.signature.map(|s| format!("Ed25519 by key {}", s.key_id)),
            Self::SetpointTimes => times(setpoints.iter().map(|s| s.at)),
            Self::Several => match setpoints.len() {
                0 => None,
                many => Some(crate::units::counted(many, "setpoint")),
            },
            Self::Volume => shortened(setpoints.iter().flat_map(volumes).collect()),
            Self::Units => either(setpoints, "kW", "kvar"),
            Self::Reference => references(setpoints),
            Self::Price => shortened(setpoints.iter().flat_map(prices).collect()),
            Self::ServiceType => either(setpoints, "REAL", "REACTIVE"),
        }
    }
}

/// Times as one text; `None` for none.
pub(super) fn times(list: impl IntoIterator<Item = UtcTime>) -> Option<String> {
    shortened(list.into_iter().map(|at| at.to_string()).collect())
}

/// The first of a list as one text, and how many more there are; `None` for none.
pub(super) fn shortened(list: Vec<String>) -> Option<String> {
    let more = list.len().saturating_sub(SHOWN);
    let mut text = list.into_iter().take(SHOWN).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    (!text.is_empty()).then_some(text)
}

fn volumes(setpoint: &Setpoint) -> impl Iterator<Item = String> {
    let real = setpoint.real.map(|level| level.watts.to_string());
    let reactive = setpoint.reactive.map(|level| level.vars.to_string());
    real.into_iter().chain(reactive)
}

fn prices(setpoint: &Setpoint) -> impl Iterator<Item = String> {
    let real = setpoint.real.and_then(|level| level.price);
    let reactive = setpoint.reactive.and_then(|level| level.price);
    real.into_iter().chain(reactive).map(price)
}

/// `£300.00 per MWh`.
pub(super) fn price(price: Price) -> String {
    let per = match price.per {
        PricePer::Mwh => "MWh",
        PricePer::Mvarh => "Mvarh",
        PricePer::Window => "window",
    };
    let amount = pounds(price.pence);
    match amount.strip_prefix('-') {
        Some(amount) => format!("−£{amount} per {per}"),
        None => format!("£{amount} per {per}"),
    }
}

fn either(setpoints: &[Setpoint], real: &str, reactive: &str) -> Option<String> {
    let has = (setpoints.iter().any(|s| s.real.is_some()), setpoints.iter().any(|s| s.reactive.is_some()));
    match has {
        (true, true) => Some(format!("{real} and {reactive}")),
        (true, false) => Some(real.to_owned()),
        (false, true) => Some(reactive.to_owned()),
        (false, false) => None,
    }
}

/// Each in use once, in order of first use.
fn references(setpoints: &[Setpoint]) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    let all = setpoints.iter().flat_map(|s| {
        let real = s.real.map(|level| format!("{} (real)", level.reference.word()));
        let reactive = s.reactive.map(|level| format!("{} (reactive)", level.reference.word()));
        real.into_iter().chain(reactive)
    });
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    (!found.is_empty()).then(|| found.join(", "))
}
