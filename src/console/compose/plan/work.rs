//! A plan is worked out on a thread of its own: no frame waits for a solver.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use crate::dispatch::DispatchUnit;
use crate::portfolio::{Ask, Effort, Member, Planned, Stopped, plan, shared};

use super::form::By;

/// What is to be worked out.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is asked,
    pub ask: Ask,
    /// of whom,
    pub members: Vec<Member>,
    /// how,
    pub by: By,
    /// and whom a person wanted to ask, those that cannot be included.
    pub wanted: Vec<DispatchUnit>,
}

/// A plan while it is worked out; broken off when it is dropped.
pub struct Work {
    job: Arc<Job>,
    told: Receiver<Result<Planned, Stopped>>,
    broken_off: Arc<AtomicBool>,
}

impl Work {
    /// Begins.
    ///
    /// # Errors
    /// When the system gives no thread, in words.
    pub fn begin(ctx: &egui::Context, job: Job) -> Result<Self, String> {
        let (tell, told) = channel();
        let (job, broken_off) = (Arc::new(job), Arc::new(AtomicBool::new(false)));
        let (ctx, own, broken) = (ctx.clone(), Arc::clone(&job), Arc::clone(&broken_off));
        let work = move || {
            let stop = || broken.load(Ordering::Relaxed);
            let planned = match own.by {
                By::LeastCost => plan(&own.ask, &own.members, Effort::default(), &stop),
                By::Rule(rule) => shared(&own.ask, &own.members, rule, &stop),
            };
            // Nobody may be left to tell.
            tell.send(planned).ok();
            ctx.request_repaint();
        };
        let begun = thread::Builder::new().name("plan".to_owned()).spawn(work);
        begun.map_err(|fault| format!("It could not be worked out ({fault}): try again"))?;
        Ok(Self { job, told, broken_off })
    }

    /// What is worked out.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// What came of it, once it has: a plan, or a sentence that says why there is none.
    pub fn settled(&self) -> Option<Result<Planned, String>> {
        match self.told.try_recv() {
            Ok(Ok(planned)) => Some(Ok(planned)),
            Ok(Err(Stopped)) => Some(Err("It was broken off".to_owned())),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err("It could not be worked out to its end: try again".to_owned()))
            }
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.broken_off.store(true, Ordering::Relaxed);
    }
}
