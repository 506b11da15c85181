//! A fleet that is split over several machines, all against one VTN.

use std::fmt;
use std::str::FromStr;

use super::fleet::FleetProfile;
use crate::dispatch::FspId;

/// One part of a fleet: every n-th FSP in order of id, with its contracts and units. An FSP is never split: its client is
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    number: u32,
    of: u32,
}

/// What is no shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no part of a fleet; write I/N with I from 1 to N, as in 2/4 for the second of four")]
pub struct ShardError(String);

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let read = || {
            let (number, of) = text.split_once('/')?;
            let shard = Self { number: number.trim().parse().ok()?, of: of.trim().parse().ok()? };
            (1..=shard.of).contains(&shard.number).then_some(shard)
        };
        read().ok_or_else(|| ShardError(text.to_owned()))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// For the name of a file: `2-of-4`.
    pub fn file_words(self) -> String {
        format!("{}-of-{}", self.number, self.of)
    }

    /// This part of a fleet.
    ///
    /// # Errors
    /// When no FSP is in it, in words.
    pub fn part_of(self, fleet: &FleetProfile) -> Result<FleetProfile, String> {
        let mut ids: Vec<&FspId> = fleet.fsps.iter().map(|fsp| &fsp.id).collect();
        ids.sort();
        let is_here = |(index, _): &(u32, &FspId)| index % self.of == self.number - 1;
        let here: Vec<&FspId> = (0..).zip(ids).filter(is_here).map(|(_, id)| id).collect();
        if here.is_empty() {
            return Err(format!(
                "part {self} of {} has no FSP, since there are only {}; split it into at most that many",
                fleet.name,
                fleet.fsps.len()
            ));
        }
        let mut part = fleet.clone();
        part.fsps.retain(|fsp| here.contains(&&fsp.id));
        part.units.retain(|unit| here.contains(&&unit.unit.fsp));
        let units = &part.units;
        part.contracts.retain(|c| units.iter().any(|u| u.operator == c.operator && u.contract == c.id));
        let operators = part.operators();
        part.endpoints.retain(|endpoints| operators.contains(&endpoints.operator));
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_together_are_the_fleet_and_no_fsp_is_in_two() {
        let fleet = FleetProfile::demo();
        for of in 1..=4_u32 {
            let parts: Vec<FleetProfile> =
                (1..=of).map(|number| Shard { number, of }.part_of(&fleet).unwrap()).collect();
            let mut whole = parts[0].clone();
            for part in &parts[1..] {
                assert!(part.fsps.iter().all(|fsp| !whole.fsps.contains(fsp)));
                whole = whole.with(part).unwrap();
            }
            assert_eq!(whole, fleet, "{of} parts");
            let sizes: Vec<usize> = parts.iter().map(|part| part.fsps.len()).collect();
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{sizes:?}");
            assert!(parts.iter().all(|part| FleetProfile::from_toml("p", &part.to_toml()).is_ok()));
        }
        let refused = "5/5".parse::<Shard>().unwrap().part_of(&fleet).unwrap_err();
        assert!(refused.contains("only 4; split it into at most that many"), "{refused}");
    }

    #[test]
    fn a_part_is_written_as_its_number_of_how_many() {
        for text in ["1/1", "2/4", "10/10"] {
            assert_eq!(text.parse::<Shard>().unwrap().to_string(), text);
        }
        for text in ["", "2", "0/4", "5/4", "1/0", "a/b", "1/2/3", "-1/2"] {
            let error = text.parse::<Shard>().unwrap_err().to_string();
            assert!(error.contains("as in 2/4"), "{error}");
        }
    }
}
