//! The audit of a chain: what was changed, taken out, slipped in or put in another order, and where. Pure.

use std::fmt;

use super::chain::{self, Form, NOTHING_BEFORE};
use super::{EntryKind, JournalError, Recorded, SignedHead};
use crate::dispatch::OperatorId;
use crate::time::UtcTime;

/// Where an entry stood before is looked for so far to either side, for so many entries: more says nothing more, and every
/// place is another hash.
const REACH: u64 = 10_000;
const SEARCHES: u32 = 50;

/// An entry as it stands in the file.
pub(super) struct Kept {
    pub number: u64,
    pub hash: String,
    /// Or why it cannot be read.
    pub recorded: Result<Recorded, String>,
}

/// What an audit came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// How many entries there are.
    pub entries: u64,
    /// The hash of the last one in 64 hex digits; zeros where there is none.
    pub head: String,
    /// In order of number; none when all is as it was written.
    pub findings: Vec<Finding>,
    /// The signed heads in it, in order. Their signatures are not looked at.
    pub heads: Vec<FoundHead>,
}

/// A signed head in a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundHead {
    /// The number of the entry that holds it.
    pub entry: u64,
    /// It, or what is wrong with it, in words.
    pub signed: Result<SignedHead, String>,
}

/// Entries that are not as they were written, one after the other and in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number of the first.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
    /// In which way.
    pub what: Tampering,
}

/// What was done to entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tampering {
    /// They are not there.
    Missing,
    /// Their content is another; why that is known, in words.
    Changed(String),
    /// They stood elsewhere: the first of them as this number.
    Moved {
        /// The number with which it was hashed.
        from: u64,
    },
    /// Whole in itself, but not what followed the entry before it: one of the two was written by another hand.
    Unchained,
    /// A head that was signed when it stood here says another hash.
    WrittenAnew {
        /// The entry that holds the head.
        head: u64,
        /// Who signed it.
        operator: OperatorId,
        /// When.
        at: UtcTime,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, what } = self;
        let is_one = first == last;
        if is_one {
            write!(f, "entry {first} ")?;
        } else {
            write!(f, "entries {first} to {last} ")?;
        }
        match what {
            Tampering::Missing => f.write_str(if is_one { "is missing" } else { "are missing" }),
            Tampering::Changed(why) => {
                write!(f, "{} changed: {why}", if is_one { "was" } else { "were" })
            }
            Tampering::Moved { from } => {
                if is_one {
                    write!(f, "was written as entry {from}: ")?;
                } else {
                    write!(f, "were written as entries {from} to {}: ", from + (last - first))?;
                }
                let done = if from < first { "slipped in" } else { "taken out" };
                write!(f, "something was {done} before, or the order is another")
            }
            Tampering::Unchained => {
                write!(f, "does not follow entry {}: one of the two was written by another hand", first - 1)
            }
            Tampering::WrittenAnew { head, operator, at } => {
                write!(
                    f,
                    "was written anew, or one before it: {operator} signed another hash of it at {at} (entry {head})"
                )
            }
        }
    }
}

/// Looks at one entry after the other.
pub(super) struct Auditor {
    form: Form,
    /// How many there are.
    most: u64,
    entries: u64,
    next: u64,
    /// The hash that the next one must hold; `None` after what cannot be told.
    previous: Option<String>,
    head: String,
    searches: u32,
    findings: Vec<Finding>,
    heads: Vec<FoundHead>,
}

impl Auditor {
    pub(super) fn new(form: Form, most: u64) -> Self {
        Self {
            form,
            most,
            entries: 0,
            next: 1,
            previous: Some(NOTHING_BEFORE.to_owned()),
            head: NOTHING_BEFORE.to_owned(),
            searches: 0,
            findings: Vec::new(),
            heads: Vec::new(),
        }
    }

    /// Takes in the entry with the next higher number.
    ///
    /// # Errors
    /// When it cannot be hashed.
    pub(super) fn look_at(&mut self, kept: &Kept) -> Result<(), JournalError> {
        if kept.number > self.next {
            self.found(self.next, kept.number - 1, Tampering::Missing);
            self.previous = None;
        }
        let what = match &kept.recorded {
            Ok(recorded) => {
                self.note_head(recorded);
                self.judge(kept.number, recorded)?
            }
            Err(why) => Some(Tampering::Changed(why.clone())),
        };
        if let Some(what) = what {
            self.found(kept.number, kept.number, what);
        }
        self.entries += 1;
        self.next = kept.number + 1;
        self.previous = Some(kept.hash.clone());
        self.head.clone_from(&kept.hash);
        Ok(())
    }

