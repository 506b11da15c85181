//! Reading and writing single objects.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, named_params};

use crate::entropy::Entropy;
use crate::vtn::lifespan;
use crate::vtn::object::{Draft, Kind, Metadata};
use crate::vtn::stamp::Stamp;

use super::StoreError;
use super::epochs::{Part, Slot};

/// The objects, within one read or one write.
pub(in crate::vtn) struct Objects<'c> {
    pub(super) connection: &'c Connection,
    now: Stamp,
    ids: &'c Entropy,
    changed: RefCell<Vec<Slot>>,
}

/// An object that is kept.
pub(in crate::vtn) struct Stored {
    /// Its row.
    pub(in crate::vtn) seq: i64,
    pub(in crate::vtn) id: String,
    /// The client that it belongs to.
    pub(in crate::vtn) client: Option<String>,
    created: Stamp,
    modified: Stamp,
    /// Whether it has targets, and so is not for all.
    targeted: bool,
    /// The whole object as JSON.
    pub(in crate::vtn) body: String,
}

impl Stored {
    const COLUMNS: &str = "seq, id, client, created, modified, targeted, body";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            id: row.get(1)?,
            client: row.get(2)?,
            created: Stamp::from_millis(row.get(3)?),
            modified: Stamp::from_millis(row.get(4)?),
            targeted: row.get(5)?,
            body: row.get(6)?,
        })
    }
}

const TARGETS_OF: &str = "SELECT target FROM target WHERE object = ?";

/// How much of an object's row is written anew.
enum Rewriting {
    /// Its body, when nothing else of it differs.
    Body,
    /// All of it.
    All,
}

impl<'c> Objects<'c> {
    pub(super) fn new(connection: &'c Connection, now: Stamp, ids: &'c Entropy) -> Self {
        Self { connection, now, ids, changed: RefCell::default() }
    }

    /// What was changed by it.
    pub(super) fn into_changed(self) -> Vec<Slot> {
        self.changed.into_inner()
    }

    /// The instant of this read or write.
    pub(in crate::vtn) fn now(&self) -> Stamp {
        self.now
    }

