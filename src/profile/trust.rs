//! Pinned public keys: a file that can be shared.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fault::FileFault;
use super::reader::{self, Reader, Table};
use crate::dispatch::{FspId, Holder, KeyId, KeyRing, OperatorId, PublicKey, Revocation};
use crate::time::UtcTime;

/// The public keys of every party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Operators' dispatch keys.
    pub operators: BTreeMap<OperatorId, KeyRing>,
    /// FSPs' acknowledgement keys.
    pub fsps: BTreeMap<FspId, KeyRing>,
}

const KEY: [&str; 9] =
    ["operator", "fsp", "holder", "key_id", "public", "valid_from", "valid_until", "revoked_at", "reason"];

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
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    key_id: String,
    public: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Trust {
    /// Reads a trust file.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        reader::read(file, text, &["keys"], |reader, root| {
            reader.required(root, "keys", "write public keys, each under [[keys]]")?;
            let mut operators: BTreeMap<OperatorId, Vec<PublicKey>> = BTreeMap::new();
            let mut fsps: BTreeMap<FspId, Vec<PublicKey>> = BTreeMap::new();
            for table in reader.tables(root, "keys", &KEY) {
                let public = public_key(reader, &table, "write the key's name, as in \"gb-dno-11-2026\"");
                let owner = owner(reader, &table);
                let holder = holder(reader, &table, owner.as_ref());
                let public = public.map(|public| PublicKey { holder, ..public });
                match (owner, public) {
                    (Some(Owner::Operator(id)), Some(public)) => {
                        pin(reader, &table, operators.entry(id).or_default(), public);
                    }
                    (Some(Owner::Fsp(id)), Some(public)) => {
                        pin(reader, &table, fsps.entry(id).or_default(), public);
                    }
                    _ => {}
                }
            }
            Some(Self {
                operators: operators.into_iter().map(|(id, keys)| (id, KeyRing::new(keys))).collect(),
                fsps: fsps.into_iter().map(|(id, keys)| (id, KeyRing::new(keys))).collect(),
            })
        })
    }

    /// The pinned keys of a party.
    pub fn of(&self, owner: &Owner) -> Option<&KeyRing> {
        match owner {
            Owner::Operator(id) => self.operators.get(id),
            Owner::Fsp(id) => self.fsps.get(id),
        }
    }

    /// Every party with its keys, operators first.
    pub fn all(&self) -> impl Iterator<Item = (Owner, &KeyRing)> {
        let operators = self.operators.iter().map(|(id, ring)| (Owner::Operator(id.clone()), ring));
        operators.chain(self.fsps.iter().map(|(id, ring)| (Owner::Fsp(id.clone()), ring)))
    }

    /// Writes one.
    pub fn to_toml(&self) -> String {
        let written = |operator: Option<&OperatorId>, fsp: Option<&FspId>, key: &PublicKey| WrittenKey {
            operator: operator.map(ToString::to_string),
            fsp: fsp.map(ToString::to_string),
            holder: key.holder.as_ref().map(ToString::to_string),
            key_id: key.key_id.to_string(),
            public: key.to_text(),
            valid_from: key.valid_from.map(|t| t.to_string()),
            valid_until: key.valid_until.map(|t| t.to_string()),
            revoked_at: key.revoked.as_ref().map(|revoked| revoked.at.to_string()),
            reason: key.revoked.as_ref().map(|revoked| revoked.reason.clone()),
        };
        let operators =
            self.operators.iter().flat_map(|(id, ring)| ring.keys().map(|k| written(Some(id), None, k)));
        let fsps = self.fsps.iter().flat_map(|(id, ring)| ring.keys().map(|k| written(None, Some(id), k)));
        let file = WrittenFile { keys: operators.chain(fsps).collect() };
        format!("# Public keys: share this file as you like.\n{}", toml::to_string(&file).unwrap_or_default())
    }
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// An operator's: for dispatches.
    Operator(OperatorId),
    /// An FSP's: for acknowledgements.
    Fsp(FspId),
}

impl Owner {
    /// The party's id.
    pub fn name(&self) -> &str {
        match self {
            Self::Operator(id) => id.as_str(),
            Self::Fsp(id) => id.as_str(),
        }
    }

    /// The key of a file under which its id stands.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Operator(_) => "operator",
            Self::Fsp(_) => "fsp",
        }
    }
}

