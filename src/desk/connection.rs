//! Over what the VTN is spoken to: its address, TLS and whose certificate, the version of OpenADR, as which client. It is
//! journalled when a session first hears the VTN, and whenever it is another way. Pure.

use serde::{Deserialize, Serialize};

use crate::certificate::Names;
use crate::openadr::client::Client;
use crate::openadr::security::{Channel, Security};
use crate::time::UtcTime;

/// How the VTN is spoken to, as the journal keeps it. No secret and no token is among it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Connection {
    address: String,
    /// `TLS 1.3`, or what there is in its place.
    channel: String,
    /// The VTN's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<Shown>,
    /// The desk's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_certificate: Option<Shown>,
    openadr: String,
    client_id: String,
}

/// What tells one certificate from every other, and until when it is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Shown {
    /// As certificate tools print it.
    sha256: String,
    until: UtcTime,
    issuer: String,
}

impl Connection {
    /// As a client has found it; `None` before it knows which version is spoken.
    pub(super) fn of(client: &Client) -> Option<Self> {
        let version = client.known_version()?;
        let (address, client_id) = (client.base_url().to_owned(), client.client_id().to_owned());
        Some(Self::with(address, &client.security(), version.to_string(), client_id))
    }

    fn with(address: String, security: &Security, openadr: String, client_id: String) -> Self {
        let (channel, certificate) = match &security.channel {
            None => ("inside this program".to_owned(), None),
            Some(Channel::Plain { loopback: true }) => ("plain HTTP on this machine".to_owned(), None),
            Some(Channel::Plain { loopback: false }) => ("plain HTTP".to_owned(), None),
            Some(Channel::Tls { version, certificate }) => {
                (version.clone().unwrap_or_else(|| "TLS".to_owned()), certificate.as_deref().map(Shown::of))
            }
        };
        let own_certificate = security.own.as_ref().map(Shown::of);
        Self { address, channel, certificate, own_certificate, openadr, client_id }
    }

    /// As the journal keeps it.
    pub(super) fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// All of it in words.
    pub(super) fn words(&self) -> String {
        let certificate = |name: &str, shown: &Option<Shown>| {
            shown.as_ref().map_or_else(String::new, |shown| format!(", {name} {}", shown.words()))
        };
        format!(
            "the VTN at {} is spoken to over {}{}{}, OpenADR {}, as client {}",
            self.address,
            self.channel,
            certificate("its certificate", &self.certificate),
            certificate("the desk's own", &self.own_certificate),
            self.openadr,
            self.client_id,
        )
    }

    /// What is otherwise than before, in words; `None` when nothing is.
    pub(super) fn otherwise_than(&self, before: &Self) -> Option<String> {
        let of = |shown: &Option<Shown>| shown.as_ref().map_or_else(|| "none".to_owned(), Shown::words);
        let found = [
            ("its address", &self.address, &before.address),
            ("its channel", &self.channel, &before.channel),
            ("its certificate", &of(&self.certificate), &of(&before.certificate)),
            ("the desk's own certificate", &of(&self.own_certificate), &of(&before.own_certificate)),
            ("the version of OpenADR", &self.openadr, &before.openadr),
            ("the client", &self.client_id, &before.client_id),
        ]
        .into_iter()
        .filter(|(_, now, before)| now != before)
        .map(|(what, now, before)| format!("{what} is {now} (before: {before})"))
        .collect::<Vec<_>>();
        (!found.is_empty()).then(|| found.join("; "))
    }
}

impl Shown {
    fn of(names: &Names) -> Self {
        Self {
            sha256: names.thumbprint.to_string(),
            until: names.validity.until,
            issuer: names.issuer.clone(),
        }
    }

    fn words(&self) -> String {
        format!("SHA-256 {}, by {}, good until {}", self.sha256, self.issuer, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Thumbprint, Validity};
    use crate::desk::testing::at;

    fn names(der: &[u8], until: &str) -> Names {
        Names {
            common_name: Some("vtn.example".to_owned()),
            dns: Vec::new(),
            uris: Vec::new(),
            addresses: Vec::new(),
            validity: Validity { from: at("12:00"), until: at(until) },
            issuer: "Example CA".to_owned(),
            issuer_key: None,
            own_key: None,
            is_authority: false,
            thumbprint: Thumbprint::of_der(der),
        }
    }

    fn over_tls(certificate: Names) -> Connection {
        let channel =
            Channel::Tls { version: Some("TLS 1.3".to_owned()), certificate: Some(Box::new(certificate)) };
        let own = Some(names(b"own", "18:00"));
        let security = Security { channel: Some(channel), own, beyond: Vec::new() };
        Connection::with(
            "https://vtn.example/openadr3".to_owned(),
            &security,
            "3.1".to_owned(),
            "desk".to_owned(),
        )
    }

    #[test]
    fn a_certificate_that_was_renewed_and_a_version_that_changed_are_told_and_nothing_else() {
        let first = over_tls(names(b"one", "20:00"));
        for words in [
            "https://vtn.example/openadr3",
            "TLS 1.3",
            "good until 2026-11-26T20:00:00Z",
            "OpenADR 3.1",
            "client desk",
        ] {
            assert!(first.words().contains(words), "{words}: {}", first.words());
        }
        assert_eq!(over_tls(names(b"one", "20:00")).otherwise_than(&first), None);
        let renewed = over_tls(names(b"two", "21:00")).otherwise_than(&first).unwrap();
        let new = Thumbprint::of_der(b"two").to_string();
        assert!(renewed.starts_with(&format!("its certificate is SHA-256 {new}")), "{renewed}");
        assert!(renewed.contains("(before: ") && !renewed.contains("OpenADR"), "{renewed}");
        let older = Connection { openadr: "3.0".to_owned(), ..first.clone() };
        assert_eq!(older.otherwise_than(&first).unwrap(), "the version of OpenADR is 3.0 (before: 3.1)");
        let kept: Connection = serde_json::from_str(&first.to_json().unwrap()).unwrap();
        assert_eq!(kept, first);
    }
}
