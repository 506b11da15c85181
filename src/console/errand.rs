//! Work on a thread of its own: the window never waits for it.

use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

/// Work that is under way elsewhere.
pub struct Errand<T>(Receiver<T>);

impl<T: Send + 'static> Errand<T> {
    /// Begins it; the window is drawn again once it is done.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn begin(ctx: &egui::Context, work: impl FnOnce() -> T + Send + 'static) -> Result<Self, String> {
        let (tell, told) = channel();
        let ctx = ctx.clone();
        let work = move || {
            // The window may be gone by now; nobody is left to tell then.
            let _ = tell.send(work());
            ctx.request_repaint();
        };
        match thread::Builder::new().name("reader".to_owned()).spawn(work) {
            Ok(_) => Ok(Self(told)),
            Err(fault) => Err(format!("the system gives no thread to read it ({fault})")),
        }
    }

    /// What came of it; `None` while it is under way.
    pub fn settled(&self) -> Option<Result<T, String>> {
        match self.0.try_recv() {
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err("reading it broke off".to_owned())),
            Ok(done) => Some(Ok(done)),
        }
    }
}
