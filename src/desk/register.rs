//! Whom this desk knows: operators whose keys it holds, contracts, FSPs and units, found by name.

mod people;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::sign_on::{Act, NoSigner, Signers};
use super::snapshot::OperatorState;
use super::standing::AckLimits;
use crate::dispatch::{
    ContractId, Dispatch, DispatchParts, DispatchUnit, FspId, KeyRing, OperatorId, OwnKeys, PublicKey,
    SigningFault, SigningKey,
};
use crate::openadr::mapping::{self, Terms};
use crate::openadr::wire::Program;
use crate::power::Baseline;
use crate::profile::fleet::{Contract, FleetProfile, Fsp, Unit};
use crate::profile::onboarded;
use crate::profile::operators::Operators;
use crate::profile::personal::People;
use crate::profile::secrets::Secrets;
use crate::profile::trust::{Owner, Trust};
use crate::time::UtcTime;

/// An operator's names for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OperatorNames {
    /// `EMID`.
    pub code: String,
    /// Licence area or company.
    pub area: String,
}

/// Names and keys.
#[derive(Clone)]
struct Parties {
    names: BTreeMap<OperatorId, OperatorNames>,
    keys: BTreeMap<OperatorId, OwnKeys>,
    own_keys: BTreeMap<OperatorId, Arc<KeyRing>>,
    /// The closed keys of people.
    people: People,
    /// As they are pinned, for those whose keys this desk does not hold yet too.
    pinned: BTreeMap<OperatorId, KeyRing>,
    fsp_keys: BTreeMap<FspId, Arc<KeyRing>>,
}

impl Parties {
    fn of(
        names: BTreeMap<OperatorId, OperatorNames>,
        (keys, people): (BTreeMap<OperatorId, OwnKeys>, People),
        trust: Trust,
    ) -> Self {
        let Trust { operators: pinned, fsps } = trust;
        let ring = |operator: &OperatorId| {
            let pinned = pinned.get(operator).into_iter().flat_map(KeyRing::keys).cloned();
            let own = keys.get(operator).into_iter().flat_map(OwnKeys::public);
            (operator.clone(), Arc::new(KeyRing::new(own.chain(pinned))))
        };
        let own_keys = keys.keys().chain(people.keys()).map(ring).collect();
        let fsp_keys = fsps.into_iter().map(|(id, keys)| (id, Arc::new(keys))).collect();
        Self { names, keys, own_keys, people, pinned, fsp_keys }
    }
}

/// Everyone that this desk deals with.
pub(super) struct Register {
    profile: Arc<FleetProfile>,
    parties: Parties,
    contracts: BTreeMap<(OperatorId, ContractId), usize>,
    fsps: BTreeMap<FspId, usize>,
    units: BTreeMap<DispatchUnit, usize>,
    units_of: BTreeMap<(OperatorId, ContractId), Vec<DispatchUnit>>,
    poll_seconds: BTreeMap<FspId, u32>,
    /// When the last key of each FSP ends, the first to end first; those without an end are not in it.
    key_ends: Vec<(UtcTime, FspId)>,
}

impl Register {
    pub(super) fn of(
        profile: &Arc<FleetProfile>,
        operators: &Operators,
        secrets: &Secrets,
        trust: Trust,
    ) -> Self {
        let names = secrets
            .signing_operators()
            .into_iter()
            .filter_map(|id| operators.get(id))
            .map(|o| (o.id.clone(), OperatorNames { code: o.code.clone(), area: o.area.clone() }))
            .collect();
        Self::with_names(profile, names, secrets, trust)
    }

    pub(super) fn with_names(
        profile: &Arc<FleetProfile>,
        names: BTreeMap<OperatorId, OperatorNames>,
        secrets: &Secrets,
        trust: Trust,
    ) -> Self {
        Self::over(profile, Parties::of(names, keys_of(secrets), trust))
    }

