//! Every revision of a dispatch: what it asks, when it was sent, what became of it. A click shows its ladder.

use egui::{Role, Sense, Ui};

use super::say;
use crate::console::context::View;
use crate::console::line::{Cell, Line, MARK, Mark};
use crate::console::theme::Tokens;
use crate::console::widgets::{self, Outline};
use crate::console::words;
use crate::desk::snapshot::{DispatchState, RevisionState};
use crate::dispatch::{Revision, Stage};
use crate::time::UtcTime;

/// Below this width the time of sending stands under what became of a revision, points.
const BESIDE: f32 = 320.0;

/// What became of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The VTN did not take it.
    NotSent,
    /// It is on its way to the VTN.
    Sending,
    /// The FSP refused it.
    Rejected,
    /// It is what the unit follows, or will.
    InForce,
    /// A greater one took its place.
    Superseded,
    /// It is over.
    Over,
}

impl Fate {
    fn word(self) -> &'static str {
        match self {
            Self::NotSent => "not sent",
            Self::Sending => "being sent",
            Self::Rejected => "rejected",
            Self::InForce => "in force",
            Self::Superseded => "superseded",
            Self::Over => "over",
        }
    }

    fn mark(self, tokens: &Tokens) -> Mark {
        match self {
            Self::NotSent | Self::Rejected => (Outline::Cross, tokens.high, true),
            Self::Sending => (Outline::Circle, tokens.weak, false),
            Self::InForce => (Outline::Check, tokens.text, true),
            Self::Superseded | Self::Over => (Outline::Circle, tokens.weak, true),
        }
    }
}

/// What became of a revision of a dispatch.
pub fn fate(dispatch: &DispatchState, revision: &RevisionState) -> Fate {
    let number = revision.signed.dispatch.revision;
    let mut said = dispatch.ladder.iter().filter(|g| g.revision == number && g.signature.is_ok());
    if revision.sent.is_none() {
        return if revision.fault.is_some() { Fate::NotSent } else { Fate::Sending };
    }
    if said.any(|g| g.stage == Stage::Rejected) {
        return Fate::Rejected;
    }
    match dispatch.in_force {
        Some(in_force) if in_force == number => Fate::InForce,
        Some(in_force) if in_force > number => Fate::Superseded,
        _ if dispatch.dispatch().is_some_and(|d| d.revision > number) => Fate::Superseded,
        _ => Fate::Over,
    }
}

/// Draws them, the latest first.
pub fn ui(
    ui: &mut Ui,
    view: &View<'_>,
    dispatch: &DispatchState,
    shown: Revision,
    now: UtcTime,
) -> Option<Revision> {
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    for revision in dispatch.revisions.iter().rev() {
        let number = revision.signed.dispatch.revision;
        if one(ui, view, dispatch, revision, number == shown, now).clicked() {
            chosen = Some(number);
        }
    }
    chosen
}

fn one(
    ui: &mut Ui,
    view: &View<'_>,
    dispatch: &DispatchState,
    revision: &RevisionState,
    shown: bool,
    now: UtcTime,
) -> egui::Response {
    let tokens = view.tokens;
    let document = &revision.signed.dispatch;
    let fate = fate(dispatch, revision);
    let sender = view.snapshot.sent_by(revision).map_or_else(String::new, |who| format!(" by {who}"));
    let when = revision.sent.map_or_else(String::new, |at| format!("sent {}{sender}", say::moment(at, now)));
    let by = revision.approved.as_ref().map(|by| format!("approved by {}", by.who()));
    let approved = by.as_ref().map_or_else(String::new, |by| format!(", {by}"));
    let name =
        format!("Revision {}, {}, {}{approved}, {when}", document.revision, document.status, fate.word());
    let (ink, width) = (tokens.text, ui.available_width());
    let mut cells = vec![
        Cell::new(MARK, 20.0, document.revision.to_string(), ink),
        Cell::new(MARK + 20.0, 102.0, document.status.to_string(), ink),
    ];
    if width < BESIDE {
        let below = format!("{}\n{when}", fate.word());
        cells.push(Cell::new(MARK + 122.0, width - MARK - 122.0, below, ink));
    } else {
        cells.push(Cell::new(MARK + 122.0, 74.0, fate.word(), ink));
        cells.push(Cell::new(MARK + 196.0, width - MARK - 198.0, when, ink).at_right());
    }
    let line = Line {
        mark: Some(fate.mark(tokens)),
        cells: &cells,
        name: name.trim_end_matches(", "),
        role: Role::Button,
        sense: Sense::click(),
        ground: shown.then_some(tokens.selected),
    };
    let response = line.show(ui);
    widgets::focus_ring(ui, tokens, &response, response.rect.shrink(1.0));
    let sent = revision.sent.map_or_else(|| "not sent".to_owned(), |at| format!("sent {}", words::utc(at)));
    response.on_hover_text(format!(
        "Show its ladder. Instructed {}, {sent}{sender}, signed with key {}{approved}",
        words::utc(document.instruction_time),
        revision.signed.signature.key_id
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::console::testing::{dispatch, revision, rung};
    use crate::desk::snapshot::Phase;

    #[test]
    fn each_revision_says_what_became_of_it() {
        let made = |n| {
            revision(
                "EMID-0500",
                n,
                "BRIGHTFLEX/BESS-07",
                1000,
                "2026-11-26T17:00:00Z",
                "2026-11-26T19:00:00Z",
            )
        };
        let mut lost = (*made(4)).clone();
        (lost.sent, lost.fault) = (None, Some("no answer".to_owned()));
        let revisions = vec![made(1), made(2), made(3), Arc::new(lost)];
        let refused = vec![rung(Stage::Rejected, 3, "2026-11-26T17:05:00Z")];
        let mut state = dispatch(revisions, Phase::SendFailed, refused);
        let fates = |s: &DispatchState| s.revisions.iter().map(|r| fate(s, r)).collect::<Vec<_>>();
        state.in_force = Revision::new(2);
        assert_eq!(fates(&state), [Fate::Superseded, Fate::InForce, Fate::Rejected, Fate::NotSent]);
        state.revisions.truncate(2);
        state.in_force = None;
        assert_eq!(fates(&state), [Fate::Superseded, Fate::Over]);
    }
}
