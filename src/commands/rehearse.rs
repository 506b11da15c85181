//! `rampdesk rehearse`.

use std::path::{Path, PathBuf};

use crate::profile::kind::FileKind;
use crate::units::grouped;
use crate::workshop::outcome::{DispatchOutcome, UnitOutcome};
use crate::workshop::rehearsal::{Rehearsal, rehearse};
use crate::workshop::report;
use crate::workshop::scenario::Scenario;

use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The scenario
    scenario: PathBuf,
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
    /// Also write a report (HTML and CSV) into this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Done {
    let file = &arguments.scenario;
    let folder = file.parent().unwrap_or(Path::new(""));
    let scenario =
        input::file(file, FileKind::Scenario, |name, text| Scenario::from_toml(name, text, folder))?;
    let (result, snapshot) = rehearse(&scenario).map_err(Failure::failed)?;
    if let Some(folder) = &arguments.report {
        report::write(folder, &result, &snapshot)
            .map_err(|e| Failure::failed(format!("{}: cannot write the report: {e}", folder.display())))?;
        output::say(format!("{}: report.html, readings.csv", folder.display()));
    }
    if arguments.json {
        output::print_json(&result)?
    } else {
        output::print(words(&scenario, &result))?
    }
    if result.passed { Ok(()) } else { Err(Failure::Failed(Vec::new())) }
}

/// The result for a person.
pub fn words(scenario: &Scenario, result: &Rehearsal) -> String {
    let mut text = format!("{}\n{}\n", result.scenario, scenario.about);
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
    text += "\nExpected:\n";
    for finding in &result.expectations {
        let mark = if finding.met { "met    " } else { "NOT MET" };
        text += &format!("  {mark}  {} ({})\n", finding.expected, finding.found);
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
