//! Wakes the window when the engine has published, so that a still screen costs nothing.

use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::desk::DeskHandle;

/// egui draws twice for a frame that is asked for at once, so that what depends on the frame before it settles: asked for
/// this much later it draws once. Whether a publication needs more is seen when it is taken in.
const SOON: Duration = Duration::from_micros(1);

/// A thread that asks for a frame after each publication, and once more when the engine has ended. It ends when this
/// is dropped.
pub struct Wake {
    _alive: oneshot::Sender<()>,
}

impl Wake {
    /// Starts it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(desk: DeskHandle, ctx: egui::Context) -> std::io::Result<Self> {
        let (alive, gone) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        thread::Builder::new()
            .name("console-wake".to_owned())
            .spawn(move || runtime.block_on(watch(desk, &ctx, gone)))?;
        Ok(Self { _alive: alive })
    }
}

async fn watch(mut desk: DeskHandle, ctx: &egui::Context, mut gone: oneshot::Receiver<()>) {
    loop {
        let running = tokio::select! {
            _ = &mut gone => return,
            changed = desk.changed() => changed,
        };
        ctx.request_repaint_after(SOON);
        if !running {
            return;
        }
    }
}
