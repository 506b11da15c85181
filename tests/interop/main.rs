//! What must hold against any VTN, ours or another's, over TCP and through a network that fails.
//!
//! Against the embedded VTN always. Against somebody else's: `RAMPDESK_PEER_VTN` is its base URL,
//! `RAMPDESK_PEER_BUSINESS` and `RAMPDESK_PEER_VEN` are `id:secret` of a client each, then
//! `cargo test --test interop -- --ignored`. It leaves its objects there. `tests/interop/run` does all of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod lost_answers;
mod proxy;
mod push;
