//! `/reports`: a VEN's own, on events that it can see, for resources that are its own; business logic reads all and
//! writes none.

use serde_json::{Map, Value};

use crate::vtn::access::{Caller, Scope};
use crate::vtn::belongings::Belongings;
use crate::vtn::body::JsonBody;
use crate::vtn::object::{Draft, Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::shape::plain::Plain;
use crate::vtn::shape::{self, shortened};
use crate::vtn::store::{Objects, Stored};

use super::collection::{Asked, Collection, Filters, SeenBy};
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

    fn asked(caller: &Caller, body: &JsonBody) -> Result<Asked, Problem> {
        match shape::plain::report(body.text()) {
            Some(Plain { members, written }) => Ok(Asked { members, written: Some(written.to_owned()) }),
            None => Ok(Asked { members: Self::members(caller, body.object()?)?, written: None }),
        }
    }

    fn draft(
        objects: &Objects<'_>,
        caller: &Caller,
        own: &Belongings,
        members: Map<String, Value>,
        _stored: Option<&Stored>,
    ) -> Result<Draft, Problem> {
        let event_id = text(&members, "eventID").unwrap_or_default();
        // What is targeted at nobody is seen by all.
        let event = objects.row_granted(Kind::Event, event_id, |target| own.is_granted(target))?;
        let Some(event) = event else {
            return Err(Problem::bad_request(format!(
                "`eventID` must be the id of an event that you can see; there is none with id `{event_id}`"
            )));
        };
        for name in names_in(&members).filter(|name| *name != AGGREGATED && !own.is_named(name)) {
            may_report_for(objects, caller, name)?;
        }
        let client = Some(caller.client_id.clone());
        Ok(Draft { kind: Kind::Report, parent: Some(event), client, members, written: None })
    }
}

/// The resource that stands for all of an FSP's together (OpenADR 3.1 Definition, "report").
const AGGREGATED: &str = "AGGREGATED_REPORT";

fn names_in(report: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let resources = report.get("resources").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    resources.iter().filter_map(|resource| resource.get("resourceName")?.as_str())
}

/// Credentials are for one site: a client that has resources reports for those alone, and for its ven as a whole, under
/// that one's name. One that has none, as clients that never register any, reports under any name that is not another's:
/// this one, which is not its own, too.
fn may_report_for(objects: &Objects<'_>, caller: &Caller, name: &str) -> Result<(), Problem> {
    let client = caller.client_id.as_str();
    let shown = shortened(name);
    if objects.count_of(Kind::Resource, client)? > 0 {
        return Err(Problem::forbidden(format!(
            "client `{client}` has no resource `{shown}`, and reports for its own alone; GET /resources lists those"
        )));
    }
    for kind in [Kind::Resource, Kind::Ven] {
        if objects.id_of_name(kind, None, name)?.is_some() {
            let what = if kind == Kind::Ven { "ven" } else { "resource" };
            return Err(Problem::forbidden(format!(
                "the {what} `{shown}` is another client's; client `{client}` has no resource of its own, and reports under \
                 a name that nobody else has"
            )));
        }
    }
    Ok(())
}
