//! The alarm list at the bottom: what is abnormal, how soon a person must act, and who has taken notice.

use egui::{Align, Button, Layout, RichText, Role, Sense, Ui, WidgetInfo};
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

/// Height of one alarm.
fn row_height(tokens: &Tokens) -> f32 {
    tokens.row + 2.0
}

/// What the bar and a list of this many rows take together, points.
pub fn height(tokens: &Tokens, rows: f32) -> f32 {
    let line = 1.0;
    line + tokens.row + tokens.gap + HEADER + rows * (row_height(tokens) + BETWEEN_ROWS)
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
    let row = row_height(view.tokens);
    ui.spacing_mut().item_spacing.y = BETWEEN_ROWS;
    let body = whole_rows(ui.available_height() - HEADER - BETWEEN_ROWS, row);
    TableBuilder::new(ui)
        .id_salt("alarms")
        .striped(true)
        .sense(Sense::CLICK)
        .auto_shrink([false, false])
        .min_scrolled_height(0.0)
        .max_scroll_height(body)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(28.0))
        .column(Column::initial(104.0).at_least(60.0).resizable(true).clip(true))
        .column(Column::initial(84.0).at_least(50.0).resizable(true).clip(true))
        .column(Column::remainder().at_least(120.0).clip(true))
        .column(Column::exact(104.0))
        .column(Column::exact(50.0))
        .column(Column::exact(64.0))
        .column(Column::exact(116.0))
        .header(HEADER, |mut header| {
            for title in
                ["", "Source", "Unit", "What is wrong, and what to do", "Since", "Count", "Cause", ""]
            {
                header.col(|ui| {
                    widgets::cell(ui, RichText::new(title).color(view.tokens.weak));
                });
            }
        })
        .body(|body| {
            let alarms = view.snapshot.alarms.clone();
            body.rows(row, alarms.len(), |mut row| {
                if let Some(alarm) = alarms.get(row.index()) {
                    one(&mut row, view, alarm);
                }
            });
        });
}

fn one(row: &mut TableRow<'_, '_>, view: &mut View<'_>, alarm: &Alarm) {
    let now = view.clock.now();
    row.col(|ui| priority(ui, view, alarm));
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
            widgets::cell(ui, words::span(now.since(alarm.raised).max(0))).on_hover_text(format!(
                "{}, {}",
                words::utc(alarm.raised),
                words::london(alarm.raised)
            ));
        });
    });
    row.col(|ui| {
        widgets::number(ui, if alarm.count > 1 { format!("×{}", alarm.count) } else { String::new() })
    });
    row.col(|ui| {
        let text = if alarm.active {
            RichText::new("active")
        } else {
            RichText::new("gone").color(view.tokens.weak)
        };
        widgets::cell(ui, text);
    });
    row.col(|ui| acknowledge(ui, view, alarm));
    let response = row.response();
    if response.clicked() {
        pick(view, alarm);
    }
    if response.double_clicked() && alarm.dispatch.is_some() {
        view.ask(Intent::Show(Workspace::Board));
    }
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
