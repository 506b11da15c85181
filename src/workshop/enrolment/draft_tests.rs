//! A form says what a file would.

use super::*;

/// A draft without a mistake.
fn whole() -> Draft {
    let mut draft = Draft {
        fsp: "NEWFLEX".to_owned(),
        name: "New Flex".to_owned(),
        telephone: "0116 496 0100".to_owned(),
        contracts: vec![ContractDraft {
            id: "EMID-C-2026-0300".to_owned(),
            ..ContractDraft::of("GB-DNO-11")
        }],
        units: AssetKind::ALL.map(UnitDraft::of).to_vec(),
    };
    for (number, unit) in draft.units.iter_mut().enumerate() {
        unit.unit = format!("U-{number}");
    }
    draft
}

fn faults(draft: &Draft) -> Vec<String> {
    let found = draft.read(&FleetProfile::demo()).err().unwrap_or_default();
    found.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect()
}

#[test]
fn a_middling_unit_of_every_kind_can_be_and_is_read_as_it_is_written() {
    let mut draft = whole();
    draft.units[0].quantities.insert("capacity_kwh", "12,500".to_owned());
    draft.units[1].meter.noise = "0.005".to_owned();
    draft.units[1].meter.seed = "7".to_owned();
    draft.units[2].meter.resolution_kw = "1".to_owned();
    draft.units[2].baseline = BaselineDraft::Daily("00:00 -300, 07:00 \u{2212}700.5".to_owned());
    draft.contracts[0].gbp_per_mwh = "1,300.50".to_owned();
    draft.contracts[0].fail_safe_kw = "baseline".to_owned();
    draft.contracts[0].fail_safe_polls = "6".to_owned();
    draft.units[1].baseline =
        BaselineDraft::Daily("Weekdays 00:00 -300, 07:00 -700, weekend 00:00 -100".to_owned());
    draft.units[0].baseline = BaselineDraft::Declared("kind = \"zero\"".to_owned());
    let (fsp, fleet) = draft.read(&FleetProfile::demo()).unwrap();
    assert_eq!(fleet.units[0].baseline, crate::power::Baseline::Zero);
    assert_eq!(fleet.units[0].meter, crate::power::Meter::EXACT);
    assert_eq!((fleet.units[1].meter.noise, fleet.units[1].meter.seed), (0.005, 7));
    assert_eq!(fleet.units[2].meter.resolution_kw, Some(1.0));
    assert_eq!(fleet.units[1].baseline.words(), "weekly template");
    assert_eq!((fsp.as_str(), fleet.units.len()), ("NEWFLEX", AssetKind::ALL.len()));
    assert_eq!((fleet.fsps[0].name.as_str(), fleet.units[0].name.as_str()), ("New Flex", "U-0"));
    assert_eq!(fleet.contracts[0].price_pence_per_mwh, Some(130_050));
    assert_eq!(fleet.contracts[0].fail_safe.unwrap().words(), "baseline after 6 polls");
    let crate::power::Asset::Battery(battery) = &fleet.units[0].asset else { panic!("{fleet:?}") };
    assert_eq!(battery.capacity_kwh, 12_500.0);
    let points = vec![("00:00".to_owned(), -300.0), ("07:00".to_owned(), -700.5)];
    assert_eq!(fleet.units[2].baseline, crate::power::Baseline::Daily { points });

    // And back into a form.
    let mut again = Draft { contracts: Vec::new(), units: Vec::new(), ..draft };
    again.take_in(&fleet);
    assert_eq!(again.read(&FleetProfile::demo()).unwrap().1, fleet);
}

