//! What a large fleet costs: its physics alone, a day of it rehearsed, and ten thousand agents at a VTN and a desk that
//! share their process. Prints figures and judges none of them.
//!
//! `cargo bench --bench scale` runs everything, in about six minutes; `cargo bench --bench scale -- physics`,
//! `-- rehearsal` or `-- agents [COUNT]` a part.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod agents;
mod fleet;
mod physics;
mod process;
mod rehearsal;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many agents there are when nobody says otherwise.
const AGENTS: u32 = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        // Tests of all targets run benches too: they are to see that it works, not what it costs.
        [] if !is_bench => physics::run(&[100]),
        [] => {
            physics::run(&physics::SIZES);
            rehearsal::run(&rehearsal::SIZES);
            agents::run(AGENTS);
        }
        ["physics"] => physics::run(&physics::SIZES),
        ["rehearsal"] => rehearsal::run(&rehearsal::SIZES),
        ["rehearsal", count] => rehearsal::run(&[count.parse().unwrap()]),
        ["agents"] => agents::run(AGENTS),
        ["agents", count] => agents::run(count.parse().unwrap()),
        _ => println!("physics, rehearsal [UNITS] or agents [COUNT]; nothing for all of them"),
    }
}
