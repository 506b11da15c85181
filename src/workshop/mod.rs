//! Scenarios, rehearsals in virtual time, workshops with their marks, and the sandbox that the console opens on.

pub mod authority;
pub mod demonstration;
pub mod enrolment;
pub mod exercise;
pub mod marking;
pub mod offset;
pub mod onboarding;
pub mod outcome;
pub mod rehearsal;
pub mod report;
pub mod sandbox;
pub mod scenario;
mod scenario_file;
mod script;
