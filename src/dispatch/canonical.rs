//! The canonical form: RFC 8785 (JCS) JSON of a normal form of integers and strings only, so that what a VTN rewrites
//! on the way cannot change what is signed.
//!
//! The normal form has the document's own shape and names. Volumes are whole watts and vars, with `"units":"W"` or
//! `"VAR"`; prices are whole pence, with `"currency":"GBX"` (penny sterling); times are as in the document. What is
//! not there is left out. A whole read-back has the same bytes as the dispatch that it reads back.

use serde::Serialize;

use crate::time::UtcTime;

use super::{
    Acknowledgement, ContractId, Dispatch, DispatchRef, DispatchUnit, OperatorId, PROFILE, Price, Readback,
    Revision, Setpoint, Stage, Status,
};

/// The unit of canonical prices.
pub(super) const PENNY: &str = "GBX";

/// The exact bytes that an operator signs: the document without `signature`, power in W / var, prices in pence.
pub fn canonical_bytes(dispatch: &Dispatch) -> Vec<u8> {
    bytes(&CanonicalDocument {
        profile: PROFILE,
        network_operator: Some(&dispatch.network_operator),
        dispatch_ref: Some(&dispatch.dispatch_ref),
        revision: Some(dispatch.revision),
        status: Some(dispatch.status),
        contract: Some(&dispatch.contract),
        dispatch_unit: Some(&dispatch.unit),
        instruction_time: Some(dispatch.instruction_time),
        service_start: Some(dispatch.service_start),
        service_end: Some(dispatch.service_end),
        setpoints: Some(dispatch.setpoints.iter().map(CanonicalSetpoint::of).collect()),
    })
}

pub(super) fn acknowledgement_bytes(acknowledgement: &Acknowledgement) -> Vec<u8> {
    bytes(&CanonicalAcknowledgement {
        profile: PROFILE,
        network_operator: &acknowledgement.key.operator,
        dispatch_ref: &acknowledgement.key.dispatch_ref,
        dispatch_unit: &acknowledgement.unit,
        revision: acknowledgement.revision,
        status: acknowledgement.status,
        stage: acknowledgement.stage,
        at: acknowledgement.at,
        readback: acknowledgement.readback.as_ref().map(CanonicalDocument::of),
        reason: acknowledgement.reason.map(super::Reason::word),
        detail: acknowledgement.detail.as_deref(),
        reached_at: acknowledgement.reached_at,
    })
}

pub(super) fn readback_text(readback: &Readback) -> String {
    text(&CanonicalDocument::of(readback))
}

pub(super) fn bytes(form: &impl Serialize) -> Vec<u8> {
    text(form).into_bytes()
}

#[expect(clippy::expect_used, reason = "integers and strings under distinct names always have a JCS form")]
fn text(form: &impl Serialize) -> String {
    serde_json_canonicalizer::to_string(form).expect("the normal form holds integers and strings only")
}

#[derive(Serialize)]
pub(super) struct CanonicalDocument<'a> {
    profile: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_operator: Option<&'a OperatorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dispatch_ref: Option<&'a DispatchRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<Revision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<&'a ContractId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dispatch_unit: Option<&'a DispatchUnit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction_time: Option<UtcTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_start: Option<UtcTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_end: Option<UtcTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    setpoints: Option<Vec<CanonicalSetpoint>>,
}

#[derive(Serialize)]
struct CanonicalSetpoint {
    at: UtcTime,
    parameters: Vec<CanonicalParameter>,
}

#[derive(Serialize)]
struct CanonicalParameter {
    service_type: &'static str,
    reference: &'static str,
    volume: i64,
    units: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<CanonicalPrice>,
}

#[derive(Serialize)]
struct CanonicalPrice {
    amount: i64,
    currency: &'static str,
    per: &'static str,
}

#[derive(Serialize)]
struct CanonicalAcknowledgement<'a> {
    profile: &'static str,
    network_operator: &'a OperatorId,
    dispatch_ref: &'a DispatchRef,
    dispatch_unit: &'a DispatchUnit,
    revision: Revision,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    stage: Stage,
    at: UtcTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    readback: Option<CanonicalDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached_at: Option<UtcTime>,
}

impl<'a> CanonicalDocument<'a> {
    pub(super) fn of(readback: &'a Readback) -> Self {
        Self {
            profile: PROFILE,
            network_operator: readback.network_operator.as_ref(),
            dispatch_ref: readback.dispatch_ref.as_ref(),
            revision: readback.revision,
            status: readback.status,
            contract: readback.contract.as_ref(),
            dispatch_unit: readback.unit.as_ref(),
            instruction_time: readback.instruction_time,
            service_start: readback.service_start,
            service_end: readback.service_end,
            setpoints: readback.setpoints.as_ref().map(|s| s.iter().map(CanonicalSetpoint::of).collect()),
        }
    }
}

impl CanonicalSetpoint {
    fn of(setpoint: &Setpoint) -> Self {
        let real = setpoint.real.map(|level| CanonicalParameter {
            service_type: "REAL",
            reference: level.reference.word(),
            volume: level.watts.0,
            units: "W",
            price: level.price.map(CanonicalPrice::of),
        });
        let reactive = setpoint.reactive.map(|level| CanonicalParameter {
            service_type: "REACTIVE",
            reference: level.reference.word(),
            volume: level.vars.0,
            units: "VAR",
            price: level.price.map(CanonicalPrice::of),
        });
        Self { at: setpoint.at, parameters: real.into_iter().chain(reactive).collect() }
    }
}

impl CanonicalPrice {
    fn of(price: Price) -> Self {
        Self { amount: price.pence, currency: PENNY, per: price.per.word() }
    }
}
