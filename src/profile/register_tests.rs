//! A register is the fleet that a fleet file would be, and says where it is not.

use super::*;

const HEADS: &str = "fsp,fsp_name,telephone,unit,operator,contract,product,kind,max_kw,min_stable_kw,start_delay_s,delay_s,ramp_up_kw_per_min,ramp_down_kw_per_min,baseline_kw,baseline_points\n";
const FIRST: &str = "NEWFLEX,New Flex,0116 496 0100,GEN-01,GB-DNO-11,C-1,Operational Utilisation,generator,\"1,200\",0,60,2,600,600,0,\n";
const SECOND: &str = "NEWFLEX,,,GEN-02,GB-DNO-11,C-1,,generator,900,0,60,2,600,600,,00:00 0; 07:00 100\n";

fn faults(text: &str) -> Vec<String> {
    let found = from_csv("r.csv", text, "Register").err().unwrap_or_default();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn every_fleet_comes_back_from_its_register() {
    let mut fleet = FleetProfile::demo();
    fleet.fsps[0].name = "Quoted \"and, comma\"".to_owned();
    fleet.units[1].baseline = Baseline::Weekly(std::sync::Arc::new(
        crate::power::Weekly::new(vec![
            (crate::power::Days::Weekdays, vec![("00:00".to_owned(), -300.0), ("07:00".to_owned(), -700.5)]),
            (crate::power::Days::Weekend, vec![("00:00".to_owned(), -100.0)]),
        ])
        .unwrap(),
    ));
    let text = to_csv(&fleet);
    assert!(text.contains(",weekdays 00:00 -300; 07:00 -700.5; weekend 00:00 -100,"), "{text}");
    assert_eq!(text.lines().count(), fleet.units.len() + 1);
    assert_eq!(from_csv("r.csv", &text, &fleet.name), Ok(fleet.clone()));
    // As a spreadsheet saves it.
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(from_csv("r.csv", &windows, &fleet.name), Ok(fleet));
}

#[test]
fn what_is_written_once_holds_for_every_line_of_the_fsp_and_the_contract() {
    let fleet = from_csv("r.csv", &format!("{HEADS}{FIRST}\n{SECOND}"), "Register").unwrap();
    assert_eq!((fleet.fsps.len(), fleet.contracts.len(), fleet.units.len()), (1, 1, 2));
    assert_eq!((fleet.fsps[0].name.as_str(), fleet.units[0].name.as_str()), ("New Flex", "GEN-01"));
    assert_eq!(fleet.contracts[0].poll_seconds, 10);
    let crate::power::Asset::Generator(generator) = &fleet.units[0].asset else { panic!("{fleet:?}") };
    assert_eq!(generator.max_kw, 1_200.0);
}

#[test]
fn every_mistake_is_told_with_its_line_and_column() {
    let text = |first: &str, second: &str| format!("{HEADS}{first}{second}");
    for (register, says) in [
        (
            text(&FIRST.replace("\"1,200\"", "lots"), SECOND),
            "r.csv:2: max_kw: `lots` is a text; write a number of kW",
        ),
        (text(FIRST, &SECOND.replace("900", "")), "r.csv:3: max_kw: is missing; write a number of kW"),
        (text(FIRST, &SECOND.replace("GEN-02", "GEN-01")), "r.csv:3: unit: `NEWFLEX/GEN-01` is a unit twice"),
        (text(FIRST, &SECOND.replace("generator", "windmill")), "r.csv:3: kind: `windmill`"),
        (text(FIRST, &SECOND.replace("07:00 100", "7 o'clock")), "r.csv:3: baseline_points: "),
        (
            text(FIRST, &SECOND.replace("00:00 0; 07:00 100", "weekdays 00:00 0; weekend 7")),
            "r.csv:3: baseline_points: ",
        ),
        (
            text(FIRST, &SECOND.replace("00:00 0; 07:00 100", "weekdays 00:00 0")),
            "r.csv:3: baseline_points: there is no level for sat",
        ),
        (text(FIRST, &SECOND.replace(",00:00 0; 07:00 100", ",")), "r.csv:3: baseline_kw: is missing"),
        (
            text(FIRST, &SECOND.replace(",,00:00", ",5,00:00")),
            "r.csv:3: baseline_points: there is a baseline_kw too",
        ),
        (
            text(&FIRST.replace("GB-DNO-11", "GB-DNO-99"), ""),
            "r.csv:2: operator: `GB-DNO-99` is not in the well-known list",
        ),
        (text(&FIRST.replace("0116 496 0100", ""), ""), "r.csv:2: telephone: is missing"),
        (text(&FIRST.replace("Operational Utilisation", ""), ""), "r.csv:2: product: is missing"),
        (
            text(FIRST, &SECOND.replace("NEWFLEX,,", "NEWFLEX,Other,")),
            "r.csv:3: fsp_name: line 2 says `New Flex`",
        ),
        (text(FIRST, "NEWFLEX,a,b\n"), "r.csv:3: has 3 cells under 16 columns"),
        (text(&FIRST.replace("NEWFLEX", "NEW FLEX"), ""), "r.csv:2: fsp: "),
        (
            format!("{}{FIRST}", HEADS.replace("max_kw", "power")),
            "r.csv:1: power: no column has this name; known are fsp,",
        ),
        (format!("{}{FIRST}", HEADS.replace("fsp_name", "fsp")), "r.csv:1: fsp: this column is there twice"),
        ("unit,kind\n".to_owned(), "r.csv:1: fsp: this column is missing"),
        (String::new(), "r.csv:1: fsp: this column is missing"),
        (HEADS.to_owned(), "r.csv: holds no unit; write one on each line"),
    ] {
        let found = faults(&register);
        assert!(found.first().is_some_and(|fault| fault.starts_with(says)), "{says}: {found:#?}");
    }
}

#[test]
fn reactive_power_has_columns_of_its_own_and_its_mistakes_stand_at_them() {
    let heads = HEADS.replace('\n', ",kva,power_factor,pq_vertices,pq_priority\n");
    let register = |cells: &str| format!("{heads}{}", FIRST.replace('\n', &format!(",{cells}\n")));
    for cells in ["1500,,,reactive", ",0.9,,", ",,0 -300; 1200 -300; 1200 300; 0 300,real", ",,,"] {
        let fleet =
            from_csv("r.csv", &register(cells), "Register").unwrap_or_else(|f| panic!("{cells}: {f:#?}"));
        assert_eq!(fleet.units[0].reactive.is_some(), cells != ",,,");
        assert_eq!(from_csv("r.csv", &to_csv(&fleet), "Register"), Ok(fleet), "{cells}");
    }
    for (cells, says) in [
        ("lots,,,", "r.csv:2: kva: `lots` is a text; write a number of kVA"),
        ("1000,,,", "r.csv:2: kva: leaves out 1200 kW"),
        ("1500,,,both", "r.csv:2: pq_priority: `both` is not known"),
        ("1500,0.9,,", "r.csv:2: power_factor: there is a kva too"),
        (",,,real", "r.csv:2: pq_priority: there is no reactive power to keep"),
        (",2,,", "r.csv:2: power_factor: 2 is no power factor"),
        (",,0 -300; 5,", "r.csv:2: pq_vertices: this has 1 entry"),
        (",,0 -300; 1200 300,", "r.csv:2: pq_vertices: has 2 corners"),
    ] {
        let found = faults(&register(cells));
        assert!(found.first().is_some_and(|fault| fault.starts_with(says)), "{says}: {found:#?}");
    }
}

#[test]
fn a_contracts_fail_safe_is_written_once_and_its_mistakes_stand_at_their_columns() {
    let heads = HEADS.replace('\n', ",fail_safe_kw,fail_safe_after_polls\n");
    let register = |first: &str, second: &str| {
        let with = |row: &str, cells: &str| row.replace('\n', &format!(",{cells}\n"));
        format!("{heads}{}{}", with(FIRST, first), with(SECOND, second))
    };
    for (first, second, words) in [
        ("0,3", ",", Some("0 kW after 3 polls")),
        (",", "\"1,000.5\",6", Some("1,000.5 kW after 6 polls")),
        ("baseline,", ",12", Some("baseline after 12 polls")),
        (",", ",", None),
    ] {
        let text = register(first, second).replace(",900,", ",1200,");
        let fleet = from_csv("r.csv", &text, "Register").unwrap_or_else(|f| panic!("{first}: {f:#?}"));
        let fail_safe = fleet.contracts[0].fail_safe;
        assert_eq!(fail_safe.map(|f| f.words()).as_deref(), words);
        assert_eq!(from_csv("r.csv", &to_csv(&fleet), "Register"), Ok(fleet), "{first}");
    }
    for (first, second, says) in [
        ("off,3", ",", "r.csv:2: fail_safe_kw: `off` is no level; write net kW, as in 0, or \"baseline\""),
        (
            "0,1",
            ",",
            "r.csv:2: fail_safe_after_polls: `1` is out of bounds; write a whole number of polls, 2 to",
        ),
        ("0,", ",", "r.csv:2: fail_safe_after_polls: is missing; write after how many polls"),
        (",3", ",", "r.csv:2: fail_safe_kw: is missing; write net kW"),
        ("0,3", "10,3", "r.csv:3: fail_safe_kw: line 2 says `0`; they must be the same"),
        (
            "1000,3",
            ",",
            "r.csv:3: contract: `C-1` has a fail-safe level of 1,000 kW, and this unit goes from 0.0 to 900.0 kW",
        ),
    ] {
        let found = faults(&register(first, second));
        assert!(found.first().is_some_and(|fault| fault.starts_with(says)), "{says}: {found:#?}");
    }
}

#[test]
fn a_meter_has_columns_of_its_own_and_its_mistakes_stand_at_them() {
    let heads = HEADS.replace('\n', ",meter_noise,meter_resolution_kw,meter_seed\n");
    let register = |cells: &str| format!("{heads}{}", FIRST.replace('\n', &format!(",{cells}\n")));
    for (cells, noise, step, seed) in [
        ("0.005,1,7", 0.005, Some(1.0), 7),
        (",0.1,", 0.0, Some(0.1), 0),
        ("0.01,,", 0.01, None, 0),
        (",,", 0.0, None, 0),
    ] {
        let fleet =
            from_csv("r.csv", &register(cells), "Register").unwrap_or_else(|f| panic!("{cells}: {f:#?}"));
        let meter = fleet.units[0].meter;
        assert_eq!((meter.noise, meter.resolution_kw, meter.seed), (noise, step, seed), "{cells}");
        assert_eq!(from_csv("r.csv", &to_csv(&fleet), "Register"), Ok(fleet), "{cells}");
    }
    for (cells, says) in [
        ("some,,", "r.csv:2: meter_noise: `some` is a text; write its standard deviation as a share"),
        ("0.5,,", "r.csv:2: meter_noise: 0.5 is not a share from 0 to 0.1"),
        (",0,", "r.csv:2: meter_resolution_kw: 0 is not a step"),
        ("0.005,,-1", "r.csv:2: meter_seed: `-1` is out of bounds"),
        (",,7", "r.csv:2: meter_noise: is missing, and so is resolution_kw"),
    ] {
        let found = faults(&register(cells));
        assert!(found.first().is_some_and(|fault| fault.starts_with(says)), "{says}: {found:#?}");
    }
}

#[test]
fn mistakes_in_many_lines_are_told_in_their_order() {
    let wrong = |line: &str| line.replace(",2,", ",x,");
    let found = faults(&format!("{HEADS}{}{}", wrong(FIRST), wrong(SECOND)));
    assert_eq!(found.len(), 2);
    assert!(
        found[0].starts_with("r.csv:2: delay_s") && found[1].starts_with("r.csv:3: delay_s"),
        "{found:?}"
    );
}
