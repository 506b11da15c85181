//! The window without a screen: set up by the names of things, then run frame by frame against the clock.

use std::time::Duration;

use eframe::App as _;
use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rampdesk::console::{App, ConsoleParts, SessionChoice};
use rampdesk::desk::DeskHandle;
use rampdesk::openadr::exchange::ExchangeLog;

use super::desk::Desk;
use super::figures::Took;
use super::stopwatch::spent;

/// Points, and pixels: a desk's screen at 100 %.
const SIZE: [f32; 2] = [1920.0, 1080.0];
/// Frames of a second.
const FRAMES_PER_SECOND: usize = 60;
/// A new snapshot comes with every such frame.
const PUBLISHED_EVERY: usize = 10;
/// Frames that run before the first is timed.
const WARM_UP: usize = 30;

/// What a person does in each frame.
pub enum Play {
    /// Drags from here, to and fro by this much.
    Drag(Pos2, egui::Vec2),
    /// Turns the wheel over this place, down and up again.
    Wheel(Pos2),
}

/// The console over a desk.
pub struct Window {
    harness: Harness<'static, App>,
    frame: eframe::Frame,
    desk: Desk,
    _folder: tempfile::TempDir,
}

impl Window {
    /// Opens it.
    pub fn open(desk: Desk, handle: DeskHandle) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let parts = ConsoleParts {
            session: SessionChoice::Sandbox,
            desk: handle,
            clock: desk.clock.clone(),
            exchanges: ExchangeLog::keeping(1000),
            enrolments: None,
            availabilities: None,
            faults: None,
            workshop: None,
            trainee: None,
            replay: None,
            drafts: Some(folder.path().join("drafts.json")),
            keep: Box::new(()),
        };
        let harness =
            Harness::builder().with_size(SIZE).build_eframe(|cc| App::new(&cc.egui_ctx, None, parts));
        let mut window = Self { harness, frame: eframe::Frame::_new_kittest(), desk, _folder: folder };
        window.settle();
        window
    }

    /// Lets a few frames pass.
    pub fn settle(&mut self) {
        self.harness.run_steps(6);
    }

    /// Goes to a workspace by its key.
    pub fn go_to(&mut self, key: egui::Key) {
        self.harness.key_press_modifiers(Modifiers::COMMAND, key);
        self.settle();
    }

    /// Clicks the first thing of this role whose name has these words in it.
    pub fn click(&mut self, role: Role, words: &str) {
        let named = |node: &egui_kittest::Node<'_>| {
            node.accesskit_node().label().is_some_and(|label| label.contains(words))
        };
        let mut nodes = self.harness.get_all_by_role(role);
        nodes.find(named).unwrap_or_else(|| panic!("nothing on the screen is called {words}")).click();
        drop(nodes);
        self.settle();
    }

    /// Types into a field.
    pub fn fill(&mut self, field: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, field).focus();
        self.settle();
        self.harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
        self.settle();
        self.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        self.settle();
        self.harness.key_press(egui::Key::Tab);
        self.settle();
    }

    /// The largest thing of this role whose name begins like this.
    pub fn place_of(&self, role: Role, begins: &str) -> Rect {
        let area = |rect: &Rect| rect.width() * rect.height();
        let nodes = self.harness.get_all_by_role(role);
        let named = nodes
            .filter(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with(begins)))
            .map(|node| node.rect());
        // Of rows that are as large as each other the first: the last may lie below an edge.
        named.reduce(|first, next| if area(&next) > area(&first) { next } else { first }).unwrap()
    }

    /// The names of everything of this role that begin like this, and whether each can be used.
    pub fn names(&self, role: Role, begins: &str) -> Vec<(String, bool)> {
        let nodes = self.harness.get_all_by_role(role);
        let named = nodes.filter_map(|node| {
            let node = node.accesskit_node();
            // A label that stands by itself says its text.
            Some((node.label().or_else(|| node.value())?, !node.is_disabled()))
        });
        named.filter(|(label, _)| label.starts_with(begins)).collect()
    }

    /// Does the same for so many frames; what each took. A new snapshot comes with every tenth, and a minute ends.
    pub fn play(&mut self, frames: usize, spoken: bool, play: &Play) -> Took {
        if spoken {
            self.harness.ctx.enable_accesskit();
        } else {
            self.harness.ctx.disable_accesskit();
        }
        while self.desk.clock.now().unix() % 60 != 54 {
            self.desk.pass();
        }
        let mut took = Took::default();
        // What lies under the pointer is known a frame later.
        for events in play.begins() {
            self.frame(events);
        }
        for number in 0..frames + WARM_UP {
            if number % FRAMES_PER_SECOND == 0 {
                self.desk.pass();
            }
            let is_new = number % PUBLISHED_EVERY == 0;
            if is_new {
                self.desk.publish();
            }
            let one = self.frame(play.events(number));
            if number >= WARM_UP {
                took.all.push(one);
                took.of_new.extend(is_new.then_some(one));
            }
        }
        self.frame(play.ends(frames + WARM_UP));
        // Names are looked for with the tree.
        self.harness.ctx.enable_accesskit();
        self.settle();
        took
    }

    /// One frame, from the input to the triangles.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(SIZE[0], SIZE[1]))),
            predicted_dt: 1.0 / 60.0,
            events,
            focused: true,
            ..RawInput::default()
        };
        let ctx = self.harness.ctx.clone();
        let (app, frame) = (self.harness.state_mut(), &mut self.frame);
        let began = spent();
        let output = ctx.run_ui(input, |ui| {
            app.logic(ui.ctx(), frame);
            app.ui(ui, frame);
        });
        let triangles = ctx.tessellate(output.shapes, output.pixels_per_point);
        let took = spent().saturating_sub(began);
        assert!(!triangles.is_empty(), "a frame shows something");
        took
    }
}

impl Play {
    fn begins(&self) -> Vec<Vec<Event>> {
        match self {
            Self::Drag(from, _) => vec![vec![Event::PointerMoved(*from)], vec![press(*from, true)]],
            Self::Wheel(over) => vec![vec![Event::PointerMoved(*over)]],
        }
    }

    /// Where a drag is in a frame: to and fro.
    fn place(from: Pos2, by: egui::Vec2, number: usize) -> Pos2 {
        #[expect(clippy::cast_precision_loss, reason = "some hundred frames")]
        let turn = (number as f32 * 0.05).sin();
        from + by * turn
    }

    fn events(&self, number: usize) -> Vec<Event> {
        match self {
            Self::Drag(from, by) => vec![Event::PointerMoved(Self::place(*from, *by, number))],
            Self::Wheel(_) => vec![Event::MouseWheel {
                unit: egui::MouseWheelUnit::Point,
                // Down for two thirds of the time.
                delta: vec2(0.0, if number % 180 < 120 { -90.0 } else { 90.0 }),
                modifiers: Modifiers::NONE,
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Wheel,
            }],
        }
    }

    fn ends(&self, number: usize) -> Vec<Event> {
        match self {
            Self::Drag(from, by) => vec![press(Self::place(*from, *by, number), false)],
            Self::Wheel(_) => vec![Event::PointerMoved(pos2(1.0, 1.0))],
        }
    }
}

fn press(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}
