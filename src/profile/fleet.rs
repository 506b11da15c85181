//! A fleet file: operators' contracts, FSPs and their units with declared physics. Holds no secret and no key.

use std::sync::LazyLock;

use super::availability::Availability;
use super::fail_safe::FailSafe;
use super::fault::FileFault;
use super::{fleet_file, fleet_text};
use crate::dispatch::{ContractId, DispatchUnit, FspId, OperatorId};
use crate::power::reactive::Capability;
use crate::power::{Asset, Baseline, Meter};

/// A contract between an operator and an FSP.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// Who buys.
    pub operator: OperatorId,
    /// Unique for the operator.
    pub id: ContractId,
    /// Product name, for people.
    pub product: String,
    /// Seconds between polls; 10 by default.
    pub poll_seconds: u32,
    /// Seconds allowed for each acknowledgement; 30 by default.
    pub ack_seconds: u32,
    /// Seconds of notice before the service starts; 0 for none agreed.
    pub notice_seconds: u32,
    /// Utilisation price in pence per MWh.
    pub price_pence_per_mwh: Option<i64>,
    /// Where its units go when their FSP is left without the operator's VTN; `None`: they go on as accepted.
    pub fail_safe: Option<FailSafe>,
}

/// An FSP.
#[derive(Clone, Debug, PartialEq)]
pub struct Fsp {
    /// Its id; also its OAuth client id and its ven's name.
    pub id: FspId,
    /// For people.
    pub name: String,
    /// Its control point's telephone.
    pub telephone: String,
}

/// Where an operator dispatches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Whose.
    pub operator: OperatorId,
    /// Base URLs of its VTNs in order of preference; never none, each once.
    pub vtns: Vec<String>,
    /// The FSP's OAuth client id there, where it is not the FSP's id.
    pub client_id: Option<String>,
}

/// An FSP that comes to a fleet, as far as it is known before its file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// Its id.
    pub id: FspId,
    /// For people; the file's, else the id, when it is not given.
    pub name: Option<String>,
    /// Its control point's telephone; the file's when it is not given.
    pub telephone: Option<String>,
}

/// A dispatch unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// FSP and unit.
    pub unit: DispatchUnit,
    /// For people.
    pub name: String,
    /// Its contract's operator.
    pub operator: OperatorId,
    /// Its contract.
    pub contract: ContractId,
    /// Declared physics.
    pub asset: Asset,
    /// The contract's baseline.
    pub baseline: Baseline,
    /// The reactive power that it can give; `None` for a unit that controls real power only.
    pub reactive: Option<Capability>,
    /// How its minutes are read; what it does is not touched by it.
    pub meter: Meter,
    /// What its FSP declares of it day by day.
    pub availability: Availability,
}

/// A fleet whose references all hold: every unit's FSP and contract are in it, ids are unique, physics can be.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FleetProfile {
    /// For people.
    pub name: String,
    /// In order of operator and id.
    pub contracts: Vec<Contract>,
    /// In order of id.
    pub fsps: Vec<Fsp>,
    /// In order of FSP and unit.
    pub units: Vec<Unit>,
    /// In order of operator; an operator that is not here dispatches at the VTN that the fleet is started with.
    pub endpoints: Vec<Endpoints>,
}

static DEMO: LazyLock<FleetProfile> = LazyLock::new(FleetProfile::read_demo);

