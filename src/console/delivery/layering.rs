//! What the fleet's delivery is stacked by: one layer for each provider, product or technology.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::desk::snapshot::Snapshot;
use crate::dispatch::DispatchUnit;

/// What one layer of the stack stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StackBy {
    /// A provider.
    #[default]
    Fsp,
    /// A flexibility product: that of each unit's contract.
    Product,
    /// A kind of asset.
    Technology,
}

impl StackBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fsp, Self::Product, Self::Technology];

    /// In a sentence: `stacked by …`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fsp => "FSP",
            Self::Product => "product",
            Self::Technology => "technology",
        }
    }

    /// The layer of each of these units, in their order. A unit that this desk no longer knows is in a layer of that name.
    pub fn layers<'a>(
        self,
        snapshot: &Snapshot,
        units: impl IntoIterator<Item = &'a DispatchUnit>,
    ) -> Vec<String> {
        let known = |unit: &DispatchUnit| {
            let place = snapshot.units.binary_search_by(|u| u.unit.cmp(unit)).ok()?;
            snapshot.units.get(place)
        };
        let products: BTreeMap<_, &str> = match self {
            Self::Product => {
                let contracts = snapshot.contracts.iter();
                contracts.map(|c| ((&c.operator, &c.contract), c.product.as_str())).collect()
            }
            Self::Fsp | Self::Technology => BTreeMap::new(),
        };
        let layer = |unit: &DispatchUnit| match self {
            Self::Fsp => Some(unit.fsp.to_string()),
            Self::Product => {
                let state = known(unit)?;
                products.get(&(&state.operator, &state.contract)).map(|product| (*product).to_owned())
            }
            Self::Technology => known(unit).map(|state| state.kind.clone()),
        };
        let unknown = || format!("unknown {}", self.name());
        units.into_iter().map(|unit| layer(unit).unwrap_or_else(unknown)).collect()
    }
}
