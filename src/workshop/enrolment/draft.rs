//! An FSP as a person writes it down: texts, nothing checked yet. What stands in a form is read by the rules of a fleet
//! file, so that a form and a file can never disagree about what is right.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::dispatch::FspId;
use crate::profile::fleet::{FleetProfile, Newcomer};
use crate::profile::secrets::DESK_CLIENT;

/// A declared quantity of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// As a fleet file names it.
    pub key: &'static str,
    /// As people name it, with its unit.
    pub label: &'static str,
    /// What a middling asset of its kind has.
    pub usual: &'static str,
}

const fn quantity(key: &'static str, label: &'static str, usual: &'static str) -> Quantity {
    Quantity { key, label, usual }
}

/// What a unit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AssetKind {
    /// A battery.
    #[default]
    Battery,
    /// An engine or turbine.
    Generator,
    /// Demand that can be turned down.
    TurnDown,
}

impl AssetKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Battery, Self::Generator, Self::TurnDown];

    /// As a fleet file names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Battery => "battery",
            Self::Generator => "generator",
            Self::TurnDown => "turn_down",
        }
    }

    /// As people name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Battery => "Battery",
            Self::Generator => "Generator",
            Self::TurnDown => "Demand turn-down",
        }
    }

    /// What is declared of it.
    pub fn quantities(self) -> &'static [Quantity] {
        const UP: Quantity = quantity("ramp_up_kw_per_min", "Ramp up, kW per min", "500");
        const DOWN: Quantity = quantity("ramp_down_kw_per_min", "Ramp down, kW per min", "500");
        const DELAY: Quantity = quantity("delay_s", "Delay, s", "2");
        match self {
            Self::Battery => {
                &const {
                    [
                        quantity("max_discharge_kw", "Discharge up to, kW", "1000"),
                        quantity("max_charge_kw", "Charge up to, kW", "1000"),
                        quantity("capacity_kwh", "Capacity, kWh", "2000"),
                        UP,
                        DOWN,
                        DELAY,
                        quantity("discharge_efficiency", "Discharge efficiency, 0 to 1", "0.94"),
                        quantity("charge_efficiency", "Charge efficiency, 0 to 1", "0.94"),
                        quantity("min_soc", "Least charge, 0 to 1", "0.05"),
                        quantity("max_soc", "Greatest charge, 0 to 1", "0.95"),
                        quantity("initial_soc", "Charge at start, 0 to 1", "0.8"),
                    ]
                }
            }
            Self::Generator => {
                &const {
                    [
                        quantity("max_kw", "Output up to, kW", "1000"),
                        quantity("min_stable_kw", "Least stable output, kW", "300"),
                        quantity("start_delay_s", "Start and synchronise, s", "120"),
                        UP,
                        DOWN,
                        DELAY,
                    ]
                }
            }
            Self::TurnDown => {
                &const {
                    [
                        quantity("max_turn_down_kw", "Turn down up to, kW", "500"),
                        quantity("max_duration_min", "At most for, min", "120"),
                        quantity("rebound_share", "Rebound, share of the energy, 0 to 1", "0.5"),
                        quantity("rebound_min", "Rebound over, min", "60"),
                        UP,
                        DOWN,
                        DELAY,
                    ]
                }
            }
        }
    }

    fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or_default()
    }
}

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
        }
    }
}

/// A baseline in texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineDraft {
    /// kW at all times, negative for import.
    Fixed(String),
    /// Times of day and kW, as in `00:00 -300, 07:00 -700`.
    Daily(String),
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
}

