//! Picks the connection file that is opened: by its path, by the system's dialog, or one of the last.

use std::path::{Path, PathBuf};

use egui::{Context, Id, Key, Label, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui};

use crate::console::dialog::{Choosing, Wanted};
use crate::console::theme::Tokens;
use crate::console::widgets::{at_the_right, beside_a_filled_button, filled_button, heading};

/// The question for a connection file.
pub(super) struct Picking {
    typed: String,
    choosing: Choosing<()>,
    fault: Option<String>,
    is_new: bool,
}

/// What came of a frame.
pub(super) enum Picked {
    Waiting,
    Cancel,
    File(PathBuf),
}

impl Default for Picking {
    fn default() -> Self {
        Self { typed: String::new(), choosing: Choosing::default(), fault: None, is_new: true }
    }
}

impl Picking {
    /// Draws it, with the connections that were opened last.
    pub(super) fn ui(&mut self, ctx: &Context, tokens: &Tokens, last: &[PathBuf]) -> Picked {
        match self.choosing.settled() {
            Some(((), Ok(path))) => return Picked::File(path),
            Some(((), Err(fault))) => self.fault = Some(fault.beside_a_field()),
            None => {}
        }
        let modal = Modal::new(Id::unique("pick a connection")).show(ctx, |ui| {
            ui.set_width(560.0_f32.min(ctx.content_rect().width() - 60.0));
            heading(ui, "Open a connection");
            ui.add(Label::new(RichText::new(MEANS).color(tokens.weak)).wrap());
            let mut picked = self.file(ui);
            if let Some(fault) = &self.fault {
                ui.add(Label::new(RichText::new(fault).color(tokens.high)).wrap());
            }
            if !last.is_empty() {
                ui.add_space(tokens.gap);
                ui.label(RichText::new("Opened last").color(tokens.weak));
                let height = (ctx.content_rect().height() - 300.0).max(48.0);
                ScrollArea::vertical().max_height(height).show(ui, |ui| {
                    for path in last {
                        if again(ui, path) {
                            picked = Some(path.clone());
                        }
                    }
                });
            }
            ui.separator();
            self.buttons(ui, tokens, picked)
        });
        match modal.inner {
            Picked::Waiting if modal.should_close() => Picked::Cancel,
            picked => picked,
        }
    }

    /// The path; what Enter in its field opens.
    fn file(&mut self, ui: &mut Ui) -> Option<PathBuf> {
        ui.horizontal(|ui| {
            let label = ui.label("Connection file");
            let width = (ui.available_width() - 100.0).max(120.0);
            let field = TextEdit::singleline(&mut self.typed).desired_width(width);
            let field = ui.add(field).labelled_by(label.id);
            if std::mem::take(&mut self.is_new) {
                field.request_focus();
            }
            if ui.button("Choose…").accessible_name("Choose the connection file…").clicked() {
                self.choosing.begin(ui.ctx(), (), Wanted::Toml("A connection file"));
            }
            let is_entered =
                field.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            self.path().filter(|_| is_entered)
        })
        .inner
    }

    /// The same file whatever folder the program was started in.
    fn path(&self) -> Option<PathBuf> {
        let typed = self.typed.trim();
        (!typed.is_empty()).then(|| std::path::absolute(typed).unwrap_or_else(|_| typed.into()))
    }

    fn buttons(&self, ui: &mut Ui, tokens: &Tokens, picked: Option<PathBuf>) -> Picked {
        let mut answer = picked.map_or(Picked::Waiting, Picked::File);
        ui.horizontal(|ui| {
            beside_a_filled_button(ui);
            at_the_right(ui, |ui| {
                let cancel = ui.button("Cancel");
                let path = self.path();
                let (fill, ink) = match path.is_some() {
                    true => (tokens.accent, tokens.on_accent),
                    false => (tokens.panel, tokens.weak),
                };
                let open = filled_button(ui, path.is_some(), "Open it", fill, ink);
                if cancel.clicked() {
                    answer = Picked::Cancel;
                } else if open.clicked()
                    && let Some(path) = path
                {
                    answer = Picked::File(path);
                }
            });
        });
        answer
    }
}

const MEANS: &str = "A file that names a VTN, the client that this desk is there, and where fleet, trust and secrets stand. \
                     What is open now stays until the other is.";

fn again(ui: &mut Ui, path: &Path) -> bool {
    let shown = path.display().to_string();
    ui.button(&shown).accessible_name(format!("Open {shown}")).clicked()
}
