//! How an FSP's client speaks: by a clock that may be wrong, with a signature that may not hold, once or twice.

use crate::dispatch::{Acknowledgement, FspId, SignedAcknowledgement, SigningFault, SigningKey};
use crate::profile::faults::{FaultPlan, FspFault};
use crate::time::UtcTime;

/// What an acknowledgement bears as its signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Signing {
    #[default]
    Own,
    Forged,
    Missing,
}

/// An FSP's manner at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::fleet) struct Manner {
    /// Seconds that its clock is ahead.
    skew_s: i64,
    signing: Signing,
    /// Each acknowledgement is filed twice.
    pub(in crate::fleet) repeats: bool,
    /// Acknowledgements are filed in another order than they came about.
    pub(in crate::fleet) reorders: bool,
}

impl Manner {
    /// By the faults that are on.
    pub(in crate::fleet) fn of(plan: &FaultPlan, fsp: &FspId, now: UtcTime) -> Self {
        let mut manner = Self::default();
        for fault in plan.of_fsp(fsp, now) {
            match fault {
                FspFault::ClockSkew { seconds } => manner.skew_s += i64::from(*seconds),
                FspFault::Duplicates => manner.repeats = true,
                FspFault::Reordered => manner.reorders = true,
                FspFault::ForgedSignature => manner.signing = Signing::Forged,
                FspFault::MissingSignature => manner.signing = Signing::Missing,
                FspFault::LossOfComms
                | FspFault::ExpiredToken
                | FspFault::Altered { .. }
                | FspFault::ChecksIdOnly => {}
            }
        }
        manner
    }

    /// What its clock says at an instant.
    pub(in crate::fleet) fn says(self, at: UtcTime) -> UtcTime {
        at + self.skew_s
    }

    /// An acknowledgement as it goes out.
    ///
    /// # Errors
    /// When the key does not sign.
    pub(in crate::fleet) fn sign(
        self,
        said: &Acknowledgement,
        key: &SigningKey,
    ) -> Result<SignedAcknowledgement, SigningFault> {
        let said = Acknowledgement { at: self.says(said.at), ..said.clone() };
        match self.signing {
            Signing::Own => said.sign(key),
            Signing::Forged => said.sign(&forger(key)),
            Signing::Missing => Ok(SignedAcknowledgement { acknowledgement: said, signature: None }),
        }
    }
}

/// Somebody who knows the key's name and not the key.
fn forger(key: &SigningKey) -> SigningKey {
    SigningKey::from_seed(key.key_id().clone(), &key.public(None, None).bytes)
}
