//! Which kind of file a text is, told by what stands at its root: so that a file in the place of another is called by
//! its name.

use super::reader;

/// A kind of file that a person gives to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A dispatch document.
    Dispatch,
    /// An OpenADR event.
    Event,
    /// A scenario.
    Scenario,
    /// A fleet file.
    Fleet,
    /// A connection file.
    Connection,
    /// A trust file.
    Trust,
    /// A list of operators.
    Operators,
    /// A list of products.
    Products,
    /// A secrets file.
    Secrets,
    /// A list of faults.
    Faults,
    /// The rules of approval.
    ApprovalRules,
    /// A second person's approval.
    Approval,
    /// A sealed key, a person's or a party's.
    SealedKey,
    /// A client's sealed secret.
    SealedSecret,
}

impl FileKind {
    /// With its article, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Dispatch => "a dispatch document",
            Self::Event => "an OpenADR event",
            Self::Scenario => "a scenario",
            Self::Fleet => "a fleet file",
            Self::Connection => "a connection file",
            Self::Trust => "a trust file",
            Self::Operators => "a list of operators",
            Self::Products => "a list of products",
            Self::Secrets => "a secrets file",
            Self::Faults => "a list of faults",
            Self::ApprovalRules => "a file of approval rules",
            Self::Approval => "an approval",
            Self::SealedKey => "a personal key",
            Self::SealedSecret => "a sealed client secret",
        }
    }

    /// What the text most likely is, however much in it is wrong; `None` when nothing tells.
    pub fn of(text: &str) -> Option<Self> {
        if is_json(text) {
            let root: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
            let has = |names: &[&str]| names.iter().any(|name| root.get(name).is_some());
            if has(&["programID", "intervals"]) {
                return Some(Self::Event);
            }
            if has(&["approved_at"]) {
                return Some(Self::Approval);
            }
            return has(&["profile", "dispatch_ref", "dispatch_unit", "setpoints"]).then_some(Self::Dispatch);
        }
        let keys = reader::root_keys("", text).ok()?;
        let has = |names: &[&str]| keys.iter().any(|key| names.contains(&key.as_str()));
        [
            (Self::Scenario, &["steps", "run_for", "expect"][..]),
            (Self::Fleet, &["units", "contracts", "fsps", "generate"]),
            (Self::Connection, &["vtn", "client_id"]),
            (Self::Trust, &["keys"]),
            (Self::Operators, &["operators"]),
            (Self::Products, &["products"]),
            (Self::Secrets, &["clients", "signing_keys"]),
            (Self::Faults, &["faults"]),
            (Self::ApprovalRules, &["limits", "approvers"]),
            (Self::SealedSecret, &["client"]),
            (Self::SealedKey, &["sealed"]),
        ]
        .into_iter()
        .find(|(_, names)| has(names))
        .map(|(kind, _)| kind)
    }
}

/// Whether a text is meant as JSON: it begins with a brace, which no TOML does.
pub fn is_json(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_what_stands_at_its_root_whatever_else_is_wrong() {
        for (text, kind) in [
            ("{\"profile\": 7}", Some(FileKind::Dispatch)),
            ("\u{feff} {\"programID\": \"p\", \"intervals\": []}", Some(FileKind::Event)),
            ("{\"a\": 1}", None),
            ("{", None),
            ("name = \"x\"\nrun_for = 7\nfleet = \"demo\"\n", Some(FileKind::Scenario)),
            ("[[units]]\n", Some(FileKind::Fleet)),
            ("vtn = 7\nfleet = \"demo\"\n", Some(FileKind::Connection)),
            ("keys = []\n", Some(FileKind::Trust)),
            ("operators = []\n", Some(FileKind::Operators)),
            ("[clients]\n", Some(FileKind::Secrets)),
            ("[[faults]]\n", Some(FileKind::Faults)),
            ("[[limits]]\n", Some(FileKind::ApprovalRules)),
            ("name = \"Ada\"\n[sealed]\n", Some(FileKind::SealedKey)),
            ("{\"profile\": 7, \"approved_at\": 7}", Some(FileKind::Approval)),
            ("colour = \"blue\"\n", None),
            ("units = [\n", None),
            ("", None),
        ] {
            assert_eq!(FileKind::of(text), kind, "{text}");
        }
    }
}
