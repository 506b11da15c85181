//! A contract's fail-safe as TOML: `fail_safe = { kw = 0, after_polls = 3 }`.

use super::fail_safe::{FailSafe, SafeLevel};
use super::reader::{Node, Reader, Table};
use crate::units::Watts;

const KEYS: [&str; 2] = ["kw", "after_polls"];
const TABLE: &str = "write { kw = 0, after_polls = 3 }, say";
const LEVEL: &str = "write net kW, as in 0, or \"baseline\"";
const POLLS: &str = "write after how many polls, as in 3";

/// Reads the key; `Some(None)` without it.
#[expect(clippy::option_option, reason = "the outer one is of the reading, the inner one of the contract")]
pub(super) fn read_fail_safe(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Option<FailSafe>> {
    let Some(node) = table.get("fail_safe") else { return Some(None) };
    let table = reader.table(&node, &KEYS, TABLE)?;
    let level = reader.required(&table, "kw", LEVEL);
    let level = level.and_then(|node| read_level(reader, &node));
    let polls = reader.required(&table, "after_polls", POLLS);
    let after_polls = polls.and_then(|node| reader.whole(&node, &FailSafe::POLLS, " of polls"));
    Some(Some(FailSafe { level: level?, after_polls: after_polls? }))
}

fn read_level(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<SafeLevel> {
    if !node.is_text() {
        return reader.watts(node).map(|watts| SafeLevel::Absolute(Watts(watts)));
    }
    let text = reader.text(node, LEVEL)?;
    if text != "baseline" {
        let message = format!("{} is no level; {LEVEL}", reader.shown(text));
        reader.wrong(node, message);
        return None;
    }
    Some(SafeLevel::Baseline)
}
