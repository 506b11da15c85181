//! The picture that the changes up to some place of a recording make.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::change::{Change, Fields, Part, series_change, take_into};
use super::record::{DispatchRecord, FspRecord, PictureRecord, UnitRecord};
use crate::desk::charge::ChargeTrail;
use crate::desk::lifeline::Lifeline;
use crate::desk::snapshot::{
    Alarm, ContractState, DispatchState, FspState, LinkState, OperatorState, Outcome, Snapshot, UnitState,
};
use crate::dispatch::{DispatchUnit, FspId, IdentifierError};
use crate::journal::Recorded;
use crate::power::{Series, SeriesChange};
use crate::profile::approval::ApprovalRules;
use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::profile::trust::Trust;
use crate::time::UtcTime;

/// So many outcomes and entries are in a picture at the most, as in the desk's own.
const OUTCOMES: usize = 200;
const ENTRIES: usize = 500;

/// A picture being made. Cloning shares what is large.
#[derive(Clone, Default)]
pub(super) struct Picture {
    fields: BTreeMap<Part, BTreeMap<String, Arc<Fields>>>,
    fleet: Arc<FleetProfile>,
    contracts: Arc<Vec<ContractState>>,
    trust: Arc<Trust>,
    approval: Arc<ApprovalRules>,
    fsps: BTreeMap<FspId, Arc<FspState>>,
    units: BTreeMap<DispatchUnit, Arc<UnitState>>,
    dispatches: BTreeMap<String, Arc<DispatchState>>,
    alarms: BTreeMap<u64, Arc<Alarm>>,
    shelved: BTreeMap<u64, Arc<Alarm>>,
    outcomes: VecDeque<Arc<Outcome>>,
    entries: VecDeque<Arc<Recorded>>,
    shown: Option<Arc<PictureRecord>>,
}

impl Picture {
    /// Takes a change in.
    ///
    /// # Errors
    /// What of it cannot be, in words.
    pub fn take(&mut self, change: Change) -> Result<(), String> {
        let Change { part, id, fields } = change;
        match part {
            Part::Power | Part::Charge => self.take_series_of_unit(part, &id, &series_change(&fields)?),
            Part::Delivered | Part::Reactive => {
                self.take_series_of_dispatch(part, &id, &series_change(&fields)?)
            }
            Part::Outcome => {
                self.outcomes.push_back(Arc::new(read(&fields)?));
                self.outcomes.drain(..self.outcomes.len().saturating_sub(OUTCOMES));
                Ok(())
            }
            Part::Entry => {
                self.entries.push_back(Arc::new(read(&fields)?));
                self.entries.drain(..self.entries.len().saturating_sub(ENTRIES));
                Ok(())
            }
            // Of no picture: what went wrong nobody at the desk was shown.
            Part::Faults => Ok(()),
            part => {
                let merged = self.merge(part, &id, fields)?;
                self.take_part(part, &id, &merged)
            }
        }
    }

    fn merge(&mut self, part: Part, id: &str, changed: Fields) -> Result<Arc<Fields>, String> {
        let held = self.fields.entry(part).or_default().entry(id.to_owned()).or_default();
        take_into(Arc::make_mut(held), changed)?;
        Ok(Arc::clone(held))
    }

    fn take_part(&mut self, part: Part, id: &str, fields: &Fields) -> Result<(), String> {
        match part {
            Part::Fleet => {
                let fleet = FleetProfile::from_toml("the recorded fleet", text(fields)?).map_err(first)?;
                self.take_fleet(fleet)?;
            }
            Part::Keys => {
                let keys = text(fields)?;
                let trust = if keys.is_empty() {
                    Trust::default()
                } else {
                    Trust::from_toml("the recorded keys", keys).map_err(first)?
                };
                self.take_trust(trust);
            }
            Part::Approval => {
                let rules = text(fields)?;
                self.approval = Arc::new(if rules.is_empty() {
                    ApprovalRules::default()
                } else {
                    ApprovalRules::from_toml("the recorded rules", rules).map_err(first)?
                });
            }
            Part::Fsp => {
                let state = self.fsp_mut(id)?;
                read::<FspRecord>(fields)?.onto(state);
            }
            Part::Unit => read::<UnitRecord>(fields)?.onto(self.unit_mut(id)?),
            Part::Dispatch => {
                let before = self.dispatches.get(id).map(AsRef::as_ref);
                let state = read::<DispatchRecord>(fields)?.state(before)?;
                self.dispatches.insert(id.to_owned(), Arc::new(state));
            }
            Part::Alarm => {
                self.alarms.insert(number(id)?, Arc::new(read(fields)?));
            }
            Part::Shelved => {
                self.shelved.insert(number(id)?, Arc::new(read(fields)?));
            }
            Part::Picture => self.close(read(fields)?),
            Part::Power
            | Part::Charge
            | Part::Delivered
            | Part::Reactive
            | Part::Outcome
            | Part::Entry
            | Part::Faults => {}
        }
        Ok(())
    }

