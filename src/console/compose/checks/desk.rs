//! What the desk knows that bears on a draft: references and revisions, other dispatches of the unit, who is there.

use crate::console::compose::draft::Draft;
use crate::console::compose::repair::Repair;
use crate::console::words;
use crate::desk::snapshot::{FspState, LinkState, UnitState};
use crate::dispatch::{DispatchRef, Status};
use crate::power::UnitPhase;

use super::stand_in::stand_in;
use super::{Check, Context, Field, Findings, fix, greatest_known};

pub(super) fn check(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    reference(draft, context, found);
    revision(draft, context, found);
    overlap(draft, context, found);
    match context.unit {
        Some(unit) => presence(draft, unit, context, found),
        None => found.error(
            Check::UnitGone,
            Field::Unit,
            format!("{} is no longer among the units of this desk; pick another", draft.unit),
            stand_in(draft, context),
        ),
    }
    if context.vtn.state == LinkState::Lost {
        let says = "the VTN does not answer; sending will wait and may fail".to_owned();
        found.warn(Check::VtnAway, Field::Vtn, says, []);
    }
}

fn reference(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let take = || fix(format!("Use {}", context.free_ref), Repair::Ref(context.free_ref.to_owned()));
    if let Err(fault) = DispatchRef::new(draft.dispatch_ref.trim()) {
        found.error(Check::ReferenceForm, Field::Ref, fault.to_string(), [take()]);
    } else if context.amends.is_none()
        && let Some(known) = greatest_known(draft, context)
    {
        found.error(
            Check::ReferenceTaken,
            Field::Ref,
            format!(
                "{} is taken: its revision {known} was sent already; amend that one or use another reference",
                draft.dispatch_ref.trim()
            ),
            [take()],
        );
    }
}

fn revision(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    if context.amends.is_none() {
        return;
    }
    let state = context
        .dispatches
        .iter()
        .find(|d| d.key.operator == draft.operator && d.key.dispatch_ref.as_str() == draft.dispatch_ref);
    if let Some(known) = greatest_known(draft, context)
        && draft.revision <= known
    {
        found.error(
            Check::StaleRevision,
            Field::Revision,
            format!("revision {known} exists already; an amendment must be greater"),
            [fix(format!("Make it revision {}", known.next()), Repair::Revision(known.next()))],
        );
    }
    if let Some(over) = state.filter(|d| !d.is_open()) {
        found.error(
            Check::AmendsWhatIsOver,
            Field::Revision,
            format!("the dispatch is over ({}); draw up a new one instead", over.phase.word()),
            [fix(
                format!("Make it a new dispatch, {}", context.free_ref),
                Repair::AsNew(context.free_ref.to_owned()),
            )],
        );
    }
}

fn overlap(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let Some((start, end)) = draft.span() else { return };
    let others = context.dispatches.iter().filter(|d| d.is_open()).filter(|d| {
        !(d.key.operator == draft.operator && d.key.dispatch_ref.as_str() == draft.dispatch_ref.trim())
    });
    for other in others {
        let Some(sent) = other.dispatch() else { continue };
        if sent.unit != draft.unit || sent.service_end <= start || sent.service_start >= end {
            continue;
        }
        let after = sent.service_end;
        let has = format!(
            "{} ({}) has the unit from {}",
            other.key,
            other.phase.word(),
            words::london_span(sent.service_start, sent.service_end)
        );
        let fixes =
            [fix(format!("Start after it, at {}", words::london_minute(after)), Repair::Shift(after))];
        match sent.status {
            Status::Run | Status::RunNow => found.error(
                Check::Overlap,
                Field::Start,
                format!("{has}; a unit serves one dispatch at a time: stop or amend that one, or choose another window"),
                fixes,
            ),
            Status::PreNotify => found.warn(
                Check::OverlapsNotice,
                Field::Start,
                format!("{has}; it is a notice only, and cannot be run any more once this is taken on"),
                fixes,
            ),
            Status::Stop | Status::EmergencyStop => {
                let says = format!("{has} until it has stopped");
                found.warn(Check::OverlapsStop, Field::Start, says, fixes);
            }
        }
    }
}

fn presence(draft: &Draft, unit: &UnitState, context: &Context<'_>, found: &mut Findings) {
    let instead = || stand_in(draft, context);
    if let Some(fsp) = context.fsp.filter(|f| f.client != LinkState::Live) {
        found.warn(Check::ClientAway, Field::Unit, client(fsp, context), instead());
    } else if matches!(unit.lamp, LinkState::Late | LinkState::Lost) {
        found.warn(
            Check::UnitSilent,
            Field::Unit,
            format!(
                "{}'s client polls, but the unit itself is {}: its last pulse was {}",
                unit.unit.fsp,
                unit.lamp.word(),
                words::ago(unit.reported, context.now)
            ),
            instead(),
        );
    }
    if unit.state == UnitPhase::Inhibited.word() {
        let says = "the unit is inhibited by an EMERGENCY STOP; sending this releases it".to_owned();
        found.warn(Check::Inhibited, Field::Unit, says, instead());
    }
}

fn client(fsp: &FspState, context: &Context<'_>) -> String {
    match fsp.client {
        LinkState::Unknown => format!("nothing has been heard of {} yet; it may not fetch this", fsp.id),
        state => format!(
            "{}'s client is {}: its last poll was {}; telephone {}",
            fsp.id,
            state.word(),
            words::ago(fsp.last_poll, context.now),
            fsp.telephone
        ),
    }
}
