//! Where everything stands in a scenario's text: each table of its lists with its comments, and each value in it. Only the
//! bytes that are meant are ever written anew.

use std::ops::Range;

use toml_edit::{Document, Item as Entry, Table, TableLike, Value};

use super::item::{ItemId, List};

/// A text that is TOML, taken apart.
#[derive(Debug)]
pub(super) struct Source {
    /// In the order of the text; the keys above all tables are the first of them where there are any.
    pub blocks: Vec<Block>,
    /// As the text ends its lines.
    pub newline: &'static str,
    /// Lists that are written within one value, in which nothing can be moved.
    pub folded: Vec<List>,
}

/// A table with the comments that stand directly above it, by whole lines; blank lines around it are nobody's.
#[derive(Debug)]
pub(super) struct Block {
    /// Of a list; `None` for the keys above all tables and for `[workshop]`.
    pub id: Option<ItemId>,
    /// Where it stands in the order in which scenarios are written.
    pub rank: u8,
    /// Its bytes.
    pub range: Range<usize>,
    /// Its keys and, below those that hold more, theirs.
    pub fields: Vec<SourceField>,
}

/// A value of a block.
#[derive(Debug)]
pub(super) struct SourceField {
    /// `at`, `setpoints[0].real_kw`.
    pub path: String,
    /// The bytes of the value.
    pub value: Range<usize>,
    /// The bytes of its key, of those that stand directly in the block's table.
    pub key: Option<Range<usize>>,
    /// What a text says; `None` of what is no text.
    pub text: Option<String>,
    /// As it is written.
    pub written: String,
}

impl Block {
    pub fn field(&self, path: &str) -> Option<&SourceField> {
        self.fields.iter().find(|field| field.path == path)
    }

    /// What a text of it says.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.field(path).and_then(|field| field.text.as_deref())
    }
}

/// The rank of keys above all tables.
const ROOT: u8 = 0;
/// The rank of `[workshop]`, and of tables that no scenario has.
const NOTE: u8 = 1;

impl Source {
    /// Takes a text apart; `None` where it is no TOML.
    pub fn of(text: &str) -> Option<Self> {
        let document = Document::parse(text).ok()?;
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let (mut blocks, mut folded) = (Vec::new(), Vec::new());
        let root = document.as_table();
        let mut own = Fields { text, all: Vec::new() };
        for (name, entry) in root.iter() {
            match (entry, List::of_key(name)) {
                (Entry::ArrayOfTables(tables), list) => {
                    for (index, table) in tables.iter().enumerate() {
                        let id = list.map(|list| ItemId { list, index });
                        blocks.extend(block(text, id, list.map_or(NOTE, List::rank), table));
                    }
                }
                (Entry::Table(table), _) if !table.is_dotted() => {
                    blocks.extend(block(text, None, NOTE, table));
                }
                (entry, list) => {
                    folded.extend(list);
                    own.take(root, name, name, entry);
                }
            }
        }
        if let Some(begin) = own.all.iter().filter_map(|field| field.key.as_ref()).map(|key| key.start).min()
        {
            let last = own.end().unwrap_or(begin);
            let range = line_start(text, begin)..line_end(text, last);
            blocks.push(Block { id: None, rank: ROOT, range, fields: own.all });
        }
        blocks.sort_by_key(|block| block.range.start);
        take_comments(text, &mut blocks);
        Some(Self { blocks, newline, folded })
    }

    /// The block of an item.
    pub fn block(&self, id: ItemId) -> Option<&Block> {
        self.blocks.iter().find(|block| block.id == Some(id))
    }

    /// The blocks of a list, in order.
    pub fn list(&self, list: List) -> impl Iterator<Item = (ItemId, &Block)> {
        self.blocks.iter().filter_map(move |block| {
            let id = block.id.filter(|id| id.list == list)?;
            Some((id, block))
        })
    }

    /// A text that stands above all tables.
    pub fn root_text(&self, key: &str) -> Option<&str> {
        self.root().and_then(|block| block.text(key))
    }

    /// The keys above all tables.
    pub fn root(&self) -> Option<&Block> {
        self.blocks.iter().find(|block| block.rank == ROOT)
    }

    /// The block of `[workshop]`.
    pub fn note(&self) -> Option<&Block> {
        self.blocks.iter().find(|block| block.rank == NOTE && block.id.is_none())
    }
}

fn block(text: &str, id: Option<ItemId>, rank: u8, table: &Table) -> Option<Block> {
    let head = table.span()?;
    let mut fields = Fields { text, all: Vec::new() };
    for (name, entry) in table.iter() {
        fields.take(table, name, name, entry);
    }
    let last = fields.end().unwrap_or(head.end).max(head.end);
    Some(Block { id, rank, range: line_start(text, head.start)..line_end(text, last), fields: fields.all })
}

/// Collects what a table holds.
struct Fields<'t> {
    text: &'t str,
    all: Vec<SourceField>,
}

