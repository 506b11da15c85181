//! Which line leads to which VTNs, and with which client secret. A secret that one operator gave is never sent to the
//! VTN of another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dispatch::{FspId, MOST_ADDRESSES, Moved, OperatorId, SignedMoved};
use crate::entropy::Entropy;
use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::secret::Secret;
use crate::openadr::transport::Transport;
use crate::profile::fleet::FleetProfile;
use crate::profile::moves::KeptMove;
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
    /// Whether its only operator has moved it as a whole, secret and all.
    has_moved: bool,
    /// Where the secret that goes by the client's name alone was sent before operators parted.
    plain_at: Vec<String>,
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
                has_moved: false,
                plain_at: Vec::new(),
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
        plans.insert(
            0,
            Plan {
                operators: unnamed,
                vtns,
                client_id,
                is_named: false,
                has_moved: false,
                plain_at: Vec::new(),
            },
        );
    }
    Ok(plans)
}

/// Leads an operator's line to the addresses of its notice; those that it had stay behind them, for as long as both are
/// well. Answers which plan it has now, which may be a new one, and the addresses that it had; `None` where no line is
/// the operator's.
pub(super) fn follow(plans: &mut Vec<Plan>, moved: &Moved) -> Option<(usize, Vec<String>)> {
    let operator = moved.operator();
    let index = plans.iter().position(|plan| plan.operators.contains(operator))?;
    let before = plans[index].vtns.clone();
    let mut vtns = moved.vtns().to_vec();
    vtns.extend(before.iter().filter(|vtn| !moved.vtns().contains(vtn)).cloned());
    vtns.truncate(MOST_ADDRESSES);
    if plans[index].operators.len() == 1 {
        (plans[index].vtns, plans[index].has_moved) = (vtns, true);
        return Some((index, before));
    }
    if may_send_plain(&plans[index], plans) {
        plans[index].plain_at.extend(before.iter().cloned());
    }
    plans[index].operators.remove(operator);
    let parted = Plan {
        operators: BTreeSet::from([operator.clone()]),
        vtns,
        is_named: true,
        has_moved: false,
        ..plans[index].clone()
    };
    plans.push(parted);
    Some((plans.len() - 1, before))
}

/// Whether only one line can be meant by the client's name: the only one, or the one that the fleet file does not name.
fn may_send_plain(plan: &Plan, plans: &[Plan]) -> bool {
    !plan.is_named || plans.iter().filter(|other| other.client_id == plan.client_id).count() == 1
}

