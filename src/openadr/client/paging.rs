//! Whole lists from a VTN that gives 50 objects at a time, in no order it must keep (OpenADR 3.1 Definition,
//! "Pagination").

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;

use super::attempt::{Answer, Outgoing, Reading};
use super::object::Object;
use super::speech::{collection, is_plain, understood};
use super::{ClientError, Inner};
use crate::openadr::version::Version;

/// The most that OpenADR 3.1 lets a client ask for.
const PAGE: usize = 50;
/// The most that this program's own VTN lets a client ask for of what has changed.
const LONG_PAGE: usize = 500;
/// No list is read further.
const MOST: usize = 10_000;
/// So many changes are told at once: whoever follows them acts on these before it asks for more.
const MOST_CHANGES: usize = 500;
/// No list is read in more pages: where every page repeats half of the one before, it is read to [`MOST`].
const MOST_PAGES: usize = 2 * MOST / PAGE;
/// An extension of this program's own VTN.
const MODIFIED_SINCE: &str = "modifiedSince";
/// Before anything was changed.
const LONG_AGO: &str = "1970-01-01T00:00:00Z";
/// The first reading of a list, and two more when it changed meanwhile.
const SWEEPS: usize = 3;

/// One object of a page: its id, and itself where it can be read. A page that is kept is met at every poll: clones share
/// both.
struct Entry<T> {
    id: Option<Arc<str>>,
    object: Option<Arc<T>>,
}

impl<T> Clone for Entry<T> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), object: self.object.clone() }
    }
}

/// What has been found so far, in the order in which it came; each id once.
struct Found<T> {
    entries: Vec<Entry<T>>,
    places: HashMap<Arc<str>, usize>,
}

impl<T> Found<T> {
    fn new() -> Self {
        Self { entries: Vec::new(), places: HashMap::new() }
    }

    /// Adds an entry, or puts it in the place of the older one of its id. Whether it is new.
    fn add(&mut self, entry: Entry<T>) -> bool {
        let Some(id) = entry.id.clone() else {
            self.entries.push(entry);
            return true;
        };
        if let Some(place) = self.places.get(&id).copied() {
            self.entries[place] = entry;
            return false;
        }
        self.places.insert(id, self.entries.len());
        self.entries.push(entry);
        true
    }

    fn into_objects(self) -> Vec<Arc<T>> {
        self.entries.into_iter().filter_map(|e| e.object).take(MOST).collect()
    }
}

/// Where a reading by the time of the last change has come to.
#[derive(Debug, PartialEq)]
struct Place {
    /// The instant that it goes on from, as the VTN wrote it.
    from: String,
    /// How many of that instant have been read.
    skip: usize,
    /// The last of those: the next page begins with it, unless one of them has changed and gone to the end.
    bridge: Option<Arc<str>>,
    /// How often that was so.
    broken: usize,
}

impl Place {
    /// The place after a page of at most `size`; `None` when that was the last.
    fn after<T: Object>(&self, page: &[Entry<T>], size: usize) -> Option<Self> {
        if page.len() < size {
            return None;
        }
        let first = page.first().and_then(|entry| entry.id.clone());
        if self.bridge.is_some() && self.bridge != first && self.broken < SWEEPS {
            let from = self.from.clone();
            return Some(Self { from, skip: 0, bridge: None, broken: self.broken + 1 });
        }
        let modified = |entry: &Entry<T>| entry.object.as_ref()?.meta().modification_date_time.clone();
        match page.iter().rev().find_map(modified) {
            Some(last) if last != self.from => Some(Self { from: last, skip: 0, bridge: None, broken: 0 }),
            // More than a page of one instant.
            _ => Some(Self {
                from: self.from.clone(),
                skip: self.skip + size - 1,
                bridge: page.last().and_then(|entry| entry.id.clone()),
                broken: self.broken,
            }),
        }
    }
}

impl Inner {
    /// Every object of a list. Objects that cannot be read are left out, and the record says which and why: one foreign
    /// object must not hide the rest.
    pub async fn list<T: Object>(&self, query: &[(&str, &str)]) -> Result<Vec<T>, ClientError> {
        Ok(owned(self.list_shared(query).await?))
    }

    /// The same, where each object that is as it was is the very one that was answered before.
    pub async fn list_shared<T: Object>(&self, query: &[(&str, &str)]) -> Result<Vec<Arc<T>>, ClientError> {
        let mut all = Found::new();
        for _ in 0..SWEEPS {
            let (sweep, is_steady) = self.sweep::<T>(query).await?;
            if is_steady {
                return Ok(sweep.into_objects());
            }
            for entry in sweep.entries {
                all.add(entry);
            }
        }
        Ok(all.into_objects())
    }

    /// The objects made or changed at `since` or later, of a VTN that tells them in the order of their last change. Each
    /// page begins where the one before ended, by time: what changes meanwhile comes again at the end, and nothing is
    /// passed over. Read no further than [`MOST_CHANGES`], but to the end of an instant: whether that was all, or the rest
    /// is to be asked for from the last of them on.
    pub async fn list_since<T: Object>(&self, since: Option<&str>) -> Result<(Vec<T>, bool), ClientError> {
        let version = self.version().await?;
        let size = if self.extended("long-pages").await? { LONG_PAGE } else { PAGE };
        let mut found = Found::new();
        let mut place =
            Place { from: since.unwrap_or(LONG_AGO).to_owned(), skip: 0, bridge: None, broken: 0 };
        for _ in 0..MOST_PAGES {
            let query = [(MODIFIED_SINCE, place.from.as_str())];
            let page = self.page::<T>(version, &query, (place.skip, size), found.entries.len()).await?;
            let next = place.after(&page, size);
            for entry in page {
                found.add(entry);
            }
            match next {
                None => return Ok((owned(found.into_objects()), true)),
                Some(next) if found.entries.len() >= MOST_CHANGES && next.from != place.from => {
                    return Ok((owned(found.into_objects()), false));
                }
                Some(next) => place = next,
            }
        }
        // Of an instant that has no end, no more can be had.
        Ok((owned(found.into_objects()), true))
    }

