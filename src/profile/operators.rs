//! The well-known list of network operators. Appendix A asks for one; none is published, so this one is the project's
//! own, `profiles/operators.toml`.

use serde::Deserialize;
use toml::Spanned;

use super::fault::{Faults, FileFault};
use crate::dispatch::OperatorId;

/// A network operator.
#[derive(Clone, Debug, PartialEq, Eq)]
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
pub struct Operators(Vec<Operator>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    operators: Vec<FileOperator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOperator {
    id: Spanned<String>,
    code: String,
    area: String,
    group: String,
}

impl Operators {
    /// The list that this program was built with.
    pub fn built_in() -> Self {
        // A test reads the same text, so an empty list cannot be shipped.
        Self::from_toml("operators.toml", include_str!("../../profiles/operators.toml"))
            .unwrap_or(Self(Vec::new()))
    }

    /// Reads a list.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let mut faults = Faults::of(file, text);
        let Some(raw) = faults.toml::<File>() else { return faults.end(None) };
        let mut operators: Vec<Operator> = Vec::new();
        for (index, operator) in raw.operators.into_iter().enumerate() {
            let field = format!("operators[{index}].id");
            let Some(id) = faults.parse::<OperatorId>(&operator.id, &field) else { continue };
            if operators.iter().any(|o| o.id == id) {
                faults.add(Some(operator.id.span()), &field, format!("`{id}` is in the list twice"));
            }
            operators.push(Operator { id, code: operator.code, area: operator.area, group: operator.group });
        }
        operators.sort_by(|a, b| a.id.cmp(&b.id));
        faults.end(Some(Self(operators)))
    }

    /// The operator of that id.
    pub fn get(&self, id: &OperatorId) -> Option<&Operator> {
        self.0.iter().find(|o| o.id == *id)
    }

    /// All, in order of id.
    pub fn all(&self) -> &[Operator] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_holds_every_licence_area_and_the_system_operators() {
        let operators = Operators::built_in();
        assert_eq!(operators.all().len(), 14 + 15 + 3);
        for (id, code) in
            [("GB-DNO-10", "EPN"), ("GB-DNO-23", "NPGY"), ("GB-NESO", "NESO"), ("IE-ESBN", "ESBN")]
        {
            assert_eq!(operators.get(&id.parse().unwrap()).map(|o| o.code.as_str()), Some(code));
        }
        assert_eq!(operators.get(&"GB-DNO-99".parse().unwrap()), None);
    }

    #[test]
    fn an_operator_cannot_stand_in_the_list_twice() {
        let one = "[[operators]]\nid = \"GB-NESO\"\ncode = \"N\"\narea = \"a\"\ngroup = \"g\"\n";
        let faults = Operators::from_toml("o.toml", &one.repeat(2)).unwrap_err();
        assert_eq!(faults[0].to_string(), "o.toml:7: operators[1].id: `GB-NESO` is in the list twice");
    }
}