    /// This register with other keys: those of `secrets`, else those that it has; as `trust` pins them, else as they are.
    pub(super) fn rekeyed(&self, secrets: Option<&Secrets>, trust: Option<Trust>) -> Self {
        let Parties { names, keys, people, pinned, fsp_keys, .. } = self.parties.clone();
        let keys = secrets.map_or((keys, people), keys_of);
        let as_they_are = || Trust {
            operators: pinned,
            fsps: fsp_keys.iter().map(|(fsp, ring)| (fsp.clone(), KeyRing::clone(ring))).collect(),
        };
        let trust = trust.unwrap_or_else(as_they_are);
        Self::over(&self.profile, Parties::of(names, keys, trust))
    }

    fn over(profile: &Arc<FleetProfile>, parties: Parties) -> Self {
        let contracts = index(&profile.contracts, |c| (c.operator.clone(), c.id.clone()));
        let mut units_of: BTreeMap<(OperatorId, ContractId), Vec<DispatchUnit>> = BTreeMap::new();
        let mut poll_seconds = BTreeMap::new();
        for unit in &profile.units {
            let contract = (unit.operator.clone(), unit.contract.clone());
            let terms = contracts.get(&contract).map(|i| &profile.contracts[*i]);
            let seconds = terms.map_or(DEFAULT_POLL_SECONDS, |c| c.poll_seconds.max(1));
            units_of.entry(contract).or_default().push(unit.unit.clone());
            let least = poll_seconds.entry(unit.unit.fsp.clone()).or_insert(seconds);
            *least = seconds.min(*least);
        }
        let last_end = |(fsp, ring): (&FspId, &Arc<KeyRing>)| {
            let ends: Option<Vec<UtcTime>> = ring.keys().map(PublicKey::ends).collect();
            Some((ends?.into_iter().max()?, fsp.clone()))
        };
        let mut key_ends: Vec<(UtcTime, FspId)> = parties.fsp_keys.iter().filter_map(last_end).collect();
        key_ends.sort();
        Self {
            contracts,
            key_ends,
            fsps: index(&profile.fsps, |f| f.id.clone()),
            units: index(&profile.units, |u| u.unit.clone()),
            profile: Arc::clone(profile),
            parties,
            units_of,
            poll_seconds,
        }
    }

    /// This register and an FSP more, or contracts and units more of one. Of two keys with one id the one held before stays.
    ///
    /// # Errors
    /// What it has already and is not the same, in words.
    pub(super) fn with(&self, addition: &FleetProfile, trust: &Trust) -> Result<Self, String> {
        let profile = Arc::new(self.profile.with(addition)?);
        let mut parties = self.parties.clone();
        for (fsp, ring) in &trust.fsps {
            let held = parties.fsp_keys.entry(fsp.clone()).or_default();
            *held = Arc::new(onboarded::pinned(held, ring));
        }
        Ok(Self::over(&profile, parties))
    }

    /// This register without an FSP, its contracts, units and keys.
    pub(super) fn without(&self, fsp: &FspId) -> Self {
        let mut parties = self.parties.clone();
        parties.fsp_keys.remove(fsp);
        Self::over(&Arc::new(self.profile.without(fsp)), parties)
    }

    pub(super) fn knows(&self, fsp: &FspId) -> bool {
        self.fsps.contains_key(fsp)
    }

    pub(super) fn contracts(&self) -> &[Contract] {
        &self.profile.contracts
    }

    pub(super) fn fsp(&self, fsp: &FspId) -> Option<&Fsp> {
        self.fsps.get(fsp).map(|i| &self.profile.fsps[*i])
    }

    pub(super) fn fsps(&self) -> &[Fsp] {
        &self.profile.fsps
    }

    pub(super) fn units(&self) -> &[Unit] {
        &self.profile.units
    }

    pub(super) fn unit(&self, unit: &DispatchUnit) -> Option<&Unit> {
        self.units.get(unit).map(|i| &self.profile.units[*i])
    }

    pub(super) fn contract(&self, operator: &OperatorId, contract: &ContractId) -> Option<&Contract> {
        self.contracts.get(&(operator.clone(), contract.clone())).map(|i| &self.profile.contracts[*i])
    }

    pub(super) fn baseline(&self, unit: &DispatchUnit) -> Option<&Baseline> {
        self.unit(unit).map(|u| &u.baseline)
    }

