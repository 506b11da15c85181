//! `/events`: hidden from VENs by their targets, written by business logic.

use serde_json::{Map, Value};

use crate::vtn::access::{Caller, Scope};
use crate::vtn::belongings::Belongings;
use crate::vtn::object::{Draft, Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::shape;
use crate::vtn::store::{Objects, Stored};

use super::collection::{Collection, Filters, SeenBy};
use super::shaped;

pub(super) struct Events;

impl Collection for Events {
    const KIND: Kind = Kind::Event;
    const WRITTEN_WITH: Scope = Scope::WriteEvents;
    const SEEN_BY: SeenBy = SeenBy::Targets;
    const FILTERS: Filters = Filters {
        parent: Some("programID"),
        targets: true,
        active: true,
        modified_since: true,
        ..Filters::NONE
    };

    fn members(_caller: &Caller, members: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
        shaped(members, shape::EVENT)
    }

    fn draft(
        objects: &Objects<'_>,
        _caller: &Caller,
        _own: &Belongings,
        members: Map<String, Value>,
        _stored: Option<&Stored>,
    ) -> Result<Draft, Problem> {
        let program_id = text(&members, "programID").unwrap_or_default();
        let Some(program) = objects.find(Kind::Program, program_id)? else {
            return Err(Problem::bad_request(format!(
                "`programID` must be the id of a program; there is none with id `{program_id}`"
            )));
        };
        Ok(Draft { kind: Kind::Event, parent: Some(program.seq), client: None, members, written: None })
    }
}
