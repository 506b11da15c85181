//! Answers to polls, kept so that a VTN sends them again only when they have changed (`If-None-Match`, RFC 9110 §13.1.2).
//! A tag stands for what the VTN holds, and what came with it may have been altered on its way: an answer is asked for by
//! its tag only once it has come twice alike. Else one altered byte would be what a VTN holds for as long as that stays as
//! it is.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
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
    tag: HeaderValue,
    /// Of its body, as it came.
    print: u64,
    /// It has come twice alike.
    is_sure: bool,
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
        let Some(tag) = tag_of(answer) else { return };
        let is_whole = outgoing.is_a_poll && answer.status == StatusCode::OK;
        if !is_whole || answer.body.len() > LONGEST {
            return;
        }
        let url = outgoing.url.to_string();
        let mut answers = self.lock();
        answers.retain(|kept| kept.url != url);
        if answers.len() >= MOST {
            answers.pop_front();
        }
        let (tag, print) = (tag.clone(), print_of(&answer.body));
        answers.push_back(KeptAnswer { url, tag, print, is_sure: false, answer: answer.to_keep() });
    }

    /// What is held of a request has come once more, the same to the last byte.
    pub fn confirm(&self, outgoing: &Outgoing, answer: &Answer) {
        let mut answers = self.lock();
        let same = answers.iter_mut().find(|kept| kept.url == outgoing.url.as_str() && kept.is_same(answer));
        if let Some(kept) = same {
            kept.is_sure = true;
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<KeptAnswer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeptAnswer {
    /// By which it may be asked for.
    pub fn tag(&self) -> Option<&HeaderValue> {
        self.is_sure.then_some(&self.tag)
    }

    /// What is held, when the VTN says that it has not changed, or sends the same.
    pub fn unless_changed(&self, answer: &Answer) -> Option<&Answer> {
        let is_as_before = self.is_sure && answer.status == StatusCode::NOT_MODIFIED;
        (is_as_before || self.is_same(answer)).then_some(&self.answer)
    }

    fn is_same(&self, answer: &Answer) -> bool {
        answer.status == StatusCode::OK
            && tag_of(answer) == Some(&self.tag)
            && print_of(&answer.body) == self.print
    }
}

fn tag_of(answer: &Answer) -> Option<&HeaderValue> {
    answer.headers.get(ETAG).filter(|tag| tag.as_bytes().starts_with(b"\""))
}

fn print_of(body: &Bytes) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}
