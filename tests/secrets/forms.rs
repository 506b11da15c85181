//! Every form in which a secret may stand in a file, and a search for all of them at once. A part of a secret is a
//! secret: sixteen bytes of any form are enough.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// How much of a form is looked for, in bytes.
const WINDOW: usize = 16;

type Window = [u8; WINDOW];

/// What must stand nowhere.
#[derive(Default)]
pub struct Hoard {
    names: Vec<String>,
    windows: HashMap<Window, usize>,
    /// First eight bytes of each window, by which most places are passed over.
    starts: HashSet<[u8; 8]>,
}

impl Hoard {
    /// One more secret, as text or as bytes.
    pub fn add(&mut self, name: &str, secret: &[u8]) {
        assert!(secret.len() >= WINDOW, "{name} is too short to be looked for");
        let index = self.names.len();
        self.names.push(name.to_owned());
        for form in forms(secret) {
            for window in form.windows(WINDOW) {
                let window: Window = window.try_into().unwrap();
                self.starts.insert(window[..8].try_into().unwrap());
                self.windows.entry(window).or_insert(index);
            }
        }
    }

    /// A secret that is base64url of bytes: the text and the bytes.
    pub fn add_base64(&mut self, name: &str, text: &str) {
        self.add(name, text.as_bytes());
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        self.add(&format!("{name}, its bytes"), &bytes);
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The names of those that stand in these bytes, each with what stands there and what is around it.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let mut found: Vec<(usize, String)> = Vec::new();
        for (at, window) in bytes.windows(WINDOW).enumerate() {
            let start: [u8; 8] = window[..8].try_into().unwrap();
            if !self.starts.contains(&start) {
                continue;
            }
            let window: Window = window.try_into().unwrap();
            let Some(index) = self.windows.get(&window) else { continue };
            if found.iter().all(|(other, _)| other != index) {
                let around = &bytes[at.saturating_sub(120)..(at + 120).min(bytes.len())];
                found.push((*index, String::from_utf8_lossy(around).into_owned()));
            }
        }
        found.into_iter().map(|(index, around)| format!("{}: …{around}…", self.names[index])).collect()
    }
}

/// As it is, and as JSON, Rust's `Debug`, URLs, forms, base64 (also within a longer text) and hexadecimal write it.
pub fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.to_vec()];
    let hex = |upper: bool, between: &str| {
        let digits = secret.iter().map(|b| if upper { format!("{b:02X}") } else { format!("{b:02x}") });
        digits.collect::<Vec<_>>().join(between).into_bytes()
    };
    for upper in [false, true] {
        forms.extend([hex(upper, ""), hex(upper, ":"), hex(upper, " ")]);
    }
    let mut list = String::new();
    for byte in secret {
        let _ = write!(list, "{byte}, ");
    }
    forms.push(list.into_bytes());
    if let Ok(text) = std::str::from_utf8(secret) {
        let written = [
            serde_json::to_string(text).unwrap().trim_matches('"').to_owned(),
            text.escape_debug().to_string(),
            url::form_urlencoded::byte_serialize(secret).collect(),
            utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        ];
        forms.extend(written.into_iter().map(String::into_bytes));
    }
    let encoded: Vec<Vec<u8>> = forms.iter().flat_map(|form| within_base64(form)).collect();
    forms.extend(encoded);
    forms.retain(|form| form.len() >= WINDOW);
    forms.sort();
    forms.dedup();
    forms
}

/// The part of a base64 text that depends on these bytes alone, whatever stands before and behind.
fn within_base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for before in 0..3_usize {
        let mut text = vec![0; before];
        text.extend(bytes);
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&text).into_bytes();
            let from = (before * 8).div_ceil(6);
            let until = text.len() * 8 / 6;
            found.push(encoded[from..until].to_vec());
        }
    }
    found
}

/// Access tokens by their shape, of whatever VTN of ours: role, expiry and client, a dot, and a signature.
pub fn tokens_in(bytes: &[u8]) -> Vec<String> {
    let is_of_a_token = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let words = bytes.split(|b| !is_of_a_token(b)).filter(|word| word.len() > 50);
    let words = words.filter_map(|word| std::str::from_utf8(word).ok());
    words.filter(|word| is_token(word)).map(str::to_owned).collect()
}

fn is_token(word: &str) -> bool {
    let Some((payload, signature)) = word.split_once('.') else { return false };
    let Ok(payload) = URL_SAFE_NO_PAD.decode(payload) else { return false };
    let expiry: Vec<u8> = payload.iter().skip(1).copied().take_while(u8::is_ascii_digit).collect();
    matches!(payload.first(), Some(b'B' | b'V')) && expiry.len() == 13 && signature.len() == 43
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
