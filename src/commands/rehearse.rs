//! `rampdesk rehearse`.

use std::path::{Path, PathBuf};

use crate::profile::kind::FileKind;
use crate::units::grouped;
use crate::workshop::debrief::{Debrief, PAGE, READINGS};
use crate::workshop::exercise::{Exercise, Marks, Trainee};
use crate::workshop::marking::{Marked, Marking, follow};
use crate::workshop::outcome::{DispatchOutcome, UnitOutcome};
use crate::workshop::rehearsal::{Played, Rehearsal, play};
use crate::workshop::scenario::Scenario;

use super::input;
use super::note;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The scenario, or the workshop
    scenario: PathBuf,
    /// Who acts in a workshop: `perfect` does what the file's [[trainee]] says, `idle` does nothing
    #[arg(long, value_enum)]
    trainee: Option<Acting>,
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
    /// Also write a debrief (HTML, signed), the readings (CSV) and the public keys into this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Also record it into this new file, to go through again with `replay`, or to hold against another with `compare`
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// The public keys' file beside a debrief.
const TRUST: &str = "trust.toml";

/// Who acts in a workshop.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Acting {
    /// Does what the file says
    Perfect,
    /// Does nothing
    Idle,
}

impl Acting {
    fn trainee(self) -> Trainee {
        match self {
            Self::Perfect => Trainee::Perfect,
            Self::Idle => Trainee::Idle,
        }
    }
}

pub fn run(arguments: &Arguments) -> Done {
    let file = &arguments.scenario;
    let folder = file.parent().unwrap_or(Path::new(""));
    let scenario =
        input::file(file, FileKind::Scenario, |name, text| Scenario::from_toml(name, text, folder))?;
    if arguments.trainee.is_some() && scenario.exercise.is_none() {
        let words = "is no workshop, and nobody is marked; take --trainee out, or name a file with a [workshop] table";
        return Err(Failure::input(format!("{}: {words}", file.display())));
    }
    let trainee = arguments.trainee.map_or(Trainee::Perfect, Acting::trainee);
    let played = play(&scenario, trainee, arguments.record.as_deref()).map_err(Failure::failed)?;
    if let Some(folder) = &arguments.report {
        let shown = folder.display();
        report(folder, &scenario, &played)
            .map_err(|e| Failure::failed(format!("{shown}: cannot write the debrief: {e}")))?;
        output::say(format!("{shown}: {PAGE}, {READINGS}, {TRUST}"));
    }
    let result = played.result;
    if arguments.json {
        output::print_json(&result)?
    } else {
        output::print(words(&scenario, &result))?
    }
    if result.passed { Ok(()) } else { Err(Failure::Failed(Vec::new())) }
}

/// The debrief, and beside it what it can be verified with.
fn report(folder: &Path, scenario: &Scenario, played: &Played) -> std::io::Result<()> {
    let marks = follow(scenario, &played.entries, played.result.end);
    let debrief = Debrief {
        scenario,
        snapshot: &played.snapshot,
        entries: &played.entries,
        until: played.result.end,
        marks: marks.as_ref(),
        words: &[],
        injects: &[],
        expected: &played.result.expectations,
    };
    debrief.write(folder, &played.signer)?;
    std::fs::write(folder.join(TRUST), played.trust.to_toml())
}

