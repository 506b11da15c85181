//! The rules of a second person's approval: above which change of power it is needed, and who may give it. A file that
//! can be shared: it holds public keys alone.

use std::collections::BTreeSet;

use serde::Serialize;

use super::fault::FileFault;
use super::reader::{self, Node, Reader, Table};
use super::trust::public_key;
use crate::dispatch::{KeyId, KeyRing, OperatorId, PublicKey};
use crate::units::Watts;

/// The file's name where it is found by its name: in a sandbox's folder.
pub const APPROVAL_RULES: &str = "approval.toml";

/// Above which change a second person approves, and who that may be. Without a limit nobody need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalRules {
    limits: Vec<ApprovalLimit>,
    approvers: Vec<Approver>,
}

/// A limit: what asks for more than that needs an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalLimit {
    /// Whose dispatches it is for; `None`: everything that the desk sends, whoever the operator.
    pub operator: Option<OperatorId>,
    /// The greatest change of real power, up or down, that needs no approval.
    pub change: Watts,
}

/// A person who may approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// Their name, for people.
    pub name: String,
    /// The public half of their own key.
    pub key: PublicKey,
}

const APPROVER: [&str; 7] = ["name", "key_id", "public", "valid_from", "valid_until", "revoked_at", "reason"];

#[derive(Serialize)]
struct WrittenFile {
    limits: Vec<WrittenLimit>,
    approvers: Vec<WrittenApprover>,
}

#[derive(Serialize)]
struct WrittenLimit {
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    mw: f64,
}

#[derive(Serialize)]
struct WrittenApprover {
    name: String,
    key_id: String,
    public: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
}

impl ApprovalLimit {
    /// For people: `5 MW of GB-DNO-11`, `20 MW of all operators`.
    pub fn words(&self) -> String {
        let of = self.operator.as_ref().map_or("all operators", OperatorId::as_str);
        format!("{} of {of}", megawatts(self.change))
    }
}

/// `12.5 MW`: as many decimals as it takes.
pub fn megawatts(power: Watts) -> String {
    let mw = power.kilowatts() / 1000.0;
    let decimals = [(0, 1_000_000), (1, 100_000), (3, 1_000)];
    let decimals = decimals.iter().find(|(_, step)| power.0 % step == 0).map_or(6, |(places, _)| *places);
    format!("{} MW", crate::units::grouped(mw, decimals))
}

impl ApprovalRules {
    /// Reads the rules.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        reader::read(file, text, &["limits", "approvers"], |reader, root| {
            reader.required(root, "limits", "write limits in MW, each under [[limits]]");
            reader.required(root, "approvers", "write who may approve, each under [[approvers]]");
            let (limits, approvers) = (read_limits(reader, root), read_approvers(reader, root));
            let rules = Self { limits: limits?, approvers: approvers? };
            let empty = [("limits", rules.limits.is_empty()), ("approvers", rules.approvers.is_empty())];
            for (key, _) in empty.iter().filter(|(key, empty)| *empty && root.get(key).is_some()) {
                reader.wrong_in(
                    root,
                    key,
                    "there is none in the list; name one, or leave the whole file out",
                );
            }
            Some(rules)
        })
    }

    /// Writes them.
    #[expect(clippy::cast_precision_loss, reason = "limits are far below 2^53 W")]
    pub fn to_toml(&self) -> String {
        let limits = self.limits.iter().map(|limit| WrittenLimit {
            operator: limit.operator.as_ref().map(ToString::to_string),
            mw: limit.change.0 as f64 / 1e6,
        });
        let approvers = self.approvers.iter().map(|approver| WrittenApprover {
            name: approver.name.clone(),
            key_id: approver.key.key_id.to_string(),
            public: approver.key.to_text(),
            valid_from: approver.key.valid_from.map(|t| t.to_string()),
            valid_until: approver.key.valid_until.map(|t| t.to_string()),
        });
        let file = WrittenFile { limits: limits.collect(), approvers: approvers.collect() };
        format!("{HEAD}{}", toml::to_string(&file).unwrap_or_default())
    }

    /// The limits, in the order of the file.
    pub fn limits(&self) -> &[ApprovalLimit] {
        &self.limits
    }

    /// Those who may approve, in the order of the file.
    pub fn approvers(&self) -> &[Approver] {
        &self.approvers
    }

    /// The one whose key that is.
    pub fn approver(&self, key_id: &KeyId) -> Option<&Approver> {
        self.approvers.iter().find(|approver| approver.key.key_id == *key_id)
    }

    /// The keys of those who may approve.
    pub fn keys(&self) -> KeyRing {
        KeyRing::new(self.approvers.iter().map(|approver| approver.key.clone()))
    }

    /// For people: `Ada Winter (ada-winter), Ben Marsh (ben-marsh)`.
    pub fn who(&self) -> String {
        let named = |approver: &Approver| format!("{} ({})", approver.name, approver.key.key_id);
        self.approvers.iter().map(named).collect::<Vec<_>>().join(", ")
    }

    /// Sees that nobody approves with a key that this desk signs dispatches with: then one person would be two.
    ///
    /// # Errors
    /// Who would, in a sentence that says what would be right.
    pub fn apart_from<'k>(&self, signing: impl IntoIterator<Item = &'k PublicKey>) -> Result<(), String> {
        for key in signing {
            if let Some(approver) = self.approvers.iter().find(|a| a.key.bytes == key.bytes) {
                return Err(format!(
                    "the key of approver {} ({}) is the key {} that dispatches are signed with; an approver is another \
                     person, with a key made by `rampdesk keygen --approver`",
                    approver.name, approver.key.key_id, key.key_id
                ));
            }
        }
        Ok(())
    }
}

