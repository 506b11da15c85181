//! References for new dispatches: `EMID-20261126-0001`, the next that is free.

use std::sync::Arc;

use crate::desk::snapshot::DispatchState;
use crate::dispatch::{ContractId, OperatorId};
use crate::time::{UtcTime, in_london};

/// The next free reference of an operator for today in London. The contract's first word stands for the operator, as
/// in `EMID-C-2026-0193`; `taken` holds references that drafts have already.
pub fn next(
    operator: &OperatorId,
    contract: &ContractId,
    dispatches: &[Arc<DispatchState>],
    taken: &[&str],
    now: UtcTime,
) -> String {
    let word = contract.as_str().split(['-', '_']).find(|w| !w.is_empty()).unwrap_or(contract.as_str());
    let stem = format!("{word}-{}-", in_london(now).date.replace('-', ""));
    let sent = dispatches.iter().filter(|d| d.key.operator == *operator).map(|d| d.key.dispatch_ref.as_str());
    let last = sent
        .chain(taken.iter().copied())
        .filter_map(|text| text.strip_prefix(&stem)?.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    format!("{stem}{:04}", last.saturating_add(1))
}
