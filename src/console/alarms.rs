//! The alarm list at the bottom: what is abnormal, how soon a person must act, and who has taken notice.

use egui::text::LayoutJob;
use egui::{Align, Button, Label, Layout, RichText, Role, Sense, TextStyle, Ui, WidgetInfo};
use egui_extras::{Column, TableBuilder, TableRow};
use egui_material_icons::icons;

use super::context::{Intent, View, Workspace};
use super::digest::Digest;
use super::theme::Tokens;
use super::{widgets, words};
use crate::desk::command::Command;
use crate::desk::snapshot::{Alarm, Priority};

/// Height of the column heads, points.
const HEADER: f32 = 20.0;
/// Space between two rows, points.
const BETWEEN_ROWS: f32 = 2.0;

/// Below this width an alarm takes two lines, and what is least needed goes into other columns.
const ROOMY: f32 = 760.0;

/// Height of one alarm in a list of this width.
fn row_height(tokens: &Tokens, width: f32) -> f32 {
    if width < ROOMY { 2.0 * tokens.row - 6.0 } else { tokens.row + 2.0 }
}

/// What the bar and a list of this width and this many rows take together, points.
pub fn height(tokens: &Tokens, width: f32, rows: f32) -> f32 {
    let line = 1.0;
    line + tokens.row + tokens.gap + HEADER + rows * (row_height(tokens, width) + BETWEEN_ROWS)
}

/// The height of as many whole rows as fit into `height`, at least one: a row cut in half reads as another text.
fn whole_rows(height: f32, row: f32) -> f32 {
    let step = row + BETWEEN_ROWS;
    ((height + BETWEEN_ROWS + 0.5) / step).floor().max(1.0) * step - BETWEEN_ROWS
}

/// Every alarm that nobody has acknowledged.
pub fn unacknowledged(alarms: &[std::sync::Arc<Alarm>]) -> Vec<u64> {
    alarms.iter().filter(|a| a.acknowledged.is_none()).map(|a| a.id).collect()
}

/// The line that is always there; whether the list was folded or unfolded by it.
pub fn bar(ui: &mut Ui, view: &mut View<'_>, digest: &Digest, open: bool) -> bool {
    let mut toggled = false;
    ui.horizontal(|ui| {
        let fold = if open { icons::ICON_EXPAND_MORE } else { icons::ICON_EXPAND_LESS };
        let name = if open { "Fold the alarm list" } else { "Unfold the alarm list" };
        let text = RichText::new("Alarms").strong();
        toggled = ui
            .add(Button::new((fold.rich_text().size(16.0), text)).frame(false))
            .on_hover_text(format!("{name} (Ctrl+L)"))
            .accessible_name(name)
            .clicked();
        ui.label(RichText::new(summary(digest, view.snapshot.alarms.len())).color(view.tokens.weak));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let any = digest.total() > 0;
            if ui.add_enabled(any, Button::new("Acknowledge all")).clicked() {
                let ids = unacknowledged(&view.snapshot.alarms);
                view.ask(Intent::Give(Command::AcknowledgeAlarms(ids)));
            }
            if !open {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| first(ui, view));
            }
        });
    });
    toggled
}

fn summary(digest: &Digest, listed: usize) -> String {
    match (digest.total(), listed) {
        (_, 0) => "none".to_owned(),
        (0, n) => format!("{n} listed, all acknowledged"),
        (m, n) => format!("{m} of {n} not acknowledged"),
    }
}

/// The first alarm in a few words, while the list is folded.
fn first(ui: &mut Ui, view: &View<'_>) {
    let Some(alarm) = view.snapshot.alarms.first().filter(|a| a.acknowledged.is_none()) else { return };
    priority(ui, view, alarm);
    widgets::cell(ui, format!("{}: {}", alarm.source, alarm.text)).on_hover_text(&alarm.text);
}

/// The list itself.
pub fn list(ui: &mut Ui, view: &mut View<'_>) {
    if view.snapshot.alarms.is_empty() {
        // A panel takes the size of what is in it: without this the list would be too low for the first alarm.
        ui.set_min_height(ui.available_height());
        ui.label(
            RichText::new(
                "Nothing is abnormal. An alarm says what is wrong and what to do, and stays here until it \
                           is acknowledged and its cause is gone.",
            )
            .color(view.tokens.weak),
        );
        return;
    }
    let roomy = ui.available_width() >= ROOMY;
    let row = row_height(view.tokens, ui.available_width());
    ui.spacing_mut().item_spacing.y = BETWEEN_ROWS;
    let body = whole_rows(ui.available_height() - HEADER - BETWEEN_ROWS, row);
    let mut table = TableBuilder::new(ui)
        .id_salt(("alarms", roomy))
        .striped(true)
        .sense(Sense::CLICK)
        .auto_shrink([false, false])
        .min_scrolled_height(0.0)
        .max_scroll_height(body)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(28.0));
    table = if roomy {
        table
            .column(Column::initial(104.0).at_least(60.0).resizable(true).clip(true))
            .column(Column::initial(84.0).at_least(50.0).resizable(true).clip(true))
            .column(Column::remainder().at_least(120.0).clip(true))
            .column(Column::exact(104.0))
            .column(Column::exact(50.0))
            .column(Column::exact(64.0))
            .column(Column::exact(116.0))
    } else {
        table
            .column(Column::exact(92.0))
            .column(Column::remainder().at_least(120.0).clip(true))
            .column(Column::exact(84.0))
            .column(Column::exact(104.0))
    };
    let titles: &[&str] = if roomy {
        &["", "Source", "Unit", "What is wrong, and what to do", "Since", "Count", "Cause", ""]
    } else {
        &["", "Source", "What is wrong, and what to do", "Since", ""]
    };
    table
        .header(HEADER, |mut header| {
            for title in titles {
                header.col(|ui| {
                    widgets::cell(ui, RichText::new(*title).color(view.tokens.weak));
                });
            }
        })
        .body(|body| {
            let alarms = view.snapshot.alarms.clone();
            body.rows(row, alarms.len(), |mut row| {
                if let Some(alarm) = alarms.get(row.index()) {
                    one(&mut row, view, alarm, roomy);
                }
            });
        });
}

