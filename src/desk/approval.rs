//! Four eyes above a limit: when a second person must approve what is to be sent, and whether an approval holds. Pure.
//!
//! What counts is the sum, over the dispatches that are sent together, of the greatest change that each asks of its unit,
//! up or down: two units that go against each other are two changes. What was sent within the minute before without an
//! approval is sent together with it, so that a large dispatch cannot go out in small pieces. An amendment counts by its
//! new revision. Reactive power does not count. A stop of any kind asks for no change and never waits.

use std::sync::Arc;

use super::book::Book;
use super::register::Register;
use super::sign_on::SignedOn;
use super::snapshot::{ApprovedBy, DispatchState, Phase};
use crate::dispatch::{
    Approval, Dispatch, DispatchKey, DispatchParts, DispatchUnit, PublicKey, SignedDispatch,
};
use crate::power::{Baseline, largest_change};
use crate::profile::approval::{ApprovalLimit, ApprovalRules, megawatts};
use crate::time::UtcTime;
use crate::units::Watts;

/// What is sent within so many seconds is sent together.
pub const TOGETHER_S: i64 = 60;
/// For how long an approval holds, seconds: what is known changes.
pub const HOLDS_S: i64 = 3600;
/// So much may the clock of the approver's machine be ahead, seconds.
const AHEAD_S: i64 = 120;

/// A change that a dispatch asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The dispatch.
    pub key: DispatchKey,
    /// The greatest change, up or down.
    pub change: Watts,
}

/// Why a second person must approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What is exceeded.
    pub limit: ApprovalLimit,
    /// What is asked now.
    pub now: Watts,
    /// What was sent within the minute before without an approval.
    pub before: Watts,
}

impl Asked {
    /// What a dispatch asks of a unit with that baseline.
    pub fn of(dispatch: &DispatchParts, baseline: &Baseline) -> Self {
        let key = DispatchKey {
            operator: dispatch.network_operator.clone(),
            dispatch_ref: dispatch.dispatch_ref.clone(),
        };
        Self { key, change: largest_change(dispatch, baseline) }
    }
}

impl Need {
    /// Why, for people: `7 MW of change is asked, above the limit of 5 MW of GB-DNO-11`.
    pub fn words(&self) -> String {
        let asked = match self.before.0 {
            0 => format!("{} of change is asked", megawatts(self.now)),
            before => format!(
                "{} of change is asked, {} of it by what was sent within the last minute",
                megawatts(Watts(self.now.0 + before)),
                megawatts(self.before)
            ),
        };
        format!("{asked}, above the limit of {}", self.limit.words())
    }
}

/// Whether a second person must approve these, after those that were sent shortly before. Of several limits that are
/// exceeded the first is named.
pub fn need(rules: &ApprovalRules, asked: &[Asked], before: &[Asked]) -> Option<Need> {
    let sum = |limit: &ApprovalLimit, asked: &mut dyn Iterator<Item = &Asked>| -> i64 {
        let counts = |a: &&Asked| limit.operator.as_ref().is_none_or(|o| a.key.operator == *o);
        asked.filter(counts).map(|a| a.change.0).sum()
    };
    rules.limits().iter().find_map(|limit| {
        let now = sum(limit, &mut asked.iter());
        // What is asked now takes the place of what the same dispatch asked before.
        let others = |b: &&Asked| !asked.iter().any(|a| a.key == b.key);
        let before = sum(limit, &mut before.iter().filter(others));
        let exceeded = now > 0 && now + before > limit.change.0;
        exceeded.then(|| Need { limit: limit.clone(), now: Watts(now), before: Watts(before) })
    })
}

/// What was sent within the last minute without an approval and stands still.
pub fn sent_before<'d, 'b>(
    dispatches: impl IntoIterator<Item = &'d DispatchState>,
    now: UtcTime,
    baseline: impl Fn(&DispatchUnit) -> Option<&'b Baseline>,
) -> Vec<Asked> {
    let counts = |state: &&DispatchState| {
        let current = state.current();
        let recent = current.filter(|r| now.since(r.signed.dispatch.instruction_time) < TOGETHER_S);
        recent.is_some_and(|r| r.approved.is_none()) && state.phase != Phase::SendFailed
    };
    dispatches
        .into_iter()
        .filter(counts)
        .filter_map(|state| state.dispatch())
        .map(|dispatch| Asked::of(dispatch.parts(), baseline(&dispatch.unit).unwrap_or(&Baseline::Zero)))
        .filter(|asked| asked.change.0 > 0)
        .collect()
}

/// Whether an approval holds for exactly these dispatches at an instant, and whose it is. `signing`: the public keys that
/// this desk signs dispatches with.
///
/// # Errors
/// Why it does not hold, and what would be right, in words.
pub fn holds<'k>(
    rules: &ApprovalRules,
    approval: &Approval,
    dispatches: &[&Dispatch],
    now: UtcTime,
    signing: impl IntoIterator<Item = &'k PublicKey>,
) -> Result<ApprovedBy, String> {
    let key_id = &approval.signature.key_id;
    let approver = rules.approver(key_id).ok_or_else(|| {
        let who = if rules.approvers().is_empty() { "nobody".to_owned() } else { rules.who() };
        format!("key {key_id} is not among those that may approve here: {who}")
    })?;
    if let Some(own) = signing.into_iter().find(|key| key.bytes == approver.key.bytes) {
        return Err(format!(
            "key {key_id} is the key {} that the dispatch is signed with; another person approves it with a key of \
             their own",
            own.key_id
        ));
    }
    let at = approval.approved.at();
    approval.verify(&rules.keys(), at).map_err(|fault| fault.to_string())?;
    approval.verify(&rules.keys(), now).map_err(|fault| fault.to_string())?;
    if at.since(now) > AHEAD_S {
        return Err(format!(
            "it was given at {at}, which is to come; set the clock of the approver's machine right"
        ));
    }
    if now.since(at) > HOLDS_S {
        return Err(format!("it was given at {at} and holds for an hour; have it approved again"));
    }
    approval
        .approved
        .covers(dispatches.iter().copied())
        .map_err(|gap| format!("{gap}; have it approved again"))?;
    Ok(ApprovedBy { name: approver.name.clone(), key_id: key_id.clone(), at })
}