#[test]
fn every_mistake_is_told_at_its_own_field() {
    for (spoil, says) in [
        ((|d| d.fsp.clear()) as fn(&mut Draft), "fsp: is missing; write the FSP's id"),
        (|d| d.fsp = "NEW FLEX".to_owned(), "fsp: "),
        (|d| d.fsp = "desk".to_owned(), "fsp: `desk` is the desk's own client id"),
        (|d| d.fsp = "BRIGHTFLEX".to_owned(), "fsp: BRIGHTFLEX is known here already"),
        (|d| d.telephone = " ".to_owned(), "telephone: is missing; without it nobody can be called"),
        (|d| d.contracts[0].id.clear(), "contracts[0].id: is missing; write the contract's id"),
        (
            |d| d.contracts[0].operator = "GB-DNO-99".to_owned(),
            "contracts[0].operator: `GB-DNO-99` is not in",
        ),
        (|d| d.contracts[0].product.clear(), "contracts[0].product: is missing"),
        (|d| d.contracts[0].poll_seconds = "soon".to_owned(), "contracts[0].poll_seconds: `soon` is a text"),
        (|d| d.contracts[0].poll_seconds = "0".to_owned(), "contracts[0].poll_seconds: `0`"),
        (|d| d.units[0].meter.noise = "0.5".to_owned(), "units[0].meter.noise: 0.5 is not a share"),
        (
            |d| d.units[0].meter.seed = "3".to_owned(),
            "units[0].meter.noise: is missing, and so is resolution_kw",
        ),
        (|d| d.contracts[0].fail_safe_kw = "0".to_owned(), "contracts[0].fail_safe.after_polls: is missing"),
        (|d| d.contracts[0].fail_safe_polls = "3".to_owned(), "contracts[0].fail_safe.kw: is missing"),
        (
            |d| {
                d.contracts[0].fail_safe_kw = "idle".to_owned();
                d.contracts[0].fail_safe_polls = "3".to_owned();
            },
            "contracts[0].fail_safe.kw: `idle` is no level",
        ),
        (|d| d.contracts[0].gbp_per_mwh = "1,30".to_owned(), "contracts[0].gbp_per_mwh: `1,30`"),
        (
            |d| d.contracts[0].id = "EMID-C-2026-0193".to_owned(),
            "contracts: GB-DNO-11 has contract `EMID-C-2026-0193` on other terms",
        ),
        (
            |d| d.contracts.push(ContractDraft { id: "C-9".to_owned(), ..ContractDraft::of("GB-DNO-11") }),
            "units: no unit is under contract C-9; put one under it",
        ),
        (|d| d.units.clear(), "units: there is no unit yet; add at least one"),
        (|d| d.units[1].unit = "U-0".to_owned(), "units[1].unit: `NEWFLEX/U-0` is a unit twice"),
        (|d| d.units[1].unit = "A B".to_owned(), "units[1].unit: "),
        (
            |d| {
                d.units[1].quantities.insert("max_kw", String::new());
            },
            "units[1].asset.max_kw: is missing; write a number of kW",
        ),
        (
            |d| {
                d.units[1].quantities.insert("max_kw", "1,5".to_owned());
            },
            "units[1].asset.max_kw: `1,5` is a text; write a number of kW",
        ),
        (
            |d| {
                d.units[0].quantities.insert("min_soc", "0.99".to_owned());
            },
            "units[0].asset.",
        ),
        (
            |d| d.units[0].baseline = BaselineDraft::Fixed("x".to_owned()),
            "units[0].baseline.kw: `x` is a text; write net kW",
        ),
        (
            |d| d.units[0].baseline = BaselineDraft::Daily("07:00".to_owned()),
            "units[0].baseline.points[0]: this has 1 entry",
        ),
        (
            |d| d.units[0].baseline = BaselineDraft::Daily("weekend 00:00 5".to_owned()),
            "units[0].baseline.days: there is no level for mon",
        ),
    ] {
        let mut draft = whole();
        spoil(&mut draft);
        let found = faults(&draft);
        assert!(found.len() == 1 && found[0].starts_with(says), "{says}: {found:?}");
    }
}

#[test]
fn an_empty_form_names_all_that_is_missing() {
    let draft = Draft {
        contracts: vec![ContractDraft::of("GB-DNO-11")],
        units: vec![UnitDraft::of(AssetKind::Battery)],
        ..Draft::default()
    };
    let fields: Vec<String> =
        draft.read(&FleetProfile::demo()).unwrap_err().into_iter().map(|f| f.field).collect();
    assert_eq!(fields, ["fsp", "telephone", "contracts[0].id", "units[0].unit", "units[0].name"]);
}
