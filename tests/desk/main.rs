//! The desk against this program's own VTN, in process, in virtual time: what a person asked is at the VTN as it was
//! signed, once; what an FSP answers is believed only when it is proven; and nothing that goes wrong on the way is
//! silent.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test's own world cannot do fails the test"
)]

mod altered;
mod approving;
mod enrolment;
mod evidence;
mod following;
mod full;
mod journalling;
mod keys;
mod killed;
mod outage;
mod people;
mod restart;
mod sending;
mod shelf;
mod stock;
mod weather;
mod world;
