//! The well-known list of network operators. Appendix A asks for one; none is published, so this one is the project's
//! own, `profiles/operators.toml`.

use std::collections::BTreeSet;

use super::fault::FileFault;
use super::reader::{self, Reader, Table};
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
        reader::read(file, text, &["operators"], |reader, root| {
            reader.required(root, "operators", "write operators, each under [[operators]]")?;
            let mut ids = BTreeSet::new();
            let tables = reader.tables(root, "operators", &["id", "code", "area", "group"]);
            let read: Vec<Option<Operator>> =
                tables.iter().map(|table| read_operator(reader, table, &mut ids)).collect();
            let mut operators: Vec<Operator> = read.into_iter().collect::<Option<_>>()?;
            operators.sort_by(|a, b| a.id.cmp(&b.id));
            Some(Self(operators))
        })
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

fn read_operator(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    ids: &mut BTreeSet<OperatorId>,
) -> Option<Operator> {
    let id: Option<OperatorId> =
        reader.required_parsed(table, "id", "write the operator's id, as in \"GB-DNO-11\"");
    if let Some(id) = id.as_ref().filter(|id| !ids.insert((*id).clone())) {
        reader.wrong_in(table, "id", format!("`{id}` is in the list twice; keep one"));
    }
    let code = reader.required_text(table, "code", "write its short code, as in \"EMID\"");
    let area = reader.required_text(table, "area", "write its licence area");
    let group = reader.required_text(table, "group", "write the group that it belongs to");
    Some(Operator { id: id?, code: code?, area: area?, group: group? })
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
        assert_eq!(
            faults[0].to_string(),
            "o.toml:7: operators[1].id: `GB-NESO` is in the list twice; keep one"
        );
    }
}
