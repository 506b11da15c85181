//! The words of the wire: OpenADR 3.1's own (Definition, "Enumerations") and the profile's, which begin with `GB_`.

pub const DISPATCH_INSTRUCTION: &str = "DISPATCH_INSTRUCTION";
pub const DISPATCH_SETPOINT: &str = "DISPATCH_SETPOINT";
pub const DISPATCH_SETPOINT_RELATIVE: &str = "DISPATCH_SETPOINT_RELATIVE";
pub const PRICE: &str = "PRICE";
pub const READING: &str = "READING";
pub const BASELINE: &str = "BASELINE";
pub const DATA_QUALITY: &str = "DATA_QUALITY";
pub const STORAGE_CHARGE_LEVEL: &str = "STORAGE_CHARGE_LEVEL";
pub const AGGREGATED_REPORT: &str = "AGGREGATED_REPORT";

pub const GB_REACTIVE_SETPOINT: &str = "GB_REACTIVE_SETPOINT";
pub const GB_REACTIVE_SETPOINT_RELATIVE: &str = "GB_REACTIVE_SETPOINT_RELATIVE";
pub const GB_REACTIVE_READING: &str = "GB_REACTIVE_READING";
pub const GB_PRICE: &str = "GB_PRICE";
pub const GB_DISPATCH_REF: &str = "GB_DISPATCH_REF";
pub const GB_REVISION: &str = "GB_REVISION";
pub const GB_CONTRACT: &str = "GB_CONTRACT";
pub const GB_OPERATOR: &str = "GB_OPERATOR";
pub const GB_INSTRUCTION_TIME: &str = "GB_INSTRUCTION_TIME";
pub const GB_UNIT: &str = "GB_UNIT";
pub const GB_SIGNATURE: &str = "GB_SIGNATURE";

pub const GB_ACK_STAGE: &str = "GB_ACK_STAGE";
pub const GB_ACK_TIME: &str = "GB_ACK_TIME";
pub const GB_STATUS: &str = "GB_STATUS";
pub const GB_READBACK: &str = "GB_READBACK";
pub const GB_REASON: &str = "GB_REASON";
pub const GB_DETAIL: &str = "GB_DETAIL";
pub const GB_REACHED_AT: &str = "GB_REACHED_AT";

pub const GB_MOVED_TO: &str = "GB_MOVED_TO";

pub const GB_HEARTBEAT: &str = "GB_HEARTBEAT";
pub const GB_SEEN: &str = "GB_SEEN";
pub const GB_UNIT_STATE: &str = "GB_UNIT_STATE";
pub const GB_DECLARED: &str = "GB_DECLARED";
pub const GB_AVAILABILITY: &str = "GB_AVAILABILITY";

pub const KW: &str = "KW";
pub const KVAR: &str = "KVAR";
pub const KWH: &str = "KWH";
pub const GBP: &str = "GBP";

/// The one signature algorithm of the profile.
pub const ED25519: &str = "Ed25519";
