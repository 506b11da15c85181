//! The binary: everything is in the library.

use std::process::ExitCode;

/// Thousands of agents allocate and free small things all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    rampdesk::commands::main()
}
