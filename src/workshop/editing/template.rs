//! What can be put onto the lanes: a few tables, each right as it stands, for the fleet and the time at hand.

use crate::power::Asset;
use crate::profile::fleet::{FleetProfile, Unit};
use crate::workshop::offset::Offset;

use super::change::short;
use super::item::{Lane, List};

/// A table that can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// A dispatch.
    Send,
    /// Another revision of a dispatch.
    Amend,
    /// A dispatch called off.
    Stop,
    /// Every dispatch called off at once.
    EmergencyStop,
    /// A unit's fault.
    UnitFault,
    /// An FSP's.
    FspFault,
    /// Less sun or wind.
    Weather,
    /// A departure from a baseline.
    Baseline,
    /// Something that is said to the trainee.
    Tell,
    /// Something for the trainer alone.
    Note,
    /// A dispatch of the perfect trainee.
    TraineeSend,
    /// Another revision of a dispatch that stands.
    TraineeAmend,
    /// A dispatch that it calls off.
    TraineeStop,
    /// An alarm that it takes notice of.
    TraineeAcknowledge,
    /// An alarm that it puts aside.
    TraineeShelve,
    /// Marks for what was asked.
    MarkSent,
    /// Marks for an alarm taken notice of.
    MarkNoticed,
    /// Marks for what was delivered.
    MarkDelivered,
    /// Marks taken away for what was stopped.
    MarkNeverStopped,
    /// Marks taken away for what was spent.
    MarkCost,
    /// No alarm of some words at the end.
    ExpectAlarms,
}

impl Template {
    /// All, in the order of the lanes.
    pub const ALL: [Self; 21] = [
        Self::Send,
        Self::Amend,
        Self::Stop,
        Self::EmergencyStop,
        Self::UnitFault,
        Self::FspFault,
        Self::Weather,
        Self::Baseline,
        Self::Tell,
        Self::Note,
        Self::TraineeSend,
        Self::TraineeAmend,
        Self::TraineeStop,
        Self::TraineeAcknowledge,
        Self::TraineeShelve,
        Self::MarkSent,
        Self::MarkNoticed,
        Self::MarkDelivered,
        Self::MarkNeverStopped,
        Self::MarkCost,
        Self::ExpectAlarms,
    ];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Send => "Dispatch",
            Self::Amend => "Amendment of a dispatch",
            Self::Stop => "Stop of a dispatch",
            Self::EmergencyStop => "EMERGENCY STOP",
            Self::UnitFault => "Fault of a unit",
            Self::FspFault => "Fault of an FSP",
            Self::Weather => "Weather at a solar or wind farm",
            Self::Baseline => "Departure from a baseline",
            Self::Tell => "Order or news to the trainee",
            Self::Note => "Note to the trainer",
            Self::TraineeSend => "Expected: a dispatch",
            Self::TraineeAmend => "Expected: an amendment",
            Self::TraineeStop => "Expected: a stop",
            Self::TraineeAcknowledge => "Expected: an alarm acknowledged",
            Self::TraineeShelve => "Expected: an alarm shelved",
            Self::MarkSent => "Marks for what was asked",
            Self::MarkNoticed => "Marks for an alarm noticed",
            Self::MarkDelivered => "Marks for what was delivered",
            Self::MarkNeverStopped => "Marks taken for a stop",
            Self::MarkCost => "Marks taken for cost",
            Self::ExpectAlarms => "Expected: no such alarm",
        }
    }

    /// Where it goes.
    pub fn lane(self) -> Lane {
        match self {
            Self::Send | Self::Amend | Self::Stop | Self::EmergencyStop => Lane::Dispatches,
            Self::UnitFault | Self::FspFault => Lane::Faults,
            Self::Weather => Lane::Weather,
            Self::Baseline => Lane::Baselines,
            Self::Tell => Lane::Told,
            Self::Note => Lane::Notes,
            Self::TraineeSend
            | Self::TraineeAmend
            | Self::TraineeStop
            | Self::TraineeAcknowledge
            | Self::TraineeShelve => Lane::Trainee,
            Self::MarkSent
            | Self::MarkNoticed
            | Self::MarkDelivered
            | Self::MarkNeverStopped
            | Self::MarkCost => Lane::Marks,
            Self::ExpectAlarms => Lane::Expected,
        }
    }

    /// Whether a scenario of this kind may have it: in a workshop it is the trainee who amends and stops, and elsewhere there
    /// is none.
    pub fn is_of(self, workshop: bool) -> bool {
        match self {
            Self::Amend | Self::Stop | Self::EmergencyStop => !workshop,
            _ => workshop || !self.lane().is_of_workshops(),
        }
    }

    /// Into which list.
    pub fn list(self) -> List {
        match self.lane() {
            Lane::Trainee => List::Trainee,
            Lane::Marks => List::Marks,
            Lane::Expected => List::Expect,
            _ => List::Steps,
        }
    }
}

/// What a template is filled in with.
pub(super) struct Filling<'a> {
    /// The fleet that answers.
    pub fleet: &'a FleetProfile,
    /// Where on the time line.
    pub at: Offset,
    /// How long the scenario runs.
    pub run_for: Offset,
    /// A reference that no step has.
    pub reference: &'a str,
    /// The dispatch that was sent last by then, where there is one.
    pub sent: Option<SentDispatch<'a>>,
}

/// A dispatch that a step sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentDispatch<'a> {
    pub reference: &'a str,
    pub service_end: Offset,
}

