//! Holds the code to the floors shown in `src/lib.rs`: a module uses what lies below it, and neighbours on floor 4
//! never use each other. Without this, "what is rehearsed is what happens over TCP" would quietly stop being true.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module, its floor, and the neighbours on the same floor that it may use.
const FLOORS: &[(&str, u8, &[&str])] = &[
    ("entropy", 0, &[]),
    ("time", 0, &[]),
    ("units", 0, &[]),
    ("dispatch", 1, &[]),
    ("power", 2, &[]),
    ("certificate", 2, &[]),
    ("portfolio", 3, &[]),
    ("interop", 3, &[]),
    ("openadr", 3, &[]),
    ("journal", 3, &[]),
    ("profile", 3, &["openadr"]),
    ("desk", 4, &[]),
    ("fleet", 4, &[]),
    ("vtn", 4, &[]),
    ("workshop", 5, &[]),
    ("commands", 6, &["console"]),
    ("console", 6, &[]),
];

/// What a module must never name although it lies below: the VTN carries messages and understands none of them,
/// and only the edge knows the window or the command line.
const NEVER: &[(&str, &[&str])] = &[
    ("vtn", &["crate::dispatch", "crate::power", "crate::profile", "crate::journal"]),
    ("dispatch", &["tokio::", "std::fs", "std::net", "reqwest", "egui"]),
    ("power", &["tokio::", "std::fs", "std::net", "reqwest", "egui"]),
    ("portfolio", &["tokio::", "std::fs", "std::net", "reqwest", "egui", "crate::profile", "crate::openadr"]),
    ("interop", &["tokio::", "std::fs", "std::net", "reqwest", "egui"]),
    ("certificate", &["tokio::", "std::fs", "reqwest", "axum", "egui"]),
    ("openadr", &["axum", "rusqlite", "egui"]),
    ("journal", &["axum", "reqwest", "egui"]),
    ("profile", &["axum", "reqwest", "rusqlite", "egui"]),
    ("desk", &["axum", "reqwest", "egui"]),
    ("fleet", &["axum", "reqwest", "rusqlite", "egui"]),
    ("vtn", &["reqwest", "egui"]),
    ("workshop", &["egui"]),
    ("commands", &["egui::", "rusqlite", "axum"]),
    (
        "console",
        &["reqwest", "rusqlite", "axum", "crate::vtn", "crate::openadr::client", "crate::openadr::wire"],
    ),
];

fn files_of(module: &str) -> Vec<PathBuf> {
    fn walk(path: &Path, out: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(path) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut out = Vec::new();
    walk(&source.join(module), &mut out);
    let single = source.join(format!("{module}.rs"));
    if single.is_file() {
        out.push(single);
    }
    out.sort();
    out
}

/// The modules that a line of code names by `crate::…`, comments left out.
fn named_in(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("crate::")
        .map(|(at, _)| {
            let rest = &code[at + "crate::".len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            &rest[..end]
        })
        .collect()
}

#[test]
fn every_module_stands_on_its_floor() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for (module, floor, neighbours) in FLOORS {
        for file in files_of(module) {
            let text = fs::read_to_string(&file).unwrap();
            read += 1;
            for (number, line) in text.lines().enumerate() {
                let place = || format!("{}:{}: {}", file.display(), number + 1, line.trim());
                for named in named_in(line) {
                    let Some((_, its_floor, _)) = FLOORS.iter().find(|(m, ..)| *m == named) else {
                        continue;
                    };
                    let own = named == *module || neighbours.contains(&named);
                    if !own && its_floor >= floor && *floor > 0 {
                        wrong.push(format!(
                            "{}  ({module} is on floor {floor}, {named} on {its_floor})",
                            place()
                        ));
                    }
                }
                let code = line.split("//").next().unwrap_or_default();
                for (_, never) in NEVER.iter().filter(|(m, _)| m == module) {
                    for word in never.iter().filter(|w| code.contains(**w)) {
                        wrong.push(format!("{}  ({module} must know nothing of {word})", place()));
                    }
                }
            }
        }
    }
    assert!(read > 10, "the walk found only {read} files");
    assert!(wrong.is_empty(), "against the floors of src/lib.rs:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_library_has_a_floor() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in lib.lines() {
        let Some(module) = line.trim().strip_prefix("pub mod ").and_then(|m| m.strip_suffix(';')) else {
            continue;
        };
        assert!(
            FLOORS.iter().any(|(m, ..)| *m == module),
            "`{module}` stands on no floor in tests/floors.rs"
        );
    }
}

#[test]
fn the_walk_sees_what_a_line_names() {
    assert_eq!(named_in("use crate::desk::snapshot; // crate::vtn"), ["desk"]);
    assert_eq!(named_in("let x: crate::power::Curve = crate::vtn::y();"), ["power", "vtn"]);
}
