//! A battery behind an inverter.

use super::{AssetState, Declared};
use crate::power::bounds::{Faults, MAX_KW, MAX_KWH, MAX_S};

/// A battery behind an inverter. Its net power is the inverter's less its idling loss, which the store feeds while it
/// discharges and the network else: at a net power of minus that loss the store stays as it is (OpenDSS, Storage
/// element: losses while charging, discharging and idling). One that idles has that as its baseline.
///
/// When energy runs short it leaves a level in time for its ramp to end at idle just at the limit of its state of
/// charge. In an emergency stop the inverter opens: idle at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Battery {
    /// Greatest discharge, kW (> 0).
    pub max_discharge_kw: f64,
    /// Greatest charge, kW (> 0).
    pub max_charge_kw: f64,
    /// Usable energy from empty to full, kWh.
    pub capacity_kwh: f64,
    /// kWh at the terminals per kWh taken out of the store, 0 to 1.
    pub discharge_efficiency: f64,
    /// kWh into the store per kWh at the terminals, 0 to 1.
    pub charge_efficiency: f64,
    /// Least state of charge that it goes to, 0 to 1.
    pub min_soc: f64,
    /// Greatest state of charge that it goes to, 0 to 1.
    pub max_soc: f64,
    /// State of charge at the start, 0 to 1.
    pub initial_soc: f64,
    /// kW that it takes for itself, always (OpenDSS: 1 % of the rating by default); 0 when it is not declared.
    pub idling_loss_kw: f64,
    /// Seconds from instruction to first movement.
    pub delay_s: f64,
    /// kW per minute, upwards (towards export).
    pub ramp_up_kw_per_min: f64,
    /// kW per minute, downwards.
    pub ramp_down_kw_per_min: f64,
}

impl Declared for Battery {
    fn kind(&self) -> &'static str {
        "battery"
    }

    fn limits_kw(&self, _baseline_kw: f64) -> (f64, f64) {
        (-self.max_charge_kw, self.max_discharge_kw)
    }

    fn ramps_kw_per_min(&self) -> (f64, f64) {
        (self.ramp_up_kw_per_min, self.ramp_down_kw_per_min)
    }

    fn delay_s(&self, _state: &AssetState) -> f64 {
        self.delay_s
    }

    fn begin(&self, state: &mut AssetState) {
        state.soc = Some(self.initial_soc);
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Faults::default();
        faults.above_zero("max_discharge_kw", self.max_discharge_kw, MAX_KW, "kW");
        faults.above_zero("max_charge_kw", self.max_charge_kw, MAX_KW, "kW");
        faults.above_zero("capacity_kwh", self.capacity_kwh, MAX_KWH, "kWh");
        for (field, efficiency) in [
            ("discharge_efficiency", self.discharge_efficiency),
            ("charge_efficiency", self.charge_efficiency),
        ] {
            faults.share(field, efficiency);
            if faults.is_right(field) && efficiency < 0.01 {
                faults.add(field, format!("{efficiency} leaves nothing; write a share of at least 0.01"));
            }
        }
        faults.share("min_soc", self.min_soc);
        faults.share("max_soc", self.max_soc);
        faults.share("initial_soc", self.initial_soc);
        if faults.is_right("min_soc") && faults.is_right("max_soc") {
            let (least, most) = (self.min_soc, self.max_soc);
            if least >= most {
                faults.add("min_soc", format!("{least} is not below max_soc {most}; write a lower share"));
            } else if faults.is_right("initial_soc") && !(least..=most).contains(&self.initial_soc) {
                let initial = self.initial_soc;
                let sentence = format!("{initial} is outside min_soc to max_soc; write {least} to {most}");
                faults.add("initial_soc", sentence);
            }
        }
        faults.not_negative("idling_loss_kw", self.idling_loss_kw, MAX_KW, "kW");
        let most = self.max_charge_kw.min(self.max_discharge_kw);
        if faults.is_right("idling_loss_kw") && most > 0.0 && self.idling_loss_kw > most / 2.0 {
            let loss = self.idling_loss_kw;
            faults.add(
                "idling_loss_kw",
                format!(
                    "{loss} kW is more than half of what it can charge or discharge; write at most {} kW",
                    most / 2.0
                ),
            );
        }
        faults.not_negative("delay_s", self.delay_s, MAX_S, "s");
        faults.above_zero("ramp_up_kw_per_min", self.ramp_up_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.above_zero("ramp_down_kw_per_min", self.ramp_down_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.0
    }
}
