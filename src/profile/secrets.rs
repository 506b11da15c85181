//! Secrets: client secrets and private signing keys, in a file of mode 0600 that nobody shares.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::fault::FileFault;
use super::fleet::FleetProfile;
use super::keeping::{NoVault, Place};
use super::personal::{People, PersonalKey};
use super::secrets_file::SecretsFile;
use super::trust::{Owner, Trust};
use crate::dispatch::{FspId, IdentifierError, KeyId, KeyRing, OperatorId, OwnKeys, SigningKey};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::time::{UtcTime, in_london};

/// What one party, or a whole sandbox, must keep to itself.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// OAuth client secrets by client id. The desk's client id is [`DESK_CLIENT`]; an FSP's is its id.
    pub clients: BTreeMap<String, Secret>,
    /// Operators' signing keys.
    pub operators: BTreeMap<OperatorId, OwnKeys>,
    /// FSPs' signing keys.
    pub fsps: BTreeMap<FspId, OwnKeys>,
    /// The keys of operators' people, closed.
    pub people: People,
}

/// The desk's OAuth client id at an embedded VTN.
pub const DESK_CLIENT: &str = "desk";

impl Secrets {
    /// Fresh secrets and keys for a whole fleet, and the public halves. Keys are valid from `from` without end.
    ///
    /// # Errors
    /// When a party's name makes no key id; then nobody gets a key.
    pub fn generate(
        fleet: &FleetProfile,
        entropy: &Entropy,
        from: UtcTime,
    ) -> Result<(Self, Trust), IdentifierError> {
        let year: String = in_london(from).date.chars().take(4).collect();
        let client = |id: &str| {
            let bytes = Zeroizing::new(entropy.fork(&format!("client {id}")).bytes::<32>());
            (id.to_owned(), Secret::new(URL_SAFE_NO_PAD.encode(*bytes)))
        };
        let signing_key = |owner: &str| {
            let seed = Zeroizing::new(entropy.fork(&format!("signing key {owner}")).bytes::<32>());
            Ok(SigningKey::from_seed(yearly_key_id(owner, &year)?, &seed))
        };
        let mut secrets = Self {
            clients: fleet.fsps.iter().map(|f| f.id.as_str()).chain([DESK_CLIENT]).map(client).collect(),
            ..Self::default()
        };
        for id in fleet.operators() {
            let key = signing_key(id.as_str())?;
            secrets.operators.insert(id, key.into());
        }
        for fsp in &fleet.fsps {
            secrets.fsps.insert(fsp.id.clone(), signing_key(fsp.id.as_str())?.into());
        }
        let ring = |keys: &OwnKeys| KeyRing::new(keys.iter().map(|key| key.public(Some(from), None)));
        let trust = Trust {
            operators: secrets.operators.iter().map(|(id, key)| (id.clone(), ring(key))).collect(),
            fsps: secrets.fsps.iter().map(|(id, key)| (id.clone(), ring(key))).collect(),
        };
        Ok((secrets, trust))
    }

