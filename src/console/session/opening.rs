//! A session that is being opened: the thread that does it, and what has come of it.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

use super::person::{Person, Prospect, SecretWanted};
use super::{SessionChoice, SessionOpener};
use crate::console::ConsoleParts;
use crate::openadr::secret::Secret;

/// What the opener tells.
pub(super) enum News {
    /// It needs an answer.
    Asks(Question),
    /// It is done.
    Done(Box<Result<ConsoleParts, String>>),
}

/// A question to the person. Dropped without an answer it is broken off.
pub(super) enum Question {
    Secret(SecretWanted, Sender<Secret>),
    Agreement(Prospect, Sender<()>),
}

/// A session that is being opened. Dropped, whatever comes of it is closed again.
pub(super) struct Opening {
    pub(super) choice: SessionChoice,
    news: Receiver<News>,
}

impl Opening {
    /// Begins it.
    pub(super) fn begin(ctx: &egui::Context, opener: &Arc<dyn SessionOpener>, choice: SessionChoice) -> Self {
        let (tell, news) = channel();
        let wake = {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        let work = {
            let (opener, choice, tell) = (Arc::clone(opener), choice.clone(), tell.clone());
            move || {
                let person = Person::new(tell.clone(), Arc::new(wake.clone()));
                let opened = panic::catch_unwind(AssertUnwindSafe(|| opener.open(&choice, &person)));
                let done = opened.unwrap_or_else(|_| Err(FELL_OVER.to_owned()));
                // The window may be gone, or the person have broken it off: it is closed again then.
                tell.send(News::Done(Box::new(done))).ok();
                wake();
            }
        };
        if let Err(fault) = thread::Builder::new().name("open session".to_owned()).spawn(work) {
            let words = format!("the system gives no thread to open it in ({fault}); close other programs");
            tell.send(News::Done(Box::new(Err(words)))).ok();
        }
        Self { choice, news }
    }

    /// What has come, once.
    pub(super) fn news(&self) -> Option<News> {
        match self.news.try_recv() {
            Ok(news) => Some(news),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(News::Done(Box::new(Err(FELL_OVER.to_owned())))),
        }
    }
}

const FELL_OVER: &str =
    "this program failed while opening it, which is a fault of its own; standard error says where";
