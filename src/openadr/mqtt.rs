//! A connection to an MQTT broker (MQTT 3.1.1), as a VTN that publishes and a client that listens make it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::{ConnectReturnCode, ConnectionError, MqttOptions, StateError, TlsConfiguration, Transport};
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use url::{Host, Url};

use super::secret::Secret;
use super::tls::OwnCertificate;
use crate::certificate;
use crate::dispatch::quoted;

/// After so long without a word the other side is asked for one; without an answer the connection is given up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A notification holds a whole object, and a VTN takes objects of up to 1 MiB.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// The longest wait before another attempt, seconds; before it is spread.
const LONGEST_PAUSE_S: f64 = 30.0;

/// Where a broker is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerAddress {
    host: Host,
    port: u16,
    tls: bool,
}

impl BrokerAddress {
    /// Whether it is reached by TLS.
    pub fn is_secure(&self) -> bool {
        self.tls
    }

    /// Host, as a URL writes it, and port.
    pub fn place(&self) -> (String, u16) {
        (self.host.to_string(), self.port)
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

impl FromStr for BrokerAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let right = "write mqtt://127.0.0.1:1883 or mqtts://broker.example:8883";
        // The text is not quoted where it may hold a password.
        let wrong = || match text.contains('@') {
            true => format!("the address is not a broker's; {right}"),
            false => format!("{} is not a broker's address; {right}", quoted(text)),
        };
        let url = Url::parse(text.trim()).map_err(|_| wrong())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("the address holds a user name or password; leave it out and {right}"));
        }
        let (tls, default) = match url.scheme() {
            "mqtt" => (false, 1883),
            "mqtts" => (true, 8883),
            _ => return Err(wrong()),
        };
        let beyond = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
        // Only for known schemes is a host that looks like an IPv4 address read as one.
        let host = url.host_str().filter(|host| !host.is_empty()).and_then(|host| Host::parse(host).ok());
        match host {
            Some(host) if !beyond => Ok(Self { host, port: url.port().unwrap_or(default), tls }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for BrokerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "mqtts" } else { "mqtt" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

/// A user name and its password.
#[derive(Clone, Debug)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password, or an access token in its place.
    pub password: Secret,
}

/// What a side of a TLS connection trusts and shows.
#[derive(Clone)]
pub struct BrokerTls(Arc<ClientConfig>);

impl fmt::Debug for BrokerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrokerTls(..)")
    }
}

impl BrokerTls {
    /// Trusts the certificate authorities in `roots` (PEM) alone, and shows `identity` where the broker asks.
    ///
    /// # Errors
    /// When there is no certificate in it, or certificate and key do not fit, in words without the key.
    pub fn new(roots: &str, identity: Option<&OwnCertificate>) -> Result<Self, String> {
        let mut store = RootCertStore::empty();
        for root in certificates(roots, "certificate authority")? {
            store
                .add(root)
                .map_err(|error| format!("the broker's certificate authority cannot be used: {error}"))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS cannot be set up: {error}"))?
            .with_root_certificates(store);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let chain = certificates(&identity.certificate, "client certificate")?;
                let key = PrivateKeyDer::from_pem_slice(identity.key.reveal().as_bytes())
                    .map_err(|_| "the client certificate's key is no private key in PEM".to_owned())?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| format!("the client certificate and its key cannot be used: {error}"))?
            }
        };
        Ok(Self(Arc::new(config)))
    }
}

fn certificates(pem: &str, what: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    certificate::certificates(pem.as_bytes()).map_err(|error| format!("the {what}: {error}"))
}

/// A broker and how it is reached.
#[derive(Clone, Debug)]
pub struct Broker {
    /// Where it is.
    pub address: BrokerAddress,
    /// For an address that asks for TLS.
    pub tls: Option<BrokerTls>,
    /// Where it asks for one.
    pub login: Option<Login>,
}

impl Broker {
    /// One that is reached so.
    ///
    /// # Errors
    /// When the address asks for TLS and there is nothing to trust, in words.
    pub fn new(address: BrokerAddress, tls: Option<BrokerTls>, login: Option<Login>) -> Result<Self, String> {
        if address.is_secure() && tls.is_none() {
            return Err(format!(
                "{address} is reached by TLS: name the file of its certificate authority (of a public one, the system's \
                 bundle of certificates)"
            ));
        }
        Ok(Self { address, tls, login })
    }

