//! The heartbeat strip: who was heard when, as stretches of time. Pure.

use crate::console::words;
use crate::desk::lifeline::{Lifeline, Stretch};
use crate::desk::snapshot::LinkState;
use crate::time::UtcTime;

/// Seconds after the VTN's last news for which its next is not missed yet.
const NEWS_WITHIN_S: i64 = 30;

/// How someone was for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// From then on,
    pub from: UtcTime,
    /// up to then.
    pub to: UtcTime,
    /// `None` while nothing was known: nothing heard yet, or the VTN told nothing.
    pub state: Option<LinkState>,
}

impl Beat {
    /// One or two words for the screen.
    pub fn word(&self) -> &'static str {
        self.state.map_or("no data", LinkState::word)
    }
}

/// One line of the strip.
#[derive(Clone, Debug)]
pub struct Strip {
    /// `client` or `unit`, or an FSP's name.
    pub name: String,
    /// Whose it is, for those who do not see it.
    pub of: String,
    /// In order, without gaps.
    pub beats: Vec<Beat>,
}

/// How someone was between two instants, `to` not after the present.
pub fn beats(
    line: &Lifeline,
    news: &Lifeline,
    from: UtcTime,
    to: UtcTime,
    interval_seconds: u32,
) -> Vec<Beat> {
    let mut beats: Vec<Beat> = Vec::new();
    let mut add = |from: UtcTime, to: UtcTime, state: Option<LinkState>| match beats.last_mut() {
        _ if to <= from => {}
        Some(last) if last.state == state => last.to = to,
        _ => beats.push(Beat { from, to, state }),
    };
    for lamp in line.lamps(from, to, interval_seconds) {
        let state = Some(lamp.state).filter(|state| *state != LinkState::Unknown);
        let mut reached = lamp.from;
        for (known_from, known_to) in known(news.stretches()) {
            let (start, end) = (known_from.clamp(reached, lamp.to), known_to.clamp(reached, lamp.to));
            if end <= start {
                continue;
            }
            add(reached, start, None);
            add(start, end, state);
            reached = end;
        }
        add(reached, lamp.to, None);
    }
    beats
}

/// When the VTN told all that it knew.
fn known(news: &[Stretch]) -> impl Iterator<Item = (UtcTime, UtcTime)> + '_ {
    let last = news.len().saturating_sub(1);
    news.iter()
        .enumerate()
        .map(move |(index, s)| (s.from, if index == last { s.to + NEWS_WITHIN_S } else { s.to }))
}

/// The words of a line: `live 16:50:00 to 17:12:04 GMT, lost since 17:12:04 GMT`.
pub fn in_words(beats: &[Beat]) -> String {
    /// The last ones are told; more would not be listened to.
    const TOLD: usize = 6;
    let skipped = beats.len().saturating_sub(TOLD);
    let mut told: Vec<String> = Vec::new();
    if skipped > 0 {
        told.push(format!("{skipped} changes before"));
    }
    for (index, beat) in beats.iter().enumerate().skip(skipped) {
        let from = words::london(beat.from);
        told.push(if index + 1 == beats.len() {
            format!("{} since {from}", beat.word())
        } else {
            format!("{} {from} to {}", beat.word(), words::london(beat.to))
        });
    }
    if told.is_empty() { "no data".to_owned() } else { told.join(", ") }
}
