//! The six kinds of object, and how a client's members become the text that is kept and answered.

use serde::ser::{Error as _, SerializeMap as _};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::stamp::Stamp;

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Program,
    Event,
    Report,
    Subscription,
    Ven,
    Resource,
}

impl Kind {
    /// `objectType` in answers.
    pub(super) fn object_type(self) -> &'static str {
        match self {
            Self::Program => "PROGRAM",
            Self::Event => "EVENT",
            Self::Report => "REPORT",
            Self::Subscription => "SUBSCRIPTION",
            Self::Ven => "VEN",
            Self::Resource => "RESOURCE",
        }
    }

    /// The kind with this `objectType`.
    pub(super) fn of_object_type(text: &str) -> Option<Self> {
        [Self::Program, Self::Event, Self::Report, Self::Subscription, Self::Ven, Self::Resource]
            .into_iter()
            .find(|kind| kind.object_type() == text)
    }

    /// What a person calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Event => "event",
            Self::Report => "report",
            Self::Subscription => "subscription",
            Self::Ven => "ven",
            Self::Resource => "resource",
        }
    }

    /// The member by which it is looked up.
    pub(super) fn name_member(self) -> Option<&'static str> {
        match self {
            Self::Program => Some("programName"),
            Self::Event => None,
            Self::Report | Self::Subscription => Some("clientName"),
            Self::Ven => Some("venName"),
            Self::Resource => Some("resourceName"),
        }
    }

    /// The member that no two of the kind have in common: within a ven for resources, else within the VTN.
    pub(super) fn unique_member(self) -> Option<&'static str> {
        match self {
            Self::Program | Self::Ven | Self::Resource => self.name_member(),
            Self::Event | Self::Report | Self::Subscription => None,
        }
    }

    /// Whether the server says which client it belongs to.
    fn has_client(self) -> bool {
        matches!(self, Self::Report | Self::Subscription | Self::Ven | Self::Resource)
    }
}

/// An object as a client wants it, checked.
pub(super) struct Draft {
    pub(super) kind: Kind,
    /// Row of the program of an event or a subscription, the event of a report, the ven of a resource.
    pub(super) parent: Option<i64>,
    /// The client that it belongs to.
    pub(super) client: Option<String>,
    /// As sent; of those that are `written`, at least what is looked at.
    pub(super) members: Map<String, Value>,
    /// All members as they are kept, without the braces around them, where they came just so.
    pub(super) written: Option<String>,
}

/// The server's own members take about so many bytes.
const ROOM_FOR_METADATA: usize = 256;

/// What the server adds.
pub(super) struct Metadata<'a> {
    pub(super) id: &'a str,
    pub(super) created: Stamp,
    pub(super) modified: Stamp,
}

impl Draft {
    pub(super) fn name(&self) -> Option<&str> {
        self.kind.name_member().and_then(|member| text(&self.members, member))
    }

    /// Its targets, in the order written.
    pub(super) fn targets(&self) -> Vec<&str> {
        targets(&self.members)
    }

    /// The whole object as JSON: metadata first, then the client's members in the client's order and own writing.
    /// What the client says of the server's members is left out.
    pub(super) fn to_json(&self, metadata: &Metadata<'_>) -> Result<String, serde_json::Error> {
        let written = self.written.as_deref().unwrap_or_default();
        let mut text = Vec::with_capacity(ROOM_FOR_METADATA + written.len());
        serde_json::to_writer(&mut text, &Whole { draft: self, metadata })?;
        if !written.is_empty() {
            text.pop();
            text.push(b',');
            text.extend_from_slice(written.as_bytes());
            text.push(b'}');
        }
        String::from_utf8(text).map_err(serde_json::Error::custom)
    }

    fn is_the_servers(&self, member: &str) -> bool {
        matches!(member, "id" | "createdDateTime" | "modificationDateTime" | "objectType")
            || (member == "clientID" && self.kind.has_client())
    }
}

/// An object as it is kept and answered, without what is written already.
struct Whole<'a> {
    draft: &'a Draft,
    metadata: &'a Metadata<'a>,
}

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { draft, metadata } = self;
        let mut whole = serializer.serialize_map(None)?;
        whole.serialize_entry("id", metadata.id)?;
        whole.serialize_entry("createdDateTime", &metadata.created.to_string())?;
        whole.serialize_entry("modificationDateTime", &metadata.modified.to_string())?;
        whole.serialize_entry("objectType", draft.kind.object_type())?;
        if let Some(client) = &draft.client {
            whole.serialize_entry("clientID", client)?;
        }
        let members = draft.members.iter().filter(|_| draft.written.is_none());
        for (name, value) in members.filter(|(name, _)| !draft.is_the_servers(name)) {
            whole.serialize_entry(name, value)?;
        }
        whole.end()
    }
}

/// A member that is text.
pub(super) fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

/// The member `targets`, none when it is missing or null.
pub(super) fn targets(members: &Map<String, Value>) -> Vec<&str> {
    let list = members.get("targets").and_then(Value::as_array);
    list.map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// The object with only those of its targets that are in `seen`.
pub(super) fn with_targets_hidden(body: &str, seen: &[String]) -> Result<String, serde_json::Error> {
    let mut members: Map<String, Value> = serde_json::from_str(body)?;
    if let Some(Value::Array(targets)) = members.get_mut("targets") {
        targets.retain(|t| t.as_str().is_some_and(|t| seen.iter().any(|s| s == t)));
    }
    serde_json::to_string(&members)
}

/// The subscription without the tokens for its callbacks.
pub(super) fn without_bearer_tokens(body: &str) -> Result<String, serde_json::Error> {
    let mut members: Map<String, Value> = serde_json::from_str(body)?;
    let entries = members.get_mut("objectOperations").and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten().filter_map(Value::as_object_mut) {
        entry.shift_remove("bearerToken");
    }
    serde_json::to_string(&members)
}
