//! What a register brings to a fleet that is known: whole FSPs. Who is known already stays as it is, so that an exported
//! register with lines added to it can be read again.

use std::collections::{BTreeMap, BTreeSet};

use super::{Register, columns, read, rows, sorted};
use crate::dispatch::{DispatchUnit, FspId, OperatorId};
use crate::profile::fault::FileFault;
use crate::profile::fleet::{Contract, FleetProfile, Unit};

/// What a register brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Additions {
    /// Each FSP that is not known yet, with its contracts and units, in order of id.
    pub newcomers: Vec<FleetProfile>,
    /// How many of its units are known already, just as it has them.
    pub known: usize,
}

/// Reads a register against everyone who is `known`, at a desk that signs for these operators.
///
/// # Errors
/// Every mistake with its line and column: those of [`super::from_csv`], and what does not go with those who are known.
pub fn additions(
    file: &str,
    text: &str,
    known: &FleetProfile,
    operators: &[OperatorId],
) -> Result<Additions, Vec<FileFault>> {
    let (fleet, register) = read(file, text, "Register")?;
    let mut judge = Judge::new(file, known, operators, &fleet, &register);
    fleet.units.iter().for_each(|unit| judge.unit(unit));
    let Judge { faults, same, .. } = judge;
    if !faults.is_empty() {
        return Err(sorted(faults));
    }
    let ids: BTreeSet<&FspId> = fleet.units.iter().map(|unit| &unit.unit.fsp).collect();
    let is_new = |id: &&&FspId| !known.fsps.iter().any(|fsp| fsp.id == ***id);
    let newcomers = ids.iter().filter(is_new).map(|id| of_fsp(&fleet, id)).collect();
    Ok(Additions { newcomers, known: same })
}

/// One FSP of a fleet, with its contracts and units.
fn of_fsp(fleet: &FleetProfile, id: &FspId) -> FleetProfile {
    let units: Vec<Unit> = fleet.units_of(id).cloned().collect();
    let has_unit = |c: &&Contract| units.iter().any(|u| u.operator == c.operator && u.contract == c.id);
    let contracts = fleet.contracts.iter().filter(has_unit).cloned().collect();
    let fsps: Vec<_> = fleet.fsps.iter().filter(|fsp| fsp.id == *id).cloned().collect();
    let name = fsps.first().map_or_else(|| id.to_string(), |fsp| fsp.name.clone());
    FleetProfile { name, contracts, fsps, units, endpoints: Vec::new() }
}

/// Holds each unit of a register against those who are known.
struct Judge<'a> {
    file: &'a str,
    known: &'a FleetProfile,
    operators: &'a [OperatorId],
    fleet: &'a FleetProfile,
    columns: Vec<&'static str>,
    /// The line of each unit.
    lines: BTreeMap<&'a DispatchUnit, u64>,
    /// The cells of each unit as a register has them: of those who are known, and of this one.
    cells_known: BTreeMap<&'a DispatchUnit, Vec<String>>,
    cells: BTreeMap<&'a DispatchUnit, Vec<String>>,
    /// Contracts of which something has been told already.
    told: BTreeSet<(OperatorId, String)>,
    faults: Vec<FileFault>,
    same: usize,
}

