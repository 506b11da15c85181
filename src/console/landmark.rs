//! Controls that a person can be shown or taken to: a control says which it is, and whoever speaks of it points there.

use egui::{Align, Color32, Context, Id, Response, Shape, Stroke};

use super::context::Workspace;

/// The dashes of the line around what is pointed at and the gaps between them, points.
const DASH: f32 = 7.0;
const GAP: f32 = 4.0;
/// Passes after which a place that was asked for is known to be there or not: the window may change to another workspace
/// first.
const PASSES_TO_COME: u8 = 2;
/// Passes after which it is given up.
const PASSES_TO_WAIT: u8 = 8;

/// A control that is spoken of elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landmark {
    /// A workspace's entry on the rail.
    Workspace(Workspace),
    /// Where units are searched for in Compose.
    UnitSearch,
    /// The first setpoint's volume.
    Volume,
    /// What the first setpoint is measured from.
    Reference,
    /// The status RUN_NOW.
    RunNow,
    /// What the checks found.
    Checks,
    /// The button that rehearses.
    Rehearse,
    /// The button that opens the review.
    Review,
    /// The box that arms.
    Arm,
    /// The button that sends.
    Send,
    /// The way from what was sent to Board.
    ToBoard,
    /// The acknowledgements of the dispatch in hand.
    Ladder,
    /// The way to what is delivered.
    ToDelivery,
    /// What Delivery shows, and where that is picked.
    Shown,
    /// The button that amends.
    Amend,
    /// The button that asks before a STOP.
    Stop,
    /// The alarm list.
    Alarms,
    /// The EMERGENCY STOP.
    EmergencyStop,
    /// Any other control, by its own id.
    Control(Id),
}

/// What is pointed at and gone to; one for the window.
#[derive(Clone, Debug, Default)]
struct Signs {
    /// What stands out in this pass.
    pointed: Option<(Landmark, Color32)>,
    /// What gets the keyboard when it is next drawn.
    reached: Option<Landmark>,
    /// What was asked for, the best first, and for how many passes.
    asked: Option<(Vec<Landmark>, u8)>,
    /// What was drawn in this pass.
    met: Vec<Landmark>,
}

fn signs_id() -> Id {
    Id::unique("landmarks")
}

fn with_signs<R>(ctx: &Context, act: impl FnOnce(&mut Signs) -> R) -> R {
    ctx.data_mut(|data| act(data.get_temp_mut_or_default(signs_id())))
}

/// Begins a pass: of `wanted`, the best first, the first that was drawn in the last pass stands out in `colour`.
pub fn begin(ctx: &Context, wanted: &[Landmark], colour: Color32) {
    let waits = with_signs(ctx, |signs| {
        let met = std::mem::take(&mut signs.met);
        let first_met = |list: &[Landmark]| list.iter().copied().find(|landmark| met.contains(landmark));
        signs.pointed = first_met(wanted).map(|landmark| (landmark, colour));
        if let Some((list, passes)) = signs.asked.take() {
            match first_met(&list).filter(|_| passes >= PASSES_TO_COME) {
                Some(landmark) => signs.reached = Some(landmark),
                None if passes < PASSES_TO_WAIT => signs.asked = Some((list, passes + 1)),
                None => {}
            }
        }
        signs.asked.is_some() || signs.reached.is_some()
    });
    if waits {
        ctx.request_repaint();
    }
}

/// Takes the keyboard to the first of these that is there, and scrolls to it.
pub fn go_to(ctx: &Context, list: Vec<Landmark>) {
    with_signs(ctx, |signs| signs.asked = Some((list, 0)));
    ctx.request_repaint();
}

/// Says that this control is that landmark. Call it once the control is drawn.
pub fn mark(response: &Response, landmark: Landmark) {
    let (pointed, is_reached) = with_signs(&response.ctx, |signs| {
        signs.met.push(landmark);
        let is_reached = signs.reached.take_if(|reached| *reached == landmark).is_some();
        (signs.pointed.filter(|(pointed, _)| *pointed == landmark), is_reached)
    });
    if is_reached {
        if response.sense.is_focusable() {
            response.request_focus();
        }
        response.scroll_to_me(Some(Align::Center));
    }
    if let Some((_, colour)) = pointed {
        outline(response, colour);
    }
}

/// Around what can be seen of it, outside of the ring that shows where the keyboard is, and in dashes, where that is whole.
fn outline(response: &Response, colour: Color32) {
    let seen = response.interact_rect;
    if !seen.is_positive() {
        return;
    }
    let painter = response.ctx.layer_painter(response.layer_id).with_clip_rect(seen.expand(6.0));
    let around = seen.expand(3.0);
    let corners = [
        around.left_top(),
        around.right_top(),
        around.right_bottom(),
        around.left_bottom(),
        around.left_top(),
    ];
    painter.extend(Shape::dashed_line(&corners, Stroke::new(2.0, colour), DASH, GAP));
}
