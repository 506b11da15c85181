//! How a bar is painted: its setpoints as a profile, where it stands as a mark and a word, what is wrong as a frame, a mark
//! and a word.

use std::sync::Arc;

use egui::{Color32, Galley, Painter, Rect, Shape, Stroke, StrokeKind, TextStyle, Ui, pos2};

use super::bar::{Bar, Step, steps};
use super::say;
use super::span::Scale;
use super::trouble::Trouble;
use crate::console::line::Mark;
use crate::console::theme::Tokens;
use crate::console::widgets::{Outline, paint_mark, phase_mark};
use crate::desk::snapshot::{DispatchState, Phase, UnitState};

/// A bar is never narrower, so that it can be seen and hit, points.
pub const NARROWEST: f32 = 7.0;
/// Room for a mark, points.
const MARK: f32 = 16.0;
/// Room left above a profile for marks and words, points.
const LEGEND: f32 = 15.0;
/// Room left below it.
const MARGIN: f32 = 2.0;

/// The shape and colour of what is wrong.
pub fn trouble_mark(tokens: &Tokens, trouble: Trouble) -> Mark {
    match trouble {
        Trouble::Rejected | Trouble::Failed => (Outline::Cross, tokens.high, true),
        Trouble::Mismatched => (Outline::Diamond, tokens.high, true),
        Trouble::Overdue | Trouble::ReachedLate => (Outline::Triangle, tokens.medium, true),
    }
}

/// One bar with all that its look depends on.
pub struct Sketch<'a> {
    /// The dispatch.
    pub dispatch: &'a DispatchState,
    /// Its bar.
    pub bar: &'a Bar,
    /// Its unit, where it is known.
    pub unit: Option<&'a UnitState>,
    /// Where it lies.
    pub rect: Rect,
    /// What of it can be seen.
    pub seen: Rect,
    /// Where the present lies, while it is shown.
    pub present: Option<f32>,
    /// Whether it is in hand.
    pub selected: bool,
    /// Whether the pointer is on it.
    pub hovered: bool,
}

