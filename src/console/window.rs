//! Opens the native window, and says in a few sentences why when it cannot.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::icon::icon;
use super::{ConsoleWindow, SessionChoice, SessionOpener};

/// Under this name the system groups the window and keeps its settings.
const APP_ID: &str = "rampdesk";

/// Systems make the sizes that they need of it.
const ICON_PIXELS: u32 = 256;

/// What a bare Debian lacks for a window.
const PACKAGES: &str = "libgl1 libgl1-mesa-dri libxkbcommon-x11-0 libxcursor1 libxi6 libx11-xcb1";

/// Why there is no window, or none any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// None can be opened here: what is missing, and what to do.
    #[error("{0}")]
    NotOpened(String),
    /// It ended with a fault.
    #[error("{0}")]
    Ended(String),
}

/// Opens the window and runs until it is closed. Its `first` session is opened once the window is there, so that nothing is
/// started or kept on a machine that cannot show it.
///
/// # Errors
/// When no window can be opened, in sentences that name what is missing; and when the window ends with a fault.
pub fn run(first: SessionChoice, opener: Arc<dyn SessionOpener>) -> Result<(), WindowError> {
    display(|name| std::env::var(name).ok()).map_err(WindowError::NotOpened)?;
    let opened = Arc::new(AtomicBool::new(false));
    // winit panics when a library that it loads at run time is missing. Until the window is there, a panic is such a
    // refusal and is told as one; from then on it is a fault of this program and goes its usual way.
    let usual = Arc::new(panic::take_hook());
    panic::set_hook({
        let (opened, usual) = (Arc::clone(&opened), Arc::clone(&usual));
        Box::new(move |info| {
            if opened.load(Ordering::Acquire) {
                usual(info);
            }
        })
    });
    let result = panic::catch_unwind(AssertUnwindSafe(|| open(first, opener, &opened)));
    let _ = panic::take_hook();
    if let Ok(usual) = Arc::try_unwrap(usual) {
        panic::set_hook(usual);
    }
    match (result, opened.load(Ordering::Acquire)) {
        (Ok(Ok(())), _) => Ok(()),
        (Ok(Err(error)), true) => Err(WindowError::Ended(format!("the window ended: {error}"))),
        (Ok(Err(error)), false) => Err(WindowError::NotOpened(refusal(&error.to_string()))),
        (Err(payload), true) => panic::resume_unwind(payload),
        (Err(payload), false) => Err(WindowError::NotOpened(refusal(words_of(payload.as_ref())))),
    }
}

fn open(first: SessionChoice, opener: Arc<dyn SessionOpener>, opened: &AtomicBool) -> eframe::Result {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Rampdesk")
        .with_app_id(APP_ID)
        .with_icon(icon(ICON_PIXELS))
        .with_inner_size([1280.0, 720.0])
        .with_min_inner_size([1024.0, 640.0]);
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        persist_window: true,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "Rampdesk",
        options,
        Box::new(move |cc| {
            opened.store(true, Ordering::Release);
            Ok(Box::new(ConsoleWindow::opening(&cc.egui_ctx, cc.storage, opener, first)))
        }),
    )
}

/// Whether this system has a display to open a window on.
fn display(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let any_unix_desktop = cfg!(all(unix, not(target_os = "macos")));
    let set = |name| variable(name).is_some_and(|v| !v.is_empty());
    if any_unix_desktop && !set("DISPLAY") && !set("WAYLAND_DISPLAY") && !set("WAYLAND_SOCKET") {
        let cause = "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.";
        return Err(format!("{cause} {}", advice()));
    }
    Ok(())
}

fn refusal(cause: &str) -> String {
    let cause = without_source(cause).trim().trim_end_matches('.');
    format!("The window could not be opened: {cause}. {}", advice())
}

/// winit begins an error of the system with the line of its own source that met it, which helps nobody at a screen.
fn without_source(cause: &str) -> &str {
    let after = cause.split_once(".rs:").and_then(|(_, rest)| rest.split_once(": "));
    match after {
        Some((line, words)) if line.bytes().all(|b| b.is_ascii_digit()) => words,
        _ => cause,
    }
}

/// What to do, wherever a window is wanted.
fn advice() -> String {
    format!(
        "A window opens in a desktop session, or without a screen under `xvfb-run rampdesk`; by their Debian names it \
         needs the packages {PACKAGES}, and xvfb for the latter."
    )
}

fn words_of(payload: &(dyn std::any::Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a library that it needs is missing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(all(unix, not(target_os = "macos")))]
    fn without_a_display_the_sentence_names_what_is_missing() {
        let none = display(|_| None).unwrap_err();
        for named in ["DISPLAY", "WAYLAND_DISPLAY", "xvfb-run", PACKAGES] {
            assert!(none.contains(named), "{none}");
        }
        assert!(display(|_| Some(String::new())).is_err(), "an empty variable is as good as none");
        assert!(display(|name| (name == "WAYLAND_DISPLAY").then(|| "wayland-0".to_owned())).is_ok());
    }

    #[test]
    fn a_refusal_names_the_cause_and_the_packages() {
        let text = refusal("Library libxkbcommon-x11.so could not be loaded.");
        assert!(text.starts_with("The window could not be opened: Library libxkbcommon-x11.so could not be"));
        for package in PACKAGES.split(' ') {
            assert!(text.contains(package), "{text}");
        }
        assert!(!text.contains(".."), "{text}");
        let of_winit =
            "winit EventLoopError: os error at /src/winit/x11/mod.rs:788: Failed to open connection";
        let text = refusal(of_winit);
        assert!(text.starts_with("The window could not be opened: Failed to open connection. "), "{text}");
    }
}
