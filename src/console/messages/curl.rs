//! An exchange as a command line that a person can run again. Its secrets are not in it: they are read from the
//! environment.

use crate::openadr::exchange::{Exchange, MASK, is_cut};

/// The client writes these itself.
const LEFT_OUT: [&str; 4] = ["accept-encoding", "content-length", "host", "user-agent"];

/// The command for a POSIX shell. A bearer token is `$TOKEN`, other credentials `$CREDENTIALS`, a secret within the URL or
/// the body `$SECRET`.
///
/// # Errors
/// Why there is none, in a sentence.
pub fn curl(exchange: &Exchange) -> Result<String, &'static str> {
    if is_cut(&exchange.request_body) {
        return Err("the request's body is longer than the 64 KiB that are kept, so it cannot be repeated");
    }
    let mut parts = vec!["curl --globoff --include".to_owned()];
    if exchange.method != "GET" {
        parts.push(format!("--request {}", quoted(&exchange.method, "SECRET")));
    }
    parts.push(quoted(&exchange.url, "SECRET"));
    for (name, value) in &exchange.request_headers {
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let secret = match (name.as_str(), value.split_once(' ')) {
            ("authorization", Some((scheme, _))) if scheme.eq_ignore_ascii_case("bearer") => "TOKEN",
            ("authorization" | "proxy-authorization" | "cookie", _) => "CREDENTIALS",
            _ => "SECRET",
        };
        parts.push(format!("--header {}", quoted(&format!("{name}: {value}"), secret)));
    }
    if !exchange.request_body.is_empty() {
        parts.push(format!("--data-raw {}", quoted(&exchange.request_body, "SECRET")));
    }
    Ok(parts.join(" \\\n  "))
}

/// One word of a shell: everything in single quotes, what was masked as a variable.
fn quoted(text: &str, variable: &str) -> String {
    let parts: Vec<String> = text
        .split(MASK)
        .map(
            |part| if part.is_empty() { String::new() } else { format!("'{}'", part.replace('\'', r"'\''")) },
        )
        .collect();
    let word = parts.join(&format!("\"${variable}\""));
    if word.is_empty() { "''".to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::exchange;

    #[test]
    fn a_word_means_to_a_shell_what_it_meant_to_the_exchange() {
        for (text, word) in [
            ("plain", "'plain'"),
            ("", "''"),
            ("it's \"quoted\" $HOME `id` \\ !", r#"'it'\''s "quoted" $HOME `id` \ !'"#),
            ("two\nlines\r\n\ttab", "'two\nlines\r\n\ttab'"),
            ("Grüße £300 – 日本", "'Grüße £300 – 日本'"),
            ("•••", "\"$SECRET\""),
            ("a=•••&b='•••'", r#"'a='"$SECRET"'&b='\'''"$SECRET"''\'''"#),
        ] {
            assert_eq!(quoted(text, "SECRET"), word, "{text:?}");
        }
    }

    /// What a shell hands to a program of the command's words, one each.
    #[cfg(unix)]
    fn words_of(command: &str) -> Vec<String> {
        let script = command.replacen("curl", "printf '%s\\0'", 1);
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .env("TOKEN", "t0k\"en $x")
            .env("SECRET", "s3cr'et")
            .env("CREDENTIALS", "c:r")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let mut words: Vec<String> =
            String::from_utf8(output.stdout).unwrap().split('\0').map(str::to_owned).collect();
        words.pop();
        words
    }

    #[test]
    #[cfg(unix)]
    fn a_shell_repeats_the_exchange_with_the_secrets_of_its_environment() {
        for body in [
            "",
            "it's",
            "a\nb",
            "Grüße",
            "{\"a\":\"b'c\\\\\"}",
            "$(rm -rf x) `id`",
            "@file",
            "-x",
            "s=•••&t=1",
        ] {
            let mut asked = exchange("desk", "PUT", "/events/e?q=[1]{2}&t='", Some(200), (body, ""), "done");
            asked.request_headers.push(("content-type".to_owned(), "application/json".to_owned()));
            asked.request_headers.push(("user-agent".to_owned(), "rampdesk".to_owned()));
            let mut expected = vec![
                "--globoff",
                "--include",
                "--request",
                "PUT",
                asked.url.as_str(),
                "--header",
                "accept: application/json",
                "--header",
                "authorization: Bearer t0k\"en $x",
                "--header",
                "content-type: application/json",
            ];
            let body = body.replace(MASK, "s3cr'et");
            if !body.is_empty() {
                expected.extend(["--data-raw", body.as_str()]);
            }
            assert_eq!(words_of(&curl(&asked).unwrap()), expected);
        }
    }

    #[test]
    fn a_poll_is_one_line_a_part_and_holds_no_token() {
        let mut asked = exchange("desk", "GET", "/events", Some(200), ("", "[]"), "no events");
        asked.request_headers[1].1 = "Basic •••".to_owned();
        assert_eq!(
            curl(&asked).unwrap(),
            "curl --globoff --include \\\n  'http://127.0.0.1:8080/openadr3/3.1.0/events' \\\n  --header 'accept: \
             application/json' \\\n  --header 'authorization: Basic '\"$CREDENTIALS\""
        );
    }

    #[test]
    fn what_was_not_kept_whole_is_not_offered() {
        let asked =
            exchange("desk", "PUT", "/x", None, ("{\"a\":1… (cut; 70000 bytes in all)", ""), "no answer");
        assert!(curl(&asked).unwrap_err().contains("64 KiB"));
    }
}
