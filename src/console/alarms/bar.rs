//! The line that is always there: how many alarms, whether they are a flood, and how they are shown.

use egui::{Align, Button, Layout, RichText, Ui, vec2};
use egui_material_icons::icons;

use super::{AlarmList, Form, Kept, ROOMY, Shown, load, table, unacknowledged};
use crate::console::context::{Intent, View};
use crate::console::digest::Digest;
use crate::console::widgets::{self, Outline};
use crate::desk::command::Command;

impl AlarmList {
    /// Draws it; whether the list was folded or unfolded by it.
    pub fn bar(
        &mut self,
        ui: &mut Ui,
        view: &mut View<'_>,
        digest: &Digest,
        kept: &mut Kept,
        open: bool,
    ) -> bool {
        let roomy = ui.available_width() >= ROOMY;
        let mut toggled = false;
        ui.horizontal(|ui| {
            let fold = if open { icons::ICON_EXPAND_MORE } else { icons::ICON_EXPAND_LESS };
            let name = if open { "Fold the alarm list" } else { "Unfold the alarm list" };
            let text = RichText::new("Alarms").strong();
            let fold = ui
                .add(Button::new((fold.rich_text().size(16.0), text)).frame(false))
                .on_hover_text(format!("{name} (Ctrl+L)"))
                .accessible_name(name);
            widgets::focus_ring(ui, view.tokens, &fold, fold.rect);
            toggled = fold.clicked();
            let flood = flood(ui, view, roomy);
            if roomy || !flood {
                let listed = view.snapshot.alarms.len();
                ui.label(RichText::new(summary(digest, listed)).color(view.tokens.weak));
            }
            // Said before the buttons, and cut short where they begin.
            let buttons = ui.make_persistent_id("buttons of the alarm list");
            if !open {
                let wide = ui.data(|data| data.get_temp::<f32>(buttons)).unwrap_or_default();
                let room = vec2((ui.available_width() - wide).max(0.0), ui.available_height());
                ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
                    ui.set_max_width(room.x);
                    table::first(ui, view);
                });
            }
            let right = widgets::at_the_right(ui, |ui| {
                self.ways_to_show(ui, view, kept, roomy);
                let any = digest.total() > 0;
                if ui.add_enabled(any, Button::new("Acknowledge all")).clicked() {
                    let ids = unacknowledged(&view.snapshot.alarms);
                    view.ask(Intent::Give(Command::AcknowledgeAlarms(ids)));
                }
                ui.min_rect().width()
            });
            ui.data_mut(|data| data.insert_temp(buttons, right + ui.spacing().item_spacing.x));
        });
        toggled
    }

    fn ways_to_show(&mut self, ui: &mut Ui, view: &View<'_>, kept: &mut Kept, roomy: bool) {
        let load = &view.snapshot.alarm_load;
        self.shelf_button(ui, view);
        let grouped = self.form(load, kept) != Form::Single;
        let text = if roomy { "Group by FSP" } else { "Group" };
        let hint = match load.flood {
            Some(_) => "Groups are shown by themselves while alarms flood in (Ctrl+Shift+G)",
            None => "One row for an FSP with more than one alarm (Ctrl+Shift+G)",
        };
        let group = ui.add_enabled(self.shown == Shown::List, Button::selectable(grouped, text));
        if group.on_hover_text(hint).accessible_name("Group alarms by FSP").clicked() {
            self.toggle_groups(load, kept);
        }
        let detail = ui
            .selectable_label(self.detail_open, "Detail")
            .on_hover_text(
                "What the alarm in hand means, what it keeps silent, and how to shelve it (Ctrl+I)",
            )
            .accessible_name("Detail of the alarm in hand");
        if detail.clicked() {
            self.detail_open = !self.detail_open;
        }
    }

    /// The way to what is shelved, where anything is.
    fn shelf_button(&mut self, ui: &mut Ui, view: &View<'_>) {
        let aside = view.snapshot.shelved.len();
        if aside == 0 && self.shown == Shown::List {
            return;
        }
        let is_shelf = self.shown == Shown::Shelf;
        let text = format!("Shelved ({})", widgets::count(aside));
        let shelf = ui.selectable_label(is_shelf, text.as_str());
        if shelf.on_hover_text("Alarms that were put aside for a time").accessible_name(text).clicked() {
            self.shown = if is_shelf { Shown::List } else { Shown::Shelf };
        }
    }
}

/// Says that alarms flood in; whether they do. It stands still.
fn flood(ui: &mut Ui, view: &View<'_>, roomy: bool) -> bool {
    let load = &view.snapshot.alarm_load;
    let Some(text) = load::flood(load) else { return false };
    let short = text.replace(" alarms in", " in");
    let mark = (Outline::Diamond, view.tokens.medium, true);
    widgets::marked(ui, mark, if roomy { &text } else { &short }, &text).on_hover_text(
        "More than 10 in 10 min are more than one person can deal with. Alarms are grouped by FSP meanwhile; what is of \
         priority 1 stands on top. It is over when fewer than 5 have come in 10 min.",
    );
    true
}

fn summary(digest: &Digest, listed: usize) -> String {
    match (digest.total(), listed) {
        (_, 0) => "none".to_owned(),
        (0, n) => format!("{} listed, all acknowledged", widgets::count(n)),
        (m, n) => format!("{} of {} not acknowledged", widgets::count(m), widgets::count(n)),
    }
}
