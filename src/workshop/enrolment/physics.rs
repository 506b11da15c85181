//! A unit's physics as they are typed, apart from all else that is declared of it.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::draft::{DraftFault, UnitDraft};
use super::kind::{AssetKind, Quantity};
use super::written;
use crate::power::{Asset, Baseline};
use crate::profile::fault::FileFault;
use crate::profile::{physics, typed};

/// An asset of a unit in texts.
#[derive(Clone, Debug, PartialEq)]
pub struct PhysicsDraft {
    /// What it is.
    pub kind: AssetKind,
    /// What is typed, by key.
    pub quantities: BTreeMap<&'static str, String>,
    /// As it is declared; what no field holds stays as it is.
    declared: Table,
}

impl PhysicsDraft {
    /// As declared.
    pub fn of(asset: &Asset) -> Self {
        let written: Table = physics::asset_to_toml(asset).parse().unwrap_or_default();
        let declared = written.get("asset").and_then(Value::as_table).cloned().unwrap_or_default();
        let kind = AssetKind::of(asset);
        let is_held = |key: &str| declared.contains_key(key) || !Self::is_of_weather(key);
        let typed = |key: &str| match declared.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            // What need not be declared is written when it is something.
            None => "0".to_owned(),
        };
        let quantities = kind.quantities().iter().map(|quantity| quantity.key);
        let quantities = quantities.filter(|key| is_held(key)).map(|key| (key, typed(key))).collect();
        Self { kind, quantities, declared }
    }

    /// A farm's weather is drawn from these, or declared as a profile of the day, which no field holds.
    fn is_of_weather(key: &str) -> bool {
        matches!(key, "seed" | "mean_m_per_s")
    }

    /// The fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &'static Quantity> + '_ {
        self.kind.quantities().iter().filter(|quantity| self.quantities.contains_key(quantity.key))
    }

    /// Reads it by the rules of a fleet file.
    ///
    /// # Errors
    /// What is wrong with which field, by its key.
    pub fn read(&self) -> Result<Asset, Vec<DraftFault>> {
        let mut table = self.declared.clone();
        for (key, text) in &self.quantities {
            match typed::number(text) {
                Some(value) => table.insert((*key).to_owned(), value),
                None => table.remove(*key),
            };
        }
        let root: Table = [("asset".to_owned(), Value::Table(table))].into_iter().collect();
        let key_of = |fault: FileFault| {
            let field = fault.field.strip_prefix("asset.").unwrap_or(&fault.field).to_owned();
            DraftFault { field, message: fault.message }
        };
        let read = physics::asset_from_toml(&root.to_string());
        read.map_err(|faults| faults.into_iter().map(key_of).collect())
    }
}

impl UnitDraft {
    /// What can be read of its physics; `None` while a field of them is wrong.
    pub fn physics(&self) -> Option<(Asset, Baseline)> {
        let root = |key: &str, value| [(key.to_owned(), value)].into_iter().collect::<Table>().to_string();
        let asset = physics::asset_from_toml(&root("asset", written::asset(self))).ok()?;
        let baseline =
            physics::baseline_from_toml(&root("baseline", written::baseline(&self.baseline))).ok()?;
        Some((asset, baseline))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::{Available, Renewable};

    fn farm(available: Available) -> Asset {
        let (delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min) = (5.0, 4000.0, 16_000.0);
        Asset::Renewable(Renewable {
            max_kw: 8000.0,
            available,
            delay_s,
            ramp_up_kw_per_min,
            ramp_down_kw_per_min,
        })
    }

    #[test]
    fn a_middling_unit_of_every_kind_can_be_typed_and_typed_again() {
        for kind in AssetKind::ALL {
            let (asset, _) = UnitDraft::of(kind).physics().unwrap();
            let draft = PhysicsDraft::of(&asset);
            assert_eq!(draft.read(), Ok(asset), "{kind:?}");
            assert_eq!(draft.fields().count(), kind.quantities().len(), "{kind:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field_and_a_unit_that_cannot_be_has_no_physics() {
        let asset = UnitDraft::of(AssetKind::Generator).physics().unwrap().0;
        let mut draft = PhysicsDraft::of(&asset);
        for (text, says) in [("", "missing"), ("fast", "fast"), ("-5", "-5")] {
            draft.quantities.insert("ramp_up_kw_per_min", text.to_owned());
            let faults = draft.read().unwrap_err();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert_eq!(faults[0].field, "ramp_up_kw_per_min");
            assert!(faults[0].message.contains(says), "{text}: {faults:?}");
        }
        let mut unit = UnitDraft::of(AssetKind::Generator);
        unit.quantities.insert("max_kw", "none".to_owned());
        assert_eq!(unit.physics(), None);
    }

    #[test]
    fn a_profile_of_the_day_stays_as_it_is_declared() {
        let profile = Available::Daily {
            points: vec![("00:00".to_owned(), 0.0), ("12:00".to_owned(), 5000.0)],
            is_windy: false,
        };
        let asset = farm(profile);
        let mut draft = PhysicsDraft::of(&asset);
        let keys: Vec<&str> = draft.fields().map(|quantity| quantity.key).collect();
        assert_eq!(keys, ["max_kw", "ramp_up_kw_per_min", "ramp_down_kw_per_min", "delay_s"]);
        assert_eq!(draft.read(), Ok(asset));
        draft.quantities.insert("delay_s", "9".to_owned());
        let Ok(Asset::Renewable(read)) = draft.read() else { panic!("{:?}", draft.read()) };
        assert_eq!(read.delay_s, 9.0);
    }
}
