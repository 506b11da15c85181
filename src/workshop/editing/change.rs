//! One change of a scenario's text: of the lines that it is about, and of no others.

use std::ops::Range;

use toml_edit::Value;

use crate::workshop::offset::Offset;

use super::item::{Item, ItemId, List, end_key, kind_of, moving, offset};
use super::source::{Block, Source, SourceField, blank_after, blank_before};
use super::template::SentDispatch;

/// The last instant that a scenario can name, seconds.
const LAST_S: i64 = 99 * 3600 + 59 * 60 + 59;
/// A copy stands so much later, seconds.
const COPY_LATER_S: i64 = 300;

/// What comes of a change.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Changed {
    /// The whole text.
    pub text: String,
    /// Where the item that was changed or added is now.
    pub item: Option<ItemId>,
}

/// Bytes, and what stands in their place.
type Edit = (Range<usize>, String);

/// A text in which something is to be changed.
pub(super) struct Changing<'t> {
    pub text: &'t str,
    pub source: &'t Source,
}

impl Changing<'_> {
    /// Moves an item in time, to its place in the order of time. As far as that goes before T and after T+99:59:59.
    pub fn shift(&self, id: ItemId, by_s: i64) -> Result<Changed, String> {
        let block = self.block(id)?;
        let edits = shifted(block, id.list, by_s);
        if edits.is_empty() {
            return Err("it has no time of its own".to_owned());
        }
        self.timed(id, block, edits)
    }

    /// Ends an item at another time; one that had no end has one then.
    pub fn end(&self, id: ItemId, at: Offset) -> Result<Changed, String> {
        let block = self.block(id)?;
        let key = end_key(id.list, &kind_of(id.list, block)).ok_or("it has no length")?;
        match block.field(key) {
            Some(field) => {
                let edits = vec![(field.value.clone(), quoted(&written_like(field, at)))];
                Ok(Changed { text: applied(self.text, edits), item: Some(id) })
            }
            None => self.set(id, key, &short(at)),
        }
    }

    /// Puts a copy a little later, with a reference of its own where it sends a dispatch.
    pub fn copy(&self, id: ItemId) -> Result<Changed, String> {
        let block = self.block(id)?;
        let mut edits = shifted(block, id.list, COPY_LATER_S);
        if let (Some(field), "send") = (block.field("ref"), kind_of(id.list, block).as_str()) {
            edits.push((
                field.value.clone(),
                quoted(&self.next_ref(field.text.as_deref().unwrap_or_default())),
            ));
        }
        let body = self.body(block, edits);
        let at = body.parse_at();
        self.insert(id.list, &body.text, Some(id), at)
    }

    /// Takes an item out.
    pub fn remove(&self, id: ItemId) -> Result<Changed, String> {
        let block = self.block(id)?;
        Ok(Changed { text: applied(self.text, vec![(self.cut(block), String::new())]), item: None })
    }

    /// Puts a new table in.
    pub fn add(&self, list: List, body: &str) -> Result<Changed, String> {
        if self.source.folded.contains(&list) {
            let key = list.key();
            return Err(format!("`{key}` is written as one value; write each under [[{key}]] in the text"));
        }
        let body = body.replace('\n', self.source.newline);
        let at = Body { text: body.clone() }.parse_at();
        self.insert(list, &body, None, at)
    }

    /// Writes a value; of what stands directly in the table also where there is none yet, and an empty one takes it out.
    /// What no value can be read of is written as a text, and `check` says what is wrong with it.
    pub fn set(&self, id: ItemId, path: &str, input: &str) -> Result<Changed, String> {
        let block = self.block(id)?;
        let edit = match block.field(path) {
            Some(field) if input.trim().is_empty() && field.key.is_some() => {
                (self.line_of(field), String::new())
            }
            Some(field) => (field.value.clone(), value_of(path, input, field.text.is_some())),
            None if path.contains(['.', '[']) => return Err(format!("there is no `{path}` to write into")),
            None if input.trim().is_empty() => return Err(format!("there is no `{path}` to take out")),
            None => self.line_for(block, path, &value_of(path, input, false)),
        };
        let is_when = path == "at" && id.list.is_timed();
        match is_when {
            true => self.timed(id, block, vec![edit]),
            false => Ok(Changed { text: applied(self.text, vec![edit]), item: Some(id) }),
        }
    }

    /// Writes a value above all tables or in `[workshop]`.
    pub fn set_head(&self, path: &str, input: &str) -> Result<Changed, String> {
        let (block, path) = match path.strip_prefix("workshop.") {
            Some(path) => (self.source.note(), path),
            None => (self.source.root(), path),
        };
        let block = block.ok_or_else(|| format!("there is no place for `{path}`"))?;
        let edit = match block.field(path) {
            Some(field) if input.trim().is_empty() => (self.line_of(field), String::new()),
            Some(field) => (field.value.clone(), value_of(path, input, field.text.is_some())),
            None if input.trim().is_empty() => return Err(format!("there is no `{path}` to take out")),
            None => self.line_for(block, path, &value_of(path, input, false)),
        };
        Ok(Changed { text: applied(self.text, vec![edit]), item: None })
    }

    fn block(&self, id: ItemId) -> Result<&Block, String> {
        self.source.block(id).ok_or_else(|| "it is no longer there".to_owned())
    }

    /// The text of a block with edits within it.
    fn body(&self, block: &Block, edits: Vec<Edit>) -> Body {
        let start = block.range.start;
        let own = edits.into_iter().map(|(range, to)| (range.start - start..range.end - start, to)).collect();
        Body { text: applied(&self.text[block.range.clone()], own) }
    }

    /// Writes edits within a block that change its time, and moves it where the order of time asks for that.
    fn timed(&self, id: ItemId, block: &Block, edits: Vec<Edit>) -> Result<Changed, String> {
        let body = self.body(block, edits.clone());
        let at = body.parse_at();
        let others: Vec<(usize, Offset)> = self.times(id.list, Some(id));
        let is_in_order = at.is_none_or(|at| {
            let before = others.iter().filter(|(index, _)| *index < id.index).all(|(_, other)| *other <= at);
            before && others.iter().filter(|(index, _)| *index > id.index).all(|(_, other)| at <= *other)
        });
        if !id.list.is_timed() || is_in_order {
            return Ok(Changed { text: applied(self.text, edits), item: Some(id) });
        }
        self.place(id.list, &body.text, Some(block), id, at)
    }

    /// The times of a list's items, by their places, without one of them.
    fn times(&self, list: List, without: Option<ItemId>) -> Vec<(usize, Offset)> {
        let others = self.source.list(list).filter(|(id, _)| Some(*id) != without);
        others.filter_map(|(id, block)| Some((id.index, offset(block, "at")?))).collect()
    }

    fn insert(
        &self,
        list: List,
        body: &str,
        after: Option<ItemId>,
        at: Option<Offset>,
    ) -> Result<Changed, String> {
        let end = self.source.list(list).map(|(id, _)| id.index + 1).max().unwrap_or(0);
        let wanted = ItemId { list, index: after.map_or(end, |after| after.index + 1) };
        self.place(list, body, None, wanted, if list.is_timed() { at } else { None })
    }

    /// Puts a table's text where the order of time has it, or before the item at `wanted`; `moved` is taken out.
    fn place(
        &self,
        list: List,
        body: &str,
        moved: Option<&Block>,
        wanted: ItemId,
        at: Option<Offset>,
    ) -> Result<Changed, String> {
        let rest: Vec<(ItemId, &Block)> = self
            .source
            .list(list)
            .filter(|(_, block)| moved.is_none_or(|m| m.range != block.range))
            .collect();
        let index = match at {
            Some(at) => {
                let earlier =
                    |(_, block): &(ItemId, &Block)| offset(block, "at").is_some_and(|other| other <= at);
                rest.iter().rposition(earlier).map_or(0, |last| last + 1)
            }
            None => wanted.index.min(rest.len()),
        };
        let newline = self.source.newline;
        let put = match (index.checked_sub(1).and_then(|before| rest.get(before)), rest.get(index)) {
            (Some((_, before)), _) => self.after(before, body),
            (None, Some((_, next))) => (next.range.start..next.range.start, format!("{body}{newline}")),
            (None, None) => match self.source.blocks.iter().rfind(|b| b.rank <= list.rank()) {
                Some(before) => self.after(before, body),
                None => (self.text.len()..self.text.len(), body.to_owned()),
            },
        };
        let mut edits = vec![put];
        edits.extend(moved.map(|block| (self.cut(block), String::new())));
        Ok(Changed { text: applied(self.text, edits), item: Some(ItemId { list, index }) })
    }

    /// A table's text below a block, with a blank line between.
    fn after(&self, block: &Block, body: &str) -> Edit {
        let (end, newline) = (block.range.end, self.source.newline);
        let broken = if self.text[..end].ends_with('\n') { "" } else { newline };
        (end..end, format!("{broken}{newline}{body}"))
    }

    /// A block with the blank lines that are no longer needed.
    fn cut(&self, block: &Block) -> Range<usize> {
        let end = blank_after(self.text, block.range.end);
        match end == self.text.len() {
            true => blank_before(self.text, block.range.start)..end,
            false => block.range.start..end,
        }
    }

    /// The lines of a value, with its key.
    fn line_of(&self, field: &SourceField) -> Range<usize> {
        let begin = field.key.as_ref().map_or(field.value.start, |key| key.start);
        let start = self.text[..begin].rfind('\n').map_or(0, |newline| newline + 1);
        start..super::source::line_end(self.text, field.value.end)
    }

    /// A new line below the last of a table's own.
    fn line_for(&self, block: &Block, key: &str, value: &str) -> Edit {
        let own = block.fields.iter().filter(|field| field.key.is_some());
        let last = own.max_by_key(|field| field.value.end);
        let end = last.map_or(block.range.end, |field| super::source::line_end(self.text, field.value.end));
        let indent = last.and_then(|field| field.key.as_ref()).map_or("", |k| indent_at(self.text, k.start));
        let newline = self.source.newline;
        let broken = if self.text[..end].ends_with('\n') { "" } else { newline };
        (end..end, format!("{broken}{indent}{key} = {value}{newline}"))
    }

    /// The dispatch that a step has sent last by a time, of those that stand above in this list or before it: one that is
    /// not stopped by then, where there is one.
    pub fn sent_by(&self, list: List, at: Offset) -> Option<SentDispatch<'_>> {
        let lists = match list {
            List::Trainee => &[List::Steps, List::Trainee][..],
            _ => &[List::Steps],
        };
        let steps = lists.iter().flat_map(|list| self.source.list(*list));
        let mut before: Vec<(Offset, &Block)> = steps
            .filter_map(|(_, block)| Some((offset(block, "at")?, block)))
            .filter(|(then, _)| *then <= at)
            .collect();
        before.sort_by_key(|(then, _)| *then);
        let of = |action: &'static str| {
            before.iter().map(|(_, block)| *block).filter(move |block| block.text("action") == Some(action))
        };
        let sent = || {
            of("send").rev().filter_map(|block| {
                let reference = block.text("ref")?;
                let ends = of("amend").rev().filter(|amend| amend.text("ref") == Some(reference));
                let service_end = ends.chain([block]).find_map(|revision| offset(revision, "service_end"))?;
                Some(SentDispatch { reference, service_end })
            })
        };
        let is_stopped =
            |sent: &SentDispatch<'_>| of("stop").any(|stop| stop.text("ref") == Some(sent.reference));
        sent().find(|sent| !is_stopped(sent)).or_else(|| sent().next())
    }

    /// The next reference like this one that no step has.
    pub fn next_ref(&self, like: &str) -> String {
        let of = |list| self.source.list(list).filter_map(|(_, block)| block.text("ref"));
        let taken: Vec<&str> = of(List::Steps).chain(of(List::Trainee)).collect();
        let digits = like.len() - like.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (stem, number) = like.split_at(like.len() - digits);
        let stem = if digits == 0 { format!("{like}-") } else { stem.to_owned() };
        let from: u64 = number.parse().unwrap_or(0);
        let all = (1..=10_000).map(|more| format!("{stem}{:0digits$}", from.saturating_add(more)));
        all.into_iter().find(|new| !taken.contains(&new.as_str())).unwrap_or_else(|| format!("{like}-A"))
    }
}

