//! Faults that a trainer gives to the simulated fleet: what each is, of what, and from when until when. Pure.

mod file;
mod text;

pub(crate) use file::{departure, has_weather, read_fault, weather_share};

use crate::dispatch::{DispatchUnit, FspId, UnitId};
use crate::power::Asset;
use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::time::UtcTime;

/// What can be wrong with one unit.
#[derive(Clone, Debug, PartialEq)]
pub enum UnitFault {
    /// It moves at a share of its declared ramps.
    Slow {
        /// Of the declared ramp, above 0 and up to 1.
        factor: f64,
    },
    /// It leaves baseline later than it must.
    LateStart {
        /// By so many seconds.
        seconds: u32,
    },
    /// It delivers a share of each change.
    Partial {
        /// Of the change from baseline, 0 to 1.
        share: f64,
    },
    /// It moves the other way.
    WrongDirection,
    /// Another unit of the same FSP moves in its place.
    WrongUnit {
        /// Which; `None` for the next of its FSP.
        instead: Option<UnitId>,
    },
    /// It stays at its present power, whatever is asked.
    Stuck,
    /// Its protection opens: it drops out at once, and its FSP says so.
    Trip,
    /// Its minutes are not reported.
    MeteringGap,
    /// Its minutes are reported and are of no use.
    BadData {
        /// In which way.
        how: BadData,
    },
    /// Its client acknowledges, and the unit does nothing.
    DoesNothing,
    /// Its controller takes a change from baseline for a net level, and reads that back.
    DeltaAsAbsolute,
    /// Its controller takes no revision on but the first; stops it obeys.
    IgnoresAmendments,
    /// It holds less energy than it reports.
    EnergyExhausted {
        /// Of the energy that it reports, 0 to 1.
        share: f64,
    },
    /// What it would do anyway departs from its declared baseline, which is what its controller and its buyer go by.
    OffBaseline {
        /// By so many kW; below 0 less export or more import. Not 0.
        kw: f64,
    },
    /// Of a solar or wind farm: sun or wind give another share of what the farm's weather is, which is what its controller
    /// and its buyer go by. A limit that was asked holds all the same.
    Weather {
        /// Of what it would give else, 0 to 5; never beyond the farm's rating.
        share: f64,
    },
}

/// How readings are bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadData {
    /// Reported with DATA_QUALITY `BAD`.
    Flagged,
    /// Reported as good, in watts where kilowatts are meant.
    Absurd,
}

impl BadData {
    /// Both, as files write them.
    pub const WORDS: [(&str, Self); 2] = [("flagged", Self::Flagged), ("absurd", Self::Absurd)];
}

/// What can be wrong with an FSP's client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FspFault {
    /// It does not reach its VTN.
    LossOfComms,
    /// Its clock is wrong.
    ClockSkew {
        /// Seconds ahead; below 0 behind.
        seconds: i32,
    },
    /// It files each acknowledgement twice. Readings and heartbeats have one report each, which is kept up to date: they
    /// cannot come twice, nor out of order.
    Duplicates,
    /// It files acknowledgements in another order than they came about.
    Reordered,
    /// Its acknowledgements bear a signature that its key did not make.
    ForgedSignature,
    /// Its acknowledgements bear no signature.
    MissingSignature,
    /// It presents a token that the VTN does not hold good in the place of its own, and goes on doing so: as if its access
    /// token had expired and were not renewed.
    ExpiredToken,
    /// What it fetches is altered on its way to it: the dispatches say something else than what was signed.
    Altered {
        /// What they say.
        into: Alteration,
    },
    /// Its client checks a signature as if it covered the message's id and key alone: whatever else such a message says passes.
    ChecksIdOnly,
}

/// What a dispatch is altered into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// Each level has the other sign; of dispatches that come while the fault is on.
    Reversed,
    /// A STOP with the next number and the old signature; of all that are not over and no stops.
    Stop,
}

impl Alteration {
    /// Both, as files write them.
    pub const WORDS: [(&str, Self); 2] = [("reversed", Self::Reversed), ("stop", Self::Stop)];
}

impl UnitFault {
    /// One of each, with the numbers that it has when nobody gives others.
    pub const ALL: [Self; 15] = [
        Self::Slow { factor: 0.1 },
        Self::LateStart { seconds: 600 },
        Self::Partial { share: 0.5 },
        Self::WrongDirection,
        Self::WrongUnit { instead: None },
        Self::Stuck,
        Self::Trip,
        Self::MeteringGap,
        Self::BadData { how: BadData::Flagged },
        Self::DoesNothing,
        Self::DeltaAsAbsolute,
        Self::IgnoresAmendments,
        Self::EnergyExhausted { share: 0.2 },
        Self::OffBaseline { kw: -100.0 },
        Self::Weather { share: 0.5 },
    ];

