//! Bodies laid out for reading, with nothing of them changed but white space: numbers, order and members that stand
//! twice stay as they were sent.

use serde::de::IgnoredAny;

const STEP: &str = "  ";

/// JSON with a member a line, a form with a pair a line, anything else as it is.
pub fn laid_out(body: &str) -> String {
    if serde_json::from_str::<IgnoredAny>(body).is_ok() {
        json(body)
    } else if is_form(body) {
        body.replace('&', "\n&")
    } else {
        body.to_owned()
    }
}

fn is_form(body: &str) -> bool {
    !body.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '{' | '['))
        && body.split('&').all(|pair| pair.contains('='))
}

/// Valid JSON, indented.
fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                out.push('"');
                while let Some(c) = chars.next() {
                    out.push(c);
                    match c {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|c| c.is_whitespace()).is_some() {}
                if let Some(end) = chars.next_if(|c| matches!(c, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str(STEP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_of_a_body_is_changed_but_its_white_space() {
        for (body, shown) in [
            (
                r#"{"b":1.50,"a":[1e3,{}],"b":[ ]}"#,
                "{\n  \"b\": 1.50,\n  \"a\": [\n    1e3,\n    {}\n  ],\n  \"b\": []\n}",
            ),
            (r#"["a:b,{c}","\"}"]"#, "[\n  \"a:b,{c}\",\n  \"\\\"}\"\n]"),
            ("null", "null"),
            ("", ""),
            ("a=1&b=%262", "a=1\n&b=%262"),
            ("<html>a=b&c</html>", "<html>a=b&c</html>"),
            ("{\"a\":1", "{\"a\":1"),
            ("plain text", "plain text"),
        ] {
            assert_eq!(laid_out(body), shown, "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_laid_out_without_a_panic(text in "\\PC{0,80}") {
            laid_out(&text);
        }

        #[test]
        fn json_means_the_same_after_it_is_laid_out(keys in prop::collection::vec("\\PC{0,6}", 0..4), n in any::<i64>()) {
            let value = serde_json::json!({ "keys": keys, "n": [n, null, {}, [[]]], "s": { "t": keys } });
            let again: serde_json::Value = serde_json::from_str(&laid_out(&value.to_string())).unwrap();
            prop_assert_eq!(again, value);
        }
    }
}
