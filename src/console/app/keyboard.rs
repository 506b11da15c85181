//! The keyboard in the window: it is seen where it is, and what lies over the window gives it back.

use egui::{Context, Id, Popup};

use super::App;
use crate::console::widgets;

/// Where the keyboard was when something came to lie over the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Below {
    /// Nothing lies over it.
    #[default]
    Bare,
    /// On this, or on nothing; and where it is meanwhile.
    Covered(Option<Id>, Option<Id>),
    /// It goes back there from what is gone, for so many passes at most: a dialogue keeps the keyboard for one more after it
    /// is gone.
    Returning(Id, Option<Id>, u8),
}

/// Passes in which the keyboard goes back.
const PASSES_TO_RETURN: u8 = 3;

impl App {
    /// Whether anything lies over the window that has the keyboard to itself.
    fn is_covered(&self, ctx: &Context) -> bool {
        self.is_covered || self.topic_in_front().is_some() || Popup::is_any_open(ctx)
    }

    /// Call it once all is drawn: `focused` is what the keyboard was on when this frame began.
    pub(super) fn give_the_keyboard_back(&mut self, ctx: &Context, focused: Option<Id>) {
        let now = ctx.memory(egui::Memory::focused);
        match (self.below, self.is_covered(ctx)) {
            (Below::Bare | Below::Returning(..), true) => self.below = Below::Covered(focused, now),
            (Below::Covered(before, _), true) => self.below = Below::Covered(before, now),
            (Below::Covered(before, above), false) => {
                let back = before.map(|before| Below::Returning(before, above, PASSES_TO_RETURN));
                self.below = back.unwrap_or_default();
            }
            (Below::Bare | Below::Returning(..), false) => {}
        }
        if let Below::Returning(before, above, passes) = self.below {
            let left = passes.checked_sub(1).map(|left| Below::Returning(before, above, left));
            self.below = left.unwrap_or_default();
            // Whoever picked something there may have gone on with the keyboard already.
            let is_elsewhere =
                now.is_some_and(|id| id != before && now != above && ctx.read_response(id).is_some());
            if is_elsewhere {
                self.below = Below::Bare;
            } else {
                ctx.memory_mut(|memory| memory.request_focus(before));
                ctx.request_repaint();
            }
        }
    }

    /// Scrolls to what the keyboard has come to, where it is not whole in sight. A pointer is where it is seen to be.
    pub(super) fn keep_the_focus_in_sight(&mut self, ctx: &Context) {
        widgets::notice_tab(ctx);
        let focused = ctx.memory(egui::Memory::focused);
        if std::mem::replace(&mut self.focused, focused) == focused || ctx.input(|i| i.pointer.any_down()) {
            return;
        }
        let Some(hidden) = focused.and_then(|id| ctx.read_response(id)).filter(|r| r.interact_rect != r.rect)
        else {
            return;
        };
        // As an assistive tool would ask: only what holds the widget knows how to scroll.
        let request = egui::accesskit::ActionRequest {
            action: egui::accesskit::Action::ScrollIntoView,
            target_tree: egui::accesskit::TreeId::ROOT,
            target_node: hidden.id.accesskit_id(),
            data: None,
        };
        ctx.input_mut(|i| i.events.push(egui::Event::AccessKitActionRequest(request)));
    }
}
