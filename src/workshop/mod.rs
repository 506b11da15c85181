//! Scenarios, rehearsals in virtual time, workshops on a clock that a person runs, their marks, and the sandbox that the
//! console opens on.

pub mod agenda;
pub mod authority;
pub mod backstage;
pub mod debrief;
pub mod demonstration;
pub mod editing;
pub mod enrolment;
mod ensemble;
pub mod exercise;
pub mod library;
pub mod live;
pub mod marking;
pub mod offset;
pub mod onboarding;
pub mod outcome;
pub mod recording;
pub mod rehearsal;
pub mod remote;
mod reporting;
pub mod retelling;
pub mod sandbox;
pub mod scenario;
mod scenario_file;
mod script;
pub mod story;
#[cfg(test)]
pub mod testing;
pub mod timekeeper;