impl Filling<'_> {
    /// The table's text.
    ///
    /// # Errors
    /// What the fleet lacks, in words.
    pub fn body(&self, template: Template) -> Result<String, String> {
        let unit = self.fleet.units.first().ok_or("the fleet has no unit")?;
        let (at, last) = (self.at.min(self.run_for), self.run_for.in_seconds());
        let when = short(at);
        let until = short(at.later(1800));
        // A stretch within the scenario, a minute long at least.
        let from = Offset::seconds(at.in_seconds().min(last.saturating_sub(3600)));
        let to = Offset::seconds(from.in_seconds().saturating_add(1800).clamp(60, last.max(60)));
        let told = Offset::seconds(to.in_seconds().min(last.saturating_sub(180)).max(60));
        let kw = change_kw(unit);
        let (key, name) = (template.list().key(), &unit.unit);
        let step = |action: &str, rest: &str| {
            Ok(format!("[[{key}]]\nat = \"{when}\"\naction = \"{action}\"\n{rest}"))
        };
        let mark = |marks: &str, words: &str, kind: &str, rest: &str| {
            Ok(format!("[[{key}]]\nmarks = {marks}\nfor = \"{words}\"\nkind = \"{kind}\"\n{rest}"))
        };
        let stretch = |until: Offset| format!("from = \"{}\"\nuntil = \"{}\"\n", short(from), short(until));
        let sent = || self.sent.ok_or_else(|| format!("no dispatch is sent by {when}; add one first"));
        match template {
            Template::Amend | Template::TraineeAmend => {
                let SentDispatch { reference, service_end } = sent()?;
                let end = short(service_end.later(600).min(self.run_for).max(service_end));
                step("amend", &format!("ref = \"{reference}\"\nservice_end = \"{end}\"\n"))
            }
            Template::Stop | Template::TraineeStop => {
                step("stop", &format!("ref = \"{}\"\n", sent()?.reference))
            }
            Template::EmergencyStop => step("emergency_stop", ""),
            Template::Send | Template::TraineeSend => {
                let (start, end) = (at.later(600), at.later(2400));
                let start = short(start);
                step(
                    "send",
                    &format!(
                        "ref = \"{}\"\nunit = \"{name}\"\nservice_start = \"{start}\"\nservice_end = \"{}\"\nsetpoints = [{{ at = \"{start}\", reference = \"DELTA\", real_kw = {kw} }}]\n",
                        self.reference,
                        short(end)
                    ),
                )
            }
            Template::UnitFault => {
                step("fault", &format!("unit = \"{name}\"\nfault = \"does_nothing\"\nuntil = \"{until}\"\n"))
            }
            Template::FspFault => step(
                "fault",
                &format!("fsp = \"{}\"\nfault = \"loss_of_comms\"\nuntil = \"{until}\"\n", name.fsp),
            ),
            Template::Weather => {
                let is_farm = |unit: &&Unit| matches!(unit.asset, Asset::Renewable(_));
                let farm = self.fleet.units.iter().find(is_farm);
                let farm = farm.ok_or("the fleet has no solar or wind farm")?;
                step("weather", &format!("unit = \"{}\"\nshare = 0.5\nuntil = \"{until}\"\n", farm.unit))
            }
            Template::Baseline => {
                step("baseline", &format!("unit = \"{name}\"\nkw = -100\nuntil = \"{until}\"\n"))
            }
            Template::Tell => {
                step("tell", "from = \"Control engineer\"\ntext = \"What the trainee is told.\"\n")
            }
            Template::Note => step("note", "text = \"What the trainer is to look at.\"\n"),
            Template::TraineeAcknowledge => step("acknowledge", "containing = \"has stopped polling\"\n"),
            Template::TraineeShelve => step(
                "shelve",
                "containing = \"has stopped polling\"\ntime = \"15 min\"\nreason = \"Why it is put aside.\"\n",
            ),
            Template::MarkSent => mark(
                "1",
                "Asked for it in time",
                "sent",
                &format!("units = [\"{name}\"]\nkw = {kw}\n{}by = \"{}\"\n", stretch(to), short(from)),
            ),
            Template::MarkNoticed => mark(
                "1",
                "Took notice of the alarm",
                "noticed",
                "alarm = \"has stopped polling\"\nwithin_s = 120\n",
            ),
            Template::MarkDelivered if last < 300 => {
                Err("what was delivered is known three minutes later; write a longer run_for".to_owned())
            }
            Template::MarkDelivered => {
                let from = from.min(Offset::seconds(told.in_seconds() - 60));
                mark(
                    "1",
                    "It was delivered",
                    "delivered",
                    &format!(
                        "units = [\"{name}\"]\nkw = {kw}\nfrom = \"{}\"\nuntil = \"{}\"\nshare_at_least = 0.9\n",
                        short(from),
                        short(told)
                    ),
                )
            }
            Template::MarkNeverStopped => mark(
                "-1",
                "Stopped a unit that was sound",
                "never_stopped",
                &format!("units = [\"{name}\"]\n"),
            ),
            Template::MarkCost => {
                mark("-1", "Spent too much", "cost", "measure = \"instructed\"\nat_most_gbp = 1000.00\n")
            }
            Template::ExpectAlarms => {
                Ok(format!("[[{key}]]\nalarms = 0\ncontaining = \"has stopped polling\"\n"))
            }
        }
    }
}

/// A change that the unit can make, kW: half of what it has in hand upwards, or downwards where it has nothing there.
fn change_kw(unit: &Unit) -> i64 {
    let (least, most) = unit.asset.limits_kw(0.0);
    let room = if most >= 2.0 { most / 2.0 } else { least / 2.0 };
    #[expect(clippy::cast_possible_truncation, reason = "a rating of at most some GW")]
    let kw = room.round() as i64;
    if kw == 0 { 100 } else { kw }
}
