//! Fleets of any size, of every model that there is.

use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::generated::{Ingredient, Made, Model, Recipe};

/// `units` units at about `fsps` FSPs, of each model as many.
pub fn of(units: u32, fsps: u32, poll_seconds: u32) -> FleetProfile {
    let models = u32::try_from(Model::ALL.len()).unwrap();
    let share = |whole: u32, place: u32| (whole + models - 1 - place) / models;
    let ingredient = |(place, model)| {
        let units = share(units, place);
        Ingredient { model, units, fsps: share(fsps, place).clamp(1, units.max(1)), kw: (50.0, 5_000.0) }
    };
    let recipe = Recipe {
        seed: 2026,
        operators: vec!["GB-DNO-11".parse().unwrap(), "GB-DNO-14".parse().unwrap()],
        poll_seconds,
        mix: (0..).zip(Model::ALL).map(ingredient).filter(|i| i.units > 0).collect(),
    };
    let Made { contracts, fsps, units } = recipe.made().unwrap();
    FleetProfile { name: format!("{} units", units.len()), contracts, fsps, units, endpoints: Vec::new() }
}