    pub(super) fn prepare(&self, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// The object of a kind with this id.
    pub(in crate::vtn) fn find(&self, kind: Kind, id: &str) -> Result<Option<Stored>, StoreError> {
        let sql = format!("SELECT {} FROM object WHERE id = ? AND kind = ?", Stored::COLUMNS);
        Ok(self.prepare(&sql)?.query_row([id, kind.object_type()], Stored::of).optional()?)
    }

    /// The row of the object of a kind with this id, when it is for all or has a target that `is_granted` holds for.
    pub(in crate::vtn) fn row_granted(
        &self,
        kind: Kind,
        id: &str,
        is_granted: impl Fn(&str) -> bool,
    ) -> Result<Option<i64>, StoreError> {
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let mut statement = self.prepare("SELECT seq, targeted FROM object WHERE id = ? AND kind = ?")?;
        let found: Option<(i64, bool)> = statement.query_row([id, kind.object_type()], row).optional()?;
        let Some((seq, targeted)) = found else { return Ok(None) };
        let mut statement = self.prepare(TARGETS_OF)?;
        let mut targets = statement.query([seq])?;
        let mut is_seen = !targeted;
        while !is_seen && let Some(row) = targets.next()? {
            is_seen = is_granted(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
        }
        Ok(Some(seq).filter(|_| is_seen))
    }

    /// The id of the object of a kind with this name; below a parent when one is given.
    pub(in crate::vtn) fn id_of_name(
        &self,
        kind: Kind,
        parent: Option<i64>,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        let mut statement = self.prepare(
            "SELECT id FROM object WHERE kind = :kind AND name = :name AND (:parent IS NULL OR parent = :parent)",
        )?;
        let values = named_params! {":kind": kind.object_type(), ":name": name, ":parent": parent};
        Ok(statement.query_row(values, |row| row.get(0)).optional()?)
    }

    /// The ven of a client.
    pub(in crate::vtn) fn ven_of(&self, client: &str) -> Result<Option<Stored>, StoreError> {
        let sql = format!("SELECT {} FROM object WHERE client = ? AND kind = 'VEN'", Stored::COLUMNS);
        Ok(self.prepare(&sql)?.query_row([client], Stored::of).optional()?)
    }

    /// The names of a client's ven and of its resources.
    pub(in crate::vtn) fn names_of(&self, client: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.prepare(
            "SELECT name FROM object WHERE client = ? AND kind IN ('VEN', 'RESOURCE') AND name IS NOT NULL",
        )?;
        let names = statement.query_map([client], |row| row.get(0))?;
        Ok(names.collect::<rusqlite::Result<_>>()?)
    }

    /// How many objects of a kind belong to a client.
    pub(in crate::vtn) fn count_of(&self, kind: Kind, client: &str) -> Result<u32, StoreError> {
        let mut statement = self.prepare("SELECT COUNT(*) FROM object WHERE client = ? AND kind = ?")?;
        Ok(statement.query_row([client, kind.object_type()], |row| row.get(0))?)
    }

    /// All objects of a kind as JSON, in the order of creation.
    pub(in crate::vtn) fn bodies(&self, kind: Kind) -> Result<Vec<String>, StoreError> {
        let mut statement = self.prepare("SELECT body FROM object WHERE kind = ? ORDER BY seq")?;
        let bodies = statement.query_map([kind.object_type()], |row| row.get(0))?;
        Ok(bodies.collect::<rusqlite::Result<_>>()?)
    }

    /// All that hangs on an object, and on that in turn, as JSON: what is nearest first.
    pub(in crate::vtn) fn hanging_on(&self, stored: &Stored) -> Result<Vec<(Kind, String)>, StoreError> {
        let mut statement = self.prepare(
            "WITH RECURSIVE hanging (seq, depth) AS (
                 SELECT seq, 1 FROM object WHERE parent = ?
                 UNION ALL SELECT o.seq, h.depth + 1 FROM object o JOIN hanging h ON o.parent = h.seq
             )
             SELECT o.kind, o.body FROM hanging h JOIN object o ON o.seq = h.seq ORDER BY h.depth, h.seq",
        )?;
        let found = statement.query_map([stored.seq], |row| {
            Ok((Kind::of_object_type(&row.get::<_, String>(0)?), row.get::<_, String>(1)?))
        })?;
        let known = found.filter_map(|row| row.map(|(kind, body)| kind.map(|k| (k, body))).transpose());
        Ok(known.collect::<rusqlite::Result<_>>()?)
    }

    /// The id of the program of an event.
    pub(in crate::vtn) fn program_of_event(&self, event: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.prepare(
            "SELECT p.id FROM object e JOIN object p ON p.seq = e.parent WHERE e.id = ? AND e.kind = 'EVENT'",
        )?;
        Ok(statement.query_row([event], |row| row.get(0)).optional()?)
    }

    /// The targets granted on a client's ven and resources.
    pub(in crate::vtn) fn granted(&self, client: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.prepare(
            "SELECT t.target FROM object o JOIN target t ON t.object = o.seq
             WHERE o.client = ? AND o.kind IN ('VEN', 'RESOURCE')",
        )?;
        let targets = statement.query_map([client], |row| row.get(0))?;
        // Each once: SQLite would make a table of its own for it.
        Ok(targets.collect::<rusqlite::Result<BTreeSet<String>>>()?.into_iter().collect())
    }

    /// The clients on whose ven or resources any of these targets is granted, in order.
    pub(in crate::vtn) fn clients_granted(&self, targets: &[&str]) -> Result<Vec<String>, StoreError> {
        let mut statement = self.prepare(
            "SELECT DISTINCT o.client FROM target t JOIN object o ON o.seq = t.object
             WHERE t.target = ? AND o.kind IN ('VEN', 'RESOURCE') AND o.client IS NOT NULL",
        )?;
        let mut clients = Vec::new();
        for target in targets {
            let found = statement.query_map([target], |row| row.get(0))?;
            clients.extend(found.collect::<rusqlite::Result<Vec<String>>>()?);
        }
        clients.sort_unstable();
        clients.dedup();
        Ok(clients)
    }

    /// Keeps a new object; answers it as JSON.
    pub(in crate::vtn) fn create(&self, draft: &Draft) -> Result<String, StoreError> {
        let id = self.free_id()?;
        let body = draft.to_json(&Metadata { id: &id, created: self.now, modified: self.now })?;
        self.prepare(
            "INSERT INTO object (kind, id, parent, name, client, created, modified, ends, targeted, body)
             VALUES (:kind, :id, :parent, :name, :client, :created, :modified, :ends, :targeted, :body)",
        )?
        .execute(named_params! {
            ":kind": draft.kind.object_type(),
            ":id": id,
            ":parent": draft.parent,
            ":name": draft.name(),
            ":client": draft.client,
            ":created": self.now.millis(),
            ":modified": self.now.millis(),
            ":ends": end_of(draft),
            ":targeted": !draft.targets().is_empty(),
            ":body": body,
        })?;
        self.write_targets(self.connection.last_insert_rowid(), draft)?;
        self.note(draft.kind, &draft.targets(), draft.client.as_deref());
        Ok(body)
    }

    /// Reslots an object; answers it as JSON.
    pub(in crate::vtn) fn replace(&self, stored: &Stored, draft: &Draft) -> Result<String, StoreError> {
        let modified = self.now.after(stored.modified);
        let body = draft.to_json(&Metadata { id: &stored.id, created: stored.created, modified })?;
        if !self.rewrite(stored.seq, draft, modified, &body, &Rewriting::Body)? {
            self.rewrite(stored.seq, draft, modified, &body, &Rewriting::All)?;
        }
        let before = self.targets_of(stored)?;
        let before: BTreeSet<&str> = before.iter().map(String::as_str).collect();
        let after: BTreeSet<&str> = draft.targets().into_iter().collect();
        if before != after {
            self.prepare("DELETE FROM target WHERE object = ?")?.execute([stored.seq])?;
            self.write_targets(stored.seq, draft)?;
        }
        let before: Vec<&str> = before.into_iter().collect();
        self.note(draft.kind, &before, stored.client.as_deref());
        self.note(draft.kind, &draft.targets(), draft.client.as_deref());
        Ok(body)
    }

    /// Writes an object's row anew; answers whether there was one to write. That of one whose body alone differs, as a
    /// report's does with every reading, leaves most indexes as they are.
    fn rewrite(
        &self,
        seq: i64,
        draft: &Draft,
        modified: Stamp,
        body: &str,
        what: &Rewriting,
    ) -> Result<bool, StoreError> {
        let sql = match what {
            Rewriting::Body => {
                "UPDATE object SET modified = :modified, body = :body WHERE seq = :seq AND parent IS :parent
                 AND name IS :name AND client IS :client AND ends IS :ends AND targeted = :targeted"
            }
            Rewriting::All => {
                "UPDATE object SET parent = :parent, name = :name, client = :client, modified = :modified, ends = :ends,
                 targeted = :targeted, body = :body WHERE seq = :seq"
            }
        };
        let written = self.prepare(sql)?.execute(named_params! {
            ":seq": seq,
            ":parent": draft.parent,
            ":name": draft.name(),
            ":client": draft.client,
            ":modified": modified.millis(),
            ":ends": end_of(draft),
            ":targeted": !draft.targets().is_empty(),
            ":body": body,
        })?;
        Ok(written > 0)
    }

    /// Deletes an object and all that hangs on it.
    pub(in crate::vtn) fn delete(&self, stored: &Stored) -> Result<(), StoreError> {
        self.prepare("DELETE FROM object WHERE seq = ?")?.execute([stored.seq])?;
        self.changed.borrow_mut().push(Part::All.slot());
        Ok(())
    }

    /// Notes what changes when an object with these targets, of this client, comes or goes.
    fn note(&self, kind: Kind, targets: &[&str], client: Option<&str>) {
        let mut changed = self.changed.borrow_mut();
        let mut note = |part: Part<'_>| changed.push(part.slot());
        note(Part::Kind(kind));
        match client {
            Some(client) => {
                note(Part::Owned(kind, client));
                if matches!(kind, Kind::Ven | Kind::Resource) {
                    note(Part::Grants(client));
                }
            }
            None if targets.is_empty() => note(Part::Untargeted(kind)),
            None => targets.iter().for_each(|target| note(Part::Targeted(kind, target))),
        }
    }

    /// For whom an object is; none: for all.
    pub(in crate::vtn) fn targets_of(&self, stored: &Stored) -> Result<Vec<String>, StoreError> {
        if !stored.targeted {
            return Ok(Vec::new());
        }
        let mut statement = self.prepare(TARGETS_OF)?;
        let targets = statement.query_map([stored.seq], |row| row.get(0))?;
        Ok(targets.collect::<rusqlite::Result<_>>()?)
    }

    fn write_targets(&self, seq: i64, draft: &Draft) -> Result<(), StoreError> {
        for target in draft.targets() {
            self.prepare("INSERT OR IGNORE INTO target (object, target) VALUES (?, ?)")?
                .execute((seq, target))?;
        }
        Ok(())
    }

    /// An id that no object has: its time, so that in an index what is made together stands together, and chance. Seeded
    /// entropy draws the same ids again when its VTN is opened on the same file.
    fn free_id(&self) -> Result<String, StoreError> {
        loop {
            let mut id = format!("{:012x}{}", self.now.millis(), self.ids.id());
            id.truncate(32);
            if !self.prepare("SELECT 1 FROM object WHERE id = ?")?.exists([&id])? {
                return Ok(id);
            }
        }
    }
}

fn end_of(draft: &Draft) -> Option<i64> {
    match draft.kind {
        Kind::Event => lifespan::end(&draft.members).map(Stamp::millis),
        _ => None,
    }
}
