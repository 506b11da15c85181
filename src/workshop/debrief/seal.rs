//! The signature of a debrief: a page is divided into parts, and what is signed names each with its hash, so that a page that was
//! changed says which part. It stands at the end of the page itself, so that the page can be sent about alone. Pure.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::page::escaped;
use crate::dispatch::{KeyId, KeyRing, OperatorId, PROFILE, Signature, SigningKey, quoted};
use crate::time::UtcTime;

/// What tells a debrief's bytes from those of everything else that is signed.
const NOTICE: &str = "DEBRIEF";
/// Begins a part; its name follows. Nothing that a scenario or an FSP writes comes onto a page with this in it.
const PART: &str = "<!--part:";
const PART_END: &str = "-->";
/// Ends what is signed.
const SEALED: &str = "<!--sealed-->";
const BEGIN: &str = "<pre class=\"seal\">";
const END: &str = "</pre>";
/// What stands before the first part.
const HEAD: &str = "Head";

/// By whose key debriefs are signed.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Whose it is.
    pub operator: OperatorId,
    /// The key.
    pub key: SigningKey,
}

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seal {
    operator: OperatorId,
    /// Domain time.
    at: UtcTime,
    scenario: String,
    parts: Vec<Hashed>,
    /// Files that stand beside the page.
    files: Vec<Hashed>,
}

/// A name and the SHA-256 of what stands under it, in hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hashed {
    name: String,
    sha256: String,
}

/// What a debrief comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What was played.
    pub scenario: String,
    /// Who signed.
    pub operator: OperatorId,
    /// With which key.
    pub key_id: KeyId,
    /// When, on the workshop's clock.
    pub at: UtcTime,
    /// How many parts it has.
    pub parts: usize,
    /// The files beside it that were signed with it and are as they were.
    pub files: Vec<String>,
    /// Those that are not there.
    pub missing: Vec<String>,
    /// Why it does not hold; none when it does.
    pub faults: Vec<String>,
}

/// Where a part begins, by its name.
pub(super) fn begin(page: &mut String, name: &str) {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '/' | '_' | '.' | ':');
    let name: String = name.chars().map(|c| if plain(c) || c == '-' { c } else { ' ' }).collect();
    let _ = write!(page, "{PART}{}{PART_END}", name.replace("--", "- "));
}

/// A page under its signature. `page` is all of it but its end; `files` stand beside it.
///
/// # Errors
/// When the key does not sign, in words.
pub(super) fn sealed(
    page: String,
    files: &[(&str, &[u8])],
    (scenario, at): (&str, UtcTime),
    signer: &Signer,
) -> Result<String, String> {
    let seal = Seal {
        operator: signer.operator.clone(),
        at,
        scenario: scenario.to_owned(),
        parts: parts_of(&page).into_iter().map(|(name, text)| hashed(name, text.as_bytes())).collect(),
        files: files.iter().map(|(name, bytes)| hashed(name, bytes)).collect(),
    };
    let signature = signer.key.sign(&seal.canonical_bytes()?).map_err(|fault| fault.to_string())?;
    Ok(page + &footer(&seal, &signature))
}

/// Whether a text is a page that was signed, whatever else is wrong with it.
pub fn is_meant(text: &str) -> bool {
    text.contains(SEALED)
}

/// Holds a page against its signature. `keys` are those that are pinned for an operator, `beside` what stands in a file of that
/// name beside the page.
///
/// # Errors
/// When what was signed cannot be read, in words.
pub fn judge<'k>(
    text: &str,
    keys: impl FnOnce(&OperatorId) -> Option<&'k KeyRing>,
    beside: impl Fn(&str) -> Option<Vec<u8>>,
) -> Result<Judged, String> {
    let (page, tail) = text.rsplit_once(SEALED).ok_or("there is no signature at its end")?;
    let written =
        tail.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map(|(written, _)| written);
    let (seal, signature) = Seal::from_json(&unescaped(written.ok_or("what was signed is not there")?))?;
    let mut faults = Vec::new();
    match keys(&seal.operator) {
        None => faults.push(format!("no key is pinned for operator {}", seal.operator)),
        Some(ring) => {
            let held = ring.verify(&seal.canonical_bytes()?, &signature, seal.at);
            faults.extend(held.err().map(|fault| fault.to_string()));
        }
    }
    let found = parts_of(page);
    faults.extend(changes(&seal.parts, &found));
    if format!("{SEALED}{tail}") != footer(&seal, &signature) {
        faults.push("the words around the signature were changed".to_owned());
    }
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    for file in &seal.files {
        match beside(&file.name) {
            None => missing.push(file.name.clone()),
            Some(bytes) if hashed(&file.name, &bytes) == *file => files.push(file.name.clone()),
            Some(_) => faults.push(format!("{} beside it was changed", file.name)),
        }
    }
    Ok(Judged {
        scenario: seal.scenario,
        operator: seal.operator,
        key_id: signature.key_id,
        at: seal.at,
        parts: seal.parts.len(),
        files,
        missing,
        faults,
    })
}

