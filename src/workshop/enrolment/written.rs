//! A form as the fleet file that it stands for.

use toml::{Table, Value};

use super::draft::{BaselineDraft, ContractDraft, Draft, UnitDraft};
use super::kind::Quantity;

/// As a fleet file. What is no number stands as a text, for the reader to say so; what is empty is left out.
pub(super) fn written(fsp: &Draft) -> String {
    let contract = |draft: &ContractDraft| {
        let mut table = Table::new();
        put(&mut table, "operator", text(&draft.operator));
        put(&mut table, "id", text(&draft.id));
        put(&mut table, "product", text(&draft.product));
        put(&mut table, "poll_seconds", number(&draft.poll_seconds));
        put(&mut table, "ack_seconds", number(&draft.ack_seconds));
        put(&mut table, "notice_seconds", number(&draft.notice_seconds));
        put(&mut table, "gbp_per_mwh", number(&draft.gbp_per_mwh));
        Value::Table(table)
    };
    let unit = |draft: &UnitDraft| {
        let mut table = Table::new();
        put(&mut table, "unit", text(&draft.unit));
        put(&mut table, "name", text(&draft.name).or_else(|| text(&draft.unit)));
        if let Some(contract) = fsp.contracts.get(draft.contract) {
            put(&mut table, "operator", text(&contract.operator));
            put(&mut table, "contract", text(&contract.id));
        }
        put(&mut table, "asset", Some(asset(draft)));
        put(&mut table, "baseline", Some(baseline(&draft.baseline)));
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

fn text(written: &str) -> Option<Value> {
    let written = written.trim();
    (!written.is_empty()).then(|| Value::String(written.to_owned()))
}

/// A number as people type it, thousands with commas too.
fn number(written: &str) -> Option<Value> {
    let written = written.trim();
    if written.is_empty() {
        return None;
    }
    let plain = written.replace('\u{2212}', "-");
    let plain = if has_thousands(&plain) { plain.replace(',', "") } else { plain };
    let value = plain.parse::<i64>().map(Value::Integer).ok();
    let value = value.or_else(|| plain.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::Float));
    Some(value.unwrap_or_else(|| Value::String(written.to_owned())))
}

/// Whether every comma stands where thousands part.
fn has_thousands(written: &str) -> bool {
    let whole = written.split('.').next().unwrap_or_default().trim_start_matches(['+', '-']);
    let groups: Vec<&str> = whole.split(',').collect();
    let is_digits = |group: &&str| group.bytes().all(|b| b.is_ascii_digit());
    groups.len() > 1
        && groups.iter().all(is_digits)
        && (1..=3).contains(&groups[0].len())
        && groups[1..].iter().all(|group| group.len() == 3)
}

fn asset(draft: &UnitDraft) -> Value {
    let mut table = Table::new();
    put(&mut table, "kind", text(draft.kind.word()));
    for Quantity { key, .. } in draft.kind.quantities() {
        put(&mut table, key, draft.quantities.get(key).and_then(|written| number(written)));
    }
    Value::Table(table)
}

fn baseline(draft: &BaselineDraft) -> Value {
    let mut table = Table::new();
    match draft {
        BaselineDraft::Fixed(kw) => {
            put(&mut table, "kind", text("fixed"));
            put(&mut table, "kw", number(kw));
        }
        BaselineDraft::Daily(points) => {
            put(&mut table, "kind", text("daily"));
            let points = points.split([',', ';', '\n']).filter(|point| !point.trim().is_empty());
            let point = |point: &str| {
                let mut words = point.split_whitespace();
                let time = words.next().and_then(text);
                Value::Array(time.into_iter().chain(words.filter_map(number)).collect())
            };
            put(&mut table, "points", Some(Value::Array(points.map(point).collect())));
        }
    }
    Value::Table(table)
}
