//! Everything a person can do from anywhere, in one place: it feeds the palette, the menu and the shortcuts alike.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::context::Workspace;
use super::theme::Theme;

/// Something a person can do from anywhere in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Go to a workspace.
    Show(Workspace),
    /// Open the list of all actions.
    Palette,
    /// Show or hide the help pane.
    Help,
    /// Go on with the guided run through a first dispatch, or leave it.
    Guide,
    /// Fold or unfold the alarm list.
    Alarms,
    /// Put the keyboard on the alarm list.
    ReachAlarms,
    /// Show or hide what the alarm in hand means.
    AlarmDetail,
    /// One row for an FSP with more than one alarm, or one for each alarm.
    GroupAlarms,
    /// Acknowledge every alarm.
    AcknowledgeAll,
    /// Show or hide what came of the last commands.
    Outcomes,
    /// Draw up a dispatch for the selected unit.
    ComposeForUnit,
    /// Draw up a dispatch that turns the selected unit's export to zero.
    TurnToZero,
    /// Plan a volume over several units.
    Plan,
    /// Draw up the next revision of the selected dispatch.
    Amend,
    /// Ask to stop the selected dispatch.
    Stop,
    /// Show what the selected dispatch delivers.
    ShowDelivery,
    /// Show the selected dispatch as other systems would carry it.
    OtherSystems,
    /// Put the keyboard on the EMERGENCY STOP.
    ReachEmergencyStop,
    /// Show the workspace in a second window as well, or close that.
    TearOff,
    /// Opens the trainer's window of a workshop, or closes it.
    TrainersWindow,
    /// Move the pane of what is in hand to the next of its places.
    MovePane,
    /// Pause a workshop's clock, or have it go on.
    PauseClock,
    /// Take it a minute on,
    StepClock,
    /// or five.
    StepClockFar,
    /// Take it to just before the next event.
    NextEvent,
    /// Run it at the next higher rate,
    Faster,
    /// or at the next lower.
    Slower,
    /// Run it at so many times real time.
    RunClock(u16),
    /// Begin a new scenario in the editor.
    NewScenario,
    /// Open a scenario's file in the editor.
    EditScenario,
    /// Open the session of a connection file.
    OpenConnection,
    /// Go back to the sandbox.
    OpenSandbox,
    /// Have a person sign on.
    SignOn,
    /// Sign off whoever is signed on.
    SignOff,
    /// Use a set of colours.
    Use(Theme),
    /// One step larger.
    ZoomIn,
    /// One step smaller.
    ZoomOut,
    /// Back to 100 %.
    ZoomReset,
}

/// The chord that, held, is the EMERGENCY STOP. Pressed briefly it only reaches for the button.
pub const EMERGENCY_STOP: KeyboardShortcut =
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::E);

impl Action {
    /// All of them, in the order of the palette.
    pub const ALL: [Self; 55] = [
        Self::Show(Workspace::Board),
        Self::Show(Workspace::Compose),
        Self::Show(Workspace::Fleet),
        Self::Show(Workspace::Delivery),
        Self::Show(Workspace::Messages),
        Self::Show(Workspace::Workshop),
        Self::Show(Workspace::Journal),
        Self::Show(Workspace::Connections),
        Self::ComposeForUnit,
        Self::TurnToZero,
        Self::Plan,
        Self::Amend,
        Self::Stop,
        Self::ShowDelivery,
        Self::OtherSystems,
        Self::AcknowledgeAll,
        Self::Alarms,
        Self::ReachAlarms,
        Self::AlarmDetail,
        Self::GroupAlarms,
        Self::Outcomes,
        Self::ReachEmergencyStop,
        Self::Help,
        Self::Guide,
        Self::Palette,
        Self::TearOff,
        Self::TrainersWindow,
        Self::MovePane,
        Self::PauseClock,
        Self::StepClock,
        Self::StepClockFar,
        Self::NextEvent,
        Self::Faster,
        Self::Slower,
        Self::RunClock(1),
        Self::RunClock(2),
        Self::RunClock(5),
        Self::RunClock(10),
        Self::RunClock(30),
        Self::RunClock(60),
        Self::RunClock(120),
        Self::RunClock(300),
        Self::RunClock(600),
        Self::NewScenario,
        Self::EditScenario,
        Self::SignOn,
        Self::SignOff,
        Self::OpenConnection,
        Self::OpenSandbox,
        Self::Use(Theme::Dark),
        Self::Use(Theme::Light),
        Self::Use(Theme::HighContrast),
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomReset,
    ];

