//! Requests of clients that hold a token: the first byte says who asks, in which version, with which method and for which
//! list; the first line's rest is what follows in the path and the query, and the rest of the input is the body.
//! Nothing fails inside, every refusal says why, and what was kept is listed whole.

use std::cell::RefCell;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::vtn::{BUSINESS, Embedded, VEN, member};

/// After so many requests a new VTN takes over, so that what is kept does not grow for ever.
const REQUESTS_TO_ONE: u32 = 256;

struct Scene {
    vtn: Embedded,
    business: String,
    ven: String,
    /// Ids of a program, an event, a ven, a resource.
    ids: [String; 4],
    asked: u32,
}

thread_local! {
    static SCENE: RefCell<Option<Scene>> = const { RefCell::new(None) };
}

pub fn exercise(data: &[u8]) {
    SCENE.with(|scene| {
        let mut scene = scene.borrow_mut();
        if scene.as_ref().is_none_or(|scene| scene.asked >= REQUESTS_TO_ONE) {
            *scene = Some(Scene::new());
        }
        let scene = scene.as_mut().expect("just made");
        scene.asked += 1;
        if !scene.ask(data) {
            // What it was asked may have removed what the next request counts on.
            scene.asked = REQUESTS_TO_ONE;
        }
    });
}

impl Scene {
    fn new() -> Self {
        let vtn = Embedded::new();
        let (business, ven) = (vtn.token(BUSINESS), vtn.token(VEN));
        let make = |path: &str, body: Value| {
            let made = vtn.send(&business, "POST", path, body.to_string().into());
            assert_eq!(made.status(), 201, "{path}: {made:?}");
            member(made.body(), "id").expect("an id")
        };
        let program = make("/programs", json!({"programName": "P"}));
        let event = make("/events", json!({"programID": program}));
        let client = make("/vens", json!({"objectType": "BL_VEN_REQUEST", "clientID": VEN, "venName": VEN}));
        let resource = make(
            "/resources",
            json!({"objectType": "BL_RESOURCE_REQUEST", "clientID": VEN, "venID": client, "resourceName": "BESS-07"}),
        );
        Self { vtn, business, ven, ids: [program, event, client, resource], asked: 0 }
    }

    /// Whether the next request finds what this one found.
    fn ask(&self, data: &[u8]) -> bool {
        let Some((choice, rest)) = data.split_first() else { return true };
        let (line, body) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &[][..]),
        };
        let choice = usize::from(*choice);
        let token = if choice & 1 == 0 { &self.business } else { &self.ven };
        let base = if choice & 2 == 0 { "/openadr3/3.1.0" } else { "/openadr3/3.0.1" };
        let method = ["GET", "POST", "PUT", "DELETE"][choice >> 2 & 3];
        let list =
            ["programs", "events", "reports", "subscriptions", "vens", "resources", "notifiers", "clients"];
        let list = list[choice >> 4 & 7];
        let Ok(line) = std::str::from_utf8(line) else { return true };
        let target = self.filled(&format!("{base}/{list}{line}"));
        let body = match std::str::from_utf8(body) {
            Ok(text) => Bytes::from(self.filled(text)),
            Err(_) => Bytes::copy_from_slice(body),
        };
        let request = Request::builder()
            .method(method)
            .uri(&target)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body);
        // A target that no request line may hold never gets past the HTTP parser.
        let Ok(request) = request else { return true };
        let answer = self.vtn.ask(request);
        let status = answer.status().as_u16();
        assert!(status < 500, "{method} {target}: {status} {:?}", answer.body());
        if status >= 400 {
            assert!(member(answer.body(), "detail").is_some(), "{method} {target}: {answer:?}");
            assert!(
                answer.body().len() < 8192,
                "{method} {target}: {} bytes of refusal",
                answer.body().len()
            );
            return true;
        }
        if method == "GET" {
            return true;
        }
        self.lists_are_whole();
        method == "POST"
    }

    /// `$0` to `$3` stand for the ids of what there is.
    fn filled(&self, text: &str) -> String {
        let fill = |text: String, (index, id): (usize, &String)| text.replace(&format!("${index}"), id);
        self.ids.iter().enumerate().fold(text.to_owned(), fill)
    }

    /// Whatever was kept, each list is answered and can be read, by either client in either version.
    fn lists_are_whole(&self) {
        for list in ["programs", "events", "reports", "subscriptions", "vens", "resources"] {
            for token in [&self.business, &self.ven] {
                let answer = self.vtn.send(token, "GET", &format!("/{list}?limit=50"), Bytes::new());
                assert_eq!(answer.status(), 200, "{list}: {:?}", answer.body());
                let items: Vec<Value> = serde_json::from_slice(answer.body()).expect("a list");
                assert!(items.iter().all(|item| item["id"].is_string()), "{list}: {items:?}");
            }
        }
    }
}
