//! The debrief of the workshop that runs, whenever it is asked for: written on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Button, Label, RichText, Ui};

use crate::console::context::{Intent, View};
use crate::console::errand::Errand;
use crate::workshop::debrief::PAGE;
use crate::workshop::live::WorkshopHandle;

/// A debrief on its way to the disk.
#[derive(Default)]
pub struct Debriefing {
    writing: Option<Errand<Result<PathBuf, String>>>,
}

impl Debriefing {
    /// Draws the button, and takes in what came of it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
        self.settle(view);
        if workshop.folder().is_none() {
            return;
        }
        let now = view.clock.now();
        let is_over = now >= workshop.ends();
        ui.add_space(view.tokens.gap);
        ui.horizontal_wrapped(|ui| {
            let name = if is_over { "Write the debrief again" } else { "Debrief so far" };
            let button = ui.add_enabled(self.writing.is_none(), Button::new(name));
            let hint = "one signed page with marks, time line, curves and journal, to open in a browser or print";
            if button.on_hover_text(hint).clicked() {
                let (workshop, snapshot) = (workshop.clone(), Arc::new(view.snapshot.clone()));
                match Errand::begin(ui.ctx(), move || workshop.debrief(&snapshot, now)) {
                    Ok(errand) => self.writing = Some(errand),
                    Err(fault) => view.ask(Intent::Warn(format!("The debrief was not written: {fault}."))),
                }
            }
            let when = match is_over {
                true => format!("It was written at the end, as {PAGE} in the record."),
                false => format!("It is written by itself at the end, and when the workshop is left, as {PAGE} in the record."),
            };
            ui.add(Label::new(RichText::new(when).color(view.tokens.weak)).wrap());
        });
    }

    fn settle(&mut self, view: &mut View<'_>) {
        let Some(settled) = self.writing.as_ref().and_then(Errand::settled) else { return };
        self.writing = None;
        match settled.and_then(|written| written) {
            Ok(path) => view.ask(Intent::Tell(format!("The debrief is written: {}", path.display()))),
            Err(fault) => {
                let next = "see that its folder can be written, and ask again";
                view.ask(Intent::Warn(format!("The debrief was not written ({fault}): {next}.")));
            }
        }
    }
}
