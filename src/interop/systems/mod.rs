//! One file for each system.

pub mod boa;
pub mod cim;
pub mod edl;
pub mod flexible_power;
pub mod ieee_2030_5;
pub mod nl_flex;
pub mod obp;
pub mod openadr2b;
pub mod openadr3;
pub mod piclo;
pub mod sgs;
pub mod shapeshifter;
pub mod umei;

/// What stands where a message needs what no dispatch holds.
const NOT_IN_IT: &str = "(not in the dispatch)";