/// What of a page is not as it was signed.
fn changes(signed: &[Hashed], found: &[(&str, &str)]) -> Vec<String> {
    let mut left: Vec<Hashed> = found.iter().map(|(name, text)| hashed(name, text.as_bytes())).collect();
    let mut faults = Vec::new();
    for part in signed {
        let same_name = |other: &Hashed| other.name == part.name;
        match left.iter().position(|other| other == part).or_else(|| left.iter().position(same_name)) {
            None => faults.push(format!("“{}” was taken out", part.name)),
            Some(place) => {
                if left.remove(place) != *part {
                    faults.push(format!("“{}” was changed", part.name));
                }
            }
        }
    }
    faults.extend(left.iter().map(|part| format!("“{}” was put in", part.name)));
    let order = || found.iter().map(|(name, _)| *name).eq(signed.iter().map(|part| part.name.as_str()));
    if faults.is_empty() && !order() {
        faults.push("its parts stand in another order".to_owned());
    }
    faults
}

/// The parts of a page, each with its name; together they are all of it.
fn parts_of(page: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let (mut name, mut rest) = (HEAD, page);
    loop {
        // The part's own beginning is not the next one's.
        let from = if name == HEAD { 0 } else { PART.len() };
        let Some(place) = rest.get(from..).and_then(|after| after.find(PART)).map(|place| place + from)
        else {
            parts.push((name, rest));
            return parts;
        };
        let (part, next) = rest.split_at(place);
        parts.push((name, part));
        name = next[PART.len()..].split_once(PART_END).map_or("", |(name, _)| name);
        rest = next;
    }
}

fn hashed(name: &str, bytes: &[u8]) -> Hashed {
    let mut sha256 = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(sha256, "{byte:02x}");
    }
    Hashed { name: name.to_owned(), sha256 }
}

/// The page's end.
fn footer(seal: &Seal, signature: &Signature) -> String {
    format!(
        "{SEALED}<footer><h2>Signature</h2><p>Signed by {} with key {} at {} of the workshop's clock. \
         <code>rampdesk verify debrief.html --trust trust.toml</code> says whether it holds, and which part of this page was changed where it does not.</p>\
         <details><summary>What was signed</summary>{BEGIN}{}{END}</details></footer></body></html>\n",
        escaped(seal.operator.as_str()),
        escaped(signature.key_id.as_str()),
        seal.at,
        escaped(&seal.to_json(signature)),
    )
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}

impl Seal {
    fn form(&self) -> Value {
        let all = |hashed: &[Hashed]| -> Vec<Value> {
            hashed.iter().map(|h| json!({ "name": h.name, "sha256": h.sha256 })).collect()
        };
        json!({
            "profile": PROFILE,
            "notice": NOTICE,
            "network_operator": self.operator,
            "scenario": self.scenario,
            "at": self.at,
            "parts": all(&self.parts),
            "files": all(&self.files),
        })
    }

    /// The exact bytes that are signed: RFC 8785 JSON.
    fn canonical_bytes(&self) -> Result<Vec<u8>, String> {
        serde_json_canonicalizer::to_vec(&self.form()).map_err(|e| format!("it has no canonical form: {e}"))
    }

    fn to_json(&self, signature: &Signature) -> String {
        let mut whole = self.form();
        if let Some(members) = whole.as_object_mut() {
            members.insert("signature".to_owned(), signature.to_value());
        }
        format!("{whole:#}\n")
    }