    /// What it does, as the palette and the menu say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Show(Workspace::Board) => "Show the Board",
            Self::Show(Workspace::Compose) => "Show Compose",
            Self::Show(Workspace::Fleet) => "Show the Fleet",
            Self::Show(Workspace::Delivery) => "Show Delivery",
            Self::Show(Workspace::Messages) => "Show Messages",
            Self::Show(Workspace::Workshop) => "Show the Workshop",
            Self::Show(Workspace::Journal) => "Show the Journal",
            Self::Show(Workspace::Connections) => "Show Connections",
            Self::Palette => "Find an action",
            Self::Help => "Help for this workspace",
            Self::Guide => "Send your first dispatch: a guided run",
            Self::Alarms => "Fold or unfold the alarm list",
            Self::ReachAlarms => "Go to the alarm list",
            Self::AlarmDetail => "What the alarm in hand means",
            Self::GroupAlarms => "Group alarms by FSP, or not",
            Self::AcknowledgeAll => "Acknowledge all alarms",
            Self::Outcomes => "What came of the last commands",
            Self::ComposeForUnit => "Compose a dispatch for the selected unit",
            Self::TurnToZero => "Turn the selected unit to zero",
            Self::Plan => "Plan a volume over several units",
            Self::Amend => "Amend the selected dispatch",
            Self::Stop => "Stop the selected dispatch …",
            Self::ShowDelivery => "Show delivery of the selected dispatch",
            Self::OtherSystems => "Show the selected dispatch in other systems",
            Self::ReachEmergencyStop => "EMERGENCY STOP: reach for it (hold for 1.5 s to send)",
            Self::TearOff => "Show this workspace in a second window, or close it",
            Self::TrainersWindow => "Open the trainer's window of a workshop, or close it",
            Self::MovePane => "Move the pane of what is in hand: right, below, left",
            Self::PauseClock => "Pause the clock, or resume it",
            Self::StepClock => "Take the clock 1 minute on",
            Self::StepClockFar => "Take the clock 5 minutes on",
            Self::NextEvent => "Take the clock to just before the next event",
            Self::Faster => "Run the clock faster",
            Self::Slower => "Run the clock slower",
            Self::RunClock(1) => "Run the clock at ×1, real time",
            Self::RunClock(2) => "Run the clock at ×2",
            Self::RunClock(5) => "Run the clock at ×5",
            Self::RunClock(10) => "Run the clock at ×10",
            Self::RunClock(30) => "Run the clock at ×30",
            Self::RunClock(60) => "Run the clock at ×60",
            Self::RunClock(120) => "Run the clock at ×120",
            Self::RunClock(300) => "Run the clock at ×300",
            Self::RunClock(_) => "Run the clock at ×600",
            Self::NewScenario => "New scenario",
            Self::EditScenario => "Edit a scenario file …",
            Self::OpenConnection => "Open a connection …",
            Self::OpenSandbox => "Go back to the sandbox",
            Self::SignOn => "Sign on …",
            Self::SignOff => "Sign off",
            Self::Use(Theme::Dark) => "Dark colours",
            Self::Use(Theme::Light) => "Light colours",
            Self::Use(Theme::HighContrast) => "High-contrast colours",
            Self::ZoomIn => "Larger",
            Self::ZoomOut => "Smaller",
            Self::ZoomReset => "Back to 100 %",
        }
    }

    /// Its keys.
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let command = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        let command_shift = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key));
        match self {
            Self::Show(workspace) => command(match workspace {
                Workspace::Board => Key::Num1,
                Workspace::Compose => Key::Num2,
                Workspace::Fleet => Key::Num3,
                Workspace::Delivery => Key::Num4,
                Workspace::Messages => Key::Num5,
                Workspace::Workshop => Key::Num6,
                Workspace::Journal => Key::Num7,
                Workspace::Connections => Key::Num8,
            }),
            Self::Palette => command(Key::K),
            Self::Help => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F1)),
            Self::Guide => Some(KeyboardShortcut::new(Modifiers::SHIFT, Key::F1)),
            Self::Alarms => command(Key::L),
            Self::ReachAlarms => command_shift(Key::L),
            Self::AlarmDetail => command(Key::I),
            Self::GroupAlarms => command_shift(Key::G),
            Self::AcknowledgeAll => command_shift(Key::A),
            Self::Outcomes => command_shift(Key::O),
            Self::ComposeForUnit => command(Key::N),
            Self::Plan => command_shift(Key::P),
            Self::Amend => command_shift(Key::M),
            Self::Stop => command_shift(Key::S),
            Self::ShowDelivery => command_shift(Key::D),
            Self::ReachEmergencyStop => Some(EMERGENCY_STOP),
            Self::TearOff => command_shift(Key::W),
            Self::TrainersWindow => command_shift(Key::T),
            Self::MovePane => command_shift(Key::B),
            Self::PauseClock => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F8)),
            Self::NextEvent => Some(KeyboardShortcut::new(Modifiers::SHIFT, Key::F8)),
            Self::StepClock => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F9)),
            Self::StepClockFar => Some(KeyboardShortcut::new(Modifiers::SHIFT, Key::F9)),
            Self::Faster => command(Key::Period),
            Self::Slower => command(Key::Comma),
            Self::OpenConnection => command(Key::O),
            Self::SignOn => command(Key::J),
            Self::SignOff => command_shift(Key::J),
            Self::TurnToZero
            | Self::OtherSystems
            | Self::NewScenario
            | Self::EditScenario
            | Self::OpenSandbox
            | Self::RunClock(_)
            | Self::Use(_) => None,
            Self::ZoomIn => command(Key::Plus),
            Self::ZoomOut => command(Key::Minus),
            Self::ZoomReset => command(Key::Num0),
        }
    }

    /// Whether it sets a workshop's clock.
    pub fn is_of_the_clock(self) -> bool {
        matches!(
            self,
            Self::PauseClock
                | Self::StepClock
                | Self::StepClockFar
                | Self::NextEvent
                | Self::Faster
                | Self::Slower
                | Self::RunClock(_)
        )
    }

    /// Whether a trainee does not do it: what sets the clock, leaves the workshop, or shows what is the trainer's.
    pub fn is_the_trainers(self) -> bool {
        self.is_of_the_clock()
            || matches!(self, Self::TrainersWindow | Self::OpenConnection | Self::OpenSandbox)
    }

    /// Whether its keys work while a question waits for its answer: what changes nothing but how the window looks,
    /// and the EMERGENCY STOP.
    pub fn is_allowed_over_a_question(self) -> bool {
        matches!(
            self,
            Self::ZoomIn
                | Self::ZoomOut
                | Self::ZoomReset
                | Self::Use(_)
                | Self::Help
                | Self::ReachEmergencyStop
        )
    }

    /// The action whose keys were pressed in this frame, taken out of the input.
    pub fn pressed(ctx: &egui::Context) -> Option<Self> {
        // A UK keyboard types + as Shift and =, and many people leave the Shift out.
        let equals = KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals);
        // Space is for whatever has the keyboard; the clock's where nothing has.
        let is_free = ctx.memory(|memory| memory.focused().is_none());
        ctx.input_mut(|input| {
            if is_free && input.consume_key(Modifiers::NONE, Key::Space) {
                return Some(Self::PauseClock);
            }
            if input.consume_shortcut(&equals) {
                return Some(Self::ZoomIn);
            }
            // egui takes no notice of an extra Shift: the chords with Shift are asked for first.
            let (shifted, plain): (Vec<_>, Vec<_>) = Self::ALL
                .into_iter()
                .filter_map(|a| Some((a, a.shortcut()?)))
                .partition(|(_, s)| s.modifiers.shift);
            shifted
                .into_iter()
                .chain(plain)
                .find(|(_, s)| input.consume_shortcut(s))
                .map(|(action, _)| action)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_name_or_keys() {
        for (i, a) in Action::ALL.into_iter().enumerate() {
            for b in &Action::ALL[i + 1..] {
                assert_ne!(a, *b);
                assert_ne!(a.name(), b.name());
                assert!(a.shortcut().is_none() || a.shortcut() != b.shortcut(), "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn every_workspace_and_theme_can_be_reached_by_an_action() {
        for workspace in Workspace::ALL {
            assert!(Action::ALL.contains(&Action::Show(workspace)));
        }
        for theme in Theme::ALL {
            assert!(Action::ALL.contains(&Action::Use(theme)));
        }
    }
}