/// A table's own text.
struct Body {
    text: String,
}

impl Body {
    /// When it is, of those that stand in order of time.
    fn parse_at(&self) -> Option<Offset> {
        let source = Source::of(&self.text)?;
        source.blocks.first().and_then(|block| offset(block, "at"))
    }
}

/// The edits that move all times of a block, held within what can be written.
fn shifted(block: &Block, list: List, by_s: i64) -> Vec<Edit> {
    let paths = moving(list, &kind_of(list, block), block);
    let fields: Vec<(&SourceField, i64)> = paths
        .iter()
        .filter_map(|path| Some((block.field(path)?, i64::from(offset(block, path)?.in_seconds()))))
        .collect();
    let least = fields.iter().map(|(_, at)| *at).min().unwrap_or(0);
    let most = fields.iter().map(|(_, at)| *at).max().unwrap_or(0);
    let by_s = by_s.clamp(-least, LAST_S - most);
    let moved = |at: i64| Offset::seconds(u32::try_from(at + by_s).unwrap_or(0));
    fields.iter().map(|(field, at)| (field.value.clone(), quoted(&written_like(field, moved(*at))))).collect()
}

/// How far an item can be moved, seconds earlier and later, within so many seconds of scenario.
pub(super) fn room(item: &Item, block: &Block, run_for_s: i64) -> (i64, i64) {
    let paths = moving(item.id.list, &item.kind, block);
    let times = || paths.iter().filter_map(|path| offset(block, path)).map(|at| i64::from(at.in_seconds()));
    let least = times().min().unwrap_or(0);
    let bound = item.at.map(|at| i64::from(at.in_seconds())).or_else(|| times().max()).unwrap_or(0);
    (-least, (run_for_s - bound).max(0))
}

