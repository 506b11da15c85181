//! What a VTN offers: its broker, how a client shows who it is there, and the topics of its interest.

use serde_json::Value;

use super::{Interest, PushSettings};
use crate::dispatch::quoted;
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mqtt::{Broker, BrokerAddress, BrokerTls, Login};
use crate::openadr::secret::Secret;
use crate::openadr::tls::OwnCertificate;
use crate::openadr::version::Version;
use crate::openadr::wire::Ven;

/// Where to listen.
#[derive(Debug)]
pub(super) struct Offer {
    pub broker: Broker,
    /// What to subscribe to.
    pub topics: Vec<String>,
}

/// Why there is nowhere to listen.
pub(super) enum NoOffer {
    /// The VTN has no broker.
    None,
    /// The VTN does not know this client's ven yet.
    NoVen,
    /// It has one that cannot be used now.
    Unusable(String),
}

impl From<ClientError> for NoOffer {
    fn from(error: ClientError) -> Self {
        Self::Unusable(error.to_string())
    }
}

/// How the broker wants a client to show who it is.
#[derive(Debug)]
pub enum Authentication {
    /// Not at all.
    Anonymous,
    /// With its access token as the password.
    BearerToken {
        /// The user name; `{clientID}` stands for the client's own id.
        username: String,
    },
    /// With a certificate.
    Certificate {
        /// The certificate authorities of the broker, PEM.
        ca: String,
        /// What the VTN hands out for this client.
        handed_out: Option<OwnCertificate>,
    },
}

/// Asks the VTN. Of several addresses that `attempt`'s turn is taken.
pub(super) async fn ask(
    client: &Client,
    interest: Interest,
    settings: &PushSettings,
    attempt: u32,
) -> Result<Offer, NoOffer> {
    // Notifiers came with 3.1.
    if client.version().await? == Version::V3_0 {
        return Err(NoOffer::None);
    }
    let notifiers = match client.notifiers().await {
        Err(ClientError::Refused { status: 403 | 404 | 405 | 501, .. }) => return Err(NoOffer::None),
        answered => answered?,
    };
    let Some((addresses, method)) = offered(&notifiers).map_err(NoOffer::Unusable)? else {
        return Err(NoOffer::None);
    };
    let turn = usize::try_from(attempt).unwrap_or_default() % addresses.len();
    let address = addresses.into_iter().nth(turn).ok_or(NoOffer::None)?;
    let (host, port) = address.place();
    settings.bounds.admit(&host, port).await.map_err(NoOffer::Unusable)?;
    let login = login(client, &address, &method).await?;
    let tls = address.is_secure().then(|| tls(&method, settings)).transpose().map_err(NoOffer::Unusable)?;
    let broker = Broker::new(address, tls.flatten(), login).map_err(NoOffer::Unusable)?;
    Ok(Offer { broker, topics: topics(client, interest).await? })
}

/// The broker of an answer of `/notifiers`: its addresses, of which there is one at least, and how clients show who they
/// are. `None` when there is no broker.
///
/// # Errors
/// Why it cannot be used, in words.
pub fn offered(notifiers: &Value) -> Result<Option<(Vec<BrokerAddress>, Authentication)>, String> {
    match notifiers.get("MQTT").filter(|mqtt| mqtt.is_object()) {
        Some(mqtt) => Ok(Some((addresses(mqtt)?, method(mqtt)?))),
        None => Ok(None),
    }
}

/// The broker's addresses that this client understands.
pub(super) fn addresses(mqtt: &Value) -> Result<Vec<BrokerAddress>, String> {
    let named = mqtt.get("URIS").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let read: Vec<Result<BrokerAddress, String>> =
        named.iter().filter_map(Value::as_str).map(str::parse).collect();
    let fault = read.iter().find_map(|read| read.as_ref().err().cloned());
    let known: Vec<BrokerAddress> = read.into_iter().flatten().collect();
    match (known.is_empty(), fault) {
        (false, _) => Ok(known),
        (true, Some(fault)) => Err(format!("of the addresses that the VTN names none can be used: {fault}")),
        (true, None) => Err("the VTN names an MQTT broker without an address (`URIS`)".to_owned()),
    }
}

