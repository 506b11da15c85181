//! Who is who and what must stay secret: pinned keys, secrets, a person's sealed key, approval rules, a connection, a
//! private key in PEM, certificates with a key in PEM, addresses. The first byte says which, the rest is the text.
//! `$SECRET` in it stands for a secret.
//!
//! What is read comes back as written; a mistake names the file and a line that it has, briefly; and no mistake, nor what
//! is shown of what was read, holds the secret.

use rampdesk::certificate::{Authority, certificates};
use rampdesk::commands::seed_from_pem;
use rampdesk::dispatch::{DispatchUnit, KeyRing, SigningKey, vtn_address};
use rampdesk::openadr::bounds::Place;
use rampdesk::openadr::mqtt::{BrokerAddress, BrokerTls};
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::tls::OwnCertificate;
use rampdesk::openadr::version::Version;
use rampdesk::profile::approval::ApprovalRules;
use rampdesk::profile::connection::Connection;
use rampdesk::profile::fault::FileFault;
use rampdesk::profile::kind::FileKind;
use rampdesk::profile::sealed_key::SealedKey;
use rampdesk::profile::secrets::Secrets;
use rampdesk::profile::trust::Trust;

use super::desk::now;
use super::{assert_brief, assert_faults, picked};

const FILE: &str = "given.toml";
/// Nothing that any text holds by chance.
const SECRET: &str = "hush+Zq7/8fJ2vK hush";

pub fn exercise(data: &[u8]) {
    let Some((choice, rest)) = picked(data, 8) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let text = &text.replace("$SECRET", SECRET);
    FileKind::of(text);
    match choice {
        0 => same(text, Trust::from_toml(FILE, text), |read| Trust::from_toml(FILE, &read.to_toml())),
        1 => secrets(text),
        2 => sealed(text),
        3 => same(text, ApprovalRules::from_toml(FILE, text), |read| {
            assert_eq!(read.approvers().len(), read.keys().keys().count());
            ApprovalRules::from_toml(FILE, &read.to_toml())
        }),
        4 => {
            same(text, Connection::from_toml(FILE, text), |read| Connection::from_toml(FILE, &read.to_toml()))
        }
        5 => private_key(text),
        6 => pem(text),
        _ => addresses(text),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    text: &str,
    read: Result<T, Vec<FileFault>>,
    again: impl FnOnce(&T) -> Result<T, Vec<FileFault>>,
) {
    match read {
        Ok(read) => assert_eq!(again(&read).as_ref(), Ok(&read)),
        Err(faults) => assert_faults(FILE, text, &faults),
    }
}

/// No mistake holds the secret, unless it stands where a name does.
fn assert_faults_in_secret(text: &str, faults: &[FileFault]) {
    assert_faults(FILE, text, faults);
    let is_a_name = text.parse::<toml::Table>().is_ok_and(|root| has_as_a_key(&root));
    let said = faults.iter().map(ToString::to_string);
    let telling = said.filter(|said| said.contains(&SECRET[..8])).collect::<Vec<_>>();
    assert!(is_a_name || telling.is_empty(), "{telling:?}");
}

fn has_as_a_key(table: &toml::Table) -> bool {
    table.iter().any(|(key, value)| {
        key.contains(&SECRET[..8])
            || match value {
                toml::Value::Table(inner) => has_as_a_key(inner),
                toml::Value::Array(items) => items.iter().filter_map(toml::Value::as_table).any(has_as_a_key),
                _ => false,
            }
    })
}

fn secrets(text: &str) {
    match Secrets::from_toml(FILE, text) {
        Ok(read) => {
            let written = read.to_toml();
            let again = Secrets::from_toml(FILE, written.reveal()).expect("our own");
            assert_eq!(again.to_toml().reveal(), written.reveal());
            let shown =
                format!("{:?}", Secrets { clients: read.clients.clone(), ..Secrets::default() }.clients);
            let is_a_name = read.clients.keys().any(|id| id.contains(SECRET));
            assert!(is_a_name || !shown.contains(SECRET), "{shown}");
        }
        Err(faults) => assert_faults_in_secret(text, &faults),
    }
}

fn sealed(text: &str) {
    match SealedKey::from_toml(FILE, text) {
        Ok(read) => assert_eq!(SealedKey::from_toml(FILE, &read.to_toml()), Ok(read)),
        Err(faults) => assert_faults_in_secret(text, &faults),
    }
}

fn private_key(text: &str) {
    let Some(seed) = seed_from_pem(text) else { return };
    let key = SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &seed);
    assert!(!format!("{key:?}").contains(text.trim()));
    let ring = KeyRing::new([key.public(None, None)]);
    assert_eq!(ring.verify(b"message", &key.sign(b"message").expect("our own key"), now()), Ok(()));
    assert!(ring.verify(b"another", &key.sign(b"message").expect("our own key"), now()).is_err());
}

fn pem(text: &str) {
    if let Err(fault) = certificates(text.as_bytes()) {
        assert_brief(&fault.to_string());
    }
    if let Err(fault) = Authority::from_pem(text, text) {
        assert_brief(&fault.to_string());
        assert!(!fault.to_string().contains(SECRET), "{fault}");
    }
    let own = OwnCertificate { certificate: text.to_owned(), key: Secret::new(text) };
    if let Err(fault) = BrokerTls::new(text, Some(&own)) {
        assert_brief(&fault);
        assert!(!fault.contains(SECRET), "{fault}");
    }
}

/// A password may stand in an address before an `@`: then the address is not quoted.
fn addresses(text: &str) {
    let holds_password = text.split(SECRET).skip(1).any(|after| after.contains('@'));
    let refused = |fault: Option<String>| {
        let Some(fault) = fault else { return };
        assert_brief(&fault);
        assert!(!(holds_password && fault.contains(&SECRET[..8])), "{fault}");
    };
    match text.parse::<BrokerAddress>() {
        Ok(address) => assert_eq!(address.to_string().parse(), Ok(address)),
        Err(fault) => refused(Some(fault)),
    }
    match text.parse::<Place>() {
        Ok(place) => assert_eq!(place.to_string().parse(), Ok(place)),
        Err(fault) => refused(Some(fault)),
    }
    match vtn_address(text) {
        Ok(url) => assert!(vtn_address(url.as_str()).is_ok(), "{url}"),
        Err(fault) => refused(Some(fault.to_string())),
    }
    if let Err(fault) = text.parse::<Version>() {
        assert_brief(&fault);
    }
    match text.parse::<DispatchUnit>() {
        Ok(unit) => assert_eq!(unit.to_string().parse(), Ok(unit)),
        Err(fault) => assert_brief(&fault),
    }
}
