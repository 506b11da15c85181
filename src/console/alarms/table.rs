//! The rows of the alarm list: one line each where there is room, else two. Rows only for what is visible.

use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Align, Button, Key, Label, Layout, Response, RichText, Role, Sense, TextStyle, Ui, WidgetInfo};
use egui_extras::{Column, TableBuilder, TableRow};
use egui_material_icons::icons;

use super::{AlarmList, BETWEEN_ROWS, Group, HEADER, InHand, Kept, ROOMY, Row, Shown};
use super::{acknowledge, row_height, waiting_of};
use crate::console::context::{Intent, View, Workspace};
use crate::console::landmark::{self, Landmark};
use crate::console::{widgets, words};
use crate::desk::command::Command;
use crate::desk::snapshot::{Alarm, Priority};

/// How far an alarm stands below its group, points.
const INDENT: f32 = 14.0;

/// The height of as many whole rows as fit into `height`, at least one: a row cut in half reads as another text.
fn whole_rows(height: f32, row: f32) -> f32 {
    let step = row + BETWEEN_ROWS;
    ((height + BETWEEN_ROWS + 0.5) / step).floor().max(1.0) * step - BETWEEN_ROWS
}

/// The first alarm in a few words, while the list is folded.
pub fn first(ui: &mut Ui, view: &View<'_>) {
    let Some(alarm) = view.snapshot.alarms.first().filter(|a| a.acknowledged.is_none()) else { return };
    priority(ui, view, alarm.priority, true);
    widgets::cell(ui, format!("{}: {}", alarm.source, alarm.text)).on_hover_text(&alarm.text);
}

