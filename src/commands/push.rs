//! The options by which a VTN publishes to an MQTT broker, and by which a client listens at one.

use std::path::{Path, PathBuf};

use crate::openadr::bounds::Bounds;
use crate::openadr::mqtt::{Broker, BrokerAddress, BrokerTls, Login};
use crate::openadr::push::PushSettings;
use crate::openadr::secret::Secret;
use crate::openadr::tls::{ClientTls, OwnCertificate};
use crate::vtn::{Push, PushAuthentication};

use super::output::Failure;

/// The user name for clients that show their access token: their own id.
const OWN_ID: &str = "{clientID}";

/// A VTN's broker.
#[derive(clap::Args)]
pub struct BrokerArguments {
    /// The MQTT broker to publish changes to, so that clients need not wait for their next poll: mqtt://127.0.0.1:1883
    /// or mqtts://broker.example:8883. packaging/mosquitto has the access rules that it needs
    #[arg(long, value_name = "URI", value_parser = asked)]
    mqtt: Option<Asked>,
    /// The broker's certificate authority, PEM, for mqtts:// (for a public one the system's bundle of certificates)
    #[arg(long, value_name = "FILE", requires = "mqtt")]
    mqtt_ca: Option<PathBuf>,
    /// The VTN's user name at the broker
    #[arg(long, value_name = "NAME", requires = "mqtt_password")]
    mqtt_user: Option<String>,
    /// The file whose first line is that user's password
    #[arg(long, value_name = "FILE", requires = "mqtt_user")]
    mqtt_password: Option<PathBuf>,
    /// The VTN's own certificate for the broker, PEM
    #[arg(long, value_name = "FILE", requires = "mqtt_key", requires = "mqtt_ca")]
    mqtt_certificate: Option<PathBuf>,
    /// The key of that certificate, PEM
    #[arg(long, value_name = "FILE", requires = "mqtt_certificate")]
    mqtt_key: Option<PathBuf>,
    /// The URI that clients are told, where it is another than the VTN's own; repeat it for several
    #[arg(long, value_name = "URI", requires = "mqtt", value_parser = asked)]
    mqtt_announce: Vec<Asked>,
    /// How clients show the broker who they are; by default by certificate with mqtts://, else not at all
    #[arg(long, value_name = "HOW", requires = "mqtt")]
    mqtt_clients: Option<HowClients>,
    /// A folder with CLIENT.crt and CLIENT.key, PEM, which are handed out to each client in /notifiers. Without it
    /// clients use the certificates that they have
    #[arg(long, value_name = "DIR", requires = "mqtt")]
    mqtt_client_certificates: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum HowClients {
    /// Not at all: on this machine only
    Anonymous,
    /// By their access token as the password, with their client id as the user name
    Token,
    /// By a certificate whose common name is their client id
    Certificate,
}

/// A client's side.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PushArguments {
    /// Whether to be woken through the MQTT broker that the VTN names, if it names one; polling goes on either way
    #[arg(long, value_name = "WHETHER", default_value = "auto")]
    push: Whether,
    /// The certificate authority of that broker, PEM, where the VTN does not name it
    #[arg(long, value_name = "FILE")]
    push_ca: Option<PathBuf>,
    /// A folder with CLIENT.crt and CLIENT.key, PEM, for a broker that asks for a certificate and a VTN that hands none out
    #[arg(long, value_name = "DIR")]
    push_certificates: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Whether {
    /// If the VTN names a broker
    #[default]
    Auto,
    /// Never: poll only
    Off,
}

/// A broker's address, or what is wrong with it: read at once, and refused later, since the parser of the command line
/// quotes what it refuses, and that may hold a password.
#[derive(Clone, Debug)]
struct Asked(Result<BrokerAddress, String>);

#[expect(clippy::unnecessary_wraps, reason = "the parser of the command line asks for it")]
fn asked(text: &str) -> Result<Asked, String> {
    Ok(Asked(text.parse()))
}

impl Asked {
    fn address(&self, option: &str) -> Result<BrokerAddress, Failure> {
        self.0.clone().map_err(|wrong| Failure::input(format!("{option}: {wrong}")))
    }
}

impl BrokerArguments {
    /// What they ask for; `None` when they name no broker.
    ///
    /// # Errors
    /// When a file cannot be read or used, or clients would be let in without showing who they are from elsewhere.
    pub fn push(&self) -> Result<Option<Push>, Failure> {
        let Some(asked) = &self.mqtt else { return Ok(None) };
        let address = asked.address("--mqtt")?;
        let ca = self.mqtt_ca.as_deref().map(text).transpose()?;
        let identity = self.mqtt_certificate.as_deref().zip(self.mqtt_key.as_deref());
        let identity = identity.map(|(certificate, key)| identity_of(certificate, key)).transpose()?;
        let tls =
            ca.as_deref().filter(|_| address.is_secure()).map(|ca| BrokerTls::new(ca, identity.as_ref()));
        let login = self.mqtt_user.as_ref().zip(self.mqtt_password.as_deref());
        let login =
            login.map(|(user, file)| Ok::<_, Failure>(Login { user: user.clone(), password: secret(file)? }));
        let told = match self.mqtt_announce.is_empty() {
            true => vec![address.clone()],
            false => {
                let told = self.mqtt_announce.iter().map(|asked| asked.address("--mqtt-announce"));
                told.collect::<Result<_, _>>()?
            }
        };
        let authentication = self.authentication(&told, ca.unwrap_or_default())?;
        let broker = Broker::new(address, tls.transpose().map_err(Failure::input)?, login.transpose()?);
        let uris = told.iter().map(ToString::to_string).collect();
        Ok(Some(Push { broker: broker.map_err(Failure::input)?, uris, authentication }))
    }

