//! Which line leads to which VTNs, and with which client secret. A secret that one operator gave is never sent to the
//! VTN of another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dispatch::{FspId, OperatorId};
use crate::entropy::Entropy;
use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::transport::Transport;
use crate::profile::fleet::FleetProfile;
use crate::profile::secrets::Secrets;
use crate::time::Clock;

use super::route::Vtn;

/// A line before it is opened: operators that dispatch an FSP at the same addresses share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) operators: BTreeSet<OperatorId>,
    /// In order of preference.
    pub(super) vtns: Vec<String>,
    /// The FSP's client id there.
    pub(super) client_id: String,
    /// Whether the fleet file names its addresses; the command line or the sandbox otherwise.
    is_named: bool,
}

/// The lines of an FSP: first that of operators whose addresses the profile does not name, if any.
///
/// # Errors
/// When an operator has no address, in words.
pub(super) fn plans(
    profile: &FleetProfile,
    fsp: &FspId,
    base_url: Option<&str>,
) -> Result<Vec<Plan>, String> {
    let operators: BTreeSet<&OperatorId> = profile.units_of(fsp).map(|unit| &unit.operator).collect();
    let mut plans: Vec<Plan> = Vec::new();
    let mut unnamed = BTreeSet::new();
    for operator in operators {
        let Some(endpoints) = profile.endpoints_of(operator) else {
            unnamed.insert(operator.clone());
            continue;
        };
        let client_id = endpoints.client_id.clone().unwrap_or_else(|| fsp.to_string());
        match plans.iter_mut().find(|p| p.vtns == endpoints.vtns && p.client_id == client_id) {
            Some(plan) => {
                plan.operators.insert(operator.clone());
            }
            None => plans.push(Plan {
                operators: BTreeSet::from([operator.clone()]),
                vtns: endpoints.vtns.clone(),
                client_id,
                is_named: true,
            }),
        }
    }
    // An FSP without units listens all the same: whoever dispatches it is told that it has none.
    if !unnamed.is_empty() || plans.is_empty() {
        let base_url = base_url.ok_or_else(|| {
            let whose: Vec<String> = unnamed.iter().map(ToString::to_string).collect();
            format!(
                "FSP `{fsp}` has no VTN for {}; give one with --vtn, or name it under [[operators]] of the fleet file",
                if whose.is_empty() { "any operator".to_owned() } else { whose.join(", ") }
            )
        })?;
        let (vtns, client_id) = (vec![base_url.to_owned()], fsp.to_string());
        plans.insert(0, Plan { operators: unnamed, vtns, client_id, is_named: false });
    }
    Ok(plans)
}

/// How an FSP gets its clients.
pub(super) struct Doors {
    pub(super) fsp: FspId,
    pub(super) secrets: Secrets,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) exchanges: ExchangeLog,
}

impl Doors {
    /// The clients of each plan, at each of its addresses.
    ///
    /// # Errors
    /// When there is no secret that may be sent to an address, or the address is none, in words.
    pub(super) fn open(&self, plans: &[Plan]) -> Result<Vec<Vec<(Vtn, Client)>>, String> {
        let mut labels = std::iter::once("client".to_owned());
        plans
            .iter()
            .map(|plan| {
                let open = |vtn: &String| {
                    let credentials = self.credentials(plan, vtn, plans)?;
                    let label = labels.next().unwrap_or_else(|| format!("client at {vtn}"));
                    Ok((Vtn::from(vtn.as_str()), self.client(vtn, credentials, &label)?))
                };
                plan.vtns.iter().map(open).collect()
            })
            .collect()
    }

    /// A client at an address.
    pub(super) fn client(&self, vtn: &str, credentials: Credentials, label: &str) -> Result<Client, String> {
        Client::new(ClientParts {
            base_url: vtn.to_owned(),
            credentials,
            transport: Arc::clone(&self.transport),
            clock: self.clock.clone(),
            entropy: self.entropy.fork(label),
            exchanges: self.exchanges.clone(),
            label: self.fsp.to_string(),
        })
    }

    /// The secret that was given for the address; else the one that goes by the client's name alone, where only one line
    /// can be meant by it: the only one, or the one that the fleet file does not name.
    fn credentials(&self, plan: &Plan, vtn: &str, plans: &[Plan]) -> Result<Credentials, String> {
        let (fsp, id) = (&self.fsp, &plan.client_id);
        let is_only = plans.iter().filter(|other| other.client_id == *id).count() == 1;
        let secret = match (self.secrets.client_at(id, vtn), self.secrets.clients.get(id)) {
            (Some(secret), _) => secret,
            (None, Some(secret)) if is_only || !plan.is_named => secret,
            (None, plain) => {
                let host = url::Url::parse(vtn).ok().and_then(|url| url.host_str().map(str::to_owned));
                let key = format!("{id}@{}", host.unwrap_or_else(|| "HOST".to_owned()));
                return Err(match plain {
                    Some(_) => format!(
                        "FSP `{fsp}` polls the VTNs of several operators, and one secret must not go to all of them; \
                         add `{key}` to the clients of the secrets file"
                    ),
                    None if is_only => {
                        format!(
                            "FSP `{fsp}` has no client secret; add `{id}` to the clients of the secrets file"
                        )
                    }
                    None => format!(
                        "FSP `{fsp}` has no client secret for {vtn}; add `{key}` to the clients of the secrets file"
                    ),
                });
            }
        };
        Ok(Credentials { client_id: id.clone(), secret: secret.clone() })
    }
}

