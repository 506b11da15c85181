//! Picking what is shown, by a few letters and the arrow keys.

use std::sync::Arc;

use egui::{
    Align, Button, Id, Key, Modifiers, Popup, PopupCloseBehavior, RichText, ScrollArea, Shape, Stroke,
    TextEdit, Ui, vec2,
};

use crate::console::context::View;
use crate::console::landmark::{self, Landmark};
use crate::console::theme::Tokens;
use crate::console::widgets::hint;
use crate::console::words;
use crate::desk::snapshot::Snapshot;

use super::subject::Subject;

/// Rows that a search shows; more are not read through but searched for.
const ROWS: usize = 60;
/// The list's size, points.
const LIST: egui::Vec2 = vec2(440.0, 260.0);

/// The list while it is open.
#[derive(Default)]
pub struct Picker {
    open: bool,
    query: String,
    at: usize,
    /// A key moved it in this frame: it is to be in sight.
    moved: bool,
    /// What was found, in which publication and for which words.
    found: Option<(u64, String, Arc<[Candidate]>)>,
}

/// One thing to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub side: String,
}

/// The name of what is shown.
pub fn name_of(snapshot: &Snapshot, subject: &Subject) -> String {
    let of_dispatch = |key: &crate::dispatch::DispatchKey| {
        let document = snapshot.dispatches.iter().find(|d| d.key == *key).and_then(|d| d.dispatch());
        document.map_or_else(|| key.to_string(), |d| format!("{} · {}", key.dispatch_ref, d.unit))
    };
    match subject {
        Subject::Fleet => "Fleet, all dispatches summed".to_owned(),
        Subject::Unit(unit) => format!("{unit} · no dispatch"),
        Subject::Dispatch(key) => of_dispatch(key),
    }
}

/// What can be shown and has every word of `query` in it: the fleet, the dispatches, then units that have none.
pub fn candidates(snapshot: &Snapshot, query: &str) -> Vec<Candidate> {
    let wanted: Vec<String> = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let matches = |c: &Candidate| {
        let text = format!("{} {}", c.name, c.side).to_lowercase();
        wanted.iter().all(|word| text.contains(word.as_str()))
    };
    let fleet = (!snapshot.dispatches.is_empty()).then(|| Candidate {
        subject: Subject::Fleet,
        name: name_of(snapshot, &Subject::Fleet),
        side: format!("{} dispatches", snapshot.dispatches.len()),
    });
    let dispatches = snapshot.dispatches.iter().map(|d| {
        let subject = Subject::Dispatch(d.key.clone());
        let start = d.dispatch().map_or_else(String::new, |doc| words::london_minute(doc.service_start));
        Candidate { name: name_of(snapshot, &subject), side: format!("{}, {start}", d.phase.word()), subject }
    });
    let dispatched: std::collections::BTreeSet<_> =
        snapshot.dispatches.iter().filter_map(|d| d.dispatch()).map(|d| &d.unit).collect();
    let idle = snapshot.units.iter().filter(|u| !dispatched.contains(&u.unit)).map(|u| {
        let subject = Subject::Unit(u.unit.clone());
        Candidate { name: name_of(snapshot, &subject), side: u.name.clone(), subject }
    });
    fleet.into_iter().chain(dispatches).chain(idle).filter(matches).take(ROWS).collect()
}

impl Picker {
    /// Shows the button and, when open, the list below it; what was picked in this frame.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, shown: Option<&Subject>) -> Option<Subject> {
        let name = shown.map_or_else(|| "Nothing".to_owned(), |s| name_of(view.snapshot, s));
        let label = ui.label("Shown");
        let wide = (ui.available_width() - 20.0).clamp(120.0, 380.0);
        let button = Button::new(RichText::new(&name)).truncate().min_size(vec2(wide, 0.0));
        let response = ui.add_sized(vec2(wide, ui.spacing().interact_size.y), button);
        let response = response.labelled_by(label.id).accessible_name(format!("Shown: {name}"));
        landmark::mark(&response, Landmark::Shown);
        let tip = response.rect.right_center() - vec2(11.0, -2.5);
        let corners = vec![tip, tip + vec2(-4.0, -5.0), tip + vec2(4.0, -5.0)];
        ui.painter().add(Shape::convex_polygon(corners, view.tokens.weak, Stroke::NONE));
        if response.clicked() {
            *self = Self { open: !self.open, ..Self::default() };
        }
        if !self.open {
            return None;
        }
        let found = self.found(view.snapshot);
        let go = self.keys(ui, found.len());
        let mut open = true;
        let popup = Popup::from_response(&response)
            .id(Id::unique("delivery-picker"))
            .open_bool(&mut open)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let clicked = popup.show(|ui| self.list(ui, view.tokens, &found)).and_then(|shown| shown.inner);
        let picked = clicked.or_else(|| go.then(|| found.get(self.at).map(|c| c.subject.clone())).flatten());
        if picked.is_some() || !open {
            *self = Self::default();
            response.request_focus();
        }
        picked
    }

    /// What can be shown, looked for again when the snapshot or the words are others.
    fn found(&mut self, snapshot: &Snapshot) -> Arc<[Candidate]> {
        if let Some((sequence, query, found)) = &self.found
            && *sequence == snapshot.sequence
            && *query == self.query
        {
            return Arc::clone(found);
        }
        let found: Arc<[Candidate]> = candidates(snapshot, &self.query).into();
        self.found = Some((snapshot.sequence, self.query.clone(), Arc::clone(&found)));
        found
    }

    /// Arrow keys move, Enter picks, Escape closes: taken from the input before the text field sees them.
    fn keys(&mut self, ui: &Ui, count: usize) -> bool {
        let last = count.saturating_sub(1);
        let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
        let (down, up) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp));
        self.moved = down || up;
        if down {
            self.at = if self.at >= last { 0 } else { self.at + 1 };
        }
        if up {
            self.at = self.at.checked_sub(1).unwrap_or(last);
        }
        self.at = self.at.min(last);
        pressed(Key::Enter)
    }

    fn list(&mut self, ui: &mut Ui, tokens: &Tokens, found: &[Candidate]) -> Option<Subject> {
        let room = ui.ctx().content_rect().size() - vec2(60.0, 140.0);
        let size = LIST.min(room).max(vec2(160.0, 80.0));
        ui.set_width(size.x);
        let field = TextEdit::singleline(&mut self.query).desired_width(f32::INFINITY);
        let field = field.hint_text(hint("Dispatch, unit, name or how it stands"));
        let response = ui.add(field).accessible_name("Find a dispatch or unit");
        response.request_focus();
        if response.changed() {
            self.at = 0;
        }
        if found.is_empty() {
            ui.label(RichText::new("Nothing matches. Search for less.").color(tokens.weak));
        }
        let mut picked = None;
        ScrollArea::vertical().max_height(size.y).show(ui, |ui| {
            for (index, candidate) in found.iter().enumerate() {
                let button = Button::selectable(index == self.at, candidate.name.as_str())
                    .right_text(RichText::new(&candidate.side).color(tokens.weak))
                    .truncate()
                    .min_size(vec2(ui.available_width(), tokens.row));
                let spoken = format!("Show {}, {}", candidate.name, candidate.side);
                let response = ui.add(button).accessible_name(spoken);
                if index == self.at && self.moved {
                    response.scroll_to_me(None::<Align>);
                }
                if response.clicked() {
                    picked = Some(candidate.subject.clone());
                }
            }
        });
        picked
    }
}
