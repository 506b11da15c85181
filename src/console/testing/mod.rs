//! What the console's tests share: a fleet with something of everything going on, and a bench on which the test
//! plays the engine.

mod alarms;
mod bench;
mod dispatches;
mod exchanges;
mod farm;
mod marked;
mod openings;
mod people;
mod raster;
mod remembered;
mod snapshot;
mod units;

use crate::dispatch::{DispatchKey, DispatchUnit, SigningKey};
use crate::time::{Clock, Rate, UtcTime};

pub use alarms::{alarm, alarms, put_aside};
pub use bench::{Bench, Session};
pub use dispatches::{dispatch, dispatches, revision, rung};
pub use exchanges::{acceptance_body, event_body, exchange, exchanges};
pub use farm::{WIND_FARM, with_wind_farm};
pub use marked::Marked;
pub use openings::Openings;
pub use people::{with_ada_on, with_people};
pub use raster::Raster;
pub use remembered::Remembered;
pub use snapshot::{quiet_snapshot, snapshot};
pub use units::{generator, unit, units};

/// The instant that every fixture shows.
pub const NOW: &str = "2026-11-26T17:20:00Z";

/// Reads a time.
pub fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

/// A clock that stands at [`NOW`].
pub fn clock() -> Clock {
    Clock::training(at(NOW), Rate::PAUSED)
}

/// Reads `FSP/UNIT`.
pub fn unit_named(text: &str) -> DispatchUnit {
    text.parse().unwrap()
}

/// A dispatch's key by its ref, of the operator that all fixtures dispatch for.
pub fn key(dispatch_ref: &str) -> DispatchKey {
    DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: dispatch_ref.parse().unwrap() }
}

/// The name of an FSP's key.
pub fn key_id_of(fsp: &str) -> String {
    format!("{}-2026", fsp.to_lowercase())
}

/// The signing key of that name, the same at each call.
pub fn signing_key(key_id: &str) -> SigningKey {
    let mut seed = [1; 32];
    for (place, byte) in seed.iter_mut().zip(key_id.bytes()) {
        *place = byte;
    }
    SigningKey::from_seed(key_id.parse().unwrap(), &seed)
}
