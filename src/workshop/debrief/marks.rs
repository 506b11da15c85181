//! The marks of a debrief: what each is for, what is given and by whom, and where that stands in the journal.

use std::fmt::Write as _;

use super::page::{escaped, london};
use super::seal;
use crate::workshop::marking::{Followed, Marked, Standing, Word};

/// All of them, and the trainer's words.
pub(super) fn written(page: &mut String, followed: &Followed, words: &[Word]) {
    seal::begin(page, "Marks");
    let of = followed.marking.of;
    let sum = match followed.standings.contains(&Standing::Open) {
        true => {
            format!("Marks so far: {} of {of}; {} can still be earned", followed.decided(), followed.open())
        }
        false => format!("Marks: {} of {of}", followed.marking.counted),
    };
    let _ = write!(
        page,
        "<section><h2>{sum}</h2><table><tr><th>#</th><th>For</th><th>Worth</th><th>Given</th><th>Found</th></tr>"
    );
    for (marked, standing) in followed.marking.marks.iter().zip(&followed.standings) {
        mark(page, marked, *standing);
    }
    *page += "</table>";
    taken_back(page, words);
    *page += "</section>";
}

/// Words of the trainer that count no more.
fn taken_back(page: &mut String, words: &[Word]) {
    for word in words {
        let Some(back) = &word.taken_back else { continue };
        let said = &word.said;
        let _ = write!(
            page,
            "<p class=\"weak\">Taken back: {} for mark {} by {}, {}: {}. {} took it back, {}.</p>",
            said.marks,
            said.number,
            escaped(&said.by),
            london(said.at),
            escaped(said.reason.trim_end_matches('.')),
            escaped(&back.by),
            london(back.at)
        );
    }
}

fn mark(page: &mut String, marked: &Marked, standing: Standing) {
    let given = match &marked.overridden {
        Some(by) => format!(
            "{} <span class=\"weak\">(the journal: {}; {}, {}: {})</span>",
            marked.counted(),
            marked.given,
            escaped(&by.by),
            london(by.at),
            escaped(&by.reason)
        ),
        None if standing == Standing::Open => "not yet decided".to_owned(),
        None => marked.given.to_string(),
    };
    let sign = match standing {
        Standing::Open => "",
        Standing::Earned => "✓",
        Standing::Missed => "✗",
    };
    let evidence: String = marked
        .evidence
        .iter()
        .map(|e| format!("<li>Entry {}, {}: {}</li>", e.entry, london(e.at), escaped(&e.text)))
        .collect();
    let shown = match marked.evidence.len() {
        0 => String::new(),
        many => format!("<details><summary>In the journal: {many}</summary><ul>{evidence}</ul></details>"),
    };
    let _ = write!(
        page,
        "<tr><td>{}</td><td>{}<br><span class=\"weak\">{}</span></td><td>{}</td><td>{sign} {given}</td><td>{}{shown}</td></tr>",
        marked.number,
        escaped(&marked.words),
        escaped(&marked.expected),
        marked.of,
        escaped(&marked.why),
    );
}
