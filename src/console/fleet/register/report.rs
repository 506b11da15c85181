//! What is wrong with a register: each mistake with its line and column, and what would be right.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};

use crate::console::context::{Intent, View};
use crate::console::widgets;
use crate::profile::fault::FileFault;

/// So many are shown; all are copied.
const SHOWN: usize = 200;
/// Widths of the columns of lines and of columns, points.
const LINES: f32 = 64.0;
const COLUMNS: f32 = 140.0;

/// Draws it.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, faults: &[FileFault]) {
    let things = if faults.len() == 1 {
        "1 thing".to_owned()
    } else {
        format!("{} things", widgets::count(faults.len()))
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(
            RichText::new(format!("{things} to mend; nothing was taken in")).color(view.tokens.high).strong(),
        );
        if ui.button("Copy the report").clicked() {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            ui.ctx().copy_text(lines.join("\n"));
            view.ask(Intent::Tell(format!("Copied: {things} to mend.")));
        }
    });
    ScrollArea::vertical().id_salt("register report").auto_shrink([false, false]).show(ui, |ui| {
        // The scroll bar lies over the right edge.
        ui.set_max_width(ui.available_width() - 10.0);
        faults.iter().take(SHOWN).for_each(|fault| one(ui, view, fault));
        if faults.len() > SHOWN {
            let more = widgets::count(faults.len() - SHOWN);
            ui.add(Label::new(format!("… and {more} more, which the copied report holds")).wrap());
        }
    });
}

fn one(ui: &mut Ui, view: &View<'_>, fault: &FileFault) {
    let line = fault.line.map_or_else(|| "whole file".to_owned(), |line| format!("line {line}"));
    let column = if fault.field.is_empty() { "whole line" } else { fault.field.as_str() };
    let column = if fault.line.is_none() { "" } else { column };
    ui.horizontal_top(|ui| {
        for (width, text) in [(LINES, line.as_str()), (COLUMNS, column)] {
            ui.allocate_ui_with_layout(vec2(width, 16.0), Layout::left_to_right(Align::Min), |ui| {
                ui.set_width(width);
                ui.add(Label::new(RichText::new(text).color(view.tokens.weak)).truncate());
            });
        }
        ui.add(Label::new(&fault.message).wrap());
    });
}
