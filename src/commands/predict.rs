//! `rampdesk predict`.

use std::path::PathBuf;

use serde::Serialize;

use crate::power::{Instruction, envelope, plan};
use crate::time::UtcTime;

use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch document; - for standard input
    file: PathBuf,
    /// The fleet file that declares the unit; `demo` is the built-in one
    #[arg(long, value_name = "FLEET.toml")]
    fleet: PathBuf,
    /// Seconds between rows
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = step_seconds)]
    step: u32,
    /// One JSON document instead of CSV
    #[arg(long)]
    json: bool,
}

fn step_seconds(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('s').unwrap_or(text);
    number
        .parse()
        .ok()
        .filter(|s| (1..=3600).contains(s))
        .ok_or_else(|| "give 1 to 3600 seconds, such as 1s".to_owned())
}

#[derive(Serialize)]
struct Prediction {
    unit: String,
    misses: Vec<MissedSetpoint>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct MissedSetpoint {
    at: UtcTime,
    short_kw: f64,
    late_s: Option<f64>,
    short_kwh: f64,
    because: &'static str,
}

/// Net kW, generation convention.
#[derive(Serialize)]
struct Row {
    at: UtcTime,
    baseline_kw: f64,
    asked_kw: f64,
    predicted_kw: f64,
    least_kw: f64,
    greatest_kw: f64,
    soc: Option<f64>,
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0 + 0.0
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

pub fn run(arguments: &Arguments) -> Done {
    let (dispatch, _) = input::dispatch(&arguments.file)?;
    let fleet = input::fleet(&arguments.fleet)?;
    let unit = fleet.unit(&dispatch.unit).ok_or_else(|| {
        Failure::input(format!("{}: has no unit `{}`", arguments.fleet.display(), dispatch.unit))
    })?;
    let (from, until) = (seconds(dispatch.instruction_time), seconds(dispatch.service_end) + 900.0);
    let state = unit.asset.initial_state(unit.baseline.at(from));
    let instruction = Instruction::of(&dispatch, &unit.baseline);
    let predicted = plan(&unit.asset, &unit.baseline, &state, instruction.as_ref(), from, until);
    let reachable = envelope(&unit.asset, &unit.baseline, &state, from, until);
    let asked = Instruction::asked_curve(&[(from, &dispatch)], &unit.baseline, from, until);
    let mut rows = Vec::new();
    let mut at = dispatch.instruction_time;
    while seconds(at) <= until {
        let t = seconds(at);
        rows.push(Row {
            at,
            baseline_kw: rounded(unit.baseline.at(t)),
            asked_kw: rounded(asked.at(t)),
            predicted_kw: rounded(predicted.curve.at(t)),
            least_kw: rounded(reachable.lower.at(t)),
            greatest_kw: rounded(reachable.upper.at(t)),
            soc: predicted.soc_at(t).map(|s| (s * 1e6).round() / 1e6),
        });
        at = at + i64::from(arguments.step);
    }
    let misses: Vec<MissedSetpoint> = predicted
        .misses
        .iter()
        .filter_map(|miss| {
            Some(MissedSetpoint {
                at: dispatch.setpoints.get(miss.target)?.at,
                short_kw: rounded(miss.short_kw),
                late_s: miss.late_s.map(rounded),
                short_kwh: rounded(miss.short_kwh),
                because: miss.because,
            })
        })
        .collect();
    if arguments.json {
        return output::print_json(&Prediction { unit: dispatch.unit.to_string(), misses, rows });
    }
    for miss in &misses {
        let late = miss.late_s.map_or_else(|| "never reached".to_owned(), |s| format!("{s:.0} s late"));
        output::say(format!(
            "setpoint {}: {:.1} kW short, {late}, {:.1} kWh missing ({})",
            miss.at, miss.short_kw, miss.short_kwh, miss.because
        ));
    }
    let mut text = "at,baseline_kw,asked_kw,predicted_kw,least_kw,greatest_kw,soc\n".to_owned();
    for row in &rows {
        text += &format!(
            "{},{},{},{},{},{},{}\n",
            row.at,
            row.baseline_kw,
            row.asked_kw,
            row.predicted_kw,
            row.least_kw,
            row.greatest_kw,
            row.soc.map(|s| s.to_string()).unwrap_or_default()
        );
    }
    output::print(text)
}
