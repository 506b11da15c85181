//! The window: views, theme, input. It reads a snapshot, sends commands and never waits.

mod action;
mod alarms;
mod app;
mod board;
mod comparison;
pub mod compose;
mod connections;
pub mod context;
pub mod delivery;
mod dialog;
mod digest;
pub mod drafts;
mod errand;
mod fields;
mod fleet;
mod guide;
mod help;
mod hold;
mod icon;
mod journal;
mod keys_in_turn;
mod landmark;
mod line;
mod messages;
mod pace;
mod palette;
mod pane;
pub mod plot;
mod rail;
mod replay;
mod response;
mod saving;
mod search;
mod secret_field;
pub mod session;
mod settings;
mod sign_on;
mod status;
mod stop;
pub mod theme;
mod toasts;
mod wake;
pub mod widgets;
mod window;
pub mod words;
mod workshop;

#[cfg(test)]
mod app_tests;
#[cfg(test)]
mod audit;
#[cfg(test)]
pub mod testing;

pub use app::App;
pub use session::{ConsoleWindow, SessionChoice, SessionOpener};
pub use settings::Settings;
pub use window::{WindowError, run};

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

use crate::desk::DeskHandle;
use crate::fleet::{Availabilities, FaultSwitch};
use crate::openadr::exchange::ExchangeLog;
use crate::time::Clock;
use crate::workshop::enrolment::Enrolments;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::recording::Recording;
use crate::workshop::remote::Kept;

/// A recording that is gone through again.
pub struct Replayed {
    /// It.
    pub recording: Arc<Recording>,
    /// The recording of another run, to be laid over it.
    pub with: Option<PathBuf>,
}

/// A session, opened: what the window shows and acts on.
pub struct ConsoleParts {
    /// Which one it is.
    pub session: SessionChoice,
    /// The engine's handle.
    pub desk: DeskHandle,
    /// Domain time.
    pub clock: Clock,
    /// The HTTP exchanges to show.
    pub exchanges: ExchangeLog,
    /// By whom FSPs come and go, where this session can do that.
    pub enrolments: Option<Enrolments>,
    /// What the units of this session's own fleet are offered for, where it has one.
    pub availabilities: Option<Availabilities>,
    /// The faults of the simulated fleet, where one runs in this session.
    pub faults: Option<FaultSwitch>,
    /// The workshop that runs in this session, if one does; its clock is set by that alone.
    pub workshop: Option<WorkshopHandle>,
    /// How it stands with the trainer, where this is the console of a trainee elsewhere.
    pub trainee: Option<Kept>,
    /// What is gone through again, where the session is a recording.
    pub replay: Option<Replayed>,
    /// The file in which drafts are kept over a crash, where this session has one.
    pub drafts: Option<PathBuf>,
    /// Whatever must live as long as the session. Dropping it ends the session, after what it is sending.
    pub keep: Box<dyn Any + Send>,
}
