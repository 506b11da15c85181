//! The thread that writes a database file. Waiting for the disk is what a write costs, so what is asked for while one
//! group is being kept is kept together as the next, and nobody is answered before the disk has it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::epochs::Slot;
use super::{Objects, StoreError, Writing};

/// The most writes that are kept together.
const MOST_TOGETHER: usize = 256;

/// Where so many were kept together, as many more are on their way: those are gathered for as long as keeping the others
/// took, at most so long. Pages of which each of them writes a line are then written once.
const CROWD: usize = 4;
const LONGEST_GATHERING: Duration = Duration::from_millis(4);

/// Hands writes to the thread. Ends it when it is dropped, once all that was asked for is kept.
pub(super) struct Writer {
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

/// One write.
trait Job: Send {
    /// Does it, within its group; answers whether what it changed is to be kept.
    fn work(&mut self, objects: &Objects<'_>) -> bool;

    /// Answers whoever asked for it: the disk has it, or why it has not.
    fn answer(self: Box<Self>, kept: Result<(), StoreError>);
}

impl Writer {
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(writing: Writing) -> std::io::Result<Self> {
        let (jobs, asked) = channel();
        let thread =
            thread::Builder::new().name("vtn writer".to_owned()).spawn(move || run(&writing, &asked))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Has `work` done, and once the disk has it, `then`; both on the writer's thread, `then` in the order in which
    /// writes were kept and within the runtime of whoever asks. A write is done even when nobody waits for it any more.
    ///
    /// # Errors
    /// What `work` answers, and when the database fails.
    pub(super) async fn write<T: Send + 'static, E: From<StoreError> + Send + 'static>(
        &self,
        work: impl FnOnce(&Objects<'_>) -> Result<T, E> + Send + 'static,
        then: impl FnOnce(&mut T) + Send + 'static,
    ) -> Result<T, E> {
        let (answer, answered) = oneshot::channel();
        let job = Write { work: Some(work), done: None, then, answer, runtime: Handle::try_current().ok() };
        if let Some(jobs) = &self.jobs {
            // An error means that the thread has ended: then the answer says so.
            let _ = jobs.send(Box::new(job));
        }
        answered.await.unwrap_or_else(|_| Err(StoreError::BrokeOff.into()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        // The last to hold the store may be a write that nobody waited for, on the thread itself.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // It has said what went wrong, if anything did.
            let _ = thread.join();
        }
    }
}

struct Write<W, N, T, E> {
    work: Option<W>,
    done: Option<Result<T, E>>,
    then: N,
    answer: oneshot::Sender<Result<T, E>>,
    runtime: Option<Handle>,
}

impl<W, N, T, E> Job for Write<W, N, T, E>
where
    W: FnOnce(&Objects<'_>) -> Result<T, E> + Send,
    N: FnOnce(&mut T) + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn work(&mut self, objects: &Objects<'_>) -> bool {
        self.done = self.work.take().map(|work| work(objects));
        matches!(self.done, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, kept: Result<(), StoreError>) {
        let Self { done, then, answer, runtime, .. } = *self;
        let outcome = match (done, kept) {
            (Some(Err(refusal)), _) => Err(refusal),
            (_, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(StoreError::BrokeOff.into()),
            (Some(Ok(mut done)), Ok(())) => {
                let _within = runtime.as_ref().map(Handle::enter);
                then(&mut done);
                Ok(done)
            }
        };
        // An error means that nobody waits any more.
        let _ = answer.send(outcome);
    }
}

fn run(writing: &Writing, asked: &Receiver<Box<dyn Job>>) {
    let mut gathering = Duration::ZERO;
    while let Ok(first) = asked.recv() {
        if !gathering.is_zero() {
            thread::sleep(gathering);
        }
        let began = Instant::now();
        // What arrives while the others are worked on still joins them.
        let group = std::iter::once(first).chain(asked.try_iter()).take(MOST_TOGETHER);
        let answered = catch_unwind(AssertUnwindSafe(|| keep(writing, group)));
        if answered.is_err() {
            tracing::error!("telling of a write broke off; the writes themselves are kept");
        }
        gathering = match answered {
            Ok(kept) if kept >= CROWD => began.elapsed().min(LONGEST_GATHERING),
            _ => Duration::ZERO,
        };
    }
}

/// Does a group of writes, keeps those that succeed, and answers all; tells how many there were.
fn keep(writing: &Writing, group: impl Iterator<Item = Box<dyn Job>>) -> usize {
    let (mut done, mut changed) = (Vec::new(), Vec::new());
    let kept = attempt(writing, group, &mut done, &mut changed);
    if kept.is_err() && !writing.connection.is_autocommit() {
        // Nothing of it may be there when the next group begins; when this fails, that one cannot begin and says so.
        let _ = run_sql(writing, "ROLLBACK");
    }
    writing.epochs.changed(&changed);
    let count = done.len();
    for (job, outcome) in done {
        job.answer(match &kept {
            Ok(()) => outcome,
            Err(error) => Err(error.again()),
        });
    }
    count
}

/// A write that was done, and whether it may be kept.
type Done = (Box<dyn Job>, Result<(), StoreError>);

fn attempt(
    writing: &Writing,
    group: impl Iterator<Item = Box<dyn Job>>,
    done: &mut Vec<Done>,
    changed: &mut Vec<Slot>,
) -> Result<(), StoreError> {
    let begun = run_sql(writing, "BEGIN IMMEDIATE");
    for mut job in group {
        let outcome = match &begun {
            Ok(()) => on_its_own(writing, &mut *job, changed),
            Err(error) => Err(error.again()),
        };
        let (outcome, lost) = match outcome {
            Ok(outcome) => (outcome, None),
            Err(error) => (Err(error.again()), Some(error)),
        };
        done.push((job, outcome));
        if let Some(error) = lost {
            return Err(error);
        }
        // SQLite gives up a whole transaction when the disk is full or fails: nothing of the group is there then.
        if writing.connection.is_autocommit() {
            return Err(StoreError::BrokeOff);
        }
    }
    run_sql(writing, "COMMIT")
}

fn run_sql(writing: &Writing, sql: &str) -> Result<(), StoreError> {
    writing.connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// Does one write of a group. One that fails, or breaks off, takes nothing of the others with it.
///
/// # Errors
/// When the database fails, so that the whole group is lost.
fn on_its_own(
    writing: &Writing,
    job: &mut dyn Job,
    changed: &mut Vec<Slot>,
) -> Result<Result<(), StoreError>, StoreError> {
    run_sql(writing, "SAVEPOINT one")?;
    let objects = writing.objects();
    let worked = catch_unwind(AssertUnwindSafe(|| job.work(&objects)));
    if matches!(worked, Ok(true)) {
        changed.extend(objects.into_changed());
    } else {
        run_sql(writing, "ROLLBACK TO one")?;
    }
    run_sql(writing, "RELEASE one")?;
    Ok(worked.map(|_| ()).map_err(|_| StoreError::BrokeOff))
}
