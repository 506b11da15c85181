//! Above the plot: whose dispatch it is, of what, and when.

use egui::text::{LayoutJob, TextFormat};
use egui::{Id, Label, Response, RichText, TextStyle, Ui};

use crate::console::context::{Intent, View};
use crate::console::landmark::{self, Landmark};
use crate::console::words;
use crate::dispatch::Status;
use crate::time::UtcTime;

use super::checks;
use super::entry::TimeFault;
use super::sheet::{Sheet, contract_of};
use super::table::is_wrong;
use crate::console::fields::Field;

/// Shows the header and edits the draft.
pub fn show(ui: &mut Ui, view: &mut View<'_>, sheet: &mut Sheet) {
    ui.horizontal_wrapped(|ui| who(ui, view, sheet));
    ui.horizontal_wrapped(|ui| what(ui, view, sheet));
    ui.horizontal_wrapped(|ui| when(ui, view, sheet));
}

fn who(ui: &mut Ui, view: &mut View<'_>, sheet: &Sheet) {
    let draft = &sheet.draft;
    ui.label(RichText::new(draft.unit.to_string()).heading());
    if let Some(unit) = view.unit(&draft.unit) {
        ui.label(RichText::new(format!("{}, {}", unit.name, unit.kind)).color(view.tokens.weak));
    }
    let operator = view.snapshot.operators.iter().find(|o| o.id == draft.operator);
    let name = operator.map_or_else(String::new, |o| format!(" ({})", o.name));
    named(ui, view, "Operator", &format!("{}{name}", draft.operator));
    let contract = contract_of(view, draft);
    let shown = named(ui, view, "Contract", draft.contract.as_str());
    if let Some(contract) = contract {
        shown.on_hover_text(&contract.product);
        named(ui, view, "Baseline", &contract.baseline);
        if let Some(price) = &contract.price {
            named(ui, view, "Agreed price", price);
        }
    }
}

/// A name and its value, never on two lines.
fn named(ui: &mut Ui, view: &View<'_>, name: &str, value: &str) -> Response {
    let mut job = LayoutJob::default();
    let font = TextStyle::Body.resolve(ui.style());
    for (text, ink) in [(name, view.tokens.weak), (" ", view.tokens.weak), (value, view.tokens.text)] {
        job.append(text, 0.0, TextFormat::simple(font.clone(), ink));
    }
    ui.add(Label::new(job).extend())
}

fn what(ui: &mut Ui, view: &mut View<'_>, sheet: &mut Sheet) {
    let findings = sheet.last_outlook().map(|o| o.findings.clone()).unwrap_or_default();
    let wrong = |field| is_wrong(&findings, field);
    let amended = sheet.amended().cloned();
    let draft = &mut sheet.draft;
    ui.label(RichText::new("Reference").color(view.tokens.weak));
    if let Some(before) = &amended {
        ui.label(draft.dispatch_ref.as_str());
        let text = format!("revision {} becomes {}", before.revision, draft.revision);
        ui.label(RichText::new(text).color(view.tokens.accent).strong());
        if let Some(who) = sheet.amends.as_ref().and_then(|revision| view.snapshot.sent_by(revision)) {
            let text = format!("revision {} sent by {who}", before.revision);
            ui.label(RichText::new(text).color(view.tokens.weak));
        }
        let key = before.key();
        if ui.button("Stop…").accessible_name("Stop this dispatch…").clicked() {
            view.ask(Intent::AskStop(key));
        }
    } else {
        let reference = Field {
            id: Id::unique(("compose-ref", sheet.id)),
            name: "Reference".to_owned(),
            width: 190.0,
            hint: "EMID-20261126-0001",
            wrong: wrong(checks::Field::Ref),
            changed: false,
            number: false,
        }
        .show(ui, view.tokens, &mut draft.dispatch_ref);
        landmark::mark(&reference, Landmark::Control(checks::Field::Ref.control(sheet.id)));
        ui.label(format!("revision {}", draft.revision));
    }
    ui.separator();
    for (status, says) in [
        (Status::PreNotify, "A notice of what will probably be asked: acknowledged, not acted on"),
        (Status::Run, "Deliver the setpoints at their times"),
        (Status::RunNow, "Reach the first setpoint as fast as the ramp allows, from acceptance"),
    ] {
        let response = ui.selectable_label(draft.status == status, status.word()).on_hover_text(says);
        if status == Status::RunNow {
            landmark::mark(&response, Landmark::RunNow);
        }
        if response.clicked() {
            draft.status = status;
        }
    }
    if amended.is_some_and(|before| before.status != draft.status) {
        ui.label(RichText::new("status changed").small().color(view.tokens.accent));
    }
}

