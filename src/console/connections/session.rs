//! Which session this is, how another is opened, and who signs in it.

use std::path::Path;

use egui::{Label, Ui};

use super::weak;
use crate::console::context::{Intent, View};
use crate::console::session::SessionChoice;
use crate::console::{sign_on, widgets, words};
use crate::desk::command::Command;
use crate::workshop::live::WorkshopHandle;

/// Draws it on one line, with the ways to another.
pub fn ui(ui: &mut Ui, view: &mut View<'_>) {
    let (session, connections) = (view.session, view.connections);
    if view.workshop.is_some_and(WorkshopHandle::is_attended) {
        ui.horizontal_wrapped(|ui| {
            widgets::heading(ui, "Session");
            ui.label("a workshop, which its trainer has in hand");
        });
        return;
    }
    ui.horizontal_wrapped(|ui| {
        widgets::heading(ui, "Session");
        ui.add(Label::new(match session {
            SessionChoice::Connection(path) => format!("connection file {}", path.display()),
            SessionChoice::Sandbox
            | SessionChoice::Workshop(_)
            | SessionChoice::Recording(_)
            | SessionChoice::Comparison(..)
            | SessionChoice::Trainee(_) => session.words(),
        }));
        if ui.button("Open a connection …").clicked() {
            view.ask(Intent::OpenConnection);
        }
        if *session != SessionChoice::Sandbox && ui.button("Go back to the sandbox").clicked() {
            view.ask(Intent::Open(SessionChoice::Sandbox));
        }
        for path in connections {
            let choice = SessionChoice::Connection(path.clone());
            if choice != *session && ui.button(place(path)).accessible_name(opens(path)).clicked() {
                view.ask(Intent::Open(choice));
            }
        }
    });
}

/// Folder and file: most are called the same.
fn place(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

fn opens(path: &Path) -> String {
    format!("Open {}", path.display())
}

/// Who is signed on, and the ways on and off; nothing where the machine's keys sign everything.
pub fn who_signs(ui: &mut Ui, view: &mut View<'_>) {
    let presence = &view.snapshot.presence;
    if presence.people.is_empty() {
        return;
    }
    let who = sign_on::standing(view.snapshot).unwrap_or_default();
    widgets::pair(ui, view.tokens, "Signed on", who);
    if let Some(on) = &presence.on {
        let since = format!("{}, {}", words::ago(Some(on.since), view.clock.now()), words::utc(on.since));
        widgets::pair(ui, view.tokens, "Since", since);
    } else {
        let says = "What moves a unit of these operators is sent once one of their people has signed on.";
        weak(ui, view, says);
    }
    let is_on = presence.on.is_some();
    ui.horizontal_wrapped(|ui| {
        let text = if is_on { "Sign on somebody else …" } else { "Sign on …" };
        if ui.button(text).clicked() {
            view.ask(Intent::SignOn(Vec::new()));
        }
        if is_on && ui.button("Sign off").clicked() {
            view.ask(Intent::Give(Command::SignOff));
        }
    });
}
