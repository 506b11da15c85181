//! Secrets by where they stand: in which header, member or parameter. Whoever records an exchange, these never get
//! through.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde_json::Value;

use super::exchange::MASK;

/// Members whose values are secrets: OAuth's (RFC 6749), a subscription's, and the key for a broker that `/notifiers`
/// hands out (OpenADR 3.1).
const SECRET_MEMBERS: [&str; 6] =
    ["access_token", "refresh_token", "id_token", "client_secret", "bearerToken", "clientKey"];
/// They are looked for in each body there is: made ready once, for that costs more than most searches.
static SECRETS: LazyLock<[Finder<'static>; SECRET_MEMBERS.len()]> =
    LazyLock::new(|| SECRET_MEMBERS.map(Finder::new));
/// Headers of which only the scheme may be seen.
const CREDENTIALS: [&str; 2] = ["authorization", "proxy-authorization"];
/// Headers of which nothing may be seen.
const COOKIES: [&str; 2] = ["cookie", "set-cookie"];

/// What may be seen of a header.
pub(super) fn header(name: &str, value: &str) -> String {
    let is = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    if is(&CREDENTIALS) {
        value.split_once(' ').map_or_else(|| MASK.to_owned(), |(scheme, _)| format!("{scheme} {MASK}"))
    } else if is(&COOKIES) {
        MASK.to_owned()
    } else {
        value.to_owned()
    }
}

/// A URL or a path with the secrets of its query masked.
pub(super) fn target(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else { return url.to_owned() };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if SECRET_MEMBERS.contains(&name) => format!("{name}={MASK}"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

/// One value as `application/x-www-form-urlencoded` writes it.
pub(super) fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The JSON with its secret members masked; `None` when it has none, so that it is kept as it was sent.
pub(super) fn members(text: &str) -> Option<String> {
    if !SECRETS.iter().any(|name| name.find(text.as_bytes()).is_some()) {
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
