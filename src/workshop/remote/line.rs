//! The trainer's end of the line to the trainee's process.
//!
//! The trainee's asks again as soon as it has lived up to what it was told. Between an answer and the next question the trainer's
//! clock is engaged: hurried, it goes on for its two seconds and then waits, for five seconds of real time at the most, as
//! it does for whoever else is due. A trainee's process that was killed is so waited for once.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use tokio::sync::{Notify, watch};

use super::ROUTE;
use super::wire::{Done, Given, LONGEST_SAID, Said, Turn, What};
use crate::journal::{Journal, Recorded};
use crate::time::{Clock, Engagement, UtcTime};
use crate::workshop::script::StepOutcome;
use crate::workshop::story::Story;
use crate::workshop::timekeeper::{ClockControl, Standing};

/// A question is answered after so long at the latest, whatever the clock does.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The line. Clones are of the same one.
#[derive(Clone)]
pub struct TrainersLine {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    control: ClockControl,
    story: watch::Sender<Arc<Story>>,
    news: Notify,
    state: Mutex<Hanging>,
    attended: watch::Sender<Attendance>,
}

/// How it stands with the trainee's process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Whether it has ever asked.
    pub came: bool,
    /// Whether it knows that the workshop is at its end, and has told all that its journal holds.
    pub knows_the_end: bool,
}

struct Hanging {
    run: String,
    /// What was given and is not answered for, with what it is called.
    given: VecDeque<(Given, String)>,
    /// What the trainee has heard: a console that is started again has nothing of it.
    heard: Vec<(Given, String)>,
    count: u64,
    /// Since the last answer.
    held: Option<Engagement>,
    /// The copy of the trainee's journal.
    journal: Journal,
}

impl Hanging {
    /// In the order in which all of it fell due: the trainee's end takes nothing that counts less than what it has.
    fn give_again_what_was_heard(&mut self) {
        let heard = std::mem::take(&mut self.heard);
        self.given.extend(heard);
        self.given.make_contiguous().sort_by_key(|(given, _)| given.number);
    }
}

impl fmt::Debug for TrainersLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainersLine").finish_non_exhaustive()
    }
}

impl TrainersLine {
    /// Of a workshop's clock and story; `journal` takes the copy of the trainee's.
    pub(in crate::workshop) fn new(
        clock: Clock,
        control: ClockControl,
        story: watch::Sender<Arc<Story>>,
        journal: Journal,
    ) -> Self {
        let state = Hanging {
            run: String::new(),
            given: VecDeque::new(),
            heard: Vec::new(),
            count: 0,
            held: None,
            journal,
        };
        let (news, attended) = (Notify::new(), watch::Sender::default());
        Self { inner: Arc::new(Inner { clock, control, story, news, state: Mutex::new(state), attended }) }
    }

    /// How it stands with the trainee's process.
    pub fn attendance(&self) -> watch::Receiver<Attendance> {
        self.inner.attended.subscribe()
    }

    /// Gives the trainee's process something that has fallen due. What comes of it goes into the story under what it is called.
    pub(in crate::workshop) fn give(&self, at: UtcTime, called: &str, what: What) {
        {
            let mut state = self.lock();
            state.count += 1;
            let given = Given { number: state.count, at, what };
            state.given.push_back((given, called.to_owned()));
        }
        self.inner.news.notify_waiters();
    }

