//! FSPs that come and go while a desk runs.

use super::engine::Engine;
use super::provision::Programs;
use super::words::named;
use crate::dispatch::{Dispatch, FspId};
use crate::profile::fleet::FleetProfile;
use crate::profile::trust::Trust;
use crate::time::UtcTime;

/// An FSP that was onboarded: all that a desk needs to dispatch it.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// Its contracts and units.
    pub fleet: FleetProfile,
    /// Its public keys.
    pub trust: Trust,
    /// Its contracts' programs at the VTN, as [`super::provision_fleet`] answers them.
    pub programs: Programs,
}

impl Enrolment {
    /// Whom, for people.
    pub(super) fn fsps(&self) -> String {
        let ids: Vec<&str> = self.fleet.fsps.iter().map(|fsp| fsp.id.as_str()).collect();
        ids.join(", ")
    }
}

impl Engine {
    /// Takes up an FSP.
    ///
    /// # Errors
    /// What is known already and is not the same, in words; then all stays as it was.
    pub(super) fn enrol(&mut self, now: UtcTime, enrolment: Enrolment) -> Result<String, String> {
        let Enrolment { fleet, trust, programs } = enrolment;
        let register = self.state.register.with(&fleet, &trust)?;
        self.state.enter(now, register);
        self.programs.extend(programs);
        let keys: Vec<&str> =
            trust.fsps.values().flat_map(|ring| ring.keys()).map(|key| key.key_id.as_str()).collect();
        let units: Vec<String> = fleet.units.iter().map(|unit| unit.unit.to_string()).collect();
        Ok(format!(
            "{} can be dispatched; acknowledgements are verified with {}",
            units.join(", "),
            keys.join(", ")
        ))
    }

    /// Lets go of an FSP.
    ///
    /// # Errors
    /// Which dispatch of it is open, or that it is not known, in words; then all stays as it was.
    pub(super) fn let_go(&mut self, now: UtcTime, fsp: &FspId) -> Result<String, String> {
        if !self.state.register.knows(fsp) {
            return Err(format!("{fsp} is not known here"));
        }
        let of_fsp = |dispatch: &&Dispatch| dispatch.unit.fsp == *fsp;
        let open = self.state.book.iter().filter(|state| state.is_open());
        if let Some(dispatch) = open.filter_map(|state| state.dispatch()).find(of_fsp) {
            return Err(format!(
                "{} is open; stop it, or wait until it is over, and give this again",
                named(dispatch)
            ));
        }
        let register = self.state.register.without(fsp);
        self.state.enter(now, register);
        Ok(format!("{fsp} is not dispatched any more"))
    }
}