    fn authentication(&self, told: &[BrokerAddress], ca: String) -> Result<PushAuthentication, Failure> {
        let secure = told.iter().all(BrokerAddress::is_secure);
        let otherwise = if secure { HowClients::Certificate } else { HowClients::Anonymous };
        let how = self.mqtt_clients.unwrap_or(otherwise);
        let far = told.iter().find(|address| !address.is_loopback());
        let open = told.iter().find(|address| !address.is_secure() && !address.is_loopback());
        match how {
            HowClients::Anonymous => match far {
                Some(address) => Err(Failure::input(format!(
                    "--mqtt: {address} is not on this machine, and there whoever reaches the broker could read what is \
                     meant for one client; choose --mqtt-clients certificate or token, with an mqtts:// address"
                ))),
                None => Ok(PushAuthentication::Anonymous),
            },
            HowClients::Token => match open {
                Some(address) => Err(Failure::input(format!(
                    "--mqtt-clients: clients would send {address} their access tokens without TLS; give an mqtts:// \
                     address"
                ))),
                None => Ok(PushAuthentication::BearerToken { username: OWN_ID.to_owned() }),
            },
            HowClients::Certificate if !secure => Err(Failure::input(
                "--mqtt-clients: certificates are shown by TLS only; give an mqtts:// address".to_owned(),
            )),
            HowClients::Certificate => Ok(PushAuthentication::Certificate {
                ca,
                certificates: self.mqtt_client_certificates.clone(),
            }),
        }
    }
}

impl PushArguments {
    /// What clients with these ids, who speak TLS so and stay within bounds, listen with, in order; `None` when they do not listen. Where nothing
    /// else is said they show the broker what they show the VTN.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn settings<'a>(
        &self,
        clients: impl IntoIterator<Item = (&'a str, &'a ClientTls)>,
        bounds: &Bounds,
    ) -> Result<Option<Vec<PushSettings>>, Failure> {
        if self.push == Whether::Off {
            return Ok(None);
        }
        let roots = self.push_ca.as_deref().map(text).transpose()?;
        let settings = clients.into_iter().map(|(client, tls)| {
            let identity = self.push_certificates.as_ref().map(|folder| {
                let file = |ending: &str| folder.join(format!("{client}.{ending}"));
                identity_of(&file("crt"), &file("key"))
            });
            Ok(PushSettings {
                roots: roots.clone().or_else(|| tls.authorities.clone()),
                identity: identity.transpose()?.or_else(|| tls.own.clone()),
                bounds: bounds.clone(),
            })
        });
        settings.collect::<Result<Vec<_>, _>>().map(Some)
    }
}

fn identity_of(certificate: &Path, key: &Path) -> Result<OwnCertificate, Failure> {
    Ok(OwnCertificate { certificate: text(certificate)?, key: Secret::new(text(key)?) })
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|e| Failure::input(format!("{}: cannot be read: {e}", path.display())))
}

/// The first line of a file that only its owner can read.
fn secret(path: &Path) -> Result<Secret, Failure> {
    let text = text(path)?;
    super::connect::only_ours(path)?;
    match text.lines().next().map(str::trim).filter(|line| !line.is_empty()) {
        Some(line) => Ok(Secret::new(line)),
        None => Err(Failure::input(format!("{}: its first line, the password, is empty", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        broker: BrokerArguments,
    }

    fn push(arguments: &[&str]) -> Result<Option<Push>, String> {
        let line = Line::try_parse_from([&["vtn"], arguments].concat()).map_err(|e| e.to_string())?;
        line.broker.push().map_err(|failure| failure.lines().join("; "))
    }

    #[test]
    fn a_broker_that_would_let_strangers_listen_is_refused_with_what_is_right() {
        for (arguments, says) in [
            (
                &["--mqtt", "mqtt://10.0.0.1"][..],
                "--mqtt-clients certificate or token, with an mqtts:// address",
            ),
            (&["--mqtt", "mqtt://10.0.0.1", "--mqtt-clients", "token"], "access tokens without TLS"),
            (&["--mqtt", "mqtt://127.0.0.1", "--mqtt-clients", "certificate"], "shown by TLS only"),
            (
                &["--mqtt", "mqtt://127.0.0.1", "--mqtt-announce", "mqtt://10.0.0.1"],
                "10.0.0.1:1883 is not on",
            ),
            (&["--mqtt", "mqtts://b.example"], "certificate authority"),
            (&["--mqtt", "mqtts://b.example", "--mqtt-ca", "/nowhere/ca"], "/nowhere/ca: cannot be read"),
            (&["--mqtt", "mqtt://127.0.0.1", "--mqtt-user", "vtn"], "--mqtt-password"),
            (&["--mqtt", "http://127.0.0.1"], "is not a broker's address"),
        ] {
            let error = push(arguments).unwrap_err();
            assert!(error.contains(says), "{arguments:?}: {error}");
        }
        assert!(push(&[]).unwrap().is_none());
        let local = push(&["--mqtt", "mqtt://127.0.0.1"]).unwrap().unwrap();
        assert_eq!(local.authentication, PushAuthentication::Anonymous);
        assert_eq!(local.uris, ["mqtt://127.0.0.1:1883"]);
        let token = push(&["--mqtt", "mqtt://127.0.0.1", "--mqtt-clients", "token"]).unwrap().unwrap();
        assert_eq!(
            token.authentication,
            PushAuthentication::BearerToken { username: "{clientID}".to_owned() }
        );
    }
}
