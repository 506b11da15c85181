//! The physics of one unit without the unit: as a fleet file has them.

use super::asset_file::{ASSET_TABLE, read_asset};
use super::baseline_file::{BASELINE_TABLE, read_baseline};
use super::fault::FileFault;
use super::fleet_text;
use super::reader::read;
use crate::power::{Asset, Baseline};

/// The name under which a text that is in no file is read.
const FORM: &str = "form";

/// Reads `asset = { kind = … }` by the rules of a fleet file.
///
/// # Errors
/// Everything that is wrong with it, each at its field: `asset.max_kw`.
pub fn asset_from_toml(text: &str) -> Result<Asset, Vec<FileFault>> {
    read(FORM, text, &["asset"], |reader, root| {
        let node = reader.required(root, "asset", ASSET_TABLE)?;
        read_asset(reader, &node)
    })
}

/// Reads `baseline = { kind = … }` by the rules of a fleet file.
///
/// # Errors
/// Everything that is wrong with it, each at its field: `baseline.kw`.
pub fn baseline_from_toml(text: &str) -> Result<Baseline, Vec<FileFault>> {
    read(FORM, text, &["baseline"], |reader, root| {
        let node = reader.required(root, "baseline", BASELINE_TABLE)?;
        read_baseline(reader, &node)
    })
}

/// `asset = { kind = "battery", … }`, a line of a fleet file.
pub fn asset_to_toml(asset: &Asset) -> String {
    format!("asset = {}", fleet_text::asset(asset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::TurnDown;

    #[test]
    fn an_asset_comes_back_as_written_and_what_is_wrong_is_named() {
        let asset = Asset::TurnDown(TurnDown {
            max_turn_down_kw: 650.0,
            delay_s: 60.0,
            ramp_up_kw_per_min: 100.0,
            ramp_down_kw_per_min: 100.0,
            max_duration_min: 120.0,
            rebound_share: 0.6,
            rebound_min: 45.0,
            interval_min: 0.0,
        });
        assert_eq!(asset_from_toml(&asset_to_toml(&asset)), Ok(asset.clone()));
        let wrong = asset_to_toml(&asset).replace("rebound_share = 0.6", "rebound_share = 6");
        let faults = asset_from_toml(&wrong).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["asset.rebound_share"], "{faults:?}");
        assert_eq!(
            baseline_from_toml("baseline = { kind = \"fixed\", kw = -300 }"),
            Ok(Baseline::Fixed { kw: -300.0 })
        );
        assert_eq!(
            baseline_from_toml("baseline = { kind = \"fixed\" }").unwrap_err()[0].field,
            "baseline.kw"
        );
    }
}