fn one(row: &mut TableRow<'_, '_>, view: &mut View<'_>, alarm: &Alarm, roomy: bool) {
    row.col(|ui| priority(ui, view, alarm));
    if roomy {
        in_one_line(row, view, alarm);
    } else {
        in_two_lines(row, view, alarm);
    }
    row.col(|ui| acknowledge(ui, view, alarm));
    let response = row.response();
    if response.clicked() {
        pick(view, alarm);
    }
    if response.double_clicked() && alarm.dispatch.is_some() {
        view.ask(Intent::Show(Workspace::Board));
    }
}

fn since(view: &View<'_>, alarm: &Alarm) -> String {
    words::span(view.clock.now().since(alarm.raised).max(0))
}

/// How many alarms it stands for, when it is not itself alone.
fn times(alarm: &Alarm) -> String {
    if alarm.count > 1 { format!("×{}", alarm.count) } else { String::new() }
}

fn cause(alarm: &Alarm) -> &'static str {
    if alarm.active { "active" } else { "gone" }
}

fn in_two_lines(row: &mut TableRow<'_, '_>, view: &View<'_>, alarm: &Alarm) {
    let lines = |ui: &mut Ui, text: String| {
        ui.add(Label::new(text).selectable(false).wrap());
    };
    row.col(|ui| {
        let unit = alarm.unit.as_ref().map_or("", |u| u.unit.as_str());
        lines(ui, format!("{}\n{unit}", alarm.source).trim_end().to_owned());
    });
    row.col(|ui| {
        let mut job = LayoutJob::simple(
            alarm.text.clone(),
            TextStyle::Body.resolve(ui.style()),
            view.tokens.text,
            ui.available_width(),
        );
        job.wrap.max_rows = 2;
        let galley = ui.painter().layout_job(job);
        ui.add(Label::new(galley).selectable(false)).on_hover_text(&alarm.text);
    });
    row.col(|ui| lines(ui, format!("{}\n{} {}", since(view, alarm), cause(alarm), times(alarm))));
}

fn in_one_line(row: &mut TableRow<'_, '_>, view: &View<'_>, alarm: &Alarm) {
    row.col(|ui| {
        widgets::cell(ui, &alarm.source);
    });
    row.col(|ui| {
        widgets::cell(ui, alarm.unit.as_ref().map_or("", |u| u.unit.as_str()));
    });
    row.col(|ui| {
        widgets::cell(ui, &alarm.text).on_hover_text(&alarm.text);
    });
    row.col(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            widgets::cell(ui, since(view, alarm)).on_hover_text(format!(
                "{}, {}",
                words::utc(alarm.raised),
                words::london(alarm.raised)
            ));
        });
    });
    row.col(|ui| widgets::number(ui, times(alarm)));
    row.col(|ui| {
        let ink = if alarm.active { view.tokens.text } else { view.tokens.weak };
        widgets::cell(ui, RichText::new(cause(alarm)).color(ink));
    });
}

fn priority(ui: &mut Ui, view: &View<'_>, alarm: &Alarm) {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(24.0, 22.0), Sense::hover());
    let lit = alarm.acknowledged.is_none();
    widgets::paint_priority(ui.painter(), rect.center(), view.tokens, alarm.priority, lit);
    let word = match alarm.priority {
        Priority::High => "act at once",
        Priority::Medium => "act soon",
        Priority::Low => "when there is time",
    };
    let name = format!("priority {}: {word}", alarm.priority.digit());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    response.on_hover_text(name);
}

fn acknowledge(ui: &mut Ui, view: &mut View<'_>, alarm: &Alarm) {
    match alarm.acknowledged {
        Some(at) => {
            widgets::cell(ui, RichText::new("acknowledged").color(view.tokens.weak))
                .on_hover_text(words::utc(at));
        }
        None => {
            let name = format!("Acknowledge: {}", alarm.text);
            if ui.button("Acknowledge").accessible_name(name).clicked() {
                view.ask(Intent::Give(Command::AcknowledgeAlarms(vec![alarm.id])));
            }
        }
    }
}

/// An alarm's unit and dispatch become the ones in hand.
fn pick(view: &mut View<'_>, alarm: &Alarm) {
    if alarm.unit.is_some() {
        view.selection.unit.clone_from(&alarm.unit);
    }
    if alarm.dispatch.is_some() {
        view.selection.dispatch.clone_from(&alarm.dispatch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_alarm_is_cut_in_half_whatever_the_height_of_the_list() {
        for (height, row, rows) in
            [(0.0, 24.0, 1.0), (49.0, 24.0, 1.0), (50.0, 24.0, 2.0), (103.0, 24.0, 4.0)]
        {
            assert_eq!(whole_rows(height, row), rows * (row + BETWEEN_ROWS) - BETWEEN_ROWS, "{height}");
        }
    }
}
