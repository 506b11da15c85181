//! What a frame of the window costs on a processor, without one: the whole console, laid out and tessellated, over
//! 10,000 units of which 20 have a day of one-second readings. Prints figures and judges none of them.
//!
//! `cargo bench --bench console` runs everything, in under a minute; `cargo bench --bench console -- delivery`,
//! `-- fleet` or `-- compose` a part. Best on a machine that does nothing else.
//!
//! A frame is timed from the input to the triangles, in processor time of the thread that draws it. What a graphics processor, its driver or a screen reader then do
//! with it is not in it; each scene runs a second time with the tree built that a screen reader is given.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod desk;
mod figures;
mod fleet;
#[path = "../scale/process.rs"]
mod process;
mod scenes;
mod services;
mod stopwatch;
mod window;

use std::time::Instant;

use self::desk::Desk;
use self::fleet::Size;
use self::window::Window;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Frames that are timed in each scene.
const FRAMES: usize = 600;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        // Tests of all targets run benches too: they are to see that it works, not what it costs.
        [] if !is_bench => run(&Size::SMALL, 20, |_| true),
        [] => run(&Size::FULL, FRAMES, |_| true),
        [part] if scenes::ALL.iter().any(|scene| scene.workspace == part) => {
            run(&Size::FULL, FRAMES, |workspace| workspace == part);
        }
        _ => println!("delivery, fleet or compose; nothing for all of them"),
    }
}

fn run(size: &Size, frames: usize, is_wanted: impl Fn(&str) -> bool) {
    let began = Instant::now();
    let (desk, handle) = Desk::of(size);
    println!(
        "{} units, {} points held, of them {} with a reading every second; made in {:.1} s",
        desk.units(),
        desk.points(),
        desk.batteries(),
        began.elapsed().as_secs_f64()
    );
    println!("  memory before the window {} MiB at most", process::words(process::peak_mib()));
    let mut window = Window::open(desk, handle);
    println!("  {:<48} {}", "processor ms a frame", figures::headings());
    for scene in scenes::ALL.iter().filter(|scene| is_wanted(scene.workspace)) {
        (scene.prepare)(&mut window);
        let before = (scene.seen)(&window);
        let plain = window.play(frames, false, &(scene.play)(&window));
        assert_ne!(before, (scene.seen)(&window), "{}: nothing came of it", scene.name);
        println!("  {:<48} {}", scene.name, plain.words());
        let spoken = window.play(frames, true, &(scene.play)(&window));
        println!("  {:<48} {}", "    with a screen reader's tree", spoken.words());
    }
    println!(
        "  peak memory {} MiB; {} s of processor in all",
        process::words(process::peak_mib()),
        process::words(process::cpu_seconds())
    );
}
