//! What was added to an operator's fleet beside its own file: a folder with one fleet file and one trust file for each
//! FSP that was onboarded. The fleet's own files stay as a person wrote them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::fault::FileFault;
use super::fleet::FleetProfile;
use super::text_file;
use super::trust::Trust;
use crate::dispatch::{FspId, KeyRing};

/// The folder's name, beside a connection file or in a sandbox's folder.
pub const FOLDER: &str = "onboarded";

const FLEET: &str = ".fleet.toml";
const TRUST: &str = ".trust.toml";

/// The file with an FSP's contracts and units.
pub fn fleet_file(folder: &Path, fsp: &FspId) -> PathBuf {
    folder.join(format!("{fsp}{FLEET}"))
}

/// The file with an FSP's public keys. It is read only where the other is.
pub fn trust_file(folder: &Path, fsp: &FspId) -> PathBuf {
    folder.join(format!("{fsp}{TRUST}"))
}

/// A fleet and its pinned keys with everyone in the folder; as they are when there is no such folder.
///
/// # Errors
/// Every file that cannot be read, every mistake in one, and what does not go with the rest.
pub fn merged(
    folder: &Path,
    fleet: FleetProfile,
    trust: Trust,
) -> Result<(FleetProfile, Trust), Vec<FileFault>> {
    let (mut fleet, mut trust, mut faults) = (fleet, trust, Vec::new());
    for path in fleets_in(folder).map_err(|fault| vec![fault])? {
        match read(&path) {
            Ok((added, keys)) => {
                match fleet.with(&added) {
                    Ok(whole) => fleet = whole,
                    Err(message) => faults.push(fault(&path, message)),
                }
                keys.fsps.into_iter().for_each(|(fsp, ring)| pin(&mut trust, fsp, &ring));
            }
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok((fleet, trust)) } else { Err(faults) }
}

/// Pins further keys of an FSP. Of two with one id, the one that is pinned already stays.
pub fn pin(trust: &mut Trust, fsp: FspId, keys: &KeyRing) {
    let ring = trust.fsps.entry(fsp).or_default();
    *ring = pinned(ring, keys);
}

/// A ring of keys and further ones. Of two with one id, the one that is pinned already stays.
pub fn pinned(ring: &KeyRing, more: &KeyRing) -> KeyRing {
    let new = more.keys().filter(|key| !ring.keys().any(|k| k.key_id == key.key_id)).cloned();
    KeyRing::new(ring.keys().cloned().chain(new))
}

/// The contracts, FSP and units of everyone in the folder, without a look at their keys.
///
/// # Errors
/// Every file that cannot be read, and every mistake in one.
pub fn fleets(folder: &Path) -> Result<Vec<FleetProfile>, Vec<FileFault>> {
    let read = |path: &PathBuf| {
        let text = text_file::read(path).map_err(|fault| vec![fault])?;
        FleetProfile::from_toml(&path.display().to_string(), &text)
    };
    fleets_in(folder).map_err(|fault| vec![fault])?.iter().map(read).collect()
}

fn fleets_in(folder: &Path) -> Result<Vec<PathBuf>, FileFault> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(folder, format!("cannot be read: {error}"))),
    };
    let is_fleet =
        |path: &PathBuf| path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.ends_with(FLEET));
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).filter(is_fleet).collect();
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<(FleetProfile, Trust), Vec<FileFault>> {
    let shown = path.display().to_string();
    let text = text_file::read(path).map_err(|fault| vec![fault])?;
    let fleet = FleetProfile::from_toml(&shown, &text)?;
    let beside = shown.strip_suffix(FLEET).map(|stem| PathBuf::from(format!("{stem}{TRUST}")));
    let beside = beside.filter(|path| path.exists());
    let Some(trust_path) = beside else {
        return Err(vec![fault(
            path,
            "the file with its keys, which ends in .trust.toml, is not beside it".to_owned(),
        )]);
    };
    let text = text_file::read(&trust_path).map_err(|fault| vec![fault])?;
    Ok((fleet, Trust::from_toml(&trust_path.display().to_string(), &text)?))
}

