//! An FSP as a person writes it down: texts, nothing checked yet. What stands in a form is read by the rules of a fleet
//! file, so that a form and a file can never disagree about what is right.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::kind::{AssetKind, Quantity};
use super::written::written;
use crate::dispatch::FspId;
use crate::profile::fleet::{FleetProfile, Newcomer};
use crate::profile::secrets::DESK_CLIENT;
use crate::profile::typed;

/// A contract in texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractDraft {
    /// The operator's id.
    pub operator: String,
    /// Unique for the operator.
    pub id: String,
    /// For people.
    pub product: String,
    /// Seconds.
    pub poll_seconds: String,
    /// Seconds.
    pub ack_seconds: String,
    /// Seconds.
    pub notice_seconds: String,
    /// Pounds; empty for none agreed.
    pub gbp_per_mwh: String,
    /// Where units go without the operator's VTN: kW or `baseline`; empty for no fail-safe.
    pub fail_safe_kw: String,
    /// After how many polls.
    pub fail_safe_polls: String,
}

impl ContractDraft {
    /// One of an operator, on the usual terms.
    pub fn of(operator: &str) -> Self {
        Self {
            operator: operator.to_owned(),
            id: String::new(),
            product: "Operational Utilisation".to_owned(),
            poll_seconds: "10".to_owned(),
            ack_seconds: "30".to_owned(),
            notice_seconds: "0".to_owned(),
            gbp_per_mwh: String::new(),
            fail_safe_kw: String::new(),
            fail_safe_polls: String::new(),
        }
    }
}

/// A baseline in texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineDraft {
    /// kW at all times, negative for import.
    Fixed(String),
    /// Times of day and kW, as in `00:00 -300, 07:00 -700`, or by days, as in `weekdays 00:00 -300, weekend 00:00 -100`.
    Daily(String),
    /// Of a kind that no form has, as a fleet file declares it.
    Declared(String),
}

impl BaselineDraft {
    /// The key of a fleet file that holds what is typed; none when nothing is.
    pub fn key(&self) -> Option<&'static str> {
        match self {
            Self::Fixed(_) => Some("kw"),
            Self::Daily(text) => Some(if typed::is_by_days(text) { "days" } else { "points" }),
            Self::Declared(_) => None,
        }
    }

    fn of(baseline: &Table) -> Self {
        match (typed::baseline_words(baseline, ", "), baseline.get("kw")) {
            (Some(points), _) => Self::Daily(points),
            (None, Some(_)) => Self::Fixed(as_typed(baseline, "kw")),
            (None, None) => Self::Declared(baseline.to_string()),
        }
    }
}

/// A meter in texts; all empty for one that reads exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeterDraft {
    /// A share of the reading.
    pub noise: String,
    /// kW.
    pub resolution_kw: String,
    /// A whole number.
    pub seed: String,
}

/// A unit in texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitDraft {
    /// The FSP's own name of it.
    pub unit: String,
    /// For people.
    pub name: String,
    /// Its contract, by its place in the draft.
    pub contract: usize,
    /// What it is.
    pub kind: AssetKind,
    /// Its declared quantities by key. Those of other kinds stay, for a person who goes back to them.
    pub quantities: BTreeMap<&'static str, String>,
    /// The contract's baseline.
    pub baseline: BaselineDraft,
    /// How its minutes are read.
    pub meter: MeterDraft,
}

impl UnitDraft {
    /// A middling one.
    pub fn of(kind: AssetKind) -> Self {
        let fixed = match kind {
            AssetKind::TurnDown | AssetKind::HeatPumps => "-800",
            AssetKind::EvHub => "-100",
            _ => "0",
        };
        let mut unit = Self {
            unit: String::new(),
            name: String::new(),
            contract: 0,
            kind,
            quantities: BTreeMap::new(),
            baseline: BaselineDraft::Fixed(fixed.to_owned()),
            meter: MeterDraft::default(),
        };
        unit.become_kind(kind);
        unit
    }

    /// Makes it another kind; what is declared of that kind and not written yet is as of a middling one.
    pub fn become_kind(&mut self, kind: AssetKind) {
        self.kind = kind;
        for Quantity { key, usual, .. } in kind.quantities() {
            self.quantities.entry(key).or_insert_with(|| (*usual).to_owned());
        }
    }
}