/// What of a fleet's secrets is one FSP's: those of the clients that it goes by.
pub(super) fn secrets_of(secrets: &Secrets, plans: &[Plan]) -> Secrets {
    let is_its = |key: &str| {
        plans.iter().any(|plan| key == plan.client_id || key.starts_with(&format!("{}@", plan.client_id)))
    };
    let clients: BTreeMap<_, _> = secrets
        .clients
        .iter()
        .filter(|(key, _)| is_its(key))
        .map(|(key, secret)| (key.clone(), secret.clone()))
        .collect();
    Secrets { clients, ..Secrets::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::testing::profile;
    use crate::openadr::secret::Secret;
    use crate::profile::fleet::Endpoints;

    fn operator(id: &str) -> OperatorId {
        id.parse().unwrap()
    }

    /// Its battery under GB-DNO-11, the generator under GB-DNO-14 and the rest under GB-DNO-15, with these addresses.
    fn several(addresses: &[(&str, &[&str])]) -> FleetProfile {
        let mut profile = profile();
        profile.units[1].operator = operator("GB-DNO-14");
        profile.units[2].operator = operator("GB-DNO-15");
        let endpoints = |(id, vtns): &(&str, &[&str])| Endpoints {
            operator: operator(id),
            vtns: vtns.iter().map(|vtn| (*vtn).to_owned()).collect(),
            client_id: None,
        };
        profile.endpoints = addresses.iter().map(endpoints).collect();
        profile
    }

    /// Each address with the secret that is sent there, in order of the lines.
    fn sent(profile: &FleetProfile, secrets: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let plans = plans(profile, &fsp, Some("https://default.example/v"))?;
        let clients = secrets.iter().map(|(id, secret)| ((*id).to_owned(), Secret::new(*secret))).collect();
        let all = Secrets { clients, ..Secrets::default() };
        let doors = Doors {
            fsp,
            secrets: secrets_of(&all, &plans),
            transport: Arc::new(crate::openadr::tcp::TcpTransport::new()?),
            clock: Clock::real(),
            entropy: Entropy::seeded(1),
            exchanges: ExchangeLog::keeping(0),
        };
        doors.open(&plans)?;
        let mut sent = Vec::new();
        for plan in &plans {
            for vtn in &plan.vtns {
                let credentials = doors.credentials(plan, vtn, &plans)?;
                sent.push((vtn.clone(), credentials.secret.reveal().to_owned()));
            }
        }
        Ok(sent)
    }

    #[test]
    fn operators_at_the_same_addresses_share_a_line_and_those_without_have_the_default() {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let shared: &[&str] = &["https://a.example/v", "https://b.example/v"];
        let of = |profile: &FleetProfile, base: Option<&str>| {
            plans(profile, &fsp, base).map(|plans| {
                plans.iter().map(|p| (p.operators.len(), p.vtns.clone().join(" "))).collect::<Vec<_>>()
            })
        };
        let three = several(&[("GB-DNO-11", shared), ("GB-DNO-14", shared)]);
        assert_eq!(
            of(&three, Some("https://d.example")).unwrap(),
            [(1, "https://d.example".to_owned()), (2, shared.join(" "))]
        );
        assert_eq!(
            of(&several(&[]), Some("https://d.example")).unwrap(),
            [(3, "https://d.example".to_owned())]
        );
        let error = of(&three, None).unwrap_err();
        assert!(error.contains("no VTN for GB-DNO-15") && error.contains("--vtn"), "{error}");
    }

    #[test]
    fn a_secret_of_one_operator_is_never_sent_to_another() {
        let two = several(&[
            ("GB-DNO-11", &["https://a.example/v", "https://b.example/v"]),
            ("GB-DNO-14", &["https://c.example:8443/v"]),
        ]);
        let plain_only = sent(&two, &[("BRIGHTFLEX", "plain")]).unwrap_err();
        assert!(plain_only.contains("BRIGHTFLEX@a.example") && !plain_only.contains("plain"), "{plain_only}");
        let own = [
            ("BRIGHTFLEX", "plain"),
            ("BRIGHTFLEX@a.example", "a"),
            ("BRIGHTFLEX@b.example", "b"),
            ("BRIGHTFLEX@c.example:8443", "c"),
            ("OTHER@c.example", "other's"),
        ];
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(vtn, secret)| ((*vtn).to_owned(), (*secret).to_owned())).collect()
        };
        assert_eq!(
            sent(&two, &own).unwrap(),
            pairs(&[
                ("https://default.example/v", "plain"),
                ("https://a.example/v", "a"),
                ("https://b.example/v", "b"),
                ("https://c.example:8443/v", "c"),
            ])
        );
        let missing = sent(&two, &own[..3]).unwrap_err();
        assert!(missing.contains("BRIGHTFLEX@c.example"), "{missing}");
        let one = several(&[]);
        assert_eq!(
            sent(&one, &[("BRIGHTFLEX", "plain")]).unwrap(),
            pairs(&[("https://default.example/v", "plain")])
        );
        assert!(
            sent(&one, &[("OTHER", "x")]).unwrap_err().contains("has no client secret; add `BRIGHTFLEX`")
        );
    }
}