    /// The machine's own keys of an operator.
    pub(super) fn key(&self, operator: &OperatorId) -> Option<&OwnKeys> {
        self.parties.keys.get(operator)
    }

    /// The operators that this desk signs for, with the machine's key or a person's.
    pub(super) fn signing_operators(&self) -> Vec<&OperatorId> {
        self.parties.own_keys.keys().collect()
    }

    /// Whether this desk signs for an operator, with the machine's key or a person's.
    pub(super) fn signs_for(&self, operator: &OperatorId) -> bool {
        self.parties.own_keys.contains_key(operator)
    }

    /// The machine's key that signs for an operator at an instant; `None` for one of whom the machine has none.
    ///
    /// # Errors
    /// Why none does.
    pub(super) fn key_in_force(
        &self,
        operator: &OperatorId,
        now: UtcTime,
    ) -> Option<Result<&SigningKey, SigningFault>> {
        let keys = self.parties.keys.get(operator)?;
        let pinned = self.parties.own_keys.get(operator)?;
        Some(keys.in_force(pinned, now))
    }

    /// The operators of whom the machine has keys, each with the one that signs at an instant, or why none does.
    pub(super) fn own(
        &self,
        now: UtcTime,
    ) -> impl Iterator<Item = (&OperatorId, Result<&SigningKey, SigningFault>)> {
        let operators = self.parties.keys.keys();
        operators.filter_map(move |operator| Some((operator, self.key_in_force(operator, now)?)))
    }

    /// Every key that is known: those that this desk signs with, and those of the FSPs.
    pub(super) fn every_key(&self) -> impl Iterator<Item = (Owner, &PublicKey)> {
        let own = self.parties.own_keys.iter().map(|(id, ring)| (Owner::Operator(id.clone()), ring));
        let fsps = self.parties.fsp_keys.iter().map(|(id, ring)| (Owner::Fsp(id.clone()), ring));
        own.chain(fsps).flat_map(|(owner, ring)| ring.keys().map(move |key| (owner.clone(), key)))
    }

    /// The FSPs whose last key ends before an instant, each with when it does, the first to end first.
    pub(super) fn fsp_keys_ending(&self, before: UtcTime) -> &[(UtcTime, FspId)] {
        &self.key_ends[..self.key_ends.partition_point(|(ends, _)| *ends < before)]
    }

    /// The public halves of the machine's keys. A person may sign dispatches with their own, and approve others'.
    pub(super) fn signing_keys(&self) -> Vec<PublicKey> {
        self.parties.keys.values().flat_map(OwnKeys::public).collect()
    }

    /// The public keys that this desk's own dispatches were signed with.
    pub(super) fn own_keys(&self, operator: &OperatorId) -> Option<&KeyRing> {
        self.parties.own_keys.get(operator).map(AsRef::as_ref)
    }

    /// An FSP's pinned keys; an FSP that is not known has none.
    pub(super) fn fsp_keys(&self, fsp: &FspId) -> Arc<KeyRing> {
        self.parties.fsp_keys.get(fsp).cloned().unwrap_or_default()
    }

    /// Seconds between an FSP's polls: the shortest that its contracts ask for.
    pub(super) fn poll_seconds(&self, fsp: &FspId) -> u32 {
        self.poll_seconds.get(fsp).copied().unwrap_or(DEFAULT_POLL_SECONDS)
    }

    /// Within how many seconds the FSP must acknowledge a revision.
    pub(super) fn ack_limits(&self, dispatch: &Dispatch) -> AckLimits {
        let contract = self.contract(&dispatch.network_operator, &dispatch.contract);
        let ack_seconds = contract.map_or(DEFAULT_ACK_SECONDS, |c| c.ack_seconds);
        AckLimits::of(ack_seconds, self.poll_seconds(&dispatch.unit.fsp))
    }

    /// The operator's short code; its id when it is not in the well-known list.
    pub(super) fn code<'a>(&'a self, operator: &'a OperatorId) -> &'a str {
        self.parties.names.get(operator).map_or(operator.as_str(), |n| n.code.as_str())
    }

