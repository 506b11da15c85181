//! A contract as a program.

use serde_json::Value;

use crate::dispatch::{ContractId, OperatorId};
use crate::openadr::wire::Program;

use super::number;
use super::payload::{payload, text};

/// The program type of this profile; another minor version is read alike.
const PROGRAM_TYPE: &str = "GB_DISPATCH-1.0.0";
const PROGRAM_TYPE_FAMILY: &str = "GB_DISPATCH-1.";
/// What holds when a program does not say (profile, section 6).
const DEFAULT_POLL_SECONDS: u32 = 10;
/// What holds when a program does not say.
const DEFAULT_ACK_SECONDS: u32 = 30;

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

/// The program's name: `<operator>_<contract>`. An operator id holds no `_`, so it splits one way only.
pub fn program_name(operator: &OperatorId, contract: &ContractId) -> String {
    format!("{operator}_{contract}")
}

/// A contract as a program.
pub fn program_from(terms: &Terms) -> Program {
    Program {
        program_name: program_name(&terms.operator, &terms.contract),
        attributes: vec![
            text("PROGRAM_TYPE", PROGRAM_TYPE),
            text("RETAILER_NAME", terms.operator.as_str()),
            payload("BINDING_EVENTS", vec![Value::Bool(false)]),
            text("GB_SIGN", "IMPORT_POSITIVE"),
            text("GB_DELTA_REFERENCE", "BASELINE"),
            payload("GB_POLL_SECONDS", vec![terms.poll_seconds.into()]),
            payload("GB_ACK_SECONDS", vec![terms.ack_seconds.into()]),
        ],
        ..Program::default()
    }
}

/// A program's terms; `None` when it is not one of this profile's. Seconds that are missing or cannot be are the
/// profile's own (10 between polls, 30 for an acknowledgement).
pub fn terms_from(program: &Program) -> Option<Terms> {
    let first = |kind: &str| program.attributes.iter().find(|a| a.kind == kind)?.values.first();
    let seconds = |kind: &str, default: u32| {
        first(kind)
            .and_then(|v| number::units(v, 0).ok())
            .and_then(|s| u32::try_from(s).ok())
            .filter(|s| *s > 0)
            .unwrap_or(default)
    };
    first("PROGRAM_TYPE")?.as_str()?.strip_prefix(PROGRAM_TYPE_FAMILY)?;
    let (operator, contract) = program.program_name.split_once('_')?;
    let retailer = first("RETAILER_NAME").and_then(Value::as_str);
    if retailer.is_some_and(|name| name != operator) {
        return None;
    }
    Some(Terms {
        operator: operator.parse().ok()?,
        contract: contract.parse().ok()?,
        poll_seconds: seconds("GB_POLL_SECONDS", DEFAULT_POLL_SECONDS),
        ack_seconds: seconds("GB_ACK_SECONDS", DEFAULT_ACK_SECONDS),
    })
}
