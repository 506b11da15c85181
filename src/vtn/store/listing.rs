//! Lists: which objects, seen by whom, which part.

use rusqlite::{ToSql, params_from_iter};

use crate::vtn::object::Kind;
use crate::vtn::query::Page;
use crate::vtn::stamp::Stamp;

use super::{Objects, StoreError, Stored};

/// What the reader sees.
#[derive(Clone, Debug)]
pub(in crate::vtn) enum Sight {
    /// All there is.
    Everything,
    /// What has no target, and what has one of these.
    Granted(Vec<String>),
    /// What belongs to this client.
    Owned(String),
}

/// Which objects of a kind. Every condition that is there must hold.
pub(in crate::vtn) struct Listing<'a> {
    pub(in crate::vtn) kind: Kind,
    pub(in crate::vtn) sight: &'a Sight,
    /// Id of the object that they hang on: the program of an event or a subscription, the event of a report, the ven of a resource.
    pub(in crate::vtn) parent: Option<&'a str>,
    /// Id of the object that that one hangs on: the program of the event of a report.
    pub(in crate::vtn) grandparent: Option<&'a str>,
    pub(in crate::vtn) name: Option<&'a str>,
    /// The client that they belong to.
    pub(in crate::vtn) client: Option<&'a str>,
    /// Subscriptions to at least one of these object types, when there are any.
    pub(in crate::vtn) objects: &'a [String],
    /// At least one of these, when there are any.
    pub(in crate::vtn) targets: &'a [String],
    pub(in crate::vtn) modified_since: Option<Stamp>,
    /// Not transpired at this instant.
    pub(in crate::vtn) active_at: Option<Stamp>,
    pub(in crate::vtn) page: Page,
}

impl<'a> Listing<'a> {
    /// The first page of all objects of a kind.
    pub(in crate::vtn) fn all(kind: Kind, sight: &'a Sight, page: Page) -> Self {
        Self {
            kind,
            sight,
            parent: None,
            grandparent: None,
            name: None,
            client: None,
            objects: &[],
            targets: &[],
            modified_since: None,
            active_at: None,
            page,
        }
    }

    /// The targets that the reader may be shown: those granted, and of them those asked for. `None`: all.
    pub(in crate::vtn) fn shown_targets(&self) -> Option<Vec<String>> {
        match self.sight {
            Sight::Granted(granted) if self.targets.is_empty() => Some(granted.clone()),
            Sight::Granted(granted) => {
                Some(granted.iter().filter(|t| self.targets.contains(t)).cloned().collect())
            }
            Sight::Everything | Sight::Owned(_) => None,
        }
    }
}

/// An object of a list.
pub(in crate::vtn) struct Found {
    /// The whole object as JSON.
    pub(in crate::vtn) body: String,
    /// Whether it has targets that the reader may not be shown.
    pub(in crate::vtn) has_hidden_targets: bool,
}

impl Objects<'_> {
    /// The objects of a list, in the order of creation; those changed since an instant, in the order of their last change.
    /// Whoever reads the latter page by page then meets at its end what changes meanwhile.
    pub(in crate::vtn) fn list(&self, listing: &Listing<'_>) -> Result<Vec<Found>, StoreError> {
        let Conditions { from, mut sql, mut values } = Conditions::of(listing);
        let by_change = listing.modified_since.is_some();
        let order = if by_change { "o.modified, o.seq" } else { "o.seq" };
        // An object that has two of the reader's targets is met twice.
        let once = if from == OBJECTS { "" } else { " GROUP BY o.seq" };
        sql.push_str(&format!("{once} ORDER BY {order} LIMIT ? OFFSET ?"));
        values.push(Box::new(listing.page.limit));
        values.push(Box::new(listing.page.skip));

        let hidden = match listing.shown_targets() {
            Some(shown) => {
                values.insert(0, Box::new(json_list(&shown)));
                "EXISTS (SELECT 1 FROM target t WHERE t.object = p.seq
                 AND t.target NOT IN (SELECT value FROM json_each(?)))"
            }
            None => "0",
        };
        // Joined, not looked up in a set: for a set SQLite makes a table of its own each time, of some twenty pages.
        let sql = format!(
            "SELECT p.seq, p.modified, p.body, {hidden}
             FROM (SELECT o.seq AS seq FROM {from} WHERE {sql}) page CROSS JOIN object p ON p.seq = page.seq"
        );
        let mut statement = self.prepare(&sql)?;
        let found = statement.query_map(params_from_iter(values), |row| {
            let (seq, modified): (i64, i64) = (row.get(0)?, row.get(1)?);
            let place = if by_change { (modified, seq) } else { (seq, seq) };
            Ok((place, Found { body: row.get(2)?, has_hidden_targets: row.get(3)? }))
        })?;
        let mut found: Vec<((i64, i64), Found)> = found.collect::<rusqlite::Result<_>>()?;
        // A join promises no order.
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, found)| found).collect())
    }

    /// The object of a kind with this id, when the reader sees it.
    pub(in crate::vtn) fn seen(
        &self,
        kind: Kind,
        sight: &Sight,
        id: &str,
    ) -> Result<Option<Stored>, StoreError> {
        let Some(stored) = self.find(kind, id)? else { return Ok(None) };
        let is_seen = self.is_seen(sight, &stored)?;
        Ok(Some(stored).filter(|_| is_seen))
    }

    /// Whether the reader sees an object.
    pub(in crate::vtn) fn is_seen(&self, sight: &Sight, stored: &Stored) -> Result<bool, StoreError> {
        Ok(match sight {
            Sight::Everything => true,
            Sight::Owned(client) => stored.client.as_ref() == Some(client),
            Sight::Granted(granted) => {
                let targets = self.targets_of(stored)?;
                targets.is_empty() || targets.iter().any(|target| granted.contains(target))
            }
        })
    }

    /// As [`Objects::seen`], to be shown.
    pub(in crate::vtn) fn one(
        &self,
        kind: Kind,
        sight: &Sight,
        id: &str,
    ) -> Result<Option<Found>, StoreError> {
        let Some(stored) = self.seen(kind, sight, id)? else { return Ok(None) };
        let has_hidden_targets = match sight {
            Sight::Granted(granted) => {
                self.targets_of(&stored)?.iter().any(|target| !granted.contains(target))
            }
            Sight::Everything | Sight::Owned(_) => false,
        };
        Ok(Some(Found { body: stored.body, has_hidden_targets }))
    }

    /// When the first of the objects of a list, on whichever page, is over; `None` when none ever is.
    pub(in crate::vtn) fn first_end(&self, listing: &Listing<'_>) -> Result<Option<Stamp>, StoreError> {
        let Conditions { from, sql, values } = Conditions::of(listing);
        let mut statement = self.prepare(&format!("SELECT MIN(o.ends) FROM {from} WHERE {sql}"))?;
        let first: Option<i64> = statement.query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(first.map(Stamp::from_millis))
    }
}

