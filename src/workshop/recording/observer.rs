//! Looks at one picture after the other and says what has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::change::{Change, Fields, Part, differing, series_fields};
use super::record::{DispatchRecord, FspRecord, PictureRecord, UnitRecord};
use crate::desk::snapshot::{Alarm, DispatchState, Snapshot, UnitState};
use crate::dispatch::KeyRing;
use crate::power::Series;
use crate::profile::faults::FaultPlan;
use crate::profile::trust::Trust;

/// Holds the picture last seen, and what was recorded of it.
#[derive(Default)]
pub(super) struct Observer {
    last: Option<Arc<Snapshot>>,
    faults: FaultPlan,
    recorded: BTreeMap<Part, BTreeMap<String, Fields>>,
}

/// The changes of one picture as they are found.
struct Found<'o> {
    recorded: &'o mut BTreeMap<Part, BTreeMap<String, Fields>>,
    changes: Vec<Change>,
}

impl Observer {
    /// What is otherwise in this picture, and in what has gone wrong, than in the one before; of the first, all. A part that is the very same in both is
    /// not looked at.
    pub fn changes(&mut self, snapshot: &Arc<Snapshot>, faults: &FaultPlan) -> Vec<Change> {
        let is_switched = self.faults != *faults;
        self.faults.clone_from(faults);
        let last = self.last.replace(Arc::clone(snapshot));
        let mut found = Found { recorded: &mut self.recorded, changes: Vec::new() };
        found.surroundings(last.as_deref(), snapshot);
        found.fsps_and_units(last.as_deref(), snapshot);
        found.dispatches(last.as_deref(), snapshot);
        found.alarms(last.as_deref(), snapshot);
        found.news(last.as_deref(), snapshot);
        if is_switched {
            found.whole(Part::Faults, String::new(), &json!({ "toml": faults.to_toml() }));
        }
        found.part(Part::Picture, String::new(), &PictureRecord::of(snapshot));
        found.changes
    }
}

