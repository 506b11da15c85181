//! What the words mean on which an operator and an FSP must not differ, out of `docs/semantics.md`: one text for both.

use std::sync::LazyLock;

/// The text.
const TEXT: &str = include_str!("../../../docs/semantics.md");

/// One word.
pub struct Meaning {
    /// The word.
    pub word: String,
    /// `Rule`, `Why`, `Elsewhere` and `Two minutes`, each with what is said of it.
    pub parts: Vec<(String, String)>,
}

/// Every word, in the order of the text.
pub static MEANINGS: LazyLock<Vec<Meaning>> =
    LazyLock::new(|| TEXT.split("\n## ").skip(1).map(meaning).collect());

/// A word's section: its heading, then paragraphs that begin with what they are in bold.
fn meaning(section: &str) -> Meaning {
    let (word, text) = section.split_once('\n').unwrap_or((section, ""));
    let part = |paragraph: &str| {
        let (name, said) = paragraph.trim().strip_prefix("**")?.split_once(".**")?;
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        Some((name.to_owned(), said.replace(['`', '*'], "")))
    };
    Meaning { word: word.trim().to_owned(), parts: text.split("\n\n").filter_map(part).collect() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const WORDS: [&str; 8] = [
        "Acknowledgement",
        "Read-back",
        "Revision",
        "Stop and emergency stop",
        "Loss of communications",
        "Sign and delta",
        "Ramp",
        "End of service",
    ];

    #[test]
    fn each_word_has_its_rule_why_what_others_do_and_two_minutes_that_show_it() {
        let words: Vec<&str> = MEANINGS.iter().map(|meaning| meaning.word.as_str()).collect();
        assert_eq!(words, WORDS);
        for Meaning { word, parts } in MEANINGS.iter() {
            let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["Rule", "Why", "Elsewhere", "Two minutes"], "{word}");
            assert!(parts.iter().all(|(_, said)| said.len() > 80), "{word}");
            let (_, shown) = &parts[3];
            let file = shown.split([' ', ',']).next().unwrap();
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            assert!(path.is_file(), "{word}: {}", path.display());
        }
    }
}