/// An FSP in texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub fsp: String,
    /// For people; its id when empty.
    pub name: String,
    /// Its control point's.
    pub telephone: String,
    /// Its contracts.
    pub contracts: Vec<ContractDraft>,
    /// Its units.
    pub units: Vec<UnitDraft>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFault {
    /// `fsp`, `name`, `telephone`, or the path of a fleet file: `units[1].asset.max_kw`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Draft {
    /// What a file says of an FSP's contracts and units; whom it is about stays as it was.
    pub fn take_in(&mut self, fleet: &FleetProfile) {
        self.contracts = fleet.contracts.iter().map(contract_draft).collect();
        let written: Table = fleet.to_toml().parse().unwrap_or_default();
        let units = tables(&written, "units");
        self.units = units.map(|unit| unit_draft(unit, &self.contracts)).collect();
    }

    /// Reads it against everyone who is known.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the form.
    pub fn read(&self, known: &FleetProfile) -> Result<(FspId, FleetProfile), Vec<DraftFault>> {
        let mut faults: Vec<DraftFault> = Vec::new();
        let mut wrong = |field: &str, message: String| {
            faults.push(DraftFault { field: field.to_owned(), message });
        };
        let fsp: Option<FspId> = match self.fsp.trim() {
            "" => {
                wrong("fsp", "is missing; write the FSP's id, as in BRIGHTFLEX".to_owned());
                None
            }
            DESK_CLIENT => {
                wrong("fsp", format!("`{DESK_CLIENT}` is the desk's own client id; give the FSP another"));
                None
            }
            id => id.parse().map_err(|error| wrong("fsp", format!("{error}"))).ok(),
        };
        if let Some(id) = fsp.as_ref().filter(|id| known.fsps.iter().any(|known| known.id == **id)) {
            wrong("fsp", format!("{id} is known here already; give the newcomer an id of its own"));
        }
        if self.telephone.trim().is_empty() {
            let message = "is missing; without it nobody can be called when its link is lost".to_owned();
            wrong("telephone", message);
        }
        if self.units.is_empty() {
            wrong("units", "there is no unit yet; add at least one".to_owned());
        }
        for (place, contract) in self.contracts.iter().enumerate() {
            let has_unit = self.units.iter().any(|unit| unit.contract == place);
            let id = contract.id.trim();
            if !has_unit && !self.units.is_empty() && !id.is_empty() {
                wrong(
                    "units",
                    format!("no unit is under contract {id}; put one under it, or remove the contract"),
                );
            }
        }
        // The rest is read whatever the id is, so that every mistake is told.
        let anyone = || "NEWCOMER".parse::<FspId>().ok();
        let Some(id) = fsp.clone().or_else(anyone) else { return Err(faults) };
        let name = Some(self.name.trim()).filter(|name| !name.is_empty()).map(str::to_owned);
        let newcomer = Newcomer { id, name, telephone: Some(self.telephone.trim().to_owned()) };
        let text = written(self);
        match FleetProfile::addition_from_toml("form", &text, &newcomer, known) {
            Ok(addition) => match (fsp, known.with(&addition)) {
                (Some(fsp), Ok(_)) if faults.is_empty() => return Ok((fsp, addition)),
                (_, Err(message)) if faults.is_empty() => {
                    faults.push(DraftFault { field: String::new(), message });
                }
                _ => {}
            },
            Err(found) => {
                // A unit's reference to a contract that is wrong itself says nothing new.
                let wrong_contract = found.iter().any(|fault| fault.field.starts_with("contracts"));
                let is_reference = |field: &str| {
                    field.starts_with("units")
                        && (field.ends_with("].contract") || field.ends_with("].operator"))
                };
                // Said of the units here, since that is where a person mends it.
                let is_of_units = |f: &DraftFault| {
                    f.field == "units" && self.units.is_empty()
                        || f.field == "contracts" && f.message.starts_with("no unit is under contract")
                };
                let found = found.into_iter().map(|f| DraftFault { field: f.field, message: f.message });
                let found = found.filter(|f| !(is_of_units(f) || wrong_contract && is_reference(&f.field)));
                faults.extend(found);
            }
        }
        Err(faults)
    }
}

fn tables<'a>(root: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    root.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

/// A value as a person would have typed it.
fn as_typed(table: &Table, key: &str) -> String {
    match table.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}

fn contract_draft(contract: &crate::profile::fleet::Contract) -> ContractDraft {
    let pounds = |pence: i64| {
        let sign = if pence < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", pence.unsigned_abs() / 100, pence.unsigned_abs() % 100)
    };
    ContractDraft {
        operator: contract.operator.to_string(),
        id: contract.id.to_string(),
        product: contract.product.clone(),
        poll_seconds: contract.poll_seconds.to_string(),
        ack_seconds: contract.ack_seconds.to_string(),
        notice_seconds: contract.notice_seconds.to_string(),
        gbp_per_mwh: contract.price_pence_per_mwh.map(pounds).unwrap_or_default(),
        fail_safe_kw: contract.fail_safe.map(|f| f.level.typed()).unwrap_or_default(),
        fail_safe_polls: contract.fail_safe.map(|f| f.after_polls.to_string()).unwrap_or_default(),
    }
}

fn unit_draft(unit: &Table, contracts: &[ContractDraft]) -> UnitDraft {
    let table = |key: &str| unit.get(key).and_then(Value::as_table).cloned().unwrap_or_default();
    let (asset, baseline, meter) = (table("asset"), table("baseline"), table("meter"));
    let (operator, id) = (as_typed(unit, "operator"), as_typed(unit, "contract"));
    let mut draft = UnitDraft::of(AssetKind::of_word(&as_typed(&asset, "kind")));
    draft.unit = as_typed(unit, "unit");
    draft.name = as_typed(unit, "name");
    draft.contract = contracts.iter().position(|c| c.operator == operator && c.id == id).unwrap_or_default();
    for (key, written) in &mut draft.quantities {
        *written = as_typed(&asset, key);
    }
    draft.baseline = BaselineDraft::of(&baseline);
    draft.meter = MeterDraft {
        noise: as_typed(&meter, "noise"),
        resolution_kw: as_typed(&meter, "resolution_kw"),
        seed: as_typed(&meter, "seed"),
    };
    draft
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
