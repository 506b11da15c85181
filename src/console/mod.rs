//! The window: views, theme, input. It reads a snapshot, sends commands and never waits.

mod action;
mod app;
mod board;
pub mod compose;
mod connections;
pub mod context;
pub mod delivery;
mod fleet;
mod journal;
mod messages;
pub mod plot;
mod rail;
mod settings;
pub mod theme;
mod wake;
pub mod widgets;
mod window;
pub mod words;
mod workshop;

#[cfg(test)]
pub mod testing;

pub use app::App;
pub use window::run;

use std::any::Any;

use crate::desk::DeskHandle;
use crate::openadr::exchange::ExchangeLog;
use crate::time::Clock;

/// What the window is opened on.
pub struct ConsoleParts {
    /// The engine's handle.
    pub desk: DeskHandle,
    /// Domain time.
    pub clock: Clock,
    /// The HTTP exchanges to show.
    pub exchanges: ExchangeLog,
    /// Whatever must live as long as the window (the engine's runtime).
    pub keep: Box<dyn Any>,
}