impl Fields<'_> {
    fn end(&self) -> Option<usize> {
        self.all.iter().map(|field| field.value.end).max()
    }

    fn take(&mut self, table: &dyn TableLike, name: &str, path: &str, entry: &Entry) {
        let key = table.get_key_value(name).and_then(|(key, _)| key.span());
        match entry {
            Entry::Value(value) => self.take_value(path, key, value),
            Entry::Table(inner) => self.take_inner(path, inner),
            Entry::ArrayOfTables(tables) => {
                for (index, inner) in tables.iter().enumerate() {
                    self.take_inner(&format!("{path}[{index}]"), inner);
                }
            }
            Entry::None => {}
        }
    }

    fn take_inner(&mut self, path: &str, inner: &dyn TableLike) {
        for (name, entry) in inner.iter() {
            let before = self.all.len();
            self.take(inner, name, &format!("{path}.{name}"), entry);
            self.all[before..].iter_mut().for_each(|field| field.key = None);
        }
    }

    fn take_value(&mut self, path: &str, key: Option<Range<usize>>, value: &Value) {
        let Some(span) = value.span() else { return };
        let written = self.text.get(span.clone()).unwrap_or_default().to_owned();
        let text = value.as_str().map(str::to_owned);
        self.all.push(SourceField { path: path.to_owned(), value: span, key, text, written });
        match value {
            Value::Array(array) => {
                for (index, value) in array.iter().enumerate() {
                    self.take_value(&format!("{path}[{index}]"), None, value);
                }
            }
            Value::InlineTable(inner) => self.take_inner(path, inner),
            _ => {}
        }
    }
}

/// The beginning of the line that holds a byte.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The end of the line that holds the byte before, its line break with it.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// Gives each block the comments that stand directly above it, and those that stand directly below and above nobody.
fn take_comments(text: &str, blocks: &mut [Block]) {
    let mut floor = 0;
    for block in &mut *blocks {
        while block.range.start > floor && block.rank != ROOT {
            let above = line_start(text, block.range.start - 1);
            if above < floor || !is_comment(&text[above..block.range.start]) {
                break;
            }
            block.range.start = above;
        }
        floor = block.range.end;
    }
    for index in 0..blocks.len() {
        let most = blocks.get(index + 1).map_or(text.len(), |next| next.range.start);
        let range = &mut blocks[index].range;
        while range.end < most {
            let below = line_end(text, range.end);
            if !is_comment(&text[range.end..below]) {
                break;
            }
            range.end = below;
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// How far blank lines go on from a byte that begins a line.
pub(super) fn blank_after(text: &str, from: usize) -> usize {
    let mut at = from;
    while at < text.len() {
        let next = line_end(text, at);
        if !text[at..next].trim().is_empty() {
            break;
        }
        at = next;
    }
    at
}

/// Where the blank lines begin that end at a byte that begins a line.
pub(super) fn blank_before(text: &str, to: usize) -> usize {
    let mut at = to;
    while at > 0 {
        let above = line_start(text, at - 1);
        if !text[above..at].trim().is_empty() {
            break;
        }
        at = above;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# About it.\nname = \"A\" # short\n\n# ---- The story ----\n\n# First,\n# and long.\n[[steps]]\nat = \"T+00:01\"\naction = \"note\"\n\ntext = \"One\"\n# Its end.\n\n# Loose.\n\n[[steps]]\nat = \"T+00:02\"\naction = \"send\"\n[[steps.setpoints]]\nat = \"T+00:03\"\n[[marks]]\nkind = \"cost\"";

    #[test]
    fn a_table_goes_with_its_own_comments_and_without_those_of_nobody() {
        let source = Source::of(TEXT).unwrap();
        let shown: Vec<&str> = source.blocks.iter().map(|block| &TEXT[block.range.clone()]).collect();
        assert_eq!(
            shown,
            [
                "name = \"A\" # short\n",
                "# First,\n# and long.\n[[steps]]\nat = \"T+00:01\"\naction = \"note\"\n\ntext = \"One\"\n# Its end.\n",
                "[[steps]]\nat = \"T+00:02\"\naction = \"send\"\n[[steps.setpoints]]\nat = \"T+00:03\"\n",
                "[[marks]]\nkind = \"cost\"",
            ]
        );
        let second = ItemId { list: List::Steps, index: 1 };
        assert_eq!(source.block(second).unwrap().text("setpoints[0].at"), Some("T+00:03"));
        assert_eq!(source.root_text("name"), Some("A"));
        assert!(Source::of("name = ").is_none());
        assert_eq!(Source::of("steps = []").unwrap().folded, [List::Steps]);
    }

    #[test]
    fn a_mark_of_byte_order_and_other_line_ends_move_nothing() {
        let text = format!("\u{feff}{}", TEXT.replace('\n', "\r\n"));
        let source = Source::of(&text).unwrap();
        assert_eq!(source.newline, "\r\n");
        let field = source.blocks[0].field("name").unwrap();
        assert_eq!(&text[field.value.clone()], "\"A\"");
        assert!(text[source.blocks[1].range.clone()].starts_with("# First,\r\n"));
    }
}
