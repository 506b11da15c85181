//! Rampdesk: a console for dispatching electricity flexibility, with its own OpenADR VTN and a simulated
//! fleet of flexibility service providers (FSPs).
//!
//! # Floors
//!
//! A module uses what lies on a lower floor, never what lies above, and `desk`, `fleet` and `vtn` never use each
//! other: all that passes between them passes through a VTN over HTTP. `tests/floors.rs` holds the code to this map.
//!
//! | floor | modules |
//! |---|---|
//! | 6 | `console` (the window), `commands` (the command line) |
//! | 5 | `workshop` (sandbox, scenarios, rehearsal) |
//! | 4 | `desk` (the operator's engine), `fleet` (simulated FSPs), `vtn` (the embedded VTN) |
//! | 3 | `portfolio` (one volume over several units), `openadr` (the wire), `journal` (the record), `profile` (files people share), `interop` (a dispatch as other systems carry it) |
//! | 2 | `power` (curves, ramps, assets, scoring), `certificate` (X.509: made and read) |
//! | 1 | `dispatch` (what an operator says and an FSP answers) |
//! | 0 | `time`, `units`, `entropy` |

pub mod certificate;
pub mod commands;
#[cfg(feature = "console")]
pub mod console;
pub mod desk;
pub mod dispatch;
pub mod entropy;
pub mod fleet;
pub mod interop;
pub mod journal;
pub mod openadr;
pub mod portfolio;
pub mod power;
pub mod profile;
pub mod time;
pub mod units;
pub mod vtn;
pub mod workshop;