impl Sketch<'_> {
    /// Paints it.
    pub fn paint(&self, ui: &Ui, tokens: &Tokens, scale: &Scale) {
        let painter = ui.painter().with_clip_rect(self.seen.expand(3.0).intersect(ui.clip_rect()));
        self.ground(&painter, tokens);
        self.profile(&painter, tokens, scale);
        if self.bar.cut.is_some() {
            let end = Rect::from_min_max(pos2(self.rect.right() - 3.0, self.rect.top()), self.rect.max);
            painter.rect_filled(end, 0.0, tokens.text);
        }
        self.frame(&painter, tokens);
        if let Some(x) = self.present.filter(|x| self.seen.x_range().contains(*x)) {
            painter.vline(x, self.rect.y_range(), Stroke::new(1.5, tokens.now));
        }
        self.legend(ui, &painter, tokens);
    }

    fn is_over(&self) -> bool {
        !self.dispatch.is_open()
    }

    fn ground(&self, painter: &Painter, tokens: &Tokens) {
        let fill = match (self.selected, self.bar.firm, self.hovered) {
            (true, ..) => tokens.selected,
            (false, true, _) => tokens.panel,
            (false, false, true) => tokens.hover,
            (false, false, false) => Color32::TRANSPARENT,
        };
        painter.rect_filled(self.rect, f32::from(tokens.radius), fill);
    }

    fn profile(&self, painter: &Painter, tokens: &Tokens, scale: &Scale) {
        let Some(document) = self.dispatch.revision(self.bar.revision).map(|r| &r.signed.dispatch) else {
            return;
        };
        let steps = steps(document, self.unit, self.bar.from, self.bar.to);
        let inner = Rect::from_min_max(
            pos2(self.rect.left(), self.rect.top() + LEGEND),
            pos2(self.rect.right(), self.rect.bottom() - MARGIN),
        );
        let (base, height) = baseline(&steps, inner);
        let ink = if self.is_over() || !self.bar.firm { tokens.weak } else { tokens.instructed };
        let mut edge = Vec::with_capacity(steps.len() * 2);
        for step in &steps {
            #[expect(clippy::cast_possible_truncation, reason = "a share of at most 1")]
            let top = base - step.share as f32 * height;
            let (left, right) = (scale.x(step.from), scale.x(step.to).max(scale.x(step.from) + 1.0));
            let block = Rect::from_two_pos(pos2(left, base), pos2(right, top)).intersect(self.seen);
            if self.bar.firm {
                painter.rect_filled(block, 0.0, tokens.below_profile());
            }
            edge.extend([pos2(left, top), pos2(right, top)]);
        }
        if edge.len() > 1 {
            let base_line = Rect::from_x_y_ranges(self.rect.x_range(), base..=base).intersect(self.seen);
            painter.hline(base_line.x_range(), base, Stroke::new(1.0, tokens.baseline));
            painter.add(Shape::line(edge, Stroke::new(1.5, ink)));
        }
    }

    /// The outline: grey when all is well, in colour for what is wrong, dashed for what the unit does not act on.
    fn frame(&self, painter: &Painter, tokens: &Tokens) {
        let trouble = self.bar.troubles.gravest().map(|t| trouble_mark(tokens, t).1);
        let stroke = match trouble {
            Some(colour) => Stroke::new(2.0, colour),
            None if self.hovered => Stroke::new(1.0, tokens.accent),
            None => Stroke::new(1.0, tokens.edge),
        };
        let rect = self.rect.shrink(stroke.width / 2.0);
        if self.bar.firm {
            painter.rect_stroke(rect, f32::from(tokens.radius), stroke, StrokeKind::Middle);
        } else {
            // Only what can be seen: a dashed line of many screens costs more than it shows.
            let rect = rect.intersect(self.seen.expand(6.0));
            let corners =
                [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
            painter.extend(Shape::dashed_line(&corners, stroke, 5.0, 3.0));
        }
        if self.selected {
            let ring = Stroke::new(2.0, tokens.accent);
            painter.rect_stroke(self.rect, f32::from(tokens.radius), ring, StrokeKind::Outside);
        }
    }

    /// Marks and words at the left of what can be seen, as much of them as there is room for.
    fn legend(&self, ui: &Ui, painter: &Painter, tokens: &Tokens) {
        let room = self.seen.intersect(self.rect);
        let middle = self.rect.top() + LEGEND / 2.0 + 1.0;
        let mut marks = vec![phase_mark(tokens, self.dispatch.phase)];
        let more = self.bar.troubles.iter().map(|t| trouble_mark(tokens, t));
        marks.extend(more.filter(|(outline, ..)| *outline != marks[0].0).collect::<Vec<_>>());
        if room.width() < MARK {
            // Too narrow for all: what is wrong goes first, and colour never goes alone.
            let gravest = self.bar.troubles.gravest().map(|t| trouble_mark(tokens, t));
            let (outline, colour, filled) = gravest.unwrap_or(marks[0]);
            paint_mark(painter, pos2(room.center().x, middle), 4.0, outline, colour, filled);
            return;
        }
        let mut left = room.left() + 3.0;
        for (outline, colour, filled) in marks {
            if left + MARK - 3.0 > room.right() {
                return;
            }
            paint_mark(painter, pos2(left + 6.5, middle), 5.0, outline, colour, filled);
            left += MARK;
        }
        if let Some(galley) = self.words(ui, tokens, room.right() - left - 4.0) {
            let top = middle - galley.size().y / 2.0;
            painter.galley(pos2(left + 1.0, top), galley, tokens.text);
        }
    }

    /// The longest of what can be said that has room.
    fn words(&self, ui: &Ui, tokens: &Tokens, room: f32) -> Option<Arc<Galley>> {
        if room < 16.0 {
            return None;
        }
        let font = TextStyle::Small.resolve(ui.style());
        let over = self.is_over() && !matches!(self.dispatch.phase, Phase::Failed | Phase::Rejected);
        let ink = if over { tokens.weak } else { tokens.text };
        legends(self.dispatch, self.bar)
            .into_iter()
            .map(|text| ui.painter().layout_no_wrap(text, font.clone(), ink))
            .find(|galley| galley.size().x <= room)
    }
}

