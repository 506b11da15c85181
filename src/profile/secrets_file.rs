//! A secrets file as it is written: which client secrets and signing keys there are, and where each is kept.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::fault::FileFault;
use super::keeping::{Place, TokenKey, account_of_client, account_of_key};
use super::reader::{self, Node, Reader, Table};
use super::trust::{Owner, holder, owner};
use crate::dispatch::{Holder, KeyId};
use crate::openadr::secret::Secret;

/// What a secrets file says. Nothing has been looked for yet where it is kept.
#[derive(Clone, Debug, Default)]
pub struct SecretsFile {
    /// Client secrets by client id.
    pub clients: BTreeMap<String, Place>,
    /// Signing keys, in their order.
    pub keys: Vec<KeptKey>,
}

/// A signing key that is kept somewhere.
#[derive(Clone, Debug)]
pub struct KeptKey {
    /// Whose.
    pub owner: Owner,
    /// The person whose own it is, where it is not the machine's.
    pub holder: Option<Holder>,
    /// Its name.
    pub key_id: KeyId,
    /// Where it is kept.
    pub place: Place,
}

/// Where a secret may be kept, in the words of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptIn {
    /// The system's keyring.
    Keyring,
    /// A file that is sealed with a passphrase.
    SealedFile,
    /// A hardware token.
    Pkcs11,
}

impl KeptIn {
    /// As a file writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::SealedFile => "sealed-file",
            Self::Pkcs11 => "pkcs11",
        }
    }
}

const KEYRING: (&str, KeptIn) = ("keyring", KeptIn::Keyring);
const SEALED: (&str, KeptIn) = ("sealed-file", KeptIn::SealedFile);
const PKCS11: (&str, KeptIn) = ("pkcs11", KeptIn::Pkcs11);

const KEY: [&str; 11] =
    ["operator", "fsp", "holder", "key_id", "seed", "kept_in", "account", "file", "module", "token", "label"];
const CLIENT: [&str; 3] = ["kept_in", "account", "file"];

impl SecretsFile {
    /// Reads one. Errors never quote a secret.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        reader::read_secretly(file, text, &["clients", "signing_keys"], |reader, root| {
            let clients = read_clients(reader, root)?;
            let mut keys: Vec<KeptKey> = Vec::new();
            for table in reader.tables(root, "signing_keys", &KEY) {
                let Some(kept) = read_key(reader, &table) else { continue };
                if keys.iter().any(|held| held.owner == kept.owner && held.key_id == kept.key_id) {
                    let message = "this key is there twice for the same owner; keep one, or give the other a name of its own";
                    reader.wrong_in(&table, "key_id", message);
                }
                keys.push(kept);
            }
            Some(Self { clients, keys })
        })
    }
}

