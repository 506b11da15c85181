//! What the desk knows that bears on a draft: references and revisions, other dispatches of the unit, who is there.

use crate::console::compose::draft::Draft;
use crate::console::compose::repair::Repair;
use crate::console::words;
use crate::desk::snapshot::{FspState, LinkState, UnitState};
use crate::dispatch::{DispatchRef, Status};
use crate::power::UnitPhase;

use super::{Context, Field, Findings, fix, greatest_known};

pub(super) fn check(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    reference(draft, context, found);
    revision(draft, context, found);
    overlap(draft, context, found);
    match context.unit {
        Some(unit) => presence(unit, context, found),
        None => found.error(
            Field::Unit,
            format!("{} is no longer among the units of this desk; pick another", draft.unit),
            [],
        ),
    }
    if context.vtn.state == LinkState::Lost {
        found.warn(Field::Whole, "the VTN does not answer; sending will wait and may fail".to_owned(), []);
    }
}

fn reference(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let take = || fix(format!("Use {}", context.free_ref), Repair::Ref(context.free_ref.to_owned()));
    if let Err(fault) = DispatchRef::new(draft.dispatch_ref.trim()) {
        found.error(Field::Ref, fault.to_string(), [take()]);
    } else if context.amends.is_none()
        && let Some(known) = greatest_known(draft, context)
    {
        found.error(
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
            Field::Revision,
            format!("revision {known} exists already; an amendment must be greater"),
            [fix(format!("Make it revision {}", known.next()), Repair::Revision(known.next()))],
        );
    }
    if let Some(over) = state.filter(|d| !d.is_open()) {
        found.error(
            Field::Revision,
            format!("the dispatch is over ({}); draw up a new one instead", over.phase.word()),
            [],
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
        let fixes = [fix(
            format!("Start after it, at {}", words::london_minute(after)),
            Repair::Window(after, after + end.since(start)),
        )];
        match sent.status {
            Status::Run | Status::RunNow => found.error(
                Field::Start,
                format!("{has}; a unit serves one dispatch at a time: stop or amend that one, or choose another window"),
                fixes,
            ),
            Status::PreNotify => found.warn(
                Field::Start,
                format!("{has}; it is a notice only, and cannot be run any more once this is taken on"),
                fixes,
            ),
            Status::Stop | Status::EmergencyStop => {
                found.warn(Field::Start, format!("{has} until it has stopped"), fixes);
            }
        }
    }
}

fn presence(unit: &UnitState, context: &Context<'_>, found: &mut Findings) {
    if let Some(fsp) = context.fsp.filter(|f| f.client != LinkState::Live) {
        found.warn(Field::Unit, client(fsp, context), []);
    } else if matches!(unit.lamp, LinkState::Late | LinkState::Lost) {
        found.warn(
            Field::Unit,
            format!(
                "{}'s client polls, but the unit itself is {}: its last pulse was {}",
                unit.unit.fsp,
                unit.lamp.word(),
                words::ago(unit.reported, context.now)
            ),
            [],
        );
    }
    if unit.state == UnitPhase::Inhibited.word() {
        found.warn(
            Field::Unit,
            "the unit is inhibited by an EMERGENCY STOP; sending this releases it".to_owned(),
            [],
        );
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
