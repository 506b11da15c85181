//! What can be written of an item: each key that its kind has, with what stands there.

use crate::desk::snapshot::ShelfTime;
use crate::dispatch::{Reference, Status};
use crate::power::Asset;
use crate::profile::faults::{Alteration, BadData, FspFault, UnitFault};
use crate::profile::fleet::{FleetProfile, Unit};
use crate::workshop::exercise::Measure;
use crate::workshop::scenario_file;

use super::item::{ItemId, kind_of};
use super::source::{Block, Source};

/// A value that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// `at`, `setpoints[0].real_kw`.
    pub path: String,
    /// For people.
    pub label: String,
    /// What stands there: a text without its quotes, all else as it is written; empty where there is nothing.
    pub input: String,
    /// Whether anything stands there.
    pub is_there: bool,
    /// Whether only some words are right, to be chosen from.
    pub has_choices: bool,
}

/// Everything that can be written of an item, in the order of the format.
pub(super) fn of_item(source: &Source, id: ItemId) -> Vec<Field> {
    let Some(block) = source.block(id) else { return Vec::new() };
    let kind = kind_of(id.list, block);
    let known = scenario_file::keys_of(id.list.key(), &kind);
    let number = number_key(block);
    let is_shown = |key: &str| {
        let is_of_fault = kind == "fault" && scenario_file::FAULT_NUMBERS.contains(&key);
        block.field(key).is_some() || !is_of_fault || number == Some(key)
    };
    let mut fields = Vec::new();
    for key in known.iter().filter(|key| is_shown(key)) {
        match block.field(key).map(|field| &field.written) {
            // Its levels are written one by one.
            Some(_) if *key == "setpoints" => levels(block, &mut fields),
            _ => fields.push(field(block, key)),
        }
    }
    let own =
        block.fields.iter().filter(|field| field.key.is_some() && !known.contains(&field.path.as_str()));
    fields.extend(own.map(|unknown| field(block, &unknown.path)));
    fields
}

/// What stands above all tables, and of a workshop the trainer's note.
pub(super) fn of_head(source: &Source) -> Vec<Field> {
    let root = ["name", "about", "fleet", "seed", "start", "run_for", "poll_seconds"];
    let of = |block: &Block, key: &str, path: String| Field { path, ..field(block, key) };
    let mut fields: Vec<Field> = Vec::new();
    if let Some(block) = source.root() {
        fields.extend(root.iter().map(|key| of(block, key, (*key).to_owned())));
    }
    if let Some(block) = source.note() {
        let keys = scenario_file::keys_of("workshop", "");
        fields.extend(keys.iter().map(|key| of(block, key, format!("workshop.{key}"))));
    }
    fields
}

fn levels(block: &Block, fields: &mut Vec<Field>) {
    let inner = block.fields.iter().filter(|field| field.path.starts_with("setpoints["));
    let leaves: Vec<&str> =
        inner.map(|field| field.path.as_str()).filter(|path| path.contains("].")).collect();
    if leaves.is_empty() {
        fields.push(field(block, "setpoints"));
    }
    fields.extend(leaves.into_iter().map(|path| field(block, path)));
}

fn field(block: &Block, path: &str) -> Field {
    let there = block.field(path);
    let input = there.map(|field| field.text.clone().unwrap_or_else(|| field.written.clone()));
    Field {
        path: path.to_owned(),
        label: label(path),
        input: input.unwrap_or_default(),
        is_there: there.is_some(),
        has_choices: CHOSEN.contains(&path.rsplit('.').next().unwrap_or(path)),
    }
}

/// `Service start`, `Level 2, real kW`.
fn label(path: &str) -> String {
    let words = |key: &str| match key {
        "ref" => "Reference".to_owned(),
        "fsp" => "FSP".to_owned(),
        "kw" => "kW".to_owned(),
        "at_most_gbp" => "At most £".to_owned(),
        "gbp_per_mwh" => "£ per MWh".to_owned(),
        _ => sentence(key),
    };
    match path.strip_prefix("setpoints[").and_then(|rest| rest.split_once("].")) {
        Some((index, key)) => {
            let number = index.parse::<usize>().map_or(1, |index| index + 1);
            format!(
                "Level {number}: {}",
                words(key).to_lowercase().replace("kw", "kW").replace("kvar", "kVAr")
            )
        }
        None => words(path),
    }
}

fn sentence(key: &str) -> String {
    let spelt = key.replace('_', " ").replace(" kw", " kW").replace(" kvar", " kVAr");
    let mut letters = spelt.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The keys whose values are some words out of a few, or names of the fleet.
const CHOSEN: [&str; 13] = [
    "unit",
    "fsp",
    "operator",
    "fault",
    "status",
    "reference",
    "measure",
    "into",
    "quality",
    "action",
    "kind",
    "time",
    "phase",
];

/// What a field may say.
pub(super) fn choices(source: &Source, id: ItemId, path: &str, fleet: Option<&FleetProfile>) -> Vec<String> {
    let Some(block) = source.block(id) else { return Vec::new() };
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let key = path.rsplit('.').next().unwrap_or(path);
    let is_of_weather = kind_of(id.list, block) == "weather";
    let may_be = |unit: &&Unit| !is_of_weather || matches!(unit.asset, Asset::Renewable(_));
    match key {
        "action" | "kind" => owned(&scenario_file::kinds_of(id.list.key(), source.note().is_some())),
        "phase" => owned(&scenario_file::phases()),
        "time" => owned(&ShelfTime::ALL.map(ShelfTime::words)),
        "unit" => {
            let units = fleet.into_iter().flat_map(|fleet| &fleet.units).filter(may_be);
            units.map(|unit| unit.unit.to_string()).collect()
        }
        "fsp" => fleet.into_iter().flat_map(|f| &f.fsps).map(|fsp| fsp.id.to_string()).collect(),
        "operator" => {
            fleet.map(FleetProfile::operators).unwrap_or_default().iter().map(ToString::to_string).collect()
        }
        "fault" if block.field("fsp").is_some() => owned(&FspFault::ALL.each_ref().map(FspFault::word)),
        "fault" => owned(&UnitFault::ALL.each_ref().map(UnitFault::word)),
        "status" => owned(&[Status::Run, Status::RunNow, Status::PreNotify].map(Status::word)),
        "reference" => owned(&[Reference::Delta, Reference::Absolute].map(Reference::word)),
        "measure" => owned(&Measure::WORDS.map(|(word, _)| word)),
        "into" => owned(&Alteration::WORDS.map(|(word, _)| word)),
        "quality" => owned(&BadData::WORDS.map(|(word, _)| word)),
        _ => Vec::new(),
    }
}

/// The number that the fault of a step takes.
fn number_key(block: &Block) -> Option<&'static str> {
    let word = block.text("fault")?;
    let of_unit = UnitFault::ALL.iter().find(|fault| fault.word() == word).map(UnitFault::number_key);
    let of_fsp = || FspFault::ALL.iter().find(|fault| fault.word() == word).map(FspFault::number_key);
    of_unit.or_else(of_fsp).flatten()
}
