//! What was sent against what came back, in one sentence.

use crate::dispatch::{Comparison, FieldComparison};

/// One sentence on all of it.
pub fn summary(fields: &[FieldComparison]) -> String {
    let count = |comparison| fields.iter().filter(|f| f.comparison == comparison).count();
    let wrong: Vec<String> = [Comparison::Differs, Comparison::Absent, Comparison::Added]
        .into_iter()
        .filter_map(|comparison| match count(comparison) {
            0 => None,
            n => Some(format!("{n} {}", comparison.word())),
        })
        .collect();
    if wrong.is_empty() {
        format!("All {} fields are as this desk sent them.", fields.len())
    } else {
        format!(
            "{} of {} fields are as this desk sent them; {}.",
            count(Comparison::Matched),
            fields.len(),
            wrong.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_counts_what_is_not_as_sent() {
        let field = |comparison| FieldComparison {
            field: "status".to_owned(),
            sent: "RUN".to_owned(),
            read_back: None,
            comparison,
        };
        use Comparison::{Absent, Added, Differs, Matched};
        for (fields, says) in [
            (vec![Matched, Matched], "All 2 fields are as this desk sent them."),
            (
                vec![Matched, Differs, Absent, Absent],
                "1 of 4 fields are as this desk sent them; 1 differs, 2 absent.",
            ),
            (vec![Added], "0 of 1 fields are as this desk sent them; 1 not sent."),
        ] {
            let fields: Vec<_> = fields.into_iter().map(field).collect();
            assert_eq!(summary(&fields), says);
        }
    }
}
