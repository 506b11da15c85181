//! The token endpoint, and tokens: the first line of the input is the `Authorization` header, the second the content
//! type, the rest the body. A token is given to who knows the secret, and no other token opens anything.

use std::cell::OnceCell;

use bytes::Bytes;
use http::Request;

use super::vtn::{Embedded, member};

thread_local! {
    static VTN: OnceCell<Embedded> = const { OnceCell::new() };
}

pub fn exercise(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let [authorization, media_type, body] = [0; 3].map(|_| lines.next().unwrap_or_default());
    VTN.with(|vtn| {
        let vtn = vtn.get_or_init(Embedded::new);
        for base in ["/openadr3/3.1.0", "/openadr3/3.0.1"] {
            for_a_token(vtn, base, authorization, media_type, body);
            with_a_token(vtn, base, authorization);
        }
    });
}

fn for_a_token(vtn: &Embedded, base: &str, authorization: &[u8], media_type: &[u8], body: &[u8]) {
    let mut request = Request::post(format!("{base}/auth/token"));
    for (name, value) in [("authorization", authorization), ("content-type", media_type)] {
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    // A byte that no header may hold never gets past the HTTP parser.
    let Ok(request) = request.body(Bytes::copy_from_slice(body)) else { return };
    let answer = vtn.ask(request);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    match answer.status().as_u16() {
        200 => {
            let token = member(answer.body(), "access_token").expect("a token");
            assert_eq!(vtn.send(&token, "GET", "/programs", Bytes::new()).status(), 200);
        }
        400 | 401 => {
            assert!(member(answer.body(), "error").is_some(), "{answer:?}");
            assert!(answer.body().len() < 4096, "{} bytes of refusal", answer.body().len());
        }
        other => panic!("{other}: {:?}", answer.body()),
    }
}

fn with_a_token(vtn: &Embedded, base: &str, authorization: &[u8]) {
    let request = Request::get(format!("{base}/events")).header("authorization", authorization);
    let Ok(request) = request.body(Bytes::new()) else { return };
    let answer = vtn.ask(request);
    assert_eq!(answer.status(), 401, "a token that was never given opens the door");
    assert!(answer.headers().contains_key("www-authenticate"));
}
