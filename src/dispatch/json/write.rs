//! The document as text, in the order of the profile's example.

use serde::Serialize;

use crate::time::UtcTime;

use super::super::signature::ALGORITHM;
use super::super::{
    ContractId, Dispatch, DispatchRef, DispatchUnit, KeyId, OperatorId, PROFILE, Price, Revision, Setpoint,
    Signature, Status,
};
use super::quantity;

#[derive(Serialize)]
struct Document<'a> {
    profile: &'static str,
    network_operator: &'a OperatorId,
    dispatch_ref: &'a DispatchRef,
    revision: Revision,
    status: Status,
    contract: &'a ContractId,
    dispatch_unit: &'a DispatchUnit,
    instruction_time: UtcTime,
    service_start: UtcTime,
    service_end: UtcTime,
    setpoints: Vec<WrittenSetpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<WrittenSignature<'a>>,
}

#[derive(Serialize)]
struct WrittenSetpoint {
    at: UtcTime,
    parameters: Vec<Parameter>,
}

#[derive(Serialize)]
struct Parameter {
    service_type: &'static str,
    reference: &'static str,
    volume: Box<serde_json::value::RawValue>,
    units: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<WrittenPrice>,
}

#[derive(Serialize)]
struct WrittenPrice {
    amount: String,
    currency: &'static str,
    per: &'static str,
}

#[derive(Serialize)]
struct WrittenSignature<'a> {
    algorithm: &'static str,
    key_id: &'a KeyId,
    value: String,
}

#[expect(
    clippy::expect_used,
    reason = "strings, integers and exact decimals under distinct names are always JSON"
)]
pub(super) fn text(dispatch: &Dispatch, signature: Option<&Signature>) -> String {
    let document = Document {
        profile: PROFILE,
        network_operator: &dispatch.network_operator,
        dispatch_ref: &dispatch.dispatch_ref,
        revision: dispatch.revision,
        status: dispatch.status,
        contract: &dispatch.contract,
        dispatch_unit: &dispatch.unit,
        instruction_time: dispatch.instruction_time,
        service_start: dispatch.service_start,
        service_end: dispatch.service_end,
        setpoints: dispatch.setpoints.iter().map(setpoint).collect(),
        signature: signature.map(|s| WrittenSignature {
            algorithm: ALGORITHM,
            key_id: &s.key_id,
            value: s.value_text(),
        }),
    };
    let mut text = serde_json::to_string_pretty(&document).expect("a dispatch can be written as JSON");
    text.push('\n');
    text
}

fn setpoint(setpoint: &Setpoint) -> WrittenSetpoint {
    let real = setpoint.real.map(|level| Parameter {
        service_type: "REAL",
        reference: level.reference.word(),
        volume: decimal(level.watts.0),
        units: "KW",
        price: level.price.map(price),
    });
    let reactive = setpoint.reactive.map(|level| Parameter {
        service_type: "REACTIVE",
        reference: level.reference.word(),
        volume: decimal(level.vars.0),
        units: "KVAR",
        price: level.price.map(price),
    });
    WrittenSetpoint { at: setpoint.at, parameters: real.into_iter().chain(reactive).collect() }
}

#[expect(clippy::expect_used, reason = "a decimal's text is a JSON number")]
fn decimal(thousandths: i64) -> Box<serde_json::value::RawValue> {
    serde_json::value::RawValue::from_string(quantity::thousandths(thousandths)).expect("a decimal is JSON")
}

fn price(price: Price) -> WrittenPrice {
    WrittenPrice { amount: quantity::hundredths(price.pence), currency: "GBP", per: price.per.word() }
}
