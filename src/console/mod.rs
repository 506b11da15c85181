//! The window: views, theme, input. It reads a snapshot, sends commands and never waits.

pub mod compose;
pub mod context;
pub mod delivery;
pub mod plot;
pub mod theme;

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

/// Opens the window and runs until it is closed.
///
/// # Errors
/// When no window can be opened, in a sentence that names what is missing.
pub fn run(_parts: ConsoleParts) -> Result<(), String> {
    todo!()
}