impl UnitDraft {
    /// A middling one.
    pub fn of(kind: AssetKind) -> Self {
        let fixed = if kind == AssetKind::TurnDown { "-800" } else { "0" };
        let mut unit = Self {
            unit: String::new(),
            name: String::new(),
            contract: 0,
            kind,
            quantities: BTreeMap::new(),
            baseline: BaselineDraft::Fixed(fixed.to_owned()),
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
        let placeholder = || "NEWCOMER".parse::<FspId>().ok();
        let Some(id) = fsp.clone().or_else(placeholder) else { return Err(faults) };
        let name = Some(self.name.trim()).filter(|name| !name.is_empty()).map(str::to_owned);
        let newcomer = Newcomer { id, name, telephone: Some(self.telephone.trim().to_owned()) };
        let text = self.written();
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
                let found = found.filter(|f| !(wrong_contract && is_reference(&f.field)) && !is_of_units(f));
                faults.extend(found);
            }
        }
        Err(faults)
    }

    /// As a fleet file. What is no number stands as a text, for the reader to say so; what is empty is left out.
    fn written(&self) -> String {
        let contract = |draft: &ContractDraft| {
            let mut table = Table::new();
            put(&mut table, "operator", text(&draft.operator));
            put(&mut table, "id", text(&draft.id));
            put(&mut table, "product", text(&draft.product));
            put(&mut table, "poll_seconds", number(&draft.poll_seconds));
            put(&mut table, "ack_seconds", number(&draft.ack_seconds));
            put(&mut table, "notice_seconds", number(&draft.notice_seconds));
            put(&mut table, "gbp_per_mwh", number(&draft.gbp_per_mwh));
            Value::Table(table)
        };
        let unit = |draft: &UnitDraft| {
            let mut table = Table::new();
            put(&mut table, "unit", text(&draft.unit));
            put(&mut table, "name", text(&draft.name).or_else(|| text(&draft.unit)));
            if let Some(contract) = self.contracts.get(draft.contract) {
                put(&mut table, "operator", text(&contract.operator));
                put(&mut table, "contract", text(&contract.id));
            }
            put(&mut table, "asset", Some(asset(draft)));
            put(&mut table, "baseline", Some(baseline(&draft.baseline)));
            Value::Table(table)
        };
        let mut root = Table::new();
        root.insert("contracts".to_owned(), Value::Array(self.contracts.iter().map(contract).collect()));
        root.insert("units".to_owned(), Value::Array(self.units.iter().map(unit).collect()));
        root.to_string()
    }
}

fn put(table: &mut Table, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        table.insert(key.to_owned(), value);
    }
}

fn text(written: &str) -> Option<Value> {
    let written = written.trim();
    (!written.is_empty()).then(|| Value::String(written.to_owned()))
}

/// A number as people type it, thousands with commas too.
fn number(written: &str) -> Option<Value> {
    let written = written.trim();
    if written.is_empty() {
        return None;
    }
    let plain = written.replace('\u{2212}', "-");
    let plain = if has_thousands(&plain) { plain.replace(',', "") } else { plain };
    let value = plain.parse::<i64>().map(Value::Integer).ok();
    let value = value.or_else(|| plain.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::Float));
    Some(value.unwrap_or_else(|| Value::String(written.to_owned())))
}

/// Whether every comma stands where thousands part.
fn has_thousands(written: &str) -> bool {
    let whole = written.split('.').next().unwrap_or_default().trim_start_matches(['+', '-']);
    let groups: Vec<&str> = whole.split(',').collect();
    let is_digits = |group: &&str| group.bytes().all(|b| b.is_ascii_digit());
    groups.len() > 1
        && groups.iter().all(is_digits)
        && (1..=3).contains(&groups[0].len())
        && groups[1..].iter().all(|group| group.len() == 3)
}

fn asset(draft: &UnitDraft) -> Value {
    let mut table = Table::new();
    put(&mut table, "kind", text(draft.kind.word()));
    for Quantity { key, .. } in draft.kind.quantities() {
        put(&mut table, key, draft.quantities.get(key).and_then(|written| number(written)));
    }
    Value::Table(table)
}