    /// What was recorded of FSPs and units that stay still holds; those that left are gone.
    fn take_fleet(&mut self, fleet: FleetProfile) -> Result<(), String> {
        let (mut fsps, mut units) = (BTreeMap::new(), BTreeMap::new());
        for fsp in &fleet.fsps {
            let mut state = FspState {
                id: fsp.id.clone(),
                name: fsp.name.clone(),
                telephone: fsp.telephone.clone(),
                client: LinkState::Unknown,
                last_poll: None,
                keys: Arc::new(self.trust.fsps.get(&fsp.id).cloned().unwrap_or_default()),
                poll_seconds: 0,
                heard: Lifeline::default(),
            };
            if let Some(fields) = self.held(Part::Fsp, fsp.id.as_str()) {
                read::<FspRecord>(fields)?.onto(&mut state);
            }
            fsps.insert(fsp.id.clone(), Arc::new(state));
        }
        for unit in &fleet.units {
            let mut state = UnitState::of(unit, UtcTime::from_unix(0));
            if let Some(before) = self.units.get(&unit.unit) {
                (state.readings, state.charge) = (before.readings.clone(), before.charge.clone());
            }
            if let Some(fields) = self.held(Part::Unit, &unit.unit.to_string()) {
                read::<UnitRecord>(fields)?.onto(&mut state);
            }
            units.insert(unit.unit.clone(), Arc::new(state));
        }
        (self.fsps, self.units) = (fsps, units);
        self.contracts = Arc::new(ContractState::all_of(&fleet));
        self.fleet = Arc::new(fleet);
        let (units, fsps): (BTreeSet<String>, BTreeSet<String>) = (
            self.units.keys().map(ToString::to_string).collect(),
            self.fsps.keys().map(ToString::to_string).collect(),
        );
        self.keep_only(Part::Unit, &units);
        self.keep_only(Part::Fsp, &fsps);
        Ok(())
    }

    fn held(&self, part: Part, id: &str) -> Option<&Fields> {
        self.fields.get(&part)?.get(id).map(AsRef::as_ref)
    }

    fn take_trust(&mut self, trust: Trust) {
        for (id, state) in &mut self.fsps {
            Arc::make_mut(state).keys = Arc::new(trust.fsps.get(id).cloned().unwrap_or_default());
        }
        self.trust = Arc::new(trust);
    }

    fn take_series_of_unit(&mut self, part: Part, id: &str, change: &SeriesChange) -> Result<(), String> {
        let unit = self.unit_mut(id)?;
        if part == Part::Power {
            unit.readings.take(change);
        } else {
            let mut values = unit.charge.values().clone();
            values.take(change);
            unit.charge = ChargeTrail::of(values);
        }
        Ok(())
    }

    fn take_series_of_dispatch(&mut self, part: Part, id: &str, change: &SeriesChange) -> Result<(), String> {
        let state = self.dispatches.get_mut(id).ok_or_else(|| format!("readings of no dispatch: `{id}`"))?;
        let state = Arc::make_mut(state);
        let series: &mut Series =
            if part == Part::Delivered { &mut state.readings } else { &mut state.reactive };
        series.take(change);
        Ok(())
    }

