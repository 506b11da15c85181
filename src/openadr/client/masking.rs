//! What of headers and bodies is kept for people to read: none of the client's own secrets, and no more than 64 KiB.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use memchr::memmem;

use crate::openadr::exchange::{CUT, MASK};
use crate::openadr::masking::{form_encoded, header, members};

const KEPT_BYTES: usize = 64 * 1024;
/// A shorter text is not looked for: its masks would tell more than they hide.
const SHORTEST_SECRET: usize = 6;

/// Masks the secrets of one client wherever they turn up. It holds them, so it has no `Debug`. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Masks(Arc<Vec<String>>);

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
            Arc::make_mut(&mut self.0).push(secret.to_owned());
        }
    }

    /// These and one more.
    pub fn with(&self, secret: &str) -> Self {
        let mut masks = self.clone();
        masks.add(secret);
        masks
    }

    /// A text for people, whole.
    pub fn text(&self, text: &str) -> String {
        self.masked(text).into_owned()
    }

    /// The text itself where no secret is in it, which is nearly always.
    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.0.iter().fold(Cow::Borrowed(text), |text, secret| {
            match memmem::find(text.as_bytes(), secret.as_bytes()) {
                Some(_) => Cow::Owned(text.replace(secret.as_str(), MASK)),
                None => text,
            }
        })
    }

    /// Headers for the record, in order of name. Of credentials only the scheme is kept, of cookies nothing, whether
    /// their secrets are known here or not.
    pub fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let mut kept: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| {
                let text = String::from_utf8_lossy(value.as_bytes());
                let text = self.masked(&text);
                (name.as_str().to_owned(), header(name.as_str(), &text))
            })
            .collect();
        kept.sort();
        kept
    }

    /// A body for the record: members that are secrets masked too, and cut.
    pub fn body(&self, bytes: &[u8]) -> Arc<str> {
        let text = String::from_utf8_lossy(bytes);
        let text = members(&text).map_or(text, Cow::Owned);
        let masked = self.masked(&text);
        if masked.len() <= KEPT_BYTES { (*masked).into() } else { cut(masked.into_owned()).into() }
    }
}

/// The credentials of HTTP Basic as RFC 6749 §2.3.1 has them: each part form-encoded first.
pub(super) fn basic(client_id: &str, secret: &str) -> String {
    STANDARD.encode(format!("{}:{}", form_encoded(client_id), form_encoded(secret)))
}

/// A text that is too long, as far as it is kept.
fn cut(mut text: String) -> String {
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
        let masks = Masks::of("desk", "s3cr&t-value").with("token-abc");
        for body in [
            r#"{"access_token":"token-xyz","expires_in":3600}"#,
            r#"{"access_token":"token-xyz" "#,
            r#"{"detail":"wrong secret s3cr&t-value"}"#,
            "grant_type=client_credentials&client_id=desk&client_secret=s3cr%26t-value",
            "echo: token-abc",
            r#"[{"objectOperations":[{"bearerToken":"token-xyz"}]}]"#,
            r#"{"MQTT":{"authentication":{"method":"CERTIFICATE","clientKey":"token-xyz"}}}"#,
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
        let kept = Masks::default().with("token-abc").headers(&headers);
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