fn baseline(draft: &BaselineDraft) -> Value {
    let mut table = Table::new();
    match draft {
        BaselineDraft::Fixed(kw) => {
            put(&mut table, "kind", text("fixed"));
            put(&mut table, "kw", number(kw));
        }
        BaselineDraft::Daily(points) => {
            put(&mut table, "kind", text("daily"));
            let points = points.split([',', ';', '\n']).filter(|point| !point.trim().is_empty());
            let point = |point: &str| {
                let mut words = point.split_whitespace();
                let time = words.next().and_then(text);
                Value::Array(time.into_iter().chain(words.filter_map(number)).collect())
            };
            put(&mut table, "points", Some(Value::Array(points.map(point).collect())));
        }
    }
    Value::Table(table)
}

fn tables<'a>(root: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    root.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

/// A value as a person would have typed it.
fn typed(table: &Table, key: &str) -> String {
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
    }
}

fn unit_draft(unit: &Table, contracts: &[ContractDraft]) -> UnitDraft {
    let table = |key: &str| unit.get(key).and_then(Value::as_table).cloned().unwrap_or_default();
    let (asset, baseline) = (table("asset"), table("baseline"));
    let (operator, id) = (typed(unit, "operator"), typed(unit, "contract"));
    let mut draft = UnitDraft::of(AssetKind::of_word(&typed(&asset, "kind")));
    draft.unit = typed(unit, "unit");
    draft.name = typed(unit, "name");
    draft.contract = contracts.iter().position(|c| c.operator == operator && c.id == id).unwrap_or_default();
    for (key, written) in &mut draft.quantities {
        *written = typed(&asset, key);
    }
    let points = baseline.get("points").and_then(Value::as_array).map(|points| {
        let point = |point: &Value| {
            let entries: Vec<String> = point.as_array().into_iter().flatten().map(entry).collect();
            entries.join(" ")
        };
        points.iter().map(point).collect::<Vec<_>>().join(", ")
    });
    draft.baseline =
        points.map_or_else(|| BaselineDraft::Fixed(typed(&baseline, "kw")), BaselineDraft::Daily);
    draft
}

