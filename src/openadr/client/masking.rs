//! What of headers and bodies is kept for people to read: no secret, and no more than 64 KiB.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use serde_json::Value;

use crate::openadr::exchange::{CUT, MASK};

const KEPT_BYTES: usize = 64 * 1024;
/// Members whose values are secrets: OAuth's (RFC 6749) and a subscription's (OpenADR 3.1).
const SECRET_MEMBERS: [&str; 5] =
    ["access_token", "refresh_token", "id_token", "client_secret", "bearerToken"];
/// A shorter text is not looked for: its masks would tell more than they hide.
const SHORTEST_SECRET: usize = 6;

/// Masks the secrets of one client wherever they turn up.
#[derive(Debug, Default)]
pub(super) struct Masks(Vec<String>);

impl Masks {
    /// Of a client id and secret: the secret itself, as a form and as HTTP Basic write it.
    pub fn of(client_id: &str, secret: &str) -> Self {
        let mut masks = Self::default();
        masks.add(secret);
        masks.add(&form_encoded(secret));
        masks.add(&basic(client_id, secret));
        masks
    }

    /// One more secret, such as an access token.
    pub fn add(&mut self, secret: &str) {
        if secret.len() >= SHORTEST_SECRET && !self.0.iter().any(|s| s == secret) {
            self.0.push(secret.to_owned());
        }
    }

    /// These and one more.
    pub fn with(&self, secret: Option<&str>) -> Self {
        let mut masks = Self(self.0.clone());
        if let Some(secret) = secret {
            masks.add(secret);
        }
        masks
    }

    /// A text for people, whole.
    pub fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
    }

    /// Headers for the record, in order of name. Of credentials only the scheme is kept, of cookies nothing, whether
    /// their secrets are known here or not.
    pub fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let mut kept: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| {
                let text = String::from_utf8_lossy(value.as_bytes());
                let shown = if name == AUTHORIZATION || name == PROXY_AUTHORIZATION {
                    match text.split_once(' ') {
                        Some((scheme, _)) => format!("{scheme} {MASK}"),
                        None => MASK.to_owned(),
                    }
                } else if name == COOKIE || name == SET_COOKIE {
                    MASK.to_owned()
                } else {
                    self.text(&text)
                };
                (name.as_str().to_owned(), shown)
            })
            .collect();
        kept.sort();
        kept
    }

    /// A body for the record: members that are secrets masked too, and cut.
    pub fn body(&self, bytes: &[u8]) -> Arc<str> {
        let text = String::from_utf8_lossy(bytes);
        let masked = match mask_members(&text) {
            Some(masked) => self.text(&masked),
            None => self.text(&text),
        };
        cut(masked).into()
    }
}

/// The credentials of HTTP Basic as RFC 6749 §2.3.1 has them: each part form-encoded first.
pub(super) fn basic(client_id: &str, secret: &str) -> String {
    STANDARD.encode(format!("{}:{}", form_encoded(client_id), form_encoded(secret)))
}

/// One value as `application/x-www-form-urlencoded` writes it.
fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The JSON with its secret members masked; `None` when it has none, so that it is kept as it was sent.
fn mask_members(text: &str) -> Option<String> {
    if !SECRET_MEMBERS.iter().any(|name| text.contains(name)) {
        return None;
    }
    if let Ok(mut value) = serde_json::from_str::<Value>(text) {
        mask_value(&mut value);
        return Some(value.to_string());
    }
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let is_form = pairs.iter().any(|(name, _)| SECRET_MEMBERS.contains(&name.as_str()));
    // Neither JSON nor a form, yet it speaks of secrets: nothing of it is kept.
    if !is_form {
        return Some(format!("({} bytes that name a secret but are neither JSON nor a form)", text.len()));
    }
    let masked: Vec<String> = pairs
        .iter()
        .map(|(name, value)| {
            let value =
                if SECRET_MEMBERS.contains(&name.as_str()) { MASK.to_owned() } else { form_encoded(value) };
            format!("{}={value}", form_encoded(name))
        })
        .collect();
    Some(masked.join("&"))
}

fn mask_value(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if SECRET_MEMBERS.contains(&name.as_str()) && !member.is_null() {
                    *member = MASK.into();
                } else {
                    mask_value(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_value),
        _ => {}
    }
}

fn cut(mut text: String) -> String {
    if text.len() <= KEPT_BYTES {
        return text;
    }
    let note = format!("{CUT}{} bytes in all)", text.len());
    let end = (0..=KEPT_BYTES - note.len()).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.truncate(end);
    text + &note
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openadr::exchange::is_cut;

    #[test]
    fn no_secret_is_kept_wherever_it_turns_up() {
        let masks = Masks::of("desk", "s3cr&t-value").with(Some("token-abc"));
        for body in [
            r#"{"access_token":"token-xyz","expires_in":3600}"#,
            r#"{"access_token":"token-xyz" "#,
            r#"{"detail":"wrong secret s3cr&t-value"}"#,
            "grant_type=client_credentials&client_id=desk&client_secret=s3cr%26t-value",
            "echo: token-abc",
            r#"[{"objectOperations":[{"bearerToken":"token-xyz"}]}]"#,
        ] {
            let kept = masks.body(body.as_bytes());
            for secret in ["s3cr&t-value", "s3cr%26t-value", "token-abc", "token-xyz"] {
                assert!(!kept.contains(secret), "{kept}");
            }
        }
        assert!(!masks.text(&format!("Basic {}", basic("desk", "s3cr&t-value"))).contains("ZGVzazpz"));
    }

    #[test]
    fn no_credential_of_a_header_is_kept_known_or_not() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-request-id", "7"),
            ("authorization", "Bearer never-seen-here"),
            ("proxy-authorization", "never-seen-here"),
            ("cookie", "session=never-seen-here"),
            ("set-cookie", "session=never-seen-here; Secure"),
            ("location", "https://example.org/?t=token-abc"),
            ("accept", "application/json"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let kept = Masks::default().with(Some("token-abc")).headers(&headers);
        let shown: Vec<String> = kept.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(
            shown,
            [
                "accept: application/json",
                "authorization: Bearer •••",
                "cookie: •••",
                "location: https://example.org/?t=•••",
                "proxy-authorization: •••",
                "set-cookie: •••",
                "x-request-id: 7",
            ]
        );
    }

    #[test]
    fn a_body_without_secrets_is_kept_as_it_was_sent() {
        for body in [r#"{ "id" : 5.0 ,"a":[1e3]}"#, "", "plain", "a=1&b=2"] {
            assert_eq!(&*Masks::of("desk", "s").body(body.as_bytes()), body);
        }
        assert_eq!(
            &*Masks::default().body(br#"{"token_type":"Bearer","access_token":"x","expires_in":60.0}"#),
            r#"{"token_type":"Bearer","access_token":"•••","expires_in":60.0}"#
        );
    }

    #[test]
    fn a_long_body_is_cut_between_characters_and_says_so() {
        let long = "é".repeat(KEPT_BYTES);
        let kept = Masks::default().body(long.as_bytes());
        assert!(kept.len() <= KEPT_BYTES && kept.ends_with("… (cut; 131072 bytes in all)"));
        assert!(is_cut(&kept) && !is_cut("… (cut; 9 bytes in all)\n") && !is_cut("plain"));
        assert_eq!(Masks::default().body(&[b'x'; KEPT_BYTES]).len(), KEPT_BYTES);
    }
}
