//! `/programs`: hidden from VENs by their targets, written by business logic.

use serde_json::{Map, Value};

use crate::vtn::access::{Caller, Scope};
use crate::vtn::belongings::Belongings;
use crate::vtn::object::{Draft, Kind};
use crate::vtn::problem::Problem;
use crate::vtn::shape;
use crate::vtn::store::{Objects, Stored};

use super::collection::{Collection, Filters, SeenBy};
use super::shaped;

pub(super) struct Programs;

impl Collection for Programs {
    const KIND: Kind = Kind::Program;
    const WRITTEN_WITH: Scope = Scope::WritePrograms;
    const SEEN_BY: SeenBy = SeenBy::Targets;
    const FILTERS: Filters = Filters { name: Some("programName"), targets: true, ..Filters::NONE };

    fn members(_caller: &Caller, members: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
        shaped(members, shape::PROGRAM)
    }

    fn draft(
        _objects: &Objects<'_>,
        _caller: &Caller,
        _own: &Belongings,
        members: Map<String, Value>,
        _stored: Option<&Stored>,
    ) -> Result<Draft, Problem> {
        Ok(Draft { kind: Kind::Program, parent: None, client: None, members, written: None })
    }
}
