//! What a window remembers, in memory.

use std::collections::BTreeMap;

use crate::console::context::Selection;
use crate::console::guide::Guide;
use crate::console::settings::Settings;

/// A store that lives as long as the test.
#[derive(Clone, Debug, Default)]
pub struct Remembered(BTreeMap<String, String>);

impl Remembered {
    /// Of a person who has been here before and did not want the guided run.
    pub fn with_the_guide_skipped() -> Self {
        let mut store = Self::default();
        let mut settings = Settings::default();
        settings.guide = Guide::skipped();
        settings.save(&mut store, &Selection::default());
        store
    }
}

impl eframe::Storage for Remembered {
    fn get_string(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned()
    }

    fn set_string(&mut self, key: &str, value: String) {
        self.0.insert(key.to_owned(), value);
    }

    fn remove_string(&mut self, key: &str) {
        self.0.remove(key);
    }

    fn flush(&mut self) {}
}