/// All objects, where a list is narrowed down by conditions alone.
const OBJECTS: &str = "object o";

/// The conditions of a list as SQL, and their values in the same order. The text depends only on which conditions
/// there are, so that few statements need preparing.
struct Conditions {
    /// What is looked through.
    from: String,
    sql: String,
    values: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    fn of(listing: &Listing<'_>) -> Self {
        let mut conditions = Self { from: OBJECTS.to_owned(), sql: String::new(), values: Vec::new() };
        conditions.of_kind(listing.kind);
        conditions.of_sight(listing);
        conditions.of_filters(listing);
        conditions
    }

    fn and(&mut self, sql: &str, value: impl ToSql + 'static) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.push(Box::new(value));
    }

    /// Spelt out, not bound: only then are the indexes of one kind used.
    fn of_kind(&mut self, kind: Kind) {
        self.sql = format!("o.kind = '{}'", kind.object_type());
    }

    fn of_sight(&mut self, listing: &Listing<'_>) {
        const WITH_TARGET: &str =
            "SELECT t.object FROM json_each(?) g CROSS JOIN target t ON t.target = g.value";
        match listing.sight {
            Sight::Owned(client) => self.and("o.client = ?", client.clone()),
            Sight::Everything | Sight::Granted(_) => {}
        }
        let targets = listing.shown_targets().unwrap_or_else(|| listing.targets.to_vec());
        match (listing.sight, listing.targets) {
            // From the indexes, not by looking at every object: most are for others. Joined, since the values of what is looked
            // through stand before those of conditions, and this is the first.
            (Sight::Granted(_), []) => {
                let kind = listing.kind.object_type();
                let untargeted = format!("SELECT seq FROM object WHERE kind = '{kind}' AND targeted = 0");
                self.from = format!(
                    "({untargeted} UNION ALL {WITH_TARGET}) seen CROSS JOIN {OBJECTS} ON o.seq = seen.seq"
                );
                self.values.push(Box::new(json_list(&targets)));
            }
            (Sight::Everything | Sight::Owned(_), []) => {}
            _ => self.and(&format!("o.seq IN ({WITH_TARGET})"), json_list(&targets)),
        }
    }

    fn of_filters(&mut self, listing: &Listing<'_>) {
        if let Some(parent) = listing.parent {
            self.and("o.parent = (SELECT seq FROM object WHERE id = ?)", parent.to_owned());
        }
        if let Some(grandparent) = listing.grandparent {
            self.and(
                "o.parent IN (SELECT seq FROM object WHERE parent = (SELECT seq FROM object WHERE id = ?))",
                grandparent.to_owned(),
            );
        }
        if let Some(name) = listing.name {
            self.and("o.name = ?", name.to_owned());
        }
        if let Some(client) = listing.client {
            self.and("o.client = ?", client.to_owned());
        }
        if !listing.objects.is_empty() {
            self.and(
                "EXISTS (SELECT 1 FROM json_each(o.body, '$.objectOperations') w, json_each(w.value, '$.objects') t
                 WHERE t.value IN (SELECT value FROM json_each(?)))",
                json_list(listing.objects),
            );
        }
        if let Some(since) = listing.modified_since {
            self.and("o.modified >= ?", since.millis());
        }
        if let Some(now) = listing.active_at {
            self.and("(o.ends IS NULL OR o.ends > ?)", now.millis());
        }
    }
}

fn json_list(texts: &[String]) -> String {
    serde_json::Value::from(texts.to_vec()).to_string()
}
