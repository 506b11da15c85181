//! What is shown beside the time line while no dispatch is in hand: all that is awaited, by whom, and until when.

use egui::{Label, RichText, Role, Sense, Ui};

use super::say;
use crate::console::context::View;
use crate::console::line::{Cell, Line, MARK};
use crate::console::widgets::{self, Outline};
use crate::console::words;

/// No more lines than a person reads.
const MOST: usize = 100;

/// Below this width the time left stands under what is awaited, points.
const BESIDE: f32 = 300.0;

/// Draws it; a click takes the dispatch in hand.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, waiting: &[usize]) {
    widgets::heading(ui, "Awaited");
    let hint = "Pick a dispatch to see who has answered what, and when.";
    ui.add(Label::new(RichText::new(hint).color(view.tokens.weak)).wrap());
    if waiting.is_empty() {
        ui.label("Nothing is awaited of anybody.");
        return;
    }
    let mut picked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for place in waiting.iter().take(MOST) {
            if one(ui, view, *place) {
                picked = Some(*place);
            }
        }
    });
    if waiting.len() > MOST {
        let more = format!("and of {} more", say::dispatches(waiting.len() - MOST));
        ui.label(RichText::new(more).color(view.tokens.weak));
    }
    if let Some(place) = picked {
        super::pick(view, place);
    }
}

fn one(ui: &mut Ui, view: &View<'_>, place: usize) -> bool {
    let Some(dispatch) = view.snapshot.dispatches.get(place) else { return false };
    let (Some(due), Some(what)) = (dispatch.due, &dispatch.awaited) else { return false };
    let tokens = view.tokens;
    let left = due.since(view.clock.now());
    let when = if left < 0 {
        format!("{} overdue", words::span(-left))
    } else {
        format!("{} left", words::span(left))
    };
    let mark = if left < 0 {
        (Outline::Triangle, tokens.medium, true)
    } else {
        (Outline::Circle, tokens.weak, false)
    };
    let name = format!("{}: {what}, {when}", dispatch.key.dispatch_ref);
    let width = ui.available_width();
    let ink = if left < 0 { tokens.text } else { tokens.weak };
    let time = 140.0;
    let cells = if width < BESIDE {
        vec![Cell::new(MARK, width - MARK, format!("{what}\n{}\n{when}", dispatch.key.dispatch_ref), ink)]
    } else {
        let text = format!("{what}\n{}", dispatch.key.dispatch_ref);
        vec![
            Cell::new(MARK, width - MARK - time - 4.0, text, ink),
            Cell::new(width - time, time, when, ink).at_right(),
        ]
    };
    let line = Line {
        mark: Some(mark),
        cells: &cells,
        name: &name,
        role: Role::Button,
        sense: Sense::click(),
        ground: None,
    };
    let response = line.show(ui);
    widgets::focus_ring(ui, tokens, &response, response.rect.shrink(1.0));
    response.on_hover_text(words::utc(due)).clicked()
}
