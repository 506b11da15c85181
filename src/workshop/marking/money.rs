//! What was spent: energy of change asked or delivered, times the price per MWh that its setpoint names, or else its contract.

use crate::dispatch::{Dispatch, PricePer};
use crate::journal::{Delivery, Recorded};
use crate::profile::fleet::FleetProfile;
use crate::units::{Watts, grouped};
use crate::workshop::exercise::{Measure, Units};
use crate::workshop::scenario::Scenario;

use super::Verdict;
use super::ledger::Ledger;
use super::power::{InForce, deliveries_of, in_force, seconds};

/// No more was spent.
pub(super) fn cost<'j>(
    ledger: &Ledger<'j>,
    scenario: &Scenario,
    units: &Units,
    measure: Measure,
    at_most_pence: i64,
) -> Verdict<'j> {
    let all = in_force(ledger, units, |_| true);
    let fleet = &scenario.fleet;
    let (pence, evidence): (f64, Vec<&Recorded>) = match measure {
        Measure::Instructed => {
            let pence = all.values().map(|of| asked_pence(of, fleet)).sum();
            let those = ledger.revisions.iter().filter(|s| s.is_in_force() && units.has(&s.dispatch.unit));
            (pence, those.map(|signed| signed.entry).collect())
        }
        Measure::Delivered => {
            let of = |delivery: &Delivery| {
                all.get(&delivery.key()).map_or(0.0, |of| delivered_pence(of, delivery, fleet))
            };
            let pence = deliveries_of(ledger, units).map(|(delivery, _)| of(delivery)).sum();
            (pence, deliveries_of(ledger, units).map(|(_, entry)| entry).collect())
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "a price fits a double exactly")]
    let most = at_most_pence as f64;
    Verdict {
        met: pence <= most + 0.5,
        why: format!("£{} by what was {}", grouped(pence / 100.0, 2), measure.word()),
        evidence,
    }
}

/// Pence for what one dispatch asks, minute by minute.
fn asked_pence(of: &InForce<'_>, fleet: &FleetProfile) -> f64 {
    let starts = of.revisions.iter().map(|(_, d)| seconds(d.service_start.floor_to_minute()));
    let ends = of.revisions.iter().map(|(_, d)| seconds(d.service_end));
    let (from, to) = (starts.fold(f64::INFINITY, f64::min), ends.fold(f64::NEG_INFINITY, f64::max));
    if from >= to {
        return 0.0;
    }
    let change = of.change(fleet, from, to);
    let minutes = (0_u32..).map(|minute| from + 60.0 * f64::from(minute)).take_while(|at| *at < to);
    minutes
        .map(|at| {
            let kwh = change.integral_hours(at, (at + 60.0).min(to)).abs();
            kwh / 1000.0 * pence_per_mwh(of, fleet, at)
        })
        .sum()
}

/// Pence for what one dispatch delivered in the direction asked, up to what was asked.
fn delivered_pence(of: &InForce<'_>, delivery: &Delivery, fleet: &FleetProfile) -> f64 {
    let Some(curve) = &delivery.curve else { return 0.0 };
    let minutes = curve.baseline_w.iter().zip(&curve.asked_w).zip(&curve.delivered_w);
    (0_u32..)
        .zip(minutes)
        .map(|(index, ((baseline, asked), delivered))| {
            let at = seconds(curve.from) + 60.0 * f64::from(index);
            let asked = Watts(asked - baseline).kilowatts();
            let delivered = delivered.map_or(0.0, |delivered| Watts(delivered - baseline).kilowatts());
            let counted = (delivered * asked.signum()).clamp(0.0, asked.abs());
            counted / 60.0 / 1000.0 * pence_per_mwh(of, fleet, at)
        })
        .sum()
}

/// The price in force at an instant: of the last setpoint of the last revision by then, or else of the contract; 0 without one.
fn pence_per_mwh(of: &InForce<'_>, fleet: &FleetProfile, at: f64) -> f64 {
    let current = of.revisions.iter().rev().find(|(from, _)| *from <= at).or(of.revisions.first());
    let Some((_, dispatch)) = current else { return 0.0 };
    let pence = setpoint_price(dispatch, at).or_else(|| {
        fleet.contract(&dispatch.network_operator, &dispatch.contract).and_then(|c| c.price_pence_per_mwh)
    });
    #[expect(clippy::cast_precision_loss, reason = "a price fits a double exactly")]
    pence.map_or(0.0, |pence| pence as f64)
}

fn setpoint_price(dispatch: &Dispatch, at: f64) -> Option<i64> {
    let by_then = dispatch.setpoints.iter().rfind(|setpoint| seconds(setpoint.at) <= at)?;
    let price = by_then.real?.price?;
    (price.per == PricePer::Mwh).then_some(price.pence)
}
