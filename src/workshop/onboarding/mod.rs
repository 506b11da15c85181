//! Onboarding: all that an FSP needs before it can be dispatched, and all that its operators need to know of it. Each step
//! looks at what is there first, so that what broke off is run again and goes on; a key is never replaced.
//!
//! The order is the one in which nothing is lost: the client and its secret, the FSP's files, the operators' files, and
//! what stands at the VTN last.

mod handover;
mod steps;
#[cfg(test)]
mod tests;
mod withdrawal;

use std::path::PathBuf;

use crate::desk::{self, Enrolment};
use crate::dispatch::{FspId, KeyRing, SigningKey};
use crate::entropy::Entropy;
use crate::openadr::client::{Client, ClientError};
use crate::openadr::secret::Secret;
use crate::profile::connection::Connection;
use crate::profile::fleet::{Endpoints, FleetProfile};
use crate::profile::new_file::{Made, Readers, make};
use crate::profile::onboarded;
use crate::profile::secrets::{Secrets, key_id_at};
use crate::profile::trust::Trust;
use crate::time::UtcTime;

use handover::Handover;
use steps::Steps;
pub use steps::{Standing, Step, Told};
pub use withdrawal::{Withdrawal, withdraw};

/// An FSP that is to be onboarded, and by whom.
pub struct Onboarding<'a> {
    /// Whom.
    pub fsp: FspId,
    /// Its contracts and units, read against `fleet`.
    pub addition: FleetProfile,
    /// The operators' fleet as it is.
    pub fleet: FleetProfile,
    /// The desk's secrets.
    pub secrets: &'a Secrets,
    /// The keys that are pinned.
    pub trust: &'a Trust,
    /// How the desk reaches the VTN.
    pub connection: &'a Connection,
    /// The authority of the VTN's certificate in PEM, where the connection names one.
    pub server_authority: Option<PathBuf>,
    /// Business logic's client at the VTN.
    pub client: &'a Client,
    /// Where the operators keep whom they have onboarded.
    pub kept_in: PathBuf,
    /// The folder for the FSP.
    pub hand_over: PathBuf,
    /// The folder of the authority that signs clients' certificates.
    pub authority: Option<PathBuf>,
    /// What a VTN's administrator gave the client, where clients are not registered by a request.
    pub given_secret: Option<Secret>,
    /// A client that is registered already gets another secret, and the one before is refused.
    pub new_secret: bool,
    /// Looks, and changes nothing.
    pub only_look: bool,
}

/// What an onboarding came to.
#[derive(Clone, Debug)]
pub struct Onboarded {
    /// Every step.
    pub steps: Vec<Step>,
    /// What a running desk takes it up with; `None` while something is left, and when it was only looked at.
    pub enrolment: Option<Enrolment>,
}

/// What stops an onboarding.
#[derive(Debug, thiserror::Error)]
pub enum OnboardingError {
    /// Something that was given cannot be.
    #[error("{0}")]
    Input(String),
    /// The client is there, and nobody here knows its secret.
    #[error(
        "client {client} is registered already, and its secret is not in {folder}; it can be given a new secret, and the one \
         before is refused at once"
    )]
    SecretLost {
        /// Which client.
        client: String,
        /// Where its secret would be.
        folder: String,
    },
    /// A file.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// In words.
        reason: String,
    },
    /// The VTN.
    #[error("{0}")]
    Vtn(String),
}

impl From<ClientError> for OnboardingError {
    fn from(error: ClientError) -> Self {
        Self::Vtn(format!("the VTN: {error}"))
    }
}