    /// Its route, for the VTN to serve beside its own.
    pub(in crate::workshop) fn router(&self) -> Router {
        Router::new()
            .route(&format!("/{ROUTE}"), post(follow))
            .layer(DefaultBodyLimit::max(LONGEST_SAID))
            .with_state(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Hanging> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what is said.
    ///
    /// # Errors
    /// In a sentence, when another run of it has taken over or the journal does not go on where its copy ends.
    fn hear(&self, said: &Said) -> Result<(), String> {
        let mut state = self.lock();
        if state.run != said.run {
            if said.lived.is_some() {
                return Err("another run of the trainee's console has taken over".to_owned());
            }
            state.run.clone_from(&said.run);
            state.give_again_what_was_heard();
        }
        state.held = None;
        for done in &said.done {
            self.settle(&mut state, done);
        }
        let has = state.journal.len();
        let new: Vec<Recorded> = said.entries.iter().filter(|entry| entry.number > has).cloned().collect();
        state.journal.append_copies(&new).map_err(|fault| fault.to_string())?;
        drop(state);
        // At the end the last of the journal is still to come.
        let knows_the_end = said.knows_the_end && said.entries.is_empty();
        let attendance = Attendance { came: true, knows_the_end };
        self.inner.attended.send_if_modified(|known| std::mem::replace(known, attendance) != attendance);
        Ok(())
    }

    fn settle(&self, state: &mut Hanging, done: &Done) {
        let Some(place) = state.given.iter().position(|(given, _)| given.number == done.number) else {
            return;
        };
        let Some((given, called)) = state.given.remove(place) else { return };
        if matches!(given.what, What::Tell { .. }) {
            return state.heard.push((given, called));
        }
        let (is_done, said) = match &done.result {
            Ok(said) => (true, said.clone()),
            Err(said) => (false, said.clone()),
        };
        let outcome = StepOutcome { at: given.at, asked: called, done: is_done, said };
        self.inner.story.send_modify(|story| Arc::make_mut(story).done.push(outcome));
    }

    /// Waits until there is something to answer.
    async fn turn(&self, said: &Said) -> Turn {
        let Inner { clock, news, .. } = &*self.inner;
        let mut changes = clock.changes();
        let within = tokio::time::sleep(ANSWER_WITHIN);
        tokio::pin!(within);
        loop {
            let told = news.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            let turn = self.standing();
            let is_news = said.lived.is_none_or(|lived| turn.shows > lived)
                || turn.rate != said.rate
                || turn.ended
                || !turn.given.is_empty();
            if is_news || within.is_elapsed() {
                return turn;
            }
            let next = said.lived.map_or(turn.shows, |lived| lived + 1);
            tokio::select! {
                () = clock.sleep_until(next) => {}
                () = changes.next() => {}
                () = told => {}
                () = &mut within => {}
            }
        }
    }

    fn standing(&self) -> Turn {
        let ended = self.inner.control.pace().standing == Standing::Ended;
        let state = self.lock();
        Turn {
            shows: self.inner.clock.now(),
            rate: self.inner.clock.rate().value(),
            ended,
            given: state.given.iter().map(|(given, _)| given.clone()).collect(),
            entries: state.journal.len(),
        }
    }
}

async fn follow(State(line): State<TrainersLine>, said: Bytes) -> Response {
    let said: Said = match serde_json::from_slice(&said) {
        Ok(said) => said,
        Err(fault) => return refused(StatusCode::BAD_REQUEST, &format!("this is not understood: {fault}")),
    };
    if let Err(fault) = line.hear(&said) {
        return refused(StatusCode::CONFLICT, &fault);
    }
    let turn = line.turn(&said).await;
    let mut state = line.lock();
    if state.run == said.run {
        state.held = Some(line.inner.clock.engage());
    }
    drop(state);
    Json(turn).into_response()
}

fn refused(status: StatusCode, detail: &str) -> Response {
    (status, Json(serde_json::json!({ "status": status.as_u16(), "detail": detail }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Entry, EntryKind};
    use crate::time::Rate;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    fn line(clock: &Clock) -> (TrainersLine, watch::Receiver<Arc<Story>>) {
        let (control, end) = ClockControl::connect();
        std::mem::forget(end);
        let (told, story) = watch::channel(Arc::new(Story::default()));
        (TrainersLine::new(clock.clone(), control, told, Journal::in_memory().unwrap()), story)
    }

    fn said(run: &str, lived: Option<UtcTime>) -> Said {
        let (done, entries) = Default::default();
        Said { run: run.to_owned(), lived, rate: 0.0, knows_the_end: false, done, entries }
    }

    fn stop() -> What {
        What::Stop { dispatch_ref: "EMID-1".parse().unwrap() }
    }

    /// Else what was given to a process that was killed would never be done.
    #[tokio::test(start_paused = true)]
    async fn what_is_given_is_told_until_it_is_answered_for_and_then_stands_in_the_story() {
        let now = at("2026-11-26T17:00:00Z");
        let (line, story) = line(&Clock::training(now, Rate::PAUSED));
        line.give(now, "stop EMID-1", stop());
        for run in ["first", "second"] {
            line.hear(&said(run, None)).unwrap();
            let turn = line.turn(&said(run, None)).await;
            assert_eq!(turn.given.len(), 1, "{run}");
        }
        let done = vec![Done { number: 1, result: Ok("sent".to_owned()) }];
        line.hear(&Said { done, ..said("second", Some(now)) }).unwrap();
        assert_eq!(line.standing().given, []);
        let done = story.borrow().done.clone();
        assert_eq!((done.len(), done[0].asked.as_str(), done[0].said.as_str()), (1, "stop EMID-1", "sent"));
    }

    /// Else whoever started a killed console again would know of no order that they were given.
    #[tokio::test(start_paused = true)]
    async fn what_a_trainee_has_heard_is_told_again_to_a_console_that_was_started_again_and_nothing_is_done_twice()
     {
        let now = at("2026-11-26T17:00:00Z");
        let (line, story) = line(&Clock::training(now, Rate::PAUSED));
        let tell = |text: &str| What::Tell { from: "Control engineer".to_owned(), text: text.to_owned() };
        line.give(now, "told", tell("Keep an eye on the ring."));
        line.give(now, "stop EMID-1", stop());
        line.hear(&said("first", None)).unwrap();
        let done = |number| Done { number, result: Ok(String::new()) };
        line.hear(&Said { done: vec![done(1), done(2)], ..said("first", Some(now)) }).unwrap();
        assert_eq!(line.standing().given, [], "the same run of it needs nothing again");
        line.give(now, "told", tell("And on the battery."));
        for run in ["second", "third"] {
            line.hear(&said(run, None)).unwrap();
            let given = line.standing().given;
            let numbers: Vec<u64> = given.iter().map(|given| given.number).collect();
            assert_eq!(numbers, [1, 3], "{run}: {given:?}");
            line.hear(&Said { done: vec![done(1), done(3)], ..said(run, Some(now)) }).unwrap();
        }
        assert_eq!(story.borrow().done.len(), 1, "the stop");
    }

    /// Two consoles at one desk's credentials would each undo what the other does.
    #[tokio::test(start_paused = true)]
    async fn a_run_that_another_has_taken_over_from_is_refused() {
        let now = at("2026-11-26T17:00:00Z");
        let (line, _story) = line(&Clock::training(now, Rate::PAUSED));
        line.hear(&said("first", None)).unwrap();
        line.hear(&said("first", Some(now))).unwrap();
        line.hear(&said("second", None)).unwrap();
        assert!(line.hear(&said("first", Some(now))).unwrap_err().contains("taken over"));
        line.hear(&said("second", Some(now))).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_hurried_clock_waits_for_a_trainee_who_is_living_on_and_not_for_ever() {
        let now = at("2026-11-26T17:00:00Z");
        let clock = Clock::training(now, Rate::times(600.0).unwrap());
        let (line, _story) = line(&clock);
        line.hear(&said("first", None)).unwrap();
        let engaged = line.inner.clock.engage();
        line.lock().held = Some(engaged);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(clock.now().since(now) <= 3, "it waits: {}", clock.now());
        tokio::time::sleep(Duration::from_secs(5)).await;
        // Who is waited for is let go when somebody looks, as the timekeeper does four times a second.
        assert!(clock.keeping().is_some());
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(clock.now().since(now) > 60, "five seconds at the most: {}", clock.now());
    }

    /// What marks are given by must be what the trainee's desk wrote.
    #[tokio::test(start_paused = true)]
    async fn a_journal_that_does_not_go_on_where_its_copy_ends_is_refused() {
        let now = at("2026-11-26T17:00:00Z");
        let (line, _story) = line(&Clock::training(now, Rate::PAUSED));
        let mut own = Journal::in_memory().unwrap();
        let entry = |text: &str| Entry {
            at: now,
            kind: EntryKind::Session,
            dispatch: None,
            unit: None,
            text: text.to_owned(),
            document: None,
        };
        let written = own.append_all(&[entry("began"), entry("sent"), entry("ended")]).unwrap();
        line.hear(&Said { entries: written[..1].to_vec(), ..said("first", None) }).unwrap();
        let mut forged = written[1].clone();
        forged.entry.text = "sent nothing".to_owned();
        for entries in [vec![written[2].clone()], vec![forged]] {
            let fault = line.hear(&Said { entries, ..said("first", Some(now)) }).unwrap_err();
            assert!(fault.contains("is not the one that follows entry 1"), "{fault}");
        }
        line.hear(&Said { entries: written.clone(), ..said("first", Some(now)) }).unwrap();
        assert_eq!(line.lock().journal.entries(0, 9).unwrap(), written, "what is right goes on from there");
    }
}