    /// Reads a secrets file in which every secret stands itself. Errors never quote a secret.
    ///
    /// # Errors
    /// Every problem with its line; so when something is kept elsewhere than in the file.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let fault =
            |message: String| FileFault { file: file.to_owned(), line: None, field: String::new(), message };
        let whole = SecretsFile::from_toml(file, text)?;
        if let Some(kept) = whole.keys.iter().find(|kept| !matches!(kept.place, Place::File(_))) {
            return Err(vec![fault(format!(
                "key {} is kept {}; here it must stand in the file",
                kept.key_id,
                kept.place.words()
            ))]);
        }
        whole.open(Path::new(file), &NoVault).map_err(|lines| lines.into_iter().map(fault).collect())
    }

    /// Takes a person's key in. An FSP has none: it signs by itself.
    pub fn add_personal(&mut self, owner: &Owner, key: PersonalKey) {
        if let Owner::Operator(id) = owner {
            self.people.entry(id.clone()).or_default().push(key);
        }
    }

    /// The operators whose keys are here, the machine's or a person's.
    pub fn signing_operators(&self) -> BTreeSet<&OperatorId> {
        self.operators.keys().chain(self.people.keys()).collect()
    }

    /// Takes a key in.
    pub fn add(&mut self, owner: &Owner, key: SigningKey) {
        match owner {
            Owner::Operator(id) => match self.operators.get_mut(id) {
                Some(keys) => keys.add(key),
                None => drop(self.operators.insert(id.clone(), key.into())),
            },
            Owner::Fsp(id) => match self.fsps.get_mut(id) {
                Some(keys) => keys.add(key),
                None => drop(self.fsps.insert(id.clone(), key.into())),
            },
        }
    }

    /// The secret that a client was given for one VTN alone, by the VTN's base URL: `CLIENT@HOST:PORT`, or
    /// `CLIENT@HOST` for any port of the host.
    pub fn client_at(&self, client_id: &str, base_url: &str) -> Option<&Secret> {
        let url = url::Url::parse(base_url).ok()?;
        let host = url.host_str()?;
        let with_port = url
            .port_or_known_default()
            .and_then(|port| self.clients.get(&format!("{client_id}@{host}:{port}")));
        with_port.or_else(|| self.clients.get(&format!("{client_id}@{host}")))
    }

    /// Writes one: keep it at mode 0600.
    pub fn to_toml(&self) -> Secret {
        let mut text = Zeroizing::new(String::from("# Secrets: keep this file to yourself (mode 0600).\n"));
        // Base64url and the characters of ids need no escaping; a foreign client secret may.
        let quoted = |value: &str| toml::Value::String(value.to_owned()).to_string();
        let _ = writeln!(text, "\n[clients]");
        for (id, secret) in &self.clients {
            let _ = writeln!(text, "{} = {}", quoted(id), quoted(secret.reveal()));
        }
        let operators = self.operators.iter().map(|(id, keys)| ("operator", id.to_string(), keys));
        let fsps = self.fsps.iter().map(|(id, keys)| ("fsp", id.to_string(), keys));
        let every = |(kind, owner, keys)| -> Vec<(&str, String, &SigningKey)> {
            let keys: &OwnKeys = keys;
            keys.iter().map(|key| (kind, String::clone(&owner), key)).collect()
        };
        for (kind, owner, key) in operators.chain(fsps).flat_map(every) {
            // What is held elsewhere is not in the file either.
            let Some(seed) = key.seed() else { continue };
            let seed = Zeroizing::new(URL_SAFE_NO_PAD.encode(seed.as_slice()));
            let _ = writeln!(text, "\n[[signing_keys]]\n{kind} = {}", quoted(&owner));
            let _ = writeln!(text, "key_id = {}\nseed = \"{}\"", quoted(key.key_id().as_str()), *seed);
        }
        Secret::new(text.as_str())
    }

    /// Only what the FSPs of a fleet need.
    pub fn for_fleet(&self) -> Self {
        let mut own = Self {
            clients: self.clients.clone(),
            operators: BTreeMap::new(),
            fsps: self.fsps.clone(),
            people: People::new(),
        };
        own.clients.remove(DESK_CLIENT);
        own
    }

    /// Only what the desk needs.
    pub fn for_desk(&self) -> Self {
        let mut own = Self {
            clients: self.clients.clone(),
            operators: self.operators.clone(),
            fsps: BTreeMap::new(),
            people: self.people.clone(),
        };
        own.clients.retain(|id, _| id == DESK_CLIENT);
        own
    }
}

/// The name of an owner's key that is made at `at`: `gb-dno-11-2026`.
///
/// # Errors
/// When the owner's name makes no key id.
pub fn key_id_at(owner: &str, at: UtcTime) -> Result<KeyId, IdentifierError> {
    let year: String = in_london(at).date.chars().take(4).collect();
    yearly_key_id(owner, &year)
}

