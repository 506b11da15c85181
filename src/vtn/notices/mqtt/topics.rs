//! The names of topics, and who is to be let read them.
//!
//! | topics | carry | to be read by |
//! |---|---|---|
//! | `openadr3/business/…` | every change of every object | business logic |
//! | `openadr3/vens/{client id}/…` | what this client's ven sees by its targets, and the client's own objects | that client |
//! | `openadr3/public/…` | programs and events without targets | every client |
//!
//! A VEN's topics bear its client id, not the id of its ven: a broker knows a client by its user name or by its
//! certificate's common name, and so one rule serves all VENs (mosquitto: `pattern read openadr3/vens/%u/#`).

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::vtn::notices::Operation;
use crate::vtn::object::Kind;

/// What all topics begin with.
const ROOT: &str = "openadr3";

/// Characters that part a topic into levels or stand for several, and the one that escapes them.
const SPECIAL: &AsciiSet = &CONTROLS.add(b'/').add(b'+').add(b'#').add(b'%').add(b'$');

/// Who reads topics that are of no single VEN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vtn) enum Audience {
    /// Business logic.
    Business,
    /// Every client.
    Public,
}

impl Audience {
    fn word(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Public => "public",
        }
    }
}

/// Of all objects of a kind.
pub(in crate::vtn) fn of_all(audience: Audience, kind: Kind) -> String {
    format!("{ROOT}/{}/{}s", audience.word(), kind.word())
}

/// Of one program.
pub(in crate::vtn) fn of_program(audience: Audience, program: &str) -> String {
    format!("{ROOT}/{}/programs/{}", audience.word(), level(program))
}

/// Of the events of one program.
pub(in crate::vtn) fn of_program_events(audience: Audience, program: &str) -> String {
    format!("{}/events", of_program(audience, program))
}

/// Of a client's ven itself.
pub(in crate::vtn) fn of_ven(client: &str) -> String {
    format!("{ROOT}/vens/{}", level(client))
}

/// Of the objects of a kind that a client's ven sees.
pub(in crate::vtn) fn of_ven_objects(client: &str, kind: Kind) -> String {
    format!("{}/{}s", of_ven(client), kind.word())
}

/// The topic of an operation.
pub(in crate::vtn) fn of_operation(topics: &str, operation: Operation) -> String {
    format!("{topics}/{}", operation.name().to_ascii_lowercase())
}

fn level(text: &str) -> String {
    utf8_percent_encode(text, SPECIAL).to_string()
}
