//! `rampdesk compare`.

use std::path::PathBuf;

use serde::Serialize;

use crate::units::counted;
use crate::workshop::recording::{Recording, RunDifference, differences};

use super::output::{self, Done, Failure};
use super::replay;

#[derive(clap::Args)]
pub struct Arguments {
    /// The recording of one run
    first: PathBuf,
    /// The recording of another, of the same scenario
    second: PathBuf,
    /// One JSON document on standard output
    #[arg(long, conflicts_with = "console")]
    json: bool,
    /// Both on one plot in the console, beside what they differ in
    #[arg(long)]
    console: bool,
}

/// What two runs differ in.
#[derive(Serialize)]
struct Compared {
    first: String,
    second: String,
    differences: Vec<RunDifference>,
}

pub fn run(arguments: &Arguments) -> Done {
    if arguments.console {
        return replay::show(&arguments.first, Some(&arguments.second));
    }
    let open = |path: &PathBuf| Recording::open(path).map_err(Failure::input);
    let (first, second) = (open(&arguments.first)?, open(&arguments.second)?);
    let compared = Compared {
        first: first.name().to_owned(),
        second: second.name().to_owned(),
        differences: differences(&first, &second),
    };
    if arguments.json { output::print_json(&compared) } else { output::print(words(&compared)) }
}

/// For a person: what, in the first, in the second.
fn words(compared: &Compared) -> String {
    let Compared { first, second, differences } = compared;
    let mut text = format!("First:  {first}\nSecond: {second}\n");
    if first != second {
        text += "They are not of the same scenario.\n";
    }
    if differences.is_empty() {
        return text + "\nNothing is otherwise.\n";
    }
    text += &format!("\n{}:\n", counted(differences.len(), "difference"));
    for RunDifference { of, what, first, second, .. } in differences {
        let said = |end: &Option<String>| end.clone().unwrap_or_else(|| "not at all".to_owned());
        text +=
            &format!("  {}  {what}\n    first:  {}\n    second: {}\n", of.word(), said(first), said(second));
    }
    text
}
