//! Texts that are wrong as a whole, whatever was to be read from them: nothing, no text, too much, too deep.

use std::path::Path;

use rampdesk::profile::register::from_csv;
use rampdesk::profile::text_file;
use rampdesk::time::{LocalEntry, parse_london};

use super::connections::{connection, operators, secrets, trust};
use super::{dispatches, fleets, messages, scenarios};

type Read = fn(&str) -> Vec<String>;

const FILES: [(&str, Read); 6] = [
    ("fleet.toml", fleets::read),
    ("operators.toml", operators),
    ("trust.toml", trust),
    ("connection.toml", connection),
    ("secrets.toml", secrets),
    ("peak.toml", scenarios::read),
];

#[test]
fn an_empty_file_says_so() {
    for text in ["", " \n\t\n", "\u{feff}"] {
        for (file, read) in FILES {
            assert_eq!(read(text), [format!("{file}: there is nothing in it")], "{text:?}");
        }
        assert_eq!(
            dispatches::read(text),
            ["line 1: document: there is nothing in it; write one JSON object"]
        );
    }
}

#[test]
fn a_byte_order_mark_before_a_good_text_is_no_mistake() {
    for (read, good) in [
        (fleets::read as Read, fleets::GOOD),
        (scenarios::read, scenarios::GOOD),
        (dispatches::read, dispatches::GOOD),
    ] {
        assert_eq!(read(&format!("\u{feff}{good}")), [""; 0]);
    }
}

#[test]
fn lines_that_end_as_on_windows_are_counted_as_any_others() {
    let text = fleets::GOOD.replace('\n', "\r\n").replacen("capacity_kwh = 5000", "capacity_kwh = -1", 1);
    assert_eq!(
        fleets::read(&text),
        [
            "fleet.toml:37: units[0].asset.capacity_kwh: -1 kWh is too little; write a number above 0, at least 0.001"
        ]
    );
}

#[test]
fn a_thousand_brackets_are_refused_and_no_stack_overflows() {
    for deep in ["[".repeat(100_000), "{ a = ".repeat(100_000), "[".repeat(1_000) + &"]".repeat(1_000)] {
        for (file, read) in FILES {
            assert_eq!(
                read(&format!("name = {deep}")),
                [format!(
                    "{file}:1: brackets are nested too deep; no file of this program's needs more than six levels"
                )]
            );
        }
    }
    for (deep, line) in [("[".repeat(100_000), 1), ("{\"setpoints\":\n".repeat(50_000), 33)] {
        assert_eq!(
            dispatches::read(&deep),
            [format!(
                "line {line}: document: brackets are nested deeper than 32; a dispatch document has five levels"
            )]
        );
        assert_eq!(messages::event(&deep).len(), 1);
        assert_eq!(messages::report(&deep).len(), 1);
    }
}

#[test]
fn ten_megabytes_of_junk_are_refused_in_one_line() {
    for junk in ["]\n", "x = 1\n", "\u{0}", "a", "é\"'[{=\n"] {
        let junk = junk.repeat(10_000_000 / junk.len());
        for (file, read) in FILES {
            let length = junk.len();
            assert_eq!(
                read(&junk),
                [format!("{file}: the text is {length} bytes long; a file has at most 8388608")]
            );
        }
        assert_eq!(
            dispatches::read(&junk),
            [format!(
                "document: the text is {} bytes long; a dispatch document has at most 1048576",
                junk.len()
            )]
        );
    }
}

#[test]
fn a_hundred_thousand_mistakes_of_a_file_are_counted_and_not_listed() {
    let text: String = (0..100_000).map(|n| format!("k{n} = 1\n")).collect();
    let said = fleets::read(&text);
    assert_eq!(said.len(), 101);
    assert_eq!(
        said[0],
        "fleet.toml:1: k0: no key has this name here; known are name, operators, contracts, fsps, units, generate"
    );
    assert_eq!(said[1], "fleet.toml:1: name: is missing; write the fleet's name, for people");
    assert_eq!(said[100], "fleet.toml: there are 99901 more mistakes after these");
}

#[test]
fn names_and_texts_of_any_length_and_kind_are_told_on_one_short_line() {
    let long = "k".repeat(100_000);
    let turned = "\u{202e}".repeat(300);
    for text in [
        format!("{long} = 1\n"),
        format!("[clients.\"{turned}\"]\n"),
        format!("name = \"{turned}\"\n[[units]]\nfsp = \"{turned}\"\noperator = \"{turned}\"\n"),
        format!("vtn = \"mqtt:{turned}\"\nopenadr = \"{turned}\"\nmay_reach = [\"{turned}\"]\n"),
    ] {
        for said in [fleets::read(&text), connection(&text), secrets(&text), register(&text)].concat() {
            assert!(said.chars().count() <= 1_024, "{} characters", said.chars().count());
            assert!(!said.contains('\u{202e}'), "{said}");
        }
    }
}

fn register(text: &str) -> Vec<String> {
    super::said(from_csv("register.csv", text, "Register"))
}

#[test]
fn a_file_that_is_no_text_names_the_line_of_the_first_byte_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.toml");
    let said = |path: &Path| text_file::read(path).unwrap_err().to_string();
    let shown = path.display();
    for (bytes, says) in [
        (&b"name = \"x\"\nname = \"\xff\"\n"[..], ":2: byte 0xff is not UTF-8 text; save the file as UTF-8"),
        (b"\xfe\xff\0n\0a\0m\0e", ":1: byte 0xfe is not UTF-8 text; save the file as UTF-8"),
        (b"a\n\nb\xe2\x82", ":3: byte 0xe2 is not UTF-8 text; save the file as UTF-8"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(said(&path), format!("{shown}{says}"));
    }
    assert_eq!(said(folder.path()), format!("{}: is a folder; name a file", folder.path().display()));
    assert_eq!(
        said(&folder.path().join("none")),
        format!("{}: cannot be read: there is no such file", folder.path().join("none").display())
    );
    assert_eq!(
        said(&path.join("below")),
        format!(
            "{}: cannot be read: a part of its path is a file, not a folder",
            path.join("below").display()
        )
    );
}

#[test]
fn a_local_time_that_no_clock_shows_is_never_taken_for_another() {
    for (date, time) in [("2027-03-28", "01:00"), ("2027-03-28", "01:30"), ("2027-03-28", "01:59:59")] {
        assert_eq!(parse_london(date, time), Ok(LocalEntry::Never), "{date} {time}");
    }
    for (date, time, says) in [
        ("2027-02-29", "17:00", "`2027-02-29` is not a date; write 2026-11-26"),
        ("26/11/2026", "17:00", "`26/11/2026` is not a date; write 2026-11-26"),
        ("2026-11-26", "25:00", "`25:00` is not a time of day; write 17:00 or 17:00:30"),
        ("2026-11-26", "5 pm", "`5 pm` is not a time of day; write 17:00 or 17:00:30"),
        ("2026-11-26", "17:00:00.5", "`17:00:00.5` has a fraction of a second; times are whole seconds"),
    ] {
        assert_eq!(parse_london(date, time), Err(says.to_owned()), "{date} {time}");
    }
}
