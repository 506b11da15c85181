//! The well-known list of network operators. Appendix A asks for one; none is published, so this one is the project's
//! own, `profiles/operators.toml`.

use super::fault::FileFault;
use crate::dispatch::OperatorId;

/// A network operator.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// `GB-DNO-10` … `GB-DNO-38`, `GB-NESO`, `NI-NIEN`, `IE-ESBN`.
    pub id: OperatorId,
    /// Short code: `EMID`.
    pub code: String,
    /// Licence area or company.
    pub area: String,
    /// The group it belongs to.
    pub group: String,
}

/// The list in order of id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operators {}

impl Operators {
    /// The list that this program was built with.
    pub fn built_in() -> Self {
        todo!()
    }

    /// Reads a list.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(_file: &str, _text: &str) -> Result<Self, Vec<FileFault>> {
        todo!()
    }

    /// The operator of that id.
    pub fn get(&self, _id: &OperatorId) -> Option<&Operator> {
        todo!()
    }

    /// All, in order of id.
    pub fn all(&self) -> &[Operator] {
        todo!()
    }
}
