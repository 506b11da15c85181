//! The GB dispatch profile's section 4: documents as OpenADR 3.1 objects and back.
//!
//! Written strictly: every interval has a period of its own, header payloads stand in interval 0 alone, numbers are
//! exact decimals with a decimal point. Read tolerantly: any member may come back `null`, rewritten, reordered or
//! missing, and unknown payloads are passed over. **Here, and nowhere else, the sign turns**: the wire counts
//! consumption (`GB_SIGN` = `IMPORT_POSITIVE`), everything above counts generation.
//!
//! # Payloads of an event
//!
//! | payload | values | where |
//! |---|---|---|
//! | `DISPATCH_INSTRUCTION` | status | interval 0 |
//! | `GB_DISPATCH_REF`, `GB_OPERATOR`, `GB_CONTRACT` | one string | interval 0 |
//! | `GB_REVISION` | one integer | interval 0 |
//! | `GB_INSTRUCTION_TIME` | RFC 3339 | interval 0 |
//! | `GB_SIGNATURE` | algorithm, key id, base64url | interval 0 |
//! | `GB_UNIT` | FSP, unit | interval 0 |
//! | `DISPATCH_SETPOINT`, `DISPATCH_SETPOINT_RELATIVE` | kW, −volume | the setpoint's interval |
//! | `GB_REACTIVE_SETPOINT`, `GB_REACTIVE_SETPOINT_RELATIVE` | kVAr, −volume | the setpoint's interval |
//! | `PRICE` | GBP/kWh, for real power per MWh | the setpoint's interval |
//! | `GB_PRICE` | service type, GBP, per | the setpoint's interval |
//!
//! # Additions to the profile
//!
//! The profile's page does not name these; a document cannot come back whole without them.
//!
//! - `GB_UNIT` says the unit under the signature's cover: a VTN may hide an event's target from whom it was not granted
//!   to (OpenADR 3.1 "target hiding"), and the signed document must be rebuilt all the same.
//! - `GB_PRICE` carries prices that `PRICE` (currency per kWh) cannot: for reactive power, and per window.
//! - Acknowledgements carry `GB_DISPATCH_REF`, `GB_OPERATOR`, `GB_STATUS`, `GB_ACK_TIME`, `GB_DETAIL` and
//!   `GB_REACHED_AT` besides the profile's own, since all of that is signed.
//! - A heartbeat is `GB_HEARTBEAT` (time, operator, FSP) and one `GB_SEEN` (operator, ref, revision) per dispatch on a
//!   resource named as the FSP, and one `GB_UNIT_STATE` (phase, alive, kW and, where there is one, state of charge) on
//!   each unit's resource.
//! - A declaration of availability is `GB_DECLARED` (time, operator, contract, FSP) on a resource named as the FSP, and
//!   one `GB_AVAILABILITY` (kW up, kW down, both from baseline and from 0) per interval on each unit's resource. An
//!   interval of several half-hours says the same of each.
//! - An anchor event may carry the operator's notice that its VTN moves: `GB_MOVED_TO` (base URLs in order of
//!   preference), `GB_OPERATOR`, `GB_INSTRUCTION_TIME` and `GB_SIGNATURE` in its only interval.

mod acknowledgement;
mod availability;
mod decode;
mod event;
mod heartbeat;
mod level;
mod moved;
mod names;
mod number;
mod payload;
mod period;
mod program;
mod reading;

#[cfg(test)]
mod hostile;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub use acknowledgement::{acknowledgement_from, report_from_acknowledgement};
pub use availability::{Availability, availability_from, report_from_availability};
pub use decode::{Undecodable, dispatch_from};
pub use event::{anchor_event, event_from, identity_of, is_anchor};
pub use heartbeat::{Heartbeat, UnitPulse, heartbeat_from, report_from_heartbeat};
pub use moved::{moved_from, with_notice};
pub use program::{Terms, program_from, program_name, terms_from};
pub use reading::{MinuteReading, bad_minutes_from, mark_bad, readings_from, report_from_readings};
