//! What a person does: each scene goes to its workspace, sets it up by the names of things, and says what then happens
//! in every frame, and by what it is seen that it happened.

use egui::accesskit::Role;
use egui::{Key, pos2, vec2};

use super::fleet;
use super::window::{Play, Window};

/// One of them.
pub struct Scene {
    /// The part of the bench that it belongs to.
    pub workspace: &'static str,
    /// What it is called in the table of figures.
    pub name: &'static str,
    /// Sets it up.
    pub prepare: fn(&mut Window),
    /// What happens in every frame from then on.
    pub play: fn(&Window) -> Play,
    /// What can be seen to have become another thing by that.
    pub seen: fn(&Window) -> Vec<(String, bool)>,
}

/// All of them, in the order in which they are played.
pub const ALL: [Scene; 5] = [
    Scene {
        workspace: "delivery",
        name: "Delivery, one unit over a day, panned",
        // Nothing is picked: the first battery's dispatch is shown.
        prepare: |window| window.go_to(Key::Num4),
        play: panned,
        seen: can_be_fitted,
    },
    Scene {
        workspace: "delivery",
        name: "Delivery, the fleet stacked, panned",
        prepare: |window| {
            window.go_to(Key::Num4);
            window.click(Role::Button, "Shown: ");
            window.click(Role::Button, "Show Fleet, all dispatches summed");
        },
        play: panned,
        seen: can_be_fitted,
    },
    Scene {
        workspace: "fleet",
        name: "Fleet, the table scrolled",
        prepare: |window| window.go_to(Key::Num3),
        play: |_| Play::Wheel(pos2(700.0, 500.0)),
        seen: |window| window.names(Role::Label, "FSP-"),
    },
    Scene {
        workspace: "compose",
        name: "Compose, picking a unit, scrolled",
        prepare: |window| window.go_to(Key::Num2),
        play: |window| Play::Wheel(window.place_of(Role::Link, "FSP-").center()),
        seen: |window| window.names(Role::Link, "FSP-"),
    },
    Scene {
        workspace: "compose",
        name: "Compose, a setpoint dragged",
        prepare: setpoint,
        play: |window| Play::Drag(window.place_of(Role::Slider, SETPOINT).center(), vec2(40.0, 90.0)),
        seen: |window| window.names(Role::Slider, SETPOINT),
    },
];

/// How the handle's name begins.
const SETPOINT: &str = "Setpoint 1:";

/// The plot is the largest picture.
fn panned(window: &Window) -> Play {
    Play::Drag(window.place_of(Role::Image, "").center(), vec2(300.0, 40.0))
}

fn can_be_fitted(window: &Window) -> Vec<(String, bool)> {
    window.names(Role::Button, "Fit")
}

fn setpoint(window: &mut Window) {
    window.go_to(Key::Num2);
    window.fill("Find a unit", &fleet::name(0, 0));
    window.click(Role::Link, &fleet::name(0, 0));
    window.fill("Setpoint 1 volume", "1000");
    window.click(Role::Button, "Delta");
}