/// What can be said on a bar, the most of it first.
fn legends(dispatch: &DispatchState, bar: &Bar) -> Vec<String> {
    let phase = say::phase(dispatch);
    let troubles: Vec<_> =
        bar.troubles.iter().map(Trouble::word).filter(|word| !phase.ends_with(word)).collect();
    let standing = std::iter::once(phase.as_str()).chain(troubles.iter().copied()).collect::<Vec<_>>();
    let mut legends =
        vec![format!("{}  {}", dispatch.key.dispatch_ref, standing.join(", ")), standing.join(", ")];
    legends.extend(troubles.first().map(|word| (*word).to_owned()));
    if troubles.is_empty() {
        legends.push(phase);
    }
    legends
}

/// Where a profile's baseline lies in a bar and how high the whole of the unit's limits is: at the bottom for what only
/// goes up, at the top for what only goes down, else in the middle.
fn baseline(steps: &[Step], inner: Rect) -> (f32, f32) {
    let (up, down) = (steps.iter().any(|s| s.share > 0.0), steps.iter().any(|s| s.share < 0.0));
    match (up, down) {
        (true, true) => (inner.center().y, inner.height() / 2.0),
        (false, true) => (inner.top(), inner.height()),
        _ => (inner.bottom(), inner.height()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::{NOW, at, dispatches};

    #[test]
    fn a_bar_says_what_is_wrong_before_it_falls_silent() {
        for (place, said) in [
            (3, vec!["EMID-0417  at setpoint", "at setpoint"]),
            (4, vec!["EMID-0419  accepted, mismatched", "accepted, mismatched", "mismatched"]),
            (1, vec!["EMID-0418  sent, overdue", "sent, overdue", "overdue"]),
            (0, vec!["EMID-0420  accepted, late", "accepted, late"]),
            (2, vec!["EMID-0416  rejected", "rejected"]),
        ] {
            let dispatch = &dispatches()[place];
            let mut legends = legends(dispatch, &Bar::of(place, dispatch, at(NOW)).unwrap());
            legends.dedup();
            assert_eq!(legends, said);
        }
    }

    #[test]
    fn up_stands_on_the_baseline_and_down_hangs_from_it() {
        let inner = Rect::from_min_max(pos2(0.0, 10.0), pos2(50.0, 30.0));
        let step = |share: f64| Step { from: at(NOW), to: at(NOW) + 60, share };
        for (shares, base, height) in [
            (vec![0.5, 1.0], 30.0, 20.0),
            (vec![-0.5], 10.0, 20.0),
            (vec![0.5, -0.5], 20.0, 10.0),
            (vec![0.0], 30.0, 20.0),
        ] {
            let steps: Vec<Step> = shares.into_iter().map(step).collect();
            assert_eq!(baseline(&steps, inner), (base, height));
        }
    }

    #[test]
    fn no_two_kinds_of_trouble_that_call_for_different_acts_look_alike() {
        let tokens = Tokens::of(crate::console::theme::Theme::Dark);
        let shape = |t| trouble_mark(&tokens, t).0;
        assert_ne!(shape(Trouble::Rejected), shape(Trouble::Mismatched));
        assert_ne!(shape(Trouble::Mismatched), shape(Trouble::Overdue));
        assert_ne!(shape(Trouble::Overdue), shape(Trouble::Rejected));
    }
}