impl FleetProfile {
    /// Reads a fleet file.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        fleet_file::read(file, text)
    }

    /// Reads what is added to a fleet for one FSP: its units, and the contracts that the fleet does not have yet. Holds,
    /// as read, every contract of its units.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn addition_from_toml(
        file: &str,
        text: &str,
        newcomer: &Newcomer,
        fleet: &Self,
    ) -> Result<Self, Vec<FileFault>> {
        fleet_file::read_addition(file, text, newcomer, fleet)
    }

    /// Writes a fleet file.
    pub fn to_toml(&self) -> String {
        fleet_text::written(self)
    }

    /// This fleet and another's contracts, FSPs and units. What both have must be the same in both.
    ///
    /// # Errors
    /// What both have and is not the same, in words.
    pub fn with(&self, other: &Self) -> Result<Self, String> {
        let mut whole = self.clone();
        for contract in &other.contracts {
            match whole.contract(&contract.operator, &contract.id) {
                Some(known) if known == contract => {}
                Some(_) => {
                    return Err(format!(
                        "contract {} of {} is there on other terms already",
                        contract.id, contract.operator
                    ));
                }
                None => whole.contracts.push(contract.clone()),
            }
        }
        for fsp in &other.fsps {
            match whole.fsps.iter().find(|f| f.id == fsp.id) {
                Some(known) if known == fsp => {}
                Some(_) => {
                    return Err(format!("FSP {} is there already, under another name or telephone", fsp.id));
                }
                None => whole.fsps.push(fsp.clone()),
            }
        }
        for unit in &other.units {
            match whole.units.iter().find(|u| u.unit == unit.unit) {
                Some(known) if known == unit => {}
                Some(_) => return Err(format!("unit {} is there already, declared otherwise", unit.unit)),
                None => whole.units.push(unit.clone()),
            }
            let under = |u: &&Unit| u.operator == unit.operator && u.contract == unit.contract;
            if let Some(other) = whole.units.iter().filter(under).find(|u| u.unit.fsp != unit.unit.fsp) {
                return Err(format!(
                    "contract {} is with {} already; a contract is with one FSP",
                    unit.contract, other.unit.fsp
                ));
            }
        }
        whole.contracts.sort_by(|a, b| (&a.operator, &a.id).cmp(&(&b.operator, &b.id)));
        whole.fsps.sort_by(|a, b| a.id.cmp(&b.id));
        whole.units.sort_by(|a, b| a.unit.cmp(&b.unit));
        Ok(whole)
    }

    /// This fleet without an FSP, its units and their contracts.
    #[must_use]
    pub fn without(&self, fsp: &FspId) -> Self {
        let mut rest = self.clone();
        let is_its = |contract: &Contract| {
            self.units_of(fsp).any(|unit| unit.operator == contract.operator && unit.contract == contract.id)
        };
        rest.contracts.retain(|contract| !is_its(contract));
        rest.fsps.retain(|known| known.id != *fsp);
        rest.units.retain(|unit| unit.unit.fsp != *fsp);
        rest
    }

    /// The demonstration fleet, `profiles/fleets/demo.toml`, as built in.
    pub fn demo() -> Self {
        DEMO.clone()
    }

    fn read_demo() -> Self {
        // A test reads the same text, so an empty fleet cannot be shipped.
        Self::from_toml("demo.toml", include_str!("../../profiles/fleets/demo.toml")).unwrap_or_else(|_| {
            Self {
                name: String::new(),
                contracts: Vec::new(),
                fsps: Vec::new(),
                units: Vec::new(),
                endpoints: Vec::new(),
            }
        })
    }

    /// The operators that buy from it, in order of id.
    pub fn operators(&self) -> Vec<OperatorId> {
        let mut ids: Vec<OperatorId> = self.contracts.iter().map(|c| c.operator.clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// Where an operator dispatches, where the file says so.
    pub fn endpoints_of(&self, operator: &OperatorId) -> Option<&Endpoints> {
        self.endpoints.iter().find(|endpoints| endpoints.operator == *operator)
    }

    /// A unit.
    pub fn unit(&self, unit: &DispatchUnit) -> Option<&Unit> {
        self.units.binary_search_by(|u| u.unit.cmp(unit)).ok().map(|i| &self.units[i])
    }

    /// A contract.
    pub fn contract(&self, operator: &OperatorId, id: &ContractId) -> Option<&Contract> {
        self.contracts.iter().find(|c| c.operator == *operator && c.id == *id)
    }

    /// An FSP's units.
    pub fn units_of<'a>(&'a self, fsp: &'a FspId) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().filter(move |u| u.unit.fsp == *fsp)
    }
}