fn applied(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| std::cmp::Reverse((range.start, range.end)));
    let mut out = text.to_owned();
    for (range, to) in edits {
        out.replace_range(range, &to);
    }
    out
}

/// `T+01:30`, with seconds where there are any.
pub(super) fn short(at: Offset) -> String {
    let whole = at.to_string();
    match whole.strip_suffix(":00") {
        Some(short) => short.to_owned(),
        None => whole,
    }
}

/// With seconds where they stood before.
fn written_like(field: &SourceField, at: Offset) -> String {
    let had_seconds = field.text.as_ref().is_some_and(|text| text.matches(':').count() == 2);
    if had_seconds { at.to_string() } else { short(at) }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Keys whose values are no texts.
const RAW: [&str; 27] = [
    "setpoints",
    "units",
    "real_kw",
    "reactive_kvar",
    "gbp_per_mwh",
    "factor",
    "share",
    "seconds",
    "kw",
    "marks",
    "within_s",
    "at_least_kw",
    "at_most_kw",
    "at_most_gbp",
    "share_at_least",
    "at_most",
    "alarms",
    "stages",
    "never",
    "level",
    "minutes",
    "rate",
    "point_out",
    "questions",
    "idle_marks",
    "seed",
    "poll_seconds",
];
/// The same of `[[expect]]`.
const RAW_EXPECTED: [&str; 6] = [
    "acknowledged_within_s",
    "readback_matched",
    "setpoints_reached",
    "ratio_at_least",
    "ratio_at_most",
    "stopped_within_s",
];

/// Whether a key's value is written as a text.
pub(super) fn is_text(path: &str) -> bool {
    let key = path.rsplit('.').next().unwrap_or(path);
    let key = key.split('[').next().unwrap_or(key);
    !RAW.contains(&key) && !RAW_EXPECTED.contains(&key)
}

/// As it is written: a text in quotes; numbers and lists as they are typed, where they can be read as such.
fn value_of(path: &str, input: &str, was_text: bool) -> String {
    // An entry of a list of texts is one, whatever it says.
    let is_text = is_text(path) || was_text && path.ends_with(']');
    let is_value = || input.trim().parse::<Value>().is_ok();
    // A text where a number belongs stays one until a number is typed.
    if !is_text && is_value() && !(was_text && input.trim().is_empty()) {
        input.trim().to_owned()
    } else {
        quoted(input)
    }
}

fn indent_at(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let before = &text[start..at];
    if before.trim().is_empty() { before } else { "" }
}
