//! Keys that change while a fleet runs: the files are looked at again every minute.

use crate::dispatch::FspId;
use crate::profile::key_watch::{KeySource, KeysFound, LOOK_EVERY_S};
use crate::time::Clock;

use super::shared::Shared;
use super::signs_with::SignsWith;

/// An FSP and where its keys are gone by.
#[derive(Debug)]
pub(super) struct Keyed {
    pub(super) fsp: FspId,
    pub(super) provider: Shared,
    pub(super) signs_with: SignsWith,
}

/// Looks for good.
pub(super) async fn follow(mut source: Box<dyn KeySource>, all: Vec<Keyed>, clock: Clock) {
    loop {
        clock.sleep(LOOK_EVERY_S).await;
        let looked = tokio::task::spawn_blocking(move || {
            let found = source.look();
            (source, found)
        });
        let found = match looked.await {
            Ok((back, found)) => {
                source = back;
                found
            }
            Err(error) => {
                tracing::error!(%error, "keys are not looked at any more; start the fleet again");
                return;
            }
        };
        if let Some(found) = found {
            take_up(&found, &all);
        }
    }
}

/// Goes by these from now on. What is wrong with a file leaves in force what it said before, and keeps nothing back that the other
/// says; other private keys are signed with only where it is known how they are pinned.
fn take_up(found: &KeysFound, all: &[Keyed]) {
    for fault in [found.secrets.as_ref().err(), found.trust.as_ref().err()].into_iter().flatten() {
        tracing::error!(%fault, "keys have been changed and are not right; the fleet goes on by those before");
    }
    let Ok(trust) = &found.trust else { return };
    for Keyed { fsp, provider, signs_with } in all {
        provider.lock().believes(trust.operators.clone());
        let pinned = trust.fsps.get(fsp).cloned().unwrap_or_default();
        match found.secrets.as_ref().map(|secrets| secrets.fsps.get(fsp)) {
            Ok(Some(own)) => signs_with.replace(own.clone(), pinned),
            Ok(None) => {
                tracing::error!(%fsp, "the secrets file has no key of it any more; it signs with the one before")
            }
            Err(_) => signs_with.pinned_as(pinned),
        }
    }
    tracing::info!("keys have been changed, and are taken up");
}