    /// As files write it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Slow { .. } => "slow",
            Self::LateStart { .. } => "late_start",
            Self::Partial { .. } => "partial",
            Self::WrongDirection => "wrong_direction",
            Self::WrongUnit { .. } => "wrong_unit",
            Self::Stuck => "stuck",
            Self::Trip => "trip",
            Self::MeteringGap => "metering_gap",
            Self::BadData { .. } => "bad_data",
            Self::DoesNothing => "does_nothing",
            Self::DeltaAsAbsolute => "delta_as_absolute",
            Self::IgnoresAmendments => "ignores_amendments",
            Self::EnergyExhausted { .. } => "energy_exhausted",
            Self::OffBaseline { .. } => "off_baseline",
            Self::Weather { .. } => "weather",
        }
    }

    /// Whether it can befall such a unit: only solar and wind farms go by the weather.
    pub fn can_befall(&self, asset: &Asset) -> bool {
        !matches!(self, Self::Weather { .. }) || matches!(asset, Asset::Renewable(_))
    }

    /// The key of the number that it takes, if it takes one.
    pub fn number_key(&self) -> Option<&'static str> {
        match self {
            Self::Slow { .. } => Some("factor"),
            Self::LateStart { .. } => Some("seconds"),
            Self::Partial { .. } | Self::EnergyExhausted { .. } | Self::Weather { .. } => Some("share"),
            Self::WrongUnit { .. } => Some("instead"),
            Self::BadData { .. } => Some("quality"),
            Self::OffBaseline { .. } => Some("kw"),
            _ => None,
        }
    }

    /// For people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Slow { .. } => "Slow",
            Self::LateStart { .. } => "Late start",
            Self::Partial { .. } => "Partial delivery",
            Self::WrongDirection => "Wrong direction",
            Self::WrongUnit { .. } => "Wrong unit",
            Self::Stuck => "Stuck",
            Self::Trip => "Trip",
            Self::MeteringGap => "Metering gap",
            Self::BadData { .. } => "Bad readings",
            Self::DoesNothing => "Acknowledges, does nothing",
            Self::DeltaAsAbsolute => "Reads delta as absolute",
            Self::IgnoresAmendments => "Ignores amendments",
            Self::EnergyExhausted { .. } => "Energy exhausted",
            Self::OffBaseline { .. } => "Departs from its baseline",
            Self::Weather { .. } => "Other weather",
        }
    }

    /// What a trainee would see.
    pub fn seen(&self) -> &'static str {
        match self {
            Self::Slow { .. } => {
                "It moves at a fraction of its declared ramp and says that it is there too late."
            }
            Self::LateStart { .. } => "It stays at baseline after it should have left, and starts too late.",
            Self::Partial { .. } => "It says that it is at its level and delivers a part of it.",
            Self::WrongDirection => "It says that it is at its level and moves the other way.",
            Self::WrongUnit { .. } => "It says that it is at its level, and another unit of the FSP moves.",
            Self::Stuck => "Its power does not change, whatever is asked, and no stage comes.",
            Self::Trip => "It drops out at once; its dispatches fail, and it takes no new one on.",
            Self::MeteringGap => "It delivers, and no reading comes.",
            Self::BadData { .. } => "It delivers, and its readings are marked bad or cannot be.",
            Self::DoesNothing => "It accepts, and then neither moves nor says a word.",
            Self::DeltaAsAbsolute => {
                "Its read-back says ABSOLUTE where DELTA was sent, and it delivers that."
            }
            Self::IgnoresAmendments => "It receives a later revision and goes on with the first.",
            Self::EnergyExhausted { .. } => "It is empty long before its reported state of charge says so.",
            Self::OffBaseline { .. } => {
                "It does what it was asked, and by the declared baseline it is short, or over, all the same."
            }
            Self::Weather { .. } => {
                "It makes less, or more, than its FSP had forecast; under a limit up to that limit."
            }
        }
    }
}

impl FspFault {
    /// One of each, with the numbers that it has when nobody gives others.
    pub const ALL: [Self; 9] = [
        Self::LossOfComms,
        Self::ClockSkew { seconds: 120 },
        Self::Duplicates,
        Self::Reordered,
        Self::ForgedSignature,
        Self::MissingSignature,
        Self::ExpiredToken,
        Self::Altered { into: Alteration::Reversed },
        Self::ChecksIdOnly,
    ];