/// The result for a person.
pub fn words(scenario: &Scenario, result: &Rehearsal) -> String {
    let mut text = match &scenario.exercise {
        Some(exercise) => format!("{}{}\n", note::words(&result.scenario, exercise), scenario.about),
        None => format!("{}\n{}\n", result.scenario, scenario.about),
    };
    text += &format!(
        "{} to {}, seed {}, {} requests\n\n",
        result.start, result.end, result.seed, result.requests
    );
    for step in &result.steps {
        text += &format!("{}  {}: {}\n", step.at, step.asked, step.said);
    }
    for unit in &result.units {
        text += &unit_words(unit);
    }
    text += "\nAlarms: ";
    if result.alarms.is_empty() {
        text += "none\n";
    } else {
        text += "\n";
        for alarm in &result.alarms {
            text += &format!("  {} priority {}: {}\n", alarm.raised, alarm.priority, alarm.text);
        }
    }
    if !result.expectations.is_empty() || result.marking.is_none() {
        text += "\nExpected:\n";
    }
    for finding in &result.expectations {
        let mark = if finding.met { "met    " } else { "NOT MET" };
        text += &format!("  {mark}  {} ({})\n", finding.expected, finding.found);
    }
    if let (Some(exercise), Some(marking), Some(trainee)) =
        (&scenario.exercise, &result.marking, result.trainee)
    {
        text += &marking_words(exercise, marking, trainee);
    }
    text
}

/// The marks for a person, each with its evidence.
fn marking_words(exercise: &Exercise, marking: &Marking, trainee: Trainee) -> String {
    let foretold = match trainee {
        Trainee::Perfect => "full marks".to_owned(),
        Trainee::Idle => format!("the {} that the trainer's note foretells", exercise.idle_marks),
    };
    let mut text = format!(
        "\nMarks of the {} trainee: {} of {} (expected: {foretold})\n",
        trainee.word(),
        marking.given,
        marking.of
    );
    for marked in &marking.marks {
        text += &marked_words(marked);
    }
    text
}

fn marked_words(marked: &Marked) -> String {
    let found = match (marked.of < Marks::NONE, marked.met) {
        (false, true) => "met",
        (false, false) => "NOT MET",
        (true, true) => "did not happen",
        (true, false) => "HAPPENED",
    };
    let mut text = format!("  {} of {}  {}: {found}\n", marked.given, marked.of, marked.words);
    text += &format!("      expected: {}\n      found: {}\n", marked.expected, marked.why);
    for evidence in &marked.evidence {
        text += &format!("      entry {} at {}: {}\n", evidence.entry, evidence.at, evidence.text);
    }
    text
}

fn unit_words(unit: &UnitOutcome) -> String {
    let mut text = format!("\n{} – {} ({})\n", unit.unit, unit.name, unit.kind);
    for dispatch in &unit.dispatches {
        text += &dispatch_words(dispatch);
    }
    text
}

fn dispatch_words(dispatch: &DispatchOutcome) -> String {
    let mut text = format!(
        "  {} revision {} {}: {}\n",
        dispatch.dispatch_ref, dispatch.revisions, dispatch.status, dispatch.phase
    );
    for stage in &dispatch.stages {
        let why = stage.reason.iter().chain(&stage.detail).map(|w| format!("  {w}")).collect::<String>();
        text += &format!("    {}  r{} {}{why}\n", stage.at, stage.revision, stage.stage);
    }
    for setpoint in &dispatch.setpoints {
        let found = match (setpoint.reached, setpoint.missed_by_kw) {
            (Some(true), _) => "reached".to_owned(),
            (_, Some(missed)) => format!("missed by {} kW", grouped(missed, 1)),
            _ => "not metered".to_owned(),
        };
        text += &format!("    setpoint {} {} kW: {found}\n", setpoint.at, grouped(setpoint.asked_kw, 1));
    }
    if let Some(energy) = &dispatch.energy {
        text += &format!(
            "    energy: {} kWh instructed, {} kWh delivered, {} kWh beyond\n",
            grouped(energy.instructed_kwh, 1),
            grouped(energy.delivered_kwh, 1),
            grouped(energy.over_kwh, 1)
        );
    }
    let score = dispatch.score.as_ref();
    let factors = score
        .and_then(|s| Some((s.payment_factor?, s.payment_factor_transition?, s.payment_factor_one_sided?)));
    if let Some((flexible_power, transition, one_sided)) = factors {
        text += &format!(
            "    payment factor: Flexible Power {flexible_power:.3}, TRANSITION {transition:.3}, one-sided penalty {one_sided:.3}\n"
        );
    }
    text
}
