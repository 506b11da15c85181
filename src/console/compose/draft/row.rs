//! One level of a draft, as typed.

use serde::{Deserialize, Serialize};

use crate::console::compose::entry::{self, TimeEntry};
use crate::dispatch::{Price, PricePer, Reference};

/// A row of the draft, the same through all edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowId(pub(super) u64);

/// Which power a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Real power.
    Real,
    /// Reactive power.
    Reactive,
}

/// The unit that a row's volume is typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scale {
    /// kW or kvar.
    Kilo,
    /// MW or Mvar.
    Mega,
}

impl Scale {
    /// Watts, or vars, in one.
    pub fn factor(self) -> i64 {
        match self {
            Self::Kilo => 1_000,
            Self::Mega => 1_000_000,
        }
    }

    /// The unit's sign for a kind of power.
    pub fn unit(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Kilo, Kind::Real) => "kW",
            (Self::Mega, Kind::Real) => "MW",
            (Self::Kilo, Kind::Reactive) => "kvar",
            (Self::Mega, Kind::Reactive) => "Mvar",
        }
    }
}

/// One level of one kind of power at one time, as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which.
    pub id: RowId,
    /// When, London time.
    pub time: TimeEntry,
    /// How much, in `scale`.
    pub volume: String,
    /// What `volume` is in.
    pub scale: Scale,
    /// From what it is measured; not chosen yet when `None`.
    pub reference: Option<Reference>,
    /// Of what.
    pub kind: Kind,
    /// Pounds per `per`; empty for none.
    pub price: String,
    /// What the price is for.
    pub per: PricePer,
}

impl Row {
    /// The volume in whole watts or vars.
    ///
    /// # Errors
    /// A sentence that says what would be right.
    pub fn amount(&self) -> Result<i64, String> {
        let finest = if self.kind == Kind::Real { "1 W" } else { "1 var" };
        entry::whole(&self.volume, self.scale.factor(), finest)
    }

    /// The volume that was probably meant, where it cannot be read; `None` where nobody can say.
    pub fn nearest_amount(&self) -> Option<i64> {
        entry::nearest(&self.volume, self.scale.factor())
    }

    /// The price, if there is one.
    ///
    /// # Errors
    /// A sentence that says what would be right.
    pub fn price(&self) -> Result<Option<Price>, String> {
        if self.price.trim().is_empty() {
            return Ok(None);
        }
        let pence = entry::whole(self.price.trim().trim_start_matches('£'), 100, "one penny")?;
        Ok(Some(Price { pence, per: self.per }))
    }

    /// Writes the volume anew.
    pub fn set_amount(&mut self, amount: i64) {
        self.volume = entry::typed(amount, self.scale.factor());
    }

    /// Types the volume in another unit, the same power.
    pub fn set_scale(&mut self, scale: Scale) {
        let amount = self.amount();
        self.scale = scale;
        if let Ok(amount) = amount {
            self.set_amount(amount);
        }
    }

    /// Makes it a row of the other kind of power.
    pub fn set_kind(&mut self, kind: Kind) {
        self.kind = kind;
        self.per = match (self.per, kind) {
            (PricePer::Window, _) => PricePer::Window,
            (_, Kind::Real) => PricePer::Mwh,
            (_, Kind::Reactive) => PricePer::Mvarh,
        };
    }
}