/// Reads `operator` or `fsp`, one of which stands with each key.
pub(super) fn owner(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Owner> {
    match (table.get("operator"), table.get("fsp")) {
        (Some(node), None) => {
            reader.parsed(&node, "write the operator's id, as in \"GB-DNO-11\"").map(Owner::Operator)
        }
        (None, Some(node)) => {
            reader.parsed(&node, "write the FSP's id, as in \"BRIGHTFLEX\"").map(Owner::Fsp)
        }
        (None, None) => {
            reader.wrong_in(table, "", "nobody owns this key; name its operator or its fsp");
            None
        }
        (Some(_), Some(_)) => {
            reader.wrong_in(table, "", "both an operator and an fsp own this key; keep one of them");
            None
        }
    }
}

/// Reads whose own an operator's key is, where it is a person's.
pub(super) fn holder(reader: &mut Reader<'_>, table: &Table<'_>, owner: Option<&Owner>) -> Option<Holder> {
    let node = table.get("holder")?;
    if matches!(owner, Some(Owner::Fsp(_))) {
        reader.wrong_in(table, "holder", "an FSP signs by itself; only an operator’s key is a person’s");
        return None;
    }
    reader.parsed(&node, "write the person’s name, as in \"Ada Winter\"")
}

fn pin(reader: &mut Reader<'_>, table: &Table<'_>, ring: &mut Vec<PublicKey>, public: PublicKey) {
    if ring.iter().any(|k| k.key_id == public.key_id) {
        let message = format!("`{}` is pinned twice for the same owner; keep one", public.key_id);
        reader.wrong_in(table, "key_id", message);
    }
    ring.push(public);
}

/// Reads the public key of a table: `key_id`, `public`, and from and until when it is valid.
pub(super) fn public_key(reader: &mut Reader<'_>, table: &Table<'_>, right_id: &str) -> Option<PublicKey> {
    let key_id: Option<KeyId> = reader.required_parsed(table, "key_id", right_id);
    let right = "write the public key's 32 bytes as base64url without padding";
    let bytes = reader.required(table, "public", right).and_then(|node| {
        let text = reader.text(&node, right)?;
        PublicKey::bytes_from_text(text).map_err(|message| reader.wrong(&node, message)).ok()
    });
    let mut time = |key: &str| -> Option<Option<UtcTime>> {
        let Some(node) = table.get(key) else { return Some(None) };
        reader.time(&node).map(Some)
    };
    let (valid_from, valid_until) = (time("valid_from"), time("valid_until"));
    if let (Some(Some(from)), Some(Some(until))) = (valid_from, valid_until)
        && until <= from
    {
        let message = format!("{until} is not after {from}, valid_from; write a later time");
        reader.wrong_in(table, "valid_until", message);
    }
    let revoked = revocation(reader, table);
    Some(PublicKey {
        key_id: key_id?,
        bytes: bytes?,
        valid_from: valid_from?,
        valid_until: valid_until?,
        revoked: revoked?,
        holder: None,
    })
}

/// Reads since when a key is revoked, and why: both or neither.
fn revocation(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Option<Revocation>> {
    let Some(node) = table.get("revoked_at") else {
        if table.get("reason").is_some() {
            reader.wrong_in(
                table,
                "reason",
                "stands here without revoked_at; write from when on the key is not believed",
            );
        }
        return Some(None);
    };
    let at = reader.time(&node);
    let reason =
        reader.required_text(table, "reason", "write why it is revoked, as in \"the laptop was stolen\"");
    let reason = reason.map(|reason| crate::dispatch::plain_words(&reason, LONGEST_REASON));
    Some(Some(Revocation { at: at?, reason: reason? }))
}

/// The longest that a reason is shown, characters.
const LONGEST_REASON: usize = 200;

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
    fn a_revocation_comes_back_as_written_and_says_since_when_and_why() {
        let mut trust = trust();
        let owner = "BRIGHTFLEX".parse().unwrap();
        let revoked = Some(Revocation { at: UtcTime::from_unix(30), reason: "it was lost".to_owned() });
        let keys: Vec<PublicKey> = trust.fsps[&owner]
            .keys()
            .map(|key| PublicKey { revoked: revoked.clone(), ..key.clone() })
            .collect();
        trust.fsps.insert(owner, KeyRing::new(keys));
        let text = trust.to_toml();
        assert_eq!(Trust::from_toml("t.toml", &text), Ok(trust));
        for (old, says) in
            [("reason = \"it was lost\"\n", "reason: is missing"), ("revoked_at", "reason: stands here")]
        {
            let broken = match old {
                "revoked_at" => {
                    text.lines().filter(|line| !line.starts_with(old)).collect::<Vec<_>>().join("\n")
                }
                _ => text.replacen(old, "", 1),
            };
            let said = Trust::from_toml("t.toml", &broken).unwrap_err()[0].to_string();
            assert!(said.contains(says), "{said}");
        }
    }

    #[test]
    fn each_mistake_is_named_with_its_line() {
        let good = trust().to_toml();
        for (old, new, says) in [
            ("operator = \"GB-DNO-11\"\n", "", "keys[0]: nobody owns this key; name its operator or its fsp"),
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
            ("public = ", "pubic = ", "keys[0].public: is missing; write the public key's 32 bytes"),
        ] {
            assert!(good.contains(old), "{old}");
            let faults = Trust::from_toml("t.toml", &good.replacen(old, new, 1)).unwrap_err();
            let said = faults[0].to_string();
            assert!(said.starts_with("t.toml:") && said.contains(says), "{says}: {said}");
        }
    }
}
