//! `/reports`: a VEN's own, on events that it can see; business logic reads all and writes none.

use serde_json::{Map, Value};

use crate::vtn::access::{Caller, Scope};
use crate::vtn::object::{Draft, Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::shape;
use crate::vtn::store::{Objects, Stored};

use super::collection::{Collection, Filters, SeenBy};
use super::shaped;

pub(super) struct Reports;

impl Collection for Reports {
    const KIND: Kind = Kind::Report;
    const WRITTEN_WITH: Scope = Scope::WriteReports;
    const SEEN_BY: SeenBy = SeenBy::Owner;
    const FILTERS: Filters = Filters {
        parent: Some("eventID"),
        grandparent: Some("programID"),
        name: Some("clientName"),
        modified_since: true,
        ..Filters::NONE
    };

    fn members(_caller: &Caller, members: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
        shaped(members, shape::REPORT)
    }

    fn draft(
        objects: &Objects<'_>,
        caller: &Caller,
        members: Map<String, Value>,
        _stored: Option<&Stored>,
    ) -> Result<Draft, Problem> {
        let event_id = text(&members, "eventID").unwrap_or_default();
        let sight = caller.sight_by_targets(objects)?;
        let Some(event) = objects.seen(Kind::Event, &sight, event_id)? else {
            return Err(Problem::bad_request(format!(
                "`eventID` must be the id of an event that you can see; there is none with id `{event_id}`"
            )));
        };
        let client = Some(caller.client_id.clone());
        Ok(Draft { kind: Kind::Report, parent: Some(event.seq), client, members })
    }
}
