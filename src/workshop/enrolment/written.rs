//! A form as the fleet file that it stands for.

use toml::{Table, Value};

use super::draft::{BaselineDraft, ContractDraft, Draft, MeterDraft, UnitDraft};
use super::kind::Quantity;
use crate::profile::typed;

/// As a fleet file. What is no number stands as a text, for the reader to say so; what is empty is left out.
pub(super) fn written(fsp: &Draft) -> String {
    let contract = |draft: &ContractDraft| {
        let mut table = Table::new();
        put(&mut table, "operator", typed::text(&draft.operator));
        put(&mut table, "id", typed::text(&draft.id));
        put(&mut table, "product", typed::text(&draft.product));
        put(&mut table, "poll_seconds", typed::number(&draft.poll_seconds));
        put(&mut table, "ack_seconds", typed::number(&draft.ack_seconds));
        put(&mut table, "notice_seconds", typed::number(&draft.notice_seconds));
        put(&mut table, "gbp_per_mwh", typed::number(&draft.gbp_per_mwh));
        put(&mut table, "fail_safe", fail_safe(draft));
        Value::Table(table)
    };
    let unit = |draft: &UnitDraft| {
        let mut table = Table::new();
        put(&mut table, "unit", typed::text(&draft.unit));
        put(&mut table, "name", typed::text(&draft.name).or_else(|| typed::text(&draft.unit)));
        if let Some(contract) = fsp.contracts.get(draft.contract) {
            put(&mut table, "operator", typed::text(&contract.operator));
            put(&mut table, "contract", typed::text(&contract.id));
        }
        put(&mut table, "asset", Some(asset(draft)));
        put(&mut table, "baseline", Some(baseline(&draft.baseline)));
        put(&mut table, "meter", meter(&draft.meter));
        Value::Table(table)
    };
    let mut root = Table::new();
    root.insert("contracts".to_owned(), Value::Array(fsp.contracts.iter().map(contract).collect()));
    root.insert("units".to_owned(), Value::Array(fsp.units.iter().map(unit).collect()));
    root.to_string()
}

fn put(table: &mut Table, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        table.insert(key.to_owned(), value);
    }
}

/// None when nothing of it is typed.
fn meter(draft: &MeterDraft) -> Option<Value> {
    let mut table = Table::new();
    put(&mut table, "noise", typed::number(&draft.noise));
    put(&mut table, "resolution_kw", typed::number(&draft.resolution_kw));
    put(&mut table, "seed", typed::number(&draft.seed));
    (!table.is_empty()).then_some(Value::Table(table))
}

/// None when nothing of it is typed.
fn fail_safe(draft: &ContractDraft) -> Option<Value> {
    let mut table = Table::new();
    put(&mut table, "kw", typed::number(&draft.fail_safe_kw));
    put(&mut table, "after_polls", typed::number(&draft.fail_safe_polls));
    (!table.is_empty()).then_some(Value::Table(table))
}

pub(super) fn asset(draft: &UnitDraft) -> Value {
    let mut table = Table::new();
    put(&mut table, "kind", typed::text(draft.kind.word()));
    for Quantity { key, .. } in draft.kind.quantities() {
        put(&mut table, key, draft.quantities.get(key).and_then(|written| typed::number(written)));
    }
    Value::Table(table)
}

pub(super) fn baseline(draft: &BaselineDraft) -> Value {
    let mut table = Table::new();
    match draft {
        BaselineDraft::Declared(written) => return Value::Table(written.parse().unwrap_or_default()),
        BaselineDraft::Fixed(kw) => {
            put(&mut table, "kind", typed::text("fixed"));
            put(&mut table, "kw", typed::number(kw));
        }
        BaselineDraft::Daily(points) => return Value::Table(typed::baseline(points)),
    }
    Value::Table(table)
}