    /// As files write it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::LossOfComms => "loss_of_comms",
            Self::ClockSkew { .. } => "clock_skew",
            Self::Duplicates => "duplicates",
            Self::Reordered => "reordered",
            Self::ForgedSignature => "forged_signature",
            Self::MissingSignature => "missing_signature",
            Self::ExpiredToken => "expired_token",
            Self::Altered { .. } => "altered",
            Self::ChecksIdOnly => "checks_id_only",
        }
    }

    /// The key of the number that it takes, if it takes one.
    pub fn number_key(&self) -> Option<&'static str> {
        match self {
            Self::ClockSkew { .. } => Some("seconds"),
            Self::Altered { .. } => Some("into"),
            _ => None,
        }
    }

    /// For people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::LossOfComms => "Loss of communications",
            Self::ClockSkew { .. } => "Clock skew",
            Self::Duplicates => "Duplicate acknowledgements",
            Self::Reordered => "Acknowledgements out of order",
            Self::ForgedSignature => "Forged signature",
            Self::MissingSignature => "Missing signature",
            Self::ExpiredToken => "Expired token",
            Self::Altered { .. } => "Messages altered on their way",
            Self::ChecksIdOnly => "Signature checked over the id only",
        }
    }

    /// What a trainee would see.
    pub fn seen(&self) -> &'static str {
        match self {
            Self::LossOfComms => "It stops polling; its units go on with what they have accepted.",
            Self::ClockSkew { .. } => "Its stages, heartbeats and readings bear a time that is not now.",
            Self::Duplicates => "Each of its acknowledgements comes twice.",
            Self::Reordered => "An earlier stage comes after a later one.",
            Self::ForgedSignature => "Its acknowledgements are not believed.",
            Self::MissingSignature => "Its acknowledgements cannot be read.",
            Self::ExpiredToken => {
                "The VTN refuses each of its requests (401): it seems to have stopped polling."
            }
            Self::Altered { .. } => {
                "It refuses what comes to it: the signature does not hold over what the message says by then."
            }
            Self::ChecksIdOnly => {
                "Nothing, until a message is altered on its way: then it acts on it, and only the read-back tells."
            }
        }
    }
}

/// A fault and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Affliction {
    /// One unit's.
    Unit(DispatchUnit, UnitFault),
    /// One FSP's.
    Fsp(FspId, FspFault),
}

impl Affliction {
    /// Whether it is the same fault of the same unit or FSP, whatever its numbers.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unit(unit, fault), Self::Unit(of, also)) => unit == of && fault.word() == also.word(),
            (Self::Fsp(fsp, fault), Self::Fsp(of, also)) => fsp == of && fault.word() == also.word(),
            _ => false,
        }
    }

    /// The fault's name in files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unit(_, fault) => fault.word(),
            Self::Fsp(_, fault) => fault.word(),
        }
    }

    /// `partial delivery of BRIGHTFLEX/BESS-07`, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Unit(unit, fault) => format!("{} of {unit}", fault.name().to_lowercase()),
            Self::Fsp(fsp, fault) => format!("{} of {fsp}", fault.name().to_lowercase()),
        }
    }
}

/// A fault with its time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedFault {
    /// What, of what.
    pub affliction: Affliction,
    /// From when on; `None` for from the beginning.
    pub from: Option<UtcTime>,
    /// Until when; `None` for as long as nobody ends it.
    pub until: Option<UtcTime>,
}

impl TimedFault {
    /// Whether it is on at an instant.
    pub fn is_on(&self, at: UtcTime) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// All faults of a fleet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultPlan {
    /// In no order.
    pub faults: Vec<TimedFault>,
}

