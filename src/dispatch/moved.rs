//! The notice of an operator whose VTN moves (Appendix A: how "FSPs will discover network operator endpoints, and whether
//! these endpoints can be moved"). It is signed with the operator's dispatch key, so that whoever runs the old address,
//! or takes it over, cannot lead FSPs elsewhere.

use serde::Serialize;
use serde_json::{Value, json};
use url::{Host, Url};

use crate::time::UtcTime;

use super::{KeyId, KeyRing, OperatorId, Signature, SignatureFault, SigningFault, SigningKey, quoted};

/// The most addresses that a notice names.
pub const MOST_ADDRESSES: usize = 8;

/// Where an operator dispatches from now on. Not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    operator: OperatorId,
    vtns: Vec<String>,
    issued: UtcTime,
}

/// The same with the operator's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedMoved {
    /// What the operator says.
    pub moved: Moved,
    /// Over [`Moved::canonical_bytes`].
    pub signature: Signature,
}

/// Why a text is not the base URL of a VTN; in words that follow the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// Not http or https with a host.
    #[error("is not the base URL of a VTN")]
    NoAddress,
    /// With a user name or a password, which do not belong into an address.
    #[error("holds a user name or password")]
    HoldsSecret,
    /// With a query or a fragment.
    #[error("goes on after the path")]
    GoesOn,
}

/// The base URL of a VTN: http or https with a host, and nothing that a base URL does not have.
///
/// # Errors
/// What else it is.
pub fn vtn_address(text: &str) -> Result<Url, AddressFault> {
    let url = Url::parse(text).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
    let url = url.filter(|url| is_plain(text, url.scheme())).ok_or(AddressFault::NoAddress)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressFault::HoldsSecret);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AddressFault::GoesOn);
    }
    Ok(url)
}

/// Whether an address is written as it is read: `https:///path`, `https:\\\path` and `https:path` are read with the path's
/// first part as the host, and tabs and line ends are passed over wherever they stand.
fn is_plain(text: &str, scheme: &str) -> bool {
    let after = text.trim_matches(' ').get(scheme.len()..).and_then(|rest| rest.strip_prefix("://"));
    after.is_some_and(|after| !after.starts_with(['/', '\\'])) && !text.contains(char::is_control)
}

/// Whether what goes there can be read on the way: plain http to another machine.
fn is_open(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && !is_here
}

impl Moved {
    /// A notice of these base URLs, in order of preference.
    ///
    /// # Errors
    /// Which of them is none or is there twice, or that there are none or too many, in words.
    pub fn new(operator: OperatorId, vtns: Vec<String>, issued: UtcTime) -> Result<Self, String> {
        if vtns.is_empty() || vtns.len() > MOST_ADDRESSES {
            return Err(format!("{} addresses are given; give 1 to {MOST_ADDRESSES}", vtns.len()));
        }
        for (index, vtn) in vtns.iter().enumerate() {
            vtn_address(vtn).map_err(|fault| match fault {
                AddressFault::HoldsSecret => format!("address {} {fault}; leave it out", index + 1),
                // With an @ it is not quoted: a password may stand in it.
                _ if vtn.contains('@') => {
                    format!("address {} {fault}; write https://HOST/openadr3/3.1.0", index + 1)
                }
                _ => format!("{} {fault}; write https://HOST/openadr3/3.1.0", quoted(vtn)),
            })?;
            if vtns[..index].contains(vtn) {
                return Err(format!("{} is there twice; keep one", quoted(vtn)));
            }
        }
        Ok(Self { operator, vtns, issued })
    }

    /// Whose VTN moves.
    pub fn operator(&self) -> &OperatorId {
        &self.operator
    }

    /// Where it is from now on, in order of preference: 1 to 8 base URLs.
    pub fn vtns(&self) -> &[String] {
        &self.vtns
    }

    /// When it was said: a later notice takes the place of an earlier one.
    pub fn issued(&self) -> UtcTime {
        self.issued
    }