impl AlarmList {
    /// The list itself.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, kept: &Kept) {
        self.has_focus = false;
        let alarms = self.alarms(view);
        if alarms.is_empty() {
            // The keyboard does not go to an alarm that comes later, while a person is at something else.
            self.take_focus = false;
            // A panel takes the size of what is in it: without this the list would be too low for the first alarm.
            ui.set_min_height(ui.available_height());
            let nothing = ui.label(RichText::new(self.nothing()).color(view.tokens.weak));
            landmark::mark(&nothing, Landmark::Alarms);
            return;
        }
        self.refresh(view, kept);
        let list = widgets::list_anchor(ui, view.tokens, "Alarms");
        landmark::mark(&list, Landmark::Alarms);
        self.keys(ui, view, &alarms, &list);
        self.refresh(view, kept);
        self.table(ui, view, &alarms, &list);
    }

    fn nothing(&self) -> &'static str {
        match self.shown {
            Shown::List => {
                "Nothing is abnormal. An alarm says what is wrong and what to do, and stays here until it is acknowledged and \
                 its cause is gone."
            }
            Shown::Shelf => {
                "No alarm is shelved. An alarm that is known and dealt with elsewhere can be put aside for a time, in its detail."
            }
        }
    }

    fn keys(&mut self, ui: &Ui, view: &mut View<'_>, alarms: &[Arc<Alarm>], list: &Response) {
        if std::mem::take(&mut self.take_focus) {
            list.request_focus();
            if self.row_in_hand(alarms).is_none()
                && let Some(row) = self.rows.first().cloned()
            {
                self.take_in_hand(view, alarms, &row);
            }
            self.reach = true;
        }
        self.has_focus = list.has_focus();
        if !self.has_focus {
            return;
        }
        let present = self.row_in_hand(alarms);
        let step = widgets::list_step(ui, list, present, self.rows.len());
        let at = step.or(present).and_then(|row| self.rows.get(row)).cloned();
        let Some(row) = at else { return };
        if step.is_some() {
            self.take_in_hand(view, alarms, &row);
            self.reach = true;
        }
        let pressed = |key| ui.input(|i| i.modifiers.is_none() && i.key_pressed(key));
        if pressed(Key::Enter) {
            match &row {
                Row::Alarm { .. } => self.detail_open = !self.detail_open,
                Row::Group(group) => self.fold(&group.source),
            }
        }
        if pressed(Key::A) && self.shown == Shown::List {
            let ids = match &row {
                Row::Alarm { place, .. } => {
                    let waits = alarms.get(*place).filter(|a| a.acknowledged.is_none());
                    waits.map(|a| a.id).into_iter().collect()
                }
                Row::Group(group) => waiting_of(group, alarms),
            };
            acknowledge(view, ids);
        }
        if pressed(Key::S) && matches!(row, Row::Alarm { .. }) {
            self.detail_open = true;
            self.form.reach();
        }
    }

    fn table(&mut self, ui: &mut Ui, view: &mut View<'_>, alarms: &Arc<[Arc<Alarm>]>, list: &Response) {
        let roomy = ui.available_width() >= ROOMY;
        let row_height = row_height(view.tokens, ui.available_width());
        ui.spacing_mut().item_spacing.y = BETWEEN_ROWS;
        let body = whole_rows(ui.available_height() - HEADER - BETWEEN_ROWS, row_height);
        let mut table = columns(ui, roomy).max_scroll_height(body);
        if std::mem::take(&mut self.reach)
            && let Some(row) = self.row_in_hand(alarms)
        {
            table = table.scroll_to_row(row, None);
        }
        let since = if self.shown == Shown::List { "Since" } else { "Back in" };
        let titles: &[&str] = if roomy {
            &["", "Source", "Unit", "What is wrong, and what to do", since, "Count", "Cause", ""]
        } else {
            &["", "Source", "What is wrong, and what to do", since, ""]
        };
        table
            .header(HEADER, |mut header| {
                for title in titles {
                    let text = RichText::new(*title).color(view.tokens.weak);
                    header.col(|ui| match roomy && [since, "Count"].contains(title) {
                        true => widgets::number(ui, text),
                        false => drop(widgets::cell(ui, text)),
                    });
                }
            })
            .body(|body| {
                body.rows(row_height, self.rows.len(), |mut row| {
                    let Some(shown) = self.rows.get(row.index()).cloned() else { return };
                    row.set_selected(self.in_hand.is_some() && self.handle(alarms, &shown) == self.in_hand);
                    match &shown {
                        Row::Alarm { place, inside } => {
                            if let Some(alarm) = alarms.get(*place) {
                                self.alarm(&mut row, view, alarm, *inside, roomy);
                            }
                        }
                        Row::Group(group) => self.group(&mut row, view, group, alarms, roomy),
                    }
                    let response = row.response();
                    if response.clicked() {
                        self.take_in_hand(view, alarms, &shown);
                        list.request_focus();
                    }
                    let of_dispatch = matches!(&shown, Row::Alarm { place, .. }
                        if alarms.get(*place).is_some_and(|alarm| alarm.dispatch.is_some()));
                    if response.double_clicked() && of_dispatch {
                        view.ask(Intent::Show(Workspace::Board));
                    }
                });
            });
    }

    fn alarm(
        &mut self,
        row: &mut TableRow<'_, '_>,
        view: &mut View<'_>,
        alarm: &Alarm,
        inside: bool,
        roomy: bool,
    ) {
        row.col(|ui| priority(ui, view, alarm.priority, alarm.acknowledged.is_none()));
        if roomy {
            self.in_one_line(row, view, alarm, inside);
        } else {
            in_two_lines(row, view, alarm, inside);
        }
        row.col(|ui| match &alarm.shelved {
            None => notice(ui, view, alarm),
            Some(_) => bring_back(ui, view, alarm),
        });
    }

    fn in_one_line(&mut self, row: &mut TableRow<'_, '_>, view: &View<'_>, alarm: &Alarm, inside: bool) {
        row.col(|ui| {
            if inside {
                ui.add_space(INDENT);
            }
            widgets::cell(ui, &alarm.source);
        });
        row.col(|ui| {
            widgets::cell(ui, alarm.unit.as_ref().map_or("", |u| u.unit.as_str()));
        });
        row.col(|ui| {
            let text = said(alarm);
            widgets::cell(ui, &text).on_hover_text(&text);
        });
        row.col(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(widgets::AFTER_NUMBER);
                widgets::cell(ui, since(view, alarm)).on_hover_text(format!(
                    "{}, {}",
                    words::utc(alarm.raised),
                    words::london(alarm.raised)
                ));
            });
        });
        row.col(|ui| {
            let silent = alarm.silent_now();
            if silent == 0 {
                return widgets::number(ui, times(alarm.count));
            }
            let name = format!("×{}: {silent} silent below it", alarm.count);
            let more = Button::new(times(alarm.count)).frame(false);
            let right = Layout::right_to_left(Align::Center);
            let more = ui.with_layout(right, |ui| {
                ui.add_space(widgets::AFTER_NUMBER);
                ui.add(more)
            });
            let more = more.inner.on_hover_text(format!("{name}; press to see them")).accessible_name(name);
            widgets::focus_ring(ui, view.tokens, &more, more.rect);
            if more.clicked() {
                self.in_hand = Some(InHand::Alarm(alarm.id));
                self.detail_open = true;
            }
        });
        row.col(|ui| {
            let ink = if alarm.active { view.tokens.text } else { view.tokens.weak };
            widgets::cell(ui, RichText::new(cause(alarm)).color(ink));
        });
    }

    fn group(
        &mut self,
        row: &mut TableRow<'_, '_>,
        view: &mut View<'_>,
        group: &Group,
        alarms: &[Arc<Alarm>],
        roomy: bool,
    ) {
        let members = || group.places.iter().filter_map(|place| alarms.get(*place));
        row.col(|ui| priority(ui, view, group.worst, group.unacknowledged > 0));
        row.col(|ui| {
            let (icon, verb) = match group.open {
                true => (icons::ICON_EXPAND_MORE, "Fold"),
                false => (icons::ICON_CHEVRON_RIGHT, "Unfold"),
            };
            let source = RichText::new(&group.source).strong();
            let button = Button::new((icon.rich_text().size(14.0), source)).frame(false).truncate();
            let name = format!("{verb} {}, {}", group.source, group.words());
            let button = ui.add(button).on_hover_text(&name).accessible_name(&name);
            widgets::focus_ring(ui, view.tokens, &button, button.rect);
            if button.clicked() {
                self.fold(&group.source);
                self.in_hand = Some(InHand::Group(group.source.clone()));
            }
        });
        if roomy {
            row.col(|_| {});
        }
        row.col(|ui| {
            ui.add(Label::new(group.words()).selectable(false).truncate()).on_hover_text(group.words());
        });
        let newest = members().map(|alarm| alarm.raised).max();
        let since = newest.map_or(String::new(), |at| words::span(view.clock.now().since(at).max(0)));
        let count = members().fold(0_u32, |sum, alarm| sum.saturating_add(alarm.count));
        let active = format!("{} active", group.active);
        if roomy {
            row.col(|ui| widgets::number(ui, since));
            row.col(|ui| widgets::number(ui, times(count)));
            row.col(|ui| drop(widgets::cell(ui, active)));
        } else {
            row.col(|ui| {
                ui.add(Label::new(format!("{since}\n{active}")).selectable(false).wrap());
            });
        }
        row.col(|ui| {
            if group.unacknowledged == 0 {
                widgets::cell(ui, RichText::new("acknowledged").color(view.tokens.weak));
                return;
            }
            let text = format!("Ack. all {}", widgets::count(group.unacknowledged));
            let name = format!("Acknowledge {} alarms of {}", group.unacknowledged, group.source);
            if ui.button(text).on_hover_text(&name).accessible_name(&name).clicked() {
                acknowledge(view, waiting_of(group, alarms));
            }
        });
    }
}

