//! What a unit's FSP declares that it can give: a cell in the table, a strip of half-hours on the unit's page.

mod editor;
#[cfg(test)]
mod tests;

use egui::{Align2, Label, Rect, RichText, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2};

use crate::console::context::View;
use crate::console::theme::Tokens;
use crate::console::{widgets, words};
use crate::desk::snapshot::UnitState;
use crate::dispatch::availability::{Declaration, HALF_HOUR_S, Offer};
use crate::fleet::declared_days;
use crate::time::{UtcTime, in_london, london_day, settlement_period};
use crate::units::grouped;

pub use editor::Editor;

/// How high a day of the strip is, points.
const DAY_HEIGHT: f32 = 26.0;

/// Room for the day's date before it, points.
const DATE: f32 = 72.0;

/// `+2,500 −2,500 kW`: what is declared of the half-hour that runs.
pub fn now_words(unit: &UnitState, now: UtcTime) -> String {
    let offer = unit.availability.as_ref().and_then(|declared| declared.offer_at(now));
    offer.map_or_else(String::new, |offer| {
        format!("+{} −{} kW", grouped(offer.up.kilowatts(), 0), grouped(offer.down.kilowatts(), 0))
    })
}

/// `500 kW up, 0 kW down`.
pub fn words_of(offer: Offer) -> String {
    if offer == Offer::NOTHING {
        return "nothing".to_owned();
    }
    format!("{} kW up, {} kW down", grouped(offer.up.kilowatts(), 0), grouped(offer.down.kilowatts(), 0))
}

/// The section of the unit's page.
pub fn section(ui: &mut Ui, view: &View<'_>, unit: &UnitState, editor: &mut Editor) {
    let now = view.clock.now();
    match &unit.availability {
        Some(declared) => {
            let offer = declared.offer_at(now).map_or_else(|| "not declared".to_owned(), words_of);
            widgets::pair(ui, view.tokens, "This half-hour", offer);
            strip(ui, view.tokens, declared, now);
            let age = words::ago(Some(declared.at), now);
            ui.add(Label::new(RichText::new(format!("Declared {age}.")).color(view.tokens.weak)));
        }
        None => {
            let text = format!("{} has declared nothing yet.", unit.unit.fsp);
            ui.add(Label::new(RichText::new(text).color(view.tokens.weak)));
        }
    }
    // What another party's FSP declares is theirs to say.
    if view.availabilities.is_some_and(|fleet| fleet.has(&unit.unit))
        && ui
            .button("Change availability …")
            .on_hover_text("as its FSP would, half-hour by half-hour")
            .clicked()
    {
        editor.open(&unit.unit, now);
    }
    if view.availabilities.is_none() {
        let says = format!("It is changed where {} runs, not here.", unit.unit.fsp);
        ui.add(Label::new(RichText::new(says).color(view.tokens.weak)).wrap());
    }
}

/// One line for each London day that is declared: up above the middle, down below it.
fn strip(ui: &mut Ui, tokens: &Tokens, declared: &Declaration, now: UtcTime) {
    let greatest = declared.runs().iter().flat_map(|run| [run.offer.up, run.offer.down]).max();
    let greatest_kw = greatest.unwrap_or_default().kilowatts().max(f64::EPSILON);
    let days = declared_days(now);
    let mut day = days.start;
    while day < days.end {
        let (start, end) = london_day(day);
        let (line, response) = ui.allocate_exact_size(vec2(ui.available_width(), DAY_HEIGHT), Sense::hover());
        let rect = line.with_min_x(line.left() + DATE);
        let date = in_london(start).date;
        if ui.is_rect_visible(line) {
            let font = TextStyle::Small.resolve(ui.style());
            ui.painter().text(line.left_center(), Align2::LEFT_CENTER, &date, font, tokens.weak);
            paint(ui, tokens, declared, (start, end), now, greatest_kw, rect.shrink2(vec2(1.0, 2.0)));
        }
        let name = format!("Declared availability on {date}: {}", day_words(declared, start, end));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        match response.hover_pos() {
            Some(at) => response.on_hover_text_at_pointer(under(declared, (start, end), rect, at.x)),
            None => response.on_hover_text(name),
        };
        day = end;
    }
}

fn paint(
    ui: &Ui,
    tokens: &Tokens,
    declared: &Declaration,
    (start, end): (UtcTime, UtcTime),
    now: UtcTime,
    greatest_kw: f64,
    rect: Rect,
) {
    let painter = ui.painter();
    painter.rect_filled(rect, 1.0, tokens.well);
    let x = |at: UtcTime| rect.left() + rect.width() * share(at.since(start), end.since(start));
    let middle = rect.center().y;
    for run in declared.runs().iter().filter(|run| run.from < end && run.until > start) {
        let (from, until) = (x(run.from.max(start)), x(run.until.min(end)));
        let height = |kw: f64| part(kw / greatest_kw) * rect.height() / 2.0;
        let up =
            Rect::from_min_max(pos2(from, middle - height(run.offer.up.kilowatts())), pos2(until, middle));
        let down =
            Rect::from_min_max(pos2(from, middle), pos2(until, middle + height(run.offer.down.kilowatts())));
        for area in [up, down].into_iter().filter(|area| area.height() > 0.5) {
            let edge = Stroke::new(1.0, tokens.predicted);
            painter.rect(area, 0.0, tokens.reachable, edge, egui::StrokeKind::Inside);
        }
        painter.vline(from, rect.y_range(), Stroke::new(1.0, tokens.line));
    }
    painter.hline(rect.x_range(), middle, Stroke::new(1.0, tokens.weak));
    painter.rect_stroke(rect, 1.0, Stroke::new(1.0, tokens.edge), egui::StrokeKind::Inside);
    if start <= now && now < end {
        painter.vline(x(now), rect.y_range(), Stroke::new(1.5, tokens.now));
    }
}

/// The half-hour under the pointer, in words.
fn under(declared: &Declaration, (start, end): (UtcTime, UtcTime), rect: Rect, x: f32) -> String {
    let across = f64::from((x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 0.999);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "half-hours of one day")]
    let place = (across * (end.since(start) / HALF_HOUR_S) as f64) as i64;
    let half_hour = start + place * HALF_HOUR_S;
    let offer = declared.offer_at(half_hour).map_or_else(|| "not declared".to_owned(), words_of);
    format!("{}: {offer}", half_hour_words(half_hour))
}

/// `period 33, 2026-11-26 16:00 to 16:30 GMT`.
fn half_hour_words(half_hour: UtcTime) -> String {
    let number = settlement_period(half_hour).number;
    format!("period {number}, {}", words::london_span(half_hour, half_hour + HALF_HOUR_S))
}

/// A day run by run, for those who do not see the strip.
fn day_words(declared: &Declaration, start: UtcTime, end: UtcTime) -> String {
    let told: Vec<String> = declared
        .runs()
        .iter()
        .filter(|run| run.from < end && run.until > start)
        .map(|run| {
            let (from, until) = (words::london_minute(run.from.max(start)), run.until.min(end));
            let until = if until == end { "midnight".to_owned() } else { words::london_minute(until) };
            format!("{from} to {until} {}", words_of(run.offer))
        })
        .collect();
    if told.is_empty() { "not declared".to_owned() } else { told.join("; ") }
}

#[expect(clippy::cast_precision_loss, reason = "seconds of one day")]
fn share(part: i64, of: i64) -> f32 {
    part as f32 / of.max(1) as f32
}

#[expect(clippy::cast_possible_truncation, reason = "held between 0 and 1")]
fn part(share: f64) -> f32 {
    share.clamp(0.0, 1.0) as f32
}