fn when(ui: &mut Ui, view: &View<'_>, sheet: &mut Sheet) {
    let findings = sheet.last_outlook().map(|o| o.findings.clone()).unwrap_or_default();
    let wrong = |field| is_wrong(&findings, field);
    let before = sheet.amended().map(|d| (d.service_start, d.service_end));
    let (start, end) = sheet.draft.window();
    let changed = |now: &Result<_, TimeFault>, before: Option<_>| {
        before.is_some_and(|before| now.as_ref().ok() != Some(&before))
    };
    let (start_changed, end_changed) =
        (changed(&start, before.map(|b| b.0)), changed(&end, before.map(|b| b.1)));
    let id = sheet.id;
    let draft = &mut sheet.draft;
    let field = |name: &str, key: &str, width, hint, wrong, changed| Field {
        id: Id::unique(("compose-window-field", id, key)),
        name: name.to_owned(),
        width,
        hint,
        wrong,
        changed,
        number: false,
    };
    ui.label(RichText::new("Window, London").color(view.tokens.weak));
    field("Window date", "date", 100.0, "2026-11-26", false, false).show(ui, view.tokens, &mut draft.date);
    let from = field("Window start", "start", 86.0, "17:00", wrong(checks::Field::Start), start_changed)
        .show(ui, view.tokens, &mut draft.start.text);
    landmark::mark(&from, Landmark::Control(checks::Field::Start.control(id)));
    if from.changed() {
        draft.start.fold = None;
    }
    ui.label("to");
    let to = field("Window end", "end", 86.0, "19:00", wrong(checks::Field::End), end_changed).show(
        ui,
        view.tokens,
        &mut draft.end.text,
    );
    landmark::mark(&to, Landmark::Control(checks::Field::End.control(id)));
    if to.changed() {
        draft.end.fold = None;
    }
    let text = match draft.span() {
        Some((start, end)) => in_utc(&draft.date, start, end, view.clock.now()),
        None => "no window that can be read yet".to_owned(),
    };
    ui.add(Label::new(RichText::new(text).color(view.tokens.weak)).extend());
}

/// From how far ahead a start is told as such, seconds: a time of day that was meant for today and stands on tomorrow is found
/// out by it.
const FAR_S: i64 = 12 * 3600;

/// A window in UTC and how long it is; seconds only where there are any, days only where they are not the one typed, and how
/// far ahead only where it is far.
fn in_utc(date: &str, start: UtcTime, end: UtcTime, now: UtcTime) -> String {
    let at = |at: UtcTime| {
        let text = at.to_string();
        let (day, time) = text.split_once('T').unwrap_or(("", text.as_str()));
        let time = time.trim_end_matches('Z');
        let time = time.strip_suffix(":00").unwrap_or(time);
        if day == date.trim() { time.to_owned() } else { format!("{day} {time}") }
    };
    let ahead = start.since(now);
    let far =
        if ahead < FAR_S { String::new() } else { format!(", starts in {}", words::span(ahead / 60 * 60)) };
    format!("= {} to {} UTC, {}{far}", at(start), at(end), words::span(end.since(start)))
}

#[cfg(test)]
mod tests {
    use super::in_utc;

    #[test]
    fn a_window_in_utc_says_no_more_than_is_needed_and_no_less() {
        for (date, start, end, now, says) in [
            (
                "2026-11-26",
                "2026-11-26T17:00:00Z",
                "2026-11-26T19:00:00Z",
                "2026-11-26T05:00:01Z",
                "= 17:00 to 19:00 UTC, 2 h 00 min",
            ),
            (
                "2026-11-26",
                "2026-11-26T17:00:30Z",
                "2026-11-26T17:05:00Z",
                "2026-11-26T16:00:00Z",
                "= 17:00:30 to 17:05 UTC, 4 min 30 s",
            ),
            (
                "2026-07-02",
                "2026-07-01T23:30:00Z",
                "2026-07-02T00:30:00Z",
                "2026-07-01T23:00:00Z",
                "= 2026-07-01 23:30 to 00:30 UTC, 1 h 00 min",
            ),
            (
                "2026-11-26",
                "2026-11-26T23:30:00Z",
                "2026-11-27T00:30:00Z",
                "2026-11-26T23:29:00Z",
                "= 23:30 to 2026-11-27 00:30 UTC, 1 h 00 min",
            ),
            // Typed shortly before midnight on the draft's own day, which is the next one.
            (
                "2026-12-01",
                "2026-12-01T23:49:00Z",
                "2026-12-01T23:59:00Z",
                "2026-11-30T23:48:20Z",
                "= 23:49 to 23:59 UTC, 10 min 00 s, starts in 1 d 0 h",
            ),
        ] {
            let at = |text: &str| text.parse().unwrap();
            assert_eq!(in_utc(date, at(start), at(end), at(now)), says);
        }
    }
}