/// The name of an owner's key of a year: `gb-dno-11-2026`. A long owner's is cut to the 64 characters of a key id: it is
/// looked up among its owner's keys alone, so that two owners may have the same.
fn yearly_key_id(owner: &str, year: &str) -> Result<KeyId, IdentifierError> {
    let room = 64_usize.saturating_sub(1 + year.len());
    let owner: String = owner.chars().take(room).collect();
    KeyId::new(&format!("{}-{year}", owner.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated_for(fleet: &FleetProfile) -> (Secrets, Trust) {
        let from = "2026-11-26T00:00:00Z".parse().unwrap();
        Secrets::generate(fleet, &Entropy::seeded(1), from).unwrap()
    }

    fn generated() -> (Secrets, Trust) {
        generated_for(&FleetProfile::demo())
    }

    #[test]
    fn an_fsp_with_the_longest_of_names_still_gets_its_key() {
        let mut fleet = FleetProfile::demo();
        let long: FspId = "X".repeat(64).parse().unwrap();
        fleet.fsps[0].id = long.clone();
        let (secrets, trust) = generated_for(&fleet);
        assert_eq!(secrets.fsps.len(), fleet.fsps.len());
        let key = secrets.fsps[&long].iter().next().unwrap();
        assert_eq!(key.key_id().as_str(), format!("{}-2026", "x".repeat(59)));
        let at = "2026-11-26T00:00:00Z".parse().unwrap();
        assert_eq!(trust.fsps[&long].verify(b"message", &key.sign(b"message").unwrap(), at), Ok(()));
        let back = Secrets::from_toml("s.toml", secrets.to_toml().reveal()).unwrap();
        assert_eq!(back.to_toml().reveal(), secrets.to_toml().reveal());
    }

    #[test]
    fn secrets_come_back_as_written_and_fit_the_trust_file() {
        let (secrets, trust) = generated();
        let back = Secrets::from_toml("s.toml", secrets.to_toml().reveal()).unwrap();
        assert_eq!(back.to_toml().reveal(), secrets.to_toml().reveal());
        assert_eq!(back.clients.len(), 5);
        let (operator, keys) = back.operators.iter().next().unwrap();
        let key = keys.iter().next().unwrap();
        assert_eq!(key.key_id().as_str(), "gb-dno-11-2026");
        let at = "2026-11-26T00:00:00Z".parse().unwrap();
        assert_eq!(trust.operators[operator].verify(b"message", &key.sign(b"message").unwrap(), at), Ok(()));
    }

    #[test]
    fn a_secret_for_one_vtn_is_found_by_its_host_and_port_and_nowhere_else() {
        let clients = [
            ("X@a.example", "any port"),
            ("X@a.example:8443", "8443"),
            ("X@b.example:443", "tls"),
            ("X", "x"),
        ];
        let clients = clients.map(|(id, secret)| (id.to_owned(), Secret::new(secret)));
        let secrets = Secrets { clients: clients.into(), ..Secrets::default() };
        let back = Secrets::from_toml("s.toml", secrets.to_toml().reveal()).unwrap();
        for (url, expected) in [
            ("https://a.example/openadr3/3.1.0", Some("any port")),
            ("https://A.example:8443/v", Some("8443")),
            ("https://b.example/v", Some("tls")),
            ("http://b.example/v", None),
            ("https://c.example/X@a.example", None),
            ("https://a.example.evil/v", None),
            ("no address", None),
        ] {
            assert_eq!(back.client_at("X", url).map(Secret::reveal), expected, "{url}");
            assert!(back.client_at("Y", url).is_none(), "{url}");
        }
    }

    #[test]
    fn each_party_gets_only_its_own() {
        let (secrets, _) = generated();
        let (desk, fleet) = (secrets.for_desk(), secrets.for_fleet());
        assert!(desk.fsps.is_empty() && desk.clients.keys().eq([DESK_CLIENT]));
        assert!(fleet.operators.is_empty() && !fleet.clients.contains_key(DESK_CLIENT));
    }

    #[test]
    fn a_mistake_is_named_without_quoting_the_secret() {
        let good = generated().0.to_toml();
        for (old, new, says) in [
            ("seed = \"", "seed = \"hush", "seed: is not 32 bytes"),
            ("[clients]", "[client]", "client: no key has this name here; known are clients, signing_keys"),
            ("operator = ", "# ", "nobody owns this key; name its operator or its fsp"),
            (
                "\"desk\" = \"",
                "\"desk\" = 5 #",
                "clients.desk: the value is a whole number; write the client's secret in quotes",
            ),
        ] {
            assert!(good.reveal().contains(old), "{old}");
            let faults = Secrets::from_toml("s.toml", &good.reveal().replacen(old, new, 1)).unwrap_err();
            let said = faults.iter().map(ToString::to_string).collect::<String>();
            assert!(said.contains(says), "{says}: {said}");
            assert!(!said.contains("hush"), "{said}");
            for secret in generated().0.clients.values() {
                assert!(!said.contains(secret.reveal()));
            }
        }
        assert!(!format!("{:?}", generated().0).contains(generated().0.clients[DESK_CLIENT].reveal()));
    }
}
