use std::path::Path;

use super::*;
use crate::desk::testing::{at, fleet, operator, operator_key};
use crate::dispatch::{KeyRing, PublicKey, Revocation};
use crate::profile::keeping::Place;
use crate::profile::personal::PersonalKey;
use crate::profile::secrets::Secrets;
use crate::profile::secrets_file::KeptKey;
use crate::profile::trust::{Owner, Trust};

fn ada() -> Holder {
    "Ada Winter".parse().unwrap()
}

fn adas() -> SigningKey {
    SigningKey::from_seed("dno-ada".parse().unwrap(), &[51; 32])
}

fn pinned(revoked: Option<&str>) -> PublicKey {
    let revoked = revoked.map(|time| Revocation { at: at(time), reason: "she left".to_owned() });
    PublicKey { holder: Some(ada()), revoked, ..adas().public(None, None) }
}

fn register(has_machine: bool, has_people: bool, ring: KeyRing) -> Register {
    let mut secrets = Secrets::default();
    if has_machine {
        secrets.operators.insert(operator(), operator_key().into());
    }
    if has_people {
        let kept = KeptKey {
            owner: Owner::Operator(operator()),
            holder: Some(ada()),
            key_id: adas().key_id().clone(),
            place: Place::Sealed("ada.toml".into()),
        };
        let personal = PersonalKey::of(&kept, Path::new("s.toml")).unwrap();
        secrets.add_personal(&kept.owner, personal);
    }
    let trust = Trust { operators: BTreeMap::from([(operator(), ring)]), ..Trust::default() };
    Register::with_names(&fleet(), BTreeMap::new(), &secrets, trust)
}

fn on() -> SignedOn {
    let keys = BTreeMap::from([(operator(), adas())]);
    SignedOn { holder: ada(), keys, since: at("16:00"), last: at("16:00") }
}

fn signs(register: &Register, on: Option<&SignedOn>, act: Act) -> String {
    match (Signers { register, on, now: at("16:30") }).of(&operator(), act) {
        Ok(keys) => keys.iter().map(|key| key.key_id().as_str()).collect::<Vec<_>>().join(", then "),
        Err(NoSigner::NotOurs) => "not ours".to_owned(),
        Err(NoSigner::SignOn(words)) => words,
        Err(NoSigner::Fault(fault)) => fault.to_string(),
    }
}

#[test]
fn which_key_signs_what_while_somebody_is_signed_on_and_while_nobody_is() {
    const MACHINE: &str = "gb-dno-11-2026";
    const ADA: &str = "dno-ada";
    const FIRST: &str = "sign on first: nobody is signed on for GB-DNO-11; Ada Winter may";
    let (ring, ada_is_on) = (|| KeyRing::new([pinned(None)]), on());
    for (has_machine, has_people, is_on, send, stop, head) in [
        (true, false, false, MACHINE, MACHINE, MACHINE),
        (true, true, false, FIRST, MACHINE, MACHINE),
        (true, true, true, ADA, "dno-ada, then gb-dno-11-2026", MACHINE),
        (false, true, false, FIRST, FIRST, FIRST),
        (false, true, true, ADA, ADA, ADA),
        (false, false, false, "not ours", "not ours", "not ours"),
        (false, false, true, "not ours", "not ours", "not ours"),
    ] {
        let register = register(has_machine, has_people, ring());
        let on = is_on.then_some(&ada_is_on);
        for (act, expected) in [
            (Act::Send, send),
            (Act::of(Status::Stop), stop),
            (Act::of(Status::EmergencyStop), stop),
            (Act::Head, head),
        ] {
            let found = signs(&register, on, act);
            assert_eq!(found, expected, "{has_machine} {has_people} {is_on} {act:?}");
        }
    }
}

#[test]
fn a_persons_key_that_may_not_sign_any_more_signs_nothing_and_stops_go_out_all_the_same() {
    let other = SigningKey::from_seed("dno-ada".parse().unwrap(), &[52; 32]).public(None, None);
    for (ring, why) in [
        (KeyRing::new([pinned(Some("16:15"))]), "revoked"),
        (KeyRing::default(), "not pinned"),
        (KeyRing::new([PublicKey { holder: None, ..pinned(None) }]), "pinned as nobody's"),
        (
            KeyRing::new([PublicKey { holder: Some("Ben Marsh".parse().unwrap()), ..pinned(None) }]),
            "another's",
        ),
        (KeyRing::new([PublicKey { holder: Some(ada()), ..other }]), "another public half"),
    ] {
        let register = register(true, true, ring);
        assert!(signs(&register, Some(&on()), Act::Send).starts_with("sign on first: "), "{why}");
        assert_eq!(signs(&register, Some(&on()), Act::Stop), "gb-dno-11-2026", "{why}");
    }
}

#[test]
fn who_is_on_without_a_key_of_that_operator_is_told_who_may_sign() {
    let register = register(true, true, KeyRing::new([pinned(None)]));
    let ben = SignedOn { holder: "Ben Marsh".parse().unwrap(), keys: BTreeMap::new(), ..on() };
    assert_eq!(
        signs(&register, Some(&ben), Act::Send),
        "sign on first: Ben Marsh is signed on and has no key of GB-DNO-11; Ada Winter may"
    );
}