fn read_clients(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<BTreeMap<String, Place>> {
    const RIGHT: &str = "write the client's secret in quotes";
    let Some(node) = root.get("clients") else { return Some(BTreeMap::new()) };
    let table = reader.any_table(&node, "write a table, CLIENT = \"SECRET\" on each line")?;
    let mut clients = BTreeMap::new();
    for (id, node) in table.entries() {
        if let Some(place) = read_client(reader, id, &node, RIGHT) {
            clients.insert(id.to_owned(), place);
        }
    }
    Some(clients)
}

fn read_client(reader: &mut Reader<'_>, id: &str, node: &Node<'_>, right: &str) -> Option<Place> {
    if !node.is_table() {
        return reader.text(node, right).map(|secret| Place::File(Secret::new(secret)));
    }
    let table = reader.table(node, &CLIENT, right)?;
    let kept_in = reader.required(&table, "kept_in", "write \"keyring\" or \"sealed-file\"")?;
    match reader.word(&kept_in, &[KEYRING, SEALED])? {
        KeptIn::Keyring => {
            only(reader, &table, KeptIn::Keyring, &["account"]);
            account(reader, &table, account_of_client(id))
        }
        KeptIn::SealedFile | KeptIn::Pkcs11 => {
            only(reader, &table, KeptIn::SealedFile, &["file"]);
            sealed(reader, &table)
        }
    }
}

fn read_key(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<KeptKey> {
    let key_id: Option<KeyId> =
        reader.required_parsed(table, "key_id", "write the key's name, as in \"gb-dno-11-2026\"");
    let owner = owner(reader, table);
    let holder = holder(reader, table, owner.as_ref());
    let place = match table.get("kept_in") {
        None => {
            if holder.is_some() {
                reader.wrong_in(
                    table,
                    "holder",
                    "a person’s key does not stand in the clear; keep it in a sealed file, a keyring or a token",
                );
            }
            read_seed(reader, table)
        }
        Some(node) => {
            let kept_in = reader.word(&node, &[KEYRING, SEALED, PKCS11])?;
            if table.get("seed").is_some() {
                reader.wrong_in(
                    table,
                    "seed",
                    format!(
                        "stands here although the key is kept elsewhere ({}); take it out",
                        kept_in.word()
                    ),
                );
            }
            match kept_in {
                KeptIn::Keyring => {
                    only(reader, table, kept_in, &["account"]);
                    account(reader, table, account_of_key(owner.as_ref()?, key_id.as_ref()?))
                }
                KeptIn::SealedFile => {
                    only(reader, table, kept_in, &["file"]);
                    sealed(reader, table)
                }
                KeptIn::Pkcs11 => {
                    only(reader, table, kept_in, &["module", "token", "label"]);
                    token(reader, table)
                }
            }
        }
    };
    Some(KeptKey { owner: owner?, holder, key_id: key_id?, place: place? })
}

fn read_seed(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Place> {
    let right = "write the 32 secret bytes as base64url without padding (43 characters)";
    let node = reader.required(table, "seed", right)?;
    let text = reader.text(&node, right)?;
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).unwrap_or_default());
    if bytes.len() != 32 {
        reader.wrong(&node, format!("is not 32 bytes; {right}"));
        return None;
    }
    Some(Place::File(Secret::new(text)))
}

/// What tells of another place than the one that is named was meant otherwise.
fn only(reader: &mut Reader<'_>, table: &Table<'_>, kept_in: KeptIn, own: &[&str]) {
    for key in ["account", "file", "module", "token", "label"] {
        if table.get(key).is_some() && !own.contains(&key) {
            reader.wrong_in(
                table,
                key,
                format!("says nothing of what is kept_in \"{}\"; take it out", kept_in.word()),
            );
        }
    }
}

fn account(reader: &mut Reader<'_>, table: &Table<'_>, or: String) -> Option<Place> {
    match table.get("account") {
        Some(node) => {
            Some(Place::Keyring(reader.text(&node, "write the account's name in quotes")?.to_owned()))
        }
        None => Some(Place::Keyring(or)),
    }
}

fn sealed(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Place> {
    let file = reader.required_text(table, "file", "write the name of the sealed file, beside this one")?;
    Some(Place::Sealed(file.into()))
}

fn token(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Place> {
    let module = reader.required_text(table, "module", "write the path of the library of the token's maker");
    let token = reader.required_text(table, "token", "write the token's label");
    let label = reader.required_text(table, "label", "write the key's label in the token");
    Some(Place::Token(TokenKey { module: module?.into(), token: token?, label: label? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"
[clients]
desk = "hush"
BRIGHTFLEX = { kept_in = "keyring" }
VOLTA = { kept_in = "keyring", account = "volta at the live site" }
COLDSTORE = { kept_in = "sealed-file", file = "coldstore.sealed.toml" }

[[signing_keys]]
operator = "GB-DNO-11"
key_id = "gb-dno-11-2026"
kept_in = "keyring"

[[signing_keys]]
operator = "GB-DNO-11"
key_id = "gb-dno-11-2027"
kept_in = "pkcs11"
module = "/usr/lib/softhsm/libsofthsm2.so"
token = "control room"
label = "2027"

[[signing_keys]]
fsp = "BRIGHTFLEX"
key_id = "brightflex-2026"
kept_in = "sealed-file"
file = "brightflex.sealed.toml"
"#;

    #[test]
    fn a_file_says_where_each_secret_is_kept_and_an_owner_may_have_several_keys() {
        let file = SecretsFile::from_toml("s.toml", ALL).unwrap();
        let clients: Vec<String> =
            file.clients.iter().map(|(id, place)| format!("{id} {}", place.words())).collect();
        assert_eq!(
            clients,
            [
                "BRIGHTFLEX in the system\u{2019}s keyring, account client/BRIGHTFLEX",
                "COLDSTORE sealed in coldstore.sealed.toml",
                "VOLTA in the system\u{2019}s keyring, account volta at the live site",
                "desk in the secrets file, in the clear",
            ]
        );
        let keys: Vec<String> =
            file.keys.iter().map(|kept| format!("{} {}", kept.key_id, kept.place.words())).collect();
        assert_eq!(
            keys,
            [
                "gb-dno-11-2026 in the system\u{2019}s keyring, account GB-DNO-11/gb-dno-11-2026",
                "gb-dno-11-2027 in token control room, label 2027",
                "brightflex-2026 sealed in brightflex.sealed.toml",
            ]
        );
    }

    #[test]
    fn a_place_that_is_half_said_or_said_twice_is_named_without_a_word_of_a_secret() {
        for (old, new, says) in [
            (
                "kept_in = \"keyring\"\n\n",
                "kept_in = \"drawer\"\n\n",
                "signing_keys[0].kept_in: the value is not known; write keyring, sealed-file or pkcs11",
            ),
            (
                "kept_in = \"keyring\"\n\n",
                "kept_in = \"keyring\"\nseed = \"hush\"\n\n",
                "seed: stands here although the key is kept elsewhere",
            ),
            ("token = \"control room\"\n", "", "signing_keys[1].token: is missing; write the token's label"),
            (
                "label = \"2027\"\n",
                "label = \"2027\"\nfile = \"hush\"\n",
                "file: says nothing of what is kept_in \"pkcs11\"",
            ),
            ("{ kept_in = \"keyring\" }", "{ kept_in = \"pkcs11\" }", "write keyring or sealed-file"),
            ("{ kept_in = \"keyring\" }", "{ }", "clients.BRIGHTFLEX.kept_in: is missing"),
            (
                "gb-dno-11-2027",
                "gb-dno-11-2026",
                "signing_keys[1].key_id: this key is there twice for the same owner",
            ),
        ] {
            assert!(ALL.contains(old), "{old}");
            let faults = SecretsFile::from_toml("s.toml", &ALL.replacen(old, new, 1)).unwrap_err();
            let said = faults.iter().map(ToString::to_string).collect::<String>();
            assert!(said.contains(says), "{says}: {said}");
            assert!(!said.contains("hush"), "{said}");
        }
    }
}