const HEAD: &str =
    "# Above these changes a second person approves with a key of their own. Public keys alone.\n";

fn read_limits(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<Vec<ApprovalLimit>> {
    let mut seen: BTreeSet<Option<OperatorId>> = BTreeSet::new();
    let tables = reader.tables(root, "limits", &["operator", "mw"]);
    let limits: Vec<Option<ApprovalLimit>> = tables
        .iter()
        .map(|table| {
            let operator = match table.get("operator") {
                Some(node) => {
                    let right = "write the operator's id, as in \"GB-DNO-11\", or leave it out for all";
                    Some(reader.parsed::<OperatorId>(&node, right)?)
                }
                None => None,
            };
            if !seen.insert(operator.clone()) {
                let whose = operator.as_ref().map_or("all operators", OperatorId::as_str);
                reader.wrong_in(table, "operator", format!("this is the second limit of {whose}; keep one"));
            }
            let node = reader.required(table, "mw", "write the limit in MW, as in 5 or 2.5")?;
            Some(ApprovalLimit { operator, change: read_change(reader, &node)? })
        })
        .collect();
    limits.into_iter().collect()
}

fn read_change(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Watts> {
    let watts = reader.megawatts(node)?;
    if watts < 0 {
        reader.wrong(node, "a limit counts both ways and is never negative; write MW without a sign");
        return None;
    }
    Some(Watts(watts))
}

fn read_approvers(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<Vec<Approver>> {
    let mut read: Vec<Option<Approver>> = Vec::new();
    for table in reader.tables(root, "approvers", &APPROVER) {
        let name = reader.required_text(&table, "name", "write the person's name");
        let key = public_key(reader, &table, "write the key's name, as `rampdesk keygen --approver` said it");
        let (Some(name), Some(key)) = (name, key) else {
            read.push(None);
            continue;
        };
        let others = || read.iter().flatten();
        let same_id = others().any(|other: &Approver| other.key.key_id == key.key_id);
        let same_key = others().find(|other| other.key.bytes == key.bytes).map(|other| other.name.clone());
        if same_id {
            let message = format!("`{}` is in the list twice; keep one", key.key_id);
            reader.wrong_in(&table, "key_id", message);
        } else if let Some(other) = same_key {
            let message = format!("is the key of {other} too; everyone has a key of their own");
            reader.wrong_in(&table, "public", message);
        }
        read.push(Some(Approver { name, key }));
    }
    read.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::SigningKey;

    fn approver(name: &str, key_id: &str, seed: u8) -> Approver {
        let key = SigningKey::from_seed(key_id.parse().unwrap(), &[seed; 32]).public(None, None);
        Approver { name: name.to_owned(), key }
    }

    fn rules() -> ApprovalRules {
        let limit = |operator: Option<&str>, watts| ApprovalLimit {
            operator: operator.map(|o| o.parse().unwrap()),
            change: Watts(watts),
        };
        ApprovalRules {
            limits: vec![limit(Some("GB-DNO-11"), 5_000_000), limit(None, 20_500_000)],
            approvers: vec![approver("Ada Winter", "ada-winter", 1), approver("Ben Marsh", "ben-marsh", 2)],
        }
    }

    #[test]
    fn the_rules_come_back_as_written() {
        assert_eq!(ApprovalRules::from_toml("approval.toml", &rules().to_toml()), Ok(rules()));
        let words: Vec<String> = rules().limits().iter().map(ApprovalLimit::words).collect();
        assert_eq!(words, ["5 MW of GB-DNO-11", "20.5 MW of all operators"]);
    }

    #[test]
    fn a_power_is_said_with_as_many_decimals_as_it_takes() {
        for (watts, words) in [
            (0, "0 MW"),
            (5_000_000, "5 MW"),
            (12_500_000, "12.5 MW"),
            (1_234_000, "1.234 MW"),
            (5_000_001, "5.000001 MW"),
            (1_000_000_000, "1,000 MW"),
        ] {
            assert_eq!(megawatts(Watts(watts)), words);
        }
    }

    #[test]
    fn whoever_signs_dispatches_is_not_the_one_who_approves_them() {
        let desk = SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[2; 32]).public(None, None);
        let fault = rules().apart_from([&desk]).unwrap_err();
        assert!(fault.contains("approver Ben Marsh (ben-marsh) is the key gb-dno-11-2026"), "{fault}");
        let other = SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[3; 32]).public(None, None);
        assert_eq!(rules().apart_from([&other]), Ok(()));
    }
}
