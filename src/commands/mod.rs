//! The command line: the same engine without a window. One file for each command.
//!
//! With `--json` one JSON document (or one a line, where it streams) goes to standard output and nothing else;
//! messages for people go to standard error. Exit codes: 0 done, 1 the thing asked failed, 2 bad usage or input.

mod announce_move;
mod approve;
mod canonical;
mod check;
mod compare;
mod connect;
mod convert;
mod default;
mod evidence;
mod faults;
mod fleet;
mod folders;
mod input;
mod key;
mod keygen;
mod note;
mod onboard;
mod operator_key;
mod output;
mod passphrase;
mod plan;
mod predict;
mod push;
mod register;
mod rehearse;
mod replay;
mod retell;
mod send;
#[cfg(feature = "console")]
mod sessions;
mod sign;
mod tls;
mod trainee;
mod translate;
mod vault;
mod verify;
mod vtn;
mod watch;
mod workshop;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[cfg(feature = "console")]
pub use folders::Folders;
pub use keygen::seed_from_pem;
#[cfg(feature = "console")]
pub use sessions::Sessions;

use output::Failure;

/// Dispatches electricity flexibility and simulates the providers who answer.
///
/// With no command it opens the console on its own sandbox: an embedded VTN, a simulated fleet, a dispatch under way.
#[derive(Parser)]
#[command(name = "rampdesk", version, about, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    console: default::ConsoleArguments,
}

#[derive(Subcommand)]
enum Command {
    /// Run a scenario to its end in virtual time and mark it
    Rehearse(rehearse::Arguments),
    /// Open the console on a scenario, on a clock that you pause, step and hurry
    Workshop(workshop::Arguments),
    /// Open the trainee's console at a trainer's VTN, by the trainer's clock
    Trainee(trainee::Arguments),
    /// Go through a recorded session again in the console, at any rate
    Replay(replay::Arguments),
    /// Tell what two recorded sessions differ in
    Compare(compare::Arguments),
    /// Make a scenario of a recorded session: its fleet, its dispatches and what went wrong
    Retell(retell::Arguments),
    /// Run the embedded VTN alone
    Vtn(vtn::Arguments),
    /// Run the simulated fleet alone, against any VTN
    Fleet(fleet::Arguments),
    /// Sign a dispatch, send it and follow it
    Send(send::Arguments),
    /// Approve, as a second person with a key of your own, what is above a limit and to be sent by another
    Approve(approve::Arguments),
    /// Show acknowledgements, heartbeats, alarms and delivery as they come
    Watch(watch::Arguments),
    /// Tell the FSPs, signed, that an operator's VTN moves to another address
    AnnounceMove(announce_move::Arguments),
    /// Validate dispatch documents, approvals, asset registers, scenarios, and fleet, operator, trust, approval and
    /// connection files
    Check(check::Arguments),
    /// Print an asset register (CSV) as a fleet file, or a fleet file as a register
    Register(register::Arguments),
    /// Print the exact bytes that are signed
    Canonical(canonical::Arguments),
    /// Sign a dispatch document
    Sign(sign::Arguments),
    /// Verify the signature of dispatch documents, the chain of a journal, or evidence
    Verify(verify::Arguments),
    /// Gather the evidence of one dispatch from the journal into one file, for others to verify
    Evidence(evidence::Arguments),
    /// Print a signed dispatch document as an OpenADR event
    Encode(convert::EncodeArguments),
    /// Print an OpenADR event as a dispatch document
    Decode(convert::DecodeArguments),
    /// Print a dispatch as other systems would carry it, and what of it each keeps, changes and loses
    Translate(translate::Arguments),
    /// Print the reachable envelope and the predicted delivery of a dispatch
    Predict(predict::Arguments),
    /// Share a volume out over the units of a fleet: at least cost, in merit order, pro rata or in equal shares
    Plan(plan::Arguments),
    /// Make the keys, secrets and files for a whole fleet, an approver's own key, or a single key; `key` keeps, rotates and
    /// revokes them
    Keygen(keygen::Arguments),
    /// Keep signing keys: list, make, import, export, rotate and revoke them, and put them into the keyring, a sealed file or a
    /// token
    Key(key::Arguments),
    /// Register an FSP at the VTN with its units, and make the folder to hand to it; or take it out again
    Onboard(onboard::Arguments),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    // The other end of a pipe may close at any time; that ends a command, it is no panic.
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            // winit warns of displays without a size and the like, which nobody can do anything about.
            tracing_subscriber::EnvFilter::try_from_env("RAMPDESK_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,winit=error")),
        )
        .init();
    let done = match arguments.command {
        None => default::run(&arguments.console),
        Some(Command::Rehearse(arguments)) => rehearse::run(&arguments),
        Some(Command::Workshop(arguments)) => workshop::run(&arguments),
        Some(Command::Trainee(arguments)) => trainee::run(&arguments),
        Some(Command::Replay(arguments)) => replay::run(&arguments),
        Some(Command::Compare(arguments)) => compare::run(&arguments),
        Some(Command::Retell(arguments)) => retell::run(&arguments),
        Some(Command::Vtn(arguments)) => vtn::run(&arguments),
        Some(Command::Fleet(arguments)) => fleet::run(&arguments),
        Some(Command::Send(arguments)) => send::run(&arguments),
        Some(Command::Approve(arguments)) => approve::run(&arguments),
        Some(Command::Watch(arguments)) => watch::run(&arguments),
        Some(Command::AnnounceMove(arguments)) => announce_move::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Register(arguments)) => register::run(&arguments),
        Some(Command::Canonical(arguments)) => canonical::run(&arguments),
        Some(Command::Sign(arguments)) => sign::run(&arguments),
        Some(Command::Verify(arguments)) => verify::run(&arguments),
        Some(Command::Evidence(arguments)) => evidence::run(&arguments),
        Some(Command::Encode(arguments)) => convert::encode(&arguments),
        Some(Command::Decode(arguments)) => convert::decode(&arguments),
        Some(Command::Translate(arguments)) => translate::run(&arguments),
        Some(Command::Predict(arguments)) => predict::run(&arguments),
        Some(Command::Plan(arguments)) => plan::run(&arguments),
        Some(Command::Keygen(arguments)) => keygen::run(&arguments),
        Some(Command::Key(arguments)) => key::run(&arguments),
        Some(Command::Onboard(arguments)) => onboard::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            for line in failure.lines() {
                output::say(line);
            }
            ExitCode::from(match failure {
                Failure::Failed(_) => 1,
                Failure::Input(_) => 2,
            })
        }
    }
}
