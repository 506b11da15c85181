//! Reactive power: what a unit can give beside its real power, which of the two gives way, and what comes of it over
//! time.
//!
//! Generation convention: +kvar = export (lagging, producing vars), as Piclo's words have it. The baseline of reactive
//! power is 0 kvar, so a DELTA level and an ABSOLUTE one ask the same.
//!
//! Read in this order: [`region`] where a unit can be, [`Capability`] which of kW and kvar is kept, [`request`] what is
//! asked, [`room`] the real power that is planned beside it, [`path`] what is delivered, exact at any instant.

mod path;
mod polygon;
mod region;
mod request;
mod room;
#[cfg(test)]
mod tests;

pub use path::{Path, Shortfall};
pub use polygon::Polygon;
pub use region::Region;
pub use request::Request;

use super::bounds::{Faults, MAX_KW};

/// Powers nearer than this are the same, kW or kvar.
const NEAR: f64 = 1e-7;

/// Which of real and reactive power is kept when both cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Reactive power is clipped first and real power kept: what holds where nothing is said.
    Real,
    /// Reactive power is kept, and real power gives way towards 0, never away from it.
    Reactive,
}

impl Priority {
    /// As files write it: `real`, `reactive`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Reactive => "reactive",
        }
    }
}

/// What reactive power a unit can give: the points of (kW, kvar) that it can be at, and which of the two is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Capability {
    region: Region,
    priority: Priority,
}

/// What is wrong with a declared capability: each as field and sentence.
pub type CapabilityFaults = Vec<(&'static str, String)>;

impl Capability {
    /// A chart of (kW, kvar) corners in order round it, either way: at least 3, convex, with 0 kW at 0 kvar in it.
    ///
    /// # Errors
    /// What is wrong with the corners.
    pub fn polygon(vertices: Vec<(f64, f64)>, priority: Priority) -> Result<Self, CapabilityFaults> {
        let polygon = Polygon::new(vertices).map_err(|sentence| vec![("vertices", sentence)])?;
        Ok(Self { region: Region::Polygon(polygon), priority })
    }

    /// An inverter that gives any kW and kvar within its kVA, also while it idles: at P kW up to √(S² − P²) kvar
    /// either way (OpenDSS, Storage and PVSystem).
    ///
    /// # Errors
    /// What is wrong with the kVA.
    pub fn inverter(kva: f64, priority: Priority) -> Result<Self, CapabilityFaults> {
        let mut faults = Faults::default();
        faults.above_zero("kva", kva, MAX_KW, "kVA");
        if faults.0.is_empty() {
            Ok(Self { region: Region::Inverter { kva }, priority })
        } else {
            Err(faults.0)
        }
    }

    /// Vars down to a power factor, leading and lagging, at any real power: P × tan(acos pf) kvar. At 0.95, which G99
    /// asks of types B to D, 0.329 P. Real power is always kept: less of it leaves less reactive power, not more.
    ///
    /// # Errors
    /// What is wrong with the power factor.
    pub fn power_factor(least: f64) -> Result<Self, CapabilityFaults> {
        if !(0.1..1.0).contains(&least) {
            let sentence = format!("{least} is no power factor below 1; write 0.1 to 0.999, as in 0.95");
            return Err(vec![("least", sentence)]);
        }
        Ok(Self { region: Region::PowerFactor { least }, priority: Priority::Real })
    }

    /// Where it can be.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// Which of real and reactive power is kept.
    pub fn priority(&self) -> Priority {
        self.priority
    }

    /// Least and greatest kvar at a real power; `None` where it cannot be at that real power at all.
    pub fn range_kvar(&self, kw: f64) -> Option<(f64, f64)> {
        self.region.range_kvar(kw)
    }

    /// Least and greatest kW beside a reactive power; `None` where it cannot give that at any real power. Of a power
    /// factor it is the exporting side.
    pub fn range_kw(&self, kvar: f64) -> Option<(f64, f64)> {
        self.region.range_kw(kvar)
    }

    /// Least and greatest kvar at any real power from `least_kw` to `most_kw`.
    pub fn reach_kvar(&self, least_kw: f64, most_kw: f64) -> (f64, f64) {
        self.region.reach_kvar(least_kw, most_kw)
    }

    /// The first of two real powers that it cannot be at without reactive power.
    pub fn leaves_out(&self, least_kw: f64, most_kw: f64) -> Option<f64> {
        [least_kw, most_kw].into_iter().find(|kw| !self.region.contains(*kw, 0.0))
    }

    /// Least and greatest kvar that can be had while the unit's real power is to be `kw`: beside it where real power is
    /// kept, at any real power from 0 to it where reactive power is.
    pub fn to_be_had(&self, kw: f64) -> (f64, f64) {
        match self.priority {
            Priority::Real => {
                let kw = self.region.nearest_kw(kw);
                self.region.range_kvar(kw).unwrap_or((0.0, 0.0))
            }
            Priority::Reactive => self.region.reach_kvar(kw.min(0.0), kw.max(0.0)),
        }
    }

    /// The nearest to a real and a reactive power that it can be at, by its priority.
    pub fn clip(&self, kw: f64, kvar: f64) -> (f64, f64) {
        let (least, most) = self.to_be_had(kw);
        let kvar = kvar.max(least).min(most);
        let kw = match self.priority {
            Priority::Real => self.region.nearest_kw(kw),
            Priority::Reactive => match self.region.range_kw(kvar) {
                Some((least, most)) => kw.max(least).min(most),
                None => 0.0,
            },
        };
        (kw, kvar)
    }
}