impl<'a> Judge<'a> {
    fn new(
        file: &'a str,
        known: &'a FleetProfile,
        operators: &'a [OperatorId],
        fleet: &'a FleetProfile,
        register: &Register,
    ) -> Self {
        let columns = columns();
        let cells_of = |fleet: &'a FleetProfile| {
            fleet.units.iter().map(|unit| &unit.unit).zip(rows(fleet, &columns)).collect::<BTreeMap<_, _>>()
        };
        let written = register.lines();
        let line = |unit: &'a Unit| {
            let names = (unit.unit.fsp.as_str(), unit.unit.unit.as_str());
            Some((&unit.unit, *written.get(&names)?))
        };
        Self {
            lines: fleet.units.iter().filter_map(line).collect(),
            cells_known: cells_of(known),
            cells: cells_of(fleet),
            file,
            known,
            operators,
            fleet,
            columns,
            told: BTreeSet::new(),
            faults: Vec::new(),
            same: 0,
        }
    }

    fn wrong(&mut self, unit: &DispatchUnit, column: &str, message: String) {
        let line = self.lines.get(unit).and_then(|line| usize::try_from(*line).ok());
        let (file, field) = (self.file.to_owned(), column.to_owned());
        self.faults.push(FileFault { file, line, field, message });
    }

    fn unit(&mut self, unit: &'a Unit) {
        if self.known.fsps.iter().any(|fsp| fsp.id == unit.unit.fsp) {
            self.unit_of_known(unit);
        } else {
            self.unit_of_newcomer(unit);
        }
    }

    /// A unit of an FSP that is known is there already, and just so.
    fn unit_of_known(&mut self, unit: &'a Unit) {
        let (id, fsp) = (&unit.unit, &unit.unit.fsp);
        let Some(known) = self.cells_known.get(id) else {
            let message = format!(
                "`{}` is not a unit that {fsp} has here; a register brings whole FSPs, and no unit to one that is known: \
                 leave the line out, or put the unit under an FSP of its own",
                id.unit
            );
            return self.wrong(id, "unit", message);
        };
        let Some(own) = self.cells.get(id) else { return };
        let differing = (0..self.columns.len()).find(|place| known[*place] != own[*place]);
        let Some(place) = differing else {
            self.same += 1;
            return;
        };
        let shown = |cell: &String| if cell.is_empty() { "empty".to_owned() } else { format!("`{cell}`") };
        let message = format!(
            "is {}, and {id} is here with {}; a register changes nobody who is known: write the same, or leave the line out",
            shown(&own[place]),
            shown(&known[place])
        );
        self.wrong(id, self.columns[place], message);
    }

    /// A newcomer's contract is its own, and with an operator that this desk signs for.
    fn unit_of_newcomer(&mut self, unit: &'a Unit) {
        if !self.told.insert((unit.operator.clone(), unit.contract.to_string())) {
            return;
        }
        if !self.operators.contains(&unit.operator) {
            let signs: Vec<&str> = self.operators.iter().map(OperatorId::as_str).collect();
            let message = format!(
                "this desk signs for {} and not for {}; name an operator that it signs for",
                signs.join(" and "),
                unit.operator
            );
            return self.wrong(&unit.unit, "operator", message);
        }
        let under = |u: &&Unit| u.operator == unit.operator && u.contract == unit.contract;
        if let Some(party) = self.known.units.iter().find(under) {
            let message = format!(
                "`{}` is with {} already; a contract is with one FSP: give this one an id of its own",
                unit.contract, party.unit.fsp
            );
            return self.wrong(&unit.unit, "contract", message);
        }
        let (known, own) = (
            self.known.contract(&unit.operator, &unit.contract),
            self.fleet.contract(&unit.operator, &unit.contract),
        );
        if known.is_some() && known != own {
            let message = format!(
                "`{}` is here on other terms already; write the same, or give this one an id of its own",
                unit.contract
            );
            self.wrong(&unit.unit, "contract", message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::to_csv;
    use super::*;
    use crate::profile::availability::Availability;

    const HEADS: &str = "fsp,telephone,unit,operator,contract,product,kind,max_kw,min_stable_kw,start_delay_s,delay_s,ramp_up_kw_per_min,ramp_down_kw_per_min,baseline_kw\n";
    const FIRST: &str =
        "NEWFLEX,0116 496 0100,GEN-01,GB-DNO-11,C-1,Restore,generator,1200,0,60,2,600,600,0\n";
    const SECOND: &str =
        "OTHERFLEX,0116 496 0101,GEN-01,GB-DNO-14,C-1,Restore,generator,900,0,60,2,600,600,0\n";
    const THIRD: &str = "NEWFLEX,,GEN-02,GB-DNO-11,C-1,,generator,900,0,60,2,600,600,0\n";

    fn read_all(text: &str) -> Result<Additions, Vec<String>> {
        let demo = FleetProfile::demo();
        additions("r.csv", text, &demo, &demo.operators())
            .map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn each_newcomer_comes_whole_and_goes_with_those_who_are_known() {
        let found = read_all(&format!("{HEADS}{FIRST}{SECOND}{THIRD}")).unwrap();
        let counts: Vec<_> =
            found.newcomers.iter().map(|new| (new.fsps[0].id.as_str(), new.units.len())).collect();
        assert_eq!((counts.as_slice(), found.known), ([("NEWFLEX", 2), ("OTHERFLEX", 1)].as_slice(), 0));
        let whole =
            found.newcomers.iter().try_fold(FleetProfile::demo(), |whole, new| whole.with(new)).unwrap();
        assert_eq!(whole.units.len(), 15);
    }

    #[test]
    fn an_exported_register_with_lines_added_leaves_who_is_known_as_they_are() {
        let mut demo = FleetProfile::demo();
        // What no register holds is not changed by one either; and 0 kW is 0 kW.
        demo.units[0].availability = Availability::Windows(Vec::new());
        demo.units[1].baseline = crate::power::Baseline::Zero;
        let exported = to_csv(&demo);
        let heads: Vec<&str> = exported.lines().next().unwrap().split(',').collect();
        let mut cells = vec![""; heads.len()];
        let row: Vec<&str> = FIRST.trim().split(',').collect();
        for (head, cell) in HEADS.trim().split(',').zip(row) {
            cells[heads.iter().position(|h| *h == head).unwrap()] = cell;
        }
        let text = format!("{exported}{}\n", cells.join(","));
        let found = additions("r.csv", &text, &demo, &demo.operators()).unwrap();
        assert_eq!((found.newcomers.len(), found.known), (1, 12));
        let nothing_new = additions("r.csv", &exported, &demo, &demo.operators()).unwrap();
        assert_eq!(nothing_new, Additions { newcomers: Vec::new(), known: 12 });
    }

    #[test]
    fn what_does_not_go_with_those_who_are_known_is_told_with_its_line_and_column() {
        let exported = to_csv(&FleetProfile::demo());
        let changed = exported.replacen("Solihull battery", "Shirley battery", 1);
        let second_unit = FIRST.replace("NEWFLEX,0116 496 0100", "BRIGHTFLEX,0114 496 0142");
        let rows = [
            (
                changed,
                "r.csv:2: name: is `Shirley battery`, and ARDENFLEX/BESS-21 is here with `Solihull battery`; a register \
                 changes nobody who is known",
            ),
            (
                format!("{HEADS}{second_unit}"),
                "r.csv:2: unit: `GEN-01` is not a unit that BRIGHTFLEX has here; a register brings whole FSPs",
            ),
            (
                format!("{HEADS}{FIRST}{}", SECOND.replace("GB-DNO-14,C-1", "GB-DNO-14,WMID-C-2026-0061")),
                "r.csv:3: contract: `WMID-C-2026-0061` is with COLDCHAIN already; a contract is with one FSP",
            ),
            (
                format!("{HEADS}{FIRST}{}", SECOND.replace("GB-DNO-14", "GB-DNO-10")),
                "r.csv:3: operator: this desk signs for GB-DNO-11 and GB-DNO-14 and not for GB-DNO-10",
            ),
        ];
        for (text, says) in rows {
            let faults = read_all(&text).unwrap_err();
            assert_eq!(faults.len(), 1, "{faults:#?}");
            assert!(faults[0].starts_with(says), "{says}: {faults:#?}");
        }
    }

    #[test]
    fn a_contract_that_nobody_is_under_any_more_is_taken_up_on_its_own_terms_alone() {
        let mut known = FleetProfile::demo();
        let mut contract = known.contracts[0].clone();
        contract.id = "C-1".parse().unwrap();
        known.contracts.push(contract);
        let text = format!("{HEADS}{FIRST}{THIRD}");
        let faults = additions("r.csv", &text, &known, &known.operators()).unwrap_err();
        assert_eq!(faults.len(), 1, "told once, not at each unit: {faults:#?}");
        assert!(faults[0].to_string().starts_with("r.csv:2: contract: `C-1` is here on other terms already"));
    }
}
