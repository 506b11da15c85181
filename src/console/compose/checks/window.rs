//! The window: readable, in order, in the future, with the notice that the contract asks for.

use crate::console::compose::draft::Draft;
use crate::console::compose::entry::{Fold, TimeFault};
use crate::console::compose::repair::Repair;
use crate::console::words;
use crate::dispatch::Status;
use crate::time::UtcTime;

use super::{Check, Context, Field, Findings, fix};

pub(super) fn check(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let (start, end) = draft.window();
    if let Err(fault) = &start {
        unreadable(fault, Field::Start, (Repair::StartFold, Repair::Start), None, found);
    }
    if let Err(fault) = &end {
        let from_start = start.as_ref().ok().map(|start| *start + 3600);
        unreadable(fault, Field::End, (Repair::EndFold, Repair::End), from_start, found);
    }
    let (Ok(start), Ok(end)) = (start, end) else { return };
    if start >= end {
        found.error(
            Check::WindowBackwards,
            Field::End,
            format!("the window ends at {}, which is not after its start at {}", clock(end), clock(start)),
            [fix("End one hour after the start", Repair::Window(start, start + 3600))],
        );
        return;
    }
    timeliness(draft, context, (start, end), found);
}

/// The repairs that say which of two instants is meant, and that write another.
type Answers = (fn(Fold) -> Repair, fn(UtcTime) -> Repair);

/// A time that is no instant. `answers` are the repairs that say which of two it is, and that write another; `guess` is
/// what it would be where nothing can be read.
fn unreadable(
    fault: &TimeFault,
    field: Field,
    (fold, write): Answers,
    guess: Option<UtcTime>,
    found: &mut Findings,
) {
    let (check, fixes) = match fault {
        TimeFault::Twice { .. } => (
            Check::WindowTwice,
            vec![fix("BST, the first", fold(Fold::Bst)), fix("GMT, the second", fold(Fold::Gmt))],
        ),
        TimeFault::Never { later, .. } => (
            Check::WindowSkipped,
            later
                .map(|at| fix(format!("Write {}", words::london_minute(at)), write(at)))
                .into_iter()
                .collect(),
        ),
        TimeFault::Unread(_) => (
            Check::WindowUnread,
            guess
                .map(|at| fix(format!("End at {}", words::london_minute(at)), write(at)))
                .into_iter()
                .collect(),
        ),
    };
    found.error(check, field, fault.words(), fixes);
}

fn timeliness(draft: &Draft, context: &Context<'_>, (start, end): (UtcTime, UtcTime), found: &mut Findings) {
    let now = context.now;
    let notice = context.contract.map_or(0, |c| i64::from(c.notice_seconds));
    let earliest = next_quarter(now + notice.max(fetched_within(context)));
    let later = || fix(format!("Start at {}", words::london_minute(earliest)), Repair::Shift(earliest));
    let began_before = context.amends.is_some_and(|d| d.service_start == start);
    if end <= now {
        found.error(
            Check::WindowOver,
            Field::End,
            format!("the window ended at {}; it is {} now", clock(end), clock(now)),
            [later()],
        );
    } else if start < now && draft.status != Status::RunNow && !began_before {
        found.error(
            Check::StartPast,
            Field::Start,
            format!("{} is {} ago", clock(start), words::span(now.since(start))),
            [later(), fix("Run now", Repair::Status(Status::RunNow))],
        );
    } else if start >= now && start.since(now) < notice {
        found.warn(
            Check::ShortNotice,
            Field::Start,
            format!(
                "the contract gives {} of notice; this gives {}",
                words::span(notice),
                words::span(start.since(now))
            ),
            [later()],
        );
    } else if start >= now && start.since(now) < fetched_within(context) && draft.status != Status::RunNow {
        found.warn(
            Check::FetchedLate,
            Field::Start,
            format!(
                "the FSP may fetch and acknowledge this only after {}, which is after the start",
                words::span(fetched_within(context))
            ),
            [later()],
        );
    }
}

/// Seconds within which the FSP must have fetched and acknowledged what is sent now.
fn fetched_within(context: &Context<'_>) -> i64 {
    context.contract.map_or(0, |c| i64::from(c.poll_seconds) + i64::from(c.ack_seconds))
}

/// The next whole quarter of an hour.
fn next_quarter(at: UtcTime) -> UtcTime {
    at + (900 - at.unix().rem_euclid(900)) % 900
}

fn clock(at: UtcTime) -> String {
    words::london(at)
}
