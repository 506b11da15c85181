//! `rampdesk translate`.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::interop::{Field, Mark, Standing, Subject, System, Tally, Translation, survey, translate};
use crate::profile::fleet::FleetProfile;

use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch document, signed or not; - for standard input
    file: PathBuf,
    /// The system; `all` compares them field by field
    #[arg(long, value_name = "SYSTEM", default_value = "all", value_parser = To::read)]
    to: To,
    /// The fleet file that declares the unit: for systems that need its baseline and its ramps; `demo` is the built-in one
    #[arg(long, value_name = "FLEET.toml")]
    fleet: Option<PathBuf>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// Into which system.
#[derive(Clone, Copy)]
enum To {
    All,
    One(System),
}

impl To {
    fn read(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        System::from_id(text).map(Self::One).ok_or_else(|| {
            let ids: Vec<&str> = System::ALL.into_iter().map(System::id).collect();
            format!("name all or one of {}", ids.join(", "))
        })
    }
}

pub fn run(arguments: &Arguments) -> Done {
    let (dispatch, signature) = input::dispatch(&arguments.file)?;
    let fleet = arguments.fleet.as_deref().map(input::fleet).transpose()?;
    let mut subject = Subject::alone(&dispatch, signature.as_ref());
    if let Some((fleet, path)) = fleet.as_ref().zip(arguments.fleet.as_ref()) {
        subject = with_fleet(subject, fleet)
            .ok_or_else(|| Failure::input(format!("{}: has no unit `{}`", path.display(), dispatch.unit)))?;
    }
    match (arguments.to, arguments.json) {
        (To::All, false) => output::print(comparison(&survey(&subject))),
        (To::All, true) => output::print_json(&survey(&subject).iter().map(document).collect::<Vec<_>>()),
        (To::One(system), false) => output::print(told(&translate(system, &subject))),
        (To::One(system), true) => output::print_json(&document(&translate(system, &subject))),
    }
}

/// With what a fleet file knows of the unit and its contract; `None` when it does not know the unit.
fn with_fleet<'a>(subject: Subject<'a>, fleet: &'a FleetProfile) -> Option<Subject<'a>> {
    let dispatch = subject.dispatch;
    let unit = fleet.unit(&dispatch.unit)?;
    let contract =
        fleet.contracts.iter().find(|c| c.operator == dispatch.network_operator && c.id == dispatch.contract);
    Some(Subject {
        baseline: Some(&unit.baseline),
        ramps_kw_per_s: Some(unit.asset.ramps_kw_per_s()),
        product: contract.map(|contract| contract.product.as_str()),
        baseline_name: None,
        ..subject
    })
}

/// Fields down, systems across, marks as letters.
fn comparison(all: &[Translation]) -> String {
    let mut text = "Systems\n".to_owned();
    for (index, translation) in all.iter().enumerate() {
        let system = translation.system;
        text += &format!(
            "{:>3}  {:<16}{:<20}{}\n",
            index + 1,
            system.id(),
            system.name(),
            translation.tally().words()
        );
    }
    text += "\nField              ";
    for index in 1..=all.len() {
        text += &format!("{index:>3}");
    }
    text += "\n";
    for (index, field) in Field::ALL.into_iter().enumerate() {
        text += &format!("{:<19}", field.name());
        for translation in all {
            text += &format!("{:>3}", translation.fields.get(index).map_or("", |fate| fate.mark.letter()));
        }
        text += "\n";
    }
    let legend: Vec<String> =
        Mark::ALL.iter().map(|mark| format!("{} {}", mark.letter(), mark.word())).collect();
    text + "\n" + &legend.join(", ") + "\n"
}

/// The messages, what becomes of each field, and what else is to be known.
fn told(translation: &Translation) -> String {
    let system = translation.system;
    let mut text = format!("{}: {}\n{}\n\n", system.name(), translation.tally().words(), system.is());
    match &translation.nothing_sent {
        Some(why) => text += &format!("Nothing is sent. {why}\n"),
        None => text += &translation.text(),
    }
    let unwritten = translation.messages_in_all - translation.messages.len();
    if unwritten > 0 {
        text += &format!("and {unwritten} more like these\n");
    }
    text += "\n";
    for fate in &translation.fields {
        let before = fate.before.as_deref().unwrap_or("none");
        let other = fate.after.as_deref().filter(|after| *after != before);
        let after = other.map(|after| format!(" -> {after}")).unwrap_or_default();
        text += &format!(
            "{:<10}{:<19}{before}{after}\n{:29}{}\n",
            fate.mark.word(),
            fate.field.name(),
            "",
            fate.why
        );
    }
    text += "\n";
    let path = system.return_path();
    let supplied = translation.supplied.iter().map(|line| ("Supplied", line.as_str()));
    let remarks = translation.remarks.iter().map(|line| ("Note", line.as_str()));
    let rest = [
        ("Answer", path.acknowledgement),
        ("Read back", path.reads_back),
        ("Poll", path.poll),
        ("Standing", system.standing().words()),
        ("Source", system.source()),
    ];
    for (name, line) in supplied.chain(remarks).chain(rest) {
        text += &format!("{name:<10}{line}\n");
    }
    text
}

fn document(translation: &Translation) -> Value {
    let system = translation.system;
    let path = system.return_path();
    let Tally { kept, changed, lost, unknown, not_asked } = translation.tally();
    let messages = translation
        .messages
        .iter()
        .map(|message| json!({ "title": message.title, "form": message.form.word(), "text": message.text }));
    let fields = translation.fields.iter().map(|fate| {
        json!({
            "field": fate.field.id(), "mark": fate.mark.id(), "before": fate.before, "after": fate.after,
            "why": fate.why,
        })
    });
    json!({
        "system": system.id(),
        "name": system.name(),
        "standing": match system.standing() {
            Standing::Schema => "schema",
            Standing::Pages => "pages",
            Standing::Illustration => "illustration",
        },
        "source": system.source(),
        "nothing_sent": translation.nothing_sent,
        "messages": messages.collect::<Vec<_>>(),
        "messages_in_all": translation.messages_in_all,
        "supplied": translation.supplied,
        "remarks": translation.remarks,
        "fields": fields.collect::<Vec<_>>(),
        "tally": {
            "kept": kept, "changed": changed, "lost": lost, "unknown": unknown, "not_asked": not_asked,
        },
        "answer": {
            "acknowledgement": path.acknowledgement, "reads_back": path.reads_back, "poll": path.poll,
        },
    })
}