    /// A clean session of a client that no other connection uses.
    pub fn options(&self, client: &str) -> MqttOptions {
        let mut options = MqttOptions::new(client, self.address.host.to_string(), self.address.port);
        options
            .set_keep_alive(KEEP_ALIVE)
            .set_clean_session(true)
            .set_max_packet_size(MOST_BYTES, MOST_BYTES);
        if let (true, Some(tls)) = (self.address.tls, &self.tls) {
            options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::clone(&tls.0))));
        }
        if let Some(Login { user, password }) = &self.login {
            options.set_credentials(user, password.reveal());
        }
        options
    }
}

/// Why there is no connection, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(String);

impl Fault {
    /// Anything else.
    pub fn other(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl From<ConnectionError> for Fault {
    fn from(error: ConnectionError) -> Self {
        Self(match error {
            ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => {
                "it does not answer".to_owned()
            }
            ConnectionError::Io(error) => error.to_string(),
            ConnectionError::Tls(error) => tls_in_words(&error.to_string()),
            ConnectionError::ConnectionRefused(
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
            ) => "it refuses this user: check the user name, the password or the certificate".to_owned(),
            ConnectionError::ConnectionRefused(code) => format!("it refuses the connection ({code:?})"),
            ConnectionError::MqttState(StateError::Io(error)) => error.to_string(),
            ConnectionError::MqttState(StateError::AwaitPingResp) => "it does not answer any more".to_owned(),
            ConnectionError::MqttState(StateError::ConnectionAborted) => {
                "it closed the connection".to_owned()
            }
            other => other.to_string(),
        })
    }
}

fn tls_in_words(error: &str) -> String {
    format!("no TLS connection: {}", error.trim_start_matches("I/O: ").trim_start_matches("TLS error: "))
}

/// The wait before another attempt after so many failures in a row, spread by `chance` (0 to 1): from a quarter of a
/// second to three quarters of a minute.
pub fn pause(failures: u32, chance: f64) -> Duration {
    let doubled = 0.5 * f64::from(2_u32.saturating_pow(failures.min(16)));
    Duration::from_secs_f64(doubled.min(LONGEST_PAUSE_S) * (0.5 + chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brokers_address_is_read_or_refused_with_one_that_is_right() {
        for (text, shown, secure, loopback) in [
            ("mqtt://127.0.0.1:1884", "mqtt://127.0.0.1:1884", false, true),
            ("mqtt://localhost", "mqtt://localhost:1883", false, true),
            ("mqtts://broker.example.org/", "mqtts://broker.example.org:8883", true, false),
            ("mqtt://[::1]:9", "mqtt://[::1]:9", false, true),
            ("mqtt://10.0.0.1", "mqtt://10.0.0.1:1883", false, false),
        ] {
            let address: BrokerAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!((address.is_secure(), address.is_loopback()), (secure, loopback), "{text}");
        }
        for (text, says) in [
            ("", "`` is not a broker's address; write mqtt://127.0.0.1:1883"),
            ("127.0.0.1:1883", "not a broker's address"),
            ("http://127.0.0.1", "not a broker's address"),
            ("mqtt://", "not a broker's address"),
            ("mqtt://h/topic", "not a broker's address"),
            ("mqtt://h?x", "not a broker's address"),
            ("mqtt://u:hunter2@h", "holds a user name or password"),
            ("mqtt:u:hunter2@h", "the address is not a broker's"),
        ] {
            let error = text.parse::<BrokerAddress>().unwrap_err();
            assert!(error.contains(says) && !error.contains("hunter2"), "{text}: {error}");
        }
    }

    #[test]
    fn a_broker_by_tls_is_not_used_without_something_to_trust() {
        let error = Broker::new("mqtts://b.example".parse().unwrap(), None, None).unwrap_err();
        assert!(error.contains("certificate authority"), "{error}");
        for (roots, says) in [
            ("", "the certificate authority: holds no certificate"),
            ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "its PEM is broken"),
        ] {
            let error = BrokerTls::new(roots, None).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_broker_that_is_away_is_not_besieged() {
        assert_eq!(pause(0, 0.5), Duration::from_millis(500));
        assert_eq!(pause(3, 0.5), Duration::from_secs(4));
        assert_eq!(pause(u32::MAX, 0.5), Duration::from_secs(30));
        assert!(pause(4, 0.0) < pause(4, 0.99));
    }
}