    /// Whether it leads from an address that nobody on the way can read to one that anybody can.
    pub fn lays_open(&self, from: &str) -> bool {
        let is_open_at = |vtn: &str| vtn_address(vtn).is_ok_and(|url| is_open(&url));
        !is_open_at(from) && self.vtns.iter().any(|vtn| is_open_at(vtn))
    }

    /// The exact bytes that are signed: RFC 8785 JSON. `notice` tells them from a dispatch's.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        super::canonical::bytes(&CanonicalMoved {
            profile: super::PROFILE,
            notice: NOTICE,
            network_operator: &self.operator,
            vtn: &self.vtns,
            issued: self.issued,
        })
    }

    /// Signs it.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(self, key: &SigningKey) -> Result<SignedMoved, SigningFault> {
        let signature = key.sign(&self.canonical_bytes())?;
        Ok(SignedMoved { moved: self, signature })
    }
}

const NOTICE: &str = "MOVED";

#[derive(Serialize)]
struct CanonicalMoved<'a> {
    profile: &'static str,
    notice: &'static str,
    network_operator: &'a OperatorId,
    vtn: &'a [String],
    issued: UtcTime,
}

impl SignedMoved {
    /// Checks the signature against the operator's pinned keys at an instant.
    ///
    /// # Errors
    /// Why the signature does not hold.
    pub fn verify(&self, keys: &KeyRing, at: UtcTime) -> Result<(), SignatureFault> {
        keys.verify(&self.moved.canonical_bytes(), &self.signature, at)
    }

    /// As it is kept in a file.
    pub fn to_json(&self) -> Value {
        json!({
            "profile": super::PROFILE,
            "notice": NOTICE,
            "network_operator": self.moved.operator,
            "vtn": self.moved.vtns,
            "issued": self.moved.issued,
            "signature": self.signature.to_value(),
        })
    }