    /// Ends it. `hash_of` answers the hash of an entry as it stands in the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn close(
        mut self,
        hash_of: impl Fn(u64) -> Result<Option<String>, JournalError>,
    ) -> Result<Audit, JournalError> {
        for found in &self.heads {
            let Ok(SignedHead { head, .. }) = &found.signed else { continue };
            let is_as_signed =
                head.number < found.entry && hash_of(head.number)?.as_ref() == Some(&head.hash);
            if !is_as_signed {
                let (operator, at) = (head.operator.clone(), head.at);
                let what = Tampering::WrittenAnew { head: found.entry, operator, at };
                self.findings.push(Finding { first: head.number, last: head.number, what });
            }
        }
        self.findings.sort_by_key(|finding| finding.first);
        let Self { entries, head, findings, heads, .. } = self;
        Ok(Audit { entries, head, findings, heads })
    }

    fn note_head(&mut self, recorded: &Recorded) {
        if recorded.entry.kind == EntryKind::Head {
            let document = recorded.entry.document.as_deref().unwrap_or_default();
            self.heads.push(FoundHead { entry: recorded.number, signed: SignedHead::from_json(document) });
        }
    }

    fn judge(&mut self, number: u64, recorded: &Recorded) -> Result<Option<Tampering>, JournalError> {
        let follows = self.previous.as_ref().is_none_or(|previous| *previous == recorded.previous);
        if self.holds_as(recorded, number)? {
            // After one that is told already, nothing else is to be expected.
            let is_told = self.findings.last().is_some_and(|finding| finding.last + 1 == number);
            return Ok((!follows && !is_told).then_some(Tampering::Unchained));
        }
        if let Some(from) = self.place_of(number, recorded)? {
            return Ok(Some(Tampering::Moved { from }));
        }
        let why = if follows {
            "its content does not match its hash"
        } else {
            "it does not hold the hash of the entry before it"
        };
        Ok(Some(Tampering::Changed(why.to_owned())))
    }

    /// As which number an entry was written, where its hash holds for any.
    fn place_of(&mut self, number: u64, recorded: &Recorded) -> Result<Option<u64>, JournalError> {
        let as_the_last = self.findings.last().and_then(|finding| match finding.what {
            Tampering::Moved { from } => (from + number).checked_sub(finding.first),
            _ => None,
        });
        if let Some(place) = as_the_last.filter(|place| *place != number)
            && self.holds_as(recorded, place)?
        {
            return Ok(Some(place));
        }
        if self.searches == SEARCHES {
            return Ok(None);
        }
        self.searches += 1;
        let written = self.form.content(number, recorded)?;
        // One beyond the last: an entry may have been taken out.
        let places = 1..=self.most.saturating_add(1);
        let near = (1..=REACH).flat_map(|far| [number.checked_sub(far), number.checked_add(far)]);
        for place in near.flatten().filter(|place| places.contains(place)) {
            if written.hash_as(place, &recorded.previous)? == recorded.hash {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Tells it, with the finding before it where the two are one.
    pub(super) fn found(&mut self, first: u64, last: u64, what: Tampering) {
        if let Some(before) = self.findings.last_mut()
            && before.last + 1 == first
        {
            let is_one = match (&before.what, &what) {
                (Tampering::Moved { from }, Tampering::Moved { from: other }) => {
                    from + (first - before.first) == *other
                }
                (Tampering::Changed(why), Tampering::Changed(other)) => why == other,
                _ => false,
            };
            if is_one {
                before.last = last;
                return;
            }
        }
        self.findings.push(Finding { first, last, what });
    }

    fn holds_as(&self, recorded: &Recorded, number: u64) -> Result<bool, JournalError> {
        Ok(chain::hash(self.form, number, &recorded.entry, &recorded.previous)? == recorded.hash)
    }
}