fn entry(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A draft without a mistake.
    fn whole() -> Draft {
        let mut draft = Draft {
            fsp: "NEWFLEX".to_owned(),
            name: "New Flex".to_owned(),
            telephone: "0116 496 0100".to_owned(),
            contracts: vec![ContractDraft {
                id: "EMID-C-2026-0300".to_owned(),
                ..ContractDraft::of("GB-DNO-11")
            }],
            units: AssetKind::ALL.map(UnitDraft::of).to_vec(),
        };
        for (number, unit) in draft.units.iter_mut().enumerate() {
            unit.unit = format!("U-{number}");
        }
        draft
    }

    fn faults(draft: &Draft) -> Vec<String> {
        let found = draft.read(&FleetProfile::demo()).err().unwrap_or_default();
        found.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect()
    }

    #[test]
    fn a_middling_unit_of_every_kind_can_be_and_is_read_as_it_is_written() {
        let mut draft = whole();
        draft.units[0].quantities.insert("capacity_kwh", "12,500".to_owned());
        draft.units[2].baseline = BaselineDraft::Daily("00:00 -300, 07:00 \u{2212}700.5".to_owned());
        draft.contracts[0].gbp_per_mwh = "1,300.50".to_owned();
        let (fsp, fleet) = draft.read(&FleetProfile::demo()).unwrap();
        assert_eq!((fsp.as_str(), fleet.units.len()), ("NEWFLEX", 3));
        assert_eq!((fleet.fsps[0].name.as_str(), fleet.units[0].name.as_str()), ("New Flex", "U-0"));
        assert_eq!(fleet.contracts[0].price_pence_per_mwh, Some(130_050));
        let crate::power::Asset::Battery(battery) = &fleet.units[0].asset else { panic!("{fleet:?}") };
        assert_eq!(battery.capacity_kwh, 12_500.0);
        let points = vec![("00:00".to_owned(), -300.0), ("07:00".to_owned(), -700.5)];
        assert_eq!(fleet.units[2].baseline, crate::power::Baseline::Daily { points });

        // And back into a form.
        let mut again = Draft { contracts: Vec::new(), units: Vec::new(), ..draft };
        again.take_in(&fleet);
        assert_eq!(again.read(&FleetProfile::demo()).unwrap().1, fleet);
    }

    #[test]
    fn every_mistake_is_told_at_its_own_field() {
        for (spoil, says) in [
            ((|d| d.fsp.clear()) as fn(&mut Draft), "fsp: is missing; write the FSP's id"),
            (|d| d.fsp = "NEW FLEX".to_owned(), "fsp: "),
            (|d| d.fsp = "desk".to_owned(), "fsp: `desk` is the desk's own client id"),
            (|d| d.fsp = "BRIGHTFLEX".to_owned(), "fsp: BRIGHTFLEX is known here already"),
            (|d| d.telephone = " ".to_owned(), "telephone: is missing; without it nobody can be called"),
            (|d| d.contracts[0].id.clear(), "contracts[0].id: is missing; write the contract's id"),
            (
                |d| d.contracts[0].operator = "GB-DNO-99".to_owned(),
                "contracts[0].operator: `GB-DNO-99` is not in",
            ),
            (|d| d.contracts[0].product.clear(), "contracts[0].product: is missing"),
            (
                |d| d.contracts[0].poll_seconds = "soon".to_owned(),
                "contracts[0].poll_seconds: `soon` is a text",
            ),
            (|d| d.contracts[0].poll_seconds = "0".to_owned(), "contracts[0].poll_seconds: `0`"),
            (|d| d.contracts[0].gbp_per_mwh = "1,30".to_owned(), "contracts[0].gbp_per_mwh: `1,30`"),
            (
                |d| d.contracts[0].id = "EMID-C-2026-0193".to_owned(),
                "contracts: GB-DNO-11 has contract `EMID-C-2026-0193` on other terms",
            ),
            (
                |d| {
                    d.contracts.push(ContractDraft { id: "C-9".to_owned(), ..ContractDraft::of("GB-DNO-11") })
                },
                "units: no unit is under contract C-9; put one under it",
            ),
            (|d| d.units.clear(), "units: there is no unit yet; add at least one"),
            (|d| d.units[1].unit = "U-0".to_owned(), "units[1].unit: `NEWFLEX/U-0` is a unit twice"),
            (|d| d.units[1].unit = "A B".to_owned(), "units[1].unit: "),
            (
                |d| {
                    d.units[1].quantities.insert("max_kw", String::new());
                },
                "units[1].asset.max_kw: is missing; write a number of kW",
            ),
            (
                |d| {
                    d.units[1].quantities.insert("max_kw", "1,5".to_owned());
                },
                "units[1].asset.max_kw: `1,5` is a text; write a number of kW",
            ),
            (
                |d| {
                    d.units[0].quantities.insert("min_soc", "0.99".to_owned());
                },
                "units[0].asset.",
            ),
            (
                |d| d.units[0].baseline = BaselineDraft::Fixed("x".to_owned()),
                "units[0].baseline.kw: `x` is a text; write net kW",
            ),
            (
                |d| d.units[0].baseline = BaselineDraft::Daily("07:00".to_owned()),
                "units[0].baseline.points[0]: this has 1 entry",
            ),
        ] {
            let mut draft = whole();
            spoil(&mut draft);
            let found = faults(&draft);
            assert!(found.len() == 1 && found[0].starts_with(says), "{says}: {found:?}");
        }
    }

    #[test]
    fn an_empty_form_names_all_that_is_missing() {
        let draft = Draft {
            contracts: vec![ContractDraft::of("GB-DNO-11")],
            units: vec![UnitDraft::of(AssetKind::Battery)],
            ..Draft::default()
        };
        let fields: Vec<String> =
            draft.read(&FleetProfile::demo()).unwrap_err().into_iter().map(|f| f.field).collect();
        assert_eq!(fields, ["fsp", "telephone", "contracts[0].id", "units[0].unit", "units[0].name"]);
    }
}
