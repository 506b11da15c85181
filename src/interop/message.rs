//! A message as a system would carry it.

/// So many messages are written out; how many there are in all is counted.
pub const MOST_MESSAGES: usize = 24;

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// XML 1.0.
    Xml,
    /// One JSON document.
    Json,
    /// Comma-separated values with a row of heads.
    Table,
    /// Labelled lines in words: what is known of a message whose form is not.
    Card,
    /// An HTTP request without a body.
    Request,
}

impl Form {
    /// A word for people and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Xml => "XML",
            Self::Json => "JSON",
            Self::Table => "table",
            Self::Card => "card",
            Self::Request => "request",
        }
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is, and when it is sent where that is not at once.
    pub title: String,
    /// How it is written.
    pub form: Form,
    /// The whole of it.
    pub text: String,
}

impl Message {
    /// One message.
    pub(super) fn new(title: impl Into<String>, form: Form, text: impl Into<String>) -> Self {
        Self { title: title.into(), form, text: text.into() }
    }

    /// A card of labelled lines.
    pub(super) fn card(title: impl Into<String>, lines: &[(&str, String)]) -> Self {
        let widest = lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
        let mut text = String::new();
        for (label, value) in lines {
            text += &format!("{label:widest$}  {value}\n");
        }
        Self::new(title, Form::Card, text)
    }

    /// A JSON document.
    pub(super) fn json(title: impl Into<String>, document: &serde_json::Value) -> Self {
        Self::new(title, Form::Json, format!("{document:#}\n"))
    }
}
