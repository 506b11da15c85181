//! Where a session that moves no real assets may connect to: this machine, and what its connection file names besides.
//! It is looked at before a name is resolved and before a connection is made, for every request: VTN, token endpoint and
//! broker alike. A redirect is never followed.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use url::Host;

use crate::dispatch::quoted;

/// Where may be connected to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds(Option<Arc<Within>>);

#[derive(Debug, PartialEq, Eq)]
struct Within {
    mode: &'static str,
    also: Vec<Place>,
}

/// A host and a port: `vtn.example:443`, `[2001:db8::7]:8443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    host: Host,
    port: u16,
}

/// What a place is to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It may be connected to.
    Free,
    /// It may be where its name leads to this machine, which is to be seen when it is resolved.
    IfHere,
    /// It may not; why, and what would permit it.
    Refused(String),
}

impl Place {
    /// A host, as a URL writes it, and a port.
    pub fn of(host: &str, port: u16) -> Option<Self> {
        Some(Self { host: Host::parse(host).ok()?, port })
    }

    /// Host, as a URL writes it, and port.
    pub fn parts(&self) -> (String, u16) {
        (self.host.to_string(), self.port)
    }

    /// Whether it is this machine, by its address or by its name.
    pub fn is_this_machine(&self) -> bool {
        self.is_here() || self.is_named_here()
    }

    /// Whether its address is written out and is this machine's own.
    fn is_here(&self) -> bool {
        match self.host {
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => is_here(IpAddr::V6(ip)),
            Host::Domain(_) => false,
        }
    }

