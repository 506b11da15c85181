//! Flexible Power: a start and a stop, each sent at its own time, with no quantity.

use crate::dispatch::{Dispatch, Status};
use crate::interop::account::{Account, Fate};
use crate::interop::judgement;
use crate::interop::message::Message;
use crate::interop::subject::Subject;
use crate::interop::translation::Rendering;
use crate::time::UtcTime;

use super::NOT_IN_IT;

/// The notice that a start gives, seconds.
const NOTICE_S: i64 = 15 * 60;

const NAMES: &str = "The interface's own names of these fields are not public.";

pub fn render(subject: &Subject<'_>) -> Rendering {
    let dispatch = subject.dispatch;
    let supplied =
        ["Region and zone: known from the contract, not from the dispatch.".to_owned(), NAMES.to_owned()];
    if dispatch.status.is_stop() {
        let signal = if dispatch.status == Status::Stop { "STOP" } else { "EMERGENCY STOP" };
        let message = card(subject, signal, dispatch.instruction_time);
        return Rendering::one(message, of_a_stop(dispatch, signal)).supplying(supplied);
    }
    let starts = start_sent(dispatch);
    let messages = [("START", starts), ("STOP", dispatch.service_end.max(starts))];
    Rendering::each(&messages, |(_, (signal, at))| card(subject, signal, *at), of_a_run(dispatch, starts))
        .supplying(supplied)
        .remarking(true, "One dispatch becomes two messages, each sent when its time has come.")
}

/// A start is sent so long before that the notice ends at the window's start, but not before it was instructed.
fn start_sent(dispatch: &Dispatch) -> UtcTime {
    match dispatch.status {
        Status::RunNow => dispatch.instruction_time,
        _ => (dispatch.service_start - NOTICE_S).max(dispatch.instruction_time),
    }
}

fn card(subject: &Subject<'_>, signal: &str, at: UtcTime) -> Message {
    let dispatch = subject.dispatch;
    let lines = [
        ("Signal", signal.to_owned()),
        ("Message timestamp", at.to_string()),
        ("Region", format!("of {}", dispatch.network_operator)),
        ("Zone", NOT_IN_IT.to_owned()),
        ("Service category", subject.product.unwrap_or(NOT_IN_IT).to_owned()),
        ("Meterable units", dispatch.unit.unit.to_string()),
    ];
    Message::card(format!("{signal}, sent at {at}"), &lines)
}

fn unsaid() -> Fate {
    Fate::lost("A signal has no quantity: all that is contracted is meant.")
}

fn common(dispatch: &Dispatch) -> Account {
    Account {
        dispatch_unit: Fate::kept(
            dispatch.unit.unit.to_string(),
            "A meterable unit; the FSP is who hosts the server.",
        ),
        contract: Fate::lost("A signal names a service in a zone, and no contract."),
        network_operator: Fate::changed(
            format!("region of {}", dispatch.network_operator),
            "A region stands for its operator.",
        ),
        dispatch_ref: Fate::lost("A signal has no reference."),
        revision: Fate::lost("A signal has no counter, and none can be amended."),
        signature: Fate::lost("No signature is known of."),
        ..Account::all(&unsaid())
    }
}

fn of_a_run(dispatch: &Dispatch, sent: UtcTime) -> Account {
    let begins = sent + NOTICE_S;
    let begins_then = if dispatch.status == Status::RunNow {
        "It is sent at once, and its notice is 15 min."
    } else if begins == dispatch.service_start {
        "No time is said: it is 15 min after the signal, which has to be sent then."
    } else {
        "No time is said: it is 15 min after the signal, and that is later than was asked."
    };
    Account {
        service_start: Fate::changed(format!("{begins}, by the signal's own time"), begins_then),
        service_end: Fate::changed(
            format!("STOP sent at {}", dispatch.service_end.max(sent)),
            "No time is said: a second signal ends it.",
        ),
        instruction_time: judgement::instant(
            dispatch.instruction_time,
            sent,
            "The message's timestamp.",
            "The timestamp is when the signal is sent, as nothing can be scheduled.",
        ),
        status: match dispatch.status {
            Status::RunNow => Fate::changed("START", "A start gives 15 min of notice."),
            _ => Fate::changed("START, then STOP", "Nothing can be scheduled: two signals make one run."),
        },
        ..common(dispatch)
    }
}

fn of_a_stop(dispatch: &Dispatch, signal: &str) -> Account {
    let no_time = Fate::lost("A stop says no window.");
    Account {
        service_start: no_time.clone(),
        service_end: no_time,
        instruction_time: Fate::kept(dispatch.instruction_time.to_string(), "The message's timestamp."),
        status: Fate::kept(signal, "There is a signal of that name."),
        ..common(dispatch)
    }
}
