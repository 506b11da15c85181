//! Undo and redo: one step for each finished edit, however many keystrokes or pointer moves it took.

/// Steps kept.
const KEPT: usize = 200;

/// The finished states of something before and after the present one.
#[derive(Clone, Debug)]
pub struct History<T> {
    past: Vec<T>,
    present: T,
    future: Vec<T>,
}

impl<T: Clone + PartialEq> History<T> {
    /// Begins with a state that cannot be undone.
    pub fn new(present: T) -> Self {
        Self { past: Vec::new(), present, future: Vec::new() }
    }

    /// An edit is finished: keeps its outcome as one step. Nothing happens when nothing changed.
    pub fn finish(&mut self, now: &T) {
        if *now == self.present {
            return;
        }
        self.past.push(std::mem::replace(&mut self.present, now.clone()));
        if self.past.len() > KEPT {
            self.past.remove(0);
        }
        self.future.clear();
    }

    /// The last finished state: what an edit that is broken off goes back to.
    pub fn present(&self) -> &T {
        &self.present
    }

    /// One step back.
    pub fn undo(&mut self) -> Option<&T> {
        let before = self.past.pop()?;
        self.future.push(std::mem::replace(&mut self.present, before));
        Some(&self.present)
    }

    /// One step forward again.
    pub fn redo(&mut self) -> Option<&T> {
        let after = self.future.pop()?;
        self.past.push(std::mem::replace(&mut self.present, after));
        Some(&self.present)
    }

    /// Whether there is a step back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step forward.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finished_edit_can_be_undone_and_done_again() {
        let mut history = History::new(1);
        history.finish(&2);
        history.finish(&3);
        assert_eq!(history.undo(), Some(&2));
        assert_eq!(history.undo(), Some(&1));
        assert_eq!(history.undo(), None);
        assert_eq!(history.redo(), Some(&2));
        assert!(history.can_undo() && history.can_redo());
    }

    #[test]
    fn a_new_edit_after_an_undo_forgets_what_was_undone() {
        let mut history = History::new(1);
        history.finish(&2);
        history.undo();
        history.finish(&3);
        assert_eq!(history.redo(), None);
        assert_eq!(history.present(), &3);
    }

    #[test]
    fn an_edit_that_changes_nothing_is_no_step() {
        let mut history = History::new(1);
        history.finish(&1);
        assert!(!history.can_undo());
    }

    #[test]
    fn the_oldest_steps_are_let_go() {
        let mut history = History::new(0);
        (1..=KEPT + 50).for_each(|n| history.finish(&n));
        let mut steps = 0;
        while history.undo().is_some() {
            steps += 1;
        }
        assert_eq!(steps, KEPT);
    }
}
