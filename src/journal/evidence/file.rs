//! The file: one JSON object, read strictly.

use serde::{Deserialize, Serialize};

use super::{Evidence, OwnedKey, Owner, Said, Shown};
use crate::dispatch::{DispatchKey, DispatchUnit, KeyId, PublicKey, plain_words, quoted};
use crate::journal::{Entry, EntryKind};
use crate::time::UtcTime;

/// What stands in `format`.
const FORMAT: &str = "rampdesk-evidence/1";
/// The longest that a mistake is told, characters: what it quotes may be of any length.
const LONGEST_FAULT: usize = 400;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    dispatch: DispatchKey,
    keys: Vec<WrittenKey>,
    before: String,
    entries: Vec<WrittenEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fsp: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    approver: Option<String>,
    /// The person whose own an operator's key is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    key_id: KeyId,
    public: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_from: Option<UtcTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until: Option<UtcTime>,
}

/// Either the content's hash, or the content.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenEntry {
    Sealed(Sealed),
    Open(Open),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    number: u64,
    content: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    number: u64,
    at: UtcTime,
    kind: String,
    dispatch: Option<DispatchKey>,
    unit: Option<DispatchUnit>,
    text: String,
    document: Option<String>,
}

impl Evidence {
    /// Whether a text is meant as evidence, whatever else is wrong with it.
    pub fn is_meant(text: &str) -> bool {
        #[derive(Deserialize)]
        struct Meant {
            format: String,
        }
        serde_json::from_str::<Meant>(text).is_ok_and(|meant| meant.format.starts_with("rampdesk-evidence/"))
    }

    /// Writes it.
    pub fn to_json(&self) -> String {
        let written = Written {
            format: FORMAT.to_owned(),
            dispatch: self.dispatch.clone(),
            keys: self.keys.iter().map(written_key).collect(),
            before: self.before.clone(),
            entries: self.span.iter().map(written_entry).collect(),
        };
        // Texts and whole numbers under names always have a JSON form.
        serde_json::to_string_pretty(&written).unwrap_or_default() + "\n"
    }

    /// Reads what [`Evidence::to_json`] wrote. Whether it holds is not looked at here.
    ///
    /// # Errors
    /// What is wrong with it, in a few words on one line.
    pub fn from_json(text: &str) -> Result<Self, String> {
        Self::read(text).map_err(|fault| plain_words(&fault, LONGEST_FAULT))
    }

    fn read(text: &str) -> Result<Self, String> {
        let written: Written =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| e.to_string())?;
        if written.format != FORMAT {
            return Err(format!("format: {} is not `{FORMAT}`", quoted(&written.format)));
        }
        Ok(Self {
            dispatch: written.dispatch,
            keys: written.keys.into_iter().map(read_key).collect::<Result<_, _>>()?,
            before: written.before,
            span: written.entries.into_iter().map(read_entry).collect::<Result<_, _>>()?,
        })
    }
}

fn written_key(owned: &OwnedKey) -> WrittenKey {
    let (operator, fsp, approver) = match &owned.owner {
        Owner::Operator(id) => (Some(id.to_string()), None, None),
        Owner::Fsp(id) => (None, Some(id.to_string()), None),
        Owner::Approver(name) => (None, None, Some(name.clone())),
    };
    let PublicKey { key_id, valid_from, valid_until, holder, .. } = owned.key.clone();
    let holder = holder.map(|holder| holder.to_string());
    WrittenKey {
        operator,
        fsp,
        approver,
        key_id,
        public: owned.key.to_text(),
        valid_from,
        valid_until,
        holder,
    }
}

fn read_key(written: WrittenKey) -> Result<OwnedKey, String> {
    let WrittenKey { key_id, public, valid_from, valid_until, holder, .. } = written;
    let of = |fault: String| format!("keys: {key_id}: {fault}");
    let owner = match (written.operator, written.fsp, written.approver) {
        (Some(id), None, None) => Owner::Operator(id.parse().map_err(|e| of(format!("{e}")))?),
        (None, Some(id), None) => Owner::Fsp(id.parse().map_err(|e| of(format!("{e}")))?),
        (None, None, Some(name)) => Owner::Approver(name),
        _ => return Err(of("it has one owner: an operator, an fsp or an approver".to_owned())),
    };
    let bytes = PublicKey::bytes_from_text(&public).map_err(of)?;
    let holder = holder.map(|name| name.parse().map_err(of)).transpose()?;
    Ok(OwnedKey { owner, key: PublicKey { key_id, bytes, valid_from, valid_until, revoked: None, holder } })
}

fn written_entry(shown: &Shown) -> WrittenEntry {
    let number = shown.number;
    match &shown.said {
        Said::Sealed(content) => WrittenEntry::Sealed(Sealed { number, content: content.clone() }),
        Said::Open(entry) => {
            let Entry { at, kind, dispatch, unit, text, document } = (**entry).clone();
            WrittenEntry::Open(Open {
                number,
                at,
                kind: kind.word().to_owned(),
                dispatch,
                unit,
                text,
                document,
            })
        }
    }
}

fn read_entry(written: WrittenEntry) -> Result<Shown, String> {
    Ok(match written {
        WrittenEntry::Sealed(Sealed { number, content }) => Shown { number, said: Said::Sealed(content) },
        WrittenEntry::Open(Open { number, at, kind, dispatch, unit, text, document }) => {
            let kind = EntryKind::from_word(&kind)
                .ok_or_else(|| format!("entries: {number}: {} is no kind of entry", quoted(&kind)))?;
            let entry = Entry { at, kind, dispatch, unit, text, document };
            Shown { number, said: Said::Open(Box::new(entry)) }
        }
    })
}