/// Whose approval of an earlier session a dispatch went out with.
pub(super) fn recalled(
    rules: &ApprovalRules,
    approvals: &[Approval],
    dispatch: &Dispatch,
) -> Option<ApprovedBy> {
    approvals.iter().filter(|approval| approval.approved.includes(dispatch)).find_map(|approval| {
        let at = approval.approved.at();
        let approver = rules.approver(&approval.signature.key_id)?;
        approval.verify(&rules.keys(), at).ok()?;
        Some(ApprovedBy { name: approver.name.clone(), key_id: approver.key.key_id.clone(), at })
    })
}

/// Dispatches that may go out: nobody need approve them, or somebody has. Only [`Rule::clear`] makes them, and whatever a
/// command sends is made of them.
#[derive(Debug)]
pub(super) struct Cleared {
    orders: Vec<SignedDispatch>,
    granted: Option<Granted>,
}

/// An approval that holds.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub by: Arc<ApprovedBy>,
    pub approval: Approval,
}

impl Cleared {
    pub(super) fn orders(&self) -> &[SignedDispatch] {
        &self.orders
    }

    pub(super) fn granted(&self) -> Option<&Granted> {
        self.granted.as_ref()
    }

    pub(super) fn into_orders(self) -> Vec<SignedDispatch> {
        self.orders
    }
}

/// What clearing goes by.
pub(super) struct Rule<'a> {
    pub rules: &'a ApprovalRules,
    pub register: &'a Register,
    pub book: &'a Book,
    /// Who is signed on.
    pub on: Option<&'a SignedOn>,
    pub now: UtcTime,
}

impl Rule<'_> {
    /// Clears dispatches that are sent together. `before`: what was cleared a moment ago and is not in the book yet.
    ///
    /// # Errors
    /// That a second person must approve them, or why their approval does not hold, in words; then nothing is sent.
    pub(super) fn clear(
        &self,
        orders: Vec<SignedDispatch>,
        approval: Option<&Approval>,
        before: &[Asked],
    ) -> Result<Cleared, String> {
        // Making safe never waits for anyone.
        let moving: Vec<&Dispatch> =
            orders.iter().map(|s| &s.dispatch).filter(|d| !d.status.is_stop()).collect();
        if moving.is_empty() || (self.rules.limits().is_empty() && approval.is_none()) {
            return Ok(Cleared { orders, granted: None });
        }
        let granted = match approval {
            Some(approval) => Some(self.granted(approval, &moving)?),
            None => {
                self.must_not_need_one(&moving, before)?;
                None
            }
        };
        Ok(Cleared { orders, granted })
    }

    fn granted(&self, approval: &Approval, moving: &[&Dispatch]) -> Result<Granted, String> {
        let signing = self.register.signing_keys();
        let by = holds(self.rules, approval, moving, self.now, &signing)
            .and_then(|by| self.by_another(&by).map(|()| by))
            .map_err(|why| format!("nothing was sent: the approval does not hold: {why}"))?;
        Ok(Granted { by: Arc::new(by), approval: approval.clone() })
    }

    /// Whoever is signed on does not approve what they send, by whichever key or name.
    fn by_another(&self, by: &ApprovedBy) -> Result<(), String> {
        let Some(on) = self.on else { return Ok(()) };
        let key = self.rules.approver(&by.key_id).map(|approver| approver.key.bytes);
        if on.holder.is_called(&by.name) || key.is_some_and(|key| on.holds(&key)) {
            return Err(format!(
                "{} approves what {} sends, and is signed on; another person approves it",
                by.who(),
                on.holder
            ));
        }
        Ok(())
    }

    fn must_not_need_one(&self, moving: &[&Dispatch], before: &[Asked]) -> Result<(), String> {
        let asked: Vec<Asked> = moving.iter().map(|dispatch| self.asked(dispatch)).collect();
        let baseline = |unit: &DispatchUnit| self.register.baseline(unit);
        let mut earlier = sent_before(self.book.iter().map(AsRef::as_ref), self.now, baseline);
        earlier.retain(|asked| !before.iter().any(|b| b.key == asked.key));
        earlier.extend_from_slice(before);
        match need(self.rules, &asked, &earlier) {
            None => Ok(()),
            Some(need) => Err(format!(
                "nothing was sent: {}. A second person must approve it, in Compose or by `rampdesk approve`: {}",
                need.words(),
                self.rules.who()
            )),
        }
    }

    /// What of cleared dispatches counts with what is sent after them: all that nobody approved.
    pub(super) fn counted(&self, cleared: &Cleared) -> Vec<Asked> {
        if self.rules.limits().is_empty() || cleared.granted().is_some() {
            return Vec::new();
        }
        cleared.orders().iter().map(|signed| self.asked(&signed.dispatch)).collect()
    }

    /// What a dispatch asks of its unit.
    fn asked(&self, dispatch: &Dispatch) -> Asked {
        let baseline = self.register.baseline(&dispatch.unit).unwrap_or(&Baseline::Zero);
        Asked::of(dispatch.parts(), baseline)
    }
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
