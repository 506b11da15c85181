//! The moment that is looked at: the present, or one that a person has gone to.

use egui::{Id, Key, Rect, TextStyle, Ui, pos2};
use egui_plot::{PlotPoint, PlotTransform};

use crate::console::plot::handle::{self, Gesture, Handle};
use crate::console::plot::instant::{instant, seconds, snapped};
use crate::console::theme::Tokens;
use crate::console::widgets::Outline;
use crate::console::words;
use crate::time::UtcTime;

/// Steps of a key, and of one with Shift, minutes.
const FINE: i64 = 1;
const COARSE: i64 = 5;
/// Points from the plot's lower edge to the handle.
const ABOVE: f32 = 9.0;
/// Points from the cursor to its time.
const BESIDE: f32 = 13.0;

/// The time cursor. It stands on whole minutes: a minute is what is metered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    gone_to: Option<UtcTime>,
}

impl Cursor {
    /// Back to the present.
    pub fn follow_now(&mut self) {
        self.gone_to = None;
    }

    /// Whether it goes with the present.
    pub fn is_following(self) -> bool {
        self.gone_to.is_none()
    }

    /// The end of the minute that is looked at; `live` while the present is followed.
    pub fn minute(self, live: UtcTime) -> UtcTime {
        self.gone_to.unwrap_or(live)
    }

    /// Goes to the minute nearest to an instant, seconds of UTC.
    pub fn go_to(&mut self, at: f64) {
        self.gone_to = Some(instant(snapped(at, 60.0)));
    }

    /// Goes on by minutes, backwards when negative.
    pub fn step(&mut self, live: UtcTime, minutes: i64) {
        self.gone_to = Some(self.minute(live) + minutes * 60);
    }

    /// Shows the handle at the foot of a plot and does what a person does with it. Home and End go to the ends of
    /// `window` (seconds of UTC), Escape back to the present.
    pub fn handle(
        &mut self,
        ui: &Ui,
        tokens: &Tokens,
        transform: &PlotTransform,
        live: UtcTime,
        window: (f64, f64),
    ) {
        let at = seconds(self.minute(live));
        let foot = transform.value_from_position(transform.frame().left_bottom() - egui::vec2(0.0, ABOVE)).y;
        let following = if self.is_following() { ", following now" } else { "" };
        let name = format!("Time cursor: {}{following}", words::london_minute(self.minute(live)));
        let shape = Handle {
            id: Id::unique("delivery-cursor"),
            at: PlotPoint::new(at, foot),
            name: &name,
            value: at,
            outline: Outline::Triangle,
            colour: tokens.accent,
            both_ways: false,
            enabled: true,
        };
        let (response, gesture) = handle::show(ui, tokens, transform, &shape);
        if !self.is_following() {
            beside(ui, tokens, transform, at, &words::london_minute(self.minute(live)));
        }
        match gesture {
            Gesture::Drag { time: Some(to), .. } => self.go_to(to),
            Gesture::Nudge { later, fine, .. } => {
                self.step(live, i64::from(later) * if fine { COARSE } else { FINE });
            }
            Gesture::Cancel => self.follow_now(),
            _ => {}
        }
        let pressed = |key| ui.input(|i| i.key_pressed(key));
        if response.has_focus() && pressed(Key::Home) {
            self.go_to(window.0);
        } else if response.has_focus() && pressed(Key::End) {
            self.go_to(window.1);
        } else if response.lost_focus() && pressed(Key::Escape) {
            // Escape takes the focus away as well.
            self.follow_now();
        }
    }
}

/// Writes the cursor's time beside its handle, on the side where there is room.
fn beside(ui: &Ui, tokens: &Tokens, transform: &PlotTransform, at: f64, time: &str) {
    let frame = transform.frame();
    let x = transform.position_from_point_x(at);
    if !frame.x_range().contains(x) {
        return;
    }
    let font = TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(time.to_owned(), font, tokens.accent);
    let right = x + BESIDE;
    let left = if right + galley.size().x > frame.right() { x - BESIDE - galley.size().x } else { right };
    let place = pos2(left, frame.bottom() - ABOVE - galley.size().y / 2.0);
    ui.painter().rect_filled(Rect::from_min_size(place, galley.size()).expand(2.0), 0.0, tokens.well);
    ui.painter().galley(place, galley, tokens.accent);
}
