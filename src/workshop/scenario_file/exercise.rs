//! The tables of a workshop: the trainer's note, what a perfect trainee does, and what is marked.

use crate::profile::reader::{Node, Reader, Table};
use crate::workshop::exercise::{Exercise, MOST_LEVEL, MarkRule, Marks};

use super::actions::Who;
use super::plan::Plan;
use super::{marks, read_steps};

pub(super) const KEYS: [&str; 8] =
    ["level", "aim", "prior", "minutes", "rate", "point_out", "questions", "idle_marks"];

/// Whether the file is a workshop's.
pub(super) fn is_there(root: &Table<'_>) -> bool {
    root.get("workshop").is_some()
}

/// Reads `[workshop]`, `[[trainee]]` and `[[marks]]`; `None` where the file is no workshop's, or one of them cannot be read.
pub(super) fn read(reader: &mut Reader<'_>, root: &Table<'_>, plan: &mut Plan<'_>) -> Option<Exercise> {
    let Some(node) = root.get("workshop") else {
        for key in ["trainee", "marks"].into_iter().filter(|key| root.get(key).is_some()) {
            let message = "belongs to a workshop; write a [workshop] table with level, aim and the rest, or take this out";
            reader.wrong_in(root, key, message);
        }
        return None;
    };
    let table = reader.table(&node, &KEYS, "write the trainer's note under [workshop]");
    let trainee = read_steps(reader, root, Who::Trainee, plan);
    let marks = marks::read(reader, root, plan);
    let table = table?;
    let level = reader
        .required(&table, "level", "write how hard it is, from 1 for a first day to 10")
        .and_then(|node| reader.whole(&node, &(1..=MOST_LEVEL), ""));
    let aim = reader.required_text(&table, "aim", "write what the trainee can do afterwards");
    let prior = reader.required_text(&table, "prior", "write what the trainee has to know before");
    let minutes = reader
        .required(&table, "minutes", "write how long it takes in the room, in minutes")
        .and_then(|node| reader.whole(&node, &(1..=480), " of minutes"));
    let rate = reader
        .required(&table, "rate", "write how many times as fast as time the clock goes, as in 20")
        .and_then(|node| reader.whole(&node, &(1..=600), ""));
    let point_out = read_sentences(reader, &table, "point_out");
    let questions = read_sentences(reader, &table, "questions");
    let idle_marks = read_idle_marks(reader, &table, &marks);
    if marks.is_empty() && root.get("marks").is_none() {
        reader.wrong_in(&table, "", "nothing is marked; write at least one [[marks]]");
    }
    Some(Exercise {
        level: level?,
        aim: aim?,
        prior: prior?,
        minutes: minutes?,
        rate: rate?,
        point_out: point_out?,
        questions: questions?,
        idle_marks: idle_marks?,
        trainee,
        marks,
    })
}

fn read_idle_marks(reader: &mut Reader<'_>, table: &Table<'_>, rules: &[MarkRule]) -> Option<Marks> {
    let right = "write the marks of a trainee who does nothing, as in 0 or 1.5";
    let node = reader.required(table, "idle_marks", right)?;
    let idle = marks::number_of_marks(reader, &node, right)?;
    let sum = |of: fn(Marks) -> Marks| rules.iter().map(|rule| of(rule.marks)).sum::<Marks>();
    let (least, most) = (sum(|m| m.min(Marks::NONE)), sum(|m| m.max(Marks::NONE)));
    // Where a mark could not be read the sums say nothing.
    if !rules.is_empty() && !(least..=most).contains(&idle) {
        reader.wrong(&node, format!("{idle} marks can never come of these; they give {least} to {most}"));
        return None;
    }
    Some(idle)
}

fn read_sentences(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<Vec<String>> {
    let right = "write a list of sentences, at least one";
    let node = reader.required(table, key, right)?;
    let nodes: Vec<Node<'_>> = reader.list(&node, right)?;
    if nodes.is_empty() {
        reader.wrong(&node, format!("there is none; {right}"));
        return None;
    }
    nodes
        .iter()
        .map(|node| reader.text(node, right).map(str::to_owned))
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}
