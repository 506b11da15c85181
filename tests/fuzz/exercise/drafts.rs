//! What the console reads: its file of drafts and templates, what is pasted from a spreadsheet, its settings, a number or a
//! time as typed. The first byte says which, the rest is the text.
//!
//! What is read comes back as written; whatever a draft holds, it can be edited, and becomes a dispatch or none.

use eframe::Storage;
use rampdesk::console::Settings;
use rampdesk::console::compose::{ComposeView, Draft, KeptDrafts, entry, parts, pasted_lines};
use rampdesk::dispatch::{Dispatch, dispatch_from_json};

use super::desk::{now, operator};
use super::{assert_readable, picked};

pub fn exercise(data: &[u8]) {
    let Some((choice, rest)) = picked(data, 4) else { return };
    match choice {
        0 => drafts(rest),
        1 => pasted(rest),
        2 => settings(rest),
        _ => typed(rest),
    }
}

fn drafts(bytes: &[u8]) {
    let Ok(kept) = serde_json::from_slice::<KeptDrafts>(bytes) else { return };
    let written = serde_json::to_string(&kept).expect("texts and numbers");
    assert_eq!(serde_json::from_str::<KeptDrafts>(&written).expect("our own"), kept);
    for draft in kept.drafts() {
        understand(draft);
        let mut edited = draft.clone();
        for row in draft.rows.iter().take(8) {
            edited.duplicate(row.id);
            edited.add_last(row.kind);
            edited.set_time(row.id, now());
        }
        edited.sort();
        understand(&edited);
        for other in kept.drafts().take(4) {
            if edited.ask_as(other).is_ok() {
                assert_eq!(edited.rows.len(), other.rows.len());
                assert_eq!(edited.status, other.status);
            }
        }
    }
    ComposeView::default().take_up(kept);
}

/// A dispatch, which is written and read again, or none and why.
fn understand(draft: &Draft) {
    assert!(draft.span().is_none_or(|(start, end)| start < end));
    assert!(draft.placed().is_sorted_by_key(|placed| placed.at));
    draft.to_be_asked_again().err();
    for row in &draft.rows {
        if let Ok(amount) = row.amount() {
            let mut same = row.clone();
            same.set_amount(amount);
            assert_eq!(same.amount(), Ok(amount), "{:?}", same.volume);
        }
        row.nearest_amount();
    }
    let Some(parts) = parts(draft, now()) else { return };
    match Dispatch::new(parts) {
        Ok(dispatch) => {
            let signed = dispatch.sign(&operator()).expect("our own key");
            let read = dispatch_from_json(&signed.to_json()).expect("our own document");
            assert_eq!(read, (signed.dispatch, Some(signed.signature)));
        }
        Err(problems) => assert_readable(&problems),
    }
}

/// Every pasted line has a time and a number, and fills a row.
fn pasted(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(lines) = pasted_lines(text) else { return };
    assert!(!lines.is_empty() && lines.len() <= text.lines().count());
    assert!(lines.iter().all(|line| entry::number(&line.volume).is_ok()), "{lines:?}");
    let kept: KeptDrafts = serde_json::from_str(EMPTY).expect("a draft");
    for draft in kept.drafts() {
        for from in [None, Some(0), Some(draft.rows.len())] {
            let mut draft = draft.clone();
            draft.paste(from, lines.clone());
            assert!(draft.rows.len() >= lines.len());
            understand(&draft);
        }
    }
}

const EMPTY: &str = r#"{"drafts": [{"draft": {
    "operator": "GB-DNO-11", "contract": "EMID-C-2026-0193", "unit": {"fsp": "BRIGHTFLEX", "unit": "BESS-07"},
    "dispatch_ref": "EMID-1", "revision": 1, "status": "RUN", "date": "2026-11-26",
    "start": {"text": "17:00", "fold": null}, "end": {"text": "19:00", "fold": null},
    "rows": [{"id": 1, "time": {"text": "17:00", "fold": null}, "volume": "", "scale": "Kilo", "reference": "DELTA",
        "kind": "Real", "price": "", "per": "MWH"}],
    "remembered_real": null, "remembered_reactive": null, "next_row": 2}}]}"#;

/// What eframe has kept for the window: one text, under whatever name it is asked for.
struct Kept(String);

impl Storage for Kept {
    fn get_string(&self, _key: &str) -> Option<String> {
        Some(self.0.clone())
    }

    fn set_string(&mut self, _key: &str, value: String) {
        self.0 = value;
    }

    fn remove_string(&mut self, _key: &str) {
        self.0.clear();
    }

    fn flush(&mut self) {}
}

fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut settings = Settings::load(Some(&Kept(text.to_owned())));
    assert!((1.0..=2.0).contains(&settings.zoom), "{}", settings.zoom);
    let mut storage = Kept(String::new());
    settings.save(&mut storage, &settings.selection());
    assert_eq!(Settings::load(Some(&storage)), settings, "{}", storage.0);
}

/// The first line is a date, the second a time or a number.
fn typed(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (date, text) = text.split_once('\n').unwrap_or(("2026-11-26", text));
    for scale in [1, 100, 1_000, 1_000_000] {
        if let Ok(amount) = entry::whole(text, scale, "1 W") {
            assert_eq!(entry::whole(&entry::typed(amount, scale), scale, "1 W"), Ok(amount), "{text}");
        }
        entry::nearest(text, scale);
    }
    for fold in [None, Some(entry::Fold::Bst), Some(entry::Fold::Gmt)] {
        let time = entry::TimeEntry { text: text.to_owned(), fold };
        match time.read(date) {
            Ok(at) => {
                let again = entry::TimeEntry::of(at, date.trim());
                assert_eq!(again.read(date).ok(), Some(at), "{text} on {date}: {again:?}");
            }
            Err(fault) => assert!(!fault.words().is_empty()),
        }
    }
}
