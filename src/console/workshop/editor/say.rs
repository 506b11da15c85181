//! What is said of an item to those who do not see it.

use crate::workshop::editing::{Item, ScenarioEdit};

/// What it is, when, and what is wrong with it.
pub(super) fn says(edit: &ScenarioEdit, item: &Item) -> String {
    let mut mistakes = edit.mistakes().iter().filter(|mistake| mistake.item == Some(item.id));
    let first = mistakes.next();
    let more = mistakes.count();
    let amiss = first.map_or_else(String::new, |mistake| match more {
        0 => format!(". Wrong: {}", mistake.fault.message),
        _ => format!(". {} mistakes: {}", more + 1, mistake.fault.message),
    });
    format!("{}, {}{amiss}", item.words, when(item))
}

/// Its time, as the file has it.
pub(super) fn when(item: &Item) -> String {
    match (item.at, item.span) {
        (Some(at), Some((from, until))) if at != from => format!("{at}, for {from} to {until}"),
        (_, Some((from, until))) => format!("{from} to {until}"),
        (Some(at), None) if item.is_open => format!("from {at} on"),
        (Some(at), None) => at.to_string(),
        (None, None) => "no time of its own".to_owned(),
    }
}
