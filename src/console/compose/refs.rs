//! References for new dispatches: the next that is free for their operator.

use std::sync::{Arc, LazyLock};

use crate::desk::next_ref;
use crate::desk::snapshot::DispatchState;
use crate::dispatch::{ContractId, DispatchRef, OperatorId};
use crate::profile::operators::Operators;
use crate::time::UtcTime;

static OPERATORS: LazyLock<Operators> = LazyLock::new(Operators::built_in);

/// The next free reference of an operator: `EMID-20261126-0001`. An operator that is not on the well-known list is
/// known by its contract's first word, as in `EMID-C-2026-0193`. `taken` holds references that drafts have already.
pub fn next(
    operator: &OperatorId,
    contract: &ContractId,
    dispatches: &[Arc<DispatchState>],
    taken: &[&str],
    now: UtcTime,
) -> String {
    let word = || contract.as_str().split(['-', '_']).find(|w| !w.is_empty()).unwrap_or(contract.as_str());
    let code = OPERATORS.get(operator).map_or_else(word, |o| o.code.as_str());
    let drawn_up: Vec<DispatchRef> = taken.iter().filter_map(|text| DispatchRef::new(text).ok()).collect();
    let sent = dispatches.iter().filter(|d| d.key.operator == *operator).map(|d| &d.key.dispatch_ref);
    next_ref(code, now, sent.chain(&drawn_up)).map_or_else(|_| String::new(), |free| free.to_string())
}
