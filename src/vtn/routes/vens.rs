//! `/vens`: one for each client. Business logic writes any of them and grants targets; a VEN writes its own.

use serde_json::{Map, Value};

use crate::vtn::access::{Caller, Scope};
use crate::vtn::belongings::Belongings;
use crate::vtn::object::{Draft, Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::shape::{self, shortened};
use crate::vtn::store::{Objects, Stored};

use super::collection::{Collection, Filters, SeenBy};
use super::grant::{check_request_type, keep_granted_targets};
use super::shaped;

pub(super) struct Vens;

impl Collection for Vens {
    const KIND: Kind = Kind::Ven;
    const WRITTEN_WITH: Scope = Scope::WriteVens;
    const SEEN_BY: SeenBy = SeenBy::Owner;
    const FILTERS: Filters = Filters { name: Some("venName"), targets: true, ..Filters::NONE };

    fn members(caller: &Caller, members: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
        check_request_type(caller, &members, Kind::Ven)?;
        shaped(members, if caller.is_business() { shape::BL_VEN } else { shape::VEN_VEN })
    }

    fn draft(
        objects: &Objects<'_>,
        caller: &Caller,
        _own: &Belongings,
        mut members: Map<String, Value>,
        stored: Option<&Stored>,
    ) -> Result<Draft, Problem> {
        let client = match caller.is_business() {
            true => text(&members, "clientID").unwrap_or_default().to_owned(),
            false => caller.client_id.clone(),
        };
        if let Some(stored) = stored {
            client_stays(stored, &client)?;
        }
        keep_granted_targets(caller, &mut members, stored)?;
        if stored.is_none() {
            client_is_free(objects, &client)?;
        }
        Ok(Draft { kind: Kind::Ven, parent: None, client: Some(client), members, written: None })
    }
}

fn client_stays(stored: &Stored, client: &str) -> Result<(), Problem> {
    match stored.client.as_deref() {
        Some(own) if own == client => Ok(()),
        own => Err(Problem::conflict(format!(
            "the ven belongs to the client `{}`, and `clientID` cannot be changed to `{}`; delete the ven and create \
             it for the other client",
            own.unwrap_or_default(),
            shortened(client)
        ))),
    }
}

fn client_is_free(objects: &Objects<'_>, client: &str) -> Result<(), Problem> {
    match objects.ven_of(client)? {
        Some(ven) => Err(Problem::conflict(format!(
            "the client `{}` has a ven already, with id `{}`, and a client has one; PUT that one",
            shortened(client),
            ven.id
        ))),
        None => Ok(()),
    }
}
