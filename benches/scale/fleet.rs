//! Fleets of any size, of every model that there is.

use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::generated::{Ingredient, Made, Model, Recipe};

/// `units` units at `fsps` FSPs, a fifth of each model.
pub fn of(units: u32, fsps: u32, poll_seconds: u32) -> FleetProfile {
    let share = |whole: u32, place: u32| (whole + 4 - place) / 5;
    let ingredient = |(place, model)| Ingredient {
        model,
        units: share(units, place),
        fsps: share(fsps, place),
        kw: (50.0, 5_000.0),
    };
    let recipe = Recipe {
        seed: 2026,
        operators: vec!["GB-DNO-11".parse().unwrap(), "GB-DNO-14".parse().unwrap()],
        poll_seconds,
        mix: (0..).zip(Model::ALL).map(ingredient).collect(),
    };
    let Made { contracts, fsps, units } = recipe.made().unwrap();
    FleetProfile { name: format!("{} units", units.len()), contracts, fsps, units, endpoints: Vec::new() }
}
