//! A fleet that is made from a seed and a mix.

use super::OPERATOR_ID;
use crate::dispatch::OperatorId;
use crate::profile::generated::{Ingredient, Made, Model, Recipe};
use crate::profile::operators::Operators;
use crate::profile::reader::{Node, Reader, Table};

const KEYS: [&str; 4] = ["seed", "operators", "poll_seconds", "mix"];
const INGREDIENT: [&str; 4] = ["model", "units", "fsps", "kw"];
const TABLE: &str = "write the table [generate] with seed, operators and mix";
const OPERATORS: &str = "write operators' ids, as in [\"GB-DNO-11\"]";
const MIX: &str = "write what it is made of, each under [[generate.mix]]";
const SIZES: &str = "write the least and the greatest kW of a unit, as in [250, 5000]";
/// Most units of a fleet that is made.
const MOST_UNITS: u32 = 200_000;
/// Most FSPs.
const MOST_FSPS: u32 = 20_000;

/// Reads `[generate]` and makes what it says.
pub(super) fn read_made(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Made> {
    let table = reader.table(node, &KEYS, TABLE)?;
    let seed = reader
        .required(&table, "seed", "write a whole number")
        .and_then(|node| reader.whole(&node, &(0..=i64::MAX), "").and_then(|seed| u64::try_from(seed).ok()));
    let operators = read_operators(reader, &table);
    let poll_seconds = match table.get("poll_seconds") {
        Some(node) => reader.whole(&node, &(1..=3600), " of seconds"),
        None => Some(10),
    };
    let tables = reader.tables(&table, "mix", &INGREDIENT);
    if tables.is_empty() {
        reader.wrong_in(&table, "mix", format!("is empty; {MIX}"));
    }
    let mix: Vec<Option<Ingredient>> = tables.iter().map(|table| read_ingredient(reader, table)).collect();
    let mix: Vec<Ingredient> = mix.into_iter().collect::<Option<_>>()?;
    let total = |count: fn(&Ingredient) -> u32| mix.iter().map(|i| u64::from(count(i))).sum::<u64>();
    if total(|i| i.units) > u64::from(MOST_UNITS) || total(|i| i.fsps) > u64::from(MOST_FSPS) {
        let message = format!("is too much; at most {MOST_UNITS} units at {MOST_FSPS} FSPs are made");
        reader.wrong_in(&table, "mix", message);
        return None;
    }
    let recipe = Recipe { seed: seed?, operators: operators?, poll_seconds: poll_seconds?, mix };
    recipe.made().map_err(|message| reader.wrong_in(&table, "mix", message)).ok()
}

fn read_operators(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Vec<OperatorId>> {
    let node = reader.required(table, "operators", OPERATORS)?;
    let entries = reader.list(&node, OPERATORS)?;
    if entries.is_empty() {
        reader.wrong(&node, format!("is empty; {OPERATORS}"));
        return None;
    }
    let known = Operators::built_in();
    let read = |entry: &Node<'_>| {
        let id: OperatorId = reader.parsed(entry, OPERATOR_ID)?;
        if known.get(&id).is_none() {
            let message =
                format!("`{id}` is not in the well-known list, profiles/operators.toml; write one that is");
            reader.wrong(entry, message);
            return None;
        }
        Some(id)
    };
    let all: Vec<Option<OperatorId>> = entries.iter().map(read).collect();
    all.into_iter().collect()
}

fn read_ingredient(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Ingredient> {
    let words = Model::ALL.map(|model| (model.word(), model));
    let node = reader.required(table, "model", "write what the units are, as in \"battery\"");
    let model = node.and_then(|node| reader.word(&node, &words));
    let node = reader.required(table, "units", "write how many units there are");
    let units = node.and_then(|node| reader.whole(&node, &(1..=MOST_UNITS), " of units"));
    let most = units.unwrap_or(MOST_FSPS).min(MOST_FSPS);
    let node = reader.required(table, "fsps", "write at how many FSPs they are");
    let fsps = node.and_then(|node| reader.whole(&node, &(1..=most), " of FSPs"));
    let kw = reader.required(table, "kw", SIZES).and_then(|node| read_sizes(reader, &node));
    Some(Ingredient { model: model?, units: units?, fsps: fsps?, kw: kw? })
}

fn read_sizes(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<(f64, f64)> {
    let entries = reader.list(node, SIZES)?;
    let numbers: Vec<Option<f64>> = entries.iter().map(|entry| reader.number(entry, SIZES)).collect();
    let numbers: Vec<f64> = numbers.into_iter().collect::<Option<_>>()?;
    match numbers.as_slice() {
        [least, most] if *least >= 1.0 && least <= most && *most <= 1e6 => Some((*least, *most)),
        _ => {
            reader.wrong(node, format!("is no range between 1 and 1000000 kW; {SIZES}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::fleet_file::read;

    #[test]
    fn a_fleet_is_made_from_a_seed_and_a_mix() {
        for (text, units, fsps) in [
            (include_str!("../../../profiles/fleets/town.toml"), 40, 8),
            (include_str!("../../../profiles/fleets/county.toml"), 400, 40),
            (include_str!("../../../profiles/fleets/region.toml"), 10_000, 500),
        ] {
            let fleet = read("made.toml", text).unwrap_or_else(|faults| panic!("{faults:#?}"));
            assert_eq!((fleet.units.len(), fleet.fsps.len(), fleet.contracts.len()), (units, fsps, fsps));
        }
    }

    #[test]
    fn each_mistake_of_a_mix_is_named_with_its_line() {
        const TOWN: &str = include_str!("../../../profiles/fleets/town.toml");
        for (old, new, says) in [
            ("seed = 3", "seed = -1", "t.toml:5: generate.seed: `-1` is out of bounds"),
            (
                "\"GB-DNO-11\"",
                "\"GB-DNO-99\"",
                "t.toml:6: generate.operators[0]: `GB-DNO-99` is not in the well-known",
            ),
            ("[\"GB-DNO-11\"]", "[]", "t.toml:6: generate.operators: is empty"),
            ("\"battery\"", "\"windmill\"", "t.toml:9: generate.mix[0].model: `windmill` is not known"),
            ("units = 10", "units = 0", "t.toml:10: generate.mix[0].units: `0` is out of bounds"),
            (
                "fsps = 1",
                "fsps = 15",
                "t.toml:11: generate.mix[0].fsps: `15` is out of bounds; write a whole number of FSPs, 1 to 10",
            ),
            ("kw = [50, 1_000]", "kw = [50]", "t.toml:12: generate.mix[0].kw: is no range"),
            ("kw = [50, 1_000]", "kw = [1_000, 50]", "t.toml:12: generate.mix[0].kw: is no range"),
            ("kw = [50, 1_000]\n", "", "generate.mix[0].kw: is missing; write the least and the greatest kW"),
            (
                "name = ",
                "fsps = [{ id = \"A\", name = \"a\", telephone = \"1\" }]\nname = ",
                "generate: stands beside units that are written",
            ),
        ] {
            let text = TOWN.replacen(old, new, 1);
            assert_ne!(text, TOWN, "{old}");
            let faults = read("t.toml", &text).unwrap_err();
            assert!(faults.iter().any(|f| f.to_string().contains(says)), "{says}: {faults:#?}");
        }
    }
}
