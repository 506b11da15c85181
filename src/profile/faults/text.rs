//! Faults as they are written into files.

use std::fmt::Write as _;

use toml_edit::Value;

use super::{Affliction, Alteration, BadData, FaultPlan, FspFault, UnitFault};

impl FaultPlan {
    /// Writes a faults file; empty where there is no fault.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for timed in &self.faults {
            let _ = write!(text, "[[faults]]\n{}", timed.affliction.to_lines());
            for (key, at) in [("from", timed.from), ("until", timed.until)] {
                if let Some(at) = at {
                    let _ = writeln!(text, "{key} = \"{at}\"");
                }
            }
            text.push('\n');
        }
        text
    }
}

impl Affliction {
    /// The keys of a fault and whose it is, each on a line of its own.
    pub fn to_lines(&self) -> String {
        let (whose, name, word, number) = match self {
            Self::Unit(unit, fault) => ("unit", unit.to_string(), fault.word(), fault.to_line()),
            Self::Fsp(fsp, fault) => ("fsp", fsp.to_string(), fault.word(), fault.to_line()),
        };
        format!("{whose} = {}\nfault = \"{word}\"\n{number}", quoted(&name))
    }
}

impl UnitFault {
    /// The line of its number; empty where it has none.
    pub fn to_line(&self) -> String {
        let Some(key) = self.number_key() else { return String::new() };
        match self {
            Self::Slow { factor: number }
            | Self::Partial { share: number }
            | Self::EnergyExhausted { share: number }
            | Self::Weather { share: number }
            | Self::OffBaseline { kw: number } => format!("{key} = {number}\n"),
            Self::LateStart { seconds } => format!("{key} = {seconds}\n"),
            Self::BadData { how } => word(key, &BadData::WORDS, how),
            Self::WrongUnit { instead: Some(instead) } => format!("{key} = {}\n", quoted(instead.as_str())),
            _ => String::new(),
        }
    }
}

impl FspFault {
    /// The line of its number; empty where it has none.
    pub fn to_line(&self) -> String {
        match (self, self.number_key()) {
            (Self::ClockSkew { seconds }, Some(key)) => format!("{key} = {seconds}\n"),
            (Self::Altered { into }, Some(key)) => word(key, &Alteration::WORDS, into),
            _ => String::new(),
        }
    }
}

fn word<T: PartialEq>(key: &str, words: &[(&str, T)], value: &T) -> String {
    let found = words.iter().find(|(_, known)| known == value);
    found.map_or_else(String::new, |(word, _)| format!("{key} = \"{word}\"\n"))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::faults::TimedFault;

    #[test]
    fn every_fault_that_is_written_is_read_back() {
        let unit = |fault| Affliction::Unit("BRIGHTFLEX/BESS-07".parse().unwrap(), fault);
        let fsp = |fault| Affliction::Fsp("TRENTGEN".parse().unwrap(), fault);
        let more = [UnitFault::WrongUnit { instead: Some("BESS-08".parse().unwrap()) }];
        let all = UnitFault::ALL.into_iter().chain(more).map(unit).chain(FspFault::ALL.into_iter().map(fsp));
        let at = |text: &str| Some(text.parse().unwrap());
        let faults = all.enumerate().map(|(index, affliction)| TimedFault {
            affliction,
            from: if index % 2 == 0 { at("2026-11-26T17:00:00Z") } else { None },
            until: if index % 3 == 0 { at("2026-11-26T17:30:00Z") } else { None },
        });
        let plan = FaultPlan { faults: faults.collect() };
        assert_eq!(FaultPlan::from_toml("faults.toml", &plan.to_toml(), None).unwrap(), plan);
        assert_eq!(FaultPlan::default().to_toml(), "");
    }
}
