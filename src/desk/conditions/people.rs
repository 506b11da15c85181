//! Nobody who may sign, and people who are about to be signed off or whose keys end.

use super::Scene;
use super::keys::{condition, near};
use crate::desk::alarms::{Cause, Condition};
use crate::desk::sign_on::{Act, NoSigner, TOLD_BEFORE_S, or_words};
use crate::desk::snapshot::Priority;
use crate::desk::words::london_words;
use crate::dispatch::{Holder, OperatorId, PublicKey};

/// What is wrong with who signs.
pub(super) fn conditions(scene: &Scene<'_>) -> Vec<Condition> {
    let mut found: Vec<Condition> = nobody(scene).into_iter().chain(soon_off(scene)).collect();
    for operator in scene.register.signing_operators() {
        let holders = scene.register.holders(operator);
        found.extend(holders.into_iter().filter_map(|holder| ends(scene, operator, holder)));
    }
    found
}

/// Operators for whom nobody is signed on, and no key of the machine's own is there to stop with.
fn nobody(scene: &Scene<'_>) -> Option<Condition> {
    let is_unsigned =
        |operator: &&OperatorId| matches!(scene.signers().of(operator, Act::Stop), Err(NoSigner::SignOn(_)));
    let unsigned: Vec<&OperatorId> =
        scene.register.signing_operators().into_iter().filter(is_unsigned).collect();
    if unsigned.is_empty() {
        return None;
    }
    let named: Vec<&str> = unsigned.iter().map(|operator| operator.as_str()).collect();
    let mut holders: Vec<&Holder> = unsigned.iter().flat_map(|o| scene.register.holders(o)).collect();
    holders.sort();
    holders.dedup();
    let text = format!(
        "Nobody is signed on for {}, and the machine has no key of its own: nothing goes out, no stop either, and nobody signs \
         the journal. {} may sign on.",
        named.join(", "),
        or_words(&holders)
    );
    Some(condition(Cause::NobodyOn, Priority::Low, text))
}

/// Whoever is signed on is signed off soon.
fn soon_off(scene: &Scene<'_>) -> Option<Condition> {
    let on = scene.on?;
    let until = on.last + scene.sign_off_after_s;
    let is_near = until.since(scene.now) <= TOLD_BEFORE_S;
    let text = format!(
        "{} is signed off at {} for want of a command. Give one, or sign on again.",
        on.holder,
        london_words(until)
    );
    is_near.then(|| condition(Cause::SignOff, Priority::Low, text))
}

/// A person's last key of an operator is near its end. One that has ended is no alarm: people leave.
fn ends(scene: &Scene<'_>, operator: &OperatorId, holder: &Holder) -> Option<Condition> {
    let pinned = scene.register.own_keys(operator)?;
    let theirs = pinned.keys().filter(|key| key.holder.as_ref() == Some(holder));
    let ends: Option<Vec<_>> = theirs.map(PublicKey::ends).collect();
    let until = ends?.into_iter().max().filter(|until| *until > scene.now)?;
    let (priority, when) = near(until, scene.now)?;
    let text = format!(
        "{holder}\u{2019}s last key of {operator} {when}, at {until}: from then on nothing goes out that {holder} signs. `rampdesk \
         key rotate {operator} --holder \"{holder}\"` makes the next one, which the FSPs must have before."
    );
    Some(condition(Cause::KeyEnds(format!("{operator}/{holder}")), priority, text))
}
