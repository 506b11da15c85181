//! A button that acts only when it is held: for what must never happen by a slip, and must never be far away.

use egui::{Id, Key, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::theme::Tokens;
use super::widgets;

/// How long it must be held, in seconds of waiting.
pub const HOLD_SECONDS: f64 = 1.5;

/// How far a press has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Press {
    /// Nothing is pressed.
    #[default]
    Idle,
    /// Held since this instant of the window's own time.
    Since(f64),
    /// It has acted; it must be let go before it can act again.
    Spent,
}

/// What a press came to in this frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// Nothing happens.
    Idle,
    /// Held; the share of the time that has passed, below 1.
    Held(f64),
    /// Held long enough: act, once.
    Fire,
    /// Let go too early.
    Cancelled,
}

impl Press {
    /// Goes on by one frame.
    pub fn advance(&mut self, held: bool, now: f64) -> Progress {
        match (*self, held) {
            (Self::Idle, true) => {
                *self = Self::Since(now);
                Progress::Held(0.0)
            }
            (Self::Since(since), true) if now - since >= HOLD_SECONDS => {
                *self = Self::Spent;
                Progress::Fire
            }
            (Self::Since(since), true) => Progress::Held((now - since) / HOLD_SECONDS),
            (Self::Since(_), false) => {
                *self = Self::Idle;
                Progress::Cancelled
            }
            (Self::Spent, true) => Progress::Idle,
            (Self::Idle | Self::Spent, false) => {
                *self = Self::Idle;
                Progress::Idle
            }
        }
    }
}

/// What is drawn, and how it is named.
pub struct HoldButton<'a> {
    /// Under which its press and focus are kept.
    pub id: Id,
    /// What stands on it.
    pub label: &'a str,
    /// What it does, for those who do not see it.
    pub name: &'a str,
    /// Whether its own chord of keys is held.
    pub chord: bool,
}

impl HoldButton<'_> {
    /// Draws it in `rect`, and says what the press came to.
    pub fn ui(self, ui: &mut Ui, tokens: &Tokens, press: &mut Press, rect: Rect) -> Progress {
        // A click is given up by egui after 0.8 s of pressing; a drag is not.
        let response = ui.interact(rect, self.id, Sense::click_and_drag());
        let progress = press.advance(self.is_held(ui, &response), ui.input(|i| i.time));
        if matches!(progress, Progress::Held(_)) {
            ui.ctx().request_repaint();
        }
        self.paint(ui, tokens, &response, rect, progress);
        let name = format!("{}: hold for {HOLD_SECONDS} s", self.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        response.on_hover_text(name);
        progress
    }

    fn is_held(&self, ui: &Ui, response: &Response) -> bool {
        let by_pointer = response.is_pointer_button_down_on() && response.contains_pointer();
        let by_key = response.has_focus() && ui.input(|i| i.key_down(Key::Space));
        by_pointer || by_key || self.chord
    }

    fn paint(&self, ui: &Ui, tokens: &Tokens, response: &Response, rect: Rect, progress: Progress) {
        let radius = f32::from(tokens.radius);
        let painter = ui.painter();
        let ground = if response.hovered() { tokens.hover } else { tokens.panel };
        painter.rect_filled(rect, radius, ground);
        let share = match progress {
            Progress::Held(share) => share,
            Progress::Fire => 1.0,
            Progress::Idle | Progress::Cancelled => 0.0,
        };
        #[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1")]
        let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share as f32, rect.height()));
        painter.rect_filled(filled, radius, tokens.live);
        painter.rect_stroke(rect, radius, Stroke::new(2.0, tokens.high), egui::StrokeKind::Inside);
        let text = match progress {
            Progress::Held(share) => format!("hold {:.1} s more", (1.0 - share) * HOLD_SECONDS),
            Progress::Fire => "sent".to_owned(),
            Progress::Idle | Progress::Cancelled => self.label.to_owned(),
        };
        let font = egui::TextStyle::Button.resolve(ui.style());
        for (clip, ink) in [(rect, tokens.text), (filled, tokens.on_band)] {
            let at = rect.center();
            painter.with_clip_rect(clip.intersect(painter.clip_rect())).text(
                at,
                egui::Align2::CENTER_CENTER,
                &text,
                font.clone(),
                ink,
            );
        }
        widgets::focus_ring(ui, tokens, response, rect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_acts_once_after_its_time_and_never_before() {
        let mut press = Press::default();
        assert_eq!(press.advance(true, 10.0), Progress::Held(0.0));
        assert!(matches!(press.advance(true, 11.4), Progress::Held(share) if share < 1.0));
        assert_eq!(press.advance(true, 11.5), Progress::Fire);
        assert_eq!(press.advance(true, 20.0), Progress::Idle, "held on, it does not act again");
        assert_eq!(press.advance(false, 20.1), Progress::Idle);
        assert_eq!(press.advance(true, 20.2), Progress::Held(0.0));
    }

    #[test]
    fn letting_go_early_cancels_and_the_time_begins_anew() {
        let mut press = Press::default();
        press.advance(true, 0.0);
        press.advance(true, 1.4);
        assert_eq!(press.advance(false, 1.45), Progress::Cancelled);
        press.advance(true, 1.5);
        assert!(matches!(press.advance(true, 2.9), Progress::Held(_)));
    }
}