fn fault(path: &Path, message: String) -> FileFault {
    FileFault { file: path.display().to_string(), line: None, field: String::new(), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::SigningKey;
    use crate::profile::fleet::Newcomer;

    const UNITS: &str = r#"
        [[contracts]]
        operator = "GB-DNO-11"
        id = "EMID-C-2026-0300"
        product = "Operational Utilisation"
        [[units]]
        unit = "BESS-01"
        name = "Melton battery"
        operator = "GB-DNO-11"
        contract = "EMID-C-2026-0300"
        asset = { kind = "generator", max_kw = 900, min_stable_kw = 0, start_delay_s = 0, delay_s = 1, ramp_up_kw_per_min = 900, ramp_down_kw_per_min = 900 }
        baseline = { kind = "fixed", kw = 0 }
    "#;

    fn newcomer() -> Newcomer {
        Newcomer { id: "NEWFLEX".parse().unwrap(), name: None, telephone: Some("0116 496 0100".to_owned()) }
    }

    fn added(text: &str) -> Result<FleetProfile, Vec<String>> {
        FleetProfile::addition_from_toml("u.toml", text, &newcomer(), &FleetProfile::demo())
            .map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    fn ring(seed: u8) -> KeyRing {
        KeyRing::new([SigningKey::from_seed("newflex-2026".parse().unwrap(), &[seed; 32]).public(None, None)])
    }

    #[test]
    fn what_is_onboarded_stands_beside_the_fleet_and_is_read_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join(FOLDER);
        let trust = Trust::default();
        let (fleet, _) = merged(&place, FleetProfile::demo(), trust.clone()).unwrap();
        assert_eq!(fleet, FleetProfile::demo(), "no folder, nothing more");

        let added = added(UNITS).unwrap();
        let id = newcomer().id;
        let keys = Trust { fsps: [(id.clone(), ring(1))].into(), ..Trust::default() };
        fs::create_dir(&place).unwrap();
        fs::write(fleet_file(&place, &id), added.to_toml()).unwrap();
        let faults = merged(&place, FleetProfile::demo(), trust.clone()).unwrap_err();
        assert!(faults[0].to_string().contains("the file with its keys"), "{faults:?}");
        fs::write(trust_file(&place, &id), keys.to_toml()).unwrap();
        let (fleet, trust) = merged(&place, FleetProfile::demo(), trust).unwrap();
        assert_eq!(fleet.units.len(), 13);
        assert!(fleet.unit(&"NEWFLEX/BESS-01".parse().unwrap()).is_some());
        assert_eq!(trust.fsps[&id], ring(1));
        // A key that is pinned already is not replaced by one of the same name.
        let mut pinned = trust;
        pin(&mut pinned, id.clone(), &ring(2));
        assert_eq!(pinned.fsps[&id], ring(1));

        let other = added.to_toml().replace("BESS-01", "BESS-02").replace("NEWFLEX", "OTHER");
        fs::write(fleet_file(&place, &"OTHER".parse().unwrap()), other).unwrap();
        fs::write(trust_file(&place, &"OTHER".parse().unwrap()), keys.to_toml()).unwrap();
        let faults = merged(&place, FleetProfile::demo(), Trust::default()).unwrap_err();
        assert!(faults[0].to_string().contains("EMID-C-2026-0300 is with NEWFLEX already"), "{faults:?}");
    }

    #[test]
    fn a_file_of_units_needs_only_what_is_not_known_without_it() {
        let fleet = added(UNITS).unwrap();
        assert_eq!(fleet.fsps[0].name, "NEWFLEX");
        assert_eq!(fleet.units[0].unit.to_string(), "NEWFLEX/BESS-01");
        assert_eq!(fleet.contracts.len(), 1);
        let named = format!("{UNITS}\n[[fsps]]\nid = \"NEWFLEX\"\nname = \"New Flex\"\ntelephone = \"0\"\n");
        let fleet = added(&named).unwrap();
        assert_eq!(
            (fleet.fsps[0].name.as_str(), fleet.fsps[0].telephone.as_str()),
            ("New Flex", "0116 496 0100")
        );
    }

    #[test]
    fn each_mistake_in_a_file_of_units_is_named() {
        for (old, new, says) in [
            (
                "unit = \"BESS-01\"",
                "fsp = \"OTHER\"\nunit = \"BESS-01\"",
                "`OTHER` is not NEWFLEX, whom this is for",
            ),
            ("[[units]]", "[[fsps]]\nid = \"OTHER\"\n[[units]]", "`OTHER` is not NEWFLEX, whom this is for"),
            ("max_kw = 900", "max_kw = \"x\"", "units[0].asset.max_kw: `x` is a text; write a number of kW"),
            (
                "contract = \"EMID-C-2026-0300\"",
                "contract = \"EMID-C-2026-0193\"",
                "`EMID-C-2026-0193` is with BRIGHTFLEX already",
            ),
            (
                "contract = \"EMID-C-2026-0300\"",
                "contract = \"NONE\"",
                "GB-DNO-11 has no contract `NONE` in this file",
            ),
            (
                "id = \"EMID-C-2026-0300\"",
                "id = \"EMID-C-2026-0193\"",
                "has contract `EMID-C-2026-0193` on other terms already",
            ),
        ] {
            assert!(UNITS.contains(old), "{old}");
            let faults = added(&UNITS.replacen(old, new, 1)).unwrap_err();
            assert!(faults.iter().any(|f| f.contains(says)), "{says}: {faults:#?}");
        }
        assert!(added("name = \"x\"").unwrap_err()[0].contains("there is no unit"));
        let nobody = Newcomer { telephone: None, ..newcomer() };
        let faults =
            FleetProfile::addition_from_toml("u.toml", UNITS, &nobody, &FleetProfile::demo()).unwrap_err();
        assert!(
            faults[0].to_string().contains("the telephone of NEWFLEX's control point is missing"),
            "{faults:?}"
        );
    }
}