    /// Reads the list once from end to end. Each page begins with the last object of the one before, so that what was
    /// added or taken away meanwhile shows; `false` when it did.
    async fn sweep<T: Object>(&self, query: &[(&str, &str)]) -> Result<(Found<T>, bool), ClientError> {
        let version = self.version().await?;
        let mut found = Found::new();
        let mut first_page: Vec<Option<Arc<str>>> = Vec::new();
        let mut is_steady = true;
        let mut skip = 0;
        let mut bridge: Option<Arc<str>> = None;
        for _ in 0..MOST_PAGES {
            let mut page = self.page::<T>(version, query, (skip, PAGE), found.entries.len()).await?;
            let count = page.len();
            let ids = page.iter().map(|e| e.id.clone());
            if skip == 0 {
                first_page = ids.collect();
            } else if count < PAGE && ids.eq(first_page.iter().cloned()) {
                // It knows no paging and has given the whole list again.
                return Ok((found, is_steady));
            }
            if let Some(expected) = bridge.take() {
                if page.first().is_some_and(|e| e.id.as_ref() == Some(&expected)) {
                    page.remove(0);
                } else {
                    is_steady = false;
                }
            }
            bridge = page.last().and_then(|e| e.id.clone());
            let mut news = false;
            for entry in page {
                let is_new = found.add(entry);
                is_steady &= is_new;
                news |= is_new;
            }
            if !news || found.entries.len() >= MOST || self.is_last(count).await? {
                return Ok((found, is_steady));
            }
            skip += if bridge.is_some() { count - 1 } else { count };
        }
        // A VTN that never comes to an end has told enough.
        Ok((found, is_steady))
    }

    /// Whether a list ends with a page of so many objects. A page that is not full is the last, but for servers that
    /// give fewer than they are asked for: so only one that is shorter than another of this VTN's is surely the last.
    /// (No server gives one at a time: a list is read page by page only where pages overlap by one.)
    async fn is_last(&self, count: usize) -> Result<bool, ClientError> {
        let longest = self.longest_page.fetch_max(count, Ordering::Relaxed);
        Ok(count <= 1 || count < longest || (count < PAGE && self.extended("modified-since").await?))
    }

    async fn page<T: Object>(
        &self,
        version: Version,
        query: &[(&str, &str)],
        (skip, limit): (usize, usize),
        already: usize,
    ) -> Result<Vec<Entry<T>>, ClientError> {
        let (skip, limit) = (skip.to_string(), limit.to_string());
        // A resource's ven is in the path of 3.0 and in the query of 3.1.
        let (of_ven, mut query): (Vec<_>, Vec<_>) =
            query.iter().copied().partition(|(name, _)| version == Version::V3_0 && *name == "venID");
        let parent = of_ven.first().map(|(_, id)| *id);
        query.extend([("skip", skip.as_str()), ("limit", limit.as_str())]);
        let outgoing = Outgoing::get(self.address.url(&collection::<T>(version, parent), &query));
        // Whoever asks for what changed since asks for something else each time.
        if query.iter().any(|(name, _)| *name == MODIFIED_SINCE) {
            let read = |answer: &Answer| read_page::<T>(answer, version, parent, already);
            return self.idempotent(&outgoing.only_once(), &read).await;
        }
        let read = |answer: &Answer| answer.once(|| read_page::<T>(answer, version, parent, already));
        self.idempotent(&outgoing, &read).await
    }
}

/// Objects of one's own: without a copy where nobody else has them.
pub(super) fn owned<T: Clone>(objects: Vec<Arc<T>>) -> Vec<T> {
    objects.into_iter().map(Arc::unwrap_or_clone).collect()
}

fn read_page<T: Object>(
    answer: &Answer,
    version: Version,
    parent: Option<&str>,
    already: usize,
) -> Reading<Vec<Entry<T>>> {
    if is_plain(version, &answer.body)
        && let Ok(objects) = serde_json::from_slice::<Vec<T>>(&answer.body)
    {
        let entry = |object: T| Entry { id: object.id().map(Arc::from), object: Some(Arc::new(object)) };
        let entries: Vec<Entry<T>> = objects.into_iter().map(entry).collect();
        return Ok(told(entries, &[], already));
    }
    let Value::Array(values) = answer.json()? else {
        return Err(format!("it is not a list of {}s", T::NOUN));
    };
    let mut unreadable = Vec::new();
    let entries: Vec<Entry<T>> = values
        .into_iter()
        .map(|value| {
            let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
            let object = understood(version, parent, value).map_err(|error| {
                unreadable.push(format!("{} {}: {error}", T::NOUN, id.as_deref().unwrap_or("without an id")));
            });
            Entry { id: id.map(Arc::from), object: object.ok().map(Arc::new) }
        })
        .collect();
    Ok(told(entries, &unreadable, already))
}

/// A page, and a few words on it.
fn told<T: Object>(entries: Vec<Entry<T>>, unreadable: &[String], already: usize) -> (Vec<Entry<T>>, String) {
    let mut words = counted(entries.len(), T::NOUN);
    if !unreadable.is_empty() {
        words += &format!("; {} not readable: {}", unreadable.len(), unreadable.join("; "));
    }
    if already + entries.len() >= MOST {
        words += &format!("; the list is read no further than {MOST} objects");
    }
    (entries, words)
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
