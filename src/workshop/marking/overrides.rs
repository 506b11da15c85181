//! The trainer's words of one run, all of them: those that were taken back as well. Kept in the run's folder as they are said.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::{Marking, Override, OverrideFault, mark};
use crate::time::UtcTime;
use crate::workshop::scenario::Scenario;

/// Their file in the run's folder.
pub const OVERRIDES: &str = "overrides.json";

/// What stands in `format`.
const FORMAT: &str = "rampdesk-overrides/1";

/// A trainer's word, and who took it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// What was said.
    pub said: Override,
    /// That it counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<TakenBack>,
}

/// That a word counts no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakenBack {
    /// Who took it back.
    pub by: String,
    /// When, on the workshop's clock.
    pub at: UtcTime,
}

/// The words of one run. Clones are of the same run.
#[derive(Clone, Debug)]
pub struct Overrides {
    /// The marks as they are when nothing was done: what can be said of them.
    blank: Arc<Option<Marking>>,
    path: Option<Arc<Path>>,
    words: Arc<Mutex<Vec<Word>>>,
}

#[derive(Serialize)]
struct Written<'w> {
    format: &'static str,
    words: &'w [Word],
}

impl Overrides {
    /// None yet, of a run of this scenario; kept in its folder, where it has one.
    pub fn of(scenario: &Scenario, folder: Option<&Path>) -> Self {
        Self {
            blank: Arc::new(mark(scenario, &[])),
            path: folder.map(|folder| Arc::from(folder.join(OVERRIDES))),
            words: Arc::default(),
        }
    }

    /// Takes a word, which counts in the place of an earlier one on the same mark. It is kept before it counts.
    ///
    /// # Errors
    /// Why it is not taken; nothing has changed then.
    pub fn give(&self, word: Override) -> Result<(), OverrideFault> {
        let none = OverrideFault::NoMark { number: word.number, last: 0 };
        let mut blank = Option::clone(&self.blank).ok_or(none)?;
        blank.take(word.clone())?;
        self.change(|words| words.push(Word { said: word, taken_back: None }))
    }

    /// Takes back the last word on a mark that counts: the one before it counts again, or else the journal.
    /// Answers whether there was one.
    ///
    /// # Errors
    /// When nobody is named, or it cannot be kept; nothing has changed then.
    pub fn take_back(&self, number: u32, by: &str, at: UtcTime) -> Result<bool, OverrideFault> {
        if by.trim().is_empty() {
            return Err(OverrideFault::Unsaid { what: "by" });
        }
        let counts = |word: &&mut Word| word.said.number == number && word.taken_back.is_none();
        let mut had = false;
        self.change(|words| {
            if let Some(word) = words.iter_mut().rev().find(|word| counts(word)) {
                word.taken_back = Some(TakenBack { by: by.trim().to_owned(), at });
                had = true;
            }
        })?;
        Ok(had)
    }

    /// All that was said, in order.
    pub fn all(&self) -> Vec<Word> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts the words that count on the marks, and none beside them.
    pub fn apply(&self, marking: &mut Marking) {
        let numbers: Vec<u32> = marking.marks.iter().map(|marked| marked.number).collect();
        for number in numbers {
            marking.take_back(number);
        }
        for word in self.all().into_iter().filter(|word| word.taken_back.is_none()) {
            // Each was taken once, of the same marks.
            marking.take(word.said).ok();
        }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Word>)) -> Result<(), OverrideFault> {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = words.clone();
        change(&mut changed);
        if let Some(path) = &self.path {
            write(path, &changed).map_err(|error| OverrideFault::NotKept {
                path: path.to_path_buf(),
                reason: error.to_string(),
            })?;
        }
        *words = changed;
        Ok(())
    }
}

/// Writes all of them, or leaves the file as it was.
fn write(path: &Path, words: &[Word]) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(&Written { format: FORMAT, words })?;
    let mut beside: PathBuf = path.to_path_buf();
    beside.set_extension("json.new");
    fs::write(&beside, text + "\n")?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workshop::exercise::Marks;

    fn scenario() -> Scenario {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/workshops/01-first-dispatch.toml");
        Scenario::from_file(&path).unwrap()
    }

    fn word(number: u32, marks: f64, by: &str) -> Override {
        let at = "2026-11-26T17:00:00Z".parse().unwrap();
        let (marks, reason) = (Marks::from_number(marks).unwrap(), "the telephone rang".to_owned());
        Override { number, marks, by: by.to_owned(), reason, at }
    }

    /// A trainer who is asked afterwards why a mark is not the journal's has nothing to show.
    #[test]
    fn every_word_is_kept_in_the_runs_folder_and_so_is_that_it_was_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let scenario = scenario();
        let words = Overrides::of(&scenario, Some(folder.path()));
        let mut marking = mark(&scenario, &[]).unwrap();
        words.give(word(1, 0.5, "Ada Winter")).unwrap();
        words.give(word(1, 1.0, "Ben Olu")).unwrap();
        words.apply(&mut marking);
        assert_eq!(marking.marks[0].overridden.as_ref().unwrap().by, "Ben Olu", "the later one counts");
        assert!(words.take_back(1, "Ada Winter", scenario.start).unwrap());
        words.apply(&mut marking);
        assert_eq!(marking.marks[0].overridden.as_ref().unwrap().by, "Ada Winter", "the earlier one again");
        assert!(words.take_back(1, "Ada Winter", scenario.start).unwrap());
        assert!(!words.take_back(1, "Ada Winter", scenario.start).unwrap(), "there is none left");
        words.apply(&mut marking);
        assert_eq!(marking, mark(&scenario, &[]).unwrap(), "the journal's again");
        let kept: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(folder.path().join(OVERRIDES)).unwrap()).unwrap();
        assert_eq!(kept["words"][1]["said"]["by"], "Ben Olu");
        assert_eq!(kept["words"][1]["taken_back"]["by"], "Ada Winter");
        assert_eq!(kept["words"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_word_that_cannot_be_kept_or_is_wrong_does_not_count() {
        let gone = tempfile::tempdir().unwrap().path().join("nowhere");
        let scenario = scenario();
        let words = Overrides::of(&scenario, Some(&gone));
        let fault = words.give(word(1, 0.5, "Ada Winter")).unwrap_err();
        assert!(fault.to_string().contains(OVERRIDES), "{fault}");
        let words = Overrides::of(&scenario, None);
        assert!(words.give(word(99, 0.5, "Ada Winter")).is_err());
        assert!(words.give(word(1, 0.5, " ")).is_err());
        assert!(words.take_back(1, " ", scenario.start).is_err());
        assert_eq!(words.all(), []);
    }
}