impl Onboarding<'_> {
    /// Takes every step and tells of it, or says of each what would be done. Those taken before a fault stay taken; run it
    /// again and it goes on.
    ///
    /// # Errors
    /// The first thing that stops it.
    pub async fn run(
        &self,
        entropy: &Entropy,
        now: UtcTime,
        told: Told<'_>,
    ) -> Result<Onboarded, OnboardingError> {
        let whole = self.fleet.with(&self.addition).map_err(OnboardingError::Input)?;
        self.check_operators()?;
        let handover = Handover::at(&self.hand_over, &self.fsp);
        let held = handover.secrets()?;
        let mut steps = Steps::telling(told);
        let signing = self.signing_key(held.as_ref(), entropy, now, &mut steps)?;
        let is_told = held.as_ref().and_then(|held| held.clients.get(self.fsp.as_str())).cloned();
        let Some(secret) = self.client_secret(is_told, &mut steps).await? else {
            return Ok(steps.without_end());
        };
        let certificate = self.certificate(now, &mut steps)?;
        if self.only_look {
            steps.take(Standing::Due, format!("the FSP's files in {}", self.hand_over.display()));
            steps.take(Standing::Due, format!("the operators' files in {}", self.kept_in.display()));
            steps.take(Standing::Due, self.at_the_vtn());
            return Ok(steps.without_end());
        }
        let trust = self.trust_for_fsp(signing.as_ref());
        let clients = secret.map(|secret| (self.fsp.to_string(), secret)).into_iter().collect();
        let fsps = signing.iter().map(|key| (self.fsp.clone(), key.clone().into())).collect();
        let own = Secrets { clients, fsps, ..Secrets::default() };
        let made =
            handover.write(&self.fleet_for_fsp(), &own, &trust, certificate.as_ref(), self.new_secret)?;
        steps.take(made, format!("the FSP's files in {}", self.hand_over.display()));
        steps.take(self.keep(&trust)?, format!("the operators' files in {}", self.kept_in.display()));
        let stands = desk::provision_fleet(self.client.clone(), whole, self.secrets);
        let programs = stands.await.map_err(|fault| OnboardingError::Vtn(format!("at the VTN: {fault}")))?;
        steps.take(Standing::Done, self.at_the_vtn());
        let trust = Trust { fsps: trust.fsps, ..Trust::default() };
        let enrolment = Enrolment { fleet: self.addition.clone(), trust, programs };
        Ok(steps.ending_with(enrolment))
    }

    /// Its operators can dispatch, and the FSP can verify that it is they.
    fn check_operators(&self) -> Result<(), OnboardingError> {
        for operator in self.addition.operators() {
            if !self.secrets.signing_operators().contains(&operator) {
                return Err(OnboardingError::Input(format!(
                    "the desk's secrets hold no signing key of {operator}: nothing could be dispatched under its contract; \
                     onboard at a desk of that operator"
                )));
            }
        }
        Ok(())
    }

    /// The FSP's signing key: the one that it was handed before, or a new one. `None` for an FSP that has one already.
    fn signing_key(
        &self,
        held: Option<&Secrets>,
        entropy: &Entropy,
        now: UtcTime,
        steps: &mut Steps<'_>,
    ) -> Result<Option<SigningKey>, OnboardingError> {
        if let Some(key) = held.and_then(|held| held.fsps.get(&self.fsp)?.iter().next()) {
            steps.take(Standing::Ready, format!("signing key {}", key.key_id()));
            return Ok(Some(key.clone()));
        }
        if let Some(key) = self.trust.fsps.get(&self.fsp).and_then(|ring| ring.keys().next()) {
            let what = format!("signing key {}, which {} has had before", key.key_id, self.fsp);
            steps.take(Standing::Ready, what);
            return Ok(None);
        }
        let id =
            key_id_at(self.fsp.as_str(), now).map_err(|fault| OnboardingError::Input(fault.to_string()))?;
        steps.take(self.now_or_later(), format!("signing key {id}"));
        Ok(Some(SigningKey::from_seed(id, &entropy.bytes())))
    }

    /// The secret of the FSP's client, inside `Some` when it is known and `None` within when it only would be; `None` when
    /// somebody else has to make the client first.
    async fn client_secret(
        &self,
        held: Option<Secret>,
        steps: &mut Steps<'_>,
    ) -> Result<Option<Option<Secret>>, OnboardingError> {
        let id = self.fsp.as_str();
        let what = format!("OAuth client {id}");
        if !self.client.registers_clients().await? {
            let known = held.or_else(|| self.given_secret.clone());
            let standing = if known.is_some() { Standing::Ready } else { Standing::Left };
            let what = match standing {
                Standing::Left => format!(
                    "{what}: this VTN has no request for that; have its administrator make one for a VEN, and run this \
                     again with --client-secret and a file that holds its secret"
                ),
                _ => what,
            };
            steps.take(standing, what);
            return Ok(known.map(Some));
        }
        if self.given_secret.is_some() {
            return Err(OnboardingError::Input(
                "this VTN makes the client's secret itself; leave --client-secret out".to_owned(),
            ));
        }
        let (is_registered, folder) = (self.client.has_client(id).await?, self.hand_over.display());
        match (is_registered, held) {
            (true, Some(secret)) if !self.new_secret => {
                steps.take(Standing::Ready, what);
                return Ok(Some(Some(secret)));
            }
            (true, None) if !self.new_secret => {
                return Err(OnboardingError::SecretLost {
                    client: id.to_owned(),
                    folder: folder.to_string(),
                });
            }
            (false, Some(_)) => {
                return Err(OnboardingError::Input(format!(
                    "{folder} holds the secret of a client that the VTN has no more; name another folder"
                )));
            }
            _ => {}
        }
        let what = if is_registered { format!("{what}, with a new secret") } else { what };
        steps.take(self.now_or_later(), what);
        if self.only_look {
            return Ok(Some(None));
        }
        let told = if is_registered {
            self.client.replace_secret(id).await?
        } else {
            self.client.register_client(id).await?
        };
        Ok(Some(Some(told.secret)))
    }

    /// The client's certificate, where one is to be made.
    fn certificate(
        &self,
        now: UtcTime,
        steps: &mut Steps<'_>,
    ) -> Result<Option<handover::Certificate>, OnboardingError> {
        let asks = self.connection.tls.as_ref().is_some_and(|tls| tls.certificate.is_some());
        let Some(authority) = &self.authority else {
            if asks {
                let what = format!(
                    "a client certificate that names {}: no authority was given; have one signed by the authority that \
                     the VTN trusts",
                    self.fsp
                );
                steps.take(Standing::Left, what);
            }
            return Ok(self.server_authority.clone().map(handover::Certificate::authority_alone));
        };
        steps.take(self.now_or_later(), format!("a client certificate that names {}", self.fsp));
        if self.only_look {
            return Ok(None);
        }
        handover::Certificate::issue(authority, self.server_authority.clone(), &self.fsp, now).map(Some)
    }

    /// The fleet as the FSP starts it: its own units, and where its operators dispatch.
    fn fleet_for_fsp(&self) -> FleetProfile {
        let endpoint =
            |operator| Endpoints { operator, vtns: vec![self.connection.vtn.clone()], client_id: None };
        let endpoints = self.addition.operators().into_iter().map(endpoint).collect();
        FleetProfile { endpoints, ..self.addition.clone() }
    }

    /// The keys of its operators, and its own.
    fn trust_for_fsp(&self, signing: Option<&SigningKey>) -> Trust {
        let mut trust = Trust::default();
        for operator in self.addition.operators() {
            let pinned = self.trust.operators.get(&operator).cloned();
            let own = self.secrets.operators.get(&operator).map(|keys| KeyRing::new(keys.public()));
            if let Some(ring) = pinned.or(own) {
                trust.operators.insert(operator, ring);
            }
        }
        let ring = signing.map(|key| KeyRing::new([key.public(None, None)]));
        if let Some(ring) = ring.or_else(|| self.trust.fsps.get(&self.fsp).cloned()) {
            trust.fsps.insert(self.fsp.clone(), ring);
        }
        trust
    }

    /// Writes down whom the operators have onboarded, for every desk that opens this connection.
    fn keep(&self, trust: &Trust) -> Result<Standing, OnboardingError> {
        let file = |path: &std::path::Path, error: std::io::Error| OnboardingError::File {
            path: path.display().to_string(),
            reason: match error.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    "is there already and says something else; withdraw the FSP first".to_owned()
                }
                _ => format!("cannot be written: {error}"),
            },
        };
        std::fs::create_dir_all(&self.kept_in).map_err(|error| file(&self.kept_in, error))?;
        let pinned = Trust { fsps: trust.fsps.clone(), ..Trust::default() };
        let mut made = Made::Same;
        // The keys first: a fleet file without them is refused.
        for (path, text) in [
            (onboarded::trust_file(&self.kept_in, &self.fsp), pinned.to_toml()),
            (onboarded::fleet_file(&self.kept_in, &self.fsp), self.addition.to_toml()),
        ] {
            if make(&path, &text, Readers::Anyone).map_err(|error| file(&path, error))? == Made::New {
                made = Made::New;
            }
        }
        Ok(if made == Made::New { Standing::Done } else { Standing::Ready })
    }

    fn at_the_vtn(&self) -> String {
        let units: Vec<String> = self.addition.units.iter().map(|unit| unit.unit.target()).collect();
        format!("at the VTN: ven {}, and a resource with its target for {}", self.fsp, units.join(", "))
    }

    fn now_or_later(&self) -> Standing {
        if self.only_look { Standing::Due } else { Standing::Done }
    }
}
