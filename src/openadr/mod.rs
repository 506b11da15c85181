//! The wire: OpenADR 3.1 objects and their 3.0.1 shape, the GB dispatch profile on them, and the HTTP client.
//!
//! # The way of a dispatch
//!
//! 1. [`mapping::event_from`] makes a signed dispatch an [`wire::Event`] of its contract's program. Here the sign
//!    turns: OpenADR counts consumption, everything above counts generation.
//! 2. [`client::Client::post_event`] sends it. When the answer is lost it looks the event up by
//!    [`mapping::identity_of`] before it sends anything again.
//! 3. The FSP's client lists its events, and [`mapping::dispatch_from`] rebuilds the document from whatever the VTN made
//!    of it; the signature is checked over that document, never over the wire's bytes.
//! 4. [`mapping::report_from_acknowledgement`], [`mapping::report_from_readings`] and
//!    [`mapping::report_from_heartbeat`] say what came of it, and their reverses read that.
//!
//! # Where things are
//!
//! - [`wire`]: the objects as JSON, lossless. Read them with [`wire::read`].
//! - [`version`] and [`legacy`]: which OpenADR a VTN speaks, and 3.0.1's shape of the objects. Nothing above sees it.
//! - [`mapping`]: the profile's section 4, both ways; its page lists every payload.
//! - [`text`]: a dispatch as an event's text, for the command line.
//! - [`client`]: tokens, paging, retries. It speaks through a [`transport`]: [`tcp`] for real, or an embedded VTN's own
//!   router in process.
//! - [`tls`]: whom a client trusts and who it is; [`security`]: what came of it.
//! - [`bounds`]: where a session that moves nothing real may connect to.
//! - [`callback`]: the transport to an address that somebody else named.
//! - [`push`]: being woken by a VTN that publishes to a broker; [`mqtt`]: the connection to one, for both sides.
//! - [`exchange`]: the record of what was said, for people, and what of it is [`signed`]; [`secret`]: what never gets there.

pub mod bounds;
pub mod callback;
pub mod client;
pub mod exchange;
pub mod legacy;
pub mod mapping;
mod masking;
pub mod mqtt;
pub mod push;
pub mod secret;
pub mod security;
pub mod signed;
pub mod tcp;
pub mod text;
pub mod tls;
pub mod tls_files;
pub mod transport;
pub mod version;
pub mod wire;