    /// A publication is whole: what is not listed is not in the picture any more.
    fn close(&mut self, record: PictureRecord) {
        let dispatches: BTreeSet<String> = record.dispatches.iter().map(ToString::to_string).collect();
        if dispatches.len() < self.dispatches.len() {
            self.dispatches.retain(|id, _| dispatches.contains(id));
            self.keep_only(Part::Dispatch, &dispatches);
        }
        for (part, listed) in [(Part::Alarm, &record.alarms), (Part::Shelved, &record.shelved)] {
            let held = if part == Part::Alarm { &mut self.alarms } else { &mut self.shelved };
            if listed.len() < held.len() {
                let listed: BTreeSet<u64> = listed.iter().copied().collect();
                held.retain(|id, _| listed.contains(id));
                self.keep_only(part, &listed.iter().map(ToString::to_string).collect());
            }
        }
        self.shown = Some(Arc::new(record));
    }

    fn keep_only(&mut self, part: Part, ids: &BTreeSet<String>) {
        if let Some(held) = self.fields.get_mut(&part) {
            held.retain(|id, _| ids.contains(id));
        }
    }

    fn unit_mut(&mut self, id: &str) -> Result<&mut UnitState, String> {
        let unit: DispatchUnit = id.parse()?;
        let state = self.units.get_mut(&unit).ok_or_else(|| format!("the fleet has no unit `{unit}`"))?;
        Ok(Arc::make_mut(state))
    }

    fn fsp_mut(&mut self, id: &str) -> Result<&mut FspState, String> {
        let fsp: FspId = id.parse().map_err(|e: IdentifierError| e.to_string())?;
        let state = self.fsps.get_mut(&fsp).ok_or_else(|| format!("the fleet has no FSP `{fsp}`"))?;
        Ok(Arc::make_mut(state))
    }

    /// An alarm by its number, wherever it stands.
    pub fn alarm(&self, id: &str) -> Option<&Arc<Alarm>> {
        let id = id.parse().ok()?;
        self.alarms.get(&id).or_else(|| self.shelved.get(&id))
    }

    /// A dispatch by its name.
    pub fn dispatch(&self, id: &str) -> Option<&Arc<DispatchState>> {
        self.dispatches.get(id)
    }

    /// What came of the last command.
    pub fn last_outcome(&self) -> Option<&Arc<Outcome>> {
        self.outcomes.back()
    }

    /// The picture; `None` before the first publication, or when it lists what was never told of.
    pub fn snapshot(&self) -> Option<Snapshot> {
        let record = self.shown.as_deref()?;
        let listed = |ids: &[u64], held: &BTreeMap<u64, Arc<Alarm>>| {
            ids.iter().map(|id| held.get(id).cloned()).collect::<Option<Vec<_>>>().map(Arc::from)
        };
        let dispatches = record.dispatches.iter().map(|key| self.dispatches.get(&key.to_string()).cloned());
        let operators = record.operators.iter().map(|operator| OperatorState {
            id: operator.id.clone(),
            name: operator.name.clone(),
            key_id: operator.key_id.clone(),
            stops_with: operator.stops_with.clone(),
            keys: Arc::new(self.trust.operators.get(&operator.id).cloned().unwrap_or_default()),
        });
        Some(Snapshot {
            sequence: record.sequence,
            mode: record.mode,
            approval: Arc::clone(&self.approval),
            now: record.now,
            vtn: record.vtn(),
            operators: operators.collect(),
            presence: Arc::new(record.presence.clone()),
            fleet: Arc::clone(&self.fleet),
            contracts: Arc::clone(&self.contracts),
            fsps: self.fsps.values().cloned().collect(),
            units: self.units.values().cloned().collect(),
            dispatches: dispatches.collect::<Option<_>>()?,
            alarms: listed(&record.alarms, &self.alarms)?,
            shelved: listed(&record.shelved, &self.shelved)?,
            alarm_load: record.alarm_load,
            outcomes: self.outcomes.iter().cloned().collect(),
            journal_tail: self.entries.iter().cloned().collect(),
            journal_file: None,
        })
    }
}

fn read<T: DeserializeOwned>(fields: &Fields) -> Result<T, String> {
    serde_json::from_value(Value::Object(fields.clone())).map_err(|error| error.to_string())
}

fn text(fields: &Fields) -> Result<&str, String> {
    fields.get("toml").and_then(Value::as_str).ok_or_else(|| "a file of it has no text".to_owned())
}

fn number(id: &str) -> Result<u64, String> {
    id.parse().map_err(|_| "an alarm has no number".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "given to `map_err` by its name")]
fn first(faults: Vec<FileFault>) -> String {
    faults.first().map_or_else(|| "a file of it cannot be read".to_owned(), ToString::to_string)
}
