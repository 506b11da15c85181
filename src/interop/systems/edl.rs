//! Electronic Dispatch Logging: a schematic of a message's parts. How its records are laid out was not found, so there are
//! no bytes here.

use crate::interop::account::{Account, Fate};
use crate::interop::message::Message;
use crate::interop::number::mega;
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};

use super::boa;

/// So many points are written out.
const MOST_POINTS: usize = 200;

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    let acceptance = boa::acceptance(subject)?;
    let mut lines = vec![
        ("Prefix", format!("control point of {}, then ^", dispatch.unit.fsp)),
        ("Header", "a bid-offer acceptance, its number (NESO's own)".to_owned()),
        ("Data: BM unit", dispatch.unit.unit.to_string()),
        ("Data: accepted at", dispatch.instruction_time.to_string()),
    ];
    let points = &acceptance.points;
    let words = points.iter().map(|point| format!("{}  {} MW", point.at, mega(point.watts)));
    lines.extend(words.take(MOST_POINTS).map(|words| ("Data: point", words)));
    if points.len() > MOST_POINTS {
        lines.push(("Data: points", format!("and {} more", points.len() - MOST_POINTS)));
    }
    let message = Message::card("Schematic of the parts, not bytes", &lines);
    let account = Account {
        dispatch_unit: Fate::kept(
            dispatch.unit.unit.to_string(),
            "The BM unit, at the control point that the prefix names.",
        ),
        ..boa::account(subject, &acceptance)
    };
    Ok(boa::supplied(subject, Rendering::one(message, account))
        .supplying(["The control point's name: six characters that NESO gave it."])
        .remarking(true, "How the records are laid out was not found."))
}
