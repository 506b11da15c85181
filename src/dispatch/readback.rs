//! The read-back: an FSP says in its own model what it understood and acts on (Appendix A: "only fields which were
//! recognised and acted on should be read back").

use crate::time::UtcTime;

use super::{
    ContractId, Dispatch, DispatchRef, DispatchUnit, OperatorId, Problem, Revision, Setpoint, Status,
};

/// What was understood and is acted on. Whatever was not is absent. Never copied from the text received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readback {
    /// Who dispatches.
    pub network_operator: Option<OperatorId>,
    /// The operator's reference.
    pub dispatch_ref: Option<DispatchRef>,
    /// The revision.
    pub revision: Option<Revision>,
    /// What is asked.
    pub status: Option<Status>,
    /// The contract.
    pub contract: Option<ContractId>,
    /// The unit that acts.
    pub unit: Option<DispatchUnit>,
    /// When the operator decided it.
    pub instruction_time: Option<UtcTime>,
    /// Start of the window.
    pub service_start: Option<UtcTime>,
    /// End of the window.
    pub service_end: Option<UtcTime>,
    /// The destinations that the unit is going to.
    pub setpoints: Option<Vec<Setpoint>>,
}

impl Readback {
    /// Everything, for a unit that understood everything. Build it from the model acted on.
    pub fn of(dispatch: &Dispatch) -> Self {
        Self {
            network_operator: Some(dispatch.network_operator.clone()),
            dispatch_ref: Some(dispatch.dispatch_ref.clone()),
            revision: Some(dispatch.revision),
            status: Some(dispatch.status),
            contract: Some(dispatch.contract.clone()),
            unit: Some(dispatch.unit.clone()),
            instruction_time: Some(dispatch.instruction_time),
            service_start: Some(dispatch.service_start),
            service_end: Some(dispatch.service_end),
            setpoints: Some(dispatch.setpoints.clone()),
        }
    }

    /// The canonical text that the wire carries in GB_READBACK.
    pub fn to_text(&self) -> String {
        super::canonical::readback_text(self)
    }

    /// Reads [`Readback::to_text`] back, tolerating whatever else another implementation adds; a field that cannot be
    /// read is a problem, not absent.
    ///
    /// # Errors
    /// Each field that cannot be read.
    pub fn from_text(text: &str) -> Result<Self, Vec<Problem>> {
        super::json::readback_from_text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{EXAMPLE, EXAMPLE_CANONICAL, any_readback, dispatch};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_whole_read_back_has_the_bytes_of_the_dispatch() {
        assert_eq!(Readback::of(&dispatch()).to_text(), EXAMPLE_CANONICAL);
        assert_eq!(Readback::default().to_text(), r#"{"profile":"gb-dispatch/1"}"#);
    }

    #[test]
    fn another_implementations_read_back_is_read_for_what_it_says() {
        for text in [
            EXAMPLE.to_owned(),
            EXAMPLE.replacen('{', "{ \"vendor\": {\"x\": [1, null]},", 1),
            EXAMPLE_CANONICAL
                .replace("\"volume\":400000}", "\"volume\":400000,\"note\":\"ours\",\"price\":null}"),
        ] {
            assert_eq!(Readback::from_text(&text), Ok(Readback::of(&dispatch())), "{text}");
        }
        let some = r#"{"status":"STOP","revision":4,"contract":null}"#;
        let expected =
            Readback { status: Some(Status::Stop), revision: Revision::new(4), ..Readback::default() };
        assert_eq!(Readback::from_text(some), Ok(expected));
    }

    #[test]
    fn a_field_that_cannot_be_read_is_a_problem_and_not_absent() {
        for (text, problem) in [
            (
                r#"{"revision":"four"}"#,
                "line 1: revision: `\"four\"` is a text; write a whole number from 1 to 4294967295, without quotes",
            ),
            (
                r#"{"service_start":"2026-11-26T17:00:00.5Z"}"#,
                "line 1: service_start: `2026-11-26T17:00:00.5Z` has a fraction of a second; times are whole seconds",
            ),
            (
                r#"{"setpoints":[{"parameters":[]}]}"#,
                "line 1: setpoints[0].at: is missing; write UTC as \"2026-11-26T17:00:00Z\"",
            ),
            ("I have understood", "line 1: document: `I` is no JSON value; write text in double quotes"),
            ("[]", "line 1: document: this is a list; write an object: { … }"),
        ] {
            let problems = Readback::from_text(text).unwrap_err();
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [problem]);
        }
    }

    proptest! {
        #[test]
        fn a_read_back_is_read_as_it_was_written((_, back) in any_readback()) {
            prop_assert_eq!(Readback::from_text(&back.to_text()), Ok(back));
        }

    }
}
