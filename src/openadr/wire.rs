//! OpenADR 3.1.0 objects, lossless: values and durations come back as written, `null` reads as absent, members that
//! are not known are kept and written back.
//!
//! Numbers keep their text: 5 and 5.0 stay distinct, 0.1 stays 0.1. The one thing that changes is the sign of an
//! exponent: `1e3` comes back as `1e+3`.
//!
//! Read them with [`read`]: real servers write a member twice, which serde's own readers refuse, and its errors are brief.

mod extra;
mod members;
#[cfg(test)]
mod tests;

pub use extra::Extra;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::dispatch::quoted;

/// Reads an object or a list as a real server writes it: where a member stands twice (openadr 0.4.0 writes
/// `objectType` twice) the last holds.
///
/// # Errors
/// When it is no JSON, or a member that must be there is missing or of another type.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    // Straight to the object, without a tree of values between, is enough for nearly all that comes.
    serde_json::from_slice(body).or_else(|_| read_value(serde_json::from_slice(body)?))
}

/// As [`read`], from JSON already parsed.
///
/// # Errors
/// As for [`read`].
pub fn read_value<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(value).map_err(in_brief)
}

/// The error with the middle of a long text left out: serde quotes a text of the wrong type whole, however long it is.
fn in_brief(error: serde_json::Error) -> serde_json::Error {
    const HEAD: usize = 120;
    const TAIL: usize = 60;
    let said = error.to_string();
    let head = said.char_indices().nth(HEAD);
    let tail = said.char_indices().rev().nth(TAIL);
    match (head, tail) {
        (Some((head, _)), Some((tail, _))) if head < tail => {
            serde_json::Error::custom(format!("{}…{}", &said[..head], &said[tail..]))
        }
        _ => error,
    }
}

/// A number that other writers give a decimal point: 2.0 is 2.
fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_u64().or_else(|| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked first"
        )]
        value
            .as_f64()
            .filter(|f| f.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(f))
            .map(|f| f as u64)
    });
    match (&value, number.and_then(|n| u32::try_from(n).ok())) {
        (Value::Null, _) => Ok(None),
        (_, Some(number)) => Ok(Some(number)),
        (other, None) => {
            let shown = quoted(&other.to_string());
            Err(D::Error::custom(format!("{shown} is not a whole number from 0")))
        }
    }
}

/// `valuesMap`: a type and its values, kept verbatim (5 and 5.0 stay distinct).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ValuesMap {
    /// What the values are.
    #[serde(rename = "type")]
    pub kind: String,
    /// The values.
    pub values: Vec<Value>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `intervalPeriod`. Start and duration as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IntervalPeriod {
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// ISO 8601; this program never writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub randomize_start: Option<String>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `interval`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interval {
    /// Chosen by the client; not a sequence number. `null` when a server left it out.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub id: Value,
    /// Its own period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_period: Option<IntervalPeriod>,
    /// What it carries.
    pub payloads: Vec<ValuesMap>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Event and report payload descriptors; the report ones' `accuracy` and `confidence` are in `extra`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PayloadDescriptor {
    /// `EVENT_PAYLOAD_DESCRIPTOR` or `REPORT_PAYLOAD_DESCRIPTOR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_type: Option<String>,
    /// Which payloads it describes.
    pub payload_type: String,
    /// `KW`, `KVAR`, `KWH`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<String>,
    /// ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// `MEAN`, `DIRECT_READ`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_type: Option<String>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `reportDescriptor`: what a VEN is asked to report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportDescriptor {
    /// Which payload.
    pub payload_type: String,
    /// Unknown and optional members, as written.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the server adds to every object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Unique in the VTN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_date_time: Option<String>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modification_date_time: Option<String>,
    /// `PROGRAM`, `EVENT`, …; real VTNs leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_type: Option<String>,
}

/// A program: one contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// What the server adds.
    #[serde(flatten)]
    pub meta: Metadata,
    /// Unique in the VTN.
    pub program_name: String,
    /// Attributes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<ValuesMap>,
    /// Who sees it; empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Unknown members (and those of 3.1 that this program does not use).
    #[serde(flatten)]
    pub extra: Extra,
}

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// What the server adds.
    #[serde(flatten)]
    pub meta: Metadata,
    /// Its program.
    #[serde(rename = "programID")]
    pub program_id: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_name: Option<String>,
    /// ISO 8601, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// 0 is highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
    /// Who sees it; empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Reports asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub report_descriptors: Vec<ReportDescriptor>,
    /// What the payloads are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payload_descriptors: Vec<PayloadDescriptor>,
    /// The window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_period: Option<IntervalPeriod>,
    /// The intervals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<Interval>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Event {
    /// Whether another says the same, whatever the server has added to either.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.program_id, &self.event_name, &self.duration, self.priority)
            == (&other.program_id, &other.event_name, &other.duration, other.priority)
            && (&self.targets, &self.interval_period, &self.intervals)
                == (&other.targets, &other.interval_period, &other.intervals)
            && (&self.report_descriptors, &self.payload_descriptors)
                == (&other.report_descriptors, &other.payload_descriptors)
    }
}

/// One resource's part of a report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportResource {
    /// The unit.
    pub resource_name: String,
    /// Default period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_period: Option<IntervalPeriod>,
    /// The intervals.
    pub intervals: Vec<Interval>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What the server adds.
    #[serde(flatten)]
    pub meta: Metadata,
    /// Stamped by the server from the token.
    #[serde(rename = "clientID", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The event that it is about.
    #[serde(rename = "eventID")]
    pub event_id: String,
    /// The VEN's name.
    pub client_name: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_name: Option<String>,
    /// What the payloads are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payload_descriptors: Vec<PayloadDescriptor>,
    /// By resource.
    pub resources: Vec<ReportResource>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Report {
    /// Whether another says the same, whatever the server has added to either.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.event_id, &self.client_name, &self.report_name)
            == (&other.event_id, &other.client_name, &other.report_name)
            && (&self.payload_descriptors, &self.resources) == (&other.payload_descriptors, &other.resources)
    }
}

/// A ven: one FSP. Requests carry `objectType` `BL_VEN_REQUEST` or `VEN_VEN_REQUEST` in `meta.object_type`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ven {
    /// What the server adds.
    #[serde(flatten)]
    pub meta: Metadata,
    /// Its OAuth client.
    #[serde(rename = "clientID", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Unique in the VTN.
    pub ven_name: String,
    /// Attributes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<ValuesMap>,
    /// Targets granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A resource: one dispatch unit. Requests carry `BL_RESOURCE_REQUEST` or `VEN_RESOURCE_REQUEST` in
/// `meta.object_type`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// What the server adds.
    #[serde(flatten)]
    pub meta: Metadata,
    /// Its OAuth client.
    #[serde(rename = "clientID", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Unique for its ven.
    pub resource_name: String,
    /// Its ven.
    #[serde(rename = "venID")]
    pub ven_id: String,
    /// Attributes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<ValuesMap>,
    /// Targets granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// RFC 7807 body of every refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemBody {
    /// URI; `about:blank` by default.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The status in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What is wrong and what would be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// URI of this occurrence: `urn:uuid:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}
