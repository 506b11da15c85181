//! Pinned public keys: a file that can be shared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::fault::{Faults, FileFault};
use crate::dispatch::{FspId, KeyId, KeyRing, OperatorId, PublicKey};
use crate::time::UtcTime;

/// The public keys of every party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Operators' dispatch keys.
    pub operators: BTreeMap<OperatorId, KeyRing>,
    /// FSPs' acknowledgement keys.
    pub fsps: BTreeMap<FspId, KeyRing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    keys: Vec<Spanned<FileKey>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKey {
    operator: Option<Spanned<String>>,
    fsp: Option<Spanned<String>>,
    key_id: Spanned<String>,
    public: Spanned<String>,
    valid_from: Option<Spanned<String>>,
    valid_until: Option<Spanned<String>>,
}

#[derive(Serialize)]
struct WrittenFile {
    keys: Vec<WrittenKey>,
}

#[derive(Serialize)]
struct WrittenKey {
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fsp: Option<String>,
    key_id: String,
    public: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
}

impl Trust {
    /// Reads a trust file.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let mut faults = Faults::of(file, text);
        let Some(raw) = faults.toml::<File>() else { return faults.end(None) };
        let mut operators: BTreeMap<OperatorId, Vec<PublicKey>> = BTreeMap::new();
        let mut fsps: BTreeMap<FspId, Vec<PublicKey>> = BTreeMap::new();
        for (index, spanned) in raw.keys.iter().enumerate() {
            let field = format!("keys[{index}]");
            let key = spanned.get_ref();
            let public = public_key(&mut faults, key, &field);
            match (&key.operator, &key.fsp) {
                (Some(owner), None) => {
                    if let (Some(owner), Some(public)) =
                        (faults.parse(owner, &format!("{field}.operator")), public)
                    {
                        pin(&mut faults, operators.entry(owner).or_default(), public, key, &field);
                    }
                }
                (None, Some(owner)) => {
                    if let (Some(owner), Some(public)) =
                        (faults.parse(owner, &format!("{field}.fsp")), public)
                    {
                        pin(&mut faults, fsps.entry(owner).or_default(), public, key, &field);
                    }
                }
                _ => faults.add(
                    Some(spanned.span()),
                    &field,
                    "names its owner: give `operator` or `fsp`, one of them",
                ),
            }
        }
        faults.end(Some(Self {
            operators: operators.into_iter().map(|(id, keys)| (id, KeyRing::new(keys))).collect(),
            fsps: fsps.into_iter().map(|(id, keys)| (id, KeyRing::new(keys))).collect(),
        }))
    }

    /// Writes one.
    pub fn to_toml(&self) -> String {
        let written = |operator: Option<&OperatorId>, fsp: Option<&FspId>, key: &PublicKey| WrittenKey {
            operator: operator.map(ToString::to_string),
            fsp: fsp.map(ToString::to_string),
            key_id: key.key_id.to_string(),
            public: key.to_text(),
            valid_from: key.valid_from.map(|t| t.to_string()),
            valid_until: key.valid_until.map(|t| t.to_string()),
        };
        let operators =
            self.operators.iter().flat_map(|(id, ring)| ring.keys().map(|k| written(Some(id), None, k)));
        let fsps = self.fsps.iter().flat_map(|(id, ring)| ring.keys().map(|k| written(None, Some(id), k)));
        let file = WrittenFile { keys: operators.chain(fsps).collect() };
        format!("# Public keys: share this file as you like.\n{}", toml::to_string(&file).unwrap_or_default())
    }
}

fn pin(faults: &mut Faults<'_>, ring: &mut Vec<PublicKey>, public: PublicKey, key: &FileKey, field: &str) {
    if ring.iter().any(|k| k.key_id == public.key_id) {
        let message = format!("`{}` is pinned twice for the same owner", public.key_id);
        faults.add(Some(key.key_id.span()), &format!("{field}.key_id"), message);
    }
    ring.push(public);
}

fn public_key(faults: &mut Faults<'_>, key: &FileKey, field: &str) -> Option<PublicKey> {
    let key_id: Option<KeyId> = faults.parse(&key.key_id, &format!("{field}.key_id"));
    let bytes = PublicKey::bytes_from_text(key.public.get_ref())
        .map_err(|message| faults.add(Some(key.public.span()), &format!("{field}.public"), message))
        .ok();
    let valid_from: Option<UtcTime> =
        key.valid_from.as_ref().and_then(|t| faults.parse(t, &format!("{field}.valid_from")));
    let valid_until: Option<UtcTime> =
        key.valid_until.as_ref().and_then(|t| faults.parse(t, &format!("{field}.valid_until")));
    if let (Some(from), Some(until), Some(span)) = (valid_from, valid_until, &key.valid_until)
        && until <= from
    {
        faults.add(
            Some(span.span()),
            &format!("{field}.valid_until"),
            format!("{until} is not after {from}"),
        );
    }
    Some(PublicKey { key_id: key_id?, bytes: bytes?, valid_from, valid_until })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::SigningKey;

    fn trust() -> Trust {
        let public = |id: &str, seed: u8| {
            SigningKey::from_seed(id.parse().unwrap(), &[seed; 32])
                .public(Some(UtcTime::from_unix(0)), Some(UtcTime::from_unix(60)))
        };
        Trust {
            operators: [("GB-DNO-11".parse().unwrap(), KeyRing::new([public("a-1", 1), public("a-2", 2)]))]
                .into(),
            fsps: [("BRIGHTFLEX".parse().unwrap(), KeyRing::new([public("b-1", 3)]))].into(),
        }
    }

    #[test]
    fn pinned_keys_come_back_as_written_two_of_one_owner_for_a_rotation() {
        let trust = trust();
        assert_eq!(Trust::from_toml("t.toml", &trust.to_toml()), Ok(trust));
    }

    #[test]
    fn each_mistake_is_named_with_its_line() {
        let good = trust().to_toml();
        for (old, new, says) in [
            ("operator = \"GB-DNO-11\"\n", "", "names its owner: give `operator` or `fsp`, one of them"),
            ("\"GB-DNO-11\"", "\"GB DNO\"", "keys[0].operator: ` ` is not allowed in a network operator id"),
            (
                "key_id = \"a-2\"",
                "key_id = \"a-1\"",
                "keys[1].key_id: `a-1` is pinned twice for the same owner",
            ),
            ("public = \"", "public = \"x", "is not an Ed25519 public key"),
            (
                "1970-01-01T00:01:00Z",
                "1970-01-01T00:00:00Z",
                "keys[0].valid_until: 1970-01-01T00:00:00Z is not after",
            ),
            ("1970-01-01T00:01:00Z", "tomorrow", "keys[0].valid_until: `tomorrow` is not a date and time"),
            ("public = ", "pubic = ", "unknown field `pubic`"),
        ] {
            assert!(good.contains(old), "{old}");
            let faults = Trust::from_toml("t.toml", &good.replacen(old, new, 1)).unwrap_err();
            let said = faults[0].to_string();
            assert!(said.starts_with("t.toml:") && said.contains(says), "{says}: {said}");
        }
    }
}
