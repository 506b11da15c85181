//! Opens the native window, and says in one sentence why when it cannot.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{App, ConsoleParts};

/// Under this name the system groups the window and keeps its settings.
const APP_ID: &str = "rampdesk";

/// What a bare Debian lacks for a window.
const PACKAGES: &str = "libgl1 libxkbcommon-x11-0 libxcursor1 libxi6 libx11-xcb1";

/// Opens the window and runs until it is closed.
///
/// # Errors
/// When no window can be opened, in a sentence that names what is missing.
pub fn run(parts: ConsoleParts) -> Result<(), String> {
    display(|name| std::env::var(name).ok())?;
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
    let result = panic::catch_unwind(AssertUnwindSafe(|| open(parts, Arc::clone(&opened))));
    let _ = panic::take_hook();
    if let Ok(usual) = Arc::try_unwrap(usual) {
        panic::set_hook(usual);
    }
    match result {
        Ok(result) => result.map_err(|e| refusal(&e.to_string())),
        Err(payload) if opened.load(Ordering::Acquire) => panic::resume_unwind(payload),
        Err(payload) => Err(refusal(words_of(payload.as_ref()))),
    }
}

fn open(parts: ConsoleParts, opened: Arc<AtomicBool>) -> eframe::Result {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Rampdesk")
        .with_app_id(APP_ID)
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
            Ok(Box::new(App::new(&cc.egui_ctx, cc.storage, parts)))
        }),
    )
}

/// Whether this system has a display to open a window on.
fn display(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let any_unix_desktop = cfg!(all(unix, not(target_os = "macos")));
    let set = |name| variable(name).is_some_and(|v| !v.is_empty());
    if any_unix_desktop && !set("DISPLAY") && !set("WAYLAND_DISPLAY") && !set("WAYLAND_SOCKET") {
        return Err(
            "no window can be opened: neither DISPLAY nor WAYLAND_DISPLAY is set; start this in a desktop \
                    session, or under a virtual display with `xvfb-run`"
                .to_owned(),
        );
    }
    Ok(())
}

fn refusal(cause: &str) -> String {
    format!(
        "the window could not be opened ({}); a display needs, by their Debian names, the packages {PACKAGES} \
         (and libgl1-mesa-dri where there is no graphics card)",
        cause.trim().trim_end_matches('.')
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
        assert!(none.contains("DISPLAY") && none.contains("WAYLAND_DISPLAY"), "{none}");
        assert!(display(|_| Some(String::new())).is_err(), "an empty variable is as good as none");
        assert!(display(|name| (name == "WAYLAND_DISPLAY").then(|| "wayland-0".to_owned())).is_ok());
    }

    #[test]
    fn a_refusal_names_the_packages() {
        let text = refusal("Library libxkbcommon-x11.so could not be loaded.");
        for package in PACKAGES.split(' ') {
            assert!(text.contains(package), "{text}");
        }
        assert!(!text.contains(".)"), "{text}");
    }
}
