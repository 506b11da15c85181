//! What is to come: each step of the story with its time, and how long it is until then.

use egui::{Label, RichText, Ui};

use crate::console::theme::Tokens;
use crate::console::widgets::{heading, pair};
use crate::console::words;
use crate::time::UtcTime;
use crate::workshop::agenda::coming;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::offset::Offset;

/// Draws it.
pub fn ui(ui: &mut Ui, tokens: &Tokens, workshop: &WorkshopHandle, now: UtcTime) {
    let (scenario, faults) = (workshop.scenario(), workshop.backstage().faults());
    heading(ui, "To come");
    let all = coming(scenario, &faults, now);
    if all.is_empty() {
        ui.add(Label::new(RichText::new("Nothing more.").color(tokens.weak)));
    }
    for coming in all {
        let more = if coming.more.is_empty() { String::new() } else { format!(". {}", coming.more) };
        let when =
            format!("{}\ndue in {}", since(scenario.start, coming.at), words::span(coming.at.since(now)));
        pair(ui, tokens, &when, format!("{}{more}", coming.what));
    }
    ui.add_space(tokens.gap);
}

/// As scenarios write it.
fn since(start: UtcTime, at: UtcTime) -> Offset {
    Offset::seconds(u32::try_from(at.since(start)).unwrap_or_default())
}
