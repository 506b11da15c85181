//! Starting and ending a fleet: one task for each FSP, which outlives a fault in its agent.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::push::PushStatus;
use crate::profile::fleet::Fsp;
use crate::time::Clock;

use super::FleetConfig;
use super::agent::{Agent, AgentParts, Ending};
use super::provider::Provider;
use super::waking::Waking;

/// Seconds until an agent goes on after a fault in it.
const AFTER_FAULT_S: f64 = 10.0;
/// How long an agent has to finish what it is sending when the fleet ends; of real time, since the training clock may
/// stand still.
const GRACE: Duration = Duration::from_secs(10);

/// A running fleet. Dropping it stops its agents.
#[derive(Debug)]
pub struct Fleet {
    ends: watch::Sender<bool>,
    agents: Vec<JoinHandle<()>>,
    push: Vec<watch::Receiver<PushStatus>>,
}

/// Starts one agent for each FSP on the present tokio runtime. A VTN that is not there yet, or has no program for the
/// contracts yet, is waited for.
///
/// # Errors
/// When an FSP has no secret or key, or the base URL is none, in words.
pub fn start(mut config: FleetConfig) -> Result<Fleet, String> {
    let profile = Arc::clone(&config.profile);
    let agents = profile.fsps.iter().map(|fsp| agent_of(&mut config, fsp)).collect::<Result<Vec<_>, _>>()?;
    let push = agents.iter().filter_map(Agent::push).collect();
    let (ends, ending) = watch::channel(false);
    let agents = agents
        .into_iter()
        .map(|agent| tokio::spawn(keep_running(agent, config.clock.clone(), Ending(ending.clone()))))
        .collect();
    Ok(Fleet { ends, agents, push })
}

impl Fleet {
    /// How it stands with push, for each agent that listens.
    pub fn push(&self) -> Vec<PushStatus> {
        self.push.iter().map(|status| status.borrow().clone()).collect()
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
        for agent in &self.agents {
            agent.abort();
        }
    }
}

/// An FSP's agent, with the FSP's own secrets taken out of the configuration.
fn agent_of(config: &mut FleetConfig, fsp: &Fsp) -> Result<Agent, String> {
    let id = &fsp.id;
    let secret = config.secrets.clients.remove(id.as_str()).ok_or_else(|| {
        format!("FSP `{id}` has no client secret; add `{id}` to the clients of the secrets file")
    })?;
    let key = config.secrets.fsps.remove(id).ok_or_else(|| {
        format!("FSP `{id}` has no signing key; add `{id}` to the FSPs of the secrets file")
    })?;
    let entropy = config.entropy.fork(id.as_str());
    let client = Client::new(ClientParts {
        base_url: config.base_url.clone(),
        credentials: Credentials { client_id: id.to_string(), secret },
        transport: config.own_transports.get(id).unwrap_or(&config.transport).clone(),
        clock: config.clock.clone(),
        entropy: entropy.fork("client"),
        exchanges: config.exchanges.clone(),
        label: id.to_string(),
    })?;
    let waking = Waking::by(&client, config.push.get(id), &entropy);
    let operators = config.trust.operators.clone();
    let provider = Provider::new(id.clone(), &config.profile, operators, config.clock.now());
    Ok(Agent::new(AgentParts { provider, key, client, clock: config.clock.clone(), entropy, waking }))
}

async fn keep_running(mut agent: Agent, clock: Clock, mut ending: Ending) {
    while AssertUnwindSafe(agent.run(&mut ending)).catch_unwind().await.is_err() {
        tracing::error!(fsp = agent.name(), "a fault in the agent; it goes on after a pause");
        tokio::select! {
            biased;
            () = ending.asked() => return,
            () = clock.sleep(AFTER_FAULT_S) => {}
        }
    }
}
