//! People with keys of their own.

use std::sync::Arc;

use super::{NOW, at, signing_key};
use crate::desk::snapshot::{PersonState, Presence, SignedOnState, Snapshot};
use crate::dispatch::{KeyRing, PublicKey};
use crate::profile::personal::Proof;

/// GB-DNO-11's people are Ada Winter, with a sealed key, and Ben Marsh, with a token, who has one of GB-DNO-14 too. Nobody is
/// signed on.
pub fn with_people(snapshot: &mut Snapshot) {
    let person = |name: &str, operators: &[&str], proof| PersonState {
        name: name.parse().unwrap(),
        operators: operators.iter().map(|id| id.parse().unwrap()).collect(),
        proof,
    };
    snapshot.presence = Arc::new(Presence {
        people: vec![
            person("Ada Winter", &["GB-DNO-11"], Proof::Passphrase),
            person("Ben Marsh", &["GB-DNO-11", "GB-DNO-14"], Proof::Pin),
        ],
        on: None,
    });
    for operator in &mut snapshot.operators {
        operator.key_id = "nobody signed on".to_owned();
        let own = PublicKey {
            holder: Some("Ada Winter".parse().unwrap()),
            ..signing_key("dno-ada").public(None, None)
        };
        operator.keys = Arc::new(KeyRing::new(operator.keys.keys().cloned().chain([own])));
    }
}

/// Ada Winter is signed on.
pub fn with_ada_on(snapshot: &mut Snapshot) {
    let on = SignedOnState {
        name: "Ada Winter".parse().unwrap(),
        keys: vec![("GB-DNO-11".parse().unwrap(), "dno-ada".parse().unwrap())],
        since: at(NOW) - 600,
        until: at(NOW) + 4_200,
    };
    let presence = Arc::make_mut(&mut snapshot.presence);
    presence.on = Some(on);
}
