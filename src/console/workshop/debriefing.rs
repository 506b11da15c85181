//! The debrief of the workshop that runs, whenever it is asked for: written on a thread of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Button, Label, OpenUrl, RichText, Ui};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::console::context::{Intent, View};
use crate::console::errand::Errand;
use crate::workshop::debrief::PAGE;
use crate::workshop::live::WorkshopHandle;

/// A debrief on its way to the disk.
#[derive(Default)]
pub struct Debriefing {
    writing: Option<Errand<Result<PathBuf, String>>>,
    /// The last one that was written here.
    written: Option<PathBuf>,
}

impl Debriefing {
    /// Draws the button, and takes in what came of it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
        self.settle(view);
        let Some(folder) = workshop.folder() else { return };
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
            // At the end it is written without being asked for.
            let page = self.written.clone().or_else(|| is_over.then(|| folder.join(PAGE)));
            if let Some(page) = page
                && ui.button("Open the debrief").on_hover_text(page.display().to_string()).clicked()
            {
                ui.ctx().open_url(OpenUrl::new_tab(address(&std::path::absolute(&page).unwrap_or(page))));
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
            Ok(path) => {
                view.ask(Intent::Tell(format!("The debrief is written: {}", path.display())));
                self.written = Some(path);
            }
            Err(fault) => {
                let next = "see that its folder can be written, and ask again";
                view.ask(Intent::Warn(format!("The debrief was not written ({fault}): {next}.")));
            }
        }
    }
}

/// What may not stand in the path of an address as it is.
const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`');

/// A file as a browser is asked for it. The path of a drive begins with its letter, and with no stroke.
fn address(file: &Path) -> String {
    let path = file.display().to_string().replace('\\', "/");
    let stroke = if path.starts_with('/') { "" } else { "/" };
    format!("file://{stroke}{}", utf8_percent_encode(&path, PATH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_asked_for_the_page_whatever_its_folder_is_called() {
        assert_eq!(
            address(Path::new("/tmp/Week 3 #2/debrief.html")),
            "file:///tmp/Week%203%20%232/debrief.html"
        );
        assert_eq!(address(Path::new("C:\\rooms\\debrief.html")), "file:///C:/rooms/debrief.html");
    }
}