impl Found<'_> {
    fn surroundings(&mut self, last: Option<&Snapshot>, now: &Snapshot) {
        if last.is_none_or(|last| !Arc::ptr_eq(&last.fleet, &now.fleet)) {
            self.part(Part::Fleet, String::new(), &json!({ "toml": now.fleet.to_toml() }));
            self.keep_only(Part::Unit, now.units.iter().map(|unit| unit.unit.to_string()));
            self.keep_only(Part::Fsp, now.fsps.iter().map(|fsp| fsp.id.to_string()));
        }
        let trust = trust_of(now);
        if last.is_none_or(|last| trust_of(last) != trust) {
            self.part(
                Part::Keys,
                String::new(),
                &json!({ "toml": written(trust.all().next().is_some(), || trust.to_toml()) }),
            );
        }
        if last.is_none_or(|last| last.approval != now.approval) {
            self.part(
                Part::Approval,
                String::new(),
                &json!({ "toml": written(!now.approval.limits().is_empty(), || now.approval.to_toml()) }),
            );
        }
    }

    fn fsps_and_units(&mut self, last: Option<&Snapshot>, now: &Snapshot) {
        for fsp in &now.fsps {
            let before = last.and_then(|last| {
                last.fsps.binary_search_by(|f| f.id.cmp(&fsp.id)).ok().map(|place| &last.fsps[place])
            });
            if before.is_none_or(|before| !Arc::ptr_eq(before, fsp)) {
                self.part(Part::Fsp, fsp.id.to_string(), &FspRecord::of(fsp));
            }
        }
        for unit in &now.units {
            let before = last.and_then(|last| {
                last.units.binary_search_by(|u| u.unit.cmp(&unit.unit)).ok().map(|place| &last.units[place])
            });
            if before.is_none_or(|before| !Arc::ptr_eq(before, unit)) {
                self.unit(before.map(AsRef::as_ref), unit);
            }
        }
    }

    fn unit(&mut self, before: Option<&UnitState>, unit: &UnitState) {
        let id = unit.unit.to_string();
        self.part(Part::Unit, id.clone(), &UnitRecord::of(unit));
        self.series(Part::Power, &id, before.map(|b| &b.readings), &unit.readings);
        self.series(Part::Charge, &id, before.map(|b| b.charge.values()), unit.charge.values());
    }

    fn dispatches(&mut self, last: Option<&Snapshot>, now: &Snapshot) {
        let before: BTreeMap<_, &Arc<DispatchState>> =
            last.into_iter().flat_map(|last| &last.dispatches).map(|state| (&state.key, state)).collect();
        for dispatch in &now.dispatches {
            let before = before.get(&dispatch.key).copied();
            if before.is_some_and(|before| Arc::ptr_eq(before, dispatch)) {
                continue;
            }
            let id = dispatch.key.to_string();
            self.part(Part::Dispatch, id.clone(), &DispatchRecord::of(dispatch));
            self.series(Part::Delivered, &id, before.map(|b| &b.readings), &dispatch.readings);
            self.series(Part::Reactive, &id, before.map(|b| &b.reactive), &dispatch.reactive);
        }
        if before.len() > now.dispatches.len() || last.is_some_and(|last| is_other(last, now)) {
            self.keep_only(Part::Dispatch, now.dispatches.iter().map(|state| state.key.to_string()));
        }
    }

    fn alarms(&mut self, last: Option<&Snapshot>, now: &Snapshot) {
        let (listed, shelved) = (last.map(|last| &last.alarms), last.map(|last| &last.shelved));
        for (part, before, alarms) in
            [(Part::Alarm, listed, &now.alarms), (Part::Shelved, shelved, &now.shelved)]
        {
            if before.is_some_and(|before| Arc::ptr_eq(before, alarms)) {
                continue;
            }
            let before: BTreeMap<u64, &Arc<Alarm>> =
                before.into_iter().flat_map(|list| list.iter()).map(|alarm| (alarm.id, alarm)).collect();
            for alarm in alarms.iter() {
                if before.get(&alarm.id).is_none_or(|before| !Arc::ptr_eq(before, alarm)) {
                    self.part(part, alarm.id.to_string(), &**alarm);
                }
            }
            self.keep_only(part, alarms.iter().map(|alarm| alarm.id.to_string()));
        }
    }

    /// Outcomes and entries of the journal are only added to.
    fn news(&mut self, last: Option<&Snapshot>, now: &Snapshot) {
        let new_since = |seen: Option<&Arc<_>>| {
            let place = seen.and_then(|seen| now.outcomes.iter().rposition(|o| Arc::ptr_eq(o, seen)));
            place.map_or(0, |place| place + 1)
        };
        let first = new_since(last.and_then(|last| last.outcomes.last()));
        for outcome in &now.outcomes[first..] {
            self.whole(Part::Outcome, outcome.command.0.to_string(), &**outcome);
        }
        let seen = last.and_then(|last| last.journal_tail.last()).map_or(0, |entry| entry.number);
        for entry in now.journal_tail.iter().filter(|entry| entry.number > seen) {
            self.whole(Part::Entry, entry.number.to_string(), &**entry);
        }
    }

    /// Records the fields of a part that are otherwise than they were recorded last.
    fn part(&mut self, part: Part, id: String, record: &impl Serialize) {
        let now = fields_of(record);
        let recorded = self.recorded.entry(part).or_default().entry(id.clone()).or_default();
        let fields = differing(recorded, &now);
        *recorded = now;
        // A publication ends with its picture, whatever is in it.
        if !fields.is_empty() || part == Part::Picture {
            self.changes.push(Change { part, id, fields });
        }
    }

    fn whole(&mut self, part: Part, id: String, record: &impl Serialize) {
        self.changes.push(Change { part, id, fields: fields_of(record) });
    }

    fn series(&mut self, part: Part, id: &str, before: Option<&Series>, now: &Series) {
        let nothing = Series::default();
        if let Some(change) = now.change_since(before.unwrap_or(&nothing)) {
            self.changes.push(Change { part, id: id.to_owned(), fields: series_fields(&change) });
        }
    }

    /// Forgets what is not in the picture any more: whoever reads the recording forgets it too.
    fn keep_only(&mut self, part: Part, ids: impl Iterator<Item = String>) {
        let kept: std::collections::BTreeSet<String> = ids.collect();
        if let Some(recorded) = self.recorded.get_mut(&part) {
            recorded.retain(|id, _| kept.contains(id));
        }
    }
}

/// Whether other dispatches are in a picture than in the one before.
fn is_other(last: &Snapshot, now: &Snapshot) -> bool {
    last.dispatches.len() != now.dispatches.len()
        || last.dispatches.iter().zip(&now.dispatches).any(|(a, b)| a.key != b.key)
}

/// A file, or nothing where it would say nothing: such a file is a mistake elsewhere.
fn written(says_something: bool, file: impl FnOnce() -> String) -> String {
    if says_something { file() } else { String::new() }
}

/// The public keys that a picture shows.
fn trust_of(snapshot: &Snapshot) -> Trust {
    Trust {
        operators: snapshot.operators.iter().map(|o| (o.id.clone(), KeyRing::clone(&o.keys))).collect(),
        fsps: snapshot.fsps.iter().map(|f| (f.id.clone(), KeyRing::clone(&f.keys))).collect(),
    }
}

fn fields_of(record: &impl Serialize) -> Fields {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        // Every record is a struct of what JSON can say; a float that is not finite becomes null.
        _ => Fields::new(),
    }
}
