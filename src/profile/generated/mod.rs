//! Fleets that are made from a seed and a mix: the same file gives the same fleet on every machine. Every company is made
//! up; places are towns of Great Britain; telephone numbers are from the ranges that Ofcom keeps for drama.

mod model;
mod names;

pub use model::Model;

use crate::dispatch::{ContractId, DispatchUnit, OperatorId};
use crate::entropy::Entropy;
use crate::power::Meter;

use super::availability::Availability;
use super::fleet::{Contract, Fsp, Unit};
use super::operators::Operators;

/// What a fleet is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Another number, another fleet.
    pub seed: u64,
    /// Who buys, in turn; never none.
    pub operators: Vec<OperatorId>,
    /// Seconds between polls.
    pub poll_seconds: u32,
    /// What it is made of.
    pub mix: Vec<Ingredient>,
}

/// Units of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct Ingredient {
    /// What they are.
    pub model: Model,
    /// How many.
    pub units: u32,
    /// At how many FSPs, 1 to `units`.
    pub fsps: u32,
    /// Least and greatest kW of a unit; sizes between are as frequent on each decade.
    pub kw: (f64, f64),
}

/// Contracts, FSPs and units, each in the order of a fleet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Made {
    /// One for each FSP.
    pub contracts: Vec<Contract>,
    /// All of them.
    pub fsps: Vec<Fsp>,
    /// All of them.
    pub units: Vec<Unit>,
}

impl Recipe {
    /// Makes it.
    ///
    /// # Errors
    /// When a name cannot be made, in words.
    pub fn made(&self) -> Result<Made, String> {
        let mut made = Made::default();
        let mut number = 0;
        for (place, ingredient) in self.mix.iter().enumerate() {
            // Each has its own chance: what is added below does not change what stands above.
            let chance = Entropy::seeded(self.seed).fork(&format!("ingredient {place}"));
            for at in 0..ingredient.fsps {
                self.add_fsp(&mut made, ingredient, (number, at), &chance)?;
                number += 1;
            }
        }
        made.contracts.sort_by(|a, b| (&a.operator, &a.id).cmp(&(&b.operator, &b.id)));
        made.fsps.sort_by(|a, b| a.id.cmp(&b.id));
        made.units.sort_by(|a, b| a.unit.cmp(&b.unit));
        Ok(made)
    }

    /// One FSP, by its number in the fleet and its place in the ingredient, with every so-many-th unit.
    fn add_fsp(
        &self,
        made: &mut Made,
        ingredient: &Ingredient,
        (number, at): (usize, u32),
        chance: &Entropy,
    ) -> Result<(), String> {
        let Ingredient { model, units, fsps, kw } = ingredient;
        let operator =
            self.operators.get(number % self.operators.len().max(1)).ok_or("no operator is named")?;
        let named = Operators::built_in();
        let code = named.get(operator).map_or(operator.as_str(), |known| known.code.as_str());
        let fsp = names::fsp(number, *model);
        let id = fsp.id.parse().map_err(|e| format!("{e}"))?;
        let contract: ContractId =
            format!("{code}-C-{:05}", number + 1).parse().map_err(|e| format!("{e}"))?;
        made.contracts.push(Contract {
            operator: operator.clone(),
            id: contract.clone(),
            product: model.product().to_owned(),
            poll_seconds: self.poll_seconds,
            ack_seconds: 30,
            notice_seconds: model.notice_seconds(),
            price_pence_per_mwh: Some(model.price_pence(chance)),
            fail_safe: None,
        });
        let own = (at..*units).step_by(usize::try_from(*fsps).unwrap_or(1).max(1));
        for (count, _) in own.enumerate() {
            let unit = format!("{}-{:03}", model.prefix(), count + 1);
            let place = names::place(chance);
            let (asset, baseline) = model.made(*kw, chance);
            made.units.push(Unit {
                unit: DispatchUnit {
                    fsp: Clone::clone(&id),
                    unit: unit.parse().map_err(|e| format!("{e}"))?,
                },
                name: format!("{place} {}", model.noun()),
                operator: operator.clone(),
                contract: contract.clone(),
                asset,
                baseline,
                reactive: None,
                meter: Meter::EXACT,
                availability: Availability::Always,
            });
        }
        made.fsps.push(Fsp { id, name: fsp.name, telephone: fsp.telephone });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::fleet::FleetProfile;

    fn recipe() -> Recipe {
        let ingredient = |model| Ingredient { model, units: 23, fsps: 4, kw: (50.0, 5_000.0) };
        Recipe {
            seed: 7,
            operators: vec!["GB-DNO-11".parse().unwrap(), "GB-DNO-14".parse().unwrap()],
            poll_seconds: 10,
            mix: Model::ALL.map(ingredient).to_vec(),
        }
    }

    fn fleet(recipe: &Recipe) -> FleetProfile {
        let Made { contracts, fsps, units } = recipe.made().unwrap();
        FleetProfile { name: "made".to_owned(), contracts, fsps, units, endpoints: Vec::new() }
    }

    #[test]
    fn what_is_made_is_a_fleet_as_a_person_could_have_written_it() {
        let fleet = fleet(&recipe());
        assert_eq!((fleet.units.len(), fleet.fsps.len()), (23 * Model::ALL.len(), 4 * Model::ALL.len()));
        assert_eq!(FleetProfile::from_toml("made.toml", &fleet.to_toml()), Ok(fleet.clone()));
        let of: Vec<usize> = fleet.fsps.iter().map(|fsp| fleet.units_of(&fsp.id).count()).collect();
        assert!(of.iter().all(|units| (5..=6).contains(units)), "{of:?}");
        for unit in &fleet.units {
            let (down, up) = unit.asset.limits_kw(unit.baseline.at(1_795_712_400.0));
            assert!(down < up, "{unit:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_fleet_and_another_gives_another() {
        assert_eq!(fleet(&recipe()), fleet(&recipe()));
        assert_ne!(fleet(&recipe()).units, fleet(&Recipe { seed: 8, ..recipe() }).units);
        // What is added does not change what was there.
        let mut more = recipe();
        more.mix.push(Ingredient { model: Model::Diesel, units: 5, fsps: 1, kw: (100.0, 200.0) });
        let (before, after) = (fleet(&recipe()), fleet(&more));
        assert!(before.units.iter().all(|unit| after.units.contains(unit)));
    }
}
