//! The window: views, theme, input. It reads a snapshot, sends commands and never waits.

pub mod context;
pub mod theme;
