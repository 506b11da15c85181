//! `/resources`: a ven's dispatch units. They belong to the client of their ven; only business logic grants targets.

use serde_json::{Map, Value};

use crate::vtn::access::{Caller, Scope};
use crate::vtn::belongings::Belongings;
use crate::vtn::object::{Draft, Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::shape::{self, shortened};
use crate::vtn::store::{Objects, Stored};

use super::collection::{Collection, Filters, SeenBy};
use super::grant::{check_request_type, keep_granted_targets};
use super::{no_such, shaped};

pub(super) struct Resources;

impl Collection for Resources {
    const KIND: Kind = Kind::Resource;
    const WRITTEN_WITH: Scope = Scope::WriteVens;
    const SEEN_BY: SeenBy = SeenBy::Owner;
    const FILTERS: Filters =
        Filters { parent: Some("venID"), name: Some("resourceName"), targets: true, ..Filters::NONE };

    fn members(caller: &Caller, members: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
        check_request_type(caller, &members, Kind::Resource)?;
        shaped(members, if caller.is_business() { shape::BL_RESOURCE } else { shape::VEN_RESOURCE })
    }

    fn draft(
        objects: &Objects<'_>,
        caller: &Caller,
        _own: &Belongings,
        mut members: Map<String, Value>,
        stored: Option<&Stored>,
    ) -> Result<Draft, Problem> {
        keep_granted_targets(caller, &mut members, stored)?;
        let ven = ven_of(objects, caller, &members)?;
        if caller.is_business()
            && let Some(claimed) = text(&members, "clientID")
            && ven.client.as_deref() != Some(claimed)
        {
            return Err(Problem::bad_request(format!(
                "`clientID` must be that of the ven, `{}`, or left out; it is `{}`",
                ven.client.as_deref().unwrap_or_default(),
                shortened(claimed)
            )));
        }
        members.insert("venID".to_owned(), Value::String(ven.id));
        Ok(Draft { kind: Kind::Resource, parent: Some(ven.seq), client: ven.client, members, written: None })
    }
}

/// The ven that the resource names, or the caller's own when it names none.
fn ven_of(objects: &Objects<'_>, caller: &Caller, members: &Map<String, Value>) -> Result<Stored, Problem> {
    match text(members, "venID") {
        Some(id) => objects
            .find(Kind::Ven, id)?
            .filter(|ven| caller.is_business() || ven.client.as_deref() == Some(caller.client_id.as_str()))
            .ok_or_else(|| no_such(Kind::Ven, id)),
        None => objects.ven_of(&caller.client_id)?.ok_or_else(|| {
            Problem::bad_request("you have no ven for the resource to belong to; POST /vens first")
        }),
    }
}
