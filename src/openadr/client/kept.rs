//! Answers to polls, kept so that a VTN sends them again only when they have changed (`If-None-Match`, RFC 9110 §13.1.2).

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::header::ETAG;
use http::{HeaderValue, StatusCode};

use super::attempt::{Answer, Outgoing};

/// The most answers that are kept; the one that was asked for longest ago goes first.
const MOST: usize = 32;
/// No longer body is kept: a page of fifty events is a tenth of it.
const LONGEST: usize = 512 * 1024;

/// The last answers of a VTN that had a tag.
#[derive(Default)]
pub(super) struct Kept {
    answers: Mutex<VecDeque<KeptAnswer>>,
}

/// An answer and what it was to.
#[derive(Clone)]
pub(super) struct KeptAnswer {
    url: String,
    pub tag: HeaderValue,
    answer: Answer,
}

impl Kept {
    /// What is held of a request.
    pub fn of(&self, outgoing: &Outgoing) -> Option<KeptAnswer> {
        if !outgoing.is_a_poll {
            return None;
        }
        let mut answers = self.lock();
        let place = answers.iter().position(|kept| kept.url == outgoing.url.as_str())?;
        let kept = answers.remove(place)?;
        answers.push_back(kept.clone());
        Some(kept)
    }

    /// Keeps an answer that can be asked for by its tag. Weak tags are not used: they may stand for what is not the same.
    pub fn keep(&self, outgoing: &Outgoing, answer: &Answer) {
        let tag = answer.headers.get(ETAG).filter(|tag| tag.as_bytes().starts_with(b"\""));
        let is_whole = outgoing.is_a_poll && answer.status == StatusCode::OK;
        let Some(tag) = tag.filter(|_| is_whole && answer.body.len() <= LONGEST) else { return };
        let url = outgoing.url.to_string();
        let mut answers = self.lock();
        answers.retain(|kept| kept.url != url);
        if answers.len() >= MOST {
            answers.pop_front();
        }
        answers.push_back(KeptAnswer { url, tag: tag.clone(), answer: answer.to_keep() });
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<KeptAnswer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeptAnswer {
    /// What is held, when the VTN says that it has not changed.
    pub fn unless_changed(&self, answer: &Answer) -> Option<&Answer> {
        (answer.status == StatusCode::NOT_MODIFIED).then_some(&self.answer)
    }
}
