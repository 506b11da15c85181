//! Secrets, access tokens and private keys stand in nothing that a run writes: a VTN, a fleet and a desk run as
//! processes at the most talkative level, with right and wrong credentials, and everything that they leave is read for
//! each of them in every form.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clumsy;
mod forms;
mod processes;
mod run;
mod site;
mod values;
mod wire;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use forms::{Hoard, forms, tokens_in};
use site::CALLBACK_TOKEN;

#[test]
fn a_search_that_finds_nothing_would_find_a_part_of_a_secret_in_any_form() {
    let mut hoard = Hoard::default();
    hoard.add("one", CALLBACK_TOKEN.as_bytes());
    hoard.add("two", &[7; 32].map(|b: u8| b.wrapping_mul(31)));
    for secret in [CALLBACK_TOKEN.as_bytes(), &[7; 32].map(|b: u8| b.wrapping_mul(31))] {
        for form in forms(secret) {
            for part in [&form[..16], &form[form.len() - 16..]] {
                let text = [b"a line of a log: ", part, b"\n"].concat();
                assert_eq!(hoard.found_in(&text).len(), 1, "{}", String::from_utf8_lossy(part));
            }
        }
    }
    let header = STANDARD.encode(format!("desk:{CALLBACK_TOKEN}"));
    assert_eq!(hoard.found_in(header.as_bytes()).len(), 1);
    assert!(hoard.found_in(b"nothing of them stands here, or anywhere").is_empty());
    let token = "QjE3OTU2MDc2NzY0MzEuZGVzaw.cFgZhLLFjkrojNRZdh5Vjv7JtAnUChvJKg70InRBViQ";
    assert_eq!(tokens_in(format!("Bearer {token}, and so on").as_bytes()), [token]);
}