/// How to show who one is.
pub(super) fn method(mqtt: &Value) -> Result<Authentication, String> {
    let authentication = mqtt.get("authentication");
    let text = |name: &str| {
        let text = authentication.and_then(|a| a.get(name)).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    match text("method").as_deref() {
        Some("ANONYMOUS") => Ok(Authentication::Anonymous),
        Some("OAUTH2_BEARER_TOKEN") => {
            Ok(Authentication::BearerToken { username: text("username").unwrap_or_default() })
        }
        Some("CERTIFICATE") => {
            let handed_out = text("clientCert").zip(text("clientKey"));
            Ok(Authentication::Certificate {
                ca: text("caCert").unwrap_or_default(),
                handed_out: handed_out
                    .map(|(certificate, key)| OwnCertificate { certificate, key: Secret::new(key) }),
            })
        }
        Some(other) => Err(format!(
            "the broker wants clients to show who they are by {}, which is not known here",
            quoted(other)
        )),
        None => {
            Err("the VTN does not say how clients show the broker who they are (`authentication`)".to_owned())
        }
    }
}

async fn login(
    client: &Client,
    address: &BrokerAddress,
    method: &Authentication,
) -> Result<Option<Login>, NoOffer> {
    let Authentication::BearerToken { username } = method else { return Ok(None) };
    if !address.is_secure() && !address.is_loopback() {
        return Err(NoOffer::Unusable(format!(
            "{address} would be sent the access token without TLS; it must be an mqtts:// address"
        )));
    }
    let user = if username == "{clientID}" { client.client_id().to_owned() } else { username.clone() };
    Ok(Some(Login { user, password: client.access_token().await? }))
}

fn tls(method: &Authentication, settings: &PushSettings) -> Result<Option<BrokerTls>, String> {
    let mut roots = settings.roots.clone().unwrap_or_default();
    let mut identity = settings.identity.as_ref();
    if let Authentication::Certificate { ca, handed_out } = method {
        roots.push('\n');
        roots.push_str(ca);
        identity = handed_out.as_ref().or(identity);
        if identity.is_none() {
            return Err(
                "the broker asks for a client certificate, and there is none; name the one that this client was given"
                    .to_owned(),
            );
        }
    }
    if roots.trim().is_empty() {
        return Ok(None);
    }
    BrokerTls::new(&roots, identity).map(Some)
}

/// The topics of an interest. What the VTN refuses is left out, as long as something remains.
///
/// A VEN listens to its own topics alone. What is told to every VEN is no dispatch, which is for one unit, and comes with
/// the next poll: were all of them woken by it, they would all ask the VTN at one moment.
async fn topics(client: &Client, interest: Interest) -> Result<Vec<String>, NoOffer> {
    let own;
    let paths: Vec<Vec<&str>> = match interest {
        Interest::Acknowledgements => vec![vec!["reports"]],
        Interest::OwnVen => {
            own = own_ven(client).await?;
            let of_ven = vec!["vens", own.as_str()];
            let of_objects = ["events", "programs", "resources"].map(|kind| [&of_ven[..], &[kind]].concat());
            of_objects.into_iter().chain([of_ven]).collect()
        }
    };
    let mut topics: Vec<String> = Vec::new();
    let mut refusal = None;
    for path in paths {
        match client.topics(&path).await {
            Ok(answer) => topics.extend(filters(&answer)),
            Err(error @ ClientError::Refused { status: 403 | 404 | 501, .. }) => refusal = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match (topics.is_empty(), refusal) {
        (false, _) => Ok(topics),
        (true, Some(refusal)) => Err(refusal.into()),
        (true, None) => Err(NoOffer::Unusable("the VTN names no topics for this client".to_owned())),
    }
}

async fn own_ven(client: &Client) -> Result<String, NoOffer> {
    let vens = client.vens().await?;
    // Some VTNs tell nobody whose a ven is; a VEN sees its own.
    let is_own = |ven: &&Ven| ven.client_id.as_deref().is_none_or(|id| id == client.client_id());
    let own = vens.iter().find(is_own).and_then(|ven| ven.meta.id.clone());
    own.ok_or(NoOffer::NoVen)
}

/// What to subscribe to of a `notifierTopicsResponse`: the topic of all operations where there is one.
pub fn filters(answer: &Value) -> Vec<String> {
    let topic = |name: &str| {
        let topic = answer.get("topics")?.get(name)?.as_str()?;
        rumqttc::valid_filter(topic).then(|| topic.to_owned())
    };
    match topic("ALL") {
        Some(all) => vec![all],
        None => ["CREATE", "UPDATE", "DELETE"].into_iter().filter_map(topic).collect(),
    }
}