    /// Whether its name is one that leads to this machine everywhere (RFC 6761).
    fn is_named_here(&self) -> bool {
        match &self.host {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            Host::Ipv4(_) | Host::Ipv6(_) => false,
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // With an @ it is not quoted: a password may stand in it.
        let shown = if text.contains('@') { "this".to_owned() } else { quoted(text) };
        let wrong = || format!("{shown} is not a host with its port; write vtn.example:443");
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
        let plain = !host.is_empty() && !host.contains(['/', '@', '*']);
        Self::of(host, port).filter(|_| plain).ok_or_else(wrong)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl Bounds {
    /// This machine, and these places. `mode` is what the session is called.
    pub fn this_machine_and(mode: &'static str, also: Vec<Place>) -> Self {
        Self(Some(Arc::new(Within { mode, also })))
    }

    /// Whether there are any.
    pub fn are_set(&self) -> bool {
        self.0.is_some()
    }

    /// The places beyond this machine, for people.
    pub fn beyond(&self) -> Vec<String> {
        self.0.iter().flat_map(|within| within.also.iter().map(ToString::to_string)).collect()
    }

    /// What a place is to this session.
    pub fn judge(&self, host: &str, port: u16) -> Judged {
        let Some(within) = &self.0 else { return Judged::Free };
        match Place::of(host, port) {
            Some(place) if within.also.contains(&place) || place.is_here() => Judged::Free,
            Some(place) if place.is_named_here() => Judged::IfHere,
            Some(place) => Judged::Refused(within.refusal(&place.to_string())),
            None => Judged::Refused(within.refusal("this address")),
        }
    }

    /// Whether a place may be connected to, its name resolved where that decides.
    ///
    /// # Errors
    /// Why not, and what would permit it.
    pub async fn admit(&self, host: &str, port: u16) -> Result<(), String> {
        match self.judge(host, port) {
            Judged::Free => Ok(()),
            Judged::Refused(why) => Err(why),
            Judged::IfHere => {
                let found = tokio::net::lookup_host((host, port)).await.map_err(|e| e.to_string())?;
                let all: Vec<SocketAddr> = found.collect();
                let elsewhere = all.is_empty() || all.iter().any(|address| !is_here(address.ip()));
                if elsewhere { Err(NOT_HERE.to_owned()) } else { Ok(()) }
            }
        }
    }
}

impl Within {
    fn refusal(&self, place: &str) -> String {
        format!(
            "{} stays on this machine, and {place} is not on it; if it must be reached, name it in may_reach of the \
             connection file",
            self.mode
        )
    }
}

/// What is said of a name that should lead to this machine and does not.
pub(super) const NOT_HERE: &str = "the name does not lead to this machine";

/// Whether an address is this machine's own.
pub(super) fn is_here(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn training() -> Bounds {
        let also = ["vtn.example:443", "192.0.2.7:8443", "[2001:db8::7]:443"];
        Bounds::this_machine_and("TRAINING", also.map(|place| place.parse().unwrap()).to_vec())
    }

    #[test]
    fn a_session_that_moves_nothing_real_stays_on_this_machine_and_where_its_file_permits() {
        for (host, port, free) in [
            ("127.0.0.1", 80, true),
            ("127.8.9.1", 80, true),
            ("0x7f.1", 80, true),
            ("2130706433", 80, true),
            ("[::1]", 80, true),
            ("[::ffff:127.0.0.1]", 80, true),
            ("vtn.example", 443, true),
            ("VTN.Example", 443, true),
            ("192.0.2.7", 8443, true),
            ("[2001:db8::7]", 443, true),
            ("[2001:DB8:0::7]", 443, true),
            ("vtn.example", 8443, false),
            ("vtn.example.evil.org", 443, false),
            ("evil.vtn.example", 443, false),
            ("192.0.2.7", 443, false),
            ("192.0.2.8", 8443, false),
            ("[2001:db8::8]", 443, false),
            ("0.0.0.0", 80, false),
            ("0", 80, false),
            ("[::]", 80, false),
            ("10.0.0.1", 80, false),
            ("169.254.169.254", 80, false),
            ("[::ffff:10.0.0.1]", 80, false),
            ("[fe80::1]", 80, false),
            ("8.8.8.8", 80, false),
            ("127.0.0.1.evil.org", 80, false),
            ("localhost.evil.org", 80, false),
            ("evil-localhost", 80, false),
            ("", 80, false),
            ("a b", 80, false),
        ] {
            let judged = training().judge(host, port);
            assert_eq!(judged == Judged::Free, free, "{host}:{port}: {judged:?}");
            assert!(free || matches!(judged, Judged::Refused(_)), "{host}:{port}");
            assert_eq!(Bounds::default().judge(host, port), Judged::Free, "a live session reaches every VTN");
        }
        for name in ["localhost", "LocalHost", "localhost.", "vtn.localhost"] {
            assert_eq!(training().judge(name, 80), Judged::IfHere, "{name}");
        }
    }

    #[test]
    fn what_is_refused_says_which_key_would_permit_it() {
        let Judged::Refused(why) = training().judge("vtn.example", 80) else { panic!("it is refused") };
        assert_eq!(
            why,
            "TRAINING stays on this machine, and vtn.example:80 is not on it; if it must be reached, name it in may_reach \
             of the connection file"
        );
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_admitted_when_it_leads_here() {
        assert_eq!(training().admit("localhost", 80).await, Ok(()));
        assert_eq!(training().admit("127.0.0.1", 80).await, Ok(()));
        assert!(training().admit("vtn.test", 80).await.is_err());
    }

    #[test]
    fn a_place_is_a_host_with_its_port_and_nothing_else() {
        for (text, shown) in [
            ("vtn.example:443", "vtn.example:443"),
            ("VTN.example:443", "vtn.example:443"),
            ("192.0.2.7:8443", "192.0.2.7:8443"),
            ("[2001:db8::7]:443", "[2001:db8::7]:443"),
        ] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), shown);
        }
        for text in [
            "vtn.example",
            "vtn.example:",
            "vtn.example:0",
            ":443",
            "*:443",
            "https://vtn.example:443",
            "a@b:1",
            "2001:db8::7:443x",
        ] {
            let wrong = text.parse::<Place>().unwrap_err();
            assert!(wrong.contains("is not a host with its port; write vtn.example:443"), "{text}: {wrong}");
            assert!(!wrong.contains('@'), "a password may stand before it: {wrong}");
        }
    }
}