/// Leads lines to where notices of earlier runs have led them, but for those that stand in the place of addresses that
/// the line does not have any more. Answers those that were followed.
pub(super) fn recall(plans: &mut Vec<Plan>, kept: &[KeptMove]) -> Vec<SignedMoved> {
    let mut followed = Vec::new();
    for KeptMove { notice, instead_of } in kept {
        let operator = notice.moved.operator();
        let stands = |plan: &Plan| {
            plan.operators.contains(operator) && plan.vtns.iter().any(|vtn| instead_of.contains(vtn))
        };
        if plans.iter().any(stands) && follow(plans, &notice.moved).is_some() {
            followed.push(notice.clone());
        }
    }
    followed
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
        (0..plans.len()).map(|index| self.open_line(index, plans)).collect()
    }

    /// The clients of one plan.
    ///
    /// # Errors
    /// As [`Doors::open`].
    pub(super) fn open_line(&self, index: usize, plans: &[Plan]) -> Result<Vec<(Vtn, Client)>, String> {
        let plan = &plans[index];
        let open = |(place, vtn): (usize, &String)| {
            let credentials = self.credentials(plan, vtn, plans)?;
            let label =
                if (index, place) == (0, 0) { "client".to_owned() } else { format!("client at {vtn}") };
            Ok((Vtn::from(vtn.as_str()), self.client(vtn, credentials, &label)?))
        };
        plan.vtns.iter().enumerate().map(open).collect()
    }

    fn client(&self, vtn: &str, credentials: Credentials, label: &str) -> Result<Client, String> {
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
    /// can be meant by it.
    fn credentials(&self, plan: &Plan, vtn: &str, plans: &[Plan]) -> Result<Credentials, String> {
        let (fsp, id) = (&self.fsp, &plan.client_id);
        let is_only = plans.iter().filter(|other| other.client_id == *id).count() == 1;
        let at_vtn = self.secrets.client_at(id, vtn).or_else(|| self.taken_along(plan, vtn));
        let secret = match (at_vtn, self.secrets.clients.get(id)) {
            (Some(secret), _) => secret,
            (None, Some(secret))
                if may_send_plain(plan, plans) || plan.plain_at.iter().any(|at| at == vtn) =>
            {
                secret
            }
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

    /// Where an operator has moved a line that was its own, the secret that it gave for an address before.
    fn taken_along(&self, plan: &Plan, vtn: &str) -> Option<&Secret> {
        let is_own = plan.operators.len() == 1 && plan.has_moved;
        let others = plan.vtns.iter().filter(|other| is_own && *other != vtn);
        others.filter_map(|other| self.secrets.client_at(&plan.client_id, other)).next()
    }
}

/// What of a fleet's secrets is one FSP's: those of the clients that it goes by.
pub(super) fn secrets_of(secrets: &Secrets, plans: &[Plan]) -> Secrets {
    let mut clients = BTreeMap::new();
    for Plan { client_id, .. } in plans {
        let at_an_address = format!("{client_id}@");
        let plain = secrets.clients.get_key_value(client_id);
        let addressed = secrets.clients.range(at_an_address.clone()..);
        let addressed = addressed.take_while(|(key, _)| key.starts_with(&at_an_address));
        clients.extend(plain.into_iter().chain(addressed).map(|(key, secret)| (key.clone(), secret.clone())));
    }
    Secrets { clients, ..Secrets::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::testing::profile;
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

    fn moved(operator: &str, to: &[&str]) -> Moved {
        let at = "2026-11-26T15:45:12Z".parse().unwrap();
        Moved::new(operator.parse().unwrap(), to.iter().map(|vtn| (*vtn).to_owned()).collect(), at).unwrap()
    }

    fn lines(plans: &[Plan]) -> Vec<String> {
        let line = |plan: &Plan| {
            let operators: Vec<String> = plan.operators.iter().map(ToString::to_string).collect();
            format!("{}: {}", operators.join("+"), plan.vtns.join(" "))
        };
        plans.iter().map(line).collect()
    }

    #[test]
    fn a_move_leads_the_operators_line_and_parts_it_from_others_and_its_old_addresses_stay_behind() {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let two = several(&[("GB-DNO-11", &["https://a.example", "https://b.example"])]);
        let mut plans = plans(&two, &fsp, Some("https://d.example")).unwrap();
        assert_eq!(
            lines(&plans),
            ["GB-DNO-14+GB-DNO-15: https://d.example", "GB-DNO-11: https://a.example https://b.example"]
        );
        let (index, before) =
            follow(&mut plans, &moved("GB-DNO-11", &["https://b.example", "https://n.example"])).unwrap();
        assert_eq!((index, before.len()), (1, 2));
        assert_eq!(lines(&plans)[1], "GB-DNO-11: https://b.example https://n.example https://a.example");
        let (index, before) = follow(&mut plans, &moved("GB-DNO-14", &["https://e.example"])).unwrap();
        assert_eq!((index, before.join(" ").as_str()), (2, "https://d.example"));
        assert_eq!(lines(&plans)[0], "GB-DNO-15: https://d.example");
        assert_eq!(lines(&plans)[2], "GB-DNO-14: https://e.example https://d.example");
        assert_eq!(follow(&mut plans, &moved("GB-DNO-10", &["https://x.example"])), None);
        for n in 0..20 {
            follow(&mut plans, &moved("GB-DNO-15", &[&format!("https://n{n}.example")]));
        }
        assert_eq!(plans[0].vtns.len(), MOST_ADDRESSES, "not every address that there ever was");
        assert_eq!(plans[0].vtns[0], "https://n19.example");
    }

    #[test]
    fn a_kept_move_holds_until_the_fleet_file_names_other_addresses() {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let key = crate::dispatch::SigningKey::from_seed("dno-2026".parse().unwrap(), &[7; 32]);
        let kept = KeptMove {
            notice: moved("GB-DNO-11", &["https://n.example"]).sign(&key).unwrap(),
            instead_of: vec!["https://b.example".to_owned(), "https://a.example".to_owned()],
        };
        for (named, polled) in
            [("https://a.example", "https://n.example"), ("https://c.example", "https://c.example")]
        {
            let profile = several(&[("GB-DNO-11", &[named])]);
            let mut plans = plans(&profile, &fsp, Some("https://d.example")).unwrap();
            let followed = recall(&mut plans, std::slice::from_ref(&kept));
            assert_eq!(plans[1].vtns[0], polled);
            assert_eq!(followed.len(), usize::from(named != polled));
        }
    }

    #[test]
    fn a_line_that_moves_takes_its_secret_along_and_one_that_parts_needs_its_own() {
        let one = several(&[]);
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let doors = |secrets: &[(&str, &str)]| Doors {
            fsp: fsp.clone(),
            secrets: Secrets {
                clients: secrets.iter().map(|(id, s)| ((*id).to_owned(), Secret::new(*s))).collect(),
                ..Secrets::default()
            },
            transport: Arc::new(crate::openadr::tcp::TcpTransport::new().unwrap()),
            clock: Clock::real(),
            entropy: Entropy::seeded(1),
            exchanges: ExchangeLog::keeping(0),
        };
        let mut parted = plans(&one, &fsp, Some("https://d.example")).unwrap();
        let (index, _) = follow(&mut parted, &moved("GB-DNO-11", &["https://n.example"])).unwrap();
        let fault = doors(&[("BRIGHTFLEX", "plain")]).open_line(index, &parted).err().unwrap();
        assert!(fault.contains("`BRIGHTFLEX@n.example`"), "{fault}");
        let own = [("BRIGHTFLEX", "plain"), ("BRIGHTFLEX@n.example", "n"), ("BRIGHTFLEX@d.example", "d")];
        assert!(doors(&own).open_line(index, &parted).is_ok());

        let mut alone =
            several(&[("GB-DNO-14", &["https://e.example"]), ("GB-DNO-15", &["https://e.example"])]);
        alone.units.truncate(1);
        let mut plans = plans(&alone, &fsp, Some("https://d.example")).unwrap();
        let (index, _) = follow(&mut plans, &moved("GB-DNO-11", &["https://n.example"])).unwrap();
        assert!(doors(&[("BRIGHTFLEX", "plain")]).open_line(index, &plans).is_ok());
        let at_old =
            doors(&[("BRIGHTFLEX@d.example", "d")]).open_line(index, &plans).map(|clients| clients.len());
        assert_eq!(at_old, Ok(2), "the secret that was good at the old address");
    }
}
