//! Starting and ending a fleet: one task for each FSP, which outlives a fault in its agent.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::openadr::push::PushStatus;
use crate::profile::fleet::Fsp;
use crate::profile::key_watch::KeySource;
use crate::profile::moves::KeptMove;
use crate::profile::trust::Trust;
use crate::time::Clock;

use super::FleetConfig;
use super::agent::Agent;
use super::availability::Availabilities;
use super::doors::{self, Doors};
use super::fault::{Obedience, Way};
use super::line::{Ending, Line, LineParts};
use super::moves::Moves;
use super::provider::Provider;
use super::rekeying::{self, Keyed};
use super::shared::Shared;
use super::signs_with::SignsWith;
use super::truth::Truths;
use super::waking::{Shown, Waking};

/// How long an agent has to finish what it is sending when the fleet ends; of real time, since the training clock may
/// stand still.
const GRACE: Duration = Duration::from_secs(10);

/// A running fleet. Dropping it stops its agents.
#[derive(Debug)]
pub struct Fleet {
    ends: watch::Sender<bool>,
    agents: Vec<JoinHandle<()>>,
    push: Vec<Shown>,
    availabilities: Availabilities,
    truths: Truths,
    keys: Vec<Keyed>,
    rekeying: Option<JoinHandle<()>>,
    _obedience: Vec<Obedience>,
}

/// Starts one agent for each FSP on the present tokio runtime. A VTN that is not there yet, or has no program for the
/// contracts yet, is waited for.
///
/// # Errors
/// When an FSP has no secret that may be sent to one of its VTNs, no key or no VTN, or a base URL is none, in words.
pub fn start(mut config: FleetConfig) -> Result<Fleet, String> {
    let profile = Arc::clone(&config.profile);
    let begun = profile.fsps.iter().map(|fsp| agent_of(&mut config, fsp)).collect::<Result<Vec<_>, _>>()?;
    let (agents, keys): (Vec<Agent>, Vec<Keyed>) = begun.into_iter().unzip();
    let providers: Vec<Shared> = keys.iter().map(|keyed| keyed.provider.clone()).collect();
    let push = agents.iter().flat_map(Agent::push).collect();
    let (ends, ending) = watch::channel(false);
    let agents = agents.into_iter().map(|agent| tokio::spawn(agent.run(Ending(ending.clone())))).collect();
    let obedience = profile.fsps.iter().map(|fsp| config.faults.obeyed_by(&fsp.id)).collect();
    let (truths, availabilities) = (Truths::of(providers.clone()), Availabilities::of(providers));
    Ok(Fleet { ends, agents, push, availabilities, truths, keys, rekeying: None, _obedience: obedience })
}

impl Fleet {
    /// How it stands with push, for each line that listens.
    pub fn push(&self) -> Vec<PushStatus> {
        self.push.iter().filter_map(Shown::status).collect()
    }

    /// What its units are offered for, to look at and to change.
    pub fn availabilities(&self) -> Availabilities {
        self.availabilities.clone()
    }

    /// What its units truly do.
    pub fn truths(&self) -> Truths {
        self.truths.clone()
    }

    /// Looks there for its keys from now on, every minute: a rotation and a revocation take effect while it runs.
    pub fn keyed_by(&mut self, source: Box<dyn KeySource>, clock: Clock) {
        let task = tokio::spawn(rekeying::follow(source, std::mem::take(&mut self.keys), clock));
        if let Some(before) = self.rekeying.replace(task) {
            before.abort();
        }
    }

    /// Ends the agents after what they are sending; one that waits for a VTN that does not answer is ended after 10 s.
    pub async fn stop(mut self) {
        self.ends.send_replace(true);
        for mut agent in self.agents.drain(..) {
            match tokio::time::timeout(GRACE, &mut agent).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "an agent did not end by itself"),
                Err(_) => {
                    tracing::warn!("an agent is still waiting for the VTN; ended in the middle of it");
                    agent.abort();
                }
            }
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for task in self.agents.iter().chain(&self.rekeying) {
            task.abort();
        }
    }
}

/// An FSP's agent, with the FSP's own secrets alone, and the provider that its lines speak for.
fn agent_of(config: &mut FleetConfig, fsp: &Fsp) -> Result<(Agent, Keyed), String> {
    let id = &fsp.id;
    let mut plans = doors::plans(&config.profile, id, config.base_url.as_deref())?;
    let kept = believed(config.moves.0.get(id).map(Vec::as_slice).unwrap_or_default(), &config.trust);
    let followed = doors::recall(&mut plans, &kept);
    let entropy = config.entropy.fork(id.as_str());
    let doors = Doors {
        fsp: id.clone(),
        secrets: doors::secrets_of(&config.secrets, &plans),
        transport: Arc::new(Way {
            inner: Arc::clone(config.own_transports.get(id).unwrap_or(&config.transport)),
            fsp: id.clone(),
            switch: config.faults.clone(),
            clock: config.clock.clone(),
        }),
        clock: config.clock.clone(),
        entropy: entropy.clone(),
        exchanges: config.exchanges.clone(),
    };
    let clients = doors.open(&plans)?;
    let own = config.secrets.fsps.remove(id).ok_or_else(|| {
        format!("FSP `{id}` has no signing key; add `{id}` to the FSPs of the secrets file")
    })?;
    let signs_with = SignsWith::new(own, config.trust.fsps.get(id).cloned().unwrap_or_default());
    let signed_with = signs_with.ring();
    let operators = config.trust.operators.clone();
    let provider = Shared::new(Provider::new(id.clone(), &config.profile, operators, config.clock.now()));
    provider.lock().recall(&followed);
    provider.lock().obeys(config.faults.clone());
    let lines = (0..).zip(plans.iter().zip(clients)).filter_map(|(number, (plan, clients))| {
        Line::new(LineParts {
            number,
            operators: plan.operators.clone(),
            clients,
            provider: provider.clone(),
            signs_with: signs_with.clone(),
            signed_with: Some(signed_with.clone()),
            clock: config.clock.clone(),
            waking: Waking::new(config.push.get(id), &entropy, number),
            entropy: if number == 0 { entropy.clone() } else { entropy.fork(&format!("line {number}")) },
        })
    });
    let lines = lines.collect();
    let push = config.push.get(id).cloned();
    let moves = Moves { doors, plans, push, entropy: entropy.clone(), keep: config.keep_move.clone() };
    let keyed = Keyed { fsp: id.clone(), provider, signs_with };
    Ok((Agent::new(lines, moves, config.clock.clone()), keyed))
}

/// The kept moves whose notices the operators did sign, with keys that were good when they did.
fn believed(kept: &[KeptMove], trust: &Trust) -> Vec<KeptMove> {
    let is_believed = |kept: &&KeptMove| {
        let (moved, keys) = (&kept.notice.moved, trust.operators.get(kept.notice.moved.operator()));
        let holds = keys.is_some_and(|keys| kept.notice.verify(keys, moved.issued()).is_ok());
        if !holds {
            tracing::warn!(operator = %moved.operator(), "a kept notice of a move is not signed by its operator; passed over");
        }
        holds
    };
    kept.iter().filter(is_believed).cloned().collect()
}
