//! A contract as people see it, out of the fleet that it stands in.

use std::collections::BTreeMap;

use crate::dispatch::{ContractId, OperatorId};
use crate::profile::fail_safe::FailSafe;
use crate::profile::fleet::{Contract, FleetProfile};

/// A contract and its terms.
#[derive(Clone, Debug)]
pub struct ContractState {
    /// Who buys.
    pub operator: OperatorId,
    /// Its id, unique for the operator.
    pub contract: ContractId,
    /// Product name, for people.
    pub product: String,
    /// Seconds between polls.
    pub poll_seconds: u32,
    /// Seconds allowed for each acknowledgement.
    pub ack_seconds: u32,
    /// Seconds of notice before the service starts; 0 for none agreed.
    pub notice_seconds: u32,
    /// The baseline that DELTA refers to, by name.
    pub baseline: String,
    /// Price agreed, as text with its unit.
    pub price: Option<String>,
    /// The same in pence per MWh.
    pub pence_per_mwh: Option<i64>,
    /// Where its units go when their FSP is left without this operator's VTN; `None`: they go on as accepted.
    pub fail_safe: Option<FailSafe>,
}

impl ContractState {
    /// Every contract of a fleet, in order of operator and id.
    pub fn all_of(fleet: &FleetProfile) -> Vec<Self> {
        let mut baselines: BTreeMap<(&OperatorId, &ContractId), Vec<String>> = BTreeMap::new();
        for unit in &fleet.units {
            baselines.entry((&unit.operator, &unit.contract)).or_default().push(unit.baseline.words());
        }
        let state = |contract: &Contract| {
            let words = baselines.get(&(&contract.operator, &contract.id)).map_or(&[][..], Vec::as_slice);
            Self::of(contract, words)
        };
        let mut states: Vec<Self> = fleet.contracts.iter().map(state).collect();
        states.sort_by(|a, b| (&a.operator, &a.contract).cmp(&(&b.operator, &b.contract)));
        states
    }

    /// A contract whose units have these baselines.
    fn of(contract: &Contract, baselines: &[String]) -> Self {
        let baseline = match baselines {
            [] => "none: no unit".to_owned(),
            [first, others @ ..] if others.iter().all(|other| other == first) => first.clone(),
            _ => "one for each unit".to_owned(),
        };
        Self {
            operator: contract.operator.clone(),
            contract: contract.id.clone(),
            product: contract.product.clone(),
            poll_seconds: contract.poll_seconds,
            ack_seconds: contract.ack_seconds,
            notice_seconds: contract.notice_seconds,
            baseline,
            price: contract.price_pence_per_mwh.map(price_words),
            pence_per_mwh: contract.price_pence_per_mwh,
            fail_safe: contract.fail_safe,
        }
    }
}

fn price_words(pence: i64) -> String {
    let sign = if pence < 0 { "−" } else { "" };
    format!("{sign}£{}.{:02}/MWh", pence.unsigned_abs() / 100, pence.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_tells_the_baseline_of_its_own_units_alone() {
        let fleet = FleetProfile::demo();
        let states = ContractState::all_of(&fleet);
        assert_eq!(states.len(), fleet.contracts.len());
        for state in &states {
            let own = fleet.units.iter().filter(|u| u.contract == state.contract);
            let mut words: Vec<String> =
                own.filter(|u| u.operator == state.operator).map(|u| u.baseline.words()).collect();
            words.sort();
            words.dedup();
            let told = match &words[..] {
                [] => "none: no unit",
                [only] => only,
                _ => "one for each unit",
            };
            assert_eq!(state.baseline, told, "{} of {}", state.contract, state.operator);
        }
    }
}
