//! Smarter Grid Solutions: a card of what is known, and no message.

use crate::interop::account::{Account, Fate};
use crate::interop::message::Message;
use crate::interop::subject::Subject;
use crate::interop::translation::Rendering;

pub fn render(subject: &Subject<'_>) -> Rendering {
    let lines = [
        ("Who hosts", "the FSP: a server that the network operator pushes to".to_owned()),
        ("Services", "some of those that the ENA names".to_owned()),
        ("Dynamic", "as a schedule for the next day, not in near real time".to_owned()),
        ("Availability", "a report of status that is optional, but for MW Dispatch".to_owned()),
        ("Fields", "more of Appendix A's than Flexible Power has; which, no public page tells".to_owned()),
        ("This dispatch", format!("{} could not be rendered", subject.dispatch.dispatch_ref)),
    ];
    let unknown = Fate::unknown("No public specification of the interface was found.");
    Rendering::one(Message::card("What is known", &lines), Account::all(&unknown))
}
