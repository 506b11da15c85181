//! Who may grant targets, and which request is whose (`BL_…_REQUEST` and `VEN_…_REQUEST` of OpenADR 3.1).

use serde_json::{Map, Value};

use crate::vtn::access::Caller;
use crate::vtn::object::{Kind, targets};
use crate::vtn::problem::Problem;
use crate::vtn::shape::shown;
use crate::vtn::store::Stored;

use super::unreadable;

/// Checks `objectType`. A request without one, or with the type of the object that it was read from, is taken for the
/// caller's own kind of request.
pub(super) fn check_request_type(
    caller: &Caller,
    members: &Map<String, Value>,
    kind: Kind,
) -> Result<(), Problem> {
    let object = kind.object_type();
    let (business, own) = (format!("BL_{object}_REQUEST"), format!("VEN_{object}_REQUEST"));
    match members.get("objectType") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(given)) if *given == own || given == object => Ok(()),
        Some(Value::String(given)) if *given == business && caller.is_business() => Ok(()),
        Some(Value::String(given)) if *given == business => Err(Problem::forbidden(format!(
            "{business} is for business logic; client `{}` is a VEN and sends {own}",
            caller.client_id
        ))),
        Some(other) => Err(Problem::bad_request(format!(
            "`objectType` must be {business} from business logic, {own} from a VEN, or left out; it is {}",
            shown(other)
        ))),
    }
}

/// Holds a VEN to the targets that business logic has granted on the object: it may repeat them, as it read them, and
/// they stay; it may not add any.
pub(super) fn keep_granted_targets(
    caller: &Caller,
    members: &mut Map<String, Value>,
    stored: Option<&Stored>,
) -> Result<(), Problem> {
    if caller.is_business() {
        return Ok(());
    }
    let before: Map<String, Value> = match stored {
        Some(stored) => serde_json::from_str(&stored.body).map_err(|error| unreadable(&error))?,
        None => Map::new(),
    };
    let granted = targets(&before);
    if let Some(added) = targets(members).iter().find(|t| !granted.contains(t)) {
        return Err(Problem::forbidden(format!(
            "only business logic grants targets, and `{added}` is not granted here; leave `targets` out"
        )));
    }
    match before.get("targets") {
        Some(kept) => members.insert("targets".to_owned(), kept.clone()),
        None => members.shift_remove("targets"),
    };
    Ok(())
}
