//! Which callbacks of subscriptions are given up until their subscription is written again.

use crate::vtn::object::Kind;

use super::{Objects, StoreError};

/// What the name of such a setting begins with; subscription and callback follow, a space between them.
const NAME: &str = "suspended callback ";

impl Objects<'_> {
    /// Keeps that a callback is given up, unless its subscription is gone.
    pub(in crate::vtn) fn suspend(&self, subscription: &str, callback: &str) -> Result<(), StoreError> {
        if self.find(Kind::Subscription, subscription)?.is_some() {
            self.prepare("INSERT OR REPLACE INTO setting (name, value) VALUES (?, 1)")?
                .execute([format!("{NAME}{subscription} {callback}")])?;
        }
        Ok(())
    }

    /// Forgets all suspensions of a subscription.
    pub(in crate::vtn) fn lift_suspensions(&self, subscription: &str) -> Result<(), StoreError> {
        // An id holds no character that is less than these two, so that the names of one subscription are a range.
        let (first, last) = (format!("{NAME}{subscription} "), format!("{NAME}{subscription}!"));
        self.prepare("DELETE FROM setting WHERE name >= ? AND name < ?")?.execute([first, last])?;
        Ok(())
    }

    /// Every subscription and callback that is given up.
    pub(in crate::vtn) fn suspended(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.prepare(
            "SELECT substr(name, length(?1) + 1) FROM setting WHERE substr(name, 1, length(?1)) = ?1",
        )?;
        let names = statement.query_map([NAME], |row| row.get::<_, String>(0))?;
        let names = names.collect::<rusqlite::Result<Vec<_>>>()?;
        let named = names.iter().filter_map(|name| name.split_once(' '));
        Ok(named.map(|(subscription, callback)| (subscription.to_owned(), callback.to_owned())).collect())
    }
}
