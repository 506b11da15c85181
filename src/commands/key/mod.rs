//! `rampdesk key`: the signing keys of a desk or an FSP, and where they are kept.

mod export;
mod files;
mod keep;
mod list;
mod make;
mod revoke;
mod rotate;
mod stored;

use clap::Subcommand;

pub use files::FilesArguments;

use super::output::Done;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the keys: whose, where each is kept, from when until when it holds; never a secret
    List(list::Arguments),
    /// Make a party's first key, and pin its public half
    New(make::NewArguments),
    /// Take in a private key from a PKCS#8 PEM file, and pin its public half
    Import(make::ImportArguments),
    /// Write a private key out as PKCS#8 PEM, into a new file of mode 0600
    Export(export::Arguments),
    /// Make a party's next key, in force from an instant on; the one before ends after an overlap
    Rotate(rotate::Arguments),
    /// Say that a key is not to be believed from an instant on, and why
    Revoke(revoke::Arguments),
    /// Keep a private key or a client's secret in another place than it is kept in
    Keep(keep::Arguments),
}

pub fn run(arguments: &Arguments) -> Done {
    match &arguments.command {
        Command::List(arguments) => list::run(arguments),
        Command::New(arguments) => make::new(arguments),
        Command::Import(arguments) => make::import(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Rotate(arguments) => rotate::run(arguments),
        Command::Revoke(arguments) => revoke::run(arguments),
        Command::Keep(arguments) => keep::run(arguments),
    }
}