fn columns(ui: &mut Ui, roomy: bool) -> TableBuilder<'_> {
    let salt = if roomy { "alarms in roomy columns" } else { "alarms" };
    let table = widgets::list_table(ui, salt).column(Column::exact(28.0));
    if roomy {
        table
            .column(Column::initial(112.0).at_least(60.0).resizable(true).clip(true))
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
    }
}

/// What is wrong; of one that is shelved first by whom and why.
fn said(alarm: &Alarm) -> String {
    match &alarm.shelved {
        None => alarm.text.clone(),
        Some(shelved) => {
            format!("Shelved by {}: \u{201c}{}\u{201d}. {}", shelved.by, shelved.reason, alarm.text)
        }
    }
}

/// How long ago it came; of one that is shelved how soon it comes back.
fn since(view: &View<'_>, alarm: &Alarm) -> String {
    let now = view.clock.now();
    let seconds = alarm.shelved.as_ref().map_or(now.since(alarm.raised), |shelved| shelved.until.since(now));
    words::span(seconds.max(0))
}

/// How many alarms it stands for, when it is not itself alone.
fn times(count: u32) -> String {
    if count > 1 { format!("×{count}") } else { String::new() }
}

pub fn cause(alarm: &Alarm) -> &'static str {
    if alarm.active { "active" } else { "gone" }
}

fn in_two_lines(row: &mut TableRow<'_, '_>, view: &View<'_>, alarm: &Alarm, inside: bool) {
    let lines = |ui: &mut Ui, text: String| {
        ui.add(Label::new(text).selectable(false).wrap());
    };
    row.col(|ui| {
        if inside {
            ui.add_space(INDENT);
        }
        let unit = alarm.unit.as_ref().map_or("", |u| u.unit.as_str());
        lines(ui, format!("{}\n{unit}", alarm.source).trim_end().to_owned());
    });
    row.col(|ui| {
        let text = said(alarm);
        let mut job = LayoutJob::simple(
            text.clone(),
            TextStyle::Body.resolve(ui.style()),
            view.tokens.text,
            ui.available_width(),
        );
        job.wrap.max_rows = 2;
        let galley = ui.painter().layout_job(job);
        ui.add(Label::new(galley).selectable(false)).on_hover_text(text);
    });
    row.col(|ui| lines(ui, format!("{}\n{} {}", since(view, alarm), cause(alarm), times(alarm.count))));
}

/// The shape of a priority with its digit, filled while it waits for notice.
pub fn priority(ui: &mut Ui, view: &View<'_>, of: Priority, lit: bool) {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(24.0, 22.0), Sense::hover());
    widgets::paint_priority(ui.painter(), rect.center(), view.tokens, of, lit);
    let word = match of {
        Priority::High => "act at once",
        Priority::Medium => "act soon",
        Priority::Low => "when there is time",
    };
    let name = format!("priority {}: {word}", of.digit());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    response.on_hover_text(name);
}

fn notice(ui: &mut Ui, view: &mut View<'_>, alarm: &Alarm) {
    match alarm.acknowledged {
        Some(at) => {
            widgets::cell(ui, RichText::new("acknowledged").color(view.tokens.weak))
                .on_hover_text(words::utc(at));
        }
        None => {
            let name = format!("Acknowledge: {}", alarm.text);
            if ui.button("Acknowledge").accessible_name(name).clicked() {
                acknowledge(view, vec![alarm.id]);
            }
        }
    }
}

fn bring_back(ui: &mut Ui, view: &mut View<'_>, alarm: &Alarm) {
    let name = format!("Bring back: {}", alarm.text);
    if ui.button("Bring back").accessible_name(name).clicked() {
        view.ask(Intent::Give(Command::UnshelveAlarm(alarm.id)));
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
