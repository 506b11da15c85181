//! A wind farm under a contract for MW Dispatch, beside the fleet of the other fixtures.

use std::sync::Arc;

use super::{key_id_of, signing_key, unit};
use crate::desk::snapshot::{LinkState, Snapshot};
use crate::dispatch::KeyRing;
use crate::power::{Asset, Available, Baseline, Renewable};

/// The farm that [`with_wind_farm`] adds.
pub const WIND_FARM: &str = "FENWIND/WIND-01";

/// A snapshot with a wind farm of 8 MW, forecast to make 3 MW.
pub fn with_wind_farm(mut snapshot: Snapshot) -> Snapshot {
    let farm = Asset::Renewable(Renewable {
        max_kw: 8000.0,
        available: Available::Wind { seed: 3, mean_m_per_s: 8.5 },
        delay_s: 5.0,
        ramp_up_kw_per_min: 4000.0,
        ramp_down_kw_per_min: 16_000.0,
    });
    let mut farm = unit(WIND_FARM, "Long Fen wind farm", farm, LinkState::Live, "OFF", Some(3100.0));
    farm.contract = "EMID-C-2026-0290".parse().unwrap();
    (farm.baseline, farm.baseline_kw) = (Arc::new(Baseline::Fixed { kw: 3000.0 }), Some(3000.0));
    let mut contract = snapshot.contracts[0].clone();
    contract.contract = farm.contract.clone();
    "MW Dispatch".clone_into(&mut contract.product);
    contract.notice_seconds = 0;
    "fixed at 3,000 kW".clone_into(&mut contract.baseline);
    let mut fsp = snapshot.fsps[0].clone();
    let provider = Arc::make_mut(&mut fsp);
    provider.id = farm.unit.fsp.clone();
    (provider.name, provider.telephone) = ("Fen Wind".to_owned(), "01354 496 0105".to_owned());
    provider.keys =
        Arc::new(KeyRing::new([signing_key(&key_id_of(provider.id.as_str())).public(None, None)]));
    Arc::make_mut(&mut snapshot.contracts).push(contract);
    snapshot.fsps.push(fsp);
    snapshot.units.push(Arc::new(farm));
    snapshot.fsps.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.units.sort_by(|a, b| a.unit.cmp(&b.unit));
    snapshot
}
