//! The `notification` of OpenADR 3.1.

use crate::vtn::object::{Kind, targets, with_targets_hidden, without_bearer_tokens};

use super::change::{Operation, State};

/// An object as somebody may see it who is shown these of its targets.
///
/// # Errors
/// When what is kept is not JSON.
pub(super) fn object(kind: Kind, state: &State, shown: &[&str]) -> Result<String, serde_json::Error> {
    match kind {
        Kind::Program | Kind::Event if shown.len() != targets(&state.members).len() => {
            let shown: Vec<String> = shown.iter().map(|&target| target.to_owned()).collect();
            with_targets_hidden(&state.body, &shown)
        }
        Kind::Subscription => without_bearer_tokens(&state.body),
        _ => Ok(state.body.clone()),
    }
}

/// The notification of a change in OpenADR 3.1's words.
///
/// # Errors
/// When what is kept is not JSON.
pub(super) fn in_3_1(
    kind: Kind,
    operation: Operation,
    state: &State,
    shown: &[&str],
) -> Result<String, serde_json::Error> {
    let targets = serde_json::to_string(shown)?;
    let targets = (!shown.is_empty()).then_some(targets.as_str());
    Ok(text(kind, operation.name(), &object(kind, state, shown)?, targets))
}

/// A notification of parts that are JSON.
pub(super) fn text(kind: Kind, operation: &str, object: &str, targets: Option<&str>) -> String {
    let targets = targets.map(|targets| format!(r#","targets":{targets}"#)).unwrap_or_default();
    format!(
        r#"{{"objectType":"{}","operation":"{operation}","object":{object}{targets}}}"#,
        kind.object_type()
    )
}
