//! XML as messages need it: elements with attributes, text or children, escaped and indented.

use std::io;

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

/// More attributes than this stand one a line, unless one of them is too long for that.
const ATTRIBUTES_IN_A_LINE: usize = 4;
/// The longest attribute that stands in a line of its own, characters.
const LONGEST: usize = 62;

/// An element.
#[derive(Clone, Debug)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Text(String),
    Children(Vec<Element>),
}

impl Element {
    /// An empty one.
    pub fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), content: Content::Children(Vec::new()) }
    }

    /// One with a text.
    #[expect(clippy::needless_pass_by_value, reason = "given whatever can be written, often made for it")]
    pub fn text(name: &'static str, text: impl ToString) -> Self {
        Self { content: Content::Text(allowed(&text.to_string())), ..Self::new(name) }
    }

    /// With an attribute more.
    #[expect(clippy::needless_pass_by_value, reason = "given whatever can be written, often made for it")]
    pub fn attribute(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, allowed(&value.to_string())));
        self
    }

    /// With these within it, after those that are there.
    pub fn with(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        match &mut self.content {
            Content::Children(within) => within.extend(children),
            Content::Text(_) => self.content = Content::Children(children.into_iter().collect()),
        }
        self
    }

    /// As a document, indented.
    pub fn document(&self) -> String {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        // Writing to memory does not fail.
        let written = self.write(&mut writer, 0).map(|()| writer.into_inner());
        written.ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default() + "\n"
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>, depth: usize) -> io::Result<()> {
        let tag = BytesStart::from_content(self.tag(depth), self.name.len());
        let children = match &self.content {
            Content::Children(children) if children.is_empty() => {
                return writer.write_event(Event::Empty(tag));
            }
            Content::Children(children) => children.as_slice(),
            Content::Text(_) => &[],
        };
        writer.write_event(Event::Start(tag))?;
        if let Content::Text(text) = &self.content {
            writer.write_event(Event::Text(BytesText::new(text)))?;
        }
        children.iter().try_for_each(|child| child.write(writer, depth + 1))?;
        writer.write_event(Event::End(BytesEnd::new(self.name)))
    }

    /// Name and attributes, as they stand between the angle brackets.
    fn tag(&self, depth: usize) -> String {
        let attributes: Vec<String> = self
            .attributes
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escape(value.as_str())))
            .collect();
        let fit = attributes.iter().all(|attribute| attribute.chars().count() <= LONGEST);
        let before = if attributes.len() > ATTRIBUTES_IN_A_LINE && fit {
            format!("\n{}", "  ".repeat(depth + 1))
        } else {
            " ".to_owned()
        };
        attributes.iter().fold(self.name.to_owned(), |tag, attribute| tag + &before + attribute)
    }
}

/// What XML 1.0 can hold of a text; anything else as U+FFFD.
fn allowed(text: &str) -> String {
    let is_allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.chars().map(|c| if is_allowed(c) { c } else { '\u{fffd}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_a_document_is_escaped() {
        let root = Element::new("a")
            .attribute("b", "x\"<&'>")
            .with([Element::text("c", "1 < 2 & \u{1}"), Element::new("d")]);
        assert_eq!(
            root.document(),
            "<a b=\"x&quot;&lt;&amp;&apos;&gt;\">\n  <c>1 &lt; 2 &amp; \u{fffd}</c>\n  <d/>\n</a>\n"
        );
    }
}
