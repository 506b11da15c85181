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

#[cfg(test)]
mod tests {
    use super::super::{MAX_PENCE, MAX_VOLUME};
    use super::*;
    use serde_json::{Value, json};

    /// RFC 8785: section 3.2.2, section 3.2.3, and the inputs that its author published with it.
    const PUBLISHED: [(&str, &str); 7] = [
        (
            r#"{
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }"#,
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
        ),
        (
            r#"{
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }"#,
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
             \"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\
             \"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
        ),
        (r#"[56, {"d": true, "10": null, "1": [ ]}]"#, r#"[56,{"1":[],"10":null,"d":true}]"#),
        (
            r#"{
              "peach": "This sorting order",
              "p\u00e9ch\u00e9": "is wrong according to French",
              "p\u00eache": "but canonicalization MUST",
              "sin":   "ignore locale"
            }"#,
            "{\"peach\":\"This sorting order\",\"p\u{e9}ch\u{e9}\":\"is wrong according to French\",\
             \"p\u{ea}che\":\"but canonicalization MUST\",\"sin\":\"ignore locale\"}",
        ),
        (
            r#"{
              "1": {"f": {"f": "hi","F": 5} ,"\n": 56.0},
              "10": { },
              "": "empty",
              "a": { },
              "111": [ {"e": "yes","E": "no" } ],
              "A": { }
            }"#,
            concat!(
                r#"{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"#,
                r#""111":[{"E":"no","e":"yes"}],"A":{},"a":{}}"#
            ),
        ),
        (r#"{"Unnormalized Unicode":"A\u030a"}"#, "{\"Unnormalized Unicode\":\"A\u{30a}\"}"),
        (
            r#"{
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\u000a": "Newline",
              "1": "One",
              "\u0080": "Control\u007f",
              "\ud83d\ude02": "Smiley",
              "\u00f6": "Latin Small Letter O With Diaeresis",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "</script>": "Browser Challenge"
            }"#,
            "{\"\\n\":\"Newline\",\"\\r\":\"Carriage Return\",\"1\":\"One\",\"</script>\":\"Browser Challenge\",\
             \"\u{80}\":\"Control\u{7f}\",\"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\
             \"\u{20ac}\":\"Euro Sign\",\"\u{1f602}\":\"Smiley\",\
             \"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
        ),
    ];

    /// RFC 8785, appendix B: the bits of a number, and how it is written.
    const NUMBERS: [(u64, &str); 24] = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];

    #[test]
    fn the_published_examples_of_rfc_8785_come_out_byte_for_byte() {
        for (input, expected) in PUBLISHED {
            let value: Value = serde_json::from_str(input).unwrap();
            assert_eq!(text(&value), expected);
            let again: Value = serde_json::from_str(expected).unwrap();
            assert_eq!(text(&again), expected, "what is canonical already stays as it is");
        }
    }

    #[test]
    fn the_numbers_of_rfc_8785_are_written_as_its_table_has_them() {
        for (bits, expected) in NUMBERS {
            assert_eq!(text(&f64::from_bits(bits)), expected, "{bits:016x}");
        }
        for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(serde_json_canonicalizer::to_vec(&none).is_err(), "{none}");
        }
    }

    /// RFC 8785 writes every number as a double: beyond 2⁵³ two of them would look alike under one signature.
    #[test]
    fn no_two_volumes_or_prices_that_a_dispatch_may_hold_are_written_alike() {
        const { assert!(MAX_VOLUME < 1 << 53 && MAX_PENCE < 1 << 53) };
        for most in [MAX_VOLUME, MAX_PENCE] {
            assert_eq!(text(&json!([most - 1, most, -most])), format!("[{},{most},-{most}]", most - 1));
        }
    }

    #[test]
    fn a_name_written_twice_has_no_canonical_form() {
        #[derive(Serialize)]
        struct Twice {
            volume: i64,
            #[serde(rename = "volume")]
            again: i64,
        }
        assert!(serde_json_canonicalizer::to_vec(&Twice { volume: 1, again: 2 }).is_err());
    }
}
