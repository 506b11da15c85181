//! The files that people share (under `profiles/`): operators, fleets, connections; and the ones that they do not:
//! secrets.

mod address;
pub mod approval;
mod asset_file;
pub mod availability;
mod availability_file;
mod baseline_file;
pub mod connection;
pub mod fail_safe;
mod fail_safe_file;
pub mod fault;
pub mod faults;
pub mod fleet;
mod fleet_file;
mod fleet_text;
pub mod generated;
pub mod keeping;
pub mod key_edits;
pub mod key_watch;
pub mod keyring;
pub mod kind;
mod meter_file;
pub mod moves;
pub mod new_file;
pub mod onboarded;
pub mod operators;
pub mod personal;
pub mod physics;
pub mod product_terms;
pub mod products;
mod reactive_file;
pub(crate) mod reader;
pub mod register;
mod seal;
pub mod sealed_key;
pub mod sealed_secret;
pub mod secrets;
pub mod secrets_file;
pub mod shard;
pub mod text_file;
pub mod tls;
#[cfg(feature = "pkcs11")]
pub mod token;
#[cfg(not(feature = "pkcs11"))]
#[path = "no_token.rs"]
pub mod token;
pub mod trust;
pub mod typed;
