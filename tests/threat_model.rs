//! The threat model names the tests that show its controls. A name that no test has would be a promise nobody keeps.

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| {
        std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let text = read("docs/threat-model.md");
    let named: BTreeSet<(&str, &str)> =
        text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::")).collect();
    for (path, test) in &named {
        let code = read(path);
        let is_there = code.split(&format!("fn {test}(")).count() == 2;
        assert!(is_there, "{path} has no test {test}");
        let before = code.split(&format!("fn {test}(")).next().unwrap_or_default();
        let is_test =
            before.lines().rev().take(4).any(|line| line.contains("test]") || line.contains("test("));
        assert!(is_test, "{path}: {test} is no test");
    }
    assert!(named.len() >= 100, "{} tests are named", named.len());
    for section in text.split("\n## ").filter(|section| section.contains("\n| | threat |")) {
        for row in section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |")) {
            assert_eq!(row.matches(" | ").count(), 3, "four columns: {row}");
        }
    }
}