impl FaultPlan {
    /// Reads a faults file: `[[faults]]`, each of a unit or an FSP of this fleet; of any where none is given.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str, fleet: Option<&FleetProfile>) -> Result<Self, Vec<FileFault>> {
        file::read(file, text, fleet)
    }

    /// What of it has come to pass: what has begun by then, and the ends that have come.
    #[must_use]
    pub fn so_far(&self, now: UtcTime) -> Self {
        let begun = self.faults.iter().filter(|timed| timed.from.is_none_or(|from| from <= now));
        let known = |timed: &TimedFault| TimedFault {
            until: timed.until.filter(|until| *until <= now),
            ..timed.clone()
        };
        Self { faults: begun.map(known).collect() }
    }

    /// Whether a unit has a fault at any time.
    pub fn concerns(&self, unit: &DispatchUnit) -> bool {
        self.faults.iter().any(|timed| matches!(&timed.affliction, Affliction::Unit(of, _) if of == unit))
    }

    /// The faults of a unit at an instant.
    pub fn of_unit(&self, unit: &DispatchUnit, at: UtcTime) -> impl Iterator<Item = &UnitFault> {
        self.faults.iter().filter(move |timed| timed.is_on(at)).filter_map(move |timed| {
            match &timed.affliction {
                Affliction::Unit(of, fault) if of == unit => Some(fault),
                _ => None,
            }
        })
    }

    /// The faults of an FSP at an instant.
    pub fn of_fsp(&self, fsp: &FspId, at: UtcTime) -> impl Iterator<Item = &FspFault> {
        self.faults.iter().filter(move |timed| timed.is_on(at)).filter_map(move |timed| {
            match &timed.affliction {
                Affliction::Fsp(of, fault) if of == fsp => Some(fault),
                _ => None,
            }
        })
    }

    /// Switches a fault on from an instant on, in place of the same one with other numbers.
    pub fn switch_on(&mut self, affliction: Affliction, at: UtcTime) {
        self.switch_off(&affliction, at);
        self.faults.push(TimedFault { affliction, from: Some(at), until: None });
    }

    /// Ends a fault at an instant, and forgets what ended an hour before.
    pub fn switch_off(&mut self, affliction: &Affliction, at: UtcTime) {
        for timed in self.faults.iter_mut().filter(|timed| timed.affliction.is_same(affliction)) {
            timed.until = Some(timed.until.map_or(at, |until| until.min(at)));
        }
        let is_remembered = |timed: &TimedFault| {
            let is_empty = timed.from.zip(timed.until).is_some_and(|(from, until)| until <= from);
            !is_empty && timed.until.is_none_or(|until| until + REMEMBERED_S > at)
        };
        self.faults.retain(is_remembered);
    }
}

/// Seconds for which a fault that is over is kept: what it did is still metered.
const REMEMBERED_S: i64 = 3600;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    #[test]
    fn every_fault_has_a_word_and_a_sentence_of_its_own() {
        let units = UnitFault::ALL.iter().map(|f| (f.word(), f.name(), f.seen()));
        let fsps = FspFault::ALL.iter().map(|f| (f.word(), f.name(), f.seen()));
        let all: Vec<_> = units.chain(fsps).collect();
        for (index, (word, name, seen)) in all.iter().enumerate() {
            assert!(seen.ends_with('.') && !name.is_empty(), "{word}");
            assert!(all[..index].iter().all(|(w, n, s)| w != word && n != name && s != seen), "{word}");
        }
    }

    #[test]
    fn a_fault_is_on_from_its_beginning_until_before_its_end_and_of_its_own_unit_alone() {
        let unit: DispatchUnit = "BRIGHTFLEX/BESS-07".parse().unwrap();
        let other: DispatchUnit = "BRIGHTFLEX/BESS-08".parse().unwrap();
        let mut plan = FaultPlan::default();
        let stuck = Affliction::Unit(unit.clone(), UnitFault::Stuck);
        plan.switch_on(stuck.clone(), at(0));
        plan.switch_off(&stuck, at(60));
        plan.switch_on(Affliction::Fsp(unit.fsp.clone(), FspFault::Reordered), at(10));
        for (seconds, of_unit, of_fsp) in [(-1, 0, 0), (0, 1, 0), (10, 1, 1), (59, 1, 1), (60, 0, 1)] {
            assert_eq!(plan.of_unit(&unit, at(seconds)).count(), of_unit, "{seconds}");
            assert_eq!(plan.of_unit(&other, at(seconds)).count(), 0);
            assert_eq!(plan.of_fsp(&unit.fsp, at(seconds)).count(), of_fsp, "{seconds}");
        }
    }

    #[test]
    fn switched_on_again_a_fault_has_its_new_numbers_alone() {
        let unit: DispatchUnit = "BRIGHTFLEX/BESS-07".parse().unwrap();
        let mut plan = FaultPlan::default();
        for (seconds, share) in [(0, 0.5), (60, 0.2), (60, 0.3)] {
            plan.switch_on(Affliction::Unit(unit.clone(), UnitFault::Partial { share }), at(seconds));
        }
        let on = |seconds| plan.of_unit(&unit, at(seconds)).cloned().collect::<Vec<_>>();
        assert_eq!(on(30), [UnitFault::Partial { share: 0.5 }], "what was is not changed");
        assert_eq!(on(60), [UnitFault::Partial { share: 0.3 }]);
    }
}