    /// Whom to call about an FSP, as it stands in a sentence: `BRIGHTFLEX's control point on +44 …`.
    pub(super) fn telephone(&self, fsp: &FspId) -> String {
        match self.fsps.get(fsp).map(|i| self.profile.fsps[*i].telephone.as_str()) {
            Some(number) if !number.is_empty() => format!("{fsp}'s control point on {number}"),
            _ => format!("{fsp}'s control point (no number in the fleet file)"),
        }
    }

    /// The terms of a dispatch's contract.
    pub(super) fn terms(&self, operator: &OperatorId, contract: &ContractId) -> Option<Terms> {
        self.contract(operator, contract).map(|c| Terms {
            operator: c.operator.clone(),
            contract: c.id.clone(),
            poll_seconds: c.poll_seconds,
            ack_seconds: c.ack_seconds,
        })
    }

    /// A contract as its program, for its units to see.
    pub(super) fn program(&self, operator: &OperatorId, contract: &ContractId) -> Option<Program> {
        let terms = self.terms(operator, contract)?;
        let units = self.units_of.get(&(operator.clone(), contract.clone()));
        let targets = units.into_iter().flatten().map(|unit| unit.target()).collect();
        Some(Program { targets, ..mapping::program_from(&terms) })
    }

    /// Checks that this desk may send it: key held, contract and unit known and belonging together.
    ///
    /// # Errors
    /// What stands against it and what would be right, in a sentence.
    pub(super) fn check(&self, parts: &DispatchParts) -> Result<(), String> {
        let operator = &parts.network_operator;
        if !self.signs_for(operator) {
            let held: Vec<&str> = self.parties.own_keys.keys().map(OperatorId::as_str).collect();
            return Err(format!(
                "this desk holds no signing key of network operator {operator}; it signs for {}",
                if held.is_empty() { "none".to_owned() } else { held.join(", ") }
            ));
        }
        if self.contract(operator, &parts.contract).is_none() {
            return Err(format!(
                "{operator} has no contract {} in this fleet; choose one of its own",
                parts.contract
            ));
        }
        let Some(unit) = self.unit(&parts.unit) else {
            return Err(format!("dispatch unit {} is not in this fleet", parts.unit));
        };
        if unit.operator != *operator || unit.contract != parts.contract {
            return Err(format!(
                "{} is under contract {} of {}, not under {} of {operator}",
                parts.unit, unit.contract, unit.operator, parts.contract
            ));
        }
        Ok(())
    }

    /// The operators as snapshots show them, each with the key that signs at an instant.
    pub(super) fn operator_states(&self, signers: Signers<'_>) -> Vec<OperatorState> {
        let state = |id: &OperatorId| OperatorState {
            id: id.clone(),
            name: self.parties.names.get(id).map_or_else(|| id.to_string(), |n| n.area.clone()),
            key_id: match signers.of(id, Act::Send).as_deref() {
                Ok([key, ..]) => key.key_id().to_string(),
                Err(NoSigner::SignOn(_)) => "nobody signed on".to_owned(),
                Ok([]) | Err(_) => "none in force".to_owned(),
            },
            stops_with: signers
                .of(id, Act::Stop)
                .ok()
                .and_then(|keys| Some((*keys.first()?).key_id().clone())),
            keys: self.parties.own_keys.get(id).cloned().unwrap_or_default(),
        };
        self.parties.own_keys.keys().map(state).collect()
    }

    /// Contracts, FSPs and units as they stand.
    pub(super) fn fleet(&self) -> &Arc<FleetProfile> {
        &self.profile
    }
}

/// The profile's GB_POLL_SECONDS where no contract says otherwise.
const DEFAULT_POLL_SECONDS: u32 = 10;
/// The profile's GB_ACK_SECONDS where no contract says otherwise.
const DEFAULT_ACK_SECONDS: u32 = 30;

fn keys_of(secrets: &Secrets) -> (BTreeMap<OperatorId, OwnKeys>, People) {
    (secrets.operators.clone(), secrets.people.clone())
}

fn index<T, K: Ord>(items: &[T], key: impl Fn(&T) -> K) -> BTreeMap<K, usize> {
    items.iter().enumerate().map(|(i, item)| (key(item), i)).collect()
}
