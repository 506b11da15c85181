//! Wakes the window when the engine has published, so that a still screen costs nothing.

use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::desk::DeskHandle;
use crate::workshop::timekeeper::ClockControl;

/// egui draws twice for a frame that is asked for at once, so that what depends on the frame before it settles: asked for
/// this much later it draws once. Whether a publication needs more is seen when it is taken in.
const SOON: Duration = Duration::from_micros(1);

/// A thread that asks for a frame after each publication and whenever a workshop's clock stands otherwise, and once more when the engine has ended. It ends when this
/// is dropped.
pub struct Wake {
    _alive: oneshot::Sender<()>,
}

impl Wake {
    /// Starts it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(desk: DeskHandle, pace: Option<ClockControl>, ctx: egui::Context) -> std::io::Result<Self> {
        let (alive, gone) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        thread::Builder::new()
            .name("console-wake".to_owned())
            .spawn(move || runtime.block_on(watch(desk, pace, &ctx, gone)))?;
        Ok(Self { _alive: alive })
    }
}

async fn watch(
    mut desk: DeskHandle,
    mut pace: Option<ClockControl>,
    ctx: &egui::Context,
    mut gone: oneshot::Receiver<()>,
) {
    loop {
        let running = tokio::select! {
            _ = &mut gone => return,
            changed = desk.changed() => changed,
            () = otherwise(&mut pace) => true,
        };
        ctx.request_repaint_after(SOON);
        if !running {
            return;
        }
    }
}

/// Waits until a workshop's clock stands otherwise, where there is one.
async fn otherwise(pace: &mut Option<ClockControl>) {
    let Some(control) = pace else { return std::future::pending().await };
    if !control.changed().await {
        // It has ended: there is nothing to wait for any more.
        *pace = None;
    }
}