    fn from_json(text: &str) -> Result<(Self, Signature), String> {
        let whole: Value =
            serde_json::from_str(text).map_err(|e| format!("what was signed is not JSON: {e}"))?;
        let member = |of: &Value, name: &str| {
            let found = of.get(name).and_then(Value::as_str).map(str::to_owned);
            found.ok_or_else(|| format!("{name}: is not there as a text"))
        };
        for (name, right) in [("profile", PROFILE), ("notice", NOTICE)] {
            let found = member(&whole, name)?;
            if found != right {
                return Err(format!("{name}: {} is not `{right}`", quoted(&found)));
            }
        }
        let all = |name: &str| -> Result<Vec<Hashed>, String> {
            let found = whole.get(name).and_then(Value::as_array);
            let found = found.ok_or_else(|| format!("{name}: is not there as a list"))?;
            let one = |of: &Value| Ok(Hashed { name: member(of, "name")?, sha256: member(of, "sha256")? });
            found.iter().map(one).collect()
        };
        let seal = Self {
            operator: member(&whole, "network_operator")?
                .parse()
                .map_err(|e| format!("network_operator: {e}"))?,
            at: member(&whole, "at")?.parse().map_err(|e| format!("at: {e}"))?,
            scenario: member(&whole, "scenario")?,
            parts: all("parts")?,
            files: all("files")?,
        };
        let signature = whole.get("signature").ok_or("signature: is missing")?;
        Ok((seal, Signature::from_value(signature).map_err(|fault| format!("signature.{fault}"))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::sample::{at, key};

    const AT: &str = "2026-11-26T19:00:00Z";

    fn signer() -> Signer {
        Signer { operator: "GB-DNO-11".parse().unwrap(), key: key("a") }
    }

    fn page() -> String {
        let mut page = "<html><body>".to_owned();
        for (name, text) in [("Marks", "3 of 4"), ("Dispatch GB-DNO-11/A-1", "1,000 kW"), ("Journal", "x")] {
            begin(&mut page, name);
            page += text;
        }
        let files: [(&str, &[u8]); 1] = [("readings.csv", b"1,2")];
        sealed(page, &files, ("Peak & trip", at(AT)), &signer()).unwrap()
    }

    fn faults(text: &str, csv: &[u8]) -> Vec<String> {
        let ring = KeyRing::new([key("a").public(None, None)]);
        judge(text, |_| Some(&ring), |_| Some(csv.to_vec())).unwrap().faults
    }

    /// A trainee who hands in a page with other marks would be believed.
    #[test]
    fn whatever_is_changed_is_named() {
        let page = page();
        assert_eq!(faults(&page, b"1,2"), Vec::<String>::new());
        for (from, to, said) in [
            ("3 of 4", "4 of 4", "“Marks” was changed"),
            ("1,000 kW", "900 kW", "“Dispatch GB-DNO-11/A-1” was changed"),
            ("<!--part:Journal-->x", "", "“Journal” was taken out"),
            ("<html>", "<html> ", "“Head” was changed"),
            ("<!--sealed-->", "<!--part:More-->y<!--sealed-->", "“More” was put in"),
            ("<h2>Signature</h2>", "<h2>Good</h2>", "the words around the signature were changed"),
            (AT, "2026-11-26T19:00:01Z", "the signature by key `a` does not match the content"),
        ] {
            assert!(page.contains(from), "{from}");
            assert_eq!(faults(&page.replace(from, to), b"1,2"), [said], "{from}");
        }
        assert_eq!(faults(&page, b"1,3"), ["readings.csv beside it was changed"]);
        let swapped = page
            .replace("<!--part:Marks-->3 of 4", "")
            .replace("<!--sealed-->", "<!--part:Marks-->3 of 4<!--sealed-->");
        assert_eq!(faults(&swapped, b"1,2"), ["its parts stand in another order"]);
    }

    #[test]
    fn a_page_that_somebody_else_signed_or_nobody_is_not_believed() {
        let page = page();
        let other = KeyRing::new([key("b").public(None, None)]);
        let judged = judge(&page, |_| Some(&other), |_| None).unwrap();
        assert_eq!(judged.faults, ["key `a` is not pinned for this party"]);
        assert_eq!(judged.missing, ["readings.csv"]);
        let judged = judge(&page, |_| None, |_| None).unwrap();
        assert_eq!(judged.faults, ["no key is pinned for operator GB-DNO-11"]);
        assert!(judge("<html></html>", |_| None, |_| None).is_err());
        assert!(judge("<html><!--sealed--><pre class=\"seal\">{</pre>", |_| None, |_| None).is_err());
    }
}
