//! What asks for a person, in sentences: what is wrong, by whom, and what to do. Pure.

use super::say;
use super::trouble::{Trouble, Troubles};
use crate::console::words;
use crate::desk::snapshot::{DispatchState, FspState, Rung};
use crate::dispatch::{Comparison, Dispatch, Stage};
use crate::time::UtcTime;

/// Every trouble of a dispatch with its sentence, the gravest first.
pub fn notices(dispatch: &DispatchState, fsp: Option<&FspState>, now: UtcTime) -> Vec<(Trouble, String)> {
    let Some(document) = dispatch.dispatch() else { return Vec::new() };
    Troubles::of(dispatch, now)
        .iter()
        .map(|trouble| (trouble, sentence(trouble, dispatch, document, fsp, now)))
        .collect()
}

fn sentence(
    trouble: Trouble,
    dispatch: &DispatchState,
    document: &Dispatch,
    fsp: Option<&FspState>,
    now: UtcTime,
) -> String {
    let latest = document.revision;
    match trouble {
        Trouble::Rejected => {
            let rung = last(dispatch, |g| g.stage == Stage::Rejected && g.revision == latest);
            format!("{} rejected revision {latest}{}. {}", document.unit.fsp, why(rung), left(dispatch))
        }
        Trouble::Failed => failed(dispatch, document, fsp),
        Trouble::Mismatched => {
            let fields = dispatch.readback.as_deref().map_or(&[][..], Vec::as_slice);
            let other = fields.iter().filter(|f| f.comparison != Comparison::Matched).count();
            format!(
                "{other} of {} fields were read back otherwise than sent (below). Stop it, or {}.",
                fields.len(),
                telephone(document, fsp)
            )
        }
        Trouble::Overdue => {
            let late = dispatch.due.map_or(0, |due| now.since(due));
            let what = dispatch.awaited.as_deref().unwrap_or("an answer");
            format!("Overdue by {}: {what}. {}.", words::span(late), capitalised(&telephone(document, fsp)))
        }
        Trouble::ReachedLate => {
            let rung =
                last(dispatch, |g| g.stage == Stage::Unreachable && Some(g.revision) == dispatch.in_force);
            let when = rung
                .and_then(|g| g.reached_at)
                .map_or_else(|| "never".to_owned(), |at| format!("only at {}", say::moment(at, now)));
            format!("{} says that a setpoint is reached {when}{}.", document.unit.fsp, why(rung))
        }
    }
}

fn failed(dispatch: &DispatchState, document: &Dispatch, fsp: Option<&FspState>) -> String {
    let fault = dispatch.current().filter(|r| r.sent.is_none()).and_then(|r| r.fault.as_deref());
    if let Some(fault) = fault {
        return format!("Revision {} was not sent: {fault}. {}", document.revision, left(dispatch));
    }
    match last(dispatch, |g| g.stage == Stage::Failed) {
        Some(rung) => format!(
            "{} could not go on{}. {}.",
            document.unit,
            why(Some(rung)),
            capitalised(&telephone(document, fsp))
        ),
        None => format!(
            "{} did not acknowledge it before its window was over. {}.",
            document.unit.fsp,
            capitalised(&telephone(document, fsp))
        ),
    }
}

/// What is in force although the latest revision is not.
fn left(dispatch: &DispatchState) -> String {
    match dispatch.in_force {
        Some(revision) => format!("Revision {revision} stays in force."),
        None => "Nothing of it is in force.".to_owned(),
    }
}

fn last(dispatch: &DispatchState, is: impl Fn(&Rung) -> bool) -> Option<&Rung> {
    dispatch.ladder.iter().rfind(|g| g.signature.is_ok() && is(g))
}

/// `: more is asked than the unit can do (BEYOND_CAPABILITY), “6,000 kW asked”`.
fn why(rung: Option<&Rung>) -> String {
    let Some(rung) = rung else { return String::new() };
    let reason = rung.reason.map_or_else(String::new, |r| format!(": {} ({})", say::reason(r), r.word()));
    let comma = if reason.is_empty() { ": " } else { ", " };
    let detail = rung.detail.as_ref().map_or_else(String::new, |detail| format!("{comma}“{detail}”"));
    reason + &detail
}

fn telephone(document: &Dispatch, fsp: Option<&FspState>) -> String {
    match fsp {
        Some(fsp) if !fsp.telephone.is_empty() => format!("telephone {}, {}", fsp.name, fsp.telephone),
        _ => format!("telephone {}", document.unit.fsp),
    }
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::{NOW, at, dispatches, quiet_snapshot};
    use crate::desk::snapshot::Phase;
    use crate::dispatch::Revision;

    fn said(dispatch: &DispatchState) -> Vec<String> {
        let snapshot = quiet_snapshot();
        let fsp = &dispatch.dispatch().unwrap().unit.fsp;
        let fsp = snapshot.fsps.iter().map(AsRef::as_ref).find(|f| f.id == *fsp);
        notices(dispatch, fsp, at(NOW)).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn each_trouble_says_what_is_wrong_and_what_to_do() {
        for (place, sentence) in [
            (
                0,
                "NORTHGEN says that a setpoint is reached only at 17:28:00 GMT: “ramp-limited from standstill”.",
            ),
            (
                1,
                "Overdue by 1 min 30 s: acknowledgement from COLDCHAIN. Telephone Coldchain Logistics, 01788 496 \
                 0102.",
            ),
            (
                2,
                "NORTHGEN rejected revision 1: more is asked than the unit can do (BEYOND_CAPABILITY), “6,000 kW \
                 asked, 4,000 kW is the rating”. Nothing of it is in force.",
            ),
            (
                4,
                "2 of 3 fields were read back otherwise than sent (below). Stop it, or telephone Greenleaf Heat, \
                 0116 496 0103.",
            ),
        ] {
            assert_eq!(said(&dispatches()[place]), [sentence]);
        }
        assert!(said(&dispatches()[3]).is_empty(), "all is well");
    }

    #[test]
    fn a_refused_amendment_says_what_stays_in_force() {
        let mut refused = dispatches().remove(2);
        refused.in_force = Some(Revision::FIRST);
        assert!(said(&refused)[0].ends_with("Revision 1 stays in force."));
    }

    #[test]
    fn silence_to_the_end_and_a_lost_sending_are_told_apart() {
        let mut silent = dispatches().remove(1);
        (silent.phase, silent.in_force, silent.due) = (Phase::Failed, None, None);
        assert_eq!(
            said(&silent),
            [
                "COLDCHAIN did not acknowledge it before its window was over. Telephone Coldchain Logistics, 01788 \
              496 0102."
            ]
        );
        let mut lost = silent;
        let mut revision = (*lost.revisions[0]).clone();
        (revision.sent, revision.fault) = (None, Some("the VTN does not answer".to_owned()));
        (lost.revisions, lost.phase) = (vec![std::sync::Arc::new(revision)], Phase::SendFailed);
        assert_eq!(
            said(&lost),
            ["Revision 1 was not sent: the VTN does not answer. Nothing of it is in force."]
        );
    }
}
