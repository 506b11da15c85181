//! Taking an FSP out again: its client first, so that its tokens stop at once.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use crate::dispatch::FspId;
use crate::openadr::client::Client;
use crate::profile::onboarded;

use super::steps::Steps;
use super::{OnboardingError, Standing, Step, Told};

/// An FSP that is to be taken out.
pub struct Withdrawal<'a> {
    /// Whom.
    pub fsp: FspId,
    /// Business logic's client at the VTN.
    pub client: &'a Client,
    /// Where the operators keep whom they have onboarded.
    pub kept_in: PathBuf,
    /// Looks, and changes nothing.
    pub only_look: bool,
}

/// Takes every step and tells of it, or says of each what would be done.
///
/// # Errors
/// The first thing that stops it.
pub async fn withdraw(withdrawal: &Withdrawal<'_>, told: Told<'_>) -> Result<Vec<Step>, OnboardingError> {
    let Withdrawal { fsp, client, kept_in, only_look } = withdrawal;
    let later = if *only_look { Standing::Due } else { Standing::Done };
    let mut steps = Steps::telling(told);
    let what = format!("OAuth client {fsp} is removed, and its tokens are refused");
    if !client.registers_clients().await? {
        let what =
            format!("OAuth client {fsp}: have the VTN's administrator remove it and withdraw its tokens");
        steps.take(Standing::Left, what);
    } else if client.has_client(fsp.as_str()).await? {
        if !only_look {
            client.remove_client(fsp.as_str()).await?;
        }
        steps.take(later, what);
    } else {
        steps.take(Standing::Ready, what);
    }
    let mut standing = Standing::Ready;
    // The fleet file first: it is not read without the other.
    for path in [onboarded::fleet_file(kept_in, fsp), onboarded::trust_file(kept_in, fsp)] {
        if !path.exists() {
            continue;
        }
        standing = later;
        if !only_look {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    let reason = format!("cannot be removed: {error}");
                    return Err(OnboardingError::File { path: path.display().to_string(), reason });
                }
                _ => {}
            }
        }
    }
    steps.take(standing, format!("the operators' files in {} are removed", kept_in.display()));
    Ok(steps.taken())
}
