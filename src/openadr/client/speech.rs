//! Which version the VTN speaks, and objects in that version's shape.

use serde_json::Value;

use super::attempt::{Answer, Outgoing};
use super::error::Fault;
use super::object::Object;
use super::token::Pass;
use super::{ClientError, Inner};
use crate::openadr::legacy;
use crate::openadr::version::Version;
use crate::openadr::wire;

impl Inner {
    /// The version as the connection or the end of the base URL says it, or as it was found out before.
    pub fn said_version(&self) -> Option<Version> {
        self.version.get().copied().or_else(|| self.address.version())
    }

    /// The version, found out where nobody says it.
    pub async fn version(&self) -> Result<Version, ClientError> {
        if let Some(version) = self.said_version() {
            return Ok(version);
        }
        let version = self.persistently(&|| Box::pin(self.probe())).await?;
        Ok(*self.version.get_or_init(|| version))
    }

    /// By `/auth/server`, which came with 3.1. With a token in hand: a gateway that has lost its VTN answers 404 to
    /// everything, and that says nothing about the VTN.
    async fn probe(&self) -> Result<Version, Fault> {
        let pass = self.pass_unused().await?;
        match self.known_door().await?.is_there {
            Some(true) => Ok(Version::V3_1),
            Some(false) => Ok(Version::V3_0),
            None => self.probe_with(&pass).await,
        }
    }

    /// Where even `/auth/server` asks for a token: whether it is there for who has one.
    async fn probe_with(&self, pass: &Pass) -> Result<Version, Fault> {
        let outgoing = Outgoing::get(self.address.url(&["auth", "server"], &[]));
        let read = |_: &Answer| Ok((Version::V3_1, "OpenADR 3.1".to_owned()));
        match self.attempt(&outgoing, Some(&pass.bearer), &pass.masks, &read).await {
            Err(fault) if matches!(fault.error.status(), Some(404 | 405 | 501)) => Ok(Version::V3_0),
            Err(fault) if fault.error.status().is_some() && !fault.is_worth_retrying() => Ok(Version::V3_1),
            answered => answered,
        }
    }
}

/// The path of a kind's collection. Resources of 3.0 are their ven's.
pub(super) fn collection<T: Object>(version: Version, parent: Option<&str>) -> Vec<&str> {
    match (version, parent) {
        (Version::V3_0, Some(parent)) => vec!["vens", parent, T::PATH],
        _ => vec![T::PATH],
    }
}

/// A request's body.
pub(super) fn spoken<T: Object>(version: Version, object: &T) -> Result<Value, serde_json::Error> {
    let body = serde_json::to_value(object.as_request())?;
    Ok(match version {
        Version::V3_1 => body,
        Version::V3_0 => legacy::to_3_0(T::KIND, body),
    })
}

/// Whether what is in a body can be read as it stands: it is of 3.1, and no member goes by another name.
pub(super) fn is_plain(version: Version, body: &[u8]) -> bool {
    version == Version::V3_1 && memchr::memmem::find(body, OTHER_CLIENT_ID).is_none()
}

/// As openleadr-vtn 0.2.8 writes `clientID` in places.
const OTHER_CLIENT_ID: &[u8] = b"\"clientId\"";

/// An object of an answer, as 3.1 has it.
pub(super) fn understood<T: Object>(
    version: Version,
    parent: Option<&str>,
    object: Value,
) -> Result<T, serde_json::Error> {
    let mut object = match version {
        Version::V3_1 => object,
        Version::V3_0 => legacy::from_3_0(T::KIND, object),
    };
    if let Some(members) = object.as_object_mut() {
        if !members.contains_key("clientID")
            && let Some(client_id) = members.shift_remove("clientId")
        {
            members.insert("clientID".to_owned(), client_id);
        }
        if let Some(parent) = parent.filter(|_| version == Version::V3_0)
            && !members.contains_key("venID")
        {
            members.insert("venID".to_owned(), parent.into());
        }
    }
    wire::read_value(object)
}