    /// Reads what [`SignedMoved::to_json`] wrote.
    ///
    /// # Errors
    /// Which member is missing or wrong, in words.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let text = |value: &Value, name: &str| match value.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(format!("{name}: is not there as a string")),
        };
        for (name, right) in [("profile", super::PROFILE), ("notice", NOTICE)] {
            if text(value, name)? != right {
                return Err(format!("{name}: is not `{right}`"));
            }
        }
        let operator = text(value, "network_operator")?.parse();
        let operator = operator.map_err(|e: super::IdentifierError| format!("network_operator: {e}"))?;
        let vtns = value.get("vtn").and_then(Value::as_array).ok_or("vtn: is not there as a list")?;
        let vtns = vtns.iter().map(|vtn| vtn.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
        let issued = text(value, "issued")?.parse().map_err(|_| "issued: is not a UTC time".to_owned())?;
        let moved = Moved::new(operator, vtns.ok_or("vtn: is not a list of strings")?, issued)
            .map_err(|fault| format!("vtn: {fault}"))?;
        let signed = value.get("signature").ok_or("signature: is not there")?;
        let key_id: KeyId = text(signed, "key_id")?.parse().map_err(|e| format!("signature.key_id: {e}"))?;
        let value = Signature::value_from_text(&text(signed, "value")?)
            .map_err(|fault| format!("signature.value: {fault}"))?;
        Ok(Self { moved, signature: Signature { key_id, value } })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, key};
    use super::*;

    const NEW: &str = "https://new.example/openadr3/3.1.0";

    fn moved(vtns: &[&str]) -> Result<Moved, String> {
        let vtns = vtns.iter().map(|vtn| (*vtn).to_owned()).collect();
        Moved::new("GB-DNO-11".parse().unwrap(), vtns, at("2026-11-26T15:45:12Z"))
    }

    #[test]
    fn the_bytes_that_an_operator_signs_are_known() {
        let text = String::from_utf8(moved(&[NEW]).unwrap().canonical_bytes()).unwrap();
        assert_eq!(
            text,
            r#"{"issued":"2026-11-26T15:45:12Z","network_operator":"GB-DNO-11","notice":"MOVED","profile":"gb-dispatch/1","vtn":["https://new.example/openadr3/3.1.0"]}"#
        );
    }

    #[test]
    fn no_part_of_a_notice_can_be_changed_unnoticed_and_it_comes_back_as_it_was_kept() {
        let keys = KeyRing::new([key("dno-2026").public(None, None)]);
        let now = at("2026-11-26T16:00:00Z");
        let signed = moved(&[NEW, "https://second.example/v"]).unwrap().sign(&key("dno-2026")).unwrap();
        assert_eq!(signed.verify(&keys, now), Ok(()));
        assert_eq!(SignedMoved::from_json(&signed.to_json()), Ok(signed.clone()));
        for change in [
            (|m: &mut Moved| m.operator = "GB-DNO-14".parse().unwrap()) as fn(&mut Moved),
            |m| m.vtns.reverse(),
            |m| m.vtns[0].push('x'),
            |m| m.vtns.truncate(1),
            |m| m.issued = m.issued + 1,
        ] {
            let mut changed = signed.clone();
            change(&mut changed.moved);
            assert!(matches!(changed.verify(&keys, now), Err(SignatureFault::Wrong(_))), "{changed:?}");
        }
        let other = moved(&[NEW]).unwrap().sign(&key("someone-else")).unwrap();
        assert!(matches!(other.verify(&keys, now), Err(SignatureFault::UnknownKey(_))));
    }

    #[test]
    fn what_is_no_list_of_addresses_is_refused_in_words_without_a_secret_in_them() {
        let nine: Vec<String> = (0..9).map(|n| format!("https://vtn-{n}.example")).collect();
        let nine: Vec<&str> = nine.iter().map(String::as_str).collect();
        for (vtns, says) in [
            (&[][..], "0 addresses are given; give 1 to 8"),
            (&nine, "9 addresses are given"),
            (&["new.example"], "`new.example` is not the base URL of a VTN; write https://HOST"),
            (&["ftp://new.example"], "is not the base URL"),
            (&["https:///v"], "is not the base URL"),
            (&["https:\t///v"], "is not the base URL"),
            (&["https:/\\/v"], "is not the base URL"),
            (&["https:v"], "is not the base URL"),
            (&[NEW, NEW], "is there twice"),
            (&[NEW, "https://user:pass-word@new.example"], "address 2 holds a user name or password"),
            (&[NEW, "https://user:pass-word@new example"], "address 2 is not the base URL of a VTN"),
            (&["https://new.example/v?x=1"], "goes on after the path"),
        ] {
            let fault = moved(vtns).unwrap_err();
            assert!(fault.contains(says) && !fault.contains("pass-word"), "{says}: {fault}");
        }
    }

    #[test]
    fn a_notice_that_leads_from_a_closed_address_to_an_open_one_is_known_as_such() {
        for (from, to, lays_open) in [
            ("https://old.example", "http://new.example", true),
            ("http://127.0.0.1:8080", "http://new.example", true),
            ("https://old.example", "http://localhost:8080", false),
            ("https://old.example", "http://[::1]:8080", false),
            ("https://old.example", "https://new.example", false),
            ("http://old.example", "http://new.example", false),
        ] {
            assert_eq!(moved(&[to]).unwrap().lays_open(from), lays_open, "{from} to {to}");
        }
    }

    #[test]
    fn a_kept_notice_that_was_spoiled_says_where() {
        let good = moved(&[NEW]).unwrap().sign(&key("dno-2026")).unwrap().to_json();
        for (pointer, value, says) in [
            ("/profile", json!("x"), "profile: is not `gb-dispatch/1`"),
            ("/notice", json!("x"), "notice: is not `MOVED`"),
            ("/network_operator", json!(""), "network_operator: "),
            ("/vtn", json!([7]), "vtn: is not a list of strings"),
            ("/vtn", json!([]), "vtn: 0 addresses"),
            ("/issued", json!("noon"), "issued: is not a UTC time"),
            ("/signature/key_id", json!(""), "signature.key_id: "),
            ("/signature/value", json!("x"), "signature.value: "),
        ] {
            let mut spoiled = good.clone();
            *spoiled.pointer_mut(pointer).unwrap() = value;
            let fault = SignedMoved::from_json(&spoiled).unwrap_err();
            assert!(fault.contains(says), "{says}: {fault}");
        }
    }
}
